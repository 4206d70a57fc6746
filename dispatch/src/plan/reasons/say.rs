//! The reasons in words, Chinese and English.

use crate::plan::solution::Explanation;

fn reason(code: &str, text_zh: String, text_en: String) -> Explanation {
    Explanation { code: code.to_owned(), text_zh, text_en }
}

/// Fen as yuan.
fn yuan(fen: i64) -> String {
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}

/// Metres as kilometres, to a tenth.
fn km(metres: u64) -> String {
    let tenths = (metres + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

pub(super) fn promised() -> Explanation {
    reason("promised", "此前已承诺由该车执行".to_owned(), "this car was promised before".to_owned())
}

pub(super) fn cheapest(less: i64) -> Explanation {
    let yuan = yuan(less);
    reason("cheapest", format!("比其他可用车辆至少节省{yuan}元"), format!("at least {yuan} yuan cheaper than any other car"))
}

pub(super) fn as_good() -> Explanation {
    reason("as_good", "没有更便宜的车辆".to_owned(), "no other car is cheaper".to_owned())
}

pub(super) fn only_car() -> Explanation {
    reason("only_car", "其他车辆此时均不能执行".to_owned(), "no other car can go at that time".to_owned())
}

pub(super) fn driven_empty(metres: u64) -> Explanation {
    let km = km(metres);
    reason("driven_empty", format!("空驶{km}公里"), format!("{km} km driven empty"))
}

pub(super) fn together(requests: usize) -> Explanation {
    reason("together", format!("{requests}项申请合乘"), format!("{requests} requests ride together"))
}

pub(super) fn own_unit() -> Explanation {
    reason("own_unit", "本单位车辆".to_owned(), "a car of the same unit".to_owned())
}

pub(super) fn new_energy() -> Explanation {
    reason("new_energy", "新能源车优先".to_owned(), "new-energy cars come first".to_owned())
}

pub(super) fn dearer(more: i64) -> Explanation {
    let yuan = yuan(more);
    reason("dearer", format!("总费用将增加{yuan}元"), format!("the plan would cost {yuan} yuan more"))
}

pub(super) fn no_cheaper() -> Explanation {
    reason("no_cheaper", "总费用不会减少".to_owned(), "the plan would not cost less".to_owned())
}

pub(super) fn category(has: &str, asked: &[String]) -> Explanation {
    let asked = asked.join(", ");
    reason("category", format!("车辆类别为{has}，需要{asked}"), format!("its category is {has}, asked for is {asked}"))
}

pub(super) fn seats(people: u64, seats: u32) -> Explanation {
    let needed = people + 1;
    reason(
        "seats",
        format!("含驾驶员需{needed}座，仅有{seats}座"),
        format!("{needed} seats with the driver's, {seats} are there"),
    )
}

pub(super) fn tag(tag: &str) -> Explanation {
    reason("tag", format!("缺少所需条件：{tag}"), format!("it lacks {tag}"))
}

pub(super) fn sharing(owner: &str, asker: &str) -> Explanation {
    reason("sharing", format!("{owner}的车辆未与{asker}共享"), format!("{owner} does not share it with {asker}"))
}

pub(super) fn promised_to_another() -> Explanation {
    reason("promised_to_another", "此前已承诺由其他车辆执行".to_owned(), "another car was promised before".to_owned())
}

pub(super) fn no_driver() -> Explanation {
    reason("no_driver", "没有可安排的驾驶员".to_owned(), "there is no driver for it".to_owned())
}

pub(super) fn range(short: i64) -> Explanation {
    let km = km(short.max(0).unsigned_abs());
    reason("range", format!("扣除保留里程后续航短缺{km}公里"), format!("short of {km} km of range with its reserve"))
}

pub(super) fn shift() -> Explanation {
    reason("shift", "在可用时段内无法按时到达并返回".to_owned(), "it cannot be there and back while it is available".to_owned())
}

pub(super) fn busy(orders: usize) -> Explanation {
    reason("busy", format!("已有{orders}项任务，时间或续航不足"), format!("its {orders} orders leave no time or range"))
}

pub(super) fn no_car() -> Explanation {
    reason("no_car", "没有车辆能够执行".to_owned(), "no car can serve it, even with nothing else to do".to_owned())
}

pub(super) fn all_busy(able: usize) -> Explanation {
    reason("all_busy", format!("能够执行的{able}辆车此时均有任务"), format!("the {able} cars that could serve it are busy then"))
}

pub(super) fn not_worth_it(cost: i64, left_out: i64) -> Explanation {
    let (cost, left_out) = (yuan(cost), yuan(left_out));
    let zh = format!("派车需{cost}元，超过不派的代价{left_out}元");
    reason("not_worth_it", zh, format!("serving it costs {cost} yuan, leaving it out {left_out}"))
}

pub(super) fn would_help(cars: usize, hurdle: &Explanation) -> Explanation {
    let (zh, en) = (&hurdle.text_zh, &hurdle.text_en);
    reason(
        &hurdle.code,
        format!("有{cars}辆车仅因此不能执行，例如：{zh}"),
        format!("it alone keeps {cars} cars from it, for example: {en}"),
    )
}

pub(super) fn another_time(minutes: i32, vehicle: &str) -> Explanation {
    let (way_zh, way_en) = if minutes < 0 { ("提前", "earlier") } else { ("推迟", "later") };
    let minutes = minutes.abs();
    let en = format!("{minutes} minutes {way_en} {vehicle} could serve it");
    reason("another_time", format!("若{way_zh}{minutes}分钟，{vehicle}可以执行"), en)
}

//! What a platform asks of a terminal and what it hears back: parameters queried and set (0x80, 0x81), control (0x82).

use serde_json::{Map, Value};

use crate::gb32960::layout::{Item, Named, Number, Shape, Width};
use crate::gb32960::login::TIME;
use crate::gb32960::walk::{self, Short, Walker};

const SAMPLING: &[Named] = &[(1, "yes", "是"), (2, "no", "否")];
/// Tables B.15 of 2016 and B.11 of 2025.
const CONTROLS: &[Named] = &[
    (1, "upgrade", "远程升级"),
    (2, "power_off", "车载终端关机"),
    (3, "reset", "车载终端复位"),
    (4, "factory_reset", "恢复出厂设置"),
    (5, "disconnect", "断开数据通信链路"),
    (6, "alarm", "车载终端报警"),
    (7, "sampling", "开启抽样监测链路"),
];
const UPGRADE: u8 = 1;
const ALARM: u8 = 6;

/// Tables B.9 of 2016 and B.5 of 2025.
pub(crate) static QUERY: &[Item] =
    &[TIME, Item::new("parameter_ids", "参数ID", "parameter id", Shape::List(Width::One, Number::U8))];
/// Tables B.10 and B.13 of 2016, B.6 and B.9 of 2025: the answer to a query, and what is set.
pub(crate) static PARAMETERS_2016: &[Item] =
    &[TIME, Item::new("parameters", "参数项", "parameter", Shape::Own(0, parameters_2016))];
pub(crate) static PARAMETERS_2025: &[Item] =
    &[TIME, Item::new("parameters", "参数项", "parameter", Shape::Own(0, parameters_2025))];
/// Tables B.14 of 2016 and B.10 of 2025.
pub(crate) static CONTROL: &[Item] = &[TIME, Item::new("control", "命令", "control", Shape::Own(0, control))];

/// One parameter of a terminal (tables B.12 of 2016 and B.8 of 2025).
struct Parameter {
    id: u8,
    item: Item,
}

const fn parameter(id: u8, item: Item) -> Parameter {
    Parameter { id, item }
}

/// The two host names have no length of their own: it is the parameter before.
const HOST_LENGTH: u8 = 0x04;
const HOST: u8 = 0x05;
const PUBLIC_HOST_LENGTH: u8 = 0x0d;
const PUBLIC_HOST: u8 = 0x0e;

static PARAMETERS: [Parameter; 14] = [
    parameter(0x01, Item::number("storage_period_ms", "本地存储时间周期", "storage period", Number::U16)),
    parameter(HOST_LENGTH, Item::number("platform_host_length", "平台域名长度", "length of the platform's host", Number::U8)),
    parameter(0x06, Item::number("platform_port", "平台端口", "platform port", Number::U16)),
    parameter(0x07, Item::new("hardware_version", "硬件版本", "hardware version", Shape::Text(5))),
    parameter(0x08, Item::new("firmware_version", "固件版本", "firmware version", Shape::Text(5))),
    parameter(0x09, Item::number("heartbeat_period_s", "心跳发送周期", "heartbeat period", Number::U8)),
    parameter(0x0a, Item::number("terminal_timeout_s", "终端应答超时时间", "terminal time-out", Number::U16)),
    parameter(0x0b, Item::number("platform_timeout_s", "平台应答超时时间", "platform time-out", Number::U16)),
    parameter(0x0c, Item::number("relogin_interval_min", "登入失败间隔时间", "interval of signing in again", Number::U8)),
    parameter(
        PUBLIC_HOST_LENGTH,
        Item::number("public_platform_host_length", "公共平台域名长度", "length of the public platform's host", Number::U8),
    ),
    parameter(0x0f, Item::number("public_platform_port", "公共平台端口", "public platform port", Number::U16)),
    parameter(0x10, Item::code("sampling", "抽样监测", "sampling", SAMPLING)),
    // These two are wider in 2016, and the second has another unit.
    parameter(0x02, Item::number("report_period_s", "信息上报时间周期", "report period", Number::U16)),
    parameter(0x03, Item::number("alarm_report_period_ms", "报警信息上报时间周期", "report period in alarm", Number::U16)),
];
static PERIOD_2025: Item = Item::number("report_period_s", "信息上报时间周期", "report period", Number::U8);
static ALARM_PERIOD_2025: Item =
    Item::number("alarm_report_period_s", "报警信息上报时间周期", "report period in alarm", Number::U8);

fn parameters_2016(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    parameters(walker, item, into, |id| PARAMETERS.iter().find(|known| known.id == id).map(|known| &known.item))
}

fn parameters_2025(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    parameters(walker, item, into, |id| match id {
        0x02 => Some(&PERIOD_2025),
        0x03 => Some(&ALARM_PERIOD_2025),
        _ => PARAMETERS.iter().find(|known| known.id == id).map(|known| &known.item),
    })
}

fn parameters(
    walker: &mut Walker<'_, '_>,
    item: &'static Item,
    into: &mut Map<String, Value>,
    known: fn(u8) -> Option<&'static Item>,
) -> Result<(), Short> {
    let count = walker.byte("number of parameters")?;
    walker.tell(("参数总数", "number of parameters"), 1, &Number::U8.json(u32::from(count)));
    let mut found = Map::new();
    let mut hosts = [None, None];
    for _ in 0..Width::One.count(&[count]).unwrap_or(0) {
        let id = walker.byte(item.en)?;
        walker.tell(("参数ID", "parameter id"), 1, &Value::from(format!("0x{id:02x}")));
        match (id, hosts) {
            (HOST, [Some(length), _]) => host(walker, ("platform_host", "平台域名", "platform host"), length, &mut found)?,
            (PUBLIC_HOST, [_, Some(length)]) => {
                host(walker, ("public_platform_host", "公共平台域名", "public platform host"), length, &mut found)?;
            }
            _ => match known(id) {
                Some(item) => {
                    walker.item(item, &mut found)?;
                    let length = found.get(item.key).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok());
                    match id {
                        HOST_LENGTH => hosts[0] = length,
                        PUBLIC_HOST_LENGTH => hosts[1] = length,
                        _ => {}
                    }
                }
                // The maker's own, or a host whose length was not told: nobody knows where it ends.
                None => rest(walker, &format!("0x{id:02x}"), &mut found),
            },
        }
    }
    into.insert(item.key.to_owned(), Value::Object(found));
    Ok(())
}

fn host(
    walker: &mut Walker<'_, '_>,
    (key, zh, en): (&str, &str, &'static str),
    length: usize,
    into: &mut Map<String, Value>,
) -> Result<(), Short> {
    let name = walk::text(walker.take(length, en)?);
    walker.tell((zh, en), length, &name);
    into.insert(key.to_owned(), name);
    Ok(())
}

/// Everything that is left, as it is.
fn rest(walker: &mut Walker<'_, '_>, key: &str, into: &mut Map<String, Value>) {
    let bytes = walker.rest();
    // It is there: it is what is left.
    if walker.take(bytes.len(), "rest").is_ok() {
        let value = Value::from(hex::encode(bytes));
        walker.tell(("其余数据", "other data"), bytes.len(), &value);
        into.insert(key.to_owned(), value);
    }
}

fn control(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    let id = walker.byte("control id")?;
    let name = walk::named(CONTROLS, id);
    walker.tell(("命令ID", "control id"), 1, &name);
    let mut found = Map::new();
    found.insert("id".to_owned(), Value::from(format!("0x{id:02x}")));
    found.insert("name".to_owned(), name);
    match id {
        UPGRADE => {
            let bytes = walker.rest();
            let told = walk::text(walker.take(bytes.len(), "upgrade")?);
            walker.tell(("升级参数", "upgrade arguments"), bytes.len(), &told);
            let parts = told.as_str().map(|told| told.split(';').map(Value::from).collect());
            found.insert("arguments".to_owned(), parts.unwrap_or(Value::Null));
        }
        ALARM => {
            let level = walker.byte("alarm level")?;
            let level_told = Number::U8.json(u32::from(level));
            walker.tell(("警告等级", "alarm level"), 1, &level_told);
            found.insert("level".to_owned(), level_told);
            let bytes = walker.rest();
            let told = walk::text(walker.take(bytes.len(), "alarm text")?);
            walker.tell(("报警信息", "alarm text"), bytes.len(), &told);
            found.insert("text".to_owned(), told);
        }
        _ if walker.rest().is_empty() => {}
        _ => rest(walker, "arguments", &mut found),
    }
    into.insert(item.key.to_owned(), Value::Object(found));
    Ok(())
}

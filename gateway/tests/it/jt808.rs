//! JT/T 808 over real sockets: who comes in, in which edition, and how.

mod asked;
mod limits;
mod reports;

use chrono::{DateTime, TimeDelta, Utc};
use gateway::probe::jt808::{Heard, Terminal, location};
use telematics::jt808::Edition;
use telematics::jt808::down::Down;
use tokio::time::timeout;

use crate::bench::{A_WHILE, Bench, SECRET, morning, within};

const NUMBER: &str = "13800138001";
/// One that makes a plate of the usual length, by which a registration of 2011 is told from one of 2013.
const SHORT: &str = "13800";

/// The body of a report `secs` after the morning, driving east.
pub(crate) fn driving(secs: i64) -> Vec<u8> {
    let at = u32::try_from(secs.rem_euclid(86_400)).unwrap();
    location(instant(secs), 30_250_000, 120_150_000 + 104 * at, 10_000 + at / 10)
}

fn instant(secs: i64) -> DateTime<Utc> {
    morning() + TimeDelta::seconds(secs)
}

async fn hear(terminal: &mut Terminal) -> Heard {
    within(terminal.next()).await.unwrap()
}

/// The next message of the platform.
async fn down(terminal: &mut Terminal) -> Down {
    match hear(terminal).await {
        Heard::Said(_, down) => down,
        Heard::Closed => panic!("closed"),
    }
}

/// Nothing is said for a while.
async fn silence(terminal: &mut Terminal) {
    let heard = timeout(A_WHILE, terminal.next()).await;
    assert!(heard.is_err(), "heard {heard:?}");
}

/// Sends a message and waits for the general answer; its result.
pub(crate) async fn asked(terminal: &mut Terminal, id: u16, body: &[u8]) -> u8 {
    within(terminal.asked(id, body)).await.unwrap()
}

/// Instants of what is stored of a vehicle, in seconds after the morning.
async fn stored(bench: &Bench, vehicle: telematics::id::VehicleNo) -> Vec<i64> {
    bench.stored(vehicle).await.into_iter().map(|(at, _)| at / 1000).collect()
}

#[tokio::test]
async fn both_editions_on_one_port() {
    let mut bench = Bench::new().await;
    let (old, new) = (bench.truck(NUMBER).await, bench.truck("14900149002").await);
    bench.start().await;
    let mut first = bench.terminal(NUMBER, Edition::V2013).await;
    let mut second = bench.terminal("14900149002", Edition::V2019).await;
    assert_eq!(asked(&mut first, 0x0200, &driving(0)).await, 0);
    assert_eq!(asked(&mut second, 0x0200, &driving(0)).await, 0);
    assert_eq!((stored(&bench, old).await, stored(&bench, new).await), (vec![0], vec![0]));
    assert_eq!(bench.stored(old).await[0].1, telematics::sequence::of(&driving(0)));
    bench.until("select count(*) from device_link where closed_at is null and version in ('2013', '2019')", 2).await;
}

#[tokio::test]
async fn a_terminal_registers_authenticates_and_is_known_after_a_reconnect() {
    let mut bench = Bench::new().await;
    let car = bench.truck(SHORT).await;
    bench.start().await;
    for (edition, second) in [(Edition::V2011, 11), (Edition::V2019, 19)] {
        fleet_db::testing::fleet::execute(&bench.db.pool, "update device set registered_at = null, auth_used_at = null")
            .await
            .unwrap();
        let mut terminal = bench.stranger(SHORT, edition).await;
        let body = gateway::probe::jt808::registration(edition, &format!("浙A{SHORT}"));
        terminal.send(0x0100, &body).await.unwrap();
        let Heard::Said(ours, Down::Registered { result: 0, token: Some(code), .. }) = hear(&mut terminal).await else {
            panic!("not registered");
        };
        assert_eq!(ours, 0, "our numbers begin with 0 on each connection");
        assert_eq!(within(terminal.authenticate(&code)).await.unwrap(), 0);
        assert_eq!(asked(&mut terminal, 0x0002, &[]).await, 0);
        terminal.vanish();
        let mut again = bench.stranger(SHORT, edition).await;
        assert_eq!(within(again.authenticate(&code)).await.unwrap(), 0);
        assert_eq!(asked(&mut again, 0x0200, &driving(second)).await, 0);
        bench.until("select count(*) from device where auth_used_at is not null and registered_at is not null", 1).await;
        // Its code has been used: whoever registers again now is not told a new one.
        let mut impostor = bench.stranger(SHORT, edition).await;
        assert_eq!(within(impostor.register(&format!("浙A{SHORT}"))).await.unwrap(), (3, None));
    }
    assert_eq!(stored(&bench, car).await, [11, 19]);
    bench.until("select count(*) from device where told ->> 'maker' = 'PROBE' and told ->> 'imei' = '860000000000001'", 1).await;
}

#[tokio::test]
async fn each_refusal_of_a_registration_has_its_code() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.truck("13800138002").await;
    bench.start().await;
    let plate = format!("浙A{NUMBER}");
    let mut unknown = bench.stranger("13999999999", Edition::V2013).await;
    assert_eq!(within(unknown.register(&plate)).await.unwrap(), (4, None), "no such terminal");
    let mut terminal = bench.stranger(NUMBER, Edition::V2013).await;
    assert_eq!(within(terminal.register("浙Z00000")).await.unwrap(), (2, None), "no such vehicle");
    let (result, lost) = within(terminal.register(&plate)).await.unwrap();
    assert_eq!(result, 0);
    // The answer may be lost: until the code is used there is another one, and the first is worth nothing.
    let (result, code) = within(terminal.register(&plate)).await.unwrap();
    assert_eq!(result, 0);
    let mut other = bench.stranger("13800138002", Edition::V2013).await;
    assert_eq!(within(other.register(&plate)).await.unwrap(), (1, None), "the vehicle has a terminal");
    let mut lost_one = bench.stranger(NUMBER, Edition::V2013).await;
    assert_eq!(within(lost_one.authenticate(&lost.unwrap())).await.unwrap(), 1);
    assert_eq!(hear(&mut lost_one).await, Heard::Closed);
    assert_eq!(within(terminal.authenticate(&code.unwrap())).await.unwrap(), 0);
}

#[tokio::test]
async fn before_it_is_authenticated_a_terminal_gets_nothing_but_a_refusal() {
    let mut bench = Bench::new().await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.stranger(NUMBER, Edition::V2013).await;
    assert_eq!(asked(&mut terminal, 0x0200, &driving(0)).await, 1);
    assert_eq!(asked(&mut terminal, 0x0002, &[]).await, 1);
    assert_eq!(within(terminal.authenticate("guess")).await.unwrap(), 1);
    assert_eq!(hear(&mut terminal).await, Heard::Closed, "a wrong code ends the link");
    let mut foreign = bench.stranger("13999999999", Edition::V2013).await;
    assert_eq!(within(foreign.authenticate(SECRET)).await.unwrap(), 1);
    // A device of another protocol is not this terminal, whatever secret it has.
    bench.car("15000000000").await;
    let mut mqtt = bench.stranger("15000000000", Edition::V2013).await;
    assert_eq!(within(mqtt.authenticate(SECRET)).await.unwrap(), 1);
    assert!(stored(&bench, car).await.is_empty());
    assert_eq!(bench.gateway().connected(), 0);
}

#[tokio::test]
async fn a_logout_ends_the_registration() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.stranger(NUMBER, Edition::V2013).await;
    let plate = format!("浙A{NUMBER}");
    let code = within(terminal.register(&plate)).await.unwrap().1.unwrap();
    assert_eq!(within(terminal.authenticate(&code)).await.unwrap(), 0);
    assert_eq!(asked(&mut terminal, 0x0003, &[]).await, 0);
    assert_eq!(hear(&mut terminal).await, Heard::Closed);
    assert_eq!(bench.number("select count(*) from device where registered_at is null and auth_used_at is null").await, 1);
    bench.until("select count(*) from device_link where close_reason = 'logout'", 1).await;
    let mut refused = bench.stranger(NUMBER, Edition::V2013).await;
    assert_eq!(within(refused.authenticate(&code)).await.unwrap(), 1, "the code is worth nothing any more");
    let mut again = bench.stranger(NUMBER, Edition::V2013).await;
    let (result, renewed) = within(again.register(&plate)).await.unwrap();
    assert!(result == 0 && renewed.is_some_and(|renewed| renewed != code));
}

#[tokio::test]
async fn a_newer_link_of_the_same_terminal_replaces_the_older() {
    let mut bench = Bench::new().await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;
    let mut first = bench.terminal(NUMBER, Edition::V2013).await;
    let mut second = bench.terminal(NUMBER, Edition::V2019).await;
    assert_eq!(hear(&mut first).await, Heard::Closed);
    assert_eq!(asked(&mut second, 0x0200, &driving(0)).await, 0);
    assert_eq!(stored(&bench, car).await, [0]);
    assert_eq!(bench.gateway().connected(), 1);
    bench.until("select count(*) from device_link where version = '2019' and closed_at is null", 1).await;
}

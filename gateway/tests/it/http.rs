//! Phones over HTTP, behind the socket: stored before the answer, told to come again when the store is away.

use std::net::IpAddr;

use bytes::Bytes;
use fleet_db::testing::fleet;
use gateway::http::config::Http;
use gateway::http::{Dialect, HttpDoor, Refusal, Request};

use crate::bench::{Bench, SECRET, morning};

const ALL_SPEAK_HTTP: &str = "update device set protocol = 'http'";

fn asked(query: String) -> Request {
    let address = IpAddr::from([127, 0, 0, 1]);
    Request { dialect: Dialect::Osmand, address, user: None, key: None, query, body: Bytes::new() }
}

fn osmand(secs: i64) -> Request {
    let at = morning().timestamp() + secs;
    asked(format!("id=hz-7&key={SECRET}&lat=30.25&lon=120.15&speed=10&timestamp={at}&batt={}", secs % 100))
}

#[tokio::test]
async fn a_phone_is_answered_when_its_report_is_stored() {
    let mut bench = Bench::new().await;
    let car = bench.car("hz-7").await;
    fleet::execute(&bench.db.pool, ALL_SPEAK_HTTP).await.unwrap();
    bench.start().await;
    let door = HttpDoor::new(bench.gateway().doorway(), &Http::default());
    for secs in [0, 10, 20, 20] {
        assert_eq!(door.take(osmand(secs)).await, Ok(""));
    }
    assert_eq!(bench.stored(car).await.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 10_000, 20_000], "the same is one");
    let location = format!(
        r#"{{"_type":"location","lat":30.26,"lon":120.16,"tst":{},"vel":36,"topic":"owntracks/pool/hz-7"}}"#,
        morning().timestamp() + 30
    );
    let owntracks = Request { dialect: Dialect::Owntracks, body: location.into(), ..asked(format!("key={SECRET}")) };
    assert_eq!(door.take(owntracks).await, Ok("[]"));
    assert_eq!(bench.number("select count(*) from vehicle_position where speed_dkmh = 360").await, 1);
    // A clock far ahead is kept aside, and the phone need not send it again.
    assert_eq!(door.take(osmand(3600)).await, Ok(""));
    assert_eq!(bench.quarantined().await, ["record.future"]);
}

#[tokio::test]
async fn a_wrong_key_an_unknown_device_and_another_protocol_s_device_are_not_told_apart() {
    let mut bench = Bench::new().await;
    bench.car("hz-7").await;
    bench.car("mq-1").await;
    fleet::execute(&bench.db.pool, "update device set protocol = 'http' where terminal_id = 'hz-7'").await.unwrap();
    bench.start().await;
    let door = HttpDoor::new(bench.gateway().doorway(), &Http { per_device_per_minute: 2, ..Http::default() });
    for query in ["id=hz-7&key=guess", "id=nobody&key=guess", "id=hz-7", &format!("id=mq-1&key={SECRET}")] {
        let refused = door.take(asked(format!("{query}&lat=30&lon=120"))).await;
        assert_eq!(refused, Err(Refusal::BadKey), "{query}");
    }
    assert_eq!((door.take(osmand(0)).await, door.take(osmand(1)).await), (Ok(""), Ok("")));
    assert_eq!(door.take(osmand(2)).await, Err(Refusal::TooMany { after_secs: 30 }));
}

#[tokio::test]
async fn a_store_that_is_away_acknowledges_nothing_and_is_not_owed_more_than_its_share() {
    let mut bench = Bench::new().await;
    let car = bench.car("hz-7").await;
    fleet::execute(&bench.db.pool, ALL_SPEAK_HTTP).await.unwrap();
    let shutter = bench.db.door().await.unwrap();
    bench.pool = shutter.pool.clone();
    bench.start().await;
    let door = HttpDoor::new(bench.gateway().doorway(), &Http { waiting: 2, wait_secs: 0, ..Http::default() });
    shutter.shut();
    for secs in 0..5 {
        assert_eq!(door.take(osmand(secs)).await, Err(Refusal::NotNow { after_secs: 5 }));
    }
    shutter.open();
    let patient = HttpDoor::new(bench.gateway().doorway(), &Http::default());
    for secs in 0..5 {
        assert_eq!(patient.take(osmand(secs)).await, Ok(""));
    }
    let expected: Vec<i64> = (0..5).map(|secs| secs * 1000).collect();
    assert_eq!(bench.stored(car).await.iter().map(|(at, _)| *at).collect::<Vec<_>>(), expected, "nothing missing, nothing twice");
}

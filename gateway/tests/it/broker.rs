//! A broker of the site's own between terminals and gateway: what is not stored is not acknowledged there, and comes again.

mod mosquitto;

use std::time::Duration;

use chrono::TimeDelta;
use fleet_db::testing::fleet;
use gateway::Config;
use tokio::time::timeout;

use crate::bench::{Bench, DEADLINE, driving, json, morning};
use mosquitto::Mosquitto;

const ALL_SPEAK_BY_BROKER: &str = "update device set protocol = 'broker'";
const STORED: &str = "select count(*) from vehicle_position";

/// A bench whose gateway takes messages from `mosquitto`, not started yet.
async fn bench(mosquitto: &Mosquitto, terminals: &[&str]) -> Bench {
    let settings = mosquitto.settings("gateway-1");
    let bench = Bench::with(|config: &mut Config| config.brokers = vec![settings]).await;
    for terminal in terminals {
        bench.car(terminal).await;
    }
    fleet::execute(&bench.db.pool, ALL_SPEAK_BY_BROKER).await.unwrap();
    bench
}

/// Lets the broker know the session of the gateway, as it keeps messages only for those it knows.
async fn introduce(bench: &mut Bench, mosquitto: &Mosquitto, terminal: &str) {
    bench.pool = fleet_db::connect(&bench.db.url(), 8).await.unwrap();
    bench.start().await;
    let known = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        while bench.number(STORED).await == 0 {
            ticks.tick().await;
            mosquitto.publish([(format!("v1/d/{terminal}/pos"), json(&driving(1, 0)))]).await;
        }
    };
    timeout(DEADLINE, known).await.expect("the gateway takes messages from the broker");
}

#[tokio::test]
async fn a_gateway_killed_midway_loses_nothing_of_twenty_thousand() {
    let mosquitto = Mosquitto::start().await;
    let terminals = ["B-1", "B-2", "B-3", "B-4"];
    let mut bench = bench(&mosquitto, &terminals).await;
    introduce(&mut bench, &mosquitto, "B-1").await;
    bench.turn_clock(TimeDelta::seconds(5001));
    let messages = (2..=5001_i64)
        .flat_map(|sequence| terminals.map(|terminal| (format!("v1/d/{terminal}/pos"), json(&driving(sequence, sequence)))));
    let publishing = mosquitto.publish(messages);
    let killing = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        for least in [2000, 6000, 11_000] {
            while bench.number(STORED).await < least {
                ticks.tick().await;
            }
            // Its tasks are aborted: nothing more is committed, nothing more is acknowledged.
            bench.abandon().await;
            // What was under way on its connections is over with it.
            bench.pool = fleet_db::connect(&bench.db.url(), 8).await.unwrap();
            bench.start().await;
        }
    };
    let all = async { tokio::join!(publishing, killing) };
    timeout(DEADLINE * 4, Box::pin(all)).await.expect("each gateway goes on where the one before was killed");
    bench.until(STORED, 20_001).await;
    assert_eq!(bench.number("select count(distinct (vehicle_no, sequence)) from vehicle_position").await, 20_001);
    assert_eq!(bench.number("select count(*) from quarantined_record").await, 0);
}

#[tokio::test]
async fn two_gateways_share_a_subscription_and_the_store_gets_each_message_once() {
    let mosquitto = Mosquitto::start().await;
    let mut first = bench(&mosquitto, &["B-1", "B-2"]).await;
    introduce(&mut first, &mosquitto, "B-1").await;
    first.turn_clock(TimeDelta::seconds(1001));
    first.config.brokers = vec![mosquitto.settings("gateway-2")];
    let (_, second, stop) = first.try_start().await.unwrap();
    let messages = (2..=1001_i64)
        .flat_map(|sequence| ["B-1", "B-2"].map(|terminal| (format!("v1/d/{terminal}/pos"), json(&driving(sequence, sequence)))));
    mosquitto.publish(messages).await;
    first.until(STORED, 2001).await;
    stop.cancel();
    timeout(DEADLINE, second.wait()).await.unwrap();
    first.stop().await;
    assert_eq!(first.number(STORED).await, 2001);
}

#[tokio::test]
async fn phones_unknown_terminals_and_foreign_topics_each_go_their_way() {
    let mosquitto = Mosquitto::start().await;
    let mut bench = bench(&mosquitto, &["B-1", "hz-7"]).await;
    introduce(&mut bench, &mosquitto, "B-1").await;
    let location = format!(r#"{{"_type":"location","lat":30.26,"lon":120.16,"tst":{}}}"#, morning().timestamp());
    let replay = json(&driving(2, 1));
    mosquitto
        .publish([
            ("owntracks/pool/hz-7".to_owned(), location.into_bytes()),
            ("owntracks/pool/hz-7".to_owned(), br#"{"_type":"lwt"}"#.to_vec()),
            ("v1/d/B-1/pos/replay".to_owned(), replay),
            ("v1/d/B-1/st".to_owned(), b"{}".to_vec()),
            ("v1/d/B-9/pos".to_owned(), json(&driving(1, 0))),
            ("v1/d/B-1/odd".to_owned(), b"x".to_vec()),
            ("v1/d/B-1/pos".to_owned(), b"{".to_vec()),
        ])
        .await;
    bench.until("select count(*) from quarantined_record", 3).await;
    bench.until(STORED, 3).await;
    let mut codes = bench.quarantined().await;
    codes.sort();
    assert_eq!(codes, ["broker.topic", "broker.unknown_terminal", "payload.malformed"]);
    assert_eq!(bench.number("select count(*) from vehicle_position where flags & 16 = 16").await, 1);
    // Acknowledged all the same: a gateway that comes back is not sent them again.
    bench.stop().await;
    bench.start().await;
    mosquitto.publish([("v1/d/B-1/pos".to_owned(), json(&driving(9, 9)))]).await;
    bench.until(STORED, 4).await;
    assert_eq!(bench.quarantined().await.len(), 3);
}

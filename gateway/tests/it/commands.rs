//! Commands go down to a device that listens for its own, and to no other; each is sent once and ends with its answer.

use bytes::Bytes;
use gateway::probe::{Dialect, Heard, Probe};
use rmqtt_codec::types::QoS;
use serde_json::{Value, json};

use crate::bench::{Bench, SECRET, next, silence};

/// The next command, as JSON.
async fn command(probe: &mut Probe) -> Value {
    loop {
        match next(probe).await {
            Heard::Command(payload) => return serde_json::from_slice(&payload).unwrap(),
            Heard::Ack(..) => {}
            other => panic!("heard {other:?}"),
        }
    }
}

async fn listen(probe: &mut Probe, terminal: &str) {
    probe.subscribe(&format!("v1/d/{terminal}/cmd"));
    probe.flush().await.unwrap();
    assert_eq!(next(probe).await, Heard::Subscribed(vec![1]));
}

#[tokio::test]
async fn a_command_reaches_the_device_that_listens_for_it_and_ends_with_its_answer() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.car("MP-2").await;
    bench.start().await;
    let mut other = bench.probe("MP-2").await;
    listen(&mut other, "MP-2").await;
    for dialect in [Dialect::V3, Dialect::V5] {
        // Asked while nobody listens: it waits.
        let id = bench.ask("MP-1", "report_interval", json!({ "seconds": 5 })).await;
        let mut probe = Probe::sign_in(bench.address, dialect, "MP-1", SECRET).await.unwrap();
        listen(&mut probe, "MP-1").await;
        let heard = command(&mut probe).await;
        assert_eq!((&heard["kind"], &heard["args"]), (&json!("interval"), &json!({ "secs": 5 })));
        assert_eq!(heard["id"], json!(id));
        assert_eq!(bench.command(id).await.0, "sent");
        let answer = json!({ "id": id, "ok": true, "code": null, "t": 1 });
        probe.publish("ack", QoS::AtLeastOnce, Bytes::from(answer.to_string()));
        probe.flush().await.unwrap();
        bench.until_ended(id, "answered", "ok").await;
        // Asked while it listens: it comes at once, and is refused.
        let id = bench.ask("MP-1", "locate", json!({})).await;
        assert_eq!(command(&mut probe).await["kind"], json!("report_now"));
        let answer = json!({ "id": id, "ok": false, "code": "bridge.command.busy" });
        probe.publish("ack", QoS::AtLeastOnce, Bytes::from(answer.to_string()));
        probe.flush().await.unwrap();
        bench.until_ended(id, "failed", "failed").await;
        assert_eq!(bench.command(id).await.2["code"], json!("bridge.command.busy"));
        bench.let_go(probe).await;
    }
    silence(&mut other).await;
}

#[tokio::test]
async fn what_a_device_has_no_word_for_fails_at_once() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    listen(&mut probe, "MP-1").await;
    let id = bench.ask("MP-1", "query_attributes", json!({})).await;
    bench.until_ended(id, "failed", "unsupported").await;
    silence(&mut probe).await;
}

#[tokio::test]
async fn a_device_may_listen_for_nothing_but_its_own_commands() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    for filter in ["v1/d/MP-2/cmd", "v1/d/+/cmd", "#", "v1/d/MP-1/pos"] {
        let mut probe = bench.probe_v5("MP-1").await;
        probe.subscribe(filter);
        probe.flush().await.unwrap();
        assert_eq!(next(&mut probe).await, Heard::Subscribed(vec![135]), "{filter}");
        let mut probe = bench.probe("MP-1").await;
        probe.subscribe(filter);
        probe.flush().await.unwrap();
        assert_eq!(next(&mut probe).await, Heard::Subscribed(vec![0x80]), "{filter}");
    }
}

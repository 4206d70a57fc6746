//! Signing in, staying, being followed by a newer link, and going, in both dialects.

use std::time::Duration;

use gateway::probe::{Dialect, Heard, Probe};
use rmqtt_codec::types::QoS;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, PublishOptions};
use telematics::record::Record;
use tokio::process::Command;
use tokio::time::timeout;

use crate::bench::{Bench, DEADLINE, SECRET, deliver, driving, json, next};

#[tokio::test]
async fn a_device_signs_in_publishes_and_is_acknowledged_in_both_dialects() {
    let mut bench = Bench::new().await;
    let (old, new) = (bench.car("MP-1").await, bench.car("MP-2").await);
    bench.start().await;
    for mut probe in [bench.probe("MP-1").await, bench.probe_v5("MP-2").await] {
        deliver(&mut probe, &driving(1, 0)).await;
        probe.ping();
        probe.flush().await.unwrap();
        assert_eq!(next(&mut probe).await, Heard::Pong);
    }
    assert_eq!(bench.stored(old).await, [(0, 1)]);
    assert_eq!(bench.stored(new).await, [(0, 1)]);
}

#[tokio::test]
async fn qos_0_is_stored_and_qos_2_is_stored_once() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    probe.publish("pos", QoS::AtMostOnce, json(&driving(1, 0)));
    let id = probe.publish("evt", QoS::ExactlyOnce, json(&Record { ev: Some("ignition_on".to_owned()), ..driving(2, 1) }));
    probe.flush().await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Ack(id, 0), "PUBREC");
    probe.release(id);
    probe.flush().await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Complete(id));
    assert_eq!(bench.stored(car).await, [(0, 1), (1000, 2)]);
}

#[tokio::test]
async fn json_arrays_and_cbor_are_understood() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe_v5("MP-1").await;
    probe.publish("pos", QoS::AtLeastOnce, serde_json::to_vec(&[driving(1, 0), driving(2, 10)]).unwrap());
    let mut cbor = Vec::new();
    ciborium::into_writer(&[driving(3, 20), driving(4, 30)], &mut cbor).unwrap();
    probe.publish("pos/replay", QoS::AtLeastOnce, cbor);
    probe.publish("obd", QoS::AtLeastOnce, "[]");
    probe.flush().await.unwrap();
    let mut acks = [next(&mut probe).await, next(&mut probe).await, next(&mut probe).await];
    acks.sort_by_key(|heard| format!("{heard:?}"));
    assert_eq!(acks, [Heard::Ack(1, 0), Heard::Ack(2, 0), Heard::Ack(3, 0)]);
    assert_eq!(bench.stored(car).await, [(0, 1), (10_000, 2), (20_000, 3), (30_000, 4)]);
}

#[tokio::test]
async fn a_newer_link_takes_over() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    let mut first = bench.probe_v5("MP-1").await;
    let mut second = bench.probe("MP-1").await;
    assert_eq!(next(&mut first).await, Heard::Goodbye(142), "session taken over");
    assert_eq!(next(&mut first).await, Heard::Closed);
    deliver(&mut second, &driving(1, 0)).await;
    assert_eq!(bench.gateway().connected(), 1);
}

#[tokio::test]
async fn a_lost_device_leaves_its_will_and_a_goodbye_does_not() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    let will = r#"{"online":false,"spool":7}"#;
    let mut probe = Probe::knock(bench.address, None, Dialect::V5, "MP-1", SECRET, Some(will)).await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Welcome(0));
    let id = probe.publish("st", QoS::AtLeastOnce, r#"{"online":true,"version":"1.0"}"#);
    probe.flush().await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
    assert!(bench.gateway().status("MP-1").unwrap().online);
    probe.vanish();
    let gone = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while bench.gateway().status("MP-1").unwrap().online {
            ticks.tick().await;
        }
    };
    timeout(DEADLINE, gone).await.expect("the will is told");
    assert_eq!(bench.gateway().status("MP-1").unwrap().spool, Some(7));
}

#[tokio::test]
async fn a_silent_device_is_disconnected_after_one_and_a_half_keep_alives() {
    let mut bench = Bench::with(|config| config.idle_timeout_secs = 1).await;
    bench.car("MP-1").await;
    bench.start().await;
    // CONNECT by hand: MQTT 5, clean start, user and password, keep-alive 1 s.
    let mut probe = Probe::knock(bench.address, None, Dialect::V5, "MP-1", SECRET, None).await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Welcome(0));
    drop(probe);
    let mut connect = b"\x00\x04MQTT\x05\xc2\x00\x01\x00\x00\x04MP-1\x00\x04MP-1\x00".to_vec();
    connect.push(u8::try_from(SECRET.len()).unwrap());
    connect.extend_from_slice(SECRET.as_bytes());
    let mut raw = tokio::net::TcpStream::connect(bench.address).await.unwrap();
    let mut packet = vec![0x10, u8::try_from(connect.len()).unwrap()];
    packet.extend_from_slice(&connect);
    tokio::io::AsyncWriteExt::write_all(&mut raw, &packet).await.unwrap();
    let mut heard = Vec::new();
    timeout(DEADLINE, tokio::io::AsyncReadExt::read_to_end(&mut raw, &mut heard)).await.expect("it is closed in time").unwrap();
    assert_eq!(heard.get(heard.len() - 3..).unwrap(), [0xe0, 1, 141], "keep-alive timeout");
}

#[tokio::test]
async fn a_device_taken_out_of_the_register_is_disconnected() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe_v5("MP-1").await;
    fleet_db::testing::fleet::execute(&bench.db.pool, "update device set disabled_at = now()").await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Goodbye(135), "not authorized any more");
    let mut again = Probe::knock(bench.address, None, Dialect::V5, "MP-1", SECRET, None).await.unwrap();
    assert_eq!(next(&mut again).await, Heard::Welcome(134));
}

#[tokio::test]
async fn rumqttc_and_mosquitto_are_served() {
    let mut bench = Bench::new().await;
    let (car, other) = (bench.car("MP-1").await, bench.car("MP-2").await);
    bench.start().await;

    let mut options = MqttOptions::new("MP-1", (bench.address.ip().to_string(), bench.address.port()));
    options.set_credentials("MP-1", SECRET);
    let (client, mut events) = AsyncClient::builder(options).capacity(10).build();
    client.publish("v1/d/MP-1/pos", json(&driving(1, 0)), PublishOptions::new(rumqttc::QoS::AtLeastOnce)).await.unwrap();
    let acknowledged = async {
        loop {
            if let Event::Incoming(Packet::PubAck(_)) = events.poll().await.unwrap() {
                return;
            }
        }
    };
    timeout(DEADLINE, acknowledged).await.expect("rumqttc gets its PUBACK");
    assert_eq!(bench.stored(car).await, [(0, 1)]);

    for (sequence, version) in [(1, "mqttv311"), (2, "mqttv5")] {
        let port = bench.address.port().to_string();
        let message = String::from_utf8(json(&driving(sequence, sequence))).unwrap();
        let arguments = ["-h", "127.0.0.1", "-p", &port, "-V", version, "-i", "MP-2", "-u", "MP-2", "-P", SECRET];
        let run = Command::new("mosquitto_pub").args(arguments).args(["-q", "1", "-t", "v1/d/MP-2/pos", "-m", &message]).status();
        let status = timeout(DEADLINE, run).await.unwrap().expect("tests need mosquitto_pub: apt-get install mosquitto-clients");
        assert!(status.success(), "{version}");
    }
    assert_eq!(bench.stored(other).await, [(1000, 1), (2000, 2)]);
}

//! A network cut of a day, a gateway that hangs, a gateway that goes away.

use std::sync::Arc;
use std::time::Duration;

use firmware_bridge::config::UplinkConfig;
use firmware_bridge::recorder::Stored;
use firmware_bridge::spool::Weight;

use crate::gate::{Gate, Mood};
use crate::world::{Uplink, entry, filled};

const DAY: i64 = 21_600;

fn uplink(gate: &Gate) -> UplinkConfig {
    UplinkConfig { server: gate.address.clone(), ..UplinkConfig::default() }
}

#[tokio::test]
async fn after_a_day_without_network_the_newest_comes_first_and_every_record_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Arc::new(filled(&folder.path().join("spool"), DAY));
    let gate = Gate::open().await;
    let link = Uplink::start(&spool, uplink(&gate));
    gate.until("the whole day", |book| book.records.len() == 21_600).await;
    let mut health = link.health.clone();
    health.wait_for(|health| health.acknowledged == 21_600).await.unwrap();
    {
        let book = gate.book.lock().unwrap();
        assert_eq!(book.duplicates, 0);
        assert_eq!(book.messages[0].topic, "v1/d/MP-0001/pos");
        assert_eq!(book.messages[0].seqs, [DAY]);
        let backlog: Vec<i64> = book.messages.iter().skip(1).flat_map(|m| m.seqs.clone()).collect();
        assert!(book.messages.iter().skip(1).all(|m| m.topic == "v1/d/MP-0001/pos/replay" && m.seqs.len() <= 200));
        assert!(backlog.is_sorted(), "the backlog goes oldest first");
        assert_eq!(book.clients, [("MP-0001".to_owned(), b"s".to_vec(), false)]);
    }
    assert_eq!(spool.state().unwrap().length, 0);
    // What happens now goes out at once.
    spool.append(&[entry(Weight::Periodic, 90_000)]).unwrap();
    link.stored.send_replace(Stored { state: spool.state().unwrap(), restamped: 0 });
    gate.until("the newest", |book| book.messages.last().is_some_and(|m| m.topic.ends_with("/pos") && m.seqs == [DAY + 1])).await;
    link.stop().await;
    let states: Vec<String> = gate.book.lock().unwrap().texts.iter().map(|(topic, text)| format!("{topic} {text}")).collect();
    assert!(states[0].starts_with("v1/d/MP-0001/st") && states[0].contains("\"online\":true"), "{states:?}");
    assert!(states.last().unwrap().contains("\"online\":false"), "{states:?}");
}

#[tokio::test]
async fn nothing_leaves_the_spool_without_an_acknowledgement() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Arc::new(filled(&folder.path().join("spool"), 500));
    let gate = Gate::open().await;
    gate.feel(Mood::Hangs);
    let link = Uplink::start(&spool, UplinkConfig { ack_secs: 1, ..uplink(&gate) });
    gate.until("a second attempt", |book| book.connections >= 2).await;
    assert_eq!(spool.state().unwrap().length, 500);
    gate.feel(Mood::Stores);
    gate.until("everything", |book| book.records.len() == 500).await;
    let mut health = link.health.clone();
    health.wait_for(|health| health.acknowledged >= 500).await.unwrap();
    assert_eq!(spool.state().unwrap().length, 0);
    link.stop().await;
}

#[tokio::test]
async fn a_gateway_that_comes_later_gets_everything() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Arc::new(filled(&folder.path().join("spool"), 50));
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = free.local_addr().unwrap().to_string();
    drop(free);
    let link = Uplink::start(&spool, UplinkConfig { server: nowhere, ..UplinkConfig::default() });
    let mut health = link.health.clone();
    let connected = tokio::time::timeout(Duration::from_millis(200), health.wait_for(|health| health.connected)).await;
    assert!(connected.is_err());
    link.stop().await;
    let gate = Gate::open().await;
    let link = Uplink::start(&spool, uplink(&gate));
    gate.until("everything", |book| book.records.len() == 50).await;
    link.stop().await;
}

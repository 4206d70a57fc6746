//! Commands from the gateway.

use std::sync::Arc;

use firmware_bridge::config::UplinkConfig;
use firmware_bridge::recorder::Ask;

use crate::gate::Gate;
use crate::world::{Uplink, filled};

#[tokio::test]
async fn a_command_is_obeyed_once_and_answered_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Arc::new(filled(&folder.path().join("spool"), 0));
    let gate = Gate::open().await;
    let mut link = Uplink::start(&spool, UplinkConfig { server: gate.address.clone(), ..UplinkConfig::default() });
    let answers = |count: usize| {
        move |book: &crate::gate::Book| book.texts.iter().filter(|(t, _)| t == "v1/d/MP-0001/ack").count() == count
    };
    gate.until("the connection", |book| book.connections == 1).await;
    gate.command(r#"{"id":"a","kind":"interval","args":{"secs":30}}"#);
    assert!(matches!(link.asks.recv().await, Some(Ask::MovingSecs(30))));
    gate.until("the first answer", answers(1)).await;
    gate.command(r#"{"id":"a","kind":"interval","args":{"secs":30}}"#);
    gate.until("the second answer", answers(2)).await;
    gate.command(r#"{"id":"b","kind":"log_level","args":{"level":"debug"}}"#);
    gate.until("the third answer", answers(3)).await;
    gate.command(r#"{"id":"c","kind":"report_now","expires":1}"#);
    gate.until("the fourth answer", answers(4)).await;
    assert!(link.asks.try_recv().is_err(), "the repeated and the expired command were not obeyed");
    assert_eq!(link.filters.borrow_and_update().as_deref(), Some("debug"));
    let texts = gate.book.lock().unwrap().texts.clone();
    assert!(texts.last().unwrap().1.contains("bridge.command.expired"), "{texts:?}");
    link.stop().await;
}

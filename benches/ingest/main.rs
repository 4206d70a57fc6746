//! `make bench`: durable positions a second by each protocol beside what the store takes at most and beside the pattern of the
//! best-known peer, all in one run; frames decoded a second; and the way from a device to the map.
#![expect(clippy::print_stdout, reason = "figures on standard output are what it is for")]

mod ceiling;
mod decode;
mod fleet;
mod jt808;
mod latency;
mod load;
mod loopback;
mod mqtt;
mod peer;
mod service;

use std::time::Duration;

use fleet_db::testing;

use crate::load::{Accepted, Protocol};
use crate::service::Service;

/// Connections, as many as there are vehicles.
const CONNECTIONS: usize = 1000;
/// Messages in flight on each.
const IN_FLIGHT: usize = 16;
/// Rows of the ceiling.
const CEILING_ROWS: u64 = 2_000_000;

fn main() {
    let secs = std::env::var("MOTORPOOL_BENCH_SECS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let span = Duration::from_secs(secs);
    decode::run();
    loopback::run();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        ingest(span).await;
        latency::run(span).await;
    });
}

/// One line of the table.
struct Measured {
    what: String,
    rate: f64,
    note: String,
}

async fn ingest(span: Duration) {
    let mut lines = Vec::new();
    let db = testing::database().await;
    let cars = fleet::cars(&db.pool, CONNECTIONS, Protocol::Mqtt).await;
    // Where the rows of the ceiling lie.
    for hour in -71..=-64 {
        fleet::prepare(&db.pool, hour).await;
    }
    let whole = ceiling::run(&db, &cars, CEILING_ROWS, 10_000).await;
    let small = ceiling::run(&db, &cars, CEILING_ROWS, 500).await;
    let peer = peer::run(&db, &cars, span / 2).await;
    drop(db);
    let plain = |what: &str, rate| Measured { what: what.to_owned(), rate, note: String::new() };
    lines.push(plain("ceiling: COPY, 2 connections, commits of 10,000", whole));
    lines.push(plain("the same, commits of 500", small));
    lines.push(plain("peer's pattern: INSERT and UPDATE each committed, 64 connections", peer));
    for protocol in [Protocol::Mqtt, Protocol::Jt808] {
        for rules in [false, true] {
            lines.push(accepted(protocol, rules, span).await);
        }
    }
    println!("durable positions a second, {CONNECTIONS} connections with {IN_FLIGHT} messages in flight each:");
    println!("{:<66} {:>10} {:>9} {:>7}", "", "a second", "ceiling", "peer");
    for Measured { what, rate, note } in lines {
        println!("{what:<66} {rate:>10.0} {:>7.0} % {:>6.1}x  {note}", rate / whole * 100.0, rate / peer);
    }
}

/// What the service accepts by a protocol until it is durable, in a database of its own.
async fn accepted(protocol: Protocol, rules: bool, span: Duration) -> Measured {
    let db = testing::database().await;
    let cars = fleet::cars(&db.pool, CONNECTIONS, protocol).await;
    let service = Service::start(&db.url(), &["gateway"], rules);
    let address = match protocol {
        Protocol::Mqtt => service.mqtt,
        Protocol::Jt808 => service.jt808,
    };
    let Accepted { rate, in_all, p50_ms, p99_ms } = load::run(protocol, address, &cars, IN_FLIGHT, span).await;
    let stored = fleet::stored(&db.pool).await;
    assert!(stored >= in_all, "{in_all} acknowledged, {stored} stored");
    let events = fleet::events(&db.pool).await;
    let cpu = service.stop() / f64::from(u32::try_from(in_all).unwrap_or(u32::MAX)) * 1e6;
    Measured {
        what: format!("{}, {}", protocol.name(), if rules { "all rules on" } else { "without the rules" }),
        rate,
        note: format!(
            "p50 {p50_ms:.0} ms, p99 {p99_ms:.0} ms; service {cpu:.2} us CPU; {in_all} acknowledged, {stored} stored, {events} events"
        ),
    }
}

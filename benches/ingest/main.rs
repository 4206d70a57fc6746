//! `make bench`: durable positions per second beside the ceiling of the store, and the way from a device to the map.
#![expect(clippy::print_stdout, reason = "figures on standard output are what it is for")]

mod ceiling;
mod fleet;
mod latency;
mod load;
mod service;

use std::time::Duration;

use fleet_db::testing;

/// Connections, as many as there are vehicles.
const CONNECTIONS: usize = 1000;
/// Messages in flight on each.
const IN_FLIGHT: usize = 16;

fn main() {
    let secs = std::env::var("MOTORPOOL_BENCH_SECS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(Duration::from_secs(secs)));
}

async fn run(span: Duration) {
    let (db, vehicles) = (testing::database().await, CONNECTIONS);
    let cars = fleet::cars(&db.pool, vehicles).await;

    let service = service::Service::start(&db.url(), &["gateway"]);
    let accepted = load::run(service.mqtt, &cars, IN_FLIGHT, span).await;
    let stored = fleet::stored(&db.pool).await;
    assert!(stored >= accepted.in_all, "{} acknowledged, {stored} stored", accepted.in_all);
    let events = fleet::events(&db.pool).await;
    let cpu = service.stop();

    let rows = accepted.in_all.min(2_000_000);
    let whole = ceiling::run(&db, &cars, rows, 10_000).await;
    let small = ceiling::run(&db, &cars, rows, 500).await;

    println!("accepted by MQTT QoS 1 until durable, {CONNECTIONS} connections, {IN_FLIGHT} in flight:");
    println!(
        "  {:>9.0} positions/s over {:.1} s ({} acknowledged, {stored} stored, {events} events told)",
        accepted.rate, accepted.secs, accepted.in_all
    );
    println!(
        "  acknowledgement p50 {:.1} ms, p99 {:.1} ms; service {:.2} us CPU a position",
        accepted.p50_ms,
        accepted.p99_ms,
        cpu / f64::from(u32::try_from(accepted.in_all).unwrap_or(u32::MAX)) * 1e6
    );
    println!("ceiling: binary COPY of such rows into the same table, 2 connections:");
    println!("  {whole:>9.0} positions/s in commits of 10000");
    println!("  {small:>9.0} positions/s in commits of 500");
    println!(
        "ratio: {:.0} % of the ceiling ({:.0} % of it with commits of 500)",
        accepted.rate / whole * 100.0,
        accepted.rate / small * 100.0
    );
    drop(db);

    latency::run(span).await;
}

//! A disk that fills up under load: what is acknowledged is stored, nothing is while it is full, and all goes on with room again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use fleet_db::testing::fleet;
use nix::unistd::geteuid;
use telematics::device::Protocol;
use tokio::time::interval;

use crate::ground::{Ground, Simulation};
use crate::small_disk::{SmallDisk, fill};
use crate::storm::{Key, acknowledged, stored, wait_for};

/// Cars of each protocol.
const CARS: usize = 10;
/// Looks at the report while the disk is full, a tenth of a second apart.
const LOOKS: usize = 30;
/// As much of the log of changes as no small disk has room for.
const TOO_MUCH: &str =
    "select count(pg_logical_emit_message(false, 'ballast', repeat('x', 1000000))) from generate_series(1, 1000)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    if !geteuid().is_root() {
        // Nobody else can make a small disk; the tests run as root on the build server.
        return;
    }
    let mut ground = Ground::new();
    let data = ground.path("data");
    fs::create_dir(&data).unwrap();
    let _disk = SmallDisk::at(&data, 500);
    ground.start();
    let pool = fleet_db::connect(&ground.store(), 3).await.unwrap();
    let (mut cars, mut own, mut standard) = (BTreeMap::new(), Vec::new(), Vec::new());
    for index in 0..CARS {
        let (name, phone, secret) = (format!("DISK-{index:02}"), format!("137{index:08}"), format!("secret of {index}"));
        cars.insert(name.clone(), fleet::car(&pool, &name, &secret).await.unwrap());
        cars.insert(phone.clone(), fleet::terminal(&pool, Protocol::Jt808, &phone, &secret).await.unwrap());
        own.push((name, secret.clone()));
        standard.push((phone, secret));
    }
    let simulations =
        [Simulation::start(&ground, "mqtt", &own, "0.1", &[]), Simulation::start(&ground, "jt808", &standard, "1", &[])];
    wait_for(&simulations, 300).await;

    let ballast = data.join("ballast");
    fill(&ballast);
    fleet::execute(&pool, TOO_MUCH).await.unwrap_err();
    // PostgreSQL has fallen for want of room, and cannot rise before there is some.
    let mut looks = interval(Duration::from_millis(100));
    let mut before = 0;
    // What was said before it fell is still being written down.
    while before < acknowledged(&simulations) {
        before = acknowledged(&simulations);
        looks.tick().await;
        looks.tick().await;
    }
    for _ in 0..LOOKS {
        looks.tick().await;
        assert_eq!(acknowledged(&simulations), before, "nothing is acknowledged that cannot be stored");
    }
    fs::remove_file(&ballast).unwrap();
    wait_for(&simulations, before + 300).await;

    let mut told: BTreeMap<String, BTreeSet<Key>> = BTreeMap::new();
    for simulation in simulations {
        let (report, summary) = tokio::task::spawn_blocking(|| simulation.finish()).await.unwrap();
        assert_eq!((&summary["sent"], &summary["lost"]), (&summary["acknowledged"], &0.into()), "{summary}");
        for line in report {
            let key = (line["fixed_at"].as_str().unwrap().parse().unwrap(), line["sequence"].as_i64().unwrap());
            told.entry(line["terminal"].as_str().unwrap().to_owned()).or_default().insert(key);
        }
    }
    let there = stored(&pool, &cars).await;
    pool.close().await;
    ground.stop();
    assert_eq!(told.len(), 2 * CARS);
    for (terminal, keys) in &told {
        let once: BTreeSet<Key> = there[terminal].iter().copied().collect();
        assert_eq!(once.len(), there[terminal].len(), "{terminal}: stored twice");
        assert_eq!(*keys, once, "{terminal}: acknowledged and stored are the same");
    }
}

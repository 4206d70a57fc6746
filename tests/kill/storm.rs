//! `kill -9` of the service and of PostgreSQL at random moments under load over MQTT and JT/T 808, with late, doubled and future
//! data by the TSBS-IoT rules: what `simulate --report` says was acknowledged is stored, once, and no live position goes back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use fleet_db::PgPool;
use fleet_db::testing::fleet;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use telematics::device::Protocol;
use telematics::id::VehicleNo;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::ground::{Ground, Simulation};

/// Kills where nobody asks for another number: `make soak` asks for twenty.
const KILLS: usize = 4;
/// Cars of each protocol.
const CARS: usize = 30;
/// A tenth late by up to ten seconds, a tenth doubled, some with a clock far ahead.
const DISORDER: &[&str] = &["--late", "10", "--late-by", "10", "--duplicates", "10", "--future", "2"];
/// Longest that anything here may take.
const DEADLINE: Duration = Duration::from_mins(3);

pub(crate) type Key = (DateTime<Utc>, i64);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_what_was_acknowledged_is_stored_once() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed: u64 = number("MOTORPOOL_SEED").unwrap_or_else(rand::random);
    let kills = number("MOTORPOOL_KILLS").and_then(|kills| usize::try_from(kills).ok()).unwrap_or(KILLS);
    println!("MOTORPOOL_SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);

    let mut ground = Ground::new();
    ground.start();
    let pool = fleet_db::connect(&ground.store(), 3).await.unwrap();
    let (mut cars, mut own, mut standard) = (BTreeMap::new(), Vec::new(), Vec::new());
    for index in 0..CARS {
        let (name, phone, secret) = (format!("STORM-{index:02}"), format!("139{index:08}"), format!("secret of {index}"));
        cars.insert(name.clone(), fleet::car(&pool, &name, &secret).await.unwrap());
        cars.insert(phone.clone(), fleet::terminal(&pool, Protocol::Jt808, &phone, &secret).await.unwrap());
        own.push((name, secret.clone()));
        standard.push((phone, secret));
    }
    let simulations = [
        Simulation::start(&ground, "mqtt", &own, "0.1", DISORDER),
        Simulation::start(&ground, "jt808", &standard, "1", DISORDER),
    ];
    let over = CancellationToken::new();
    let watch = tokio::spawn(watch(pool.clone(), over.clone()));

    let mut killed = [0, 0];
    for _ in 0..kills {
        let until = acknowledged(&simulations) + dice.random_range(50..600);
        wait_for(&simulations, until).await;
        if dice.random_bool(0.5) {
            ground.kill_service();
            ground.start();
            killed[0] += 1;
        } else {
            ground.kill_store();
            killed[1] += 1;
        }
    }
    wait_for(&simulations, acknowledged(&simulations) + 200).await;

    let mut told: BTreeMap<String, BTreeSet<Key>> = BTreeMap::new();
    let (mut lines, mut ahead, mut doubled) = (0, 0, 0);
    for simulation in simulations {
        let (report, summary) = tokio::task::spawn_blocking(|| simulation.finish()).await.unwrap();
        assert_eq!((&summary["sent"], &summary["lost"]), (&summary["acknowledged"], &0.into()), "{summary}");
        lines += report.len();
        doubled += summary["repeated"].as_u64().unwrap();
        for line in report {
            if line["ahead"] == true {
                ahead += 1;
                continue;
            }
            let key = (line["fixed_at"].as_str().unwrap().parse().unwrap(), line["sequence"].as_i64().unwrap());
            let is_new = told.entry(line["terminal"].as_str().unwrap().to_owned()).or_default().insert(key);
            assert!(is_new, "acknowledged twice: {line}");
        }
    }
    over.cancel();
    let looks = watch.await.unwrap();
    // Live state is written behind the acknowledgement; a stop writes it.
    let stored = stored(&pool, &cars).await;
    pool.close().await;
    ground.stop();

    let mut positions = 0;
    for (terminal, keys) in &told {
        let there = &stored[terminal];
        let once: BTreeSet<Key> = there.iter().copied().collect();
        assert_eq!(once.len(), there.len(), "{terminal}: stored twice");
        let missing: Vec<&Key> = keys.difference(&once).collect();
        assert!(missing.is_empty(), "{terminal}: acknowledged and not stored: {missing:?}");
        assert_eq!(keys.len(), once.len(), "{terminal}: everything was acknowledged in the end, and nothing else is there");
        positions += once.len();
    }
    assert_eq!(told.len(), 2 * CARS);
    println!(
        "{} kills of the service, {} of PostgreSQL: {lines} acknowledged ({ahead} of the future, kept aside), {doubled} messages \
         sent twice, {positions} positions stored: 0 missing, 0 twice; {looks} looks at live positions, none went back",
        killed[0], killed[1]
    );
}

/// Looks at the live positions until it is over; none may ever be older than before.
async fn watch(pool: PgPool, over: CancellationToken) -> u64 {
    let mut newest: BTreeMap<VehicleNo, DateTime<Utc>> = BTreeMap::new();
    let (mut ticks, mut looks) = (interval(Duration::from_millis(200)), 0);
    while !over.is_cancelled() {
        ticks.tick().await;
        // While the store is away there is nothing to see.
        let Ok(mut conn) = fleet_db::acquire(&pool).await else { continue };
        let Ok(states) = fleet_db::live::load_all(&mut conn).await else { continue };
        looks += 1;
        for state in states {
            let (vehicle, Some(at)) = (state.vehicle, state.fixed_at) else { continue };
            let before = newest.insert(vehicle, at);
            assert!(before.is_none_or(|before| before <= at), "the live position of {vehicle} went back: {before:?}, {at}");
        }
    }
    looks
}

pub(crate) async fn stored(pool: &PgPool, cars: &BTreeMap<String, VehicleNo>) -> BTreeMap<String, Vec<Key>> {
    let mut stored = BTreeMap::new();
    for (terminal, vehicle) in cars {
        stored.insert(terminal.clone(), fleet::stored(pool, *vehicle).await.unwrap());
    }
    stored
}

pub(crate) fn acknowledged(simulations: &[Simulation]) -> usize {
    simulations.iter().map(Simulation::acknowledged).sum()
}

pub(crate) async fn wait_for(simulations: &[Simulation], count: usize) {
    let reached = async {
        let mut ticks = interval(Duration::from_millis(100));
        while acknowledged(simulations) < count {
            ticks.tick().await;
        }
    };
    timeout(DEADLINE, reached).await.expect("the service acknowledges again");
}

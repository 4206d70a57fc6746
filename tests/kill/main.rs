//! `kill -9` of the service at ten random moments under load: what was acknowledged is stored, once, and no trip is told twice.

#[cfg(test)]
mod car;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod service;
#[cfg(test)]
#[path = "../embedded/small_disk.rs"]
mod small_disk;
#[cfg(test)]
mod storm;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use fleet_db::testing::{self, fleet};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};
    use tokio::task::JoinSet;
    use tokio::time::{interval, timeout};

    use crate::car::{Car, Load};
    use crate::oracle;
    use crate::service::Service;

    const KILLS: usize = 10;
    const CARS: usize = 20;
    /// Longest that anything here may take.
    const DEADLINE: Duration = Duration::from_mins(1);

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_acknowledged_is_lost_and_nothing_is_told_twice() {
        let seed = std::env::var("MOTORPOOL_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(rand::random::<u64>);
        println!("MOTORPOOL_SEED={seed}");
        let mut dice = StdRng::seed_from_u64(seed);

        let db = testing::database().await;
        let mut service = Service::new(&db.url());
        let load = Arc::new(Load::default());
        let mut cars = JoinSet::new();
        for index in 0..CARS {
            let terminal = format!("KILL-{index:02}");
            let vehicle = fleet::car(&db.pool, &terminal, &terminal).await.unwrap();
            let car = Car::new(vehicle, terminal, service.address, index % 5 == 4, StdRng::seed_from_u64(dice.random()));
            cars.spawn(car.drive(Arc::clone(&load)));
        }

        service.start();
        for kill in 1..=KILLS {
            let until = load.acknowledged.load(Ordering::Relaxed) + dice.random_range(200..4_000);
            acknowledged(&load, until).await;
            service.kill();
            println!("kill {kill} after {} acknowledgements", load.acknowledged.load(Ordering::Relaxed));
            service.start();
        }
        load.stopping.store(true, Ordering::Relaxed);
        let mut driven = Vec::new();
        while let Some(car) = timeout(DEADLINE, cars.join_next()).await.expect("every car gets its last acknowledgement") {
            driven.push(car.unwrap());
        }
        let revised = async {
            let mut ticks = interval(Duration::from_millis(100));
            while fleet::number(&db.pool, "select count(*) from track_revision").await.unwrap() > 0 {
                ticks.tick().await;
            }
        };
        timeout(DEADLINE, revised).await.expect("late stretches are worked out again");
        service.stop();

        let (mut positions, mut trips) = (0, 0);
        for car in &driven {
            let told = oracle::check(&db.pool, car).await;
            positions += told.positions;
            trips += told.trips;
        }
        let load = load.acknowledged.load(Ordering::Relaxed);
        println!("{KILLS} kills, {load} acknowledgements, {positions} positions stored, {trips} trips: 0 missing, 0 twice");
        assert!(trips >= CARS, "the load is long enough to have trips in it");
    }

    async fn acknowledged(load: &Load, count: u64) {
        let reached = async {
            let mut ticks = interval(Duration::from_millis(5));
            while load.acknowledged.load(Ordering::Relaxed) < count {
                ticks.tick().await;
            }
        };
        timeout(DEADLINE, reached).await.expect("the service acknowledges under load");
    }
}

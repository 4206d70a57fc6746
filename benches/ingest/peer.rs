//! The pattern of the best-known peer, in the same tables: one INSERT a position and one UPDATE of the vehicle's newest position,
//! each committed by itself, from as many connections as serve it best.

use std::time::{Duration, Instant};

use fleet_db::testing::{TestDatabase, fleet};

use crate::fleet::Car;

/// Where its throughput levels off on small machines.
const CONNECTIONS: usize = 64;

/// Positions a second over `span`.
pub(crate) async fn run(db: &TestDatabase, cars: &[Car], span: Duration) -> f64 {
    fleet::execute(&db.pool, "truncate vehicle_position").await.expect("an empty table");
    fleet::execute(&db.pool, "create table if not exists newest_position (vehicle_no integer primary key, fixed_at timestamptz) with (fillfactor = 50)")
        .await
        .expect("a table");
    fleet::execute(&db.pool, "insert into newest_position select no from vehicle on conflict do nothing").await.expect("rows");
    let pool = fleet::pool_of(db, CONNECTIONS).await;
    let began = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..CONNECTIONS {
        let own: Vec<Car> = cars.iter().skip(worker).step_by(CONNECTIONS).cloned().collect();
        let pool = pool.clone();
        workers.spawn(async move {
            let mut conn = fleet_db::acquire(&pool).await.expect("a connection");
            let mut count = 0_u32;
            for sequence in 1.. {
                for car in &own {
                    if began.elapsed() >= span {
                        return count;
                    }
                    fleet::insert_and_update(&mut conn, &car.row(sequence)).await.expect("two statements");
                    count += 1;
                }
            }
            count
        });
    }
    let mut count = 0;
    while let Some(done) = workers.join_next().await {
        count += done.expect("a worker");
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

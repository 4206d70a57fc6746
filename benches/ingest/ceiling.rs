//! What the store takes at most: binary COPY of such rows into the same table, from two connections at once.

use std::time::Instant;

use bytes::BytesMut;
use fleet_db::PgPool;
use fleet_db::ingest::{self, Writer};
use fleet_db::testing::{TestDatabase, fleet};

use crate::fleet::Car;

/// Empties the table and fills it again with about `rows` rows in commits of `batch`; rows a second. The rows are encoded
/// beforehand, as the ceiling is the store's.
pub(crate) async fn run(db: &TestDatabase, cars: &[Car], rows: u64, batch: usize) -> f64 {
    fleet::execute(&db.pool, "truncate vehicle_position").await.expect("an empty table");
    fleet::execute(&db.pool, "checkpoint").await.expect("a checkpoint");
    let (left, right) = cars.split_at(cars.len() / 2);
    let lanes = [encoded(left, rows / 2, batch), encoded(right, rows / 2, batch)];
    let count: usize = lanes.iter().map(|lane| lane.len() * batch).sum();
    let began = Instant::now();
    let [left, right] = lanes.map(|lane| tokio::spawn(fill(db.pool.clone(), lane)));
    left.await.expect("a copy");
    right.await.expect("a copy");
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / began.elapsed().as_secs_f64()
}

/// Rows as they would arrive, vehicle by vehicle at each instant.
fn encoded(cars: &[Car], rows: u64, batch: usize) -> Vec<BytesMut> {
    let rows = usize::try_from(rows).unwrap_or_default();
    let mut all = (1..).flat_map(|sequence| cars.iter().map(move |car| car.row(sequence)));
    (0..rows / batch).map(|_| ingest::encode(&all.by_ref().take(batch).collect::<Vec<_>>())).collect()
}

async fn fill(pool: PgPool, lane: Vec<BytesMut>) {
    let mut writer = Writer::new(pool);
    let conn = writer.conn().await.expect("a connection");
    for bytes in lane {
        ingest::copy_encoded(conn, bytes).await.expect("a copy");
    }
}

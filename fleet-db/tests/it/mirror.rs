//! How far a platform above us has been told: cursors, late positions, and what has become history meanwhile.

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::ingest::{Batch, Form, PositionRow, commit, ensure_partitions, hour_of};
use fleet_db::mirror::{self, Choice, Key, MirroredVehicle};
use fleet_db::testing::fleet;
use fleet_db::{PgPool, history};
use telematics::id::VehicleNo;
use telematics::record::Record;

const LINK: &str = "province";

fn midnight() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_323_200, 0).unwrap()
}

fn at(secs: i64) -> DateTime<Utc> {
    midnight() + TimeDelta::seconds(secs)
}

fn row(vehicle: VehicleNo, secs: i64) -> PositionRow {
    let record = Record { seq: secs, t: at(secs).timestamp_millis(), lat: Some(30.0), lon: Some(120.0), ..Record::default() };
    PositionRow::of(vehicle, &record.to_observation(at(secs)).unwrap())
}

async fn store(pool: &PgPool, batch: Batch) {
    let mut conn = pool.acquire().await.unwrap();
    let hours: Vec<_> = batch.hot.iter().chain(&batch.late_hot).map(|row| hour_of(row.fixed_at)).collect();
    ensure_partitions(&mut conn, &hours).await.unwrap();
    commit(&mut conn, &batch, Form::Copy, at(0)).await.unwrap();
}

async fn store_hot(pool: &PgPool, vehicle: VehicleNo, seconds: impl IntoIterator<Item = i64>) {
    store(pool, Batch { hot: seconds.into_iter().map(|secs| row(vehicle, secs)).collect(), ..Batch::default() }).await;
}

async fn open(pool: &PgPool, now: DateTime<Utc>) {
    let mut conn = pool.acquire().await.unwrap();
    mirror::open(&mut conn, "here", &[LINK], now).await.unwrap();
}

async fn choose(pool: &PgPool, choice: &Choice) -> Vec<MirroredVehicle> {
    let mut conn = pool.acquire().await.unwrap();
    mirror::choose(&mut conn, LINK, choice).await.unwrap()
}

async fn confirmed(pool: &PgPool) -> Vec<Key> {
    choose(pool, &Choice::default()).await.into_iter().map(|vehicle| vehicle.confirmed).collect()
}

fn seconds(rows: &[PositionRow]) -> Vec<i64> {
    rows.iter().map(|row| row.sequence).collect()
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_new_link_begins_at_the_newest_and_a_new_vehicle_at_its_beginning(pool: PgPool) {
    let old = fleet::car(&pool, "MP-1", "s").await.unwrap();
    let silent = fleet::car(&pool, "MP-2", "s").await.unwrap();
    store_hot(&pool, old, [10, 20]).await;
    open(&pool, at(100)).await;
    assert_eq!(confirmed(&pool).await, [(at(20), 20), (DateTime::UNIX_EPOCH, 0)]);
    let new = fleet::car(&pool, "MP-3", "s").await.unwrap();
    fleet::execute(&pool, "update vehicle set created_at = now() where plate = '浙AMP-3'").await.unwrap();
    store_hot(&pool, new, [30]).await;
    assert_eq!(confirmed(&pool).await[2], (DateTime::UNIX_EPOCH, 0), "all of it came after the link");
    store_hot(&pool, old, [40, 50]).await;
    store_hot(&pool, silent, [60]).await;
    let mut conn = pool.acquire().await.unwrap();
    let behind: Vec<(VehicleNo, Key)> =
        choose(&pool, &Choice::default()).await.into_iter().map(|vehicle| (vehicle.no, vehicle.confirmed)).collect();
    assert_eq!(seconds(&mirror::read(&mut conn, &behind, 10).await.unwrap()), [40, 50, 60, 30]);
    assert_eq!(seconds(&mirror::read(&mut conn, &behind, 1).await.unwrap()), [40, 60, 30], "so many of each");
    mirror::confirm(&mut conn, LINK, &[(old, (at(40), 40))]).await.unwrap();
    mirror::confirm(&mut conn, LINK, &[(old, (at(30), 0))]).await.unwrap();
    assert_eq!(confirmed(&pool).await[0], (at(40), 40), "a cursor never goes back");
    // Named no longer, and again: it begins anew.
    mirror::open(&mut conn, "here", &[], at(200)).await.unwrap();
    open(&pool, at(300)).await;
    assert_eq!(confirmed(&pool).await, [(at(50), 50), (at(60), 60), (DateTime::UNIX_EPOCH, 0)]);
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn what_a_vehicle_does_while_it_is_left_out_is_never_told(pool: PgPool) {
    let car = fleet::car(&pool, "MP-1", "s").await.unwrap();
    open(&pool, at(0)).await;
    store_hot(&pool, car, [10]).await;
    let without = Choice { without_categories: vec!["emergency_support".to_owned()], ..Choice::default() };
    assert_eq!(choose(&pool, &Choice::default()).await.len(), 1);
    assert_eq!(choose(&pool, &without).await, []);
    store_hot(&pool, car, [20]).await;
    assert_eq!(choose(&pool, &without).await, []);
    assert_eq!(confirmed(&pool).await, [(at(20), 20)]);
    let plate = Choice { without_plates: vec!["浙AMP-1".to_owned()], ..Choice::default() };
    assert_eq!(choose(&pool, &plate).await, []);
    // By unit: the one of the car, and one that has none.
    let unit = uuid::Uuid::from_u128(0x6d70_0000_0000_7000_8000_0000_0000_0001);
    assert_eq!(choose(&pool, &Choice { units: vec![unit], ..Choice::default() }).await.len(), 1);
    assert_eq!(choose(&pool, &Choice { units: vec![uuid::Uuid::nil()], ..Choice::default() }).await, []);
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn late_positions_wait_for_every_link_and_for_none_when_there_is_none(pool: PgPool) {
    let car = fleet::car(&pool, "MP-1", "s").await.unwrap();
    let late = |seconds: &[i64]| Batch { late_hot: seconds.iter().map(|secs| row(car, *secs)).collect(), ..Batch::default() };
    store_hot(&pool, car, [100]).await;
    store(&pool, late(&[10])).await;
    open(&pool, at(0)).await;
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(mirror::late(&mut conn, LINK, 10).await.unwrap(), []);
    store(&pool, late(&[30, 20, 10])).await;
    store(&pool, late(&[20])).await;
    let waiting = mirror::late(&mut conn, LINK, 10).await.unwrap();
    assert_eq!(waiting, [(car, at(20)), (car, at(30))], "each once, and not what was there before");
    assert_eq!(seconds(&mirror::at_instants(&mut conn, &waiting).await.unwrap()), [20, 30]);
    mirror::forget_late(&mut conn, LINK, &waiting[..1]).await.unwrap();
    assert_eq!(mirror::late(&mut conn, LINK, 10).await.unwrap(), [(car, at(30))]);
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn what_has_become_history_is_told_before_what_lies_in_rows(pool: PgPool) {
    let car = fleet::car(&pool, "MP-1", "s").await.unwrap();
    open(&pool, at(0)).await;
    let day = 86_400;
    let days = [10, 20, day + 10, 3 * day + 10, 5 * day + 10];
    store_hot(&pool, car, days).await;
    store(&pool, Batch { late_old: vec![row(car, 2 * day + 5)], ..Batch::default() }).await;
    let mut conn = pool.acquire().await.unwrap();
    for number in [0, 1, 3] {
        history::compact(&mut conn, at(number * day).date_naive()).await.unwrap();
    }
    let mut key: Key = (at(10), 10);
    let mut told = Vec::new();
    loop {
        let rows = mirror::of_history(&mut conn, car, key).await.unwrap();
        let Some(last) = rows.last() else { break };
        key = (last.fixed_at, last.sequence);
        told.push(seconds(&rows));
    }
    assert_eq!(told, [vec![20], vec![day + 10], vec![2 * day + 5, 3 * day + 10]]);
    assert_eq!(seconds(&mirror::read(&mut conn, &[(car, key)], 10).await.unwrap()), [5 * day + 10]);
    assert_eq!(seconds(&mirror::at_instants(&mut conn, &[(car, at(20))]).await.unwrap()), [20]);
}

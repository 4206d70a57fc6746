//! Positions in and out of all the places where they lie, and tracks worked out again.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use fleet_db::ingest::{Batch, Form, PositionRow, commit, ensure_partitions, hour_of};
use fleet_db::{PgPool, event, history, revision, stop, track, trip};
use telematics::event::VehicleEvent;
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::record::Record;
use telematics::revise::revise;

const VEHICLE: VehicleNo = VehicleNo(7);

fn midnight() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_323_200, 0).unwrap()
}

fn at(secs: i64) -> DateTime<Utc> {
    midnight() + TimeDelta::seconds(secs)
}

/// Every ten seconds from 06:00 to 10:00 UTC: stands half of each hour, drives the other half.
fn morning() -> Vec<Observation> {
    (0..1440).map(|n| seen(6 * 3600 + n * 10)).collect()
}

fn seen(secs: i64) -> Observation {
    let driven = |secs: i64| secs / 3600 * 1800 + (secs % 3600).max(1800) - 1800;
    let metres = 12 * (driven(secs) - driven(6 * 3600));
    let record = Record {
        seq: secs,
        t: at(secs).timestamp_millis(),
        lat: Some(30.0 + f64::from(i32::try_from(metres).unwrap()) / 111_195.0),
        lon: Some(120.0),
        spd: Some(if secs % 3600 < 1800 { 0.0 } else { 43.2 }),
        crs: Some(0.0),
        odo: Some(f64::from(i32::try_from(metres).unwrap())),
        ign: Some(secs % 3600 >= 1700),
        sat: Some(11),
        hdop: Some(0.9),
        ..Record::default()
    };
    // At the resolution of the store, so that what comes back is equal.
    PositionRow::of(VEHICLE, &record.to_observation(at(secs + 1)).unwrap()).observation()
}

fn rows(seen: &[Observation]) -> Vec<PositionRow> {
    seen.iter().map(|seen| PositionRow::of(VEHICLE, seen)).collect()
}

/// Rows as observations: PostgreSQL writes the text of `detail` with spaces, which says the same.
fn plain(rows: &[PositionRow]) -> Vec<Observation> {
    rows.iter().map(PositionRow::observation).collect()
}

async fn store_hot(pool: &PgPool, seen: &[Observation]) {
    let mut conn = pool.acquire().await.unwrap();
    let hours: Vec<_> = seen.iter().map(|seen| hour_of(seen.fixed_at)).collect();
    ensure_partitions(&mut conn, &hours).await.unwrap();
    let batch = Batch { hot: rows(seen), ..Batch::default() };
    commit(&mut conn, &batch, Form::Copy, at(0)).await.unwrap();
}

async fn store_late(pool: &PgPool, seen: &[Observation], now: DateTime<Utc>) {
    let mut conn = pool.acquire().await.unwrap();
    let batch = Batch { late_old: rows(seen), ..Batch::default() };
    commit(&mut conn, &batch, Form::Copy, now).await.unwrap();
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_reader_cannot_tell_where_positions_lie(pool: PgPool) {
    let seen = morning();
    let (late, on_time): (Vec<_>, Vec<_>) = seen.iter().cloned().partition(|seen| seen.sequence % 50 == 0);
    store_hot(&pool, &on_time).await;
    store_late(&pool, &late, at(90_000)).await;
    let mut conn = pool.acquire().await.unwrap();
    let (from, to) = (at(7 * 3600), at(9 * 3600));
    let expected: Vec<_> = seen.iter().filter(|seen| from <= seen.fixed_at && seen.fixed_at < to).cloned().collect();
    let in_rows = track::read(&mut conn, VEHICLE, from, to).await.unwrap();
    assert_eq!(plain(&in_rows), expected);
    let days = track::days(&mut conn, VEHICLE, "Asia/Shanghai", at(0), at(90_000), 400).await.unwrap();
    assert_eq!(days.iter().map(|day| (day.day.to_string(), day.fixes)).collect::<Vec<_>>(), [("2026-03-01".to_owned(), 1440)]);

    let day = midnight().date_naive();
    assert_eq!(history::days_due(&mut conn, at(86_399)).await.unwrap(), []);
    assert_eq!(history::days_due(&mut conn, at(86_400)).await.unwrap(), [day]);
    let done = history::compact(&mut conn, day).await.unwrap();
    assert_eq!((done.partitions, done.folded.days, done.folded.fixes), (4, 1, 1440));
    assert_eq!(history::days_due(&mut conn, at(86_400)).await.unwrap(), []);
    assert_eq!(track::read(&mut conn, VEHICLE, from, to).await.unwrap(), in_rows);
    assert_eq!(track::days(&mut conn, VEHICLE, "Asia/Shanghai", at(0), at(90_000), 400).await.unwrap(), days);
    assert_eq!(track::read(&mut conn, VehicleNo(8), from, to).await.unwrap(), []);
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn what_comes_in_for_a_compacted_day_is_folded_into_it(pool: PgPool) {
    let seen = morning();
    let (late, on_time): (Vec<_>, Vec<_>) = seen.iter().cloned().partition(|seen| seen.sequence % 7 == 0);
    store_hot(&pool, &on_time).await;
    let mut conn = pool.acquire().await.unwrap();
    let day = midnight().date_naive();
    history::compact(&mut conn, day).await.unwrap();
    store_late(&pool, &late, at(90_000)).await;
    let all = |rows: Vec<PositionRow>| plain(&rows);
    assert_eq!(all(track::read(&mut conn, VEHICLE, at(0), at(86_400)).await.unwrap()), seen);
    let next_day = NaiveDate::succ_opt(&day).unwrap();
    assert_eq!(history::fold_late(&mut conn, day, 10).await.unwrap().days, 0, "the day is not over");
    assert_eq!(history::fold_late(&mut conn, next_day, 10).await.unwrap().fixes, 1440);
    assert_eq!(history::fold_late(&mut conn, next_day, 10).await.unwrap().days, 0, "nothing is left");
    assert_eq!(all(track::read(&mut conn, VEHICLE, at(0), at(86_400)).await.unwrap()), seen);
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_compaction_that_was_stopped_is_begun_again(pool: PgPool) {
    let seen = morning();
    store_hot(&pool, &seen).await;
    let mut conn = pool.acquire().await.unwrap();
    let day = midnight().date_naive();
    // As far as it had come: one vehicle written, no partition dropped.
    history::fold(&mut conn, VEHICLE, day).await.unwrap();
    let days = track::days(&mut conn, VEHICLE, "Asia/Shanghai", at(0), at(90_000), 400).await.unwrap();
    assert_eq!(days.iter().map(|day| day.fixes).sum::<i64>(), 1440, "counted once although stored twice");
    history::compact(&mut conn, day).await.unwrap();
    assert_eq!(plain(&track::read(&mut conn, VEHICLE, at(0), at(86_400)).await.unwrap()), seen);
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn late_fixes_change_trips_that_were_told(pool: PgPool) {
    let seen = morning();
    // The terminal was cut off from 07:20 to 08:40 and sent that afterwards.
    let is_cut = |seen: &Observation| (at(7 * 3600 + 1200)..at(8 * 3600 + 2400)).contains(&seen.fixed_at);
    let (late, on_time): (Vec<_>, Vec<_>) = seen.iter().cloned().partition(is_cut);
    let mut conn = pool.acquire().await.unwrap();
    store_hot(&pool, &on_time).await;
    let told = revise(VEHICLE, &on_time, &Policy::default());
    let batch = Batch { trips: told.trips.clone(), stops: told.stops.clone(), ..Batch::default() };
    commit(&mut conn, &batch, Form::Copy, at(0)).await.unwrap();

    let batch = Batch { late_hot: rows(&late), ..Batch::default() };
    let hours: Vec<_> = late.iter().map(|seen| hour_of(seen.fixed_at)).collect();
    ensure_partitions(&mut conn, &hours).await.unwrap();
    commit(&mut conn, &batch, Form::Copy, at(40_000)).await.unwrap();
    assert_eq!(revision::pending(&mut conn, at(39_999), 10).await.unwrap(), []);
    let pending = revision::pending(&mut conn, at(40_000), 10).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(revision::pending_of(&mut conn, VEHICLE).await.unwrap().as_ref(), pending.first());
    let revised = revision::work_out(&mut conn, &pending[0], &Policy::default()).await.unwrap();
    assert_eq!(revision::pending_of(&mut conn, VEHICLE).await.unwrap(), None);

    let expected = revise(VEHICLE, &seen, &Policy::default());
    let (from, to) = (at(0), at(86_400));
    let trips = trip::list(&mut conn, VEHICLE, from, to).await.unwrap();
    let keys = |trips: &[telematics::trip::Trip]| trips.iter().map(|trip| (trip.id, trip.ended_at)).collect::<Vec<_>>();
    assert_eq!(keys(&trips), keys(&expected.trips));
    assert_ne!(keys(&told.trips), keys(&expected.trips), "the cut had hidden a trip");
    assert_eq!(trip::load(&mut conn, trips[0].id).await.unwrap(), trips[0]);
    assert_eq!(stop::list(&mut conn, VEHICLE, from, to).await.unwrap(), expected.stops);
    let events = event::list(&mut conn, VEHICLE, from, to, None, 1000).await.unwrap();
    let mut names: Vec<_> = expected.events.iter().filter(|event| in_window(&revised.window, event)).map(name).collect();
    names.sort();
    assert_eq!(events.iter().map(|event| (event.at, event.kind.clone())).collect::<Vec<_>>(), names);
    if revised.window.reaches_newest() {
        assert_eq!(revised.revision.tracker.newest(), expected.tracker.newest());
    }

    let first = event::list(&mut conn, VEHICLE, from, to, None, 2).await.unwrap();
    let last = first.last().unwrap();
    let after = event::After { at: last.at, kind: last.kind.clone() };
    let rest = event::list(&mut conn, VEHICLE, from, to, Some(&after), 1000).await.unwrap();
    assert_eq!([first, rest].concat(), events);
}

fn in_window(window: &telematics::revise::Window, event: &VehicleEvent) -> bool {
    window.holds_event(event.at)
}

fn name(event: &VehicleEvent) -> (DateTime<Utc>, String) {
    (event.at, event.kind.name().to_owned())
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_range_finds_the_trip_and_the_stop_that_reach_into_it(pool: PgPool) {
    let done = revise(VEHICLE, &morning(), &Policy::default());
    let mut conn = pool.acquire().await.unwrap();
    let batch = Batch { trips: done.trips.clone(), stops: done.stops.clone(), ..Batch::default() };
    commit(&mut conn, &batch, Form::Copy, at(0)).await.unwrap();
    let second = &done.trips[1];
    let within = second.started_at + TimeDelta::minutes(5);
    let found = trip::list(&mut conn, VEHICLE, within, within + TimeDelta::minutes(1)).await.unwrap();
    assert_eq!(found.iter().map(|trip| trip.id).collect::<Vec<_>>(), [second.id]);
    assert_eq!(stop::list(&mut conn, VEHICLE, within, within + TimeDelta::minutes(1)).await.unwrap(), []);
    let standing = done.stops[1].from + TimeDelta::minutes(2);
    let found = stop::list(&mut conn, VEHICLE, standing, standing + TimeDelta::minutes(1)).await.unwrap();
    assert_eq!(found, [done.stops[1].clone()]);
}

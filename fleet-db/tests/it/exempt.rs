//! Exemptions in the database: what is taken away when one begins, and that no insert by any path makes a track afterwards.

use chrono::{DateTime, Utc};
use fleet_db::ingest::{Batch, CommitError, Form, PositionRow, commit, ensure_partitions, hour_of};
use fleet_db::testing::fleet;
use fleet_db::{Access, Constraint, DbError, PgPool};
use sqlx::AssertSqlSafe;
use telematics::id::VehicleNo;
use telematics::record::Record;

fn at(secs: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_323_200 + secs, 0).unwrap()
}

fn row(vehicle: VehicleNo, secs: i64) -> PositionRow {
    let record = Record { seq: secs, t: at(secs).timestamp_millis(), lat: Some(30.0), lon: Some(120.0), ..Record::default() };
    PositionRow::of(vehicle, &record.to_observation(at(secs)).unwrap())
}

async fn store(pool: &PgPool, form: Form, batch: Batch) -> Result<(), CommitError> {
    let mut conn = pool.acquire().await.unwrap();
    let hours: Vec<_> = batch.hot.iter().chain(&batch.late_hot).map(|row| hour_of(row.fixed_at)).collect();
    ensure_partitions(&mut conn, &hours).await.unwrap();
    commit(&mut conn, &batch, form, at(0)).await.map(|_| ())
}

async fn hot(pool: &PgPool, vehicle: VehicleNo, seconds: impl IntoIterator<Item = i64>) -> Result<(), CommitError> {
    let hot = seconds.into_iter().map(|secs| row(vehicle, secs)).collect();
    store(pool, Form::Copy, Batch { hot, ..Batch::default() }).await
}

async fn number(pool: &PgPool, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(pool).await.unwrap()
}

async fn run(pool: &PgPool, sql: &str) -> Result<u64, DbError> {
    Ok(sqlx::query(AssertSqlSafe(sql.to_owned())).execute(pool).await.map_err(DbError::from)?.rows_affected())
}

/// Statements with which somebody could write down where the vehicle 1 is at noon of 2026-03-01, each by another path.
const WAYS_IN: &[&str] = &[
    "insert into vehicle_position (vehicle_no, fixed_at, sequence, received_at, flags) values (1, $at, 9, $at, 0)",
    "insert into vehicle_position_2026030100 (vehicle_no, fixed_at, sequence, received_at, flags) values (1, '2026-03-01T00:30:00Z', 9, $at, 0)",
    "insert into vehicle_position_late (vehicle_no, fixed_at, sequence, received_at, flags) values (1, $at, 9, $at, 0)",
    "update vehicle_position set vehicle_no = 1 where vehicle_no = 2 and fixed_at >= '2026-03-01T00:10:00Z'",
    "insert into track_day (vehicle_no, day, fixes, first_at, last_at, distance_m, hour_fixes, columns)
     values (1, '2026-03-01', 1, $at, $at, 0, '{}', '')",
    "insert into vehicle_live (vehicle_no, state, tracker, updated_at) values (1, '{}', '', $at)",
    "insert into trip (id, vehicle_no, started_at, origin, destination, distance_m, max_speed_dkmh, stops)
     values (gen_random_uuid(), 1, $at, 'srid=4326;point(120 30)', 'srid=4326;point(120 30)', 0, 0, 0)",
    "insert into vehicle_stop (id, vehicle_no, from_at, place) values (gen_random_uuid(), 1, $at, 'srid=4326;point(120 30)')",
    "insert into vehicle_event (vehicle_no, at, kind, detail) values (1, $at, 'trip_started', '{}')",
    "insert into vehicle_alarm (id, vehicle_no, kind, source, colour, raised_at, replayed, detail)
     values (gen_random_uuid(), 1, 'sos', 'device', 'red', $at, false, '{}')",
];

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn no_insert_by_any_path_makes_a_track_of_an_exempt_vehicle(pool: PgPool) {
    let (car, other) = (fleet::car(&pool, "MP-1", "s").await.unwrap(), fleet::car(&pool, "MP-2", "s").await.unwrap());
    assert_eq!((car.0, other.0), (1, 2));
    hot(&pool, car, [0, 30]).await.unwrap();
    hot(&pool, other, [0, 1200]).await.unwrap();
    fleet::exempt(&pool, car, at(600)).await.unwrap();
    let is_exempt = |refused: Result<(), CommitError>| matches!(refused, Err(CommitError::Exempt(_)));
    assert!(is_exempt(hot(&pool, car, [900]).await), "by copy");
    assert!(is_exempt(hot(&pool, car, [40]).await), "nor what is of before, while it lasts");
    for form in [Form::Copy, Form::Idempotent] {
        for batch in [
            Batch { old: vec![row(car, 900)], ..Batch::default() },
            Batch { late_hot: vec![row(car, 900)], ..Batch::default() },
            Batch { late_old: vec![row(car, 900)], hot: vec![row(other, 900)], ..Batch::default() },
        ] {
            assert!(is_exempt(store(&pool, form, batch).await), "{form:?}");
        }
    }
    for way in WAYS_IN {
        let refused = run(&pool, &way.replace("$at", "'2026-03-01T00:20:00Z'")).await;
        assert!(matches!(refused, Err(DbError::Conflict(Constraint::VehicleExempt))), "{way}: {refused:?}");
        run(
            &pool,
            &way.replace("$at", "'2026-03-01T00:20:00Z'")
                .replace("(1,", "(2,")
                .replace("(), 1,", "(), 2,")
                .replace("vehicle_no = 1", "vehicle_no = 2"),
        )
        .await
        .unwrap_or_else(|error| panic!("{way} of another vehicle: {error:?}"));
    }
    assert_eq!(number(&pool, "select count(*) from vehicle_position where vehicle_no = 1").await, 2);
    fleet::end_exemption(&pool, car, at(1200)).await.unwrap();
    hot(&pool, car, [1200, 40, 599]).await.unwrap();
    assert!(
        is_exempt(hot(&pool, car, [600]).await) && is_exempt(hot(&pool, car, [1199]).await),
        "of its time nothing, also afterwards"
    );
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn what_tells_of_a_terminal_beside_tracks_is_left_out_without_a_word(pool: PgPool) {
    let car = fleet::car(&pool, "MP-1", "s").await.unwrap();
    fleet::exempt(&pool, car, at(0)).await.unwrap();
    for way in [
        "insert into quarantined_record (terminal_id, vehicle_no, received_at, code, payload) values ('MP-1', null, $at, 'x', 'where')",
        "insert into quarantined_record (terminal_id, vehicle_no, received_at, code, payload) values ('?', 1, $at, 'x', 'where')",
        "insert into terminal_report (terminal_id, vehicle_no, received_at, message_id, decoded, raw) values ('MP-1', 1, $at, 2049, '{}', 'where')",
        "insert into device_frame (device_id, at, direction, bytes) select id, $at, 'up', 'where' from device",
    ] {
        assert_eq!(run(&pool, &way.replace("$at", "'2026-03-01T00:20:00Z'")).await.unwrap(), 0, "{way}");
    }
    let stranger = "insert into quarantined_record (terminal_id, received_at, code, payload) values ('?', now(), 'x', 'y')";
    assert_eq!(run(&pool, stranger).await.unwrap(), 1);
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn an_exemption_takes_away_what_was_stored_of_its_time_and_hides_the_rest(pool: PgPool) {
    let car = fleet::car(&pool, "MP-1", "s").await.unwrap();
    hot(&pool, car, (0..10).map(|n| n * 60)).await.unwrap();
    for way in &WAYS_IN[5..] {
        run(&pool, &way.replace("$at", "'2026-03-01T00:04:00Z'")).await.unwrap();
    }
    fleet::exempt(&pool, car, at(300)).await.unwrap();
    assert_eq!(number(&pool, "select count(*) from vehicle_position").await, 5, "a clock that is ahead is no way out");
    for (table, rest) in [("vehicle_live", 0), ("trip", 0), ("vehicle_stop", 0), ("vehicle_event", 1), ("vehicle_alarm", 1)] {
        assert_eq!(
            number(&pool, &format!("select count(*) from {table}")).await,
            rest,
            "{table}: what was under way is of its time"
        );
    }
    assert_eq!(number(&pool, "select count(*) from vehicle_alarm where cleared_at is null").await, 0);
    let mut tx = fleet_db::begin_within(&pool, &top(&pool).await, None, Access::Read).await.unwrap();
    let id = sqlx::query_scalar::<_, uuid::Uuid>("select id from vehicle").fetch_one(&mut *tx).await.unwrap();
    fleet_db::vehicle::number(&mut tx, &top(&pool).await, telematics::id::VehicleId(id)).await.unwrap();
    for table in ["vehicle_position", "vehicle_event", "vehicle_alarm"] {
        let seen: i64 =
            sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, 0, "{table} is read by no request");
    }
    drop(tx);
    let again = run(&pool, "insert into vehicle_exemption (id, vehicle_id, vehicle_no, basis, during, document, reason, begun_by)
                            select gen_random_uuid(), vehicle_id, vehicle_no, basis, '[2026-03-05,)', 'x', 'x', begun_by from vehicle_exemption").await;
    assert!(matches!(again, Err(DbError::Conflict(Constraint::ExemptionAgain))), "{again:?}");
    for change in [
        "update vehicle_exemption set basis = 'other_secret'",
        "update vehicle_exemption set during = '[2026-03-02,)'",
        "delete from vehicle_exemption",
    ] {
        let refused = run(&pool, change).await;
        assert!(matches!(refused, Err(DbError::Conflict(Constraint::ExemptionFinal))), "{change}: {refused:?}");
    }
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn what_was_looked_at_before_an_exemption_is_not_committed_after_it(pool: PgPool) {
    let car = fleet::car(&pool, "MP-1", "s").await.unwrap();
    hot(&pool, car, [0]).await.unwrap();
    let mut writer = fleet_db::begin(&pool).await.unwrap();
    sqlx::query("insert into vehicle_position (vehicle_no, fixed_at, sequence, received_at, flags) values (1, $1, 1, $1, 0)")
        .bind(at(700))
        .execute(&mut *writer)
        .await
        .unwrap();
    let begun = tokio::spawn({
        let pool = pool.clone();
        async move { fleet::exempt(&pool, car, at(600)).await }
    });
    // It waits for the writer, and sees what that has written.
    let waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted";
    while number(&pool, waiting).await == 0 {
        tokio::task::yield_now().await;
    }
    writer.commit().await.unwrap();
    begun.await.unwrap().unwrap();
    assert_eq!(number(&pool, "select count(*) from vehicle_position where vehicle_no = 1").await, 1);
}

/// Everything there is.
async fn top(pool: &PgPool) -> dispatch::scope::Scope {
    let id = sqlx::query_scalar("select id from unit where parent_id is null").fetch_one(pool).await.unwrap();
    dispatch::scope::Scope::of(dispatch::unit::UnitId(id))
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_day_of_before_becomes_history_while_the_car_is_exempt(pool: PgPool) {
    let car = fleet::car(&pool, "MP-1", "s").await.unwrap();
    hot(&pool, car, [10, 20, 3000]).await.unwrap();
    fleet::exempt(&pool, car, at(3600)).await.unwrap();
    let mut conn = pool.acquire().await.unwrap();
    fleet_db::history::compact(&mut conn, at(0).date_naive()).await.unwrap();
    assert_eq!(number(&pool, "select fixes::bigint from track_day").await, 3);
    let back = run(
        &pool,
        "insert into vehicle_exemption (id, vehicle_id, vehicle_no, basis, during, document, reason, begun_by, ended_by, end_document, end_reason)
         select gen_random_uuid(), vehicle_id, vehicle_no, basis, '[2026-03-01T00:00:15Z,2026-03-01T00:10:00Z)', 'x', 'x', begun_by, begun_by, 'x', 'x'
         from vehicle_exemption",
    )
    .await;
    assert!(matches!(back, Err(DbError::Conflict(Constraint::ExemptionHistory))), "what has become history is not cut: {back:?}");
}

//! Rules on a real store: planted once, changed by four eyes alone, never edited, and counted before they are saved.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::calendar::{Calendar, DayKind, day_of};
use dispatch::rule::change::{ChangeAction, ChangeState, RuleChangeId};
use dispatch::rule::effect::{Certainty, Touched};
use dispatch::rule::key::RuleKey;
use dispatch::rule::register;
use dispatch::rule::resolve::{RuleVersionId, resolve};
use dispatch::rule::value::{Cell, RuleValue};
use dispatch::scope::Scope;
use dispatch::unit::{Level, Unit, UnitId};
use dispatch::vehicle::{ModelName, Powertrain, Seats, VehicleAsset, VehicleCategory, VehicleStatus};
use fleet_db::account::NewAccount;
use fleet_db::rule::change::{self, NewChange};
use fleet_db::rule::{self, Proposed};
use fleet_db::testing::fleet::{execute, number};
use fleet_db::testing::{TestDatabase, database};
use fleet_db::{Constraint, DbError, PgConnection};
use telematics::id::{VehicleId, VehicleNo};
use telematics::policy::Policy;
use uuid::Uuid;

const CITY: UnitId = UnitId(Uuid::from_u128(1));
const COUNTY: UnitId = UnitId(Uuid::from_u128(2));
const OTHER: UnitId = UnitId(Uuid::from_u128(3));
const ONE: AccountId = AccountId(Uuid::from_u128(11));
const TWO: AccountId = AccountId(Uuid::from_u128(12));

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

fn on(day: &str) -> NaiveDate {
    day.parse().unwrap()
}

async fn car(conn: &mut PgConnection, unit: UnitId, plate: &str, category: VehicleCategory, powertrain: Powertrain) -> VehicleNo {
    let asset = VehicleAsset {
        plate: plate.parse().unwrap(),
        vin: None,
        unit,
        category,
        powertrain,
        model: ModelName::new("大众 帕萨特").unwrap(),
        seats: Seats::new(5).unwrap(),
        status: VehicleStatus::InService,
        alias: None,
    };
    fleet_db::vehicle::insert(conn, &Scope::of(CITY), VehicleId(Uuid::now_v7()), &asset, now()).await.unwrap()
}

/// A city with two counties, two people, and what the product brings along.
async fn city() -> TestDatabase {
    let db = database().await;
    let mut conn = db.pool.acquire().await.unwrap();
    for (id, parent, name) in [(CITY, None, "市"), (COUNTY, Some(CITY), "县"), (OTHER, Some(CITY), "邻县")] {
        let unit = Unit {
            id,
            parent,
            name: name.to_owned(),
            level: Level::City,
            region: "330100".parse().unwrap(),
            place: None,
            kind: dispatch::unit::UnitKind::Organ,
            credit_code: None,
            status: dispatch::unit::UnitStatus::Active,
        };
        fleet_db::unit::insert(&mut conn, &unit, now()).await.unwrap();
    }
    for (id, login) in [(ONE, "one"), (TWO, "two")] {
        let account = NewAccount {
            id,
            login: login.parse().unwrap(),
            display_name: login.to_owned(),
            password_hash: String::new(),
            role: Role::Authority,
            unit: CITY,
        };
        fleet_db::account::insert(&mut conn, &account, now()).await.unwrap();
    }
    rule::plant(&mut conn, now(), Uuid::now_v7).await.unwrap();
    drop(conn);
    db
}

fn proposal(key: RuleKey, unit: UnitId, from: &str, value: RuleValue) -> NewChange {
    NewChange {
        id: RuleChangeId(Uuid::now_v7()),
        key,
        unit,
        from: on(from),
        value: Some(value),
        source: "测试".to_owned(),
        document: Some("测〔2026〕1号".to_owned()),
        reason: "测试".to_owned(),
        by: ONE,
        today: day_of(now()),
    }
}

/// Proposes, hands in, approves and enacts, as two people do.
async fn decide(conn: &mut PgConnection, new: &NewChange, at: DateTime<Utc>) {
    change::insert(conn, new, at).await.unwrap();
    for (action, next, by) in
        [(ChangeAction::Submit, ChangeState::Submitted, ONE), (ChangeAction::Approve, ChangeState::Approved, TWO)]
    {
        let seen = change::load(conn, &Scope::of(CITY), new.id).await.unwrap();
        change::carry_out(conn, &seen, (action, next), (by, ""), at).await.unwrap();
    }
    let seen = change::load(conn, &Scope::of(CITY), new.id).await.unwrap();
    change::enact(conn, RuleVersionId(Uuid::now_v7()), &seen, TWO, at).await.unwrap();
}

fn conflict(result: &Result<(), DbError>) -> Option<Constraint> {
    match result {
        Err(DbError::Conflict(constraint)) => Some(*constraint),
        _ => None,
    }
}

#[tokio::test]
async fn what_the_product_brings_along_is_planted_once_and_counts_since_it_was_law() {
    let db = city().await;
    let mut conn = db.pool.acquire().await.unwrap();
    assert_eq!(rule::plant(&mut conn, now(), Uuid::now_v7).await.unwrap(), 0);
    let told = rule::told(&mut conn, &Scope::of(CITY), None).await.unwrap();
    let expected: usize = register::all().map(|spec| spec.builtin.len()).sum();
    assert_eq!(told.len(), expected);
    let versions: Vec<_> = told.into_iter().map(|told| told.version).collect();
    for spec in register::all() {
        let (builtin, value) = spec.builtin_values().last().unwrap();
        let on = builtin.from.max(day_of(now()));
        assert_eq!(resolve(&versions, spec.key, &[CITY], on, now()).unwrap().value, value, "{}", spec.key);
    }
    let then: DateTime<Utc> = "2025-01-01T00:00:00Z".parse().unwrap();
    assert!(resolve(&versions, RuleKey::RenewalYears, &[], on("2025-01-01"), then).is_some());
}

#[tokio::test]
async fn a_version_is_neither_edited_nor_taken_away() {
    let db = city().await;
    for statement in [
        "update rule_version set value = '1' where rule_key = 'nev_share'",
        "delete from rule_version where rule_key = 'nev_share'",
        "truncate rule_version cascade",
    ] {
        assert_eq!(conflict(&execute(&db.pool, statement).await), Some(Constraint::RuleVersionFinal), "{statement}");
    }
}

#[tokio::test]
async fn the_store_itself_wants_four_eyes_and_a_document_for_the_past() {
    let db = city().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let new = proposal(RuleKey::NevShare, CITY, "2026-03-02", RuleValue::Number(40.0));
    change::insert(&mut conn, &new, now()).await.unwrap();
    execute(&db.pool, "update rule_change set state = 'submitted'").await.unwrap();
    let alone = "update rule_change set state = 'approved', decided_by = proposed_by, decided_at = now()";
    assert_eq!(conflict(&execute(&db.pool, alone).await), Some(Constraint::RuleChangeFourEyes));
    let unseen = "update rule_change set state = 'approved'";
    assert_eq!(conflict(&execute(&db.pool, unseen).await), Some(Constraint::RuleChangeDecided));
    let rewritten = "update rule_change set value = '99', state = 'approved', decided_at = now(),
                     decided_by = '00000000-0000-0000-0000-00000000000c'";
    assert_eq!(conflict(&execute(&db.pool, rewritten).await), Some(Constraint::RuleChangeMoves));
    let past_it = "insert into rule_version (id, rule_key, unit_id, from_on, value, source, change_id, proposed_by, approved_by, recorded_at)
                   select gen_random_uuid(), rule_key, unit_id, from_on, value, source, id, proposed_by,
                          '00000000-0000-0000-0000-00000000000c', now()
                   from rule_change";
    assert_eq!(conflict(&execute(&db.pool, past_it).await), Some(Constraint::RuleVersionApproved));
    let by_one = "insert into rule_version (id, rule_key, unit_id, from_on, value, source, change_id, proposed_by, approved_by, recorded_at)
                  select gen_random_uuid(), rule_key, unit_id, from_on, value, source, id, proposed_by, proposed_by, now()
                  from rule_change";
    assert!(matches!(
        conflict(&execute(&db.pool, by_one).await),
        Some(Constraint::RuleVersionFourEyes | Constraint::RuleVersionApproved)
    ));
    let nobody = "insert into rule_version (id, rule_key, unit_id, from_on, value, source, recorded_at)
                  values (gen_random_uuid(), 'nev_share', '00000000-0000-0000-0000-000000000001', '2026-01-01', '10', 'x', now())";
    assert_eq!(conflict(&execute(&db.pool, nobody).await), Some(Constraint::RuleVersionOrigin));
    let without = NewChange { document: None, ..proposal(RuleKey::NevShare, CITY, "2026-03-01", RuleValue::Number(40.0)) };
    assert_eq!(conflict(&change::insert(&mut conn, &without, now()).await), Some(Constraint::RuleChangeDocument));
}

#[tokio::test]
async fn an_old_check_gives_the_old_answer_after_a_correction_dated_back() {
    let db = city().await;
    let mut conn = db.pool.acquire().await.unwrap();
    decide(&mut conn, &proposal(RuleKey::NevShare, CITY, "2026-01-01", RuleValue::Number(35.0)), now()).await;
    let later = now() + TimeDelta::days(60);
    decide(&mut conn, &proposal(RuleKey::NevShare, CITY, "2026-01-01", RuleValue::Number(45.0)), later).await;
    let versions = rule::versions(&mut conn, &[RuleKey::NevShare]).await.unwrap();
    let line = rule::line(&mut conn, &Scope::of(CITY), COUNTY).await.unwrap();
    let share = |known_at| resolve(&versions, RuleKey::NevShare, &line, on("2026-02-01"), known_at).unwrap().value.number();
    assert_eq!([share(now()), share(later)], [Some(35.0), Some(45.0)]);
    assert!(matches!(rule::line(&mut conn, &Scope::of(OTHER), COUNTY).await, Err(DbError::NotFound)));
}

#[tokio::test]
async fn a_county_sees_what_binds_it_and_not_what_its_neighbour_decided() {
    let db = city().await;
    let mut conn = db.pool.acquire().await.unwrap();
    for (unit, minutes) in [(CITY, 60.0), (COUNTY, 45.0), (OTHER, 20.0)] {
        decide(&mut conn, &proposal(RuleKey::LeadTime, unit, "2026-01-01", RuleValue::Number(minutes)), now()).await;
    }
    let seen = rule::told(&mut conn, &Scope::of(COUNTY), Some(RuleKey::LeadTime)).await.unwrap();
    let units: Vec<_> = seen.iter().map(|told| told.version.unit).collect();
    assert_eq!(units, [None, Some(CITY), Some(COUNTY)]);
    assert_eq!(seen[1].approved_by.as_deref(), Some("two"));
    assert!(change::list(&mut conn, &Scope::of(COUNTY), 10).await.unwrap().iter().all(|change| change.new.unit == COUNTY));
}

#[tokio::test]
async fn a_countys_idling_limit_is_the_policy_of_its_cars_alone() {
    let db = city().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let ours = car(&mut conn, COUNTY, "浙A00001", VehicleCategory::Other, Powertrain::Petrol).await;
    let theirs = car(&mut conn, OTHER, "浙A00002", VehicleCategory::Other, Powertrain::Petrol).await;
    let base = Policy::default();
    assert_eq!(rule::policies(&mut conn, &base, now()).await.unwrap().exceptions(), 0);
    decide(&mut conn, &proposal(RuleKey::SpeedingFor, CITY, "2026-03-02", RuleValue::Number(20.0)), now()).await;
    assert_eq!(rule::policies(&mut conn, &base, now()).await.unwrap().exceptions(), 0, "what the top says is common");
    decide(&mut conn, &proposal(RuleKey::IdleTooLong, COUNTY, "2026-03-02", RuleValue::Number(5.0)), now()).await;
    let policies = rule::policies(&mut conn, &base, now()).await.unwrap();
    let of = |no| (policies.of(no).idle_too_long_secs, policies.of(no).speeding_secs);
    assert_eq!([of(ours), of(theirs)], [(300, 20), (600, 20)]);
    assert_eq!(policies.exceptions(), 1);
    let yesterday = rule::policy_on(&mut conn, ours, &base, now() - TimeDelta::days(1), now()).await.unwrap();
    assert_eq!(yesterday.idle_too_long_secs, 600, "a day that is over is told by its own rules");
}

#[tokio::test]
async fn a_preview_counts_what_the_store_has() {
    let db = city().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let ours = car(&mut conn, COUNTY, "浙A00001", VehicleCategory::ConfidentialCourier, Powertrain::Petrol).await;
    car(&mut conn, COUNTY, "浙A00002", VehicleCategory::ConfidentialCourier, Powertrain::Electric).await;
    car(&mut conn, OTHER, "浙A00003", VehicleCategory::ConfidentialCourier, Powertrain::Petrol).await;
    execute(
        &db.pool,
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, timestamptz '2026-02-20 02:00Z' + n * interval '1 hour',
                timestamptz '2026-02-20 02:30Z' + n * interval '1 hour',
                st_setsrid(st_makepoint(120, 30), 4326), st_setsrid(st_makepoint(120, 30), 4326), 9000, 900 + n * 50, 0
         from vehicle v, generate_series(0, 7) as n",
    )
    .await
    .unwrap();
    let ask = |unit, key, from: &str, value| Proposed { key, unit, from: on(from), value: Some(value) };
    let speed = ask(COUNTY, RuleKey::SpeedLimit, "2026-03-03", RuleValue::Number(100.0));
    let effect = rule::effect(&mut conn, &speed, now()).await.unwrap();
    let counted = number(
        &db.pool,
        "select count(*) from trip join vehicle on vehicle.no = trip.vehicle_no
         where vehicle.unit_id = '00000000-0000-0000-0000-000000000002' and max_speed_dkmh > 1000 and max_speed_dkmh <= 1200",
    );
    assert_eq!((effect.count, effect.touched, effect.certainty), (counted.await.unwrap(), Touched::Trips, Certainty::Exact));
    assert_eq!((effect.count, effect.cars, effect.units), (8, 2, 1));
    assert_eq!(effect.first_cars[0].plate, "浙A00001");
    assert_eq!((effect.before, effect.after), (Some(RuleValue::Number(120.0)), Some(RuleValue::Number(100.0))));

    let spec = RuleKey::EquipmentCeiling.spec();
    let Some((_, RuleValue::Table(mut rows))) = spec.builtin_values().last() else { panic!("a table") };
    let courier = rows.iter_mut().find(|row| row["category"] == Cell::Text("confidential_courier".to_owned())).unwrap();
    courier.insert("price_fen".to_owned(), Cell::Number(10_000_000.0));
    let ceiling = ask(CITY, RuleKey::EquipmentCeiling, "2026-03-03", RuleValue::Table(rows));
    let effect = rule::effect(&mut conn, &ceiling, now()).await.unwrap();
    assert_eq!((effect.count, effect.cars, effect.certainty), (2, 2, Certainty::AtMost), "the electric one has another ceiling");

    let share = ask(CITY, RuleKey::NevShare, "2026-03-03", RuleValue::Number(50.0));
    let effect = rule::effect(&mut conn, &share, now()).await.unwrap();
    assert_eq!((effect.touched, effect.count, effect.certainty), (Touched::Units, 3, Certainty::FromThenOn));
    let detour = ask(CITY, RuleKey::Detour, "2026-03-03", RuleValue::Number(10.0));
    let effect = rule::effect(&mut conn, &detour, now()).await.unwrap();
    assert_eq!((effect.touched, effect.count, effect.certainty), (Touched::Nothing, 0, Certainty::FromThenOn));
    assert_eq!(number(&db.pool, "select count(*) from rule_change").await.unwrap(), 0, "a preview saves nothing");
    assert!(ours.0 > 0);
}

#[tokio::test]
async fn every_question_of_a_preview_is_one_that_the_store_can_answer() {
    let db = city().await;
    let mut conn = db.pool.acquire().await.unwrap();
    car(&mut conn, COUNTY, "浙A00001", VehicleCategory::Other, Powertrain::Petrol).await;
    for (key, values) in [
        (RuleKey::IdleTooLong, [5.0, 20.0]),
        (RuleKey::StopAfter, [1.0, 10.0]),
        (RuleKey::OfflineAfter, [2.0, 20.0]),
        (RuleKey::OfflineParkedAfter, [30.0, 120.0]),
        (RuleKey::SpeedingFor, [5.0, 20.0]),
        (RuleKey::RenewalYears, [9.0, 10.0]),
        (RuleKey::PasswordAge, [30.0, 120.0]),
        (RuleKey::LogOnline, [200.0, 400.0]),
        (RuleKey::TrackOnline, [200.0, 400.0]),
    ] {
        for value in values {
            let thought = Proposed { key, unit: CITY, from: on("2026-03-03"), value: Some(RuleValue::Number(value)) };
            let effect = rule::effect(&mut conn, &thought, now()).await.unwrap();
            assert_eq!(effect.after, Some(RuleValue::Number(value)), "{key}");
        }
    }
}

#[tokio::test]
async fn the_calendar_is_rows_too_and_the_notice_of_2026_is_loaded() {
    let db = city().await;
    let days = number(&db.pool, "select count(*) from calendar_day where date_part('year', day) = 2026 and kind = 'holiday'");
    assert_eq!(days.await.unwrap(), 33);
    let swaps = "select count(*) from calendar_day where day in ('2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10')
                 and kind = 'swap_workday' and source like '国办发明电〔2025〕7号%'";
    assert_eq!(number(&db.pool, swaps).await.unwrap(), 6);
    let mut conn = db.pool.acquire().await.unwrap();
    let versions = rule::versions(&mut conn, &[RuleKey::CalendarDays]).await.unwrap();
    let calendar = Calendar::of(&versions, &[], now());
    assert!(calendar.is_workday(on("2026-02-28")), "a Saturday on which people work is not alarmed");
    assert_eq!(calendar.kind_of(on("2026-10-01")), DayKind::Holiday("国庆节".to_owned()));
}

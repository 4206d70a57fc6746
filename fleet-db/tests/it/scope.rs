//! Scope in the database: what a query without its scope sees, for every table there is, and what it may not change.

use std::borrow::Cow;

use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::grant::{Grant, GrantId, Term};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::grant::NewGrant;
use fleet_db::testing::{TestDatabase, database};
use fleet_db::{Access, Constraint, DbError, PgConnection, PgPool};
use sqlx::{AssertSqlSafe, Row};
use telematics::id::VehicleId;
use uuid::Uuid;

const CITY: UnitId = UnitId(Uuid::from_u128(1));
const WEST: UnitId = UnitId(Uuid::from_u128(2));
const EAST: UnitId = UnitId(Uuid::from_u128(3));
const PERSON: AccountId = AccountId(Uuid::from_u128(0xa));
const CAR: VehicleId = VehicleId(Uuid::from_u128(0xf1));
const DEVICE: Uuid = Uuid::from_u128(0xf3);

/// Tables that everybody who is signed in may read, and why.
const OF_ALL: &[(&str, &str)] = &[
    ("unit_closure", "pairs of identifiers that say nothing of a unit; the policies themselves read it"),
    ("audit_head", "how far the chain of the log goes"),
    ("audit_pruned", "how far the log was forgotten"),
    ("audit_seal", "up to where the log is sealed, and the signature"),
    ("firmware_image", "programs for the bridges of the whole installation belong to no unit"),
    ("line", "the name of a vertical line belongs to no unit; who stands in it is secured"),
    ("unit_revision", "a number that says that some unit has changed"),
    ("exchange_word", "the words of the exchange with other platforms belong to no unit"),
    ("exchange_field", "what stands in a record of an interface belongs to no unit"),
];

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

/// A city with two counties; all that there is, is in the east.
async fn east() -> TestDatabase {
    let db = database().await;
    sqlx::raw_sql(include_str!("scope.sql")).execute(&db.pool).await.unwrap();
    db
}

/// The tables and views of the schema that are ours: name, is it a view, is it secured, may people's requests read it.
async fn relations(pool: &PgPool) -> Vec<(String, bool, bool, bool)> {
    let rows = sqlx::query(
        "select c.relname, c.relkind = 'v' as is_view,
                case when c.relkind = 'v' then 'security_invoker=true' = any (coalesce(c.reloptions, '{}'))
                     else c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid) end as is_secured,
                has_table_privilege('motorpool_web', c.oid, 'select') as is_readable
         from pg_class c
         where c.relnamespace = 'public'::regnamespace
           and c.relkind in ('r', 'p', 'v', 'm', 'f')
           and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
         order by c.relname",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

/// How many rows a query that names no scope sees; of units, those of the east.
async fn count(conn: &mut PgConnection, table: &str) -> i64 {
    let filter = if table == "unit" { format!("where id = '{EAST}'") } else { String::new() };
    let query = format!("select count(*) from {table} {filter}");
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(conn).await.unwrap()
}

async fn run(conn: &mut PgConnection, sql: &'static str) -> Result<u64, String> {
    let done = sqlx::query(sql).execute(conn).await;
    done.map(|done| done.rows_affected())
        .map_err(|error| error.as_database_error().and_then(|refused| refused.code().map(Cow::into_owned)).unwrap_or_default())
}

#[tokio::test]
async fn a_query_that_forgets_its_scope_sees_nothing_of_a_sibling_in_any_table() {
    let db = east().await;
    let relations = relations(&db.pool).await;
    assert!(relations.len() > 25, "the catalogue was read: {relations:?}");
    let mut owner = db.pool.acquire().await.unwrap();
    let mut tested = 0;
    for (table, _, is_secured, is_readable) in relations {
        if !is_readable || OF_ALL.iter().any(|(name, _)| *name == table) {
            continue;
        }
        assert!(is_secured, "{table} is open to everybody: give it a policy, or a line with its reason in OF_ALL");
        assert!(count(&mut owner, &table).await > 0, "{table} has no row to hide: add one to scope.sql");
        let mut none = fleet_db::begin_within(&db.pool, &Scope::nothing(), None, Access::Write).await.unwrap();
        assert_eq!(count(&mut none, &table).await, 0, "{table} without any scope");
        let mut sibling = fleet_db::begin_within(&db.pool, &Scope::of(WEST), None, Access::Read).await.unwrap();
        assert_eq!(count(&mut sibling, &table).await, 0, "{table} as a sibling");
        let mut own = fleet_db::begin_within(&db.pool, &Scope::of(EAST), Some(PERSON), Access::Read).await.unwrap();
        fleet_db::vehicle::number(&mut own, &Scope::of(EAST), CAR).await.unwrap();
        assert!(count(&mut own, &table).await > 0, "{table} as its owner");
        let mut above = fleet_db::begin_within(&db.pool, &Scope::of_all([CITY, WEST]), Some(PERSON), Access::Read).await.unwrap();
        fleet_db::vehicle::number(&mut above, &Scope::of(CITY), CAR).await.unwrap();
        assert!(count(&mut above, &table).await > 0, "{table} from above");
        tested += 1;
    }
    assert!(tested > 20, "{tested} tables");
}

#[tokio::test]
async fn the_role_of_requests_owns_nothing_and_is_bound_by_every_policy() {
    let db = database().await;
    let is_plain: bool = sqlx::query_scalar(
        "select not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin or rolreplication)
                and not exists (select from pg_class where relowner = r.oid)
                and not exists (select from pg_proc where proowner = r.oid)
         from pg_roles r
         where rolname = 'motorpool_web'",
    )
    .fetch_one(&db.pool)
    .await
    .unwrap();
    assert!(is_plain);
}

#[tokio::test]
async fn a_history_is_read_through_its_door_alone() {
    let db = east().await;
    let mut own = fleet_db::begin_within(&db.pool, &Scope::of(EAST), None, Access::Read).await.unwrap();
    assert_eq!(count(&mut own, "vehicle_position").await, 0, "not opened yet");
    let no = fleet_db::vehicle::number(&mut own, &Scope::of(EAST), CAR).await.unwrap();
    let later = now() + Duration::days(1);
    assert_eq!(fleet_db::track::read(&mut own, no, now() - Duration::days(1), later).await.unwrap().len(), 1);
    drop(own);
    let mut sibling = fleet_db::begin_within(&db.pool, &Scope::of(WEST), None, Access::Read).await.unwrap();
    let forgotten = fleet_db::vehicle::number(&mut sibling, &Scope::of(EAST), CAR).await;
    assert!(matches!(forgotten, Err(DbError::NotFound)), "the transaction has its own scope: {forgotten:?}");
    let opened: Option<i32> = sqlx::query_scalar("select motorpool_open($1)").bind(CAR.0).fetch_one(&mut *sibling).await.unwrap();
    assert_eq!(opened, None, "the door itself asks");
    assert!(fleet_db::track::read(&mut sibling, no, now() - Duration::days(1), later).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_connection_forgets_its_scope_however_the_transaction_ends() {
    let db = east().await;
    let pool = fleet_db::connect(&db.url(), 1).await.unwrap();
    let standing = "select current_user <> 'motorpool_web' and coalesce(current_setting('motorpool.scope', true), '') = ''
                    and coalesce(current_setting('motorpool.account', true), '') = ''
                    and coalesce(current_setting('motorpool.opened', true), '') = ''
                    and current_setting('transaction_read_only') = 'off'";
    for end in ["dropped", "committed", "failed"] {
        let mut tx = fleet_db::begin_within(&pool, &Scope::of(EAST), Some(PERSON), Access::Read).await.unwrap();
        fleet_db::vehicle::number(&mut tx, &Scope::of(EAST), CAR).await.unwrap();
        match end {
            "committed" => tx.commit().await.unwrap(),
            "failed" => {
                run(&mut tx, "select 1 / 0").await.unwrap_err();
                drop(tx);
            }
            _ => drop(tx),
        }
        let mut conn = pool.acquire().await.unwrap();
        assert!(sqlx::query_scalar::<_, bool>(standing).fetch_one(&mut *conn).await.unwrap(), "{end}");
        assert_eq!(count(&mut conn, "vehicle").await, 1, "{end}");
    }
}

#[tokio::test]
async fn who_reads_changes_nothing_even_with_sql_of_his_own() {
    let db = east().await;
    for sql in [
        "update vehicle set model = 'x'",
        "insert into frame_watch (device_id, until) select id, now() from device on conflict do nothing",
        "delete from device_log",
        "create temp table x ()",
    ] {
        let mut reader = fleet_db::begin_within(&db.pool, &Scope::of(EAST), Some(PERSON), Access::Read).await.unwrap();
        assert_eq!(run(&mut reader, sql).await, Err("25006".to_owned()), "{sql}");
    }
}

#[tokio::test]
async fn nothing_is_changed_outside_the_scope() {
    let db = east().await;
    let mut conn = db.pool.acquire().await.unwrap();
    run(&mut conn, "insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at) values
                    (gen_random_uuid(), '浙A00002', '00000000-0000-0000-0000-000000000002', 'other', 'petrol', 'm', 5, 'in_service', now())")
    .await
    .unwrap();
    let refused = Err("42501".to_owned());
    for (sql, expected) in [
        ("update vehicle set model = 'x'", Ok(1)),
        ("update vehicle set unit_id = '00000000-0000-0000-0000-000000000003'", refused.clone()),
        ("delete from device_binding", Ok(0)),
        ("insert into device_log (id, device_id, at, action, reason) values
          (gen_random_uuid(), '00000000-0000-0000-0000-0000000000f3', now(), 'x', '')", refused.clone()),
        ("insert into device_binding (device_id, vehicle_id, during)
          select '00000000-0000-0000-0000-0000000000f3', id, '[2030-01-01,)' from vehicle", refused.clone()),
        ("insert into account_grant (id, account_id, role, unit_id, during, reason, created_at) values
          (gen_random_uuid(), '00000000-0000-0000-0000-00000000000a', 'inspector', '00000000-0000-0000-0000-000000000003', '(,)', '', now())",
         refused.clone()),
        ("insert into unit (id, parent_id, name, level, region_code, created_at) values
          (gen_random_uuid(), '00000000-0000-0000-0000-000000000003', 'x', 4, '330102', now())", refused.clone()),
        ("insert into unit (id, parent_id, name, level, region_code, created_at) values
          (gen_random_uuid(), '00000000-0000-0000-0000-000000000002', 'x', 4, '330106', now()) returning id", Ok(1)),
        ("update unit set name = 'x' where id = '00000000-0000-0000-0000-000000000001'", Ok(0)),
        ("update unit set parent_id = '00000000-0000-0000-0000-000000000003' where id = '00000000-0000-0000-0000-000000000002'", refused.clone()),
        ("insert into unit_closure values (gen_random_uuid(), gen_random_uuid(), 0)", refused.clone()),
        ("select unit_closure_fill('{}')", refused.clone()),
        ("insert into track_revision values (1, now(), now(), now())", refused),
    ] {
        let mut west = fleet_db::begin_within(&db.pool, &Scope::of(WEST), None, Access::Write).await.unwrap();
        assert_eq!(run(&mut west, sql).await, expected, "{sql}");
    }
}

/// The units that a scope has.
async fn within(conn: &mut PgConnection, unit: UnitId) -> Vec<u128> {
    let scope = Scope::of(unit);
    let mut units: Vec<u128> = fleet_db::unit::list(conn, &scope).await.unwrap().iter().map(|unit| unit.id.0.as_u128()).collect();
    units.sort_unstable();
    units
}

#[tokio::test]
async fn a_scope_follows_the_tree_as_it_changes() {
    let db = east().await;
    let mut conn = db.pool.acquire().await.unwrap();
    run(
        &mut conn,
        "insert into unit (id, parent_id, name, level, region_code, created_at) values
        ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000004', '科', 4, '330106', now()),
        ('00000000-0000-0000-0000-000000000004', '00000000-0000-0000-0000-000000000002', '局', 4, '330106', now())",
    )
    .await
    .unwrap();
    assert_eq!(within(&mut conn, WEST).await, [2, 4, 5], "a child may come before its parent");
    run(
        &mut conn,
        "update unit set parent_id = '00000000-0000-0000-0000-000000000003' where id = '00000000-0000-0000-0000-000000000004'",
    )
    .await
    .unwrap();
    assert_eq!(
        (within(&mut conn, WEST).await, within(&mut conn, EAST).await),
        (vec![2], vec![3, 4, 5]),
        "what is below moves along"
    );
    let circle =
        "update unit set parent_id = '00000000-0000-0000-0000-000000000005' where id = '00000000-0000-0000-0000-000000000003'";
    assert!(matches!(
        sqlx::query(circle).execute(&mut *conn).await.map_err(DbError::from),
        Err(DbError::Conflict(Constraint::UnitCircle))
    ));
    run(
        &mut conn,
        "insert into unit (id, parent_id, name, level, region_code, created_at) values
        ('00000000-0000-0000-0000-000000000006', '00000000-0000-0000-0000-000000000007', '甲', 4, '330106', now()),
        ('00000000-0000-0000-0000-000000000007', '00000000-0000-0000-0000-000000000006', '乙', 4, '330106', now())",
    )
    .await
    .unwrap_err();
    run(&mut conn, "delete from unit where id = '00000000-0000-0000-0000-000000000005'").await.unwrap();
    assert_eq!(within(&mut conn, CITY).await, [1, 2, 3, 4]);
    let strays: i64 = sqlx::query_scalar("select count(*) from unit_closure where unit_id not in (select id from unit)")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(strays, 0);
}

/// The unit that sees the device.
async fn seen_by(conn: &mut PgConnection) -> Option<Uuid> {
    sqlx::query_scalar("select seen_by from device where id = $1").bind(DEVICE).fetch_one(conn).await.unwrap()
}

#[tokio::test]
async fn a_device_is_seen_where_its_car_belongs() {
    let db = east().await;
    let mut conn = db.pool.acquire().await.unwrap();
    assert_eq!(seen_by(&mut conn).await, Some(EAST.0));
    run(&mut conn, "update vehicle set unit_id = '00000000-0000-0000-0000-000000000002'").await.unwrap();
    assert_eq!(seen_by(&mut conn).await, Some(WEST.0), "the car moved");
    run(&mut conn, "update device set unit_id = '00000000-0000-0000-0000-000000000001'").await.unwrap();
    assert_eq!(seen_by(&mut conn).await, Some(WEST.0), "where it would lie does not count");
    run(&mut conn, "update device_binding set during = '(,2026-03-02)'").await.unwrap();
    assert_eq!(seen_by(&mut conn).await, Some(CITY.0), "it lies in the store room");
    run(&mut conn, "insert into device_binding select device_id, vehicle_id, '[2026-03-02,)' from device_binding").await.unwrap();
    assert_eq!(seen_by(&mut conn).await, Some(WEST.0), "fitted again");
    run(&mut conn, "delete from device_binding").await.unwrap();
    assert_eq!(seen_by(&mut conn).await, Some(CITY.0));
}

fn grant(role: Role, from: i64, until: Option<i64>) -> NewGrant {
    let at = |hours| now() + Duration::hours(hours);
    NewGrant {
        id: GrantId(Uuid::now_v7()),
        account: PERSON,
        grant: Grant { role, unit: EAST, functions: None },
        term: Term { from: at(from), until: until.map(at) },
        local_role: None,
        delegated_from: None,
        by: Some(PERSON),
        reason: "轮岗".to_owned(),
    }
}

#[tokio::test]
async fn terminals_are_counted_within_the_connections_scope_whatever_is_asked_for() {
    let db = east().await;
    let sum = |counts: fleet_db::terminal::Counts| counts.idle + counts.registered + counts.bound + counts.disabled;
    let mut tx = fleet_db::begin(&db.pool).await.unwrap();
    let all = sum(fleet_db::terminal::counts(&mut tx, &Scope::of(CITY), now()).await.unwrap());
    tx.rollback().await.unwrap();
    assert!(all > 0, "there are terminals in the east");
    for (own, asked, seen) in [(EAST, CITY, true), (CITY, CITY, true), (WEST, CITY, false), (WEST, EAST, false)] {
        let mut tx = fleet_db::begin_within(&db.pool, &Scope::of(own), None, Access::Read).await.unwrap();
        let counted = sum(fleet_db::terminal::counts(&mut tx, &Scope::of(asked), now()).await.unwrap());
        assert_eq!(counted > 0, seen, "{own} asks for {asked}");
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn no_account_is_two_of_the_three_administrators_at_any_instant() {
    let db = east().await;
    let mut conn = db.pool.acquire().await.unwrap();
    fleet_db::grant::insert(&mut conn, &grant(Role::SystemAdmin, 0, Some(10)), now()).await.unwrap();
    let refused = fleet_db::grant::insert(&mut conn, &grant(Role::AuditAdmin, 5, None), now()).await.unwrap_err();
    assert_eq!(refused.code(), "grant.separated");
    // Whoever goes past the rule meets the constraint.
    for (role, during, is_taken) in [
        ("security_admin", "[2026-03-02 13:00Z,)", false),
        ("audit_admin", "(,2026-03-02 04:30Z)", false),
        ("audit_admin", "[2026-03-02 14:00Z,2026-03-03)", true),
        ("system_admin", "[2026-03-02 05:00Z,2026-03-02 14:00Z)", true),
        ("security_admin", "[2026-03-02 23:00Z,)", false),
        ("inspector", "(,)", true),
    ] {
        let inserted = sqlx::query(
            "insert into account_grant (id, account_id, role, unit_id, during, reason, created_at)
             values (gen_random_uuid(), $1, $2, $3, $4::text::tstzrange, '', now())",
        )
        .bind(PERSON.0)
        .bind(role)
        .bind(EAST.0)
        .bind(during)
        .execute(&mut *conn)
        .await
        .map_err(DbError::from);
        assert_eq!(inserted.is_ok(), is_taken, "{role} {during}: {inserted:?}");
        if !is_taken {
            assert!(matches!(inserted, Err(DbError::Conflict(Constraint::GrantSeparated))), "{role} {during}: {inserted:?}");
        }
    }
    let widened = sqlx::query("update account_grant set during = '(,)' where role = 'audit_admin'").execute(&mut *conn).await;
    assert!(matches!(widened.map_err(DbError::from), Err(DbError::Conflict(Constraint::GrantSeparated))), "nor by a change");
}

#[tokio::test]
async fn a_grant_that_is_lent_is_held_by_one_and_comes_back() {
    let db = east().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let own = grant(Role::FleetManager, 0, None);
    fleet_db::grant::insert(&mut conn, &own, now()).await.unwrap();
    run(&mut conn, "insert into account select '00000000-0000-0000-0000-0000000000aa', 'other', '', '', 'driver', unit_id, 0, null, null, now(), now()
                    from account where login = 'east'")
    .await
    .unwrap();
    let other = AccountId(Uuid::from_u128(0xaa));
    let lent = NewGrant { account: other, delegated_from: Some(own.id), ..grant(Role::FleetManager, 1, Some(3)) };
    fleet_db::grant::insert(&mut conn, &lent, now()).await.unwrap();
    let twice = NewGrant { account: other, delegated_from: Some(own.id), ..grant(Role::FleetManager, 2, Some(4)) };
    let refused = fleet_db::grant::insert(&mut conn, &twice, now()).await.unwrap_err();
    assert!(matches!(refused, DbError::Conflict(Constraint::GrantDelegated)), "{refused:?}");
    let mut holders = Vec::new();
    for hours in [0, 1, 2, 3] {
        let at = now() + Duration::hours(hours);
        let mut manages = async |account| {
            let held = fleet_db::grant::in_force(&mut conn, account, at).await.unwrap();
            held.iter().any(|grant| grant.role == Role::FleetManager)
        };
        holders.push((manages(PERSON).await, manages(other).await));
    }
    assert_eq!(holders, [(true, false), (false, true), (false, true), (true, false)]);
    fleet_db::grant::revoke(&mut conn, own.id, PERSON, "离岗", now() + Duration::hours(2)).await.unwrap();
    let after = now() + Duration::hours(2);
    assert_eq!(fleet_db::grant::in_force(&mut conn, other, after).await.unwrap(), [], "what was lent ends with it");
    let again = fleet_db::grant::revoke(&mut conn, own.id, PERSON, "离岗", after).await;
    assert!(matches!(again, Err(DbError::NotFound)));
}

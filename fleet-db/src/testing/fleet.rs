//! For tests of any floor: a car with its device in a few words, and what the store holds of it.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool, Row};
use telematics::device::Protocol;
use telematics::id::{CommandId, DeviceId, VehicleNo};
use uuid::Uuid;

use crate::DbError;
use crate::ingest::PositionRow;

/// A car with a device bound to it since ever; made of its number alone, so that two calls make two cars.
pub async fn car(pool: &PgPool, terminal: &str, secret: &str) -> Result<VehicleNo, DbError> {
    let mut tx = crate::begin(pool).await?;
    let unit = Uuid::from_u128(0x6d70_0000_0000_7000_8000_0000_0000_0001);
    sqlx::query(
        "insert into unit (id, name, level, region_code, created_at) values ($1, '测试单位', 3, '330100', to_timestamp(0)) on conflict do nothing",
    )
    .bind(unit)
    .execute(&mut *tx)
    .await?;
    let (vehicle, device) = (Uuid::now_v7(), Uuid::now_v7());
    let no: i32 = sqlx::query_scalar(
        "insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at)
         values ($1, $2, $3, 'emergency_support', 'petrol', '测试车', 5, 'in_service', to_timestamp(0))
         returning no",
    )
    .bind(vehicle)
    .bind(format!("浙A{terminal}"))
    .bind(unit)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query(
        "insert into device (id, terminal_id, secret_sha256, protocol, model, created_at) values ($1, $2, $3, 'mqtt', 'test', to_timestamp(0))",
    )
    .bind(device)
    .bind(terminal)
    .bind(Sha256::digest(secret.as_bytes()).as_slice())
    .execute(&mut *tx)
    .await?;
    sqlx::query("insert into device_binding (device_id, vehicle_id, during) values ($1, $2, '(,)')")
        .bind(device)
        .bind(vehicle)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(VehicleNo(no))
}

/// The same with a terminal that speaks another protocol.
pub async fn terminal(pool: &PgPool, protocol: Protocol, terminal: &str, secret: &str) -> Result<VehicleNo, DbError> {
    let vehicle = car(pool, terminal, secret).await?;
    sqlx::query("update device set protocol = $1 where terminal_id = $2")
        .bind(protocol.as_str())
        .bind(terminal)
        .execute(pool)
        .await?;
    Ok(vehicle)
}

/// Makes a car exempt from tracking from `at` on, as an account that exists for this alone.
pub async fn exempt(pool: &PgPool, vehicle: VehicleNo, at: DateTime<Utc>) -> Result<(), DbError> {
    let account = asker(pool).await?;
    sqlx::query(
        "insert into vehicle_exemption (id, vehicle_id, vehicle_no, basis, during, document, reason, begun_by)
         select gen_random_uuid(), id, no, 'investigation', tstzrange($2, null), '测试', '测试', $3 from vehicle where no = $1",
    )
    .bind(vehicle.0)
    .bind(at)
    .bind(account)
    .execute(pool)
    .await?;
    Ok(())
}

/// Ends that.
pub async fn end_exemption(pool: &PgPool, vehicle: VehicleNo, at: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query(
        "update vehicle_exemption
         set during = tstzrange(lower(during), $2), ended_by = begun_by, end_document = document, end_reason = reason
         where vehicle_no = $1 and upper_inf(during)",
    )
    .bind(vehicle.0)
    .bind(at)
    .execute(pool)
    .await?;
    Ok(())
}

/// The account that does what only an account can.
async fn asker(pool: &PgPool) -> Result<Uuid, DbError> {
    let account = Uuid::from_u128(0x6d70_0000_0000_7000_8000_0000_0000_0002);
    sqlx::query(
        "insert into account (id, login, display_name, role, unit_id, password_hash, password_changed_at, created_at)
         select $1, 'asker', '测试员', 'fleet_manager', id, '', to_timestamp(0), to_timestamp(0) from unit limit 1
         on conflict do nothing",
    )
    .bind(account)
    .execute(pool)
    .await?;
    Ok(account)
}

/// Asks a terminal for something, as an account that exists for this alone; it may wait an hour from `now`.
pub async fn ask(pool: &PgPool, terminal: &str, kind: &str, args: &Value, now: DateTime<Utc>) -> Result<CommandId, DbError> {
    let account = asker(pool).await?;
    let id = Uuid::now_v7();
    sqlx::query(
        "insert into terminal_command (id, device_id, kind, args, asked_by, reason, asked_at, expires_at)
         select $1, id, $2, $3, $4, '测试', $5, $5 + interval '1 hour' from device where terminal_id = $6",
    )
    .bind(id)
    .bind(kind)
    .bind(args)
    .bind(account)
    .bind(now)
    .bind(terminal)
    .execute(pool)
    .await?;
    Ok(CommandId(id))
}

/// Where a command stands: state, result, answer.
pub async fn command(pool: &PgPool, id: CommandId) -> Result<(String, Option<String>, Option<Value>), DbError> {
    let row = sqlx::query("select state, result, answer from terminal_command where id = $1").bind(id.0).fetch_one(pool).await?;
    Ok((row.get(0), row.get(1), row.get(2)))
}

/// Instants and sequences of everything stored of a vehicle, hot and late, in order.
pub async fn stored(pool: &PgPool, vehicle: VehicleNo) -> Result<Vec<(DateTime<Utc>, i64)>, DbError> {
    let rows = sqlx::query(
        "select fixed_at, sequence from vehicle_position where vehicle_no = $1
         union all
         select fixed_at, sequence from vehicle_position_late where vehicle_no = $1
         order by fixed_at, sequence",
    )
    .bind(vehicle.0)
    .fetch_all(pool)
    .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The bodies of all entries of the audit log, oldest first.
pub async fn audited(pool: &PgPool) -> Result<Vec<Value>, DbError> {
    Ok(sqlx::query_scalar("select body::jsonb from audit_entry order by seq").fetch_all(pool).await?)
}

/// Codes and payloads of the records kept aside, oldest first.
pub async fn quarantined(pool: &PgPool) -> Result<Vec<(String, Vec<u8>)>, DbError> {
    let rows = sqlx::query("select code, payload from quarantined_record order by id").fetch_all(pool).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Action, kind of the subject and login of the audit log's entries behind `seq`, one a line.
pub async fn told(pool: &PgPool, seq: i64) -> Result<String, DbError> {
    let lines = sqlx::query_scalar(
        "select coalesce(string_agg(concat_ws(' ', action, subject_kind, login), e'\n' order by seq), '') from audit_entry where seq > $1",
    );
    Ok(lines.bind(seq).fetch_one(pool).await?)
}

/// The number that a statement gives; for what has no function of its own because only a test asks.
pub async fn number(pool: &PgPool, statement: &'static str) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar(statement).fetch_one(pool).await?)
}

/// What a statement finds, as JSON: its first column in its first row.
pub async fn json(pool: &PgPool, statement: &'static str) -> Result<Value, DbError> {
    Ok(sqlx::query_scalar(statement).fetch_one(pool).await?)
}

/// Runs a statement, such as one that takes a device out of the register.
pub async fn execute(pool: &PgPool, statement: &'static str) -> Result<(), DbError> {
    sqlx::query(statement).execute(pool).await?;
    Ok(())
}

/// A store that stands still: while it is held, no position can be written.
#[derive(Debug)]
pub struct Standstill(crate::Transaction);

impl Standstill {
    /// Locks the tables of positions.
    pub async fn begin(pool: &PgPool) -> Result<Self, DbError> {
        let mut tx = crate::begin(pool).await?;
        sqlx::query("lock table vehicle_position, vehicle_position_late in access exclusive mode").execute(&mut *tx).await?;
        Ok(Self(tx))
    }

    /// Lets the writers go on.
    pub async fn end(self) -> Result<(), DbError> {
        Ok(self.0.rollback().await?)
    }
}

/// Cuts every other connection to the database, as a restart of the server would.
pub async fn cut_connections(pool: &PgPool) -> Result<(), DbError> {
    execute(
        pool,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    )
    .await
}

/// A pool of so many connections to a test database.
pub async fn pool_of(db: &super::TestDatabase, connections: usize) -> PgPool {
    let most = u32::try_from(connections).unwrap_or(u32::MAX);
    sqlx::postgres::PgPoolOptions::new().max_connections(most).connect(&db.url()).await.expect("a pool")
}

/// Stores a position and notes it as the vehicle's newest in `newest_position`, each in a transaction of its own.
pub async fn insert_and_update(conn: &mut PgConnection, row: &PositionRow) -> Result<(), DbError> {
    sqlx::query(
        "insert into vehicle_position
            (vehicle_no, fixed_at, sequence, received_at, lon_e7, lat_e7, odometer_m, speed_dkmh, heading_deg, fuel_permille, satellites, flags)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(row.vehicle.0)
    .bind(row.fixed_at)
    .bind(row.sequence)
    .bind(row.received_at)
    .bind(row.lon_e7)
    .bind(row.lat_e7)
    .bind(row.odometer_m)
    .bind(row.speed_dkmh)
    .bind(row.heading_deg)
    .bind(row.fuel_permille)
    .bind(row.satellites)
    .bind(row.flags)
    .execute(&mut *conn)
    .await?;
    sqlx::query("update newest_position set fixed_at = $2 where vehicle_no = $1")
        .bind(row.vehicle.0)
        .bind(row.fixed_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// A red alarm of a vehicle that begins at an instant, as the gateway writes it.
pub async fn red_alarm(pool: &PgPool, vehicle: VehicleNo, kind: &str, at: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query(
        "insert into vehicle_alarm (id, vehicle_no, kind, source, colour, raised_at, replayed, detail)
         values ($1, $2, $3, 'device', 'red', $4, false, '{}')",
    )
    .bind(Uuid::now_v7())
    .bind(vehicle.0)
    .bind(kind)
    .bind(at)
    .execute(pool)
    .await?;
    Ok(())
}

/// The number of a car by its key, as text.
pub async fn number_of(pool: &PgPool, vehicle: &str) -> Result<VehicleNo, DbError> {
    Ok(VehicleNo(sqlx::query_scalar("select no from vehicle where id::text = $1").bind(vehicle).fetch_one(pool).await?))
}

/// The key of an account by its login.
pub async fn account(pool: &PgPool, login: &str) -> Result<AccountId, DbError> {
    Ok(AccountId(sqlx::query_scalar("select id from account where login = $1").bind(login).fetch_one(pool).await?))
}

/// The key of a device by its name.
pub async fn device(pool: &PgPool, terminal: &str) -> Result<DeviceId, DbError> {
    Ok(DeviceId(sqlx::query_scalar("select id from device where terminal_id = $1").bind(terminal).fetch_one(pool).await?))
}

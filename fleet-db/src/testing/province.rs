//! For benches of any floor: a province at its full size, written by the server itself.

use sqlx::PgPool;
use uuid::Uuid;

use crate::DbError;

/// Units (单位), numbered from the top: 1 the province, 2 to 12 its cities, 13 to 112 its counties, the rest below those.
pub const UNITS: u32 = 24_000;
/// Vehicles (车辆) with a terminal each: number `n` belongs to unit `1 + n % UNITS`.
pub const VEHICLES: u32 = 77_000;
/// The first unit below the counties.
pub const FIRST_BELOW: u32 = 113;

/// Units as a province has them, what belongs to them, and 60,000 dispatchers.
const FILL: &str = "
    insert into unit (id, parent_id, name, level, region_code, created_at)
    select lpad(to_hex(n), 32, '0')::uuid,
           case when n = 1 then null
                when n <= 12 then lpad('1', 32, '0')::uuid
                when n <= 112 then lpad(to_hex(2 + n % 11), 32, '0')::uuid
                else lpad(to_hex(13 + n % 100), 32, '0')::uuid end,
           '单位' || n, case when n = 1 then 2 when n <= 12 then 3 else 4 end,
           case when n = 1 then '330000'
                when n <= 12 then '33' || lpad((n - 1)::text, 2, '0') || '00'
                else '33' || lpad((1 + county % 11)::text, 2, '0') || lpad((1 + (county - 13) / 11)::text, 2, '0') end, '2026-01-01'
    from generate_series(1, 24000) n, lateral (select case when n <= 112 then n else 13 + n % 100 end) as below (county);
    insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, '浙A' || lpad(n::text, 5, '0'), lpad(to_hex(1 + n % 24000), 32, '0')::uuid,
           'other', 'petrol', '大众 帕萨特', 5, 'in_service', '2026-01-01'
    from generate_series(1, 77000) n;
    insert into device (id, terminal_id, secret_sha256, protocol, model, unit_id, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, 'MP-' || lpad(n::text, 6, '0'), '\\x01', 'mqtt', 'box',
           lpad(to_hex(1 + n % 24000), 32, '0')::uuid, '2026-01-01'
    from generate_series(1, 77000) n;
    insert into device_binding
    select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, '(,)' from generate_series(1, 77000) n;
    insert into account (id, login, display_name, password_hash, role, unit_id, password_changed_at, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, 'a' || n, '人员' || n, '', 'dispatcher', lpad(to_hex(1 + n % 24000), 32, '0')::uuid,
           '2026-01-01', '2026-01-01'
    from generate_series(1, 60000) n;
    insert into account_grant (id, account_id, role, unit_id, during, reason, created_at)
    select id, id, role, unit_id, '[2026-01-01,)', '', '2026-01-01' from account";

/// Writes the province into an empty database.
pub async fn fill(pool: &PgPool) -> Result<(), DbError> {
    for statement in FILL.split(";\n") {
        sqlx::query(statement).execute(pool).await?;
    }
    Ok(())
}

/// The key of whatever has the number: units, vehicles, terminals and people are numbered each for itself.
pub const fn key(number: u32) -> Uuid {
    Uuid::from_u128(number as u128)
}

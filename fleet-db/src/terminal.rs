//! Terminals as people keep them (终端台账): found, searched and opened within a scope, with their link and their car.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::scope::Scope;
use dispatch::terminal::TerminalState;
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use telematics::device::{Protocol, TerminalId};
use telematics::id::{DeviceId, PlatformId, VehicleId};
use uuid::Uuid;

use crate::device::identity::{Mismatch, Told};
use crate::error::{DbError, unreadable};

pub mod log;
pub mod paper;

pub use dispatch::audit::By;

/// A link that has not been heard for this long is no link any more, whatever a gateway that was killed left behind.
const SILENT_AFTER: chrono::Duration = chrono::Duration::minutes(30);

/// A terminal in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Terminal {
    /// Key.
    pub id: DeviceId,
    /// The name it signs in with.
    pub terminal: TerminalId,
    /// What it speaks.
    pub protocol: Protocol,
    /// Its model profile.
    pub profile: String,
    /// Make and model in people's words.
    pub model: String,
    /// Where it stands.
    pub state: TerminalState,
    /// The unit in whose store room it lies, or whose car it is in.
    pub unit: Option<(UnitId, String)>,
    /// The vehicle it is in, with its plate.
    pub vehicle: Option<(VehicleId, String)>,
    /// SIM cards it may use.
    pub iccids: Vec<String>,
    /// Number of its SIM card.
    pub sim_number: Option<String>,
    /// The day it was handed out.
    pub issued_on: Option<NaiveDate>,
    /// What people noted about it.
    pub note: String,
    /// The platform that speaks for it.
    pub platform: Option<PlatformId>,
    /// Since when it is in the list.
    pub created_at: DateTime<Utc>,
    /// Since when it is registered with us.
    pub registered_at: Option<DateTime<Utc>>,
    /// Since when it is out of use.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Its newest connection.
    pub link: Option<Link>,
    /// What it says of itself.
    pub told: Told,
    /// When it said so.
    pub told_at: Option<DateTime<Utc>>,
    /// Where that contradicts the register.
    pub mismatch: Vec<Mismatch>,
    /// Commands that wait for it.
    pub waiting: u32,
}

/// The newest connection of a terminal (链路).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// It is there now.
    pub is_online: bool,
    /// Where it comes from.
    pub peer: String,
    /// The edition it speaks.
    pub version: String,
    /// It came by TLS.
    pub is_encrypted: bool,
    /// Since when.
    pub connected_at: DateTime<Utc>,
    /// Heard last.
    pub last_heard_at: DateTime<Utc>,
    /// When it ended.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it ended.
    pub close_reason: Option<String>,
}

/// Which terminals are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Text in the number, model, SIM or plate, whatever the case.
    pub text: Option<String>,
    /// Where they stand.
    pub state: Option<TerminalState>,
    /// What they speak.
    pub protocol: Option<Protocol>,
    /// Connected, or not.
    pub is_online: Option<bool>,
    /// Those that contradict the register alone.
    pub mismatch_only: bool,
}

/// How many terminals of a scope stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the store room.
    pub idle: u32,
    /// Registered, in no vehicle.
    pub registered: u32,
    /// In a vehicle.
    pub bound: u32,
    /// Out of use.
    pub disabled: u32,
    /// Connected now.
    pub online: u32,
    /// Contradict the register.
    pub mismatch: u32,
}

struct Row {
    id: Uuid,
    terminal_id: String,
    protocol: String,
    profile: String,
    model: String,
    state: String,
    unit_id: Option<Uuid>,
    unit_name: Option<String>,
    vehicle_id: Option<Uuid>,
    plate: Option<String>,
    iccids: Vec<String>,
    sim_number: Option<String>,
    issued_on: Option<NaiveDate>,
    note: String,
    platform_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    registered_at: Option<DateTime<Utc>>,
    disabled_at: Option<DateTime<Utc>>,
    is_online: bool,
    peer: Option<String>,
    version: Option<String>,
    is_encrypted: Option<bool>,
    connected_at: Option<DateTime<Utc>>,
    last_heard_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    close_reason: Option<String>,
    told: Value,
    told_at: Option<DateTime<Utc>>,
    mismatch: Value,
    waiting: i64,
}

impl TryFrom<Row> for Terminal {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let link = match (row.peer, row.version, row.is_encrypted, row.connected_at, row.last_heard_at) {
            (Some(peer), Some(version), Some(is_encrypted), Some(connected_at), Some(last_heard_at)) => Some(Link {
                is_online: row.is_online,
                peer,
                version,
                is_encrypted,
                connected_at,
                last_heard_at,
                closed_at: row.closed_at,
                close_reason: row.close_reason,
            }),
            _ => None,
        };
        Ok(Self {
            id: DeviceId(row.id),
            terminal: row.terminal_id.parse().map_err(unreadable)?,
            protocol: row.protocol.parse().map_err(unreadable)?,
            profile: row.profile,
            model: row.model,
            state: row.state.parse().map_err(unreadable)?,
            unit: row.unit_id.map(UnitId).zip(row.unit_name),
            vehicle: row.vehicle_id.map(VehicleId).zip(row.plate),
            iccids: row.iccids,
            sim_number: row.sim_number,
            issued_on: row.issued_on,
            note: row.note,
            platform: row.platform_id.map(PlatformId),
            created_at: row.created_at,
            registered_at: row.registered_at,
            disabled_at: row.disabled_at,
            link,
            told: serde_json::from_value(row.told).map_err(unreadable)?,
            told_at: row.told_at,
            mismatch: serde_json::from_value(row.mismatch).map_err(unreadable)?,
            waiting: u32::try_from(row.waiting).unwrap_or(u32::MAX),
        })
    }
}

/// The terminals of the scope that fit `filter`, by number, behind the number `after`.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<Vec<Terminal>, DbError> {
    select(conn, scope, None, filter, after, i64::from(limit), now).await
}

/// One terminal of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: DeviceId, now: DateTime<Utc>) -> Result<Terminal, DbError> {
    let found = select(conn, scope, Some(id), &Filter::default(), "", 1, now).await?;
    found.into_iter().next().ok_or(DbError::NotFound)
}

async fn select(
    conn: &mut PgConnection,
    scope: &Scope,
    id: Option<DeviceId>,
    filter: &Filter,
    after: &str,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Terminal>, DbError> {
    let text = filter.text.as_deref().map(|text| text.trim().replace('·', "").to_lowercase()).filter(|text| !text.is_empty());
    let rows = sqlx::query_file_as!(
        Row,
        "sql/select_terminals.sql",
        scope.units(),
        id.map(|id| id.0),
        text,
        filter.state.map(TerminalState::as_str),
        filter.protocol.map(Protocol::as_str),
        filter.is_online,
        filter.mismatch_only,
        now - SILENT_AFTER,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Terminal::try_from).collect()
}

/// The numbers over the list.
pub async fn counts(conn: &mut PgConnection, scope: &Scope, now: DateTime<Utc>) -> Result<Counts, DbError> {
    let row = sqlx::query_file!("sql/count_terminals.sql", scope.units(), now - SILENT_AFTER).fetch_one(conn).await?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Counts {
        idle: count(row.idle),
        registered: count(row.registered),
        bound: count(row.bound),
        disabled: count(row.disabled),
        online: count(row.online),
        mismatch: count(row.mismatch),
    })
}

/// A time that a terminal spent in a vehicle (绑定记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The vehicle; `None` where it is of a unit outside the scope.
    pub vehicle: Option<(VehicleId, String)>,
    /// Since when; `None`: since ever.
    pub from: Option<DateTime<Utc>>,
    /// Until when; `None`: still.
    pub to: Option<DateTime<Utc>>,
}

/// Every vehicle that a terminal is and was in, the present one first. What another unit's car it was in is not told.
pub async fn stays(conn: &mut PgConnection, scope: &Scope, id: DeviceId) -> Result<Vec<Stay>, DbError> {
    let rows = sqlx::query!(
        r#"select v.id as "id?", v.plate as "plate?", lower(b.during) as "from_at?", upper(b.during) as "to_at?"
           from device_binding b
           left join vehicle v on v.id = b.vehicle_id and v.unit_id in (select unit_id from unit_within($2))
           where b.device_id = $1
           order by b.during desc"#,
        id.0,
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    let stays =
        rows.into_iter().map(|row| Stay { vehicle: row.id.map(VehicleId).zip(row.plate), from: row.from_at, to: row.to_at });
    Ok(stays.collect())
}

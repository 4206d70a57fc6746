//! Terminals as the API tells them.

use chrono::{DateTime, NaiveDate, Utc};
use fleet_db::device::identity::{Mismatch, Told};
use fleet_db::terminal::log::Entry;
use fleet_db::terminal::{Counts, Link, Stay, Terminal};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page of terminals, by number.
#[derive(Serialize, ToSchema)]
pub(crate) struct TerminalPage {
    pub(crate) items: Vec<TerminalView>,
    /// To be sent as `after` for the next page; null at the end.
    pub(crate) next: Option<String>,
    /// Of all terminals of the scope, whatever was asked for.
    pub(crate) counts: CountsView,
}

/// How many terminals stand where.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountsView {
    idle: u32,
    registered: u32,
    bound: u32,
    disabled: u32,
    online: u32,
    mismatch: u32,
}

/// A terminal as lists show it.
#[derive(Serialize, ToSchema)]
pub(crate) struct TerminalView {
    id: Uuid,
    terminal_id: String,
    /// `jt808`, `gb32960`, `mqtt`, `http` or `broker`.
    protocol: &'static str,
    profile: String,
    model: String,
    /// `idle`, `registered`, `bound` or `disabled`.
    state: &'static str,
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
    online: bool,
    /// Its newest connection; null when it was never heard.
    link: Option<LinkView>,
    told: ToldView,
    /// Where what it says contradicts the register.
    mismatch: Vec<MismatchView>,
    /// Commands that wait for it.
    waiting_commands: u32,
}

/// The newest connection of a terminal.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkView {
    peer: String,
    /// Edition of the protocol, such as `2019`.
    version: String,
    encrypted: bool,
    connected_at: DateTime<Utc>,
    last_heard_at: DateTime<Utc>,
    /// Null while it lasts.
    closed_at: Option<DateTime<Utc>>,
    close_reason: Option<String>,
}

/// What a terminal says of itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToldView {
    at: Option<DateTime<Utc>>,
    plate: Option<String>,
    vin: Option<String>,
    obu: Option<String>,
    maker: Option<String>,
    model: Option<String>,
    serial_number: Option<String>,
    iccid: Option<String>,
    imei: Option<String>,
    hardware: Option<String>,
    firmware: Option<String>,
}

/// One contradiction.
#[derive(Serialize, ToSchema)]
pub(crate) struct MismatchView {
    /// `plate`, `vin`, `obu` or `iccid`.
    field: String,
    told: String,
    expected: String,
}

/// A terminal with its history.
#[derive(Serialize, ToSchema)]
pub(crate) struct TerminalDetail {
    #[serde(flatten)]
    pub(crate) terminal: TerminalView,
    /// The asker may change its papers and bindings.
    pub(crate) may_manage: bool,
    /// The kinds of command that its protocol has and the asker's role allows.
    pub(crate) commands: Vec<&'static str>,
    /// Every vehicle it is and was in, the present one first.
    pub(crate) stays: Vec<StayView>,
    /// Who did what to it, newest first.
    pub(crate) log: Vec<LogEntry>,
}

/// A time that a terminal spent in a vehicle.
#[derive(Serialize, ToSchema)]
pub(crate) struct StayView {
    /// Null for a vehicle of another unit.
    vehicle_id: Option<Uuid>,
    plate: Option<String>,
    /// Null: since ever.
    from: Option<DateTime<Utc>>,
    /// Null: still.
    to: Option<DateTime<Utc>>,
}

/// A line of the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogEntry {
    at: DateTime<Utc>,
    /// Null: the terminal itself.
    by: Option<String>,
    /// `added`, `changed`, `bound`, `unbound`, `registered`, `unregistered`, `registration_allowed`, `secret_renewed`, `disabled`, `enabled`.
    action: String,
    reason: String,
    detail: serde_json::Value,
}

/// A terminal with its new secret, which is told this once.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct TerminalMade {
    pub(crate) id: Uuid,
    pub(crate) terminal_id: String,
    /// Null for a protocol without one, and when the answer is given again, because nobody keeps it.
    pub(crate) secret: Option<String>,
}

impl From<Counts> for CountsView {
    fn from(counts: Counts) -> Self {
        let Counts { idle, registered, bound, disabled, online, mismatch } = counts;
        Self { idle, registered, bound, disabled, online, mismatch }
    }
}

impl From<Link> for LinkView {
    fn from(link: Link) -> Self {
        Self {
            peer: link.peer,
            version: link.version,
            encrypted: link.is_encrypted,
            connected_at: link.connected_at,
            last_heard_at: link.last_heard_at,
            closed_at: link.closed_at,
            close_reason: link.close_reason,
        }
    }
}

impl ToldView {
    fn of(told: Told, at: Option<DateTime<Utc>>) -> Self {
        Self {
            at,
            plate: told.plate,
            vin: told.vin,
            obu: told.obu,
            maker: told.maker,
            model: told.model,
            serial_number: told.serial_number,
            iccid: told.iccid,
            imei: told.imei,
            hardware: told.hardware,
            firmware: told.firmware,
        }
    }
}

impl From<Mismatch> for MismatchView {
    fn from(mismatch: Mismatch) -> Self {
        let Mismatch { field, told, expected } = mismatch;
        Self { field, told, expected }
    }
}

impl From<Terminal> for TerminalView {
    fn from(terminal: Terminal) -> Self {
        let (unit_id, unit_name) = terminal.unit.map(|(id, name)| (id.0, name)).unzip();
        let (vehicle_id, plate) = terminal.vehicle.map(|(id, plate)| (id.0, plate)).unzip();
        Self {
            id: terminal.id.0,
            terminal_id: terminal.terminal.into(),
            protocol: terminal.protocol.as_str(),
            profile: terminal.profile,
            model: terminal.model,
            state: terminal.state.as_str(),
            unit_id,
            unit_name,
            vehicle_id,
            plate,
            iccids: terminal.iccids,
            sim_number: terminal.sim_number,
            issued_on: terminal.issued_on,
            note: terminal.note,
            platform_id: terminal.platform.map(|platform| platform.0),
            created_at: terminal.created_at,
            registered_at: terminal.registered_at,
            disabled_at: terminal.disabled_at,
            online: terminal.link.as_ref().is_some_and(|link| link.is_online),
            link: terminal.link.map(LinkView::from),
            told: ToldView::of(terminal.told, terminal.told_at),
            mismatch: terminal.mismatch.into_iter().map(MismatchView::from).collect(),
            waiting_commands: terminal.waiting,
        }
    }
}

impl From<Stay> for StayView {
    fn from(stay: Stay) -> Self {
        let (vehicle_id, plate) = stay.vehicle.map(|(id, plate)| (id.0, plate)).unzip();
        Self { vehicle_id, plate, from: stay.from, to: stay.to }
    }
}

impl From<Entry> for LogEntry {
    fn from(entry: Entry) -> Self {
        let Entry { at, by, action, reason, detail } = entry;
        Self { at, by, action, reason, detail }
    }
}

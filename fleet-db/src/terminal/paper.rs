//! The papers of a terminal: entered, corrected, taken out of use, let register again; each change with its line in the log.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::audit::{Action, Entry};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use serde_json::{Value, json};
use sqlx::PgConnection;
use telematics::device::{Protocol, TerminalId};
use telematics::id::{DeviceId, PlatformId};

use super::{By, log};
use crate::DbError;

/// The papers of a terminal (终端档案), as they are entered and corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// Its model profile.
    pub profile: String,
    /// Make and model in people's words.
    pub model: String,
    /// The unit in whose store room it lies while it is in no vehicle.
    pub unit: Option<UnitId>,
    /// SIM cards it may use.
    pub iccids: Vec<String>,
    /// Number of its SIM card.
    pub sim_number: Option<String>,
    /// The day it was handed out.
    pub issued_on: Option<NaiveDate>,
    /// What there is to say about it.
    pub note: String,
    /// The platform that speaks for it.
    pub platform: Option<PlatformId>,
}

/// A terminal to be entered.
#[derive(Clone, Debug)]
pub struct NewTerminal {
    /// Key.
    pub id: DeviceId,
    /// The name it signs in with.
    pub terminal: TerminalId,
    /// What it speaks.
    pub protocol: Protocol,
    /// SHA-256 of its secret; of nothing that anybody knows where the protocol has none.
    pub secret_sha256: [u8; 32],
    /// Its papers.
    pub paper: Paper,
}

/// Enters a terminal into the store room of a unit of the scope, and gives the entry for the audit log; [`DbError::NotFound`] for a
/// unit or platform outside.
pub async fn insert(
    conn: &mut PgConnection,
    scope: &Scope,
    new: &NewTerminal,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Entry, DbError> {
    check(conn, scope, &new.paper).await?;
    let paper = &new.paper;
    sqlx::query!(
        "insert into device (id, terminal_id, secret_sha256, protocol, profile, model, unit_id, iccids, sim_number, issued_on, note, platform_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        new.id.0,
        new.terminal.as_str(),
        new.secret_sha256.as_slice(),
        new.protocol.as_str(),
        paper.profile,
        paper.model,
        paper.unit.map(|unit| unit.0),
        &paper.iccids,
        paper.sim_number,
        paper.issued_on,
        paper.note,
        paper.platform.map(|platform| platform.0),
        now,
    )
    .execute(&mut *conn)
    .await?;
    log::note(conn, new.id, Some(by), "added", json!({ "protocol": new.protocol }), now).await?;
    let mut told = facts(paper);
    if let Some(fields) = told.as_object_mut() {
        fields.insert("protocol".to_owned(), json!(new.protocol));
    }
    Ok(log::entry(Action::Created, new.id, &new.terminal, paper.unit).after(told))
}

/// What the audit log tells of papers.
fn facts(paper: &Paper) -> Value {
    json!({
        "profile": paper.profile, "model": paper.model, "unit_id": paper.unit, "iccids": paper.iccids, "sim_number": paper.sim_number,
        "issued_on": paper.issued_on, "note": paper.note, "platform_id": paper.platform,
    })
}

/// The fields of `all` that are named.
fn some(all: &Value, names: &[&str]) -> Value {
    names
        .iter()
        .map(|name| ((*name).to_owned(), all.get(*name).cloned().unwrap_or_default()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Corrects the papers of a terminal that the caller has found in the scope; what changed stands in the log, and in the entry for the
/// audit log.
pub async fn change(
    conn: &mut PgConnection,
    scope: &Scope,
    device: DeviceId,
    paper: &Paper,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Entry, DbError> {
    check(conn, scope, paper).await?;
    let before = super::load(conn, scope, device, now).await?;
    sqlx::query!(
        "update device
         set profile = $2, model = $3, unit_id = coalesce($4, unit_id), iccids = $5, sim_number = $6, issued_on = $7, note = $8, platform_id = $9
         where id = $1",
        device.0,
        paper.profile,
        paper.model,
        paper.unit.map(|unit| unit.0),
        &paper.iccids,
        paper.sim_number,
        paper.issued_on,
        paper.note,
        paper.platform.map(|platform| platform.0),
    )
    .execute(&mut *conn)
    .await?;
    let mut changed: Vec<&str> = Vec::new();
    let mut compare = |name, is_same: bool| {
        if !is_same {
            changed.push(name);
        }
    };
    compare("profile", before.profile == paper.profile);
    compare("model", before.model == paper.model);
    let was_unit = before.unit.as_ref().map(|(unit, _)| *unit);
    compare("unit_id", paper.unit.is_none() || was_unit == paper.unit);
    compare("iccids", before.iccids == paper.iccids);
    compare("sim_number", before.sim_number == paper.sim_number);
    compare("issued_on", before.issued_on == paper.issued_on);
    compare("note", before.note == paper.note);
    compare("platform_id", before.platform == paper.platform);
    log::note(conn, device, Some(by), "changed", json!({ "fields": changed }), now).await?;
    crate::device::identity::check(conn, device, now).await?;
    let was = Paper {
        profile: before.profile,
        model: before.model,
        unit: was_unit,
        iccids: before.iccids,
        sim_number: before.sim_number,
        issued_on: before.issued_on,
        note: before.note,
        platform: before.platform,
    };
    let entry = log::entry(Action::Changed, device, &before.terminal, paper.unit.or(was.unit));
    Ok(entry.before(some(&facts(&was), &changed)).after(some(&facts(paper), &changed)))
}

/// Lets a terminal of the scope register again: what code it had is worth nothing any more.
pub async fn allow_registration(
    conn: &mut PgConnection,
    scope: &Scope,
    device: DeviceId,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Entry, DbError> {
    let before = super::load(conn, scope, device, now).await?;
    sqlx::query!(
        "update device set registered_at = null, auth_used_at = null, secret_sha256 = $2 where id = $1",
        device.0,
        [0_u8; 32].as_slice(),
    )
    .execute(&mut *conn)
    .await?;
    log::note(conn, device, Some(by), "registration_allowed", Value::Object(serde_json::Map::new()), now).await?;
    Ok(log::entry_of(Action::RegistrationAllowed, &before))
}

/// Takes a terminal of the scope out of use, or takes it into use again; its link ends at once.
pub async fn set_disabled(
    conn: &mut PgConnection,
    scope: &Scope,
    device: DeviceId,
    disabled_at: Option<DateTime<Utc>>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Entry, DbError> {
    let before = super::load(conn, scope, device, now).await?;
    sqlx::query!("update device set disabled_at = $2 where id = $1", device.0, disabled_at).execute(&mut *conn).await?;
    let (word, action) = if disabled_at.is_some() { ("disabled", Action::Disabled) } else { ("enabled", Action::Enabled) };
    log::note(conn, device, Some(by), word, Value::Object(serde_json::Map::new()), now).await?;
    let entry = log::entry_of(action, &before);
    Ok(entry.before(json!({ "disabled_at": before.disabled_at })).after(json!({ "disabled_at": disabled_at })))
}

async fn check(conn: &mut PgConnection, scope: &Scope, paper: &Paper) -> Result<(), DbError> {
    let is_ours = sqlx::query_scalar!(
        r#"select ($1::uuid is null or $1 in (select unit_id from unit_within($3)))
              and ($2::uuid is null or exists (select from gb32960_platform p where p.id = $2 and p.unit_id in (select unit_id from unit_within($3)))) as "ours!""#,
        paper.unit.map(|unit| unit.0),
        paper.platform.map(|platform| platform.0),
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    if is_ours { Ok(()) } else { Err(DbError::NotFound) }
}

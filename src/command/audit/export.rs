//! An evidence pack from the server's command line: all units, or one and those below it.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Days, NaiveDate, Utc};
use dispatch::audit::pack::{self, PackOrder, PackUnit};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::calendar::start_of;
use dispatch::scope::Scope;
use fleet_db::audit::piece::{self, Piece, Wanted};
use fleet_db::{DbError, PgConnection};
use serde_json::json;

use crate::config::Config;
use crate::problem::Problem;
use crate::serve::{Store, key};

/// Lines of one pack; a year of a large installation has fewer.
const MOST: u64 = 5_000_000;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    pub(super) unit: Option<String>,
    pub(super) reason: String,
    pub(super) output: PathBuf,
}

/// Writes the pack; that it was taken out is written into the log.
pub(super) async fn run(config: &Config, order: &Order, now: DateTime<Utc>) -> anyhow::Result<ExitCode> {
    let key = key::audit_or_new(&key::audit_path(config))?;
    let store = Store::open(&config.database).await?;
    let cut = cut(&store, order, now).await;
    store.close().await;
    let (pack_order, piece) = cut?;
    let text = pack::write(&pack_order, piece.begins, &piece.seals, &piece.lines, &key).context("the pack cannot be signed")?;
    fs::write(&order.output, &text).with_context(|| format!("cannot write {}", order.output.display()))?;
    let (entries, fingerprint) = (piece.lines.len(), key.public().fingerprint());
    writeln!(io::stdout(), "{entries} entries\nkey fingerprint {fingerprint}").context("cannot write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

async fn cut(store: &Store, order: &Order, now: DateTime<Utc>) -> anyhow::Result<(PackOrder, Piece)> {
    let mut tx = fleet_db::begin(&store.pool).await?;
    let unit = match &order.unit {
        Some(asked) => Some(unit(&mut tx, asked).await?),
        None => None,
    };
    let from = start_of(order.from);
    let to = order.to.checked_add_days(Days::new(1)).map_or(from, start_of);
    let wanted = Wanted { from, to, unit: unit.as_ref().map(|unit| unit.id), sight: None };
    let piece = piece::cut(&mut tx, &wanted, MOST).await?.map_err(|lines| {
        Problem::new("audit.pack_too_long", format!("that are {lines} entries"), "ask for fewer days at once")
    })?;
    let piece = piece.ok_or_else(|| {
        Problem::new("audit.pack_empty", "there is no entry of those days", "name days on which something was done")
    })?;
    let by = By::command_line(&crate::command::user(), &order.reason);
    let days = format!("{}..{}", order.from, order.to);
    let mut entry = Entry::new(Action::Exported, Subject::named(SubjectKind::AuditLog, days))
        .after(json!({ "from": from, "to": to, "unit": unit, "entries": piece.lines.len() }));
    entry.unit = wanted.unit;
    let _told = fleet_db::audit::append(&mut tx, &by, &entry, now).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok((PackOrder { by: by.login, at: now, from, to, unit }, piece))
}

/// The unit with that id or whole name.
async fn unit(conn: &mut PgConnection, asked: &str) -> anyhow::Result<PackUnit> {
    let top = fleet_db::unit::top(conn).await?;
    let units = match top {
        Some(top) => fleet_db::unit::list(conn, &Scope::of(top)).await?,
        None => Vec::new(),
    };
    let mut found = units.into_iter().filter(|unit| unit.name == asked || unit.id.to_string() == asked);
    match (found.next(), found.next()) {
        (Some(unit), None) => Ok(PackUnit { id: unit.id, name: unit.name }),
        (None, _) => {
            Err(Problem::new("audit.unit_unknown", format!("there is no unit {asked}"), "name it by its id or whole name").into())
        }
        (Some(_), Some(_)) => {
            Err(Problem::new("audit.unit_ambiguous", format!("several units are called {asked}"), "name it by its id").into())
        }
    }
}

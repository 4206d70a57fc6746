//! `motorpool import`: a table of units, accounts or vehicles brought into the store, by the rules of the console's import.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use dispatch::audit::By;
use dispatch::import::ImportSubject;
use dispatch::scope::Scope;
use dispatch::vin::VinRule;
use fleet_db::{Clock, DbError};
use web::import::{Frame, Limits, Loaded, Said, Sheet, background, load, look, read, rejected, sheets};

use crate::config::{self, Config, Source};
use crate::logging::{self, progress};
use crate::problem::Problem;
use crate::serve::Store;

/// Wrong rows that are told; the workbook of wrong rows has them all.
const ROWS_TOLD: usize = 20;

/// Brings units, accounts and vehicles from an XLSX workbook or a CSV text (UTF-8 or GB18030).
///
/// The good rows are loaded, all of them or none; the wrong ones are told, and written to a workbook that can be corrected and brought
/// again. A file that is brought twice is loaded once. Accounts get no password: `motorpool account password` sets one.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  motorpool import units.xlsx\n  motorpool import --check units.csv\n  motorpool import units.xlsx --rejected wrong.xlsx"
)]
pub(crate) struct Args {
    /// The workbook or text.
    file: PathBuf,
    /// Only look it through; nothing is stored.
    #[arg(long)]
    check: bool,
    /// Where the wrong rows go, as a workbook.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// The configuration file; without it ./motorpool.toml, when it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of everything the service keeps itself; the service on it must be stopped.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Looks the file through, loads what is good, and says how many rows were what.
pub(crate) async fn run(args: Args, clock: Clock) -> anyhow::Result<ExitCode> {
    logging::start_quiet()?;
    let config = config::load(&Source::of_process(args.config.clone(), args.data.clone()))?;
    progress(&format!("reading {} ...", args.file.display()));
    let found = understood(&args.file, &config)?;
    let store = Store::open(&config.database).await?;
    let outcome = bring(&store, &args, found, &config, clock()).await;
    store.close().await;
    let (found, loaded) = outcome?;
    if let Some(file) = &args.rejected {
        match rejected(&found, false).context("the workbook of wrong rows cannot be made")? {
            Some(workbook) => std::fs::write(file, workbook).with_context(|| format!("cannot write {}", file.display()))?,
            None => progress("no row is wrong"),
        }
    }
    tell(&found, loaded).context("cannot write to standard output")?;
    let is_good = found.iter().all(|sheet| sheet.error.is_none() && sheet.found.figures().2.is_empty());
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn understood(file: &Path, config: &Config) -> anyhow::Result<Vec<Sheet>> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let limits = Limits { rows: config.web.import_rows, unpacked_bytes: config.web.import_unpacked_bytes };
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let read = read(&name, &bytes, limits).map_err(|error| {
        let remedy = "bring an XLSX workbook, or CSV in UTF-8 or GB18030; the console has a template";
        let problem = Problem::new(error.code(), format!("{} cannot be read", file.display()), remedy);
        anyhow::Error::new(error).context(problem)
    })?;
    Ok(sheets(read.tables, &Said::default()))
}

async fn bring(
    store: &Store,
    args: &Args,
    mut found: Vec<Sheet>,
    config: &Config,
    now: DateTime<Utc>,
) -> anyhow::Result<(Vec<Sheet>, Option<Loaded>)> {
    progress("comparing it with the store ...");
    let mut tx = fleet_db::begin(&store.pool).await?;
    let top = fleet_db::unit::top(&mut tx).await?;
    let known = background(&mut tx, top.map(Scope::of).as_ref(), &found).await?;
    let vin = if config.web.vin_without_check_digit { VinRule::ImportsAllowed } else { VinRule::Checked };
    let found = tokio::task::spawn_blocking(move || {
        look(&mut found, known, Frame { top, vin, now });
        found
    })
    .await?;
    if args.check {
        return Ok((found, None));
    }
    let good: usize = found.iter().map(|sheet| sheet.found.figures().0).sum();
    progress(&format!("loading {good} rows ..."));
    let user = super::user();
    let file = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (loaded, _told) = load(&mut tx, &found, &file, &By::command_line(&user, ""), now).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok((found, Some(loaded)))
}

/// One line a sheet, then the first wrong rows.
fn tell(found: &[Sheet], loaded: Option<Loaded>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for sheet in found {
        let (good, known, errors) = sheet.found.figures();
        let wrong: std::collections::BTreeSet<u32> = errors.iter().map(|error| error.row).collect();
        let holds = sheet.subject.map_or("-", ImportSubject::as_str);
        writeln!(out, "{}\t{holds}\tnew {good}\tknown {known}\twrong {}", sheet.table.name, wrong.len())?;
        if let Some(error) = &sheet.error {
            writeln!(out, "{}\t{error}\t{}", sheet.table.name, error.code())?;
        }
        for error in errors.iter().take(ROWS_TOLD) {
            let column = error.column.unwrap_or("-");
            writeln!(out, "{}\trow {}\t{column}\t{:?}\t{}", sheet.table.name, error.row, error.found, error.code)?;
        }
        for warning in sheet.found.warnings().iter().take(ROWS_TOLD) {
            let column = warning.column.unwrap_or("-");
            writeln!(out, "{}\trow {}\t{column}\t{:?}\tnote {}", sheet.table.name, warning.row, warning.found, warning.code)?;
        }
        if errors.len() > ROWS_TOLD {
            writeln!(out, "{}\t... {} more; --rejected FILE writes them all", sheet.table.name, errors.len() - ROWS_TOLD)?;
        }
    }
    match loaded {
        Some(loaded) => {
            writeln!(out, "loaded\tunits {}\taccounts {}\tvehicles {}", loaded.units, loaded.accounts, loaded.vehicles)
        }
        None => writeln!(out, "nothing was stored"),
    }
}

//! `motorpool audit`: proves the audit log or an evidence pack, makes packs, seals days, shows the key.

mod export;
mod verify;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use fleet_db::Clock;

use crate::config::{self, Config, Source};
use crate::logging;
use crate::problem;
use crate::serve::{Store, key};

/// Status of a command that could not find out; 1 says that something is broken.
const UNREADABLE: u8 = 2;

/// Proves the log of who did what, takes evidence out of it, seals its days, and shows the key that it is signed with.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  motorpool audit verify\n  motorpool audit verify --pack march.pack --key audit-public.pem\n  motorpool audit export --from 2026-03-01 --to 2026-03-31 -o march.pack"
)]
pub(crate) struct Args {
    /// The configuration file; without it ./motorpool.toml, when it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of everything the service keeps itself; where it runs a database of its own, the service on it must be stopped.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Proves the chain in the database, or a pack by itself. Status 0: proved; 1: broken, and which entry is the first; 2: it could not
    /// be read.
    Verify {
        /// An evidence pack; neither database nor service is needed for it.
        #[arg(long, value_name = "FILE")]
        pack: Option<PathBuf>,
        /// The public key (PEM) that it must have been signed with; without it the database is checked with the service's own key, and a
        /// pack with the key that it names.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Writes an evidence pack: the entries of some days with the seals around them, signed.
    Export {
        /// The first day, in Beijing time.
        #[arg(long, value_name = "DAY")]
        from: NaiveDate,
        /// The last day.
        #[arg(long, value_name = "DAY")]
        to: NaiveDate,
        /// Of this unit and everything below it alone: its id, or its whole name.
        #[arg(long)]
        unit: Option<String>,
        /// Why it is taken out.
        #[arg(long, default_value = "")]
        reason: String,
        /// Where the pack goes.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Seals every day that has ended and has no seal yet; the running service does it by itself.
    Seal,
    /// Shows the public key and its fingerprint; makes the key when there is none.
    Key {
        /// Writes the public key (PEM) there, for those who check.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Does what is asked.
pub(crate) async fn run(args: Args, clock: Clock) -> anyhow::Result<ExitCode> {
    logging::start_quiet()?;
    let source = || config::load(&Source::of_process(args.config.clone(), args.data.clone()));
    match args.action {
        Action::Verify { pack, key } => {
            let outcome = match pack {
                Some(pack) => verify::pack(&pack, key.as_deref()),
                None => verify::database(source, key.as_deref()).await,
            };
            outcome.or_else(|error| {
                problem::tell(&error);
                Ok(ExitCode::from(UNREADABLE))
            })
        }
        Action::Export { from, to, unit, reason, output } => {
            export::run(&source()?, &export::Order { from, to, unit, reason, output }, clock()).await
        }
        Action::Seal => seal(&source()?, clock()).await,
        Action::Key { output } => show_key(&source()?, output),
    }
}

async fn seal(config: &Config, now: DateTime<Utc>) -> anyhow::Result<ExitCode> {
    let key = key::audit_or_new(&key::audit_path(config))?;
    let store = Store::open(&config.database).await?;
    let sealed = web::sealing::seal_days(&store.pool, &key, now).await;
    store.close().await;
    let mut text = String::new();
    for seal in sealed? {
        // Writing into a string cannot fail.
        _ = writeln!(text, "{}\t{}\t{}", seal.day, seal.position.seq, seal.position.hash);
    }
    io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

fn show_key(config: &Config, output: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let path = key::audit_path(config);
    let public = key::audit_or_new(&path)?.public();
    let pem = public.to_pem().context("the public key cannot be written")?;
    if let Some(file) = output {
        std::fs::write(&file, &pem).with_context(|| format!("cannot write {}", file.display()))?;
    }
    write!(io::stdout(), "key file     {}\nfingerprint  {}\n{pem}", path.display(), public.fingerprint())
        .context("cannot write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

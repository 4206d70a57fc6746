//! The command line of the bridge.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, Parser, Subcommand};
use firmware_bridge::clock::{Clock, Monotonic};
use firmware_bridge::config::{self, Config, Secret};
use firmware_bridge::replay::{self, Pace};
use firmware_bridge::run::{self, Ended, Parts, RunError};
use firmware_bridge::seal::SealedLog;
use firmware_bridge::seal::verify::{self, Verdict};
use firmware_bridge::update;
use firmware_bridge::update::supervise::{self, Supervised};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The vehicle's side of Motorpool: satellites and on-board diagnostics in, records on disk, MQTT out.
#[derive(Debug, Parser)]
#[command(
    name = "motorpool-bridge",
    version,
    after_help = "Examples:\n  \
    motorpool-bridge --config /etc/motorpool-bridge.toml\n  \
    motorpool-bridge check --config /etc/motorpool-bridge.toml\n  \
    motorpool-bridge --server 127.0.0.1:1883 --device MP-0001 --secret S --replay drive.log --speed max"
)]
struct Cli {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Given {
    /// Configuration file; without it defaults, environment and flags.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The gateway's MQTT port.
    #[arg(long, global = true, value_name = "HOST:PORT")]
    server: Option<String>,
    /// Terminal id, as registered.
    #[arg(long, global = true, value_name = "ID")]
    device: Option<String>,
    /// The device's secret.
    #[arg(long, global = true, value_name = "SECRET")]
    secret: Option<String>,
    /// The queue on disk; a replay without one uses a file of its own that it removes.
    #[arg(long, global = true, value_name = "FILE")]
    spool: Option<PathBuf>,
    /// Serial line of the GNSS receiver; twice for two receivers.
    #[arg(long, global = true, value_name = "DEVICE")]
    gnss: Vec<PathBuf>,
    /// Serial line of the OBD adapter.
    #[arg(long, global = true, value_name = "DEVICE")]
    obd: Option<PathBuf>,
    /// Play a recorded log (NMEA, or a `.plt` track) instead of reading a receiver.
    #[arg(long, global = true, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// How fast: 1, 10, … or max.
    #[arg(long, global = true, value_name = "SPEED", default_value = "1")]
    speed: Pace,
    /// What to log, such as `info` or `debug`.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read, record and send until told to stop (the default).
    Run,
    /// Print the configuration as it is understood, and try the ports.
    Check,
    /// Run under supervision: newer programs are tried, and given up when they do not work.
    Supervise,
    /// Prove that a sealed log is as it was written; the first line that is not is named.
    VerifyLog {
        /// The sealed log.
        file: PathBuf,
        /// What the console shows as the newest seal, `NUMBER:SEAL`: the log must have it.
        #[arg(long, value_name = "NUMBER:SEAL")]
        seal: Option<String>,
    },
}

/// Why the program ends without having done its work.
enum Failure {
    /// The configuration cannot work.
    Config(Vec<config::ConfigError>),
    /// Running failed.
    Run(RunError),
    /// A log filter that is none.
    Filter(String),
    /// The system refuses what every program needs.
    System(std::io::Error),
    /// A port or the gateway did not answer.
    Check,
    /// A sealed log that does not hold.
    Seal(String),
}

/// Reads the command line and does what it says.
pub(crate) fn main(clock: Clock) -> ExitCode {
    let cli = Cli::parse();
    match work(&cli, clock) {
        Ok(Ended::Stopped) => ExitCode::SUCCESS,
        Ok(Ended::Restart) => ExitCode::from(update::RESTART_STATUS),
        Err(failure) => {
            let status = if matches!(failure, Failure::Config(_) | Failure::Filter(_)) { 2 } else { 1 };
            say(std::io::stderr(), &failure.to_string());
            ExitCode::from(status)
        }
    }
}

fn work(cli: &Cli, clock: Clock) -> Result<Ended, Failure> {
    if let Some(Command::VerifyLog { file, seal }) = &cli.command {
        return verify_log(file, seal.as_deref()).map(|()| Ended::Stopped);
    }
    let config = configuration(&cli.given).map_err(|error| Failure::Config(vec![error]))?;
    let (log_filter, filters) = watch::channel(None);
    let reload = logging(cli.given.log.as_deref().unwrap_or(&config.log.filter))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::System)?;
    runtime.block_on(async {
        if let Some(Command::Check) = cli.command {
            return check(&config).await.map(|()| Ended::Stopped);
        }
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(Failure::Config(problems));
        }
        tokio::spawn(refilter(filters, reload));
        let shutdown = shutdown().map_err(Failure::System)?;
        if let Some(Command::Supervise) = cli.command {
            let supervised = supervised(&config, clock).map_err(Failure::System)?;
            return supervise::run(&supervised, shutdown).await.map(|()| Ended::Stopped).map_err(Failure::System);
        }
        match &cli.given.replay {
            None => {
                let stop = async {
                    tokio::select! {
                        () = shutdown => {}
                        () = orphaned() => {}
                    }
                };
                run::run(parts(config, clock, log_filter), stop).await.map_err(Failure::Run)
            }
            Some(file) => {
                let steps = replay::load(file).map_err(|error| Failure::Run(error.into()))?;
                // The file goes with the folder when this function returns.
                let (config, _folder) = with_own_spool(config, cli.given.spool.is_some()).map_err(Failure::System)?;
                let summary = run::replay(parts(config, clock, log_filter), &steps, cli.given.speed, shutdown)
                    .await
                    .map_err(Failure::Run)?;
                say(std::io::stdout(), &serde_json::json!(summary).to_string());
                Ok(Ended::Stopped)
            }
        }
    })
}

/// This program as the base, started again with the same arguments but for the command.
fn supervised(config: &Config, clock: Clock) -> std::io::Result<Supervised> {
    let arguments = std::env::args_os().skip(1).filter(|argument| argument != "supervise").collect();
    let (file, limit, device) = (config.sealed_log(), config.seal.limit_bytes, config.device.id.clone());
    let log = Box::new(move || SealedLog::open(&file, limit, &device, Arc::clone(&clock)).ok());
    Ok(Supervised { base: std::env::current_exe()?, arguments, config: config.update.clone(), log })
}

fn verify_log(file: &std::path::Path, seal: Option<&str>) -> Result<(), Failure> {
    let bytes = std::fs::read(file).map_err(Failure::System)?;
    let chain = match verify::chain(&bytes) {
        Verdict::Whole(chain) => chain,
        Verdict::Empty => return Err(Failure::Seal(String::from("error[bridge.seal.empty]: the file has no line"))),
        Verdict::Broken(broken) => {
            let at = format!("error[{}]: line {} (entry {}) is not as it was written", broken.code, broken.line, broken.n);
            return Err(Failure::Seal(at));
        }
    };
    if let Some(known) = seal {
        let (n, expected) = known.split_once(':').unwrap_or((known, ""));
        let found = n.parse().ok().and_then(|n| verify::seal_at(&bytes, n));
        if found.as_deref() != Some(expected) {
            let text = "error[bridge.seal.other]: the log does not have the seal that the gateway was told";
            return Err(Failure::Seal(String::from(text)));
        }
    }
    let summary = serde_json::json!({ "first": chain.first, "last": chain.n, "whole": true });
    say(std::io::stdout(), &summary.to_string());
    Ok(())
}

async fn check(config: &Config) -> Result<(), Failure> {
    let report = firmware_bridge::check::run(config).await;
    say(std::io::stdout(), &report.text);
    if report.failed { Err(Failure::Check) } else { Ok(()) }
}

fn configuration(given: &Given) -> Result<Config, config::ConfigError> {
    let mut config = config::load(given.config.as_deref(), std::env::vars())?;
    if let Some(server) = &given.server {
        config.uplink.server.clone_from(server);
    }
    if let Some(device) = &given.device {
        config.device.id.clone_from(device);
    }
    if let Some(secret) = &given.secret {
        config.device.secret = Secret::new(secret);
    }
    if let Some(spool) = &given.spool {
        config.spool.path.clone_from(spool);
    }
    if !given.gnss.is_empty() {
        config.gnss = given.gnss.iter().map(|path| config::GnssConfig { path: path.clone(), ..Default::default() }).collect();
    }
    if let Some(path) = &given.obd {
        config.obd = Some(config::ObdConfig { path: path.clone(), ..config.obd.unwrap_or_default() });
    }
    Ok(config)
}

/// A folder that disappears when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn with_own_spool(mut config: Config, given: bool) -> std::io::Result<(Config, Option<Folder>)> {
    if given {
        return Ok((config, None));
    }
    let folder = std::env::temp_dir().join(format!("motorpool-bridge-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    config.spool.path = folder.join("replay.redb");
    Ok((config, Some(Folder(folder))))
}

fn parts(config: Config, clock: Clock, log_filter: watch::Sender<Option<String>>) -> Parts {
    let started = Instant::now();
    let before = uptime();
    let monotonic: Monotonic = Arc::new(move || before + started.elapsed());
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    // Without the system's name for this start, the process is one.
    let boot =
        if boot.is_empty() { format!("{}-{}", std::process::id(), clock().timestamp_millis()) } else { boot.trim().to_owned() };
    let supervised = std::env::var_os(update::SUPERVISED).is_some();
    Parts { config, clock, monotonic, boot, jitter: Box::new(rand::random::<f64>), log_filter, supervised }
}

/// Time since the start of the machine, so that a restarted program goes on counting.
fn uptime() -> Duration {
    let text = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds = text.split_whitespace().next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0.0);
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

fn shutdown() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Under a supervisor: waits until that is gone. A second supervisor must not find the spool in use.
async fn orphaned() {
    if std::env::var_os(update::SUPERVISED).is_none() {
        return std::future::pending().await;
    }
    let supervisor = nix::unistd::getppid();
    let mut look = tokio::time::interval(Duration::from_secs(1));
    while nix::unistd::getppid() == supervisor {
        look.tick().await;
    }
}

type Reload = tracing_subscriber::reload::Handle<EnvFilter, tracing_subscriber::Registry>;

fn logging(filter: &str) -> Result<Reload, Failure> {
    let filter = EnvFilter::try_new(filter).map_err(|error| Failure::Filter(error.to_string()))?;
    let (filter, reload) = tracing_subscriber::reload::Layer::new(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(lines).init();
    Ok(reload)
}

async fn refilter(mut filters: watch::Receiver<Option<String>>, reload: Reload) {
    while filters.changed().await.is_ok() {
        let wanted = filters.borrow_and_update().clone();
        if let Some(Ok(filter)) = wanted.map(EnvFilter::try_new) {
            // The subscriber lives as long as the program.
            let _ = reload.reload(filter);
        }
    }
}

fn say(mut to: impl std::io::Write, text: &str) {
    // Nobody reads it any more: nothing to be done about that.
    let _ = writeln!(to, "{text}");
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config(problems) => {
                for (index, problem) in problems.iter().enumerate() {
                    let line_end = if index == 0 { "" } else { "\n" };
                    write!(f, "{line_end}error[{}]: {}\n  what to do: {}", problem.code(), chain(problem), problem.remedy())?;
                }
                Ok(())
            }
            Self::Run(error) => write!(f, "error[{}]: {}\n  what to do: {}", error.code(), chain(error), error.remedy()),
            Self::Filter(detail) => {
                write!(
                    f,
                    "error[bridge.log.filter]: {detail}\n  what to do: write a filter such as info, or info,firmware_bridge=debug"
                )
            }
            Self::System(error) => write!(f, "error[bridge.system]: {error}\n  what to do: check limits and rights of this user"),
            Self::Seal(text) => write!(f, "{text}\n  what to do: keep the file as it is, and have the vehicle looked at"),
            Self::Check => {
                write!(f, "error[bridge.check]: not everything works\n  what to do: see the lines marked 'failed' above")
            }
        }
    }
}

/// An error with all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

//! `motorpool demo`: the service with a believable fleet, whose terminals sign in over real sockets.

mod banner;
mod ports;
mod traffic;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use fleet_db::Clock;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::command::simulate::course::Destinations;
use crate::config::{self, Log, Source};
use crate::logging;
use crate::seed::{fleet, store, units};
use crate::serve::{self, Part, Running, Store};
use traffic::Traffic;

/// How long the terminals may take to finish before the service is stopped.
const TERMINALS_END_WITHIN: Duration = Duration::from_secs(4);

/// The service with a made-up fleet of Hangzhou units on the move; needs no configuration.
///
/// The first start puts units, cars, accounts and some days of history into DIR; later starts go on from there. The
/// MQTT and figures ports are 1883 and 9090 when these are free, otherwise any; all are printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool demo --vehicles 300 --port 8080")]
pub(crate) struct Args {
    /// How many cars.
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    vehicles: u32,
    /// Which fleet: the same seed, the same cars.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The folder of everything the demonstration keeps.
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data: PathBuf,
    /// The console's port on this machine; 0 for any.
    #[arg(long, value_name = "PORT", default_value_t = ports::CONSOLE)]
    port: u16,
}

/// Runs until SIGINT or SIGTERM.
pub(crate) async fn run(args: Args, clock: Clock) -> anyhow::Result<ExitCode> {
    // A file that is always empty: the settings of a real installation in this folder are not the demonstration's.
    let mut config = config::load(&Source::of_process(Some(PathBuf::from("/dev/null")), Some(args.data.clone())))?;
    logging::start(&Log { filter: String::from("warn"), ..config.log.clone() })?;
    let asked = serve::on_signal()?;
    ports::choose(&mut config, args.port)?;
    config.web.demo = true;
    // Its cars drive by themselves, without orders: each of them would be a finding, and somebody would be told.
    config.jobs.reconcile_every_secs = 0;
    // The printed accounts stay good on a folder of any age, and need no telephone.
    config.web.password.max_age_days = 0;
    config.web.second_factor.roles.clear();
    // `motorpool simulate` may play the same cars beside it: the newer connection of a car takes over, whatever it speaks.
    config.gateway.gb32960.taken_secs = 0;
    let sockets = serve::bind(&config, Part::ALL).await?;
    let opened = tokio::select! {
        opened = Store::open(&config.database) => opened?,
        () = asked.cancelled() => return Ok(ExitCode::SUCCESS),
    };
    let units = units::all();
    let cars = fleet::cars(args.seed, usize::try_from(args.vehicles)?, &units);
    let numbers = match store::put(&opened.pool, &units, &cars, clock()).await {
        Ok(numbers) => numbers,
        Err(error) => {
            opened.close().await;
            return Err(error);
        }
    };
    let shutdown = CancellationToken::new();
    let running = serve::start(sockets, opened, &config, &clock, shutdown.clone())?;
    banner::print(&running, &args, cars.len());
    let traffic = Traffic {
        seed: args.seed,
        units,
        cars: numbers.into_iter().zip(cars).collect(),
        pool: running.pool().clone(),
        gateway: config.gateway,
        clock: Arc::clone(&clock),
        stop: asked.clone(),
    };
    go(running, traffic, asked, shutdown).await?;
    Ok(ExitCode::SUCCESS)
}

/// Lets the cars drive until somebody asks for the end: then the terminals stop first, and the service after them.
async fn go(running: Running, traffic: Traffic, asked: CancellationToken, shutdown: CancellationToken) -> anyhow::Result<()> {
    let to = Destinations { mqtt: running.mqtt, jt808: running.jt808, gb32960: running.gb32960 };
    let mut driving = tokio::spawn(traffic.run(to));
    let ending = tokio::spawn(async move {
        tokio::select! {
            () = asked.cancelled() => {}
            ended = &mut driving => if let Ok(Err(error)) = ended {
                warn!("the simulated terminals have stopped: {error:#}");
            },
        }
        asked.cancelled().await;
        if !driving.is_finished() && timeout(TERMINALS_END_WITHIN, &mut driving).await.is_err() {
            driving.abort();
        }
        shutdown.cancel();
    });
    let outcome = running.wait().await;
    ending.abort();
    outcome
}

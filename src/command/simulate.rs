//! `motorpool simulate`: that many terminals over real sockets, and what became of what they sent.

pub(crate) mod link;
mod outage;
mod report;
pub(crate) mod sign_in;
mod spool;
pub(crate) mod tally;
pub(crate) mod terminal;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use fleet_db::Clock;
use telematics::simulate::plan::{Planner, Start};
use telematics::simulate::profile::{Profile, Rhythm};
use telematics::simulate::vehicle::SimVehicle;
use telematics::simulate::world::World;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::logging;
use crate::problem::Problem;
use crate::seed::fleet::{self, SeedVehicle};
use crate::seed::units;
use crate::serve;
use outage::Outage;
use report::Report;
use sign_in::Secrets;
use tally::Tally;
use terminal::{Course, Pace, Terminal};

/// Status of bad usage.
const USAGE: u8 = 2;
/// Most new connections a second.
const CONNECTS_PER_S: f64 = 1000.0;

/// Plays that many terminals over real sockets, and prints one JSON line about it at the end.
///
/// Terminals are named HZ-00001, HZ-00002, … and sign in with the secrets that `motorpool demo` gives them for the same
/// seed; other names and secrets come from a file.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  motorpool simulate --vehicles 300 --protocol mqtt --interval 10 --duration 60 --to 127.0.0.1:1883 --outage 20,40"
)]
pub(crate) struct Args {
    /// How many terminals.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200_000))]
    vehicles: u32,
    /// What they speak.
    #[arg(long, value_enum)]
    protocol: Protocol,
    /// Seconds between two reports of one terminal.
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    interval: Duration,
    /// Seconds for which they report.
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    duration: Duration,
    /// Where the service is.
    #[arg(long, value_name = "HOST:PORT")]
    to: String,
    /// What they do; the same seed, the same journeys.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Seconds after the start at which the network is cut for all and restored; may be given several times.
    #[arg(long, value_name = "FROM,TO")]
    outage: Vec<Outage>,
    /// Writes every acknowledged report, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Seconds after the end within which what has been recorded may still be sent and acknowledged.
    #[arg(long, value_name = "SECS", value_parser = seconds, default_value = "30")]
    drain: Duration,
    /// Names and secrets: lines of `terminal_id,secret`.
    #[arg(long, value_name = "FILE", conflicts_with = "secret_seed")]
    devices: Option<PathBuf>,
    /// The seed of the demonstration whose secrets to use; without it that of --seed.
    #[arg(long, value_name = "S")]
    secret_seed: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Protocol {
    /// MQTT 3.1.1.
    Mqtt,
    /// JT/T 808.
    Jt808,
    /// GB/T 32960.3.
    Gb32960,
}

/// Plays the terminals, and says what became of it.
pub(crate) async fn run(args: Args, clock: Clock) -> anyhow::Result<ExitCode> {
    logging::start_quiet()?;
    if args.protocol != Protocol::Mqtt {
        return usage("simulate.protocol", "terminals of this release speak MQTT alone: use --protocol mqtt");
    }
    let count = usize::try_from(args.vehicles)?;
    let secrets = match &args.devices {
        Some(path) => Secrets::of_file(path)?,
        None => Secrets::of_seed(args.secret_seed.unwrap_or(args.seed)),
    };
    if secrets.most().is_some_and(|most| most < count) {
        return usage("simulate.too_few_devices", "the file of --devices has fewer lines than --vehicles asks for");
    }
    let address = tokio::net::lookup_host(&args.to).await.ok().and_then(|mut found| found.next());
    let Some(address) = address else {
        return usage("simulate.address", "write --to as host and port, for example 127.0.0.1:1883");
    };
    let stop = serve::on_signal()?;
    let report = args.report.as_deref().map(Report::create).transpose()?;
    let tally = Arc::new(Tally::new(report));
    let course = Arc::new(Course {
        address,
        begin: Instant::now(),
        begin_at: clock(),
        outages: args.outage.clone(),
        drain: args.drain,
        tally: Arc::clone(&tally),
        stop: stop.clone(),
    });
    let mut terminals = JoinSet::new();
    let units = units::all();
    let places: Vec<_> = units.iter().map(|unit| unit.at).collect();
    let world = Arc::new(World::hangzhou(&places, &[]));
    for car in fleet::cars(args.seed, count, &units) {
        let (name, secret) = secrets.of(&car)?;
        let terminal = Terminal::new(name, secret, vehicle(&world, &args, &car, &course), pace(&args, &car));
        terminals.spawn(terminal.run(Arc::clone(&course)));
    }
    let ended = watch(&args, &course, &mut terminals).await;
    tally.close()?;
    let summary = tally.summary(count, ended);
    writeln!(io::stdout(), "{summary}").context("cannot write to standard output")?;
    outcome(&tally)
}

/// The car of a terminal, on the road from the first moment.
fn vehicle(world: &Arc<World>, args: &Args, car: &SeedVehicle, course: &Course) -> SimVehicle {
    let profile = Profile { drivetrain: car.drivetrain, habit: car.habit(), rhythm: Rhythm::RoundTheClock };
    let start = Start { at: None, stock: car.first_stock(args.seed), from: course.begin_at };
    let seed = car.seed(args.seed);
    let planner = Planner::new(Arc::clone(world), seed, profile, car.home, start);
    SimVehicle::new(planner, seed, car.drivetrain, course.begin_at.timestamp_millis())
}

/// Terminals begin one after the other within one interval, and not faster than a service can shake hands.
fn pace(args: &Args, car: &SeedVehicle) -> Pace {
    let (index, count) = (seconds_of(car.index), f64::from(args.vehicles));
    let share = args.interval.mul_f64(index / count);
    Pace { moving: args.interval, standing: args.interval, first: share.max(Duration::from_secs_f64(index / CONNECTS_PER_S)) }
}

#[expect(clippy::cast_precision_loss, reason = "fewer than a million terminals")]
const fn seconds_of(index: usize) -> f64 {
    index as f64
}

/// Lets the terminals run to the end, with a line of progress for a person who waits; how long it took.
async fn watch(args: &Args, course: &Course, terminals: &mut JoinSet<()>) -> Duration {
    let ending = course.stop.clone();
    let duration = args.duration;
    let timer = tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(duration) => ending.cancel(),
            () = ending.cancelled() => {}
        }
    });
    let mut every = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            ended = terminals.join_next() => if ended.is_none() { break },
            _ = every.tick() => show(course, args.duration),
        }
    }
    timer.abort();
    if io::stderr().is_terminal() {
        logging::progress("");
    }
    course.begin.elapsed()
}

fn show(course: &Course, duration: Duration) {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        let counts = course.tally.counts();
        let line = format!(
            "\r{:4} of {:4} s  {} connected  {} sent  {} acknowledged ",
            course.begin.elapsed().as_secs(),
            duration.as_secs(),
            counts.connected,
            counts.sent,
            counts.acknowledged
        );
        // Nobody is left to be told when standard error is closed.
        let _ = stderr.write_all(line.as_bytes());
    }
}

/// Done when everything that was sent has been acknowledged; a terminal that was never let in is a failure too.
fn outcome(tally: &Tally) -> anyhow::Result<ExitCode> {
    let counts = tally.counts();
    if counts.acknowledged == counts.sent && counts.sent > 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let reason = match (counts.connects, tally.refusal()) {
        (0, Some(refusal)) => format!("no terminal was let in: {refusal}"),
        (0, None) => String::from("no terminal reached the service"),
        _ => format!("{} of {} reports were not acknowledged", counts.sent - counts.acknowledged, counts.sent),
    };
    let remedy = "check --to, and that the service knows the terminals: `motorpool demo` does, others need --devices";
    Err(Problem::new("simulate.not_acknowledged", reason, remedy).into())
}

fn usage(code: &str, text: &str) -> anyhow::Result<ExitCode> {
    writeln!(io::stderr(), "motorpool: {text}\n  code: {code}").context("cannot write to standard error")?;
    Ok(ExitCode::from(USAGE))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_not_a_number| String::from("write seconds, for example 10 or 0.5"))?;
    let given = Duration::try_from_secs_f64(seconds).map_err(|_no_duration| String::from("seconds are not negative"))?;
    if given < Duration::from_millis(10) { Err(String::from("at least 0.01 seconds")) } else { Ok(given) }
}

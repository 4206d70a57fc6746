//! `motorpool simulate`: that many terminals over real sockets, and what became of what they sent.

pub(crate) mod course;
pub(crate) mod disorder;
mod entry;
mod gb32960;
mod jt808;
mod link;
mod outage;
pub(crate) mod protocol;
mod report;
pub(crate) mod sign_in;
mod spool;
pub(crate) mod tally;
pub(crate) mod terminal;

use std::io::{self, IsTerminal as _, Write as _};
use std::net::IpAddr;
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
use course::{Course, Destinations};
use disorder::{Disorder, share};
use outage::Outage;
use protocol::Protocol;
use report::Report;
use sign_in::Secrets;
use tally::Tally;
use terminal::{Pace, Terminal};

/// Status of bad usage.
const USAGE: u8 = 2;

/// Plays that many terminals over real sockets, and prints one JSON line about it at the end.
///
/// Terminals are those of `motorpool demo` with the same seed that speak the protocol, first of all the first: HZ-00001, …
/// over MQTT, numbers over JT/T 808 (2013 and 2019 in turn), VINs over GB/T 32960.3 (2016 and 2025 in turn). They sign in
/// with the secrets that the demonstration gives them; other names and secrets come from a file.
///
/// Acknowledged is over MQTT what PUBACK, over JT/T 808 what 0x8001 says. GB/T 32960.3 does not acknowledge real-time data:
/// there, a report is acknowledged when a heartbeat sent behind it is answered, as the service answers it only when
/// everything that came before it is stored.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  motorpool simulate --vehicles 60 --protocol mqtt --interval 10 --duration 60 --to 127.0.0.1:1883 --outage 20,40\n  \
                  motorpool simulate --vehicles 60 --protocol jt808 --interval 1 --duration 60 --to 127.0.0.1:7808 --late 10 --duplicates 5"
)]
pub(crate) struct Args {
    /// How many terminals.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200_000))]
    vehicles: u32,
    /// What they speak.
    #[arg(long, value_enum)]
    protocol: Protocol,
    /// Seconds between two reports of one terminal; at least 1, but 0.01 over MQTT.
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
    /// Share of the reports that are held back and sent after newer ones, per cent.
    #[arg(long, value_name = "PCT", value_parser = share, default_value = "0")]
    late: f64,
    /// Seconds that a late report is held back at most.
    #[arg(long, value_name = "SECS", value_parser = seconds, default_value = "60")]
    late_by: Duration,
    /// Share of the messages that are sent twice, per cent.
    #[arg(long, value_name = "PCT", value_parser = share, default_value = "0")]
    duplicates: f64,
    /// Share of the reports whose clock runs far ahead, per cent; in --report they are marked `ahead`.
    #[arg(long, value_name = "PCT", value_parser = share, default_value = "0")]
    future: f64,
    /// Own addresses to connect from, with commas: one address has ports for some 28,000 connections.
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    source: Vec<IpAddr>,
    /// Most new connections a second.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    connects_per_s: u32,
    /// Seconds after the end within which what has been recorded may still be sent and acknowledged.
    #[arg(long, value_name = "SECS", value_parser = seconds, default_value = "30")]
    drain: Duration,
    /// Names and secrets: lines of `terminal_id,secret,plate`; without a secret a JT/T 808 terminal signs up with its plate.
    #[arg(long, value_name = "FILE", conflicts_with = "secret_seed")]
    devices: Option<PathBuf>,
    /// Leaves out that many terminals at the beginning, which another process plays.
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: u32,
    /// The seed of the demonstration whose terminals to use; without it that of --seed.
    #[arg(long, value_name = "S")]
    secret_seed: Option<u64>,
}

/// Plays the terminals, and says what became of it.
pub(crate) async fn run(args: Args, clock: Clock) -> anyhow::Result<ExitCode> {
    logging::start_quiet()?;
    if args.interval < args.protocol.shortest_interval() {
        return usage("simulate.interval", "this protocol tells whole seconds: use an --interval of at least 1");
    }
    let (count, skipped) = (usize::try_from(args.vehicles)?, usize::try_from(args.skip)?);
    let secrets = args.devices.as_deref().map_or(Ok(Secrets::Seed), Secrets::of_file)?;
    if secrets.most().is_some_and(|most| most < count + skipped) {
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
        to: Destinations::only(args.protocol, address),
        from: args.source.clone(),
        begin: Instant::now(),
        begin_at: clock(),
        outages: args.outage.clone(),
        disorder: Disorder { late: args.late, duplicates: args.duplicates, future: args.future, late_by: args.late_by },
        drain: args.drain,
        tally: Arc::clone(&tally),
        stop: stop.clone(),
    });
    let mut terminals = JoinSet::new();
    let units = units::all();
    let places: Vec<_> = units.iter().map(|unit| unit.at).collect();
    let world = Arc::new(World::hangzhou(&places, &[]));
    let of_list = args.devices.is_some();
    let fleet = fleet::all(args.secret_seed.unwrap_or(args.seed), &units);
    let ours = fleet.filter(|car| of_list || Protocol::of(car.speaks) == Some(args.protocol));
    for (number, car) in ours.enumerate().skip(skipped).take(count) {
        let identity = secrets.of(args.protocol, number, &car)?;
        let terminal = Terminal::new(identity, vehicle(&world, &args, &car, &course), pace(&args, number - skipped));
        terminals.spawn(terminal.run(Arc::clone(&course)));
    }
    let ended = watch(&args, &course, &mut terminals).await;
    tally.close()?;
    let summary = tally.summary(args.protocol, count, ended);
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
fn pace(args: &Args, number: usize) -> Pace {
    let (number, count) = (seconds_of(number), f64::from(args.vehicles));
    let share = args.interval.mul_f64(number / count);
    let turn = Duration::from_secs_f64(number / f64::from(args.connects_per_s));
    Pace { moving: args.interval, standing: args.interval, first: share.max(turn) }
}

#[expect(clippy::cast_precision_loss, reason = "fewer than a million terminals")]
const fn seconds_of(number: usize) -> f64 {
    number as f64
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
        (_, refusal) => {
            let last = refusal.map(|refusal| format!("; last: {refusal}")).unwrap_or_default();
            format!("{} of {} reports were not acknowledged{last}", counts.sent - counts.acknowledged, counts.sent)
        }
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

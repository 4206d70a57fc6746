//! `motorpool plan`: a planning problem in, a plan with reasons out; and the proof of a plan.

mod check;
mod repair;
mod travel;

use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum, ValueHint};
use dispatch::plan::problem::Problem;
use dispatch::plan::read::ReadError;
use dispatch::plan::solution::Plan;
use dispatch::plan::{mdvsp, read, solve};
use serde::Serialize;

use crate::problem;

/// Plans a day: a problem in (JSON), a plan out with its reasons, its cost and a bound that no plan can beat (JSON).
///
/// With `--rounds` instead of a time limit the same problem and seed give the same plan on any machine.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example:\n  motorpool plan problem.json --time-limit 60 > plan.json\n  motorpool plan check problem.json plan.json\n  \
                  motorpool plan repair problem.json plan.json --at 2026-03-02T10:00:00+08:00 --car-fails 浙A00003"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The problem; standard input when absent or `-`.
    #[arg(value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// Seconds to spend on it.
    #[arg(long, visible_alias = "seconds", value_name = "SECS", default_value_t = 10.0, value_parser = seconds)]
    time_limit: f64,
    /// Rounds of the search instead of a time limit.
    #[arg(long, value_name = "N", conflicts_with = "time_limit")]
    rounds: Option<u64>,
    /// Where chance begins.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What the problem is written in.
    #[arg(long, value_enum, default_value_t = Format::Motorpool)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Repair(repair::Args),
    Travel(travel::Args),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// JSON, as the product gives and takes it.
    Motorpool,
    /// The public multi-depot problems: depots, trips, cars a depot, and a square table of costs.
    Mdvsp,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.1..=86_400.0).contains(seconds));
    seconds.ok_or_else(|| "a number of seconds from 0.1 to 86400".to_owned())
}

pub(crate) async fn run(mut args: Args) -> anyhow::Result<ExitCode> {
    match args.command.take() {
        Some(Command::Check(wanted)) => return check::run(&wanted),
        Some(Command::Repair(wanted)) => return repair::run(&wanted),
        Some(Command::Travel(wanted)) => return travel::run(&wanted).await,
        None => {}
    }
    let text = text_of(args.file.as_deref())?;
    let problem = match args.format {
        Format::Motorpool => read::read(&text).map_err(|error| wrong(&error))?,
        Format::Mdvsp => mdvsp::read(&String::from_utf8_lossy(&text))
            .map_err(|error| problem::Problem::new(error.code(), error.to_string(), "give a file of the public problems"))?,
    };
    let plan = plan(&problem, &args)?;
    match args.format {
        Format::Motorpool => print(&plan)?,
        Format::Mdvsp => print(&mdvsp::schedule(&problem, &plan))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Plans with a clock, or by rounds alone; how far it is stands on a terminal.
fn plan(problem: &Problem, args: &Args) -> anyhow::Result<Plan> {
    let begin = Instant::now();
    let mut shown = begin;
    let mut effort = |rounds: u64| {
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let spent = match args.rounds {
            Some(most) => rounds as f64 / most.max(1) as f64,
            None => begin.elapsed().as_secs_f64() / args.time_limit,
        };
        if shown.elapsed() > Duration::from_secs(1) {
            shown = Instant::now();
            show(&format!("{:3.0} %  {rounds} rounds", 100.0 * spent.min(1.0)));
        }
        spent
    };
    let mut plan = solve::solve(problem, args.seed, &mut effort).map_err(|error| wrong(&error))?;
    show("");
    plan.seconds = (begin.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    Ok(plan)
}

fn show(line: &str) {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        // Nobody is left to be told when standard error is closed.
        let _ = write!(stderr, "\r{line:40}\r");
    }
}

fn text_of(file: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    if let Some(file) = file.filter(|file| *file != Path::new("-")) {
        return fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    }
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text).context("cannot read the problem")?;
    Ok(text)
}

fn wrong(error: &ReadError) -> problem::Problem {
    problem::Problem::new(error.code(), error.to_string(), format!("mend {} of the problem", error.path))
}

fn print(answer: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(answer).context("cannot write the answer")?;
    text.push('\n');
    match io::stdout().lock().write_all(text.as_bytes()) {
        // The reader has seen enough, as `head` does.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}

//! `motorpool plan repair`: something happens to a plan, and it is made whole again with as few others moved as can be.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, FixedOffset};
use clap::ValueHint;
use dispatch::plan::problem::Problem;
use dispatch::plan::problem_json;
use dispatch::plan::read::{read, read_request};
use dispatch::plan::repair::{PlanEvent, RepairLimits, repair};
use serde_json::json;

use super::check::{contents, plan_in};
use super::{print, wrong};
use crate::problem;

/// Makes a plan whole again after something happened: what has left stays, and few others move.
///
/// Prints the plan, the problem as it now is (which `motorpool plan check` takes), and who moved and why.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("event").required(true),
    after_help = "Example:\n  motorpool plan repair problem.json plan.json --at 2026-03-02T10:00:00+08:00 --late r7 --seconds 1800"
)]
pub(super) struct Args {
    /// The problem.
    #[arg(value_hint = ValueHint::FilePath)]
    problem: PathBuf,
    /// The plan that answers it.
    #[arg(value_hint = ValueHint::FilePath)]
    solution: PathBuf,
    /// When it happens, such as 2026-03-02T10:00:00+08:00.
    #[arg(long, value_name = "TIME")]
    at: DateTime<FixedOffset>,
    /// This car stands still from then on.
    #[arg(long, value_name = "VEHICLE", group = "event")]
    car_fails: Option<String>,
    /// Nobody wants this request any more.
    #[arg(long, value_name = "REQUEST", group = "event")]
    cancelled: Option<String>,
    /// This request takes longer, by `--seconds`.
    #[arg(long, value_name = "REQUEST", group = "event", requires = "seconds")]
    late: Option<String>,
    /// How much longer.
    #[arg(long, value_name = "SECS", requires = "late")]
    seconds: Option<u32>,
    /// One more request, in a file, as it stands in a problem.
    #[arg(long, value_name = "FILE", group = "event", value_hint = ValueHint::FilePath)]
    asked: Option<PathBuf>,
    /// Others that may be moved to make room.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=4))]
    others: u8,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let problem = read(&contents(&args.problem)?).map_err(|error| wrong(&error))?;
    let plan = plan_in(&args.solution)?;
    let event = event(args, &problem)?;
    let limits = RepairLimits { others: usize::from(args.others) };
    let repaired = repair(&problem, &plan, &event, args.at.to_utc(), limits).map_err(|error| {
        problem::Problem::new(error.code(), error.to_string(), "give the plan of this problem and what has not begun")
    })?;
    print(&json!({ "plan": repaired.plan, "moved": repaired.moved, "problem": problem_json::of(&repaired.problem) }))?;
    Ok(ExitCode::SUCCESS)
}

fn event(args: &Args, problem: &Problem) -> anyhow::Result<PlanEvent> {
    let unknown = |id: &str| {
        problem::Problem::new("plan.unknown_id", format!("the problem does not know {id}"), "give an id of the problem")
    };
    let request = |id: &str| problem.requests.iter().position(|request| request.id == id).ok_or_else(|| unknown(id));
    if let Some(id) = &args.car_fails {
        let car = problem.vehicles.iter().position(|vehicle| vehicle.id == *id);
        return Ok(PlanEvent::CarFails(car.ok_or_else(|| unknown(id))?));
    }
    if let Some(id) = &args.cancelled {
        return Ok(PlanEvent::Cancelled(request(id)?));
    }
    if let Some(file) = &args.asked {
        return Ok(PlanEvent::Asked(Box::new(read_request(&contents(file)?, problem).map_err(|error| wrong(&error))?)));
    }
    let id = args.late.as_deref().unwrap_or_default();
    Ok(PlanEvent::Late { request: request(id)?, seconds: args.seconds.unwrap_or_default() })
}

//! `motorpool plan check`: proves a plan against its problem, with code that shares nothing with the planner.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::ValueHint;
use dispatch::plan::check::check;
use dispatch::plan::read::read;
use dispatch::plan::solution::Plan;
use serde_json::json;

use super::{print, wrong};
use crate::problem::Problem;

/// Breaches that are told at most; how many there are is told as well.
const TOLD: usize = 10;

/// Proves a plan: every arrival, distance, shift, range, seat, driver and cost is worked out again from the problem alone.
///
/// Ends with status 1 when anything is wrong, and tells the first ten breaches.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool plan check problem.json plan.json")]
pub(super) struct Args {
    /// The problem.
    #[arg(value_hint = ValueHint::FilePath)]
    problem: PathBuf,
    /// The plan that answers it.
    #[arg(value_hint = ValueHint::FilePath)]
    solution: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let problem = read(&contents(&args.problem)?).map_err(|error| wrong(&error))?;
    let plan = plan_in(&args.solution)?;
    let breaches = check(&problem, &plan);
    let told = breaches.get(..TOLD).unwrap_or(&breaches);
    print(&json!({
        "valid": breaches.is_empty(),
        "breaches": breaches.len(),
        "first": told,
        "cost_fen": plan.totals.cost_fen,
        "unserved": plan.unserved.len(),
        "vehicles_used": plan.totals.vehicles_used,
    }))?;
    Ok(if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A plan that was printed before.
pub(super) fn plan_in(file: &Path) -> anyhow::Result<Plan> {
    let plan = serde_json::from_slice(&contents(file)?).map_err(|error| {
        let reason = format!("{} is no plan: {error}", file.display());
        Problem::new("plan.not_a_plan", reason, "give what `motorpool plan` printed")
    })?;
    Ok(plan)
}

pub(super) fn contents(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

//! Days planned at a given effort: what they cost, how far above the bound, and what public problems come to.
//!
//! `cargo bench -p dispatch --bench day -- [requests] [cars] [CPU-seconds] [seeds] [loose|tight]`, and with `mdvsp FILE… CPU-seconds`
//! the files of the public set; best-known values are read from `bounds.txt` beside them; with `province CPU-seconds` a province county
//! by county, so many seconds for each; with `repairs [requests] [cars] [CPU-seconds] [events]` what happens to a day. With `write FILE`
//! behind the other words the problem of the first seed is written there as JSON. Words such as `hot=0.2` change the settings.
#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]

mod counties;
mod cpu;
mod generator;
mod public;
mod repairs;

use std::fs;

use dispatch::plan::check::check;
use dispatch::plan::problem_json;
use dispatch::plan::settings::Settings;
use dispatch::plan::solve::solve_with;

use crate::generator::{Size, day};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.first().is_some_and(|word| word == "mdvsp") {
        return public::run(words.get(1..).unwrap_or_default(), settings(&words));
    }
    if words.first().is_some_and(|word| word == "province") {
        let seconds = words.get(1).and_then(|word| word.parse().ok()).unwrap_or(5.0);
        return counties::run(seconds, settings(&words));
    }
    let number = |at: usize, otherwise: usize| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(otherwise);
    let is_tight = words.iter().any(|word| word == "tight");
    if words.first().is_some_and(|word| word == "repairs") {
        let size = Size { requests: number(1, 1_000), cars: number(2, 300), is_tight };
        #[expect(clippy::cast_precision_loss, reason = "some seconds")]
        return repairs::run(size, number(3, 20) as f64, number(4, 4_000), settings(&words));
    }
    let size = Size { requests: number(0, 1_000), cars: number(1, 300), is_tight };
    let (seconds, seeds) = (number(2, 60), number(3, 3));
    if let Some(file) = words.iter().position(|word| word == "write").and_then(|at| words.get(at + 1)) {
        let text = problem_json::of(&day(size, 1)).to_string();
        return fs::write(file, text).unwrap_or_else(|error| println!("cannot write {file}: {error}"));
    }
    println!(
        "{} requests, {} cars, {}, {seconds} CPU-seconds",
        size.requests,
        size.cars,
        if is_tight { "tight" } else { "loose" }
    );
    println!("seed       cost yuan  unserved  cars      bound yuan   gap %  CPU-s  breaches     rounds");
    for seed in 1..=seeds {
        measure(size, u64::try_from(seed).unwrap_or_default(), seconds, settings(&words));
    }
}

/// The settings as they are, but for those that are named.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whatever is given at the command line of a bench")]
fn settings(words: &[String]) -> Settings {
    let mut settings = Settings::default();
    for (name, value) in words.iter().filter_map(|word| word.split_once('=')) {
        let Ok(value) = value.parse::<f64>() else { continue };
        match name {
            "hot" => settings.hot = value,
            "warm" => settings.warm = value,
            "cold" => settings.cold = value,
            "removed" => settings.removed = value as usize,
            "longest" => settings.longest = value as usize,
            "blink" => settings.blink = value,
            "rounds_a_car" => settings.rounds_a_car = value as u64,
            "annealed" => settings.annealed = value,
            "unsure" => settings.unsure = value as usize,
            "dive_rounds" => settings.dive_rounds = value as usize,
            "given_up" => settings.given_up = value as usize,
            "given_up_more" => settings.given_up_more = value as usize,
            "polished" => settings.polished = value,
            "priced" => settings.priced = value,
            "step" => settings.step = value,
            "routes" => settings.routes = value as usize,
            "steps" => settings.steps = value as usize,
            "weight" => settings.weight = value,
            _ => println!("{name} is no setting"),
        }
    }
    settings
}

fn measure(size: Size, seed: u64, seconds: usize, settings: Settings) {
    let problem = day(size, seed);
    let begin = cpu::seconds();
    #[expect(clippy::cast_precision_loss, reason = "some seconds")]
    let all = seconds as f64;
    let mut rounds = 0;
    let mut effort = |made: u64| {
        rounds = made;
        (cpu::seconds() - begin) / all
    };
    let plan = solve_with(&problem, seed, &mut effort, settings);
    let spent = cpu::seconds() - begin;
    match plan {
        Err(error) => println!("{seed:4}  {error}"),
        Ok(plan) => println!(
            "{seed:4}  {:14}  {:8}  {:4}  {:14}  {:6.2}  {spent:5.1}  {:8}  {rounds:9}",
            yuan(plan.totals.cost_fen),
            plan.unserved.len(),
            plan.totals.vehicles_used,
            yuan(plan.bound_fen.unwrap_or_default()),
            plan.gap_pct.unwrap_or(f64::NAN),
            check(&problem, &plan).len(),
        ),
    }
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

//! Days planned at a given effort: what they cost, how far above the bound, and what public problems come to.
//!
//! `cargo bench -p dispatch --bench day -- [requests] [cars] [CPU-seconds] [seeds] [loose|tight]`, and with `mdvsp FILE… CPU-seconds`
//! the files of the public set; best-known values are read from `bounds.txt` beside them. With `write FILE` behind the other words the
//! problem of the first seed is written there as JSON.
#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]

mod cpu;
mod generator;
mod json;
mod public;

use std::fs;

use dispatch::plan::check::check;
use dispatch::plan::solve::solve;

use crate::generator::{Size, day};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.first().is_some_and(|word| word == "mdvsp") {
        return public::run(words.get(1..).unwrap_or_default());
    }
    let number = |at: usize, otherwise: usize| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(otherwise);
    let is_tight = words.iter().any(|word| word == "tight");
    let size = Size { requests: number(0, 1_000), cars: number(1, 300), is_tight };
    let (seconds, seeds) = (number(2, 60), number(3, 3));
    if let Some(file) = words.iter().position(|word| word == "write").and_then(|at| words.get(at + 1)) {
        let text = json::of(&day(size, 1));
        return fs::write(file, text).unwrap_or_else(|error| println!("cannot write {file}: {error}"));
    }
    println!(
        "{} requests, {} cars, {}, {seconds} CPU-seconds",
        size.requests,
        size.cars,
        if is_tight { "tight" } else { "loose" }
    );
    println!("seed       cost yuan  unserved  cars      bound yuan   gap %  CPU-s  breaches");
    for seed in 1..=seeds {
        measure(size, u64::try_from(seed).unwrap_or_default(), seconds);
    }
}

fn measure(size: Size, seed: u64, seconds: usize) {
    let problem = day(size, seed);
    let begin = cpu::seconds();
    #[expect(clippy::cast_precision_loss, reason = "some seconds")]
    let all = seconds as f64;
    let plan = solve(&problem, seed, &mut |_| (cpu::seconds() - begin) / all);
    let spent = cpu::seconds() - begin;
    match plan {
        Err(error) => println!("{seed:4}  {error}"),
        Ok(plan) => println!(
            "{seed:4}  {:14}  {:8}  {:4}  {:14}  {:6.2}  {spent:5.1}  {:8}",
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

//! The public multi-depot problems, and how far from the best-known values they end.

use std::fs;
use std::path::Path;

use dispatch::plan::settings::Settings;
use dispatch::plan::{mdvsp, solve};

use crate::cpu;

/// Files that were unpacked, and behind them how many CPU-seconds each may take.
pub(crate) fn run(words: &[String], settings: Settings) {
    let seconds: f64 = words.iter().find_map(|word| word.parse().ok()).unwrap_or(30.0);
    println!("problem       cost       bound  best known  over best %  CPU-s");
    for file in words.iter().filter(|word| word.parse::<f64>().is_err() && !word.contains('=')) {
        let path = Path::new(file);
        let text = fs::read_to_string(path).unwrap_or_default();
        let problem = match mdvsp::read(&text) {
            Ok(problem) => problem,
            Err(error) => {
                println!("{file}: {error}");
                continue;
            }
        };
        let begin = cpu::seconds();
        let Ok(plan) = solve::solve_with(&problem, 1, &mut |_| (cpu::seconds() - begin) / seconds, settings) else { continue };
        let spent = cpu::seconds() - begin;
        let schedule = mdvsp::schedule(&problem, &plan);
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next()).unwrap_or_default();
        let best = best_known(path, name);
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let over = best.map_or(f64::NAN, |best| 100.0 * (schedule.cost - best) as f64 / best as f64);
        let best = best.unwrap_or_default();
        println!("{name:9}  {:9}  {:9}  {best:10}  {over:11.3}  {spent:5.1}", schedule.cost, schedule.bound);
    }
}

/// The third word of the problem's line in `bounds.txt`.
fn best_known(path: &Path, name: &str) -> Option<i64> {
    let text = fs::read_to_string(path.with_file_name("bounds.txt")).ok()?;
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(name))?;
    line.split_whitespace().nth(2)?.parse().ok()
}

//! `cargo bench -p dispatch --bench matching`: batches of a province matched exactly, beside general solvers on the same file.
//!
//! Referees run where `MOTORPOOL_REFEREES` names a Python that has `benches/referees/requirements.txt` installed. Times are of
//! the processor, without building the model; the best of `MOTORPOOL_BENCH_RUNS` (9) of ours, and of a third of them of theirs.

#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

mod province;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use dispatch::matching::lists::Lists;
use dispatch::matching::proof::flaws;
use dispatch::matching::widen::solve_certified;
use dispatch::matching::{Matching, solve};
use dispatch::money::Money;
use dispatch::nearby::batch::{self, Wanted};
use dispatch::nearby::index::Nearby;
use dispatch::nearby::need::Terms;
use province::{Province, terms};

type Failure = Box<dyn Error>;

/// Trips, cars, candidates each; whether the slow referees take part.
const BATCHES: &[(usize, u128, usize, bool)] =
    &[(500, 2_000, 30, true), (2_300, 7_700, 30, true), (23_000, 77_000, 30, true), (69_300, 77_000, 30, false)];
/// A trip's car is there within two hours.
const PATIENCE_S: u32 = 7_200;

fn main() -> Result<(), Failure> {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (runs, seed) = (number("MOTORPOOL_BENCH_RUNS", 9), number("MOTORPOOL_BENCH_SEED", 1));
    let (only, terms) = (number("MOTORPOOL_BENCH_TRIPS", 0), terms()?);
    for (trips, cars, most, with_slow) in BATCHES {
        if only != 0 && usize::try_from(only) != Ok(*trips) {
            continue;
        }
        let mut province = Province::new(seed);
        let nearby = province.cars(*cars);
        let batch: Vec<Wanted> = (0..*trips).map(|_| province.trip(PATIENCE_S)).collect();
        let begun = Instant::now();
        let (lists, complete_below) = batch::lists(&nearby, &batch, &terms, *most)?;
        let pairings: usize = (0..lists.rows()).map(|row| lists.candidates(row).len()).sum();
        println!(
            "\n{trips} trips, {cars} cars, {most} candidates, seed {seed}: {pairings} pairings, listed in {:.0} ms",
            ms(begun)
        );
        let (ours_ms, matching) = ours(&lists, runs)?;
        tell("own shortest augmenting paths", ours_ms, ours_ms, matching.total.fen(), "");
        let (fen, unserved) = first_come(&lists);
        println!("  first come, nearest: {fen} fen, {unserved} unserved; exact: {} unserved", unserved_of(&matching));
        referees(&lists, runs, *with_slow, ours_ms, matching.total.fen())?;
        if number("MOTORPOOL_BENCH_CERTIFY", 1) == 1 && *trips <= 23_000 {
            certified(&nearby, &batch, &terms, (lists, complete_below), &matching)?;
        }
    }
    Ok(())
}

/// The best of several runs, in milliseconds, and what it found, proved.
fn ours(lists: &Lists, runs: u64) -> Result<(f64, Matching), Failure> {
    let (mut best, mut matching) = (f64::INFINITY, solve(lists));
    let once = (0..5).map(|_| {
        let begun = Instant::now();
        matching = solve(lists);
        ms(begun)
    });
    let once_ms = once.fold(f64::INFINITY, f64::min);
    // The kernel counts in ticks of some milliseconds: what is quicker is done so often that they are many.
    let times = (0..1_000_u32).find(|times| once_ms * f64::from(*times) >= 100.0).unwrap_or(1_000);
    for _ in 0..runs {
        let begun = cpu_ms()?;
        (0..times).for_each(|_| matching = solve(lists));
        best = best.min((cpu_ms()? - begun) / f64::from(times));
    }
    match flaws(lists, &matching).first() {
        None => Ok((best, matching)),
        Some(flaw) => Err(flaw.to_string().into()),
    }
}

/// What the short lists cost against all that could go, and what it takes to prove that nothing is lost.
fn certified(
    nearby: &Nearby,
    batch: &[Wanted],
    terms: &Terms,
    short: (Lists, Vec<Money>),
    before: &Matching,
) -> Result<(), Failure> {
    let begun = Instant::now();
    let (widened, certified) = solve_certified(short.0, &short.1, |asked| {
        let offers = batch.get(asked.row).map(|wanted| nearby.cheaper(&wanted.need, terms, asked.bar)).unwrap_or_default();
        offers.iter().filter_map(|offer| Some((nearby.place_of(offer.vehicle)?, offer.cost))).collect()
    })?;
    let (short, whole) = (before.total.fen(), certified.matching.total.fen());
    println!(
        "  over all cars, proved: {whole} fen, the short lists cost {:.4} % more; {} rounds, {} candidates joined, {:.0} ms",
        (as_f64(short) / as_f64(whole) - 1.0) * 100.0,
        certified.rounds,
        certified.added,
        ms(begun),
    );
    match flaws(&widened, &certified.matching).first() {
        None => Ok(()),
        Some(flaw) => Err(flaw.to_string().into()),
    }
}

/// Each in its turn takes the cheapest that is left.
fn first_come(lists: &Lists) -> (i64, usize) {
    let mut is_taken = vec![false; lists.columns()];
    let (mut fen, mut unserved) = (0, 0);
    for row in 0..lists.rows() {
        let mut candidates = lists.candidates(row).iter();
        let free = candidates.find(|pairing| is_taken.get(pairing.column() as usize) == Some(&false));
        let cost = free.map(|pairing| (pairing.column() as usize, pairing.cost()));
        if let Some(is_taken) = cost.and_then(|(column, _)| is_taken.get_mut(column)) {
            *is_taken = true;
        } else {
            unserved += 1;
        }
        fen += cost.map_or(lists.unserved(row), |(_, cost)| cost).fen();
    }
    (fen, unserved)
}

/// The same instance, solved by whoever is there to be asked.
fn referees(lists: &Lists, runs: u64, with_slow: bool, ours_ms: f64, ours_fen: i64) -> Result<(), Failure> {
    let Ok(python) = std::env::var("MOTORPOOL_REFEREES") else {
        println!("  no referees: MOTORPOOL_REFEREES names no Python");
        return Ok(());
    };
    let file = std::env::temp_dir().join(format!("matching-{}.bin", std::process::id()));
    write(lists, &file)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/referees/matching.py");
    let slow = if with_slow { "slow" } else { "fast" };
    let said = Command::new(python).arg(script).arg(&file).arg((runs / 3).max(1).to_string()).arg(slow).output()?;
    std::fs::remove_file(&file)?;
    if !said.status.success() {
        return Err(String::from_utf8_lossy(&said.stderr).into_owned().into());
    }
    // Some of them greet before they work.
    for line in String::from_utf8(said.stdout)?.lines().filter(|line| line.starts_with('{')) {
        let said: serde_json::Value = serde_json::from_str(line)?;
        let solver = said.get("solver").and_then(serde_json::Value::as_str).unwrap_or_default();
        let milliseconds = said.get("ms").and_then(serde_json::Value::as_f64).unwrap_or_default();
        let fen = said.get("fen").and_then(serde_json::Value::as_i64).unwrap_or_default();
        tell(solver, milliseconds, ours_ms, fen, if fen == ours_fen { "the same" } else { "NOT THE SAME" });
    }
    Ok(())
}

/// Little-endian: rows, columns, pairings (64 bits each), the starts of the rows, columns, costs (32), what leaving out costs (64).
fn write(lists: &Lists, file: &Path) -> Result<(), Failure> {
    let rows = || (0..lists.rows()).map(|row| lists.candidates(row));
    let pairings: usize = rows().map(<[_]>::len).sum();
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    for count in [lists.rows(), lists.columns(), pairings] {
        out.write_all(&u64::try_from(count)?.to_le_bytes())?;
    }
    let mut start = 0_u32;
    out.write_all(&start.to_le_bytes())?;
    for row in rows() {
        start += u32::try_from(row.len())?;
        out.write_all(&start.to_le_bytes())?;
    }
    for pairing in rows().flatten() {
        out.write_all(&pairing.column().to_le_bytes())?;
    }
    for pairing in rows().flatten() {
        out.write_all(&u32::try_from(pairing.cost().fen())?.to_le_bytes())?;
    }
    for row in 0..lists.rows() {
        out.write_all(&lists.unserved(row).fen().to_le_bytes())?;
    }
    out.flush()?;
    Ok(())
}

fn unserved_of(matching: &Matching) -> usize {
    matching.columns.iter().filter(|column| column.is_none()).count()
}

fn tell(solver: &str, milliseconds: f64, ours_ms: f64, fen: i64, verdict: &str) {
    println!("  {solver:<34} {milliseconds:>10.2} ms  {:>7.1} ×  {fen} fen {verdict}", milliseconds / ours_ms);
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of amounts, for people")]
fn as_f64(fen: i64) -> f64 {
    fen as f64
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// Milliseconds of the processor that this thread has had: others share the machine.
fn cpu_ms() -> Result<f64, Failure> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(line.split(' ').next().unwrap_or_default().parse::<f64>()? / 1e6)
}

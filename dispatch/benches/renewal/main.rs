//! `cargo bench -p dispatch --bench renewal`: what becomes of 1,000 and of 77,000 cars in five years, with the bound that `HiGHS` proves beside ours.
//!
//! The referee runs where `MOTORPOOL_REFEREES` names a Python that has `benches/referees/requirements.txt` installed; `MOTORPOOL_BENCH_CARS`
//! asks for one size alone, `MOTORPOOL_BENCH_REFEREE_SECS` (1800) for how long `HiGHS` may work. Times are of this thread's processor.

#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

mod fleet;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use dispatch::money::Money;
use dispatch::renewal::check::faults;
use dispatch::renewal::model::Model;
use dispatch::renewal::solve::{Solved, solve_model};

type Failure = Box<dyn Error>;

/// Cars of the fleets.
const FLEETS: &[usize] = &[1_000, 77_000];

fn main() -> Result<(), Failure> {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (only, seeds) = (number("MOTORPOOL_BENCH_CARS", 0), number("MOTORPOOL_BENCH_SEEDS", 1));
    let limit_s = number("MOTORPOOL_BENCH_REFEREE_SECS", 1_800);
    for cars in FLEETS.iter().filter(|cars| only == 0 || u64::try_from(**cars) == Ok(only)) {
        for seed in 1..=seeds {
            let begun = cpu_s()?;
            let problem = fleet::problem(*cars, seed);
            let model = Model::of(&problem)?;
            let built = cpu_s()?;
            let solved = solve_model(&model);
            let done = cpu_s()?;
            println!(
                "\n{cars} cars × {} years, seed {seed}: {} options, {} limits; made in {:.1} s",
                problem.years,
                model.choices.len(),
                model.rows.len(),
                built - begun
            );
            let gap = solved.gap().ok_or("a limit does not hold")?;
            println!(
                "  ours: {} fen, bound {} fen, gap {:.4} %, {:.1} s, peak {} MiB",
                solved.cost,
                solved.bound,
                gap * 100.0,
                done - built,
                peak_mib()?
            );
            let choices: Vec<_> = solved.taken.iter().filter_map(|option| model.choices.get(*option).copied()).collect();
            if let Some(fault) = faults(&problem, &choices, Money::from_fen(solved.cost)).first() {
                return Err(format!("the checker found {fault:?}").into());
            }
            referee(&model, &solved, limit_s)?;
        }
    }
    Ok(())
}

/// What `HiGHS` proves of the same options and limits.
fn referee(model: &Model, solved: &Solved, limit_s: u64) -> Result<(), Failure> {
    let Ok(python) = std::env::var("MOTORPOOL_REFEREES") else {
        println!("  no referee: MOTORPOOL_REFEREES names no Python");
        return Ok(());
    };
    let file = std::env::temp_dir().join(format!("renewal-{}.bin", std::process::id()));
    write(model, &file)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/referees/renewal.py");
    let said = Command::new(python).arg(script).arg(&file).arg(limit_s.to_string()).output()?;
    std::fs::remove_file(&file)?;
    if !said.status.success() {
        return Err(String::from_utf8_lossy(&said.stderr).into_owned().into());
    }
    for line in String::from_utf8(said.stdout)?.lines().filter(|line| line.starts_with('{')) {
        let said: serde_json::Value = serde_json::from_str(line)?;
        let text = |name: &str| said.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let number = |name: &str| said.get(name).and_then(serde_json::Value::as_f64).unwrap_or_default();
        let bound = said.get("bound").and_then(serde_json::Value::as_i64).ok_or("no bound")?;
        let gap = (as_f64(solved.cost) - as_f64(bound)) / as_f64(solved.cost.abs()) * 100.0;
        println!(
            "  {}: bound {bound} fen, our gap to it {gap:.4} %, {:.1} s, peak {:.0} MiB",
            text("solver"),
            number("s"),
            number("mib")
        );
    }
    Ok(())
}

/// Little-endian, 64 bits each unless said: rows, cars, options, terms; what each row is at most; the starts of the cars; costs; the starts of
/// the options' terms; rows (32), amounts (32).
fn write(model: &Model, file: &Path) -> Result<(), Failure> {
    let options = || 0..model.choices.len();
    let terms: usize = options().map(|option| model.terms(option).len()).sum();
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    for count in [model.rows.len(), model.cars(), model.choices.len(), terms] {
        out.write_all(&u64::try_from(count)?.to_le_bytes())?;
    }
    for row in &model.rows {
        out.write_all(&row.most.to_le_bytes())?;
    }
    for start in &model.starts {
        out.write_all(&u64::try_from(*start)?.to_le_bytes())?;
    }
    for cost in &model.costs {
        out.write_all(&cost.to_le_bytes())?;
    }
    let mut start = 0_u64;
    out.write_all(&start.to_le_bytes())?;
    for option in options() {
        start += u64::try_from(model.terms(option).len())?;
        out.write_all(&start.to_le_bytes())?;
    }
    for term in options().flat_map(|option| model.terms(option)) {
        out.write_all(&term.row.to_le_bytes())?;
    }
    for term in options().flat_map(|option| model.terms(option)) {
        out.write_all(&term.by.to_le_bytes())?;
    }
    out.flush()?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of amounts, for people")]
fn as_f64(fen: i64) -> f64 {
    fen as f64
}

/// Seconds of the processor that this thread has had: others share the machine.
fn cpu_s() -> Result<f64, Failure> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(line.split(' ').next().unwrap_or_default().parse::<f64>()? / 1e9)
}

/// The most memory that the program held.
fn peak_mib() -> Result<u64, Failure> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().next().ok_or("no figure")?.parse::<u64>()? / 1024)
}

//! `cargo bench -p dispatch --bench nearby`: one trip among 77,000 cars, while 1,000 of them a second report where they are.
//!
//! A decision is the thirty cheapest cars that may go, a whole answer every rule and the cost of every car. Both wait for the lock
//! under which the positions are written, and the time is that of the clock, waiting included; beside it the same without
//! what others on the machine had of the processor meanwhile.

#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

mod province;

use std::error::Error;
use std::hint::black_box;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dispatch::nearby::batch::Wanted;
use dispatch::nearby::index::{CarOffer, Nearby};
use dispatch::nearby::need::Terms;
use dispatch::nearby::way::Point;
use province::{Chance, Province, terms};

type Failure = Box<dyn Error>;

const CARS: u128 = 77_000;
const REQUESTS: usize = 4_000;
const CANDIDATES: usize = 30;
/// Positions a second, in a hundred strokes.
const UPDATES: usize = 1_000;
/// A car is there within an hour.
const PATIENCE_S: u32 = 3_600;

fn main() -> Result<(), Failure> {
    let (mut province, terms) = (Province::new(1), terms()?);
    let nearby = RwLock::new(province.cars(CARS));
    let trips: Vec<Wanted> = (0..REQUESTS).map(|_| province.trip(PATIENCE_S)).collect();
    let (is_over, updates) = (AtomicBool::new(false), AtomicUsize::new(0));
    let begun = Instant::now();
    let (decisions, answers, same) = std::thread::scope(|scope| {
        scope.spawn(|| feed(&nearby, &is_over, &updates));
        let measured = ask(&nearby, &trips, &terms);
        is_over.store(true, Ordering::Relaxed);
        measured
    });
    let rate = f64::from(u32::try_from(updates.load(Ordering::Relaxed))?) / begun.elapsed().as_secs_f64();
    println!("{CARS} cars, {REQUESTS} trips, {rate:.0} positions a second meanwhile");
    println!("  the {CANDIDATES} cheapest that may go   {}", percentiles(&decisions));
    println!("  every rule and cost of every car  {}", percentiles(&answers));
    println!("  decisions that are those of the full scan: {same} of {REQUESTS}");
    Ok(())
}

/// Moves cars at random, at an even rate.
fn feed(nearby: &RwLock<Nearby>, is_over: &AtomicBool, updates: &AtomicUsize) {
    let (begun, mut chance) = (Instant::now(), Chance::new(2));
    for stroke in 1.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        for _ in 0..UPDATES / 100 {
            let Ok(mut nearby) = nearby.write() else { return };
            let which = usize::try_from(chance.below(u64::try_from(nearby.cars().len()).unwrap_or_default()));
            let car = which.ok().and_then(|which| nearby.cars().get(which)).map(|car| (car.vehicle, car.place));
            if let Some((vehicle, Some(place))) = car {
                nearby.move_to(vehicle, Some(step(place, &mut chance)));
                updates.fetch_add(1, Ordering::Relaxed);
            }
        }
        let next = begun + Duration::from_millis(10) * stroke;
        std::thread::park_timeout(next.saturating_duration_since(Instant::now()));
    }
}

/// Some way further, as a car is between two reports.
fn step(from: Point, chance: &mut Chance) -> Point {
    let mut by = || i32::try_from(chance.bell(2_000)).unwrap_or_default();
    Point { lon_e7: from.lon_e7 + by(), lat_e7: from.lat_e7 + by() }
}

/// What one answer took.
#[derive(Clone, Copy, Debug)]
struct Took {
    clock: Duration,
    /// Less the time in which this thread could have run and another did.
    own: Duration,
}

/// Times of all decisions and of all whole answers, and how many decisions are those that looking at every car makes.
fn ask(nearby: &RwLock<Nearby>, trips: &[Wanted], terms: &Terms) -> (Vec<Took>, Vec<Took>, usize) {
    let (mut decisions, mut answers, mut same) = (Vec::new(), Vec::new(), 0);
    let mut verdicts = Vec::new();
    for trip in trips {
        let begun = (Instant::now(), queued());
        if let Ok(nearby) = nearby.read() {
            black_box(nearby.best(&trip.need, terms, CANDIDATES));
        }
        decisions.push(took(begun));
        let begun = (Instant::now(), queued());
        if let Ok(nearby) = nearby.read() {
            nearby.verdicts(&trip.need, terms, &mut verdicts);
            answers.push(took(begun));
            // With the lock held, so that both look at the same places.
            let may_go = nearby.cars().iter().zip(&verdicts).filter(|(_, verdict)| verdict.broken.is_none());
            let mut all: Vec<CarOffer> =
                may_go.map(|(car, verdict)| CarOffer { cost: verdict.cost, vehicle: car.vehicle }).collect();
            all.sort_unstable();
            all.truncate(CANDIDATES);
            same += usize::from(all == nearby.best(&trip.need, terms, CANDIDATES));
        }
    }
    (decisions, answers, same)
}

fn took((begun, queued_before): (Instant, Duration)) -> Took {
    let clock = begun.elapsed();
    Took { clock, own: clock.saturating_sub(queued().saturating_sub(queued_before)) }
}

/// How long this thread has waited for a processor so far.
fn queued() -> Duration {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(line.split(' ').nth(1).and_then(|waited| waited.parse().ok()).unwrap_or_default())
}

fn percentiles(times: &[Took]) -> String {
    let of = |part: fn(&Took) -> Duration| {
        let mut times: Vec<Duration> = times.iter().map(part).collect();
        times.sort_unstable();
        let at = |permille: usize| times.get(times.len() * permille / 1000).copied().unwrap_or_default().as_secs_f64() * 1000.0;
        format!("p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms", at(500), at(990), at(999))
    };
    format!("{}; without others: {}", of(|took| took.clock), of(|took| took.own))
}

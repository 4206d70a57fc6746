//! A whole province from cold: each county a day of its own, one after another on two threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use dispatch::plan::check::check;
use dispatch::plan::settings::Settings;
use dispatch::plan::solution::Plan;
use dispatch::plan::solve::solve_with;

use crate::cpu;
use crate::generator::{Size, day};
use crate::yuan;

const COUNTIES: usize = 167;
const REQUESTS: usize = 23_000;
const CARS: usize = 77_000;
const THREADS: usize = 2;

/// What one county came to.
struct Told {
    cost: i64,
    bound: i64,
    unserved: usize,
    breaches: usize,
}

/// So many CPU-seconds a county.
pub(crate) fn run(seconds: f64, settings: Settings) {
    println!("{REQUESTS} requests, {CARS} cars, {COUNTIES} counties, {THREADS} threads, {seconds} CPU-seconds a county");
    let (begin, next) = (Instant::now(), AtomicUsize::new(0));
    let work = || {
        let mut all = Vec::new();
        loop {
            let county = next.fetch_add(1, Ordering::Relaxed);
            if county >= COUNTIES {
                return all;
            }
            all.extend(plan(county, seconds, settings));
        }
    };
    let told: Vec<Told> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    let sum = |of: fn(&Told) -> i64| told.iter().map(of).sum::<i64>();
    let (cost, bound) = (sum(|one| one.cost), sum(|one| one.bound));
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let gap = 100.0 * (cost - bound) as f64 / bound as f64;
    let unserved: usize = told.iter().map(|one| one.unserved).sum();
    let breaches: usize = told.iter().map(|one| one.breaches).sum();
    println!("counties planned {}, cost {}, bound {}, gap {gap:.2} %", told.len(), yuan(cost), yuan(bound));
    println!("unserved {unserved}, breaches {breaches}, {:.0} s, {} MiB at most", begin.elapsed().as_secs_f64(), cpu::peak_mib());
}

fn plan(county: usize, seconds: f64, settings: Settings) -> Option<Told> {
    // Of what does not divide, the first counties have one more.
    let share = |all: usize| all / COUNTIES + usize::from(county < all % COUNTIES);
    let problem = day(Size { requests: share(REQUESTS), cars: share(CARS), is_tight: false }, county as u64);
    let begin = cpu::seconds();
    let plan: Plan = solve_with(&problem, 1, &mut |_| (cpu::seconds() - begin) / seconds, settings).ok()?;
    Some(Told {
        cost: plan.totals.cost_fen,
        bound: plan.bound_fen.unwrap_or_default(),
        unserved: plan.unserved.len(),
        breaches: check(&problem, &plan).len(),
    })
}

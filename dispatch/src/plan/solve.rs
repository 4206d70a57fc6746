//! From a problem to a plan: construct, anneal, find prices and with them a bound and better routes, anneal again, give the cars
//! their drivers.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the day's own tables")]

use super::anneal::{HOT, Heat, Search};
use super::bound::{Relaxation, dive};
use super::day::Day;
use super::draft::Draft;
use super::problem::Problem;
use super::read::{Fault, ReadError};
use super::solution::Plan;
use super::{drivers, reasons, write};

pub use super::anneal::Effort;

/// How much of the effort is spent when the first annealing is done, and when the prices are.
const ANNEALED: f64 = 0.35;
const PRICED: f64 = 0.85;
/// With drivers, how much is left for what they can do.
const FOR_DRIVERS: f64 = 0.3;
/// So many pairs of requests and classes take as long in a round of prices as a round of annealing.
const PAIRS_A_ROUND: u64 = 28;
/// How often promises that do not fit at once are tried in another order.
const TRIES: usize = 50;
/// Most of the plan is good as it is.
const WARM: Heat = Heat { first: 0.02, last: 0.000_3 };

/// Plans the day. The same problem, seed and answers of `effort` give the same plan; `effort` is asked now and then, with the
/// rounds that were made, for the share of the effort that is spent.
pub fn solve(problem: &Problem, seed: u64, effort: &mut Effort<'_>) -> Result<Plan, ReadError> {
    let day = Day::of(problem, None);
    let mut search = Search::new(&day, seed);
    let first = first(problem, &mut search)?;
    let Some(all) = &problem.drivers else {
        let (draft, bound) = best(&day, &mut search, first, effort);
        return Ok(told(problem, &day, &draft, &[], bound));
    };
    let without = 1.0 - FOR_DRIVERS;
    let (draft, bound) = best(&day, &mut search, first, &mut |round| effort(round) / without);
    let rounds = search.rounds;
    let driver_of = drivers::pair(problem, all, &write::write(problem, &day, &draft, &[]));
    let day = Day::of(problem, Some(&drivers::windows(problem, all, &driver_of)));
    let mut search = Search::new(&day, seed);
    let start = again(&day, &draft, &mut search);
    let draft = search.anneal(start, WARM, &mut |round| (effort(rounds + round) - without) / FOR_DRIVERS);
    promises_kept(problem, &draft)?;
    Ok(told(problem, &day, &draft, &driver_of, bound))
}

/// The best draft, and a bound in fen.
fn best(day: &Day, search: &mut Search<'_>, first: Draft, effort: &mut Effort<'_>) -> (Draft, i64) {
    let annealed = search.anneal(first, HOT, &mut |round| effort(round) / ANNEALED);
    let mut relaxation = Relaxation::of(day, &annealed);
    let made = search.rounds;
    let pairs = u64::try_from(day.requests() * day.classes.len()).unwrap_or(u64::MAX);
    let a_round = (pairs / PAIRS_A_ROUND).max(20);
    relaxation.improve(&mut |rounds| effort(made + rounds * a_round) >= PRICED);
    search.rounds += relaxation.rounds * a_round;
    let mut whole = dive(day, &relaxation, &mut search.undo);
    search.complete(&mut whole);
    let from = effort(search.rounds).min(PRICED);
    let polished = search.anneal(whole, WARM, &mut |round| (effort(round) - from) / (1.0 - from));
    let bound = relaxation.fen();
    if polished.cost < annealed.cost { (polished, bound) } else { (annealed, bound) }
}

fn told(problem: &Problem, day: &Day, draft: &Draft, driver_of: &[Option<usize>], bound: i64) -> Plan {
    let mut plan = write::write(problem, day, draft, driver_of);
    reasons::give(problem, day, draft, driver_of, &mut plan);
    plan.bound_fen = Some(bound);
    #[expect(clippy::cast_precision_loss, reason = "a share of a cost")]
    let gap = (bound > 0).then(|| 100.0 * (plan.totals.cost_fen - bound) as f64 / bound as f64);
    plan.gap_pct = gap;
    plan
}

/// The first plan, which keeps every promise.
fn first(problem: &Problem, search: &mut Search<'_>) -> Result<Draft, ReadError> {
    let mut draft = search.construct();
    for _ in 0..TRIES {
        if promises_kept(problem, &draft).is_ok() {
            break;
        }
        draft = search.construct();
    }
    promises_kept(problem, &draft).map(|()| draft)
}

fn promises_kept(problem: &Problem, draft: &Draft) -> Result<(), ReadError> {
    let broken = problem.promises.iter().position(|promise| draft.car_of[promise.request] != promise.vehicle);
    broken.map_or(Ok(()), |at| Err(ReadError { path: format!("fixed[{at}]"), fault: Fault::PromiseImpossible }))
}

/// The same routes on a day on which the cars may do less: what no longer fits is put where it does.
fn again(day: &Day, known: &Draft, search: &mut Search<'_>) -> Draft {
    let mut draft = Draft::empty(day);
    draft.begin(&mut search.undo);
    for car in &known.used {
        for request in &known.routes[*car].stops {
            if let Some(place) = draft.routes[*car].cheapest(day, day.class(*car), *request) {
                draft.insert(day, &mut search.undo, *request, *car, place.position);
            }
        }
    }
    search.complete(&mut draft);
    draft
}

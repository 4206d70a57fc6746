//! From a problem to a plan: construct, anneal, find prices and with them a bound and better routes, anneal again, give the cars
//! their drivers.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the day's own tables")]

use super::anneal::Search;
use super::bound::{Relaxation, draft_of};
use super::day::Day;
use super::draft::{Draft, NOBODY};
use super::problem::Problem;
use super::read::{Fault, ReadError};
use super::settings::Settings;
use super::solution::Plan;
use super::{drivers, parts, pool, reasons, write};

pub use super::anneal::Effort;

/// With drivers, how much is left for what they can do.
const FOR_DRIVERS: f64 = 0.3;
/// How often promises that do not fit at once are tried in another order.
const TRIES: usize = 50;

/// Plans the day. The same problem, seed and answers of `effort` give the same plan; `effort` is asked now and then, with the
/// rounds that were made, for the share of the effort that is spent.
pub fn solve(problem: &Problem, seed: u64, effort: &mut Effort<'_>) -> Result<Plan, ReadError> {
    solve_with(problem, seed, effort, Settings::default())
}

/// Plans the day with settings of one's own.
pub fn solve_with(problem: &Problem, seed: u64, effort: &mut Effort<'_>, settings: Settings) -> Result<Plan, ReadError> {
    let parties = pool::parties(problem);
    let day = Day::of(problem, &parties, None);
    let mut search = Search::new(&day, seed, settings);
    let first = first(problem, &mut search)?;
    let Some(all) = &problem.drivers else {
        let (draft, bound) = best(problem, &day, &mut search, first, effort);
        return Ok(told(problem, &day, &draft, &[], bound));
    };
    let without = 1.0 - FOR_DRIVERS;
    let (draft, bound) = best(problem, &day, &mut search, first, &mut |round| effort(round) / without);
    let rounds = search.rounds;
    let driver_of = drivers::pair(problem, all, &write::write(problem, &day, &draft, &[]));
    let day = Day::of(problem, &parties, Some(&drivers::windows(problem, all, &driver_of)));
    let mut search = Search::new(&day, seed, settings);
    let start = again(&day, &draft, &mut search);
    let draft = search.anneal(start, settings.warm, &mut |round| (effort(rounds + round) - without) / FOR_DRIVERS);
    promises_kept(problem, &day, &draft)?;
    Ok(told(problem, &day, &draft, &driver_of, bound))
}

/// The best draft, and a bound in fen.
fn best(problem: &Problem, day: &Day, search: &mut Search<'_>, first: Draft, effort: &mut Effort<'_>) -> (Draft, i64) {
    let settings = search.settings;
    let annealed = search.anneal(first, settings.hot, &mut |round| effort(round) / settings.annealed);
    // A bound holds for whatever could ride together, not only for the parties that were made here.
    let companions = pool::companions(problem);
    let is_pooled = day.requests() < problem.requests.len();
    let alone = is_pooled.then(|| Day::of(problem, &pool::singles(problem), None));
    let mut relaxation = match &alone {
        Some(alone) => Relaxation::of(alone, &Draft::empty(alone), companions, settings),
        None => Relaxation::of(day, &annealed, companions, settings),
    };
    let made = search.rounds;
    relaxation.improve(annealed.cost, &mut |rounds| effort(made + rounds) >= settings.priced);
    search.rounds += relaxation.spent();
    let bound = relaxation.fen();
    if is_pooled {
        relaxation = Relaxation::of(day, &annealed, vec![Vec::new(); day.requests()], settings);
        let made = search.rounds;
        relaxation.improve(annealed.cost, &mut |rounds| effort(made + rounds) >= settings.priced);
        search.rounds += relaxation.spent();
    }
    let polished = whole(day, search, &mut relaxation, effort);
    if polished.cost < annealed.cost { (polished, bound) } else { (annealed, bound) }
}

/// A plan out of the mixture of routes: the most taken ones, some annealing, and part after part anew.
fn whole(day: &Day, search: &mut Search<'_>, relaxation: &mut Relaxation<'_>, effort: &mut Effort<'_>) -> Draft {
    let settings = search.settings;
    let made = search.rounds;
    relaxation.work = 0;
    let routes = relaxation.dive(&[], &[], &mut |rounds| effort(made + rounds) >= 1.0);
    search.rounds += relaxation.spent();
    let mut draft = draft_of(day, &routes, &mut search.undo);
    search.complete(&mut draft);
    let from = effort(search.rounds);
    let share = (1.0 - from) * settings.polished;
    if share > 0.0 {
        draft = search.anneal(draft, settings.warm, &mut |round| (effort(round) - from) / share);
    }
    parts::improve(search, relaxation, draft, effort)
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
        if promises_kept(problem, search.day, &draft).is_ok() {
            break;
        }
        draft = search.construct();
    }
    promises_kept(problem, search.day, &draft).map(|()| draft)
}

fn promises_kept(problem: &Problem, day: &Day, draft: &Draft) -> Result<(), ReadError> {
    let car_of = |request: usize| {
        let stop = day.parties.iter().position(|party| party.contains(&request));
        stop.map_or(NOBODY, |stop| draft.car_of[stop])
    };
    let broken = problem.promises.iter().position(|promise| car_of(promise.request) != promise.vehicle);
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

//! Things that happen to a day that is planned: how long it takes until the plan is whole again, and how many others moved for it.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use dispatch::plan::check::check;
use dispatch::plan::problem::{Problem, Request, Window};
use dispatch::plan::repair::{PlanEvent, RepairLimits, Why, repair};
use dispatch::plan::settings::Settings;
use dispatch::plan::solve::solve_with;
use telematics::simulate::chance::Chance;

use crate::cpu;
use crate::generator::{Size, day};

const KINDS: [&str; 4] = ["car fails", "cancelled", "emergency", "late"];

/// Plans a day in so many CPU-seconds, and lets so many things happen to it, each to the plan as it was.
pub(crate) fn run(size: Size, seconds: f64, events: usize, settings: Settings) {
    let problem = day(size, 1);
    let begin = cpu::seconds();
    let Ok(plan) = solve_with(&problem, 1, &mut |_| (cpu::seconds() - begin) / seconds, settings) else { return };
    let mut chance = Chance::of(&[1]);
    let mut spans: Vec<Vec<Duration>> = vec![Vec::new(); KINDS.len()];
    let (mut most, mut moved, mut left, mut breaches) = (0, 0, [0; KINDS.len()], 0);
    for n in 0..events {
        let kind = n % KINDS.len();
        let (event, at) = event(&mut chance, &problem, kind);
        let before = Instant::now();
        let Ok(after) = repair(&problem, &plan, &event, at, RepairLimits { others: 3 }) else { continue };
        if let Some(spans) = spans.get_mut(kind) {
            spans.push(before.elapsed());
        }
        let others = after.moved.iter().filter(|moved| moved.why == Why::MadeRoom).count();
        (most, moved) = (most.max(others), moved + others);
        if let Some(left) = left.get_mut(kind) {
            *left += after.moved.iter().filter(|moved| moved.to.is_none()).count();
        }
        breaches += check(&after.problem, &after.plan).len();
    }
    println!("{} requests, {} cars: what happens        repairs  p50 ms  p99 ms  most ms  left out", size.requests, size.cars);
    for ((name, mut spans), left) in KINDS.iter().zip(spans).zip(left) {
        spans.sort_unstable();
        let ms = |at: usize| spans.get(at.min(spans.len().saturating_sub(1))).map_or(0.0, |span| span.as_secs_f64() * 1e3);
        let (p50, p99) = (ms(spans.len() / 2), ms(spans.len() * 99 / 100));
        println!("{name:40}  {:7}  {p50:6.1}  {p99:6.1}  {:7.1}  {left:8}", spans.len(), ms(spans.len()));
    }
    println!("others moved: {most} at most, {moved} in all; breaches {breaches}");
}

fn event(chance: &mut Chance, problem: &Problem, kind: usize) -> (PlanEvent, DateTime<Utc>) {
    let minutes = |minutes: usize| TimeDelta::minutes(i64::try_from(minutes).unwrap_or_default());
    let at = problem.now + minutes(60 + chance.below(720));
    let request = chance.below(problem.requests.len());
    let event = match kind {
        0 => PlanEvent::CarFails(chance.below(problem.vehicles.len())),
        1 => PlanEvent::Cancelled(request),
        2 => {
            let from = at + minutes(15 + chance.below(60));
            let pick_up = Window { from, to: from + minutes(15) };
            let like = problem.requests.get(request).cloned();
            like.map_or(PlanEvent::Cancelled(request), |like| {
                PlanEvent::Asked(Box::new(Request { id: "emergency".to_owned(), pick_up, is_emergency: true, ..like }))
            })
        }
        _ => PlanEvent::Late { request, seconds: u32::try_from(600 + chance.below(3_000)).unwrap_or(600) },
    };
    (event, at)
}

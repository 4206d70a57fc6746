//! The route of least reduced cost of a class, in whole numbers and exactly.
//!
//! A label is a way of having just served a request: its reduced cost, when the car is free, the metres behind it. What a label can
//! still come to is known beforehand from below ([`Outlook`]), so that the label that promises most is followed first, and the first
//! route that is at home is the best. One that is no better in any of the three than another at the same request can be replaced by
//! it in whatever follows, because being free earlier never makes a later pick-up later, and is dropped.
#![expect(clippy::indexing_slicing, reason = "requests, labels and positions are indices of lists made here")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Column;
use super::outlook::{Ahead, Outlook};
use crate::plan::day::{Day, Milli, Second};

/// The beginning of a route.
const START: u32 = u32::MAX;
/// Labels that are followed for more routes once the best is known.
const FOR_MORE: usize = 60;

/// A way of having just served a request.
#[derive(Clone, Copy, Debug)]
struct Label {
    cost: Milli,
    metres: i64,
    free: Second,
    /// The position of the request, and the label before it.
    at: u32,
    before: u32,
}

/// What is asked of a class.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Only routes that cost less than this count; it is none or less.
    pub(super) below: Milli,
    /// So many of them at most.
    pub(super) routes: usize,
}

/// Finds routes of least reduced cost.
#[derive(Debug)]
pub(super) struct Pricer {
    ahead: Ahead,
    outlook: Outlook,
    /// Steps that were made and are not counted elsewhere yet.
    pub(super) work: u64,
    labels: Vec<Label>,
    /// By position: the labels that none of the others can replace.
    fronts: Vec<Vec<u32>>,
    /// What may come to least first; whether it is at home; the label.
    open: BinaryHeap<Reverse<(Milli, bool, u32)>>,
}

impl Pricer {
    pub(super) fn new(day: &Day) -> Self {
        Self {
            ahead: Ahead::of(day),
            outlook: Outlook::default(),
            work: 0,
            labels: Vec::new(),
            fronts: vec![Vec::new(); day.requests()],
            open: BinaryHeap::new(),
        }
    }

    /// The least reduced cost of a route of the class, or what it has to be below when no route is, and the best routes that are below.
    pub(super) fn price(&mut self, day: &Day, class: usize, gains: &[Milli], wanted: Wanted) -> (Milli, Vec<Column>) {
        self.outlook.look(day, &self.ahead, &day.classes[class], gains);
        self.work += (self.outlook.mine.len() * self.outlook.mine.len() / 2 + gains.len()) as u64;
        self.labels.clear();
        self.open.clear();
        self.fronts.iter_mut().for_each(Vec::clear);
        self.follow(day, class, None, wanted.below);
        let (mut least, mut columns, mut left) = (None, Vec::new(), usize::MAX);
        while let Some(Reverse((cost, is_home, label))) = self.open.pop() {
            if is_home {
                least.get_or_insert(cost);
                left = left.min(FOR_MORE);
                let stops = self.stops(label);
                // One that passes a request twice is no route.
                if (1..stops.len()).all(|at| !stops[..at].contains(&stops[at])) {
                    let cost = cost + stops.iter().map(|request| gains[*request]).sum::<Milli>();
                    columns.push(Column { class, stops, cost });
                }
                if columns.len() >= wanted.routes {
                    break;
                }
            } else if self.fronts[self.labels[label as usize].at as usize].contains(&label) {
                self.follow(day, class, Some(label), wanted.below);
            }
            left -= 1;
            if left == 0 {
                break;
            }
        }
        (least.unwrap_or(wanted.below), columns)
    }

    /// One step to all that may come next after a label, or at the beginning, home included.
    fn follow(&mut self, day: &Day, class_index: usize, from: Option<u32>, below: Milli) {
        let class = &day.classes[class_index];
        let counts_metres = class.range < i64::MAX / 8;
        let known = from.map(|label| (label, self.labels[label as usize]));
        let (cost, metres, free) =
            known.map_or((class.fixed, 0, class.begins()), |(_, label)| (label.cost, label.metres, label.free));
        let before = known.map(|(_, label)| self.ahead.order[label.at as usize]);
        if let Some((label, request)) = from.zip(before) {
            let home = day.home(class, request);
            let all = cost + class.per_metre * i64::from(home.metres);
            if all < below && metres + i64::from(home.metres) <= class.range && Day::arrives_home(class, free, home).is_some() {
                self.open.push(Reverse((all, true, label)));
            }
        }
        self.work += self.outlook.mine.len() as u64;
        let first = known.map_or(0, |(_, label)| self.ahead.first_after(label.at as usize));
        for index in self.outlook.mine.partition_point(|at| (*at as usize) < first)..self.outlook.mine.len() {
            let at = self.outlook.mine[index] as usize;
            let request = self.ahead.order[at];
            if free > day.stops[request].latest || before == Some(request) {
                continue;
            }
            let way = day.to(class, before, request);
            let more = i64::from(way.metres) + day.stops[request].metres;
            let reached = cost + class.per_metre * i64::from(way.metres) + self.outlook.own[at];
            if reached + self.outlook.least(at) >= below || metres + more > class.range {
                continue;
            }
            let Some(pick_up) = day.pick_up(class, free, way, request) else { continue };
            let may_be = reached.saturating_add(self.outlook.from(&self.ahead, at, pick_up));
            if may_be >= below {
                continue;
            }
            let (free, metres) = (pick_up + day.stops[request].service, metres + more);
            #[expect(clippy::cast_possible_truncation, reason = "requests of a day")]
            let label = Label { cost: reached, metres, free, at: at as u32, before: from.unwrap_or(START) };
            self.enter(label, may_be, counts_metres);
        }
    }

    /// Takes a label in unless another is as good, and drops those that it is as good as.
    fn enter(&mut self, label: Label, may_be: Milli, counts_metres: bool) {
        let covers = |one: &Label, other: &Label| {
            one.cost <= other.cost && one.free <= other.free && (!counts_metres || one.metres <= other.metres)
        };
        let (labels, front) = (&mut self.labels, &mut self.fronts[label.at as usize]);
        if front.iter().any(|known| covers(&labels[*known as usize], &label)) {
            return;
        }
        front.retain(|known| !covers(&label, &labels[*known as usize]));
        #[expect(clippy::cast_possible_truncation, reason = "labels of one class, far fewer than 2^32")]
        let index = labels.len() as u32;
        front.push(index);
        labels.push(label);
        self.open.push(Reverse((may_be, false, index)));
    }

    fn stops(&self, last: u32) -> Vec<usize> {
        let mut stops = Vec::new();
        let mut at = last;
        while at != START {
            let label = &self.labels[at as usize];
            stops.push(self.ahead.order[label.at as usize]);
            at = label.before;
        }
        stops.reverse();
        stops
    }
}

//! The route of least reduced cost of a class, by labels over the requests in order of time, in whole numbers and exactly.
//!
//! A label is a way of having just served a request: its reduced cost, when the car is free, the metres behind it. One that is no better
//! in any of the three than another at the same request can be replaced by it in whatever follows, because being free earlier never
//! makes a later pick-up later, and is dropped.
#![expect(clippy::indexing_slicing, reason = "requests, labels and positions are indices of lists made here")]

use super::Column;
use crate::plan::day::{Class, Day, Milli, Second};

/// The beginning of a route.
const START: u32 = u32::MAX;

/// A way of having just served a request.
#[derive(Clone, Copy, Debug)]
struct Label {
    cost: Milli,
    metres: i64,
    free: Second,
    /// The request, and the label before it.
    request: u32,
    before: u32,
}

/// Finds routes of least reduced cost.
#[derive(Debug)]
pub(super) struct Pricer {
    /// Requests in order of time.
    order: Vec<usize>,
    /// Somewhere an earlier request of that order may follow a later one.
    is_cyclic: bool,
    labels: Vec<Label>,
    /// By position in the order: the labels that count, the cheapest first, and how many of them have been followed.
    fronts: Vec<Vec<u32>>,
    followed: Vec<Vec<u32>>,
}

impl Pricer {
    pub(super) fn new(day: &Day) -> Self {
        let mut order: Vec<usize> = (0..day.requests()).collect();
        order.sort_by_key(|request| (day.stops[*request].earliest, day.stops[*request].latest, *request));
        let is_cyclic = order.iter().enumerate().any(|(position, later)| {
            let stop = &day.stops[*later];
            order[..position].iter().any(|earlier| {
                let way = day.between(*later, *earlier).seconds;
                i64::from(stop.earliest) + i64::from(stop.service) + i64::from(way) <= i64::from(day.stops[*earlier].latest)
            })
        });
        Self {
            fronts: vec![Vec::new(); order.len()],
            followed: vec![Vec::new(); order.len()],
            order,
            is_cyclic,
            labels: Vec::new(),
        }
    }

    /// The least reduced cost of a route of the class, 0 when none is below it, and the best routes that are below.
    pub(super) fn price(&mut self, day: &Day, class_index: usize, prices: &[Milli], routes: usize) -> (Milli, Vec<Column>) {
        let class = &day.classes[class_index];
        let mine: Vec<usize> = self.order.iter().copied().filter(|request| class.terms(*request).is_some()).collect();
        self.labels.clear();
        self.fronts[..mine.len()].iter_mut().chain(&mut self.followed[..mine.len()]).for_each(Vec::clear);
        for (position, request) in mine.iter().copied().enumerate() {
            self.follow(day, class, prices, position, request, None);
        }
        loop {
            let mut is_new = false;
            for position in 0..mine.len() {
                is_new |= self.follow_all(day, class, prices, &mine, position);
            }
            // In order of time one pass is all; otherwise another, until no label is left that was not followed.
            if !(self.is_cyclic && is_new) {
                break;
            }
        }
        self.gather(day, class_index, mine.len(), prices, routes)
    }

    fn follow_all(&mut self, day: &Day, class: &Class, prices: &[Milli], mine: &[usize], position: usize) -> bool {
        let mut is_new = false;
        let waiting: Vec<u32> =
            self.fronts[position].iter().copied().filter(|label| !self.followed[position].contains(label)).collect();
        let first = if self.is_cyclic { 0 } else { position + 1 };
        for label in waiting {
            self.followed[position].push(label);
            is_new = true;
            let free = self.labels[label as usize].free;
            for (next, request) in mine.iter().copied().enumerate().skip(first) {
                if free <= day.stops[request].latest && next != position {
                    self.follow(day, class, prices, next, request, Some(label));
                }
            }
        }
        is_new
    }

    /// One step to a request, from another label or from the beginning.
    fn follow(&mut self, day: &Day, class: &Class, prices: &[Milli], position: usize, request: usize, from: Option<u32>) {
        let (cost, metres, free, before) = match from {
            Some(label) => {
                let label = &self.labels[label as usize];
                (label.cost, label.metres, label.free, Some(label.request as usize))
            }
            None => (class.fixed, 0, class.begins(), None),
        };
        let way = day.to(class, before, request);
        let Some(at) = day.pick_up(class, free, way, request) else { return };
        let more = i64::from(way.metres) + day.stops[request].metres;
        if metres + more > class.range {
            return;
        }
        let label = Label {
            cost: cost + class.per_metre * more + class.terms[request] - prices[request],
            metres: metres + more,
            free: at + day.stops[request].service,
            #[expect(clippy::cast_possible_truncation, reason = "requests of a day")]
            request: request as u32,
            before: from.unwrap_or(START),
        };
        self.enter(position, label, class.range < i64::MAX / 8);
    }

    /// Takes a label in unless another is as good, and drops those that it is as good as.
    fn enter(&mut self, position: usize, label: Label, counts_metres: bool) {
        let covers = |one: &Label, other: &Label| {
            one.cost <= other.cost && one.free <= other.free && (!counts_metres || one.metres <= other.metres)
        };
        let (labels, front) = (&mut self.labels, &mut self.fronts[position]);
        if front.iter().any(|known| covers(&labels[*known as usize], &label)) {
            return;
        }
        front.retain(|known| !covers(&label, &labels[*known as usize]));
        #[expect(clippy::cast_possible_truncation, reason = "labels of one class, far fewer than 2^32")]
        front.push(labels.len() as u32);
        labels.push(label);
    }

    /// The best ways home.
    fn gather(&self, day: &Day, class_index: usize, requests: usize, prices: &[Milli], routes: usize) -> (Milli, Vec<Column>) {
        let class = &day.classes[class_index];
        let mut ends: Vec<(Milli, u32)> = Vec::new();
        for label in self.fronts[..requests].iter().flatten() {
            let known = &self.labels[*label as usize];
            let home = day.home(class, known.request as usize);
            let fits =
                known.metres + i64::from(home.metres) <= class.range && Day::arrives_home(class, known.free, home).is_some();
            let cost = known.cost + class.per_metre * i64::from(home.metres);
            if fits && cost < 0 {
                ends.push((cost, *label));
            }
        }
        ends.sort_unstable();
        let least = ends.first().map_or(0, |(cost, _)| *cost);
        let mut columns: Vec<Column> = Vec::new();
        for (cost, label) in ends {
            if columns.len() >= routes {
                break;
            }
            let stops = self.stops(label);
            // Routes that end alike are much the same; and one that passes a request twice is no route.
            let is_known = columns.iter().any(|known| known.stops.last() == stops.last());
            let is_route = (1..stops.len()).all(|at| !stops[..at].contains(&stops[at]));
            if !is_known && is_route {
                let cost = cost + stops.iter().map(|request| prices[*request]).sum::<Milli>();
                columns.push(Column { class: class_index, stops, cost });
            }
        }
        (least, columns)
    }

    fn stops(&self, last: u32) -> Vec<usize> {
        let mut stops = Vec::new();
        let mut at = last;
        while at != START {
            let label = &self.labels[at as usize];
            stops.push(label.request as usize);
            at = label.before;
        }
        stops.reverse();
        stops
    }
}

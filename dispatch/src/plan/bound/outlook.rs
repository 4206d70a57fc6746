//! What a car of a class can still come to from a request on, from below: ways, prices and the earliest times count, metres and delays
//! do not.
//!
//! A request is seen as so many *spans* of its window that no request can be served within one span and another begin in the same:
//! then spans follow each other in order of time, and one pass from the last to the first is all. With windows narrower than
//! services, each request has one span.
#![expect(clippy::indexing_slicing, reason = "positions and spans are indices of lists made here")]

use crate::plan::day::{Class, Day, Milli, NEVER, Second, seconds};

/// Whoever gains less than nothing by so much is not asked for.
pub(super) const SETTLED: Milli = 1 << 54;
/// One cannot go.
const BLOCKED: u32 = u32::MAX;
/// More spans than this many a request are too many: then nothing is known beforehand.
const SPANS_A_REQUEST: usize = 4;

/// Who can follow whom, whatever the class.
#[derive(Debug)]
pub(super) struct Ahead {
    /// Requests in order of time: a position is a place in it.
    pub(super) order: Vec<usize>,
    /// Spans in order of time: the position, and the earliest pick-up.
    spans: Vec<(u32, Second)>,
    /// The spans of each position, the earliest first; their width.
    spans_of: Vec<Vec<u32>>,
    width: Second,
    /// Metres from a span to a position, row by row, or [`BLOCKED`].
    metres: Vec<u32>,
    /// Where there are more spans than requests: the span that is reached.
    reached: Vec<u32>,
    /// Somewhere a position may follow a later one.
    is_cyclic: bool,
    /// Spans were too many.
    is_blind: bool,
}

impl Ahead {
    pub(super) fn of(day: &Day) -> Self {
        let mut order: Vec<usize> = (0..day.requests()).collect();
        order.sort_by_key(|request| (day.stops[*request].earliest, day.stops[*request].latest, *request));
        let is_cyclic = order.iter().enumerate().any(|(position, later)| {
            let stop = &day.stops[*later];
            order[..position].iter().any(|earlier| {
                stop.earliest + stop.service + seconds(day.between(*later, *earlier)) <= day.stops[*earlier].latest
            })
        });
        let shortest = day.stops.iter().map(|stop| stop.service).min().unwrap_or_default();
        let width = if is_cyclic { shortest.max(1) } else { Second::MAX };
        let count = |request: &usize| -> usize {
            let window = day.stops[*request].latest - day.stops[*request].earliest;
            usize::try_from(window / width).unwrap_or_default() + 1
        };
        let is_blind = is_cyclic && order.iter().map(count).sum::<usize>() > SPANS_A_REQUEST * order.len().max(100);
        let mut ahead = Self {
            spans: Vec::new(),
            spans_of: vec![Vec::new(); order.len()],
            order,
            width,
            metres: Vec::new(),
            reached: Vec::new(),
            is_cyclic,
            is_blind,
        };
        if !is_blind {
            ahead.cut(day);
            ahead.connect(day);
        }
        ahead
    }

    /// Cuts the windows into spans.
    #[expect(clippy::cast_possible_truncation, reason = "requests of a day")]
    fn cut(&mut self, day: &Day) {
        for (at, request) in self.order.iter().enumerate() {
            let stop = &day.stops[*request];
            let mut begins = stop.earliest;
            loop {
                self.spans.push((at as u32, begins));
                // A span wider than what is left is the last.
                if self.width > stop.latest - begins {
                    break;
                }
                begins += self.width;
            }
        }
        self.spans.sort_by_key(|(at, begins)| (*begins, *at));
        for (span, (at, _)) in self.spans.iter().enumerate() {
            self.spans_of[*at as usize].push(span as u32);
        }
    }

    fn connect(&mut self, day: &Day) {
        let size = self.order.len();
        self.metres = vec![BLOCKED; self.spans.len() * size];
        if self.is_cyclic {
            self.reached = vec![0; self.metres.len()];
        }
        for (span, (at, begins)) in self.spans.iter().enumerate() {
            let request = self.order[*at as usize];
            let free = begins + day.stops[request].service;
            for next in self.first_after(*at as usize)..size {
                let way = day.between(request, self.order[next]);
                let there = free + seconds(way);
                if next == *at as usize || there > day.stops[self.order[next]].latest {
                    continue;
                }
                self.metres[span * size + next] = way.metres;
                if self.is_cyclic {
                    self.reached[span * size + next] = self.span(next, there);
                }
            }
        }
    }

    /// Whoever stands before the answer cannot follow.
    pub(super) const fn first_after(&self, position: usize) -> usize {
        if self.is_cyclic { 0 } else { position + 1 }
    }

    /// The span of a position in which somebody is picked up at the moment or as soon as the window begins.
    fn span(&self, position: usize, moment: Second) -> u32 {
        let spans = &self.spans_of[position];
        let begins = |span: &u32| self.spans[*span as usize].1;
        let after = spans.partition_point(|span| begins(span) <= moment);
        spans[after.saturating_sub(1)]
    }
}

/// What one class can still come to, at given prices.
#[derive(Debug, Default)]
pub(super) struct Outlook {
    /// The positions that the class may serve at all.
    pub(super) mine: Vec<u32>,
    /// By position: what serving it adds besides the way there.
    pub(super) own: Vec<Milli>,
    /// By span: what follows at least, home included.
    to_come: Vec<Milli>,
    /// By position: the least of its spans, and that with what it adds itself.
    least: Vec<Milli>,
    with_own: Vec<Milli>,
    is_blind: bool,
}

impl Outlook {
    pub(super) fn look(&mut self, day: &Day, ahead: &Ahead, class: &Class, gains: &[Milli]) {
        let size = ahead.order.len();
        self.is_blind = ahead.is_blind;
        self.mine.clear();
        self.own.resize(size, 0);
        for (at, request) in ahead.order.iter().enumerate() {
            let stop = &day.stops[*request];
            let Some(terms) = class.terms(*request).filter(|_| gains[*request] > -SETTLED) else { continue };
            // Whoever cannot be served by a car that is there already cannot be served at all.
            if class.windows.iter().any(|(from, to)| {
                let soonest = stop.earliest.max(*from);
                soonest <= stop.latest && soonest + stop.service <= *to
            }) {
                #[expect(clippy::cast_possible_truncation, reason = "requests of a day")]
                self.mine.push(at as u32);
                self.own[at] = class.per_metre * stop.metres + terms - gains[*request];
            }
        }
        if !self.is_blind {
            self.look_back(day, ahead, class);
        }
    }

    fn look_back(&mut self, day: &Day, ahead: &Ahead, class: &Class) {
        let size = ahead.order.len();
        self.to_come.clear();
        self.to_come.resize(ahead.spans.len(), NEVER);
        self.least.clear();
        self.least.resize(size, NEVER);
        self.with_own.clear();
        self.with_own.resize(size, NEVER);
        let mut is_mine = vec![false; size];
        self.mine.iter().for_each(|at| is_mine[*at as usize] = true);
        for (span, (at, begins)) in ahead.spans.iter().enumerate().rev() {
            let at = *at as usize;
            if !is_mine[at] {
                continue;
            }
            let request = ahead.order[at];
            let home = day.home(class, request);
            let gets_home = Day::arrives_home(class, begins + day.stops[request].service, home).is_some();
            let mut best = if gets_home { class.per_metre * i64::from(home.metres) } else { NEVER };
            let row = &ahead.metres[span * size..][..size];
            let first = self.mine.partition_point(|next| (*next as usize) < ahead.first_after(at));
            for next in &self.mine[first..] {
                let metres = row[*next as usize];
                if metres == BLOCKED {
                    continue;
                }
                let behind = if ahead.is_cyclic {
                    self.to_come[ahead.reached[span * size + *next as usize] as usize] + self.own[*next as usize]
                } else {
                    self.with_own[*next as usize]
                };
                best = best.min(class.per_metre * i64::from(metres) + behind);
            }
            self.to_come[span] = best;
            self.least[at] = self.least[at].min(best);
            self.with_own[at] = self.least[at] + self.own[at];
        }
    }

    /// What follows a position at least.
    pub(super) fn least(&self, at: usize) -> Milli {
        if self.is_blind { -NEVER } else { self.least[at] }
    }

    /// What follows a position at least when somebody is picked up at the moment.
    pub(super) fn from(&self, ahead: &Ahead, at: usize, moment: Second) -> Milli {
        if self.is_blind || !ahead.is_cyclic { self.least(at) } else { self.to_come[ahead.span(at, moment) as usize] }
    }
}

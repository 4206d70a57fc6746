//! Putting requests back: each into its cheapest place, the hardest first, with now and then a blink so that not always the same
//! comes out.
#![expect(clippy::indexing_slicing, reason = "requests, cars and classes are indices of the day's own tables")]

use telematics::simulate::chance::Chance;

use super::day::{Day, Milli, NEVER};
use super::draft::{Draft, Undo};

/// Costs more than any place.
const NO_PLACE: Milli = NEVER;

/// The cheapest place of a request in a route, while the route stays as it was.
#[derive(Clone, Copy, Debug)]
struct Remembered {
    cost: Milli,
    edition: u32,
    position: u32,
}

/// What insertion knows of a day besides the draft.
#[derive(Debug)]
pub(super) struct Inserter {
    /// By request: where its cars begin in the next two lists, and where they end.
    starts: Vec<usize>,
    /// The cars that could serve it with nothing else to do.
    able: Vec<u32>,
    remembered: Vec<Remembered>,
    /// By request: what it costs to send an idle car of a class for it alone, the cheapest first.
    openings: Vec<Vec<(Milli, usize)>>,
    /// By request: how many cars could serve it alone.
    choices: Vec<usize>,
    /// By request: metres of the cheapest opening's way there, for an order of insertion.
    far: Vec<Milli>,
    /// How often a place is not looked at.
    blink: f64,
}

/// The order in which requests are put back.
#[derive(Clone, Copy, Debug)]
enum Order {
    Chance,
    FewestCars,
    FarFirst,
    NearFirst,
    Earliest,
    DearestFirst,
}

impl Inserter {
    pub(super) fn new(day: &Day, blink: f64) -> Self {
        let empty = super::draft::Route::default();
        let openings: Vec<Vec<(Milli, usize)>> = (0..day.requests())
            .map(|request| {
                let alone = day
                    .classes
                    .iter()
                    .enumerate()
                    .filter_map(|(class, cars)| empty.cheapest(day, cars, request).map(|insertion| (insertion.cost, class)));
                let mut alone: Vec<_> = alone.collect();
                alone.sort_unstable();
                alone
            })
            .collect();
        let choices = openings.iter().map(|list| list.iter().map(|(_, class)| day.classes[*class].cars.len()).sum()).collect();
        let far = openings.iter().map(|list| list.first().map_or(0, |(cost, _)| *cost)).collect();
        let (mut starts, mut able) = (vec![0], Vec::new());
        for list in &openings {
            let mut cars: Vec<usize> = list.iter().flat_map(|(_, class)| day.classes[*class].cars.iter().copied()).collect();
            cars.sort_unstable();
            able.extend(cars.into_iter().filter_map(|car| u32::try_from(car).ok()));
            starts.push(able.len());
        }
        let remembered = vec![Remembered { cost: NO_PLACE, edition: 0, position: 0 }; able.len()];
        Self { starts, able, remembered, openings, choices, far, blink }
    }

    /// Forgets what it remembers: another draft counts its editions anew.
    pub(super) fn forget(&mut self) {
        self.remembered.iter_mut().for_each(|known| known.edition = 0);
    }

    /// No car can serve it, even with nothing else to do.
    pub(super) fn is_hopeless(&self, request: usize) -> bool {
        self.openings[request].is_empty()
    }

    /// Puts back whoever is absent and has a place that costs less than leaving it out.
    pub(super) fn put_back(&mut self, day: &Day, draft: &mut Draft, undo: &mut Undo, chance: &mut Chance) {
        let mut waiting: Vec<usize> = draft.absent.iter().copied().filter(|request| !self.is_hopeless(*request)).collect();
        self.sort(day, &mut waiting, order(chance), chance);
        for request in waiting {
            let place = self.cheapest(day, draft, request, chance).filter(|(cost, ..)| *cost < day.stops[request].penalty);
            if let Some((_, car, position)) = place {
                draft.insert(day, undo, request, car, position);
            }
        }
    }

    /// Promises come first and emergencies second, whatever the order of the others.
    fn sort(&self, day: &Day, waiting: &mut [usize], order: Order, chance: &mut Chance) {
        if let Order::Chance = order {
            for at in (1..waiting.len()).rev() {
                waiting.swap(at, chance.below(at + 1));
            }
        }
        let key = |request: usize| -> i64 {
            match order {
                Order::Chance => 0,
                Order::FewestCars => i64::try_from(self.choices[request]).unwrap_or(i64::MAX),
                Order::FarFirst => -self.far[request],
                Order::NearFirst => self.far[request],
                Order::Earliest => i64::from(day.stops[request].earliest),
                Order::DearestFirst => -day.stops[request].penalty,
            }
        };
        waiting.sort_by_key(|request| (day.stops[*request].tier, key(*request)));
    }

    /// The cheapest place of a request in the whole draft: its cost, its car, its position.
    fn cheapest(&mut self, day: &Day, draft: &Draft, request: usize, chance: &mut Chance) -> Option<(Milli, usize, usize)> {
        let mut best = (NO_PLACE, usize::MAX, 0);
        // One draw for many looks: the next route that is not looked at.
        let mut blink = next_blink(chance, self.blink);
        for at in self.starts[request]..self.starts[request + 1] {
            let car = self.able[at] as usize;
            let edition = draft.editions[car];
            if edition == 0 {
                continue;
            }
            if blink == 0 {
                blink = next_blink(chance, self.blink);
                continue;
            }
            blink -= 1;
            if self.remembered[at].edition != edition {
                self.remembered[at] = work_out(day, draft, request, car);
            }
            let known = &self.remembered[at];
            if known.cost < best.0 {
                best = (known.cost, car, known.position as usize);
            }
        }
        for (cost, class) in &self.openings[request] {
            if *cost >= best.0 {
                break;
            }
            if let Some(car) = draft.idle[*class].last().filter(|_| !chance.happens(self.blink)) {
                best = (*cost, *car, 0);
                break;
            }
        }
        (best.0 < NO_PLACE).then_some(best)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "positions of a route of a day")]
fn work_out(day: &Day, draft: &Draft, request: usize, car: usize) -> Remembered {
    let route = &draft.routes[car];
    let (cost, position) = match route.cheapest(day, day.class(car), request) {
        Some(insertion) => (insertion.cost, insertion.position as u32),
        None => (NO_PLACE, 0),
    };
    Remembered { cost, edition: route.edition, position }
}

/// How many looks until the next blink.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundreds, seldom thousands")]
fn next_blink(chance: &mut Chance, blink: f64) -> u32 {
    ((1.0 - chance.unit()).ln() / (1.0 - blink).ln()) as u32
}

fn order(chance: &mut Chance) -> Order {
    match chance.below(16) {
        0..4 => Order::Chance,
        4..8 => Order::FewestCars,
        8..10 => Order::FarFirst,
        10 => Order::NearFirst,
        11..14 => Order::Earliest,
        _ => Order::DearestFirst,
    }
}

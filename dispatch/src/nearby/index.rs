//! The cars by place while they move (车辆位置索引): put in, moved and taken out in constant time, and the cheapest found in rings.
#![expect(clippy::indexing_slicing, reason = "drawers and places within them are this file's own, and kept together by it")]

use std::collections::{BinaryHeap, HashMap};

use telematics::id::VehicleId;

use super::car::StandingCar;
use super::case::{CarCase, CarExplanation};
use super::cost::{self, CostFacts};
use super::need::{Need, Terms};
use super::ring::Grid;
use super::rule::Broken;
use super::way::{Flat, Point};
use crate::money::Money;
use crate::vehicle::VehicleCategory;

/// A car of which nobody knows where it is lies in no drawer.
const NOWHERE: u32 = u32::MAX;

/// How many categories there are: a drawer for each in every cell.
const CATEGORIES: u32 = 6;
const _: () = assert!(VehicleCategory::ALL.len() == CATEGORIES as usize);

/// All cars that stand ready, by place (车辆位置索引).
#[derive(Clone, Debug)]
pub struct Nearby {
    grid: Grid,
    cars: Vec<StandingCar>,
    /// Drawer of each car, and its place within the drawer.
    lies: Vec<(u32, u32)>,
    /// The cars of each cell and category: a trip that is no emergency looks into one drawer of each cell, since the rule of
    /// categories speaks against all others.
    drawers: Vec<Vec<u32>>,
    numbers: HashMap<VehicleId, u32>,
    /// The least that a kilometre costs with any car there ever was: no bound may lie above what a car costs.
    cheapest_fen_per_km: u32,
}

/// A car that may go, and what it costs (可派车辆).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CarOffer {
    /// What it costs.
    pub cost: Money,
    /// Which one; of two that cost the same, the one of the smaller key goes.
    pub vehicle: VehicleId,
}

/// What is said of a car in short (简要结论).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarVerdict {
    /// What speaks against it; nothing: it may go.
    pub broken: Broken,
    /// What it costs, or would.
    pub cost: Money,
}

impl Nearby {
    /// No cars yet, over the box between two corners, in cells of about so many metres; cars outside are found all the same.
    pub fn over(south_west: Point, north_east: Point, cell_m: u32) -> Self {
        let grid = Grid::over(south_west, north_east, cell_m);
        let drawers = vec![Vec::new(); grid.cells() * VehicleCategory::ALL.len()];
        Self { grid, cars: Vec::new(), lies: Vec::new(), drawers, numbers: HashMap::new(), cheapest_fen_per_km: u32::MAX }
    }

    /// Puts a car in, or what is now known of it in the place of what was.
    pub fn put(&mut self, car: StandingCar) {
        self.cheapest_fen_per_km = self.cheapest_fen_per_km.min(car.fen_per_km);
        if let Some(number) = self.numbers.get(&car.vehicle).copied() {
            self.cars[number as usize] = car;
            self.lie(number);
            return;
        }
        let number = u32::try_from(self.cars.len()).unwrap_or(NOWHERE);
        self.numbers.insert(car.vehicle, number);
        self.cars.push(car);
        self.lies.push((NOWHERE, 0));
        self.lie(number);
    }

    /// A car is now there, or nobody knows where; tells whether there is such a car.
    pub fn move_to(&mut self, vehicle: VehicleId, place: Option<Point>) -> bool {
        let Some(number) = self.numbers.get(&vehicle).copied() else { return false };
        self.cars[number as usize].place = place;
        self.lie(number);
        true
    }

    /// Takes a car out.
    pub fn remove(&mut self, vehicle: VehicleId) -> Option<StandingCar> {
        let number = self.numbers.remove(&vehicle)?;
        self.put_into(number, NOWHERE);
        self.lies.swap_remove(number as usize);
        let gone = self.cars.swap_remove(number as usize);
        // The last car has taken its number.
        if let Some(moved) = self.cars.get(number as usize) {
            self.numbers.insert(moved.vehicle, number);
            let (drawer, at) = self.lies[number as usize];
            if drawer != NOWHERE {
                self.drawers[drawer as usize][at as usize] = number;
            }
        }
        Some(gone)
    }

    /// All cars; what `verdicts` says is in the same order, which any change of the index may change.
    pub fn cars(&self) -> &[StandingCar] {
        &self.cars
    }

    /// One car.
    pub fn car(&self, vehicle: VehicleId) -> Option<&StandingCar> {
        self.numbers.get(&vehicle).map(|number| &self.cars[*number as usize])
    }

    /// The cheapest cars that may go, at most `most`, the best first: exactly those that looking at every car would find.
    pub fn best(&self, need: &Need, terms: &Terms, most: usize) -> Vec<CarOffer> {
        let mut best: BinaryHeap<CarOffer> = BinaryHeap::with_capacity(most + 1);
        let flat = Flat::around(need.place);
        for ring in self.grid.rings(need.place, flat) {
            for number in self.in_cells(&ring.cells, need) {
                best.extend(self.offer(number, need, terms, flat));
                if best.len() > most {
                    best.pop();
                }
            }
            // A car further out that costs as much as the last of the best might have the smaller key: only dearer ones are left out.
            let dearest = best.peek().filter(|_| best.len() == most).map_or(Money::from_fen(i64::MAX), |worst| worst.cost);
            if self.least_beyond(ring.beyond_m, need, terms).is_none_or(|least| least > dearest) {
                break;
            }
        }
        best.into_sorted_vec()
    }

    /// Every car that may go and costs less than that, the best first.
    pub fn cheaper(&self, need: &Need, terms: &Terms, bar: Money) -> Vec<CarOffer> {
        let mut found = Vec::new();
        let flat = Flat::around(need.place);
        for ring in self.grid.rings(need.place, flat) {
            let offers = self.in_cells(&ring.cells, need).filter_map(|number| self.offer(number, need, terms, flat));
            found.extend(offers.filter(|offer| offer.cost < bar));
            if self.least_beyond(ring.beyond_m, need, terms).is_none_or(|least| least >= bar) {
                break;
            }
        }
        found.sort_unstable();
        found
    }

    /// What is said of every car, in the order of `cars`; the old content of `verdicts` is lost, its memory is used again.
    pub fn verdicts(&self, need: &Need, terms: &Terms, verdicts: &mut Vec<CarVerdict>) {
        let flat = Flat::around(need.place);
        verdicts.clear();
        verdicts.extend(self.cars.iter().map(|car| {
            let case = CarCase::of(car, need, terms, flat);
            CarVerdict { broken: case.broken(), cost: Money::from_fen(case.fen(terms)) }
        }));
    }

    /// All that is to be said of one car: every rule that it breaks, by how much, and its cost line by line.
    pub fn explain(&self, vehicle: VehicleId, need: &Need, terms: &Terms) -> Option<CarExplanation> {
        Some(CarCase::of(self.car(vehicle)?, need, terms, Flat::around(need.place)).explain(terms))
    }

    /// Where in `cars` a car is, which any change of the index may change.
    pub fn place_of(&self, vehicle: VehicleId) -> Option<u32> {
        self.numbers.get(&vehicle).copied()
    }

    fn in_cells(&self, cells: &[u32], need: &Need) -> impl Iterator<Item = u32> {
        let all = &VehicleCategory::ALL[..];
        let one = all.iter().position(|category| *category == need.category).map_or(all, |at| &all[at..=at]);
        let categories = if need.is_emergency { all } else { one };
        let drawers = cells.iter().flat_map(move |cell| categories.iter().map(|category| drawer(*cell, *category)));
        drawers.flat_map(|drawer| self.drawers[drawer as usize].iter().copied())
    }

    fn offer(&self, number: u32, need: &Need, terms: &Terms, flat: Flat) -> Option<CarOffer> {
        let car = &self.cars[number as usize];
        let case = CarCase::of(car, need, terms, flat);
        case.broken().is_none().then(|| CarOffer { cost: Money::from_fen(case.fen(terms)), vehicle: car.vehicle })
    }

    /// What a car that far off, or further, costs at the least; nothing where none of them may go, since all would be late.
    fn least_beyond(&self, beyond_m: Option<u32>, need: &Need, terms: &Terms) -> Option<Money> {
        let way_m = terms.way.metres(beyond_m?);
        let arrives_at = need.now.saturating_add(terms.way.seconds(way_m)).max(need.begins_at);
        if arrives_at > need.latest_at {
            return None;
        }
        let facts = CostFacts {
            way_m,
            fen_per_km: self.cheapest_fen_per_km,
            waits_s: arrives_at - need.begins_at,
            is_new_energy: true,
            ..CostFacts::default()
        };
        Some(Money::from_fen(cost::fen(&facts, &terms.prices)))
    }

    /// Puts a car into the drawer of its place and category.
    fn lie(&mut self, number: u32) {
        let car = &self.cars[number as usize];
        let drawer = car.place.map_or(NOWHERE, |place| drawer(self.grid.cell(place), car.category));
        self.put_into(number, drawer);
    }

    /// Moves a car from the drawer in which it lies to another.
    fn put_into(&mut self, number: u32, new: u32) {
        let (old, at) = self.lies[number as usize];
        if new == old {
            return;
        }
        if old != NOWHERE {
            let drawer = &mut self.drawers[old as usize];
            drawer.swap_remove(at as usize);
            // The last of the drawer has taken its place.
            if let Some(moved) = drawer.get(at as usize) {
                self.lies[*moved as usize].1 = at;
            }
        }
        let mut at = 0;
        if new != NOWHERE {
            let drawer = &mut self.drawers[new as usize];
            at = u32::try_from(drawer.len()).unwrap_or(NOWHERE);
            drawer.push(number);
        }
        self.lies[number as usize] = (new, at);
    }
}

/// The drawer of a cell and a category.
fn drawer(cell: u32, category: VehicleCategory) -> u32 {
    cell * CATEGORIES + category as u32
}

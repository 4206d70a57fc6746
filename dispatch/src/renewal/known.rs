//! From what is known of a car to what a plan reckons with: its costs ahead, what it will bring, and which new cars may take its place.

use std::num::NonZeroU32;

use super::electric::ElectricFit;
use super::window::RenewalWindow;
use super::{Car, MOST_FEN, NewCar};
use crate::lifecycle::standard::VehicleBody;
use crate::money::Money;
use crate::rule::value::{Cell, Row, RuleValue};
use crate::vehicle::Powertrain;

/// A new car of the register (备选车型).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCarTerms {
    /// What it is called.
    pub name: String,
    /// Cars of this body it may take the place of.
    pub body: VehicleBody,
    /// What drives it.
    pub powertrain: Powertrain,
    /// What it costs with its tax.
    pub price: Money,
    /// What the first year costs, standing.
    pub year: Money,
    /// What each year of age costs more.
    pub more: Money,
    /// What a kilometre costs.
    pub km: Money,
    /// Of a hundred, how much it loses each year.
    pub loss_pct: u32,
}

/// What a car's trips cost in hired cars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hire {
    /// A day.
    pub day: Money,
    /// A kilometre.
    pub km: Money,
}

/// What is known of a car (规划车辆资料).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCar {
    /// What it is called.
    pub id: String,
    /// Its group.
    pub group: usize,
    /// Months since its first registration when the horizon begins.
    pub age_months: u32,
    /// Its body.
    pub body: VehicleBody,
    /// What drives it.
    pub powertrain: Powertrain,
    /// It counts as new energy.
    pub is_new_energy: bool,
    /// What it cost, where that is known.
    pub price: Option<Money>,
    /// Kilometres a year, and days of use.
    pub use_of_year: (u32, u32),
    /// What running it cost in the year before, where the ledger knows.
    pub running: Option<Money>,
    /// In which years it may be renewed.
    pub window: RenewalWindow,
    /// Whether a battery would do.
    pub fit: ElectricFit,
    /// Only a new-energy car may follow it.
    pub wants_new_energy: bool,
    /// It may be given up.
    pub may_drop: bool,
    /// Groups to which it may be moved.
    pub moves: Vec<usize>,
}

impl NewCarTerms {
    /// The rows of the register; a row that is none is left out.
    pub fn of(value: &RuleValue) -> Vec<Self> {
        value.rows().iter().filter_map(Self::read).collect()
    }

    fn read(row: &Row) -> Option<Self> {
        let text = |name| row.get(name).and_then(Cell::text);
        #[expect(clippy::cast_possible_truncation, reason = "whole fen, by the register's bounds")]
        let fen = |name| row.get(name).and_then(Cell::number).map(|fen| Money::from_fen(fen.round() as i64));
        Some(Self {
            name: text("name")?.to_owned(),
            body: text("body")?.parse().ok()?,
            powertrain: text("powertrain")?.parse().ok()?,
            price: fen("price_fen")?,
            year: fen("year_fen")?,
            more: fen("more_fen")?,
            km: fen("km_fen")?,
            loss_pct: u32::try_from(fen("loss_pct")?.fen()).ok()?,
        })
    }

    /// What a year costs, standing, after so many years.
    fn year_at(&self, age: u32) -> Money {
        Money::from_fen(self.year.fen().saturating_add(self.more.times(age).fen()).min(MOST_FEN))
    }

    /// As the planner has it, with the figures of as many years.
    pub fn new_car(&self, is_new_energy: bool, years: usize) -> NewCar {
        let ages = || (0..).zip(0..=years).map(|(age, _)| age);
        NewCar {
            name: self.name.clone(),
            is_new_energy,
            price: self.price,
            year: ages().map(|age| self.year_at(age)).collect(),
            km: self.km,
            worth: ages().map(|age| worth(self.price, self.loss_pct, age)).collect(),
        }
    }
}

/// What is left of a price after so many years.
fn worth(price: Money, loss_pct: u32, years: u32) -> Money {
    let left = (0..years).fold(price.fen(), |fen, _| fen * i64::from(100 - loss_pct.min(100)) / 100);
    Money::from_fen(left)
}

impl Hire {
    /// What a year's use costs.
    pub fn of_year(&self, (km, days): (u32, u32)) -> Money {
        capped(self.day.times(days) + self.km.times(km))
    }
}

fn capped(money: Money) -> Money {
    money.min(Money::from_fen(MOST_FEN))
}

/// A car as the planner has it. New cars are known by their place among the terms.
///
/// What running costs grows each year as it does for a new car of that body and drive; where the ledger knows nothing of the car, all of it is
/// taken from there.
pub fn as_planned(known: &KnownCar, terms: &[NewCarTerms], hire: &Hire, years: usize) -> Car {
    let is_like = |kind: &&NewCarTerms| {
        kind.body == known.body && (kind.powertrain == Powertrain::Electric) == (known.powertrain == Powertrain::Electric)
    };
    let like = terms.iter().find(is_like).or_else(|| terms.iter().find(|kind| kind.body == known.body));
    let (km, use_days) = known.use_of_year;
    let age = |year: u32| known.age_months / 12 + year;
    let more = like.map_or(Money::ZERO, |kind| kind.more);
    let of_year = |year: u32| match (known.running, like) {
        (Some(running), _) => running + more.times(year + 1),
        (None, Some(kind)) => kind.year_at(age(year)) + kind.km.times(km),
        (None, None) => Money::ZERO,
    };
    let price = known.price.or(like.map(|kind| kind.price)).unwrap_or_default();
    let loss_pct = like.map_or(100, |kind| kind.loss_pct);
    let ahead = || (0..).zip(0..=years).map(|(year, _)| year);
    let fits = |kind: &NewCarTerms| {
        kind.body == known.body
            && (kind.powertrain != Powertrain::Electric || known.fit != ElectricFit::Unsuited)
            && (!known.wants_new_energy || kind.powertrain.is_new_energy())
    };
    Car {
        id: known.id.clone(),
        group: known.group,
        age_months: known.age_months,
        is_new_energy: known.is_new_energy,
        km,
        use_days,
        keep: ahead().take(years).map(|year| capped(of_year(year))).collect(),
        worth: ahead().map(|year| capped(worth(price, loss_pct, age(year)))).collect(),
        hire: hire.of_year(known.use_of_year),
        may_from: known.window.may_from,
        must_by: known.window.must_by,
        may_drop: known.may_drop || known.window.must_by.is_some(),
        kinds: terms.iter().enumerate().filter(|(_, kind)| fits(kind)).map(|(at, _)| at).collect(),
        moves: known.moves.clone(),
    }
}

/// What a kilometre cost of a hundred that it costs its peers in the middle; nothing where one of them is not known.
pub fn beside_peers(running: Option<Money>, km: u32, peers: Option<u64>) -> Option<u32> {
    let own = per_km(running, km)?;
    let peers = peers.filter(|peers| *peers > 0)?;
    Some(u32::try_from(u128::from(own) * 100 / u128::from(peers)).unwrap_or(u32::MAX))
}

/// Hundredths of a fen a kilometre.
pub fn per_km(running: Option<Money>, km: u32) -> Option<u64> {
    let (fen, km) = (u64::try_from(running?.fen()).ok()?, NonZeroU32::new(km)?);
    Some(fen.saturating_mul(100) / u64::from(km.get()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::key::RuleKey;
    use crate::rule::register;

    fn terms() -> Vec<NewCarTerms> {
        let spec = register::all().find(|spec| spec.key == RuleKey::RenewalNewCars).unwrap();
        NewCarTerms::of(&spec.builtin_values().next().unwrap().1)
    }

    fn known() -> KnownCar {
        KnownCar {
            id: "浙A00001".to_owned(),
            group: 0,
            age_months: 100,
            body: VehicleBody::Sedan,
            powertrain: Powertrain::Petrol,
            is_new_energy: false,
            price: Some(Money::from_fen(10_000_000)),
            use_of_year: (10_000, 100),
            running: Some(Money::from_fen(2_000_000)),
            window: RenewalWindow { may_from: Some(0), must_by: None },
            fit: ElectricFit::Suited,
            wants_new_energy: false,
            may_drop: false,
            moves: Vec::new(),
        }
    }

    fn planned(known: &KnownCar) -> Car {
        let hire = Hire { day: Money::from_fen(20_000), km: Money::from_fen(200) };
        as_planned(known, &terms(), &hire, 2)
    }

    /// The register's sedan grows by 900 yuan a year: 20,000 + 900, + 1,800. After eight years 100,000 × 0.82⁸ = 20,441, cut to fen each
    /// year. Hired: 100 days at 200 and 10,000 km at 2.
    #[test]
    fn a_car_of_the_ledger_grows_from_what_it_cost() {
        let car = planned(&known());
        assert_eq!(car.keep, [2_090_000, 2_180_000].map(Money::from_fen));
        assert_eq!(car.worth.len(), 3);
        assert!((2_044_000..2_044_200).contains(&car.worth[0].fen()), "{:?}", car.worth);
        assert_eq!(car.hire, Money::from_fen(100 * 20_000 + 10_000 * 200));
        assert_eq!(car.kinds, [0, 1], "a petrol and an electric sedan");
    }

    /// Of the register: 7,000 + 8 × 900, and 10,000 km at 0.70.
    #[test]
    fn a_car_that_the_ledger_does_not_know_costs_what_the_register_says() {
        let car = planned(&KnownCar { running: None, price: None, ..known() });
        assert_eq!(car.keep[0], Money::from_fen(700_000 + 8 * 90_000 + 700_000));
        assert!(car.worth[0] > Money::from_fen(2_400_000));
    }

    #[test]
    fn what_may_follow_is_by_its_days_and_by_law() {
        assert_eq!(planned(&KnownCar { fit: ElectricFit::Unsuited, ..known() }).kinds, [0]);
        assert_eq!(planned(&KnownCar { wants_new_energy: true, ..known() }).kinds, [1]);
        assert_eq!(planned(&KnownCar { body: VehicleBody::LargeBus, wants_new_energy: true, ..known() }).kinds, [0_usize; 0]);
    }

    #[test]
    fn a_kilometre_is_compared_with_those_of_peers() {
        let money = |fen| Some(Money::from_fen(fen));
        assert_eq!(beside_peers(money(1_500_000), 10_000, Some(10_000)), Some(150));
        for (running, km, peers) in [(None, 10, Some(1)), (money(5), 0, Some(1)), (money(5), 10, None), (money(5), 10, Some(0))] {
            assert_eq!(beside_peers(running, km, peers), None);
        }
    }
}

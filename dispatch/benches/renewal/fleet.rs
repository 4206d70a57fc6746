//! A fleet of a province or of a county from a seed: cars of all ages, units with too many and too few, and targets that bite.

use dispatch::money::Money;
use dispatch::renewal::{Car, Group, NewCar, Problem, Target, TargetKind};

const YEARS: usize = 5;
const CARS_A_GROUP: usize = 12;

/// Sedan, SUV and small bus, each with fuel and electric: price, a year, a kilometre, in yuan and hundredths.
const KINDS: [(&str, bool, i64, i64, i64); 6] = [
    ("汽油轿车", false, 140_000, 9_000, 70),
    ("纯电轿车", true, 165_000, 7_500, 15),
    ("汽油越野车", false, 220_000, 11_000, 95),
    ("纯电越野车", true, 250_000, 9_000, 22),
    ("汽油小客车", false, 180_000, 10_000, 90),
    ("纯电小客车", true, 230_000, 8_500, 25),
];

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From the first up to and without the second.
    fn within(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from).unwrap_or(1).max(1);
        from + i64::try_from(self.next() % span).unwrap_or_default()
    }

    fn is_one_in(&mut self, many: u64) -> bool {
        self.next().is_multiple_of(many)
    }
}

fn yuan(yuan: i64) -> Money {
    Money::from_fen(yuan * 100)
}

fn small<T: TryFrom<i64> + Default>(number: i64) -> T {
    T::try_from(number).unwrap_or_default()
}

/// So many cars by the seed.
pub(crate) fn problem(cars: usize, seed: u64) -> Problem {
    let mut chance = Chance(seed.wrapping_mul(7_919));
    let kinds = KINDS.map(|(name, is_new_energy, price, year, km)| NewCar {
        name: name.to_owned(),
        is_new_energy,
        price: yuan(price),
        year: (0..YEARS).map(|age| yuan(year + 900 * small_age(age))).collect(),
        km: Money::from_fen(km),
        worth: (0..=YEARS)
            .map(|age| yuan(price * 82_i64.pow(small(small_age(age))) / 100_i64.pow(small(small_age(age)))))
            .collect(),
    });
    let groups = cars / CARS_A_GROUP + 1;
    let mut held = vec![0_u32; groups];
    let mut fleet: Vec<Car> = (0..cars).map(|at| car(at, groups, &mut chance)).collect();
    for car in &fleet {
        held.get_mut(car.group).into_iter().for_each(|held| *held += 1);
    }
    let groups: Vec<Group> = held.iter().enumerate().map(|(at, held)| group(at, *held, &mut chance)).collect();
    let vacant: Vec<usize> = groups.iter().enumerate().filter(|(_, group)| group.vacant > 0).map(|(at, _)| at).collect();
    for car in fleet.iter_mut().filter(|car| car.use_days < 60) {
        if !vacant.is_empty() {
            let at = chance.within(0, small(i64::try_from(vacant.len()).unwrap_or(1)));
            car.moves = vacant.get(usize::try_from(at).unwrap_or_default()).copied().into_iter().collect();
        }
    }
    Problem {
        years: YEARS,
        discount: 300,
        old_months: 120,
        transfer: yuan(500),
        kinds: kinds.into(),
        groups,
        targets: targets(i64::try_from(cars).unwrap_or(i64::MAX)),
        cars: fleet,
    }
}

fn small_age(age: usize) -> i64 {
    i64::try_from(age).unwrap_or_default()
}

fn car(at: usize, groups: usize, chance: &mut Chance) -> Car {
    let age_months = chance.within(0, 168);
    let body = usize::try_from(chance.within(0, 10)).unwrap_or_default();
    let body = if body < 6 {
        0
    } else if body < 8 {
        1
    } else {
        2
    };
    let (_, _, price, year, km_fen) = KINDS.get(2 * body).copied().unwrap_or(("", false, 0, 0, 0));
    let (km, use_days) = (chance.within(3_000, 35_000), chance.within(30, 240));
    let repairs = chance.within(300, 2_600);
    let is_new_energy = age_months < 72 && chance.is_one_in(4);
    let age = |year: usize| age_months / 12 + small_age(year);
    let km_fen = if is_new_energy { 20 } else { km_fen };
    let keep = (0..YEARS).map(|at| yuan(year + repairs * age(at)) + Money::from_fen(km * km_fen)).collect();
    let worth = (0..=YEARS).map(|at| yuan((0..age(at)).fold(price, |worth, _| worth * 80 / 100))).collect();
    let from = (96 - age_months - 11).max(0).div_euclid(12) + i64::from(96 - age_months - 11 > 0);
    let may_from = usize::try_from(from).ok().filter(|from| *from < YEARS);
    // Some drive too far for a battery, and couriers are of new energy.
    let kinds = if chance.is_one_in(6) {
        vec![2 * body]
    } else if chance.is_one_in(12) {
        vec![2 * body + 1]
    } else {
        vec![2 * body, 2 * body + 1]
    };
    Car {
        id: at.to_string(),
        group: usize::try_from(chance.next()).unwrap_or_default() % groups,
        age_months: small(age_months),
        is_new_energy,
        km: small(km),
        use_days: small(use_days),
        keep,
        worth,
        hire: yuan(use_days * 200 + km * 2),
        may_from,
        must_by: (age_months > 150 && chance.is_one_in(8)).then_some(2),
        may_drop: true,
        kinds,
        moves: Vec::new(),
    }
}

fn group(at: usize, held: u32, chance: &mut Chance) -> Group {
    let off = u32::try_from(chance.within(0, 10)).unwrap_or_default();
    let authorised = match off {
        0 => held.saturating_sub(1),
        1 => held + 1,
        _ => held,
    };
    Group {
        name: at.to_string(),
        authorised: Some((authorised, 1)),
        vacant: authorised.saturating_sub(held),
        hire: yuan(chance.within(25_000, 60_000)),
    }
}

/// A budget for a twelfth of the fleet a year, a rising share of new energy, a falling mean age, and an eighth renewed at the most.
fn targets(cars: i64) -> Vec<Target> {
    let of_year = |year: usize| {
        let at = small_age(year);
        [
            (TargetKind::Budget, yuan(cars * 170_000 / 12).fen()),
            (TargetKind::NevFlow, 3_000 + 1_000 * at),
            (TargetKind::NevStock, 1_200 + 700 * at),
            (TargetKind::MeanAge, 94 + at),
            (TargetKind::OverAge, 4_200 + 100 * at),
            (TargetKind::Renewed, 1_250),
        ]
        .map(|(kind, value)| Target { kind, year, value })
    };
    (0..YEARS).flat_map(of_year).collect()
}

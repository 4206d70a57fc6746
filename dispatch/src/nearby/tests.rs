//! Cars and trips at random: what the index finds, what the rules say, and what a batch costs.

use proptest::collection::vec;
use proptest::prelude::*;
use telematics::id::VehicleId;
use uuid::Uuid;

use super::batch::{self, Wanted, WhyNot};
use super::car::{Spell, StandingCar};
use super::case::CarCase;
use super::index::{CarOffer, CarVerdict, Nearby};
use super::need::{Need, PlateBan, Prices, Terms};
use super::rule::{EligibilityRule, Measure};
use super::way::{Flat, Point, WayEstimate};
use crate::matching::lists::Lists;
use crate::matching::proof::flaws;
use crate::money::Money;
use crate::rule::key::RuleKey;
use crate::trip::travel::Travel;
use crate::unit::UnitId;
use crate::vehicle::{Powertrain, VehicleCategory, VehicleStatus};

/// The time at which the trip of the tests begins.
pub(super) const NOON: u32 = 1_772_424_000;
/// Where it begins.
const HERE: Point = Point { lon_e7: 1_201_500_000, lat_e7: 302_700_000 };

pub(super) fn unit(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

/// A car beside the place of the trip that keeps every rule.
pub(super) fn car(number: u128) -> StandingCar {
    StandingCar {
        vehicle: VehicleId(Uuid::from_u128(number)),
        unit: unit(1),
        shared_within: unit(1),
        place: Some(HERE),
        category: VehicleCategory::Other,
        powertrain: Powertrain::Petrol,
        status: VehicleStatus::InService,
        seats: 5,
        purposes: u64::MAX,
        tags: 0,
        plate_digit: Some(7),
        is_exempt: false,
        promised: Box::default(),
        shift: Spell::ALWAYS,
        sealed: Spell::NEVER,
        workshop: Spell::NEVER,
        rests_until: 0,
        duty_left_s: u32::MAX,
        worked_min: 0,
        service_left_m: u32::MAX,
        full_range_m: Some(500_000),
        left_milli: 1000,
        fen_per_km: 150,
    }
}

pub(super) fn need() -> Need {
    Need {
        line: vec![unit(1), unit(2), unit(3)],
        category: VehicleCategory::Other,
        purpose: 0,
        seats: 5,
        tags: 0,
        place: HERE,
        trip_m: 40_000,
        now: NOON,
        begins_at: NOON,
        latest_at: NOON + 900,
        busy_s: 3600,
        bans: Vec::new(),
        reserve_m: 30_000,
        cold_milli: 1000,
        is_confidential: false,
        is_emergency: false,
    }
}

pub(super) fn terms() -> Terms {
    let value = |key: RuleKey| key.spec().builtin_values().next().unwrap().1;
    Terms {
        way: WayEstimate::from(&Travel::of(&value(RuleKey::WayFactor), &value(RuleKey::TravelSpeed))),
        prices: Prices { waiting_minute: 100, fuel: 300, other_unit: 500, spare_seat: 50, worked_hour: 30 },
    }
}

/// Either of the two, the first nine times of ten: so that one car in a few keeps all rules, and most break one or two.
fn mostly<T: Clone + std::fmt::Debug + 'static>(usual: T, other: T) -> impl Strategy<Value = T> {
    prop_oneof![9 => Just(usual), 1 => Just(other)]
}

fn span() -> impl Strategy<Value = Spell> {
    prop_oneof![8 => Just(Spell::NEVER), 2 => (NOON - 7200..NOON + 7200, 60..7200_u32).prop_map(|(from, long)| Spell { from, to: from + long })]
}

fn place() -> impl Strategy<Value = Option<Point>> {
    let near = (-2_000_000..2_000_000, -2_000_000..2_000_000)
        .prop_map(|(east, north)| Some(Point { lon_e7: HERE.lon_e7 + east, lat_e7: HERE.lat_e7 + north }));
    prop_oneof![19 => near, 1 => Just(None)]
}

prop_compose! {
    /// A car somewhere about, with anything that a rule may find.
    fn any_car()(
        number in 1..u128::MAX,
        (place, owner, within) in (place(), mostly(1, 9), mostly(2, 9)),
        (category, status) in (mostly(VehicleCategory::Other, VehicleCategory::LawEnforcement), mostly(VehicleStatus::Idle, VehicleStatus::InRepair)),
        powertrain in prop_oneof![Just(Powertrain::Petrol), Just(Powertrain::Electric), Just(Powertrain::PlugInHybrid)],
        (seats, purposes, tags) in (mostly(5, 4), mostly(u64::MAX, 0), mostly(0b11_u64, 0)),
        (plate_digit, is_exempt) in (proptest::option::of(0..10_u8), mostly(false, true)),
        (promised, sealed, workshop) in (vec(span(), 0..3), span(), span()),
        (shift, rests_until) in (mostly(Spell::ALWAYS, Spell { from: NOON - 3600, to: NOON + 4500 }), mostly(0, NOON + 300)),
        (duty_left_s, service_left_m) in (mostly(36_000, 4_000), mostly(5_000_000, 45_000)),
        (full_range_m, left_milli) in (proptest::option::of(100_000..400_000_u32), 500..=1000_u16),
        (worked_min, fen_per_km) in (0..600_u16, 60..200_u32),
    ) -> StandingCar {
        StandingCar {
            unit: unit(owner), shared_within: unit(within), place, category, status, powertrain, seats, purposes, tags, plate_digit,
            is_exempt, promised: promised.into(), sealed, workshop, shift, rests_until, duty_left_s, service_left_m, full_range_m,
            left_milli, worked_min, fen_per_km, ..car(number)
        }
    }
}

prop_compose! {
    /// A trip from somewhere about.
    fn any_need()(
        at in place(),
        (trip_m, busy_s, patience_s) in (5_000..80_000_u32, 1200..9000_u32, 0..3600_u32),
        (begins_in_s, cold_milli, digits) in (0..3600_u32, 600..=1000_u16, 0..1024_u16),
        (is_confidential, is_emergency, tags) in (mostly(false, true), mostly(false, true), mostly(0, 1)),
    ) -> Need {
        let bans = vec![PlateBan { during: Spell { from: NOON, to: NOON + 1800 }, digits: digits & 0b11, spares_new_energy: true }];
        let begins_at = NOON + begins_in_s;
        Need {
            place: at.unwrap_or(HERE), trip_m, busy_s, begins_at, latest_at: begins_at + patience_s, cold_milli, bans, is_confidential,
            is_emergency, tags, ..need()
        }
    }
}

fn index(cars: &[StandingCar]) -> Nearby {
    // Smaller than where the cars are, so that some lie outside it.
    let corner = |by: i32| Point { lon_e7: HERE.lon_e7 + by, lat_e7: HERE.lat_e7 + by };
    let mut nearby = Nearby::over(corner(-1_500_000), corner(1_500_000), 3_000);
    for car in cars {
        nearby.put(car.clone());
    }
    nearby
}

/// What looking at every car finds.
fn scan(nearby: &Nearby, need: &Need, terms: &Terms, most: usize) -> Vec<CarOffer> {
    let mut verdicts = Vec::new();
    nearby.verdicts(need, terms, &mut verdicts);
    let said = nearby.cars().iter().zip(verdicts).filter(|(_, verdict)| verdict.broken.is_none());
    let mut offers: Vec<CarOffer> = said.map(|(car, verdict)| CarOffer { cost: verdict.cost, vehicle: car.vehicle }).collect();
    offers.sort_unstable();
    offers.truncate(most);
    offers
}

/// What a batch costs at the least if that trip goes with that car, whatever it takes.
fn sent_with(lists: &Lists, trip: usize, car: u32) -> Money {
    let mut sent = Lists::new(lists.columns()).unwrap();
    for row in 0..lists.rows() {
        let candidates = lists.candidates(row).iter().filter(|pairing| row != trip || pairing.column() == car);
        let unserved = if row == trip { Money::from_fen(1 << 40) } else { lists.unserved(row) };
        sent.push(unserved, candidates.map(|pairing| (pairing.column(), pairing.cost()))).unwrap();
    }
    crate::matching::solve(&sent).total
}

/// The rules once more, in other words and in one place, as a judge who has not read the others' files.
fn plainly_broken(car: &StandingCar, need: &Need, terms: &Terms) -> Vec<EligibilityRule> {
    let second = |at: u32| i64::from(at);
    let way_m = car.place.map_or(0, |place| terms.way.metres(Flat::around(need.place).metres_to(place)));
    let ride_s = second(terms.way.seconds(way_m));
    let there_at = second(need.begins_at).max(second(need.now) + ride_s);
    let (leaves_at, free_at) = (there_at - ride_s, there_at + second(need.busy_s));
    let is_away = |span: &Spell| span.from < span.to && second(span.from) < free_at && second(span.to) > leaves_at;
    let driven_m = i64::from(way_m) + i64::from(need.trip_m);
    let is_green = car.powertrain != Powertrain::Petrol;
    let reach_m = car.full_range_m.map(|full_m| {
        let left = u64::from(full_m) * u64::from(car.left_milli) / 1000;
        if car.powertrain == Powertrain::Electric { left * u64::from(need.cold_milli) / 1000 } else { left }
    });
    let bans = |ban: &PlateBan| {
        let is_listed = (0..10_u8).any(|digit| Some(digit) == car.plate_digit && ban.digits & (1 << digit) != 0);
        is_listed && is_away(&ban.during) && !(is_green && ban.spares_new_energy)
    };
    let broken = [
        (EligibilityRule::Category, !need.is_emergency && need.category != car.category),
        (EligibilityRule::Purpose, !need.is_emergency && car.purposes & (1 << need.purpose) == 0),
        (EligibilityRule::Unit, need.line.iter().all(|unit| *unit != car.shared_within)),
        (EligibilityRule::Seats, need.seats > car.seats),
        (EligibilityRule::Tags, need.tags | car.tags != car.tags),
        (EligibilityRule::State, car.status != VehicleStatus::InService && car.status != VehicleStatus::Idle),
        (EligibilityRule::Place, car.place.is_none()),
        (EligibilityRule::Late, there_at > second(need.latest_at)),
        (EligibilityRule::Slot, car.promised.iter().any(is_away)),
        (EligibilityRule::Shift, leaves_at < second(car.shift.from) || free_at > second(car.shift.to)),
        (EligibilityRule::Duty, free_at - leaves_at > second(car.duty_left_s)),
        (EligibilityRule::Rest, leaves_at < second(car.rests_until)),
        (EligibilityRule::Seal, is_away(&car.sealed)),
        (EligibilityRule::Workshop, is_away(&car.workshop)),
        (EligibilityRule::Service, driven_m > i64::from(car.service_left_m)),
        (EligibilityRule::PlateDay, !need.is_emergency && need.bans.iter().any(bans)),
        (
            EligibilityRule::Range,
            reach_m.is_some_and(|reach_m| u64::try_from(driven_m).unwrap() + u64::from(need.reserve_m) > reach_m),
        ),
        (EligibilityRule::Exempt, car.is_exempt && !need.is_confidential),
    ];
    broken.into_iter().filter_map(|(rule, is_broken)| is_broken.then_some(rule)).collect()
}

/// Gives way to one rule, by exactly so much as was said to be missing where it measures.
fn relax(rule: EligibilityRule, by: i64, car: &mut StandingCar, need: &mut Need) {
    let more = u32::try_from(by).unwrap();
    match rule {
        EligibilityRule::Category => car.category = need.category,
        EligibilityRule::Purpose => car.purposes |= 1 << need.purpose,
        EligibilityRule::Unit => car.shared_within = need.line[0],
        EligibilityRule::Seats => car.seats += u8::try_from(by).unwrap(),
        EligibilityRule::Tags => car.tags |= need.tags,
        EligibilityRule::State => car.status = VehicleStatus::InService,
        EligibilityRule::Place => car.place = Some(need.place),
        EligibilityRule::Late => need.latest_at += more,
        EligibilityRule::Slot => car.promised = Box::default(),
        EligibilityRule::Shift => (car.shift.from, car.shift.to) = (car.shift.from - more, car.shift.to.saturating_add(more)),
        EligibilityRule::Duty => car.duty_left_s += more,
        EligibilityRule::Rest => car.rests_until -= more,
        EligibilityRule::Seal => car.sealed = Spell::NEVER,
        EligibilityRule::Workshop => car.workshop = Spell::NEVER,
        EligibilityRule::Service => car.service_left_m += more,
        EligibilityRule::PlateDay => need.bans.clear(),
        EligibilityRule::Range => need.reserve_m -= more.min(need.reserve_m),
        EligibilityRule::Exempt => need.is_confidential = true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_rings_find_what_looking_at_every_car_finds(cars in vec(any_car(), 0..150), need in any_need(), most in 1..40_usize, bar in 0..20_000_i64) {
        let (nearby, terms) = (index(&cars), terms());
        let all = scan(&nearby, &need, &terms, usize::MAX);
        prop_assert_eq!(&nearby.best(&need, &terms, most)[..], &all[..most.min(all.len())]);
        let bar = Money::from_fen(bar);
        prop_assert_eq!(nearby.cheaper(&need, &terms, bar), all.into_iter().filter(|offer| offer.cost < bar).collect::<Vec<_>>());
    }

    #[test]
    fn cars_that_moved_are_found_where_they_are(
        mut cars in vec(any_car(), 1..40),
        acts in vec((0..40_usize, place(), 0..4_u8), 0..120),
        need in any_need(),
    ) {
        let (mut nearby, terms) = (index(&cars), terms());
        for (which, place, act) in acts {
            if cars.is_empty() {
                break;
            }
            let which = which % cars.len();
            if act == 0 {
                let gone = cars.swap_remove(which);
                prop_assert_eq!(nearby.remove(gone.vehicle), Some(gone.clone()));
                prop_assert!(!nearby.move_to(gone.vehicle, None), "it is gone");
            } else {
                cars[which].place = place;
                prop_assert!(nearby.move_to(cars[which].vehicle, place));
            }
        }
        let anew = index(&cars);
        prop_assert_eq!(nearby.cars().len(), cars.len());
        prop_assert_eq!(nearby.best(&need, &terms, 50), scan(&anew, &need, &terms, 50));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn lists_of_a_batch_lose_nothing(cars in vec(any_car(), 0..60), needs in vec((any_need(), 0..9_000_i64), 0..25), most in 1..5_usize) {
        let (nearby, terms) = (index(&cars), terms());
        let wanted = |(need, fen): (Need, i64)| Wanted { need, unserved: Money::from_fen(fen) };
        let wanted: Vec<Wanted> = needs.into_iter().map(wanted).collect();
        let batch = batch::solve(&nearby, &wanted, &terms, most).unwrap();
        let mut all = Lists::new(nearby.cars().len()).unwrap();
        for wanted in &wanted {
            let offers = scan(&nearby, &wanted.need, &terms, usize::MAX);
            let number = |offer: &CarOffer| (0..).zip(nearby.cars()).find(|(_, car)| car.vehicle == offer.vehicle).unwrap().0;
            all.push(wanted.unserved, offers.iter().map(|offer| (number(offer), offer.cost))).unwrap();
        }
        let total = batch.certified.matching.total;
        prop_assert_eq!(flaws(&all, &batch.certified.matching), [], "proved over all cars");
        for (trip, car) in (0..wanted.len()).flat_map(|trip| (0..).zip(nearby.cars()).step_by(7).map(move |car| (trip, car))) {
            match batch::why_not(&nearby, &wanted, &terms, &batch, trip, car.1.vehicle).unwrap() {
                WhyNot::Goes => prop_assert_eq!(batch.vehicles[trip], Some(car.1.vehicle)),
                WhyNot::Against(against) => prop_assert!(!against.is_empty()),
                WhyNot::Dearer { by, worth, taken_by } => {
                    let dearer = sent_with(&all, trip, car.0) - total;
                    prop_assert!(by >= Money::ZERO && dearer >= by && worth >= Money::ZERO, "{:?} is more than {:?}", by, dearer);
                    prop_assert!(taken_by.is_none_or(|taken_by| batch.vehicles[taken_by] == Some(car.1.vehicle)));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn who_breaks_one_rule_may_go_once_it_gives_way_and_not_before(car in any_car(), need in any_need()) {
        let terms = terms();
        let judge = |car: &StandingCar, need: &Need| CarCase::of(car, need, &terms, Flat::around(need.place)).explain(&terms).against;
        let against = judge(&car, &need);
        let [only] = against.as_slice() else { return Ok(()) };
        let relaxed = |by: i64| {
            let (mut car, mut need) = (car.clone(), need.clone());
            relax(only.rule, by, &mut car, &mut need);
            judge(&car, &need)
        };
        let is_exact = !matches!(only.rule, EligibilityRule::Slot | EligibilityRule::Seal | EligibilityRule::Workshop | EligibilityRule::Tags);
        if only.rule == EligibilityRule::Place {
            // What its place would have spoken against is said once it is known.
            prop_assert!(relaxed(only.by).iter().all(|shortfall| shortfall.rule != EligibilityRule::Place));
        } else if only.rule != EligibilityRule::Range || only.by <= i64::from(need.reserve_m) {
            prop_assert_eq!(relaxed(only.by), []);
            if is_exact && only.rule.measure() != Measure::Whether && only.by > 1 {
                prop_assert_eq!(relaxed(only.by - 1).len(), 1, "by less it may not");
            }
        }
    }

    #[test]
    fn the_short_verdict_and_the_long_one_agree(car in any_car(), need in any_need()) {
        let (nearby, terms) = (index(std::slice::from_ref(&car)), terms());
        let mut verdicts = Vec::new();
        nearby.verdicts(&need, &terms, &mut verdicts);
        let CarVerdict { broken, cost } = verdicts[0];
        let explained = nearby.explain(car.vehicle, &need, &terms).unwrap();
        prop_assert_eq!(broken.rules().collect::<Vec<_>>(), plainly_broken(&car, &need, &terms));
        prop_assert_eq!(broken.rules().collect::<Vec<_>>(), explained.against.iter().map(|one| one.rule).collect::<Vec<_>>());
        prop_assert!(explained.against.iter().all(|one| one.by > 0) && broken.count() as usize == explained.against.len());
        prop_assert_eq!(cost, explained.cost.iter().map(|(_, amount)| *amount).sum());
        prop_assert!(explained.against.iter().all(|one| !one.chinese().is_empty() && !one.english().is_empty()));
    }
}

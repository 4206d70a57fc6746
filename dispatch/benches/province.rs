//! A province to measure on: eleven cities, 167 counties, cars with yards, kinds, sharing and range, and trips that want them.
//!
//! Where trips begin has not the shape of where cars stand, so that some counties are short of cars though the province is not.

use dispatch::nearby::batch::Wanted;
use dispatch::nearby::car::{Spell, StandingCar};
use dispatch::nearby::index::Nearby;
use dispatch::nearby::need::{Need, Prices, Terms};
use dispatch::nearby::way::{Point, WayEstimate};
use dispatch::rule::key::RuleKey;
use dispatch::trip::travel::Travel;
use dispatch::unit::UnitId;
use dispatch::vehicle::{Powertrain, VehicleCategory, VehicleStatus};
use telematics::id::VehicleId;
use uuid::Uuid;

/// When everything begins, in seconds since 1970.
const NOON: u32 = 1_772_424_000;
/// What leaving a trip out costs: 2,000 yuan.
const UNSERVED_FEN: i64 = 200_000;
const CITIES: u64 = 11;
const COUNTIES: u64 = 167;
/// Units of a county that have cars of their own.
const BUREAUS: u64 = 24;

/// Numbers from a seed (splitmix64), the same on every machine.
#[derive(Debug)]
pub(crate) struct Chance(u64);

/// A county: where it lies, how many cars and how many trips it has a share of.
#[derive(Debug)]
struct County {
    city: u64,
    east_m: i64,
    north_m: i64,
    cars: u64,
    trips: u64,
}

/// The province.
#[derive(Debug)]
pub(crate) struct Province {
    counties: Vec<County>,
    chance: Chance,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Less than `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let wide = u128::from(mixed ^ (mixed >> 31)) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// One in a hundred, `percent` times.
    pub(crate) fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn between(&mut self, from: u64, to: u64) -> u32 {
        u32::try_from(from + self.below(to - from)).unwrap_or_default()
    }

    /// About nothing, mostly within `width`.
    pub(crate) fn bell(&mut self, width: i64) -> i64 {
        let mut throw = || i64::try_from(self.below(u64::try_from(2 * width + 1).unwrap_or(1))).unwrap_or_default() - width;
        (throw() + throw() + throw() + throw()) * 87 / 100
    }
}

impl Province {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let signed = |number: u64| i64::try_from(number).unwrap_or_default();
        let centres: Vec<(i64, i64)> = (0..CITIES)
            .map(|city| {
                let (column, row) = (signed(city % 4), signed(city / 4));
                let [east, north] = [0, 0].map(|_| 30_000 + signed(chance.below(50_000)));
                (column * 110_000 + east, row * 130_000 + north)
            })
            .collect();
        let counties = (0..COUNTIES).map(|county| {
            let city = county % CITIES;
            let (east, north) = centres.get(usize::try_from(city).unwrap_or_default()).copied().unwrap_or_default();
            let cars = 40 + chance.below(160);
            // Most have fewer trips than cars; one in ten has several times as many.
            let crowd = [3, 3, 3, 3, 8, 8, 8, 16, 16, 32].get(usize::try_from(chance.below(10)).unwrap_or_default()).copied();
            County {
                city,
                east_m: east + chance.bell(22_000),
                north_m: north + chance.bell(22_000),
                cars,
                trips: cars * crowd.unwrap_or(8),
            }
        });
        let counties = counties.collect();
        Self { counties, chance }
    }

    /// An index of so many cars.
    pub(crate) fn cars(&mut self, count: u128) -> Nearby {
        let mut nearby = Nearby::over(point(-40_000, -40_000), point(560_000, 460_000), 4_000);
        (1..=count).for_each(|number| nearby.put(self.car(number)));
        nearby
    }

    fn car(&mut self, number: u128) -> StandingCar {
        let (county, place) = self.somewhere(|county| county.cars, 6_000);
        let chance = &mut self.chance;
        let line = line(county, chance.below(BUREAUS));
        let shared = match chance.below(100) {
            0..35 => 0,
            35..85 => 1,
            85..97 => 2,
            _ => 3,
        };
        let is_electric = chance.is(30);
        let promised = if chance.is(20) {
            let from = NOON + chance.between(7_200, 28_800);
            vec![Spell { from, to: from + chance.between(1_800, 14_400) }]
        } else {
            Vec::new()
        };
        StandingCar {
            vehicle: VehicleId(Uuid::from_u128(number)),
            unit: unit(&line, 0),
            shared_within: unit(&line, shared),
            place: Some(place),
            category: kind(chance),
            powertrain: if is_electric { Powertrain::Electric } else { Powertrain::Petrol },
            status: if chance.is(97) { VehicleStatus::Idle } else { VehicleStatus::InRepair },
            seats: if chance.is(80) { 5 } else { 7 },
            purposes: u64::MAX,
            tags: chance.below(4),
            plate_digit: u8::try_from(chance.below(10)).ok(),
            is_exempt: chance.is(1),
            promised: promised.into(),
            shift: if chance.is(85) { Spell::ALWAYS } else { Spell { from: NOON - 14_400, to: NOON + 14_400 } },
            sealed: Spell::NEVER,
            workshop: Spell::NEVER,
            rests_until: 0,
            duty_left_s: chance.between(7_200, 36_000),
            worked_min: 0,
            service_left_m: chance.between(50_000, 10_000_000),
            full_range_m: Some(if is_electric { chance.between(250_000, 500_000) } else { 600_000 }),
            left_milli: u16::try_from(chance.between(250, 1_001)).unwrap_or_default(),
            fen_per_km: 150,
        }
    }

    /// A trip now, whose car is there within so many seconds.
    pub(crate) fn trip(&mut self, patience_s: u32) -> Wanted {
        let (county, place) = self.somewhere(|county| county.trips, 8_000);
        let chance = &mut self.chance;
        let line = line(county, chance.below(BUREAUS));
        let trip_m = match chance.below(10) {
            0..6 => chance.between(8_000, 38_000),
            6..9 => chance.between(40_000, 120_000),
            _ => chance.between(120_000, 320_000),
        };
        let need = Need {
            line,
            category: kind(chance),
            purpose: 0,
            seats: if chance.is(95) { 5 } else { 7 },
            tags: u64::from(chance.is(5)),
            place,
            trip_m,
            now: NOON,
            begins_at: NOON + 900,
            latest_at: NOON + patience_s,
            busy_s: 1_200 + trip_m / 12,
            bans: Vec::new(),
            reserve_m: 30_000,
            cold_milli: 900,
            is_confidential: false,
            is_emergency: false,
        };
        Wanted { need, unserved: dispatch::money::Money::from_fen(UNSERVED_FEN) }
    }

    fn somewhere(&mut self, weight: fn(&County) -> u64, width_m: i64) -> (u64, Point) {
        let mut left = self.chance.below(self.counties.iter().map(weight).sum());
        for (number, county) in (0..).zip(&self.counties) {
            if left < weight(county) {
                let (east, north) = (self.chance.bell(width_m), self.chance.bell(width_m));
                return (number * CITIES + county.city, point(county.east_m + east, county.north_m + north));
            }
            left -= weight(county);
        }
        (0, point(0, 0))
    }
}

/// How ways are estimated, and what the policy charges.
pub(crate) fn terms() -> Result<Terms, &'static str> {
    let value = |key: RuleKey| key.spec().builtin_values().next().map(|(_, value)| value).ok_or("a key without a built-in value");
    let travel = Travel::of(&value(RuleKey::WayFactor)?, &value(RuleKey::TravelSpeed)?);
    let prices = Prices { waiting_minute: 100, fuel: 300, other_unit: 500, spare_seat: 50, worked_hour: 30 };
    Ok(Terms { way: WayEstimate::from(&travel), prices })
}

/// Five kinds of cars, two of them rare.
fn kind(chance: &mut Chance) -> VehicleCategory {
    match chance.below(100) {
        0..55 => VehicleCategory::Other,
        55..75 => VehicleCategory::LawEnforcement,
        75..87 => VehicleCategory::EmergencySupport,
        87..96 => VehicleCategory::RetiredCadreService,
        _ => VehicleCategory::SpecialTechnical,
    }
}

/// A bureau, its county, its city, the province.
fn line(county: u64, bureau: u64) -> Vec<UnitId> {
    let key = |level: u128, number: u64| UnitId(Uuid::from_u128((level << 64) | u128::from(number)));
    vec![key(1, county * BUREAUS + bureau), key(2, county), key(3, county % CITIES), key(4, 0)]
}

fn unit(line: &[UnitId], level: usize) -> UnitId {
    line.get(level).copied().unwrap_or(UnitId(Uuid::nil()))
}

/// Metres east and north of the province's corner.
fn point(east_m: i64, north_m: i64) -> Point {
    let degrees =
        |from_e7: i64, metres: i64, degree_m: i64| i32::try_from(from_e7 + metres * 10_000_000 / degree_m).unwrap_or_default();
    Point { lon_e7: degrees(1_180_000_000, east_m, 97_000), lat_e7: degrees(275_000_000, north_m, 111_195) }
}

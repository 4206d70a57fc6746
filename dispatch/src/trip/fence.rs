//! Departure and return by the base (离基、回基): what a car's own way says of an order whose driver has not tapped.

use chrono::{DateTime, TimeDelta, Utc};
use telematics::place::LonLat;
use telematics::quantity::Distance;

/// How long a car is seen outside before it has left: one fix astray is no departure.
const CONFIRM: TimeDelta = TimeDelta::minutes(1);

/// Where a car is at home, and how far that reaches (基地围栏).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BaseFence {
    /// Its middle.
    pub place: LonLat,
    /// How far it reaches.
    pub radius: Distance,
}

/// A fix of the car, as far as it matters here (围栏采样).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FenceFix {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: LonLat,
    /// The receiver says that it moves.
    pub is_moving: bool,
    /// Odometer then, in metres, where the terminal tells it.
    pub odometer_m: Option<i64>,
}

/// What is known of an order that is on the road (回基判定).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Errand {
    /// When it left, or left again.
    pub departed_at: DateTime<Utc>,
    /// When the driver said to be there.
    pub arrived_at: Option<DateTime<Utc>>,
    /// Planned end.
    pub ends_at: DateTime<Utc>,
    /// Where it leads.
    pub destination: LonLat,
}

impl BaseFence {
    /// The place lies within.
    pub fn holds(&self, place: LonLat) -> bool {
        self.place.distance_to(place) <= self.radius
    }
}

/// The fix with which the car left its base between two instants: the first one outside behind one inside, when it was seen outside for
/// a while. `fixes` are the oldest first.
pub fn left(fixes: &[FenceFix], base: &BaseFence, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Option<FenceFix> {
    let mut was_inside = false;
    let mut out: Option<FenceFix> = None;
    for fix in fixes {
        if base.holds(fix.place) {
            (was_inside, out) = (true, None);
            continue;
        }
        let first = *out.get_or_insert(*fix);
        if was_inside && fix.at - first.at >= CONFIRM && (from..=to).contains(&first.at) {
            return Some(first);
        }
    }
    None
}

/// The fix since which the car stands at its base again, when it has stood there for `stand` and its errand is done.
///
/// It is done when the driver said to have been there, the car was seen there, or its time is over. `fixes` are the oldest first.
pub fn back(fixes: &[FenceFix], base: &BaseFence, errand: &Errand, stand: TimeDelta, now: DateTime<Utc>) -> Option<FenceFix> {
    let under_way: Vec<&FenceFix> = fixes.iter().filter(|fix| fix.at >= errand.departed_at).collect();
    let last_out = under_way.iter().rposition(|fix| !base.holds(fix.place))?;
    let home = under_way.get(last_out + 1..)?;
    // Turning in the yard is not standing yet.
    let rest = home.iter().rposition(|fix| fix.is_moving).map_or(0, |moving| moving + 1);
    let since = **home.get(rest)?;
    let there = BaseFence { place: errand.destination, radius: base.radius };
    let seen_there = || under_way.get(..=last_out)?.iter().find(|fix| there.holds(fix.place)).map(|fix| fix.at);
    let done_at = errand.arrived_at.or_else(seen_there).map_or(errand.ends_at, |there| there.min(errand.ends_at));
    (now - since.at.max(done_at) >= stand).then_some(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minutes after ten.
    fn at(minutes: i64) -> DateTime<Utc> {
        "2026-03-02T10:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
    }

    fn north(metres: f64) -> LonLat {
        LonLat::new(120.13, 30.25 + metres / 111_195.0).unwrap()
    }

    fn base() -> BaseFence {
        BaseFence { place: north(0.0), radius: Distance::from_metres(300.0) }
    }

    /// Fixes a minute apart from ten on: metres north of the base, and a mark where the car moves.
    fn fixes(way: &[(f64, bool)]) -> Vec<FenceFix> {
        let minutes = 0_i64..;
        let fix = |(minute, (metres, is_moving)): (i64, &(f64, bool))| FenceFix {
            at: at(minute),
            place: north(*metres),
            is_moving: *is_moving,
            odometer_m: Some(1_000 + minute),
        };
        minutes.zip(way).map(fix).collect()
    }

    #[track_caller]
    fn leaves(name: &str, way: &[(f64, bool)], window: (i64, i64), expected: Option<i64>) {
        let found = left(&fixes(way), &base(), (at(window.0), at(window.1)));
        assert_eq!(found.map(|fix| fix.at), expected.map(at), "{name}");
    }

    #[test]
    fn a_car_leaves_when_it_stays_outside_within_the_time_of_its_order() {
        let (home, gone) = ((0.0, false), (2_000.0, true));
        leaves("drives off", &[home, home, gone, gone, gone], (0, 60), Some(2));
        leaves("one fix astray", &[home, gone, home, home], (0, 60), None);
        leaves("not sure yet", &[home, home, gone], (0, 60), None);
        leaves("in the yard", &[home, (250.0, true), (290.0, true)], (0, 60), None);
        leaves("was outside all the time", &[gone, gone, gone], (0, 60), None);
        leaves("left before the order's time", &[home, gone, gone, gone], (2, 60), None);
        leaves("left after it", &[home, home, home, gone, gone], (0, 2), None);
        leaves("came back before anybody looked", &[home, gone, gone, home, home], (0, 60), Some(1));
        leaves("is home again and leaves in time", &[home, gone, gone, home, gone, gone], (4, 60), Some(4));
        leaves("is not heard of", &[], (0, 60), None);
    }

    fn errand(arrived: Option<i64>, ends: i64) -> Errand {
        Errand { departed_at: at(0), arrived_at: arrived.map(at), ends_at: at(ends), destination: north(5_000.0) }
    }

    #[track_caller]
    fn returns(name: &str, way: &[(f64, bool)], errand: Errand, now: i64, expected: Option<i64>) {
        let found = back(&fixes(way), &base(), &errand, TimeDelta::minutes(5), at(now));
        assert_eq!(found.map(|fix| fix.at), expected.map(at), "{name}");
    }

    #[test]
    fn a_car_is_back_when_it_stands_at_its_base_for_a_while_and_its_errand_is_done() {
        let (home, gone, there, yard) = ((0.0, false), (2_000.0, true), (5_000.0, false), (100.0, true));
        returns("has been there", &[gone, there, gone, home], errand(None, 120), 8, Some(3));
        returns("stands too short", &[gone, there, gone, home], errand(None, 120), 7, None);
        returns("said to have been there", &[gone, gone, gone, home], errand(Some(1), 120), 8, Some(3));
        returns("only passed by the base", &[gone, home, home], errand(None, 120), 30, None);
        returns("its time is over", &[gone, home, home], errand(None, 20), 25, Some(1));
        returns("its time is over, and not long enough", &[gone, home, home], errand(None, 20), 24, None);
        returns("turns in the yard", &[gone, there, gone, yard, yard, home], errand(None, 120), 9, None);
        returns("has turned in the yard", &[gone, there, gone, yard, yard, home], errand(None, 120), 10, Some(5));
        returns("has left again", &[gone, there, home, home, gone], errand(None, 120), 60, None);
        returns("is on the way", &[gone, there, gone], errand(None, 120), 60, None);
        returns("never left", &[home, home], errand(None, 1), 60, None);
    }
}

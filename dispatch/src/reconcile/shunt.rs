//! Moves between two places of rest that are too short to be a trip (挪车): the tracker begins a trip at a distance that drift does not
//! reach, the rule of 50 m asks for less.

use chrono::{DateTime, TimeDelta, Utc};
use telematics::place::LonLat;
use telematics::quantity::Distance;

use super::Observed;

/// What is seen so near to a trip belongs to it: rolling up to the gate, turning in the yard.
const OF_A_TRIP: TimeDelta = TimeDelta::minutes(10);

/// A fix, as far as it says whether the car moves (定位采样).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighting {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: LonLat,
    /// The receiver says that it moves; drift has no such speed.
    pub is_moving: bool,
}

/// The moves among `seen`, oldest first, that lie apart from every trip of `trips` and are over for so long that none will come of them.
///
/// A move goes from the last fix at rest before it to the first one behind it, so that a few fixes are enough, and is as long as the car
/// got away from where it stood.
pub fn shunts(seen: &[Sighting], trips: &[Observed], now: DateTime<Utc>) -> Vec<Observed> {
    let mut moves = Vec::new();
    let (mut rest, mut begun): (Option<LonLat>, Option<(DateTime<Utc>, Distance)>) = (None, None);
    for sighting in seen {
        let away = rest.map_or(Distance::ZERO, |rest| rest.distance_to(sighting.place));
        if sighting.is_moving {
            let (since, furthest) = begun.unwrap_or((sighting.at, Distance::ZERO));
            begun = Some((since, furthest.max(away)));
            continue;
        }
        if let (Some(from), Some((started_at, furthest))) = (rest, begun.take()) {
            moves.push(Observed {
                id: None,
                started_at,
                ended_at: Some(sighting.at),
                from,
                to: sighting.place,
                distance: furthest.max(away),
                driver: None,
            });
        }
        rest = Some(sighting.place);
    }
    moves.retain(|seen| {
        let end = seen.ended_at.unwrap_or(now);
        let is_apart = |trip: &Observed| {
            trip.started_at > end + OF_A_TRIP || trip.ended_at.is_some_and(|ended| ended + OF_A_TRIP < seen.started_at)
        };
        end + OF_A_TRIP <= now && trips.iter().all(is_apart)
    });
    moves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reconcile::testing::{at, base, check, north, trip};
    use crate::reconcile::{Evidence, FindingKind};

    fn sighting(time: &str, metres: f64, is_moving: bool) -> Sighting {
        Sighting { at: at(time), place: north(base(), metres / 1000.0), is_moving }
    }

    /// Stands, rolls so many metres, stands there.
    fn shunted(metres: f64) -> [Sighting; 3] {
        [sighting("10:00", 0.0, false), sighting("10:01", metres / 2.0, true), sighting("10:02", metres, false)]
    }

    #[test]
    fn a_car_that_is_pushed_across_the_yard() {
        let found = |metres: f64| move |seen: &mut Evidence| seen.trips = shunts(&shunted(metres), &[], seen.now);
        check("49 m are nothing", found(49.0), &[]);
        check("51 m are use", found(51.0), &[(FindingKind::UseWithoutOrder, "10:01", 51.0)]);
        let there_and_back = [sighting("10:00", 0.0, false), sighting("10:01", 80.0, true), sighting("10:02", 0.0, false)];
        let found = |seen: &mut Evidence| seen.trips = shunts(&there_and_back, &[], seen.now);
        check("and back to its place", found, &[(FindingKind::UseWithoutOrder, "10:01", 80.0)]);
    }

    #[test]
    fn what_is_no_move_of_its_own() {
        let moves = |seen: &[Sighting], trips: &[Observed], now: &str| shunts(seen, trips, at(now)).len();
        let drift = [sighting("10:00", 0.0, false), sighting("10:01", 90.0, false), sighting("10:02", 0.0, false)];
        assert_eq!(moves(&drift, &[], "11:00"), 0, "drift has no speed");
        assert_eq!(moves(&shunted(60.0), &[], "10:11"), 0, "a trip may come of it yet");
        assert_eq!(moves(&shunted(60.0), &[], "10:12"), 1);
        assert_eq!(moves(&shunted(60.0), &[trip("10:10", "10:40", 9_000.0)], "11:00"), 0, "setting off");
        assert_eq!(moves(&shunted(60.0), &[trip("09:00", "09:55", 9_000.0)], "11:00"), 0, "turning in");
        assert_eq!(moves(&shunted(60.0), &[trip("09:00", "09:50", 9_000.0)], "11:00"), 1);
        assert_eq!(moves(&shunted(60.0)[1..], &[], "11:00"), 0, "where it came from is not known");
        assert_eq!(moves(&[], &[], "11:00"), 0);
    }
}

//! Riding together (拼车): which trips go the same way at the same time with room for both.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use telematics::place::LonLat;
use telematics::quantity::Distance;

use crate::word::words;

words! {
    /// Why two trips do not ride together (不可拼车原因).
    PoolRefusal, PoolRefusalError, "pool.refusal" {
        /// One of them does not want company.
        NotPoolable = "not_poolable", "未同意拼车";
        /// Too far apart in time.
        Time = "time", "时间相差过大";
        /// They begin or end too far apart.
        Place = "place", "起点或终点相距过远";
        /// One goes there and back, the other stays.
        Return = "return", "往返方式不同";
        /// Not enough seats for both.
        Seats = "seats", "座位不足";
    }
}

/// A trip, as far as company matters (拼车要素).
#[derive(Clone, Debug, PartialEq)]
pub struct Ride {
    /// Wants company, or does not mind.
    pub is_poolable: bool,
    /// Where it begins.
    pub from: LonLat,
    /// Where it leads.
    pub to: LonLat,
    /// Ends where it began.
    pub is_round_trip: bool,
    /// When it begins.
    pub begins_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// How many ride.
    pub passengers: u32,
}

/// How near trips have to be (拼车规则): values of the register.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolRules {
    /// Most between their beginnings, and between their ends.
    pub within: Duration,
    /// Most between where they begin, and between where they lead.
    pub near: Distance,
}

/// How well two trips fit (拼车匹配): less is better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Match {
    /// Metres between where they begin and where they lead, together.
    pub apart_m: f64,
    /// Seconds between their beginnings.
    pub apart_s: i64,
}

/// The newcomer may ride with a trip whose car has so many seats, the driver's included, of which `taken` people sit already.
pub fn fits(newcomer: &Ride, trip: &Ride, seats: u32, taken: u32, rules: &PoolRules) -> Result<Match, PoolRefusal> {
    if !(newcomer.is_poolable && trip.is_poolable) {
        return Err(PoolRefusal::NotPoolable);
    }
    let begins = newcomer.begins_at - trip.begins_at;
    let ends = newcomer.ends_at - trip.ends_at;
    if begins.abs() > rules.within || ends.abs() > rules.within {
        return Err(PoolRefusal::Time);
    }
    if newcomer.is_round_trip != trip.is_round_trip {
        return Err(PoolRefusal::Return);
    }
    let (from, to) = (newcomer.from.distance_to(trip.from), newcomer.to.distance_to(trip.to));
    if from > rules.near || to > rules.near {
        return Err(PoolRefusal::Place);
    }
    if taken.saturating_add(newcomer.passengers) > seats.saturating_sub(1) {
        return Err(PoolRefusal::Seats);
    }
    Ok(Match { apart_m: from.metres() + to.metres(), apart_s: begins.num_seconds().abs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ride(from: f64, to: f64, minute: i64, passengers: u32) -> Ride {
        let at = |minute: i64| DateTime::<Utc>::UNIX_EPOCH + Duration::minutes(minute);
        Ride {
            is_poolable: true,
            from: LonLat::new(from, 30.0).unwrap(),
            to: LonLat::new(to, 30.0).unwrap(),
            is_round_trip: true,
            begins_at: at(minute),
            ends_at: at(minute + 180),
            passengers,
        }
    }

    fn rules() -> PoolRules {
        PoolRules { within: Duration::minutes(30), near: Distance::from_metres(2_000.0) }
    }

    #[test]
    fn who_goes_the_same_way_at_the_same_time_rides_along() {
        let trip = ride(120.00, 120.50, 0, 2);
        let found = fits(&ride(120.01, 120.505, 10, 2), &trip, 5, 2, &rules()).unwrap();
        assert_eq!(found.apart_s, 600);
        assert!((1_400.0..1_500.0).contains(&found.apart_m), "{found:?}");
    }

    #[test]
    fn each_reason_against_it_is_named() {
        let trip = ride(120.00, 120.50, 0, 2);
        let alone = Ride { is_poolable: false, ..ride(120.00, 120.50, 0, 1) };
        let one_way = Ride { is_round_trip: false, ..ride(120.00, 120.50, 0, 1) };
        let cases = [
            (alone, PoolRefusal::NotPoolable),
            (ride(120.00, 120.50, 31, 1), PoolRefusal::Time),
            (one_way, PoolRefusal::Return),
            (ride(120.03, 120.50, 0, 1), PoolRefusal::Place),
            (ride(120.00, 120.53, 0, 1), PoolRefusal::Place),
            (ride(120.00, 120.50, 0, 3), PoolRefusal::Seats),
        ];
        for (newcomer, refusal) in cases {
            assert_eq!(fits(&newcomer, &trip, 5, 2, &rules()), Err(refusal));
        }
        assert!(fits(&ride(120.00, 120.50, 30, 2), &trip, 5, 2, &rules()).is_ok(), "at the limits it still fits");
    }
}

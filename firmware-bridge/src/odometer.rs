//! Mileage: the vehicle's own odometer where it tells one, the way between fixes where it does not; never backwards.

use chrono::TimeDelta;
use telematics::place::LonLat;
use telematics::quantity::{Distance, Speed};

/// Faster between two fixes is a receiver's mistake, not a way driven.
const BELIEVABLE: Speed = Speed::from_kmh(250.0);
/// Slower is the noise of a standing receiver.
const STANDS: Speed = Speed::from_kmh(2.0);

/// Counts the way (里程).
#[derive(Debug)]
pub struct Odometer {
    total: Distance,
    last: Option<(i64, LonLat)>,
    from_gnss: bool,
}

impl Odometer {
    /// Carries on from `total`; counts the way between fixes only when asked to.
    pub const fn new(total: Distance, from_gnss: OdometerSource) -> Self {
        Self { total, last: None, from_gnss: matches!(from_gnss, OdometerSource::VehicleOrGnss) }
    }

    /// A fix at `at_ms`: what was driven since the last one is added, over an outage the straight way at least.
    pub fn drive(&mut self, at_ms: i64, place: LonLat, speed: Option<Speed>) {
        let Some((before_ms, before)) = self.last else {
            self.last = Some((at_ms, place));
            return;
        };
        let seconds = TimeDelta::milliseconds(at_ms - before_ms).as_seconds_f64();
        if seconds <= 0.0 {
            return;
        }
        let way = before.distance_to(place);
        let mean = Speed::from_mps(way.metres() / seconds);
        if mean > BELIEVABLE {
            // The old place stays the start, unless the new one proves right by lasting.
            return;
        }
        self.last = Some((at_ms, place));
        if speed.unwrap_or(mean) >= STANDS || mean >= STANDS {
            self.total += way;
        }
    }

    /// The vehicle's own odometer; a lower one than was told before does not count.
    pub const fn tell(&mut self, odometer: Distance) {
        self.total = self.total.max(odometer);
    }

    /// The mileage to report: `None` when nothing is known of it.
    pub fn total(&self) -> Option<Distance> {
        (self.from_gnss || self.total > Distance::ZERO).then_some(self.total)
    }
}

/// Where mileage may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OdometerSource {
    /// The vehicle alone.
    Vehicle,
    /// The vehicle, and the way between fixes where it tells none.
    VehicleOrGnss,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(metres_north: f64) -> LonLat {
        LonLat::new(120.0, 30.0 + metres_north / 111_195.0).unwrap()
    }

    #[test]
    fn an_outage_of_an_hour_keeps_the_odometer_rising_and_adds_the_straight_way() {
        let mut odometer = Odometer::new(Distance::from_km(500.0), OdometerSource::VehicleOrGnss);
        let mut before = odometer.total().unwrap();
        let speed = Some(Speed::from_kmh(36.0));
        for second in 0..60_i32 {
            odometer.drive(i64::from(second) * 1000, place(f64::from(second) * 10.0), speed);
            assert!(odometer.total().unwrap() >= before);
            before = odometer.total().unwrap();
        }
        odometer.drive(3_660_000, place(20_590.0), speed);
        let after = odometer.total().unwrap();
        assert!((after.km() - 520.59).abs() < 0.1, "{after:?}");
    }

    #[test]
    fn the_vehicle_s_own_odometer_wins_but_never_turns_back() {
        let mut odometer = Odometer::new(Distance::ZERO, OdometerSource::Vehicle);
        assert_eq!(odometer.total(), None);
        odometer.tell(Distance::from_km(52_000.0));
        odometer.drive(0, place(0.0), None);
        odometer.drive(60_000, place(1000.0), None);
        odometer.tell(Distance::from_km(52_000.5));
        assert!((odometer.total().unwrap().km() - 52_001.0).abs() < 0.01);
        odometer.tell(Distance::from_km(52_001.5));
        assert!((odometer.total().unwrap().km() - 52_001.5).abs() < 0.01);
    }

    #[test]
    fn noise_at_rest_and_leaps_are_no_way_driven() {
        let mut odometer = Odometer::new(Distance::ZERO, OdometerSource::VehicleOrGnss);
        for second in 0..600_i32 {
            odometer.drive(i64::from(second) * 1000, place(f64::from(second % 2) * 0.4), Some(Speed::ZERO));
        }
        odometer.drive(601_000, place(90_000.0), Some(Speed::ZERO));
        assert_eq!(odometer.total(), Some(Distance::ZERO));
    }
}

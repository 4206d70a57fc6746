//! How far and how long a trip is, as far as one can say without roads: the straight line, drawn out.

use chrono::Duration;
use telematics::place::LonLat;
use telematics::quantity::Distance;

use crate::rule::value::{Cell, RuleValue};

/// What estimates are made with (估算参数), from the register: `way_factor` and `travel_speed`.
#[derive(Clone, Debug, PartialEq)]
pub struct Travel {
    factor: f64,
    /// Up to so many metres, so many kilometres an hour; the last has no end.
    speeds: Vec<(f64, f64)>,
}

impl Travel {
    /// From the values in force.
    pub fn of(factor: &RuleValue, speeds: &RuleValue) -> Self {
        let rows = speeds.rows().iter().filter_map(|row| {
            let up_to = row.get("up_to_km").and_then(Cell::number).map_or(f64::INFINITY, |km| km * 1000.0);
            Some((up_to, row.get("kmh")?.number()?))
        });
        let mut speeds: Vec<(f64, f64)> = rows.collect();
        speeds.sort_by(|one, other| one.0.total_cmp(&other.0));
        Self { factor: factor.number().unwrap_or(1.0), speeds }
    }

    /// How much longer a way is than the straight line.
    pub(crate) const fn factor(&self) -> f64 {
        self.factor
    }

    /// Up to so many metres, so many kilometres an hour.
    pub(crate) fn speeds(&self) -> &[(f64, f64)] {
        &self.speeds
    }

    /// The way through the places, in their order.
    pub fn distance(&self, places: &[LonLat]) -> Distance {
        let straight: f64 = places.iter().zip(places.iter().skip(1)).map(|(from, to)| from.distance_to(*to).metres()).sum();
        Distance::from_metres(straight * self.factor)
    }

    /// How long a car needs for it: each stretch at its own speed, so that a longer way never takes less time.
    pub fn duration(&self, distance: Distance) -> Duration {
        let (mut from, mut seconds) = (0.0, 0.0);
        for (up_to, kmh) in &self.speeds {
            let stretch = distance.metres().min(*up_to) - from;
            if stretch <= 0.0 {
                break;
            }
            seconds += stretch / (kmh / 3.6);
            from = *up_to;
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole seconds of a way on earth")]
        Duration::seconds(seconds.round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::key::RuleKey;

    fn travel() -> Travel {
        let value = |key: RuleKey| key.spec().builtin_values().next().unwrap().1;
        Travel::of(&value(RuleKey::WayFactor), &value(RuleKey::TravelSpeed))
    }

    #[test]
    fn the_way_is_the_straight_line_drawn_out() {
        let [west, east] = [(120.0, 30.0), (120.1, 30.0)].map(|(lon, lat)| LonLat::new(lon, lat).unwrap());
        let there = travel().distance(&[west, east]).metres();
        assert!((12_400.0..12_600.0).contains(&there), "{there}");
        let there_and_back = travel().distance(&[west, east, west]).metres();
        assert!((there_and_back - 2.0 * there).abs() < 1.0);
        assert!(travel().distance(&[west]).metres() < 0.1);
    }

    #[test]
    fn a_longer_way_takes_longer_though_it_is_faster() {
        let seconds = |km: f64| travel().duration(Distance::from_metres(km * 1000.0)).num_seconds();
        for (km, expected) in [(0.0, 0), (5.0, 643), (20.0, 1843), (95.0, 5443)] {
            assert_eq!(seconds(km), expected, "{km} km");
        }
        assert!(seconds(5.1) > seconds(5.0) && seconds(20.1) > seconds(19.9));
    }
}

//! How far and how long to where a trip begins, in whole metres and seconds: the estimate of `trip::travel` without fractions.

use telematics::place::LonLat;

use crate::trip::travel::Travel;

/// Metres of a degree of latitude.
const DEGREE_M: i64 = 111_195;
/// Degrees of 1e-7 in a degree.
const E7: i64 = 10_000_000;

/// A place in whole degrees of 1e-7 (整数坐标), the form of stored positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// Degrees east.
    pub lon_e7: i32,
    /// Degrees north.
    pub lat_e7: i32,
}

/// What ways are estimated with (整数估算参数).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayEstimate {
    /// How much longer a way is than the straight line, in parts of 2⁻¹⁶: shifts cost less than divisions.
    factor: u32,
    /// Up to so many metres, so many parts of 2⁻²⁰ of a second a metre; the last has no end.
    paces: Vec<(u32, u32)>,
}

/// Distances from one place (平面距离): near it the earth is flat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flat {
    from: Point,
    /// Metres of a degree of 1e-7 along the parallel, in parts of 2⁻³².
    east: u64,
    /// The same along the meridian.
    north: u64,
}

impl From<LonLat> for Point {
    fn from(place: LonLat) -> Self {
        let (lon_e7, lat_e7) = place.to_e7();
        Self { lon_e7, lat_e7 }
    }
}

impl From<&Travel> for WayEstimate {
    fn from(travel: &Travel) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "as casts stop at the ends of u32, and nothing here is below 0"
        )]
        let whole = |number: f64| number.round() as u32;
        let paces = travel.speeds().iter().map(|(up_to_m, kmh)| (whole(*up_to_m), whole(3.6 / kmh * f64::from(1 << 20))));
        Self { factor: whole(travel.factor() * f64::from(1 << 16)), paces: paces.collect() }
    }
}

impl WayEstimate {
    /// The way along roads that a straight line stands for, in metres.
    #[inline]
    pub fn metres(&self, straight_m: u32) -> u32 {
        let way = (u64::from(straight_m) * u64::from(self.factor)) >> 16;
        u32::try_from(way).unwrap_or(u32::MAX)
    }

    /// How long a car needs for it, in seconds, each stretch at its own speed: longer ways never take less.
    #[inline]
    pub fn seconds(&self, way_m: u32) -> u32 {
        let (mut from, mut parts) = (0, 0);
        for (up_to, pace) in &self.paces {
            let stretch = way_m.min(*up_to).saturating_sub(from);
            parts += u64::from(stretch) * u64::from(*pace);
            from = *up_to;
        }
        u32::try_from(parts >> 20).unwrap_or(u32::MAX)
    }
}

impl Flat {
    pub(super) fn around(from: Point) -> Self {
        // Bhaskara's cosine, of the seventh century, right to 0.2 %: whole numbers, the same on every machine.
        let degrees_e2 = i64::from(from.lat_e7) / (E7 / 100);
        let square = degrees_e2 * degrees_e2;
        let half_turn = 18_000 * 18_000;
        let degree_m = DEGREE_M * (half_turn - 4 * square).max(0) / (half_turn + square);
        let [east, north] = [degree_m, DEGREE_M].map(|metres| u64::try_from((metres << 32) / E7).unwrap_or_default());
        Self { from, east, north }
    }

    /// The straight line to a place, in metres.
    #[inline]
    pub(super) fn metres_to(self, to: Point) -> u32 {
        let east = self.east_m(i64::from(to.lon_e7) - i64::from(self.from.lon_e7));
        let north = self.north_m(i64::from(to.lat_e7) - i64::from(self.from.lat_e7));
        root(u64::from(east) * u64::from(east) + u64::from(north) * u64::from(north))
    }

    /// Metres of so many degrees of 1e-7 along the parallel.
    #[inline]
    pub(super) fn east_m(self, degrees_e7: i64) -> u32 {
        whole_metres(degrees_e7, self.east)
    }

    /// Metres of so many degrees of 1e-7 along the meridian.
    #[inline]
    pub(super) fn north_m(self, degrees_e7: i64) -> u32 {
        whole_metres(degrees_e7, self.north)
    }
}

/// The whole root. The processor's own is exact to the last bit by IEEE 754, so that below 2⁵² its whole part is that of the root;
/// it takes a tenth of the time of `isqrt`.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "exact below 2⁵², a root of which fits"
)]
fn root(square: u64) -> u32 {
    if square < 1 << 52 { (square as f64).sqrt() as u32 } else { u32::try_from(square.isqrt()).unwrap_or(u32::MAX) }
}

#[inline]
fn whole_metres(degrees_e7: i64, part: u64) -> u32 {
    u32::try_from((degrees_e7.unsigned_abs() * part) >> 32).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use telematics::quantity::Distance;

    use super::*;
    use crate::rule::key::RuleKey;

    fn travel() -> Travel {
        let value = |key: RuleKey| key.spec().builtin_values().next().unwrap().1;
        Travel::of(&value(RuleKey::WayFactor), &value(RuleKey::TravelSpeed))
    }

    #[test]
    fn whole_numbers_say_what_the_estimate_of_trips_says() {
        let way = WayEstimate::from(&travel());
        for (lon, lat) in [(120.0, 30.0), (120.3, 30.1), (120.0, 31.0), (121.2, 29.5), (119.0, 30.0)] {
            let [from, to] = [(120.0, 30.0), (lon, lat)].map(|(lon, lat)| LonLat::new(lon, lat).unwrap());
            let metres = way.metres(Flat::around(from.into()).metres_to(to.into()));
            let said = travel().distance(&[from, to]);
            assert!((f64::from(metres) - said.metres()).abs() <= said.metres() / 150.0 + 2.0, "{metres} m and {said:?}");
            let seconds = Duration::seconds(i64::from(way.seconds(metres)));
            let expected = travel().duration(Distance::from_metres(f64::from(metres)));
            assert!((seconds - expected).num_seconds().abs() <= 3, "{seconds} and {expected}");
        }
    }

    #[test]
    fn roots_are_those_of_whole_numbers() {
        let near = |number: u64| [number * number - 1, number * number, number * number + 1];
        for square in (1..2_000).chain([1 << 20, 40_000_000, (1 << 26) - 1, 1 << 26, 1 << 31]).flat_map(near) {
            assert_eq!(u64::from(root(square)), square.isqrt(), "{square}");
        }
    }

    #[test]
    fn further_is_never_nearer_nor_faster() {
        let way = WayEstimate::from(&travel());
        let times: Vec<u32> = (0..400).map(|km| way.seconds(way.metres(km * 500))).collect();
        assert!(times.is_sorted());
        assert_eq!(way.metres(u32::MAX), u32::MAX);
    }
}

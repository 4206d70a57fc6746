//! The two datums of Chinese maps: WGS-84, which is stored, and GCJ-02, which licensed commercial maps are drawn in.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::place::LonLat;

/// What coordinates refer to (坐标系).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// What receivers report and what is stored (WGS-84, 与 CGCS2000 视为一致).
    #[default]
    Wgs84,
    /// The shifted one of commercial maps (GCJ-02, 火星坐标系); for display only.
    Gcj02,
}

/// Why a text names no datum.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DatumError {
    /// Neither of the two.
    #[error("{0:?} is neither WGS-84 nor GCJ-02")]
    Unknown(String),
}

impl DatumError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "crs.unknown",
        }
    }
}

impl Datum {
    /// The name by which answers declare it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "WGS-84",
            Self::Gcj02 => "GCJ-02",
        }
    }

    /// Coordinates in this datum of a place, which is WGS-84 as all places are: longitude and latitude.
    pub fn of_wgs84(self, place: LonLat) -> (f64, f64) {
        match self {
            Self::Wgs84 => place.into(),
            Self::Gcj02 => to_gcj02(place.into()),
        }
    }

    /// The WGS-84 coordinates of what is given in this datum: longitude and latitude.
    pub fn to_wgs84(self, given: (f64, f64)) -> (f64, f64) {
        match self {
            Self::Wgs84 => given,
            Self::Gcj02 => from_gcj02(given),
        }
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Datum {
    type Err = DatumError;

    /// In capitals or not, with the hyphen or without.
    fn from_str(text: &str) -> Result<Self, DatumError> {
        match text.to_ascii_lowercase().replace('-', "").as_str() {
            "wgs84" => Ok(Self::Wgs84),
            "gcj02" => Ok(Self::Gcj02),
            _ => Err(DatumError::Unknown(text.to_owned())),
        }
    }
}

/// Krasovsky's ellipsoid, on which the shift is defined: half the major axis in metres, and the square of the eccentricity.
const MAJOR_M: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// The box outside which nothing is shifted: west, east, south, north. It is the formula's own, wider than the border.
const SHIFTED: [f64; 4] = [72.004, 137.8347, 0.8293, 55.8271];
/// Each round of the inverse divides the error by several thousand; six leave nothing that a double can hold.
const ROUNDS: usize = 6;

/// WGS-84 to GCJ-02, degrees.
fn to_gcj02((lon, lat): (f64, f64)) -> (f64, f64) {
    let [west, east, south, north] = SHIFTED;
    if !(west..=east).contains(&lon) || !(south..=north).contains(&lat) {
        return (lon, lat);
    }
    let (x, y) = (lon - 105.0, lat - 35.0);
    let root = x.abs().sqrt();
    // The wave that both directions share.
    let ripple = 20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin();
    let wave = |of: f64, [long, middle, short]: [f64; 3], [a, b]: [f64; 2]| {
        long * (of * PI).sin() + 2.0 * long * (of / 3.0 * PI).sin() + middle * (of / a * PI).sin() + short * (of / b * PI).sin()
    };
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + (ripple + wave(y, [20.0, 160.0, 320.0], [12.0, 30.0])) * 2.0 / 3.0;
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + (ripple + wave(x, [20.0, 150.0, 300.0], [12.0, 30.0])) * 2.0 / 3.0;
    let phi = lat.to_radians();
    let squeezed = 1.0 - ECCENTRICITY_SQUARED * phi.sin().powi(2);
    let meridian = MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (squeezed * squeezed.sqrt());
    let parallel = MAJOR_M / squeezed.sqrt() * phi.cos();
    (lon + (east_m / parallel).to_degrees(), lat + (north_m / meridian).to_degrees())
}

/// GCJ-02 to WGS-84, degrees, by fixed-point iteration: nobody published an inverse.
fn from_gcj02((lon, lat): (f64, f64)) -> (f64, f64) {
    (0..ROUNDS).fold((lon, lat), |(east, north), _| {
        let (shown_lon, shown_lat) = to_gcj02((east, north));
        (east + lon - shown_lon, north + lat - shown_lat)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// WGS-84 and GCJ-02; the same table stands in `web/console/tests/gcj.test.ts`.
    const REFERENCE: [((f64, f64), (f64, f64)); 4] = [
        ((120.15, 30.28), (120.154_709_472_790_7, 30.277_680_670_674_574)),
        ((116.397_5, 39.908_5), (116.403_743_547_151_8, 39.909_903_490_671_84)),
        ((87.617, 43.793), (87.619_848_499_344_7, 43.794_223_871_360_934)),
        ((2.3522, 48.8566), (2.3522, 48.8566)),
    ];

    fn shown(lon: f64, lat: f64) -> (f64, f64) {
        Datum::Gcj02.of_wgs84(LonLat::new(lon, lat).unwrap())
    }

    #[test]
    fn in_hangzhou_the_shift_is_450_metres_east_and_260_south() {
        let (lon, lat) = shown(120.15, 30.28);
        assert!((lon - 120.15 - 0.0047).abs() < 0.0001, "{lon}");
        assert!((lat - 30.28 + 0.0023).abs() < 0.0001, "{lat}");
    }

    #[test]
    fn places_of_reference_are_those_of_the_console() {
        for ((lon, lat), (east, north)) in REFERENCE {
            let (shown_lon, shown_lat) = shown(lon, lat);
            assert!((shown_lon - east).abs() < 1e-9 && (shown_lat - north).abs() < 1e-9, "{lon} {lat}: {shown_lon} {shown_lat}");
        }
    }

    #[test]
    fn outside_the_box_and_in_wgs84_nothing_is_shifted() {
        for place in [(2.3522, 48.8566), (-74.0, 40.7), (151.2, -33.9), (139.7, 35.7)] {
            assert_eq!(shown(place.0, place.1), place);
            assert_eq!(Datum::Gcj02.to_wgs84(place), place);
        }
        assert_eq!(Datum::Wgs84.of_wgs84(LonLat::new(120.15, 30.28).unwrap()), (120.15, 30.28));
    }

    #[test]
    fn names_are_read_in_any_dress() {
        for (name, datum) in
            [("WGS-84", Datum::Wgs84), ("wgs84", Datum::Wgs84), ("GCJ-02", Datum::Gcj02), ("gcj02", Datum::Gcj02)]
        {
            assert_eq!(name.parse(), Ok(datum));
        }
        assert_eq!("BD-09".parse::<Datum>().unwrap_err().code(), "crs.unknown");
        assert_eq!(Datum::Gcj02.to_string(), "GCJ-02");
    }

    proptest! {
        #[test]
        fn there_and_back_is_within_a_decimetre_all_over_china(lon in 73.0..136.0f64, lat in 3.0..54.0f64) {
            let place = LonLat::new(lon, lat).unwrap();
            let (back_lon, back_lat) = Datum::Gcj02.to_wgs84(Datum::Gcj02.of_wgs84(place));
            let back = LonLat::new(back_lon, back_lat).unwrap();
            prop_assert!(place.distance_to(back).metres() < 0.1);
        }
    }
}

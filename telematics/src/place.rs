//! Places: WGS-84 inside, whatever the map shows (CGCS2000 is treated as equal at map scale).

use geo::{Distance as _, Haversine};
use geo_types::Point;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::quantity::Distance;

/// A place on earth (位置) in WGS-84: longitude and latitude in degrees, always within range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(f64, f64)", into = "(f64, f64)")]
pub struct LonLat(Point<f64>);

/// Why a pair of numbers is not a place.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum PlaceError {
    /// A coordinate is not a finite number within its range.
    #[error("longitude {lon} and latitude {lat} are no place on earth")]
    OutOfRange {
        /// Degrees east, as given.
        lon: f64,
        /// Degrees north, as given.
        lat: f64,
    },
}

impl PlaceError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "place.out_of_range",
        }
    }
}

impl LonLat {
    /// Degrees east (−180 to 180) and north (−90 to 90).
    pub fn new(lon: f64, lat: f64) -> Result<Self, PlaceError> {
        if (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat) {
            Ok(Self(Point::new(lon, lat)))
        } else {
            Err(PlaceError::OutOfRange { lon, lat })
        }
    }

    /// From integer degrees of 1e-7, the form of stored positions.
    pub fn from_e7(lon: i32, lat: i32) -> Result<Self, PlaceError> {
        Self::new(f64::from(lon) / 1e7, f64::from(lat) / 1e7)
    }

    /// Degrees east.
    pub fn lon(self) -> f64 {
        self.0.x()
    }

    /// Degrees north.
    pub fn lat(self) -> f64 {
        self.0.y()
    }

    /// Integer degrees of 1e-7, east and north.
    #[expect(clippy::cast_possible_truncation, reason = "±180e7 fits an i32")]
    pub fn to_e7(self) -> (i32, i32) {
        ((self.lon() * 1e7).round() as i32, (self.lat() * 1e7).round() as i32)
    }

    /// The point as the geometry crates know it.
    pub const fn point(self) -> Point<f64> {
        self.0
    }

    /// Great-circle distance.
    pub fn distance_to(self, other: Self) -> Distance {
        Distance::from_metres(Haversine.distance(self.0, other.0))
    }
}

impl TryFrom<(f64, f64)> for LonLat {
    type Error = PlaceError;

    fn try_from((lon, lat): (f64, f64)) -> Result<Self, PlaceError> {
        Self::new(lon, lat)
    }
}

impl From<LonLat> for (f64, f64) {
    fn from(place: LonLat) -> Self {
        (place.lon(), place.lat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_place_is_refused() {
        assert!(LonLat::new(120.15, 30.28).is_ok());
        assert!(LonLat::new(181.0, 30.0).is_err());
        assert!(LonLat::new(120.0, f64::NAN).is_err());
        assert_eq!(LonLat::new(30.0, 120.0).unwrap_err().code(), "place.out_of_range");
    }

    #[test]
    fn a_minute_of_latitude_is_a_sea_mile() {
        let from = LonLat::new(120.0, 30.0).unwrap();
        let to = LonLat::new(120.0, 30.0 + 1.0 / 60.0).unwrap();
        assert!((from.distance_to(to).metres() - 1853.0).abs() < 2.0);
    }
}

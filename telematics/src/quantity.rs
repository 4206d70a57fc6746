//! Quantities with their unit in constructor and reader, in the manner of `std::time::Duration`.

use serde::{Deserialize, Serialize};

/// Declares one quantity newtype; each unit is a pair of constructor and reader with its factor to the base unit.
macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident { $($(#[$unit_doc:meta])* $from:ident, $read:ident = $factor:expr;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// None of it.
            pub const ZERO: Self = Self(0.0);

            $($(#[$unit_doc])*
            pub const fn $from(value: f64) -> Self {
                Self(value * $factor)
            }

            $(#[$unit_doc])*
            pub const fn $read(self) -> f64 {
                self.0 / $factor
            })+

            /// The larger of the two.
            #[must_use]
            pub const fn max(self, other: Self) -> Self {
                Self(self.0.max(other.0))
            }
        }

        impl std::ops::Add for $name {
            type Output = Self;

            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl std::ops::Sub for $name {
            type Output = Self;

            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
    };
}

quantity! {
    /// A length (距离); metres inside.
    Distance {
        /// Metres.
        from_metres, metres = 1.0;
        /// Kilometres.
        from_km, km = 1000.0;
    }
}

quantity! {
    /// A speed over ground (速度); kilometres an hour inside.
    Speed {
        /// Kilometres an hour.
        from_kmh, kmh = 1.0;
        /// Metres a second.
        from_mps, mps = 3.6;
        /// Knots, the unit of NMEA 0183.
        from_knots, knots = 1.852;
    }
}

quantity! {
    /// A volume of fuel (油量); litres inside.
    Volume {
        /// Litres.
        from_litres, litres = 1.0;
    }
}

quantity! {
    /// A voltage (电压); volts inside.
    Voltage {
        /// Volts.
        from_volts, volts = 1.0;
        /// Millivolts.
        from_millivolts, millivolts = 0.001;
    }
}

quantity! {
    /// A share of a whole (百分比); per cent inside, 100 is all of it.
    Share {
        /// Per cent.
        from_pct, pct = 1.0;
    }
}

/// A direction over ground (方向): degrees clockwise from north, 0 ≤ h < 360.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Heading(f64);

impl Heading {
    /// Any finite angle, wrapped into one turn; what is not finite becomes north.
    pub fn from_degrees(degrees: f64) -> Self {
        let wrapped = degrees.rem_euclid(360.0);
        Self(if wrapped.is_finite() && wrapped < 360.0 { wrapped } else { 0.0 })
    }

    /// Degrees clockwise from north.
    pub const fn degrees(self) -> f64 {
        self.0
    }

    /// The smaller angle between two directions, 0 to 180 degrees.
    pub fn turn_to(self, other: Self) -> f64 {
        let turn = (self.0 - other.0).abs();
        turn.min(360.0 - turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_convert_both_ways() {
        assert!((Speed::from_knots(10.0).kmh() - 18.52).abs() < 1e-9);
        assert!((Speed::from_mps(10.0).kmh() - 36.0).abs() < 1e-9);
        assert!((Distance::from_km(1.5).metres() - 1500.0).abs() < 1e-9);
        assert!((Voltage::from_millivolts(12_600.0).volts() - 12.6).abs() < 1e-9);
    }

    #[test]
    fn a_heading_stays_within_one_turn() {
        assert!((Heading::from_degrees(-10.0).degrees() - 350.0).abs() < 1e-9);
        assert!(Heading::from_degrees(360.0).degrees().abs() < 1e-9);
        assert!(Heading::from_degrees(f64::NAN).degrees().abs() < 1e-9);
        assert!((Heading::from_degrees(350.0).turn_to(Heading::from_degrees(20.0)) - 30.0).abs() < 1e-9);
    }
}

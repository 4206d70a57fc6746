//! Trips and stops as the track shows them; papers about journeys are the business of `dispatch`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{StopId, TripId, VehicleNo};
use crate::place::LonLat;
use crate::quantity::{Distance, Speed};

/// An observed trip (行程): from setting off to the stop that ends it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trip {
    /// Derived from the vehicle and the start, so that it is the same whenever it is worked out again.
    pub id: TripId,
    /// Whose trip.
    pub vehicle: VehicleNo,
    /// First movement.
    pub started_at: DateTime<Utc>,
    /// Last movement; `None` while the trip is under way.
    pub ended_at: Option<DateTime<Utc>>,
    /// Where it began.
    pub from: LonLat,
    /// Where it ended, or has come to.
    pub to: LonLat,
    /// Length: by odometer where the vehicle gives one, else along the fixes.
    pub distance: Distance,
    /// Highest speed seen.
    pub max_speed: Speed,
    /// Stops on the way, the last one not counted.
    pub stops: u32,
}

/// A stop (停留点): the vehicle stood in one place for at least the policy's time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Derived from the vehicle and the beginning.
    pub id: StopId,
    /// Whose stop.
    pub vehicle: VehicleNo,
    /// Since when it stands.
    pub from: DateTime<Utc>,
    /// Until when; `None` while it still stands.
    pub to: Option<DateTime<Utc>>,
    /// Where.
    pub at: LonLat,
}

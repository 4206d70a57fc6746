//! A place of rest: the circle in which a vehicle lingers, in a trip or between trips, and how it is left.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Moment, Placed, seconds};
use crate::id::{StopId, VehicleNo};
use crate::place::LonLat;
use crate::policy::Policy;
use crate::trip::Stop;

/// Where the vehicle lingers, since when, and what it did there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Rest {
    /// The first fix at which it stood; before that, the first within the circle.
    pub(super) anchor: Placed,
    /// Middle of the circle: the anchor, until drift has carried it away.
    pub(super) centre: LonLat,
    /// It has stood here, not merely passed.
    pub(super) stood: bool,
    /// Long enough to be a stop, and told.
    pub(super) told: bool,
    /// Fixes in a row outside the circle.
    pub(super) outside: u32,
    /// The last fix at which it stood here.
    pub(super) last: Placed,
    /// Odometer at that fix, metres.
    pub(super) odometer_m: Option<f64>,
    /// The last fix that counted for the way.
    pub(super) waypoint: LonLat,
    /// Way made within the circle (or since `last`, once it is a stop).
    pub(super) path_m: f64,
    /// Highest speed on that way.
    pub(super) max_kmh: f64,
}

/// What a fix says of a place of rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Still there, or not proven otherwise.
    Here,
    /// It has left.
    Left,
}

impl Rest {
    pub(super) fn at(here: Placed, moving: bool, odometer_m: Option<f64>) -> Self {
        Self {
            anchor: here,
            centre: here.at,
            stood: !moving,
            told: false,
            outside: 0,
            last: here,
            odometer_m,
            waypoint: here.at,
            path_m: 0.0,
            max_kmh: 0.0,
        }
    }

    /// Takes a fix in; `radius_m` is the circle's.
    pub(super) fn see(
        &mut self,
        here: Placed,
        moment: &Moment<'_>,
        odometer_m: Option<f64>,
        radius_m: f64,
        policy: &Policy,
    ) -> Seen {
        self.travel(here, moment, policy);
        if self.centre.distance_to(here.at).metres() > radius_m {
            self.outside = self.outside.saturating_add(1);
            let needed = match moment.ignition {
                _ if !self.stood => 1,
                Some(false) => policy.leave_fixes_ignition_off,
                _ if moment.moving && moment.speed_is_measured => 1,
                _ => policy.leave_fixes,
            };
            if self.outside < needed {
                return Seen::Here;
            }
            // Far away without ever having moved: the receiver drifted, not the car. Creeping in a jam is measured.
            let may_have_crept = moment.speed_is_measured && !self.told;
            if self.stood && self.max_kmh < policy.moving_kmh && !may_have_crept {
                (self.centre, self.outside, self.last, self.odometer_m) = (here.at, 0, here, odometer_m);
                self.forget_way(here.at);
                return Seen::Here;
            }
            return Seen::Left;
        }
        self.outside = 0;
        if !moment.moving {
            if !self.stood {
                (self.anchor, self.centre, self.stood) = (here, here.at, true);
            }
            (self.last, self.odometer_m) = (here, odometer_m);
            if self.told {
                self.forget_way(here.at);
            }
        }
        Seen::Here
    }

    /// Way is made by moving, and in steps larger than the receiver's noise.
    fn travel(&mut self, here: Placed, moment: &Moment<'_>, policy: &Policy) {
        let metres = self.waypoint.distance_to(here.at).metres();
        if moment.moving && metres >= policy.jitter_m {
            self.path_m += metres;
            self.waypoint = here.at;
        }
        if let Some(speed) = moment.speed {
            self.max_kmh = self.max_kmh.max(speed.kmh());
        }
    }

    /// The way so far was that of a manoeuvre or of the receiver's noise.
    pub(super) fn forget_way(&mut self, from: LonLat) {
        (self.waypoint, self.path_m, self.max_kmh) = (from, 0.0, 0.0);
    }

    /// Seconds for which the vehicle has stood here at `now`; 0 when it only passed.
    pub(super) fn stood_for(&self, now: DateTime<Utc>) -> f64 {
        if self.stood { seconds(self.anchor.when, now) } else { 0.0 }
    }

    /// The stop that this rest is; open when `to` is `None`.
    pub(super) fn stop(&self, vehicle: VehicleNo, to: Option<DateTime<Utc>>) -> Stop {
        let from = self.anchor.when;
        Stop { id: StopId::of(vehicle, from), vehicle, from, to, at: self.anchor.at }
    }
}

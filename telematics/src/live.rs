//! The last known state of a vehicle, as the live map and the list show it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fix::{Fix, Reading};
use crate::id::{TripId, VehicleNo};

/// How a vehicle moves (运动状态).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// 行驶: under way.
    Moving,
    /// 怠速: ignition on, not moving.
    Idling,
    /// 停车: standing.
    #[default]
    Parked,
}

/// The four colours of the map (车辆四色状态): 运行, 静止, 离线, 故障.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 运行: connected and moving.
    Running,
    /// 静止: connected and standing.
    Still,
    /// 离线: nothing heard for longer than the policy's time.
    Offline,
    /// 故障: connected, and the vehicle or its device reports a fault.
    Faulty,
}

/// What is known of a vehicle right now (实时状态).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveState {
    /// Which vehicle.
    pub vehicle: VehicleNo,
    /// The device's instant of the newest fix or reading; never goes back.
    pub fixed_at: Option<DateTime<Utc>>,
    /// When we last heard of it.
    pub received_at: Option<DateTime<Utc>>,
    /// The newest valid fix; kept when later messages have none.
    pub fix: Option<Fix>,
    /// The newest value of each reading.
    pub reading: Reading,
    /// How it moves.
    pub motion: Motion,
    /// 在线: heard within the policy's time.
    pub online: bool,
    /// The trip under way.
    pub trip: Option<TripId>,
}

impl LiveState {
    /// A vehicle of which nothing was heard yet.
    pub fn unheard(vehicle: VehicleNo) -> Self {
        Self {
            vehicle,
            fixed_at: None,
            received_at: None,
            fix: None,
            reading: Reading::default(),
            motion: Motion::default(),
            online: false,
            trip: None,
        }
    }

    /// A stored trouble code says that something is broken.
    pub fn is_faulty(&self) -> bool {
        self.reading.trouble_codes.as_ref().is_some_and(|codes| !codes.is_empty())
    }

    /// The colour on the map.
    pub fn status(&self) -> Status {
        if !self.online {
            Status::Offline
        } else if self.is_faulty() {
            Status::Faulty
        } else if self.motion == Motion::Moving {
            Status::Running
        } else {
            Status::Still
        }
    }
}

//! The numbers that the tracker's rules use (判定规则): each with its unit, its default and the reason for it.

use serde::{Deserialize, Serialize};

/// Every threshold of the tracker (轨迹判定参数). A rule holds no number of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Seconds of silence after which a vehicle counts as offline. Terminals report at least once a minute under way
    /// (JT/T 808 default 30 s), so five minutes is several reports lost in a row.
    pub offline_after_secs: u32,
    /// Seconds of silence after which a parked vehicle counts as offline. A sleeping terminal reports about every half
    /// hour to spare the battery; twice that is a fault or a dead battery.
    pub offline_parked_after_secs: u32,

    /// Speed, km/h, from which a standing vehicle counts as moving. Doppler noise of a resting receiver stays below 3.
    pub moving_kmh: f64,
    /// Speed, km/h, below which a moving vehicle counts as standing; lower than `moving_kmh`, so that creeping does not flicker.
    pub still_kmh: f64,
    /// Metres that a resting receiver wanders under open sky; a smaller move is no move.
    pub jitter_m: f64,
    /// Seconds over which speed is worked out from positions when the receiver gives none; shorter and noise becomes speed.
    pub derived_speed_secs: u32,

    /// Speed, km/h, that no vehicle of the fleet reaches; a fix that would need more is a jump.
    pub plausible_kmh: f64,
    /// Acceleration, m/s², that no vehicle of the fleet reaches (0 to 100 km/h in 5.6 s); the same.
    pub plausible_mps2: f64,
    /// Metres that a fix may be wrong on top of that, as between high buildings.
    pub jump_slack_m: f64,
    /// Fixes in a row that must agree on a new place before a jump is believed.
    pub jump_fixes: u32,
    /// Metres of estimated error above which a fix is not used.
    pub worst_accuracy_m: f64,
    /// Dilution of precision above which a fix is not used (20 is "poor" in every receiver's handbook).
    pub worst_hdop: f64,
    /// Satellites below which there is no fix, whatever the receiver says.
    pub fewest_satellites: u8,

    /// Metres around the place of rest within which a vehicle still stands; a car park, or the drift beside a tall building.
    pub stop_radius_m: f64,
    /// Seconds of standing that make a stop; longer than a red light (cycles reach 180 s in Chinese cities).
    pub stop_min_secs: u32,
    /// Metres from the place of rest at which a trip has begun; drift indoors reaches further than drift outside.
    pub trip_start_m: f64,
    /// Fixes in a row outside the place of rest that prove leaving, where speed comes from positions.
    pub leave_fixes: u32,
    /// The same while the ignition is known to be off: on a lorry or a ferry, or drift in a garage.
    pub leave_fixes_ignition_off: u32,
    /// Seconds of standing that end a trip when the ignition is not known; setting down a passenger takes less.
    pub trip_end_secs: u32,
    /// Seconds of standing that end a trip when the ignition is off.
    pub trip_end_ignition_off_secs: u32,
    /// Seconds of standing that end a trip although the ignition is on: waiting at a door belongs to the journey.
    pub trip_end_idling_secs: u32,
    /// Seconds without a fix that end a trip. The longest road tunnel (Zhongnanshan, 18 km) takes 15 minutes at 72 km/h.
    pub trip_gap_secs: u32,

    /// Seconds of standing with the ignition on that are too long.
    pub idle_too_long_secs: u32,
    /// Speed limit, km/h; `null` for none. 120 is the highest on any road (Implementing Regulations of the Road Traffic Safety Law, article 78).
    pub speed_limit_kmh: Option<f64>,
    /// Seconds above the limit before it counts.
    pub speeding_secs: u32,

    /// Litres by which the level must change at a standstill to be fuel taken in or taken out; sloshing on a slope stays below.
    pub fuel_change_l: f64,
    /// The same in per cent of the tank, where litres are not known.
    pub fuel_change_pct: f64,
    /// Seconds for which the level must rest before the change is told with its amount.
    pub fuel_settle_secs: u32,
    /// Volts below which a 12 V battery will soon not start the engine; a 24 V supply is taken at half.
    pub voltage_low_v: f64,
    /// Volts at which it has recovered.
    pub voltage_recovered_v: f64,
    /// Seconds for which the voltage must be low; cranking pulls it down for a few.
    pub voltage_low_secs: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            offline_after_secs: 300,
            offline_parked_after_secs: 3600,
            moving_kmh: 6.0,
            still_kmh: 3.0,
            jitter_m: 20.0,
            derived_speed_secs: 10,
            plausible_kmh: 220.0,
            plausible_mps2: 5.0,
            jump_slack_m: 50.0,
            jump_fixes: 3,
            worst_accuracy_m: 200.0,
            worst_hdop: 20.0,
            fewest_satellites: 3,
            stop_radius_m: 80.0,
            stop_min_secs: 180,
            trip_start_m: 200.0,
            leave_fixes: 2,
            leave_fixes_ignition_off: 6,
            trip_end_secs: 300,
            trip_end_ignition_off_secs: 180,
            trip_end_idling_secs: 900,
            trip_gap_secs: 900,
            idle_too_long_secs: 600,
            speed_limit_kmh: Some(120.0),
            speeding_secs: 10,
            fuel_change_l: 8.0,
            fuel_change_pct: 12.0,
            fuel_settle_secs: 120,
            voltage_low_v: 11.8,
            voltage_recovered_v: 12.2,
            voltage_low_secs: 60,
        }
    }
}

impl Policy {
    /// Seconds of standing that end a trip, by what is known of the ignition.
    pub fn trip_end_secs_for(&self, ignition: Option<bool>) -> u32 {
        match ignition {
            Some(true) => self.trip_end_idling_secs,
            Some(false) => self.trip_end_ignition_off_secs,
            None => self.trip_end_secs,
        }
    }

    /// Seconds of standing after which a trip is over whatever the ignition says.
    pub fn settled_secs(&self) -> u32 {
        self.trip_end_secs.max(self.trip_end_ignition_off_secs).max(self.trip_end_idling_secs).max(self.stop_min_secs)
    }
}

//! Vehicles as the API tells them.

use chrono::{DateTime, Utc};
use dispatch::vehicle::Alias;
use fleet_db::fitting::Fitting;
use fleet_db::vehicle::Listed;
use serde::Serialize;
use telematics::live::{LiveState, Motion, Status};
use telematics::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};
use telematics::traction::Traction;
use utoipa::ToSchema;
use uuid::Uuid;

/// A vehicle as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VehicleSummary {
    id: Uuid,
    /// Number of the vehicle in the live channel.
    no: i32,
    plate: String,
    alias: Option<String>,
    unit_id: Uuid,
    unit_name: String,
    category: &'static str,
    powertrain: &'static str,
    model: String,
    seats: i16,
    /// Where it stands in its life: `in_service`, `idle`, `in_repair`, `sealed`, `awaiting_disposal` or `disposed`.
    asset_status: &'static str,
    /// By law nobody is told where it is (免定位): nothing is stored of it.
    exempt: bool,
    /// Nothing was ever heard of it when this is null, or nothing may be told.
    live: Option<LiveView>,
}

/// What is known of a vehicle right now; places in WGS-84.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveView {
    /// `running`, `still`, `offline` or `faulty`.
    status: &'static str,
    /// `moving`, `idling` or `parked`.
    motion: &'static str,
    online: bool,
    fixed_at: Option<DateTime<Utc>>,
    received_at: Option<DateTime<Utc>>,
    lon: Option<f64>,
    lat: Option<f64>,
    speed_kmh: Option<f64>,
    heading_deg: Option<f64>,
    odometer_km: Option<f64>,
    soc_pct: Option<f64>,
    fuel_pct: Option<f64>,
    fuel_l: Option<f64>,
    voltage_v: Option<f64>,
    ignition: Option<bool>,
    charging: Option<bool>,
    /// Null when none were ever read; empty when the vehicle said that it has none.
    trouble_codes: Option<Vec<String>>,
    /// The electric side, where the vehicle tells it.
    traction: Option<TractionView>,
}

/// The electric side of a vehicle; what it says is invalid is null.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TractionView {
    /// `parked_charging`, `driving_charging`, `not_charging` or `complete`.
    charge_state: Option<String>,
    /// `electric`, `hybrid` or `fuel`.
    drive_mode: Option<String>,
    voltage_v: Option<f64>,
    current_a: Option<f64>,
    insulation_kohm: Option<u16>,
}

/// A vehicle with its devices and its day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VehicleDetail {
    #[serde(flatten)]
    pub(crate) summary: VehicleSummary,
    pub(crate) vin: Option<String>,
    /// Number of its toll unit.
    pub(crate) obu_id: Option<String>,
    /// The present device first.
    pub(crate) devices: Vec<FittingView>,
    pub(crate) today: TodayView,
    /// The alarms that last, the earliest first.
    pub(crate) open_alarms: Vec<super::alarms::AlarmView>,
    /// The seal under which the vehicle is at this moment.
    pub(crate) seal: Option<super::seal_views::SealView>,
    /// The trip under way.
    pub(crate) current_trip: Option<super::history::TripView>,
}

/// A device that is or was in the vehicle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FittingView {
    id: Uuid,
    terminal_id: String,
    model: String,
    /// Null: since ever.
    bound_from: Option<DateTime<Utc>>,
    /// Null: still.
    bound_to: Option<DateTime<Utc>>,
}

/// The day so far, from midnight in Beijing.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct TodayView {
    pub(crate) distance_km: f64,
    pub(crate) trips: usize,
    pub(crate) driving_s: i64,
    pub(crate) max_speed_kmh: f64,
}

/// The name of a colour in the API.
pub(crate) const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Running => "running",
        Status::Still => "still",
        Status::Offline => "offline",
        Status::Faulty => "faulty",
    }
}

/// Digits behind the point that mean something; more would only make answers longer.
pub(crate) fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

impl From<&LiveState> for LiveView {
    fn from(state: &LiveState) -> Self {
        let fix = state.fix.as_ref();
        let reading = &state.reading;
        Self {
            status: status_name(state.status()),
            motion: match state.motion {
                Motion::Moving => "moving",
                Motion::Idling => "idling",
                Motion::Parked => "parked",
            },
            online: state.online,
            fixed_at: state.fixed_at,
            received_at: state.received_at,
            lon: fix.map(|fix| rounded(fix.at.lon(), 7)),
            lat: fix.map(|fix| rounded(fix.at.lat(), 7)),
            speed_kmh: fix.and_then(|fix| fix.speed).map(Speed::kmh).map(|value| rounded(value, 1)),
            heading_deg: fix.and_then(|fix| fix.heading).map(Heading::degrees).map(|value| rounded(value, 1)),
            odometer_km: reading.odometer.map(Distance::km).map(|value| rounded(value, 3)),
            soc_pct: reading.soc.map(Share::pct).map(|value| rounded(value, 1)),
            fuel_pct: reading.fuel_share.map(Share::pct).map(|value| rounded(value, 1)),
            fuel_l: reading.fuel.map(Volume::litres).map(|value| rounded(value, 1)),
            voltage_v: reading.voltage.map(Voltage::volts).map(|value| rounded(value, 2)),
            ignition: reading.ignition,
            charging: reading.charging,
            trouble_codes: reading.trouble_codes.clone(),
            traction: reading.traction.as_deref().map(TractionView::from),
        }
    }
}

/// The stable name of a word, as it is stored.
fn name<T: Serialize>(word: &T) -> Option<String> {
    serde_json::to_value(word).ok()?.as_str().map(str::to_owned)
}

impl From<&Traction> for TractionView {
    fn from(traction: &Traction) -> Self {
        Self {
            charge_state: traction.charge_state.as_ref().and_then(name),
            drive_mode: traction.drive_mode.as_ref().and_then(name),
            voltage_v: traction.voltage_v.map(|value| rounded(value, 1)),
            current_a: traction.current_a.map(|value| rounded(value, 1)),
            insulation_kohm: traction.insulation_kohm,
        }
    }
}

impl VehicleSummary {
    pub(crate) fn new(listed: &Listed, live: Option<&LiveState>) -> Self {
        let (vehicle, asset) = (&listed.vehicle, &listed.vehicle.asset);
        Self {
            id: vehicle.id.0,
            no: vehicle.no.0,
            plate: asset.plate.to_string(),
            alias: asset.alias.as_ref().map(Alias::as_str).map(str::to_owned),
            unit_id: asset.unit.0,
            unit_name: listed.unit_name.clone(),
            category: asset.category.as_str(),
            powertrain: asset.powertrain.as_str(),
            model: asset.model.as_str().to_owned(),
            seats: asset.seats.count(),
            asset_status: asset.status.as_str(),
            exempt: listed.is_exempt,
            live: live.filter(|_| !listed.is_exempt).map(LiveView::from),
        }
    }
}

impl From<Fitting> for FittingView {
    fn from(fitting: Fitting) -> Self {
        Self {
            id: fitting.device.0,
            terminal_id: fitting.terminal.into(),
            model: fitting.model,
            bound_from: fitting.from,
            bound_to: fitting.to,
        }
    }
}

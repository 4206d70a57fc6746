//! CSV for spreadsheets: a byte order mark, so that Chinese headings are read as such; Beijing time with its offset.

use std::fmt::{Display, Write as _};

use chrono::{FixedOffset, SecondsFormat};
use fleet_db::track::StoredFix;
use telematics::datum::Datum;

use crate::api::track::{degrees, ignition};

const BEIJING_SECS: i32 = 8 * 3600;

/// A line for each fix.
pub(super) fn write(datum: Datum, fixes: &[StoredFix]) -> String {
    let mut file = String::with_capacity(200 + fixes.len() * 80);
    let _ = writeln!(file, "\u{feff}时间,经度({datum}),纬度({datum}),速度(km/h),方向(°),里程(km),电量(%),油量(%),点火\r");
    let Some(beijing) = FixedOffset::east_opt(BEIJING_SECS) else { return file };
    for fix in fixes {
        let at = fix.fixed_at.with_timezone(&beijing).to_rfc3339_opts(SecondsFormat::AutoSi, false);
        let _ = writeln!(
            file,
            "{at},{},{},{},{},{},{},{},{}\r",
            degrees(fix.lon_e7.unwrap_or_default()),
            degrees(fix.lat_e7.unwrap_or_default()),
            cell(fix.speed_dkmh.map(|speed| f64::from(speed) / 10.0)),
            cell(fix.heading_deg),
            cell(fix.odometer_m.map(|metres| f64::from(metres) / 1000.0)),
            cell(fix.soc_permille.map(|soc| f64::from(soc) / 10.0)),
            cell(fix.fuel_permille.map(|fuel| f64::from(fuel) / 10.0)),
            cell(ignition(fix).map(u8::from)),
        );
    }
    file
}

/// What was not said stays empty.
fn cell(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

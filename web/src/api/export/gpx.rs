//! GPX 1.1.

use std::fmt::Write as _;

use fleet_db::track::StoredFix;

use super::{instant, pieces};
use crate::api::track::degrees;

/// One track, a segment for each piece.
pub(super) fn write(plate: &str, fixes: &[StoredFix]) -> String {
    let name = plate.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut file = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"Motorpool\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n\
         <trk><name>{name}</name>\n"
    );
    for piece in pieces(fixes) {
        file.push_str("<trkseg>\n");
        for fix in piece {
            let (lat, lon) = (degrees(fix.lat_e7.unwrap_or_default()), degrees(fix.lon_e7.unwrap_or_default()));
            let _ = write!(file, "<trkpt lat=\"{lat}\" lon=\"{lon}\">");
            if let Some(altitude) = fix.altitude_m {
                let _ = write!(file, "<ele>{altitude}</ele>");
            }
            let _ = writeln!(file, "<time>{}</time></trkpt>", instant(fix.fixed_at));
        }
        file.push_str("</trkseg>\n");
    }
    file.push_str("</trk>\n</gpx>\n");
    file
}

//! `GeoLife`'s `.plt`: six lines of header, then latitude, longitude, 0, altitude in feet, days, date, time (UTC).

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use telematics::place::LonLat;

const HEADER_LINES: usize = 6;
const METRES_PER_FOOT: f64 = 0.3048;
/// What `GeoLife` writes for "no altitude".
const NO_ALTITUDE_FT: f64 = -777.0;

/// A point of a recorded track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: LonLat,
    /// Metres above sea level.
    pub altitude_m: Option<f64>,
}

/// All points of a file, or the number of the first line that is none.
pub fn points(text: &str) -> Result<Vec<Point>, usize> {
    let lines = text.lines().enumerate().skip(HEADER_LINES).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| point(line).ok_or(index + 1)).collect()
}

fn point(line: &str) -> Option<Point> {
    let mut fields = line.trim().split(',');
    let lat: f64 = fields.next()?.parse().ok()?;
    let lon: f64 = fields.next()?.parse().ok()?;
    let feet: f64 = fields.nth(1)?.parse().ok()?;
    let date: NaiveDate = fields.nth(1)?.parse().ok()?;
    let time: NaiveTime = fields.next()?.parse().ok()?;
    let altitude_m = (feet > NO_ALTITUDE_FT + 0.5).then_some(feet * METRES_PER_FOOT);
    Some(Point { at: date.and_time(time).and_utc(), place: LonLat::new(lon, lat).ok()?, altitude_m })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Geolife trajectory\nWGS 84\nAltitude is in Feet\nReserved 3\n0,2,255,My Track,0,0,2,8421376\n0\n";

    #[test]
    fn a_point_is_read_with_all_its_digits() {
        let text = format!("{HEAD}39.984702,116.318417,0,492,39744.1201851852,2008-10-23,02:53:04\r\n");
        let points = points(&text).unwrap();
        assert_eq!(points.len(), 1);
        assert_eq!(points[0].at, "2008-10-23T02:53:04Z".parse::<DateTime<Utc>>().unwrap());
        assert_eq!(points[0].place, LonLat::new(116.318_417, 39.984_702).unwrap());
        assert!((points[0].altitude_m.unwrap() - 149.96).abs() < 0.01);
    }

    #[test]
    fn a_line_that_is_no_point_is_named() {
        assert_eq!(points(&format!("{HEAD}39.9,116.3,0,-777,1,2008-10-23,02:53:04\nnonsense\n")), Err(8));
        assert_eq!(points(&format!("{HEAD}39.9,116.3,0,-777,1,2008-10-23,02:53:04\n")).unwrap()[0].altitude_m, None);
    }
}

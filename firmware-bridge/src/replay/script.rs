//! What goes over the wire and when: the sentences of a log by the receiver's own time, or sentences made for a track.

use std::time::Duration;

use chrono::{DateTime, Utc};
use telematics::nmea::canonical::checksum;
use telematics::nmea::line::Framer;
use telematics::nmea::sentence;
use telematics::place::LonLat;

use crate::replay::plt::Point;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// One epoch to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When, after the beginning.
    pub after: Duration,
    /// What.
    pub bytes: Vec<u8>,
}

/// The bytes of a log as they are, parted where its sentences tell another time of day.
pub fn of_log(bytes: &[u8]) -> Vec<Step> {
    let mut framer = Framer::default();
    let mut cuts: Vec<(usize, i64)> = Vec::new();
    for byte in bytes {
        let Some(Ok(line)) = framer.push(*byte) else { continue };
        let Ok(Some(sentence)) = sentence::parse(&line.bytes) else { continue };
        let Some(time) = sentence.time else { continue };
        let at = i64::from(time.0);
        if cuts.last().is_none_or(|(_, before)| *before != at) {
            cuts.push((usize::try_from(line.at).unwrap_or(usize::MAX), at));
        }
    }
    let ends = cuts.iter().skip(1).map(|(from, _)| *from).chain([bytes.len()]);
    let mut after_ms = 0;
    let mut before = cuts.first().map_or(0, |(_, at)| *at);
    let mut steps = Vec::with_capacity(cuts.len());
    for (index, ((from, at), to)) in cuts.iter().zip(ends).enumerate() {
        // Over midnight the time of day falls; any other step back is the receiver's confusion and costs no time.
        let gap = at - before;
        after_ms += if gap < -DAY_MS / 2 { gap + DAY_MS } else { gap.max(0) };
        before = *at;
        let from = if index == 0 { 0 } else { *from };
        steps.push(Step {
            after: Duration::from_millis(u64::try_from(after_ms).unwrap_or(0)),
            bytes: bytes.get(from..to).unwrap_or_default().to_vec(),
        });
    }
    steps
}

/// Sentences as a receiver would have sent them along a recorded track.
pub fn of_points(points: &[Point]) -> Vec<Step> {
    let Some(first) = points.first() else { return Vec::new() };
    let mut before: Option<&Point> = None;
    let mut course = 0.0;
    let steps = points.iter().map(|point| {
        let mut knots = 0.0;
        if let Some(before) = before {
            let seconds = (point.at - before.at).as_seconds_f64();
            let metres = before.place.distance_to(point.place).metres();
            if seconds > 0.0 && metres > 0.5 {
                knots = metres / seconds * 3.6 / 1.852;
                course = bearing(before.place, point.place);
            }
        }
        before = Some(point);
        let after = (point.at - first.at).to_std().unwrap_or_default();
        Step { after, bytes: sentences(point, knots, course).into_bytes() }
    });
    steps.collect()
}

fn sentences(point: &Point, knots: f64, course: f64) -> String {
    let time = point.at.format("%H%M%S%.3f");
    let (lat, lon) = (minutes(point.place.lat(), 2, ["N", "S"]), minutes(point.place.lon(), 3, ["E", "W"]));
    let altitude = point.altitude_m.map_or_else(String::new, |metres| format!("{metres:.1}"));
    let gga = format!("GNGGA,{time},{lat},{lon},1,08,1.0,{altitude},M,,M,,");
    let rmc = format!("GNRMC,{time},A,{lat},{lon},{knots:.3},{course:.2},{},,,A", date(point.at));
    format!("{}{}", closed(&gga), closed(&rmc))
}

/// Direction from one place to another, degrees clockwise from north.
fn bearing(from: LonLat, to: LonLat) -> f64 {
    let (lat1, lat2) = (from.lat().to_radians(), to.lat().to_radians());
    let turn = (to.lon() - from.lon()).to_radians();
    let east = turn.sin() * lat2.cos();
    let north = lat1.cos() * lat2.sin() - lat1.sin() * lat2.cos() * turn.cos();
    east.atan2(north).to_degrees().rem_euclid(360.0)
}

fn date(at: DateTime<Utc>) -> impl std::fmt::Display {
    at.format("%d%m%y")
}

fn closed(body: &str) -> String {
    format!("${body}*{:02X}\r\n", checksum(body.as_bytes()))
}

/// `ddmm.mmmmmmm,N`: seven decimals of a minute are finer than a degree's ninth.
fn minutes(degrees: f64, digits: usize, letters: [&str; 2]) -> String {
    let [positive, negative] = letters;
    let letter = if degrees < 0.0 { negative } else { positive };
    let ten_millionths = (degrees.abs() * 60.0 * 1e7).round();
    let whole = (ten_millionths / (60.0 * 1e7)).floor();
    let minutes = (ten_millionths - whole * 60.0 * 1e7) / 1e7;
    format!("{whole:0digits$}{minutes:010.7},{letter}")
}

#[cfg(test)]
mod tests {
    use telematics::nmea::{Decoded, Decoder};

    use super::*;

    #[test]
    fn a_track_comes_back_from_its_sentences_to_the_seventh_decimal() {
        let point = |second: i64, lon: f64, lat: f64| Point {
            at: DateTime::from_timestamp(1_224_730_384 + second, 0).unwrap(),
            place: LonLat::new(lon, lat).unwrap(),
            altitude_m: Some(150.0),
        };
        let points =
            [point(0, 116.318_417, 39.984_702), point(5, -0.000_001, -89.999_999), point(10, 179.999_999_9, 59.999_999_9)];
        let mut decoder = Decoder::default();
        let mut out = Vec::new();
        for step in of_points(&points) {
            decoder.push(&step.bytes, &mut out);
        }
        out.extend(decoder.finish().map(Decoded::Fix));
        assert_eq!(out.len(), 3, "{out:?}");
        for (decoded, point) in out.iter().zip(&points) {
            let Decoded::Fix(epoch) = decoded else { panic!("{decoded:?}") };
            assert_eq!(epoch.fixed_at, Some(point.at));
            assert!((epoch.fix.at.lon() - point.place.lon()).abs() < 1e-7, "{epoch:?}");
            assert!((epoch.fix.at.lat() - point.place.lat()).abs() < 1e-7, "{epoch:?}");
        }
    }

    #[test]
    fn a_log_is_parted_by_its_own_time_and_loses_no_byte() {
        let log = b"# head\r\n$GPZDA,235958.00,31,12,2025,00,00*6D\r\n$GPZDA,235959.50,31,12,2025,00,00*69\r\n$GPZDA,000000.00,01,01,2026,00,00*64\r\n";
        let fixed: Vec<u8> = resum(log);
        let steps = of_log(&fixed);
        assert_eq!(steps.iter().map(|s| s.after.as_millis()).collect::<Vec<_>>(), [0, 1500, 2000]);
        assert_eq!(steps.iter().flat_map(|s| s.bytes.clone()).collect::<Vec<_>>(), fixed);
    }

    /// The same lines with right checksums.
    fn resum(log: &[u8]) -> Vec<u8> {
        let text = String::from_utf8(log.to_vec()).unwrap();
        let lines = text.split_inclusive("\r\n").map(|line| match line.strip_prefix('$').and_then(|l| l.split_once('*')) {
            Some((body, _)) => closed(body),
            None => line.to_owned(),
        });
        lines.collect::<String>().into_bytes()
    }
}

//! Sentences out of lines: checksum, talker, and the fields that a fix needs.

use chrono::{NaiveDate, NaiveTime, Timelike as _};
use nmea::ParseResult;
use nmea::sentences::FixType;
use nmea::sentences::gsa::GsaMode2;
use nmea::sentences::rmc::RmcStatusOfFix;
use serde::Serialize;

use crate::nmea::NmeaError;
use crate::nmea::canonical::{self, Kind};
use crate::place::LonLat;
use crate::quantity::Speed;

/// Who speaks: a constellation, or several together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Talker {
    /// GPS.
    Gp,
    /// GLONASS.
    Gl,
    /// Galileo.
    Ga,
    /// `BeiDou` (北斗), as NMEA 4.1 spells it.
    Gb,
    /// `BeiDou` (北斗), as the Chinese module standard spells it.
    Bd,
    /// QZSS.
    Gq,
    /// QZSS, older spelling.
    Qz,
    /// `NavIC`.
    Gi,
    /// Several constellations together.
    Gn,
}

impl Talker {
    fn of(letters: &str) -> Option<Self> {
        Some(match letters {
            "GP" => Self::Gp,
            "GL" => Self::Gl,
            "GA" => Self::Ga,
            "GB" => Self::Gb,
            "BD" => Self::Bd,
            "GQ" => Self::Gq,
            "QZ" => Self::Qz,
            "GI" => Self::Gi,
            "GN" => Self::Gn,
            _ => return None,
        })
    }
}

/// Milliseconds since midnight UTC; 86,400,000 and more only inside a leap second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(pub u32);

/// What one sentence says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Position, speed, course, date.
    Rmc {
        /// Receiver's verdict.
        valid: bool,
        /// Where.
        place: Option<LonLat>,
        /// Speed over ground.
        speed: Option<Speed>,
        /// Course over ground, degrees.
        course: Option<f64>,
        /// Two-digit year already made whole.
        date: Option<NaiveDate>,
    },
    /// Position with quality (`GGA`, `GNS`).
    Fix {
        /// Receiver's verdict.
        valid: bool,
        /// Where.
        place: Option<LonLat>,
        /// Metres above sea level.
        altitude_m: Option<f64>,
        /// Satellites used.
        satellites: Option<u8>,
        /// Horizontal dilution.
        hdop: Option<f64>,
    },
    /// Position alone.
    Gll {
        /// Receiver's verdict.
        valid: bool,
        /// Where.
        place: Option<LonLat>,
    },
    /// Dimension of the fix: 1 none, 2, 3.
    Gsa {
        /// 1, 2 or 3.
        mode: u8,
        /// Horizontal dilution.
        hdop: Option<f64>,
    },
    /// Course and speed.
    Vtg {
        /// Speed over ground.
        speed: Option<Speed>,
        /// Course over ground, degrees.
        course: Option<f64>,
    },
    /// Full date.
    Zda {
        /// The date.
        date: Option<NaiveDate>,
    },
}

/// One sentence that a fix may need.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// Who speaks.
    pub talker: Talker,
    /// Time of day, where the sentence has one.
    pub time: Option<TimeOfDay>,
    /// What it says.
    pub body: Body,
}

/// The sentence of a line; `Ok(None)` when it is right but of no use for a fix.
pub fn parse(line: &[u8]) -> Result<Option<Sentence>, NmeaError> {
    let text = std::str::from_utf8(line).map_err(|_not_ascii| NmeaError::Fields)?;
    let (body, sum) = text.strip_prefix('$').and_then(|t| t.rsplit_once('*')).ok_or(NmeaError::ChecksumMissing)?;
    let found = u8::from_str_radix(sum, 16).map_err(|_not_hex| NmeaError::ChecksumMissing)?;
    let expected = canonical::checksum(body.as_bytes());
    if found != expected {
        return Err(NmeaError::Checksum { found, expected });
    }
    let (head, data) = body.split_once(',').unwrap_or((body, ""));
    let (Some(talker), Some(kind)) = (head.get(..2).and_then(Talker::of), head.get(2..).and_then(Kind::of)) else {
        return Ok(None);
    };
    let (data, leap) = canonical::spell(kind, data);
    let spelled = canonical::sentence("GN", kind, &data);
    let parsed = nmea::parse_bytes(spelled.as_bytes()).map_err(|_detail_is_the_crate_s_own| NmeaError::Fields)?;
    let (time, body) = meaning(parsed).ok_or(NmeaError::Fields)?;
    Ok(Some(Sentence { talker, time: time.map(|t| of_day(t, leap)), body }))
}

fn meaning(parsed: ParseResult) -> Option<(Option<NaiveTime>, Body)> {
    Some(match parsed {
        ParseResult::RMC(rmc) => (
            rmc.fix_time,
            Body::Rmc {
                valid: rmc.status_of_fix != RmcStatusOfFix::Invalid,
                place: place(rmc.lat, rmc.lon),
                speed: rmc.speed_over_ground.and_then(knots),
                course: rmc.true_course.and_then(number),
                date: rmc.fix_date,
            },
        ),
        ParseResult::GGA(gga) => (
            gga.fix_time,
            Body::Fix {
                // Manual and simulated positions are no fix of this vehicle.
                valid: !matches!(gga.fix_type, None | Some(FixType::Invalid | FixType::Manual | FixType::Simulation)),
                place: place(gga.latitude, gga.longitude),
                altitude_m: gga.altitude.and_then(number),
                satellites: gga.fix_satellites.and_then(|n| u8::try_from(n).ok()),
                hdop: gga.hdop.and_then(dilution),
            },
        ),
        ParseResult::GNS(gns) => (
            gns.fix_time,
            Body::Fix {
                valid: FixType::from(gns.faa_modes) != FixType::Invalid,
                place: place(gns.lat, gns.lon),
                altitude_m: gns.alt.and_then(number),
                satellites: u8::try_from(gns.nsattelites).ok().filter(|n| *n > 0),
                hdop: gns.hdop.and_then(dilution),
            },
        ),
        ParseResult::GLL(gll) => (gll.fix_time, Body::Gll { valid: gll.valid, place: place(gll.latitude, gll.longitude) }),
        ParseResult::GSA(gsa) => {
            let mode = match gsa.mode2 {
                GsaMode2::NoFix => 1,
                GsaMode2::Fix2D => 2,
                GsaMode2::Fix3D => 3,
            };
            (None, Body::Gsa { mode, hdop: gsa.hdop.and_then(dilution) })
        }
        ParseResult::VTG(vtg) => {
            (None, Body::Vtg { speed: vtg.speed_over_ground.and_then(knots), course: vtg.true_course.and_then(number) })
        }
        ParseResult::ZDA(zda) => (zda.utc_time, Body::Zda { date: zda.utc_date() }),
        _ => return None,
    })
}

fn of_day(time: NaiveTime, leap: bool) -> TimeOfDay {
    let millis = time.num_seconds_from_midnight() * 1000 + (time.nanosecond() + 500_000) / 1_000_000;
    TimeOfDay(millis + if leap { 1000 } else { 0 })
}

fn place(lat: Option<f64>, lon: Option<f64>) -> Option<LonLat> {
    LonLat::new(lon?, lat?).ok()
}

fn knots(value: f32) -> Option<Speed> {
    number(value).filter(|v| *v >= 0.0).map(Speed::from_knots)
}

/// Receivers write 0.0 and 99.99 for "none".
fn dilution(value: f32) -> Option<f64> {
    number(value).filter(|v| *v > 0.0 && *v < 99.0)
}

/// A finite number, as the receiver wrote it: the crate's `f32` rounded to the digits it had.
fn number(value: f32) -> Option<f64> {
    value.is_finite().then(|| (f64::from(value) * 1e4).round() / 1e4)
}

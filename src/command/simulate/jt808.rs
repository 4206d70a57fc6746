//! JT/T 808 as a terminal speaks it: the bodies it sends up, laid out by the standard.

use telematics::fix::Observation;
use telematics::jt808::edition::Edition;
use telematics::jt808::{bcd, text};
use telematics::quantity::{Distance, Heading, Speed, Volume};

/// Messages of a terminal.
pub(crate) const HEARTBEAT: u16 = 0x0002;
/// Sign-up of a terminal that has no authentication code yet.
pub(crate) const REGISTER: u16 = 0x0100;
/// Sign-in.
pub(crate) const AUTHENTICATE: u16 = 0x0102;
/// One position.
pub(crate) const LOCATION: u16 = 0x0200;
/// Several positions.
pub(crate) const BATCH: u16 = 0x0704;

/// Status: ignition on, position known, south, west; positioned by GPS and `BeiDou`.
const ACC: u32 = 1;
const FIXED: u32 = 1 << 1;
const SOUTH: u32 = 1 << 2;
const WEST: u32 = 1 << 3;
const BOTH_SYSTEMS: u32 = 1 << 18 | 1 << 19;
/// Zhejiang and Hangzhou, by GB/T 2260 without the province's two digits in the second.
const PROVINCE: u16 = 33;
const CITY: u16 = 100;
/// The batch is of a blind area.
const BLIND_AREA: u8 = 1;

/// The body of 0x0200.
pub(crate) fn location(seen: &Observation, alarm_bits: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    out.extend(alarm_bits.to_be_bytes());
    out.extend(status(seen).to_be_bytes());
    let fix = seen.fix.as_ref();
    out.extend(millionths(fix.map_or(0.0, |fix| fix.at.lat())).to_be_bytes());
    out.extend(millionths(fix.map_or(0.0, |fix| fix.at.lon())).to_be_bytes());
    out.extend(whole(fix.and_then(|fix| fix.altitude_m).unwrap_or_default(), 1.0).to_be_bytes());
    out.extend(whole(fix.and_then(|fix| fix.speed).map_or(0.0, Speed::kmh), 10.0).to_be_bytes());
    out.extend((whole(fix.and_then(|fix| fix.heading).map_or(0.0, Heading::degrees), 1.0) % 360).to_be_bytes());
    out.extend(bcd::pack_time(seen.fixed_at));
    if let Some(metres) = seen.reading.odometer.map(Distance::metres) {
        item(&mut out, 0x01, &tenths(metres / 1000.0).to_be_bytes());
    }
    if let Some(litres) = seen.reading.fuel.map(Volume::litres) {
        item(&mut out, 0x02, &whole(litres, 10.0).to_be_bytes());
    }
    if let Some(satellites) = fix.and_then(|fix| fix.satellites) {
        item(&mut out, 0x30, &[20 + satellites % 12]);
        item(&mut out, 0x31, &[satellites]);
    }
    out
}

/// The body of 0x0704 with what was recorded without a connection.
pub(crate) fn batch<'a>(locations: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(length(locations.len()).to_be_bytes());
    out.push(BLIND_AREA);
    for location in locations {
        out.extend(length(location.len()).to_be_bytes());
        out.extend(location);
    }
    out
}

/// The body of 0x0100.
pub(crate) fn register(edition: Edition, terminal: &str, plate: &str) -> Vec<u8> {
    let (maker, model, id) = if edition == Edition::V2019 { (11, 30, 30) } else { (5, 20, 7) };
    let mut out = Vec::new();
    out.extend(PROVINCE.to_be_bytes());
    out.extend(CITY.to_be_bytes());
    text::put_fixed(&mut out, "MOTOR", maker);
    text::put_fixed(&mut out, "MP-T2", model);
    // The last places of the number tell terminals apart.
    text::put_fixed(&mut out, terminal.get(terminal.len().saturating_sub(7)..).unwrap_or_default(), id);
    out.push(colour(plate));
    text::put(&mut out, plate);
    out
}

/// The body of 0x0102.
pub(crate) fn authenticate(edition: Edition, code: &str, terminal: &str) -> Vec<u8> {
    let mut out = Vec::new();
    if edition == Edition::V2019 {
        out.push(u8::try_from(code.len()).unwrap_or(u8::MAX));
        text::put(&mut out, code);
        text::put_fixed(&mut out, terminal.get(terminal.len().saturating_sub(15)..).unwrap_or_default(), 15);
        text::put_fixed(&mut out, "MP-T2 1.0", 20);
    } else {
        text::put(&mut out, code);
    }
    out
}

/// JT/T 697.7: blue 1, yellow 2, green 5 for new energy, which has one place more.
fn colour(plate: &str) -> u8 {
    if plate.chars().count() > 7 { 5 } else { 1 }
}

fn status(seen: &Observation) -> u32 {
    let mut status = if seen.reading.ignition == Some(true) { ACC } else { 0 };
    if let Some(fix) = &seen.fix {
        status |= FIXED | BOTH_SYSTEMS;
        status |= if fix.at.lat() < 0.0 { SOUTH } else { 0 };
        status |= if fix.at.lon() < 0.0 { WEST } else { 0 };
    }
    status
}

fn item(out: &mut Vec<u8>, id: u8, value: &[u8]) {
    out.push(id);
    out.push(u8::try_from(value.len()).unwrap_or_default());
    out.extend(value);
}

fn length(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 180 million, and not negative")]
fn millionths(degrees: f64) -> u32 {
    (degrees.abs() * 1e6).round() as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an `as` cast stays within the range")]
fn tenths(value: f64) -> u32 {
    (value * 10.0).round() as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an `as` cast stays within the range")]
fn whole(value: f64, scale: f64) -> u16 {
    (value * scale).round() as u16
}

#[cfg(test)]
mod tests {
    use telematics::fix::{Fix, Reading};
    use telematics::place::LonLat;

    use super::*;

    fn seen() -> Observation {
        let fix = Fix {
            at: LonLat::new(120.155_07, 30.274_085).unwrap(),
            speed: Some(Speed::from_kmh(36.5)),
            heading: Some(Heading::from_degrees(359.8)),
            altitude_m: Some(12.0),
            satellites: Some(14),
            hdop: None,
            accuracy: None,
        };
        let odometer = Some(Distance::from_metres(12_345_678.0));
        let reading = Reading { ignition: Some(true), odometer, fuel: Some(Volume::from_litres(41.2)), ..Reading::default() };
        let fixed_at = "2026-03-02T06:00:00.900Z".parse().unwrap();
        Observation {
            fixed_at,
            sequence: 1,
            received_at: fixed_at,
            fix: Some(fix),
            reading,
            event: None,
            replayed: false,
            alarms: None,
        }
    }

    #[test]
    fn a_location_is_laid_out_as_the_standard_says() {
        let body = location(&seen(), 2);
        let hex = "00000002000c000301cdf22507296bbe000c016d0000260302140000\
                   01040001e24102020 19c 30011631010e"
            .replace(' ', "");
        assert_eq!(hex::encode(&body), hex);
        let batch = batch([body.as_slice(), body.as_slice()].into_iter());
        assert_eq!((batch.get(..5).unwrap(), batch.len()), ([0, 2, 1, 0, 44].as_slice(), 3 + 2 * 46));
    }

    #[test]
    fn a_terminal_signs_up_and_in_by_its_edition() {
        assert_eq!(register(Edition::V2013, "013800000001", "浙A12345").len(), 2 + 2 + 5 + 20 + 7 + 1 + 8);
        assert_eq!(register(Edition::V2019, "00000000013800000001", "浙AD12345").len(), 2 + 2 + 11 + 30 + 30 + 1 + 9);
        assert_eq!(authenticate(Edition::V2013, "abc", "013800000001"), b"abc");
        assert_eq!(authenticate(Edition::V2019, "abc", "00000000013800000001").len(), 1 + 3 + 15 + 20);
    }
}

//! GB/T 32960.3 as a car speaks it: packets, and the information bytes of an instant, laid out by the standard.

use chrono::{DateTime, Datelike as _, FixedOffset, Timelike as _, Utc};
use telematics::fix::Observation;
use telematics::quantity::{Distance, Share, Speed};

/// Commands of a car.
pub(crate) const LOGIN: u8 = 0x01;
/// The present.
pub(crate) const REALTIME: u8 = 0x02;
/// What could not be sent when it happened.
pub(crate) const REISSUE: u8 = 0x03;
/// The end.
pub(crate) const LOGOUT: u8 = 0x04;
/// Still there.
pub(crate) const HEARTBEAT: u8 = 0x07;
/// In the place of an answer: this is no answer.
pub(crate) const NO_ANSWER: u8 = 0xfe;
/// The answer: right.
pub(crate) const RIGHT: u8 = 0x01;
/// Bytes before the data unit.
pub(crate) const HEAD: usize = 24;

/// Seconds that Beijing is ahead of Greenwich.
const BEIJING_S: i32 = 8 * 3600;

/// A packet of the car with that VIN, without encryption.
pub(crate) fn packet(is_new_edition: bool, command: u8, vin: &str, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEAD + data.len() + 1);
    out.extend(if is_new_edition { b"$$" } else { b"##" });
    out.extend([command, NO_ANSWER]);
    let mut name = vin.as_bytes().to_vec();
    name.resize(17, 0);
    out.extend(name);
    out.push(1);
    out.extend(u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend(data);
    let sum = out.iter().skip(2).fold(0, |sum, byte| sum ^ byte);
    out.push(sum);
    out
}

/// Six bytes of Beijing time.
pub(crate) fn time(at: DateTime<Utc>) -> [u8; 6] {
    let Some(zone) = FixedOffset::east_opt(BEIJING_S) else { return [0; 6] };
    let at = at.with_timezone(&zone);
    let byte = |number: u32| u8::try_from(number).unwrap_or_default();
    let year = u8::try_from(at.year() - 2000).unwrap_or_default();
    [year, byte(at.month()), byte(at.day()), byte(at.hour()), byte(at.minute()), byte(at.second())]
}

/// The data unit of a sign-in: time, number of the day, the card, no battery codes.
pub(crate) fn login(at: DateTime<Utc>, number: u16, iccid: &str, is_new_edition: bool) -> Vec<u8> {
    let mut out = time(at).to_vec();
    out.extend(number.to_be_bytes());
    out.extend(iccid.bytes().chain(std::iter::repeat(b'0')).take(20));
    // 2016: no subsystem, and codes of no length. 2025: no battery management system.
    out.extend(if is_new_edition { [0].as_slice() } else { &[0, 0] });
    out
}

/// The information bytes of an instant: the vehicle, its motor, where it is, its alarms.
pub(crate) fn information(seen: &Observation, alarm_bits: u32, is_new_edition: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(80);
    vehicle(&mut out, seen, is_new_edition);
    motor(&mut out, seen, is_new_edition);
    position(&mut out, seen, is_new_edition);
    alarms(&mut out, alarm_bits, is_new_edition);
    out
}

fn vehicle(out: &mut Vec<u8>, seen: &Observation, is_new_edition: bool) {
    let reading = &seen.reading;
    let is_on = reading.ignition == Some(true);
    let speed = seen.fix.as_ref().and_then(|fix| fix.speed).map_or(0.0, Speed::kmh);
    out.extend([0x01, if is_on { 1 } else { 2 }, if reading.charging == Some(true) { 1 } else { 3 }, 1]);
    out.extend(word(speed * 10.0).to_be_bytes());
    out.extend(long(reading.odometer.map_or(0.0, Distance::metres) / 100.0).to_be_bytes());
    let soc = reading.soc.map_or(50.0, Share::pct);
    out.extend(word((310.0 + soc * 0.8) * 10.0).to_be_bytes());
    // A battery gives when driving and takes when charging; counted from −1000 A, since 2025 from −3000 A.
    let amps = if reading.charging == Some(true) { -32.0 } else { speed * 0.6 };
    let offset = if is_new_edition { 3000.0 } else { 1000.0 };
    out.extend(word((amps + offset) * 10.0).to_be_bytes());
    out.push(byte(soc));
    // DC-DC works; gear D or P.
    out.extend([1, if is_on { 0b0010_1110 } else { 0b0000_1111 }]);
    out.extend(2000_u16.to_be_bytes());
    if !is_new_edition {
        out.extend([byte(speed.min(100.0)), 0]);
    }
}

fn motor(out: &mut Vec<u8>, seen: &Observation, is_new_edition: bool) {
    let speed = seen.fix.as_ref().and_then(|fix| fix.speed).map_or(0.0, Speed::kmh);
    // One motor: number 1, consuming or ready, controller at 45 °C.
    out.extend([0x02, 1, 1, if speed > 0.0 { 1 } else { 4 }, 45 + 40]);
    if is_new_edition {
        out.extend(word(speed * 95.0 + 32_000.0).to_be_bytes());
        out.extend(long((speed * 0.8 + 20_000.0) * 10.0).to_be_bytes());
        out.push(50 + 40);
    } else {
        out.extend(word(speed * 95.0 + 20_000.0).to_be_bytes());
        out.extend(word((speed * 0.8 + 2000.0) * 10.0).to_be_bytes());
        out.push(50 + 40);
        out.extend(word(3700.0).to_be_bytes());
        out.extend(word((speed * 0.6 + 1000.0) * 10.0).to_be_bytes());
    }
}

fn position(out: &mut Vec<u8>, seen: &Observation, is_new_edition: bool) {
    let at = seen.fix.as_ref().map(|fix| fix.at);
    let mut status = u8::from(at.is_none());
    status |= u8::from(at.is_some_and(|at| at.lat() < 0.0)) << 1;
    status |= u8::from(at.is_some_and(|at| at.lon() < 0.0)) << 2;
    out.extend([0x05, status]);
    if is_new_edition {
        // WGS-84
        out.push(1);
    }
    out.extend(long(at.map_or(0.0, |at| at.lon().abs()) * 1e6).to_be_bytes());
    out.extend(long(at.map_or(0.0, |at| at.lat().abs()) * 1e6).to_be_bytes());
}

/// The general alarms; of the four lists of trouble codes none has any.
fn alarms(out: &mut Vec<u8>, bits: u32, is_new_edition: bool) {
    // 2016 knows bits 0 to 18.
    let bits = bits & 0x0007_ffff;
    out.push(if is_new_edition { 0x06 } else { 0x07 });
    out.push(u8::from(bits != 0));
    out.extend(bits.to_be_bytes());
    out.extend([0, 0, 0, 0]);
    if is_new_edition {
        let raised = (0..32_u8).filter(|bit| bits >> bit & 1 == 1);
        out.push(byte(f64::from(bits.count_ones())));
        out.extend(raised.flat_map(|bit| [bit, 1]));
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an `as` cast stays within the range")]
fn byte(value: f64) -> u8 {
    value.round() as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an `as` cast stays within the range")]
fn word(value: f64) -> u16 {
    value.round() as u16
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an `as` cast stays within the range")]
fn long(value: f64) -> u32 {
    value.round() as u32
}

#[cfg(test)]
mod tests {
    use telematics::datum::Datum;
    use telematics::fix::{Fix, Reading};
    use telematics::gb32960::{Body, Framer, Message};
    use telematics::place::LonLat;
    use telematics::sequence;

    use super::*;

    fn seen() -> Observation {
        let fix = Fix {
            at: LonLat::new(120.155_07, 30.274_085).unwrap(),
            speed: Some(Speed::from_kmh(36.5)),
            heading: None,
            altitude_m: None,
            satellites: None,
            hdop: None,
            accuracy: None,
        };
        let odometer = Some(Distance::from_metres(12_345_600.0));
        let reading = Reading { ignition: Some(true), odometer, soc: Some(Share::from_pct(55.0)), ..Reading::default() };
        let fixed_at = "2026-03-02T20:01:02Z".parse().unwrap();
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
    fn a_packet_is_framed_by_its_length_and_summed() {
        let heartbeat = packet(false, HEARTBEAT, "LFPH3ACC4L1A00001", &[]);
        assert_eq!(heartbeat.len(), HEAD + 1);
        assert_eq!(heartbeat.get(..4).unwrap(), b"##\x07\xfe");
        assert_eq!(heartbeat.iter().skip(2).fold(0, |sum, byte| sum ^ byte), 0);
        assert_eq!(time(seen().fixed_at), [26, 3, 3, 4, 1, 2]);
        assert_eq!(login(seen().fixed_at, 7, "8986", false).len(), 6 + 2 + 20 + 2);
    }

    #[test]
    fn what_is_sent_is_understood_in_both_editions() {
        for is_new_edition in [false, true] {
            let information = information(&seen(), 0b1_0010, is_new_edition);
            let data = [time(seen().fixed_at).as_slice(), &information].concat();
            for (command, data) in [(LOGIN, login(seen().fixed_at, 1, "8986", is_new_edition)), (REISSUE, data)] {
                let bytes = packet(is_new_edition, command, "LFPH3ACC4L1A00001", &data);
                let Some(Ok(frame)) = Framer::default().next(&bytes).item else { panic!("a frame") };
                let message = Message::read(frame.header, frame.data).unwrap();
                let Body::Report(report) = message.body else { continue };
                let read = report.observe(Datum::Wgs84, seen().received_at).unwrap();
                assert_eq!((read.fixed_at, read.sequence), (seen().fixed_at, sequence::of(&information)));
                assert_eq!(read.fix.unwrap().at, seen().fix.unwrap().at);
                assert_eq!((read.reading.odometer, read.reading.soc), (seen().reading.odometer, seen().reading.soc));
                assert!(read.replayed);
            }
        }
    }
}

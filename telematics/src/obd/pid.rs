//! Parameters of service 01 and the VIN of service 09: from bytes to units.

use crate::obd::ObdError;
use crate::obd::reply::Message;

/// A parameter of service 01 and its formula (参数); bytes are A, B, C, D.
#[derive(Debug, Clone, Copy)]
pub struct Pid {
    /// Number.
    pub number: u8,
    /// Name with its unit, as in `decode`.
    pub name: &'static str,
    /// Bytes the formula needs.
    pub bytes: usize,
    formula: fn(&[f64]) -> f64,
}

fn share(b: &[f64]) -> f64 {
    at(b, 0) * 100.0 / 255.0
}

fn word(b: &[f64]) -> f64 {
    at(b, 0) * 256.0 + at(b, 1)
}

fn at(b: &[f64], index: usize) -> f64 {
    b.get(index).copied().unwrap_or(0.0)
}

/// All parameters that are understood (SAE J1979).
pub const PIDS: &[Pid] = &[
    Pid { number: 0x04, name: "load_pct", bytes: 1, formula: share },
    Pid { number: 0x05, name: "coolant_c", bytes: 1, formula: |b| at(b, 0) - 40.0 },
    Pid { number: 0x0b, name: "intake_pressure_kpa", bytes: 1, formula: |b| at(b, 0) },
    Pid { number: 0x0c, name: "rpm", bytes: 2, formula: |b| word(b) / 4.0 },
    Pid { number: 0x0d, name: "speed_kmh", bytes: 1, formula: |b| at(b, 0) },
    Pid { number: 0x0f, name: "intake_air_c", bytes: 1, formula: |b| at(b, 0) - 40.0 },
    Pid { number: 0x10, name: "air_flow_gps", bytes: 2, formula: |b| word(b) / 100.0 },
    Pid { number: 0x11, name: "throttle_pct", bytes: 1, formula: share },
    Pid { number: 0x1f, name: "engine_run_s", bytes: 2, formula: word },
    Pid { number: 0x21, name: "distance_with_fault_km", bytes: 2, formula: word },
    Pid { number: 0x2f, name: "fuel_pct", bytes: 1, formula: share },
    Pid { number: 0x31, name: "distance_since_clear_km", bytes: 2, formula: word },
    Pid { number: 0x42, name: "voltage_v", bytes: 2, formula: |b| word(b) / 1000.0 },
    Pid { number: 0x5b, name: "soc_pct", bytes: 1, formula: share },
    Pid { number: 0x5e, name: "fuel_rate_lph", bytes: 2, formula: |b| word(b) / 20.0 },
    Pid { number: 0xa6, name: "odometer_km", bytes: 4, formula: |b| (word(b) * 65_536.0 + at(b, 2) * 256.0 + at(b, 3)) / 10.0 },
];

/// The parameter of a number.
pub fn find(number: u8) -> Option<&'static Pid> {
    PIDS.iter().find(|pid| pid.number == number)
}

impl Pid {
    /// The request, as it is written.
    pub fn request(&self) -> String {
        format!("01{:02X}", self.number)
    }

    /// The value that the first control unit gives.
    pub fn value(&self, messages: &[Message]) -> Result<f64, ObdError> {
        let data = answer(messages, 0x01, self.number)?;
        let bytes: Vec<f64> = data.get(..self.bytes).ok_or(ObdError::Incomplete)?.iter().map(|b| f64::from(*b)).collect();
        Ok((self.formula)(&bytes))
    }
}

/// What follows service and parameter in the first answer that fits.
pub fn answer(messages: &[Message], service: u8, number: u8) -> Result<&[u8], ObdError> {
    let expected = service + 0x40;
    let mut refusal = ObdError::NoData;
    for message in messages {
        match message.data.as_slice() {
            [0x7f, service, reason, ..] => refusal = ObdError::Refused { service: *service, reason: *reason },
            [found, ..] if *found != expected => refusal = ObdError::OtherService { found: *found, expected },
            [_, found, rest @ ..] if *found == number => return Ok(rest),
            [_, found, ..] => refusal = ObdError::OtherParameter { found: *found, asked: number },
            [] | [_] => refusal = ObdError::Incomplete,
        }
    }
    Err(refusal)
}

/// Parameters that a bitmap (`0100`, `0120`, …) says are supported.
pub fn supported(messages: &[Message], base: u8) -> Vec<u8> {
    let mut out = Vec::new();
    for message in messages {
        let Ok(bits) = answer(std::slice::from_ref(message), 0x01, base) else { continue };
        for (index, byte) in bits.iter().take(4).enumerate() {
            for bit in 0..8_u8 {
                let offset = u8::try_from(index).unwrap_or(0) * 8 + bit + 1;
                let number = base.checked_add(offset).filter(|_| byte & (0x80 >> bit) != 0);
                out.extend(number.filter(|n| !out.contains(n)));
            }
        }
    }
    out
}

/// The vehicle identification number (车辆识别代号) of an answer to `0902`.
pub fn vin(messages: &[Message]) -> Result<String, ObdError> {
    let mut text = String::new();
    // Before CAN: five messages of four characters each, numbered; on CAN one message.
    for message in messages {
        let data = answer(std::slice::from_ref(message), 0x09, 0x02)?;
        let characters = data.get(1..).unwrap_or_default();
        text.extend(characters.iter().filter(|b| b.is_ascii_alphanumeric()).map(|b| char::from(*b)));
    }
    if text.len() == 17 { Ok(text) } else { Err(ObdError::Incomplete) }
}

/// Malfunction lamp and number of stored codes of an answer to `0101`.
pub fn lamp(messages: &[Message]) -> Result<(bool, u8), ObdError> {
    let first = *answer(messages, 0x01, 0x01)?.first().ok_or(ObdError::Incomplete)?;
    Ok((first & 0x80 != 0, first & 0x7f))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::obd::reply::messages;

    #[test]
    fn sample_frames_decode_to_units() {
        for (text, number, value) in [
            ("41 04 FF", 0x04, 100.0),
            ("41 05 7B", 0x05, 83.0),
            ("41 0B 65", 0x0b, 101.0),
            ("41 0C 1A F8", 0x0c, 1726.0),
            ("41 0D 3C", 0x0d, 60.0),
            ("41 0F 00", 0x0f, -40.0),
            ("41 10 01 F4", 0x10, 5.0),
            ("41 11 33", 0x11, 20.0),
            ("41 1F 0E 10", 0x1f, 3600.0),
            ("41 21 00 64", 0x21, 100.0),
            ("41 2F 80", 0x2f, 50.196_078),
            ("41 31 03 E8", 0x31, 1000.0),
            ("41 42 36 B0", 0x42, 14.0),
            ("41 5B CC", 0x5b, 80.0),
            ("41 5E 00 64", 0x5e, 5.0),
            ("41 A6 00 07 EF 80", 0xa6, 52_006.4),
        ] {
            let pid = find(number).unwrap();
            let decoded = pid.value(&messages(text, &pid.request()).unwrap()).unwrap();
            assert!((decoded - value).abs() < 1e-6, "{text}: {decoded}");
        }
    }

    #[test]
    fn a_parameter_that_is_absent_is_an_error_and_never_zero() {
        let rpm = find(0x0c).unwrap();
        let code = |text: &str| messages(text, "010C").and_then(|m| rpm.value(&m)).unwrap_err().code();
        assert_eq!(code("NO DATA"), "obd.no_data");
        assert_eq!(code("7F 01 12"), "obd.refused");
        assert_eq!(code("61 0C 1A F8"), "obd.other_service");
        assert_eq!(code("41 0D 3C"), "obd.other_parameter");
        assert_eq!(code("41 0C 1A"), "obd.incomplete");
    }

    #[test]
    fn bitmaps_lamps_and_numbers() {
        let bitmap = messages("41 00 BE 3E B8 13", "0100").unwrap();
        let numbers = supported(&bitmap, 0);
        assert!(numbers.contains(&0x0c) && numbers.contains(&0x0d) && numbers.contains(&0x20) && !numbers.contains(&0x02));
        assert_eq!(lamp(&messages("41 01 82 07 65 04", "0101").unwrap()).unwrap(), (true, 2));
        let text = "014\r0: 49 02 01 4C 53 56\r1: 41 41 34 39 4A 31 33\r2: 32 30 34 37 33 37 31\r";
        assert_eq!(vin(&messages(text, "0902").unwrap()).unwrap(), "LSVAA49J132047371");
        let old =
            "49 02 01 00 00 00 4C\r49 02 02 53 56 41 41\r49 02 03 34 39 4A 31\r49 02 04 33 32 30 34\r49 02 05 37 33 37 31\r";
        assert_eq!(vin(&messages(old, "0902").unwrap()).unwrap(), "LSVAA49J132047371");
    }
}

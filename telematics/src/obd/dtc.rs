//! Diagnostic trouble codes: two bytes, one letter and four digits.

use crate::obd::ObdError;
use crate::obd::reply::Message;

/// The codes of an answer to service 03, 07 or 0A (故障码); a CAN answer begins with their number.
pub fn codes(messages: &[Message], service: u8) -> Result<Vec<String>, ObdError> {
    let expected = service + 0x40;
    let mut out = Vec::new();
    for message in messages {
        let (found, rest) = message.data.split_first().ok_or(ObdError::Incomplete)?;
        if *found != expected {
            return Err(ObdError::OtherService { found: *found, expected });
        }
        // An odd number of bytes: the first is the count (CAN); even: three pairs a message, padded with zeros.
        let pairs = if rest.len() % 2 == 1 { rest.get(1..).unwrap_or_default() } else { rest };
        for pair in pairs.chunks_exact(2) {
            let [high, low] = *pair else { continue };
            if (high, low) != (0, 0) {
                out.push(code(high, low));
            }
        }
    }
    Ok(out)
}

/// `0x03 0x01` is `P0301`.
pub fn code(high: u8, low: u8) -> String {
    let letter = match high >> 6 {
        0 => 'P',
        1 => 'C',
        2 => 'B',
        _ => 'U',
    };
    format!("{letter}{}{:X}{low:02X}", (high >> 4) & 0x3, high & 0x0f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(data: &[u8]) -> Message {
        Message { ecu: None, data: data.to_vec() }
    }

    #[test]
    fn codes_are_read_from_both_forms() {
        assert_eq!(codes(&[message(&[0x43, 0x02, 0x03, 0x01, 0x41, 0x23])], 3).unwrap(), ["P0301", "C0123"]);
        assert_eq!(codes(&[message(&[0x43, 0x03, 0x01, 0x92, 0x34, 0, 0])], 3).unwrap(), ["P0301", "B1234"]);
        assert_eq!(codes(&[message(&[0x47, 0x00])], 7).unwrap(), Vec::<String>::new());
        assert_eq!(codes(&[message(&[0x4a, 0x01, 0xc1, 0x00])], 10).unwrap(), ["U0100"]);
        assert_eq!(codes(&[message(&[0x41, 0x00])], 3).unwrap_err().code(), "obd.other_service");
    }
}

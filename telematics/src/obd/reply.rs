//! What an ELM327 answers before its prompt: echoes, states, and messages put together from their frames.

use crate::obd::ObdError;

/// Bytes an answer may have before its prompt; more is a wire gone mad.
pub const MAX_REPLY_BYTES: usize = 8192;

/// Collects bytes up to the prompt `>`.
#[derive(Debug, Default)]
pub struct Prompt {
    text: String,
}

impl Prompt {
    /// Takes one byte; the text before the prompt when it is complete.
    pub fn push(&mut self, byte: u8) -> Option<String> {
        match byte {
            b'>' => return Some(std::mem::take(&mut self.text)),
            b'\r' | b'\n' | 0x20..=0x7e if self.text.len() < MAX_REPLY_BYTES => self.text.push(char::from(byte)),
            // Adapters send NUL now and then; it means nothing, and nor does anything else here.
            _ => {}
        }
        None
    }
}

/// One message of one control unit, its frames put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who sent it: the CAN identifier or the header, when headers are on.
    pub ecu: Option<u32>,
    /// Service plus 0x40 first.
    pub data: Vec<u8>,
}

/// The adapter's state that a line stands for.
pub fn state(line: &str) -> Option<ObdError> {
    let tight: String = line.chars().filter(|c| !c.is_whitespace() && *c != '.').collect::<String>().to_ascii_uppercase();
    let whole = match tight.as_str() {
        "?" => ObdError::UnknownRequest,
        "NODATA" => ObdError::NoData,
        "STOPPED" => ObdError::Stopped,
        "UNABLETOCONNECT" => ObdError::UnableToConnect,
        "CANERROR" => ObdError::CanError,
        "BUSBUSY" => ObdError::BusBusy,
        "BUSERROR" | "FBERROR" => ObdError::BusInit,
        "BUFFERFULL" => ObdError::BufferFull,
        "LVRESET" => ObdError::LowVoltageReset,
        "ACTALERT" | "!ACTALERT" | "LPALERT" | "!LPALERT" => ObdError::SleepAlert,
        _ => return state_within(&tight),
    };
    Some(whole)
}

fn state_within(tight: &str) -> Option<ObdError> {
    if let Some(digits) = tight.strip_prefix("ERR")
        && let Ok(number) = digits.parse()
    {
        return Some(ObdError::Internal(number));
    }
    if tight.starts_with("BUSINIT") && tight.ends_with("ERROR") {
        return Some(ObdError::BusInit);
    }
    // After `SEARCHING` on the same line.
    if let Some(rest) = tight.strip_prefix("SEARCHING")
        && !rest.is_empty()
    {
        return state(rest);
    }
    // At the end of a line of data.
    let damaged = tight.ends_with("DATAERROR") || tight.ends_with("<RXERROR");
    damaged.then_some(ObdError::Damaged)
}

/// The messages of an answer to `request` (such as `010C`), or the state it stands for.
pub fn messages(text: &str, request: &str) -> Result<Vec<Message>, ObdError> {
    let request = squeeze(request);
    let mut lines = Vec::new();
    for line in text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(state) = state(line) {
            return Err(state);
        }
        let tight = squeeze(line);
        // `SEARCHING...` and `BUS INIT: ...OK` come before the answer, on their own or on its line.
        let tight = tight.trim_start_matches("SEARCHING").trim_start_matches("BUSINIT:").trim_start_matches("OK");
        if tight.is_empty() || tight == request || is_version(tight) {
            continue;
        }
        lines.push(tight.to_owned());
    }
    if lines.is_empty() {
        return Err(ObdError::NoData);
    }
    assemble(&lines)
}

fn squeeze(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace() && *c != '.').collect::<String>().to_ascii_uppercase()
}

fn is_version(line: &str) -> bool {
    line.starts_with("ELM327") || line.starts_with("STN") || line.starts_with("AT")
}

fn assemble(lines: &[String]) -> Result<Vec<Message>, ObdError> {
    // ATH0: a line with the length (`014`), then numbered frames (`0:`, `1:`, …).
    if lines.iter().any(|line| line.get(1..2) == Some(":")) {
        return numbered(lines).map(|data| vec![Message { ecu: None, data }]);
    }
    let mut out: Vec<(Message, Option<Pending>)> = Vec::new();
    for line in lines {
        frame(line, &mut out)?;
    }
    let complete = out.iter().all(|(message, pending)| pending.as_ref().is_none_or(|p| message.data.len() >= p.length));
    if !complete {
        return Err(ObdError::Incomplete);
    }
    Ok(out.into_iter().map(|(message, _)| message).collect())
}

/// A message of which frames are still to come.
#[derive(Debug)]
struct Pending {
    length: usize,
    next: u8,
}

fn numbered(lines: &[String]) -> Result<Vec<u8>, ObdError> {
    let length = lines.iter().find(|line| line.len() == 3).and_then(|line| usize::from_str_radix(line, 16).ok());
    let mut data = Vec::new();
    let mut next = 0;
    for line in lines {
        let Some((number, rest)) = line.split_once(':') else { continue };
        if u8::from_str_radix(number, 16) != Ok(next) {
            return Err(ObdError::Incomplete);
        }
        next = (next + 1) & 0x0f;
        data.extend(bytes(rest)?);
    }
    let length = length.unwrap_or(data.len());
    if data.len() < length {
        return Err(ObdError::Incomplete);
    }
    data.truncate(length);
    Ok(data)
}

/// One line with or without a header; a line with one is `7E8` or eight digits, then an ISO-TP frame.
fn frame(line: &str, out: &mut Vec<(Message, Option<Pending>)>) -> Result<(), ObdError> {
    let (ecu, body) = match header(line) {
        Some((ecu, body)) => (Some(ecu), body),
        None => (None, line),
    };
    let data = bytes(body)?;
    let Some(ecu) = ecu else {
        out.push((Message { ecu: None, data }, None));
        return Ok(());
    };
    let (first, rest) = data.split_first().ok_or(ObdError::Unreadable)?;
    match first >> 4 {
        0 => {
            let length = usize::from(first & 0x0f);
            let data = rest.get(..length).ok_or(ObdError::Incomplete)?.to_vec();
            out.push((Message { ecu: Some(ecu), data }, None));
        }
        1 => {
            let (low, data) = rest.split_first().ok_or(ObdError::Incomplete)?;
            let length = usize::from(first & 0x0f) << 8 | usize::from(*low);
            out.push((Message { ecu: Some(ecu), data: data.to_vec() }, Some(Pending { length, next: 1 })));
        }
        2 => {
            let open = out.iter_mut().rev().find(|(message, pending)| message.ecu == Some(ecu) && pending.is_some());
            let Some((message, Some(pending))) = open else { return Err(ObdError::Incomplete) };
            if first & 0x0f != pending.next {
                return Err(ObdError::Incomplete);
            }
            pending.next = (pending.next + 1) & 0x0f;
            message.data.extend(rest);
            message.data.truncate(pending.length);
        }
        // Flow control is for the adapter, not for us.
        3 => {}
        _ => return Err(ObdError::Unreadable),
    }
    Ok(())
}

/// An 11-bit header makes the number of digits odd; a 29-bit one of OBD begins with `18DA` or `18DB`.
fn header(line: &str) -> Option<(u32, &str)> {
    let digits = if line.len() % 2 == 1 {
        3
    } else if line.starts_with("18DA") || line.starts_with("18DB") {
        8
    } else {
        return None;
    };
    let (head, body) = line.split_at_checked(digits)?;
    Some((u32::from_str_radix(head, 16).ok()?, body))
}

fn bytes(digits: &str) -> Result<Vec<u8>, ObdError> {
    if digits.is_empty() || !digits.is_ascii() || digits.len() % 2 == 1 {
        return Err(ObdError::Unreadable);
    }
    let pairs =
        digits.as_bytes().chunks_exact(2).map(|pair| std::str::from_utf8(pair).ok().and_then(|p| u8::from_str_radix(p, 16).ok()));
    pairs.collect::<Option<Vec<u8>>>().ok_or(ObdError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str, request: &str) -> Result<Vec<Vec<u8>>, &'static str> {
        messages(text, request).map(|m| m.into_iter().map(|m| m.data).collect()).map_err(ObdError::code)
    }

    #[test]
    fn a_plain_answer_with_echo_spaces_and_searching() {
        let rpm = Ok(vec![vec![0x41, 0x0c, 0x1a, 0xf8]]);
        assert_eq!(data("410C1AF8\r\r", "010C"), rpm);
        assert_eq!(data("010C\r41 0C 1A F8 \r\r", "010C"), rpm);
        assert_eq!(data("SEARCHING...\r41 0C 1A F8\r", "010C"), rpm);
        assert_eq!(data("SEARCHING...410C1AF8\r", "010C"), rpm);
        assert_eq!(data("BUS INIT: ...OK\r410C1AF8\r", "010C"), rpm);
        assert_eq!(data("7E8 04 41 0C 1A F8 00 00 00\r", "010C"), rpm);
    }

    #[test]
    fn two_control_units_are_two_messages() {
        let both = messages("7E8 06 41 00 BE 3E B8 13 00\r7E9 06 41 00 80 00 00 01 00\r", "0100").unwrap();
        assert_eq!(both.iter().map(|m| m.ecu).collect::<Vec<_>>(), [Some(0x7e8), Some(0x7e9)]);
        let long = messages("18DAF11004410C1AF8\r", "010C").unwrap();
        assert_eq!((long[0].ecu, long[0].data.as_slice()), (Some(0x18da_f110), [0x41, 0x0c, 0x1a, 0xf8].as_slice()));
    }

    #[test]
    fn long_answers_are_put_together_with_and_without_headers() {
        let expected = b"\x49\x02\x01LSVAA49J132047371".to_vec();
        let plain = "014\r0: 49 02 01 4C 53 56\r1: 41 41 34 39 4A 31 33\r2: 32 30 34 37 33 37 31\r";
        let headed = "7E8 10 14 49 02 01 4C 53 56\r7E8 21 41 41 34 39 4A 31 33\r7E8 22 32 30 34 37 33 37 31\r";
        assert_eq!(data(plain, "0902"), Ok(vec![expected.clone()]));
        assert_eq!(data(headed, "0902"), Ok(vec![expected]));
        assert_eq!(data("014\r0: 49 02 01 4C 53 56\r2: 32 30 34 37 33 37 31\r", "0902"), Err("obd.incomplete"));
        assert_eq!(data("7E8 10 14 49 02 01 4C 53 56\r7E8 21 41 41 34 39 4A 31 33\r", "0902"), Err("obd.incomplete"));
    }

    #[test]
    fn the_adapter_s_errors_are_states() {
        for (text, code) in [
            ("?\r", "obd.unknown_request"),
            ("NO DATA\r\r", "obd.no_data"),
            ("", "obd.no_data"),
            ("STOPPED\r", "obd.stopped"),
            ("SEARCHING...\rUNABLE TO CONNECT\r", "obd.unable_to_connect"),
            ("SEARCHING...UNABLE TO CONNECT\r", "obd.unable_to_connect"),
            ("CAN ERROR\r", "obd.can_error"),
            ("BUS INIT: ...ERROR\r", "obd.bus_init"),
            ("BUS INIT: ERROR\r", "obd.bus_init"),
            ("BUS BUSY\r", "obd.bus_busy"),
            ("BUS ERROR\r", "obd.bus_init"),
            ("BUFFER FULL\r", "obd.buffer_full"),
            ("41 0C 1A <DATA ERROR\r", "obd.damaged"),
            ("LV RESET\r", "obd.low_voltage_reset"),
            ("ACT ALERT\r", "obd.sleep_alert"),
            ("ERR94\r", "obd.internal"),
            ("HELLO\r", "obd.unreadable"),
        ] {
            assert_eq!(data(text, "010C"), Err(code), "{text:?}");
        }
    }

    #[test]
    fn the_prompt_ends_an_answer_and_noise_is_left_out() {
        let mut prompt = Prompt::default();
        let answers: Vec<String> = b"41\x00 0C\xff 1A F8\r\r>?\r>".iter().filter_map(|b| prompt.push(*b)).collect();
        assert_eq!(answers, ["41 0C 1A F8\r\r", "?\r"]);
    }
}

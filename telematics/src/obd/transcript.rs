//! A recorded conversation with an adapter: what `motorpool decode obd` reads.

use crate::obd::ObdError;
use crate::obd::reply::{self, Prompt};
use crate::obd::{dtc, pid};

/// What one answer says.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A parameter of service 01: name with unit, and value.
    Value {
        /// Number of the parameter.
        pid: u8,
        /// Name with its unit.
        name: &'static str,
        /// In that unit.
        value: f64,
    },
    /// Parameters that a bitmap says are supported.
    Supported {
        /// Their numbers.
        pids: Vec<u8>,
    },
    /// Malfunction lamp and number of stored codes.
    Lamp {
        /// It is lit.
        on: bool,
        /// Codes stored.
        codes: u8,
    },
    /// Vehicle identification number.
    Vin(String),
    /// Trouble codes: stored (03), pending (07) or permanent (0A).
    TroubleCodes {
        /// Service.
        service: u8,
        /// Such as `P0301`.
        codes: Vec<String>,
    },
    /// The adapter's own answer, such as its version or the voltage.
    Adapter(String),
    /// Bytes whose meaning is not known here.
    Other(Vec<u8>),
}

/// One answer of a transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Offset of its first byte.
    pub at: usize,
    /// The request that it answers, when the transcript has its echo.
    pub request: Option<String>,
    /// Who answered, when headers are on.
    pub ecu: Option<u32>,
    /// What it says.
    pub meaning: Result<Meaning, ObdError>,
}

/// All answers of a transcript; an answer ends with `>`, the last one with the text.
pub fn answers(bytes: &[u8]) -> Vec<Answer> {
    let mut out = Vec::new();
    if !bytes.contains(&b'>') {
        without_prompts(bytes, &mut out);
        return out;
    }
    let mut prompt = Prompt::default();
    let mut start = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if let Some(text) = prompt.push(*byte) {
            answer(start, &text, &mut out);
            start = index + 1;
        }
    }
    if let Some(text) = prompt.push(b'>') {
        answer(start, &text, &mut out);
    }
    out
}

/// Bare lines: an echo begins an answer, a state of the adapter is one by itself.
fn without_prompts(bytes: &[u8], out: &mut Vec<Answer>) {
    let mut group = String::new();
    let mut start = 0;
    let mut position = 0;
    for bytes in bytes.split_inclusive(|byte| matches!(byte, b'\r' | b'\n')) {
        // Line by line: what is no text grows when it is made text, and offsets are those of the bytes.
        let line = String::from_utf8_lossy(bytes);
        let alone = reply::state(line.trim()).is_some();
        if alone || is_request(line.trim()) {
            answer(start, &group, out);
            group.clear();
        }
        if group.is_empty() {
            start = position;
        }
        position += bytes.len();
        group.push_str(&line);
        if alone {
            answer(start, &group, out);
            group.clear();
        }
    }
    answer(start, &group, out);
}

fn answer(at: usize, text: &str, out: &mut Vec<Answer>) {
    let lines: Vec<&str> = text.split(['\r', '\n']).map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    let Some(first) = lines.first() else { return };
    let request = is_request(first).then(|| first.replace(' ', "").to_ascii_uppercase());
    let rest = if request.is_some() { lines.get(1..).unwrap_or_default() } else { &lines };
    if request.as_deref().is_some_and(|r| r.starts_with("AT") || r.starts_with("ST"))
        || rest.iter().any(|l| l.starts_with("ELM327"))
    {
        let text = rest.join(" ");
        let meaning = reply::state(&text).map_or_else(|| Ok(Meaning::Adapter(text.clone())), Err);
        out.push(Answer { at, request, ecu: None, meaning });
        return;
    }
    match reply::messages(&rest.join("\r"), request.as_deref().unwrap_or("")) {
        Err(error) => out.push(Answer { at, request, ecu: None, meaning: Err(error) }),
        Ok(messages) => {
            // The VIN and trouble codes of older buses are spread over messages; all else stands alone.
            let spread = messages.first().is_some_and(|m| m.ecu.is_none() && m.data.starts_with(&[0x49, 0x02]));
            if spread {
                out.push(Answer { at, request, ecu: None, meaning: pid::vin(&messages).map(Meaning::Vin) });
                return;
            }
            for message in messages {
                let ecu = message.ecu;
                out.push(Answer { at, request: request.clone(), ecu, meaning: meaning(&message, request.as_deref()) });
            }
        }
    }
}

fn is_request(line: &str) -> bool {
    let tight = line.replace(' ', "").to_ascii_uppercase();
    let service = tight.get(..2).unwrap_or("");
    tight.starts_with("AT")
        || tight.starts_with("ST") && tight != "STOPPED"
        || (matches!(service, "01" | "03" | "07" | "09" | "0A" | "22")
            && tight.len() <= 9
            && tight.chars().all(|c| c.is_ascii_hexdigit()))
}

fn meaning(message: &reply::Message, request: Option<&str>) -> Result<Meaning, ObdError> {
    let alone = std::slice::from_ref(message);
    if let (Some(asked), Some(found)) = (request.and_then(|r| u8::from_str_radix(r.get(..2)?, 16).ok()), message.data.first()) {
        let expected = asked.wrapping_add(0x40);
        if *found != 0x7f && *found != expected {
            return Err(ObdError::OtherService { found: *found, expected });
        }
    }
    match message.data.as_slice() {
        [0x7f, service, reason, ..] => Err(ObdError::Refused { service: *service, reason: *reason }),
        [0x41, 0x01, ..] => pid::lamp(alone).map(|(on, codes)| Meaning::Lamp { on, codes }),
        [0x41, base, ..] if base % 0x20 == 0 => Ok(Meaning::Supported { pids: pid::supported(alone, *base) }),
        [0x41, number, ..] => match pid::find(*number) {
            Some(known) => known.value(alone).map(|value| Meaning::Value { pid: *number, name: known.name, value }),
            None => Ok(Meaning::Other(message.data.clone())),
        },
        [0x49, 0x02, ..] => pid::vin(alone).map(Meaning::Vin),
        [first @ (0x43 | 0x47 | 0x4a), ..] => {
            let service = first - 0x40;
            dtc::codes(alone, service).map(|codes| Meaning::TroubleCodes { service, codes })
        }
        other => Ok(Meaning::Other(other.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_is_understood_answer_by_answer() {
        let text =
            b"ATZ\r\r\rELM327 v1.5\r\r>010C\r41 0C 1A F8\r\r>01A6\r61 A6 00 00 00 01\r\r>012F\rNO DATA\r\r>03\r43 01 03 01\r\r>";
        let all = answers(text);
        assert_eq!(all.len(), 5, "{all:#?}");
        assert_eq!(all[0].meaning, Ok(Meaning::Adapter("ELM327 v1.5".to_owned())));
        assert_eq!(all[1].meaning, Ok(Meaning::Value { pid: 0x0c, name: "rpm", value: 1726.0 }));
        assert_eq!(all[2].meaning.clone().unwrap_err().code(), "obd.other_service");
        assert_eq!(all[3].meaning.clone().unwrap_err().code(), "obd.no_data");
        assert_eq!(all[4].meaning, Ok(Meaning::TroubleCodes { service: 3, codes: vec!["P0301".to_owned()] }));
        assert_eq!(all[1].at, 20);
    }

    #[test]
    fn an_answer_stands_where_its_bytes_stand_also_behind_bytes_that_are_no_text() {
        let all = answers(b"\xbf\xab\x85\xf2\xf2\xf2\xbe\xadZ+\r03410D3C");
        assert_eq!(all.iter().map(|answer| answer.at).collect::<Vec<_>>(), [0, 11], "{all:#?}");
        let all = answers(b"\xff\xff\r03\rNO DATA\r");
        assert_eq!(all.iter().map(|answer| answer.at).collect::<Vec<_>>(), [0, 3, 6], "{all:#?}");
    }
}

//! Commands to a terminal of JT/T 808: which message says which, and what its answers mean.

use std::sync::Arc;

use fleet_db::command::Command;
use telematics::command::Text;
use telematics::jt808::Edition;
use telematics::jt808::down::{Down, result};
use telematics::jt808::parameter::{Parameter, Setting};

use super::say;
use crate::commands::{Expected, Said};
use crate::link::{Dialect, Link};

/// 0x0107, which names no serial.
pub(super) const ATTRIBUTES: u16 = 0x0107;
/// Control words of 0x8105.
const RESTART: u8 = 4;
const FACTORY_RESET: u8 = 5;
/// Seconds between two reports (缺省时间汇报间隔).
const REPORT_INTERVAL: &str = "0x0029";

/// Says a command, or the word for why it cannot be said.
pub(crate) fn say(link: &Arc<Link>, command: &Command) -> Result<(Expected, Said), &'static str> {
    let Dialect::Jt808(edition, _) = link.dialect() else { return Err("unsupported") };
    let (message, expected) = message(command, edition)?;
    let sent = say::say(link, &message).map_err(|_not_sayable| "not_encodable")?;
    let count = u16::try_from(sent.frames.len()).unwrap_or(u16::MAX);
    let frames = if count > 1 { sent.frames } else { Vec::new() };
    Ok((expected, Said { first_serial: sent.first_serial, count, frames }))
}

fn message(command: &Command, edition: Edition) -> Result<(Down, Expected), &'static str> {
    let setting = |name: &str, value: &serde_json::Value| Setting::of(name, value).map_err(|_wrong| "not_encodable");
    Ok(match command {
        Command::Text(text) => (Down::Text { flags: flags(text, edition), kind: None, text: text.text.clone() }, Expected::Done),
        Command::Locate {} => (Down::QueryPosition, Expected::Told),
        Command::Track { interval_s: 0, .. } => (Down::Track { interval_s: 0, valid_s: None }, Expected::Done),
        Command::Track { interval_s, for_s } => (Down::Track { interval_s: *interval_s, valid_s: Some(*for_s) }, Expected::Done),
        Command::ReportInterval { seconds } => {
            (Down::SetParameters(vec![setting(REPORT_INTERVAL, &(*seconds).into())?]), Expected::Done)
        }
        Command::QueryParameters { ids } if ids.is_empty() => (Down::QueryParameters, Expected::Told),
        Command::QueryParameters { ids } => {
            let ids = ids.iter().map(|id| parameter_id(id).ok_or("not_encodable")).collect::<Result<_, _>>()?;
            (Down::QuerySomeParameters(ids), Expected::Told)
        }
        Command::SetParameters { values } => {
            let settings = values.iter().map(|(name, value)| setting(name, value)).collect::<Result<_, _>>()?;
            (Down::SetParameters(settings), Expected::Done)
        }
        Command::QueryAttributes {} => (Down::QueryAttributes, Expected::Alone(ATTRIBUTES)),
        Command::Restart {} => (Down::Control { command: RESTART, arguments: String::new() }, Expected::Done),
        Command::FactoryReset {} => (Down::Control { command: FACTORY_RESET, arguments: String::new() }, Expected::Done),
        _ => return Err("unsupported"),
    })
}

/// A parameter by its number (`0x0029`) or its name.
fn parameter_id(name: &str) -> Option<u32> {
    let number = name.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    number.or_else(|| Parameter::by_key(name).map(|parameter| parameter.id))
}

/// The flags of 0x8300: bit 2 the display, bit 3 the voice; what is urgent is bit 0 alone before 2019, bits 0 and 1 as `10` since.
fn flags(text: &Text, edition: Edition) -> u8 {
    let urgency = match (text.is_urgent, edition) {
        (true, Edition::V2019) => 0b10,
        (true, _) | (false, Edition::V2019) => 0b01,
        (false, _) => 0,
    };
    // What asks for neither is shown: a text that nobody sees is none.
    let is_shown = text.on_display || !text.by_voice;
    urgency | u8::from(is_shown) << 2 | u8::from(text.by_voice) << 3
}

/// The result of a general answer in a word.
pub(crate) const fn result_of(code: u8) -> &'static str {
    match code {
        result::DONE | result::ALARM_CONFIRMED => "ok",
        result::BAD_MESSAGE => "bad_message",
        result::UNSUPPORTED => "unsupported",
        _ => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_flagged_by_edition() {
        let text = |is_urgent, on_display, by_voice| Text { text: String::new(), is_urgent, on_display, by_voice };
        assert_eq!(flags(&text(true, true, true), Edition::V2013), 0b1101);
        assert_eq!(flags(&text(true, true, true), Edition::V2019), 0b1110);
        assert_eq!(flags(&text(false, false, false), Edition::V2019), 0b0101);
        assert_eq!(flags(&text(false, false, true), Edition::V2011), 0b1000);
    }
}

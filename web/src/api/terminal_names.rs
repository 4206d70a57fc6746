//! What people type in about terminals: numbers, SIM cards, reasons; taken, or refused with a code.

use dispatch::vin::{Vin, VinError, VinRule};
use telematics::device::{Protocol, TerminalId, TerminalIdError};
use telematics::jt808::vendor::Profile;

use crate::problem::Wrong;

/// Longest reason.
const REASON_LENGTH: usize = 200;
/// SIM cards of one terminal.
const CARDS: usize = 4;

/// The name that a terminal of the protocol signs in with.
///
/// A terminal number of JT/T 808 has 12 digits or 20, filled with zeros in front; it is kept without them, so that the same
/// terminal is found whichever edition it speaks. Number of digits in hexadecimal happen (an IMEI in six bytes).
pub(super) fn checked(protocol: Protocol, text: &str, wrong: &mut Wrong) -> Option<TerminalId> {
    let text = text.trim();
    let name = match protocol {
        Protocol::Jt808 => {
            let number = text.trim_start_matches('0').to_lowercase();
            let is_number = text.len() <= 20 && !number.is_empty() && number.chars().all(|c| c.is_ascii_hexdigit());
            if !is_number {
                wrong.note("terminal_id", "terminal.number");
                return None;
            }
            number
        }
        Protocol::Gb32960 => {
            wrong.take("terminal_id", Vin::parse(text, VinRule::ImportsAllowed), VinError::code)?.as_str().to_owned()
        }
        Protocol::Mqtt | Protocol::Http | Protocol::Broker | Protocol::Jt809 => text.to_owned(),
    };
    wrong.take("terminal_id", name.parse(), TerminalIdError::code)
}

/// SIM cards by ICCID: 19 or 20 digits, the last of which may be a letter.
pub(super) fn iccids(given: &[String], wrong: &mut Wrong) -> Option<Vec<String>> {
    let folded: Vec<String> = given
        .iter()
        .map(|iccid| iccid.split_whitespace().collect::<String>().to_uppercase())
        .filter(|iccid| !iccid.is_empty())
        .collect();
    let is_card = |iccid: &String| (19..=20).contains(&iccid.len()) && iccid.chars().all(|c| c.is_ascii_hexdigit());
    if folded.len() <= CARDS && folded.iter().all(is_card) {
        return Some(folded);
    }
    wrong.note("iccids", "terminal.iccid");
    None
}

/// The number of a SIM card; none is none.
#[expect(clippy::option_option, reason = "wrong, none, and a number are three things")]
pub(super) fn sim_number(given: Option<String>, wrong: &mut Wrong) -> Option<Option<String>> {
    let Some(number) = given else { return Some(None) };
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if (5..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit()) {
        return Some(Some(number));
    }
    wrong.note("sim_number", "terminal.sim_number");
    None
}

/// Why somebody does something; nobody may leave it out.
pub(super) fn reason(given: &str, wrong: &mut Wrong) -> Option<String> {
    let reason = given.trim();
    if (1..=REASON_LENGTH).contains(&reason.chars().count()) {
        return Some(reason.to_owned());
    }
    wrong.note("reason", "reason.length");
    None
}

/// The name is one of a model profile.
pub(super) fn is_profile(name: &str) -> bool {
    Profile::by_name(name).is_some()
}

//! Commands to a vehicle's own terminal of GB/T 32960, and what its answers mean. A platform's link carries none: what its vehicles
//! are told is the platform's business.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use fleet_db::command::Command;
use serde_json::{Value, json};
use telematics::gb32960::down::Down;
use telematics::gb32960::{Ack, Edition, Frame, Message, Verdict, Vin, explain};

use crate::commands::{Answered, Expected, Said};
use crate::delivery::Ack as Word;
use crate::link::Link;

/// Says a command, or the word for why it cannot be said.
pub(crate) fn say(
    link: &Arc<Link>,
    edition: Edition,
    command: &Command,
    now: DateTime<Utc>,
) -> Result<(Expected, Said), &'static str> {
    let down = match command {
        Command::ReportInterval { seconds } => Down::SetReportPeriod(*seconds),
        Command::QueryParameters { ids } => {
            Down::Query(ids.iter().map(|id| parameter_id(id).ok_or("not_encodable")).collect::<Result<_, _>>()?)
        }
        Command::Restart {} => Down::Reset,
        Command::FactoryReset {} => Down::FactoryReset,
        _ => return Err("unsupported"),
    };
    let vin = <[u8; 17]>::try_from(link.name().as_bytes()).map_err(|_no_vin| "not_encodable")?;
    let frame = down.frame(Vin(vin), edition, now).ok_or("not_encodable")?;
    link.took();
    link.acknowledge(&Word::Bytes(frame.into()));
    Ok((Expected::Alone(u16::from(down.command().code())), Said::default()))
}

fn parameter_id(name: &str) -> Option<u8> {
    u8::try_from(u32::from_str_radix(name.strip_prefix("0x")?, 16).ok()?).ok()
}

/// What an answer to a command says; its data unit may hold no more than the time.
pub(super) fn answered(frame: &Frame<'_>, data: &[u8]) -> Answered {
    let message_id = u16::from(frame.header.command.code());
    if frame.header.ack != Ack::Success {
        return Answered::Refused { message_id };
    }
    let told = Message::read(frame.header, data).ok().map(|message| explain::message(&message, Verdict::Unsigned));
    let parameters = told.and_then(|mut told| told.remove("parameters")).unwrap_or(Value::Null);
    let answer = if parameters.is_null() { json!({}) } else { json!({ "parameters": parameters }) };
    Answered::Alone { message_id, answer }
}

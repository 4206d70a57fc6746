//! Commands to our own terminals, as JSON on their `cmd` topic; they answer on `ack` and name the command.

use std::num::NonZeroU16;
use std::sync::Arc;

use bytes::Bytes;
use fleet_db::command::Due;
use serde::Deserialize;
use serde_json::Value;
use telematics::id::CommandId;

use super::say;
use super::topic::command_topic;
use super::wire::Version;
use crate::commands::{Answered, Expected, Said};
use crate::link::{Link, Voice};

/// The answer of a terminal.
#[derive(Debug, Deserialize)]
struct Ack {
    id: CommandId,
    ok: bool,
}

/// Says a command, or the word for why it cannot be said.
pub(crate) fn say(link: &Arc<Link>, version: Version, due: &Due) -> Result<(Expected, Said), &'static str> {
    let asked = due.command.for_bridge(due.id, due.expires_at).ok_or("unsupported")?;
    let payload = Bytes::from(asked.to_string());
    link.note("cmd", &payload);
    link.say(|Voice { bytes, serial }| {
        // A packet id is never 0.
        let packet_id = NonZeroU16::new(serial.take(1)).or_else(|| NonZeroU16::new(serial.take(1))).unwrap_or(NonZeroU16::MIN);
        say::put_command(bytes, version, command_topic(link.name()), packet_id, payload)
    })
    .map_err(|_too_long| "not_encodable")?;
    Ok((Expected::Named, Said::default()))
}

/// What a terminal answers; `None` when it is no answer.
pub(super) fn answer(payload: &[u8]) -> Option<Answered> {
    let answer: Value = serde_json::from_slice(payload).ok()?;
    let Ack { id, ok } = Ack::deserialize(&answer).ok()?;
    Some(Answered::Named { id, is_done: ok, answer })
}

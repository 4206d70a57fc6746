//! One message of a broker: whose it is by its topic, what it holds, and the way into the store.

use std::sync::Arc;

use fleet_db::device::RegisteredDevice;
use rumqttc::Publish;
use telematics::device::Protocol;
use telematics::{osmand, owntracks};

use crate::doorway::{Doorway, Pending, Stopping, Unreadable};
use crate::mqtt::payload::{self, Encoding};
use crate::mqtt::topic::Topic;
use crate::telemetry;

/// Whose message it is, and how it is written.
#[derive(Debug, PartialEq, Eq)]
enum Address<'a> {
    /// A terminal of our own.
    Own(&'a str, Topic),
    /// A phone with `OwnTracks`.
    Owntracks(&'a str),
    /// Nobody's that is known here.
    Foreign,
}

/// Hands a message in. What is no position of a registered terminal is kept aside, so that it can be seen why it is missing.
pub(super) async fn take(doorway: &Doorway, message: &Publish) -> Result<Pending, Stopping> {
    let text = String::from_utf8_lossy(&message.topic);
    let address = address_of(&text);
    let (terminal, kind) = match &address {
        Address::Own(terminal, topic) => (*terminal, topic.name()),
        Address::Owntracks(terminal) => (*terminal, "owntracks"),
        Address::Foreign => {
            metrics::counter!(telemetry::FOREIGN_TOPIC).increment(1);
            return doorway.keep_aside(&text, "broker.topic", message.payload.to_vec()).await;
        }
    };
    metrics::counter!(telemetry::BROKER_MESSAGES, "topic" => kind).increment(1);
    let Some(device) = doorway.device(terminal).filter(|device| device.protocol == Protocol::Broker) else {
        return doorway.keep_aside(terminal, "broker.unknown_terminal", message.payload.to_vec()).await;
    };
    match address {
        Address::Own(_, Topic::Status | Topic::Answer) | Address::Foreign => {
            // Nothing of these is kept.
            doorway.hand_in(&device, [], []).await
        }
        Address::Own(_, topic) => records(doorway, &device, topic, &message.payload).await,
        Address::Owntracks(_) => location(doorway, &device, &message.payload).await,
    }
}

/// The terminal in the topic, and what its message is about.
fn address_of(topic: &str) -> Address<'_> {
    if let Some(device) = owntracks::device_of_topic(topic) {
        return Address::Owntracks(device);
    }
    let terminal = topic.strip_prefix("v1/d/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    Topic::of(topic, terminal).map_or(Address::Foreign, |kind| Address::Own(terminal, kind))
}

async fn records(doorway: &Doorway, device: &Arc<RegisteredDevice>, topic: Topic, bytes: &[u8]) -> Result<Pending, Stopping> {
    let now = doorway.now();
    let payload = payload::read(Encoding::of(None, bytes), bytes, doorway.records_per_message());
    let mut unreadable: Vec<Unreadable> = payload.unreadable.into_iter().map(|piece| (piece.code, piece.bytes)).collect();
    let mut observations = Vec::with_capacity(payload.records.len());
    for record in payload.records {
        let text = serde_json::to_vec(&record).unwrap_or_default();
        match record.to_observation(now) {
            Ok(mut seen) => {
                seen.replayed = topic == Topic::Replay;
                observations.push((seen, text));
            }
            Err(error) => unreadable.push((error.code(), text)),
        }
    }
    doorway.hand_in(device, observations, unreadable).await
}

async fn location(doorway: &Doorway, device: &Arc<RegisteredDevice>, bytes: &[u8]) -> Result<Pending, Stopping> {
    match owntracks::of_json(bytes) {
        Ok(Some(report)) => {
            let text = osmand::explain(&report).to_string().into_bytes();
            doorway.hand_in(device, [(report.to_observation(doorway.now()), text)], []).await
        }
        Ok(None) => doorway.hand_in(device, [], []).await,
        Err(error) => doorway.hand_in(device, [], [(error.code(), bytes.to_vec())]).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_says_whose_message_it_is() {
        for (topic, address) in [
            ("v1/d/HZ-1/pos", Address::Own("HZ-1", Topic::Position)),
            ("v1/d/HZ-1/pos/replay", Address::Own("HZ-1", Topic::Replay)),
            ("v1/d/HZ-1/st", Address::Own("HZ-1", Topic::Status)),
            ("owntracks/pool/hz-7", Address::Owntracks("hz-7")),
            ("owntracks/pool/hz-7/event", Address::Foreign),
            ("v1/d/HZ-1/cmd", Address::Foreign),
            ("v1/d/", Address::Foreign),
            ("sensors/1", Address::Foreign),
        ] {
            assert_eq!(address_of(topic), address, "{topic}");
        }
    }
}

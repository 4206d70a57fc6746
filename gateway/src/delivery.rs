//! What a session hands to a shard: records of one vehicle out of one message, and the receipt that waits for the commit.

use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fleet_db::ingest::QuarantinedRecord;
use rmqtt_codec::types::QoS;
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use tokio::sync::OwnedSemaphorePermit;

use crate::link::Link;

/// Part of a message on its way to the store (待存报文).
#[derive(Debug)]
pub struct Delivery {
    /// Where it came from.
    pub(crate) link: Arc<Link>,
    /// What is told to the terminal once all parts are durable; nothing for `QoS` 0.
    pub(crate) receipt: Option<Arc<Receipt>>,
    /// The records.
    pub(crate) part: Part,
    /// Room taken in the shard, given back with the delivery.
    pub(crate) room: Option<OwnedSemaphorePermit>,
}

/// What a delivery holds.
#[derive(Debug)]
pub(crate) enum Part {
    /// Records of one vehicle.
    Seen(VehicleNo, Vec<Observation>),
    /// Records that are kept aside.
    Aside(Vec<QuarantinedRecord>),
}

/// An acknowledgement that waits for its parts (回执).
#[derive(Debug)]
pub(crate) struct Receipt {
    qos: QoS,
    packet_id: NonZeroU16,
    parts: AtomicU32,
}

impl Receipt {
    pub(crate) fn new(qos: QoS, packet_id: NonZeroU16, parts: u32) -> Self {
        Self { qos, packet_id, parts: AtomicU32::new(parts) }
    }
}

impl Delivery {
    /// Records in it; at least one, as an empty one takes room too.
    pub(crate) fn weight(&self) -> u32 {
        let records = match &self.part {
            Part::Seen(_, observations) => observations.len(),
            Part::Aside(records) => records.len(),
        };
        u32::try_from(records).unwrap_or(u32::MAX).max(1)
    }

    /// The part is durable. Puts the acknowledgement on the link when it was the last; the caller flushes the link.
    pub(crate) fn settle(&self) {
        if let Some(receipt) = &self.receipt
            && receipt.parts.fetch_sub(1, Ordering::AcqRel) == 1
        {
            self.link.acknowledge(receipt.qos, receipt.packet_id);
        }
    }
}

//! What is handed to a shard: records of one vehicle out of one message, and the receipt that waits for the commit.

use std::num::NonZeroU16;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fleet_db::device::RegisteredDevice;
use fleet_db::ingest::QuarantinedRecord;
use fleet_db::report::Report;
use rmqtt_codec::types::QoS;
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use telematics::jt808::down::Down;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::link::Link;

/// Part of a message on its way to the store (待存报文).
#[derive(Debug)]
pub struct Delivery {
    /// What is told to the sender once all parts are durable; nothing for a message that asks for no answer.
    pub(crate) receipt: Option<Arc<Receipt>>,
    /// The records.
    pub(crate) part: Part,
    /// Room taken in the shard, given back with the delivery.
    pub(crate) room: Option<OwnedSemaphorePermit>,
}

/// What a delivery holds.
#[derive(Debug)]
pub(crate) enum Part {
    /// Records of one vehicle, and the terminal that sent them.
    Seen { vehicle: VehicleNo, device: Arc<RegisteredDevice>, observations: Vec<Observation> },
    /// Records that are kept aside.
    Aside(Vec<QuarantinedRecord>),
    /// Reports that are no positions.
    Reports(Vec<Report>),
}

/// An answer that waits until the parts of its message are durable (回执).
#[derive(Debug)]
pub(crate) struct Receipt {
    answer: Answer,
    parts: AtomicU32,
}

/// Who is told that a message is durable, and how.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A terminal, on its link.
    Link(Arc<Link>, Ack),
    /// A task that waits. It hears nothing when the service stops before the commit: the other end is dropped.
    Task(Mutex<Option<oneshot::Sender<()>>>),
}

/// An acknowledgement, in the little that has to be remembered of it; it is written out when it is due.
#[derive(Debug)]
pub(crate) enum Ack {
    /// PUBACK or PUBREC.
    Mqtt { qos: QoS, packet_id: NonZeroU16 },
    /// 0x8001 of JT/T 808: the number and the id of the message, and how it was taken.
    Jt808 { serial: u16, message_id: u16, result: u8 },
    /// Another message of JT/T 808, numbered when it goes out.
    Say(Box<Down>),
    /// Bytes made beforehand.
    Bytes(Box<[u8]>),
    /// Nothing is said, but the message counts as waiting until it is durable: in flight, and before a fence.
    Silent,
}

impl Receipt {
    /// A receipt for a message of so many parts.
    pub(crate) fn new(answer: Answer, parts: usize) -> Self {
        Self { answer, parts: AtomicU32::new(u32::try_from(parts).unwrap_or(u32::MAX)) }
    }

    /// A receipt for a task, and the end on which the task waits.
    pub(crate) fn for_task(parts: usize) -> (Self, oneshot::Receiver<()>) {
        let (told, waiting) = oneshot::channel();
        (Self::new(Answer::Task(Mutex::new(Some(told))), parts), waiting)
    }

    /// The link that has something to send when the last part is durable.
    pub(crate) fn link(&self) -> Option<&Arc<Link>> {
        match &self.answer {
            Answer::Link(link, _) => Some(link),
            Answer::Task(_) => None,
        }
    }

    fn settle(&self) {
        if self.parts.fetch_sub(1, Ordering::AcqRel) != 1 {
            return;
        }
        match &self.answer {
            Answer::Link(link, ack) => link.acknowledge(ack),
            Answer::Task(told) => {
                if let Some(told) = told.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    // A task that no longer waits has gone with its own client.
                    let _ = told.send(());
                }
            }
        }
    }
}

impl Delivery {
    /// Records in it; at least one, as an empty one takes room too.
    pub(crate) fn weight(&self) -> u32 {
        let records = match &self.part {
            Part::Seen { observations, .. } => observations.len(),
            Part::Aside(records) => records.len(),
            Part::Reports(reports) => reports.len(),
        };
        u32::try_from(records).unwrap_or(u32::MAX).max(1)
    }

    /// The part is durable. Gives the answer when it was the last; what is put on a link, the caller flushes.
    pub(crate) fn settle(&self) {
        if let Some(receipt) = &self.receipt {
            receipt.settle();
        }
    }
}

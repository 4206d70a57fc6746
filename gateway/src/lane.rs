//! The bounded way from the sessions to one shard; room is counted in records, not in messages.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, TryAcquireError};

use crate::delivery::{Delivery, Part};

/// The sending end (分片通道). The channel itself has no limit; who has no permit cannot send.
#[derive(Clone, Debug)]
pub struct Lane {
    sender: UnboundedSender<Delivery>,
    room: Arc<Semaphore>,
    capacity: u32,
}

/// The shard has gone: the service is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped;

impl Lane {
    /// A lane for `capacity` records.
    pub(crate) fn new(capacity: u32) -> (Self, UnboundedReceiver<Delivery>) {
        let (sender, receiver) = unbounded_channel();
        let capacity = capacity.max(1);
        (Self { sender, room: Arc::new(Semaphore::new(capacity as usize)), capacity }, receiver)
    }

    /// Sends if there is room at once, else gives the delivery back.
    pub(crate) fn try_send(&self, mut delivery: Delivery) -> Result<Option<Delivery>, Stopped> {
        match Arc::clone(&self.room).try_acquire_many_owned(delivery.weight().min(self.capacity)) {
            Ok(room) => {
                delivery.room = Some(room);
                self.sender.send(delivery).map_err(|_closed| Stopped)?;
                Ok(None)
            }
            Err(TryAcquireError::NoPermits) => Ok(Some(delivery)),
            Err(TryAcquireError::Closed) => Err(Stopped),
        }
    }

    /// Waits for room, in turn, and sends.
    pub(crate) async fn send(self, mut delivery: Delivery) -> Result<(), Stopped> {
        let weight = delivery.weight().min(self.capacity);
        let room = self.room.acquire_many_owned(weight).await.map_err(|_closed| Stopped)?;
        delivery.room = Some(room);
        self.sender.send(delivery).map_err(|_closed| Stopped)
    }

    /// Records waiting or being committed.
    pub(crate) fn taken(&self) -> u32 {
        self.capacity - u32::try_from(self.room.available_permits()).unwrap_or(self.capacity)
    }
}

/// The lanes of all shards: the same vehicle always takes the same one.
#[derive(Clone, Debug)]
pub(crate) struct Lanes(pub(crate) Arc<[Lane]>);

impl Lanes {
    pub(crate) fn of(&self, delivery: &Delivery) -> &Lane {
        let key = match &delivery.part {
            Part::Seen { vehicle, .. } => vehicle.0.unsigned_abs() as usize,
            Part::Aside(records) => records.first().map_or(0, |record| record.terminal.len()),
            Part::Reports(reports) => reports.first().map_or(0, |report| report.terminal.as_str().len()),
        };
        self.0.get(key % self.0.len()).expect("a number modulo the length is an index")
    }
}

//! The way in for what does not come over a socket of ours: an HTTP request, a message of a broker.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use fleet_db::device::RegisteredDevice;
use fleet_db::frame::Direction;
use telematics::fix::Observation;
use thiserror::Error;
use tokio::sync::oneshot;

use crate::clerk::Errand;
use crate::delivery::{Delivery, Part, Receipt};
use crate::frames::Noted;
use crate::run::App;
use crate::sorting::{Sorter, aside};

/// Delivers observations of terminals that another program carried to us (入库通道).
#[derive(Clone, Debug)]
pub struct Doorway {
    app: Arc<App>,
}

/// What a message held that is no observation: a code such as `payload.malformed`, and the bytes.
pub type Unreadable = (&'static str, Vec<u8>);

/// The service stopped before the records were durable; whoever sent them sends them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the service is stopping")]
pub struct Stopping;

/// Waits until what was handed in is durable (待落盘).
#[derive(Debug)]
#[must_use = "nothing may be acknowledged before it is durable"]
pub struct Pending(Option<oneshot::Receiver<()>>);

impl Pending {
    /// All of it is durable, or the service stopped before.
    pub async fn durable(self) -> Result<(), Stopping> {
        match self.0 {
            Some(waiting) => waiting.await.map_err(|_dropped| Stopping),
            None => Ok(()),
        }
    }
}

impl Doorway {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Our time.
    pub fn now(&self) -> DateTime<Utc> {
        (self.app.clock)()
    }

    /// Records that one message may hold.
    pub(crate) fn records_per_message(&self) -> usize {
        self.app.config.records_per_message
    }

    /// The device of that name, if the secret is its own. Takes the same time whether the name or the secret is wrong.
    pub fn authenticate(&self, terminal: &str, secret: &[u8]) -> Option<Arc<RegisteredDevice>> {
        self.app.register.authenticate(terminal, secret)
    }

    /// The device of that name.
    pub fn device(&self, terminal: &str) -> Option<Arc<RegisteredDevice>> {
        self.app.register.device(terminal)
    }

    /// Hands in one message of a device, each observation with what it is kept aside as should it not be believed, and what
    /// could not be read. Waits while the shards have no room.
    pub async fn hand_in(
        &self,
        device: &Arc<RegisteredDevice>,
        observations: impl IntoIterator<Item = (Observation, Vec<u8>)>,
        unreadable: impl IntoIterator<Item = Unreadable>,
    ) -> Result<Pending, Stopping> {
        self.app.clerk.note(Errand::Authenticated(device.id));
        let parts = {
            let mut sorter = Sorter::new(&self.app, device, self.now());
            for (observation, payload) in observations {
                self.note(device, &payload, None);
                sorter.see(observation, || payload);
            }
            for (code, payload) in unreadable {
                self.note(device, &payload, Some(code));
                sorter.set_aside(None, code, payload);
            }
            sorter.parts()
        };
        self.send(parts).await
    }

    /// Keeps a message aside that is no registered device's, such as one of a broker under a foreign topic.
    pub async fn keep_aside(&self, terminal: &str, code: &'static str, payload: Vec<u8>) -> Result<Pending, Stopping> {
        self.send(vec![Part::Aside(vec![aside(terminal, None, self.now(), code, payload)])]).await
    }

    /// Notes what came among the last frames of the device.
    fn note(&self, device: &RegisteredDevice, bytes: &[u8], error: Option<&'static str>) {
        self.app.frames.note(Noted { device: device.id, direction: Direction::Up, channel: "", bytes, error });
    }

    async fn send(&self, parts: Vec<Part>) -> Result<Pending, Stopping> {
        if parts.is_empty() {
            return Ok(Pending(None));
        }
        let (receipt, waiting) = Receipt::for_task(parts.len());
        let receipt = Arc::new(receipt);
        for part in parts {
            let delivery = Delivery { receipt: Some(Arc::clone(&receipt)), part, room: None };
            self.app.lanes.of(&delivery).clone().send(delivery).await.map_err(|_stopped| Stopping)?;
        }
        Ok(Pending(Some(waiting)))
    }
}

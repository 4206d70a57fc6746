//! The register of devices in memory: who may sign in, and whose vehicle a record is about.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use fleet_db::device::{self, RegisteredDevice};
use fleet_db::{DbError, PgPool};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::link::Peer;
use crate::links::Links;

/// Seconds before another try to load the register.
const RELOAD_AFTER: Duration = Duration::from_secs(1);

/// All devices that may sign in (终端登记册), as of the last change that the store told of.
#[derive(Debug, Default)]
pub struct Register {
    devices: RwLock<HashMap<String, Arc<RegisteredDevice>>>,
    /// Rises with every change.
    generation: AtomicU64,
}

/// What the register says of one device (登记卡), looked up again only after a change.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    device: Arc<RegisteredDevice>,
    generation: u64,
}

impl Card {
    pub(crate) fn new(device: Arc<RegisteredDevice>, register: &Register) -> Self {
        // An older number than the device's only costs a look too many.
        Self { device, generation: register.generation.load(Ordering::Acquire).wrapping_sub(1) }
    }

    /// The name of the device, which never changes.
    pub(crate) fn terminal(&self) -> &str {
        self.device.terminal.as_str()
    }

    /// The device as registered now; as it was last when it is no longer registered, until its link is ended.
    pub(crate) fn device(&mut self, register: &Register) -> &Arc<RegisteredDevice> {
        let generation = register.generation.load(Ordering::Acquire);
        if generation != self.generation {
            if let Some(device) = register.device(self.device.terminal.as_str()) {
                self.device = device;
            }
            self.generation = generation;
        }
        &self.device
    }
}

impl Register {
    /// The register with these devices.
    pub fn new(devices: Vec<RegisteredDevice>) -> Self {
        let register = Self::default();
        register.replace(devices);
        register
    }

    /// The device of that name.
    pub fn device(&self, terminal: &str) -> Option<Arc<RegisteredDevice>> {
        self.devices.read().unwrap_or_else(PoisonError::into_inner).get(terminal).map(Arc::clone)
    }

    /// The device of that name, if the secret is its own. Takes the same time whether the name or the secret is wrong.
    pub fn authenticate(&self, terminal: &str, secret: &[u8]) -> Option<Arc<RegisteredDevice>> {
        let device = self.device(terminal);
        let expected = device.as_ref().map_or([0; 32], |device| device.secret_sha256);
        let given = Sha256::digest(secret);
        let is_equal = bool::from(given.as_slice().ct_eq(&expected));
        device.filter(|_| is_equal)
    }

    /// Who signed in is still registered, with the same secret.
    fn still_admits(&self, peer: &Peer) -> bool {
        let Peer::Device(then) = peer;
        self.device(then.terminal.as_str()).is_some_and(|now| now.secret_sha256 == then.secret_sha256)
    }

    fn replace(&self, devices: Vec<RegisteredDevice>) {
        let devices = devices.into_iter().map(|device| (device.terminal.as_str().to_owned(), Arc::new(device))).collect();
        *self.devices.write().unwrap_or_else(PoisonError::into_inner) = devices;
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Takes over what the store has.
    pub(crate) async fn reload(&self, pool: &PgPool) -> Result<usize, DbError> {
        let mut tx = fleet_db::begin(pool).await?;
        let devices = device::load_register(&mut tx).await?;
        let count = devices.len();
        self.replace(devices);
        Ok(count)
    }
}

/// Keeps the register as the store has it until `shutdown`; a device that was taken out or got another secret is disconnected.
pub(crate) async fn follow(register: Arc<Register>, links: Arc<Links>, pool: PgPool, shutdown: CancellationToken) {
    let forever = async {
        loop {
            let Err(error) = listen(&register, &links, &pool).await;
            warn!(error = &error as &dyn std::error::Error, "the register of devices cannot be followed, trying again");
            sleep(RELOAD_AFTER).await;
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = forever => {}
    }
}

async fn listen(register: &Register, links: &Links, pool: &PgPool) -> Result<std::convert::Infallible, DbError> {
    // Listen first, load then: a change in between is not missed.
    let mut changes = device::Changes::listen(pool).await?;
    loop {
        let count = register.reload(pool).await?;
        links.expel(|peer| !register.still_admits(peer));
        info!(devices = count, "register of {count} devices loaded");
        changes.next().await?;
    }
}

//! The register of devices in memory: who may sign in, and whose vehicle a record is about.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use fleet_db::device::{self, RegisteredDevice};
use fleet_db::platform::{self, RegisteredPlatform};
use fleet_db::{DbError, PgPool};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use telematics::device::Protocol;
use telematics::id::{DeviceId, PlatformId};
use tokio::time::{Duration, Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::exempt::Exemptions;
use crate::link::Peer;
use crate::links::Links;

/// Seconds before another try to load the register.
const RELOAD_AFTER: Duration = Duration::from_secs(1);

/// All devices that may sign in (终端登记册), as of the last change that the store told of.
#[derive(Debug, Default)]
pub struct Register {
    devices: RwLock<HashMap<String, Arc<RegisteredDevice>>>,
    /// Those for which a platform of JT/T 809 speaks, by the platform and the plate of their vehicle.
    plates: RwLock<HashMap<(PlatformId, String), Arc<RegisteredDevice>>>,
    /// Platforms of GB/T 32960 and JT/T 809, by the name they sign in with.
    platforms: RwLock<HashMap<String, Arc<RegisteredPlatform>>>,
    /// Rises with every change.
    generation: AtomicU64,
    /// Codes given out by registrations, until a load that began afterwards brings them: by terminal, with the number of the renewal.
    renewed: Mutex<HashMap<String, (u64, [u8; 32])>>,
    renewals: AtomicU64,
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

    /// The key of the device, which never changes.
    pub(crate) fn id(&self) -> DeviceId {
        self.device.id
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
        register.replace(devices, 0);
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

    /// The platform of that name.
    fn platform(&self, login: &str) -> Option<Arc<RegisteredPlatform>> {
        self.platforms.read().unwrap_or_else(PoisonError::into_inner).get(login).map(Arc::clone)
    }

    /// The platform of GB/T 32960 of that name, if the secret is its own. Takes the same time whether the name or the secret is
    /// wrong.
    pub(crate) fn authenticate_platform(&self, login: &str, secret: &[u8]) -> Option<Arc<RegisteredPlatform>> {
        let platform = self.platform(login);
        let is_equal = is_secret_of(platform.as_deref(), secret);
        platform.filter(|platform| is_equal && platform.jt809.is_none())
    }

    /// The platform of JT/T 809 with that access code.
    pub(crate) fn inferior(&self, access_code: u32) -> Option<Arc<RegisteredPlatform>> {
        let platforms = self.platforms.read().unwrap_or_else(PoisonError::into_inner);
        platforms.values().find(|one| one.jt809.is_some_and(|jt809| jt809.access_code == access_code)).map(Arc::clone)
    }

    /// The device by which that platform of JT/T 809 speaks for the vehicle with that plate.
    pub(crate) fn by_plate(&self, platform: PlatformId, plate: &str) -> Option<Arc<RegisteredDevice>> {
        self.plates.read().unwrap_or_else(PoisonError::into_inner).get(&(platform, plate.to_owned())).map(Arc::clone)
    }

    /// Who signed in is still registered, with the same secret.
    fn still_admits(&self, peer: &Peer) -> bool {
        match peer {
            Peer::Device(then) => self.device(then.terminal.as_str()).is_some_and(|now| now.secret_sha256 == then.secret_sha256),
            Peer::Platform(then, _) => self.platform(&then.login).is_some_and(|now| now.secret_sha256 == then.secret_sha256),
        }
    }

    /// A registration gave this terminal a new code, which counts at once, before the store tells of the change.
    pub(crate) fn renew(&self, terminal: &str, secret_sha256: [u8; 32]) {
        let number = self.renewals.fetch_add(1, Ordering::AcqRel) + 1;
        self.renewed().insert(terminal.to_owned(), (number, secret_sha256));
        let mut devices = self.devices.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = devices.get_mut(terminal) {
            Arc::make_mut(device).secret_sha256 = secret_sha256;
        }
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn renewed(&self) -> MutexGuard<'_, HashMap<String, (u64, [u8; 32])>> {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what was loaded; `renewals` is how many there were when the load began.
    fn replace(&self, devices: Vec<RegisteredDevice>, renewals: u64) {
        let mut devices: HashMap<String, Arc<RegisteredDevice>> =
            devices.into_iter().map(|device| (device.terminal.as_str().to_owned(), Arc::new(device))).collect();
        let mut renewed = self.renewed();
        renewed.retain(|_, (number, _)| *number > renewals);
        for (terminal, (_, secret_sha256)) in renewed.iter() {
            if let Some(device) = devices.get_mut(terminal) {
                Arc::make_mut(device).secret_sha256 = *secret_sha256;
            }
        }
        let by_plate = |device: &Arc<RegisteredDevice>| {
            let (platform, vehicle) = (device.platform?, device.vehicle.as_ref()?);
            Some(((platform, vehicle.plate.clone()), Arc::clone(device)))
        };
        let plates = devices.values().filter(|device| device.protocol == Protocol::Jt809).filter_map(by_plate).collect();
        *self.plates.write().unwrap_or_else(PoisonError::into_inner) = plates;
        *self.devices.write().unwrap_or_else(PoisonError::into_inner) = devices;
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Takes over what the store has.
    pub(crate) async fn reload(&self, pool: &PgPool) -> Result<usize, DbError> {
        let renewals = self.renewals.load(Ordering::Acquire);
        let mut tx = fleet_db::begin(pool).await?;
        let devices = device::load_register(&mut tx).await?;
        let platforms = platform::load_register(&mut tx).await?;
        let platforms = platforms.into_iter().map(|platform| (platform.login.clone(), Arc::new(platform))).collect();
        *self.platforms.write().unwrap_or_else(PoisonError::into_inner) = platforms;
        let count = devices.len();
        self.replace(devices, renewals);
        Ok(count)
    }
}

/// The secret is the platform's own; as long for no platform as for one.
pub(crate) fn is_secret_of(platform: Option<&RegisteredPlatform>, secret: &[u8]) -> bool {
    let expected = platform.map_or([0; 32], |platform| platform.secret_sha256);
    let given = Sha256::digest(secret);
    bool::from(given.as_slice().ct_eq(&expected)) && platform.is_some()
}

/// What is loaded anew when the store tells of a change.
#[derive(Debug)]
pub(crate) struct Followed {
    register: Arc<Register>,
    exempt: Arc<Exemptions>,
    links: Arc<Links>,
}

impl Followed {
    pub(crate) fn new(register: &Arc<Register>, exempt: &Arc<Exemptions>, links: &Arc<Links>) -> Self {
        Self { register: Arc::clone(register), exempt: Arc::clone(exempt), links: Arc::clone(links) }
    }

    /// Keeps the register as the store has it until `shutdown`; a device that was taken out or got another secret is disconnected.
    pub(crate) async fn keep(self, pool: PgPool, shutdown: CancellationToken) {
        let forever = async {
            loop {
                let Err(error) = self.listen(&pool).await;
                warn!(error = &error as &dyn std::error::Error, "the register of devices cannot be followed, trying again");
                sleep(RELOAD_AFTER).await;
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = forever => {}
        }
    }

    async fn listen(&self, pool: &PgPool) -> Result<std::convert::Infallible, DbError> {
        // Listen first, load then: a change in between is not missed.
        let mut changes = device::Changes::listen(pool).await?;
        loop {
            let began = Instant::now();
            // First, as it is small and what it says is urgent.
            self.exempt.reload(pool).await?;
            let count = self.register.reload(pool).await?;
            self.links.expel(|peer| !self.register.still_admits(peer));
            info!(devices = count, "register of {count} devices loaded");
            // A large register that changes all the time is loaded no more than half of it.
            sleep(began.elapsed()).await;
            changes.next().await?;
        }
    }
}

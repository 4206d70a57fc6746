//! A newer program for this device: fetched, checked against the release key, tried, and kept only if it works.
//!
//! Two slots hold programs beside the one that was installed with the box. A new one goes into the slot that is not in use; the
//! supervisor (`supervise`) starts it on trial, and goes back to the one before unless it signs in to the gateway in time.

pub mod fetch;
pub mod slots;
pub mod supervise;

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;
use tokio::sync::watch;
use tracing::{error, info};

use crate::clock::Clock;
use crate::config::{Config, DeviceConfig, UpdateConfig};
use crate::seal::SealedLog;
use slots::{Slots, Trial};

/// Exit status by which the program asks its supervisor to be started again.
pub const RESTART_STATUS: u8 = 75;
/// Set by the supervisor for the programs that it starts.
pub const SUPERVISED: &str = "MOTORPOOL_BRIDGE_SUPERVISED";

/// What the gateway orders (固件升级指令).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// The version that the image says it is.
    pub version: String,
    /// SHA-256 of the image, hex.
    pub sha256: String,
    /// Bytes of the image.
    pub bytes: u64,
    /// Ed25519 signature over `motorpool-bridge VERSION SHA256`, hex.
    pub signature: String,
}

/// How the newest update stands (升级状态); told to the gateway with the device's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Which version it is about.
    pub version: String,
    /// How far it came.
    pub state: Stage,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// How far an update came (升级阶段).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 下载中.
    Fetching,
    /// 试运行: the new program runs and has not yet proved itself.
    Trial,
    /// 已升级.
    Confirmed,
    /// 已回退: the new program did not work, the one before runs again.
    RolledBack,
    /// 失败: it never came to a trial.
    Failed,
}

/// Why an update is not done.
#[derive(Debug, Error)]
pub enum UpdateError {
    /// There is no release key in the configuration, so nothing can be trusted.
    #[error("updates are not set up on this device")]
    NoKey,
    /// Nobody would go back to the old program.
    #[error("the program does not run under its supervisor")]
    Unsupervised,
    /// Another update is under way.
    #[error("another update is under way")]
    Busy,
    /// The order cannot be read.
    #[error("the order is incomplete")]
    Order,
    /// Not signed with the release key.
    #[error("the signature is not that of the release key")]
    Signature,
    /// The image did not come through.
    #[error("the image could not be fetched")]
    Fetch(#[from] fetch::FetchError),
    /// What came is not what was ordered.
    #[error("the image is not the one that was ordered")]
    Digest,
    /// The image does not start, or says it is another version.
    #[error("the image does not run here")]
    Image,
    /// The slot cannot be written.
    #[error("the slot cannot be written")]
    Disk(#[from] std::io::Error),
}

impl UpdateError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoKey => "bridge.update.no_key",
            Self::Unsupervised => "bridge.update.unsupervised",
            Self::Busy => "bridge.update.busy",
            Self::Order => "bridge.update.order",
            Self::Signature => "bridge.update.signature",
            Self::Fetch(_) => "bridge.update.fetch",
            Self::Digest => "bridge.update.digest",
            Self::Image => "bridge.update.image",
            Self::Disk(_) => "bridge.update.disk",
        }
    }
}

/// Carries updates out, one at a time.
pub struct Updater {
    device: DeviceConfig,
    config: UpdateConfig,
    authority: Option<PathBuf>,
    key: Option<[u8; 32]>,
    supervised: bool,
    slots: Slots,
    log: Arc<SealedLog>,
    progress: watch::Sender<Option<Progress>>,
    restart: watch::Sender<bool>,
    clock: Clock,
}

impl Updater {
    /// What the configuration allows; `restart` is told when the program shall end and be started again.
    pub fn new(config: &Config, supervised: bool, log: Arc<SealedLog>, clock: Clock, restart: watch::Sender<bool>) -> Self {
        let slots = Slots::new(config.update.folder.clone());
        let (progress, _) = watch::channel(slots.load().progress);
        Self {
            device: config.device.clone(),
            config: config.update.clone(),
            authority: config.uplink.ca_file.clone(),
            key: config.update.public_key(),
            supervised,
            slots,
            log,
            progress,
            restart,
            clock,
        }
    }

    /// How the newest update stands.
    pub fn progress(&self) -> watch::Receiver<Option<Progress>> {
        self.progress.subscribe()
    }

    /// Takes an order on if it can be trusted; the work goes on behind it, `progress` tells how.
    pub fn order(self: &Arc<Self>, order: &serde_json::Value) -> Result<(), UpdateError> {
        let order: Order = serde_json::from_value(order.clone()).map_err(|_unreadable| UpdateError::Order)?;
        if order.sha256.len() != 64 || !order.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(UpdateError::Order);
        }
        let key = self.key.ok_or(UpdateError::NoKey)?;
        if !self.supervised {
            return Err(UpdateError::Unsupervised);
        }
        is_signed(&key, &order).then_some(()).ok_or(UpdateError::Signature)?;
        let under_way = |progress: &Option<Progress>| {
            progress.as_ref().is_some_and(|progress| matches!(progress.state, Stage::Fetching | Stage::Trial))
        };
        let mut taken = false;
        self.progress.send_if_modified(|progress| {
            taken = !under_way(progress);
            if taken {
                *progress = Some(Progress { version: order.version.clone(), state: Stage::Fetching, code: None });
            }
            taken
        });
        if !taken {
            return Err(UpdateError::Busy);
        }
        let updater = Arc::clone(self);
        tokio::spawn(async move { updater.carry_out(order).await });
        Ok(())
    }

    async fn carry_out(&self, order: Order) {
        self.log.note("update_ordered", &json!({ "version": order.version, "sha256": order.sha256 }));
        let (state, code) = match self.install(&order).await {
            Ok(()) => (Stage::Trial, None),
            Err(refused) => {
                error!(
                    code = refused.code(),
                    error = &refused as &dyn std::error::Error,
                    "version {} is not taken",
                    order.version
                );
                (Stage::Failed, Some(refused.code().to_owned()))
            }
        };
        let progress = Progress { version: order.version, state, code };
        self.log.note("update", &json!(progress));
        self.progress.send_replace(Some(progress));
        if state == Stage::Trial {
            info!("the new program is in its slot; ending, so that the supervisor starts it");
            self.restart.send_replace(true);
        }
    }

    async fn install(&self, order: &Order) -> Result<(), UpdateError> {
        let mut state = self.slots.load();
        let slot = state.free();
        let part = self.slots.program(slot).with_added_extension("part");
        if let Some(folder) = part.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let source = fetch::Source {
            server: &self.config.server,
            authority: self.authority.as_deref(),
            device: &self.device,
            limit_bytes: self.config.limit_bytes,
        };
        fetch::fetch(&source, order, &part).await?;
        if fetch::sha256_of(&part)? != order.sha256.to_ascii_lowercase() {
            // A wrong beginning must not be continued the next time.
            std::fs::remove_file(&part)?;
            return Err(UpdateError::Digest);
        }
        std::fs::set_permissions(&part, std::fs::Permissions::from_mode(0o755))?;
        let program = self.slots.program(slot);
        std::fs::rename(&part, &program)?;
        runs_as(&program, &order.version)?;
        state.trial = Some(Trial { slot, version: order.version.clone(), starts: 0 });
        state.progress = Some(Progress { version: order.version.clone(), state: Stage::Trial, code: None });
        self.slots.save(&state)?;
        Ok(())
    }

    /// When this program runs on trial: waits until it has proved itself, and says so to the supervisor. `acknowledged`: the
    /// gateway has acknowledged a record of this run; a parked car may have none, then a link that holds is proof enough.
    pub async fn prove(&self, mut works: watch::Receiver<Proof>) {
        let Some(trial) = self.slots.load().trial.filter(|_| self.supervised) else { return };
        let settle = Duration::from_secs(self.config.settle_secs);
        loop {
            if works.wait_for(|proof| *proof != Proof::None).await.is_err() {
                return;
            }
            let changed = works.wait_for(|proof| *proof != Proof::Connected);
            match tokio::time::timeout(settle, changed).await {
                Ok(Ok(proof)) if *proof == Proof::None => {}
                Ok(Err(_gone)) => return,
                // Acknowledged, or the link has held for long enough.
                Ok(Ok(_)) | Err(_) => break,
            }
        }
        let mut state = self.slots.load();
        let version = trial.version.clone();
        state.confirm(trial);
        if let Err(refused) = self.slots.save(&state) {
            error!(error = &refused as &dyn std::error::Error, "the new program works, yet that cannot be written down");
            return;
        }
        info!(version, at = %(self.clock)(), "version {version} works and is kept");
        self.log.note("update", &json!(state.progress));
        self.progress.send_replace(state.progress);
    }
}

/// What speaks for a program on trial (试运行凭据).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Proof {
    /// Nothing yet, or no longer.
    #[default]
    None,
    /// Signed in.
    Connected,
    /// The gateway has acknowledged a record.
    Acknowledged,
}

impl std::fmt::Debug for Updater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Updater").field("config", &self.config).field("supervised", &self.supervised).finish_non_exhaustive()
    }
}

fn is_signed(key: &[u8; 32], order: &Order) -> bool {
    let said = format!("motorpool-bridge {} {}", order.version, order.sha256.to_ascii_lowercase());
    let Ok(signature) = hex::decode(&order.signature) else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(said.as_bytes(), &signature).is_ok()
}

/// The image starts on this machine and says that it is the version that was ordered.
fn runs_as(program: &std::path::Path, version: &str) -> Result<(), UpdateError> {
    let said = Command::new(program).arg("--version").output().map_err(|_no_program| UpdateError::Image)?;
    let text = String::from_utf8_lossy(&said.stdout);
    let is_right = said.status.success() && text.split_whitespace().last() == Some(version);
    is_right.then_some(()).ok_or(UpdateError::Image)
}

//! The supervisor: starts the program that is in use, tries a new one, and goes back when that does not prove itself.
//!
//! It is the program that was installed with the box, and updates never touch it: whatever a new program does, this one can go back.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use serde_json::json;
use tokio::process::{Child, Command};
use tokio::time::{Instant, interval, sleep, timeout};
use tracing::{error, info, warn};

use super::slots::Slots;
use super::{RESTART_STATUS, SUPERVISED};
use crate::config::UpdateConfig;
use crate::seal::SealedLog;
use crate::serial::Backoff;

/// Starts of a program on trial; one of them may fail for a reason of its own.
const TRIES: u32 = 3;
/// How long a program may take to end.
const FAREWELL: Duration = Duration::from_secs(20);
/// Pause between two looks at whether a program on trial has proved itself.
const LOOK: Duration = Duration::from_millis(200);

/// What is supervised.
pub struct Supervised {
    /// The program that was installed with the box.
    pub base: PathBuf,
    /// What every program is started with.
    pub arguments: Vec<std::ffi::OsString>,
    /// Where the slots are, and how long a trial lasts.
    pub config: UpdateConfig,
    /// Opens the sealed log for a line; between two lines it belongs to the program that runs.
    pub log: Box<dyn Fn() -> Option<SealedLog> + Send>,
}

impl std::fmt::Debug for Supervised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Supervised").field("base", &self.base).field("config", &self.config).finish_non_exhaustive()
    }
}

enum Ended {
    /// By itself.
    Exit(ExitStatus),
    /// On trial, without having proved itself in time.
    Unproved,
    /// We were told to stop.
    Stopped,
}

/// Keeps a program running until `stop`.
pub async fn run(supervised: &Supervised, stop: impl Future<Output = ()>) -> std::io::Result<()> {
    let mut stop = std::pin::pin!(stop);
    let slots = Slots::new(supervised.config.folder.clone());
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
    loop {
        let mut state = slots.load();
        let on_trial = state.trial.is_some();
        if let Some(trial) = &mut state.trial {
            if trial.starts >= TRIES {
                roll_back(supervised, &slots, "bridge.update.crashed");
                continue;
            }
            trial.starts += 1;
            slots.save(&state)?;
        }
        let slot = state.trial.as_ref().map(|trial| trial.slot).or(state.current);
        let program = slot.map_or_else(|| supervised.base.clone(), |slot| slots.program(slot));
        let began = Instant::now();
        let mut child = match start(supervised, &program) {
            Ok(child) => child,
            Err(refused) if slot.is_some() => {
                error!(error = &refused as &dyn std::error::Error, "{} does not start", program.display());
                if on_trial {
                    roll_back(supervised, &slots, "bridge.update.no_start");
                } else {
                    // The slot in use is gone; the installed program always is there.
                    state.current = None;
                    slots.save(&state)?;
                }
                continue;
            }
            Err(refused) => return Err(refused),
        };
        let ended = tokio::select! {
            () = &mut stop => Ended::Stopped,
            ended = watch(supervised, &slots, &mut child, on_trial) => ended?,
        };
        match ended {
            Ended::Stopped => {
                end(&mut child).await;
                return Ok(());
            }
            Ended::Unproved => {
                end(&mut child).await;
                roll_back(supervised, &slots, "bridge.update.unproved");
            }
            Ended::Exit(status) if status.code() == Some(i32::from(RESTART_STATUS)) => info!("starting again, as asked"),
            Ended::Exit(status) => {
                if began.elapsed() > Duration::from_mins(1) {
                    backoff.reset();
                }
                let pause = backoff.pause();
                warn!(%status, "the program ended by itself, starting again in {:.0} s", pause.as_secs_f64());
                tokio::select! {
                    () = sleep(pause) => {}
                    () = &mut stop => return Ok(()),
                }
            }
        }
    }
}

fn start(supervised: &Supervised, program: &std::path::Path) -> std::io::Result<Child> {
    info!("starting {}", program.display());
    Command::new(program).args(&supervised.arguments).env(SUPERVISED, "1").kill_on_drop(true).spawn()
}

/// Waits for the end of the program; on trial no longer than it has time to prove itself.
async fn watch(supervised: &Supervised, slots: &Slots, child: &mut Child, on_trial: bool) -> std::io::Result<Ended> {
    if !on_trial {
        return child.wait().await.map(Ended::Exit);
    }
    let proved = async {
        let mut look = interval(LOOK);
        while slots.load().trial.is_some() {
            look.tick().await;
        }
    };
    tokio::select! {
        status = child.wait() => return status.map(Ended::Exit),
        proved = timeout(Duration::from_secs(supervised.config.confirm_secs), proved) => if proved.is_err() {
            return Ok(Ended::Unproved);
        },
    }
    child.wait().await.map(Ended::Exit)
}

/// Asks the program to end, and ends it when it does not.
async fn end(child: &mut Child) {
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) {
        // It may have ended this very moment.
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM);
    }
    if timeout(FAREWELL, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}

fn roll_back(supervised: &Supervised, slots: &Slots, code: &'static str) {
    let mut state = slots.load();
    state.roll_back(code);
    if let Some(progress) = &state.progress {
        error!(code, "version {} does not work, going back to the one before", progress.version);
    }
    if let Err(refused) = slots.save(&state) {
        // Told again after the next start; the trial's starts are counted, so it ends all the same.
        error!(error = &refused as &dyn std::error::Error, "going back cannot be written down");
    }
    if let Some(log) = (supervised.log)() {
        log.note("update", &json!(state.progress));
    }
}

//! The two slots and what is known of them; one small file, replaced as a whole, so that a power cut leaves the old or the new.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{Progress, Stage};

/// One of the two places for a program (程序槽).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The first.
    A,
    /// The second.
    B,
}

/// A program that has to prove itself (试运行).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Where it lies.
    pub slot: Slot,
    /// What it says it is.
    pub version: String,
    /// How often it was started.
    pub starts: u32,
}

/// What is known of the slots (程序槽状态).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The slot in use; none: the program that was installed with the box.
    pub current: Option<Slot>,
    /// The program that is tried.
    pub trial: Option<Trial>,
    /// How the newest update stands.
    pub progress: Option<Progress>,
}

impl State {
    /// The slot that a new program may overwrite.
    pub const fn free(&self) -> Slot {
        match self.current {
            Some(Slot::A) => Slot::B,
            Some(Slot::B) | None => Slot::A,
        }
    }

    /// The tried program is the program from now on.
    pub fn confirm(&mut self, trial: Trial) {
        self.current = Some(trial.slot);
        self.trial = None;
        self.progress = Some(Progress { version: trial.version, state: Stage::Confirmed, code: None });
    }

    /// Back to the program before.
    pub fn roll_back(&mut self, code: &'static str) {
        if let Some(trial) = self.trial.take() {
            self.progress = Some(Progress { version: trial.version, state: Stage::RolledBack, code: Some(code.to_owned()) });
        }
    }
}

/// The folder of the slots.
#[derive(Debug, Clone)]
pub struct Slots {
    folder: PathBuf,
}

impl Slots {
    /// The slots in that folder; it is made when first needed.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The program of a slot.
    pub fn program(&self, slot: Slot) -> PathBuf {
        let name = match slot {
            Slot::A => "a",
            Slot::B => "b",
        };
        self.folder.join(name).join("motorpool-bridge")
    }

    /// What is known; without a file, or with one that cannot be read, the installed program is all there is.
    pub fn load(&self) -> State {
        let Ok(text) = fs::read(self.file()) else { return State::default() };
        serde_json::from_slice(&text).unwrap_or_else(|unreadable| {
            warn!(
                code = "bridge.update.state",
                error = &unreadable as &dyn std::error::Error,
                "the state of the slots cannot be read"
            );
            State::default()
        })
    }

    /// Writes what is known; after this a power cut does not forget it.
    pub fn save(&self, state: &State) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let next = self.file().with_added_extension("next");
        let mut file = File::create(&next)?;
        file.write_all(&serde_json::to_vec(state)?)?;
        file.sync_all()?;
        fs::rename(&next, self.file())?;
        sync_folder(&self.folder)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("state.json")
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_kept_or_the_one_before_runs_again() {
        let folder = tempfile::tempdir().unwrap();
        let slots = Slots::new(folder.path().join("slots"));
        let mut state = slots.load();
        assert_eq!(state.free(), Slot::A);
        let trial = Trial { slot: Slot::A, version: "0.2.0".to_owned(), starts: 0 };
        state.trial = Some(trial.clone());
        slots.save(&state).unwrap();
        let mut state = slots.load();
        state.confirm(trial);
        assert_eq!((state.current, state.free()), (Some(Slot::A), Slot::B));

        state.trial = Some(Trial { slot: Slot::B, version: "0.3.0".to_owned(), starts: 1 });
        state.roll_back("bridge.update.crashed");
        slots.save(&state).unwrap();
        let state = slots.load();
        assert_eq!(state.current, Some(Slot::A));
        assert_eq!(state.progress.unwrap().state, Stage::RolledBack);
    }

    #[test]
    fn what_cannot_be_read_is_as_if_it_were_not_there() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("state.json"), "{").unwrap();
        assert_eq!(Slots::new(folder.path().to_owned()).load(), State::default());
    }
}

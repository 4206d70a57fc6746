//! The thread that keeps the server: starts it, hears what it says, starts it again when it falls, stops it.
//!
//! It is a thread of its own because the system ties the server's life to the *thread* that started it: when that ends,
//! with the whole process or without, the server is told to stop.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use tokio::sync::watch;
use tokio::time::timeout;

use super::{EmbeddedError, Progress, Step, leftover};

/// How long an orderly stop may take before the server is told to stop at once.
const STOP_WITHIN: Duration = Duration::from_mins(1);
/// The pause before a server that fell is started again, so that a full disk is not hammered.
const PAUSE: Duration = Duration::from_secs(1);
/// How many of its last lines are kept to explain a failure.
const LINES: usize = 20;

/// How the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Starting, or running.
    Up,
    /// It ended before it ever answered; this is what it said.
    Failed(String),
    /// It was stopped.
    Stopped,
}

#[derive(Debug, Default)]
struct Shared {
    inner: Mutex<Inner>,
    stop_asked: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    process: Option<Pid>,
    stopping: bool,
    was_ready: bool,
    lines: VecDeque<String>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing is left half done under this lock.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keeper of one server.
#[derive(Debug)]
pub(super) struct Keeper {
    shared: Arc<Shared>,
    state: watch::Receiver<State>,
}

impl Keeper {
    /// Starts the server that `command` makes, in a thread of its own.
    pub(super) fn start(
        cluster: PathBuf,
        socket: PathBuf,
        command: impl Fn() -> Command + Send + 'static,
        progress: Progress,
    ) -> Result<Self, EmbeddedError> {
        let shared = Arc::new(Shared::default());
        let (tell, state) = watch::channel(State::Up);
        let keeping = Arc::clone(&shared);
        let folder = cluster.clone();
        let keep = move || {
            let kept = Kept { shared: keeping, cluster, socket, progress };
            let end = kept.keep(&command);
            tell.send_replace(end);
        };
        let started = thread::Builder::new().name(String::from("postgres")).spawn(keep);
        started.map_err(|error| EmbeddedError::io("start the keeper of", &folder, error))?;
        Ok(Self { shared, state })
    }

    /// How the server is.
    pub(super) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// From now on a server that falls is started again.
    pub(super) fn became_ready(&self) {
        self.shared.lock().was_ready = true;
    }

    /// What the server said last.
    pub(super) fn said(&self) -> String {
        said(&self.shared.lock())
    }

    /// Stops the server and waits until it has.
    pub(super) async fn stop(&mut self) {
        self.ask_to_stop(Signal::SIGINT);
        let ended = |state: &State| *state != State::Up;
        if timeout(STOP_WITHIN, self.state.wait_for(ended)).await.is_err() {
            tracing::warn!("the database does not stop in order and is stopped at once; it will recover at its next start");
            self.ask_to_stop(Signal::SIGQUIT);
            // Whatever still hangs then, the system ends together with us.
            let _ = timeout(STOP_WITHIN, self.state.wait_for(ended)).await;
        }
    }

    fn ask_to_stop(&self, signal: Signal) {
        let mut inner = self.shared.lock();
        inner.stopping = true;
        self.shared.stop_asked.notify_all();
        if let Some(process) = inner.process {
            // Reaped only under this lock, so the number is still its own.
            let _ = kill(process, signal);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.ask_to_stop(Signal::SIGINT);
    }
}

struct Kept {
    shared: Arc<Shared>,
    cluster: PathBuf,
    socket: PathBuf,
    progress: Progress,
}

impl Kept {
    fn keep(&self, command: &dyn Fn() -> Command) -> State {
        loop {
            if let Err(error) = leftover::stop(&self.cluster, &self.progress) {
                return State::Failed(error.to_string());
            }
            leftover::sweep(&self.cluster, &self.socket);
            (self.progress)(Step::Starting);
            let ended = self.run_once(command());
            let inner = self.shared.lock();
            if inner.stopping {
                return State::Stopped;
            }
            if !inner.was_ready {
                return State::Failed(said(&inner));
            }
            tracing::error!(ended, said = said(&inner), "the database ended by itself and is started again");
            let waited = self.shared.stop_asked.wait_timeout_while(inner, PAUSE, |inner| !inner.stopping);
            if waited.is_ok_and(|(inner, _)| inner.stopping) {
                return State::Stopped;
            }
        }
    }

    /// Runs the server until it ends, and tells how it did.
    fn run_once(&self, mut command: Command) -> String {
        // In a process group of its own, so that a Ctrl-C at the terminal reaches the service alone, which stops it in order.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = {
            let mut inner = self.shared.lock();
            if inner.stopping {
                return String::from("not started");
            }
            match command.spawn() {
                Ok(child) => {
                    inner.process = Some(pid_of(&child));
                    child
                }
                Err(error) => {
                    remember(&mut inner, format!("{}: {error}", command.get_program().display()));
                    return error.to_string();
                }
            }
        };
        if let Some(output) = child.stderr.take() {
            self.listen(output);
        }
        // Wait without reaping, so that nobody can signal a number that is no longer its own.
        let _ = waitid(Id::Pid(pid_of(&child)), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT);
        let mut inner = self.shared.lock();
        inner.process = None;
        child.wait().map_or_else(|error| error.to_string(), |status| status.to_string())
    }

    /// Reads what the server says until it ends.
    fn listen(&self, output: impl Read) {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let (who, message) = line.split_once('|').unwrap_or(("", &line));
            let its_own = !matches!(who, "client backend" | "not initialized");
            if message.contains("automatic recovery in progress") {
                (self.progress)(Step::Recovering);
            }
            let mut inner = self.shared.lock();
            if message.starts_with("PANIC") || (its_own && message.starts_with("FATAL") && !inner.stopping) {
                tracing::warn!(process = who, "database: {message}");
            } else {
                tracing::debug!(process = who, "database: {message}");
            }
            // Our own asking whether it is ready is no reason for anything.
            if its_own {
                remember(&mut inner, message.to_owned());
            }
        }
    }
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

fn remember(inner: &mut Inner, line: String) {
    if inner.lines.len() == LINES {
        inner.lines.pop_front();
    }
    inner.lines.push_back(line);
}

/// The complaints among the last lines, or all of them when there is none.
fn said(inner: &Inner) -> String {
    let complaints: Vec<&str> = inner.lines.iter().map(String::as_str).filter(|line| !line.starts_with("LOG:")).collect();
    if complaints.is_empty() {
        inner.lines.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
    } else {
        complaints.join("; ")
    }
}

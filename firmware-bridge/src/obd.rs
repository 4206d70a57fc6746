//! The OBD task: one request at a time to the adapter, readings out; opens the line again when it vanishes.

pub mod session;

use std::time::Duration;

use telematics::fix::Reading;
use telematics::obd::reply::Prompt;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::clock::Monotonic;
use crate::config::ObdConfig;
use crate::obd::session::{Session, State, Step};
use crate::serial::{Backoff, Line, SerialError};

/// How the adapter does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdapterHealth {
    /// State of the session; `Closed` without a line.
    pub state: State,
    /// The last error's code, until an answer comes.
    pub error: Option<&'static str>,
    /// Vehicle identification number, once read.
    pub vin: Option<String>,
    /// Answers understood.
    pub answers: u64,
}

/// What the task is given.
pub struct Parts {
    /// Its configuration.
    pub config: ObdConfig,
    /// Least and most pause between attempts to open the line.
    pub reopen: (Duration, Duration),
    /// Where readings go.
    pub readings: mpsc::Sender<Reading>,
    /// Where its health is told.
    pub health: watch::Sender<AdapterHealth>,
    /// Time since the start of the machine.
    pub monotonic: Monotonic,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Talks to the adapter until nobody listens any more.
pub async fn run(parts: Parts) {
    let mut backoff = Backoff::new(parts.reopen.0, parts.reopen.1);
    let path = parts.config.path.display().to_string();
    loop {
        let ended = match Line::open(&parts.config.path, parts.config.baud_rate) {
            Err(error) => Some(error),
            Ok(line) => {
                info!(path, "talking to the OBD adapter on {path}");
                let mut session = Session::new(parts.config.clone());
                let ended = talk(&parts, line, &mut session).await;
                if session.answers() > 0 {
                    backoff.reset();
                }
                match ended {
                    Ok(Ended::Unheard) => return,
                    Ok(Ended::Reopen) => None,
                    Err(error) => Some(error),
                }
            }
        };
        parts.health.send_modify(|health| health.state = State::Closed);
        // Nothing is known of the vehicle any more.
        if parts.readings.send(Reading::default()).await.is_err() {
            return;
        }
        let pause = backoff.pause();
        let secs = pause.as_secs();
        if let Some(error) = &ended {
            let cause = error as &dyn std::error::Error;
            warn!(code = error.code(), path, error = cause, "OBD line {path} lost, next attempt in {secs} s");
        } else {
            warn!(code = "bridge.obd.silent", path, "the OBD adapter on {path} stays silent, opening the line again in {secs} s");
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = parts.readings.closed() => return,
        }
    }
}

enum Ended {
    /// Nobody listens.
    Unheard,
    /// The adapter needs a fresh line.
    Reopen,
}

async fn talk(parts: &Parts, mut line: Line, session: &mut Session) -> Result<Ended, SerialError> {
    let mut told = Reading::default();
    loop {
        let step = session.next((parts.monotonic)());
        let work = async {
            match &step {
                Step::Reopen => Ok(()),
                Step::Rest(pause) => {
                    sleep(*pause).await;
                    Ok(())
                }
                Step::Ask { request, wait } => {
                    let answer = ask(&mut line, request, *wait).await?;
                    session.hear(answer.as_deref(), (parts.monotonic)());
                    Ok(())
                }
            }
        };
        tokio::select! {
            () = parts.readings.closed() => return Ok(Ended::Unheard),
            done = work => done?,
        }
        parts.health.send_if_modified(|health| {
            let now =
                AdapterHealth { state: session.state(), error: session.error(), vin: session.vin(), answers: session.answers() };
            let changed = *health != now;
            *health = now;
            changed
        });
        if matches!(step, Step::Reopen) {
            return Ok(Ended::Reopen);
        }
        if told != *session.reading() {
            told.clone_from(session.reading());
            if parts.readings.send(told.clone()).await.is_err() {
                return Ok(Ended::Unheard);
            }
        }
    }
}

/// Asks and waits for the prompt; `None` when it does not come in time.
async fn ask(line: &mut Line, request: &str, wait: Duration) -> Result<Option<String>, SerialError> {
    line.write(format!("{request}\r").as_bytes()).await?;
    let mut prompt = Prompt::default();
    let mut buffer = [0_u8; 512];
    let answer = async {
        loop {
            let count = line.read(&mut buffer).await?;
            let found = buffer.iter().take(count).find_map(|byte| prompt.push(*byte));
            if found.is_some() {
                return Ok(found);
            }
        }
    };
    timeout(wait, answer).await.unwrap_or(Ok(None))
}

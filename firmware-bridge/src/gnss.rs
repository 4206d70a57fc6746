//! The GNSS task: one serial line in, epochs out; survives a line that vanishes, stalls, or speaks at another rate.

use std::time::Duration;

use telematics::nmea::epoch::EpochFix;
use telematics::nmea::{Counters, Decoded, Decoder};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use crate::config::GnssConfig;
use crate::serial::{Backoff, Line, SerialError};

/// Pauses between attempts to open a line.
pub const REOPEN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// How a line does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineHealth {
    /// It is open.
    pub open: bool,
    /// Open, but nothing came for the configured time.
    pub silent: bool,
    /// No epoch is half heard.
    pub idle: bool,
    /// Rate in use.
    pub baud_rate: u32,
    /// Bytes read so far.
    pub bytes: u64,
    /// Times it was opened.
    pub opened: u64,
    /// What the decoder counted.
    pub counters: Counters,
}

/// An epoch and the line it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// 0 for the preferred line, 1 for the other.
    pub line: usize,
    /// The fix.
    pub epoch: EpochFix,
}

/// What the task is given.
#[derive(Debug)]
pub struct Parts {
    /// Which line this is.
    pub line: usize,
    /// Its configuration.
    pub config: GnssConfig,
    /// Least and most pause between attempts to open it.
    pub reopen: (Duration, Duration),
    /// Where epochs go.
    pub epochs: mpsc::Sender<Heard>,
    /// Where its health is told.
    pub health: watch::Sender<LineHealth>,
}

/// Reads the line until nobody listens any more.
pub async fn run(parts: Parts) {
    let mut backoff = Backoff::new(parts.reopen.0, parts.reopen.1);
    let mut rates = parts.config.baud_rates.iter().copied().cycle();
    let mut decoder = Decoder::default();
    let path = parts.config.path.display().to_string();
    loop {
        let rate = rates.next().unwrap_or(9600);
        let ended = match Line::open(&parts.config.path, rate) {
            Err(error) => Some(error),
            Ok(line) => {
                backoff.reset();
                parts.health.send_modify(|health| {
                    health.open = true;
                    health.opened += 1;
                    health.baud_rate = rate;
                });
                info!(path, rate, "reading GNSS from {path}");
                read(&parts, line, &mut rates, &mut decoder).await.err()
            }
        };
        if let Some(epoch) = decoder.finish() {
            tell(&parts, epoch).await;
        }
        parts.health.send_modify(|health| health.open = false);
        let Some(error) = ended else { return };
        let pause = backoff.pause();
        warn!(
            code = error.code(),
            path,
            error = &error as &dyn std::error::Error,
            "GNSS line {path} lost, next attempt in {} s",
            pause.as_secs()
        );
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = parts.epochs.closed() => return,
        }
    }
}

/// Reads until the line breaks (an error) or nobody listens (`Ok`).
async fn read(
    parts: &Parts,
    mut line: Line,
    rates: &mut (impl Iterator<Item = u32> + Send),
    decoder: &mut Decoder,
) -> Result<(), SerialError> {
    let silence = Duration::from_secs(parts.config.silent_secs);
    let patience = Duration::from_secs(parts.config.next_rate_secs);
    let gap = Duration::from_millis(parts.config.epoch_gap_ms);
    let mut buffer = [0_u8; 4096];
    let mut items = Vec::new();
    let mut heard_at = Instant::now();
    let mut understood_at = Instant::now();
    let mut open_epoch = false;
    loop {
        let wait = if open_epoch { gap } else { silence };
        let count = tokio::select! {
            () = parts.epochs.closed() => return Ok(()),
            read = timeout(wait, line.read(&mut buffer)) => match read {
                Err(_silent) => 0,
                Ok(count) => count?,
            },
        };
        let now = Instant::now();
        if count > 0 {
            heard_at = now;
            let before = decoder.counters().sentences;
            decoder.push(buffer.get(..count).unwrap_or_default(), &mut items);
            open_epoch = true;
            if decoder.counters().sentences > before {
                understood_at = now;
            }
        } else if open_epoch {
            // The receiver has said all it has to say about this instant.
            items.extend(decoder.finish().map(Decoded::Fix));
            open_epoch = false;
        }
        for item in items.drain(..) {
            if let Decoded::Fix(epoch) = item {
                tell(parts, epoch).await;
            }
        }
        // Told after the epochs are handed on: who sees the bytes counted may rely on it.
        parts.health.send_modify(|health| {
            health.bytes += count as u64;
            health.idle = !open_epoch;
            health.silent = now - heard_at >= silence;
            health.counters.clone_from(decoder.counters());
        });
        // Bytes arrive, but none make a sentence: it may be the rate. A line without bytes says nothing about its rate.
        if now - understood_at >= patience && now - heard_at < patience && parts.config.baud_rates.len() > 1 {
            let rate = rates.next().unwrap_or(9600);
            line.set_baud_rate(rate)?;
            parts.health.send_modify(|health| health.baud_rate = rate);
            info!(rate, "no sentence understood, trying {rate} baud");
            understood_at = now;
        }
    }
}

async fn tell(parts: &Parts, epoch: EpochFix) {
    // Nobody listening means that the program ends.
    let _ = parts.epochs.send(Heard { line: parts.line, epoch }).await;
}

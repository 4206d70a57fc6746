//! A wall clock that is wrong after the start.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use firmware_bridge::clock::{Stamp, Strictness, Timekeeper};
use firmware_bridge::config::{SamplerConfig, SpoolConfig};
use firmware_bridge::gnss::Heard;
use firmware_bridge::odometer::{Odometer, OdometerSource};
use firmware_bridge::recorder::journal::Journal;
use firmware_bridge::recorder::{self, Ask, Stored};
use firmware_bridge::sampler::Sampler;
use firmware_bridge::spool::Spool;
use telematics::fix::Reading;
use telematics::nmea::{Decoded, Decoder};
use telematics::quantity::Distance;
use tokio::sync::{mpsc, oneshot, watch};

use crate::world::{sealed_log, sentences, start};

fn epoch(second: i64) -> telematics::nmea::epoch::EpochFix {
    let mut decoder = Decoder::default();
    let mut out: Vec<Decoded> = Vec::new();
    decoder.push(&sentences(second), &mut out);
    decoder.finish().unwrap()
}

#[tokio::test]
async fn what_was_recorded_before_the_first_fix_waits_for_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Arc::new(Spool::open(&folder.path().join("spool"), 1 << 20).unwrap());
    let strictness =
        Strictness { not_before: Some(start() - TimeDelta::days(1)), jump: Some(TimeDelta::seconds(5)), jump_fixes: 3 };
    let keeper = Timekeeper::new("boot".to_owned(), strictness);
    let odometer = Odometer::new(Distance::ZERO, OdometerSource::Vehicle);
    let journal = Journal::new(keeper, Sampler::new(SamplerConfig::default()), odometer);
    let (epochs_tx, epochs) = mpsc::channel(8);
    let (readings_tx, readings) = mpsc::channel(8);
    let (asks_tx, asks) = mpsc::channel(8);
    let (stored_tx, mut stored) = watch::channel(Stored::default());
    let (since_tx, since) = watch::channel(Duration::from_secs(20));
    let wrong: DateTime<Utc> = "1970-01-01T00:00:30Z".parse().unwrap();
    tokio::spawn(recorder::run(recorder::Parts {
        spool: Arc::clone(&spool),
        log: sealed_log(),
        config: SpoolConfig { commit_ms: 5, ..SpoolConfig::default() },
        journal,
        epochs,
        readings,
        asks,
        stored: stored_tx,
        clock: Arc::new(move || wrong),
        monotonic: Arc::new(move || *since.borrow()),
    }));
    let running = Reading { ignition: Some(true), ..Reading::default() };
    readings_tx.send(running).await.unwrap();
    stored.wait_for(|stored| stored.state.length == 1).await.unwrap();
    let before = spool.read(0, 10).unwrap();
    assert_eq!(before[0].1.stamp, Stamp::Since { boot: "boot".to_owned(), since_ms: 20_000, wall_ms: 30_000 });
    assert_eq!(before[0].1.to_record(1), None, "not to be sent yet");
    // The first fix comes 30 seconds later.
    since_tx.send_replace(Duration::from_secs(50));
    epochs_tx.send(Heard { line: 0, epoch: epoch(100) }).await.unwrap();
    stored.wait_for(|stored| stored.restamped == 1).await.unwrap();
    let after = spool.read(0, 10).unwrap();
    let at = |second: i64| (start() + TimeDelta::seconds(second)).timestamp_millis();
    assert_eq!(after[0].1.to_record(1).unwrap().t, at(70));
    assert_eq!(after[0].1.to_record(1).unwrap().ev.as_deref(), Some("ignition_on"));
    assert_eq!(after[1].1.to_record(2).unwrap().t, at(100));
    // A receiver that lost its week is not believed, and time does not run backwards.
    let mut lost = epoch(101);
    lost.fixed_at = lost.fixed_at.map(|t| t - TimeDelta::weeks(1024));
    epochs_tx.send(Heard { line: 0, epoch: lost }).await.unwrap();
    let (reply, counts) = oneshot::channel();
    asks_tx.send(Ask::Finish(reply)).await.unwrap();
    let counts = counts.await.unwrap();
    assert_eq!((counts.fixes, counts.records, counts.disbelieved), (2, 2, 1));
}

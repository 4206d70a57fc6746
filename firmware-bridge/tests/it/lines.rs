//! Serial lines that vanish, stall, and take each other's place.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use firmware_bridge::config::GnssConfig;
use firmware_bridge::gnss::{self, Heard, LineHealth};
use firmware_bridge::replay::Pty;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::world::sentences;

const SOON: Duration = Duration::from_secs(20);

fn plug(pty: &Pty, device: &Path) {
    // The device file of a plugged receiver points to another tty each time.
    let _ = std::fs::remove_file(device);
    symlink(pty.path(), device).unwrap();
}

fn listen(device: &Path) -> (mpsc::Receiver<Heard>, watch::Receiver<LineHealth>) {
    let (epochs, heard) = mpsc::channel(16);
    let (health_tx, health) = watch::channel(LineHealth::default());
    let config = GnssConfig { path: device.to_owned(), silent_secs: 1, epoch_gap_ms: 20, ..GnssConfig::default() };
    let reopen = (Duration::from_millis(5), Duration::from_millis(20));
    tokio::spawn(gnss::run(gnss::Parts { line: 0, config, reopen, epochs, health: health_tx }));
    (heard, health)
}

#[tokio::test]
async fn a_receiver_that_is_pulled_out_and_plugged_in_again_is_read_on() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("gnss");
    let (mut heard, mut health) = listen(&device);
    let mut pty = Pty::open().unwrap();
    plug(&pty, &device);
    timeout(SOON, health.wait_for(|h| h.open)).await.unwrap().unwrap();
    pty.write(&sentences(0)).await.unwrap();
    let first = timeout(SOON, heard.recv()).await.unwrap().unwrap();
    assert_eq!(first.epoch.mode, 3);
    // Half a sentence, then the cable comes out.
    pty.write(b"$GNRMC,0000").await.unwrap();
    drop(pty);
    timeout(SOON, health.wait_for(|h| !h.open)).await.unwrap().unwrap();
    let mut pty = Pty::open().unwrap();
    plug(&pty, &device);
    timeout(SOON, health.wait_for(|h| h.open && h.opened == 2)).await.unwrap().unwrap();
    pty.write(&sentences(60)).await.unwrap();
    let second = timeout(SOON, heard.recv()).await.unwrap().unwrap();
    assert_eq!(second.epoch.fixed_at.unwrap() - first.epoch.fixed_at.unwrap(), chrono::TimeDelta::seconds(60));
    timeout(SOON, health.wait_for(|h| h.silent)).await.unwrap().unwrap();
    pty.write(&sentences(61)).await.unwrap();
    timeout(SOON, health.wait_for(|h| !h.silent)).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_device_that_is_not_there_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("gnss");
    let (heard, mut health) = listen(&device);
    assert!(timeout(Duration::from_millis(50), health.wait_for(|h| h.open)).await.is_err());
    drop(heard);
}

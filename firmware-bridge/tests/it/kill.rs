//! `kill -9` of the program while it records and sends.

use std::path::Path;
use std::process::Stdio;

use firmware_bridge::replay::Pty;
use firmware_bridge::spool::Spool;
use tokio::process::{Child, Command};

use crate::gate::Gate;
use crate::world::{filled, sentences};

fn bridge(gate: &Gate, spool: &Path, pty: &Pty) -> Child {
    Command::new(env!("CARGO_BIN_EXE_motorpool-bridge"))
        .args(["--server", &gate.address, "--device", "MP-0001", "--secret", "s", "--log", "warn"])
        .arg("--spool")
        .arg(spool)
        .arg("--gnss")
        .arg(pty.path())
        .env("MOTORPOOL_BRIDGE__SPOOL__COMMIT_MS", "20")
        .env("MOTORPOOL_BRIDGE__UPLINK__BATCH_RECORDS", "10")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn killed_at_any_moment_it_loses_nothing_that_was_committed_and_uses_no_number_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    drop(filled(&path, 3000));
    let gate = Gate::open().await;
    let mut pty = Pty::open().unwrap();
    let mut second = 0;
    for killed in 1..=4_usize {
        let mut child = bridge(&gate, &path, &pty);
        let before = gate.book.lock().unwrap().messages.len();
        for _ in 0..40 {
            pty.write(&sentences(second)).await.unwrap();
            second += 1;
        }
        // The gate panics when a number comes again with another record.
        gate.until("messages before the kill", |book| book.messages.len() >= before + 7 * killed).await;
        child.kill().await.unwrap();
    }
    let child = bridge(&gate, &path, &pty);
    gate.until("the backlog", |book| (1..=3000).all(|seq| book.records.contains_key(&seq))).await;
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
    let ended = child.wait_with_output().await.unwrap();
    assert!(ended.status.success());
    // Whatever is not in the spool any more is in the gateway.
    let spool = Spool::open(&path, 64 << 20).unwrap();
    let waiting: Vec<i64> = spool.read(0, usize::MAX).unwrap().into_iter().map(|(seq, _)| i64::try_from(seq).unwrap()).collect();
    let book = gate.book.lock().unwrap();
    let next = i64::try_from(spool.state().unwrap().next_seq).unwrap();
    let lost: Vec<i64> = (1..next).filter(|seq| !book.records.contains_key(seq) && !waiting.contains(seq)).collect();
    assert_eq!(lost, Vec::<i64>::new());
    assert!(next > 3001, "something was recorded meanwhile");
}

//! What the program says about its configuration and its ports.

use std::path::Path;

use firmware_bridge::Config;
use firmware_bridge::replay::Pty;
use tokio::process::Command;

use crate::gate::Gate;
use crate::world::sentences;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motorpool-bridge"));
    command.kill_on_drop(true);
    command
}

#[test]
fn the_example_says_the_defaults() {
    let text = include_str!("../../motorpool-bridge.example.toml");
    assert_eq!(firmware_bridge::config::read(text, []).unwrap(), Config::default());
    // Every key that can be set is in it, commented out or not.
    let bare: String = text.lines().map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
    for section in ["device", "sampler", "clock", "spool", "uplink", "odometer", "seal", "update", "log"] {
        assert!(bare.contains(&format!("[{section}]")), "{section}");
    }
    for key in [
        "secret_file",
        "baud_rates",
        "silent_secs",
        "next_rate_secs",
        "epoch_gap_ms",
        "sleep_below_v",
        "wake_look_secs",
        "answer_ms",
        "ca_file",
        "path",
        "confirm_secs",
        "settle_secs",
    ] {
        assert!(bare.contains(&format!("{key} = ")), "{key}");
    }
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused_with_codes_and_remedies() {
    let output = program().args(["--server", "nowhere", "--device", "a/b"]).output().await.unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    for part in ["error[bridge.config.value]: device.id", "device.secret", "uplink.server", "what to do:"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let output = program().args(["--config", "/nowhere.toml"]).output().await.unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("error[bridge.config.unreadable]") && text.contains("/nowhere.toml"), "{text}");
}

#[tokio::test]
async fn check_shows_the_configuration_without_its_secret_and_tries_every_port() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::open().await;
    let mut pty = Pty::open().unwrap();
    let check = program()
        .args(["check", "--server", &gate.address, "--device", "MP-0001", "--secret", "hunter2"])
        .arg("--spool")
        .arg(folder.path().join("spool"))
        .arg("--gnss")
        .arg(pty.path())
        .output();
    let feed = async {
        let mut second = 0;
        let mut beat = tokio::time::interval(std::time::Duration::from_millis(100));
        loop {
            beat.tick().await;
            pty.write(&sentences(second)).await.unwrap();
            second += 1;
        }
    };
    let output = tokio::select! {
        output = check => output.unwrap(),
        () = feed => unreachable!(),
    };
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(!text.contains("hunter2") && text.contains("***"), "{text}");
    for part in ["ok      GNSS", "with a fix", "ok      spool", "ok      gateway"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let output = program()
        .args(["check", "--server", "127.0.0.1:1", "--device", "MP-0001", "--secret", "s", "--gnss", "/dev/nowhere"])
        .arg("--spool")
        .arg(Path::new("/nowhere/spool"))
        .output()
        .await
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for part in ["failed  GNSS /dev/nowhere: [bridge.serial.open]", "failed  spool", "failed  gateway", "what to do:"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

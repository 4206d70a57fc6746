//! The audit log in a real browser: read, opened, and taken out as a pack that the program proves without the service.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::process::{Running, binary};
use crate::sign_in::add;

#[test]
fn an_auditor_reads_the_log_and_takes_a_pack_that_proves_itself() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("motorpool.toml");
    let text = format!(
        "[database]\ndata_dir = {:?}\n[web]\nlisten = \"127.0.0.1:0\"\n[web.second_factor]\nroles = [\"system_admin\"]\n\
         [gateway]\nmqtt_listen = \"127.0.0.1:0\"\njt808_listen = \"127.0.0.1:0\"\ngb32960_listen = \"127.0.0.1:0\"\n[ops]\nlisten = \"\"\n",
        folder.path().join("data"),
    );
    std::fs::write(&config, text).unwrap();
    let password = add(&config, "shenji", "audit_admin");
    add(&config, "officer", "dispatcher");
    let mut service = Running::start(Command::new(binary("motorpool")).args(["serve", "--config"]).arg(&config));
    let base = service.wait_for(Duration::from_mins(2), |line| {
        line.strip_prefix("console").and_then(|rest| rest.split_whitespace().next()).map(str::to_owned)
    });
    service.wait_for(Duration::from_mins(2), |line| (line == "ready").then_some(()));
    let (pack, shots) = (folder.path().join("console.pack"), root.join("build/screenshots"));
    let mut walk = Running::start(
        Command::new(std::env::var("MOTORPOOL_NODE").unwrap_or_else(|_| "node".to_owned()))
            .arg("e2e/audit.mjs")
            .current_dir(root.join("web/console"))
            .envs([("BASE_URL", base.as_str()), ("LOGIN", "shenji"), ("PASSWORD", &password)])
            .env("PACK", &pack)
            .env("SHOTS_DIR", &shots),
    );
    assert!(walk.wait(Duration::from_mins(4)).success(), "{}", walk.said());
    assert!(service.stop(Duration::from_secs(30)).success(), "{}", service.said());
    let mut verify = Running::start(Command::new(binary("motorpool")).args(["audit", "verify", "--pack"]).arg(&pack));
    assert!(verify.wait(Duration::from_mins(1)).success(), "{}", verify.said());
    assert!(verify.said().contains("proved: "), "{}", verify.said());
    let mut verify = Running::start(Command::new(binary("motorpool")).args(["audit", "verify", "--config"]).arg(&config));
    assert!(verify.wait(Duration::from_mins(2)).success(), "the whole chain, with what was just done: {}", verify.said());
}

//! Newer programs: one that works is kept, one that does not gives way to the one before, and the gateway is told of both.

use std::path::Path;
use std::sync::Arc;

use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::gate::{Book, Gate};

const PROGRAM: &str = env!("CARGO_BIN_EXE_motorpool-bridge");

/// Whoever signs releases.
struct Signer(Ed25519KeyPair);

impl Signer {
    fn new() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap())
    }

    fn key(&self) -> String {
        hex::encode(self.0.public_key())
    }

    fn order(&self, version: &str, image: &[u8]) -> Value {
        let sha256 = hex::encode(digest(&SHA256, image));
        let signature = hex::encode(self.0.sign(format!("motorpool-bridge {version} {sha256}").as_bytes()));
        json!({ "version": version, "sha256": sha256, "bytes": image.len(), "signature": signature })
    }
}

/// A program that says it is `version` and then does `deed`.
fn image(version: &str, deed: &str) -> Vec<u8> {
    let text = format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo motorpool-bridge {version}; exit 0; fi\n{deed}\n");
    // As large as takes several pieces.
    format!("{text}# {}\n", "x".repeat(100_000)).into_bytes()
}

/// The console's port: hands images out to who knows the secret, and breaks off in the middle the first time.
async fn console(image: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let image = Arc::new(image);
    tokio::spawn(async move {
        let mut asked = 0;
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if socket.read_exact(&mut byte).await.is_err() {
                    break;
                }
                request.push(byte[0]);
            }
            let request = String::from_utf8(request).unwrap().to_ascii_lowercase();
            // MP-0001:s
            assert!(request.contains("authorization: basic tvatmdawmtpz"), "{request}");
            let from: usize = request.split("bytes=").nth(1).unwrap().split('-').next().unwrap().parse().unwrap();
            let rest = &image[from..];
            let head = format!("HTTP/1.1 206 Partial Content\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", rest.len());
            let end = if asked == 0 { rest.len() / 2 } else { rest.len() };
            socket.write_all(head.as_bytes()).await.unwrap();
            socket.write_all(&rest[..end]).await.unwrap();
            asked += 1;
        }
    });
    address
}

fn supervised(gate: &Gate, folder: &Path, key: &str, console: &str) -> Child {
    let config = folder.join("bridge.toml");
    std::fs::write(
        &config,
        format!(
            "[device]\nid = \"MP-0001\"\nsecret = \"s\"\n[spool]\npath = \"{0}/spool.redb\"\n[uplink]\nserver = \"{1}\"\nretry_min_secs = 1\n\
             [update]\nkey = \"{key}\"\nserver = \"{console}\"\nfolder = \"{0}/slots\"\nconfirm_secs = 5\nsettle_secs = 0\n",
            folder.display(),
            gate.address
        ),
    )
    .unwrap();
    Command::new(PROGRAM).arg("supervise").arg("--config").arg(config).kill_on_drop(true).spawn().unwrap()
}

fn states(book: &Book) -> Vec<Value> {
    let all = book.texts.iter().filter(|(topic, _)| topic == "v1/d/MP-0001/st");
    all.filter_map(|(_, text)| serde_json::from_str::<Value>(text).ok()).collect()
}

fn has_told(book: &Book, version: &str, state: &str) -> bool {
    states(book).iter().any(|told| told["update"]["version"] == version && told["update"]["state"] == state)
}

fn order(gate: &Gate, id: &str, order: &Value) {
    gate.command(&json!({ "id": id, "kind": "update", "args": order }).to_string());
}

fn answer(book: &Book, id: &str) -> Option<Value> {
    let all = book.texts.iter().filter(|(topic, _)| topic == "v1/d/MP-0001/ack");
    all.filter_map(|(_, text)| serde_json::from_str::<Value>(text).ok()).find(|answer| answer["id"] == id)
}

#[tokio::test]
async fn a_program_that_works_is_kept_over_a_broken_connection() {
    let (gate, folder, signer) = (Gate::open().await, tempfile::tempdir().unwrap(), Signer::new());
    let better = image("9.1.0", &format!("exec {PROGRAM} \"$@\""));
    let console = console(better.clone()).await;
    let mut child = supervised(&gate, folder.path(), &signer.key(), &console);
    gate.until("the connection", |book| book.connections == 1).await;
    order(&gate, "first", &signer.order("9.1.0", &better));
    gate.until("the break", |book| has_told(book, "9.1.0", "failed")).await;
    let told = states(&gate.book.lock().unwrap());
    assert!(told.iter().any(|told| told["update"]["code"] == "bridge.update.fetch"), "{told:?}");
    // What came before the break is not fetched again.
    order(&gate, "second", &signer.order("9.1.0", &better));
    gate.until("the new program", |book| has_told(book, "9.1.0", "confirmed")).await;
    assert_eq!(std::fs::read(folder.path().join("slots/a/motorpool-bridge")).unwrap(), better);
    assert_eq!(answer(&gate.book.lock().unwrap(), "second").unwrap()["ok"], true);
    child.kill().await.unwrap();
}

#[tokio::test]
async fn a_failed_update_returns_to_the_version_before() {
    for (deed, code) in [("exit 3", "bridge.update.crashed"), ("exec sleep 1000", "bridge.update.unproved")] {
        let (gate, folder, signer) = (Gate::open().await, tempfile::tempdir().unwrap(), Signer::new());
        let worse = image("9.2.0", deed);
        let console = console(worse.clone()).await;
        let mut child = supervised(&gate, folder.path(), &signer.key(), &console);
        gate.until("the connection", |book| book.connections == 1).await;
        order(&gate, "one", &signer.order("9.2.0", &worse));
        gate.until("the break", |book| has_told(book, "9.2.0", "failed")).await;
        order(&gate, "two", &signer.order("9.2.0", &worse));
        gate.until("the old program again", |book| has_told(book, "9.2.0", "rolled_back")).await;
        let last = states(&gate.book.lock().unwrap()).pop().unwrap();
        assert_eq!((&last["update"]["code"], &last["version"]), (&json!(code), &json!(env!("CARGO_PKG_VERSION"))));
        assert!(last["seal"]["n"].as_u64().unwrap() > 0);
        // A gateway that has not heard the answer asks again: it is told how it went, and nothing is tried a second time.
        let before = states(&gate.book.lock().unwrap()).len();
        order(&gate, "two", &signer.order("9.2.0", &worse));
        gate.until("the state again", |book| states(book).len() > before).await;
        assert_eq!(states(&gate.book.lock().unwrap())[before]["update"], last["update"]);
        child.kill().await.unwrap();

        // The log on the device tells the same, and holds.
        let log = folder.path().join("spool.sealed.log");
        let verified = Command::new(PROGRAM).arg("verify-log").arg(&log).output().await.unwrap();
        assert!(verified.status.success(), "{verified:?}");
        let text = std::fs::read_to_string(&log).unwrap();
        assert!(text.contains("rolled_back"), "{text}");
        std::fs::write(&log, text.replace("rolled_back", "confirmed")).unwrap();
        let tampered = Command::new(PROGRAM).arg("verify-log").arg(&log).output().await.unwrap();
        assert_eq!(tampered.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&tampered.stderr).contains("bridge.seal.changed"));
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_trusted_is_refused() {
    let (gate, folder, signer) = (Gate::open().await, tempfile::tempdir().unwrap(), Signer::new());
    let program = image("9.3.0", "exit 0");
    let console = console(program.clone()).await;
    let mut child = supervised(&gate, folder.path(), &signer.key(), &console);
    gate.until("the connection", |book| book.connections == 1).await;
    order(&gate, "foreign", &Signer::new().order("9.3.0", &program));
    gate.until("the first answer", |book| answer(book, "foreign").is_some()).await;
    let mut incomplete = signer.order("9.3.0", &program);
    incomplete["sha256"] = json!("../../etc/passwd");
    order(&gate, "incomplete", &incomplete);
    gate.until("the second answer", |book| answer(book, "incomplete").is_some()).await;
    let book = gate.book.lock().unwrap();
    assert_eq!(answer(&book, "foreign").unwrap()["code"], "bridge.update.signature");
    assert_eq!(answer(&book, "incomplete").unwrap()["code"], "bridge.update.order");
    assert!(!folder.path().join("slots/state.json").exists());
    drop(book);
    child.start_kill().unwrap();
}

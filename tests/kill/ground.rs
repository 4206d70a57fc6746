//! A service with a PostgreSQL of its own, either of which can be killed, and simulated terminals as programs beside it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// Where service, store and terminals live.
pub(crate) struct Ground {
    folder: TempDir,
    pub(crate) mqtt: SocketAddr,
    pub(crate) jt808: SocketAddr,
    running: Option<Child>,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let folder = TempDir::with_prefix_in("motorpool-", "/tmp").unwrap();
        let (mqtt, jt808) = (free(), free());
        let mut config = File::create(folder.path().join("config.toml")).unwrap();
        write!(
            config,
            "[gateway]\nmqtt_listen = \"{mqtt}\"\njt808_listen = \"{jt808}\"\ngb32960_listen = \"127.0.0.1:0\"\n\
             revise_after_secs = 1\n[ops]\nlisten = \"\"\n[log]\nfilter = \"error\"\n"
        )
        .unwrap();
        Self { folder, mqtt, jt808, running: None }
    }

    /// Starts the service and waits until it is ready.
    pub(crate) fn start(&mut self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_motorpool"))
            .args(["serve", "--only", "gateway", "--config"])
            .arg(self.path("config.toml"))
            .arg("--data")
            .arg(self.path("data"))
            .current_dir("/tmp")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "ready"), "the service is ready");
        // Whatever else it says is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        self.running = Some(child);
    }

    /// SIGKILL to the service; its PostgreSQL follows it, or is found again.
    pub(crate) fn kill_service(&mut self) {
        let mut child = self.running.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGKILL to the first process of PostgreSQL; the service goes on.
    pub(crate) fn kill_store(&self) {
        let text = fs::read_to_string(self.path("data/pg/postmaster.pid")).unwrap_or_default();
        if let Some(Ok(number)) = text.lines().next().map(|line| line.trim().parse()) {
            // It may have fallen just now.
            let _already_gone = kill(Pid::from_raw(number), Signal::SIGKILL);
        }
    }

    /// SIGTERM to the service, and it ends well.
    pub(crate) fn stop(&mut self) {
        let mut child = self.running.take().unwrap();
        interrupt(&child, Signal::SIGTERM);
        assert!(child.wait().unwrap().success());
    }

    /// How the store is reached.
    pub(crate) fn store(&self) -> String {
        format!("postgres://motorpool@localhost/motorpool?host={}", self.path("data/run").display())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _already_gone = child.kill();
            let _status = child.wait();
        }
    }
}

/// `motorpool simulate`, running.
pub(crate) struct Simulation {
    child: Option<Child>,
    report: PathBuf,
}

impl Simulation {
    /// Terminals of a list that report into a file until they are stopped.
    pub(crate) fn start(ground: &Ground, protocol: &str, devices: &[(String, String)], interval: &str, more: &[&str]) -> Self {
        let (list, report) = (ground.path(&format!("{protocol}.csv")), ground.path(&format!("{protocol}.jsonl")));
        let lines: Vec<String> = devices.iter().map(|(terminal, secret)| format!("{terminal},{secret}")).collect();
        fs::write(&list, lines.join("\n")).unwrap();
        let to = if protocol == "mqtt" { ground.mqtt } else { ground.jt808 };
        let child = Command::new(env!("CARGO_BIN_EXE_motorpool"))
            .args(["simulate", "--protocol", protocol, "--vehicles", &devices.len().to_string(), "--interval", interval])
            .args(["--duration", "86400", "--drain", "120", "--to", &to.to_string()])
            .arg("--devices")
            .arg(list)
            .arg("--report")
            .arg(&report)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child: Some(child), report }
    }

    /// Lines of the report so far: acknowledged reports.
    pub(crate) fn acknowledged(&self) -> usize {
        fs::read_to_string(&self.report).unwrap_or_default().lines().count()
    }

    /// Lets the terminals send what they have, and end; what was acknowledged, and the summary.
    pub(crate) fn finish(mut self) -> (Vec<serde_json::Value>, serde_json::Value) {
        let child = self.child.take().unwrap();
        interrupt(&child, Signal::SIGINT);
        let Output { status, stdout, .. } = child.wait_with_output().unwrap();
        let summary = String::from_utf8(stdout).unwrap();
        assert!(status.success(), "everything is acknowledged in the end: {summary}");
        let report = fs::read_to_string(&self.report).unwrap();
        let lines = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (lines, serde_json::from_str(summary.trim()).unwrap())
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _already_gone = child.kill();
            let _status = child.wait();
        }
    }
}

fn interrupt(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
}

fn free() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap()
}

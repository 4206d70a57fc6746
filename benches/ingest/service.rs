//! The service as a process, with the ports it was given.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::NamedTempFile;

pub(crate) struct Service {
    pub(crate) mqtt: SocketAddr,
    pub(crate) jt808: SocketAddr,
    pub(crate) http: SocketAddr,
    config: NamedTempFile,
    child: Child,
}

impl Service {
    /// Starts the parts and waits until they are ready.
    pub(crate) fn start(database: &str, parts: &[&str], rules: bool) -> Self {
        let (mqtt, jt808, gb32960, http) = (free(), free(), free(), free());
        let mut config = NamedTempFile::with_suffix(".toml").expect("a temporary file");
        write!(
            config,
            "[database]\nurl = {database:?}\n\
             [gateway]\nmqtt_listen = \"{mqtt}\"\njt808_listen = \"{jt808}\"\ngb32960_listen = \"{gb32960}\"\nrules = {rules}\n\
             [web]\nlisten = \"{http}\"\n[ops]\nlisten = \"\"\n[log]\nfilter = \"warn\"\n"
        )
        .expect("a temporary file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_motorpool"))
            .args(["serve", "--only", &parts.join(","), "--config"])
            .arg(config.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the service");
        let lines = BufReader::new(child.stdout.take().expect("its output"));
        assert!(lines.lines().map_while(Result::ok).any(|line| line == "ready"), "the service did not become ready");
        Self { mqtt, jt808, http, config, child }
    }

    /// Adds an account and gives its password.
    pub(crate) fn account(&self, login: &str) -> String {
        let added = Command::new(env!("CARGO_BIN_EXE_motorpool"))
            .args(["account", "add", "--login", login, "--name", "看板", "--role", "inspector", "--program", "--config"])
            .arg(self.config.path())
            .output()
            .expect("motorpool account");
        let said = String::from_utf8_lossy(&added.stdout).into_owned();
        let password = said.lines().find_map(|line| line.strip_prefix("password"));
        password.expect("motorpool account prints a password").trim().to_owned()
    }

    /// Stops it; the seconds of processor time it took.
    pub(crate) fn stop(mut self) -> f64 {
        let id = self.child.id();
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
        let _ = kill(Pid::from_raw(i32::try_from(id).unwrap_or_default()), Signal::SIGTERM);
        let _ = self.child.wait();
        // utime and stime in hundredths of a second
        (ticks(11) + ticks(12)) / 100.0
    }
}

fn free() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr()).expect("a free port")
}

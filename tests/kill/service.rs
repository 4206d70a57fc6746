//! The service as a process that can be killed.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::NamedTempFile;

pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    config: NamedTempFile,
    running: Option<Child>,
}

impl Service {
    /// A service on this database and a port that is free now.
    pub(crate) fn new(database: &str) -> Self {
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let mut config = NamedTempFile::with_suffix(".toml").unwrap();
        write!(
            config,
            "[database]\nurl = {database:?}\n[gateway]\nmqtt_listen = \"{address}\"\njt808_listen = \"127.0.0.1:0\"\n\
             gb32960_listen = \"127.0.0.1:0\"\nrevise_after_secs = 1\n\
             [ops]\nlisten = \"\"\n[log]\nfilter = \"warn\"\n"
        )
        .unwrap();
        Self { address, config, running: None }
    }

    pub(crate) fn start(&mut self) {
        let child = Command::new(env!("CARGO_BIN_EXE_motorpool"))
            .args(["serve", "--only", "gateway", "--config"])
            .arg(self.config.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.running = Some(child);
    }

    /// SIGKILL: no word of farewell, no flush.
    pub(crate) fn kill(&mut self) {
        let mut child = self.running.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGTERM, and it ends well.
    pub(crate) fn stop(&mut self) {
        let mut child = self.running.take().unwrap();
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGTERM).unwrap();
        assert!(child.wait().unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

//! Starting `motorpool serve` on a folder of its own, as root or as an ordinary user, and looking at what it left.

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use nix::unistd::{Uid, User, chown, geteuid};
use tempfile::TempDir;

/// Generous, since the machine may be busy with the rest of the tests.
pub(crate) const SOON: Duration = Duration::from_secs(90);

/// Who starts the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Starter {
    /// Ourselves, whoever runs the tests.
    Ourselves,
    /// `nobody`, when root runs the tests.
    Nobody,
}

/// Root tries both: itself and an ordinary user; an ordinary user can only try itself.
pub(crate) fn starters() -> &'static [Starter] {
    if geteuid().is_root() { &[Starter::Ourselves, Starter::Nobody] } else { &[Starter::Ourselves] }
}

/// A data folder, and who starts the service on it.
#[derive(Debug)]
pub(crate) struct Place {
    starter: Starter,
    folder: TempDir,
}

impl Place {
    pub(crate) fn of(starter: Starter) -> Self {
        let folder = TempDir::with_prefix_in("motorpool-", "/tmp").unwrap();
        if starter == Starter::Nobody {
            let nobody = nobody();
            chown(folder.path(), Some(nobody.uid), Some(nobody.gid)).unwrap();
        }
        Self { starter, folder }
    }

    pub(crate) fn ours() -> Self {
        Self::of(Starter::Ourselves)
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    /// The command that starts the service here, on no fixed port.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = match self.starter {
            Starter::Ourselves => Command::new(env!("CARGO_BIN_EXE_motorpool")),
            Starter::Nobody => {
                let nobody = nobody();
                let mut command = Command::new("setpriv");
                let numbers = [nobody.uid.to_string(), nobody.gid.to_string()];
                command.args(["--reuid", &numbers[0], "--regid", &numbers[1], "--clear-groups", "--"]);
                command.arg(binary_for_nobody(self.data()));
                command
            }
        };
        command.args(arguments).arg("--data").arg(self.data()).current_dir("/tmp");
        command.env("MOTORPOOL__OPS__LISTEN", "127.0.0.1:0");
        command
    }

    /// Starts the service and waits until it is ready.
    pub(crate) fn start(&self) -> Service {
        let mut service = Service::start(&mut self.command(&["serve", "--only", "jobs"]));
        service.wait_for("ready");
        service
    }

    /// Starts the service where it cannot start; gives its status and what it said.
    pub(crate) fn refused(&self) -> (ExitStatus, String) {
        Service::start(&mut self.command(&["serve", "--only", "jobs"])).ended()
    }

    /// What `psql` answers to `statement`, or its complaint.
    pub(crate) fn ask(&self, statement: &str) -> Result<String, String> {
        let host = self.data().join("run");
        let output = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-U", "motorpool", "-d", "motorpool", "-v", "ON_ERROR_STOP=1", "-h"])
            .arg(host)
            .args(["-c", statement])
            .current_dir("/tmp")
            .env("PGCONNECT_TIMEOUT", "5")
            .output()
            .unwrap();
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }

    /// Starts the database server without its service, as if it had not noticed that the service is gone.
    pub(crate) fn start_server_alone(&self) -> Pid {
        let owner = fs::metadata(self.data().join("pg")).unwrap();
        let programs = crate::refusals::real_programs();
        let mut command = Command::new("setpriv");
        if geteuid().is_root() {
            command.args(["--reuid", &owner.uid().to_string(), "--regid", &owner.gid().to_string(), "--clear-groups"]);
        }
        let options = format!("-c listen_addresses= -k {}", self.data().join("run").display());
        command.arg("--").arg(programs.join("pg_ctl")).args(["--wait", "--silent", "--options", &options, "--log", "/dev/null"]);
        let status = command.arg("--pgdata").arg(self.data().join("pg")).arg("start").current_dir("/tmp").status().unwrap();
        assert!(status.success());
        self.postmaster()
    }

    /// The processes of the database server, known by their working folder.
    pub(crate) fn server_processes(&self) -> Vec<Pid> {
        let cluster = self.data().join("pg");
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        numbers
            .filter(|number| fs::read_link(format!("/proc/{number}/cwd")).is_ok_and(|cwd| cwd == cluster))
            .map(Pid::from_raw)
            .collect()
    }

    /// The first process of the database server.
    pub(crate) fn postmaster(&self) -> Pid {
        let text = fs::read_to_string(self.data().join("pg/postmaster.pid")).unwrap();
        Pid::from_raw(text.lines().next().unwrap().trim().parse().unwrap())
    }
}

/// A started service.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    lines: Receiver<String>,
    said: String,
}

impl Service {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, lines) = channel();
        let outputs: [Box<dyn Read + Send>; 2] = [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let tell = tell.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if tell.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Self { child, lines, said: String::new() }
    }

    /// Waits for a line that contains `text`.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + SOON;
        while !self.said.lines().any(|line| line.contains(text)) {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.note(&line),
                Err(late_or_ended) => panic!("no {text:?} ({late_or_ended}); it said:\n{}", self.said),
            }
        }
    }

    /// Waits until it has ended by itself; its output ends when it does.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + SOON;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.note(&line),
                Err(RecvTimeoutError::Disconnected) => return (self.child.wait().unwrap(), std::mem::take(&mut self.said)),
                Err(RecvTimeoutError::Timeout) => panic!("it did not end; it said:\n{}", self.said),
            }
        }
    }

    /// Sends `signal` to the service alone.
    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(self) -> (ExitStatus, String) {
        self.signal(Signal::SIGTERM);
        self.ended()
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn note(&mut self, line: &str) {
        self.said.push_str(line);
        self.said.push('\n');
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            // The database follows its service.
            let _already_gone = self.child.kill();
            let _status = self.child.wait();
        }
    }
}

/// Asks again and again, until `claim` holds.
pub(crate) fn eventually(what: &str, mut claim: impl FnMut() -> bool) {
    let deadline = Instant::now() + SOON;
    while !claim() {
        assert!(Instant::now() < deadline, "not within {SOON:?}: {what}");
        thread::park_timeout(Duration::from_millis(50));
    }
}

fn nobody() -> User {
    User::from_uid(Uid::from_raw(65534)).unwrap().unwrap()
}

/// The binary, where an ordinary user can run it: the checkout may be somebody's private folder.
fn binary_for_nobody(folder: &Path) -> PathBuf {
    let built = PathBuf::from(env!("CARGO_BIN_EXE_motorpool"));
    let is_open = |folder: &Path| fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o001 != 0);
    if built.ancestors().all(is_open) {
        return built;
    }
    let copy = folder.join("motorpool-binary");
    if !copy.exists() {
        fs::copy(&built, &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    }
    copy
}

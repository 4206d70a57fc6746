//! The built program as a child process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// What a program that has ended said.
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A running program; ended when it is dropped.
pub(crate) struct Program {
    child: Child,
    lines: Receiver<String>,
    /// Its folder, so that no settings of ours are read.
    _folder: TempDir,
}

/// Runs the program to its end.
pub(crate) fn run(args: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    let Output { status, stdout, stderr } = command(args, &[], &folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { status, stdout: text(stdout), stderr: text(stderr) }
}

/// What follows `scheme` in the lines that a service prints when it is ready.
pub(crate) fn address(lines: &str, scheme: &str) -> String {
    let after = lines.split(scheme).nth(1).unwrap_or_else(|| panic!("no {scheme} in {lines}"));
    after.split_whitespace().next().unwrap().to_owned()
}

impl Program {
    pub(crate) fn start(args: &[&str], vars: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut child = command(args, vars, &folder).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            while stdout.read_line(&mut line).is_ok_and(|count| count > 0) {
                if tell.send(std::mem::take(&mut line)).is_err() {
                    let _ = stdout.read_to_end(&mut Vec::new());
                }
            }
        });
        Self { child, lines, _folder: folder }
    }

    /// What it prints up to the first line with that word.
    pub(crate) fn lines_until(&mut self, word: &str, within: Duration) -> String {
        let end = Instant::now() + within;
        let mut said = String::new();
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    said.push_str(&line);
                    if line.contains(word) {
                        return said;
                    }
                }
                Err(error) => panic!("no {word:?} within {within:?} ({error}) in: {said}"),
            }
        }
    }

    pub(crate) fn interrupt(&self) {
        kill(self.pid(), Signal::SIGINT).unwrap();
    }

    /// SIGTERM, and it ends well.
    pub(crate) fn stop(&mut self) {
        kill(self.pid(), Signal::SIGTERM).unwrap();
        assert!(self.wait(Duration::from_mins(1)).success());
    }

    pub(crate) fn wait(&mut self, within: Duration) -> ExitStatus {
        let end = Instant::now() + within;
        // Its standard output ends with it.
        while self.lines.recv_timeout(end.saturating_duration_since(Instant::now())).is_ok() {}
        assert!(Instant::now() < end, "the program has not ended within {within:?}");
        self.child.wait().unwrap()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(args: &[&str], vars: &[(&str, &str)], folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motorpool"));
    command.args(args).current_dir(folder.path()).stdin(Stdio::null());
    command.envs(vars.iter().map(|(name, value)| (format!("MOTORPOOL__{name}"), value)));
    command
}

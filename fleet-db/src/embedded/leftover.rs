//! What a killed service leaves behind: a server that still runs, files that name a process that is gone.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{EmbeddedError, Progress, Step};

/// How long a leftover server gets to stop in order, and then at once.
const IN_ORDER: Duration = Duration::from_secs(30);
const AT_ONCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Stops every process that still works in `cluster`; we hold the folder's lock, so none of them has an owner.
pub(super) fn stop(cluster: &Path, progress: &Progress) -> Result<(), EmbeddedError> {
    let Some(first) = processes_in(cluster).first().copied() else { return Ok(()) };
    let postmaster = postmaster_of(cluster).filter(|pid| processes_in(cluster).contains(pid));
    progress(Step::StoppingLeftover(postmaster.unwrap_or(first).as_raw()));
    // The processes of a server whose postmaster is gone notice that themselves and end.
    if let Some(postmaster) = postmaster {
        // Gone in the meantime is just as good.
        let _ = kill(postmaster, Signal::SIGINT);
    }
    if are_gone_within(cluster, IN_ORDER) {
        return Ok(());
    }
    for process in processes_in(cluster) {
        let _ = kill(process, Signal::SIGQUIT);
    }
    if are_gone_within(cluster, AT_ONCE) {
        return Ok(());
    }
    let pid = processes_in(cluster).first().copied().unwrap_or(first).as_raw();
    Err(EmbeddedError::Leftover { folder: cluster.to_owned(), pid })
}

/// Removes the files by which PostgreSQL recognises a running server; called when [`stop`] found none running.
///
/// PostgreSQL would see for itself that their process is gone, unless its number has been given to another since, as
/// happens at once when a container starts again.
pub(super) fn sweep(cluster: &Path, socket: &Path) {
    let lock = PathBuf::from(format!("{}.lock", socket.display()));
    for file in [&cluster.join("postmaster.pid"), socket, &lock] {
        // Usually not there; what cannot be removed PostgreSQL will name itself.
        let _ = fs::remove_file(file);
    }
}

fn are_gone_within(cluster: &Path, within: Duration) -> bool {
    let deadline = Instant::now() + within;
    while Instant::now() < deadline {
        if processes_in(cluster).is_empty() {
            return true;
        }
        thread::park_timeout(LOOK_EVERY);
    }
    false
}

fn postmaster_of(cluster: &Path) -> Option<Pid> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
}

/// The processes whose working folder is `cluster`, as that of every process of a PostgreSQL server is.
fn processes_in(cluster: &Path) -> Vec<Pid> {
    let numbers =
        fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|number: &i32| fs::read_link(format!("/proc/{number}/cwd")).is_ok_and(|cwd| cwd == cluster))
        .map(Pid::from_raw)
        .collect()
}

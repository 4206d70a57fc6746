//! Making a cluster, and the settings a server of ours runs with.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::statvfs::statvfs;

use super::error::NEEDED_BYTES;
use super::folder::Folder;
use super::programs::Programs;
use super::{EmbeddedError, NAME, PORT, Progress, Settings, Step, leftover};

/// What a cluster is called until it is complete, so that a kill in between leaves nothing that looks like one.
const UNFINISHED: &str = "pg.new";
/// Connections beside the pool's: listeners, `psql`, the server's own.
const SPARE_CONNECTIONS: u32 = 16;

/// Makes the cluster when there is none; true when it did.
pub(super) fn create_unless_there(folder: &Folder, programs: &Programs, progress: &Progress) -> Result<bool, EmbeddedError> {
    if folder.made_by()?.is_some() {
        return Ok(false);
    }
    check_room(folder.root())?;
    progress(Step::Creating);
    let unfinished = folder.root().join(UNFINISHED);
    if unfinished.exists() {
        leftover::stop(&unfinished, progress)?;
        fs::remove_dir_all(&unfinished).map_err(|error| EmbeddedError::io("remove", &unfinished, error))?;
    }
    fs::create_dir(&unfinished).map_err(|error| EmbeddedError::io("make", &unfinished, error))?;
    folder.run_as().give(&unfinished)?;
    let made = initdb(folder, programs, &unfinished).and_then(|()| {
        let cluster = folder.cluster();
        fs::rename(&unfinished, &cluster).map_err(|error| EmbeddedError::io("make", &cluster, error))
    });
    if made.is_err() {
        // Half a cluster only takes room; the next start removes it too.
        let _ = fs::remove_dir_all(&unfinished);
    }
    made.map(|()| true)
}

fn check_room(root: &Path) -> Result<(), EmbeddedError> {
    let Ok(disk) = statvfs(root) else { return Ok(()) };
    let free = disk.blocks_available().saturating_mul(disk.fragment_size());
    if free < NEEDED_BYTES {
        return Err(EmbeddedError::DiskFull { folder: root.to_owned(), free_bytes: Some(free) });
    }
    Ok(())
}

fn initdb(folder: &Folder, programs: &Programs, unfinished: &Path) -> Result<(), EmbeddedError> {
    let mut command = folder.run_as().command(&programs.path("initdb"), "TERM");
    command
        .args(["--username", NAME, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--pgdata"])
        .arg(unfinished);
    // Its working folder is how a later start recognises one that was left over.
    clean(&mut command).current_dir(unfinished).stdin(Stdio::null());
    let output = command.output().map_err(|error| EmbeddedError::io("run", &programs.path("initdb"), error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    match EmbeddedError::of_output(folder.root(), said) {
        EmbeddedError::StartFailed { said } => Err(EmbeddedError::InitFailed { said }),
        other => Err(other),
    }
}

/// The command that runs the server of `folder`.
pub(super) fn command_line(folder: &Folder, programs: &Programs, settings: &Settings) -> impl Fn() -> Command + Send + use<> {
    let (program, cluster, run_as) = (programs.path("postgres"), folder.cluster(), folder.run_as().clone());
    let options = options(folder.socket_dir(), settings);
    move || {
        // A fast shutdown (SIGINT) when the service is gone: nobody is left to wait for.
        let mut command = run_as.command(&program, "INT");
        command.arg("-D").arg(&cluster).arg("-p").arg(PORT.to_string());
        for (name, value) in &options {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        clean(&mut command).current_dir("/").stdin(Stdio::null());
        command
    }
}

/// Nothing of the caller's environment reaches the server (`PGDATA`, `PGPORT`, a locale).
fn clean(command: &mut Command) -> &mut Command {
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    command.env_clear().env("PATH", path).env("LC_ALL", "C").env("TZ", "UTC")
}

/// Durable always (fsync and synchronous commit stay on); sized for one machine that does other things too.
fn options(socket_dir: &Path, settings: &Settings) -> Vec<(&'static str, String)> {
    // A list of folders in quotes, in which a quote is doubled.
    let sockets = format!("\"{}\"", socket_dir.display().to_string().replace('"', "\"\""));
    let fixed = [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        // Recovery after a kill replays at most about this much: some six seconds.
        ("max_wal_size", "1GB"),
        ("wal_compression", "lz4"),
        ("checkpoint_timeout", "15min"),
        ("wal_level", "replica"),
        ("max_wal_senders", "2"),
        ("effective_cache_size", "2GB"),
        ("work_mem", "16MB"),
        ("maintenance_work_mem", "128MB"),
        ("random_page_cost", "1.1"),
        ("jit", "off"),
        // Not in /dev/shm, which containers keep small.
        ("dynamic_shared_memory_type", "mmap"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("lc_messages", "C"),
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
        // What a statement did wrong is told to the one who sent it; here the server speaks of itself.
        ("log_min_messages", "log"),
        ("log_checkpoints", "off"),
        ("log_line_prefix", "%b|"),
    ];
    let mut options: Vec<_> = fixed.map(|(name, value)| (name, value.to_owned())).into();
    options.push(("unix_socket_directories", sockets));
    options.push(("max_connections", (settings.max_connections + SPARE_CONNECTIONS).to_string()));
    options.push(("shared_buffers", format!("{}kB", (settings.shared_buffers_bytes >> 10).max(128))));
    options
}

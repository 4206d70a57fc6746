//! Why the private server does not run, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::DbError;

/// Why the private PostgreSQL does not run.
#[derive(Debug, Error)]
pub enum EmbeddedError {
    /// No `initdb` and `postgres` anywhere.
    #[error("PostgreSQL is not installed (looked in {})", list(.searched))]
    ServerMissing {
        /// Where we looked.
        searched: Vec<PathBuf>,
    },
    /// The server is there, PostGIS is not.
    #[error("PostgreSQL {major} in {} has no PostGIS", .bin_dir.display())]
    PostgisMissing {
        /// The server's major version.
        major: String,
        /// Where its programs are.
        bin_dir: PathBuf,
    },
    /// PostgreSQL refuses to run as root, and there is nobody else to run it as.
    #[error("there is no user `postgres` to run the database as")]
    UserMissing,
    /// The user that runs the server cannot get to the folder.
    #[error("{} cannot be entered by user {user}, who runs the database", .folder.display())]
    NotReachable {
        /// The first folder on the way that is closed.
        folder: PathBuf,
        /// Who cannot enter.
        user: String,
    },
    /// Another motorpool uses the folder.
    #[error("{} is in use by another motorpool{}", .folder.display(), .pid.map(|pid| format!(", process {pid}")).unwrap_or_default())]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// Who uses it.
        pid: Option<i32>,
    },
    /// The cluster was made by a major version that is not installed.
    #[error("{} was made by PostgreSQL {made}, installed is {installed}", .folder.display())]
    WrongVersion {
        /// The cluster.
        folder: PathBuf,
        /// Its major version.
        made: String,
        /// The installed one.
        installed: String,
    },
    /// The folder belongs to somebody else.
    #[error("{} belongs to another user", .folder.display())]
    WrongOwner {
        /// What belongs to somebody else.
        folder: PathBuf,
    },
    /// No room on the disk.
    #[error("the disk of {} is full{}", .folder.display(), .free_bytes.map(|free| format!(": {} MB free, {} MB needed", free >> 20, NEEDED_BYTES >> 20)).unwrap_or_default())]
    DiskFull {
        /// What lies on that disk.
        folder: PathBuf,
        /// What is left.
        free_bytes: Option<u64>,
    },
    /// A server of a service that was killed does not go away.
    #[error("an old database server, process {pid}, still uses {} and does not stop", .folder.display())]
    Leftover {
        /// The cluster.
        folder: PathBuf,
        /// The old server.
        pid: i32,
    },
    /// `initdb` failed.
    #[error("the database could not be created: {said}")]
    InitFailed {
        /// What it said last.
        said: String,
    },
    /// `postgres` failed.
    #[error("the database did not start: {said}")]
    StartFailed {
        /// What it said last.
        said: String,
    },
    /// A file of ours could not be made or read.
    #[error("cannot {what} {}", .path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The service is being stopped.
    #[error("the start was interrupted: {0}")]
    Interrupted(String),
    /// The server runs, and refuses us.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Room that a new cluster and its first log files take.
pub(super) const NEEDED_BYTES: u64 = 160 << 20;

const INSTALL: &str = "apt-get install -y --no-install-recommends";

impl EmbeddedError {
    /// The code that people and programs see.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ServerMissing { .. } => "postgres.missing",
            Self::PostgisMissing { .. } => "postgis.missing",
            Self::UserMissing => "postgres.user_missing",
            Self::NotReachable { .. } => "data.not_reachable",
            Self::InUse { .. } => "data.in_use",
            Self::WrongVersion { .. } => "data.wrong_version",
            Self::WrongOwner { .. } => "data.wrong_owner",
            Self::DiskFull { .. } => "data.disk_full",
            Self::Leftover { .. } => "data.leftover",
            Self::InitFailed { .. } => "database.init_failed",
            Self::StartFailed { .. } => "database.start_failed",
            Self::Io { .. } => "data.unusable",
            Self::Interrupted(_) => "database.interrupted",
            Self::Db(error) => error.code(),
        }
    }

    /// What to do about it, where that can be said.
    pub fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::ServerMissing { .. } => format!(
                "{INSTALL} postgresql-15 postgresql-15-postgis-3   (Debian 12; or set database.bin_dir, or database.url for a server of yours)"
            ),
            Self::PostgisMissing { major, .. } => format!("{INSTALL} postgresql-{major}-postgis-3"),
            Self::UserMissing => format!("{INSTALL} postgresql-15   (makes that user), or start motorpool as an ordinary user"),
            Self::NotReachable { folder, user } => {
                format!(
                    "choose another folder with --data, for example /var/lib/motorpool, or let {user} pass: chmod o+x {}",
                    folder.display()
                )
            }
            Self::InUse { .. } => String::from("stop the other one, or choose another folder with --data"),
            Self::WrongVersion { made, .. } => {
                format!(
                    "install postgresql-{made} and postgresql-{made}-postgis-3 again; motorpool does not convert a cluster by itself"
                )
            }
            Self::WrongOwner { .. } => {
                String::from("start motorpool as the user it belongs to (or as root), or choose another folder with --data")
            }
            Self::DiskFull { .. } => {
                String::from("make room and start again, or choose a folder on another disk with --data; nothing is lost")
            }
            Self::Leftover { pid, .. } => format!("look at process {pid} and end it, then start again"),
            Self::Io { .. } => String::from("check the folder's permissions, or choose another one with --data"),
            Self::InitFailed { .. } | Self::StartFailed { .. } | Self::Interrupted(_) | Self::Db(_) => return None,
        })
    }

    /// An error of the file system, of which a full disk is one of its own.
    pub(super) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::StorageFull {
            Self::DiskFull { folder: path.to_owned(), free_bytes: None }
        } else {
            Self::Io { what, path: path.to_owned(), source }
        }
    }

    /// What a server that gave up meant by its last words.
    pub(super) fn of_output(folder: &Path, said: String) -> Self {
        if said.contains("No space left on device") {
            Self::DiskFull { folder: folder.to_owned(), free_bytes: None }
        } else if said.contains("has wrong ownership") {
            Self::WrongOwner { folder: folder.to_owned() }
        } else {
            Self::StartFailed { said }
        }
    }
}

fn list(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}

//! The data folder: who uses it, where in it things are, and whether the server can get there.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::EmbeddedError;
use super::run_as::RunAs;

/// Longest path that a unix socket can have (`sun_path` without its closing zero).
const SOCKET_PATH_BYTES: usize = 107;
/// Name of the socket file for port 5432, with the lock file that PostgreSQL puts beside it.
const SOCKET_LOCK: &str = ".s.PGSQL.5432.lock";

/// A data folder that is ours until this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    socket_dir: PathBuf,
    run_as: RunAs,
    // Holds the lock; the system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder when there is none, and takes it unless another motorpool has it.
    pub(super) fn take(data_dir: &Path) -> Result<Self, EmbeddedError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(data_dir)
            .map_err(|error| EmbeddedError::io("make", data_dir, error))?;
        let root = fs::canonicalize(data_dir).map_err(|error| EmbeddedError::io("find", data_dir, error))?;
        let lock = lock(&root)?;
        let run_as = RunAs::choose(&root.join("pg"))?;
        run_as.reach(&root)?;
        let socket_dir = choose_socket_dir(&root, &run_as);
        let folder = Self { root, socket_dir, run_as, _lock: lock };
        folder.check_owner()?;
        Ok(folder)
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The cluster.
    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("pg")
    }

    /// Who runs the server.
    pub(super) fn run_as(&self) -> &RunAs {
        &self.run_as
    }

    /// Where the unix socket is.
    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The unix socket.
    pub(super) fn socket_file(&self, port: u16) -> PathBuf {
        self.socket_dir.join(format!(".s.PGSQL.{port}"))
    }

    /// The cluster with the major version that made it, when there is one.
    pub(super) fn made_by(&self) -> Result<Option<(PathBuf, String)>, EmbeddedError> {
        let cluster = self.cluster();
        let file = cluster.join("PG_VERSION");
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Some((cluster, text.trim().to_owned()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(EmbeddedError::io("read", &file, error)),
        }
    }

    /// Makes the socket's folder, for the server's user alone.
    pub(super) fn make_socket_dir(&self) -> Result<(), EmbeddedError> {
        let dir = &self.socket_dir;
        match fs::DirBuilder::new().mode(0o700).create(dir) {
            Ok(()) => self.run_as.give(dir),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Outside the data folder somebody else could have put it there first.
                let found = fs::symlink_metadata(dir).map_err(|error| EmbeddedError::io("read", dir, error))?;
                if !found.is_dir() || found.uid() != self.run_as.uid().as_raw() {
                    return Err(EmbeddedError::WrongOwner { folder: dir.clone() });
                }
                self.run_as.give(dir)
            }
            Err(error) => Err(EmbeddedError::io("make", dir, error)),
        }
    }

    /// Takes away what lies outside the data folder.
    pub(super) fn leave(&self) {
        if !self.socket_dir.starts_with(&self.root) {
            // Left behind, it would only be used again by the next start.
            let _ = fs::remove_dir(&self.socket_dir);
        }
    }

    fn check_owner(&self) -> Result<(), EmbeddedError> {
        let cluster = self.cluster();
        match fs::metadata(&cluster) {
            Ok(found) if found.uid() != self.run_as.uid().as_raw() => Err(EmbeddedError::WrongOwner { folder: cluster }),
            _ => Ok(()),
        }
    }
}

fn lock(root: &Path) -> Result<File, EmbeddedError> {
    let path = root.join("motorpool.lock");
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o644).open(&path).map_err(|error| {
            if error.kind() == io::ErrorKind::PermissionDenied {
                EmbeddedError::WrongOwner { folder: root.to_owned() }
            } else {
                EmbeddedError::io("open", &path, error)
            }
        })?;
    match file.try_lock() {
        Ok(()) => {
            // Only tells people who has it; the lock itself is what counts, and works on a full disk too.
            let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let text = fs::read_to_string(&path).unwrap_or_default();
            Err(EmbeddedError::InUse { folder: root.to_owned(), pid: text.trim().parse().ok() })
        }
        Err(TryLockError::Error(error)) => Err(EmbeddedError::io("lock", &path, error)),
    }
}

/// `<data>/run`, or a short folder elsewhere when the socket's path would be too long.
fn choose_socket_dir(root: &Path, run_as: &RunAs) -> PathBuf {
    let inside = root.join("run");
    if fits(&inside) {
        return inside;
    }
    let name = format!("motorpool-{}-{:016x}", run_as.uid(), fnv1a(root.as_os_str().as_encoded_bytes()));
    let runtime = if run_as.uid() == nix::unistd::Uid::effective() {
        std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from)
    } else {
        Some(PathBuf::from("/run"))
    };
    let places = runtime.into_iter().filter(|dir| dir.is_dir()).chain([std::env::temp_dir()]);
    places.map(|dir| dir.join(&name)).find(|dir| fits(dir)).unwrap_or_else(|| Path::new("/tmp").join(name))
}

fn fits(dir: &Path) -> bool {
    dir.join(SOCKET_LOCK).as_os_str().len() <= SOCKET_PATH_BYTES
}

/// FNV-1a: a name that is the same in every version of this program.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_once_and_the_second_taker_is_told_by_whom() {
        let data = tempfile::tempdir().unwrap();
        let _held = lock(data.path()).unwrap();
        let refused = lock(data.path()).unwrap_err();
        assert_eq!(refused.code(), "data.in_use");
        assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
    }

    #[test]
    fn a_socket_that_would_lie_too_deep_lies_elsewhere() {
        let ourselves = RunAs::choose(Path::new("/")).unwrap();
        let deep = PathBuf::from(format!("/{}", "deep/".repeat(25)));
        let elsewhere = choose_socket_dir(&deep, &ourselves);
        assert!(!elsewhere.starts_with(&deep) && fits(&elsewhere), "{}", elsewhere.display());
        assert_eq!(choose_socket_dir(Path::new("/srv/motorpool"), &ourselves), Path::new("/srv/motorpool/run"));
    }
}

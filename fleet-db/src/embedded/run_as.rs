//! Who runs the server: ourselves, or `postgres` when we are root, since PostgreSQL refuses root.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;

use nix::unistd::{Gid, Uid, User, chown, getgrouplist};

use super::EmbeddedError;

/// The user that PostgreSQL runs as.
#[derive(Clone, Debug)]
pub(super) struct RunAs {
    /// Set when it is not the user that we are.
    other: Option<User>,
}

impl RunAs {
    /// Ourselves; as root the owner of a cluster that is already there, else `postgres`.
    pub(super) fn choose(cluster: &Path) -> Result<Self, EmbeddedError> {
        if !Uid::effective().is_root() {
            return Ok(Self { other: None });
        }
        let owner = fs::metadata(cluster).ok().map(|found| Uid::from_raw(found.uid())).filter(|uid| !uid.is_root());
        let user = match owner {
            Some(uid) => User::from_uid(uid),
            None => User::from_name("postgres"),
        };
        match user {
            Ok(Some(user)) => Ok(Self { other: Some(user) }),
            Ok(None) | Err(_) => Err(EmbeddedError::UserMissing),
        }
    }

    /// The number of the user.
    pub(super) fn uid(&self) -> Uid {
        self.other.as_ref().map_or_else(Uid::effective, |user| user.uid)
    }

    /// A command that runs `program` as that user, and that ends with `end_signal` when the thread that starts it ends.
    ///
    /// `setpriv` (util-linux, on every Debian) sets what only unsafe code could set from here.
    pub(super) fn command(&self, program: &Path, end_signal: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.arg("--pdeathsig").arg(end_signal);
        if let Some(user) = &self.other {
            command.arg("--reuid").arg(user.uid.to_string()).arg("--regid").arg(user.gid.to_string()).arg("--init-groups");
        }
        command.arg("--").arg(program);
        command
    }

    /// Gives `path` to that user alone.
    pub(super) fn give(&self, path: &Path) -> Result<(), EmbeddedError> {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|error| EmbeddedError::io("close", path, error))?;
        if let Some(user) = &self.other {
            chown(path, Some(user.uid), Some(user.gid)).map_err(|error| EmbeddedError::io("hand over", path, error.into()))?;
        }
        Ok(())
    }

    /// Makes sure that the user can get to `folder`, which is ours, and to everything above it, which is not.
    pub(super) fn reach(&self, folder: &Path) -> Result<(), EmbeddedError> {
        let Some(user) = &self.other else { return Ok(()) };
        let groups = groups_of(user);
        if !can_enter(folder, user, &groups) && is_roots(folder) {
            // The service's own folder: let the server's group pass, and nobody else.
            chown(folder, None, Some(user.gid)).map_err(|error| EmbeddedError::io("open", folder, error.into()))?;
            let mode = fs::metadata(folder).map_or(0o700, |found| found.mode() & 0o777);
            let opened = fs::Permissions::from_mode(mode | 0o010);
            fs::set_permissions(folder, opened).map_err(|error| EmbeddedError::io("open", folder, error))?;
        }
        match folder.ancestors().filter(|above| !can_enter(above, user, &groups)).last() {
            Some(closed) => Err(EmbeddedError::NotReachable { folder: closed.to_owned(), user: user.name.clone() }),
            None => Ok(()),
        }
    }
}

fn groups_of(user: &User) -> Vec<Gid> {
    let name = std::ffi::CString::new(user.name.as_bytes()).unwrap_or_default();
    getgrouplist(&name, user.gid).unwrap_or_else(|_unknown| vec![user.gid])
}

fn is_roots(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|found| found.uid() == 0 && found.gid() == 0)
}

fn can_enter(folder: &Path, user: &User, groups: &[Gid]) -> bool {
    let Ok(found) = fs::metadata(folder) else { return false };
    let bit = if found.uid() == user.uid.as_raw() {
        0o100
    } else if groups.contains(&Gid::from_raw(found.gid())) {
        0o010
    } else {
        0o001
    };
    found.mode() & bit != 0
}

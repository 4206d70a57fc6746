//! A disk that is small enough to be filled up.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// A small disk of its own, for as long as it is held.
pub(crate) struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// Mounts one at `folder`; only root can.
    pub(crate) fn at(folder: &'a Path, megabytes: u32) -> Self {
        let size = format!("size={megabytes}m,mode=755");
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).status().unwrap();
        assert!(status.success(), "root may mount a tmpfs");
        Self(folder)
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _status = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

/// Writes until nothing more goes in.
pub(crate) fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for block in [vec![0_u8; 1 << 20], vec![0_u8; 512]] {
        while file.write_all(&block).is_ok() {}
    }
}

//! Finding PostgreSQL's own programs, and PostGIS beside them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;

/// An installed PostgreSQL with PostGIS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// Where `initdb` and `postgres` are.
    pub bin_dir: PathBuf,
    /// The major version, for example `15`.
    pub major: String,
}

impl Programs {
    /// Looks in `bin_dir` alone when given, else on the path and where distributions put it; `cluster` is one that
    /// is already there with the version that made it, which no other version can run.
    pub fn find(bin_dir: Option<&Path>, cluster: Option<(PathBuf, String)>) -> Result<Self, EmbeddedError> {
        let searched = match bin_dir {
            Some(dir) => vec![dir.to_owned()],
            None => usual_places(),
        };
        let installed: Vec<Self> = searched.iter().filter_map(|dir| Self::in_dir(dir)).collect();
        let Some(first) = installed.first() else { return Err(EmbeddedError::ServerMissing { searched }) };
        let mut fitting: Vec<&Self> = installed.iter().collect();
        if let Some((folder, made)) = cluster {
            fitting.retain(|found| found.major == made);
            if fitting.is_empty() {
                return Err(EmbeddedError::WrongVersion { folder, made, installed: first.major.clone() });
            }
        }
        if let Some(complete) = fitting.iter().find(|found| found.has_postgis()) {
            return Ok((*complete).clone());
        }
        let best = fitting.first().copied().unwrap_or(first);
        Err(EmbeddedError::PostgisMissing { major: best.major.clone(), bin_dir: best.bin_dir.clone() })
    }

    /// The program `name`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }

    fn in_dir(dir: &Path) -> Option<Self> {
        if !dir.join("initdb").exists() || !dir.join("postgres").exists() {
            return None;
        }
        let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
        let major: String = version.chars().take_while(char::is_ascii_digit).collect();
        Some(Self { bin_dir: dir.to_owned(), major })
    }

    fn has_postgis(&self) -> bool {
        self.share_dirs().iter().any(|dir| dir.join("extension/postgis.control").exists())
    }

    fn share_dirs(&self) -> Vec<PathBuf> {
        let asked = Command::new(self.path("pg_config")).arg("--sharedir").output();
        if let Ok(output) = asked
            && output.status.success()
        {
            return vec![PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())];
        }
        let prefix = self.bin_dir.join("..");
        vec![Path::new("/usr/share/postgresql").join(&self.major), prefix.join("share"), prefix.join("share/postgresql")]
    }
}

/// The path, then Debian's and Red Hat's folders, the newest version first.
fn usual_places() -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    places.retain(|dir| dir.join("postgres").exists());
    let mut versions: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix) in [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")] {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if let Some(version) = name.to_str().and_then(|name| name.strip_prefix(prefix)).and_then(|text| text.parse().ok()) {
                versions.push((version, entry.path().join("bin")));
            }
        }
    }
    versions.sort_by(|one, other| other.cmp(one));
    places.extend(versions.into_iter().map(|(_, dir)| dir));
    if places.is_empty() {
        places.extend([PathBuf::from("the path"), PathBuf::from("/usr/lib/postgresql/*/bin")]);
    }
    places
}

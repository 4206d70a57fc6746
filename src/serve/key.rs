//! The keys of the data folder: the one that secrets in the store are sealed with, so that the store alone gives none away, and the one
//! that the audit log is signed with.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use dispatch::audit::seal::SealKey;
use web::{DataKey, KEY_BYTES};

use crate::config::Config;

/// Name of the file of the one in the data folder.
const FILE: &str = "secrets.key";
/// Name of the file of the other, where none is configured.
const AUDIT_FILE: &str = "audit-key.pem";

/// Reads the key, or makes one on the first start.
pub(crate) fn of_folder(data_dir: &Path) -> anyhow::Result<DataKey> {
    let path = data_dir.join(FILE);
    let text = match read(&path)? {
        Some(text) => text,
        None => make(&path, &format!("{}\n", hex::encode(DataKey::random().bytes())))?,
    };
    let mut bytes = [0; KEY_BYTES];
    hex::decode_to_slice(text.trim(), &mut bytes)
        .with_context(|| format!("{} does not hold a key of {KEY_BYTES} bytes in hexadecimal", path.display()))?;
    Ok(DataKey::new(bytes))
}

/// Where the key of the audit log is.
pub(crate) fn audit_path(config: &Config) -> PathBuf {
    config.audit.key_file.clone().unwrap_or_else(|| config.database.data_dir.join(AUDIT_FILE))
}

/// The key of the audit log, if there is one.
pub(crate) fn audit(path: &Path) -> anyhow::Result<Option<SealKey>> {
    let Some(text) = read(path)? else { return Ok(None) };
    let key =
        SealKey::from_pem(&text).with_context(|| format!("{} does not hold an SM2 key in PEM (PKCS #8)", path.display()))?;
    Ok(Some(key))
}

/// Reads the key of the audit log, or makes one on the first start.
pub(crate) fn audit_or_new(path: &Path) -> anyhow::Result<SealKey> {
    if let Some(key) = audit(path)? {
        return Ok(key);
    }
    let made = web::sealing::new_key().and_then(|key| key.to_pem()).context("no key can be made for the audit log")?;
    let text = make(path, &made)?;
    SealKey::from_pem(&text).with_context(|| format!("{} does not hold an SM2 key in PEM (PKCS #8)", path.display()))
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Written beside and linked, so that a crash leaves the whole key or none, and of two that start at once both have the first one's.
fn make(path: &Path, text: &str) -> anyhow::Result<String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<String> {
        fs::create_dir_all(folder)?;
        let new = path.with_extension(format!("new-{}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&new, path);
        fs::remove_file(&new)?;
        match linked {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            linked => linked?,
        }
        File::open(folder)?.sync_all()?;
        fs::read_to_string(path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_folder_keeps_its_keys_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = of_folder(&data).unwrap();
        assert_eq!(of_folder(&data).unwrap().bytes(), first.bytes());
        let path = data.join(AUDIT_FILE);
        let signing = audit_or_new(&path).unwrap();
        assert_eq!(audit_or_new(&path).unwrap().public(), signing.public());
        for file in [FILE, AUDIT_FILE] {
            assert_eq!(fs::metadata(data.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        }
        assert_eq!(fs::read_dir(&data).unwrap().count(), 2, "nothing is left over");
        let other = tempfile::tempdir().unwrap();
        assert_ne!(of_folder(other.path()).unwrap().bytes(), first.bytes());
        fs::write(data.join(FILE), "too short").unwrap();
        assert!(of_folder(&data).unwrap_err().to_string().contains("secrets.key"), "a broken key is not replaced");
        fs::write(&path, "no key").unwrap();
        assert!(audit_or_new(&path).unwrap_err().to_string().contains(AUDIT_FILE), "a broken key is not replaced");
    }
}

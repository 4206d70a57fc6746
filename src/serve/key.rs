//! The key of the data folder: secrets that lie in the store are sealed with it, so that the store alone gives none away.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use web::{DataKey, KEY_BYTES};

/// Name of its file in the data folder.
const FILE: &str = "secrets.key";

/// Reads the key, or makes one on the first start.
pub(crate) fn of_folder(data_dir: &Path) -> anyhow::Result<DataKey> {
    let path = data_dir.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => {
            let mut bytes = [0; KEY_BYTES];
            hex::decode_to_slice(text.trim(), &mut bytes)
                .with_context(|| format!("{} does not hold a key of {KEY_BYTES} bytes in hexadecimal", path.display()))?;
            Ok(DataKey::new(bytes))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => make(data_dir, &path),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Written beside and renamed, so that a crash leaves the whole key or none.
fn make(data_dir: &Path, path: &Path) -> anyhow::Result<DataKey> {
    let key = DataKey::random();
    let write = || {
        fs::create_dir_all(data_dir)?;
        let new = path.with_extension("new");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        writeln!(file, "{}", hex::encode(key.bytes()))?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        File::open(data_dir)?.sync_all()
    };
    write().with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_folder_keeps_its_key_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = of_folder(&data).unwrap();
        assert_eq!(of_folder(&data).unwrap().bytes(), first.bytes());
        assert_eq!(fs::metadata(data.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(of_folder(other.path()).unwrap().bytes(), first.bytes());
        fs::write(data.join(FILE), "too short").unwrap();
        assert!(of_folder(&data).unwrap_err().to_string().contains("secrets.key"), "a broken key is not replaced");
    }
}

//! Puts the console's build, or a page that says how to make it, where the program embeds it from. Never runs node.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dist = Path::new("console/dist");
    let placeholder = Path::new("src/placeholder");
    let target = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?).join("console");
    println!("cargo:rerun-if-changed={}", placeholder.display());
    // Cargo takes a watched path that is missing for changed, each time; an empty folder it can watch.
    let _ = fs::create_dir_all(dist);
    println!("cargo:rerun-if-changed={}", dist.display());
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    if dist.join("index.html").is_file() {
        copy(dist, &target)
    } else {
        println!("cargo:warning=the console is not built: the page will say so; `make console` builds it");
        copy(placeholder, &target)
    }
}

/// Copies a folder without source maps and hidden files (the build's manifest), which are for developers alone.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        let name = name.to_string_lossy();
        if name.starts_with('.') || name.contains(".map") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

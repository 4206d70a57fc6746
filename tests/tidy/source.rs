//! The files that the rules are about.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold what others made, or what was made from ours.
const NOT_OURS: &[&str] = &["target", "build", "node_modules", "dist", "data", ".git", ".sqlx"];

/// A file of this repository.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path from the root, with slashes.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) text: String,
}

impl Source {
    /// A test as a whole: an integration test, or the tests of a module in a file of their own.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs" || part == "benches")
    }

    /// The lines that are no tests and no comments, with their numbers.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests_begin = self.text.find("#[cfg(test)]\nmod tests").unwrap_or(self.text.len());
        let end = if self.is_test() { 0 } else { tests_begin };
        without_comments(self.text.get(..end).unwrap_or_default())
    }

    /// The lines of its tests that are no comments, with their numbers.
    pub(crate) fn test_code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests_begin = self.text.find("#[cfg(test)]").unwrap_or(self.text.len());
        let skipped = if self.is_test() { 0 } else { self.text.get(..tests_begin).unwrap_or_default().lines().count() };
        without_comments(&self.text).filter(move |(number, _)| *number > skipped)
    }
}

fn without_comments(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What is in the file `path` of the repository.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file whose name ends with one of `endings`.
pub(crate) fn files(endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    collect(root(), endings, &mut found);
    found.sort();
    let sources = found.iter().map(|path| Source {
        path: path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned(),
        text: fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    });
    sources.collect()
}

/// Every Rust file.
pub(crate) fn rust() -> Vec<Source> {
    files(&[".rs"])
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name();
        let name = name.to_str().unwrap();
        // The console keeps test data under `data` of its own; only the root's is not ours.
        let not_ours = NOT_OURS.contains(&name) && (name != "data" || folder == root());
        if not_ours || entry.file_type().unwrap().is_symlink() {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), endings, found);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(entry.path());
        }
    }
}

/// Fails with all that is wrong, not only the first.
pub(crate) fn assert_none(rule: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{rule}:\n  {}", wrong.join("\n  "));
}

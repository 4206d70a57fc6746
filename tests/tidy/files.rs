//! What every file looks like.

use std::path::Path;
use std::process::Command;

use crate::source::{assert_none, files, root, rust};

#[test]
fn every_file_says_in_its_first_line_what_it_is() {
    let silent = rust().into_iter().filter(|source| !source.text.starts_with("//! ")).map(|source| source.path);
    assert_none("no `//!` in the first line", &silent.collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_long() {
    let mut long = Vec::new();
    // `.d.ts` files are generated from the API's description.
    for source in files(&[".rs", ".ts", ".tsx", ".mjs", ".sh", ".css"]).iter().filter(|source| !source.path.ends_with(".d.ts")) {
        let limit = if source.is_test() { 800 } else { 600 };
        let lines = source.text.lines().count();
        if lines > limit {
            long.push(format!("{}: {lines} lines, {limit} at most", source.path));
        }
    }
    assert_none("too long", &long);
}

#[test]
fn modules_are_named_files_not_mod_rs() {
    let wrong = rust().into_iter().filter(|source| source.path.ends_with("/mod.rs")).map(|source| source.path);
    assert_none("`foo.rs` beside `foo/`, not `foo/mod.rs`", &wrong.collect::<Vec<_>>());
}

#[test]
fn no_test_is_switched_off_and_every_exception_says_why() {
    let mut wrong = Vec::new();
    // Put together here, so that this file does not find itself.
    let (off, silent) = (format!("#[{}", "ignore"), ["#[", "#!["].map(|open| format!("{open}{}", "allow(")));
    for source in rust() {
        for (index, line) in source.text.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with(&off) || silent.iter().any(|silent| line.starts_with(silent)) {
                wrong.push(format!("{}:{}: {line}", source.path, index + 1));
            }
        }
    }
    assert_none("switched off, or an exception that is not `#[expect(…, reason = …)]`", &wrong);
}

#[test]
fn no_test_sleeps() {
    let mut wrong = Vec::new();
    let sleeps = ["thread::", "time::", " "].map(|before| format!("{before}{}", "sleep("));
    // A measurement lasts as long as it is told to.
    for source in rust().iter().filter(|source| !source.path.starts_with("benches/")) {
        for (number, line) in source.test_code() {
            if sleeps.iter().any(|sleep| line.contains(sleep)) {
                wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert_none("a test waits for a condition with a deadline, not for time to pass", &wrong);
}

#[test]
fn nothing_is_left_to_do_without_a_number() {
    let words = ["TODO", "FIXME", "XXX"];
    let mut wrong = Vec::new();
    for source in rust().iter().filter(|source| !source.path.starts_with("tests/tidy/")) {
        for (index, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) && !line.contains('#') {
                wrong.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    assert_none("left to do, without the number of an issue", &wrong);
}

#[test]
fn the_scripts_are_sound_and_can_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    for source in files(&[".sh", "run"]).iter().filter(|source| source.text.starts_with("#!")) {
        let path = root().join(&source.path);
        let mode = path.metadata().unwrap().permissions().mode();
        assert!(mode & 0o111 != 0, "{} cannot be run", source.path);
        let shell = if source.text.starts_with("#!/bin/bash") { "bash" } else { "sh" };
        let checked = Command::new(shell).arg("-n").arg(&path).output().unwrap();
        assert!(checked.status.success(), "{}: {}", source.path, String::from_utf8_lossy(&checked.stderr));
    }
    assert!(Path::new(root()).join(".ci/run").exists());
}

//! Runs `motorpool decode` over many captures at once and compares what it says.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The folder that holds the checkout's own fixtures.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The objects of a file, one a line; none when there is no such file.
pub(crate) fn rows(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}", file.display()))).collect()
}

/// What the program says about each capture, in one run: one connection after another, told apart by where they stand.
pub(crate) fn decoded(protocol: &str, arguments: &[&str], captures: &[String]) -> Vec<Vec<Value>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.hex");
    let mut text = String::new();
    for capture in captures {
        // Cut where it hurts: frames and even bytes do not end where lines do.
        let (left, right) = capture.split_at(capture.len() / 3);
        writeln!(text, "{left}\n{right}\n").unwrap();
    }
    fs::write(&file, text).unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_motorpool")).args(["decode", protocol]).args(arguments).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut bases: Vec<u64> = vec![0];
    for capture in captures {
        bases.push(bases[bases.len() - 1] + capture.len() as u64 / 2);
    }
    let mut said = vec![Vec::new(); captures.len()];
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let at = line["at"].as_u64().unwrap();
        // An error at the very end of a connection stands where the next one begins; none of the captures has such.
        let index = bases.partition_point(|base| *base <= at) - 1;
        line["at"] = (at - bases[index]).into();
        for place in line.get_mut("packages_at").and_then(Value::as_array_mut).into_iter().flatten() {
            *place = (place.as_u64().unwrap() - bases[index]).into();
        }
        said[index.min(captures.len() - 1)].push(line);
    }
    said
}

/// Notes what is expected and not said; objects may say more, lists may not.
pub(crate) fn differs(path: &str, said: &Value, expected: &Value, out: &mut Vec<String>) {
    match (said, expected) {
        (Value::Object(said), Value::Object(expected)) => {
            for (key, value) in expected {
                differs(&format!("{path}.{key}"), said.get(key).unwrap_or(&Value::Null), value, out);
            }
        }
        (Value::Array(said), Value::Array(expected)) if said.len() == expected.len() => {
            for (index, (said, expected)) in said.iter().zip(expected).enumerate() {
                differs(&format!("{path}[{index}]"), said, expected, out);
            }
        }
        (Value::Number(said), Value::Number(expected)) if said.as_f64() == expected.as_f64() => {}
        _ if said == expected => {}
        _ => out.push(format!("{path} is {said}, not {expected}")),
    }
}

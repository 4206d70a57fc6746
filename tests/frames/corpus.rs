//! What fuzzing kept: every input that ever found a new way through a decoder goes through the program again, and is answered in JSON.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Runs `motorpool decode` over bytes; its lines.
fn decode(format: &str, input: Vec<u8>) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_motorpool"))
        .args(["decode", format])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{format}: {:?}", output.status);
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The inputs that were kept for a target.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 20, "{target} has a corpus");
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn what_fuzzing_kept_is_answered_by_every_decoder() {
    for (target, format) in
        [("jt808", "jt808"), ("jt808_down", "jt808"), ("gb32960", "gb32960"), ("jt809", "jt809"), ("phone", "osmand")]
    {
        // A blank line begins a new connection.
        let input: Vec<String> = corpus(target).iter().map(|bytes| format!("{}\n\n", hex::encode(bytes))).collect();
        for line in decode(format, input.concat().into_bytes()) {
            assert!(line["protocol"].is_string(), "{target}: {line}");
        }
    }
    for target in ["nmea", "obd"] {
        for bytes in corpus(target) {
            for line in decode(target, bytes) {
                assert_eq!(line["protocol"], target, "{line}");
            }
        }
    }
}

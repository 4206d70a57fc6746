//! Reading a sealed log again: is every line as it was written, and in its place?

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Digest, bind};

/// A log that holds (校验通过).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Number of the first line.
    pub first: u64,
    /// Number of the newest line.
    pub n: u64,
    /// Its seal.
    pub seal: Digest,
}

/// Where a log was changed (首个断点).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Line of the file, from 1.
    pub line: usize,
    /// The number that stands there or should.
    pub n: u64,
    /// Why it does not hold.
    pub code: &'static str,
}

/// What reading a log showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing in it.
    Empty,
    /// Every line holds.
    Whole(Chain),
    /// The first line that does not.
    Broken(Broken),
}

#[derive(Deserialize)]
struct Text {
    n: u64,
    detail: Value,
}

/// Reads a whole file.
pub fn chain(bytes: &[u8]) -> Verdict {
    let mut known: Option<Chain> = None;
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let expected = known.as_ref().map_or(1, |chain| chain.n + 1);
        let broken = |n, code| Verdict::Broken(Broken { line: index + 1, n, code });
        let Some((seal, text)) = line.split_at_checked(64).and_then(|(seal, rest)| Some((seal, rest.strip_prefix(b" ")?))) else {
            return broken(expected, "bridge.seal.line");
        };
        let Ok(said) = serde_json::from_slice::<Text>(text) else { return broken(expected, "bridge.seal.line") };
        let before = match &known {
            Some(chain) => Some(chain.seal),
            // The first line of a file names the seal before it: of the device's name, or of the file before.
            None => said.detail.get("before").and_then(Value::as_str).and_then(digest),
        };
        let Some(before) = before else { return broken(said.n, "bridge.seal.beginning") };
        if known.is_some() && said.n != expected {
            return broken(said.n, "bridge.seal.missing");
        }
        let sealed = bind(&before, text);
        if hex::encode(sealed).as_bytes() != seal {
            return broken(said.n, "bridge.seal.changed");
        }
        let first = known.as_ref().map_or(said.n, |chain| chain.first);
        known = Some(Chain { first, n: said.n, seal: sealed });
    }
    known.map_or(Verdict::Empty, Verdict::Whole)
}

/// The seal of line `n`, if the log has it: what the gateway was told when the log stood there.
pub fn seal_at(bytes: &[u8], n: u64) -> Option<String> {
    bytes.split(|byte| *byte == b'\n').find_map(|line| {
        let (seal, text) = line.split_at_checked(64)?;
        let said: Text = serde_json::from_slice(text.strip_prefix(b" ")?).ok()?;
        (said.n == n).then(|| String::from_utf8_lossy(seal).into_owned())
    })
}

fn digest(text: &str) -> Option<Digest> {
    hex::decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::super::SealedLog;
    use super::*;

    fn log(path: &std::path::Path, limit: u64) -> SealedLog {
        SealedLog::open(path, limit, "MP-0001", Arc::new(|| "2026-06-01T00:00:00Z".parse().unwrap())).unwrap()
    }

    fn written(count: u64) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed.log");
        let log = log(&path, 1 << 20);
        for n in 0..count {
            log.note("records", &json!({ "from": n, "to": n }));
        }
        (folder, path)
    }

    #[test]
    fn an_altered_record_is_detected() {
        let (_folder, path) = written(5);
        let good = std::fs::read_to_string(&path).unwrap();
        assert!(matches!(chain(good.as_bytes()), Verdict::Whole(Chain { first: 1, n: 6, .. })));
        let lines: Vec<&str> = good.lines().collect();
        let check = |what: &str, lines: Vec<String>, line: usize, code: &str| {
            let text = lines.join("\n");
            assert!(
                matches!(chain(text.as_bytes()), Verdict::Broken(Broken { line: at, code: why, .. }) if at == line && why == code),
                "{what}: {:?}",
                chain(text.as_bytes())
            );
        };
        let owned = || lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let mut altered = owned();
        altered[2] = altered[2].replace("\"from\":1", "\"from\":7");
        check("altered", altered, 3, "bridge.seal.changed");
        let mut deleted = owned();
        deleted.remove(3);
        check("deleted", deleted, 4, "bridge.seal.missing");
        let mut swapped = owned();
        swapped.swap(2, 3);
        check("swapped", swapped, 3, "bridge.seal.missing");
        let mut doubled = owned();
        doubled.insert(3, lines[2].to_owned());
        check("inserted", doubled, 4, "bridge.seal.missing");
        let mut headless = owned();
        headless.remove(0);
        check("headless", headless, 1, "bridge.seal.beginning");
    }

    #[test]
    fn a_chain_written_anew_does_not_have_the_seal_that_the_gateway_knows() {
        let (_folder, path) = written(3);
        let mark = log(&path, 1 << 20).mark();
        let good = std::fs::read(&path).unwrap();
        assert_eq!(seal_at(&good, mark.n), Some(mark.seal.clone()));
        let (_other, forged) = written(2);
        log(&forged, 1 << 20).note("records", &json!({ "from": 9, "to": 9 }));
        let forged = std::fs::read(forged).unwrap();
        assert!(matches!(chain(&forged), Verdict::Whole(_)), "it looks whole");
        assert_ne!(seal_at(&forged, mark.n), Some(mark.seal), "and is not ours");
    }

    #[test]
    fn a_cut_line_is_taken_off_and_a_broken_log_is_put_aside_and_both_are_told() {
        let (_folder, path) = written(2);
        let good = std::fs::read(&path).unwrap();
        std::fs::write(&path, &good[..good.len() - 10]).unwrap();
        drop(log(&path, 1 << 20));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("cut_line_removed") && matches!(chain(text.as_bytes()), Verdict::Whole(_)), "{text}");

        std::fs::write(&path, text.replace("\"to\":0", "\"to\":8")).unwrap();
        drop(log(&path, 1 << 20));
        let renewed = std::fs::read_to_string(&path).unwrap();
        assert!(renewed.contains("broken_log_put_aside") && matches!(chain(renewed.as_bytes()), Verdict::Whole(_)), "{renewed}");
        assert!(path.with_added_extension("broken").exists());
    }

    #[test]
    fn a_full_file_is_followed_by_one_that_continues_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed.log");
        let log = log(&path, 1000);
        for n in 0..20 {
            log.note("records", &json!({ "from": n, "to": n }));
        }
        let (old, new) = (std::fs::read(path.with_added_extension("old")).unwrap(), std::fs::read(&path).unwrap());
        let (Verdict::Whole(old), Verdict::Whole(new)) = (chain(&old), chain(&new)) else { panic!("both hold") };
        assert_eq!(old.n + 1, new.first);
        assert_eq!(new.n, log.mark().n);
    }
}

//! Packs that are written, read, changed and forged.

use chrono::{NaiveDate, TimeDelta};

use super::*;
use crate::audit::chain::step;

const ENTRIES: u64 = 12;

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_402_400, 0).unwrap()
}

fn key() -> SealKey {
    SealKey::from_random([7; 32]).unwrap()
}

/// Twelve entries of which every third is shown by its hash alone, sealed behind the sixth and the last.
fn chain_of_twelve() -> (Vec<Seal>, Vec<PackLine>) {
    let mut prev = Digest::ZERO;
    let lines: Vec<PackLine> = (1..=ENTRIES)
        .map(|seq| {
            let body = format!("{{\"n\":{seq},\"名\":\"第{seq}条\"}}");
            let body_sha256 = Digest::of(&body);
            let hash = step(prev, seq, body_sha256);
            let line = PackLine { seq, prev, hash, body_sha256, body: (seq % 3 != 0).then_some(body) };
            prev = hash;
            line
        })
        .collect();
    let seal = |n: usize, day: u32| {
        let line = &lines[n - 1];
        let day = NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        key().seal(day, Position { seq: line.seq, hash: line.hash }, at()).unwrap()
    };
    (vec![seal(6, 1), seal(12, 2)], lines)
}

fn pack() -> String {
    let (seals, lines) = chain_of_twelve();
    let order = PackOrder { by: "shenji".to_owned(), at: at(), from: at() - TimeDelta::days(2), to: at(), unit: None };
    write(&order, Position::START, &seals, &lines, &key()).unwrap()
}

/// The same with line `n`, counted from 1, as `change` has it, signed again where somebody has the key.
fn changed(n: usize, change: impl Fn(&str) -> String) -> String {
    let pack = pack();
    let lines: Vec<String> =
        pack.lines().enumerate().map(|(i, line)| if i + 1 == n { change(line) } else { line.to_owned() }).collect();
    lines.join("\n") + "\n"
}

#[test]
fn a_pack_proves_itself_with_what_it_shows_and_what_it_does_not() {
    let proof = verify(&pack(), None).unwrap();
    assert_eq!((proof.head.entries, proof.head.shown), (12, 8));
    assert_eq!(proof.chain.sealed.as_ref().unwrap().position.seq, 12);
    assert_eq!(proof.fingerprint, key().public().fingerprint());
    assert_eq!(verify(&pack(), Some(&key().public())).unwrap(), proof);
}

#[test]
fn no_byte_of_a_pack_can_be_changed() {
    let pack = pack();
    assert!(pack.len() < 20_000);
    for (place, c) in pack.char_indices() {
        let other = if c == '0' { '1' } else { '0' };
        let mut broken = pack.clone();
        broken.replace_range(place..place + c.len_utf8(), &other.to_string());
        assert!(verify(&broken, None).is_err(), "byte {place}, {c:?}");
    }
    assert!(verify(pack.trim_end(), None).is_err(), "an end that is missing");
    assert!(verify(&(pack.clone() + " "), None).is_err(), "something behind it");
    assert!(verify(&pack.replacen('\n', "\r\n", 1), None).is_err());
}

#[test]
fn the_first_entry_that_was_changed_is_named() {
    let text = changed(8, |line| line.replace("第5条", "第6条"));
    assert_eq!(verify(&text, None).unwrap_err().to_string(), "entry 5 was changed");
    let hidden = changed(6, |line| line.replace("body_sha256\":\"", "body_sha256\":\"0").replacen("0\"}", "\"}", 1));
    assert!(verify(&hidden, None).is_err());
    let gone = pack().lines().enumerate().filter(|(n, _)| *n != 7).map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    assert_eq!(verify(&gone, None).unwrap_err().to_string(), "entry 5 is missing");
}

#[test]
fn a_pack_of_another_key_is_not_ours() {
    let other = SealKey::from_random([8; 32]).unwrap();
    let (_, lines) = chain_of_twelve();
    let order = PackOrder { by: "x".to_owned(), at: at(), from: at(), to: at(), unit: None };
    let forged = write(&order, Position::START, &[], &lines, &other).unwrap();
    assert!(verify(&forged, None).is_ok(), "by itself it is whole");
    let refused = verify(&forged, Some(&key().public())).unwrap_err();
    assert_eq!(refused, PackFault::Key { fingerprint: other.public().fingerprint() });
    assert!(refused.sentence_zh().contains("其他密钥"));
}

#[test]
fn another_file_is_no_pack() {
    for text in ["", "\n", "{}", "浙A12345,1\n"] {
        assert_eq!(verify(text, None), Err(PackFault::NoPack), "{text:?}");
    }
}

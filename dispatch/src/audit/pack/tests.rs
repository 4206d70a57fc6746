//! A pack proves itself, shows what was asked for alone, and names what was changed in it.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::*;
use crate::audit::chain::step;
use crate::audit::{Action, Body, By, Entry, Subject, SubjectKind};

fn key() -> SealKey {
    SealKey::from_random([7; 32]).unwrap()
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_402_400, 0).unwrap()
}

/// Entries 3 to 8, of which the odd ones are hidden, behind entry 2.
fn lines() -> (Position, Vec<Line>) {
    let begin = Position { seq: 2, hash: Digest::of("before") };
    let mut at_hash = begin.hash;
    let mut lines = Vec::new();
    for seq in 3..=8 {
        let entry = Entry::new(Action::Changed, Subject::named(SubjectKind::Vehicle, format!("浙A{seq:05}")));
        let body = Body::new(&By::system("=1+1"), &entry.after(json!({ "n": seq })), at()).text();
        let hash = step(at_hash, seq, Digest::of(&body));
        let stored = Stored { seq, prev: at_hash, hash, body: Digest::of(&body) };
        lines.push(Line::new(stored, (seq % 2 == 0).then_some(body)));
        at_hash = hash;
    }
    (begin, lines)
}

fn order() -> Order {
    Order { made_at: "2026-03-02T01:00:00Z".to_owned(), made_by: "auditor".to_owned(), reason: "案件".to_owned(), asked: json!({}) }
}

fn pack() -> (Vec<u8>, Seal) {
    let (begin, lines) = lines();
    let position = Position { seq: 6, hash: lines[3].hash };
    let seal = key().seal(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), position, at()).unwrap();
    (write(order(), begin, &lines, std::slice::from_ref(&seal), &key()).unwrap(), seal)
}

/// The pack with one file changed by `tamper`, as an unzip and a zip would.
fn tampered(bytes: &[u8], name: &str, tamper: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        if file.name() == name {
            text = tamper(text);
        }
        out.start_file(file.name(), SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn a_pack_is_proved_by_itself_and_shows_only_what_was_asked_for() {
    let (bytes, seal) = pack();
    let pack = Pack::read(&bytes).unwrap();
    let proof = pack.verify(&[], Some(&key().public())).unwrap();
    assert_eq!((proof.entries, proof.sealed), (6, Some(seal)));
    let shown: Vec<u64> = pack.lines().iter().filter(|line| line.body.is_some()).map(|line| line.seq).collect();
    assert_eq!(shown, [4, 6, 8]);
    let all = String::from_utf8_lossy(&bytes).into_owned() + &format!("{:?}", pack.lines());
    assert!(!all.contains("浙A00003") && all.contains("浙A00004"));
}

#[test]
fn what_is_changed_in_a_pack_is_named() {
    let (bytes, _) = pack();
    let cases: Vec<(&str, fn(String) -> String, &str)> = vec![
        ("entries.jsonl", |text| text.replace("浙A00006", "浙A66666"), "entry 6 was changed"),
        ("entries.jsonl", |text| text.lines().filter(|line| !line.contains("\"seq\":5")).collect::<Vec<_>>().join("\n"), "entry 5 is missing"),
        ("entries.jsonl", |text| text.lines().take(5).collect::<Vec<_>>().join("\n"), "entry 8 is missing"),
        ("entries.csv", |text| text.replace("浙A00006", "浙A66666"), "the file entries.csv was changed"),
        ("README.txt", |text| text.replace("案件", "其他"), "the file README.txt was changed"),
        ("manifest.json", |text| text.replace("案件", "其他"), "the pack is not signed with its key"),
        ("manifest.sig", |_| String::new(), "the pack is not signed with its key"),
        ("seals.jsonl", |text| text.replace("2026-03-01", "2026-03-02"), "the seal of 2026-03-02 (up to entry 6) is not signed with its key"),
    ];
    for (name, tamper, said) in cases {
        let pack = Pack::read(&tampered(&bytes, name, tamper)).unwrap();
        assert_eq!(pack.verify(&[], None).unwrap_err().to_string(), said, "{name}");
    }
}

#[test]
fn a_pack_of_another_key_and_one_that_contradicts_a_seal_are_refused() {
    let (bytes, seal) = pack();
    let other = SealKey::from_random([8; 32]).unwrap();
    let pack = Pack::read(&bytes).unwrap();
    assert!(pack.verify(&[], Some(&other.public())).is_err());
    let position = Position { hash: Digest::of("other"), ..seal.position };
    let kept = key().seal(seal.day, position, at()).unwrap();
    assert!(matches!(pack.verify(&[kept], None), Err(PackFault::Chain(_))));
    assert!(Pack::read(b"no archive").is_err());
}

#[test]
fn the_table_is_safe_to_open_and_the_words_are_in_both_languages() {
    let (_, lines) = lines();
    let table = readable::table(&lines);
    assert!(table.contains("\"浙A00004\"") && table.contains("\"'=1+1\"") && table.contains("\"2026-03-02 06:00:00\""), "{table}");
    let (bytes, _) = pack();
    let mut readme = String::new();
    ZipArchive::new(Cursor::new(bytes)).unwrap().by_name("README.txt").unwrap().read_to_string(&mut readme).unwrap();
    assert!(readme.contains("第 3 至 8 条，共 6 条，其中 3 条含正文") && readme.contains("Entries: 3 to 8, 6 in all, 3 of them"), "{readme}");
}

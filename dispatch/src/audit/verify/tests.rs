//! Chains that nobody touched are proved; of the others the first broken entry is named, with what was done to it.

use chrono::DateTime;

use super::*;
use crate::audit::seal::SealKey;

/// A chain of so many entries.
fn chain(length: u64) -> Vec<Stored> {
    let mut at = Digest::ZERO;
    let mut entries = Vec::new();
    for seq in 1..=length {
        let body = Digest::of(&format!("entry {seq}"));
        let hash = step(at, seq, body);
        entries.push(Stored { seq, prev: at, hash, body });
        at = hash;
    }
    entries
}

/// Hashes the entries anew from `from` on, as somebody with the store in their hands could.
fn rehash(entries: &mut [Stored], from: usize) {
    let mut at = if from == 0 { Digest::ZERO } else { entries[from - 1].hash };
    for entry in &mut entries[from..] {
        (entry.prev, entry.hash) = (at, step(at, entry.seq, entry.body));
        at = entry.hash;
    }
}

fn head(entries: &[Stored]) -> Position {
    entries.last().map_or(Position::START, |last| Position { seq: last.seq, hash: last.hash })
}

fn verify(entries: &[Stored], seals: &[Seal], head: Option<Position>) -> Result<Proof, Fault> {
    let mut verifier = Verifier::new(Position::START, seals.iter().cloned(), None);
    for entry in entries {
        verifier.push(*entry);
    }
    verifier.finish(head)
}

fn sealed(entries: &[Stored], seq: u64) -> Seal {
    let entry = entries[usize::try_from(seq).unwrap() - 1];
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    let key = SealKey::from_random([7; 32]).unwrap();
    key.seal(day, Position { seq, hash: entry.hash }, DateTime::from_timestamp_nanos(0)).unwrap()
}

#[test]
fn a_chain_that_nobody_touched_is_proved_to_its_end() {
    let entries = chain(9);
    let proof = verify(&entries, &[sealed(&entries, 4), sealed(&entries, 7)], Some(head(&entries))).unwrap();
    assert_eq!((proof.entries, proof.to, proof.sealed.unwrap().position.seq), (9, head(&entries), 7));
    assert_eq!(verify(&[], &[], Some(Position::START)).unwrap().entries, 0);
}

/// What was done, how, and what is found.
type Case = (&'static str, fn(&mut Vec<Stored>), Fault);

const fn changed(seq: u64) -> Fault {
    Fault::new(FaultKind::Changed, seq)
}

/// Gives the entries the numbers of their places.
fn renumber(entries: &mut [Stored]) {
    for (seq, entry) in (1..).zip(entries) {
        entry.seq = seq;
    }
}

const CHANGES: &[Case] = &[
    ("the text", |e| e[3].body = Digest([1; 32]), changed(4)),
    ("the text of the last", |e| e[8].body = Digest([1; 32]), changed(9)),
    ("the hash", |e| e[3].hash = Digest([1; 32]), changed(4)),
    ("the link", |e| e[3].prev = Digest([1; 32]), changed(4)),
    (
        "the text, with its hash",
        |e| {
            e[3].body = Digest([1; 32]);
            e[3].hash = step(e[3].prev, 4, e[3].body);
        },
        changed(4),
    ),
];

const GAPS: &[Case] = &[
    ("one is gone", |e| _ = e.remove(3), Fault::new(FaultKind::Missing, 4).with(4)),
    ("three are gone", |e| drop(e.drain(3..6)), Fault::new(FaultKind::Missing, 4).with(6)),
    (
        "two are gone, and the others moved up",
        |e| {
            e.drain(3..5);
            renumber(e);
        },
        Fault::new(FaultKind::Missing, 4).with(5),
    ),
    ("the newest are gone", |e| e.truncate(7), Fault::new(FaultKind::Missing, 8).with(9)),
];

const INSERTIONS: &[Case] = &[
    (
        "one slipped in, with the right hash",
        |e| {
            let (prev, body) = (e[2].hash, Digest([1; 32]));
            e.insert(3, Stored { seq: 4, prev, hash: step(prev, 4, body), body });
            renumber(e);
        },
        Fault::new(FaultKind::Inserted, 4),
    ),
    (
        "one slipped in, with any hash",
        |e| {
            e.insert(3, Stored { seq: 4, prev: Digest::ZERO, hash: Digest::ZERO, body: Digest::ZERO });
            renumber(e);
        },
        Fault::new(FaultKind::Inserted, 4),
    ),
    (
        "one more at the end",
        |e| {
            let (prev, body) = (e[8].hash, Digest([1; 32]));
            e.push(Stored { seq: 10, prev, hash: step(prev, 10, body), body });
        },
        Fault::new(FaultKind::Inserted, 10),
    ),
    ("one before the first", |e| e.insert(0, Stored { seq: 0, ..e[0] }), Fault::new(FaultKind::Inserted, 0)),
];

const MOVES: &[Case] = &[
    (
        "two neighbours changed places",
        |e| {
            e.swap(3, 4);
            renumber(e);
        },
        Fault::new(FaultKind::Reordered, 4).with(5),
    ),
    (
        "two that are no neighbours changed places",
        |e| {
            e.swap(2, 6);
            renumber(e);
        },
        Fault::new(FaultKind::Reordered, 3).with(7),
    ),
    (
        "two texts changed places",
        |e| (e[3].body, e[6].body) = (e[6].body, e[3].body),
        Fault::new(FaultKind::Reordered, 4).with(7),
    ),
    (
        "one was moved to the end",
        |e| {
            let moved = e.remove(3);
            e.push(moved);
            renumber(e);
        },
        Fault::new(FaultKind::Reordered, 4),
    ),
];

#[test]
fn the_first_broken_entry_is_named_with_what_was_done_to_it() {
    for (what, tamper, fault) in [CHANGES, GAPS, INSERTIONS, MOVES].concat() {
        let mut entries = chain(9);
        let head = head(&entries);
        tamper(&mut entries);
        assert_eq!(verify(&entries, &[], Some(head)), Err(fault), "{what}");
    }
}

#[test]
fn a_chain_written_anew_is_held_against_a_seal_that_lies_elsewhere() {
    let original = chain(9);
    let seal = sealed(&original, 6);
    let mut entries = original.clone();
    entries[2].body = Digest::of("other");
    rehash(&mut entries, 2);
    assert!(verify(&entries, &[], Some(head(&entries))).is_ok(), "in itself it is whole");
    let fault = verify(&entries, std::slice::from_ref(&seal), Some(head(&entries))).unwrap_err();
    assert_eq!((fault.kind, fault.seq, fault.day), (FaultKind::Rewritten, 6, Some(seal.day)));
    let cut = &original[..4];
    let fault = verify(cut, &[seal], Some(head(cut))).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (FaultKind::Truncated, 5));
}

#[test]
fn a_seal_that_was_changed_proves_nothing() {
    let entries = chain(9);
    let mut seal = sealed(&entries, 6);
    seal.position.hash = Digest::of("other");
    assert_eq!(verify(&entries, &[seal], None).unwrap_err().kind, FaultKind::Unsigned);
}

#[test]
fn what_was_pruned_is_continued_from_its_seal() {
    let entries = chain(9);
    let seal = sealed(&entries, 4);
    let mut verifier = Verifier::new(seal.position, [seal.clone()], None);
    for entry in &entries[4..] {
        verifier.push(*entry);
    }
    let proof = verifier.finish(Some(head(&entries))).unwrap();
    assert_eq!((proof.entries, proof.sealed), (5, Some(seal.clone())));
    let elsewhere = Position { hash: Digest::of("other"), ..seal.position };
    let verifier = Verifier::new(elsewhere, [seal], None);
    assert_eq!(verifier.finish(None).unwrap_err().kind, FaultKind::Rewritten);
}

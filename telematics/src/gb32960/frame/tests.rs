//! What the framer finds in whole, broken, cut and mixed streams.

use proptest::prelude::*;

use super::*;
use crate::gb32960::header::{Ack, Command, Encryption, Vin};

/// A report of `length` bytes that never look like a start symbol.
fn frame(mark: u8, length: usize) -> Vec<u8> {
    let header = Header {
        edition: Edition::V2016,
        command: Command::Realtime,
        ack: Ack::Command,
        vin: Vin(*b"LSVAA49J132047371"),
        encryption: Encryption::None,
        length: 0,
    };
    header.frame(&vec![mark; length]).unwrap()
}

/// What a stream holds, with offsets: the first data byte of a frame, or the code of an error.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Seen {
    Frame(usize, u8),
    Error(usize, &'static str),
}

/// Feeds the pieces as a link would.
fn seen(pieces: &[&[u8]]) -> Vec<Seen> {
    let mut framer = Framer::default();
    let (mut buffer, mut at, mut out) = (Vec::new(), 0, Vec::new());
    for (piece, last) in pieces.iter().map(|piece| (*piece, false)).chain([(&[][..], true)]) {
        buffer.extend_from_slice(piece);
        loop {
            let taken = if last { framer.last(&buffer) } else { framer.next(&buffer) };
            let begins = at + taken.begins;
            let found = taken.item.map(|item| match item {
                Ok(frame) => Seen::Frame(begins, frame.data.first().copied().unwrap_or(0)),
                Err(broken) => Seen::Error(begins, broken.error.code()),
            });
            let used = taken.used;
            buffer.drain(..used);
            at += used;
            match found {
                Some(found) => out.push(found),
                None => break,
            }
        }
    }
    assert!(buffer.is_empty(), "nothing is left at the end");
    out
}

fn check(what: &str, stream: &[u8], expected: &[Seen]) {
    assert_eq!(seen(&[stream]), expected, "{what}, in one piece");
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(seen(&bytes), expected, "{what}, byte by byte");
}

#[test]
fn frames_are_found_by_their_length() {
    check("one", &frame(7, 30), &[Seen::Frame(0, 7)]);
    check("two", &[frame(7, 0), frame(8, 5)].concat(), &[Seen::Frame(0, 0), Seen::Frame(25, 8)]);
    // A start symbol inside the data is data.
    check("inside", &[frame(0x23, 40), frame(8, 5)].concat(), &[Seen::Frame(0, 0x23), Seen::Frame(65, 8)]);
    check("empty", &[], &[]);
}

#[test]
fn after_a_wrong_check_code_the_next_frame_is_found() {
    let mut wrong = frame(7, 30);
    wrong[40] ^= 1;
    check("wrong data", &[wrong, frame(8, 5)].concat(), &[Seen::Error(0, "gb32960.checksum"), Seen::Frame(55, 8)]);
    // The length grew: it swallows the next frame, which is found all the same.
    let mut longer = frame(7, 30);
    longer[23] += 20;
    check(
        "wrong length",
        &[longer, frame(8, 5), frame(9, 5)].concat(),
        &[Seen::Error(0, "gb32960.checksum"), Seen::Frame(55, 8), Seen::Frame(85, 9)],
    );
    let mut shorter = frame(7, 30);
    shorter[23] -= 20;
    check("too short", &[shorter, frame(8, 5)].concat(), &[Seen::Error(0, "gb32960.checksum"), Seen::Frame(55, 8)]);
}

#[test]
fn junk_is_one_error_and_does_not_hide_what_follows() {
    check("before", &[b"\r\n".to_vec(), frame(8, 5)].concat(), &[Seen::Error(0, "gb32960.junk"), Seen::Frame(2, 8)]);
    check(
        "between, with a start symbol",
        &[frame(7, 3), b"a##b$$c#".to_vec(), frame(8, 5)].concat(),
        &[Seen::Frame(0, 7), Seen::Error(28, "gb32960.junk"), Seen::Frame(36, 8)],
    );
    check("nothing else", &[0; 70], &[Seen::Error(0, "gb32960.junk")]);
}

#[test]
fn what_is_cut_is_told_and_what_began_inside_is_found() {
    check("in the header", &frame(7, 3)[..10], &[Seen::Error(0, "gb32960.length")]);
    check("in the data", &frame(7, 30)[..40], &[Seen::Error(0, "gb32960.length")]);
    let cut = [&frame(7, 300)[..40], &frame(8, 5)].concat();
    check("another one behind", &cut, &[Seen::Error(0, "gb32960.length"), Seen::Frame(40, 8)]);
}

#[test]
fn a_length_beyond_the_limit_is_not_waited_for() {
    let mut long = frame(7, 3);
    long[22..24].copy_from_slice(&[0xff, 0xff]);
    check("65535", &[long, frame(8, 5)].concat(), &[Seen::Error(0, "gb32960.length"), Seen::Frame(28, 8)]);
    let mut small = Framer::new(10);
    assert_eq!(small.next(&frame(7, 11)).item.map(|item| item.is_ok()), Some(false));
}

#[test]
fn one_start_byte_too_many_costs_one_error() {
    check("###", &[b"#".to_vec(), frame(8, 5)].concat(), &[Seen::Error(0, "gb32960.length"), Seen::Frame(1, 8)]);
}

proptest! {
    #[test]
    fn any_cut_yields_the_same(
        pieces in proptest::collection::vec(
            prop_oneof![
                (any::<u8>(), 0..60_usize).prop_map(|(mark, length)| frame(mark, length)),
                (any::<u8>(), 1..60_usize, 0..80_usize).prop_map(|(mark, length, at)| {
                    let mut bytes = frame(mark, length);
                    let at = at % bytes.len();
                    bytes[at] ^= 0x11;
                    bytes
                }),
                (any::<u8>(), 0..60_usize, 0..80_usize).prop_map(|(mark, length, at)| {
                    let mut bytes = frame(mark, length);
                    bytes.truncate(at);
                    bytes
                }),
                proptest::collection::vec(prop_oneof![Just(0x23), Just(0x24), any::<u8>()], 0..40),
            ],
            0..6,
        ),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let stream = pieces.concat();
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        at.sort_unstable();
        let mut parts = Vec::new();
        let mut from = 0;
        for cut in at {
            parts.push(&stream[from..cut]);
            from = cut;
        }
        parts.push(&stream[from..]);
        prop_assert_eq!(seen(&parts), seen(&[&stream]));
    }

    #[test]
    fn right_frames_after_anything_are_found(junk in proptest::collection::vec(any::<u8>(), 0..60)) {
        // Two, because a header in the junk may take the first one for its data.
        let stream = [junk, frame(1, 70), frame(2, 70)].concat();
        prop_assert!(seen(&[&stream]).contains(&Seen::Frame(stream.len() - 95, 2)));
    }
}

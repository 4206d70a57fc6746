//! Frames cut anywhere, escaped, broken, run together.

use proptest::prelude::*;

use super::*;
use crate::jt808::edition::Edition;
use crate::jt808::header::{Encryption, Package, TerminalNo};

/// The heartbeat that the standard's layout gives by hand: 0002, no body, 13800138000, serial 1.
const HEARTBEAT: &str = "7e 0002 0000 013800138000 0001 a9 7e";

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

/// A thing and its offset in the stream.
type Heard = (u64, Result<(Header, Vec<u8>), FrameError>);

/// What a stream says, each thing with its offset, when it comes in pieces that end where `cuts` say.
fn heard(stream: &[u8], cuts: &[usize]) -> Vec<Heard> {
    heard_by(Framer::default(), stream, cuts)
}

fn heard_by(mut framer: Framer, stream: &[u8], cuts: &[usize]) -> Vec<Heard> {
    let (mut kept, mut heard) = (Vec::new(), Vec::new());
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
    ends.push(stream.len());
    ends.sort_unstable();
    let mut from = 0;
    for end in ends {
        kept.extend_from_slice(&stream[from..end]);
        from = end;
        loop {
            let (done, found) = framer.next(&kept);
            let said = found.map(|found| (found.at, found.frame.map(|frame| (frame.header, frame.body.to_vec()))));
            kept.drain(..done);
            let Some(said) = said else { break };
            heard.push(said);
        }
    }
    heard.extend(framer.finish(&kept).map(|found| (found.at, found.frame.map(|frame| (frame.header, frame.body.to_vec())))));
    heard
}

fn errors(stream: &str) -> Vec<(u64, Option<FrameError>)> {
    heard(&bytes(stream), &[]).into_iter().map(|(at, said)| (at, said.err())).collect()
}

fn header(edition: Edition, package: Option<Package>) -> Header {
    let terminal = TerminalNo::of_digits("13800138000", edition).unwrap();
    Header { package, ..Header::plain(0x0200, edition, terminal, 7) }
}

#[test]
fn a_frame_is_read_as_the_standard_lays_it_out() {
    let heard = heard(&bytes(HEARTBEAT), &[]);
    let terminal = "013800138000".parse().unwrap();
    assert_eq!(heard, [(0, Ok((Header::plain(0x0002, Edition::V2013, terminal, 1), Vec::new())))]);
    // 2019: version flag and version, ten bytes of number.
    let heard = self::heard(&bytes("7e 0002 4000 01 00000000013800138000 ffff e9 7e"), &[]);
    let terminal = "00000000013800138000".parse().unwrap();
    assert_eq!(heard, [(0, Ok((Header::plain(0x0002, Edition::V2019, terminal, 0xffff), Vec::new())))]);
}

#[test]
fn the_bits_of_the_properties_are_told_apart() {
    // Package, RSA, reserved bit 15; one byte of body; letters in the number.
    let mut plain = bytes("0801 a401 0a1b2c3d4e5f 0102 0003 0002 ff");
    plain.push(plain.iter().fold(0, |sum, byte| sum ^ byte));
    let stream = [&[0x7e], plain.as_slice(), &[0x7e]].concat();
    let heard = heard(&stream, &[]);
    let (header, body) = heard[0].1.clone().unwrap();
    assert_eq!(header.package, Some(Package { total: 3, index: 2 }));
    assert_eq!((header.encryption, header.terminal.to_string(), body), (Encryption::Rsa, "0a1b2c3d4e5f".to_owned(), vec![0xff]));
}

#[test]
fn flags_may_be_doubled_shared_or_lost() {
    let frame = "0002 0000 013800138000 0001 a9";
    for (stream, at) in [
        (format!("7e{frame}7e7e{frame}7e"), vec![0, 15]),
        (format!("7e{frame}7e{frame}7e"), vec![0, 14]),
        (format!("7e7e7e{frame}7e7e"), vec![2]),
        (format!("{frame}7e7e{frame}7e"), vec![0, 14]),
    ] {
        let heard = errors(&stream);
        assert_eq!(heard, at.into_iter().map(|at| (at, None)).collect::<Vec<_>>(), "{stream}");
    }
}

#[test]
fn what_is_broken_is_told_and_the_next_frame_is_read() {
    use FrameError::{Checksum, Escape, Header, Incomplete, Length, Noise};
    for (broken, error) in [
        ("7e 0002 0000 013800138000 0001 a8 7e", Checksum { found: 0xa8, expected: 0xa9 }),
        ("7e 0002 0000 013800138000 7d03 bb 7e", Escape { offset: 11, follows: 3 }),
        ("7e 0002 0000 013800138000 0001 7d 7e", Escape { offset: 13, follows: 0x7e }),
        ("7e 0002 0001 013800138000 0001 a8 7e", Length { told: 1, found: 0 }),
        ("7e 0002 0000 013800138000 0001 00 a9 7e", Length { told: 0, found: 1 }),
        ("7e 0002 0000 01 03 7e", Header { length: 5 }),
        ("7e 00 7e", Header { length: 0 }),
    ] {
        let length = broken.replace(' ', "").len() as u64 / 2;
        // Its own flag, or one that it shares with the next frame.
        let next = HEARTBEAT.strip_prefix("7e").unwrap();
        assert_eq!(errors(&format!("{broken}{HEARTBEAT}")), [(0, Some(error)), (length, None)], "{broken}");
        assert_eq!(errors(&format!("{broken}{next}")), [(0, Some(error)), (length - 1, None)], "{broken}");
    }
    assert_eq!(
        errors(&format!("0d0a{HEARTBEAT}0d0a{HEARTBEAT}0d0a")),
        [(0, Some(Noise { length: 2 })), (2, None), (17, Some(Noise { length: 2 })), (19, None), (34, Some(Noise { length: 2 })),]
    );
    assert_eq!(errors("7e 0002 0000"), [(0, Some(Incomplete { length: 4 }))]);
}

#[test]
fn a_captured_frame_in_which_nothing_was_escaped_is_read_by_its_length() {
    // 0900 with 7d 7e 7d 03 7e 7e 7d 01 in its body, which 7d 01 shortens when it is read as an escape.
    let mut plain = bytes("0900 0008 013800138000 0001 7d 7e 7d 03 7e 7e 7d 01");
    let sum = plain.iter().fold(0, |sum, byte| sum ^ byte);
    plain.push(sum);
    let stream = [&[0x7e], plain.as_slice(), &bytes(HEARTBEAT)].concat();
    let told = heard_by(Framer::of_capture(), &stream, &[]);
    assert_eq!(told.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 22]);
    assert_eq!(told[0].1.as_ref().unwrap().1, plain[12..20]);
    assert_eq!(unwrap(&stream[..23]), Ok(plain.clone()));
    assert!(heard(&stream, &[])[0].1.is_err(), "on a link the standard is held to the letter");
    // What merely lacks a byte does not take the flag for it, whatever the checksum comes to.
    plain = bytes("0900 0001 013800138000 0001");
    plain.push(plain.iter().fold(0x7e, |sum, byte| sum ^ byte));
    let stream = [&[0x7e], plain.as_slice(), &[0x7e], &bytes(HEARTBEAT)].concat();
    let told = heard_by(Framer::of_capture(), &stream, &[]);
    assert_eq!((told.len(), told[0].1.is_err(), told[1].0), (2, true, 15));
}

#[test]
fn a_cut_frame_of_a_capture_does_not_swallow_the_next_ones_even_when_its_checksum_is_right() {
    // Cut after one byte of 29: the two behind it are as long as what is missing.
    let mut cut = bytes("0900 001d 013800138000 0001");
    cut.push(cut.iter().fold(0x7e, |sum, byte| sum ^ byte));
    let stream = [&[0x7e], cut.as_slice(), &bytes(HEARTBEAT), &bytes(HEARTBEAT)].concat();
    assert!(plain(&stream[1..43]).is_some(), "by its length it is one");
    let told = heard_by(Framer::of_capture(), &stream, &[]);
    let told: Vec<_> = told.iter().map(|(at, said)| (*at, said.is_ok())).collect();
    assert_eq!(told, [(0, false), (14, true), (29, true)]);
}

#[test]
fn a_run_without_a_flag_is_told_once_however_long_it_is() {
    let mut stream = bytes(HEARTBEAT);
    stream.extend([0x30; 3 * FRAME_MAX]);
    stream.extend(bytes(HEARTBEAT));
    let at: Vec<_> =
        heard(&stream, &[20, 3000, 5000]).into_iter().map(|(at, said)| (at, said.err().map(|error| error.code()))).collect();
    assert_eq!(at, [(0, None), (15, Some("jt808.too_long")), (15 + 3 * FRAME_MAX as u64, None)]);
}

#[test]
fn what_is_put_is_escaped() {
    let mut out = Vec::new();
    put(&mut out, &header(Edition::V2013, None), &[0x7e, 0x7d, 0x30]).unwrap();
    // 02 ^ 00 ^ 00 ^ 03 ^ 01 ^ 38 ^ 00 ^ 13 ^ 80 ^ 00 ^ 00 ^ 07 ^ 7e ^ 7d ^ 30 = 9f
    assert_eq!(hex::encode(&out), "7e0200000301380013800000077d027d01309f7e");
    out.clear();
    put(&mut out, &header(Edition::V2019, None), &[0x7e; BODY_MAX]).unwrap();
    assert_eq!(heard(&out, &[]), [(0, Ok((header(Edition::V2019, None), vec![0x7e; BODY_MAX])))]);
    assert_eq!(put(&mut out, &header(Edition::V2013, None), &[0; 1024]), Err(FrameError::TooLong { limit: 1023 }));
}

prop_compose! {
    fn any_header()(
        edition in prop_oneof![Just(Edition::V2013), Just(Edition::V2019)],
        message_id: u16,
        serial: u16,
        encryption in prop_oneof![Just(Encryption::None), Just(Encryption::Rsa), (2..8_u8).prop_map(Encryption::Other)],
        package in proptest::option::of((any::<u16>(), any::<u16>()).prop_map(|(total, index)| Package { total, index })),
        number: [u8; 10],
    ) -> Header {
        let terminal = TerminalNo::of_bytes(&number[..edition.terminal_bytes()]).unwrap();
        Header { message_id, edition, encryption, terminal, serial, package }
    }
}

proptest! {
    #[test]
    fn what_is_put_is_read_again(header in any_header(), body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut out = Vec::new();
        put(&mut out, &header, &body).unwrap();
        prop_assert_eq!(heard(&out, &[]), [(0, Ok((header, body)))]);
    }

    #[test]
    fn any_cut_of_a_stream_says_the_same(
        messages in proptest::collection::vec((any_header(), proptest::collection::vec(any::<u8>(), 0..60)), 0..6),
        noise in proptest::collection::vec(prop_oneof![4 => any::<u8>(), 1 => Just(0x7e), 1 => Just(0x7d)], 0..40),
        cuts in proptest::collection::vec(any::<usize>(), 0..12),
    ) {
        let mut stream = Vec::new();
        for (header, body) in &messages {
            put(&mut stream, header, body).unwrap();
        }
        stream.extend(&noise);
        for (header, body) in &messages {
            put(&mut stream, header, body).unwrap();
        }
        let whole = heard(&stream, &[]);
        prop_assert_eq!(&heard(&stream, &cuts), &whole);
        // However the noise ends, every message before it is there, and every one behind it but the first at worst.
        let good: Vec<_> = whole.into_iter().filter_map(|(_, said)| said.ok()).collect();
        prop_assert!(good.starts_with(&messages));
        prop_assert!(good.ends_with(messages.get(1..).unwrap_or_default()));
    }

    #[test]
    fn any_bytes_are_heard_without_harm(
        stream in proptest::collection::vec(prop_oneof![3 => any::<u8>(), 1 => Just(0x7e), 1 => Just(0x7d)], 0..600),
        cuts in proptest::collection::vec(any::<usize>(), 0..8),
    ) {
        prop_assert_eq!(heard(&stream, &cuts), heard(&stream, &[]));
    }
}

//! GB/T 32960.3: any bytes, cut anywhere, are the same frames and the same losses; encrypted or not, every message can be
//! explained, shown field by field, observed and answered, and signatures are checked without a fall.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use motorpool_fuzz::{pieces, received_at};
use telematics::datum::Datum;
use telematics::gb32960::keys::KeyEntry;
use telematics::gb32960::{self, Body, Frame, Framer, Keys, Message, explain, reply};

const DATA_BYTES: usize = 4096;
const VIN: &[u8; 17] = b"LFPH3ACC4L1A00001";

/// Keys of every kind, so that no path ends at a missing one.
static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let key = Some(String::from("000102030405060708090a0b0c0d0e0f"));
    let sm2 = "3e184c5772d7ce78bc8aca2fa5f24cb9cb5b6a6121fa1b59bd0ee88e8302b794e7de38194bcd0c31eb083d42a9382629f2237a2a85d756ff703cab4b1417968d";
    let everybody = KeyEntry {
        rsa_public: Some(include_str!("rsa_public.pem").to_owned()),
        sm2_public: Some(sm2.to_owned()),
        aes128: key.clone(),
        sm4: key,
        ..KeyEntry::default()
    };
    Keys::of(&[everybody]).expect("good keys")
});

/// Where something was found and what, and the good frames.
fn framed<'a>(stream: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, Vec<Vec<u8>>) {
    let (mut framer, mut buffer, mut at) = (Framer::new(DATA_BYTES), Vec::new(), 0);
    let (mut said, mut frames) = (Vec::new(), Vec::new());
    let mut take = |framer: &mut Framer, buffer: &mut Vec<u8>, at: &mut usize, is_last: bool| loop {
        let taken = if is_last { framer.last(buffer) } else { framer.next(buffer) };
        let (used, found) = (taken.used, taken.item.is_some());
        match taken.item {
            Some(Ok(frame)) => {
                said.push(format!("{} {:?}", *at + taken.begins, frame.header));
                frames.push(frame.bytes.to_vec());
            }
            Some(Err(broken)) => said.push(format!("{} {}", *at + taken.begins, broken.error)),
            None => {}
        }
        *at += used;
        buffer.drain(..used);
        if !found {
            break;
        }
    };
    for piece in stream {
        buffer.extend_from_slice(piece);
        take(&mut framer, &mut buffer, &mut at, false);
        assert!(buffer.len() <= DATA_BYTES + 25, "more than a frame waits");
    }
    take(&mut framer, &mut buffer, &mut at, true);
    (said, frames)
}

/// A packet as if the check byte were right: chance finds none by itself.
fn unsummed(bytes: &[u8]) -> Option<Vec<u8>> {
    let (&[bits, command, encryption], data) = bytes.split_first_chunk()?;
    let length = u16::try_from(data.len()).ok().filter(|length| usize::from(*length) <= DATA_BYTES)?;
    let start = if bits & 1 == 0 { b"##" } else { b"$$" };
    let mut packet = [start.as_slice(), &[command % 16, 0xfe], VIN, &[1 + encryption % 5], &length.to_be_bytes(), data].concat();
    packet.push(gb32960::header::check_code(&packet[2..]));
    Some(packet)
}

fn check(frame: &Frame<'_>) {
    let fields = gb32960::fields(frame.bytes);
    assert!(fields.iter().all(|field| field.hex.len() == 2 * field.length));
    let keys = KEYS.ring("", None);
    let data = match gb32960::open(frame, &keys) {
        Ok(data) => data,
        Err(error) => {
            reply::to_error(&frame.header, frame.data, &error, &keys);
            return;
        }
    };
    match Message::read(frame.header, &data) {
        Ok(message) => {
            let verdict = message.verdict(&keys);
            explain::message(&message, verdict);
            if let Some(answer) = reply::to(&message, verdict, Some(received_at()), &keys) {
                assert_eq!(framed(std::iter::once(answer.as_slice())).1.len(), 1, "an answer is one frame");
            }
            if let Body::Report(report) = &message.body
                && let Ok(seen) = report.observe(Datum::Wgs84, received_at())
            {
                let at = seen.fix.as_ref().map(|fix| fix.at);
                assert!(at.is_none_or(|at| at.lon().abs() <= 180.0 && at.lat().abs() <= 90.0));
                assert!(seen.sequence >= 0);
            }
        }
        Err(error) => {
            reply::to_error(&frame.header, &data, &error, &keys);
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (said, mut frames) = framed(std::iter::once(bytes));
    assert_eq!(said, framed(pieces(bytes)).0, "a cut changes what is found");
    frames.extend(unsummed(bytes));
    for bytes in frames {
        let mut framer = Framer::new(DATA_BYTES);
        let Some(Ok(frame)) = framer.last(&bytes).item else { panic!("a frame stays a frame") };
        check(&frame);
    }
});

//! JT/T 808 as terminals send it: any bytes, cut anywhere, are the same frames and the same losses; every message can be
//! explained, shown field by field, observed and answered; a frame that was read can be written and is read the same; packages
//! are put together within their bounds.
#![no_main]

use chrono::TimeDelta;
use libfuzzer_sys::fuzz_target;
use motorpool_fuzz::{pieces, received_at};
use telematics::jt808::assemble::{Assembled, Assembler, Limits};
use telematics::jt808::frame::{self, BODY_MAX, FRAME_MAX};
use telematics::jt808::packages::Serial;
use telematics::jt808::{self, Edition, Framer, Header, Message, Profile, TerminalNo, Up, reply};

const LIMITS: Limits = Limits {
    bytes: 4096,
    messages: 4,
    ask_after: TimeDelta::seconds(5),
    asks: 3,
    patience: TimeDelta::seconds(60),
};

/// What was found, in words, and the messages of the good frames.
fn framed<'a>(stream: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, Vec<(Header, Vec<u8>)>) {
    let (mut framer, mut buffer) = (Framer::default(), Vec::new());
    let (mut said, mut messages) = (Vec::new(), Vec::new());
    for piece in stream {
        buffer.extend_from_slice(piece);
        loop {
            let (done, found) = framer.next(&buffer);
            let more = found.is_none();
            if let Some(found) = found {
                said.push(format!("{} {:?}", found.at, found.frame));
                messages.extend(found.frame.ok().map(|frame| (frame.header, frame.body.to_vec())));
            }
            buffer.drain(..done);
            if more {
                break;
            }
        }
        assert!(buffer.len() <= FRAME_MAX, "more than a frame waits");
    }
    said.extend(framer.finish(&buffer).map(|cut_off| format!("{} {:?}", cut_off.at, cut_off.frame)));
    (said, messages)
}

/// A message as if the checksum were right: chance finds none by itself.
fn unsummed(bytes: &[u8]) -> Option<(Header, Vec<u8>)> {
    let (&[high, low, bits], body) = bytes.split_first_chunk()?;
    let edition = if bits & 1 == 0 { Edition::V2013 } else { Edition::V2019 };
    let terminal = TerminalNo::of_digits("13800138000", edition)?;
    let id = u16::from_be_bytes([high & 0x0f, low]);
    (body.len() <= BODY_MAX).then(|| (Header::plain(id, edition, terminal, bits.into()), body.to_vec()))
}

fn check(header: &Header, body: &[u8]) {
    let mut written = Vec::new();
    frame::put(&mut written, header, body).expect("a frame that was read can be written");
    assert_eq!(framed(std::iter::once(written.as_slice())).1, [(*header, body.to_vec())]);
    let fields = jt808::fields(&written).expect("a frame that was read has fields");
    let end = fields.iter().fold(0, |end, field| {
        assert_eq!((field.offset, field.hex.len()), (end, 2 * field.length), "fields follow one another");
        end + field.length
    });
    assert!(end > body.len(), "every byte belongs to a field");
    understand(&Message::read(*header, body));
}

fn understand(message: &Message) {
    for profile in Profile::ALL {
        jt808::explain(message, profile);
    }
    let locations: Vec<_> = match &message.up {
        Ok(Up::Location(location)) => vec![location],
        Ok(Up::Located(answered) | Up::Controlled(answered)) => vec![&answered.location],
        Ok(Up::Batch(batch)) => batch.positions.iter().flatten().collect(),
        _ => Vec::new(),
    };
    for (location, profile) in locations.iter().flat_map(|location| Profile::ALL.iter().map(move |profile| (location, profile))) {
        if let Ok(seen) = jt808::observe(location, profile, received_at(), false) {
            let at = seen.fix.as_ref().map(|fix| fix.at);
            assert!(at.is_none_or(|at| at.lon().abs() <= 180.0 && at.lat().abs() <= 90.0));
            assert!(seen.sequence >= 0);
        }
    }
    if let Some(answer) = reply::to(message, &mut Serial::default(), received_at()) {
        assert_eq!(framed(std::iter::once(answer.as_slice())).1.len(), 1, "an answer is one frame");
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (said, messages) = framed(std::iter::once(bytes));
    assert_eq!(said, framed(pieces(bytes)).0, "a cut changes what is found");
    let mut assembler = Assembler::new(LIMITS);
    for (number, (header, body)) in (0..).zip(messages.into_iter().chain(unsummed(bytes))) {
        check(&header, &body);
        let now = received_at() + TimeDelta::seconds(number);
        if let Ok(Assembled::Whole(header, body)) = assembler.push(&header, &body, now) {
            understand(&Message::read(header, &body));
        }
        for missing in assembler.overdue(now + TimeDelta::seconds(i64::from(header.serial) % 16)) {
            assert!(!missing.indexes.is_empty(), "nothing is asked for");
        }
        assert!(assembler.bytes() <= LIMITS.bytes && assembler.waiting() <= LIMITS.messages, "what waits is bounded");
    }
});

//! JT/T 809: any bytes, cut anywhere, are the same frames and the same losses; every message of either edition, encrypted or not, is
//! shown, observed, and written the way it was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use motorpool_fuzz::{pieces, received_at};
use telematics::jt809::header::Hand;
use telematics::jt809::{About, Cipher, Content, Edition, Framer, Header, Message, Position, explain};

const FRAME_BYTES: usize = 4096;
const CIPHER: Cipher = Cipher { m1: 10_000_000, ia1: 20_000_000, ic1: 30_000_000 };

/// Where something was found and what, and the good messages.
fn framed<'a>(stream: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, Vec<Vec<u8>>) {
    let (mut framer, mut buffer, mut said, mut messages) = (Framer::new(FRAME_BYTES), Vec::new(), Vec::new(), Vec::new());
    for piece in stream {
        buffer.extend_from_slice(piece);
        loop {
            let (used, found) = framer.next(&buffer);
            let is_over = found.is_none();
            if let Some(found) = found {
                said.push(format!("{} {:?}", found.at, found.frame));
                messages.extend(found.frame.ok().map(|frame| frame.message.to_vec()));
            }
            buffer.drain(..used);
            if is_over {
                break;
            }
        }
        assert!(buffer.len() <= FRAME_BYTES + 1, "more than a frame waits");
    }
    said.extend(framer.finish(&buffer).map(|cut| format!("{} {:?}", cut.at, cut.frame)));
    (said, messages)
}

fn observe(position: &Position, edition: Edition) {
    let Ok(seen) = position.observe(received_at(), false) else { return };
    let at = seen.fix.as_ref().map(|fix| fix.at);
    assert!(at.is_none_or(|at| at.lon().abs() <= 180.0 && at.lat().abs() <= 90.0));
    assert!(seen.sequence >= 0);
    let again = Position::of(&seen, edition, "").observe(received_at(), false).expect("what was observed is said");
    assert_eq!(again.fixed_at, seen.fixed_at);
}

fn check(message: &[u8]) {
    Edition::of(message);
    for edition in Edition::ALL {
        explain::whole(message, edition, Some(CIPHER));
        let Ok((header, body)) = Header::read(message, edition) else { continue };
        let Ok(body) = header.open(body, Some(CIPHER)) else { continue };
        let Ok(said) = Message::read(header.id, &body, edition) else { continue };
        explain(&said);
        if let Message::About(About { content, .. }) = &said {
            match content {
                Content::Position(position) | Content::DownPosition(position) => observe(position, edition),
                Content::Positions(all) | Content::DownPositions(all) => all.iter().for_each(|one| observe(one, edition)),
                _ => {}
            }
        }
        let hand = Hand { edition, access_code: header.access_code, cipher: Some((CIPHER, header.key)) };
        let mut frame = Vec::new();
        hand.put(&mut frame, header.serial, &said, received_at());
        let messages = framed(std::iter::once(frame.as_slice())).1;
        assert!(messages.len() == 1 || frame.len() > FRAME_BYTES, "what is written is one frame");
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (said, messages) = framed(std::iter::once(bytes));
    assert_eq!(said, framed(pieces(bytes)).0, "a cut changes what is found");
    messages.iter().for_each(|message| check(message));
    // As if the checksum were right: chance finds none by itself.
    check(bytes);
});

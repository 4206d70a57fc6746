//! JT/T 808 as the platform sends it: what can be read can be written, and is then written the same for ever; packages have
//! every byte of the message.
#![no_main]

use libfuzzer_sys::fuzz_target;
use telematics::jt808::down::Down;
use telematics::jt808::packages::{Outbox, Serial, frames};
use telematics::jt808::{Edition, Framer, TerminalNo};

const MESSAGES: &[u16] = &[
    0x8001, 0x8003, 0x8004, 0x8100, 0x8103, 0x8104, 0x8105, 0x8106, 0x8107, 0x8108, 0x8201, 0x8202, 0x8203, 0x8300, 0x8500, 0x8600,
    0x8601, 0x8602, 0x8603, 0x8604, 0x8605, 0x8606, 0x8607, 0x8800, 0x8900,
];

fuzz_target!(|bytes: &[u8]| {
    let Some((&[pick], body)) = bytes.split_first_chunk() else { return };
    let edition = Edition::ALL[usize::from(pick) % Edition::ALL.len()];
    let id = MESSAGES[usize::from(pick) / Edition::ALL.len() % MESSAGES.len()];
    let Ok(message) = Down::decode(id, edition, body) else { return };
    assert_eq!(message.id(), id);
    // What terminals are sent by others may say more than we would: then it cannot be written, and that is told.
    let Ok(written) = message.encode(edition) else { return };
    let again = Down::decode(id, edition, &written).expect("what was written can be read");
    assert_eq!(again, message, "reading what was written gives the same");
    assert_eq!(again.encode(edition).as_deref(), Ok(written.as_slice()), "writing is stable");

    let terminal = TerminalNo::of_digits("13800138000", edition).expect("a number");
    let sent = frames(&message, terminal, edition, &mut Serial::default()).expect("at most 65,535 packages");
    let (mut framer, mut stream, mut whole) = (Framer::default(), sent.bytes(), Vec::new());
    while let (done, Some(found)) = framer.next(&stream) {
        whole.extend_from_slice(found.frame.expect("a frame of ours").body);
        stream.drain(..done);
    }
    assert_eq!(whole, written);
    let mut outbox = Outbox::new(8 * 1024);
    outbox.keep(sent);
    outbox.again(0, &[0, 1, 2, u16::MAX]);
});

//! Messages to a terminal as frames (下行分包): numbered, cut into packages where a body is too long, kept until it has all of them.

use std::collections::VecDeque;

use crate::jt808::down::{Down, DownError};
use crate::jt808::edition::Edition;
use crate::jt808::frame::{self, BODY_MAX};
use crate::jt808::header::{Header, Package, TerminalNo};

/// Numbers the messages of one connection (消息流水号): from 0, one more for each frame, and round again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Serial(u16);

impl Serial {
    /// Takes so many numbers that follow one another; the first of them.
    pub const fn take(&mut self, count: u16) -> u16 {
        let first = self.0;
        self.0 = first.wrapping_add(count);
        first
    }
}

/// A message as it went out (已发消息): one frame or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The number of its first frame; a terminal's answer names it, or the number of the last one.
    pub first_serial: u16,
    /// The frames, in order.
    pub frames: Vec<Vec<u8>>,
}

impl Sent {
    /// Whether an answer with this number is an answer to it. The standard does not say which package of several is named.
    pub fn is_answered_by(&self, reply_serial: u16) -> bool {
        usize::from(reply_serial.wrapping_sub(self.first_serial)) < self.frames.len()
    }

    /// All of its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.frames.concat()
    }
}

/// Numbers and frames a message for a terminal.
pub fn frames(message: &Down, terminal: TerminalNo, edition: Edition, serial: &mut Serial) -> Result<Sent, DownError> {
    let body = message.encode(edition)?;
    let too_much = |found| DownError::TooMuch { what: "packages", found, limit: u16::MAX.into() };
    let pieces: Vec<&[u8]> = if body.is_empty() { vec![&[]] } else { body.chunks(BODY_MAX).collect() };
    let total = u16::try_from(pieces.len()).map_err(|_error| too_much(pieces.len()))?;
    let first_serial = serial.take(total);
    let mut header = Header::plain(message.id(), edition, terminal, first_serial);
    let mut frames = Vec::with_capacity(pieces.len());
    for (index, piece) in (1..=total).zip(pieces) {
        header.serial = first_serial.wrapping_add(index - 1);
        header.package = (total > 1).then_some(Package { total, index });
        let mut bytes = Vec::with_capacity(piece.len() + Header::MAX + 3);
        frame::put(&mut bytes, &header, piece).map_err(|_error| too_much(piece.len()))?;
        frames.push(bytes);
    }
    Ok(Sent { first_serial, frames })
}

/// Messages in several packages that a terminal may ask for again (补传缓存); the oldest go when there are too many bytes.
#[derive(Debug)]
pub struct Outbox {
    sent: VecDeque<Sent>,
    bytes: usize,
    limit_bytes: usize,
}

impl Outbox {
    /// Keeps at most so many bytes; nothing is allocated before something is kept.
    pub const fn new(limit_bytes: usize) -> Self {
        Self { sent: VecDeque::new(), bytes: 0, limit_bytes }
    }

    /// Keeps a message of several packages; others need none of this.
    pub fn keep(&mut self, sent: Sent) {
        if sent.frames.len() < 2 {
            return;
        }
        self.bytes += size(&sent);
        self.sent.push_back(sent);
        while self.bytes > self.limit_bytes {
            let Some(oldest) = self.sent.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
    }

    /// The packages that a terminal asks for by 0x0005, by the number of the first one and counted from 1, as they were sent
    /// the first time; what is kept no longer, or never was, is left out.
    pub fn again(&self, first_serial: u16, packages: &[u16]) -> Vec<&[u8]> {
        // Numbers come round; the latest message with this one is meant.
        let Some(sent) = self.sent.iter().rev().find(|sent| sent.first_serial == first_serial) else { return Vec::new() };
        let frame = |index: &u16| sent.frames.get(usize::from(*index).checked_sub(1)?).map(Vec::as_slice);
        packages.iter().filter_map(frame).collect()
    }

    /// Forgets a message that the terminal has answered, by any of its numbers.
    pub fn answered(&mut self, reply_serial: u16) {
        self.sent.retain(|sent| !sent.is_answered_by(reply_serial));
        self.bytes = self.sent.iter().map(size).sum();
    }
}

fn size(sent: &Sent) -> usize {
    sent.frames.iter().map(Vec::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jt808::frame::Framer;

    fn terminal() -> TerminalNo {
        TerminalNo::of_digits("13800138000", Edition::V2013).unwrap()
    }

    fn firmware(bytes: usize) -> Down {
        Down::Transparent { kind: 0xf0, data: vec![0x7e; bytes] }
    }

    fn read(bytes: &[u8]) -> Vec<(Header, Vec<u8>)> {
        let mut framer = Framer::default();
        let mut done = 0;
        let mut read = Vec::new();
        while let (used, Some(framed)) = framer.next(&bytes[done..]) {
            let frame = framed.frame.unwrap();
            read.push((frame.header, frame.body.to_vec()));
            done += used;
        }
        read
    }

    #[test]
    fn a_short_message_is_one_frame_and_numbers_follow_one_another() {
        let mut serial = Serial::default();
        let heart = Down::Answer { reply_serial: 5, reply_id: 2, result: 0 };
        let first = frames(&heart, terminal(), Edition::V2013, &mut serial).unwrap();
        assert_eq!(hex::encode(first.bytes()), "7e8001000501380013800000000005000200297e");
        let second = frames(&Down::QueryPosition, terminal(), Edition::V2013, &mut serial).unwrap();
        assert_eq!((first.first_serial, second.first_serial), (0, 1));
        let (header, body) = read(&second.bytes()).remove(0);
        assert_eq!((header.message_id, header.package, body.len()), (0x8201, None, 0));
    }

    #[test]
    fn a_long_message_is_cut_into_packages_with_numbers_in_a_row() {
        let mut serial = Serial(65_534);
        let sent = frames(&firmware(2 * BODY_MAX), terminal(), Edition::V2013, &mut serial).unwrap();
        assert_eq!((sent.frames.len(), serial), (3, Serial(1)));
        let read = read(&sent.bytes());
        let serials: Vec<u16> = read.iter().map(|(header, _)| header.serial).collect();
        assert_eq!(serials, [65_534, 65_535, 0]);
        let packages: Vec<_> = read.iter().filter_map(|(header, _)| header.package).collect();
        assert_eq!(packages, [1, 2, 3].map(|index| Package { total: 3, index }));
        assert_eq!(read.iter().map(|(_, body)| body.len()).collect::<Vec<_>>(), [BODY_MAX, BODY_MAX, 1]);
        let body = read.into_iter().flat_map(|(_, body)| body).collect::<Vec<_>>();
        assert_eq!(Down::decode(0x8900, Edition::V2013, &body), Ok(firmware(2 * BODY_MAX)));
        assert!([65_534, 65_535, 0].into_iter().all(|serial| sent.is_answered_by(serial)));
        assert!(!sent.is_answered_by(1) && !sent.is_answered_by(65_533));
    }

    #[test]
    fn exactly_one_body_is_one_frame() {
        let sent = frames(&firmware(BODY_MAX - 1), terminal(), Edition::V2013, &mut Serial::default()).unwrap();
        assert_eq!(sent.frames.len(), 1);
        assert_eq!(read(&sent.bytes())[0].0.package, None);
    }

    #[test]
    fn a_terminal_gets_the_packages_again_that_it_names() {
        let mut serial = Serial::default();
        let mut outbox = Outbox::new(10_000);
        let sent = frames(&firmware(3000), terminal(), Edition::V2013, &mut serial).unwrap();
        outbox.keep(sent.clone());
        assert_eq!(outbox.again(0, &[3, 1, 0, 9]), [sent.frames[2].as_slice(), sent.frames[0].as_slice()]);
        assert!(outbox.again(1, &[1]).is_empty(), "no message begins with 1");
        outbox.answered(2);
        assert!(outbox.again(0, &[1]).is_empty());
    }

    #[test]
    fn the_outbox_keeps_no_more_than_it_may() {
        let mut serial = Serial::default();
        let mut outbox = Outbox::new(10_000);
        for _ in 0..9 {
            outbox.keep(frames(&firmware(2000), terminal(), Edition::V2013, &mut serial).unwrap());
        }
        assert!(outbox.bytes <= 10_000 && !outbox.again(16, &[1]).is_empty());
        assert!(outbox.again(0, &[1]).is_empty());
        outbox.keep(frames(&firmware(9000), terminal(), Edition::V2013, &mut serial).unwrap());
        assert_eq!((outbox.bytes, outbox.sent.len()), (0, 0), "larger than all that may be kept");
        outbox.keep(frames(&Down::QueryPosition, terminal(), Edition::V2013, &mut serial).unwrap());
        assert_eq!(outbox.sent.len(), 0, "one frame is nothing to ask for again");
    }
}

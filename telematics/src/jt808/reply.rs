//! What the platform answers (平台应答) to a terminal that is registered and signed in; the table of who gets which answer.

use chrono::{DateTime, Utc};

use crate::jt808::assemble::Missing;
use crate::jt808::down::{Down, registration, result};
use crate::jt808::packages::{Serial, frames};
use crate::jt808::up::{Message, Up};

/// Messages that are answers themselves, or that are answered by packages sent again: they get none.
const ANSWERS: &[u16] = &[
    0x0001, // 终端通用应答
    0x0005, // 终端补传分包请求: the packages are the answer
    0x0104, // 查询终端参数应答
    0x0107, // 查询终端属性应答
    0x0201, // 位置信息查询应答
    0x0302, // 提问应答
    0x0500, // 车辆控制应答
    0x0608, // 查询区域或线路数据应答
    0x0700, // 行驶记录数据上传
    0x0802, // 存储多媒体数据检索应答
    0x0805, // 摄像头立即拍摄命令应答
];

/// The first id that the platform's own messages have.
const DOWN: u16 = 0x8000;

/// The answer to a message of a terminal that is registered and signed in, once the message is taken over.
pub fn of(message: &Message, now: DateTime<Utc>) -> Option<Down> {
    let id = message.header.message_id;
    if id >= DOWN || ANSWERS.contains(&id) {
        return None;
    }
    let reply_serial = message.header.serial;
    Some(match &message.up {
        Err(_) => answer(message, result::BAD_MESSAGE),
        // Who is signed in is registered; its code stays what it is.
        Ok(Up::Registration(_)) => Down::Registered { reply_serial, result: registration::TERMINAL_TAKEN, token: None },
        Ok(Up::TimeRequest(_)) => Down::ServerTime(now),
        Ok(Up::Media(media)) => Down::MediaAnswer { media_id: media.event.media_id, packages: Vec::new() },
        Ok(Up::Unknown(_) | Up::Encrypted(_)) => answer(message, result::UNSUPPORTED),
        Ok(_) => answer(message, result::DONE),
    })
}

/// The general answer to a message, with one of [`result`].
pub const fn answer(message: &Message, result: u8) -> Down {
    Down::Answer { reply_serial: message.header.serial, reply_id: message.header.message_id, result }
}

/// The same as [`of`], as the bytes that go out: in the terminal's edition, with the next number of the connection.
pub fn to(message: &Message, serial: &mut Serial, now: DateTime<Utc>) -> Option<Vec<u8>> {
    let answer = of(message, now)?;
    // Answers are short and have no text that could not be said.
    let sent = frames(&answer, message.header.terminal, message.header.edition, serial).ok()?;
    Some(sent.bytes())
}

/// The bytes that ask a terminal for packages that did not come (补传分包请求); `None` for a message of ours.
///
/// A message of more packages than fit one question is asked for bit by bit.
pub fn to_missing(missing: &Missing, serial: &mut Serial) -> Option<Vec<u8>> {
    let packages = missing.indexes.iter().copied().take(usize::from(u8::MAX)).collect();
    let question = Down::Resend { first_serial: missing.first_serial, packages };
    let asked = (missing.message_id < DOWN).then(|| frames(&question, missing.terminal, missing.terminal.edition(), serial))?;
    Some(asked.ok()?.bytes())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;
    use crate::jt808::edition::Edition;
    use crate::jt808::frame::Framer;
    use crate::jt808::header::{Header, TerminalNo};

    /// The answer to a message with this id and body, and the number behind it.
    fn answered(id: u16, edition: Edition, body: &str) -> Option<Down> {
        let terminal = TerminalNo::of_digits("13800138000", edition).unwrap();
        let message = Message::read(Header::plain(id, edition, terminal, 77), &hex::decode(body).unwrap());
        let mut serial = Serial::default();
        let now = Utc.with_ymd_and_hms(2026, 3, 1, 16, 0, 0).unwrap();
        let bytes = to(&message, &mut serial, now);
        assert_eq!(serial.take(1), u16::from(bytes.is_some()), "what is not answered takes no number");
        let bytes = bytes?;
        let mut framer = Framer::default();
        let frame = framer.next(&bytes).1.unwrap().frame.unwrap();
        assert_eq!((frame.header.edition, frame.header.terminal, frame.header.serial), (edition, terminal, 0));
        Some(Down::decode(frame.header.message_id, edition, frame.body).unwrap())
    }

    const POSITION: &str = "00000000000000030098968007270e00000000000000260301000000";

    #[test]
    fn reports_are_taken_over() {
        for (id, body) in [(0x0002, ""), (0x0003, ""), (0x0102, "61"), (0x0200, POSITION), (0x0900, "f001")] {
            let done = Down::Answer { reply_serial: 77, reply_id: id, result: 0 };
            assert_eq!(answered(id, Edition::V2013, body), Some(done), "{id:#06x}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_supported_and_what_is_no_message_is_bad() {
        let result = |id, body| match answered(id, Edition::V2019, body) {
            Some(Down::Answer { result, .. }) => Some(result),
            _ => None,
        };
        assert_eq!(result(0x0F00, "0102"), Some(result::UNSUPPORTED));
        assert_eq!(result(0x1300, ""), Some(result::UNSUPPORTED));
        assert_eq!(result(0x0200, "00"), Some(result::BAD_MESSAGE));
        assert_eq!(result(0x0100, "00"), Some(result::BAD_MESSAGE));
    }

    #[test]
    fn answers_get_no_answer_even_when_they_are_broken() {
        for id in ANSWERS {
            assert_eq!(answered(*id, Edition::V2013, ""), None, "{id:#06x}");
        }
        assert_eq!(answered(0x0001, Edition::V2013, "0001820100"), None);
        assert_eq!(answered(0x8100, Edition::V2013, "000100"), None, "the other direction");
    }

    #[test]
    fn some_messages_have_answers_of_their_own() {
        let registration = format!("0021 0064 {} {} {} 01 {}", "61".repeat(5), "62".repeat(20), "63".repeat(7), "d5e341");
        let taken = Down::Registered { reply_serial: 77, result: registration::TERMINAL_TAKEN, token: None };
        assert_eq!(answered(0x0100, Edition::V2013, &registration.replace(' ', "")), Some(taken));
        let time = Utc.with_ymd_and_hms(2026, 3, 1, 16, 0, 0).unwrap();
        assert_eq!(answered(0x0004, Edition::V2019, ""), Some(Down::ServerTime(time)));
        let media = format!("00000009 00 00 00 01 {POSITION} ffd8");
        let whole = Down::MediaAnswer { media_id: 9, packages: vec![] };
        assert_eq!(answered(0x0801, Edition::V2013, &media.replace(' ', "")), Some(whole));
    }
}

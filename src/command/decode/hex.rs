//! Captures as people keep them: hexadecimal text that is one stream of bytes, connection after connection.

use std::io::{self, BufRead};

use serde_json::{Value, json};

/// Reads hexadecimal text piece by piece, whatever its size.
///
/// White space means nothing, a line may end anywhere, in the middle of a byte too; a blank line begins a new connection;
/// `0x` before a number is left out.
#[derive(Debug)]
pub(super) struct HexReader<R> {
    input: R,
    state: State,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of the text for itself; no two make one state")]
struct State {
    half: Half,
    /// The half is a `0` that began a word: with an `x` behind it, it is no digit.
    half_may_be_prefix: bool,
    in_word: bool,
    line_is_blank: bool,
    connection_is_empty: bool,
    /// A connection has ended that was not told yet, because its last byte was cut.
    connection_ends: bool,
    /// What is no digit was told, and no byte has come since.
    told: bool,
    line: u64,
    column: u64,
    bytes: u64,
}

/// The first digit of a byte of which the second has not come yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    None,
    Digit(u8),
    /// A letter that is no digit stands in its place; the byte is lost, the next ones are not.
    Lost,
}

/// What comes next in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Bytes were appended.
    Bytes,
    /// A blank line: what follows is another connection.
    Connection,
    /// Something that is no byte; the reader goes on behind it.
    Bad(BadHex),
    /// The end of the input.
    End,
}

/// Text that is no byte, and where it stands; line and column count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadHex {
    #[error("line {line}, column {column}: {} is no hexadecimal digit", shown(*found))]
    Digit { line: u64, column: u64, found: u8 },
    #[error("line {line}, column {column}: a byte has only one digit")]
    Half { line: u64, column: u64 },
}

impl BadHex {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Digit { .. } => "decode.hex_digit",
            Self::Half { .. } => "decode.hex_half",
        }
    }

    /// The line of output: where in the stream of bytes it happened, and what.
    pub(super) fn line(self, protocol: &str, at: u64) -> Value {
        json!({ "protocol": protocol, "at": at, "error": { "code": self.code(), "detail": self.to_string() } })
    }
}

fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() { format!("`{}`", char::from(byte)) } else { format!("byte {byte:#04x}") }
}

impl<R: BufRead> HexReader<R> {
    pub(super) fn new(input: R) -> Self {
        let state = State {
            half: Half::None,
            half_may_be_prefix: false,
            in_word: false,
            line_is_blank: true,
            connection_is_empty: true,
            connection_ends: false,
            told: false,
            line: 1,
            column: 0,
            bytes: 0,
        };
        Self { input, state }
    }

    /// Bytes read so far, over all connections.
    pub(super) const fn offset(&self) -> u64 {
        self.state.bytes
    }

    /// Appends the next bytes to `out` and says what stopped it.
    pub(super) fn read(&mut self, out: &mut Vec<u8>) -> io::Result<Piece> {
        let had = out.len();
        if std::mem::take(&mut self.state.connection_ends) {
            return Ok(Piece::Connection);
        }
        loop {
            let text = self.input.fill_buf()?;
            if text.is_empty() {
                return Ok(self.state.finish());
            }
            let mut used = 0;
            let mut stop = None;
            for byte in text {
                used += 1;
                stop = self.state.take(*byte, out);
                if stop.is_some() {
                    break;
                }
            }
            self.input.consume(used);
            if let Some(piece) = stop {
                return Ok(piece);
            }
            if out.len() > had {
                return Ok(Piece::Bytes);
            }
        }
    }
}

impl State {
    fn finish(&mut self) -> Piece {
        match std::mem::replace(&mut self.half, Half::None) {
            Half::Digit(_) => Piece::Bad(BadHex::Half { line: self.line, column: self.column }),
            Half::None | Half::Lost => Piece::End,
        }
    }

    fn take(&mut self, byte: u8, out: &mut Vec<u8>) -> Option<Piece> {
        self.column += 1;
        if let Some(digit) = digit(byte) {
            self.digit(digit, out);
            return None;
        }
        if byte.is_ascii_whitespace() {
            self.in_word = false;
            if self.half == Half::Lost {
                self.half = Half::None;
            }
            return if byte == b'\n' { self.new_line() } else { None };
        }
        // The mark that some editors put before the text.
        if self.line == 1 && self.column <= 3 && matches!(byte, 0xef | 0xbb | 0xbf) {
            return None;
        }
        self.line_is_blank = false;
        if matches!(byte, b'x' | b'X') && self.half_may_be_prefix && self.half == Half::Digit(0) {
            self.half = Half::None;
            self.half_may_be_prefix = false;
            return None;
        }
        // A letter took a digit's place; anything else stands between bytes.
        self.half = if byte.is_ascii_alphanumeric() && self.half == Half::None { Half::Lost } else { Half::None };
        self.in_word = true;
        // What belongs together is one error, not one a letter.
        if std::mem::replace(&mut self.told, true) {
            return None;
        }
        Some(Piece::Bad(BadHex::Digit { line: self.line, column: self.column, found: byte }))
    }

    fn digit(&mut self, digit: u8, out: &mut Vec<u8>) {
        self.line_is_blank = false;
        self.connection_is_empty = false;
        self.half = match self.half {
            Half::Digit(high) => {
                out.push(high << 4 | digit);
                self.bytes += 1;
                (self.half_may_be_prefix, self.told) = (false, false);
                Half::None
            }
            Half::None => {
                self.half_may_be_prefix = digit == 0 && !self.in_word;
                Half::Digit(digit)
            }
            Half::Lost => Half::None,
        };
        self.in_word = true;
    }

    fn new_line(&mut self) -> Option<Piece> {
        let blank = std::mem::replace(&mut self.line_is_blank, true);
        let (line, column) = (self.line, self.column);
        self.line += 1;
        self.column = 0;
        if !blank || self.connection_is_empty {
            return None;
        }
        self.connection_is_empty = true;
        if let Half::Digit(_) = std::mem::replace(&mut self.half, Half::None) {
            self.connection_ends = true;
            return Some(Piece::Bad(BadHex::Half { line, column }));
        }
        Some(Piece::Connection)
    }
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// Everything of a text, read through a buffer of `size`: `|` begins a connection, `!` is what is no byte.
    fn told(text: &str, size: usize) -> String {
        let mut reader = HexReader::new(BufReader::with_capacity(size, text.as_bytes()));
        let mut told = String::new();
        loop {
            let mut bytes = Vec::new();
            let piece = reader.read(&mut bytes).unwrap();
            told += &hex::encode(&bytes);
            match piece {
                Piece::Bytes => {}
                Piece::Connection => told.push('|'),
                Piece::Bad(_) => told.push('!'),
                Piece::End => return told,
            }
        }
    }

    #[test]
    fn white_space_case_and_prefixes_mean_nothing() {
        for size in [1, 2, 3, 7, 100] {
            assert_eq!(told("7E 02\t00\r\n7e", size), "7e02007e", "{size}");
            assert_eq!(told("0x7E 0X02 0x00", size), "7e0200", "{size}");
            assert_eq!(told("7\nE0\n2", size), "7e02", "a byte may be cut, {size}");
            assert_eq!(told("00 0x10 0 0", size), "001000", "{size}");
        }
    }

    #[test]
    fn a_blank_line_begins_a_new_connection() {
        for size in [1, 5, 100] {
            assert_eq!(told("\n\n7e\n\n \n7e\n\n", size), "7e|7e|", "{size}");
            assert_eq!(told("7e\r\n\r\n7e", size), "7e|7e", "{size}");
            assert_eq!(told("7e0\n\n7e", size), "7e!|7e", "a half byte ends with its connection, {size}");
        }
    }

    #[test]
    fn what_is_no_digit_is_told_with_its_place_and_is_no_stop() {
        let mut reader = HexReader::new("7e\n02 hello 00".as_bytes());
        let mut bytes = Vec::new();
        let bad = BadHex::Digit { line: 2, column: 4, found: b'h' };
        assert_eq!(reader.read(&mut bytes).unwrap(), Piece::Bad(bad));
        assert_eq!(bad.to_string(), "line 2, column 4: `h` is no hexadecimal digit");
        assert_eq!((reader.read(&mut bytes).unwrap(), reader.read(&mut bytes).unwrap()), (Piece::Bytes, Piece::End));
        assert_eq!((bytes, reader.offset()), (vec![0x7e, 0x02, 0x00], 3));
        assert_eq!(told("7e0", 9), "7e!");
    }

    #[test]
    fn a_wrong_digit_costs_its_byte_alone() {
        assert_eq!(told("7e0g7e00", 9), "7e!7e00");
        assert_eq!(told("7eg07e00", 9), "7e!7e00");
        assert_eq!(told("7egg7eg0gg00", 9), "7e!7e!00");
        assert_eq!(told("7e,00;7e", 9), "7e!00!7e");
        assert_eq!(told("\u{feff}7e", 9), "7e");
    }
}

//! Lines out of bytes: from `$` to its checksum, whatever else runs over the wire between them.

use crate::nmea::NmeaError;

/// Bytes a line may have; the standard says 82, real receivers exceed it.
pub const MAX_LINE_BYTES: usize = 256;

/// One line from `$` to the checksum's last digit, without the line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Offset of the `$` in the stream.
    pub at: u64,
    /// The bytes, `$` first.
    pub bytes: Vec<u8>,
}

/// Finds lines in a byte stream; resynchronises on every `$`.
#[derive(Debug, Default)]
pub struct Framer {
    /// Bytes of the open line; empty between lines.
    open: Vec<u8>,
    opened_at: u64,
    position: u64,
    noise_bytes: u64,
}

impl Framer {
    /// Takes one byte; `None` means that more are needed.
    pub fn push(&mut self, byte: u8) -> Option<Result<Line, (u64, NmeaError)>> {
        let at = self.position;
        self.position += 1;
        if self.open.is_empty() {
            self.between(at, byte);
            return None;
        }
        match byte {
            b'$' => {
                let length = self.open.len();
                let broken = self.opened_at;
                self.open.clear();
                self.between(at, byte);
                Some(Err((broken, NmeaError::Truncated { length })))
            }
            b'\r' | b'\n' => Some(self.fail(NmeaError::ChecksumMissing)),
            0x20..=0x7e => self.inside(byte),
            _ => Some(self.fail(NmeaError::Binary { byte })),
        }
    }

    /// Bytes seen outside lines, line ends not counted.
    pub const fn noise_bytes(&self) -> u64 {
        self.noise_bytes
    }

    fn between(&mut self, at: u64, byte: u8) {
        match byte {
            b'$' => {
                self.opened_at = at;
                self.open.push(byte);
            }
            b'\r' | b'\n' => {}
            _ => self.noise_bytes += 1,
        }
    }

    fn inside(&mut self, byte: u8) -> Option<Result<Line, (u64, NmeaError)>> {
        self.open.push(byte);
        // The line ends with its checksum, not with CR LF: what follows may be binary at once.
        if let [.., b'*', high, low] = self.open.as_slice()
            && high.is_ascii_hexdigit()
            && low.is_ascii_hexdigit()
        {
            return Some(Ok(Line { at: self.opened_at, bytes: std::mem::take(&mut self.open) }));
        }
        if self.open.len() >= MAX_LINE_BYTES {
            return Some(self.fail(NmeaError::Overlong { limit: MAX_LINE_BYTES }));
        }
        None
    }

    fn fail(&mut self, error: NmeaError) -> Result<Line, (u64, NmeaError)> {
        self.open.clear();
        Err((self.opened_at, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: &[u8]) -> Vec<Result<String, &'static str>> {
        let mut framer = Framer::default();
        let found = bytes.iter().filter_map(|b| framer.push(*b));
        found.map(|f| f.map(|line| String::from_utf8(line.bytes).unwrap()).map_err(|(_, e)| e.code())).collect()
    }

    #[test]
    fn lines_are_found_between_whatever_else_runs_over_the_wire() {
        let ubx = [0xb5, 0x62, 0x01, 0x07, 0x00, 0xff];
        let mut bytes = b"junk\n$GPTXT,a*00\r\n".to_vec();
        bytes.extend(ubx);
        bytes.extend(b"$GPTXT,b*11");
        bytes.extend(ubx);
        bytes.extend(b"$GPRMC,12$GPTXT,c*22\r\n$GPTXT,no sum\r\n$GPTXT,\xff*33\n");
        assert_eq!(
            frame(&bytes),
            [
                Ok("$GPTXT,a*00".to_owned()),
                Ok("$GPTXT,b*11".to_owned()),
                Err("nmea.truncated"),
                Ok("$GPTXT,c*22".to_owned()),
                Err("nmea.checksum_missing"),
                Err("nmea.binary"),
            ]
        );
    }

    #[test]
    fn an_endless_line_is_dropped_and_the_next_one_read() {
        let mut bytes = vec![b'$'];
        bytes.extend(vec![b'A'; 1000]);
        bytes.extend(b"$GPTXT,a*00\r\n");
        assert_eq!(frame(&bytes), [Err("nmea.overlong"), Ok("$GPTXT,a*00".to_owned())]);
    }

    #[test]
    fn offsets_are_those_of_the_stream() {
        let mut framer = Framer::default();
        let lines: Vec<_> = b"\r\n$A*00\r\n$B*00".iter().filter_map(|b| framer.push(*b)).flatten().collect();
        assert_eq!(lines.iter().map(|l| l.at).collect::<Vec<_>>(), [2, 9]);
    }
}

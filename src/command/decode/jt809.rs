//! `motorpool decode jt809`: what two platforms say to each other, in hexadecimal, one line a message.

use std::io::{self, BufRead, Write};
use std::str::FromStr;

use serde_json::{Value, json};
use telematics::jt809::{Cipher, Edition, Framed, Framer, explain};

use crate::command::decode::Input;
use crate::command::decode::hex::{HexReader, Piece};

const PROTOCOL: &str = "jt809";

/// JT/T 809 in hexadecimal, either direction, 2011 and 2019: one line a message.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool decode jt809 --edition 2011 capture.hex")]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) input: Input,
    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct How {
    /// The edition, 2011 or 2019; without it what the messages of a connection tell, which a login always does.
    #[arg(long, value_name = "YEAR", value_parser = edition)]
    edition: Option<Edition>,
    /// Constants of the encryption.
    #[arg(long, value_name = "M1,IA1,IC1", value_parser = cipher)]
    cipher: Option<Cipher>,
}

fn edition(text: &str) -> Result<Edition, String> {
    Edition::ALL.into_iter().find(|edition| edition.to_string() == text).ok_or_else(|| "2011 or 2019".to_owned())
}

fn cipher(text: &str) -> Result<Cipher, String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(|number| u32::from_str(number.trim())).collect();
    match numbers.unwrap_or_default().as_slice() {
        &[m1, ia1, ic1] => Ok(Cipher { m1, ia1, ic1 }),
        _ => Err("three numbers with commas between them".to_owned()),
    }
}

/// Reads everything, writes a line a message or error, and never stops before the end.
pub(super) fn run(input: impl BufRead, how: How, out: &mut impl Write) -> io::Result<()> {
    let mut text = HexReader::new(input);
    let mut connection = Connection::new(0, how);
    let mut bytes = Vec::new();
    loop {
        let piece = text.read(&mut bytes)?;
        let done = connection.take(&bytes, out)?;
        bytes.drain(..done);
        match piece {
            Piece::Bytes => {}
            Piece::Bad(bad) => writeln!(out, "{}", bad.line(PROTOCOL, text.offset()))?,
            Piece::Connection | Piece::End => {
                if let Some(cut) = connection.framer.finish(&bytes) {
                    connection.tell(&cut, out)?;
                }
                bytes.clear();
                connection = Connection::new(text.offset(), how);
                if piece == Piece::End {
                    return Ok(());
                }
            }
        }
    }
}

/// One connection of the capture, from one blank line to the next.
struct Connection {
    /// Where it begins among all bytes.
    base: u64,
    framer: Framer,
    edition: Option<Edition>,
    how: How,
}

impl Connection {
    fn new(base: u64, how: How) -> Self {
        Self { base, framer: Framer::default(), edition: how.edition, how }
    }

    /// Tells the frames in these bytes, and how many of the bytes are done with.
    fn take(&mut self, bytes: &[u8], out: &mut impl Write) -> io::Result<usize> {
        let mut done = 0;
        loop {
            let mut framer = std::mem::take(&mut self.framer);
            let (used, found) = framer.next(bytes.get(done..).unwrap_or_default());
            done += used;
            let is_over = found.is_none();
            let told = found.map_or(Ok(()), |framed| self.tell(&framed, out));
            self.framer = framer;
            told?;
            if is_over {
                return Ok(done);
            }
        }
    }

    fn tell(&mut self, framed: &Framed<'_>, out: &mut impl Write) -> io::Result<()> {
        let mut said = match framed.frame {
            Ok(frame) => {
                // What one message shows holds for those after it that would fit in either.
                self.edition = self.how.edition.or_else(|| Edition::of(frame.message)).or(self.edition);
                explain::whole(frame.message, self.edition.unwrap_or_default(), self.how.cipher)
            }
            Err(error) => {
                let error = json!({ "code": error.code(), "detail": error.to_string() });
                serde_json::Map::from_iter([("error".to_owned(), error)])
            }
        };
        said.insert("protocol".to_owned(), Value::from(PROTOCOL));
        said.insert("at".to_owned(), Value::from(self.base + framed.at));
        writeln!(out, "{}", Value::Object(said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::decode::tests::lines;

    const LOGIN: &str = "5B000000480000008510010133EFB8010000010003E8B2D37D9CC4900C77DC78F8676527D8AE12243CFB64CC2FBA619AEFAD33ACCB3256F67BFF19DF33097841098665703FE36E5D";

    #[test]
    fn a_login_is_one_line_without_its_password() {
        let how = How { cipher: cipher("30000000,20000000,20000000").ok(), ..How::default() };
        let told = lines(|out| run(LOGIN.as_bytes(), how, out));
        assert_eq!(
            told,
            [json!({
                "protocol": "jt809", "at": 0, "version": 2011, "message_id": "0x1001", "message": "UP_CONNECT_REQ", "serial": 133,
                "access_code": 20_180_920, "protocol_version": "1.0.0", "encryption": 1,
                "body": { "user": 20_180_920, "sub_link_host": "127.0.0.1", "sub_link_port": 809 },
            })]
        );
        let sealed = lines(|out| run(LOGIN.as_bytes(), How::default(), out));
        assert_eq!(sealed[0]["error"]["code"], "jt809.encrypted");
        assert!(cipher("1,2").is_err() && edition("2013").is_err());
    }

    #[test]
    fn a_bad_frame_does_not_stop_the_stream_and_a_blank_line_ends_a_connection() {
        let (cut, _) = LOGIN.split_at(40);
        let wrong = LOGIN.replace("E36E", "E36F");
        let told = lines(|out| run(format!("00{wrong}{LOGIN}\n{cut}\n\n{LOGIN}").as_bytes(), How::default(), out));
        let codes: Vec<_> =
            told.iter().map(|line| (line["at"].as_u64().unwrap(), line["error"]["code"].as_str().unwrap())).collect();
        let expected = [
            (0, "jt809.noise"),
            (1, "jt809.checksum"),
            (73, "jt809.encrypted"),
            (145, "jt809.incomplete"),
            (165, "jt809.encrypted"),
        ];
        assert_eq!(codes, expected);
    }
}

//! `motorpool decode gb32960`: frames of electric vehicles, one JSON object a message, with what a server answers.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::ValueHint;
use serde_json::{Map, Value, json};
use telematics::gb32960::{
    Broken, Frame, FrameError, Framer, Header, Keys, Message, MessageError, Verdict, explain, fields, open, reply,
};

use crate::command::decode::Input;
use crate::command::decode::hex::{HexReader, Piece};

/// GB/T 32960.3 in hex, 2016 and 2025: one line a message.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool decode gb32960 --keys keys.toml capture.hex")]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,
    /// TOML file with the keys of vehicles and platforms: `[[key]]` with `name`, `rsa_public`, `sm2_public`, `aes128`, `sm4`, `mode`, `iv`.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    keys: Option<PathBuf>,
    /// The platform whose link it is; its keys serve for vehicles that have none of their own.
    #[arg(long, value_name = "NAME")]
    platform: Option<String>,
    /// What a terminal that asks for the time is answered; without it the answer holds no other time than its own.
    #[arg(long, value_name = "TIME")]
    now: Option<DateTime<Utc>>,
    /// Tell each field with its bytes as well.
    #[arg(long)]
    fields: bool,
}

impl Args {
    /// The keys of the file that was named.
    pub(super) fn keys(&self) -> anyhow::Result<Keys> {
        let Some(file) = &self.keys else { return Ok(Keys::default()) };
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is no key file", file.display()))
    }

    /// What is to be read.
    pub(super) fn open(&self) -> anyhow::Result<Box<dyn BufRead>> {
        self.input.open()
    }
}

pub(super) fn run(args: &Args, keys: &Keys, input: impl BufRead, out: &mut impl Write) -> io::Result<()> {
    Told { keys, platform: args.platform.as_deref(), now: args.now, with_fields: args.fields }.stream(input, out)
}

/// How messages are told.
struct Told<'a> {
    keys: &'a Keys,
    platform: Option<&'a str>,
    now: Option<DateTime<Utc>>,
    with_fields: bool,
}

impl Told<'_> {
    fn stream(&self, input: impl BufRead, out: &mut impl Write) -> io::Result<()> {
        let mut reader = HexReader::new(input);
        let mut framer = Framer::default();
        let (mut buffer, mut at) = (Vec::new(), 0);
        loop {
            match reader.read(&mut buffer)? {
                Piece::Bytes => at += self.drain(&mut buffer, at, out, |buffer| framer.next(buffer))?,
                Piece::Bad(bad) => writeln!(out, "{}", bad.line("gb32960", reader.offset()))?,
                end @ (Piece::Connection | Piece::End) => {
                    self.drain(&mut buffer, at, out, |buffer| framer.last(buffer))?;
                    buffer.clear();
                    (framer, at) = (Framer::default(), reader.offset());
                    if end == Piece::End {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Tells what is at the front of the buffer until more bytes are needed, and how many of them are done with.
    fn drain(
        &self,
        buffer: &mut Vec<u8>,
        begins_at: u64,
        out: &mut impl Write,
        mut next: impl FnMut(&[u8]) -> telematics::gb32960::Taken<'_>,
    ) -> io::Result<u64> {
        let mut used = 0;
        loop {
            let rest = buffer.get(used..).unwrap_or_default();
            let taken = next(rest);
            let at = begins_at + (used + taken.begins) as u64;
            match taken.item {
                Some(Ok(frame)) => writeln!(out, "{}", self.frame(at, &frame))?,
                Some(Err(broken)) => writeln!(out, "{}", self.broken(at, &broken))?,
                None => {
                    used += taken.used;
                    buffer.drain(..used);
                    return Ok(used as u64);
                }
            }
            used += taken.used;
        }
    }

    fn frame(&self, at: u64, frame: &Frame<'_>) -> Value {
        let header = &frame.header;
        let ring = self.keys.ring(header.vin.as_str().unwrap_or_default(), self.platform);
        let data = match open(frame, &ring) {
            Ok(data) => data,
            Err(error) => {
                let answer = reply::to_error(header, frame.data, &error, &ring);
                return self.line(at, frame.bytes, failed(header, &error), answer);
            }
        };
        let message = match Message::read(*header, &data) {
            Ok(message) => message,
            Err(error) => {
                let answer = reply::to_error(header, &data, &error, &ring);
                return self.line(at, frame.bytes, failed(header, &error), answer);
            }
        };
        let verdict = message.verdict(&ring);
        let answer = reply::to(&message, verdict, self.now, &ring);
        let mut said = explain::message(&message, verdict);
        if verdict == Verdict::Invalid {
            said.insert("error".to_owned(), error(&MessageError::Signature));
        }
        self.line(at, frame.bytes, said, answer)
    }

    fn broken(&self, at: u64, broken: &Broken<'_>) -> Value {
        let mut said = match broken.error {
            FrameError::Junk => Map::new(),
            _ => Header::read(broken.bytes).map(|header| explain::header(&header)).unwrap_or_default(),
        };
        said.insert("error".to_owned(), json!({ "code": broken.error.code(), "detail": broken.error.to_string() }));
        self.line(at, broken.bytes, said, reply::to_broken(broken))
    }

    fn line(&self, at: u64, bytes: &[u8], mut said: Map<String, Value>, answer: Option<Vec<u8>>) -> Value {
        said.insert("protocol".to_owned(), Value::from("gb32960"));
        said.insert("at".to_owned(), Value::from(at));
        said.insert("reply".to_owned(), Value::from(answer.map(hex::encode)));
        if self.with_fields {
            said.insert("fields".to_owned(), json!(fields(bytes)));
        }
        Value::Object(said)
    }
}

/// A frame whose check code is right and which says nothing: what its header says, and why.
fn failed(header: &Header, why: &MessageError) -> Map<String, Value> {
    let mut said = explain::header(header);
    said.insert("error".to_owned(), error(why));
    said
}

fn error(why: &MessageError) -> Value {
    json!({ "code": why.code(), "detail": why.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGOUT: &str = "232304fe484155563442474e365335303032323139010008190a1b1402020802c8";

    fn lines(text: &str) -> Vec<Value> {
        let keys = Keys::default();
        let told = Told { keys: &keys, platform: None, now: None, with_fields: false };
        let mut out = Vec::new();
        told.stream(text.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_message_is_one_line_with_its_answer() {
        let lines = lines(LOGOUT);
        assert_eq!(
            lines,
            [json!({
                "protocol": "gb32960", "at": 0, "edition": 2016, "command": "logout", "ack": "command", "vin": "HAUV4BGN6S5002219",
                "encryption": "none", "time": "2025-10-27T12:02:02Z", "replay": false, "serial": 2050,
                "reply": "23230401484155563442474e365335303032323139010006190a1b14020233",
            })]
        );
    }

    #[test]
    fn a_bad_frame_does_not_stop_the_stream_and_a_blank_line_ends_a_connection() {
        let wrong = LOGOUT.replace("0802c8", "0803c8");
        let (cut, _) = LOGOUT.split_at(40);
        let lines = lines(&format!("{wrong}{LOGOUT}\n{cut}\n\n{LOGOUT}\n00"));
        let told: Vec<_> = lines.iter().map(|line| (line["at"].as_u64().unwrap(), line["error"]["code"].as_str())).collect();
        assert_eq!(
            told,
            [(0, Some("gb32960.checksum")), (33, None), (66, Some("gb32960.length")), (86, None), (119, Some("gb32960.junk"))]
        );
    }
}

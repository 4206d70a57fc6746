//! `motorpool decode jt808`: a capture of either direction in hexadecimal, one line a message, with the answer that it gets.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use chrono::{DateTime, Utc};
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};
use telematics::jt808::assemble::{Assembled, Assembler, Limits, Missing};
use telematics::jt808::explain::explain;
use telematics::jt808::fields::{Field, body_fields, fields};
use telematics::jt808::frame::{self, Frame, Framed, Framer};
use telematics::jt808::header::{Header, TerminalNo};
use telematics::jt808::packages::Serial;
use telematics::jt808::reply;
use telematics::jt808::up::Message;
use telematics::jt808::vendor::Profile;

use crate::command::decode::Input;
use crate::command::decode::hex::{HexReader, Piece};

const PROTOCOL: &str = "jt808";

/// How much of messages in packages is kept at a time; a capture may hold many terminals.
const WAITING: usize = 64 << 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool decode jt808 --fields capture.hex")]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) input: Input,
    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Debug, clap::Args)]
pub(super) struct How {
    /// The model that the terminals are of: how its own items are read.
    #[arg(long, value_name = "NAME", default_value = Profile::STANDARD.name,
          value_parser = PossibleValuesParser::new(Profile::ALL.iter().map(|profile| profile.name)))]
    profile: String,
    /// Shows every field with its bytes, too.
    #[arg(long)]
    fields: bool,
    /// The time that an answer to 0x0004 tells; the clock's without it.
    #[arg(long, value_name = "RFC3339")]
    now: Option<DateTime<Utc>>,
}

/// Reads everything, writes a line a message or error, and never stops before the end.
pub(super) fn run(input: impl BufRead, how: &How, clock: DateTime<Utc>, out: &mut impl Write) -> io::Result<()> {
    let mut text = HexReader::new(input);
    let mut lines = Lines {
        profile: Profile::by_name(&how.profile).unwrap_or(&Profile::STANDARD),
        with_fields: how.fields,
        now: how.now.unwrap_or(clock),
        out,
    };
    let mut connection = Connection::new(0);
    let mut bytes = Vec::new();
    loop {
        let piece = text.read(&mut bytes)?;
        let done = connection.take(&bytes, &mut lines)?;
        bytes.drain(..done);
        match piece {
            Piece::Bytes => {}
            Piece::Bad(bad) => lines.write(&bad.line(PROTOCOL, text.offset()))?,
            Piece::Connection | Piece::End => {
                connection.finish(&bytes, &mut lines)?;
                bytes.clear();
                connection = Connection::new(text.offset());
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
    assembler: Assembler,
    /// Where the packages stand of messages that are not whole.
    packages: BTreeMap<Pieces, Vec<u64>>,
    serial: Serial,
}

/// A message in packages: whose, what, and the number of its first package.
type Pieces = (TerminalNo, u16, u16);

impl Connection {
    fn new(base: u64) -> Self {
        let limits = Limits { bytes: WAITING, messages: usize::from(u16::MAX), ..Limits::default() };
        let (framer, assembler) = (Framer::of_capture(), Assembler::new(limits));
        Self { base, framer, assembler, packages: BTreeMap::new(), serial: Serial::default() }
    }

    /// Tells the frames in these bytes, and how many of the bytes are done with.
    fn take(&mut self, bytes: &[u8], lines: &mut Lines<'_, impl Write>) -> io::Result<usize> {
        let mut done = 0;
        loop {
            let (used, framed) = self.framer.next(bytes.get(done..).unwrap_or_default());
            done += used;
            let Some(Framed { at, frame }) = framed else { return Ok(done) };
            let at = self.base + at;
            match frame {
                Ok(Frame { header, body, .. }) => {
                    // Once the framer lets go of its bytes; a frame is short.
                    let body = body.to_vec();
                    self.frame(at, &header, &body, lines)?;
                }
                Err(error) => lines.error(at, error.code(), &error.to_string())?,
            }
        }
    }

    fn frame(&mut self, at: u64, header: &Header, body: &[u8], lines: &mut Lines<'_, impl Write>) -> io::Result<()> {
        let pieces = header.package.map(|package| {
            let first = header.serial.wrapping_sub(package.index.wrapping_sub(1));
            (header.terminal, header.message_id, first)
        });
        // Time does not pass in a capture: nothing is given up before its end.
        match self.assembler.push(header, body, DateTime::UNIX_EPOCH) {
            Ok(Assembled::Whole(header, body)) => {
                let packages = pieces.map(|pieces| {
                    let mut places = self.packages.remove(&pieces).unwrap_or_default();
                    places.push(at);
                    places
                });
                lines.message(at, &Message::read(header, &body), packages, &mut self.serial)
            }
            Ok(Assembled::Waits) => {
                if let Some(pieces) = pieces {
                    self.packages.entry(pieces).or_default().push(at);
                }
                Ok(())
            }
            Ok(Assembled::Duplicate) => Ok(()),
            Err(error) => lines.error(at, error.code(), &error.to_string()),
        }
    }

    /// Tells what never became whole: a frame that the capture cuts off, and messages of which packages are missing.
    fn finish(&mut self, rest: &[u8], lines: &mut Lines<'_, impl Write>) -> io::Result<()> {
        for missing in self.assembler.missing() {
            let pieces = (missing.terminal, missing.message_id, missing.first_serial);
            let at = self.packages.get(&pieces).and_then(|places| places.first()).copied().unwrap_or(self.base);
            lines.incomplete(at, &missing, &mut self.serial)?;
        }
        match self.framer.finish(rest) {
            Some(Framed { at, frame: Err(error) }) => lines.error(self.base + at, error.code(), &error.to_string()),
            _ => Ok(()),
        }
    }
}

/// Lines of output, and what they all depend on.
struct Lines<'a, W> {
    profile: &'a Profile,
    with_fields: bool,
    now: DateTime<Utc>,
    out: &'a mut W,
}

impl<W: Write> Lines<'_, W> {
    fn message(&mut self, at: u64, message: &Message, packages: Option<Vec<u64>>, serial: &mut Serial) -> io::Result<()> {
        let mut line = explain(message, self.profile);
        let answer = reply::to(message, serial, self.now).map(hex::encode);
        let mut set = |key: &str, value: Value| line.as_object_mut().map(|line| line.insert(key.to_owned(), value));
        set("protocol", PROTOCOL.into());
        set("at", at.into());
        set("reply", answer.into());
        if self.with_fields {
            set("fields", json!(shown(message, packages.is_some())));
        }
        if let Some(places) = packages {
            set("packages_at", places.into());
        }
        self.write(&line)
    }

    /// A message of which packages are missing, and how they are asked for.
    fn incomplete(&mut self, at: u64, missing: &Missing, serial: &mut Serial) -> io::Result<()> {
        let names: Vec<String> = missing.indexes.iter().map(u16::to_string).collect();
        let detail = format!("packages that did not come: {}", names.join(", "));
        let question = reply::to_missing(missing, serial).map(hex::encode);
        self.write(&json!({
            "protocol": PROTOCOL,
            "at": at,
            "message_id": format!("{:#06x}", missing.message_id),
            "terminal_id": missing.terminal.to_string(),
            "serial": missing.first_serial,
            "reply": question,
            "error": { "code": "jt808.incomplete", "detail": detail, "missing": missing.indexes },
        }))
    }

    fn error(&mut self, at: u64, code: &str, detail: &str) -> io::Result<()> {
        self.write(&json!({ "protocol": PROTOCOL, "at": at, "error": { "code": code, "detail": detail } }))
    }

    fn write(&mut self, line: &Value) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }
}

/// The fields of a message: of its frame, or of its body alone when it came in packages.
fn shown(message: &Message, in_packages: bool) -> Vec<Field> {
    if in_packages {
        return body_fields(&message.header, &message.body);
    }
    let mut framed = Vec::new();
    // What was a frame is one again.
    let read = frame::put(&mut framed, &message.header, &message.body).and_then(|()| fields(&framed));
    read.unwrap_or_default()
}

#[cfg(test)]
mod tests;

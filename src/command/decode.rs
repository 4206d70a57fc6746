//! `motorpool decode`: bytes in, one JSON object a message out.

mod gb32960;
mod hex;
mod jt808;
mod jt809;
mod nmea;
mod obd;
mod osmand;

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Subcommand, ValueHint};

/// Decodes what a device sent: bytes in, one JSON object a message out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool decode nmea drive.log\n  motorpool decode jt808 --fields capture.hex")]
pub(crate) struct Args {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    Gb32960(gb32960::Args),
    /// JT/T 808 in hexadecimal, either direction, all editions: one line a message, with its answer.
    Jt808(jt808::Args),
    Jt809(jt809::Args),
    /// NMEA 0183 as on the serial line: one line a fix.
    Nmea(Input),
    /// A conversation with an ELM327 as on the serial line: one line an answer.
    Obd(Input),
    /// What phones send over HTTP (OsmAnd, the Traccar client, OwnTracks): one line a report.
    Osmand(Input),
}

#[derive(Debug, clap::Args)]
struct Input {
    /// File to read; standard input without it, or with `-`.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
}

pub(crate) fn run(args: Args, now: DateTime<Utc>) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match args.format {
        Format::Gb32960(args) => gb32960::run(&args, &args.keys()?, args.open()?, &mut out),
        Format::Jt808(args) => jt808::run(args.input.open()?, &args.how, now, &mut out),
        Format::Jt809(args) => jt809::run(args.input.open()?, args.how, &mut out),
        Format::Nmea(input) => nmea::run(&input.read()?, &mut out),
        Format::Obd(input) => obd::run(&input.read()?, &mut out),
        Format::Osmand(input) => osmand::run(&input.read()?, &mut out),
    };
    match written.and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // The reader has seen enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error).context("cannot write to standard output"),
    }
}

impl Input {
    /// All of it; for text that is read line by line as a whole.
    fn read(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open()?.read_to_end(&mut bytes).context("cannot read the input")?;
        Ok(bytes)
    }

    /// Piece by piece; for captures of any size.
    fn open(&self) -> anyhow::Result<Box<dyn BufRead>> {
        match self.file.as_deref().filter(|file| file.as_os_str() != "-") {
            Some(file) => {
                let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
                Ok(Box::new(BufReader::with_capacity(1 << 16, opened)))
            }
            None => Ok(Box::new(io::stdin().lock())),
        }
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// So many decimals and no more: what was not measured is not printed.
fn places(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use std::io;

    use serde_json::Value;

    /// What a command printed, line by line.
    pub(super) fn lines(run: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Vec<Value> {
        let mut out = Vec::new();
        run(&mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

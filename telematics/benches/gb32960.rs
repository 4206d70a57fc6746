//! `cargo bench -p telematics --bench gb32960`: frames of electric vehicles a second on one core, from bytes to observations.

#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use std::hint::black_box;
use std::time::Instant;

use chrono::DateTime;
use telematics::datum::Datum;
use telematics::gb32960::{Ack, Body, Command, Edition, Encryption, Framer, Header, KeyRing, Message, Vin, open};

const FRAMES: usize = 10_000;
const ROUNDS: usize = 200;

fn main() {
    measure("vehicle, motor, position, extremes, alarms", &report(0));
    measure("the same with 96 cells and 24 probes", &report(96));
}

fn measure(what: &str, frame: &[u8]) {
    let stream = frame.repeat(FRAMES);
    let started = Instant::now();
    let seen: usize = (0..ROUNDS).map(|_| observe(black_box(&stream))).sum();
    let seconds = started.elapsed().as_secs_f64();
    let million = f64::from(u32::try_from(seen).unwrap_or(u32::MAX)) / seconds / 1e6;
    println!("{what}: {} bytes, {million:.2} million frames a second", frame.len());
}

/// Everything that a link does with a frame but storing it.
fn observe(stream: &[u8]) -> usize {
    let mut framer = Framer::default();
    let (mut at, mut seen) = (0, 0);
    let keys = KeyRing::default();
    loop {
        let taken = framer.next(stream.get(at..).unwrap_or_default());
        at += taken.used;
        let Some(item) = taken.item else { return seen };
        let Ok(frame) = item else { continue };
        let Ok(data) = open(&frame, &keys) else { continue };
        let Ok(Message { body: Body::Report(report), .. }) = Message::read(frame.header, &data) else { continue };
        if black_box(report.observe(Datum::Wgs84, DateTime::UNIX_EPOCH)).is_ok() {
            seen += 1;
        }
    }
}

/// A report of 2016 with so many cells.
fn report(cells: u8) -> Vec<u8> {
    let mut data = vec![26, 3, 2, 8, 30, 15];
    data.extend([1, 1, 3, 1, 2, 0x8f, 0, 0x12, 0xd6, 0x87, 0x0e, 0xdd, 0x27, 0x8b, 71, 1, 0x2e, 9, 0x29, 33, 0]);
    data.extend([2, 1, 1, 1, 85, 0x5b, 0xcc, 0x50, 0x19, 92, 0x0e, 0xdd, 0x28, 0xd8]);
    data.extend([5, 0, 7, 0x29, 0x6a, 0x89, 1, 0xce, 9, 0x1b]);
    data.extend([6, 1, 15, 0x10, 0x1b, 1, 88, 0x0f, 0xd8, 1, 3, 68, 1, 12, 65]);
    data.extend([7, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    if cells > 0 {
        data.extend([8, 1, 1, 0x0e, 0xdd, 0x27, 0x8b, 0, cells, 0, 1, cells]);
        data.extend([0x10, 0x1b].repeat(usize::from(cells)));
        data.extend([9, 1, 1, 0, cells / 4]);
        data.extend(vec![65; usize::from(cells / 4)]);
    }
    let header = Header {
        edition: Edition::V2016,
        command: Command::Realtime,
        ack: Ack::Command,
        vin: Vin(*b"LSVAA49J132047371"),
        encryption: Encryption::None,
        length: 0,
    };
    header.frame(&data).unwrap_or_default()
}

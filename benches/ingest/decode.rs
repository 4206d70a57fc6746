//! Frames decoded a second on one core, for each protocol: from bytes in memory to an observation, and for JT/T 808 to the basic
//! position alone, as its aim is told.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use gateway::probe::jt808::location;
use telematics::jt808::location::Basic;
use telematics::jt808::{Edition, Framer, Header, Location, TerminalNo, frame};
use telematics::record::Record;

/// Frames of one stream.
const FRAMES: u32 = 1000;
/// How long each is measured; the best tenth of it counts, as other programs take their share.
const SPAN: Duration = Duration::from_secs(3);

/// Measures and prints.
pub(crate) fn run() {
    println!("decoded a second on one core, in memory:");
    let stream = jt808_stream();
    tell("JT/T 808: frame, header, basic position", || jt808(&stream, |body| _ = black_box(Basic::read(body))));
    tell("JT/T 808: whole location with its items", || jt808(&stream, |body| drop(black_box(Location::read(body)))));
    let records: Vec<Vec<u8>> = (0..FRAMES).map(|n| serde_json::to_vec(&record(n)).expect("JSON")).collect();
    tell("own record, JSON", || {
        for bytes in &records {
            let record: Record = serde_json::from_slice(bytes).expect("a record");
            drop(black_box(record.to_observation(DateTime::UNIX_EPOCH)));
        }
    });
}

fn tell(what: &str, mut round: impl FnMut()) {
    let began = Instant::now();
    let mut best = f64::INFINITY;
    while began.elapsed() < SPAN {
        let one = Instant::now();
        round();
        best = best.min(one.elapsed().as_secs_f64());
    }
    println!("  {what:<44} {:>6.2} M", f64::from(FRAMES) / best / 1e6);
}

fn jt808(stream: &[u8], mut take: impl FnMut(&[u8])) {
    let (mut framer, mut rest, mut count) = (Framer::default(), stream, 0);
    loop {
        let (done, found) = framer.next(rest);
        let Some(found) = found else { break };
        take(found.frame.expect("a good frame").body);
        count += 1;
        rest = rest.get(done..).unwrap_or_default();
    }
    assert_eq!(count, FRAMES, "every frame was found");
}

fn jt808_stream() -> Vec<u8> {
    let number = TerminalNo::of_digits("13800138001", Edition::V2019).expect("a number");
    let mut stream = Vec::new();
    for n in 0..FRAMES {
        let at: DateTime<Utc> = DateTime::from_timestamp(1_772_402_400 + i64::from(n) * 10, 0).expect("an instant");
        let body = location(at, 30_250_000 + n, 120_150_000 + 104 * n, n);
        let header = Header::plain(0x0200, Edition::V2019, number, u16::try_from(n).unwrap_or_default());
        frame::put(&mut stream, &header, &body).expect("a short body");
    }
    stream
}

fn record(n: u32) -> Record {
    Record {
        seq: i64::from(n),
        t: 1_772_402_400_000 + i64::from(n) * 10_000,
        lat: Some(30.25),
        lon: Some(120.15 + 1e-6 * f64::from(n)),
        spd: Some(34.6),
        crs: Some(90.0),
        odo: Some(f64::from(n) * 96.0),
        fpct: Some(61.5),
        ign: Some(true),
        sat: Some(11),
        ..Record::default()
    }
}

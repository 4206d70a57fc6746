//! Frames decoded a second on one core, for each protocol: from bytes in memory to an observation, and for JT/T 808 to the basic
//! position alone, as its aim is told.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use gateway::probe::jt808::location;
use telematics::datum::Datum;
use telematics::gb32960::{self, Body, Keys, Message};
use telematics::jt808::location::Basic;
use telematics::jt808::{Edition, Framer, Header, Location, TerminalNo, frame};
use telematics::nmea::Decoder;
use telematics::osmand;
use telematics::record::Record;

/// A whole report of each edition of GB/T 32960.3, as the tests of the codec have it.
const GB32960: [(&str, &str, &str); 2] = [
    ("2016", "a whole report", include_str!("../../fixtures/frames/gb32960/information-2016.jsonl")),
    ("2025", "a whole report without a signature", include_str!("../../fixtures/frames/gb32960/information-2025.jsonl")),
];

/// Frames of one stream.
pub(crate) const FRAMES: u32 = 1000;
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
    for (edition, name, fixture) in GB32960 {
        let stream = fixed_frame(name, fixture).repeat(FRAMES as usize);
        tell(&format!("GB/T 32960.3-{edition}: whole report to observation"), || gb32960(&stream));
    }
    let form = "id=13800138001&timestamp=1772402400&lat=30.2501&lon=120.1502&speed=18.7&bearing=90&altitude=12&hdop=0.9&batt=87";
    tell("OsmAnd form of a phone", || {
        for _ in 0..FRAMES {
            let report = osmand::of_form(black_box(form)).expect("a report");
            drop(black_box(report.to_observation(DateTime::UNIX_EPOCH)));
        }
    });
    let epoch = |second: u32| {
        let gga = format!("GNGGA,04{:02}{:02}.00,3015.0060,N,12009.0120,E,1,11,0.9,12.0,M,7.0,M,,", second / 60, second % 60);
        let rmc = format!("GNRMC,04{:02}{:02}.00,A,3015.0060,N,12009.0120,E,18.7,90.0,020326,,,A", second / 60, second % 60);
        [gga, rmc].map(|text| format!("${text}*{:02X}\r\n", text.bytes().fold(0, |sum, byte| sum ^ byte))).concat()
    };
    let lines: String = (0..FRAMES).map(epoch).collect();
    tell("NMEA 0183: a fix of two sentences", || {
        let (mut decoder, mut out) = (Decoder::default(), Vec::with_capacity(FRAMES as usize));
        decoder.push(lines.as_bytes(), &mut out);
        assert!(out.len() + 1 >= FRAMES as usize, "every epoch was told");
        black_box(out);
    });
}

fn fixed_frame(name: &str, fixture: &str) -> Vec<u8> {
    let lines = fixture.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let line = lines.into_iter().find(|line| line.get("name").is_some_and(|text| text == name)).expect("it is there");
    hex::decode(line.get("hex").and_then(|text| text.as_str()).expect("text")).expect("hexadecimal")
}

fn gb32960(stream: &[u8]) {
    let keys = Keys::default();
    let (mut framer, mut rest, mut count) = (gb32960::Framer::default(), stream, 0);
    while let taken @ gb32960::Taken { item: Some(_), .. } = framer.next(rest) {
        let frame = taken.item.expect("an item").expect("a good frame");
        let ring = keys.ring(frame.header.vin.as_str().unwrap_or_default(), None);
        let data = gb32960::open(&frame, &ring).expect("nothing is encrypted");
        let message = Message::read(frame.header, &data).expect("a message");
        if let Body::Report(report) = &message.body {
            drop(black_box(report.observe(Datum::Wgs84, DateTime::UNIX_EPOCH)));
            count += 1;
        }
        rest = rest.get(taken.used..).unwrap_or_default();
    }
    assert_eq!(count, FRAMES, "every frame was found");
}

fn tell(what: &str, mut round: impl FnMut()) {
    let began = Instant::now();
    let mut best = f64::INFINITY;
    while began.elapsed() < SPAN {
        let one = Instant::now();
        round();
        best = best.min(one.elapsed().as_secs_f64());
    }
    println!("  {what:<48} {:>6.2} M", f64::from(FRAMES) / best / 1e6);
}

/// Takes every frame of a stream of [`jt808_stream`].
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

/// [`FRAMES`] reports of one terminal, one behind the other.
pub(crate) fn jt808_stream() -> Vec<u8> {
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

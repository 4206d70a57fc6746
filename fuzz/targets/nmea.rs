//! NMEA 0183: any bytes, cut anywhere, give the same fixes, the same losses and the same counts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use motorpool_fuzz::pieces;
use telematics::nmea::{Counters, Decoded, Decoder};

fn decoded<'a>(stream: impl Iterator<Item = &'a [u8]>) -> (Vec<Decoded>, Counters) {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    stream.for_each(|piece| decoder.push(piece, &mut out));
    out.extend(decoder.finish().map(Decoded::Fix));
    (out, decoder.counters().clone())
}

fuzz_target!(|bytes: &[u8]| {
    let whole = decoded(std::iter::once(bytes));
    assert_eq!(format!("{whole:?}"), format!("{:?}", decoded(pieces(bytes))), "a cut changes what is decoded");
    for item in &whole.0 {
        if let Decoded::Fix(epoch) = item {
            assert!(epoch.fix.at.lon().abs() <= 180.0 && epoch.fix.at.lat().abs() <= 90.0);
            assert!(epoch.fix.speed.is_none_or(|speed| speed.kmh().is_finite()));
        }
    }
});

//! Payload of our own terminals, JSON and CBOR: bounded, what is read can be written and read again, no record upsets the observation.
#![no_main]

use libfuzzer_sys::fuzz_target;
use motorpool_fuzz::received_at;
use telematics::record::Record;

use crate::payload::Encoding;

// The file itself, without the gateway's store and sockets around it.
#[path = "../../gateway/src/mqtt/payload.rs"]
mod payload;

const MOST: usize = 200;

fuzz_target!(|bytes: &[u8]| {
    for encoding in [Encoding::of(None, bytes), Encoding::Json, Encoding::Cbor] {
        let payload = payload::read(encoding, bytes, MOST);
        assert!(payload.records.len() + payload.unreadable.len() <= MOST);
        let kept: usize = payload.unreadable.iter().map(|piece| piece.bytes.len()).sum();
        assert!(kept <= 16 * bytes.len() + 64, "{kept} bytes kept of {}", bytes.len());
        for record in &payload.records {
            let _refused = record.to_observation(received_at()).map_err(|error| error.code());
            let mut written = Vec::new();
            ciborium::into_writer(record, &mut written).expect("a record can be written");
            let again: Record = ciborium::from_reader(written.as_slice()).expect("and read");
            // Not a number is not equal to itself.
            assert_eq!(format!("{again:?}"), format!("{record:?}"));
        }
    }
});

//! Whatever runs over a wire, no decoder panics.

use proptest::prelude::*;
use telematics::nmea::Decoder;
use telematics::obd::transcript;
use telematics::obd::{dtc, pid, reply};

/// Pieces that come close to sentences and answers, among any bytes.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let sentence = "\\$(GP|GN|BD|GB|QZ)(RMC|GGA|GSA|GNS|GLL|VTG|ZDA),[0-9A-Z.,-]{0,90}\\*[0-9A-F]{2}\r\n";
    let answer = "(7E8|18DAF110)?[ 0-9A-F]{0,24}(\r|>|:|SEARCHING...|NO DATA)";
    let piece = prop_oneof![
        sentence.prop_map(String::into_bytes),
        answer.prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

/// The same sentence with a right checksum, so that its fields are looked at.
fn summed(body: &str) -> Vec<u8> {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\r\n").into_bytes()
}

proptest! {
    #[test]
    fn nmea_takes_any_bytes_in_any_pieces(bytes in soup(), cut in 0_usize..200) {
        let mut whole = Vec::new();
        let mut decoder = Decoder::default();
        decoder.push(&bytes, &mut whole);
        let mut parts = Vec::new();
        let mut other = Decoder::default();
        let (left, right) = bytes.split_at(cut.min(bytes.len()));
        other.push(left, &mut parts);
        other.push(right, &mut parts);
        prop_assert_eq!(whole, parts);
        prop_assert_eq!(decoder.finish(), other.finish());
    }

    #[test]
    fn nmea_takes_any_fields(body in "(GP|GN|BD)(RMC|GGA|GSA|GNS|GLL|VTG|ZDA)(,[0-9A-Z.-]{0,11}){0,20}") {
        let mut decoder = Decoder::default();
        let mut out = Vec::new();
        decoder.push(&summed(&body), &mut out);
        decoder.finish();
    }

    #[test]
    fn obd_takes_any_bytes(bytes in soup(), service in 0_u8..16) {
        transcript::answers(&bytes);
        if let Ok(messages) = reply::messages(&String::from_utf8_lossy(&bytes), "010C") {
            let _ = pid::vin(&messages);
            let _ = pid::lamp(&messages);
            let _ = dtc::codes(&messages, service);
            pid::supported(&messages, 0xe0);
            for pid in pid::PIDS {
                let _ = pid.value(&messages);
            }
        }
    }
}

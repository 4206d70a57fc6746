//! MQTT 3.1.1 and 5 as the gateway reads them: any bytes, cut anywhere, say the same; a packet above the limit is not waited for.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use motorpool_fuzz::pieces;

use crate::wire::Reader;

// The file itself, without the gateway's store and sockets around it.
#[path = "../../gateway/src/mqtt/wire.rs"]
#[expect(dead_code, unreachable_pub, reason = "the gateway uses more of it than its reader")]
mod wire;

const FRAME_BYTES: u32 = 4096;

/// Everything that is said until the first error, and the error.
fn said<'a>(stream: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let mut reader = Reader::new(FRAME_BYTES);
    let (mut buffer, mut said) = (BytesMut::new(), Vec::new());
    for piece in stream {
        buffer.extend_from_slice(piece);
        loop {
            match reader.next(&mut buffer) {
                Ok(Some(packet)) => said.push(format!("{packet:?}")),
                Ok(None) => break,
                Err(error) => {
                    said.push(format!("{error:?}"));
                    return said;
                }
            }
        }
        assert!(buffer.len() <= FRAME_BYTES as usize + 64 + piece.len(), "more than a packet waits");
    }
    said
}

fuzz_target!(|bytes: &[u8]| {
    assert_eq!(said(std::iter::once(bytes)), said(pieces(bytes)), "a cut changes what is said");
});

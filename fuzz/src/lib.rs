//! What the fuzz targets share: a stream cut anywhere, and a moment that is always the same.

use chrono::{DateTime, Utc};

/// Cuts `bytes` into pieces of a few bytes each; where, follows from the bytes themselves, so that a crash repeats.
pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut state = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let mut rest = bytes;
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Single bytes often, long pieces now and then.
        let most = if state >> 63 == 0 { 3 } else { 64 };
        let (piece, tail) = rest.split_at_checked(1 + ((state >> 33) % most) as usize).unwrap_or((rest, &[]));
        rest = tail;
        (!piece.is_empty()).then_some(piece)
    })
}

/// When everything was received (接收时刻).
pub fn received_at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).expect("an instant of 2026")
}

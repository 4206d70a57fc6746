//! The running number of a message that has none of its own: a fingerprint of what it says.

const OFFSET: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// A 32-bit FNV-1a of the message's own bytes, as a number that is never negative.
///
/// JT/T 808, GB/T 32960 and the HTTP protocols have no number that outlives a link. With the vehicle and the instant, the
/// fingerprint makes the key of a stored position: the same report sent twice, or sent live and again from the blind area,
/// is one; two reports of one instant that say different things are two.
pub fn of(bytes: &[u8]) -> i64 {
    let hash = bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(PRIME));
    i64::from(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_fnv_1a() {
        // The published vectors of the function.
        for (text, hash) in [("", 0x811c_9dc5), ("a", 0xe40c_292c), ("foobar", 0xbf9c_f968)] {
            assert_eq!(of(text.as_bytes()), hash, "{text}");
        }
    }
}

//! Whole numbers in as few bytes as they need: seven bits a byte, small negative numbers as small as positive ones.

/// Writes `value`.
pub(super) fn put(out: &mut Vec<u8>, value: i64) {
    let mut bits = ((value << 1) ^ (value >> 63)).cast_unsigned();
    while bits >= 0x80 {
        out.push(bits.to_le_bytes()[0] | 0x80);
        bits >>= 7;
    }
    out.push(bits.to_le_bytes()[0]);
}

/// Takes a value off the front of `bytes`; `None` when they end within it or it has more than 64 bits.
pub(super) fn take(bytes: &mut &[u8]) -> Option<i64> {
    let mut bits = 0_u64;
    for shift in (0..70).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        if shift == 63 && part > 1 {
            return None;
        }
        bits |= part << shift;
        if byte & 0x80 == 0 {
            return Some((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        for value in [0, 1, -1, 63, -64, 64, 300, i64::MAX, i64::MIN] {
            let mut bytes = Vec::new();
            put(&mut bytes, value);
            assert_eq!(take(&mut bytes.as_slice()), Some(value));
        }
    }

    #[test]
    fn what_ends_early_or_never_ends_is_no_number() {
        assert_eq!(take(&mut [0x80_u8].as_slice()), None);
        assert_eq!(take(&mut [0xff_u8; 12].as_slice()), None);
    }
}

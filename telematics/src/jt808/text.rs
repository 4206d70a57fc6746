//! Text on the wire is GBK; fields of a fixed length are filled up with zeros, by some terminals in front or with blanks.

use encoding_rs::GBK;
use thiserror::Error;

/// A character that GBK has none for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("GBK has no character for `{0}`")]
pub struct NotGbk(pub char);

/// The text of a field, without what it is filled up with; bytes that are no GBK become `�`.
pub fn read(bytes: &[u8]) -> String {
    GBK.decode_without_bom_handling(bytes).0.trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned()
}

/// The bytes of a text. What GBK has no character for becomes `?`, as a terminal can show nothing else.
pub fn put(out: &mut Vec<u8>, text: &str) {
    let mut rest = [0; 4];
    for character in text.chars() {
        let (bytes, _, unmappable) = GBK.encode(character.encode_utf8(&mut rest));
        out.extend_from_slice(if unmappable { b"?" } else { &bytes });
    }
}

/// The bytes of a text that is to arrive as it is, or the first character that cannot.
pub fn encode(text: &str) -> Result<Vec<u8>, NotGbk> {
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        let mut plain = [0; 4];
        let (bytes, _, unmappable) = GBK.encode(character.encode_utf8(&mut plain));
        if unmappable {
            return Err(NotGbk(character));
        }
        out.extend_from_slice(&bytes);
    }
    Ok(out)
}

/// A field of `length` bytes: the text, cut at a whole character where it is too long, and zeros behind it.
pub fn put_fixed(out: &mut Vec<u8>, text: &str, length: usize) {
    let end = out.len() + length;
    let mut character = Vec::with_capacity(4);
    for next in text.chars() {
        character.clear();
        put(&mut character, next.encode_utf8(&mut [0; 4]));
        if out.len() + character.len() > end {
            break;
        }
        out.extend_from_slice(&character);
    }
    out.resize(end, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_goes_there_and_back() {
        let mut out = Vec::new();
        put(&mut out, "测A888888");
        assert_eq!(hex::encode(&out), "b2e241383838383838");
        assert_eq!(read(&out), "测A888888");
        assert_eq!(read(b"\0\0yzh  \0"), "yzh");
    }

    #[test]
    fn what_gbk_lacks_is_a_question_mark() {
        let mut out = Vec::new();
        put(&mut out, "a🚗b");
        assert_eq!(out, b"a?b");
    }

    #[test]
    fn a_field_is_cut_at_a_whole_character() {
        let mut out = Vec::new();
        put_fixed(&mut out, "浙A公车", 6);
        assert_eq!(read(&out), "浙A公");
        assert_eq!(out.len(), 6);
        out.clear();
        put_fixed(&mut out, "浙", 4);
        assert_eq!(out, [0xd5, 0xe3, 0, 0]);
    }
}

//! A tile's picture, known by its first bytes: what a map service says of itself is not believed.

use bytes::Bytes;

/// A picture that browsers show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

impl Picture {
    /// The picture, unless it is something else: an error page, a script, an answer in JSON.
    pub(crate) fn of(bytes: Bytes) -> Option<Self> {
        let content_type = match &*bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => "image/png",
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
            _ => return None,
        };
        Some(Self { content_type, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        for (bytes, content_type) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", Some("image/webp")),
            (b"<html>", None),
            (b"{\"msg\":\"key\"}", None),
            (b"", None),
        ] {
            assert_eq!(Picture::of(Bytes::from_static(bytes)).map(|picture| picture.content_type), content_type);
        }
    }
}

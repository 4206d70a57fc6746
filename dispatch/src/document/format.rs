//! What a file is, told from its bytes: neither its name nor what the browser says of it counts.

use thiserror::Error;

use crate::word::words;

words! {
    /// What the content of a file is (文件格式).
    DocumentFormat, DocumentFormatError, "document.media" {
        /// Portable document.
        Pdf = "application/pdf", "PDF";
        /// Photograph.
        Jpeg = "image/jpeg", "JPEG";
        /// Picture.
        Png = "image/png", "PNG";
        /// Picture.
        Webp = "image/webp", "WebP";
        /// Fixed layout, as electronic invoices and official papers are issued (GB/T 33190).
        Ofd = "application/ofd", "OFD";
        /// Workbook.
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX";
        /// Text document.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX";
    }
}

/// The bytes are of no kind that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the content is none of {}", DocumentFormat::ALL.map(DocumentFormat::term).join(", "))]
pub struct ContentError;

impl DocumentFormat {
    /// What the bytes are.
    pub fn of(bytes: &[u8]) -> Result<Self, ContentError> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Ok(Self::Pdf),
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::Webp),
            [b'P', b'K', 3, 4, ..] => of_names(&names(bytes).ok_or(ContentError)?).ok_or(ContentError),
            _ => Err(ContentError),
        }
    }

    /// The endings of such a file's name, the usual one first; in small letters.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Ofd => &["ofd"],
            Self::Xlsx => &["xlsx"],
            Self::Docx => &["docx"],
        }
    }

    /// The usual ending.
    pub fn ending(self) -> &'static str {
        self.endings().first().copied().unwrap_or_default()
    }
}

/// What an archive with these entries is. A workbook or text with macros is none that is kept.
fn of_names(names: &[&[u8]]) -> Option<DocumentFormat> {
    let has = |name: &str| names.contains(&name.as_bytes());
    let last = |name: &[u8]| name.rsplit(|&byte| byte == b'/').next().map(<[u8]>::to_ascii_uppercase);
    if names.iter().any(|name| last(name).as_deref() == Some(b"VBAPROJECT.BIN")) {
        return None;
    }
    if has("OFD.xml") {
        return Some(DocumentFormat::Ofd);
    }
    match has("[Content_Types].xml") {
        true if has("xl/workbook.xml") => Some(DocumentFormat::Xlsx),
        true if has("word/document.xml") => Some(DocumentFormat::Docx),
        _ => None,
    }
}

/// The names of a ZIP archive's entries, from its table of contents (APPNOTE 4.3.12, 4.3.16); `None` where there is none to be read.
/// Nothing is unpacked, and no more is kept than the file has.
fn names(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    /// The end of the table without its comment.
    const END: usize = 22;
    /// Longest comment.
    const COMMENT: usize = 0xffff;
    let earliest = bytes.len().saturating_sub(END + COMMENT);
    let tail = bytes.get(earliest..)?;
    let end = tail.get(tail.windows(END).rposition(|window| window.starts_with(b"PK\x05\x06"))?..)?;
    let count = short(end, 10)?;
    let mut rest = bytes.get(usize::try_from(long(end, 16)?).ok()?..)?;
    let mut names = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        if !rest.starts_with(b"PK\x01\x02") {
            return None;
        }
        let [name, extra, comment] = [short(rest, 28)?, short(rest, 30)?, short(rest, 32)?].map(usize::from);
        names.push(rest.get(46..46 + name)?);
        rest = rest.get(46 + name + extra + comment..)?;
    }
    Some(names)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of empty entries of these names, which are stored.
    fn archive(names: &[&str]) -> Vec<u8> {
        let (mut bytes, mut table) = (Vec::new(), Vec::new());
        for name in names {
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
            bytes.extend([b"PK\x03\x04".as_slice(), &[0; 22], &length, &[0; 2], name.as_bytes()].concat());
            table.extend([b"PK\x01\x02".as_slice(), &[0; 24], &length, &[0; 12], &at, name.as_bytes()].concat());
        }
        let (count, at) = (u16::try_from(names.len()).unwrap().to_le_bytes(), u32::try_from(bytes.len()).unwrap().to_le_bytes());
        let length = u32::try_from(table.len()).unwrap().to_le_bytes();
        bytes.extend(table);
        bytes.extend([b"PK\x05\x06".as_slice(), &[0; 4], &count, &count, &length, &at, &[0; 2]].concat());
        bytes
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (bytes, media) in [
            (b"%PDF-1.7\n".to_vec(), DocumentFormat::Pdf),
            (b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), DocumentFormat::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), DocumentFormat::Png),
            (b"RIFF\x1a\0\0\0WEBPVP8L".to_vec(), DocumentFormat::Webp),
            (archive(&["Doc_0/Document.xml", "OFD.xml"]), DocumentFormat::Ofd),
            (archive(&["[Content_Types].xml", "xl/workbook.xml"]), DocumentFormat::Xlsx),
            (archive(&["[Content_Types].xml", "word/document.xml"]), DocumentFormat::Docx),
        ] {
            assert_eq!(DocumentFormat::of(&bytes), Ok(media));
        }
    }

    #[test]
    fn what_is_not_kept_is_refused() {
        for bytes in [
            b"MZ\x90\0".to_vec(),
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
            b"<html><script>1</script>".to_vec(),
            b"GIF89a".to_vec(),
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
            b"PK\x03\x04".to_vec(),
            archive(&["a.txt"]),
            archive(&["deep/OFD.xml"]),
            archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"]),
        ] {
            assert_eq!(DocumentFormat::of(&bytes), Err(ContentError), "{bytes:?}");
        }
    }

    #[test]
    fn a_broken_table_of_contents_is_none_wherever_it_breaks() {
        let whole = archive(&["OFD.xml", "a"]);
        for length in 0..whole.len() {
            assert!(DocumentFormat::of(&whole[..length]).is_err(), "{length}");
        }
        for at in 4..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0xff;
            // Whatever comes out, nothing panics.
            let _ = DocumentFormat::of(&broken);
        }
    }
}

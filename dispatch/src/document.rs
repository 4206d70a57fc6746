//! Papers of a car (车辆资料): which kinds there are, what their files may be called, and how large they may be.

mod format;

use serde::Serialize;
use telematics::uuid_id;
use thiserror::Error;

pub use self::format::{ContentError, DocumentFormat};
use crate::word::words;

/// Largest file, in bytes: a scan of many pages fits.
pub const FILE_BYTES: usize = 20 << 20;
/// Longest name, in characters, with its ending.
const NAME_LENGTH: usize = 120;

uuid_id! {
    /// Key of a paper (资料).
    DocumentId
}

words! {
    /// What a paper of a car is (资料类别).
    DocumentKind, DocumentKindError, "document.kind" {
        /// Whose car it is, by the register of the traffic police.
        RegistrationCertificate = "registration_certificate", "登记证书";
        /// The car's licence to drive on roads.
        VehicleLicence = "vehicle_licence", "行驶证";
        /// What it was bought for.
        PurchaseInvoice = "purchase_invoice", "购车发票";
        /// Its insurance.
        InsurancePolicy = "insurance_policy", "保险单";
        /// It passed its inspection.
        Inspection = "inspection", "检验合格";
        /// Why it was bought, changed or given up.
        Approval = "approval", "批复文件";
        /// How it looks.
        Photograph = "photograph", "照片";
        /// Whatever else is kept.
        Other = "other", "其他";
    }
}

/// Why a file is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// No name, or one that is too long.
    #[error("a file's name has 1 to {NAME_LENGTH} characters, this one has {length}")]
    Name {
        /// Characters found, with the ending that its content asks for.
        length: usize,
    },
    /// A character that no name has.
    #[error("a file's name has no {found:?}")]
    Character {
        /// The first that does not belong.
        found: char,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Too much in it.
    #[error("a file has at most {FILE_BYTES} bytes, this one has {bytes}")]
    TooLarge {
        /// Bytes found.
        bytes: usize,
    },
    /// None of the kinds that are kept.
    #[error(transparent)]
    Content(#[from] ContentError),
}

impl DocumentError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "document.name",
            Self::Character { .. } => "document.name_character",
            Self::Empty => "document.empty",
            Self::TooLarge { .. } => "document.too_large",
            Self::Content(_) => "document.media",
        }
    }
}

/// What the file of a paper is called (资料名称): 1 to 120 characters, with an ending that fits its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DocumentName(String);

impl DocumentName {
    /// Blanks around it are dropped. A name whose ending says something else than the content gets the right one behind it:
    /// whoever saves the file opens it as what it is.
    pub fn new(text: &str, media: DocumentFormat) -> Result<Self, DocumentError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DocumentError::Name { length: 0 });
        }
        if let Some(found) = text.chars().find(|&c| is_out_of_place(c)) {
            return Err(DocumentError::Character { found });
        }
        let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let fits = ending.is_some_and(|ending| media.endings().contains(&ending.as_str()));
        let name = if fits { text.to_owned() } else { format!("{text}.{}", media.ending()) };
        match name.chars().count() {
            length if length > NAME_LENGTH => Err(DocumentError::Name { length }),
            _ => Ok(Self(name)),
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Parts of paths, and what turns the direction of a text around: a name would show another ending than it has.
fn is_out_of_place(c: char) -> bool {
    c.is_control() || matches!(c, '/' | '\\' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a file is, by its own bytes, unless it is not kept at all.
pub fn look(bytes: &[u8]) -> Result<DocumentFormat, DocumentError> {
    match bytes.len() {
        0 => Err(DocumentError::Empty),
        bytes if bytes > FILE_BYTES => Err(DocumentError::TooLarge { bytes }),
        _ => Ok(DocumentFormat::of(bytes)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_as_its_content_does() {
        let name = |text: &str| DocumentName::new(text, DocumentFormat::Jpeg).map(|name| name.as_str().to_owned());
        assert_eq!(name(" 行驶证.JPG ").unwrap(), "行驶证.JPG");
        assert_eq!(name("行驶证").unwrap(), "行驶证.jpg");
        assert_eq!(name("行驶证.exe").unwrap(), "行驶证.exe.jpg");
        assert_eq!(name("v1.2").unwrap(), "v1.2.jpg");
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        let code = |text: &str| DocumentName::new(text, DocumentFormat::Pdf).unwrap_err().code();
        assert_eq!(code("  "), "document.name");
        assert_eq!(code(&"长".repeat(117)), "document.name", "with its ending it is too long");
        for text in ["../a.pdf", "a\\b.pdf", "a\nb.pdf", "a\u{202e}fdp.exe"] {
            assert_eq!(code(text), "document.name_character", "{text:?}");
        }
        assert!(DocumentName::new(&"长".repeat(116), DocumentFormat::Pdf).is_ok());
    }

    #[test]
    fn a_file_that_is_empty_or_too_large_is_refused() {
        assert_eq!(look(b"").unwrap_err().code(), "document.empty");
        let mut large = b"%PDF-1.7\n".to_vec();
        large.resize(FILE_BYTES, b' ');
        assert_eq!(look(&large), Ok(DocumentFormat::Pdf));
        large.push(b' ');
        assert_eq!(look(&large).unwrap_err().code(), "document.too_large");
    }
}

//! The signature behind a report of 2025 (车端签名信息), and whether it holds.

use crate::gb32960::cursor::Cursor;
use crate::gb32960::layout::{Item, Named, Shape, Width};

const KINDS: &[Named] = &[(1, "sm2", "SM2"), (2, "rsa", "RSA"), (3, "ecc", "ECC")];

/// Table 8, and the result of the check is written beside it.
pub(crate) static SIGNATURE: Item = Item::new(
    "signature",
    "签名信息",
    "signature",
    Shape::Object(&[
        Item::code("type", "签名类型", "signature type", KINDS),
        Item::new("r", "签名R值", "R of the signature", Shape::Counted(Width::Two)),
        Item::new("s", "签名S值", "S of the signature", Shape::Counted(Width::Two)),
    ]),
);

/// How a report was signed (签名类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureKind {
    /// SM2 over SM3.
    Sm2,
    /// RSA with PKCS#1 v1.5 over SHA-256, all of it in R.
    Rsa,
    /// Some elliptic curve; the standard does not say which.
    Ecc,
    /// A code that the standard does not name.
    Other(u8),
}

/// A signature as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature<'a> {
    /// How it was made.
    pub kind: SignatureKind,
    /// Its first part.
    pub r: &'a [u8],
    /// Its second part; empty for RSA.
    pub s: &'a [u8],
}

impl<'a> Signature<'a> {
    /// The signature that `bytes` are, with nothing behind it.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let kind = match cursor.byte()? {
            1 => SignatureKind::Sm2,
            2 => SignatureKind::Rsa,
            3 => SignatureKind::Ecc,
            other => SignatureKind::Other(other),
        };
        let mut part = || {
            let length = cursor.word()?;
            cursor.take(usize::from(length))
        };
        let (r, s) = (part()?, part()?);
        cursor.rest().is_empty().then_some(Self { kind, r, s })
    }

    /// R and S as 32 bytes each, whatever zeros were sent in front or left out.
    pub(crate) fn scalars(&self) -> Option<[[u8; 32]; 2]> {
        let whole = |part: &[u8]| {
            let first = part.iter().position(|byte| *byte != 0).unwrap_or(part.len());
            let part = part.get(first..)?;
            let mut scalar = [0; 32];
            scalar.get_mut(32_usize.checked_sub(part.len())?..)?.copy_from_slice(part);
            Some(scalar)
        };
        Some([whole(self.r)?, whole(self.s)?])
    }
}

/// What is known of a message's signature (验签结果).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It carries none.
    Unsigned,
    /// It carries one, and no key for it is known.
    Unchecked,
    /// The signature is that of the key.
    Valid,
    /// It is not.
    Invalid,
}

impl Verdict {
    /// As `decode` prints it: null when nothing could be checked.
    pub const fn verified(self) -> Option<bool> {
        match self {
            Self::Unsigned | Self::Unchecked => None,
            Self::Valid => Some(true),
            Self::Invalid => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_and_nothing_else() {
        let bytes = [2, 0, 2, 0xaa, 0xbb, 0, 0];
        assert_eq!(Signature::read(&bytes), Some(Signature { kind: SignatureKind::Rsa, r: &[0xaa, 0xbb], s: &[] }));
        assert_eq!(Signature::read(&bytes[..6]), None);
        assert_eq!(Signature::read(&[&bytes[..], &[0]].concat()), None);
    }

    #[test]
    fn leading_zeros_are_no_part_of_a_number() {
        let long = [&[0][..], &[7; 32]].concat();
        let signature = Signature { kind: SignatureKind::Sm2, r: &long, s: &[9] };
        let [r, s] = signature.scalars().unwrap();
        assert_eq!((r, s[31], s[30]), ([7; 32], 9, 0));
        assert_eq!(Signature { r: &[7; 33], ..signature }.scalars(), None);
    }
}

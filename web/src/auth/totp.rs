//! One-time codes by time (RFC 6238) as every authenticator knows them: HMAC-SHA-1, 30 seconds, six digits.

use std::fmt::Write as _;

use data_encoding::BASE32_NOPAD;
use qrcode::{Color, EcLevel, QrCode};
use rand::Rng as _;
use ring::hmac;
use subtle::ConstantTimeEq as _;

/// Bytes of a shared secret: as many as SHA-1 gives (RFC 4226 section 4, R6).
const SECRET_BYTES: usize = 20;

/// A new shared secret.
pub(crate) fn random_secret() -> [u8; SECRET_BYTES] {
    let mut secret = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut secret);
    secret
}

/// The secret as people type it, in base 32.
pub(crate) fn text(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The six digits of a step (RFC 4226 section 5.3).
fn code(secret: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 0xf);
    let four = tag.get(offset..).and_then(<[u8]>::first_chunk::<4>).copied().unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// These are the digits of the step; takes as long whether they are or not.
pub(crate) fn is_code(secret: &[u8], step: u64, digits: &str) -> bool {
    code(secret, step).as_bytes().ct_eq(digits.as_bytes()).into()
}

/// The address that an authenticator reads from a picture.
pub(crate) fn address(product: &str, login: &str, secret: &[u8]) -> String {
    let (product, login) = (escaped(product), escaped(login));
    format!("otpauth://totp/{product}:{login}?secret={}&issuer={product}&algorithm=SHA1&digits=6&period=30", text(secret))
}

/// Percent-encoded; authenticators show a `+` as it is.
fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// A square picture as the outline of its dark fields.
#[derive(Debug)]
pub(crate) struct Picture {
    /// Fields along a side, the quiet zone included.
    pub(crate) side: u32,
    /// An SVG path, one unit a field.
    pub(crate) path: String,
}

/// Fields of white around the picture (ISO/IEC 18004 section 5.3.8).
const QUIET: usize = 4;

/// The picture of an address; `None` when it is too long for one.
pub(crate) fn picture(address: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h{n}v1h-{n}z", x + QUIET, y + QUIET, n = run.len());
            }
            x += run.len();
        }
    }
    Some(Picture { side: u32::try_from(width + 2 * QUIET).ok()?, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, SHA-1, the last six of its eight digits.
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(b"12345678901234567890", seconds / 30), digits, "{seconds}");
            assert!(is_code(b"12345678901234567890", seconds / 30, digits));
        }
        assert!(!is_code(b"12345678901234567890", 1, "287083"));
        assert!(!is_code(b"12345678901234567890", 1, ""));
    }

    #[test]
    fn an_address_names_the_product_and_the_person() {
        let address = address("Motor pool", "zhang@hz", b"12345678901234567890");
        assert_eq!(
            address,
            "otpauth://totp/Motor%20pool:zhang%40hz?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Motor%20pool\
             &algorithm=SHA1&digits=6&period=30"
        );
        let picture = picture(&address).unwrap();
        // The first row begins with the seven dark fields of a finder pattern, inside the quiet zone.
        assert!(picture.path.starts_with("M4 4h7v1h-7z"), "{}", picture.path);
        assert!((41..=65).contains(&picture.side), "{}", picture.side);
    }
}

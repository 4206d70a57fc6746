//! Encrypted data units: AES-128 and SM4, in the mode that the configuration names, padded as PKCS#7 says.

use std::fmt;

use aes::Aes128;
use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit, consts::U16};
use sm4::Sm4;

const BLOCK: usize = 16;

/// How blocks are chained (分组模式); the standard does not say, so the two ends agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Not at all, which is what a standard without an initial vector comes to.
    Ecb,
    /// Each with the one before it, the first with this vector.
    Cbc([u8; BLOCK]),
}

/// A key with its mode (数据单元密钥).
#[derive(Clone)]
pub struct Cipher {
    key: Key,
    mode: Mode,
}

#[derive(Clone)]
enum Key {
    Aes(Box<Aes128>),
    Sm4(Box<Sm4>),
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.key {
            Key::Aes(_) => "Cipher(AES-128)",
            Key::Sm4(_) => "Cipher(SM4)",
        })
    }
}

impl Cipher {
    /// AES with a key of 128 bits.
    pub fn aes128(key: [u8; BLOCK], mode: Mode) -> Self {
        Self { key: Key::Aes(Box::new(Aes128::new(&key.into()))), mode }
    }

    /// SM4 (GB/T 32907).
    pub fn sm4(key: [u8; BLOCK], mode: Mode) -> Self {
        Self { key: Key::Sm4(Box::new(Sm4::new(&key.into()))), mode }
    }

    /// The plain text; `None` when the length or the padding is not what this key would have made.
    pub fn decrypt(&self, data: &[u8]) -> Option<Vec<u8>> {
        let plain = match &self.key {
            Key::Aes(aes) => decrypt(aes.as_ref(), self.mode, data),
            Key::Sm4(sm4) => decrypt(sm4.as_ref(), self.mode, data),
        }?;
        unpadded(plain)
    }

    /// The encrypted text.
    pub fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        let missing = BLOCK - plain.len() % BLOCK;
        let mut padded = plain.to_vec();
        padded.resize(plain.len() + missing, u8::try_from(missing).unwrap_or(0));
        match &self.key {
            Key::Aes(aes) => encrypt(aes.as_ref(), self.mode, &padded),
            Key::Sm4(sm4) => encrypt(sm4.as_ref(), self.mode, &padded),
        }
    }
}

fn decrypt<C>(cipher: &C, mode: Mode, data: &[u8]) -> Option<Vec<u8>>
where
    C: BlockCipherDecrypt + BlockSizeUser<BlockSize = U16>,
{
    let (blocks, rest) = data.as_chunks::<BLOCK>();
    if !rest.is_empty() || blocks.is_empty() {
        return None;
    }
    let mut chained = match mode {
        Mode::Ecb => [0; BLOCK],
        Mode::Cbc(vector) => vector,
    };
    let mut plain = Vec::with_capacity(data.len());
    for block in blocks {
        let mut turned: Block<C> = (*block).into();
        cipher.decrypt_block(&mut turned);
        plain.extend(turned.iter().zip(chained).map(|(byte, before)| byte ^ before));
        if mode != Mode::Ecb {
            chained = *block;
        }
    }
    Some(plain)
}

fn encrypt<C>(cipher: &C, mode: Mode, padded: &[u8]) -> Vec<u8>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
{
    let mut chained = match mode {
        Mode::Ecb => [0; BLOCK],
        Mode::Cbc(vector) => vector,
    };
    let mut out = Vec::with_capacity(padded.len());
    for block in padded.as_chunks::<BLOCK>().0 {
        let mut mixed = *block;
        mixed.iter_mut().zip(chained).for_each(|(byte, before)| *byte ^= before);
        let mut turned: Block<C> = mixed.into();
        cipher.encrypt_block(&mut turned);
        out.extend_from_slice(&turned);
        if mode != Mode::Ecb {
            chained = turned.into();
        }
    }
    out
}

fn unpadded(mut plain: Vec<u8>) -> Option<Vec<u8>> {
    let padding = *plain.last()?;
    let kept = plain.len().checked_sub(usize::from(padding))?;
    let right = (1..=BLOCK).contains(&usize::from(padding)) && plain.iter().skip(kept).all(|byte| *byte == padding);
    plain.truncate(kept);
    right.then_some(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        hex::decode(hex).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_published_vectors_hold() {
        // FIPS 197, appendix B, and GB/T 32907-2016, appendix A.
        let aes = Cipher::aes128(bytes("2b7e151628aed2a6abf7158809cf4f3c"), Mode::Ecb);
        let plain: [u8; 16] = bytes("3243f6a8885a308d313198a2e0370734");
        assert_eq!(hex::encode(&aes.encrypt(&plain)[..16]), "3925841d02dc09fbdc118597196a0b32");
        let key = bytes("0123456789abcdeffedcba9876543210");
        let sm4 = Cipher::sm4(key, Mode::Ecb);
        assert_eq!(hex::encode(&sm4.encrypt(&key)[..16]), "681edf34d206965e86b3e94f536e4246");
    }

    #[test]
    fn what_another_key_made_is_refused() {
        let one = Cipher::aes128([1; 16], Mode::Ecb);
        let other = Cipher::aes128([2; 16], Mode::Ecb);
        assert_eq!(other.decrypt(&one.encrypt(b"report")), None);
        assert_eq!(one.decrypt(&[0; 15]), None);
        assert_eq!(one.decrypt(&[]), None);
        assert_eq!(format!("{one:?}"), "Cipher(AES-128)");
    }

    proptest! {
        #[test]
        fn there_and_back_in_every_mode(plain in proptest::collection::vec(any::<u8>(), 0..80), key in any::<[u8; 16]>(), vector in any::<[u8; 16]>()) {
            for mode in [Mode::Ecb, Mode::Cbc(vector)] {
                for cipher in [Cipher::aes128(key, mode), Cipher::sm4(key, mode)] {
                    let hidden = cipher.encrypt(&plain);
                    prop_assert_eq!(hidden.len() % 16, 0);
                    prop_assert_eq!(cipher.decrypt(&hidden), Some(plain.clone()));
                }
            }
        }
    }
}

//! The encryption of bodies: a stream of pseudo-random bytes from constants that the two platforms have agreed on.

/// The constants of an access code, 数据加密参数: the superior platform gives them out with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cipher {
    /// M1.
    pub m1: u32,
    /// IA1.
    pub ia1: u32,
    /// IC1.
    pub ic1: u32,
}

impl Cipher {
    /// Encrypts a body with the key that its head tells, or decrypts it: the same twice gives what was there before.
    pub fn apply(self, key: u32, body: &mut [u8]) {
        // The standard's own way out of a key or a modulus of zero.
        let (mut key, modulus) = (key.max(1), self.m1.max(1));
        for byte in body {
            key = self.ia1.wrapping_mul(key % modulus).wrapping_add(self.ic1);
            let [_, mask, ..] = (key >> 4).to_be_bytes();
            *byte ^= mask;
        }
    }
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_login_is_opened_and_closed_again() {
        let cipher = Cipher { m1: 30_000_000, ia1: 20_000_000, ic1: 20_000_000 };
        let sent =
            hex::decode("d37d9cc4900c77dc78f8676527d8ae12243cfb64cc2fba619aefad33accb3256f67bff19df33097841098665703f").unwrap();
        let mut body = sent.clone();
        cipher.apply(256_178, &mut body);
        let plain = "0133efb832303138303932303132372e302e302e3100000000000000000000000000000000000000000000000329";
        assert_eq!(hex::encode(&body), plain);
        cipher.apply(256_178, &mut body);
        assert_eq!(body, sent);
    }

    #[test]
    fn a_key_or_modulus_of_zero_is_one() {
        let (mut one, mut other) = ([1, 2, 3], [1, 2, 3]);
        Cipher { m1: 0, ia1: 7, ic1: 0xffff_ffff }.apply(0, &mut one);
        Cipher { m1: 1, ia1: 7, ic1: 0xffff_ffff }.apply(1, &mut other);
        assert_eq!(one, other);
    }
}

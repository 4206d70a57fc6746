//! Signatures of the provider (RFC 7515 compact form), checked with its published keys (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// A public key of the provider.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Key {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum JwsError {
    #[error("the token has not three parts of base64url, the first a JSON object")]
    Form,
    #[error("the token is signed in a way that is not taken")]
    Algorithm,
    #[error("the token is signed with a key that the provider does not publish")]
    UnknownKey,
    #[error("the signature of the token is wrong")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood: none is.
    crit: Option<Value>,
}

/// The ways of signing that are taken, each with the kind of key it needs; `none` and shared secrets are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Ps256,
    Es256,
}

impl Algorithm {
    fn read(name: &str) -> Result<Self, JwsError> {
        match name {
            "RS256" => Ok(Self::Rs256),
            "PS256" => Ok(Self::Ps256),
            "ES256" => Ok(Self::Es256),
            _ => Err(JwsError::Algorithm),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }
}

impl Key {
    fn fits(&self, algorithm: Algorithm, kid: Option<&str>) -> bool {
        let is_of_kind = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => self.kty == "RSA",
            Algorithm::Es256 => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
        };
        is_of_kind
            && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && kid.is_none_or(|kid| self.kid.as_deref() == Some(kid))
    }

    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<()> {
        let part = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => {
                let components = RsaPublicKeyComponents { n: part(&self.n)?, e: part(&self.e)? };
                let parameters =
                    if algorithm == Algorithm::Rs256 { &RSA_PKCS1_2048_8192_SHA256 } else { &RSA_PSS_2048_8192_SHA256 };
                components.verify(parameters, message, signature).ok()
            }
            Algorithm::Es256 => {
                let point = [&[4_u8], part(&self.x)?.as_slice(), part(&self.y)?.as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).ok()
            }
        }
    }
}

/// What a token says, once one of `keys` is seen to have signed it.
pub(super) fn verify(token: &str, keys: &[Key]) -> Result<Vec<u8>, JwsError> {
    let (message, signature) = token.rsplit_once('.').ok_or(JwsError::Form)?;
    let (header, payload) = message.split_once('.').ok_or(JwsError::Form)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_not_base64| JwsError::Form);
    let (payload, signature) = (decode(payload)?, decode(signature)?);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_no_header| JwsError::Form)?;
    if header.crit.is_some() {
        return Err(JwsError::Algorithm);
    }
    let algorithm = Algorithm::read(&header.alg)?;
    let mut fitting = keys.iter().filter(|key| key.fits(algorithm, header.kid.as_deref())).peekable();
    if fitting.peek().is_none() {
        return Err(JwsError::UnknownKey);
    }
    let is_signed = fitting.any(|key| key.verify(algorithm, message.as_bytes(), &signature).is_some());
    if is_signed { Ok(payload) } else { Err(JwsError::Signature) }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

    use super::*;

    struct Signer {
        pair: EcdsaKeyPair,
        key: Key,
    }

    fn signer(kid: &str) -> Signer {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let key = serde_json::json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]) });
        Signer { key: serde_json::from_value(key).unwrap(), pair }
    }

    impl Signer {
        fn sign(&self, header: &str, payload: &str) -> String {
            let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
            let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
        }
    }

    #[test]
    fn a_token_is_believed_when_a_published_key_signed_it_as_it_is() {
        let (ours, other) = (signer("a"), signer("a"));
        let keys = [ours.key.clone()];
        let token = ours.sign(r#"{"alg":"ES256","kid":"a"}"#, r#"{"sub":"1"}"#);
        assert_eq!(verify(&token, &keys).unwrap(), br#"{"sub":"1"}"#);
        assert_eq!(verify(&ours.sign(r#"{"alg":"ES256"}"#, "{}"), &keys).unwrap(), b"{}", "one key needs no name");

        let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
        let changed = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(r#"{"sub":"2"}"#));
        for (token, error) in [
            (changed, JwsError::Signature),
            (other.sign(r#"{"alg":"ES256","kid":"a"}"#, "{}"), JwsError::Signature),
            (ours.sign(r#"{"alg":"ES256","kid":"b"}"#, "{}"), JwsError::UnknownKey),
            (ours.sign(r#"{"alg":"RS256","kid":"a"}"#, "{}"), JwsError::UnknownKey),
            (ours.sign(r#"{"alg":"none"}"#, "{}"), JwsError::Algorithm),
            (ours.sign(r#"{"alg":"HS256","kid":"a"}"#, "{}"), JwsError::Algorithm),
            (ours.sign(r#"{"alg":"ES256","kid":"a","crit":["b64"]}"#, "{}"), JwsError::Algorithm),
            (format!("{header}.e30."), JwsError::Signature),
            ("a.b".to_owned(), JwsError::Form),
            ("{}".to_owned(), JwsError::Form),
            ("..".to_owned(), JwsError::Form),
        ] {
            assert_eq!(verify(&token, &keys), Err(error), "{token}");
        }
    }

    #[test]
    fn a_key_for_something_else_signs_nothing() {
        let mut ours = signer("a");
        let token = ours.sign(r#"{"alg":"ES256","kid":"a"}"#, "{}");
        ours.key.purpose = Some("enc".to_owned());
        assert_eq!(verify(&token, &[ours.key]), Err(JwsError::UnknownKey));
    }
}

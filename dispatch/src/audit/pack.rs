//! The evidence pack (证据包): a piece of the chain in one file of text that proves itself without us, our store or our program.
//!
//! Its lines are JSON: the head, the seals, the entries as they are stored, and last the signature over every byte before it. An entry
//! that the reader may not see, or did not ask for, stands as the hash of its text, so that the chain goes through.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::chain::{Digest, Position};
use super::fault::Fault;
use super::seal::{KeyError, PublicKey, Seal, SealKey};
use super::verify::{Proof, Stored, Verifier};
use crate::unit::UnitId;

/// Edition of the file.
const EDITION: &str = "motorpool-audit-pack/1";
/// First line of the text that is signed.
const SIGNED: &str = "motorpool audit pack";

/// What the pack says of itself, in its first line (证据包说明).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackHead {
    /// Edition of the file.
    pub pack: String,
    /// When it was made, in UTC.
    pub made_at: String,
    /// Who had it made.
    pub made_by: String,
    /// Entries since then are shown.
    pub from: String,
    /// Entries until then are shown, that instant not included.
    pub to: String,
    /// Entries of this unit and those below it alone are shown; absent: all that its reader may see.
    pub unit: Option<PackUnit>,
    /// What lies before the first entry.
    pub begins: Position,
    /// The last entry.
    pub ends: Position,
    /// Entries in the file.
    pub entries: u64,
    /// Those with their text.
    pub shown: u64,
    /// The public key of the signature, in hexadecimal.
    pub key: String,
}

/// The unit that a pack is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackUnit {
    /// Its key.
    pub id: UnitId,
    /// Its name.
    pub name: String,
}

/// An entry in a pack (证据包记录).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackLine {
    /// Its number.
    pub seq: u64,
    /// The hash of the one before it.
    pub prev: Digest,
    /// Its own hash.
    pub hash: Digest,
    /// The hash of its text.
    pub body_sha256: Digest,
    /// Its text as it is stored; absent where it is not shown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub body: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SealLine {
    seal: Seal,
}

#[derive(Serialize, Deserialize)]
struct SignatureLine {
    signature: String,
}

/// What is asked of a pack that is made.
#[derive(Clone, Debug)]
pub struct PackOrder {
    /// Who has it made.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// For which unit.
    pub unit: Option<PackUnit>,
}

/// What a pack proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackProof {
    /// What it says of itself.
    pub head: PackHead,
    /// What its chain proves.
    pub chain: Proof,
    /// The beginning of the key's SHA-256, to be compared with what the service says.
    pub fingerprint: String,
}

/// Why a pack proves nothing (证据包异常).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PackFault {
    /// It is another kind of file.
    #[error("this is no evidence pack")]
    NoPack,
    /// A line is not what any pack has there.
    #[error("line {line} of the pack was changed")]
    Line {
        /// Counted from 1.
        line: usize,
    },
    /// The signature is not that of these bytes.
    #[error("the pack was changed after it was signed")]
    Signature,
    /// It was signed with a key that is not the one to be trusted.
    #[error("the pack was signed with another key, {fingerprint}")]
    Key {
        /// That key's.
        fingerprint: String,
    },
    /// The chain in it is broken.
    #[error("{0}")]
    Chain(Fault),
}

impl PackFault {
    /// In Chinese.
    pub fn sentence_zh(&self) -> String {
        match self {
            Self::NoPack => "该文件不是证据包".to_owned(),
            Self::Line { line } => format!("证据包第 {line} 行被改动"),
            Self::Signature => "证据包在签名后被改动".to_owned(),
            Self::Key { fingerprint } => format!("证据包由其他密钥签名：{fingerprint}"),
            Self::Chain(fault) => fault.sentence_zh(),
        }
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn signed_text(bytes: &str) -> String {
    format!("{SIGNED}\nsha256 {}\n", Digest::of(bytes))
}

fn line<T: Serialize>(text: &mut String, value: &T) {
    text.push_str(&serde_json::to_string(value).unwrap_or_default());
    text.push('\n');
}

/// Writes a pack: `lines` are all entries behind `begins`, `seals` those among them.
pub fn write(order: &PackOrder, begins: Position, seals: &[Seal], lines: &[PackLine], key: &SealKey) -> Result<String, KeyError> {
    let ends = lines.last().map_or(begins, |last| Position { seq: last.seq, hash: last.hash });
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let head = PackHead {
        pack: EDITION.to_owned(),
        made_at: instant(order.at),
        made_by: order.by.clone(),
        from: instant(order.from),
        to: instant(order.to),
        unit: order.unit.clone(),
        begins,
        ends,
        entries: count(lines.len()),
        shown: count(lines.iter().filter(|line| line.body.is_some()).count()),
        key: hex::encode(key.public().to_bytes()),
    };
    let mut text = String::new();
    line(&mut text, &head);
    for seal in seals {
        line(&mut text, &SealLine { seal: seal.clone() });
    }
    for entry in lines {
        line(&mut text, entry);
    }
    let signature = hex::encode(key.sign(&signed_text(&text))?);
    line(&mut text, &SignatureLine { signature });
    Ok(text)
}

/// Proves a pack by itself; `trusted` is the key that it must have been signed with, where somebody knows it.
///
/// Where both the signature and the chain are broken, the chain is told: it names the entry.
pub fn verify(text: &str, trusted: Option<&PublicKey>) -> Result<PackProof, PackFault> {
    let Some(end) = text.rfind("{\"signature\":") else {
        return Err(if text.contains(EDITION) { PackFault::Signature } else { PackFault::NoPack });
    };
    let (bytes, last) = text.split_at(end);
    let lines: Vec<&str> = bytes.split_terminator('\n').collect();
    let Some((head, rest)) = lines.split_first() else { return Err(PackFault::NoPack) };
    let head: PackHead = serde_json::from_str(head).map_err(|_json| PackFault::Line { line: 1 })?;
    if head.pack != EDITION {
        return Err(PackFault::Line { line: 1 });
    }
    let key =
        hex::decode(&head.key).ok().and_then(|bytes| PublicKey::from_bytes(&bytes).ok()).ok_or(PackFault::Line { line: 1 })?;
    let chain = chain(&head, rest, trusted)?;
    if !is_signed(last, bytes, &key) {
        return Err(PackFault::Signature);
    }
    if trusted.is_some_and(|trusted| *trusted != key) {
        return Err(PackFault::Key { fingerprint: key.fingerprint() });
    }
    Ok(PackProof { head, chain, fingerprint: key.fingerprint() })
}

/// The last line is exactly what the key writes under the bytes before it.
fn is_signed(last: &str, bytes: &str, key: &PublicKey) -> bool {
    let Ok(read) = serde_json::from_str::<SignatureLine>(last) else { return false };
    let mut written = String::new();
    line(&mut written, &read);
    let signature = hex::decode(&read.signature).ok().filter(|bytes| hex::encode(bytes) == read.signature);
    written == last && signature.is_some_and(|signature| key.signed(&signed_text(bytes), &signature))
}

/// Reads seals and entries, and proves the chain.
fn chain(head: &PackHead, rest: &[&str], trusted: Option<&PublicKey>) -> Result<Proof, PackFault> {
    let mut seals = Vec::new();
    let mut entries = Vec::new();
    let mut shown = 0;
    for (number, text) in rest.iter().enumerate() {
        let changed = PackFault::Line { line: number + 2 };
        if let Ok(SealLine { seal }) = serde_json::from_str(text) {
            if !entries.is_empty() {
                return Err(changed);
            }
            seals.push(seal);
            continue;
        }
        let PackLine { seq, prev, hash, body_sha256, body } = serde_json::from_str(text).map_err(|_json| changed)?;
        shown += u64::from(body.is_some());
        // Of a text that is shown its own hash counts, not the one beside it.
        let body = body.map_or(body_sha256, |body| Digest::of(&body));
        entries.push(Stored { seq, prev, hash, body });
    }
    let mut verifier = Verifier::new(head.begins, seals, trusted);
    for entry in &entries {
        verifier.push(*entry);
    }
    let proof = verifier.finish(Some(head.ends)).map_err(PackFault::Chain)?;
    if proof.entries != head.entries || shown != head.shown {
        return Err(PackFault::Signature);
    }
    Ok(proof)
}

#[cfg(test)]
mod tests;

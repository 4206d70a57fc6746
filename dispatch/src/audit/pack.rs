//! Evidence packs (证据包): entries of the log in one file that proves itself, on any machine and without the store.
//!
//! A pack is a zip archive. `manifest.json` says what was asked for and names the hash of every other file, `manifest.sig` is
//! the service's signature under it. `entries.jsonl` holds the chain from its first to its last entry without a gap; of an
//! entry that was not asked for, or that the asker may not see, only the hash of its text.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::chain::{Digest, Position};
use super::fault::Fault;
use super::seal::{KeyError, PublicKey, Seal, SealKey};
use super::verify::{Proof, Stored, Verifier};

mod readable;

/// Edition of the pack.
const EDITION: u8 = 1;
/// Most bytes of a file of a pack; what is larger was not made here.
const FILE_BYTES: u64 = 2 << 30;

const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig";
const ENTRIES: &str = "entries.jsonl";
const TABLE: &str = "entries.csv";
const SEALS: &str = "seals.jsonl";
const KEY: &str = "audit.pub.pem";
const README: &str = "README.txt";

/// Why a pack cannot be written or read.
#[derive(Debug, Error)]
pub enum PackError {
    /// It is no archive, or a broken one.
    #[error("this is no evidence pack, or its file is damaged")]
    Archive(#[from] zip::result::ZipError),
    /// A file of it cannot be read or written.
    #[error("a file of the evidence pack cannot be read")]
    File(#[from] std::io::Error),
    /// A file of it does not say what it should.
    #[error("{name} of the evidence pack cannot be read")]
    Malformed {
        /// Which file.
        name: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The key of it is none.
    #[error("the key of the evidence pack cannot be read")]
    Key(#[from] KeyError),
}

/// An entry in a pack: with its text, or with the hash of it (证据条目).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number.
    pub seq: u64,
    /// The hash of the one before it.
    pub prev: Digest,
    /// Its own hash.
    pub hash: Digest,
    /// Its text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub body: Option<String>,
    /// The hash of its text, where that is not shown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub body_sha256: Option<Digest>,
}

impl Line {
    /// An entry with its text, or with the hash of it.
    pub fn new(stored: Stored, body: Option<String>) -> Self {
        let body_sha256 = body.is_none().then_some(stored.body);
        Self { seq: stored.seq, prev: stored.prev, hash: stored.hash, body, body_sha256 }
    }

    /// What its proof needs. A text beside a hash counts, not the hash.
    fn stored(&self) -> Stored {
        let body = self.body.as_deref().map(Digest::of).or(self.body_sha256).unwrap_or(Digest::ZERO);
        Stored { seq: self.seq, prev: self.prev, hash: self.hash, body }
    }
}

/// Who made a pack, when, and what they asked for (导出说明).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// When, in UTC.
    pub made_at: String,
    /// The name signed in with.
    pub made_by: String,
    /// In their words.
    pub reason: String,
    /// The filters.
    pub asked: Value,
}

/// What the signature of a pack stands under (清单).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Edition of the pack.
    pub edition: u8,
    /// Who made it, when, and what they asked for.
    #[serde(flatten)]
    pub order: Order,
    /// Where the chain of the pack begins: its first entry follows this one.
    pub begins_behind: Position,
    /// Where it ends.
    pub ends_with: Position,
    /// How many entries there are.
    pub entries: u64,
    /// How many of them with their text.
    pub shown: u64,
    /// The public key, in hexadecimal.
    pub key: String,
    /// SHA-256 of every other file.
    pub files: BTreeMap<String, String>,
}

/// An evidence pack (证据包).
#[derive(Clone, Debug)]
pub struct Pack {
    manifest: Manifest,
    /// The bytes under the signature, as they were read.
    signed: Vec<u8>,
    signature: Vec<u8>,
    lines: Vec<Line>,
    seals: Vec<Seal>,
    /// The files whose hash is another one than the manifest says.
    altered: Vec<String>,
}

/// What is wrong with a pack (证据包异常).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackFault {
    /// The chain does not hold.
    Chain(Fault),
    /// The chain holds, but is not the one that the manifest tells of.
    Ends,
    /// A file was changed.
    File(String),
    /// The signature is not that of the key.
    Signature,
}

impl PackFault {
    /// In Chinese.
    pub fn sentence_zh(&self) -> String {
        match self {
            Self::Chain(fault) => fault.sentence_zh(),
            Self::Ends => "记录的起止与清单不一致".to_owned(),
            Self::File(name) => format!("文件 {name} 被改动"),
            Self::Signature => "证据包的签名无效".to_owned(),
        }
    }
}

impl std::fmt::Display for PackFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Chain(fault) => fault.fmt(f),
            Self::Ends => f.write_str("the entries do not begin and end where the manifest says"),
            Self::File(name) => write!(f, "the file {name} was changed"),
            Self::Signature => f.write_str("the pack is not signed with its key"),
        }
    }
}

/// Writes a pack of `lines`, which follow `begins_behind` without a gap, with the `seals` that cover them.
pub fn write(
    order: Order,
    begins_behind: Position,
    lines: &[Line],
    seals: &[Seal],
    key: &SealKey,
) -> Result<Vec<u8>, PackError> {
    let public = key.public();
    let ends_with = lines.last().map_or(begins_behind, |line| Position { seq: line.seq, hash: line.hash });
    let shown = lines.iter().filter(|line| line.body.is_some()).count();
    let mut manifest = Manifest {
        edition: EDITION,
        order,
        begins_behind,
        ends_with,
        entries: count(lines.len()),
        shown: count(shown),
        key: hex::encode(public.to_bytes()),
        files: BTreeMap::new(),
    };
    let files = [
        (README, readable::readme(&manifest, seals, &public)),
        (ENTRIES, json_lines(ENTRIES, lines)?),
        (TABLE, readable::table(lines)),
        (SEALS, json_lines(SEALS, seals)?),
        (KEY, public.to_pem()?),
    ];
    manifest.files = files.iter().map(|(name, text)| ((*name).to_owned(), sha256(text.as_bytes()))).collect();
    let manifest = serde_json::to_string_pretty(&manifest).map_err(|source| PackError::Malformed { name: MANIFEST, source })?;
    let signature = hex::encode(key.sign(&manifest)?);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    for (name, text) in files.iter().map(|(name, text)| (*name, text)).chain([(MANIFEST, &manifest), (SIGNATURE, &signature)]) {
        archive.start_file(name, options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

impl Pack {
    /// Reads a pack; whether it is what it was, [`Pack::verify`] says.
    pub fn read(bytes: &[u8]) -> Result<Self, PackError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes))?;
        let mut file = |name: &str| -> Result<Vec<u8>, PackError> {
            let mut content = Vec::new();
            archive.by_name(name)?.take(FILE_BYTES).read_to_end(&mut content)?;
            Ok(content)
        };
        let signed = file(MANIFEST)?;
        let manifest: Manifest =
            serde_json::from_slice(&signed).map_err(|source| PackError::Malformed { name: MANIFEST, source })?;
        let signature = hex::decode(file(SIGNATURE)?.trim_ascii()).unwrap_or_default();
        let mut altered = Vec::new();
        for name in [README, ENTRIES, TABLE, SEALS, KEY] {
            if manifest.files.get(name) != Some(&sha256(&file(name)?)) {
                altered.push(name.to_owned());
            }
        }
        let (lines, seals) = (read_lines(ENTRIES, &file(ENTRIES)?)?, read_lines(SEALS, &file(SEALS)?)?);
        Ok(Self { manifest, signed, signature, lines, seals, altered })
    }

    /// What the pack says of itself.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its entries.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The key that it says it was signed with.
    pub fn key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_bytes(&hex::decode(&self.manifest.key).map_err(|_text| KeyError)?)
    }

    /// Proves the pack: its chain, against its own seals and those of `elsewhere`, then its files and its signature, by
    /// `trusted` if somebody knows whom to trust.
    pub fn verify(&self, elsewhere: &[Seal], trusted: Option<&PublicKey>) -> Result<Proof, PackFault> {
        let (first, last) = (self.manifest.begins_behind, self.manifest.ends_with);
        let within = |seal: &&Seal| (first.seq..=last.seq).contains(&seal.position.seq);
        let seals = self.seals.iter().chain(elsewhere).filter(within).cloned();
        let mut verifier = Verifier::new(first, seals, trusted);
        for line in &self.lines {
            verifier.push(line.stored());
        }
        let proof = verifier.finish(Some(last)).map_err(PackFault::Chain)?;
        if proof.to != last || proof.entries != self.manifest.entries {
            return Err(PackFault::Ends);
        }
        if let Some(name) = self.altered.first() {
            return Err(PackFault::File(name.clone()));
        }
        let is_signed = self.key().is_ok_and(|key| {
            trusted.is_none_or(|trusted| *trusted == key)
                && std::str::from_utf8(&self.signed).is_ok_and(|text| key.signed(text, &self.signature))
        });
        if is_signed { Ok(proof) } else { Err(PackFault::Signature) }
    }
}

fn json_lines<T: Serialize>(name: &'static str, items: &[T]) -> Result<String, PackError> {
    let mut text = String::new();
    for item in items {
        text.push_str(&serde_json::to_string(item).map_err(|source| PackError::Malformed { name, source })?);
        text.push('\n');
    }
    Ok(text)
}

fn read_lines<T: for<'de> Deserialize<'de>>(name: &'static str, bytes: &[u8]) -> Result<Vec<T>, PackError> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(|source| PackError::Malformed { name, source })).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;

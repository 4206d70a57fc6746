//! Proving the chain in the database, or an evidence pack with nothing but itself.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use dispatch::audit::pack::{self, PackFault, PackProof};
use dispatch::audit::seal::PublicKey;
use dispatch::audit::verify::Proof;

use crate::config::Config;
use crate::problem::Problem;
use crate::serve::{Store, key};

/// Proves the chain in the database.
pub(super) async fn database(config: impl Fn() -> Result<Config, Problem>, trusted: Option<&Path>) -> anyhow::Result<ExitCode> {
    let config = config()?;
    let trusted = match trusted {
        Some(file) => Some(public_key(file)?),
        None => key::audit(&key::audit_path(&config))?.map(|key| key.public()),
    };
    let store = Store::open(&config.database).await?;
    let proved = prove(&store, trusted.as_ref()).await;
    store.close().await;
    match proved? {
        Ok(proof) => {
            let mut text = sentences(&proof);
            match &trusted {
                Some(key) => _ = writeln!(text, "密钥指纹 key fingerprint: {}", key.fingerprint()),
                None => text.push_str("未核对密钥：找不到本机密钥 the key was not checked: there is none in the data folder\n"),
            }
            tell(&text, ExitCode::SUCCESS)
        }
        Err(fault) => tell(&broken(&fault.sentence_zh(), &fault.to_string(), fault.kind.as_str()), ExitCode::FAILURE),
    }
}

async fn prove(store: &Store, trusted: Option<&PublicKey>) -> anyhow::Result<Result<Proof, dispatch::audit::Fault>> {
    let mut tx = fleet_db::begin_snapshot(&store.pool).await?;
    Ok(fleet_db::audit::keeping::prove(&mut tx, trusted).await?)
}

/// Proves a pack.
pub(super) fn pack(file: &Path, trusted: Option<&Path>) -> anyhow::Result<ExitCode> {
    let trusted = trusted.map(public_key).transpose()?;
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    // Bytes that are no text are changed ones, if the rest is a pack.
    let text = String::from_utf8_lossy(&bytes);
    match pack::verify(&text, trusted.as_ref()) {
        Ok(PackProof { head, chain, fingerprint }) => {
            let mut text = sentences(&chain);
            let (entries, shown) = (head.entries, head.shown);
            // Writing into a string cannot fail.
            _ = writeln!(text, "证据包由 {} 于 {} 制作，{entries} 条中显示 {shown} 条", head.made_by, head.made_at);
            _ = writeln!(text, "pack made by {} at {}; {shown} of {entries} entries are shown", head.made_by, head.made_at);
            _ = writeln!(text, "密钥指纹 key fingerprint: {fingerprint}");
            if trusted.is_none() {
                text.push_str("请与系统公布的指纹核对 compare it with the one that the service shows\n");
            }
            tell(&text, ExitCode::SUCCESS)
        }
        Err(PackFault::NoPack) => {
            let remedy = "name a file that `motorpool audit export` or the console has written";
            Err(Problem::new("audit.no_pack", format!("{} is no evidence pack", file.display()), remedy).into())
        }
        Err(fault) => {
            let code = match &fault {
                PackFault::Chain(fault) => fault.kind.as_str(),
                PackFault::Key { .. } => "another_key",
                PackFault::NoPack | PackFault::Line { .. } | PackFault::Signature => "pack_changed",
            };
            tell(&broken(&fault.sentence_zh(), &fault.to_string(), code), ExitCode::FAILURE)
        }
    }
}

fn public_key(file: &Path) -> anyhow::Result<PublicKey> {
    let pem = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    PublicKey::from_pem(&pem).with_context(|| format!("{} does not hold an SM2 public key in PEM", file.display()))
}

/// What was proved, in both languages.
fn sentences(proof: &Proof) -> String {
    let Proof { entries, from, to, sealed } = proof;
    let (zh, en) = match sealed {
        Some(seal) => (
            format!("，其中截至第 {} 条的记录与 {} 的封存一致", seal.position.seq, seal.day),
            format!("; up to entry {} as sealed on {}", seal.position.seq, seal.day),
        ),
        None => ("，尚无封存".to_owned(), "; not sealed yet".to_owned()),
    };
    let (first, last) = (from.seq + 1, to.seq);
    if *entries == 0 {
        return format!("完好：没有记录{zh}\nproved: there are no entries{en}\n");
    }
    format!("完好：共 {entries} 条记录，第 {first} 至 {last} 条{zh}\nproved: {entries} entries, {first} to {last}{en}\n")
}

fn broken(zh: &str, en: &str, code: &str) -> String {
    format!("异常：{zh}\nbroken: {en}\ncode: {code}\n")
}

fn tell(text: &str, code: ExitCode) -> anyhow::Result<ExitCode> {
    io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")?;
    Ok(code)
}

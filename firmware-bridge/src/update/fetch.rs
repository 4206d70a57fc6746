//! Fetching an image from the console's port with the device's own id and secret; what came before a break is not fetched again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Certificate, Client, StatusCode, header};
use ring::digest::{Context, SHA256};
use thiserror::Error;
use tokio::time::timeout;

use super::Order;
use crate::config::DeviceConfig;

/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where an image comes from.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) server: &'a str,
    pub(super) authority: Option<&'a Path>,
    pub(super) device: &'a DeviceConfig,
    pub(super) limit_bytes: u64,
}

/// Why an image did not come through.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The server cannot be asked.
    #[error("the server cannot be asked")]
    Client(#[source] reqwest::Error),
    /// The file of the certificate authority cannot be read.
    #[error("cannot read the certificate authority {}", path.display())]
    Authority {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The server said no.
    #[error("the server answered {status}")]
    Status {
        /// As it said.
        status: u16,
    },
    /// More than was ordered, or than may be.
    #[error("the image has more than {bytes} bytes")]
    TooLarge {
        /// What it may have.
        bytes: u64,
    },
    /// The connection broke off; the next try goes on where it did.
    #[error("the connection broke off at {at} bytes")]
    Broken {
        /// Bytes that are there.
        at: u64,
    },
    /// The disk refused.
    #[error("the image cannot be written")]
    Disk(#[from] io::Error),
}

/// Fetches the image that `order` names into `part`, behind what is there already.
pub(super) async fn fetch(source: &Source<'_>, order: &Order, part: &Path) -> Result<(), FetchError> {
    if order.bytes > source.limit_bytes {
        return Err(FetchError::TooLarge { bytes: source.limit_bytes });
    }
    let mut file = OpenOptions::new().create(true).append(true).open(part)?;
    let mut at = file.metadata()?.len();
    if at > order.bytes {
        // Left over from another image.
        file.set_len(0)?;
        at = 0;
    }
    if at == order.bytes {
        return Ok(());
    }
    let url = format!("{}/ingest/firmware/{}", source.server.trim_end_matches('/'), order.sha256.to_ascii_lowercase());
    let asked = client(source)?
        .get(url)
        .basic_auth(&source.device.id, Some(source.device.secret.reveal()))
        .header(header::RANGE, format!("bytes={at}-"))
        .send();
    let mut answer = timeout(PATIENCE, asked)
        .await
        .map_err(|_silent| FetchError::Broken { at })?
        .map_err(|error| FetchError::Client(error.without_url()))?;
    match answer.status() {
        StatusCode::PARTIAL_CONTENT => {}
        StatusCode::OK => {
            file.set_len(0)?;
            at = 0;
        }
        status => return Err(FetchError::Status { status: status.as_u16() }),
    }
    loop {
        let piece = timeout(PATIENCE, answer.chunk()).await;
        let Ok(Ok(piece)) = piece else {
            file.sync_data()?;
            return Err(FetchError::Broken { at });
        };
        let Some(piece) = piece else { break };
        at += piece.len() as u64;
        if at > order.bytes {
            file.set_len(0)?;
            return Err(FetchError::TooLarge { bytes: order.bytes });
        }
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    if at < order.bytes { Err(FetchError::Broken { at }) } else { Ok(()) }
}

fn client(source: &Source<'_>) -> Result<Client, FetchError> {
    // Whoever came first has installed the same one.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder().connect_timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).no_proxy();
    if let Some(path) = source.authority {
        let pem = std::fs::read(path).map_err(|source| FetchError::Authority { path: path.to_owned(), source })?;
        let authority = Certificate::from_pem_bundle(&pem).map_err(FetchError::Client)?;
        builder = builder.tls_certs_only(authority);
    }
    builder.build().map_err(FetchError::Client)
}

/// SHA-256 of a file, hex.
pub(super) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0_u8; 64 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        context.update(buffer.get(..count).unwrap_or_default());
    }
    Ok(hex::encode(context.finish()))
}

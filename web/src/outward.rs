//! The client for what we ask of other servers: rustls with ring, the machine's certificates, no redirection, no proxy.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Response, redirect};
use thiserror::Error;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const USER_AGENT: &str = concat!("Motorpool/", env!("CARGO_PKG_VERSION"));

/// Why there is no client.
#[derive(Debug, Error)]
pub(crate) enum OutwardError {
    /// The machine trusts nobody.
    #[error("the machine has no certificates to trust")]
    NoCertificates,
    /// The client could not be made.
    #[error("the client could not be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A client that follows no redirection (it would carry a key elsewhere) and knows no proxy but what is configured.
pub(crate) fn client(is_secure: bool, timeout: Duration) -> Result<Client, OutwardError> {
    let mut roots = RootCertStore::empty();
    if is_secure {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(OutwardError::NoCertificates);
        }
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| OutwardError::Client(Box::new(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(timeout)
        .build()
        .map_err(|error| OutwardError::Client(Box::new(error)))
}

/// The body of an answer; `None` when it is longer than `most` bytes.
pub(crate) async fn body(mut answer: Response, most: usize) -> Result<Option<Bytes>, reqwest::Error> {
    let mut bytes = BytesMut::new();
    while let Some(part) = answer.chunk().await? {
        if bytes.len() + part.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(Some(bytes.freeze()))
}

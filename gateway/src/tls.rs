//! TLS in front of a session: the session speaks to one end of a pipe, this carries the bytes between it and the socket.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, crypto::ring};

pub(crate) use tokio_rustls::TlsAcceptor;

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A certificate without a key.
    #[error("`tls_certificate` is set, `tls_key` is not")]
    NoKey,
    /// Plaintext is refused and there is nothing else.
    #[error("`plaintext` is refused, but `tls_certificate` is not set")]
    NoCertificate,
    /// A file cannot be read or is not PEM.
    #[error("cannot read {}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// Certificate and key do not fit.
    #[error("certificate and key do not fit")]
    Mismatch(#[from] rustls::Error),
}

/// An acceptor with this certificate; `None` when none is configured.
pub(crate) fn acceptor(certificate: Option<&Path>, key: Option<&Path>) -> Result<Option<TlsAcceptor>, TlsError> {
    let Some(certificate) = certificate else { return Ok(None) };
    let key = key.ok_or(TlsError::NoKey)?;
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|source| TlsError::Pem { path: certificate.to_owned(), source })?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|source| TlsError::Pem { path: key.to_owned(), source })?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

/// Shakes hands and carries bytes until either side ends; a full pipe stops the reading of the socket.
pub(crate) async fn carry(
    acceptor: TlsAcceptor,
    socket: TcpStream,
    mut far: UnixStream,
    patience: Duration,
) -> std::io::Result<()> {
    let mut secure = timeout(patience, acceptor.accept(socket)).await??;
    copy_bidirectional(&mut secure, &mut far).await?;
    Ok(())
}

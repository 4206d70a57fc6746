//! Posts JSON to a receiver: one client, no redirections, answers of a bounded size.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, StatusCode, Url, redirect};
use rustls_native_certs::load_native_certs;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::config::NotifyError;
use super::sender::SendError;
use crate::config::Secret;

const USER_AGENT: &str = concat!("Motorpool/", env!("CARGO_PKG_VERSION"));
/// More than this no receiver has to say.
const ANSWER_BYTES: usize = 64 * 1024;

/// A client that follows no redirection (it would carry keys elsewhere) and knows no proxy but what is configured.
pub(super) fn client(authority: Option<&[u8]>, within: Duration) -> Result<Client, NotifyError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(load_native_certs().certs);
    roots.add_parsable_certificates(CertificateDer::pem_slice_iter(authority.unwrap_or_default()).flatten());
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| NotifyError::Client(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(within)
        .build()
        .map_err(|error| NotifyError::Client(error.into()))
}

/// The address, if it is one; `whose` names it without repeating it.
pub(super) fn address(url: &Secret, whose: &str) -> Result<Url, NotifyError> {
    let url = url.reveal().parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| NotifyError::Url(whose.to_owned()))
}

/// Posts a body of JSON; the answer, when its status says that it was taken.
pub(super) async fn post(request: RequestBuilder, body: String) -> Result<Bytes, SendError> {
    let sent = request.header(CONTENT_TYPE, "application/json; charset=utf-8").body(body).send().await;
    let mut answer = sent.map_err(failed)?;
    let status = answer.status();
    if !status.is_success() {
        return Err(refused(status));
    }
    let mut bytes = BytesMut::new();
    while let Some(part) = answer.chunk().await.map_err(failed)? {
        if bytes.len() + part.len() > ANSWER_BYTES {
            return Err(SendError::passing("notify.answer", "the answer is too long"));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes.freeze())
}

fn failed(error: reqwest::Error) -> SendError {
    // The address holds a key.
    let error = error.without_url();
    let code = if error.is_timeout() { "notify.timeout" } else { "notify.unreachable" };
    SendError::passing(code, error)
}

/// What the request itself is wrong about stays wrong; everything else may pass.
fn refused(status: StatusCode) -> SendError {
    let passes = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS);
    if status.is_client_error() && !passes {
        SendError::lasting("notify.refused", status)
    } else {
        SendError::passing("notify.busy", status)
    }
}

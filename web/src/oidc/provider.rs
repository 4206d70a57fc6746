//! The identity provider: where it is, what it is asked, which keys it signs with.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use form_urlencoded::Serializer;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::sync::Mutex;

use super::claims::{Claims, ClaimsError, Person, Wanted};
use super::jws::{self, JwsError, Key};
use super::ticket::Ticket;
use crate::config::Oidc;
use crate::outward::{self, OutwardError};

/// Longest answer of a provider.
const MOST_BYTES: usize = 1 << 20;
/// Seconds between two looks for a key that was not there, whoever asks.
const LOOK_AGAIN_SECS: i64 = 60;

/// Why nobody is signed in by the provider.
#[derive(Debug, Error)]
pub(crate) enum OidcError {
    #[error("web.oidc.{0} is missing")]
    Missing(&'static str),
    #[error("{0} is no https address (http only on this machine)")]
    Address(String),
    #[error(transparent)]
    Client(#[from] OutwardError),
    #[error("the identity provider could not be reached")]
    Connection(#[source] reqwest::Error),
    #[error("the identity provider answered {0}")]
    Status(StatusCode),
    #[error("the identity provider sent something that cannot be read")]
    Unreadable,
    #[error("the identity provider calls itself {0}")]
    OtherIssuer(String),
    #[error("the identity provider's token is not believed")]
    Token(#[from] JwsError),
    #[error("the identity provider's token does not fit")]
    Claims(#[from] ClaimsError),
}

impl From<reqwest::Error> for OidcError {
    fn from(error: reqwest::Error) -> Self {
        Self::Connection(error.without_url())
    }
}

/// The provider's own description (`OpenID` Connect Discovery 1.0) as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// What is known of the provider, and since when.
#[derive(Clone, Debug)]
struct Known {
    metadata: Metadata,
    keys: Vec<Key>,
    read_at: DateTime<Utc>,
}

/// The identity provider (身份提供方).
pub(crate) struct Provider {
    config: Oidc,
    issuer: String,
    secret: String,
    client: Client,
    known: Mutex<Option<Known>>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("config", &self.config).finish_non_exhaustive()
    }
}

/// An address that may be asked: by https, or on this machine.
fn checked(address: &str) -> Result<Url, OidcError> {
    let url = Url::parse(address).map_err(|_no_address| OidcError::Address(address.to_owned()))?;
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    if url.scheme() == "https" || (url.scheme() == "http" && is_here) {
        Ok(url)
    } else {
        Err(OidcError::Address(address.to_owned()))
    }
}

impl Provider {
    /// The provider of the configuration, if there is one; it is asked for nothing yet, so that a start needs no network.
    pub(crate) fn open(config: &Oidc) -> Result<Option<Self>, OidcError> {
        let Some(issuer) = config.issuer.clone().filter(|issuer| !issuer.is_empty()) else { return Ok(None) };
        let is_secure = checked(&issuer)?.scheme() == "https";
        if config.client_id.is_empty() {
            return Err(OidcError::Missing("client_id"));
        }
        let secret = config.client_secret.as_ref().ok_or(OidcError::Missing("client_secret"))?.reveal().to_owned();
        if config.redirect_url.is_empty() {
            return Err(OidcError::Missing("redirect_url"));
        }
        checked(&config.redirect_url)?;
        let client = outward::client(is_secure, Duration::from_secs(u64::from(config.timeout_secs.max(1))))?;
        Ok(Some(Self { config: config.clone(), issuer, secret, client, known: Mutex::new(None) }))
    }

    /// The provider's name, as its tokens have it.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where a browser is sent with `ticket`.
    pub(crate) async fn question(&self, ticket: &Ticket, now: DateTime<Utc>) -> Result<String, OidcError> {
        let known = self.known(now).await?;
        let mut url = checked(&known.metadata.authorization_endpoint)?;
        let mut scopes: Vec<&str> = vec!["openid"];
        scopes.extend(self.config.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid"));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", &self.config.redirect_url)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", &ticket.state)
            .append_pair("nonce", &ticket.nonce)
            .append_pair("code_challenge", &ticket.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// The person whom the provider vouches for with `code`.
    pub(crate) async fn person(&self, code: &str, ticket: &Ticket, now: DateTime<Utc>) -> Result<Person, OidcError> {
        let known = self.known(now).await?;
        let tokens = self.exchange(&known.metadata, code, ticket).await?;
        let payload = match jws::verify(&tokens.id_token, &known.keys) {
            Err(JwsError::UnknownKey) => jws::verify(&tokens.id_token, &self.newer(now).await?.keys)?,
            verified => verified?,
        };
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_no_claims| OidcError::Unreadable)?;
        let wanted = Wanted {
            issuer: &self.issuer,
            client_id: &self.config.client_id,
            nonce: &ticket.nonce,
            leeway_secs: self.config.leeway_secs,
        };
        Ok(claims.check(wanted, now)?)
    }

    /// Gives the code for tokens (`OpenID` Connect Core 1.0 section 3.1.3).
    async fn exchange(&self, metadata: &Metadata, code: &str, ticket: &Ticket) -> Result<Tokens, OidcError> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.config.redirect_url),
            ("code_verifier", &ticket.verifier),
        ];
        let mut request = self.client.post(checked(&metadata.token_endpoint)?);
        // Basic is what every provider must know (RFC 6749 section 2.3.1); one that says otherwise is believed.
        let methods = metadata.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        if methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic") {
            let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", escaped(&self.config.client_id), escaped(&self.secret));
            request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)));
        } else {
            fields.extend([("client_id", self.config.client_id.as_str()), ("client_secret", &self.secret)]);
        }
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        read(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)).await
    }

    /// What is known of the provider, read anew when it is old.
    async fn known(&self, now: DateTime<Utc>) -> Result<Known, OidcError> {
        self.known_since(now - chrono::Duration::seconds(i64::from(self.config.keys_secs)), now).await
    }

    /// The same, when a key was not among those we have.
    async fn newer(&self, now: DateTime<Utc>) -> Result<Known, OidcError> {
        self.known_since(now - chrono::Duration::seconds(LOOK_AGAIN_SECS), now).await
    }

    async fn known_since(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Known, OidcError> {
        // Held while asking: many sign-ins at once ask once.
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.read_at > since) {
            return Ok(known.clone());
        }
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let metadata: Metadata = read(self.client.get(checked(&address)?)).await?;
        if metadata.issuer != self.issuer {
            return Err(OidcError::OtherIssuer(metadata.issuer));
        }
        let keys: Keys = read(self.client.get(checked(&metadata.jwks_uri)?)).await?;
        // A key of a kind that we do not know is none of ours, and no reason to forget the others.
        let keys = keys.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        Ok(known.insert(Known { metadata, keys, read_at: now }).clone())
    }
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, OidcError> {
    let answer = request.header(ACCEPT, "application/json").send().await?;
    if answer.status() != StatusCode::OK {
        return Err(OidcError::Status(answer.status()));
    }
    let body = outward::body(answer, MOST_BYTES).await?.ok_or(OidcError::Unreadable)?;
    serde_json::from_slice(&body).map_err(|_not_what_was_asked| OidcError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_asked_by_https_or_on_this_machine() {
        for (address, is_taken) in [
            ("https://id.example.gov.cn", true),
            ("http://127.0.0.1:3000", true),
            ("http://localhost/x", true),
            ("http://id.example.gov.cn", false),
            ("ftp://127.0.0.1", false),
            ("id.example.gov.cn", false),
        ] {
            assert_eq!(checked(address).is_ok(), is_taken, "{address}");
        }
    }
}

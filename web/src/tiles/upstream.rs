//! Tiles of a map service: asked in the browsers' place, so that they stay with our origin and the key stays here.

mod template;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use reqwest::{Client, StatusCode, redirect};
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::cache::Cache;
use super::{Lacking, Layer, Picture, TileAddress};
use crate::config::{Map, MapError};
use template::Template;

const USER_AGENT: &str = concat!("Motorpool/", env!("CARGO_PKG_VERSION"));

/// A map service and what we have of its tiles.
pub(crate) struct Service {
    client: Client,
    base: Template,
    labels: Option<Template>,
    /// Which of the servers is asked next.
    turn: AtomicUsize,
    /// How many more tiles may be asked for at the same time.
    room: Semaphore,
    timeout: Duration,
    most_bytes: usize,
    cache: Mutex<Cache>,
}

/// Why the service gave no tile. Its address holds the key and is in none of these.
#[derive(Debug, Error)]
enum ServiceError {
    #[error("the map service took too long")]
    Slow,
    #[error("the map service answered {0}")]
    Status(StatusCode),
    #[error("the map service sent something that is no picture")]
    NoPicture,
    #[error("the map service sent more than a tile may have")]
    TooLarge,
    #[error("the map service could not be reached")]
    Connection(#[source] reqwest::Error),
}

impl From<ServiceError> for Lacking {
    fn from(error: ServiceError) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl From<reqwest::Error> for ServiceError {
    fn from(error: reqwest::Error) -> Self {
        Self::Connection(error.without_url())
    }
}

impl Service {
    pub(super) fn open(config: &Map) -> Result<Self, MapError> {
        let url = config.url.as_deref().ok_or(MapError::Missing { kind: "proxy", key: "url" })?;
        let base = Template::parse("url", url, config)?;
        let labels = config.labels_url.as_deref().map(|url| Template::parse("labels_url", url, config)).transpose()?;
        let is_secure = base.is_https() || labels.as_ref().is_some_and(Template::is_https);
        let timeout = Duration::from_secs(u64::from(config.timeout_secs.max(1)));
        Ok(Self {
            client: client(is_secure, timeout)?,
            base,
            labels,
            turn: AtomicUsize::new(0),
            room: Semaphore::new(config.concurrency.max(1)),
            timeout,
            most_bytes: config.tile_bytes,
            cache: Mutex::new(Cache::new(config.cache_bytes, chrono::Duration::seconds(i64::from(config.cache_secs)))),
        })
    }

    pub(super) const fn has(&self, layer: Layer) -> bool {
        match layer {
            Layer::Base => true,
            Layer::Labels => self.labels.is_some(),
        }
    }

    pub(super) async fn read(&self, address: TileAddress, now: DateTime<Utc>) -> Result<Picture, Lacking> {
        let template = match address.layer {
            Layer::Base => &self.base,
            Layer::Labels => self.labels.as_ref().ok_or(Lacking::Missing)?,
        };
        if let Some(kept) = self.cache().get(address, now) {
            metrics::counter!("motorpool_web_tiles_total", "from" => "cache").increment(1);
            return Ok(kept);
        }
        metrics::counter!("motorpool_web_tiles_total", "from" => "service").increment(1);
        // Waiting for room is part of the time that a tile may take.
        let asked = tokio::time::timeout(self.timeout, async {
            let _room = self.room.acquire().await;
            self.ask(template, address).await
        });
        let bytes = asked.await.map_err(|_elapsed| ServiceError::Slow)??.ok_or(Lacking::Missing)?;
        let picture = Picture::of(bytes).ok_or(ServiceError::NoPicture)?;
        self.cache().put(address, picture.clone(), now);
        Ok(picture)
    }

    /// The tile's bytes; none when the service has none there.
    async fn ask(&self, template: &Template, address: TileAddress) -> Result<Option<Bytes>, ServiceError> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut answer = self.client.get(template.fill(address, turn)).send().await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::NO_CONTENT => return Ok(None),
            status => return Err(ServiceError::Status(status)),
        }
        let mut bytes = BytesMut::new();
        while let Some(part) = answer.chunk().await? {
            if bytes.len() + part.len() > self.most_bytes {
                return Err(ServiceError::TooLarge);
            }
            bytes.extend_from_slice(&part);
        }
        Ok(Some(bytes.freeze()))
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        // A panic elsewhere leaves at worst a tile that is asked for again.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client that follows no redirection (it would carry the key elsewhere) and knows no proxy but what is configured.
fn client(is_secure: bool, timeout: Duration) -> Result<Client, MapError> {
    let mut roots = RootCertStore::empty();
    if is_secure {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(MapError::NoCertificates);
        }
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| not_made(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(timeout)
        .build()
        .map_err(|error| not_made(&error))
}

fn not_made(error: &dyn std::error::Error) -> MapError {
    tracing::error!("no client for the map service: {error}");
    MapError::Client
}

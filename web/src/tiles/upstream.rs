//! Tiles of a map service: asked in the browsers' place, so that they stay with our origin and the key stays here.

mod template;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::{Client, StatusCode};
use thiserror::Error;
use tokio::sync::Semaphore;

use super::cache::Cache;
use super::{Lacking, Layer, Picture, TileAddress};
use crate::config::{Map, MapError};
use crate::outward::{self, OutwardError};
use template::Template;

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
        let answer = self.client.get(template.fill(address, turn)).send().await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::NO_CONTENT => return Ok(None),
            status => return Err(ServiceError::Status(status)),
        }
        outward::body(answer, self.most_bytes).await?.ok_or(ServiceError::TooLarge).map(Some)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        // A panic elsewhere leaves at worst a tile that is asked for again.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client(is_secure: bool, timeout: Duration) -> Result<Client, MapError> {
    outward::client(is_secure, timeout).map_err(|error| match error {
        OutwardError::NoCertificates => MapError::NoCertificates,
        OutwardError::Client(cause) => {
            tracing::error!("no client for the map service: {cause}");
            MapError::Client
        }
    })
}

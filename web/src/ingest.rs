//! The way from an HTTP request to whoever stores what devices report: a function that this floor is given.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use telematics::osmand::ReportError;

/// What a device's program speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IngestDialect {
    /// The OsmAnd form, or the Traccar client's JSON.
    Osmand,
    /// OwnTracks.
    Owntracks,
}

/// A device's request, freed of HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestRequest {
    /// What is spoken.
    pub dialect: IngestDialect,
    /// Where it comes from.
    pub address: IpAddr,
    /// The user named in its head.
    pub user: Option<String>,
    /// The key given in its head.
    pub key: Option<String>,
    /// What stands behind the question mark.
    pub query: String,
    /// Its body.
    pub body: Bytes,
}

/// What was reported is durable; the device is told so in the words of its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IngestAccepted {
    /// The body of the answer.
    pub body: &'static str,
}

/// Why nothing was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IngestRefusal {
    /// What was sent is no report.
    Report(ReportError),
    /// It does not say which device it comes from.
    NoDevice,
    /// Unknown device or wrong key.
    BadKey,
    /// Too many requests of one address or one device.
    TooMany {
        /// Seconds until the next will be taken.
        after_secs: u64,
    },
    /// It cannot be stored now.
    NotNow {
        /// Seconds to wait.
        after_secs: u64,
    },
}

type Take = dyn Fn(IngestRequest) -> BoxFuture<'static, Result<IngestAccepted, IngestRefusal>> + Send + Sync;

/// Takes requests of devices in (上报入口); answers when they are durable.
#[derive(Clone)]
pub struct Ingest(Arc<Take>);

impl Ingest {
    /// The way that `take` is.
    pub fn new<F>(take: impl Fn(IngestRequest) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<IngestAccepted, IngestRefusal>> + Send + 'static,
    {
        Self(Arc::new(move |request| Box::pin(take(request))))
    }

    /// Hands a request in.
    pub(crate) async fn take(&self, request: IngestRequest) -> Result<IngestAccepted, IngestRefusal> {
        (self.0)(request).await
    }
}

impl fmt::Debug for Ingest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ingest")
    }
}

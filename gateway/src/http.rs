//! Phones over HTTP: who sends, with which key, what it says; answered after the commit. The socket is the web floor's.

pub mod config;
mod rate;

use std::net::IpAddr;
use std::str;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fleet_db::device::RegisteredDevice;
use telematics::device::Protocol;
use telematics::osmand::{self, PhoneReport, ReportError};
use telematics::owntracks;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::doorway::{Doorway, Pending, Stopping};
use crate::telemetry;
use rate::Rates;

/// Seconds that a phone is asked to wait before it tries again, when we could not store what it sent.
const RETRY_SECS: u64 = 5;

/// What a phone's program speaks (手机端协议).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The OsmAnd form, or the Traccar client's JSON.
    Osmand,
    /// OwnTracks.
    Owntracks,
}

/// One request, as far as it matters here.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is spoken.
    pub dialect: Dialect,
    /// Where it comes from.
    pub address: IpAddr,
    /// The user named in the request's head.
    pub user: Option<String>,
    /// The key given in the request's head.
    pub key: Option<String>,
    /// What stands behind the question mark.
    pub query: String,
    /// Its body; nothing for a `GET`.
    pub body: Bytes,
}

/// Why a request was not taken in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// What was sent is no report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// No device is named, or several are.
    #[error("the request does not say which device it comes from")]
    NoDevice,
    /// Unknown device or wrong key: not told apart.
    #[error("the device or its key is wrong")]
    BadKey,
    /// More requests than one address or one device may send.
    #[error("too many requests; again in {after_secs} s")]
    TooMany {
        /// Seconds until the next will be taken.
        after_secs: u64,
    },
    /// The store is away, or too many requests wait for it already.
    #[error("what was sent cannot be stored now; again in {after_secs} s")]
    NotNow {
        /// Seconds to wait.
        after_secs: u64,
    },
}

impl Refusal {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Report(error) => error.code(),
            Self::NoDevice => "ingest.no_device",
            Self::BadKey => "ingest.bad_key",
            Self::TooMany { .. } => "ingest.too_many",
            Self::NotNow { .. } => "ingest.not_now",
        }
    }
}

/// The door at which phones knock (手机入口).
#[derive(Clone, Debug)]
pub struct HttpDoor(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    doorway: Doorway,
    waiting: Arc<Semaphore>,
    patience: Duration,
    addresses: Rates<IpAddr>,
    devices: Rates<Box<str>>,
}

/// Who sends, and what.
struct Claim {
    terminal: String,
    key: String,
    reports: Vec<(PhoneReport, Vec<u8>)>,
}

impl HttpDoor {
    /// A door in front of the gateway behind `doorway`.
    pub fn new(doorway: Doorway, config: &config::Http) -> Self {
        Self(Arc::new(Inner {
            doorway,
            waiting: Arc::new(Semaphore::new(config.waiting)),
            patience: Duration::from_secs(config.wait_secs),
            addresses: Rates::new(config.per_address_per_minute),
            devices: Rates::new(config.per_device_per_minute),
        }))
    }

    /// Takes a request in; what to answer with, once all of it is durable.
    pub async fn take(&self, request: Request) -> Result<&'static str, Refusal> {
        let taken = self.0.take(&request).await;
        if let Err(refusal) = &taken {
            metrics::counter!(telemetry::REFUSED, "code" => refusal.code()).increment(1);
        }
        taken
    }
}

impl Inner {
    async fn take(&self, request: &Request) -> Result<&'static str, Refusal> {
        let now = self.doorway.now();
        self.addresses.take(request.address, now).map_err(|after_secs| Refusal::TooMany { after_secs })?;
        let claim = claim(request)?;
        let device = self.doorway.authenticate(&claim.terminal, claim.key.as_bytes());
        let device = device.filter(|device| device.protocol == Protocol::Http).ok_or(Refusal::BadKey)?;
        self.devices.take(claim.terminal.into(), now).map_err(|after_secs| Refusal::TooMany { after_secs })?;
        self.store(&device, claim.reports).await?;
        Ok(match request.dialect {
            Dialect::Osmand => "",
            Dialect::Owntracks => owntracks::ANSWER,
        })
    }

    async fn store(&self, device: &Arc<RegisteredDevice>, reports: Vec<(PhoneReport, Vec<u8>)>) -> Result<(), Refusal> {
        let not_now = Refusal::NotNow { after_secs: RETRY_SECS };
        let seat = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_full| not_now.clone())?;
        let now = self.doorway.now();
        let observations = reports.into_iter().map(|(report, payload)| (report.to_observation(now), payload));
        let handing = self.doorway.hand_in(device, observations, []);
        let Ok(Ok(pending)) = timeout(self.patience, handing).await else { return Err(not_now) };
        let mut waiting = tokio::spawn(see_out(pending, seat));
        match timeout(self.patience, &mut waiting).await {
            Ok(Ok(Ok(()))) => Ok(()),
            _ => Err(not_now),
        }
    }
}

/// Keeps the seat until the store has answered, whether or not somebody still waits for that: a store that is away must not be
/// owed more and more by phones that ask again.
async fn see_out(pending: Pending, seat: OwnedSemaphorePermit) -> Result<(), Stopping> {
    let durable = pending.durable().await;
    drop(seat);
    durable
}

/// What the request claims: a device, its key, and reports.
fn claim(request: &Request) -> Result<Claim, Refusal> {
    let body = str::from_utf8(&request.body).map_err(|_no_text| ReportError::Malformed)?.trim();
    let in_query = osmand::key_of_form(&request.query);
    let (reports, in_body) = match request.dialect {
        Dialect::Osmand if body.starts_with('{') => {
            let reports = osmand::of_json(body.as_bytes())?;
            (reports, None)
        }
        Dialect::Osmand if body.is_empty() => (vec![osmand::of_form(&request.query)?], None),
        Dialect::Osmand => {
            let form = if request.query.is_empty() { body.to_owned() } else { format!("{}&{body}", request.query) };
            (vec![osmand::of_form(&form)?], osmand::key_of_form(body))
        }
        Dialect::Owntracks => (owntracks::of_json(body.as_bytes())?.into_iter().collect(), None),
    };
    let named = match request.dialect {
        Dialect::Osmand => reports.first().and_then(|report| report.device.clone()),
        // The topic is the broker's address of the phone; who signs in says who it is.
        Dialect::Owntracks if request.user.is_some() => None,
        Dialect::Owntracks => osmand::of_form(&request.query)
            .ok()
            .and_then(|form| form.device)
            .or_else(|| reports.first().and_then(|report| report.device.clone())),
    };
    let terminal = match (named, request.user.clone()) {
        (Some(named), Some(user)) if named != user => return Err(Refusal::NoDevice),
        (named, user) => named.or(user).ok_or(Refusal::NoDevice)?,
    };
    let key = request.key.clone().or(in_query).or(in_body).unwrap_or_default();
    let reports = reports
        .into_iter()
        .map(|report| {
            let payload = osmand::explain(&report).to_string().into_bytes();
            (report, payload)
        })
        .collect();
    Ok(Claim { terminal, key, reports })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(dialect: Dialect, query: &str, body: &str) -> Request {
        let body = Bytes::copy_from_slice(body.as_bytes());
        Request { dialect, address: IpAddr::from([127, 0, 0, 1]), user: None, key: None, query: query.to_owned(), body }
    }

    fn told(request: &Request) -> (String, String, usize) {
        let claim = claim(request).unwrap_or_else(|refusal| panic!("{refusal}"));
        (claim.terminal, claim.key, claim.reports.len())
    }

    fn code(request: &Request) -> &'static str {
        claim(request).map(|claim| claim.terminal).unwrap_err().code()
    }

    const LOCATION: &str = r#"{"_type":"location","lat":30,"lon":120,"tst":1780272000,"topic":"owntracks/pool/hz-7"}"#;

    #[test]
    fn the_device_and_its_key_are_found_wherever_phones_put_them() {
        let expected = ("hz-7".to_owned(), "k".to_owned(), 1);
        let form = "id=hz-7&lat=30&lon=120&key=k";
        let json = r#"{"device_id":"hz-7","location":{"coords":{"latitude":30,"longitude":120}}}"#;
        assert_eq!(told(&request(Dialect::Osmand, form, "")), expected);
        assert_eq!(told(&request(Dialect::Osmand, "", form)), expected);
        assert_eq!(told(&request(Dialect::Osmand, "key=k", "id=hz-7&lat=30&lon=120")), expected);
        assert_eq!(told(&request(Dialect::Osmand, "key=k", json)), expected);
        let head = Request {
            user: Some("hz-7".to_owned()),
            key: Some("k".to_owned()),
            ..request(Dialect::Osmand, "lat=30&lon=120", "")
        };
        assert_eq!(told(&head), expected);
        let head = Request { key: Some("k".to_owned()), ..request(Dialect::Owntracks, "", LOCATION) };
        assert_eq!(told(&head), expected, "by its topic");
        let head = Request { user: Some("hz-8".to_owned()), ..head };
        assert_eq!(told(&head).0, "hz-8", "who signs in says who it is");
        assert_eq!(told(&request(Dialect::Owntracks, "id=hz-7&key=k", LOCATION)), expected);
        let other = request(Dialect::Owntracks, "id=hz-7&key=k", r#"{"_type":"lwt"}"#);
        assert_eq!(told(&other), ("hz-7".to_owned(), "k".to_owned(), 0));
    }

    #[test]
    fn what_is_no_report_or_names_nobody_is_refused() {
        let with_user = |request: Request| Request { user: Some("hz-8".to_owned()), ..request };
        for (request, wrong) in [
            (request(Dialect::Osmand, "", ""), "report.malformed"),
            (request(Dialect::Osmand, "lat=30&lon=120", ""), "ingest.no_device"),
            (with_user(request(Dialect::Osmand, "id=hz-7&lat=30&lon=120", "")), "ingest.no_device"),
            (request(Dialect::Osmand, "id=hz-7&lat=30", ""), "report.place"),
            (request(Dialect::Osmand, "", "{}"), "report.malformed"),
            (request(Dialect::Owntracks, "", "[]"), "report.malformed"),
            (request(Dialect::Owntracks, "", r#"{"_type":"lwt"}"#), "ingest.no_device"),
        ] {
            assert_eq!(code(&request), wrong, "{request:?}");
        }
    }
}

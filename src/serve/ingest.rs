//! Joins the web floor's way in for phones with the gateway behind it; neither knows the other.

use std::sync::{Arc, OnceLock};

use gateway::http::{Dialect, HttpDoor, Refusal, Request};
use web::{Ingest, IngestAccepted, IngestDialect, IngestRefusal, IngestRequest};

/// Seconds that a phone is asked to wait while the gateway is still reading its state.
const STARTING_SECS: u64 = 2;

/// The gateway's door, there when the gateway has started.
pub(super) type Door = Arc<OnceLock<HttpDoor>>;

/// The way in through `door`.
pub(super) fn through(door: &Door) -> Ingest {
    let door = Arc::clone(door);
    Ingest::new(move |request| {
        let door = door.get().cloned();
        async move {
            let door = door.ok_or(IngestRefusal::NotNow { after_secs: STARTING_SECS })?;
            let taken = door.take(of_web(request)).await;
            taken.map(|body| IngestAccepted { body }).map_err(of_gateway)
        }
    })
}

fn of_web(request: IngestRequest) -> Request {
    let dialect = match request.dialect {
        IngestDialect::Osmand => Dialect::Osmand,
        IngestDialect::Owntracks => Dialect::Owntracks,
    };
    let IngestRequest { address, user, key, query, body, .. } = request;
    Request { dialect, address, user, key, query, body }
}

fn of_gateway(refusal: Refusal) -> IngestRefusal {
    match refusal {
        Refusal::Report(error) => IngestRefusal::Report(error),
        Refusal::NoDevice => IngestRefusal::NoDevice,
        Refusal::BadKey => IngestRefusal::BadKey,
        Refusal::TooMany { after_secs } => IngestRefusal::TooMany { after_secs },
        Refusal::NotNow { after_secs } => IngestRefusal::NotNow { after_secs },
    }
}

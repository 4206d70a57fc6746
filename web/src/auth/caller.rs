//! Where a request comes from: the address at the other end, or the one that a proxy of ours vouches for, and the browser.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};

use crate::problem::{AUTH_TOO_MANY, ApiError, ApiResult};
use crate::state::App;

/// Longest text of a browser's name that is kept.
const USER_AGENT_LENGTH: usize = 200;

/// Who calls, as far as the network knows.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    address: Option<IpAddr>,
    /// What the browser calls itself.
    pub(crate) user_agent: String,
}

impl Caller {
    /// The address as text; empty when there is no socket behind the request.
    pub(crate) fn peer(&self) -> String {
        self.address.map(|address| address.to_canonical().to_string()).unwrap_or_default()
    }

    /// Refuses an address that has tried to sign in too often.
    pub(crate) fn admit(&self, app: &App, now: DateTime<Utc>) -> ApiResult<()> {
        let Some(address) = self.address else { return Ok(()) };
        app.arrivals.admit(address, now).map_err(|seconds| {
            metrics::counter!("motorpool_web_sign_ins_refused_total").increment(1);
            ApiError::from(AUTH_TOO_MANY).retry_after(seconds)
        })
    }
}

/// The nearest address that is not one of our proxies. What stands further left was written by whoever asked.
fn address(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpAddr]) -> Option<IpAddr> {
    let is_ours = |address: &IpAddr| proxies.contains(&address.to_canonical());
    let peer = peer?;
    if !is_ours(&peer) {
        return Some(peer);
    }
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let mut nearest = peer;
    for hop in said.rsplit(',') {
        let Ok(hop) = hop.trim().parse() else { break };
        nearest = hop;
        if !is_ours(&hop) {
            break;
        }
    }
    Some(nearest)
}

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self {
            address: address(peer, &parts.headers, &app.config.trusted_proxies),
            user_agent: user_agent.chars().take(USER_AGENT_LENGTH).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_proxies_are_believed() {
        let proxies: Vec<IpAddr> = ["10.0.0.1", "10.0.0.2"].map(|text| text.parse().unwrap()).into();
        for (peer, said, wanted) in [
            ("192.0.2.7", "", "192.0.2.7"),
            ("192.0.2.7", "203.0.113.9", "192.0.2.7"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "unknown", "10.0.0.1"),
            ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ] {
            let mut headers = HeaderMap::new();
            if !said.is_empty() {
                headers.insert("x-forwarded-for", said.parse().unwrap());
            }
            let found = address(Some(peer.parse().unwrap()), &headers, &proxies).unwrap();
            assert_eq!(found.to_string(), wanted, "{peer} says {said}");
        }
        assert_eq!(address(None, &HeaderMap::new(), &proxies), None);
    }
}

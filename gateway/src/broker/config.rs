//! Settings of the brokers that the gateway is a client of.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One entry of `gateway.brokers` (外部消息中间件): an MQTT broker of the site's own, from which the gateway takes messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Broker {
    /// `mqtt://host:1883`, or `mqtts://host:8883` for TLS.
    pub url: BrokerUrl,
    /// Our name there. The broker keeps what is for it while we are away, so it stays the same; no two gateways share one.
    pub client_id: String,
    /// Topics to take: `v1/d/+/#` for terminals of our own, `owntracks/+/+` for phones.
    pub topics: Vec<String>,
    /// Gateways of one group share the messages (`$share/{group}/{topic}`); empty: each gets all.
    pub share_group: String,
    /// User name, where the broker wants one.
    pub user: Option<String>,
    /// File with the password, its first line.
    pub password_file: Option<PathBuf>,
    /// Authority that signed the broker's certificate, PEM; without it the machine's own list.
    pub tls_ca: Option<PathBuf>,
    /// Messages taken and not yet stored. The broker has a limit of its own (`max_inflight_messages` of mosquitto is 20).
    pub in_flight: u16,
    /// Bytes of one message.
    pub message_bytes: u32,
    /// Seconds without a word after which either side takes the other for gone.
    pub keep_alive_secs: u16,
    /// Seconds before another try to connect, at most; the first comes after one.
    pub retry_max_secs: u64,
}

impl Default for Broker {
    fn default() -> Self {
        Self {
            url: BrokerUrl { tls: false, host: "127.0.0.1".to_owned(), port: 1883 },
            client_id: "motorpool-gateway".to_owned(),
            topics: vec!["v1/d/+/#".to_owned(), "owntracks/+/+".to_owned()],
            share_group: "motorpool".to_owned(),
            user: None,
            password_file: None,
            tls_ca: None,
            in_flight: 1000,
            message_bytes: 256 * 1024,
            keep_alive_secs: 30,
            retry_max_secs: 30,
        }
    }
}

/// The address of a broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BrokerUrl {
    /// By TLS.
    pub(super) tls: bool,
    /// Its machine.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
}

/// Why a text is no broker's address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} is no broker's address: write mqtt://host:1883 or mqtts://host:8883")]
pub struct BrokerUrlError {
    text: String,
}

impl FromStr for BrokerUrl {
    type Err = BrokerUrlError;

    fn from_str(text: &str) -> Result<Self, BrokerUrlError> {
        let wrong = || BrokerUrlError { text: text.to_owned() };
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let (tls, usual) = match scheme {
            "mqtt" => (false, 1883),
            "mqtts" => (true, 8883),
            _ => return Err(wrong()),
        };
        let rest = rest.trim_end_matches('/');
        // The colons of an IPv6 address stand in brackets.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_no_port| wrong())?),
            _ => (rest, usual),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host.contains(['/', '@', '?']) {
            return Err(wrong());
        }
        Ok(Self { tls, host: host.to_owned(), port })
    }
}

impl TryFrom<String> for BrokerUrl {
    type Error = BrokerUrlError;

    fn try_from(text: String) -> Result<Self, BrokerUrlError> {
        text.parse()
    }
}

impl fmt::Display for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "mqtts" } else { "mqtt" };
        if self.host.contains(':') {
            return write!(f, "{scheme}://[{}]:{}", self.host, self.port);
        }
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl From<BrokerUrl> for String {
    fn from(url: BrokerUrl) -> Self {
        url.to_string()
    }
}

impl Broker {
    /// The filters to subscribe to.
    pub(super) fn filters(&self) -> Vec<String> {
        if self.share_group.is_empty() {
            return self.topics.clone();
        }
        self.topics.iter().map(|topic| format!("$share/{}/{topic}", self.share_group)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_there_and_back() {
        for (text, shown) in [
            ("mqtt://broker", "mqtt://broker:1883"),
            ("mqtts://broker/", "mqtts://broker:8883"),
            ("mqtt://10.0.0.7:2883", "mqtt://10.0.0.7:2883"),
            ("mqtt://[fd00::7]:2883", "mqtt://[fd00::7]:2883"),
            ("mqtt://[fd00::7]", "mqtt://[fd00::7]:1883"),
        ] {
            assert_eq!(text.parse::<BrokerUrl>().unwrap().to_string(), shown);
        }
        for wrong in ["broker:1883", "http://broker", "mqtt://", "mqtt://broker:x", "mqtt://user@broker"] {
            assert!(wrong.parse::<BrokerUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_group_shares_its_topics() {
        let alone = Broker { share_group: String::new(), topics: vec!["a/#".to_owned()], ..Broker::default() };
        assert_eq!(alone.filters(), ["a/#"]);
        assert_eq!(Broker { share_group: "g".to_owned(), ..alone }.filters(), ["$share/g/a/#"]);
    }
}

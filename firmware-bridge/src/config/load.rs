//! Reading the configuration, and saying what is wrong with it and what to do.

use std::path::{Path, PathBuf};

use telematics::device::TerminalId;
use thiserror::Error;
use toml::{Table, Value};

use super::{Config, Secret};

/// Prefix of environment variables; `__` separates levels.
const PREFIX: &str = "MOTORPOOL_BRIDGE__";

/// What is wrong with a configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is no TOML, or has a key or a value that is not known.
    #[error("the configuration does not parse")]
    Syntax {
        /// Where and why.
        source: toml::de::Error,
    },
    /// A value that cannot work.
    #[error("{key}: {problem}")]
    Value {
        /// Which key.
        key: &'static str,
        /// What is wrong, and what to write instead.
        problem: &'static str,
    },
}

impl ConfigError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "bridge.config.unreadable",
            Self::Syntax { .. } => "bridge.config.syntax",
            Self::Value { .. } => "bridge.config.value",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "give the right path with --config FILE, or start from motorpool-bridge.example.toml",
            Self::Syntax { .. } => "correct the line that is named above; motorpool-bridge.example.toml shows every key",
            Self::Value { .. } => "correct the key in the configuration, the environment or the flags",
        }
    }
}

/// The configuration of `file`, with what `environment` overrides.
pub fn load(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Config, ConfigError> {
    let text = match file {
        None => String::new(),
        Some(path) => {
            std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?
        }
    };
    read(&text, environment)
}

/// The configuration that `text` says, with what `environment` overrides.
pub fn read(text: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Config, ConfigError> {
    let syntax = |source| ConfigError::Syntax { source };
    // Parsed twice: from text first, so that an error names the line.
    let _: Config = toml::from_str(text).map_err(syntax)?;
    let mut table: Table = text.parse().map_err(syntax)?;
    for (name, value) in environment {
        if let Some(path) = name.strip_prefix(PREFIX) {
            set(&mut table, &path.to_ascii_lowercase(), &value);
        }
    }
    let mut config: Config = Value::Table(table).try_into().map_err(syntax)?;
    if let Some(path) = &config.device.secret_file {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
        config.device.secret = Secret::new(text.trim());
    }
    Ok(config)
}

fn set(table: &mut Table, path: &str, text: &str) {
    let Some((head, rest)) = path.split_once("__") else {
        table.insert(path.to_owned(), value(text));
        return;
    };
    let inner = table.entry(head).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(inner) = inner {
        set(inner, rest, text);
    }
}

/// A number, a boolean, an array or a table where the text is one, else the text itself.
fn value(text: &str) -> Value {
    let parsed = format!("v = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("v"));
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

impl Config {
    /// Everything that cannot work, found before anything is opened.
    pub fn problems(&self) -> Vec<ConfigError> {
        let checks = [
            (
                self.device.id.parse::<TerminalId>().is_err(),
                "device.id",
                "1 to 64 letters, digits, '-', '_' or '.', as registered",
            ),
            (self.device.secret.is_empty(), "device.secret", "missing; the console shows it once when the device is registered"),
            (split_server(&self.uplink.server).is_none(), "uplink.server", "write HOST:PORT, for example fleet.example.cn:1883"),
            (
                !self.update.key.is_empty() && self.update.public_key().is_none(),
                "update.key",
                "write the 64 hex digits of an Ed25519 public key, or nothing",
            ),
            (self.gnss.len() > 2, "gnss", "at most two receivers"),
            (self.gnss.iter().any(|g| g.path.as_os_str().is_empty()), "gnss.path", "missing; for example /dev/ttyUSB0"),
            (self.gnss.iter().any(|g| g.baud_rates.is_empty()), "gnss.baud_rates", "at least one rate, for example [9600]"),
            (self.obd.as_ref().is_some_and(|o| o.path.as_os_str().is_empty()), "obd.path", "missing; for example /dev/ttyUSB1"),
            (self.uplink.inflight == 0, "uplink.inflight", "at least 1"),
            (self.uplink.batch_records == 0, "uplink.batch_records", "at least 1"),
            (self.uplink.batch_bytes < 1024, "uplink.batch_bytes", "at least 1024"),
            (self.uplink.retry_min_secs == 0, "uplink.retry_min_secs", "at least 1"),
            (
                self.uplink.retry_max_secs < self.uplink.retry_min_secs,
                "uplink.retry_max_secs",
                "not less than uplink.retry_min_secs",
            ),
            (self.spool.limit_bytes < 4096, "spool.limit_bytes", "at least 4096"),
            (self.spool.commit_records == 0, "spool.commit_records", "at least 1"),
            (!is_positive(self.sampler.distance_m), "sampler.distance_m", "more than 0"),
            (!is_positive(self.sampler.turn_deg), "sampler.turn_deg", "more than 0"),
        ];
        let found = checks.into_iter().filter(|(wrong, ..)| *wrong);
        found.map(|(_, key, problem)| ConfigError::Value { key, problem }).collect()
    }
}

fn is_positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

/// Host and port of `HOST:PORT`; an `IPv6` address stands in brackets.
pub(crate) fn split_server(server: &str) -> Option<(&str, u16)> {
    let (host, port) = server.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then_some((host, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn the_environment_beats_the_file() {
        let text = "[device]\nid = \"MP-1\"\n[uplink]\ninflight = 5\n";
        let config = read(
            text,
            [
                variable("MOTORPOOL_BRIDGE__DEVICE__SECRET", "s3"),
                variable("MOTORPOOL_BRIDGE__UPLINK__INFLIGHT", "7"),
                variable("MOTORPOOL_BRIDGE__UPLINK__SERVER", "gate:1884"),
                variable("HOME", "/root"),
            ],
        )
        .unwrap();
        assert_eq!(config.device.id, "MP-1");
        assert_eq!(config.device.secret.reveal(), "s3");
        assert_eq!((config.uplink.inflight, config.uplink.server.as_str()), (7, "gate:1884"));
        assert!(config.problems().is_empty());
    }

    #[test]
    fn a_wrong_key_is_named_with_its_line() {
        let error = read("[uplink]\nservre = \"x\"\n", []).unwrap_err();
        assert_eq!(error.code(), "bridge.config.syntax");
        let ConfigError::Syntax { source } = error else { panic!() };
        assert!(source.to_string().contains("servre") && source.to_string().contains("line 2"), "{source}");
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let config = read("[device]\nid = \"a/b\"\n[uplink]\nserver = \"nowhere\"\n", []).unwrap();
        let keys: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
        assert_eq!(keys.len(), 3, "{keys:?}");
        assert!(keys[0].starts_with("device.id") && keys[1].starts_with("device.secret") && keys[2].starts_with("uplink.server"));
    }
}

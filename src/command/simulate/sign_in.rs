//! What simulated terminals sign in with.

use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use telematics::device::TerminalId;

use super::protocol::Protocol;
use crate::seed::fleet::SeedVehicle;

/// What a terminal says about itself (终端身份).
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// What it speaks.
    pub(crate) protocol: Protocol,
    /// Its number among the terminals of the run, from 0.
    pub(crate) number: usize,
    /// The name it signs in with.
    pub(crate) name: TerminalId,
    /// Its secret; the authentication code of JT/T 808, the SIM card of GB/T 32960. `None`: it has to sign up first.
    pub(crate) secret: Option<String>,
    /// The plate of its car.
    pub(crate) plate: String,
    /// It speaks the newer of the two editions of its standard.
    pub(crate) is_new_edition: bool,
    /// Sign-ins so far.
    pub(crate) sign_ins: u16,
    /// When it signs in.
    pub(crate) signs_in_at: DateTime<Utc>,
}

/// Names and secrets of terminals.
#[derive(Debug)]
pub(crate) enum Secrets {
    /// As the demonstration has them.
    Seed,
    /// One line a terminal.
    List(Vec<Listed>),
}

/// A terminal of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    name: TerminalId,
    secret: Option<String>,
    plate: Option<String>,
}

impl Identity {
    /// The terminal that a car of the demonstration has.
    pub(crate) fn of_seed(protocol: Protocol, number: usize, car: &SeedVehicle) -> Self {
        Self {
            protocol,
            number,
            name: car.terminal.clone(),
            secret: Some(car.secret.clone()),
            plate: car.asset.plate.to_string(),
            is_new_edition: car.index % 2 == 1,
            sign_ins: 0,
            signs_in_at: DateTime::UNIX_EPOCH,
        }
    }

    /// The terminal of a list. A number of 12 or 20 digits tells its edition of JT/T 808; others take turns.
    fn of_list(self, listed: Listed) -> Self {
        let is_new_edition = match (self.protocol, listed.name.as_str().len()) {
            (Protocol::Jt808, 12) => false,
            (Protocol::Jt808, 20) => true,
            _ => self.is_new_edition,
        };
        let plate = listed.plate.unwrap_or(self.plate);
        // The register knows numbers without the zeros in front.
        let name = match self.protocol {
            Protocol::Jt808 => listed.name.as_str().trim_start_matches('0').parse().unwrap_or(listed.name),
            _ => listed.name,
        };
        Self { name, secret: listed.secret, plate, is_new_edition, ..self }
    }
}

impl Secrets {
    /// Those of a file of `terminal_id,secret,plate`; a first line with these words is a heading.
    pub(crate) fn of_file(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        read(&text).with_context(|| format!("{} is no list of terminal_id,secret", path.display()))
    }

    /// How many there are, where that is limited.
    pub(crate) const fn most(&self) -> Option<usize> {
        match self {
            Self::Seed => None,
            Self::List(list) => Some(list.len()),
        }
    }

    /// The terminal of that number, in that car.
    pub(crate) fn of(&self, protocol: Protocol, number: usize, car: &SeedVehicle) -> anyhow::Result<Identity> {
        let own = Identity::of_seed(protocol, number, car);
        match self {
            Self::Seed => Ok(own),
            Self::List(list) => list.get(number).cloned().map(|listed| own.of_list(listed)).context("fewer terminals than cars"),
        }
    }
}

fn read(text: &str) -> anyhow::Result<Secrets> {
    let mut list = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || (number == 0 && line.starts_with("terminal_id,")) {
            continue;
        }
        let (name, rest) = line.split_once(',').with_context(|| format!("line {} has no comma", number + 1))?;
        let (secret, plate) =
            rest.split_once(',').map_or((rest, None), |(secret, plate)| (secret, Some(plate.trim().to_owned())));
        let name = name.trim().parse().with_context(|| format!("line {}", number + 1))?;
        let secret = Some(secret.trim().to_owned()).filter(|secret| !secret.is_empty());
        list.push(Listed { name, secret, plate });
    }
    Ok(Secrets::List(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_with_or_without_a_heading() {
        for text in ["terminal_id,secret\nMP-1,abc\nMP-2, def \n\n", "MP-1,abc\nMP-2,def"] {
            let Secrets::List(list) = read(text).unwrap() else { panic!("a list") };
            let expected = Listed { name: "MP-2".parse().unwrap(), secret: Some(String::from("def")), plate: None };
            assert_eq!(list[1], expected);
        }
        let Secrets::List(list) = read("013800000001,,浙A12345").unwrap() else { panic!("a list") };
        assert_eq!((list[0].secret.clone(), list[0].plate.as_deref()), (None, Some("浙A12345")));
        assert!(read("MP-1").is_err());
        assert!(read("MP/1,abc").is_err());
    }
}

//! What simulated terminals sign in with.

use std::path::Path;

use anyhow::Context as _;
use telematics::device::TerminalId;

use crate::seed::fleet::SeedVehicle;
use crate::seed::names::secret;

/// Names and secrets of terminals.
#[derive(Debug)]
pub(crate) enum Secrets {
    /// As the demonstration of that seed has them.
    Seed(u64),
    /// One line a terminal.
    List(Vec<(TerminalId, String)>),
}

impl Secrets {
    /// Those of the demonstration with that seed.
    pub(crate) const fn of_seed(seed: u64) -> Self {
        Self::Seed(seed)
    }

    /// Those of a file of `terminal_id,secret`; a first line with these words is a heading.
    pub(crate) fn of_file(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        read(&text).with_context(|| format!("{} is no list of terminal_id,secret", path.display()))
    }

    /// How many there are, where that is limited.
    pub(crate) const fn most(&self) -> Option<usize> {
        match self {
            Self::Seed(_) => None,
            Self::List(list) => Some(list.len()),
        }
    }

    /// Name and secret of the terminal in a car.
    pub(crate) fn of(&self, car: &SeedVehicle) -> anyhow::Result<(TerminalId, String)> {
        match self {
            Self::Seed(seed) => Ok((car.terminal.clone(), secret(*seed, &car.terminal))),
            Self::List(list) => list.get(car.index).cloned().context("fewer terminals than cars"),
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
        let (name, secret) = line.split_once(',').with_context(|| format!("line {} has no comma", number + 1))?;
        let name = name.trim().parse().with_context(|| format!("line {}", number + 1))?;
        list.push((name, secret.trim().to_owned()));
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
            assert_eq!(list[1], ("MP-2".parse().unwrap(), String::from("def")));
        }
        assert!(read("MP-1").is_err());
        assert!(read("MP/1,abc").is_err());
    }
}

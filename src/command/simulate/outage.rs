//! When the network is cut.

use std::str::FromStr;
use std::time::Duration;

/// A cut of the network for all terminals (断网区间), counted from the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outage {
    from: Duration,
    to: Duration,
}

impl Outage {
    /// The network is cut.
    pub(crate) fn covers(&self, since: Duration) -> bool {
        (self.from..self.to).contains(&since)
    }

    /// The next moment after `since` at which it begins or ends.
    pub(crate) fn next_turn(&self, since: Duration) -> Option<Duration> {
        [self.from, self.to].into_iter().find(|turn| *turn > since)
    }
}

impl FromStr for Outage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || String::from("write FROM,TO in seconds, the second larger than the first, for example 20,40");
        let (from, to) = text.split_once(',').ok_or_else(expected)?;
        let read = |text: &str| {
            let seconds: f64 = text.trim().parse().ok()?;
            Duration::try_from_secs_f64(seconds).ok()
        };
        let (from, to) = read(from).zip(read(to)).ok_or_else(expected)?;
        if from < to { Ok(Self { from, to }) } else { Err(expected()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_has_a_beginning_and_an_end() {
        let outage: Outage = "20,40.5".parse().unwrap();
        let at = Duration::from_secs;
        assert!(!outage.covers(at(19)) && outage.covers(at(20)) && outage.covers(at(40)) && !outage.covers(at(41)));
        assert_eq!(outage.next_turn(at(3)), Some(at(20)));
        assert_eq!(outage.next_turn(at(20)), Some(Duration::from_millis(40_500)));
        assert_eq!(outage.next_turn(at(50)), None);
        for wrong in ["", "20", "40,20", "5,5", "a,b", "-1,3"] {
            assert!(wrong.parse::<Outage>().is_err(), "{wrong}");
        }
    }
}

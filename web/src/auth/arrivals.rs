//! How often one address may try to sign in: a bucket an address, in bounded memory.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// What is remembered of an address.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Attempts that are left, in thousandths: a bucket fills a little with every second.
    left_milli: u64,
    at: DateTime<Utc>,
}

/// Attempts by address (按地址限速).
#[derive(Debug)]
pub(crate) struct Arrivals {
    /// Attempts a minute, and at once; 0 for no limit.
    per_minute: u64,
    /// Most addresses remembered.
    most: usize,
    known: Mutex<HashMap<IpAddr, Bucket>>,
    /// What all addresses share for which there is no room.
    others: Mutex<Option<Bucket>>,
}

impl Bucket {
    /// Takes one attempt; seconds to wait when there is none.
    fn take(&mut self, per_minute: u64, now: DateTime<Utc>) -> Result<(), u64> {
        self.fill(per_minute, now);
        if self.left_milli >= 1000 {
            self.left_milli -= 1000;
            return Ok(());
        }
        // A minute brings `per_minute` thousands of thousandths.
        Err(((1000 - self.left_milli) * 60).div_ceil(per_minute * 1000).max(1))
    }

    fn fill(&mut self, per_minute: u64, now: DateTime<Utc>) {
        let passed_ms = (now - self.at).num_milliseconds().max(0).cast_unsigned();
        self.left_milli = self.left_milli.saturating_add(passed_ms.saturating_mul(per_minute) / 60).min(per_minute * 1000);
        self.at = self.at.max(now);
    }
}

impl Arrivals {
    pub(crate) fn new(per_minute: u32, most: usize) -> Self {
        Self { per_minute: u64::from(per_minute), most: most.max(1), known: Mutex::new(HashMap::new()), others: Mutex::new(None) }
    }

    /// Counts an attempt from `address`; seconds to wait when there were too many.
    pub(crate) fn admit(&self, address: IpAddr, now: DateTime<Utc>) -> Result<(), u64> {
        if self.per_minute == 0 {
            return Ok(());
        }
        let full = Bucket { left_milli: self.per_minute * 1000, at: now };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.most && !known.contains_key(&network(address)) {
            // An address that has been away long enough is as good as a new one.
            known.retain(|_, bucket| {
                bucket.fill(self.per_minute, now);
                bucket.left_milli < self.per_minute * 1000
            });
            if known.len() >= self.most {
                drop(known);
                let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
                return others.get_or_insert(full).take(self.per_minute, now);
            }
        }
        known.entry(network(address)).or_insert(full).take(self.per_minute, now)
    }
}

/// A household of `IPv6` has 2⁶⁴ addresses; they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000, 0).unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_waits_when_it_asked_too_often_and_others_do_not() {
        let arrivals = Arrivals::new(30, 100);
        for _ in 0..30 {
            assert_eq!(arrivals.admit(address("10.0.0.1"), now()), Ok(()));
        }
        assert_eq!(arrivals.admit(address("10.0.0.1"), now()), Err(2));
        assert_eq!(arrivals.admit(address("10.0.0.2"), now()), Ok(()));
        let later = now() + Duration::seconds(2);
        assert_eq!(arrivals.admit(address("10.0.0.1"), later), Ok(()));
        assert_eq!(arrivals.admit(address("10.0.0.1"), later), Err(2));
        assert_eq!(Arrivals::new(0, 1).admit(address("10.0.0.1"), now()), Ok(()));
    }

    #[test]
    fn addresses_of_one_household_count_together() {
        let arrivals = Arrivals::new(1, 100);
        assert_eq!(arrivals.admit(address("2001:db8::1"), now()), Ok(()));
        assert_eq!(arrivals.admit(address("2001:db8::2"), now()), Err(60));
        assert_eq!(arrivals.admit(address("2001:db8:0:1::1"), now()), Ok(()));
        assert_eq!(arrivals.admit(address("10.0.0.1"), now()), Ok(()));
        assert_eq!(arrivals.admit(address("::ffff:10.0.0.1"), now()), Err(60), "the same address in other clothes");
    }

    #[test]
    fn many_addresses_neither_fill_the_memory_nor_get_in_by_their_number() {
        let arrivals = Arrivals::new(2, 10);
        let admitted = (0..1000_u32).filter(|n| arrivals.admit(IpAddr::V4((*n).into()), now()).is_ok()).count();
        assert_eq!(admitted, 12, "ten of their own, two from what the others share");
        assert_eq!(arrivals.known.lock().unwrap().len(), 10);
        assert_eq!(arrivals.admit(address("10.0.0.1"), now() + Duration::minutes(2)), Ok(()), "the old ones are forgotten");
        assert_eq!(arrivals.known.lock().unwrap().len(), 1);
    }
}

//! How many requests a minute: a bucket for each sender, which fills again as time goes by.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// Senders remembered at the same time; when there are more, those whose buckets have filled again are forgotten.
const MOST: usize = 100_000;

/// Requests that senders have left.
#[derive(Debug)]
pub(super) struct Rates<K> {
    per_minute: f64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: DateTime<Utc>,
}

impl Bucket {
    /// The bucket as it is at `now`; a clock that went back fills nothing.
    fn at(self, now: DateTime<Utc>, per_minute: f64) -> Self {
        let elapsed = (now - self.at).as_seconds_f64().max(0.0);
        Self { left: (self.left + elapsed * per_minute / 60.0).min(per_minute), at: self.at.max(now) }
    }
}

impl<K: Eq + Hash> Rates<K> {
    pub(super) fn new(per_minute: u32) -> Self {
        Self { per_minute: f64::from(per_minute.max(1)), buckets: Mutex::default() }
    }

    /// Takes one request from the bucket of `who`, or says in how many seconds there will be one.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds of a minute")]
    pub(super) fn take(&self, who: K, now: DateTime<Utc>) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| bucket.at(now, self.per_minute).left < self.per_minute);
            if buckets.len() >= MOST {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(who).or_insert(Bucket { left: self.per_minute, at: now });
        *bucket = bucket.at(now, self.per_minute);
        if bucket.left < 1.0 {
            return Err(((1.0 - bucket.left) * 60.0 / self.per_minute).ceil().max(1.0) as u64);
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_bucket_empties_alone_and_fills_again() {
        let rates = Rates::new(2);
        let now = DateTime::from_timestamp(1_780_272_000, 0).unwrap();
        let later = |secs| now + TimeDelta::seconds(secs);
        assert_eq!((rates.take("a", now), rates.take("a", now)), (Ok(()), Ok(())));
        assert_eq!(rates.take("a", now), Err(30), "one every thirty seconds");
        assert_eq!(rates.take("b", now), Ok(()), "another's bucket is another's");
        assert_eq!(rates.take("a", later(-60)), Err(30), "a clock that goes back gives nothing");
        assert_eq!(rates.take("a", later(30)), Ok(()));
        assert_eq!((rates.take("a", later(300)), rates.take("a", later(300))), (Ok(()), Ok(())), "no more than a minute's");
        assert!(rates.take("a", later(300)).is_err());
    }

    #[test]
    fn many_senders_do_not_fill_the_memory() {
        let rates = Rates::new(1);
        let now = DateTime::from_timestamp(1_780_272_000, 0).unwrap();
        for n in 0..MOST + 10 {
            assert_eq!(rates.take(n, now), Ok(()));
        }
        assert!(rates.buckets.lock().unwrap().len() <= MOST);
    }
}

//! Tiles kept in memory: bounded by bytes, the one not wanted for longest goes first.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Duration, Utc};

use super::{Picture, TileAddress};

/// What an entry costs beside its picture, roughly.
const ENTRY_BYTES: usize = 256;

/// The kept tiles.
pub(super) struct Cache {
    kept: HashMap<TileAddress, Entry>,
    /// The addresses by their last use.
    by_use: BTreeMap<u64, TileAddress>,
    uses: u64,
    bytes: usize,
    most_bytes: usize,
    keep: Duration,
}

struct Entry {
    picture: Picture,
    since: DateTime<Utc>,
    used: u64,
}

impl Cache {
    pub(super) fn new(most_bytes: usize, keep: Duration) -> Self {
        Self { kept: HashMap::new(), by_use: BTreeMap::new(), uses: 0, bytes: 0, most_bytes, keep }
    }

    /// The tile, if it is here and not too old.
    pub(super) fn get(&mut self, address: TileAddress, now: DateTime<Utc>) -> Option<Picture> {
        if now - self.kept.get(&address)?.since > self.keep {
            self.forget(address);
            return None;
        }
        self.uses += 1;
        let entry = self.kept.get_mut(&address)?;
        self.by_use.remove(&entry.used);
        self.by_use.insert(self.uses, address);
        entry.used = self.uses;
        Some(entry.picture.clone())
    }

    /// Keeps a tile, and forgets others if there is no room.
    pub(super) fn put(&mut self, address: TileAddress, picture: Picture, now: DateTime<Utc>) {
        self.forget(address);
        let cost = picture.bytes.len() + ENTRY_BYTES;
        if cost > self.most_bytes {
            return;
        }
        while self.bytes + cost > self.most_bytes {
            let Some((_, &oldest)) = self.by_use.first_key_value() else { return };
            self.forget(oldest);
        }
        self.uses += 1;
        self.bytes += cost;
        self.by_use.insert(self.uses, address);
        self.kept.insert(address, Entry { picture, since: now, used: self.uses });
    }

    fn forget(&mut self, address: TileAddress) {
        if let Some(entry) = self.kept.remove(&address) {
            self.by_use.remove(&entry.used);
            self.bytes -= entry.picture.bytes.len() + ENTRY_BYTES;
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn tile(x: u32) -> TileAddress {
        TileAddress::new("base", (10, x, 0), 18).unwrap()
    }

    fn picture() -> Picture {
        Picture { content_type: "image/png", bytes: Bytes::from(vec![0; 1000 - ENTRY_BYTES]) }
    }

    #[test]
    fn what_was_not_wanted_for_longest_makes_room() {
        let now = DateTime::UNIX_EPOCH;
        let mut cache = Cache::new(3000, Duration::hours(1));
        (0..3).for_each(|x| cache.put(tile(x), picture(), now));
        assert!(cache.get(tile(0), now).is_some());
        cache.put(tile(3), picture(), now);
        assert_eq!([0, 1, 2, 3].map(|x| cache.get(tile(x), now).is_some()), [true, false, true, true]);
        assert_eq!((cache.bytes, cache.kept.len(), cache.by_use.len()), (3000, 3, 3));
    }

    #[test]
    fn a_tile_is_kept_for_its_time_and_replaced_by_its_successor() {
        let now = DateTime::UNIX_EPOCH;
        let mut cache = Cache::new(3000, Duration::hours(1));
        cache.put(tile(0), picture(), now);
        cache.put(tile(0), picture(), now + Duration::minutes(30));
        assert_eq!(cache.bytes, 1000);
        assert!(cache.get(tile(0), now + Duration::minutes(90)).is_some());
        assert!(cache.get(tile(0), now + Duration::minutes(91)).is_none());
        assert_eq!((cache.bytes, cache.by_use.len()), (0, 0));
    }

    #[test]
    fn what_is_larger_than_the_cache_is_not_kept() {
        let mut cache = Cache::new(999, Duration::hours(1));
        cache.put(tile(0), picture(), DateTime::UNIX_EPOCH);
        assert!(cache.kept.is_empty());
    }
}

//! A reader of the live channel, written from its description and not from the writer's code.

use std::collections::BTreeMap;

/// A vehicle as a reader knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) heading: u8,
    pub(crate) speed: u8,
    pub(crate) status: u8,
    pub(crate) flags: u8,
    pub(crate) fixed_at: u32,
}

/// What a reader has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fleet {
    pub(crate) seq: u64,
    pub(crate) vehicles: BTreeMap<u32, Seen>,
}

/// What a frame did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Took {
    Snapshot,
    Delta(u32),
    Resync,
    /// A number was missing between this frame and the last.
    Gap,
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self.0.split_first_chunk::<N>().expect("the frame is cut short");
        self.0 = rest;
        *head
    }

    fn varint(&mut self) -> u32 {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let [byte] = self.take();
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return value;
            }
        }
        panic!("a varint without an end");
    }

    fn zigzag(&mut self) -> i32 {
        let value = self.varint();
        (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
    }
}

impl Fleet {
    /// Takes a frame in.
    pub(crate) fn take(&mut self, frame: &[u8]) -> Took {
        let mut cursor = Cursor(frame);
        assert_eq!(u16::from_le_bytes(cursor.take()), 0x504D);
        assert_eq!(cursor.take::<1>(), [1]);
        let [kind] = cursor.take();
        let seq = u64::from_le_bytes(cursor.take());
        let seconds = u32::try_from(u64::from_le_bytes(cursor.take()) / 1000).unwrap();
        let count = u32::from_le_bytes(cursor.take());
        let took = match kind {
            1 => {
                self.snapshot(&mut cursor, count);
                Took::Snapshot
            }
            2 if seq <= self.seq => return Took::Delta(0),
            2 if seq != self.seq + 1 => return Took::Gap,
            2 => {
                self.delta(&mut cursor, count, seconds);
                Took::Delta(count)
            }
            4 => return Took::Resync,
            other => panic!("a frame of kind {other}"),
        };
        assert!(cursor.0.is_empty(), "{} bytes are left over", cursor.0.len());
        self.seq = seq;
        took
    }

    fn snapshot(&mut self, cursor: &mut Cursor<'_>, count: u32) {
        self.vehicles.clear();
        for _ in 0..count {
            let no = u32::from_le_bytes(cursor.take());
            let (x, y) = (i32::from_le_bytes(cursor.take()), i32::from_le_bytes(cursor.take()));
            let [heading, speed, status, flags] = cursor.take();
            let fixed_at = u32::from_le_bytes(cursor.take());
            self.vehicles.insert(no, Seen { x: x >> 3 << 3, y: y >> 3 << 3, heading, speed, status, flags, fixed_at });
        }
    }

    fn delta(&mut self, cursor: &mut Cursor<'_>, count: u32, seconds: u32) {
        let mut no = 0_u32;
        for n in 0..count {
            let step = cursor.varint();
            assert!(n == 0 || step > 0, "sorted by number, each once");
            no += step;
            let (dx, dy) = (cursor.zigzag(), cursor.zigzag());
            let [heading, speed, status, flags] = cursor.take();
            let age = cursor.varint();
            let known = self.vehicles.get(&no).map_or((0, 0), |seen| (seen.x >> 3, seen.y >> 3));
            let (x, y) = ((known.0 + dx) << 3, (known.1 + dy) << 3);
            self.vehicles.insert(no, Seen { x, y, heading, speed, status, flags, fixed_at: seconds - age });
        }
    }
}

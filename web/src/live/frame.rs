//! Frames of the live channel: a header of 24 bytes, then a snapshot, a delta, or nothing.

use bytes::{BufMut as _, Bytes, BytesMut};
use chrono::{DateTime, Utc};

use super::shown::{Shown, unix_seconds};

const MAGIC: u16 = 0x504D;
const VERSION: u8 = 1;
/// Bytes of a header.
const HEADER: usize = 24;
/// Bytes of a vehicle in a snapshot.
const RECORD: usize = 20;
/// A delta speaks of places in steps of eight units, 15 cm: what a map can show, in half the bytes.
pub(crate) const STEP_BITS: u32 = 3;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Snapshot = 1,
    Delta = 2,
    Note = 3,
    Resync = 4,
}

fn header(kind: Kind, seq: u64, now: DateTime<Utc>, count: usize, body: usize) -> BytesMut {
    let mut frame = BytesMut::with_capacity(HEADER + body);
    frame.put_u16_le(MAGIC);
    frame.put_u8(VERSION);
    frame.put_u8(kind as u8);
    frame.put_u64_le(seq);
    frame.put_u64_le(now.timestamp_millis().max(0).cast_unsigned());
    frame.put_u32_le(u32::try_from(count).unwrap_or(u32::MAX));
    frame
}

/// Everything at once; deltas after `seq` build on it.
pub(crate) fn snapshot(seq: u64, now: DateTime<Utc>, vehicles: &[Shown]) -> Bytes {
    let mut frame = header(Kind::Snapshot, seq, now, vehicles.len(), vehicles.len() * RECORD);
    for vehicle in vehicles {
        frame.put_u32_le(vehicle.no);
        frame.put_i32_le(vehicle.x);
        frame.put_i32_le(vehicle.y);
        frame.put_slice(&[vehicle.heading, vehicle.speed, vehicle.status, vehicle.flags]);
        frame.put_u32_le(vehicle.fixed_at);
    }
    frame.freeze()
}

/// What changed, as pairs of what was last said of a vehicle and what is to be said now, sorted by number.
pub(crate) fn delta(seq: u64, now: DateTime<Utc>, changes: &[(Shown, Shown)]) -> Bytes {
    let mut frame = header(Kind::Delta, seq, now, changes.len(), changes.len() * 10);
    let seconds = unix_seconds(now);
    let mut previous = 0;
    for (said, vehicle) in changes {
        put_varint(&mut frame, vehicle.no.wrapping_sub(previous));
        previous = vehicle.no;
        put_varint(&mut frame, zigzag((vehicle.x >> STEP_BITS).wrapping_sub(said.x >> STEP_BITS)));
        put_varint(&mut frame, zigzag((vehicle.y >> STEP_BITS).wrapping_sub(said.y >> STEP_BITS)));
        frame.put_slice(&[vehicle.heading, vehicle.speed, vehicle.status, vehicle.flags]);
        put_varint(&mut frame, seconds.saturating_sub(vehicle.fixed_at));
    }
    frame.freeze()
}

/// The receiver is too far behind, or never was in step: it must fetch the snapshot anew.
pub(crate) fn resync(seq: u64, now: DateTime<Utc>) -> Bytes {
    header(Kind::Resync, seq, now, 0, 0).freeze()
}

/// A few words in JSON, outside the row of numbers: it says nothing of vehicles.
pub(crate) fn note(json: &str, now: DateTime<Utc>) -> Bytes {
    let mut frame = header(Kind::Note, 0, now, json.len(), json.len());
    frame.put_slice(json.as_bytes());
    frame.freeze()
}

/// Seven bits a byte, low ones first.
fn put_varint(frame: &mut BytesMut, mut value: u32) {
    while value > 0x7f {
        let [low, ..] = value.to_le_bytes();
        frame.put_u8(low | 0x80);
        value >>= 7;
    }
    let [last, ..] = value.to_le_bytes();
    frame.put_u8(last);
}

/// Small numbers of either sign as small numbers.
const fn zigzag(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).unwrap()
    }

    #[test]
    fn a_varint_is_as_long_as_it_must_be() {
        for (value, bytes) in
            [(0, &[0_u8][..]), (127, &[0x7f]), (128, &[0x80, 1]), (300, &[0xac, 2]), (u32::MAX, &[255, 255, 255, 255, 15])]
        {
            let mut frame = BytesMut::new();
            put_varint(&mut frame, value);
            assert_eq!(&frame[..], bytes, "{value}");
        }
        assert_eq!([0, -1, 1, -2, i32::MAX, i32::MIN].map(zigzag), [0, 1, 2, 3, u32::MAX - 1, u32::MAX]);
    }

    #[test]
    fn frames_are_laid_out_as_promised() {
        let car = Shown { no: 5, x: 80, y: -1, heading: 64, speed: 50, status: 0, flags: 13, fixed_at: 1000 };
        let frame = snapshot(9, at(1_001_000), &[car]);
        assert_eq!(
            frame.to_vec(),
            [
                &[0x4d, 0x50, 1, 1, 9, 0, 0, 0, 0, 0, 0, 0][..],
                &1_001_000_u64.to_le_bytes(),
                &[1, 0, 0, 0],
                &[5, 0, 0, 0, 80, 0, 0, 0, 255, 255, 255, 255, 64, 50, 0, 13],
                &1000_u32.to_le_bytes(),
            ]
            .concat()
        );
        let frame = delta(10, at(1_001_000), &[(Shown { x: 16, y: 8, ..car }, car)]);
        assert_eq!(frame[3], 2);
        assert_eq!(frame[24..], [5, 16, 3, 64, 50, 0, 13, 1], "8 steps east, 2 steps north, a second ago");
        assert_eq!(resync(1, at(0)).len(), 24);
    }
}

//! Frames one behind the other in a ring of bytes: a new one pushes out the oldest, nothing is allocated for a frame.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use fleet_db::frame::{Direction, Frame};
use telematics::id::DeviceId;

use super::Noted;

/// Bytes of a frame that are kept; only what a bridge sends from its backlog is ever longer.
const LONGEST: usize = 8 * 1024;

/// A ring of bounded size (环形缓冲).
#[derive(Debug)]
pub(super) struct Ring {
    bytes: VecDeque<u8>,
    /// What stands in `bytes`, in the same order.
    entries: VecDeque<Entry>,
    limit: usize,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    device: DeviceId,
    at: DateTime<Utc>,
    direction: Direction,
    channel: u16,
    length: u16,
    error: Option<&'static str>,
}

impl Entry {
    fn weight(&self) -> usize {
        usize::from(self.channel) + usize::from(self.length)
    }
}

impl Ring {
    pub(super) fn new(limit: usize) -> Self {
        Self { bytes: VecDeque::new(), entries: VecDeque::new(), limit }
    }

    pub(super) fn push(&mut self, at: DateTime<Utc>, frame: Noted<'_>) {
        let channel = frame.channel.as_bytes();
        let kept = frame.bytes.get(..LONGEST).unwrap_or(frame.bytes);
        let (Ok(channel_length), Ok(length)) = (u16::try_from(channel.len()), u16::try_from(kept.len())) else { return };
        let needed = channel.len() + kept.len() + size_of::<Entry>();
        if needed > self.limit {
            return;
        }
        while self.weight() + needed > self.limit {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes.drain(..oldest.weight().min(self.bytes.len()));
        }
        self.bytes.extend(channel);
        self.bytes.extend(kept);
        let Noted { device, direction, error, .. } = frame;
        self.entries.push_back(Entry { device, at, direction, channel: channel_length, length, error });
    }

    /// The frames of one terminal, oldest first.
    pub(super) fn of(&self, device: DeviceId) -> Vec<Frame> {
        let mut offset = 0;
        let mut frames = Vec::new();
        for entry in &self.entries {
            let (channel, end) = (offset + usize::from(entry.channel), offset + entry.weight());
            if entry.device == device {
                let text: Vec<u8> = self.bytes.range(offset..channel).copied().collect();
                frames.push(Frame {
                    device,
                    at: entry.at,
                    direction: entry.direction,
                    channel: String::from_utf8_lossy(&text).into_owned(),
                    bytes: self.bytes.range(channel..end).copied().collect(),
                    error: entry.error,
                });
            }
            offset = end;
        }
        frames
    }

    fn weight(&self) -> usize {
        self.bytes.len() + self.entries.len() * size_of::<Entry>()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn push(ring: &mut Ring, device: u128, bytes: &[u8]) {
        let device = DeviceId(Uuid::from_u128(device));
        ring.push(DateTime::UNIX_EPOCH, Noted { device, direction: Direction::Up, channel: "pos", bytes, error: None });
    }

    #[test]
    fn the_newest_frames_are_kept_within_the_limit() {
        let mut ring = Ring::new(1000);
        for n in 0..200_u8 {
            push(&mut ring, u128::from(n % 2), &[n; 20]);
            assert!(ring.weight() <= 1000);
        }
        let of_one: Vec<u8> = ring.of(DeviceId(Uuid::from_u128(1))).iter().map(|frame| frame.bytes[0]).collect();
        assert_eq!(of_one.last(), Some(&199));
        assert!(of_one.len() >= 4 && of_one.windows(2).all(|pair| pair[1] == pair[0] + 2), "{of_one:?}");
        assert!(ring.of(DeviceId(Uuid::from_u128(1))).iter().all(|frame| frame.channel == "pos" && frame.bytes.len() == 20));
    }

    #[test]
    fn a_frame_that_is_larger_than_the_ring_is_not_kept() {
        let mut ring = Ring::new(100);
        push(&mut ring, 1, &[7; 200]);
        assert!(ring.of(DeviceId(Uuid::from_u128(1))).is_empty());
    }
}

//! What is given up when the spool is full: every second of the old periodic points, never an event.

use redb::{ReadableTable as _, Table};

use super::{SpoolError, State, Weight, decode, store};

/// Thins until a tenth of the room is free, or nothing but events is left.
pub(super) fn thin(queue: &mut Table<'_, u64, &'static [u8]>, state: &mut State, limit_bytes: u64) -> Result<(), SpoolError> {
    let target = limit_bytes - limit_bytes / 10;
    while state.bytes > target {
        let periodic = periodic(queue)?;
        // The older half first; the newest point of all stays, it says where the vehicle is.
        let old = periodic.get(..periodic.len().saturating_sub(1).div_ceil(2)).unwrap_or_default();
        let given_up: Vec<u64> = old.iter().step_by(2).copied().collect();
        if given_up.is_empty() {
            return Ok(());
        }
        for seq in given_up {
            if let Some(bytes) = queue.remove(seq).map_err(store)? {
                state.bytes = state.bytes.saturating_sub(bytes.value().len() as u64);
                state.length = state.length.saturating_sub(1);
                state.thinned += 1;
            }
            if state.bytes <= target {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn periodic(queue: &Table<'_, u64, &'static [u8]>) -> Result<Vec<u64>, SpoolError> {
    let mut seqs = Vec::new();
    for pair in queue.iter().map_err(store)? {
        let (seq, bytes) = pair.map_err(store)?;
        if decode(bytes.value()).is_some_and(|entry| entry.weight == Weight::Periodic) {
            seqs.push(seq.value());
        }
    }
    Ok(seqs)
}

//! Processor time and memory, which other programs on the machine do not stretch as they stretch the clock's.

use std::fs;

/// Ticks a second of `/proc` on every Linux of today.
const TICKS: f64 = 100.0;

/// Seconds of processor time of this thread so far, in user and kernel together; to a hundredth.
pub(crate) fn seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    // The name in brackets may hold anything; what follows it is fields 3 and up.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// The most memory that the program held, in `MiB`.
pub(crate) fn peak_mib() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}

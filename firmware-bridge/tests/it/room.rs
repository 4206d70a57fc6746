//! A spool that is full.

use firmware_bridge::spool::{Entry, Spool, Weight};

use crate::world::entry;

#[test]
fn a_full_spool_thins_old_points_and_never_an_event_and_counts_what_it_gave_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let limit = 200_000;
    let mut events = 0;
    {
        let spool = Spool::open(&path, limit).unwrap();
        for batch in 0..200_i64 {
            let entries: Vec<Entry> = (0..20)
                .map(|n| {
                    if n == 0 && batch % 5 == 0 {
                        entry(Weight::Event, batch * 20)
                    } else {
                        entry(Weight::Periodic, batch * 20 + n)
                    }
                })
                .collect();
            events += entries.iter().filter(|e| e.weight == Weight::Event).count();
            spool.append(&entries).unwrap();
            assert!(spool.state().unwrap().bytes <= limit);
        }
    }
    let spool = Spool::open(&path, limit).unwrap();
    let state = spool.state().unwrap();
    let kept = spool.read(0, usize::MAX).unwrap();
    assert_eq!(kept.len() as u64, state.length);
    assert_eq!(state.thinned, 4000 - state.length);
    assert_eq!(kept.iter().filter(|(_, e)| e.weight == Weight::Event).count(), events);
    assert_eq!(kept.last().unwrap().0, 4000, "the newest point stays");
    let half = kept.iter().filter(|(seq, e)| e.weight == Weight::Periodic && *seq <= 2000).count();
    let rest = kept.iter().filter(|(seq, e)| e.weight == Weight::Periodic && *seq > 2000).count();
    assert!(half > 0 && half < rest, "old points are thinner than new ones, and still there: {half} {rest}");
}

#[test]
fn numbers_are_never_used_again_not_even_when_the_spool_was_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let spool = Spool::open(&path, 1 << 20).unwrap();
    assert_eq!(spool.append(&[entry(Weight::Periodic, 0), entry(Weight::Periodic, 1)]).unwrap(), Some(1..=2));
    assert_eq!(spool.remove(&[1, 2]).unwrap().length, 0);
    drop(spool);
    let spool = Spool::open(&path, 1 << 20).unwrap();
    assert_eq!(spool.append(&[entry(Weight::Periodic, 2)]).unwrap(), Some(3..=3));
    assert_eq!(Spool::open(&path, 1 << 20).unwrap_err().code(), "bridge.spool.in_use");
}

#[test]
fn a_damaged_spool_is_put_aside_and_recording_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool.redb");
    std::fs::write(&path, vec![0x5a; 70_000]).unwrap();
    let spool = Spool::open_or_renew(&path, 1 << 20).unwrap();
    assert_eq!(spool.append(&[entry(Weight::Event, 0)]).unwrap(), Some(1..=1));
    assert_eq!(std::fs::read(folder.path().join("spool.redb.broken")).unwrap().len(), 70_000);
    assert_eq!(Spool::open_or_renew(&folder.path().join("nowhere/spool"), 1 << 20).unwrap_err().code(), "bridge.spool.open");
}

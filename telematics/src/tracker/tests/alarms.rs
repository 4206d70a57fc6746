//! Alarms of the device: one start and one end, whatever is repeated, comes late, was stored, or is cut by a restart.

use super::*;
use crate::alarm::{AlarmKind, DeviceAlarms};
use crate::traction::{ChargeState, Motor, Traction};

/// Standing, with this alarm word.
fn word(secs: i64, word: u32) -> Observation {
    Observation { alarms: Some(DeviceAlarms::of_jt808(word)), ..fix(secs, 0.0) }
}

fn stored(seen: Observation) -> Observation {
    Observation { replayed: true, ..seen }
}

/// `sos 10-40`, `sos 10-`; an exclamation mark where nobody was told.
fn told(event: &VehicleEvent) -> Option<String> {
    let alarm = event.kind.alarm()?;
    let secs = |at: DateTime<Utc>| at.signed_duration_since(super::at(0)).num_seconds();
    let cleared = alarm.cleared_at.map(|at| secs(at).to_string()).unwrap_or_default();
    Some(format!("{}{} {}-{cleared}", if alarm.replayed { "!" } else { "" }, alarm.kind.name(), secs(alarm.raised_at)))
}

/// What is told of alarms, with a restart between any two observations.
fn alarms(seen: &[Observation]) -> Vec<String> {
    let mut tracker = Tracker::new(VEHICLE);
    let mut said = Vec::new();
    for seen in seen {
        said.extend(step(&mut tracker, seen, &Policy::default()).iter().filter_map(told));
        tracker = Tracker::from_bytes(&tracker.to_bytes()).unwrap();
    }
    said
}

#[test]
fn each_bit_begins_once_and_ends_once() {
    for kind in AlarmKind::all().filter(|kind| kind.is_told_by_devices()) {
        let bit = 1_u64 << kind.bit();
        let every = DeviceAlarms::JT808 | DeviceAlarms::GB32960;
        let say = |secs, on| Observation { alarms: Some(DeviceAlarms { on, told: every }), ..fix(secs, 0.0) };
        let seen =
            [say(0, 0), say(10, bit), say(10, bit), say(20, bit), say(5, 0), say(30, 0), say(30, 0), say(40, 0), say(20, bit)];
        assert_eq!(alarms(&seen), [format!("{kind:?} 10-"), format!("{kind:?} 10-30")]);
    }
}

#[test]
fn a_message_that_says_nothing_of_alarms_changes_none() {
    let seen = [word(10, 1), fix(20, 0.0), word(30, 1), blind(40), word(50, 0), fix(60, 0.0)];
    assert_eq!(alarms(&seen), ["sos 10-", "sos 10-50"]);
    let electric = Observation { alarms: Some(DeviceAlarms::of_gb32960(0)), ..fix(20, 0.0) };
    assert_eq!(alarms(&[word(10, 1), electric, word(30, 1)]), ["sos 10-"]);
}

#[test]
fn an_alarm_in_the_second_of_a_periodic_report_is_told_at_once() {
    let mut beside = word(10, 1);
    beside.sequence = 3;
    assert_eq!(alarms(&[word(0, 0), word(10, 0), beside.clone(), beside.clone(), word(20, 1)]), ["sos 10-"]);
    assert_eq!(alarms(&[word(0, 0), word(10, 0), stored(beside)]), [""; 0], "what was stored is never told as new");
}

#[test]
fn what_was_stored_moves_the_place_forward_and_tells_nobody() {
    let seen = [word(0, 0), stored(word(10, 1)), stored(word(20, 1)), stored(word(30, 0))];
    assert_eq!(alarms(&seen), ["!sos 10-", "!sos 10-30"]);
    let mut tracker = Tracker::new(VEHICLE);
    for seen in [fix(0, 0.0), stored(fix(10, 50.0)), stored(fix(5, 20.0))] {
        step(&mut tracker, &seen, &Policy::default());
    }
    assert_eq!(tracker.newest(), Some(at(10)), "the newest place is where it was last, and it never goes back");
}

#[test]
fn an_alarm_that_is_still_on_when_the_backlog_has_come_is_told_once() {
    let seen = [word(0, 0), stored(word(10, 1)), stored(word(20, 1)), word(30, 1), word(40, 1), word(50, 0)];
    assert_eq!(alarms(&seen), ["!sos 10-", "sos 10-", "sos 10-50"]);
}

#[test]
fn a_revision_knows_the_alarms_of_the_backlog_and_the_tracker_keeps_what_was_told() {
    let live = [word(0, 0), word(100, 2)];
    let all = [word(0, 0), stored(word(10, 1)), stored(word(40, 0)), stored(word(60, 2)), word(100, 2)];
    let mut tracker = Tracker::new(VEHICLE);
    for seen in &live {
        step(&mut tracker, seen, &Policy::default());
    }
    let revision = revise(VEHICLE, &all, &Policy::default());
    let spans: Vec<_> = revision.alarms.iter().map(|alarm| (alarm.kind.name(), alarm.cleared_at, alarm.replayed)).collect();
    assert_eq!(spans, [("sos", Some(at(40)), true), ("overspeed", None, false)]);
    assert!(revision.events.iter().all(|event| event.kind.alarm().is_none()));
    assert!(tracker.adopt(revision.tracker));
    assert_eq!(tracker.open_alarms().iter().map(|alarm| alarm.raised_at).collect::<Vec<_>>(), [at(100)]);
}

#[test]
fn readings_of_the_electric_side_are_kept_field_by_field() {
    let says = |secs, traction| {
        let reading = Reading { traction: Some(Box::new(traction)), ..Reading::default() };
        Observation { reading, ..fix(secs, 0.0) }
    };
    let motors = vec![Motor { speed_rpm: Some(3000.0), ..Motor::default() }];
    let first = Traction { voltage_v: Some(350.0), motors: motors.clone(), ..Traction::default() };
    let second = Traction { voltage_v: Some(348.5), charge_state: Some(ChargeState::NotCharging), ..Traction::default() };
    let mut tracker = Tracker::new(VEHICLE);
    for seen in [says(0, first), says(10, second), fix(20, 0.0)] {
        step(&mut tracker, &seen, &Policy::default());
    }
    let known = tracker.live().reading.traction.as_deref().unwrap();
    assert_eq!((known.voltage_v, known.charge_state), (Some(348.5), Some(ChargeState::NotCharging)));
    assert_eq!(known.motors, motors);
}

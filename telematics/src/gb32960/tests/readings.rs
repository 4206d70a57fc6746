//! What reports mean to the tracker.

use super::*;
use crate::alarm::DeviceAlarms;
use crate::fix::Observation;
use crate::sequence;

/// What the frame of a fixture says to the tracker.
fn seen(file: &str, name: &str) -> Observation {
    let golden = golden(file).into_iter().find(|golden| golden.name.ends_with(name)).unwrap();
    let frame = frame(&golden.bytes);
    let message = Message::read(frame.header, frame.data).unwrap();
    let Body::Report(report) = message.body else { panic!("{name} is a report") };
    report.observe(Datum::Wgs84, DateTime::UNIX_EPOCH).unwrap()
}

#[test]
fn a_report_of_2016_reaches_the_tracker() {
    let seen = seen("information-2016.jsonl", "a whole report");
    assert_eq!(seen.fixed_at.to_rfc3339(), "2026-03-02T00:30:15+00:00");
    let fix = seen.fix.unwrap();
    assert_eq!((fix.at.lon(), fix.at.lat()), (120.153_721, 30.280_459));
    assert_eq!(fix.speed.map(|speed| speed.kmh().to_string()).as_deref(), Some("65.5"));
    assert_eq!(seen.reading.ignition, Some(true));
    assert_eq!(seen.reading.charging, Some(false));
    assert_eq!(seen.reading.soc.map(|soc| soc.pct().to_string()).as_deref(), Some("71"));
    assert!((seen.reading.odometer.unwrap().km() - 123_456.7).abs() < 1e-6);
    let traction = seen.reading.traction.unwrap();
    assert_eq!(traction.charge_state, Some(ChargeState::NotCharging));
    assert_eq!(traction.drive_mode, Some(DriveMode::Hybrid));
    assert_eq!((traction.voltage_v, traction.current_a, traction.insulation_kohm), (Some(380.5), Some(12.3), Some(2345)));
    assert_eq!(traction.cell_v, Some(Span { max: 4.123, min: 4.056 }));
    assert_eq!(traction.battery_c, Some(Span { max: 28.0, min: -5.0 }));
    assert_eq!(traction.motors.len(), 2);
    assert_eq!((traction.motors[0].speed_rpm, traction.motors[0].torque_nm), (Some(3500.0), Some(50.5)));
    assert_eq!(traction.motors[1].speed_rpm, None);
    assert_eq!(traction.alarm_level, Some(2));
    // Flag 20 is reserved in 2016.
    assert_eq!(seen.alarms, Some(DeviceAlarms::of_gb32960(1 << 1 | 1 << 11 | 1 << 18)));
    assert!(!seen.replayed);
}

#[test]
fn a_report_of_2025_reaches_the_tracker_without_extremes_of_its_own() {
    let seen = seen("information-2025.jsonl", "without a signature");
    assert_eq!(seen.reading.charging, Some(true));
    let traction = seen.reading.traction.unwrap();
    assert_eq!((traction.voltage_v, traction.current_a), (Some(750.1), Some(-120.0)));
    assert_eq!(traction.cell_v, Some(Span { max: 4.101, min: 0.0 }));
    assert_eq!(traction.battery_c, Some(Span { max: 210.0, min: -40.0 }));
    assert_eq!(traction.alarm_level, Some(4));
    assert_eq!(seen.alarms, Some(DeviceAlarms::of_gb32960(1 << 23 | 1 << 27 | 1)));
}

#[test]
fn a_reissue_is_the_same_observation_marked_as_replayed() {
    let live = seen("information-2016.jsonl", "a whole report");
    let later = seen("information-2016.jsonl", "补发信息上报");
    assert!(later.replayed);
    assert_eq!(later, Observation { replayed: true, ..live });
}

#[test]
fn a_signature_is_no_part_of_what_makes_a_report_another() {
    let signed = seen("signed.jsonl", "sm2, right");
    assert_eq!(signed.sequence, seen("information-2025.jsonl", "a whole report without a signature").sequence);
    assert_eq!(seen("information-2016.jsonl", "no bodies at all").sequence, sequence::of(&[]));
}

#[test]
fn the_datum_byte_of_2025_is_believed() {
    let (wgs, gcj) = (seen("information-2025.jsonl", "WGS-84"), seen("information-2025.jsonl", "GCJ-02 as it was sent"));
    let (wgs, gcj) = (wgs.fix.unwrap().at, gcj.fix.unwrap().at);
    assert!(wgs.distance_to(gcj).metres() < 2.0, "{wgs:?} {gcj:?}");
}

#[test]
fn an_invalid_position_is_no_fix_and_the_readings_stay() {
    let seen = seen("information-2016.jsonl", "invalid, south and west");
    assert_eq!(seen.fix, None);
    assert_eq!(seen.reading.traction, None);
}

#[test]
fn invalid_readings_are_absent() {
    for (file, name) in [
        ("information-2016.jsonl", "整车数据: all invalid"),
        ("information-2016.jsonl", "整车数据: all abnormal"),
        ("information-2025.jsonl", "整车数据: all invalid"),
    ] {
        let seen = seen(file, name);
        assert_eq!(seen.reading, crate::fix::Reading::default(), "{name}");
        assert_eq!(seen.alarms, None);
    }
}

#[test]
fn part_of_the_cells_has_no_extremes() {
    assert_eq!(seen("information-2016.jsonl", "second packet of 203 cells").reading.traction, None);
    let whole = seen("information-2016.jsonl", "two subsystems").reading.traction.unwrap();
    assert_eq!(whole.cell_v, Some(Span { max: 15.0, min: 3.3 }));
}

#[test]
fn a_report_without_a_time_is_none() {
    let golden =
        golden("information-2025.jsonl").into_iter().find(|golden| golden.name.ends_with("a time that is none")).unwrap();
    let frame = frame(&golden.bytes);
    let Body::Report(report) = Message::read(frame.header, frame.data).unwrap().body else { panic!("a report") };
    let error = report.observe(Datum::Wgs84, DateTime::UNIX_EPOCH).unwrap_err();
    assert_eq!((error, error.code()), (ObserveError::Time, "gb32960.time"));
}

//! Ignition, idling, speeding, fuel, voltage, charging, faults, and what the device noticed itself.

use super::*;
use crate::event::FuelChange;

#[test]
fn ignition_by_reading_or_by_the_devices_word() {
    check(
        "on, off, on",
        &[vec![
            fix(0, 0.0),
            fix(10, 0.0).ignition(false),
            fix(20, 0.0).ignition(true),
            fix(30, 0.0).ignition(true),
            blind(40).event("ignition_off"),
            fix(50, 0.0),
        ]],
        &["20 ignition_turned_on", "40 ignition_turned_off"],
    );
}

#[test]
fn idling_is_told_once_and_anew_after_a_drive() {
    let on = |seen| each(seen, |seen| seen.ignition(true));
    check(
        "twelve minutes, a drive, eleven minutes",
        &[on(stand(0, 720, 0.0)), on(drive(720, 1000, 0.0)), on(stand(1000, 1660, 2800.0))],
        &["0 stopped", "600 idled_too_long", "720 stop_ended", "720 trip_started", "1010 stopped", "1610 idled_too_long"],
    );
}

#[test]
fn speeding_for_long_enough_is_told_once_a_time() {
    let at_kmh = |speeds: &[f64]| {
        let place = |n: usize| (i64::try_from(n).unwrap() * 5, 150.0 * f64::from(u32::try_from(n).unwrap()));
        speeds.iter().enumerate().map(|(n, kmh)| fix(place(n).0, place(n).1).kmh(*kmh)).collect::<Vec<_>>()
    };
    check("stays under the limit", &[at_kmh(&[119.0, 120.0, 118.0, 120.0])], &["0 trip_started"]);
    check("a moment over it", &[at_kmh(&[110.0, 125.0, 124.0, 119.0, 125.0])], &["0 trip_started"]);
    check(
        "over for long enough, twice",
        &[at_kmh(&[125.0, 125.0, 125.0, 125.0, 110.0, 130.0, 130.0, 130.0])],
        &["0 trip_started", "10 speed_limit_exceeded", "35 speed_limit_exceeded"],
    );
}

#[test]
fn fuel_taken_in_is_told_with_its_amount_when_the_level_rests() {
    let level = |secs: i64| match secs {
        ..600 => 20.0,
        600..700 => 20.0 + f64::from(i32::try_from(secs - 600).unwrap()) * 0.3,
        _ => 50.0,
    };
    let done = check(
        "thirty litres in a hundred seconds",
        &[each(stand(0, 1200, 0.0), |seen| {
            let litres = level(seen.sequence);
            seen.fuel(litres)
        })],
        &["0 stopped", "830 refuelled"],
    );
    let change = FuelChange::Litres { from_l: 20.0, to_l: 50.0 };
    assert_eq!(done.events[1].kind, EventKind::Refuelled(change));
}

#[test]
fn fuel_that_is_gone_after_a_night_is_told_and_what_the_engine_used_is_not() {
    let parked = |from, to, litres: f64| each(stand(from, to, 0.0), move |seen| seen.fuel(litres));
    check(
        "fifteen litres gone while asleep",
        &[parked(0, 300, 40.0), parked(30_000, 30_300, 25.0)],
        &["0 stopped", "30130 fuel_dropped"],
    );
    let using = each(drive(300, 3300, 0.0), |seen| {
        let litres = 40.0 - f64::from(i32::try_from(seen.sequence - 300).unwrap()) / 200.0;
        seen.fuel(litres)
    });
    check("fifteen litres used on the way", &[parked(0, 300, 40.0), using], &["0 stopped", "300 stop_ended", "300 trip_started"]);
}

#[test]
fn a_wild_reading_of_the_float_is_nothing() {
    let slosh = |seen: Observation| {
        let litres = if seen.sequence % 100 == 0 { 70.0 } else { 40.0 };
        seen.fuel(litres)
    };
    check("a spike every hundred seconds", &[each(stand(0, 1200, 0.0), slosh)], &["0 stopped"]);
}

#[test]
fn low_voltage_is_told_when_it_lasts_and_again_after_recovery() {
    let volts = |secs: i64| match secs {
        20 | 300..400 | 410..460 | 600..700 => 11.5,
        400 => 11.9,
        _ => 12.6,
    };
    check(
        "cranking, a weak battery twice",
        &[each(stand(0, 800, 0.0), |seen| {
            let volts = volts(seen.sequence);
            seen.volts(volts)
        })],
        &["0 stopped", "360 voltage_dropped", "660 voltage_dropped"],
    );
    check("24 V", &[each(stand(0, 100, 0.0), |seen| seen.volts(23.1))], &["60 voltage_dropped"]);
}

#[test]
fn charging_faults_and_what_the_device_noticed() {
    check(
        "one of each",
        &[vec![
            fix(0, 0.0).soc(30.0, false).codes(&[]),
            fix(10, 0.0).soc(30.0, true).codes(&["P0301"]),
            fix(20, 0.0).soc(80.0, true).codes(&["P0301", "P0420"]),
            fix(30, 0.0).soc(80.0, false).codes(&["P0420"]),
            fix(40, 0.0).event("sos"),
            fix(50, 0.0).event("power_cut"),
            fix(60, 0.0).event("something_newer"),
        ]],
        &[
            "10 charging_started",
            "10 fault_reported",
            "20 fault_reported",
            "30 charging_ended",
            "40 sos_pressed",
            "50 device_power_cut",
        ],
    );
}

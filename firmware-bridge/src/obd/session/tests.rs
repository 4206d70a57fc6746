//! The conversation, driven by a made-up adapter and a clock that is told.

use super::*;

/// Answers as a car with a running engine would.
fn car(request: &str, rpm: u32, volts: f64) -> String {
    match request {
        "ATZ" => "\r\rELM327 v1.5\r\r".to_owned(),
        "ATDPN" => "A6\r\r".to_owned(),
        "ATRV" => format!("{volts:.1}V\r\r"),
        "0100" => "SEARCHING...\r4100083E8011\r\r".to_owned(),
        "0120" => "412000020001\r\r".to_owned(),
        "0140" => "414040000001\r\r".to_owned(),
        "0160" => "416000000001\r\r".to_owned(),
        "0180" => "418000000001\r\r".to_owned(),
        "01A0" => "41A004000000\r\r".to_owned(),
        "0902" => "014\r0:4902014C5356\r1:414134394A3133\r2:32303437333731\r\r".to_owned(),
        "03" => "43010301\r\r".to_owned(),
        "010D" => "410D3C\r\r".to_owned(),
        "010C" => format!("410C{:04X}\r\r", rpm * 4),
        "012F" => "412F80\r\r".to_owned(),
        "01A6" => "41A60007EF80\r\r".to_owned(),
        "0142" => format!("4142{:04X}\r\r", if volts > 13.0 { 14_000 } else { 12_400 }),
        "0105" => "41057B\r\r".to_owned(),
        request if request.starts_with("AT") => "OK\r\r".to_owned(),
        _ => "NO DATA\r\r".to_owned(),
    }
}

/// Drives the session for `secs`; every answer takes 50 ms.
fn drive(session: &mut Session, now: &mut Duration, secs: u64, mut answer: impl FnMut(&str) -> Option<String>) -> Vec<String> {
    let until = *now + Duration::from_secs(secs);
    let mut asked = Vec::new();
    while *now < until {
        match session.next(*now) {
            Step::Ask { request, wait } => {
                let text = answer(&request);
                *now += if text.is_some() { Duration::from_millis(50) } else { wait };
                session.hear(text.as_deref(), *now);
                asked.push(request);
            }
            Step::Rest(pause) => *now += pause,
            Step::Reopen => {
                asked.push("reopen".to_owned());
                return asked;
            }
        }
    }
    asked
}

#[test]
fn from_reset_to_readings_one_request_at_a_time() {
    let mut session = Session::new(ObdConfig::default());
    let mut now = Duration::ZERO;
    let asked = drive(&mut session, &mut now, 4, |request| Some(car(request, 1726, 14.0)));
    assert_eq!(&asked[..3], ["ATZ", "ATE0", "ATL0"]);
    assert_eq!(session.state(), State::Poll);
    let reading = session.reading();
    assert_eq!(reading.rpm, Some(1726.0));
    assert_eq!(reading.ignition, Some(true));
    assert_eq!(reading.trouble_codes.as_deref(), Some(["P0301".to_owned()].as_slice()));
    assert!((reading.odometer.unwrap().km() - 52_006.4).abs() < 1e-6);
    assert!((reading.voltage.unwrap().volts() - 14.0).abs() < 1e-6);
    assert_eq!(session.vin().as_deref(), Some("LSVAA49J132047371"));
    // Absent stays absent: this car has no hybrid battery and tells no fuel rate.
    assert_eq!((reading.soc, reading.fuel_rate_lph), (None, None));
    assert!(!asked.iter().any(|request| request == "015B" || request == "ATTPA0"));
}

#[test]
fn it_sleeps_before_it_drains_the_battery_and_wakes_with_the_engine() {
    let mut session = Session::new(ObdConfig::default());
    let mut now = Duration::ZERO;
    drive(&mut session, &mut now, 10, |request| Some(car(request, 800, 14.0)));
    drive(&mut session, &mut now, 100, |request| Some(car(request, 0, 12.4)));
    assert_eq!(session.state(), State::Poll, "two minutes are not over");
    drive(&mut session, &mut now, 130, |request| Some(car(request, 0, 12.4)));
    assert_eq!(session.state(), State::Sleep);
    assert_eq!((session.reading().ignition, session.reading().rpm), (Some(false), None));
    let asked = drive(&mut session, &mut now, 300, |request| Some(car(request, 0, 12.4)));
    assert!(asked.len() <= 11 && asked.iter().all(|request| request == "ATRV"), "{asked:?}");
    drive(&mut session, &mut now, 60, |request| Some(car(request, 900, 14.1)));
    assert_eq!((session.state(), session.reading().ignition), (State::Poll, Some(true)));
}

#[test]
fn no_bus_is_an_ignition_that_is_off() {
    let mut session = Session::new(ObdConfig::default());
    let mut now = Duration::ZERO;
    drive(&mut session, &mut now, 3, |request| {
        Some(if request == "0100" { "SEARCHING...\rUNABLE TO CONNECT\r\r".to_owned() } else { car(request, 0, 12.4) })
    });
    assert_eq!((session.state(), session.error()), (State::Sleep, Some("obd.unable_to_connect")));
    assert_eq!(session.reading().ignition, Some(false));
}

#[test]
fn errors_are_states_that_end_in_a_reset_and_a_silent_adapter_in_a_fresh_line() {
    for text in ["CAN ERROR\r\r", "BUS BUSY\r\r", "BUFFER FULL\r\r", "STOPPED\r\r", "ERR94\r\r", "610C1AF8\r\r"] {
        let mut session = Session::new(ObdConfig::default());
        let mut now = Duration::ZERO;
        drive(&mut session, &mut now, 4, |request| Some(car(request, 1726, 14.0)));
        let asked = drive(&mut session, &mut now, 5, |request| {
            Some(if request.starts_with("01") { text.to_owned() } else { car(request, 1726, 14.0) })
        });
        assert!(asked.iter().any(|request| request == "ATZ"), "{text:?}: {asked:?}");
        assert_eq!(session.reading().rpm, None, "{text:?}: what is not answered is not known");
    }
    let mut session = Session::new(ObdConfig::default());
    let mut now = Duration::ZERO;
    let asked = drive(&mut session, &mut now, 200, |_| None);
    assert_eq!(asked.last().map(String::as_str), Some("reopen"));
    assert_eq!(session.error(), Some("obd.silent"));
}

#[test]
fn an_adapter_that_was_reset_by_low_voltage_is_set_up_again() {
    let mut session = Session::new(ObdConfig::default());
    let mut now = Duration::ZERO;
    drive(&mut session, &mut now, 4, |request| Some(car(request, 1726, 14.0)));
    let mut once = true;
    let asked = drive(&mut session, &mut now, 4, |request| {
        Some(if std::mem::take(&mut once) { "LV RESET\r\r".to_owned() } else { car(request, 1726, 14.0) })
    });
    assert!(asked.contains(&"ATZ".to_owned()) && asked.contains(&"ATE0".to_owned()));
    assert_eq!(session.reading().rpm, Some(1726.0));
}

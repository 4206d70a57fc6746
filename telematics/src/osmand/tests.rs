//! Reports of phones, form by form. The requests are written after the apps' own descriptions; places and names are made up.

use chrono::DateTime;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const FORM: &str = "id=phone-7&lat=30.2591&lon=120.1302&timestamp=1780272000&hdop=0.9&altitude=12.5&speed=10&bearing=271&accuracy=8&batt=76.5\
    &charge=true&valid=true&driverUniqueId=D-12&cell=460,0,22548,34567,-71&cell=460,1,1,2&wifi=aa-bb-cc-dd-ee-ff,-60&sat=9&mood=calm&n=3&key=secret";

fn form(text: &str) -> PhoneReport {
    of_form(text).unwrap()
}

fn code(text: &str) -> &'static str {
    of_form(text).unwrap_err().code()
}

#[test]
fn every_parameter_of_the_form_has_its_place_and_its_unit() {
    let report = form(FORM);
    assert_eq!(report.device.as_deref(), Some("phone-7"));
    assert_eq!(report.place, Some(LonLat::new(120.1302, 30.2591).unwrap()));
    assert_eq!(report.speed.map(Speed::kmh), Some(18.52), "knots");
    assert_eq!(report.heading.map(Heading::degrees), Some(271.0));
    assert_eq!((report.altitude_m, report.hdop, report.satellites), (Some(12.5), Some(0.9), Some(9)));
    assert_eq!(report.accuracy.map(Distance::metres), Some(8.0));
    assert_eq!((report.battery.map(Share::pct), report.charging), (Some(76.5), Some(true)));
    assert_eq!(report.driver.as_deref(), Some("D-12"));
    assert_eq!(report.cells[0], Cell { mcc: 460, mnc: 0, lac: 22548, cid: 34567, rssi: Some(-71) });
    assert_eq!(report.cells[1].rssi, None);
    assert_eq!(report.networks, [Network { mac: "aa:bb:cc:dd:ee:ff".to_owned(), rssi: Some(-60) }]);
    assert_eq!(report.attributes, BTreeMap::from([("mood".to_owned(), json!("calm")), ("n".to_owned(), json!(3))]));
    assert!(!explain(&report).to_string().contains("secret"), "a secret is no attribute");
    assert_eq!(key_of_form(FORM).as_deref(), Some("secret"));
    assert_eq!(key_of_form("id=1"), None);
}

#[test]
fn other_spellings_mean_the_same() {
    let report = form("deviceid=phone-7&location=30.2591,120.1302&heading=271&altitude=&timestamp=1780272000");
    assert_eq!(report.device.as_deref(), Some("phone-7"));
    assert_eq!(report.place, Some(LonLat::new(120.1302, 30.2591).unwrap()));
    assert_eq!(report.heading.map(Heading::degrees), Some(271.0));
    assert_eq!(report.altitude_m, None, "an empty value is none");
}

#[test]
fn an_instant_may_be_written_in_every_usual_way() {
    let at = DateTime::from_timestamp(1_780_272_000, 0).unwrap();
    for text in [
        "1780272000",
        "1780272000000",
        "1780272000.0",
        "2026-06-01T00:00:00Z",
        "2026-06-01T00:00:00.000Z",
        "2026-06-01T08:00:00%2B08:00",
        "2026-06-01T08:00:00+08:00",
        "2026-06-01T08:00:00%2B0800",
        "2026-06-01T00:00:00",
        "2026-06-01%2000:00:00",
        "2026-06-01+00:00:00",
    ] {
        assert_eq!(form(&format!("id=1&timestamp={text}")).fixed_at, Some(at), "{text}");
    }
    assert_eq!(form("id=1&lat=1&lon=2").fixed_at, None);
}

#[test]
fn what_is_wrong_is_told_by_its_code() {
    for (text, wrong) in [
        ("", "report.malformed"),
        ("key=only", "report.malformed"),
        ("id=1&lat=30", "report.place"),
        ("id=1&lat=91&lon=120", "report.place"),
        ("id=1&location=30", "report.place"),
        ("id=1&lat=x&lon=120", "report.number"),
        ("id=1&lat=NaN&lon=120", "report.number"),
        ("id=1&cell=a,b", "report.number"),
        ("id=1&timestamp=yesterday", "report.time"),
        ("id=1&timestamp=1e300", "report.time"),
    ] {
        assert_eq!(code(text), wrong, "{text}");
    }
}

#[test]
fn a_place_the_phone_does_not_trust_is_no_fix() {
    let now = DateTime::from_timestamp(1_780_272_100, 0).unwrap();
    let seen = form("id=1&lat=30&lon=120&valid=false&timestamp=1780272000").to_observation(now);
    assert_eq!(seen.fix, None);
    assert_eq!(form("id=1&lat=30&lon=120&valid=1").to_observation(now).fix.map(|fix| fix.at.lat()), Some(30.0));
}

#[test]
fn what_a_phone_kept_back_is_marked_and_its_battery_is_not_the_car_s() {
    let now = DateTime::from_timestamp(1_780_272_121, 0).unwrap();
    let kept = form(FORM).to_observation(now);
    assert!(kept.replayed, "two minutes and a second old");
    assert_eq!((kept.reading.soc, kept.reading.charging), (None, None));
    assert!(!form("id=1&lat=30&lon=120&timestamp=1780272001").to_observation(now).replayed);
    assert_eq!(form("id=1&lat=30&lon=120").to_observation(now).fixed_at, now, "no instant: that of receipt");
}

#[test]
fn the_number_follows_what_is_said_and_not_how() {
    let number = |text: &str| form(text).sequence;
    assert_eq!(number("id=1&lat=30&lon=120&batt=50"), number("batt=50&lon=120&deviceid=2&lat=30&key=x"));
    assert_ne!(number("id=1&lat=30&lon=120&batt=50"), number("id=1&lat=30&lon=120&batt=51"));
}

#[test]
fn the_client_s_json_is_read_with_its_own_units() {
    let body = json!({ "device_id": "phone-7", "location": {
        "timestamp": "2026-06-01T00:00:00.250Z",
        "coords": { "latitude": 30.2591, "longitude": 120.1302, "speed": 10, "heading": -1, "accuracy": 8, "altitude": 12.5 },
        "is_moving": true, "odometer": 1234.5, "event": "motionchange", "battery": { "level": 0.76, "is_charging": false },
        "activity": { "type": "in_vehicle" }, "extras": { "shift": "early" },
    }});
    let reports = of_json(body.to_string().as_bytes()).unwrap();
    let [report] = reports.as_slice() else { panic!("one report") };
    assert_eq!(report.fixed_at.unwrap().timestamp_millis(), 1_780_272_000_250);
    assert_eq!(report.speed.map(Speed::kmh), Some(36.0), "metres a second");
    assert_eq!(report.heading, None, "-1 is none");
    assert_eq!(report.odometer.map(Distance::metres), Some(1234.5));
    assert_eq!((report.battery.map(Share::pct), report.charging), (Some(76.0), Some(false)));
    let attributes = ["activity", "event", "is_moving", "shift"].map(|key| report.attributes[key].clone());
    assert_eq!(attributes, [json!("in_vehicle"), json!("motionchange"), json!(true), json!("early")]);
}

#[test]
fn a_list_of_locations_is_a_list_of_reports_up_to_a_bound() {
    let body = |count: usize| {
        let location = |n| json!({ "timestamp": 1_780_272_000 + n, "coords": { "latitude": 30, "longitude": 120, "speed": -1 } });
        json!({ "device_id": 7, "location": (0..count).map(location).collect::<Vec<_>>() }).to_string()
    };
    let reports = of_json(body(3).as_bytes()).unwrap();
    assert_eq!(reports.iter().map(|report| report.fixed_at.unwrap().timestamp() % 10).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((reports[0].device.as_deref(), reports[0].speed), (Some("7"), None));
    assert_eq!(of_json(body(MOST_REPORTS + 1).as_bytes()), Err(ReportError::TooMany));
    for (body, wrong) in [
        ("{}", "report.malformed"),
        ("nothing", "report.malformed"),
        (r#"{"location":3}"#, "report.malformed"),
        (r#"{"location":{}}"#, "report.place"),
        (r#"{"location":{"coords":{"latitude":30}}}"#, "report.place"),
        (r#"{"location":{"coords":{"latitude":30,"longitude":"x"}}}"#, "report.number"),
        (r#"{"location":{"timestamp":true,"coords":{"latitude":30,"longitude":120}}}"#, "report.time"),
    ] {
        assert_eq!(of_json(body.as_bytes()).unwrap_err().code(), wrong, "{body}");
    }
}

proptest! {
    #[test]
    fn no_text_brings_it_down(text in ".{0,200}", keyed in "(id|timestamp|lat|lon|location|speed|cell|wifi|batt)=.{0,40}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = of_form(&text);
        let _ = of_form(&keyed);
        let _ = of_json(&bytes);
    }

    #[test]
    fn a_form_there_and_back(lon in -180.0..=180.0_f64, lat in -90.0..=90.0_f64, secs in 0_i64..4_000_000_000, knots in 0.0..200.0_f64, name in "[A-Za-z0-9._-]{1,64}") {
        let report = form(&format!("id={name}&lat={lat}&lon={lon}&timestamp={secs}&speed={knots}"));
        prop_assert_eq!(report.device, Some(name));
        prop_assert_eq!(report.place, Some(LonLat::new(lon, lat).unwrap()));
        prop_assert_eq!(report.fixed_at.unwrap().timestamp(), secs);
        prop_assert!((report.speed.unwrap().knots() - knots).abs() < 1e-9);
    }
}

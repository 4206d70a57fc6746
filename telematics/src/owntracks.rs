//! OwnTracks: one JSON object a message, by HTTP or through a broker; only `location` is a position.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::osmand::{PhoneReport, ReportError, of_number, present};
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed};
use crate::sequence;

/// What an HTTP request is answered with: the messages that wait for the phone, of which there are none.
pub const ANSWER: &str = "[]";

/// States of the battery that mean a cable (`bs`): charging, and full.
const ON_CABLE: [u64; 2] = [2, 3];

/// The report in `body`; `None` for messages of another `_type`, which are heard and mean nothing here.
pub fn of_json(body: &[u8]) -> Result<Option<PhoneReport>, ReportError> {
    let body: Value = serde_json::from_slice(body).map_err(|_no_json| ReportError::Malformed)?;
    let Value::Object(said) = body else { return Err(ReportError::Malformed) };
    match said.get("_type").and_then(Value::as_str) {
        Some("location") => report(said).map(Some),
        Some(_) => Ok(None),
        None => Err(ReportError::Malformed),
    }
}

/// The device that a topic `owntracks/{user}/{device}` names; `None` for topics that carry no positions.
pub fn device_of_topic(topic: &str) -> Option<&str> {
    let mut levels = topic.split('/');
    let (root, _user, device, further) = (levels.next()?, levels.next()?, levels.next()?, levels.next());
    (root == "owntracks" && further.is_none() && !device.is_empty()).then_some(device)
}

fn report(said: Map<String, Value>) -> Result<PhoneReport, ReportError> {
    let known = |key: &str| real(&said, key).map(|number| number.and_then(present));
    let (Some(lon), Some(lat)) = (real(&said, "lon")?, real(&said, "lat")?) else { return Err(ReportError::Place) };
    let instant = match real(&said, "tst")? {
        Some(seconds) => Some(of_number(seconds).ok_or_else(|| ReportError::Time { text: seconds.to_string() })?),
        None => None,
    };
    let device = said.get("topic").and_then(Value::as_str).and_then(device_of_topic);
    Ok(PhoneReport {
        device: device.map(str::to_owned),
        fixed_at: instant,
        place: Some(LonLat::new(lon, lat).map_err(|_out_of_range| ReportError::Place)?),
        speed: known("vel")?.map(Speed::from_kmh),
        heading: known("cog")?.map(Heading::from_degrees),
        altitude_m: real(&said, "alt")?,
        accuracy: known("acc")?.map(Distance::from_metres),
        battery: known("batt")?.map(Share::from_pct),
        charging: said.get("bs").and_then(Value::as_u64).filter(|state| *state != 0).map(|state| ON_CABLE.contains(&state)),
        sequence: sequence::of(Value::Object(said.clone()).to_string().as_bytes()),
        attributes: attributes(said),
        ..PhoneReport::default()
    })
}

fn real(of: &Map<String, Value>, key: &str) -> Result<Option<f64>, ReportError> {
    match of.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or_else(|| ReportError::Number { key: key.to_owned() }),
    }
}

fn attributes(said: Map<String, Value>) -> BTreeMap<String, Value> {
    const PLACED: [&str; 11] = ["_type", "lat", "lon", "tst", "vel", "cog", "alt", "acc", "batt", "bs", "topic"];
    said.into_iter().filter(|(key, value)| !PLACED.contains(&key.as_str()) && !value.is_null()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In the form of the app's documentation, values made up.
    const LOCATION: &str = r#"{"_type":"location","tid":"hz","lat":30.2591,"lon":120.1302,"tst":1780272000,"vel":36,"cog":271,
        "alt":12,"acc":8,"vac":3,"batt":77,"bs":2,"conn":"m","t":"u","topic":"owntracks/pool/hz-7"}"#;

    #[test]
    fn a_location_is_a_report_in_our_units() {
        let report = of_json(LOCATION.as_bytes()).unwrap().unwrap();
        assert_eq!(report.device.as_deref(), Some("hz-7"));
        assert_eq!(report.fixed_at.unwrap().to_rfc3339(), "2026-06-01T00:00:00+00:00");
        assert_eq!(report.place, Some(LonLat::new(120.1302, 30.2591).unwrap()));
        assert_eq!(report.speed.map(Speed::kmh), Some(36.0), "vel is km/h already");
        assert_eq!(report.heading.map(Heading::degrees), Some(271.0));
        assert_eq!(report.battery.map(Share::pct), Some(77.0));
        assert_eq!(report.charging, Some(true));
        assert_eq!(report.attributes["conn"], "m");
        assert_eq!(report.attributes["vac"], 3);
    }

    #[test]
    fn other_types_are_heard_and_what_is_no_message_is_refused() {
        for other in ["lwt", "transition", "waypoint", "waypoints", "status", "encrypted", "cmd", "card"] {
            assert_eq!(of_json(format!(r#"{{"_type":"{other}"}}"#).as_bytes()), Ok(None), "{other}");
        }
        for (body, code) in [
            ("[]", "report.malformed"),
            ("{}", "report.malformed"),
            ("x", "report.malformed"),
            (r#"{"_type":"location"}"#, "report.place"),
            (r#"{"_type":"location","lat":91,"lon":0}"#, "report.place"),
            (r#"{"_type":"location","lat":"30","lon":120}"#, "report.number"),
            (r#"{"_type":"location","lat":30,"lon":120,"tst":1e300}"#, "report.time"),
        ] {
            assert_eq!(of_json(body.as_bytes()).unwrap_err().code(), code, "{body}");
        }
    }

    #[test]
    fn only_a_device_s_own_topic_names_it() {
        assert_eq!(device_of_topic("owntracks/pool/hz-7"), Some("hz-7"));
        for other in ["owntracks/pool", "owntracks/pool/hz-7/event", "owntracks/pool/", "x/pool/hz-7", ""] {
            assert_eq!(device_of_topic(other), None, "{other}");
        }
    }

    #[test]
    fn the_same_message_has_the_same_number_however_it_was_sent() {
        let spaced = LOCATION.replace(',', " , ");
        let number = |body: &str| of_json(body.as_bytes()).unwrap().unwrap().sequence;
        assert_eq!(number(LOCATION), number(&spaced));
        assert_ne!(number(LOCATION), number(&LOCATION.replace("77", "76")));
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in r#"\{"_type":"location","lat":.{0,20},"lon":.{0,20}\}"#) {
            let _ = of_json(&bytes);
            let _ = of_json(text.as_bytes());
        }

        #[test]
        fn a_location_there_and_back(lon in -180.0..=180.0_f64, lat in -90.0..=90.0_f64, tst in 0_i64..4_000_000_000, vel in 0_u16..300) {
            let body = serde_json::json!({ "_type": "location", "lon": lon, "lat": lat, "tst": tst, "vel": vel });
            let report = of_json(body.to_string().as_bytes()).unwrap().unwrap();
            // JSON's numbers are read to the last bit but one, which is a thousandth of a hair.
            prop_assert!(report.place.unwrap().distance_to(LonLat::new(lon, lat).unwrap()).metres() < 1e-6);
            prop_assert_eq!(report.fixed_at.unwrap().timestamp(), tst);
            prop_assert_eq!(report.speed.map(Speed::kmh), Some(f64::from(vel)));
        }
    }
}

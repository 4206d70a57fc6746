//! Messages to terminals: bytes as the standard lays them out, and every message there and back in every edition.

use chrono::{TimeZone as _, Utc};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::jt808::area::{AreaAttributes, AreaHours, Corner, SectionTime, SpeedLimit, Spot};
use crate::jt808::edition::Edition;

use Edition::{V2011, V2013, V2019};

fn sent(message: &Down, edition: Edition) -> String {
    let body = message.encode(edition).unwrap();
    assert_eq!(Down::decode(message.id(), edition, &body).as_ref(), Ok(message), "{edition}");
    hex::encode(body)
}

fn limit(edition: Edition) -> SpeedLimit {
    SpeedLimit { max_kmh: 80, seconds: 10, night_max_kmh: (edition == V2019).then_some(60) }
}

fn window() -> AreaHours {
    AreaHours::between(Utc.with_ymd_and_hms(2026, 3, 1, 22, 0, 0).unwrap(), Utc.with_ymd_and_hms(2026, 3, 2, 10, 30, 0).unwrap())
}

#[test]
fn answers_are_as_the_standard_lays_them_out() {
    let answer = Down::Answer { reply_serial: 0x0102, reply_id: 0x0200, result: result::DONE };
    assert_eq!(sent(&answer, V2013), "0102020000");
    let registered = Down::Registered { reply_serial: 7, result: 0, token: Some("公车1".into()) };
    assert_eq!(sent(&registered, V2011), "000700b9abb3b531");
    let refused = Down::Registered { reply_serial: 7, result: registration::NO_TERMINAL, token: None };
    assert_eq!(sent(&refused, V2019), "000704");
    let again = Down::Resend { first_serial: 9, packages: vec![2, 5] };
    assert_eq!(sent(&again, V2013), "00090200020005");
    assert_eq!(sent(&again, V2019), "0009000200020005");
    let time = Down::ServerTime(Utc.with_ymd_and_hms(2026, 2, 28, 23, 59, 58).unwrap());
    assert_eq!(sent(&time, V2019), "260228235958");
    assert_eq!(sent(&Down::MediaAnswer { media_id: 1, packages: vec![] }, V2013), "00000001");
    assert_eq!(sent(&Down::MediaAnswer { media_id: 1, packages: vec![3] }, V2013), "00000001010003");
}

#[test]
fn orders_are_as_the_standard_lays_them_out() {
    let parameters = Down::SetParameters(vec![
        Setting { id: 0x0029, value: vec![0, 0, 0, 30] },
        Setting { id: 0x0083, value: vec![0xd5, 0xe3] },
    ]);
    assert_eq!(sent(&parameters, V2013), "0200000029040000001e0000008302d5e3");
    assert_eq!(sent(&Down::QuerySomeParameters(vec![1, 0x29]), V2013), "020000000100000029");
    assert_eq!(sent(&Down::QueryParameters, V2013), "");
    let restart = Down::Control { command: 4, arguments: String::new() };
    assert_eq!(sent(&restart, V2019), "04");
    let server = Down::Control { command: 2, arguments: "0;apn;u;p".into() };
    assert_eq!(sent(&server, V2013), format!("02{}", hex::encode("0;apn;u;p")));
    assert_eq!(sent(&Down::Track { interval_s: 5, valid_s: Some(600) }, V2013), "000500000258");
    assert_eq!(sent(&Down::Track { interval_s: 0, valid_s: None }, V2013), "0000");
    assert_eq!(sent(&Down::ConfirmAlarms { alarm_serial: 0, alarm_bits: 1 << 20 }, V2013), "000000100000");
    let text = |kind| Down::Text { flags: 0x0c, kind, text: "请回".into() };
    assert_eq!(sent(&text(None), V2013), "0cc7ebbbd8");
    assert_eq!(sent(&text(Some(Down::NOTICE)), V2019), "0c01c7ebbbd8");
    assert_eq!(sent(&Down::Transparent { kind: 0x41, data: vec![1, 2] }, V2013), "410102");
    assert_eq!(sent(&Down::ControlVehicle(VehicleControl::Flags(1)), V2013), "01");
    let doors = ControlItem { id: ControlItem::DOORS, value: vec![0] };
    let vendor = ControlItem { id: 0xF001, value: vec![1, 2, 3] };
    assert_eq!(sent(&Down::ControlVehicle(VehicleControl::Items(vec![doors, vendor])), V2019), "0002000100f001010203");
    let upgrade = |maker: &str| Down::Upgrade { target: 0, maker: maker.into(), version: "1.2".into(), data: vec![0xfe, 0xff] };
    assert_eq!(sent(&upgrade("abcd"), V2013), "00 61626364 00 03 312e32 00000002 feff".replace(' ', ""));
    assert_eq!(sent(&upgrade("abcd"), V2019), "00 61626364 00000000000000 03 312e32 00000002 feff".replace(' ', ""));
}

#[test]
fn areas_are_as_the_standard_lays_them_out() {
    let attributes = AreaAttributes(AreaAttributes::ENTER_PLATFORM | AreaAttributes::LIMIT);
    let circle = |edition, name: &str| Down::SetCircles {
        action: AreaAction::Append,
        circles: vec![Circle {
            id: 1,
            attributes,
            centre: Spot { lat: 30_000_000, lon: 120_000_000 },
            radius_m: 500,
            window: None,
            limit: Some(limit(edition)),
            name: name.into(),
        }],
    };
    let common = "01010000000100 0a01c9c380 07270e00 000001f4 0050 0a".replace(' ', "");
    assert_eq!(sent(&circle(V2013, ""), V2013), common);
    assert_eq!(sent(&circle(V2019, "车"), V2019), format!("{common}003c0002b3b5"));

    let polygon = Down::SetPolygon(Polygon {
        id: 2,
        attributes: AreaAttributes(3),
        window: Some(window()),
        limit: Some(limit(V2019)),
        vertices: vec![Spot { lat: 1, lon: 2 }, Spot { lat: 3, lon: 4 }],
        name: String::new(),
    });
    let expected = "000000020003 260302060000 260302183000 0050 0a 0002 00000001 00000002 00000003 00000004 003c 0000";
    assert_eq!(sent(&polygon, V2019), expected.replace(' ', ""));

    let corner = Corner {
        id: 1,
        section: 2,
        at: Spot { lat: 3, lon: 4 },
        width_m: 20,
        attributes: 3 | Corner::WEST,
        duration: Some(SectionTime { longest_s: 600, shortest_s: 60 }),
        limit: Some(limit(V2013)),
    };
    let route = Down::SetRoute(Route {
        id: 3,
        attributes: AreaAttributes(AreaAttributes::LEAVE_PLATFORM),
        window: None,
        corners: vec![corner],
        name: String::new(),
    });
    assert_eq!(sent(&route, V2013), "0000000300200001000000010000000200000003000000041 40b0258003c00500a".replace(' ', ""));
    assert_eq!(sent(&Down::DeleteAreas { shape: Shape::Route, ids: vec![] }, V2013), "00");
    assert_eq!(sent(&Down::DeleteAreas { shape: Shape::Circle, ids: vec![7] }, V2013), "0100000007");
}

#[test]
fn a_night_limit_that_nobody_set_is_the_one_of_the_day() {
    let limit = SpeedLimit { max_kmh: 80, seconds: 1, night_max_kmh: None };
    let area = |attributes, window, limit| Polygon { id: 1, attributes, window, limit, vertices: vec![], name: String::new() };
    let body = Down::SetPolygon(area(AreaAttributes(0), None, Some(limit))).encode(V2019).unwrap();
    assert_eq!(hex::encode(body), "00000001000200500100000050 0000".replace(' ', ""));
    // What the bits say is what the area has.
    let body = Down::SetPolygon(area(AreaAttributes(3), None, None)).encode(V2013).unwrap();
    assert_eq!(hex::encode(body), "0000000100000000");
}

#[test]
fn what_cannot_be_sent_says_why() {
    let text = |text: String| Down::Text { flags: 0, kind: None, text };
    assert!(text("车".repeat(512)).encode(V2013).is_ok());
    for (message, edition, code) in [
        (text("车".repeat(512) + "x"), V2013, "jt808.too_much"),
        (text("🚗".into()), V2013, "jt808.text"),
        (Down::ControlVehicle(VehicleControl::Flags(0)), V2019, "jt808.edition"),
        (Down::ControlVehicle(VehicleControl::Items(vec![])), V2013, "jt808.edition"),
        (Down::QuerySomeParameters(vec![0; 256]), V2013, "jt808.too_much"),
        (Down::Resend { first_serial: 0, packages: vec![0; 256] }, V2013, "jt808.too_much"),
    ] {
        assert_eq!(message.encode(edition).unwrap_err().code(), code);
    }
}

#[test]
fn a_body_that_is_none_is_an_error() {
    for (id, edition, body) in [
        (0x8001, V2013, "0102"),
        (0x8001, V2013, "010202000000"),
        (0x8003, V2019, "0009020002"),
        (0x8004, V2019, "261328235958"),
        (0x8103, V2013, "0100000029"),
        (0x8108, V2013, "006162636400033132330000ffff00"),
        (0x8300, V2019, "0c"),
        (0x8606, V2013, "000000030020ffff"),
    ] {
        let error = Down::decode(id, edition, &hex::decode(body).unwrap()).unwrap_err();
        assert_eq!(error.code(), "jt808.body", "{id:#06x} {error}");
    }
}

#[test]
fn lengths_that_editions_differ_in_are_told_by_the_body() {
    let again = Down::Resend { first_serial: 9, packages: vec![2, 5] };
    for body in [again.encode(V2013).unwrap(), again.encode(V2019).unwrap()] {
        assert_eq!(Down::decode(0x8003, V2019, &body).as_ref(), Ok(&again));
    }
    let upgrade = Down::Upgrade { target: 52, maker: "HZGC1".into(), version: "2.0".into(), data: vec![0; 9] };
    for body in [upgrade.encode(V2013).unwrap(), upgrade.encode(V2019).unwrap()] {
        assert_eq!(Down::decode(0x8108, V2019, &body).as_ref(), Ok(&upgrade));
    }
}

#[test]
fn messages_are_explained_in_words() {
    let explained = |id, edition, body: &str| {
        Down::decode(id, edition, &hex::decode(body.replace(' ', "")).unwrap()).unwrap().explain(edition)
    };
    assert_eq!(
        explained(0x8100, V2013, "970c00 6368"),
        json!({ "reply_serial": 38668, "result": 0, "result_name": "done", "token": "ch" })
    );
    assert_eq!(
        explained(0x8103, V2013, "02 00000029 04 0000001e 0000f001 01 07"),
        json!({
            "parameters": { "default_interval_s": 30, "0xf001": "07" },
            "items": { "0x0029": "0000001e", "0xf001": "07" },
        })
    );
    assert_eq!(
        explained(0x8300, V2019, "0e 01 c7eb"),
        json!({ "flags": 14, "shown": ["urgent", "display", "speech", "centre"], "text_type": 1, "text": "请" })
    );
    assert_eq!(explained(0x8300, V2013, "29 c7eb")["shown"], json!(["urgent", "speech", "can_fault"]));
    let circles = explained(0x8600, V2013, "00 01 00000001 0041 01c9c380 07270e00 000001f4 000000080000 000000200000");
    assert_eq!(circles["action_name"], "replace");
    let circle = &circles["areas"][0];
    assert_eq!((&circle["lat"], &circle["lon"]), (&json!(-30.0), &json!(120.0)));
    assert_eq!((&circle["from"], &circle["to"]), (&json!("08:00:00"), &json!("20:00:00")));
    assert_eq!(circle["watched"], json!(["time_window"]));
    assert_eq!(explained(0x8105, V2013, "02 303b61706e")["arguments"], json!(["0", "apn"]));
    assert_eq!(explained(0x8203, V2013, "0000 00100001")["alarms"], json!(["sos", "area_in_out"]));
    assert_eq!(explained(0x8500, V2019, "0001 0001 00")["controls"][0]["doors"], "lock");
    assert_eq!(explained(0x8801, V2019, "0102"), json!({ "data": "0102" }));
}

fn texts() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9浙京公务车（）：]{0,12}"
}

fn spots() -> impl Strategy<Value = Spot> {
    (0..90_000_000_u32, 0..180_000_000_u32).prop_map(|(lat, lon)| Spot { lat, lon })
}

fn windows() -> impl Strategy<Value = Option<AreaHours>> {
    option::of(any::<([u8; 6], [u8; 6])>().prop_map(|(from, to)| AreaHours { from, to }))
}

fn limits(edition: Edition) -> impl Strategy<Value = Option<SpeedLimit>> {
    option::of(any::<(u16, u8, u16)>().prop_map(move |(max_kmh, seconds, night)| SpeedLimit {
        max_kmh,
        seconds,
        night_max_kmh: (edition == V2019).then_some(night),
    }))
}

type Area = (u32, AreaAttributes, Option<AreaHours>, Option<SpeedLimit>, String);

/// What all shapes have; the bits agree with the rest, as they do on the wire.
fn area(edition: Edition) -> impl Strategy<Value = Area> {
    (any::<u32>(), any::<u16>(), windows(), limits(edition), texts()).prop_map(move |(id, bits, window, limit, name)| {
        let bits = bits & !3 | u16::from(window.is_some()) | u16::from(limit.is_some()) << 1;
        (id, AreaAttributes(bits), window, limit, if edition == V2019 { name } else { String::new() })
    })
}

fn corners(edition: Edition) -> impl Strategy<Value = Corner> {
    (any::<(u32, u32, u8, u8)>(), spots(), option::of(any::<(u16, u16)>()), limits(edition)).prop_map(
        |((id, section, width_m, bits), at, duration, limit)| Corner {
            id,
            section,
            at,
            width_m,
            attributes: bits & !3 | u8::from(duration.is_some()) | u8::from(limit.is_some()) << 1,
            duration: duration.map(|(longest_s, shortest_s)| SectionTime { longest_s, shortest_s }),
            limit,
        },
    )
}

fn shapes(edition: Edition) -> impl Strategy<Value = Down> {
    let action = prop_oneof![Just(AreaAction::Replace), Just(AreaAction::Append), Just(AreaAction::Modify)];
    let circle = (area(edition), spots(), any::<u32>()).prop_map(|((id, attributes, window, limit, name), centre, radius_m)| {
        Circle { id, attributes, centre, radius_m, window, limit, name }
    });
    let rectangle =
        (area(edition), spots(), spots()).prop_map(|((id, attributes, window, limit, name), upper_left, lower_right)| {
            Rectangle { id, attributes, upper_left, lower_right, window, limit, name }
        });
    let polygon = (area(edition), vec(spots(), 0..40)).prop_map(|((id, attributes, window, limit, name), vertices)| Polygon {
        id,
        attributes,
        window,
        limit,
        vertices,
        name,
    });
    let route = (area(edition), vec(corners(edition), 0..20)).prop_map(|((id, attributes, window, _, name), corners)| Route {
        id,
        attributes,
        window,
        corners,
        name,
    });
    let shape = prop_oneof![Just(Shape::Circle), Just(Shape::Rectangle), Just(Shape::Polygon), Just(Shape::Route)];
    prop_oneof![
        (action.clone(), vec(circle, 0..5)).prop_map(|(action, circles)| Down::SetCircles { action, circles }),
        (action, vec(rectangle, 0..5)).prop_map(|(action, rectangles)| Down::SetRectangles { action, rectangles }),
        polygon.prop_map(Down::SetPolygon),
        route.prop_map(Down::SetRoute),
        (shape, vec(any::<u32>(), 0..9)).prop_map(|(shape, ids)| Down::DeleteAreas { shape, ids }),
    ]
}

fn orders(edition: Edition) -> impl Strategy<Value = Down> {
    let setting = (any::<u32>(), vec(any::<u8>(), 0..20)).prop_map(|(id, value)| Setting { id, value });
    let text = move |kind: u8| (edition == V2019).then_some(kind);
    prop_oneof![
        vec(setting, 0..9).prop_map(Down::SetParameters),
        Just(Down::QueryParameters),
        vec(any::<u32>(), 0..9).prop_map(Down::QuerySomeParameters),
        (any::<u8>(), texts()).prop_map(|(command, arguments)| Down::Control { command, arguments }),
        Just(Down::QueryAttributes),
        (any::<u8>(), "[A-Z0-9]{0,5}", texts(), vec(any::<u8>(), 0..2000))
            .prop_map(|(target, maker, version, data)| Down::Upgrade { target, maker, version, data }),
        Just(Down::QueryPosition),
        any::<(u16, Option<u32>)>().prop_map(|(interval_s, valid_s)| Down::Track { interval_s, valid_s }),
        any::<(u16, u32)>().prop_map(|(alarm_serial, alarm_bits)| Down::ConfirmAlarms { alarm_serial, alarm_bits }),
        (any::<u8>(), any::<u8>(), texts()).prop_map(move |(flags, kind, said)| Down::Text {
            flags,
            kind: text(kind),
            text: said
        }),
        (any::<u8>(), vec(any::<u8>(), 0..99)).prop_map(|(kind, data)| Down::Transparent { kind, data }),
        any::<(u8, u8)>().prop_map(move |(flags, value)| Down::ControlVehicle(if edition == V2019 {
            VehicleControl::Items(vec![ControlItem { id: ControlItem::DOORS, value: vec![value] }])
        } else {
            VehicleControl::Flags(flags)
        })),
    ]
}

fn answers() -> impl Strategy<Value = Down> {
    let seconds = 946_684_800_i64..4_102_444_800;
    prop_oneof![
        any::<(u16, u16, u8)>().prop_map(|(reply_serial, reply_id, result)| Down::Answer { reply_serial, reply_id, result }),
        (any::<u16>(), vec(any::<u16>(), 0..99)).prop_map(|(first_serial, packages)| Down::Resend { first_serial, packages }),
        seconds.prop_map(|seconds| Down::ServerTime(DateTime::from_timestamp(seconds, 0).unwrap())),
        (any::<(u16, u8)>(), option::of("[a-zA-Z0-9+/=]{1,32}")).prop_map(|((reply_serial, result), token)| Down::Registered {
            reply_serial,
            result,
            token
        }),
        (any::<u32>(), vec(any::<u16>(), 0..99)).prop_map(|(media_id, packages)| Down::MediaAnswer { media_id, packages }),
        (0x8A00..0x9000_u16, vec(any::<u8>(), 0..99)).prop_map(|(id, body)| Down::Other { id, body }),
    ]
}

proptest! {
    #[test]
    fn every_message_goes_there_and_back_in_every_edition(
        (edition, message) in prop::sample::select(Edition::ALL.to_vec()).prop_flat_map(|edition| {
            (Just(edition), prop_oneof![answers(), orders(edition), shapes(edition)])
        })
    ) {
        let body = message.encode(edition).unwrap();
        let read = Down::decode(message.id(), edition, &body);
        prop_assert_eq!(read.as_ref(), Ok(&message));
        prop_assert!(message.explain(edition).is_object());
    }

    #[test]
    fn any_bytes_are_a_message_or_an_error(
        id in 0x8000..0x9000_u16,
        edition in prop::sample::select(Edition::ALL.to_vec()),
        body in vec(any::<u8>(), 0..300),
    ) {
        if let Ok(message) = Down::decode(id, edition, &body) {
            prop_assert!(message.explain(edition).is_object());
            // Text that was no GBK cannot be sent again; nothing else is refused.
            let again = message.encode(edition);
            prop_assert!(again.is_ok() || matches!(again, Err(DownError::Text(_))));
        }
    }
}

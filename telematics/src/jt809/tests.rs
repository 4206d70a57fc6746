//! Messages as others published them, byte for byte, and what is true of any bytes.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::json;

use crate::alarm::DeviceAlarms;
use crate::fix::{Fix, Observation, Reading};
use crate::jt809::header::Hand;
use crate::jt809::message::result;
use crate::jt809::vehicle::colour;
use crate::jt809::{
    About, Cipher, Content, Edition, Framer, Header, Login, Message, MessageError, ObserveError, Password, Position,
    Registration, explain,
};
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Speed, Volume};

/// The example of position in 2011 that implementations share.
const POSITION_2011: &str = "00130707dc0f0f0f07ef4d80017018400032003300000096002d002d0000000300000101";
/// A report of JT/T 808 in the frame of 2019, with the watching platforms.
const POSITION_2019: &str = "0100000026000000010000000200ba7f0e07e4f11c0028003c00001807151010100104000000640202003731313131313131313131310000000\
                             1323232323232323232323200000002333333333333333333333300000003";

fn now() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

fn only_message(stream: &[u8]) -> Vec<u8> {
    let mut framer = Framer::default();
    let (used, found) = framer.next(stream);
    assert_eq!(used, stream.len());
    found.unwrap().frame.unwrap().message.to_vec()
}

/// The data about a vehicle, as the message within.
fn about(sub: u16, data: &str, edition: Edition) -> Result<Content, MessageError> {
    let data = bytes(data);
    let mut body = bytes("d4c14131323334350000000000000000000000000002");
    body.extend_from_slice(&sub.to_be_bytes());
    body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
    body.extend_from_slice(&data);
    match Message::read(0x1200, &body, edition)? {
        Message::About(About { plate, colour, content }) => {
            assert_eq!((plate.as_str(), colour), ("粤A12345", colour::YELLOW));
            let mut again = Vec::new();
            Message::About(About { plate, colour, content: content.clone() }).put(&mut again, edition);
            assert_eq!(again, body, "what is read is written the same");
            Ok(content)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_published_login_is_read_and_written_byte_for_byte() {
    let sent = bytes(
        "5B000000480000008510010133EFB8010000010003E8B2D37D9CC4900C77DC78F8676527D8AE12243CFB64CC2FBA619AEFAD33ACCB3256F67BFF19DF33097841098665703FE36E5D",
    );
    let message = only_message(&sent);
    assert_eq!(Edition::of(&message), Some(Edition::V2011), "by its length alone, encrypted as it is");
    let (header, body) = Header::read(&message, Edition::V2011).unwrap();
    assert_eq!((header.length, header.serial, header.id, header.access_code), (72, 133, 0x1001, 20_180_920));
    assert_eq!((header.cipher_flag, header.key, header.time), (1, 256_178, None));
    let cipher = Cipher { m1: 30_000_000, ia1: 20_000_000, ic1: 20_000_000 };
    assert_eq!(header.open(body, None), Err(MessageError::Encrypted { flag: 1 }));
    let login = Message::read(header.id, &header.open(body, Some(cipher)).unwrap(), Edition::V2011).unwrap();
    let expected = Message::Login(Login {
        user: 20_180_920,
        password: Password::new("20180920").unwrap(),
        access_code: None,
        host: "127.0.0.1".to_owned(),
        port: 809,
    });
    assert_eq!(login, expected);
    let hand = Hand { edition: Edition::V2011, access_code: 20_180_920, cipher: Some((cipher, 256_178)) };
    let mut written = Vec::new();
    hand.put(&mut written, 133, &login, now());
    assert_eq!(written, sent);
}

#[test]
fn a_published_message_with_escapes_of_another_kind_is_passed_on_as_its_bytes() {
    let sent = bytes(
        "5B 00 00 00 92 00 00 06 82 94 00 01 33 EF B8 01 00 00 00 00 00 27 0F D4 C1 41 31 32 33 34 35 00 00 00 00 00 00 00 00 00 00 00 00 00 \
         02 94 01 00 00 00 5C 01 00 02 00 00 00 00 5A 01 AC 3F 40 12 3F FA A1 00 00 00 00 5A 01 AC 4D 50 03 73 6D 61 6C 6C 63 68 69 00 00 00 \
         00 00 00 00 00 31 32 33 34 35 36 37 38 39 30 31 00 00 00 00 00 00 00 00 00 31 32 33 34 35 36 40 71 71 2E 63 6F 6D 00 00 00 00 00 00 \
         00 00 00 00 00 00 00 00 00 00 00 00 00 BA D8 5D",
    );
    let message = only_message(&sent);
    let (header, body) = Header::read(&message, Edition::V2011).unwrap();
    assert_eq!((header.id, header.serial, header.length, body.len()), (0x9400, 1666, 146, 120));
    let said = Message::read(header.id, body, Edition::V2011).unwrap();
    assert!(matches!(&said, Message::Other { id: 0x9400, body: kept } if kept == body));
}

#[test]
fn a_login_of_2019_tells_its_edition_and_its_access_code() {
    let hand = Hand { edition: Edition::V2019, access_code: 1200, cipher: None };
    let login = Login {
        user: 7,
        password: Password::new("secret12").unwrap(),
        access_code: Some(1200),
        host: "10.1.2.3".to_owned(),
        port: 7900,
    };
    let mut sent = Vec::new();
    hand.put(&mut sent, 1, &Message::Login(login.clone()), now());
    let message = only_message(&sent);
    let begins =
        "00000054 00000001 1001 000004b0 010000 00 00000000 000000006a1ccb80 00000007 7365637265743132 000004b0 31302e312e322e33";
    assert_eq!(hex::encode(&message[..54]), begins.replace(' ', ""));
    assert_eq!(Edition::of(&message), Some(Edition::V2019));
    let (header, body) = Header::read(&message, Edition::V2019).unwrap();
    assert_eq!(header.time, Some(1_780_272_000));
    assert_eq!(Message::read(header.id, body, Edition::V2019).unwrap(), Message::Login(login.clone()));
    let shown = explain(&Message::Login(login)).to_string();
    assert!(!shown.contains("secret12"), "{shown}");
}

#[test]
fn every_message_of_the_links_is_read_as_it_was_written() {
    let password = Password::new("12345678").unwrap();
    let messages = [
        (Message::LoginAnswer { result: result::OK, check_code: 0x0102_0304 }, "0001020304"),
        (Message::Logout { user: 1, password }, "000000013132333435363738"),
        (Message::LogoutAnswer, ""),
        (Message::LinkTest, ""),
        (Message::LinkTestAnswer, ""),
        (Message::Broken(0), "00"),
        (Message::Closing(1), "01"),
        (Message::SubLogin(9), "00000009"),
        (Message::SubLoginAnswer(result::SUB_CHECK_CODE), "01"),
        (Message::SubLogout(9), "00000009"),
        (Message::SubLogoutAnswer, ""),
        (Message::SubLinkTest, ""),
        (Message::SubLinkTestAnswer, ""),
        (Message::SubBroken(2), "02"),
        (Message::SubClosing(0), "00"),
        (Message::Counted { count: 10_000, from: 1, to: 1_263_085_674 }, "00002710 0000000000000001 000000004b49286a"),
    ];
    for edition in Edition::ALL {
        for (message, body) in &messages {
            let mut written = Vec::new();
            message.put(&mut written, edition);
            assert_eq!(written, bytes(body), "{message:?}");
            assert_eq!(Message::read(message.id(), &written, edition).as_ref(), Ok(message));
            let long = [written.as_slice(), &[0]].concat();
            assert_eq!(Message::read(message.id(), &long, edition), Err(MessageError::Long { at: written.len(), count: 1 }));
        }
    }
    assert_eq!(Message::read(0x1002, &[0, 1], Edition::V2011), Err(MessageError::Short { at: 2, needed: 3 }));
    assert_eq!(Password::new(""), None);
    assert_eq!(Password::new("123456789"), None);
}

#[test]
fn a_position_of_2011_says_what_its_fields_say() {
    let Content::Position(position) = about(0x1202, POSITION_2011, Edition::V2011).unwrap() else { panic!() };
    let seen = position.observe(now(), false).unwrap();
    let fix = seen.fix.as_ref().unwrap();
    assert_eq!(seen.fixed_at.to_rfc3339(), "2012-07-19T07:15:15+00:00");
    assert_eq!(fix.at.to_e7(), (1_331_234_560, 241_234_560));
    assert_eq!((fix.speed.unwrap().kmh(), fix.heading.unwrap().degrees(), fix.altitude_m), (50.0, 45.0, Some(45.0)));
    assert_eq!(seen.reading.odometer, Some(Distance::from_km(150.0)));
    assert_eq!((seen.reading.ignition, seen.alarms), (Some(true), Some(DeviceAlarms::of_jt808(0x101))));
    assert_eq!(seen.sequence, crate::sequence::of(&bytes(POSITION_2011)));
    let Content::Positions(all) =
        about(0x1203, &format!("03{POSITION_2011}{POSITION_2011}{POSITION_2011}"), Edition::V2011).unwrap()
    else {
        panic!()
    };
    assert_eq!(all, [position.clone(), position.clone(), position]);
    let shown =
        explain(&Message::About(About { plate: "粤A12345".to_owned(), colour: 2, content: Content::Position(all[0].clone()) }));
    assert_eq!(
        (&shown["plate"], &shown["odometer_km"], &shown["recorder_speed_kmh"]),
        (&json!("粤A12345"), &json!(150.0), &json!(51))
    );
}

#[test]
fn a_position_of_2019_is_the_report_of_jt808_in_an_envelope() {
    let Content::Position(position) = about(0x1202, POSITION_2019, Edition::V2019).unwrap() else { panic!() };
    let seen = position.observe(now(), true).unwrap();
    assert_eq!(seen.fixed_at.to_rfc3339(), "2018-07-15T02:10:10+00:00");
    assert_eq!((seen.reading.fuel, seen.reading.odometer), (Some(Volume::from_litres(5.5)), Some(Distance::from_km(10.0))));
    assert!(seen.replayed);
    // The flag says that the plug-in was at work: what is stored is where the vehicle was.
    let place = seen.fix.unwrap().at;
    let moved = place.distance_to(LonLat::new(132.444_444, 12.222_222).unwrap()).metres();
    assert!((0.0..1000.0).contains(&moved), "{moved}");
    let Position::V2019 { platforms, .. } = &position else { panic!() };
    assert_eq!(platforms[1], ("22222222222".to_owned(), 2));
    let twice = format!("02{0}{0}", POSITION_2019.replace(' ', ""));
    assert_eq!(about(0x1203, &twice, Edition::V2019).unwrap(), Content::Positions(vec![position.clone(), position]));
}

#[test]
fn times_that_are_none_and_reports_that_are_cut_are_told() {
    for (at, byte) in [(1, 32), (2, 13), (5, 24), (6, 60), (7, 200)] {
        let mut wrong: [u8; 36] = bytes(POSITION_2011).try_into().unwrap();
        wrong[at] = byte;
        let error = Position::V2011(wrong).observe(now(), false).unwrap_err();
        assert_eq!(error.code(), "jt809.time", "{error}");
    }
    let cut = about(0x1202, &format!("00000000020102{}", "00".repeat(45)), Edition::V2019).unwrap();
    let Content::Position(cut) = cut else { panic!() };
    assert_eq!(cut.observe(now(), false), Err(ObserveError::Report));
    let wrong_length = about(0x1202, POSITION_2011.get(2..).unwrap(), Edition::V2011);
    assert_eq!(wrong_length, Err(MessageError::Short { at: 35, needed: 1 }));
    let told = Message::read(0x1200, &[&[0; 24][..], &[0, 0, 0, 9], &[1, 2]].concat(), Edition::V2019);
    assert_eq!(told, Err(MessageError::Told { told: 9, found: 2 }));
}

#[test]
fn a_registration_has_the_widths_of_its_edition() {
    let registration = Registration {
        platform: "33010012345".to_owned(),
        maker: "70108".to_owned(),
        model: "T-808".to_owned(),
        imei: "860000000000001".to_owned(),
        terminal: "A1B2C3D".to_owned(),
        sim: "13800001111".to_owned(),
    };
    for (edition, length, imei, sim) in
        [(Edition::V2011, 61, "", "013800001111"), (Edition::V2019, 110, "860000000000001", "0013800001111")]
    {
        let mut body = Vec::new();
        let sent =
            Message::About(About { plate: "浙A12345".to_owned(), colour: 1, content: Content::Register(registration.clone()) });
        sent.put(&mut body, edition);
        assert_eq!(body.len(), 28 + length);
        assert_eq!(hex::encode(&body[..8]), "d5e3413132333435", "the plate in GBK");
        let Message::About(read) = Message::read(0x1200, &body, edition).unwrap() else { panic!() };
        let expected = Registration { imei: imei.to_owned(), sim: sim.to_owned(), ..registration.clone() };
        assert_eq!(read.content, Content::Register(expected));
    }
}

/// An observation of which both editions carry something.
fn seen() -> Observation {
    Observation {
        fixed_at: "2026-06-01T00:00:07.250Z".parse().unwrap(),
        sequence: 5,
        received_at: now(),
        fix: Some(Fix {
            at: LonLat::new(-70.123_456_7, -33.123_456_4).unwrap(),
            speed: Some(Speed::from_kmh(61.4)),
            heading: Some(Heading::from_degrees(359.6)),
            altitude_m: Some(-12.4),
            satellites: Some(11),
            hdop: Some(0.8),
            accuracy: None,
        }),
        reading: Reading {
            ignition: Some(true),
            odometer: Some(Distance::from_metres(123_456.0)),
            fuel: Some(Volume::from_litres(41.2)),
            ..Reading::default()
        },
        event: None,
        replayed: false,
        alarms: Some(DeviceAlarms::of_jt808(0x8000_0002)),
    }
}

#[test]
fn an_observation_arrives_as_far_as_its_edition_carries_it() {
    let later = "2026-06-01T00:05:00Z".parse().unwrap();
    for edition in Edition::ALL {
        let position = Position::of(&seen(), edition, "33010012345");
        let got = position.observe(later, false).unwrap();
        let fix = got.fix.as_ref().unwrap();
        assert_eq!(got.fixed_at.to_rfc3339(), "2026-06-01T00:00:07+00:00");
        assert_eq!(fix.at.to_e7(), (-701_234_570, -331_234_560));
        assert_eq!((fix.heading.unwrap().degrees(), fix.altitude_m), (0.0, Some(-12.0)));
        assert_eq!((got.reading.ignition, got.alarms, got.received_at), (Some(true), seen().alarms, later));
        let carried = (fix.speed.unwrap().kmh(), got.reading.odometer.unwrap().metres(), got.reading.fuel, fix.satellites);
        let expected = match edition {
            Edition::V2011 => (61.0, 123_000.0, None, None),
            Edition::V2019 => (61.4, 123_500.0, Some(Volume::from_litres(41.2)), Some(11)),
        };
        assert_eq!(carried, expected);
        // What came that way goes on as it came.
        assert_eq!(Position::of(&got, edition, "33010012345"), position);
    }
    let blind = Observation { fix: None, alarms: None, ..seen() };
    for edition in Edition::ALL {
        let got = Position::of(&blind, edition, "").observe(later, false).unwrap();
        assert_eq!((got.fix, got.reading.ignition), (None, Some(true)));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_messages_or_errors(id in any::<u16>(), body in prop::collection::vec(any::<u8>(), 0..200), known in 0_usize..12) {
        let ids = [0x1001, 0x1002, 0x1003, 0x1007, 0x1200, 0x1200, 0x1200, 0x9001, 0x9101, 0x9200, 0x9200, id];
        for edition in Edition::ALL {
            if let Ok(message) = Message::read(ids[known], &body, edition) {
                explain(&message);
                let mut again = Vec::new();
                message.put(&mut again, edition);
                let read = Message::read(message.id(), &again, edition);
                prop_assert!(read.is_ok(), "{:?} of {:?}", read, message);
            }
        }
        Edition::of(&body);
    }

    #[test]
    fn whatever_is_about_a_vehicle_never_falls(sub in 0x1200_u16..0x1210, down in any::<bool>(), data in prop::collection::vec(any::<u8>(), 0..120)) {
        let mut body = vec![b'A'; 22];
        body.extend_from_slice(&(if down { sub | 0x8000 } else { sub }).to_be_bytes());
        body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
        body.extend_from_slice(&data);
        for edition in Edition::ALL {
            if let Ok(message) = Message::read(0x1200, &body, edition) {
                explain(&message);
                if let Message::About(About { content: Content::Position(position), .. }) = &message
                    && let Ok(seen) = position.observe(now(), false) {
                    let again = Position::of(&seen, edition, "").observe(now(), false).unwrap();
                    prop_assert_eq!(again.fixed_at, seen.fixed_at);
                }
            }
        }
    }

    #[test]
    fn any_message_survives_its_frame(serial in any::<u32>(), key in any::<u32>(), body in prop::collection::vec(any::<u8>(), 0..300), is_secret in any::<bool>()) {
        let cipher = Cipher { m1: 10_000_000, ia1: 20_000_000, ic1: 30_000_000 };
        let sent = Message::Other { id: 0x1400, body };
        for edition in Edition::ALL {
            let hand = Hand { edition, access_code: 0x5a5b_5d5e, cipher: is_secret.then_some((cipher, key)) };
            let mut stream = Vec::new();
            hand.put(&mut stream, serial, &sent, now());
            let message = only_message(&stream);
            let (header, body) = Header::read(&message, edition).unwrap();
            prop_assert_eq!((header.serial, header.access_code, header.length), (serial, 0x5a5b_5d5e, u32::try_from(message.len() + 4).unwrap()));
            let plain = header.open(body, is_secret.then_some(cipher)).unwrap();
            prop_assert_eq!(Message::read(header.id, &plain, edition).unwrap(), sent.clone());
        }
    }

    #[test]
    fn a_stream_cut_anywhere_has_the_same_frames(stream in prop::collection::vec(prop::sample::select(vec![0x5a_u8, 0x5b, 0x5d, 0x5e, 1, 2, 0xff]), 0..120), cut in 0_usize..120) {
        let cut = cut.min(stream.len());
        let told = |pieces: &[&[u8]]| {
            let (mut framer, mut buffer, mut said) = (Framer::new(24), Vec::new(), Vec::new());
            for piece in pieces {
                buffer.extend_from_slice(piece);
                loop {
                    let (used, framed) = framer.next(&buffer);
                    let is_over = framed.is_none();
                    said.extend(framed.map(|framed| (framed.at, framed.frame.map(|frame| frame.message.to_vec()))));
                    buffer.drain(..used);
                    if is_over { break; }
                }
            }
            said
        };
        prop_assert_eq!(told(&[&stream[..cut], &stream[cut..]]), told(&[&stream]));
    }
}

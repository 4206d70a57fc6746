//! GB/T 32960.3 over real sockets: both editions on one port, sign-in by the register, platforms, signatures, encrypted data.

mod terminal;

use chrono::TimeDelta;
use fleet_db::testing::fleet;
use gateway::gb32960::config::{Payloads, Signatures};
use serde_json::json;
use telematics::gb32960::cipher::{Cipher, Mode};
use telematics::gb32960::{Ack, Command, Edition, Encryption, time};
use telematics::id::VehicleNo;
use telematics::sequence;

use crate::bench::{Bench, SECRET};
use terminal::{Terminal, at, instant, report};

const OLD: &str = "LSVAA49J132047371";
const NEW: &str = "LSVBB49J132047372";

const ALL_SPEAK_32960: &str = "update device set protocol = 'gb32960'";

/// A bench with a car for each VIN, which its own terminal reports by GB/T 32960.
async fn bench<const N: usize>(vins: [&str; N], setup: &[&'static str], bench: Bench) -> (Bench, [VehicleNo; N]) {
    let mut bench = bench;
    let mut cars = [VehicleNo(0); N];
    for (car, vin) in cars.iter_mut().zip(vins) {
        *car = fleet::car(&bench.db.pool, vin, SECRET).await.unwrap();
    }
    for statement in [ALL_SPEAK_32960].iter().chain(setup) {
        fleet::execute(&bench.db.pool, statement).await.unwrap();
    }
    bench.start().await;
    (bench, cars)
}

/// Asks by a heartbeat whether everything is stored.
async fn settle(terminal: &mut Terminal) {
    terminal.send(Command::Heartbeat, &[]).await;
    assert_eq!(terminal.hear().await, (Command::Heartbeat, Ack::Success, Vec::new()));
}

fn key(data: &[u8]) -> i64 {
    sequence::of(&data[6..])
}

#[tokio::test]
async fn either_edition_on_one_port_gives_charge_mileage_and_voltage() {
    let (bench, [old, new]) = bench([OLD, NEW], &[], Bench::new().await).await;
    let mut first = Terminal::sign_in(bench.gb32960, Edition::V2016, OLD).await;
    let mut second = Terminal::sign_in(bench.gb32960, Edition::V2025, NEW).await;
    let (old_data, new_data) = (report(Edition::V2016, 1), report(Edition::V2025, 2));
    first.send(Command::Realtime, &old_data).await;
    second.send(Command::Realtime, &new_data).await;
    first.silence().await;
    settle(&mut first).await;
    settle(&mut second).await;
    assert_eq!(bench.stored(old).await, [(1000, key(&old_data))]);
    assert_eq!(bench.stored(new).await, [(2000, key(&new_data))]);
    let right = "select count(*) from vehicle_position where soc_permille = 650 and odometer_m = 12345600 and speed_dkmh = 360
                 and lat_e7 = 302500000 and flags & 3 = 3";
    assert_eq!(bench.number(right).await, 2);
    let electric = "select count(*) from vehicle_position where detail -> 'traction' ->> 'voltage_v' = '380.5'
                    and abs((detail -> 'traction' ->> 'current_a')::float - 12.3) < 0.001";
    assert_eq!(bench.number(electric).await, 2, "volts and amperes, with the zero of each edition");
}

#[tokio::test]
async fn who_is_not_in_the_register_stays_outside() {
    let iccids = "update device set iccids = '{89860000000000000001}' where terminal_id = 'LSVBB49J132047372'";
    let (bench, _) = bench([OLD, NEW], &[iccids], Bench::new().await).await;
    for (edition, ack) in [(Edition::V2016, Ack::Error), (Edition::V2025, Ack::VinUnknown)] {
        let mut stranger = Terminal::connect(bench.gb32960, edition, "LSVZZ49J132047373").await;
        stranger.login("89860000000000000001").await;
        assert_eq!(stranger.hear().await, (Command::Login, ack, at(0)));
        assert!(stranger.is_closed().await);
    }
    let mut early = Terminal::connect(bench.gb32960, Edition::V2016, OLD).await;
    early.send(Command::Realtime, &report(Edition::V2016, 0)).await;
    assert_eq!(early.hear().await.1, Ack::Error, "first the sign-in");
    early.login("89860000000000000009").await;
    assert_eq!(early.hear().await.1, Ack::Success, "no list, no check");

    let mut swapped = Terminal::connect(bench.gb32960, Edition::V2025, NEW).await;
    swapped.login("89860000000000000009").await;
    assert_eq!(swapped.hear().await.1, Ack::Error, "another card");
    assert!(swapped.is_closed().await);
    let mut own = Terminal::sign_in(bench.gb32960, Edition::V2025, NEW).await;
    // A link speaks for its own vehicle alone.
    own.send_of(OLD, Command::Realtime, Encryption::None, &report(Edition::V2025, 5)).await;
    assert_eq!(own.hear().await.1, Ack::VinUnknown);
    settle(&mut own).await;
    assert_eq!(bench.number("select count(*) from vehicle_position").await, 0);
}

#[tokio::test]
async fn a_second_link_of_a_vin_waits_until_the_first_is_silent() {
    let (bench, _) = bench([OLD], &[], Bench::new().await).await;
    let mut first = Terminal::sign_in(bench.gb32960, Edition::V2016, OLD).await;
    let mut second = Terminal::connect(bench.gb32960, Edition::V2016, OLD).await;
    second.login("89860000000000000001").await;
    assert_eq!(second.hear().await, (Command::Login, Ack::VinDuplicate, at(0)));
    assert!(second.is_closed().await);
    settle(&mut first).await;
    bench.turn_clock(TimeDelta::seconds(61));
    let mut third = Terminal::sign_in(bench.gb32960, Edition::V2016, OLD).await;
    assert!(first.is_closed().await, "half open, as nothing came from it for a minute");
    settle(&mut third).await;
    // Who closes and comes back at once is no second one.
    drop(third);
    let mut fourth = Terminal::sign_in(bench.gb32960, Edition::V2016, OLD).await;
    settle(&mut fourth).await;
}

#[tokio::test]
async fn what_is_replayed_is_marked_and_a_sign_out_is_answered_when_all_is_stored() {
    let (bench, [car]) = bench([OLD], &[], Bench::new().await).await;
    let mut terminal = Terminal::sign_in(bench.gb32960, Edition::V2016, OLD).await;
    bench.turn_clock(TimeDelta::seconds(600));
    let expected: Vec<(i64, i64)> = (0..300).map(|secs| (secs * 1000, key(&report(Edition::V2016, secs)))).collect();
    for secs in 0..300 {
        let command = if secs < 200 { Command::Reissue } else { Command::Realtime };
        terminal.send(command, &report(Edition::V2016, secs)).await;
    }
    // Once more: a report and its later copy are one.
    terminal.send(Command::Reissue, &report(Edition::V2016, 250)).await;
    let mut logout = at(300);
    logout.extend(1_u16.to_be_bytes());
    terminal.send(Command::Logout, &logout).await;
    assert_eq!(terminal.hear().await, (Command::Logout, Ack::Success, at(300)));
    assert_eq!(bench.stored(car).await, expected);
    assert_eq!(bench.number("select count(*) from vehicle_position where flags & 16 = 16").await, 200);
    terminal.send(Command::Realtime, &report(Edition::V2016, 301)).await;
    assert_eq!(terminal.hear().await.1, Ack::Error, "signed out");
    terminal.send(Command::TimeSync, &[]).await;
    assert_eq!(terminal.hear().await, (Command::TimeSync, Ack::Success, time::bytes(instant(600)).to_vec()));
}

#[tokio::test]
async fn bad_frames_are_told_kept_aside_and_do_not_end_the_session() {
    let (bench, [car]) = bench([NEW], &[], Bench::new().await).await;
    let mut terminal = Terminal::sign_in(bench.gb32960, Edition::V2025, NEW).await;
    let mut cut = report(Edition::V2025, 1);
    cut.truncate(20);
    terminal.send(Command::Realtime, &cut).await;
    assert_eq!(terminal.hear().await, (Command::Realtime, Ack::Structure, at(1)));
    let mut untimely = report(Edition::V2025, 1);
    untimely[1] = 13;
    terminal.send(Command::Realtime, &untimely).await;
    assert_eq!(terminal.hear().await.1, Ack::Structure, "there is no thirteenth month");
    terminal.send_of(NEW, Command::Realtime, Encryption::Sm4, &[0; 32]).await;
    assert_eq!(terminal.hear().await.1, Ack::Decryption, "no key is known");
    terminal.send_raw(b"junk").await;
    terminal.send(Command::Realtime, &report(Edition::V2025, 900)).await;
    terminal.send(Command::Realtime, &report(Edition::V2025, 2)).await;
    settle(&mut terminal).await;
    assert_eq!(bench.stored(car).await.len(), 1);
    let codes = ["gb32960.structure", "gb32960.time", "gb32960.encryption", "record.future"];
    assert_eq!(bench.quarantined().await, codes);
}

const PLATFORM: &str = "insert into gb32960_platform (id, login, secret_sha256, name, unit_id, created_at)
    select '00000000-0000-7000-8000-000000000007', 'MAKER', sha256('letmein'::bytea), '车企平台', id, now() from unit limit 1";
const SCOPE: &str =
    "update device set platform_id = '00000000-0000-7000-8000-000000000007' where terminal_id <> 'LSVAA49J132047371'";

#[tokio::test]
async fn a_platform_speaks_for_its_own_vehicles_alone() {
    let vins = ["LSVPF000000000001", "LSVPF000000000002", "LSVPF000000000003", OLD];
    let (bench, cars) = bench(vins, &[PLATFORM, SCOPE], Bench::new().await).await;
    let mut liar = Terminal::connect(bench.gb32960, Edition::V2016, "MAKER").await;
    liar.platform_login("MAKER", "guess").await;
    assert_eq!(liar.hear().await, (Command::PlatformLogin, Ack::Error, at(0)));
    assert!(liar.is_closed().await);
    // A vehicle of a platform does not come by itself.
    let mut alone = Terminal::connect(bench.gb32960, Edition::V2016, vins[0]).await;
    alone.login("89860000000000000001").await;
    assert_eq!(alone.hear().await.1, Ack::Error);

    let mut maker = Terminal::connect(bench.gb32960, Edition::V2016, "MAKER").await;
    maker.platform_login("MAKER", "letmein").await;
    assert_eq!(maker.hear().await, (Command::PlatformLogin, Ack::Success, at(0)));
    for secs in 0..50 {
        for vin in &vins[..3] {
            maker.send_of(vin, Command::Realtime, Encryption::None, &report(Edition::V2016, secs)).await;
        }
    }
    maker.send_of(OLD, Command::Realtime, Encryption::None, &report(Edition::V2016, 0)).await;
    assert_eq!(maker.hear().await.1, Ack::Error, "another's vehicle");
    settle(&mut maker).await;
    let expected: Vec<(i64, i64)> = (0..50).map(|secs| (secs * 1000, key(&report(Edition::V2016, secs)))).collect();
    for car in &cars[..3] {
        assert_eq!(bench.stored(*car).await, expected, "in the order of each vehicle");
    }
    assert_eq!(bench.stored(cars[3]).await, []);
    // Taken out of the register, the platform is sent away.
    fleet::execute(&bench.db.pool, "update gb32960_platform set disabled_at = now()").await.unwrap();
    assert!(maker.is_closed().await);
}

/// The frame of that name among the signed ones, whose keys lie beside them.
fn signed(name: &str) -> Vec<u8> {
    let lines = include_str!("../../../fixtures/frames/gb32960/signed.jsonl").lines();
    let frame = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).find(|frame| frame["name"] == name);
    hex::decode(frame.unwrap()["hex"].as_str().unwrap()).unwrap()
}

/// Gives the vehicle of the signed frames its public key.
async fn give_public_key(bench: &Bench) {
    let keys = include_str!("../../../fixtures/frames/gb32960/keys.toml");
    let begins = keys.find("-----BEGIN").unwrap();
    let ends = keys.find("-----END PUBLIC KEY-----").unwrap() + "-----END PUBLIC KEY-----".len();
    let key = keys.get(begins..ends).unwrap();
    let statement = format!("update device set public_key = '{key}' where terminal_id = 'LSVSM2RSA32047371'");
    fleet::execute(&bench.db.pool, statement.leak()).await.unwrap();
}

#[tokio::test]
async fn a_signature_is_checked_when_a_key_is_known_and_asked_for_when_it_must_be_there() {
    for (policy, unsigned) in [(Signatures::Verify, None), (Signatures::Require, Some(Ack::Signature))] {
        let signing = Bench::with(|config| config.gb32960.signature = policy).await;
        let signer = "LSVSM2RSA32047371";
        let (bench, [car]) = bench([signer], &[], signing).await;
        give_public_key(&bench).await;
        bench.until("select count(*) from device where public_key is not null", 1).await;
        let mut chip = Terminal::connect(bench.gb32960, Edition::V2025, signer).await;
        // Until the register has been read again, the key is not known.
        let activated = loop {
            chip.send_raw(&signed("rsa, activation")).await;
            match chip.hear().await {
                (Command::ActivationReply, ack, data) => break (ack, data),
                _ => chip = Terminal::connect(bench.gb32960, Edition::V2025, signer).await,
            }
        };
        assert_eq!(activated, (Ack::Success, vec![1, 0]));
        let mut terminal = Terminal::sign_in(bench.gb32960, Edition::V2025, signer).await;
        terminal.send_raw(&signed("rsa, right")).await;
        terminal.send_raw(&signed("rsa, one bit of the odometer changed")).await;
        assert_eq!(terminal.hear().await.1, Ack::Signature);
        terminal.send(Command::Realtime, &report(Edition::V2025, 1)).await;
        if let Some(ack) = unsigned {
            assert_eq!(terminal.hear().await.1, ack);
        }
        settle(&mut terminal).await;
        let expected = if unsigned.is_some() { 1 } else { 2 };
        assert_eq!(bench.stored(car).await.len(), expected);
    }
}

const PAYLOAD_KEY: &str = "update device set payload_key = '\\x0123456789abcdeffedcba9876543210'";

#[tokio::test]
async fn encrypted_data_are_opened_and_open_data_are_refused_by_policy() {
    let strict = Bench::with(|config| config.gb32960.payload = Payloads::Encrypted).await;
    let (bench, [old, new]) = bench([OLD, NEW], &[PAYLOAD_KEY], strict).await;
    let secret: [u8; 16] = hex::decode("0123456789abcdeffedcba9876543210").unwrap().try_into().unwrap();
    let sm4 = Cipher::sm4(secret, Mode::Ecb);
    let aes = Cipher::aes128(secret, Mode::Ecb);
    for (edition, vin, car, encryption, cipher) in
        [(Edition::V2016, OLD, old, Encryption::Aes128, &aes), (Edition::V2025, NEW, new, Encryption::Sm4, &sm4)]
    {
        let mut terminal = Terminal::sign_in(bench.gb32960, edition, vin).await;
        let data = report(edition, 1);
        terminal.send_of(vin, Command::Realtime, encryption, &cipher.encrypt(&data)).await;
        terminal.send(Command::Realtime, &report(edition, 2)).await;
        assert_eq!(terminal.hear().await.1, Ack::Decryption.in_edition(edition), "in the clear");
        settle(&mut terminal).await;
        assert_eq!(bench.stored(car).await, [(1000, key(&data))]);
    }
    // A key that is exchanged under the old one is used from then on.
    bench.turn_clock(TimeDelta::seconds(61));
    let mut terminal = Terminal::sign_in(bench.gb32960, Edition::V2025, NEW).await;
    let mut exchange = vec![0x05, 0, 16];
    exchange.extend([7; 16]);
    exchange.extend(at(0));
    exchange.extend(at(3600));
    terminal.send(Command::KeyExchange, &exchange).await;
    assert_eq!(terminal.hear().await.1, Ack::Decryption, "a key that anybody could read is none");
    terminal.send_of(NEW, Command::KeyExchange, Encryption::Sm4, &sm4.encrypt(&exchange)).await;
    assert_eq!(terminal.hear().await.1, Ack::Success);
    let fresh = Cipher::sm4([7; 16], Mode::Ecb);
    terminal.send_of(NEW, Command::Realtime, Encryption::Sm4, &fresh.encrypt(&report(Edition::V2025, 3))).await;
    terminal.send_of(NEW, Command::Realtime, Encryption::Sm4, &sm4.encrypt(&report(Edition::V2025, 4))).await;
    assert_eq!(terminal.hear().await.1, Ack::Decryption, "the old one is over");
    settle(&mut terminal).await;
    assert_eq!(bench.stored(new).await.len(), 2);
}

#[tokio::test]
async fn a_vehicle_is_asked_and_its_answers_end_the_commands() {
    let (bench, _) = bench([OLD], &[], Bench::new().await).await;
    let mut terminal = Terminal::sign_in(bench.gb32960, Edition::V2016, OLD).await;
    let interval = bench.ask(OLD, "report_interval", json!({ "seconds": 5 })).await;
    let (command, ack, mut data) = terminal.hear().await;
    assert_eq!((command, ack, &data[6..]), (Command::Set, Ack::Command, [1, 2, 0, 5].as_slice()));
    data.truncate(6);
    terminal.answer(Command::Set, Ack::Success, &data).await;
    bench.until_ended(interval, "answered", "ok").await;

    let query = bench.ask(OLD, "query_parameters", json!({ "ids": ["0x02"] })).await;
    let (_, _, asked) = terminal.hear().await;
    assert_eq!(asked[6..], [1, 2]);
    terminal.answer(Command::Query, Ack::Success, &[&asked[..6], &[1, 2, 0, 5]].concat()).await;
    bench.until_ended(query, "answered", "ok").await;
    assert_eq!(bench.command(query).await.2, json!({ "parameters": { "report_period_s": 5 } }));

    let restart = bench.ask(OLD, "restart", json!({})).await;
    let (command, _, asked) = terminal.hear().await;
    assert_eq!((command, &asked[6..]), (Command::Control, [3].as_slice()));
    terminal.answer(Command::Control, Ack::Error, &asked[..6]).await;
    bench.until_ended(restart, "failed", "failed").await;
}

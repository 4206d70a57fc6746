//! JT/T 809 over real sockets: two gateways on two databases, the lower one tells the upper one where its vehicles are.

mod gate;
mod platform;
mod strangers;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::ingest::PositionRow;
use fleet_db::testing::fleet;
use gateway::jt809::config::{Encryption, Superior};
use gateway::probe::jt808::{Terminal, batch, location};
use telematics::id::VehicleNo;
use telematics::jt808::Edition as Jt808;
use telematics::jt809::Edition;
use telematics::record::Record;
use tempfile::NamedTempFile;

use crate::bench::{Bench, DEADLINE, deliver, driving, morning, within};
use gate::Gate;

const NUMBER: &str = "13800138001";
const PHONE: &str = "MP-1";

/// The upper platform's account of the lower one, which speaks for every vehicle.
const REGISTER: &[&str] = &[
    "insert into gb32960_platform (id, login, secret_sha256, name, unit_id, created_at, protocol, access_code)
     select gen_random_uuid(), '7', sha256('secret12'), '下级平台', id, to_timestamp(0), 'jt809', 1200 from unit limit 1",
    "update device set protocol = 'jt809', platform_id = (select id from gb32960_platform)",
];

/// The upper platform, where the same cars are known.
async fn upper(terminals: &[&str], setup: &[&'static str]) -> (Bench, Vec<VehicleNo>) {
    let mut bench = Bench::new().await;
    let mut cars = Vec::new();
    for terminal in terminals {
        cars.push(bench.car(terminal).await);
    }
    for statement in REGISTER.iter().chain(setup) {
        fleet::execute(&bench.db.pool, statement).await.unwrap();
    }
    bench.start().await;
    (bench, cars)
}

/// A link to what is behind `gate`, quick in everything.
fn superior(gate: &Gate, password: &NamedTempFile) -> Superior {
    Superior {
        name: "province".to_owned(),
        address: gate.address.to_string(),
        user: 7,
        password_file: password.path().to_owned(),
        access_code: 1200,
        platform_id: "33010012345".to_owned(),
        every_ms: 20,
        confirm_secs: 0,
        retry_max_secs: 1,
        ..Superior::default()
    }
}

fn password() -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "secret12\n").unwrap();
    file
}

/// Everything stored of a vehicle.
async fn rows(bench: &Bench, vehicle: VehicleNo) -> Vec<PositionRow> {
    let mut conn = fleet_db::acquire(&bench.db.pool).await.unwrap();
    let (from, to) = (morning() - TimeDelta::days(20), morning() + TimeDelta::days(20));
    fleet_db::track::read(&mut conn, vehicle, from, to).await.unwrap()
}

/// Waits until the vehicle has so many positions.
async fn until(bench: &Bench, vehicle: VehicleNo, count: usize) -> Vec<PositionRow> {
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    let reached = async {
        loop {
            ticks.tick().await;
            let rows = rows(bench, vehicle).await;
            if rows.len() >= count {
                return rows;
            }
        }
    };
    let Ok(rows) = tokio::time::timeout(DEADLINE, reached).await else {
        panic!("{} of {count} positions", rows(bench, vehicle).await.len());
    };
    rows
}

/// What both editions carry of a position, and in 2019 what they carry beyond.
fn carried(row: &PositionRow, edition: Edition) -> (DateTime<Utc>, [Option<i64>; 11]) {
    let is_new = edition == Edition::V2019;
    let coarse = |value: Option<i64>, to: i64| value.map(|value| if is_new { value } else { (value + to / 2) / to * to });
    let fields = [
        row.lon_e7.map(i64::from),
        row.lat_e7.map(i64::from),
        row.heading_deg.map(i64::from),
        row.altitude_m.map(i64::from),
        row.alarm_bits,
        Some(i64::from(row.flags & 3)),
        coarse(row.speed_dkmh.map(i64::from), 10),
        coarse(row.odometer_m.map(i64::from), 1000),
        row.fuel_dl.filter(|_| is_new).map(i64::from),
        row.satellites.filter(|_| is_new).map(i64::from),
        row.fuel_permille.map(i64::from),
    ];
    (row.fixed_at, fields)
}

fn all_carried(rows: &[PositionRow], edition: Edition) -> Vec<(DateTime<Utc>, [Option<i64>; 11])> {
    rows.iter().map(|row| carried(row, edition)).collect()
}

/// The report of a terminal `secs` after the morning, with everything that a report may have and a link carries.
fn report(secs: i64) -> Vec<u8> {
    let step = u32::try_from(secs).unwrap();
    let mut report = location(morning() + TimeDelta::seconds(secs), 30_250_000 + step, 120_150_000 + 104 * step, 10_000 + step);
    // Alarms: speeding; altitude, speed and heading of its own.
    report[3] = 2;
    report[16..18].copy_from_slice(&(200 + u16::try_from(secs).unwrap()).to_be_bytes());
    report[18..20].copy_from_slice(&(300 + u16::try_from(secs).unwrap()).to_be_bytes());
    report[20..22].copy_from_slice(&u16::try_from(secs % 360).unwrap().to_be_bytes());
    report.extend_from_slice(&[0x02, 2, 0x01, 0x9c, 0x31, 1, 9]);
    report
}

async fn drive(terminal: &mut Terminal, seconds: std::ops::Range<i64>) {
    for secs in seconds {
        assert_eq!(within(terminal.asked(0x0200, &report(secs))).await.unwrap(), 0);
    }
}

/// One step of the whole: both kinds of terminals below, the same positions above.
async fn mirrored(edition: Edition, encryption: Option<Encryption>, setup: &[&'static str]) {
    let (above, cars) = upper(&[NUMBER, PHONE], setup).await;
    let (gate, password) = (Gate::before(above.jt809).await, password());
    let mut below = Bench::new().await;
    let (truck, car) = (below.truck(NUMBER).await, below.car(PHONE).await);
    below.config.jt809.superiors = vec![Superior { edition, encryption, ..superior(&gate, &password) }];
    below.start().await;
    let mut terminal = below.terminal(NUMBER, Jt808::V2013).await;
    let mut probe = below.probe(PHONE).await;
    // The first may be there before the link is up, and is told later; all others are told as they happen.
    drive(&mut terminal, 0..1).await;
    until(&above, cars[0], 1).await;
    drive(&mut terminal, 1..20).await;
    for secs in 0..20 {
        let record = Record { odo: Some(5000.0), alt: Some(7.0), ..driving(secs, secs) };
        deliver(&mut probe, &record).await;
    }
    for (mine, theirs) in [(truck, cars[0]), (car, cars[1])] {
        let (sent, got) = (rows(&below, mine).await, until(&above, theirs, 20).await);
        let longitude = |row: &PositionRow| row.lon_e7.unwrap();
        assert_eq!((sent.len(), got.len()), (20, 20));
        // A phone has finer digits than a link carries.
        let rounded: Vec<PositionRow> =
            sent.into_iter().map(|row| PositionRow { lon_e7: Some((longitude(&row) + 5) / 10 * 10), ..row }).collect();
        assert_eq!(all_carried(&got, edition), all_carried(&rounded, edition), "{edition}");
    }
    let later = "select count(*) from vehicle_position where flags & 16 <> 0 and fixed_at > '2026-06-01T00:00:00Z'";
    assert_eq!(above.number(later).await, 0, "as it happened");
    let unconfirmed = "select count(*) from mirror_cursor c where c.fixed_at < (select max(fixed_at) from vehicle_position p where p.vehicle_no = c.vehicle_no)";
    below.until(unconfirmed, 0).await;
    assert_eq!(above.number("select count(*) from quarantined_record").await, 0);
}

#[tokio::test]
async fn mirrored_positions_equal_sent_positions() {
    mirrored(Edition::V2019, None, &[]).await;
    mirrored(Edition::V2011, None, &[]).await;
}

#[tokio::test]
async fn an_encrypted_link_carries_the_same() {
    let cipher = Encryption { m1: 10_000_000, ia1: 20_000_000, ic1: 30_000_000, key: 256_178 };
    mirrored(Edition::V2019, Some(cipher), &["update gb32960_platform set cipher = '{10000000,20000000,30000000}'"]).await;
}

#[tokio::test]
async fn what_is_reported_before_the_first_sign_in_is_told_behind_it() {
    let (above, cars) = upper(&[NUMBER], &[]).await;
    let (gate, password) = (Gate::before(above.jt809).await, password());
    gate.shut();
    let mut below = Bench::new().await;
    below.truck(NUMBER).await;
    below.config.jt809.superiors = vec![superior(&gate, &password)];
    below.start().await;
    let mut terminal = below.terminal(NUMBER, Jt808::V2013).await;
    drive(&mut terminal, 0..5).await;
    gate.open();
    assert_eq!(until(&above, cars[0], 5).await.len(), 5);
}

#[tokio::test]
async fn after_a_break_the_link_resumes_with_nothing_missing_and_nothing_twice() {
    let (above, cars) = upper(&[NUMBER], &[]).await;
    let (gate, password) = (Gate::before(above.jt809).await, password());
    let mut below = Bench::new().await;
    let truck = below.truck(NUMBER).await;
    below.config.jt809.superiors = vec![superior(&gate, &password)];
    below.start().await;
    let mut terminal = below.terminal(NUMBER, Jt808::V2013).await;
    drive(&mut terminal, 0..30).await;
    until(&above, cars[0], 10).await;
    // In the middle: some of what was said is on its way, some was heard and not confirmed.
    gate.shut();
    drive(&mut terminal, 30..150).await;
    let before = rows(&above, cars[0]).await.len();
    assert!((10..=30).contains(&before), "{before} have come before the break");
    gate.open();
    drive(&mut terminal, 150..160).await;
    let got = until(&above, cars[0], 160).await;
    let sent = rows(&below, truck).await;
    assert_eq!(all_carried(&got, Edition::V2019), all_carried(&sent, Edition::V2019), "nothing missing, nothing twice, in order");
    let later = above.number("select count(*) from vehicle_position where flags & 16 <> 0").await;
    assert!((100..=160).contains(&later), "{later} are marked as told later");

    // A gateway that dies goes on where the platform had confirmed, not at the beginning.
    below.until("select count(*) from mirror_cursor where fixed_at < (select max(fixed_at) from vehicle_position)", 0).await;
    below.abandon().await;
    let duplicates = "select count(*) from vehicle_position where fixed_at < '2026-06-01T00:02:40Z'";
    assert_eq!(above.number(duplicates).await, 160);
    below.start().await;
    let mut terminal = below.terminal(NUMBER, Jt808::V2013).await;
    drive(&mut terminal, 160..170).await;
    assert_eq!(until(&above, cars[0], 170).await.len(), 170);
    assert!(gate.visits() >= 3, "{} connections", gate.visits());
}

#[tokio::test]
async fn what_a_terminal_sends_late_is_told_too() {
    let (above, cars) = upper(&[NUMBER], &[]).await;
    let (gate, password) = (Gate::before(above.jt809).await, password());
    let mut below = Bench::new().await;
    let truck = below.truck(NUMBER).await;
    below.config.jt809.superiors = vec![superior(&gate, &password)];
    below.start().await;
    let mut terminal = below.terminal(NUMBER, Jt808::V2013).await;
    drive(&mut terminal, 100..110).await;
    until(&above, cars[0], 10).await;
    // From the blind area: older than everything that was told, and one that is a copy.
    let kept: Vec<Vec<u8>> = (0..20).chain([105]).map(report).collect();
    assert_eq!(within(terminal.asked(0x0704, &batch(1, &kept))).await.unwrap(), 0);
    let got = until(&above, cars[0], 30).await;
    assert_eq!(all_carried(&got, Edition::V2019), all_carried(&rows(&below, truck).await, Edition::V2019));
    below.until("select count(*) from mirror_late", 0).await;
    // And while the link is away.
    gate.shut();
    let kept: Vec<Vec<u8>> = (20..40).map(report).collect();
    assert_eq!(within(terminal.asked(0x0704, &batch(1, &kept))).await.unwrap(), 0);
    drive(&mut terminal, 110..112).await;
    gate.open();
    let got = until(&above, cars[0], 52).await;
    assert_eq!(all_carried(&got, Edition::V2019), all_carried(&rows(&below, truck).await, Edition::V2019));
}

#[tokio::test]
async fn a_platform_is_told_of_the_chosen_vehicles_alone() {
    let (above, cars) = upper(&[NUMBER, "MP-1", "MP-2", "MP-3"], &[]).await;
    let (gate, password) = (Gate::before(above.jt809).await, password());
    let mut below = Bench::new().await;
    for terminal in ["MP-1", "MP-2", "MP-3"] {
        below.car(terminal).await;
    }
    fleet::execute(&below.db.pool, "update vehicle set category = 'confidential_courier' where plate = '浙AMP-1'").await.unwrap();
    let without_plates = vec!["浙AMP-2".to_owned()];
    below.config.jt809.superiors = vec![Superior { without_plates, ..superior(&gate, &password) }];
    below.start().await;
    let mut probes = Vec::new();
    for terminal in ["MP-1", "MP-2", "MP-3"] {
        probes.push(below.probe(terminal).await);
    }
    for secs in 0..5 {
        for probe in &mut probes {
            deliver(probe, &driving(secs, secs)).await;
        }
    }
    until(&above, cars[3], 5).await;
    assert_eq!(above.number("select count(*) from vehicle_position").await, 5, "of the third vehicle alone");
    // A vehicle that is released is told of from then on, not of what it did before.
    fleet::execute(&below.db.pool, "update vehicle set category = 'emergency_support' where plate = '浙AMP-1'").await.unwrap();
    below.until("select count(*) from mirror_cursor where is_chosen", 2).await;
    deliver(&mut probes[0], &driving(100, 100)).await;
    assert_eq!(until(&above, cars[1], 1).await[0].fixed_at, morning() + TimeDelta::seconds(100));
    assert_eq!(above.number("select count(*) from vehicle_position").await, 6);
}

#[tokio::test]
async fn a_car_that_is_exempt_is_not_told_of_now_nor_later() {
    let (above, cars) = upper(&[NUMBER, PHONE], &[]).await;
    let (gate, password) = (Gate::before(above.jt809).await, password());
    let mut below = Bench::new().await;
    let (truck, _) = (below.truck(NUMBER).await, below.car(PHONE).await);
    below.config.jt809.superiors = vec![superior(&gate, &password)];
    below.start().await;
    let mut terminal = below.terminal(NUMBER, Jt808::V2013).await;
    let mut probe = below.probe(PHONE).await;
    drive(&mut terminal, 0..5).await;
    until(&above, cars[0], 5).await;
    gate.shut();
    // These are stored below, and the platform has not heard of them when the exemption begins.
    drive(&mut terminal, 5..10).await;
    fleet::exempt(&below.db.pool, truck, morning() + TimeDelta::seconds(10)).await.unwrap();
    gate.open();
    drive(&mut terminal, 10..20).await;
    for secs in 0..20 {
        deliver(&mut probe, &driving(secs, secs)).await;
    }
    until(&above, cars[1], 20).await;
    assert_eq!(rows(&above, cars[0]).await.len(), 5, "the platform heard what it was told before, and nothing more");
    assert_eq!(below.number("select count(*) from mirror_late").await, 0);
}

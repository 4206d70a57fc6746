//! Alarms of devices: one start and one end, over repetitions, late records, a restart, and what was stored in a blind area.

use chrono::TimeDelta;
use fleet_db::alarm;
use telematics::alarm::{Alarm, AlarmKind, DeviceAlarms};
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use tokio::time::timeout;

use crate::bench::{Bench, DEADLINE, driving, morning};

/// Driving, `secs` after the morning, with this alarm word.
fn word(secs: i64, word: u32) -> Observation {
    let seen = driving(secs, secs).to_observation(morning() + TimeDelta::seconds(secs)).unwrap();
    Observation { alarms: Some(DeviceAlarms::of_jt808(word)), ..seen }
}

/// The same, stored by the device and sent later.
fn stored(secs: i64, bits: u32) -> Observation {
    Observation { replayed: true, ..word(secs, bits) }
}

/// Hands in one message of the device and waits until it is durable.
async fn say(bench: &Bench, seen: Vec<Observation>) {
    let doorway = bench.gateway().doorway();
    let device = doorway.device("MP-1").unwrap();
    let pending = doorway.hand_in(&device, seen.into_iter().map(|seen| (seen, Vec::new())), []).await.unwrap();
    timeout(DEADLINE, pending.durable()).await.unwrap().unwrap();
}

/// `sos 10-40`, `sos 10-`; an exclamation mark where nobody was told.
async fn alarms(bench: &Bench, car: VehicleNo) -> Vec<String> {
    let mut conn = bench.pool.acquire().await.unwrap();
    let day = morning() + TimeDelta::days(1);
    let mut told: Vec<Alarm> = alarm::list(&mut conn, car, morning(), day, None, 10_000).await.unwrap();
    told.sort_by_key(|alarm| (alarm.raised_at, alarm.kind));
    let secs = |at: chrono::DateTime<chrono::Utc>| (at - morning()).num_seconds();
    told.iter()
        .map(|alarm| {
            let cleared = alarm.cleared_at.map(|at| secs(at).to_string()).unwrap_or_default();
            format!("{}{:?} {}-{cleared}", if alarm.replayed { "!" } else { "" }, alarm.kind, secs(alarm.raised_at))
        })
        .collect()
}

#[tokio::test]
async fn each_mapped_bit_raises_one_alarm_and_ends_it_once() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let device_kinds: Vec<AlarmKind> = AlarmKind::all().filter(|kind| kind.is_told_by_devices()).collect();
    for (place, kind) in (0..).zip(&device_kinds) {
        let told = DeviceAlarms::JT808 | DeviceAlarms::GB32960;
        let say_bit = |secs: i64, on: bool| Observation {
            alarms: Some(DeviceAlarms { on: if on { 1 << kind.bit() } else { 0 }, told }),
            ..word(place * 100 + secs, 0)
        };
        bench.turn_clock(TimeDelta::seconds(100));
        let on = say_bit(10, true);
        say(&bench, vec![say_bit(0, false), on.clone(), on.clone()]).await;
        say(&bench, vec![on, say_bit(20, true)]).await;
        say(&bench, vec![say_bit(30, false), say_bit(20, true), say_bit(40, false)]).await;
        if place % 20 == 0 {
            bench.stop().await;
            bench.start().await;
        }
    }
    let expected: Vec<String> =
        (0..).zip(&device_kinds).map(|(place, kind)| format!("{kind:?} {}-{}", place * 100 + 10, place * 100 + 30)).collect();
    assert_eq!(alarms(&bench, car).await, expected);
}

#[tokio::test]
async fn a_crash_between_start_and_end_makes_no_second_alarm() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    say(&bench, vec![word(0, 0), word(10, 1)]).await;
    for secs in [20, 30] {
        bench.abandon().await;
        bench.start().await;
        say(&bench, vec![word(10, 1), word(secs, 1)]).await;
    }
    assert_eq!(alarms(&bench, car).await, ["sos 10-"]);
    // A tracker that another version saved cannot be read: what is open is known from the store.
    bench.abandon().await;
    fleet_db::testing::fleet::execute(&bench.pool, "update vehicle_live set tracker = '\\x00'").await.unwrap();
    fleet_db::testing::fleet::execute(&bench.pool, "delete from vehicle_position where sequence < 30").await.unwrap();
    bench.start().await;
    say(&bench, vec![word(40, 1), word(50, 0), word(60, 0)]).await;
    assert_eq!(alarms(&bench, car).await, ["sos 10-50"]);
}

#[tokio::test]
async fn a_blind_area_before_the_first_live_fix_shows_the_newest_place_and_tells_nobody() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    let mut live = bench.live.subscribe();
    bench.start().await;
    say(&bench, vec![word(0, 0)]).await;
    say(&bench, vec![stored(100, 1), stored(200, 1), stored(300, 0), stored(400, 2)]).await;
    let newest = std::iter::from_fn(|| live.try_recv().ok()).last().unwrap();
    assert_eq!(newest[0].fixed_at, Some(morning() + TimeDelta::seconds(400)), "the newest place that is known");
    assert_eq!(alarms(&bench, car).await, ["!sos 100-300", "!overspeed 400-"]);
    // The live fix says that it is still speeding: now somebody is told, of the same alarm.
    say(&bench, vec![word(500, 2)]).await;
    say(&bench, vec![stored(450, 0)]).await;
    let newest = std::iter::from_fn(|| live.try_recv().ok()).last().unwrap();
    assert_eq!(newest[0].fixed_at, Some(morning() + TimeDelta::seconds(500)), "never back");
    say(&bench, vec![word(600, 0)]).await;
    assert_eq!(alarms(&bench, car).await, ["!sos 100-300", "overspeed 400-600"]);
    let marked = "select count(*) from vehicle_position where flags & 16 <> 0";
    assert_eq!(bench.number(marked).await, 5, "what was stored is marked");
}

#[tokio::test]
async fn a_blind_area_after_the_first_live_fix_is_history_and_never_a_live_alarm() {
    let mut bench = Bench::with(|config| config.revise_after_secs = 0).await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    say(&bench, vec![word(0, 0)]).await;
    say(&bench, vec![word(500, 2)]).await;
    let mut live = bench.live.subscribe();
    say(&bench, vec![stored(100, 1), stored(200, 1), stored(300, 0), stored(400, 2)]).await;
    bench.until("select count(*) from track_revision", 0).await;
    bench.until("select count(*) from vehicle_alarm", 2).await;
    assert_eq!(alarms(&bench, car).await, ["!sos 100-300", "overspeed 500-"], "what was told stays as it was told");
    let states: Vec<_> = std::iter::from_fn(|| live.try_recv().ok()).collect();
    assert!(states.iter().all(|states| states[0].fixed_at == Some(morning() + TimeDelta::seconds(500))));
    say(&bench, vec![word(600, 0)]).await;
    assert_eq!(alarms(&bench, car).await, ["!sos 100-300", "overspeed 500-600"]);
}

//! Cars that are exempt from tracking (免定位): every message is acknowledged and counted, and none of it is anywhere.

use chrono::TimeDelta;
use fleet_db::testing::fleet;
use gateway::probe::Probe;
use gateway::probe::jt808::{Terminal, batch};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use rmqtt_codec::types::QoS;
use telematics::id::VehicleNo;
use telematics::jt808::Edition;
use tokio::sync::broadcast::error::TryRecvError;

use crate::bench::{Bench, deliver, driving, json, morning, next};
use crate::jt808::{asked, driving as report};

const NUMBER: &str = "13800138001";

/// Everything that could tell where the two exempt cars are, but positions of before 08:01.
const TRACES: &str = "select (select count(*) from vehicle_position where vehicle_no <= 2 and fixed_at >= '2026-06-01T00:01:00Z')
    + (select count(*) from vehicle_position_late where vehicle_no <= 2)
    + (select count(*) from vehicle_live where vehicle_no <= 2)
    + (select count(*) from trip where vehicle_no <= 2)
    + (select count(*) from vehicle_stop where vehicle_no <= 2)
    + (select count(*) from vehicle_event where vehicle_no <= 2 and at >= '2026-06-01T00:01:00Z')
    + (select count(*) from vehicle_alarm where vehicle_no <= 2 and raised_at >= '2026-06-01T00:01:00Z')
    + (select count(*) from track_revision where vehicle_no <= 2)
    + (select count(*) from quarantined_record)
    + (select count(*) from terminal_report)
    + (select count(*) from device_frame f join device d on d.id = f.device_id where d.terminal_id <> 'MP-2')
    + (select count(*) from terminal_command where answer is not null)";

/// Two cars and a neighbour, of which the first two will be exempt, on the road since eight.
struct Scene {
    bench: Bench,
    truck: VehicleNo,
    car: VehicleNo,
    neighbour: VehicleNo,
    terminal: Terminal,
    probe: Probe,
    other: Probe,
}

impl Scene {
    async fn new() -> Self {
        let mut bench = Bench::new().await;
        let (truck, car, neighbour) = (bench.truck(NUMBER).await, bench.car("MP-1").await, bench.car("MP-2").await);
        assert_eq!((truck.0, car.0), (1, 2));
        bench.start().await;
        let terminal = bench.terminal(NUMBER, Edition::V2013).await;
        let (probe, other) = (bench.probe("MP-1").await, bench.probe("MP-2").await);
        let mut scene = Self { bench, truck, car, neighbour, terminal, probe, other };
        scene.say(0).await;
        let watch = "insert into frame_watch (device_id, until) select id, '2026-06-02T00:00:00Z' from device";
        fleet::execute(&scene.bench.db.pool, watch).await.unwrap();
        scene
    }

    /// All three report once.
    async fn say(&mut self, secs: i64) {
        assert_eq!(asked(&mut self.terminal, 0x0200, &report(secs)).await, 0);
        deliver(&mut self.probe, &driving(secs, secs)).await;
        deliver(&mut self.other, &driving(secs, secs)).await;
    }

    /// From 08:01 on the first two are exempt.
    async fn exempt(&mut self) {
        self.bench.turn_clock(TimeDelta::seconds(60));
        let at = morning() + TimeDelta::seconds(60);
        for vehicle in [self.truck, self.car] {
            fleet::exempt(&self.bench.db.pool, vehicle, at).await.unwrap();
        }
    }

    /// Everything else that a terminal may say, of which each is kept in its own place.
    async fn say_all(&mut self) {
        let mut no_time = report(70);
        no_time[22..28].copy_from_slice(&[0xff; 6]);
        let mut sos = report(71);
        sos[3] = 1;
        let positions: Vec<Vec<u8>> = (62..66).map(report).collect();
        let media = [0, 0, 0, 7, 0, 0, 1, 1];
        for (id, body) in [
            (0x0200, no_time.as_slice()),
            (0x0200, &sos),
            (0x0200, &report(11 * 3600)),
            (0x0704, &batch(1, &positions)),
            (0x0800, &media),
        ] {
            assert_eq!(asked(&mut self.terminal, id, body).await, 0, "{id:#06x} is acknowledged, so that it does not come again");
        }
        deliver(&mut self.probe, &driving(900, 11 * 3600)).await;
        let garbage =
            self.probe.publish("pos", QoS::AtLeastOnce, format!("[{},x", String::from_utf8(json(&driving(7, 70))).unwrap()));
        self.probe.flush().await.unwrap();
        assert_eq!(next(&mut self.probe).await, gateway::probe::Heard::Ack(garbage, 0));
    }
}

/// What the gateway of this test counts; tasks of a test run on its own thread.
fn counters() -> (metrics::LocalRecorderGuard<'static>, PrometheusHandle) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    (metrics::set_default_local_recorder(Box::leak(Box::new(recorder))), handle)
}

fn counted(handle: &PrometheusHandle, what: &str) -> u64 {
    let line = format!("motorpool_gateway_exempt_total{{what=\"{what}\"}} ");
    handle.render().lines().find_map(|found| found.strip_prefix(&line)?.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn of_an_exempt_car_nothing_is_kept_while_every_message_is_acknowledged_and_counted() {
    let (_guard, counters) = counters();
    let mut scene = Scene::new().await;
    scene
        .bench
        .until("select count(*) from device_frame where device_id in (select id from device where terminal_id = 'MP-2')", 1)
        .await;
    scene.exempt().await;
    assert_eq!(
        scene.bench.number("select count(*) from vehicle_position where vehicle_no <= 2").await,
        2,
        "what was before stays"
    );
    let mut told = scene.bench.live.subscribe();
    // At once: the store refuses what the gateway does not know yet, and the gateway asks it.
    scene.say(60).await;
    scene.say_all().await;
    scene.say(80).await;
    assert_eq!(scene.bench.number(TRACES).await, 0);
    assert_eq!(scene.bench.stored(scene.neighbour).await, [(0, 0), (60_000, 60), (80_000, 80)], "the neighbour is not harmed");
    loop {
        match told.try_recv() {
            Ok(states) => assert!(states.iter().all(|state| state.vehicle == scene.neighbour), "{states:?}"),
            Err(TryRecvError::Lagged(_)) => panic!("so much was not told"),
            Err(_) => break,
        }
    }
    // Three and four positions of JT/T 808 live and stored, one from the future of each, one of MQTT that stands before garbage.
    assert!(counted(&counters, "position") >= 10, "{}", counters.render());
    assert!(counted(&counters, "aside") >= 2 && counted(&counters, "report") >= 1, "{}", counters.render());
    assert!(counted(&counters, "frame") >= 1, "{}", counters.render());
    assert!(!counters.render().contains("120.1"), "a number and no place");
    scene.bench.stop().await;
    assert_eq!(scene.bench.number(TRACES).await, 0, "nor when everything is saved at the end");
    scene.bench.start().await;
    scene.terminal = scene.bench.terminal(NUMBER, Edition::V2013).await;
    scene.probe = scene.bench.probe("MP-1").await;
    scene.other = scene.bench.probe("MP-2").await;
    scene.say(90).await;
    assert_eq!(scene.bench.number(TRACES).await, 0, "nor after a restart");
}

#[tokio::test]
async fn a_place_that_was_asked_for_is_not_kept_either() {
    let mut scene = Scene::new().await;
    scene.exempt().await;
    let id = scene.bench.ask(NUMBER, "locate", serde_json::json!({})).await;
    let heard = crate::bench::within(scene.terminal.next()).await.unwrap();
    let gateway::probe::jt808::Heard::Said(serial, _) = heard else { panic!("{heard:?}") };
    let mut body = serial.to_be_bytes().to_vec();
    body.extend(report(70));
    scene.terminal.send(0x0201, &body).await.unwrap();
    scene.bench.until_ended(id, "answered", "ok").await;
    assert_eq!(scene.bench.command(id).await.2, serde_json::Value::Null);
    assert_eq!(scene.bench.number(TRACES).await, 0);
}

#[tokio::test]
async fn what_a_terminal_stored_meanwhile_is_not_taken_when_it_is_over() {
    let mut scene = Scene::new().await;
    scene.exempt().await;
    scene.say(60).await;
    scene.bench.turn_clock(TimeDelta::seconds(60));
    let end = morning() + TimeDelta::seconds(120);
    for vehicle in [scene.truck, scene.car] {
        fleet::end_exemption(&scene.bench.db.pool, vehicle, end).await.unwrap();
    }
    // The gateway hears of it in a moment; what comes before then is left out still.
    let mut secs = 120;
    while scene.bench.stored(scene.truck).await.len() < 2 || scene.bench.stored(scene.car).await.len() < 2 {
        scene.say(secs).await;
        secs += 1;
        assert!(secs < 5000, "tracking begins again");
    }
    let kept = scene.bench.stored(scene.truck).await;
    let backlog: Vec<Vec<u8>> = [30, 59, 60, 90, 119].into_iter().map(report).collect();
    assert_eq!(asked(&mut scene.terminal, 0x0704, &batch(1, &backlog)).await, 0);
    for (sequence, at) in [(30, 30), (59, 59), (61, 60), (90, 90), (119, 119)] {
        deliver(&mut scene.probe, &driving(sequence, at)).await;
    }
    for vehicle in [scene.truck, scene.car] {
        let within = scene.bench.stored(vehicle).await.into_iter().map(|(at, _)| at / 1000).filter(|at| *at < 120);
        assert_eq!(within.collect::<Vec<_>>(), [0, 30, 59], "of before, and nothing of the time between");
    }
    assert_eq!(scene.bench.stored(scene.truck).await.len(), kept.len() + 2);
    // What cannot be read may be of then: that it came is all that is kept.
    let mut no_time = report(70);
    no_time[22..28].copy_from_slice(&[0xff; 6]);
    assert_eq!(asked(&mut scene.terminal, 0x0200, &no_time).await, 0);
    let aside = fleet::quarantined(&scene.bench.db.pool).await.unwrap();
    assert_eq!(aside, [("jt808.bcd".to_owned(), Vec::new())]);
    let up = "select count(*) from device_frame f join device d on d.id = f.device_id where d.terminal_id <> 'MP-2' and f.direction = 'up'";
    assert_eq!(scene.bench.number(up).await, 0);
}

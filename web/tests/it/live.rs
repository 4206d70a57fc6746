//! The live channel over real sockets: snapshot, deltas, gaps, slow readers, sessions that end.

use std::net::SocketAddr;
use std::time::Duration as StdDuration;

use axum::http::Method;
use chrono::Duration;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use telematics::live::LiveState;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use web::Config;

use crate::harness::{Car, Client, EAST, WEST, World, add_car, moving, noon};
use crate::live_client::{Fleet, Took};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Frames that are more than the network holds for a reader that does not read.
const FRAMES: usize = 1500;
/// How long a test waits for what must happen.
const DEADLINE: StdDuration = StdDuration::from_secs(20);

/// Asks again and again until there is an answer.
pub(crate) async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let look = async {
        let mut ticks = tokio::time::interval(StdDuration::from_millis(20));
        loop {
            ticks.tick().await;
            if let Some(found) = ask().await {
                return found;
            }
        }
    };
    tokio::time::timeout(DEADLINE, look).await.expect("it did not happen in time")
}

fn quick() -> Config {
    Config { live_tick_ms: 20, ..Config::default() }
}

async fn snapshot(client: &Client) -> Fleet {
    let mut fleet = Fleet::default();
    let answer = client.get("/live/snapshot").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(fleet.take(&answer.body), Took::Snapshot);
    fleet
}

pub(crate) async fn connect(
    address: SocketAddr,
    client: &Client,
    since: Option<u64>,
    origin: Option<&str>,
) -> Result<Socket, Error> {
    let query = since.map(|since| format!("?since={since}")).unwrap_or_default();
    let mut request = format!("ws://{address}/api/v1/live{query}").into_client_request().unwrap();
    if let Some(cookie) = &client.cookie {
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
    }
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    Ok(tokio_tungstenite::connect_async(request).await?.0)
}

/// A socket whose network takes little in advance.
async fn connect_narrow(address: SocketAddr, client: &Client, since: u64) -> WebSocketStream<TcpStream> {
    let narrow = TcpSocket::new_v4().unwrap();
    narrow.set_recv_buffer_size(4096).unwrap();
    let stream = narrow.connect(address).await.unwrap();
    let mut request = format!("ws://{address}/api/v1/live?since={since}").into_client_request().unwrap();
    request.headers_mut().insert("cookie", client.cookie.as_deref().unwrap().parse().unwrap());
    tokio_tungstenite::client_async(request, stream).await.unwrap().0
}

/// The next binary frame.
pub(crate) async fn frame<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>) -> Vec<u8> {
    let next = async {
        loop {
            match socket.next().await.expect("the socket has ended").unwrap() {
                Message::Binary(frame) => return frame.to_vec(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a frame: {other:?}"),
            }
        }
    };
    tokio::time::timeout(DEADLINE, next).await.expect("no frame came in time")
}

/// The close code with which the socket ends.
pub(crate) async fn close_code(socket: &mut Socket) -> Option<u16> {
    let end = async {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    };
    tokio::time::timeout(DEADLINE, end).await.expect("the socket did not end in time")
}

async fn two_cars(config: Config) -> (World, [Car; 2]) {
    World::with(config, async |pool| [add_car(pool, WEST, "浙A00001", None).await, add_car(pool, EAST, "浙A00002", None).await])
        .await
}

#[tokio::test]
async fn a_car_that_moves_is_seen_moving() {
    let (world, [car, other]) = two_cars(quick()).await;
    let (client, address) = (world.sign_in("dispatcher").await, world.listen().await);
    let mut fleet = snapshot(&client).await;
    assert_eq!(fleet.vehicles.len(), 1, "the scope's car and no other");
    let no = car.no.0.cast_unsigned();
    assert_eq!((fleet.vehicles[&no].status, fleet.vehicles[&no].flags), (2, 0), "never heard of: offline, nowhere");
    let mut socket = connect(address, &client, Some(fleet.seq), None).await.unwrap();
    for (n, lon) in [120.15, 120.16, 120.155].into_iter().enumerate() {
        world.pass(Duration::seconds(1));
        world.feed.send(vec![moving(car.no, world.now(), lon, 30.28), moving(other.no, world.now(), 120.0, 30.0)]);
        assert_eq!(fleet.take(&frame(&mut socket).await), Took::Delta(1), "{n}");
        let seen = fleet.vehicles[&no];
        assert!((f64::from(seen.x) / 2_147_483_648.0 * 360.0 - 180.0 - lon).abs() < 2e-6, "within 15 cm");
        assert_eq!((seen.status, seen.speed, seen.heading, seen.flags), (0, 48, 64, 0b1100));
        assert_eq!(i64::from(seen.fixed_at), world.now().timestamp());
    }
    assert_eq!(fleet, snapshot(&client).await, "who follows has what is told to who comes");
    let gone = LiveState { online: false, ..moving(car.no, world.now(), 120.155, 30.28) };
    world.feed.send(vec![gone]);
    assert_eq!(fleet.take(&frame(&mut socket).await), Took::Delta(1));
    assert_eq!(fleet.vehicles[&no].status, 2, "offline is told too");
}

#[tokio::test]
async fn what_happens_between_two_ticks_is_one_frame_and_silence_has_a_heartbeat() {
    let (world, [car, _]) = two_cars(Config { live_tick_ms: 300, ..Config::default() }).await;
    let (client, address) = (world.sign_in("dispatcher").await, world.listen().await);
    let mut fleet = snapshot(&client).await;
    let mut socket = connect(address, &client, Some(fleet.seq), None).await.unwrap();
    for n in 0..50 {
        world.feed.send(vec![moving(car.no, noon(), 120.0 + f64::from(n) * 1e-3, 30.0)]);
    }
    let mut frames = 0;
    let last = (120.049_f64 + 180.0) / 360.0 * 2_147_483_648.0;
    while (f64::from(fleet.vehicles[&car.no.0.cast_unsigned()].x) - last).abs() > 8.0 {
        assert_eq!(fleet.take(&frame(&mut socket).await), Took::Delta(1));
        frames += 1;
    }
    assert!(frames <= 2, "{frames} frames for what happened at once");
    world.pass(Duration::seconds(5));
    assert_eq!(fleet.take(&frame(&mut socket).await), Took::Delta(0), "a heartbeat");
}

#[tokio::test]
async fn who_was_away_shortly_gets_what_was_missed_and_who_was_away_long_starts_anew() {
    let (world, [car, _]) = two_cars(quick()).await;
    let (client, address) = (world.sign_in("dispatcher").await, world.listen().await);
    let mut fleet = snapshot(&client).await;
    let begun = fleet.seq;
    let mut lon = 120.0;
    let mut drive = async |fleet: &mut Fleet, frames: u64| {
        let goal = fleet.seq + frames;
        let mut socket = connect(address, &client, Some(fleet.seq), None).await.unwrap();
        while fleet.seq < goal {
            lon += 1e-4;
            world.feed.send(vec![moving(car.no, noon(), lon, 30.0)]);
            assert_eq!(fleet.take(&frame(&mut socket).await), Took::Delta(1));
        }
    };
    let mut follower = fleet.clone();
    drive(&mut follower, 10).await;
    let mut socket = connect(address, &client, Some(begun), None).await.unwrap();
    while fleet.seq < follower.seq {
        assert_eq!(fleet.take(&frame(&mut socket).await), Took::Delta(1));
    }
    assert_eq!(fleet, follower);
    drive(&mut follower, 80).await;
    for since in [Some(begun), Some(follower.seq + 1000), Some(0), None] {
        let mut socket = connect(address, &client, since, None).await.unwrap();
        assert_eq!(fleet.clone().take(&frame(&mut socket).await), Took::Resync, "{since:?}");
    }
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_sent_for_the_snapshot_and_holds_up_nobody() {
    let config = Config { live_queue_frames: 4, live_tick_ms: 1, ..Config::default() };
    let (world, cars) = World::with(config, async |pool| {
        let mut cars = Vec::new();
        for n in 0..400 {
            cars.push(add_car(pool, WEST, &format!("浙A{n:05}"), None).await);
        }
        cars
    })
    .await;
    let (client, address) = (world.sign_in("dispatcher").await, world.listen().await);
    let begun = snapshot(&client).await;
    let mut slow = connect_narrow(address, &client, begun.seq).await;
    let mut quick = connect(address, &client, Some(begun.seq), None).await.unwrap();
    let (mut fleet, mut n) = (begun.clone(), 0);
    // Until the slow reader's network buffers are full and more than its queue has passed by.
    for _ in 0..FRAMES {
        n += 1;
        let lon = 120.0 + f64::from(n) * 1e-5;
        world.feed.send(cars.iter().map(|car| moving(car.no, noon(), lon, 30.0)).collect());
        match fleet.take(&frame(&mut quick).await) {
            Took::Delta(_) => {}
            other => panic!("the quick reader misses nothing: {other:?}"),
        }
    }
    let mut behind = begun;
    let mut took = Vec::new();
    loop {
        let next = behind.take(&frame(&mut slow).await);
        took.push(next);
        if next == Took::Resync {
            break;
        }
        assert!(matches!(next, Took::Delta(_)), "{next:?} before the resync");
    }
    assert!(took.len() < FRAMES, "it was not told everything");
    behind = snapshot(&client).await;
    world.feed.send(vec![moving(cars[0].no, noon(), 121.0, 30.0)]);
    while behind.vehicles[&cars[0].no.0.cast_unsigned()] != snapshot(&client).await.vehicles[&cars[0].no.0.cast_unsigned()]
        || behind.seq < fleet.seq
    {
        assert!(matches!(behind.take(&frame(&mut slow).await), Took::Delta(_)), "after the snapshot it is in step again");
    }
}

#[tokio::test]
async fn a_new_car_appears_without_a_restart_and_a_car_that_leaves_the_unit_is_gone() {
    let (world, [car, _]) = two_cars(quick()).await;
    let (client, address) = (world.sign_in("dispatcher").await, world.listen().await);
    let mut fleet = snapshot(&client).await;
    let mut socket = connect(address, &client, Some(fleet.seq), None).await.unwrap();
    let manager = world.sign_in("manager").await;
    let new =
        json!({ "plate": "浙A00003", "unit_id": WEST.0, "category": "other", "powertrain": "petrol", "model": "x", "seats": 5 });
    let no = u32::try_from(manager.post("/vehicles", &new).await.json()["no"].as_u64().unwrap()).unwrap();
    assert_eq!(fleet.take(&frame(&mut socket).await), Took::Delta(1));
    assert_eq!((fleet.vehicles[&no].status, fleet.vehicles[&no].flags), (2, 0));
    assert_eq!(fleet, snapshot(&client).await);
    fleet_db::testing::fleet::execute(&world.db.pool, "update vehicle set unit_id = '00000000-0000-0000-0000-00000000000e'")
        .await
        .unwrap();
    assert_eq!(fleet.take(&frame(&mut socket).await), Took::Resync);
    let after = snapshot(&client).await;
    assert!(after.vehicles.is_empty());
    world.feed.send(vec![moving(car.no, noon(), 120.0, 30.0)]);
    assert_eq!(snapshot(&world.sign_in("east.manager").await).await.vehicles.len(), 3);
}

#[tokio::test]
async fn a_socket_ends_with_its_session() {
    let (world, _) = two_cars(quick()).await;
    let address = world.listen().await;
    let client = world.sign_in("dispatcher").await;
    let mut socket = connect(address, &client, None, None).await.unwrap();
    frame(&mut socket).await;
    client.delete("/session").await;
    assert_eq!(close_code(&mut socket).await, Some(4401));
    assert!(matches!(connect(address, &client, None, None).await, Err(Error::Http(response)) if response.status() == 401));
}

#[tokio::test]
async fn a_socket_ends_when_its_session_has_run_out() {
    let (world, _) = two_cars(Config { live_ping_secs: 1, ..quick() }).await;
    let address = world.listen().await;
    let client = world.sign_in("dispatcher").await;
    let mut socket = connect(address, &client, None, None).await.unwrap();
    frame(&mut socket).await;
    world.pass(Duration::hours(13));
    assert_eq!(close_code(&mut socket).await, Some(4401));
}

#[tokio::test]
async fn another_sites_page_opens_no_socket() {
    let (world, _) = two_cars(quick()).await;
    let address = world.listen().await;
    let client = world.sign_in("dispatcher").await;
    let refused = connect(address, &client, None, Some("http://evil.example")).await;
    assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 403));
    let own = format!("http://{address}");
    let mut socket = connect(address, &client, None, Some(&own)).await.unwrap();
    frame(&mut socket).await;
    socket.send(Message::text("hello")).await.unwrap();
    socket.send(Message::text("x".repeat(5000))).await.unwrap();
    close_code(&mut socket).await;
}

#[tokio::test]
async fn there_are_only_so_many_sockets() {
    let (world, _) = two_cars(Config { live_sockets: 1, ..quick() }).await;
    let address = world.listen().await;
    let client = world.sign_in("dispatcher").await;
    let first = connect(address, &client, None, None).await.unwrap();
    assert!(matches!(connect(address, &client, None, None).await, Err(Error::Http(response)) if response.status() == 503));
    drop(first);
    until(async || connect(address, &client, None, None).await.ok()).await;
}

#[tokio::test]
async fn without_a_gateway_beside_it_the_board_is_read_from_the_store() {
    let (world, [car, _]) = two_cars(Config { live_poll_ms: 20, ..quick() }).await;
    let client = world.sign_in("dispatcher").await;
    let batch = fleet_db::ingest::Batch {
        snapshots: vec![fleet_db::ingest::Snapshot { state: moving(car.no, noon(), 120.15, 30.28), tracker: Vec::new() }],
        ..fleet_db::ingest::Batch::default()
    };
    fleet_db::ingest::commit(&mut world.db.pool.acquire().await.unwrap(), &batch, fleet_db::ingest::Form::Idempotent, noon())
        .await
        .unwrap();
    until(async || (snapshot(&client).await.vehicles[&car.no.0.cast_unsigned()].status == 0).then_some(())).await;
    let answer = client.ask(Method::HEAD, "/live/snapshot", None, &[]).await;
    assert_eq!(answer.status, 200);
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(end)).unwrap()
    }
}

#[tokio::test]
async fn whatever_happens_the_deltas_add_up_to_the_snapshot() {
    let config = Config { live_tick_ms: 2, live_queue_frames: 4096, ..Config::default() };
    let (world, cars) = World::with(config, async |pool| {
        let mut cars = Vec::new();
        for n in 0..20 {
            cars.push(add_car(pool, WEST, &format!("浙A{n:05}"), None).await);
        }
        cars
    })
    .await;
    let (client, address) = (world.sign_in("dispatcher").await, world.listen().await);
    let mut fleet = snapshot(&client).await;
    let mut socket = connect(address, &client, Some(fleet.seq), None).await.unwrap();
    let mut dice = Dice(20_260_302);
    for _ in 0..30 {
        for _ in 0..10 {
            let states = (0..dice.below(12)).map(|_| {
                let car = cars[dice.below(20) as usize];
                let (lon, lat) = (f64::from(dice.below(3600)) / 10.0 - 180.0, f64::from(dice.below(1800)) / 10.0 - 90.0);
                let at = world.now() + Duration::seconds(i64::from(dice.below(100)) - 50);
                let mut state = moving(car.no, at, lon, lat);
                state.online = dice.below(4) > 0;
                state.reading.ignition = [None, Some(true), Some(false)][dice.below(3) as usize];
                if dice.below(5) == 0 {
                    state = LiveState::unheard(car.no);
                }
                state
            });
            world.feed.send(states.collect());
            world.pass(Duration::milliseconds(i64::from(dice.below(900))));
            tokio::task::yield_now().await;
        }
        let told = snapshot(&client).await;
        while fleet.seq < told.seq {
            assert!(matches!(fleet.take(&frame(&mut socket).await), Took::Delta(_)));
        }
        assert_eq!(fleet, told);
    }
}

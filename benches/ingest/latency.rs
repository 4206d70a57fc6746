//! From a device's send to the frame on a watcher's live channel, at a thousand positions a second.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::Utc;
use fleet_db::testing;
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::LocalSet;
use tokio::time::{MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::fleet::{self, Car};
use crate::load::{Protocol, share};
use crate::mqtt;
use crate::service::Service;

/// One position a second each.
const DEVICES: usize = 1000;
const LOGIN: &str = "watcher";

/// When the newest position of a vehicle was sent that the watcher has not seen yet.
type Sent = Mutex<HashMap<u32, Instant>>;

/// Runs the whole service, watches the map, and prints how long positions take to get there.
pub(crate) async fn run(span: Duration) {
    let db = testing::database().await;
    let cars = fleet::cars(&db.pool, DEVICES, Protocol::Mqtt).await;
    let service = Service::start(&db.url(), &["gateway", "web"], true);
    let token = token(service.http, &service.account(LOGIN)).await;

    let sent = Rc::new(Sent::default());
    let local = LocalSet::new();
    for (index, car) in cars.iter().enumerate() {
        local.spawn_local(device(service.mqtt, car.clone(), index, Rc::clone(&sent)));
    }
    let mut delays = local.run_until(watch(service.http, &token, &sent, span)).await;
    delays.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = delays.len() as f64 / span.as_secs_f64();
    println!(
        "from a device's send to the WebSocket frame, {DEVICES} devices at one position a second ({rate:.0}/s seen on the map):"
    );
    println!(
        "  p50 {:.0} ms, p90 {:.0} ms, p99 {:.0} ms, longest {:.0} ms",
        share(&delays, 0.5),
        share(&delays, 0.9),
        share(&delays, 0.99),
        delays.last().copied().unwrap_or(f64::NAN)
    );
    drop(local);
    service.stop();
}

async fn device(address: SocketAddr, car: Car, index: usize, sent: Rc<Sent>) {
    let Ok(mut stream) = mqtt::connect(address, &car).await else { return };
    let topic = format!("v1/d/{}/pos", car.terminal);
    let offset = Duration::from_millis(u64::try_from(index).unwrap_or_default());
    let mut ticks = interval_at(tokio::time::Instant::now() + offset, Duration::from_secs(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut out, mut payload, mut answer) = (Vec::new(), Vec::new(), [0; 4]);
    for sequence in 1.. {
        ticks.tick().await;
        #[expect(clippy::disallowed_methods, reason = "the service that is measured reads the real clock")]
        let now = Utc::now();
        let mut record = car.record(sequence);
        record.t = now.timestamp_millis();
        // Some metres on at each step, so that each position is a change to be shown.
        record.lon = Some(120.1 + 0.000_1 * f64::from(i32::try_from(sequence % 1000).unwrap_or_default()));
        payload.clear();
        out.clear();
        if serde_json::to_writer(&mut payload, &record).is_err() {
            return;
        }
        mqtt::put_publish(&mut out, &topic, 1, &payload);
        let no = car.vehicle.0.cast_unsigned();
        sent.lock().expect("one thread").insert(no, Instant::now());
        if stream.write_all(&out).await.is_err() || stream.read_exact(&mut answer).await.is_err() {
            return;
        }
    }
}

/// Milliseconds of each position seen in `span`, after a warm-up.
async fn watch(http: SocketAddr, token: &str, sent: &Sent, span: Duration) -> Vec<f64> {
    let mut request = format!("ws://{http}/api/v1/live").into_client_request().expect("an address");
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().expect("a token"));
    let (mut socket, _) = connect_async(request).await.expect("the live channel");
    let mut delays = Vec::new();
    let reading = async {
        while let Some(Ok(message)) = socket.next().await {
            let Message::Binary(frame) = message else { continue };
            let now = Instant::now();
            let mut sent = sent.lock().expect("one thread");
            for no in changed(&frame) {
                if let Some(since) = sent.remove(&no) {
                    delays.push((now, now.duration_since(since).as_secs_f64() * 1e3));
                }
            }
        }
    };
    let warm_up = Duration::from_secs(3);
    let _ = timeout(warm_up + span, reading).await;
    let begin = Instant::now().checked_sub(span).unwrap_or_else(Instant::now);
    delays.into_iter().filter(|(at, _)| *at >= begin).map(|(_, delay)| delay).collect()
}

/// The vehicles of a delta frame that have moved.
fn changed(frame: &[u8]) -> Vec<u32> {
    let Some((header, mut rest)) = frame.split_at_checked(24) else { return Vec::new() };
    if header.get(3) != Some(&2) {
        return Vec::new();
    }
    let (mut no, mut moved) = (0_u32, Vec::new());
    while !rest.is_empty() {
        no = no.wrapping_add(varint(&mut rest));
        let step = (varint(&mut rest), varint(&mut rest));
        rest = rest.get(4..).unwrap_or_default();
        varint(&mut rest);
        if step != (0, 0) {
            moved.push(no);
        }
    }
    moved
}

fn varint(rest: &mut &[u8]) -> u32 {
    let (mut value, mut shift) = (0_u32, 0);
    while let Some((byte, tail)) = rest.split_first() {
        *rest = tail;
        value |= u32::from(byte & 0x7f).wrapping_shl(shift);
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

/// Signs in and asks for a program's token.
async fn token(http: SocketAddr, password: &str) -> String {
    // The client wants to know who would encrypt, although nothing here does.
    let _known_already = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().cookie_store(true).build().expect("a client");
    let base = format!("http://{http}/api/v1");
    let answer = client.post(format!("{base}/session")).json(&serde_json::json!({ "login": LOGIN, "password": password }));
    let session: serde_json::Value = answer.send().await.expect("an answer").json().await.expect("JSON");
    let csrf = text_of(&session, "csrf_token");
    let made = client.post(format!("{base}/tokens")).header("x-csrf-token", csrf).json(&serde_json::json!({ "name": "bench" }));
    let made: serde_json::Value = made.send().await.expect("an answer").json().await.expect("JSON");
    text_of(&made, "token")
}

fn text_of(answer: &serde_json::Value, field: &str) -> String {
    answer.get(field).and_then(serde_json::Value::as_str).expect("the field that the API promises").to_owned()
}

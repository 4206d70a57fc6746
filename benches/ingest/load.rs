//! A thousand devices on one thread: each keeps its messages in flight, sends the next when one is acknowledged.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

use crate::fleet::Car;

/// Time before the measurement begins: trackers, partitions and caches are there by then.
const WARM_UP: Duration = Duration::from_secs(3);

/// What was acknowledged.
pub(crate) struct Accepted {
    pub(crate) rate: f64,
    pub(crate) secs: f64,
    pub(crate) in_all: u64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

#[derive(Default)]
struct Count {
    acknowledged: Cell<u64>,
    stopping: Cell<bool>,
    /// Milliseconds from a send to its acknowledgement, one message in a hundred.
    delays: RefCell<Vec<f64>>,
}

/// Loads the service for `span` and counts.
pub(crate) async fn run(address: SocketAddr, cars: &[Car], in_flight: usize, span: Duration) -> Accepted {
    let count = Rc::new(Count::default());
    let local = LocalSet::new();
    let mut devices = JoinSet::new();
    for car in cars {
        devices.spawn_local_on(device(address, car.clone(), in_flight, Rc::clone(&count)), &local);
    }
    let watch = async {
        tokio::time::sleep(WARM_UP).await;
        count.delays.borrow_mut().clear();
        let (before, began) = (count.acknowledged.get(), Instant::now());
        tokio::time::sleep(span).await;
        let (after, secs) = (count.acknowledged.get(), began.elapsed().as_secs_f64());
        let mut delays = count.delays.take();
        count.stopping.set(true);
        while let Some(device) = devices.join_next().await {
            device.expect("a device does not panic").expect("no connection fails");
        }
        delays.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let rate = (after - before) as f64 / secs;
        Accepted { rate, secs, in_all: count.acknowledged.get(), p50_ms: share(&delays, 0.5), p99_ms: share(&delays, 0.99) }
    };
    local.run_until(watch).await
}

/// The value that this share of the sorted values does not exceed.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a sample")]
pub(crate) fn share(sorted: &[f64], part: f64) -> f64 {
    let index = ((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

async fn device(address: SocketAddr, car: Car, in_flight: usize, count: Rc<Count>) -> io::Result<()> {
    let mut stream = connect(address, &car).await?;
    let topic = format!("v1/d/{}/pos", car.terminal);
    let (mut out, mut payload, mut input) = (Vec::new(), Vec::new(), vec![0; 4096]);
    let (mut sequence, mut flying, mut kept) = (0_i64, 0_usize, 0_usize);
    let mut clocked: Option<(i64, Instant)> = None;
    let mut acknowledged = 0_i64;
    loop {
        while flying < in_flight && !count.stopping.get() {
            sequence += 1;
            payload.clear();
            car.put_payload(&mut payload, sequence);
            put_publish(&mut out, &topic, packet_id(sequence), &payload);
            if clocked.is_none() && sequence % 97 == 0 {
                clocked = Some((sequence, Instant::now()));
            }
            flying += 1;
        }
        if flying == 0 {
            return Ok(());
        }
        if !out.is_empty() {
            stream.write_all(&out).await?;
            out.clear();
        }
        let Some(room) = input.get_mut(kept..) else { return Err(io::Error::other("more than acknowledgements")) };
        let read = stream.read(room).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let filled = kept + read;
        let whole = filled / 4;
        // Nothing but PUBACK comes down: four bytes each, in order.
        if input.get(..filled).into_iter().flatten().step_by(4).any(|byte| *byte != 0x40) {
            return Err(io::Error::other("a packet that is no PUBACK"));
        }
        kept = filled % 4;
        input.copy_within(whole * 4..filled, 0);
        flying -= whole;
        acknowledged += i64::try_from(whole).unwrap_or_default();
        count.acknowledged.set(count.acknowledged.get() + u64::try_from(whole).unwrap_or_default());
        if let Some((at, since)) = clocked
            && acknowledged >= at
        {
            count.delays.borrow_mut().push(since.elapsed().as_secs_f64() * 1e3);
            clocked = None;
        }
    }
}

fn packet_id(sequence: i64) -> u16 {
    u16::try_from(sequence % 65_535).unwrap_or_default() + 1
}

/// Signs in with MQTT 3.1.1.
pub(crate) async fn connect(address: SocketAddr, car: &Car) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let name = car.terminal.as_bytes();
    let mut body = b"\x00\x04MQTT\x04\xc2\x00\x3c".to_vec();
    for field in [name, name, name] {
        body.extend(u16::try_from(field.len()).unwrap_or_default().to_be_bytes());
        body.extend(field);
    }
    let mut packet = vec![0x10, u8::try_from(body.len()).unwrap_or_default()];
    packet.extend(body);
    stream.write_all(&packet).await?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await?;
    if answer == [0x20, 2, 0, 0] { Ok(stream) } else { Err(io::Error::other("not let in")) }
}

/// PUBLISH with `QoS` 1.
pub(crate) fn put_publish(out: &mut Vec<u8>, topic: &str, packet_id: u16, payload: &[u8]) {
    out.push(0x32);
    let mut length = 2 + topic.len() + 2 + payload.len();
    while length > 0x7f {
        out.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    out.push(u8::try_from(length).unwrap_or_default());
    out.extend(u16::try_from(topic.len()).unwrap_or_default().to_be_bytes());
    out.extend(topic.as_bytes());
    out.extend(packet_id.to_be_bytes());
    out.extend(payload);
}

//! A thousand devices on one thread: each keeps its messages in flight, sends the next when one is acknowledged.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::{JoinSet, LocalSet};

use crate::fleet::Car;
use crate::{jt808, mqtt};

/// Time before the measurement begins: trackers, partitions and caches are there by then.
const WARM_UP: Duration = Duration::from_secs(3);

/// How the devices speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Mqtt,
    Jt808,
}

impl Protocol {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mqtt => "MQTT QoS 1",
            Self::Jt808 => "JT/T 808-2019",
        }
    }
}

/// What was acknowledged.
pub(crate) struct Accepted {
    pub(crate) rate: f64,
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
pub(crate) async fn run(protocol: Protocol, address: SocketAddr, cars: &[Car], in_flight: usize, span: Duration) -> Accepted {
    let count = Rc::new(Count::default());
    let local = LocalSet::new();
    let mut devices = JoinSet::new();
    for car in cars {
        devices.spawn_local_on(device(protocol, address, car.clone(), in_flight, Rc::clone(&count)), &local);
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
        Accepted { rate, in_all: count.acknowledged.get(), p50_ms: share(&delays, 0.5), p99_ms: share(&delays, 0.99) }
    };
    local.run_until(watch).await
}

/// The value that this share of the sorted values does not exceed.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a sample")]
pub(crate) fn share(sorted: &[f64], part: f64) -> f64 {
    let index = ((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

async fn device(protocol: Protocol, address: SocketAddr, car: Car, in_flight: usize, count: Rc<Count>) -> io::Result<()> {
    let mut stream = match protocol {
        Protocol::Mqtt => mqtt::connect(address, &car).await?,
        Protocol::Jt808 => jt808::connect(address, &car).await?,
    };
    let topic = format!("v1/d/{}/pos", car.terminal);
    let (mut out, mut payload, mut input) = (Vec::new(), Vec::new(), vec![0; 4096]);
    let (mut sequence, mut flying, mut kept) = (0_i64, 0_usize, 0_usize);
    let mut clocked: Option<(i64, Instant)> = None;
    let mut acknowledged = 0_i64;
    loop {
        while flying < in_flight && !count.stopping.get() {
            sequence += 1;
            match protocol {
                Protocol::Mqtt => mqtt::put(&mut out, &mut payload, &car, &topic, sequence),
                Protocol::Jt808 => jt808::put(&mut out, &car, sequence),
            }
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
        let (whole, taken) = match protocol {
            Protocol::Mqtt => mqtt::acknowledged(input.get(..filled).unwrap_or_default())?,
            Protocol::Jt808 => jt808::acknowledged(input.get(..filled).unwrap_or_default())?,
        };
        kept = filled - taken;
        input.copy_within(taken..filled, 0);
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

//! One connection to the gateway, from signing in until it breaks.

use std::sync::Arc;
use std::time::Duration;

use rumqttc::{
    AsyncClient, Broker, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Packet, PublishOptions, QoS, Transport,
};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, info, warn};

use crate::config::split_server;
use crate::uplink::command::{self, Memory};
use crate::uplink::lanes::{Lane, Lanes, Parcel, Size};
use crate::uplink::{LinkError, Parts, stopped};

/// Messages under way that the backlog leaves to the live lane.
const RESERVED: usize = 2;
/// How long the gateway is waited for when the program ends.
const FAREWELL: Duration = Duration::from_secs(2);
/// What a message may be larger than its records: topic and header.
const OVERHEAD: usize = 1024;

/// What the polling task has to say.
enum News {
    SignedIn,
    Command(Vec<u8>),
    Ended(Box<ConnectionError>),
}

/// Ends the polling task when the connection is given up.
struct Polling(AbortHandle);

impl Drop for Polling {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A message's fate: its records' numbers, its lane, and whether it was acknowledged.
type Fate = (Vec<u64>, Lane, bool);

/// Signs in and sends until the connection breaks (an error) or the program ends (`Ok`).
pub(super) async fn run(parts: &Parts, commands: &mut Memory) -> Result<(), LinkError> {
    let options = options(parts)?;
    let mut stop = parts.stop.clone();
    let inflight = usize::from(parts.config.inflight);
    let (client, event_loop) = AsyncClient::builder(options).capacity(inflight + 16).build();
    let (news_tx, mut news) = mpsc::channel(64);
    // On a task of its own: acknowledgements must be read while this one waits for the disk.
    let _polling = Polling(tokio::spawn(poll(event_loop, news_tx)).abort_handle());

    tokio::select! {
        () = stopped(&mut stop) => return Ok(()),
        first = news.recv() => match first {
            Some(News::SignedIn) => {}
            Some(News::Ended(source)) => return Err(ended(parts, source)),
            Some(News::Command(_)) | None => return Err(LinkError::Silent { secs: 0 }),
        },
    }
    greet(parts, &client);
    send(parts, commands, &client, &mut news).await
}

async fn send(
    parts: &Parts,
    commands: &mut Memory,
    client: &AsyncClient,
    news: &mut mpsc::Receiver<News>,
) -> Result<(), LinkError> {
    let inflight = usize::from(parts.config.inflight);
    let patience = Duration::from_secs(parts.config.ack_secs);
    let size = Size { records: parts.config.batch_records, bytes: parts.config.batch_bytes };
    let mut stop = parts.stop.clone();
    let mut commits = parts.stored.clone();
    let mut stored = *commits.borrow_and_update();
    let mut lanes = Lanes::new(parts.config.order, size, parts.spool.state()?.next_seq);
    let mut fates: JoinSet<Fate> = JoinSet::new();
    let mut backlog = 0_usize;
    let mut progress = Instant::now();
    let mut recorder_lives = true;
    let mut update = parts.updater.progress();
    update.mark_unchanged();
    loop {
        while fates.len() < inflight {
            let next_seq = parts.spool.state()?.next_seq;
            let mut parcel = lanes.next(&parts.spool, next_seq, Lane::Live)?;
            if parcel.is_none() && backlog + RESERVED < inflight.max(RESERVED + 1) {
                parcel = lanes.next(&parts.spool, next_seq, Lane::Backlog)?;
            }
            let Some(parcel) = parcel else { break };
            backlog += usize::from(parcel.lane == Lane::Backlog);
            if fates.is_empty() {
                progress = Instant::now();
            }
            publish(parts, client, parcel, &mut fates);
        }
        tokio::select! {
            () = stopped(&mut stop) => {
                farewell(parts, client, news).await;
                return Ok(());
            }
            item = news.recv() => match item {
                Some(News::Ended(source)) => return Err(ended(parts, source)),
                // Whoever asks again has not heard how it went: what an update came to is told with the state.
                Some(News::Command(payload)) => if command::obey(parts, commands, client, &payload).await {
                    tell_state(parts, client, Presence::Online);
                },
                Some(News::SignedIn) => {}
                None => return Err(LinkError::Silent { secs: 0 }),
            },
            Some(fate) = fates.join_next(), if !fates.is_empty() => {
                progress = Instant::now();
                let mut settled = vec![fate];
                while let Some(fate) = fates.try_join_next() {
                    settled.push(fate);
                }
                for (seqs, lane, acknowledged) in settled.into_iter().flatten() {
                    backlog -= usize::from(lane == Lane::Backlog);
                    lanes.acknowledged(&seqs);
                    if acknowledged {
                        forget(parts, seqs).await?;
                    } else {
                        lanes.rewind();
                    }
                }
            }
            Ok(()) = update.changed() => tell_state(parts, client, Presence::Online),
            changed = commits.changed(), if recorder_lives => {
                recorder_lives = changed.is_ok();
                let now = *commits.borrow_and_update();
                if now.restamped != stored.restamped {
                    lanes.rewind();
                }
                stored = now;
            }
            () = sleep_until(progress + patience), if !fates.is_empty() => {
                return Err(LinkError::Silent { secs: patience.as_secs() });
            }
        }
    }
}

/// Removes acknowledged records from the spool, then tells.
async fn forget(parts: &Parts, seqs: Vec<u64>) -> Result<(), LinkError> {
    let count = seqs.len() as u64;
    let spool = Arc::clone(&parts.spool);
    match tokio::task::spawn_blocking(move || spool.remove(&seqs)).await {
        Ok(removed) => removed?,
        Err(broke_off) => {
            warn!(error = &broke_off as &dyn std::error::Error, "the spool's remover broke off");
            return Ok(());
        }
    };
    parts.health.send_modify(|health| {
        health.acknowledged += count;
        health.messages += 1;
    });
    Ok(())
}

fn publish(parts: &Parts, client: &AsyncClient, parcel: Parcel, fates: &mut JoinSet<Fate>) {
    let topic = format!("v1/d/{}/{}", parts.device.id, parcel.lane.topic());
    let Parcel { lane, seqs, payload } = parcel;
    debug!(lane = lane.topic(), records = seqs.len(), bytes = payload.len(), "sent {} records", seqs.len());
    match client.try_publish_tracked(topic, payload, PublishOptions::new(QoS::AtLeastOnce)) {
        Ok(notice) => {
            fates.spawn(async move {
                let acknowledged = notice.wait_completion_async().await.is_ok();
                (seqs, lane, acknowledged)
            });
        }
        Err(refused) => {
            warn!(error = &refused as &dyn std::error::Error, "a message was not queued, it is sent later");
            fates.spawn(async move { (seqs, lane, false) });
        }
    }
}

fn options(parts: &Parts) -> Result<MqttOptions, LinkError> {
    let (host, port) = split_server(&parts.config.server).unwrap_or(("127.0.0.1", 1883));
    let device = parts.device.id.as_str();
    let mut options = MqttOptions::new(device, Broker::tcp(host, port));
    options.set_credentials(device, parts.device.secret.reveal().to_owned());
    options.set_clean_session(false);
    options.set_keep_alive(parts.config.keep_alive_secs);
    options.set_inflight(parts.config.inflight);
    options.set_max_packet_size(64 << 10, parts.config.batch_bytes + OVERHEAD);
    options.set_max_request_batch(usize::from(parts.config.inflight));
    let will = serde_json::json!({ "online": false }).to_string();
    options.set_last_will(LastWill::new(format!("v1/d/{device}/st"), will, QoS::AtLeastOnce, true));
    if parts.config.tls {
        options.set_transport(transport(parts)?);
    }
    Ok(options)
}

fn transport(parts: &Parts) -> Result<Transport, LinkError> {
    match &parts.config.ca_file {
        Some(path) => {
            let authority = std::fs::read(path).map_err(|source| LinkError::Authority { path: path.clone(), source })?;
            Ok(Transport::tls(authority, None, None))
        }
        None => Transport::try_tls_with_default_config().map_err(|error| LinkError::Certificates { reason: error.to_string() }),
    }
}

fn greet(parts: &Parts, client: &AsyncClient) {
    parts.health.send_modify(|health| {
        health.connected = true;
        health.refused = false;
        health.connections += 1;
    });
    info!(server = parts.config.server, device = parts.device.id, "signed in to {}", parts.config.server);
    let device = &parts.device.id;
    if let Err(refused) = client.try_subscribe(format!("v1/d/{device}/cmd"), QoS::AtLeastOnce) {
        warn!(error = &refused as &dyn std::error::Error, "commands will not be heard on this connection");
    }
    tell_state(parts, client, Presence::Online);
}

#[derive(Clone, Copy)]
enum Presence {
    Online,
    Offline,
}

/// The retained state of the device: version, and how much waits.
fn tell_state(parts: &Parts, client: &AsyncClient, presence: Presence) {
    let state = parts.spool.state().unwrap_or_default();
    let payload = serde_json::json!({
        "online": matches!(presence, Presence::Online),
        "version": env!("CARGO_PKG_VERSION"),
        "spool": state.length,
        "thinned": state.thinned,
        "update": *parts.updater.progress().borrow(),
        "seal": parts.log.mark(),
        "t": (parts.clock)().timestamp_millis(),
    });
    let topic = format!("v1/d/{}/st", parts.device.id);
    let kept = PublishOptions::new(QoS::AtLeastOnce).retained();
    if let Err(refused) = client.try_publish(topic, payload.to_string(), kept) {
        warn!(error = &refused as &dyn std::error::Error, "the device's state was not sent");
    }
}

/// Says that this device goes, and waits until that is on the wire.
async fn farewell(parts: &Parts, client: &AsyncClient, news: &mut mpsc::Receiver<News>) {
    tell_state(parts, client, Presence::Offline);
    let bye = async {
        if client.disconnect_with_timeout(FAREWELL).await.is_ok() {
            while !matches!(news.recv().await, None | Some(News::Ended(_))) {}
        }
    };
    // A gateway that is gone hears the last will instead.
    let _ = tokio::time::timeout(FAREWELL + Duration::from_secs(1), bye).await;
}

async fn poll(mut event_loop: EventLoop, news: mpsc::Sender<News>) {
    loop {
        let item = match event_loop.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => News::SignedIn,
            Ok(Event::Incoming(Packet::Publish(publish))) => News::Command(publish.payload.to_vec()),
            Ok(_) => continue,
            Err(error) => {
                // Nobody listening means that the connection was given up already.
                let _ = news.send(News::Ended(Box::new(error))).await;
                return;
            }
        };
        if news.send(item).await.is_err() {
            return;
        }
    }
}

fn ended(parts: &Parts, source: Box<ConnectionError>) -> LinkError {
    match *source {
        ConnectionError::ConnectionRefused(reason) => LinkError::Refused { device: parts.device.id.clone(), reason },
        _ => LinkError::Connection { server: parts.config.server.clone(), source },
    }
}

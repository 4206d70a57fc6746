//! One connection to a broker, from CONNECT until it breaks or the service stops.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use rumqttc::{
    AckMode, AsyncClient, Broker as Address, ConnectionError, Event, EventLoop, ManualAck, MqttOptions, Packet, Publish, QoS,
    SubscribeFilter, SubscribeReasonCode, Transport,
};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::BrokerError;
use super::config::Broker;
use super::mail;
use crate::doorway::{Doorway, Stopping};
use crate::telemetry;

/// Acknowledgements written in one go.
const ACKS_AT_ONCE: usize = 256;

/// What the polling task has to say.
enum News {
    Connected,
    Subscribed(Vec<SubscribeReasonCode>),
    Message(Publish),
    Ended(Box<ConnectionError>),
}

/// Ends the polling task when the connection is given up: acknowledgements of an older connection must not reach a newer one,
/// where their numbers mean other messages.
struct Polling(AbortHandle);

impl Drop for Polling {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Takes messages until the connection breaks (an error) or the service stops (`Ok`); `was_up` tells whether the broker took us.
pub(super) async fn run(
    broker: &Broker,
    doorway: &Doorway,
    shutdown: &CancellationToken,
    drain: Duration,
    was_up: &mut bool,
) -> Result<(), BrokerError> {
    let in_flight = usize::from(broker.in_flight.max(1));
    // Room for the acknowledgement of every message that can have been taken: the two tasks never wait for each other.
    let (client, event_loop) = AsyncClient::builder(options(broker)?).capacity(2 * in_flight + 16).build();
    let (told, mut news) = mpsc::channel(in_flight);
    let _polling = Polling(tokio::spawn(poll(event_loop, told)).abort_handle());

    let mut waiting = FuturesOrdered::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(stored) = waiting.next(), if !waiting.is_empty() => acknowledge(&client, stored).await?,
            item = news.recv(), if waiting.len() < in_flight => match item {
                Some(News::Connected) => subscribe(broker, &client).await?,
                Some(News::Subscribed(codes)) => {
                    check(broker, &codes)?;
                    *was_up = true;
                    metrics::gauge!(telemetry::BROKERS, "broker" => broker.url.to_string()).set(1.0);
                    info!(broker = %broker.url, "taking messages from {}", broker.url);
                }
                Some(News::Message(message)) => {
                    let pending = mail::take(doorway, &message).await?;
                    let ack = client.prepare_ack(&message);
                    waiting.push_back(async move { pending.durable().await.map(|()| ack) });
                }
                Some(News::Ended(error)) => return Err(error.into()),
                None => return Ok(()),
            },
        }
    }
    // The shards commit what they have; it is acknowledged, and the rest comes again after the start.
    let farewell = async {
        while let Some(stored) = waiting.next().await {
            acknowledge(&client, stored).await?;
        }
        client.disconnect().await?;
        while !matches!(news.recv().await, None | Some(News::Ended(_))) {}
        Ok(())
    };
    tokio::select! {
        done = farewell => done,
        () = sleep(drain) => Ok(()),
    }
}

async fn acknowledge(client: &AsyncClient, stored: Result<Option<ManualAck>, Stopping>) -> Result<(), BrokerError> {
    if let Some(ack) = stored? {
        client.manual_ack(ack).await?;
    }
    Ok(())
}

/// Nothing but polling happens here, so that pings and acknowledgements go out while the store is waited for.
async fn poll(mut event_loop: EventLoop, told: mpsc::Sender<News>) {
    loop {
        let news = match event_loop.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => News::Connected,
            Ok(Event::Incoming(Packet::SubAck(ack))) => News::Subscribed(ack.return_codes),
            Ok(Event::Incoming(Packet::Publish(message))) => News::Message(message),
            Ok(_) => continue,
            Err(error) => {
                let _ = told.send(News::Ended(Box::new(error))).await;
                return;
            }
        };
        if told.send(news).await.is_err() {
            return;
        }
    }
}

async fn subscribe(broker: &Broker, client: &AsyncClient) -> Result<(), BrokerError> {
    // Anew on every connection: the topics may have been changed since the broker began to keep our session.
    let filters = broker.filters().into_iter().map(|filter| SubscribeFilter::new(filter, QoS::AtLeastOnce));
    Ok(client.subscribe_many(filters).await?)
}

fn check(broker: &Broker, codes: &[SubscribeReasonCode]) -> Result<(), BrokerError> {
    let refused = broker.filters().into_iter().zip(codes).find(|(_, code)| matches!(code, SubscribeReasonCode::Failure));
    refused.map_or(Ok(()), |(filter, _)| Err(BrokerError::Refused(filter)))
}

fn options(broker: &Broker) -> Result<MqttOptions, BrokerError> {
    let mut options = MqttOptions::new(broker.client_id.as_str(), Address::tcp(broker.url.host.as_str(), broker.url.port));
    options.set_clean_session(false);
    options.set_ack_mode(AckMode::Manual);
    options.set_keep_alive(broker.keep_alive_secs);
    let bytes = usize::try_from(broker.message_bytes).unwrap_or(usize::MAX);
    options.set_max_packet_size(bytes, bytes);
    options.set_max_request_batch(ACKS_AT_ONCE);
    if let Some(user) = &broker.user {
        let password = match &broker.password_file {
            Some(path) => read(path).map(|text| text.lines().next().unwrap_or_default().to_owned())?,
            None => String::new(),
        };
        options.set_credentials(user.as_str(), password);
    }
    if broker.url.tls {
        options.set_transport(match &broker.tls_ca {
            Some(path) => Transport::tls(read(path)?.into_bytes(), None, None),
            None => Transport::try_tls_with_default_config()
                .map_err(|error| BrokerError::Certificates { reason: error.to_string() })?,
        });
    }
    Ok(options)
}

fn read(path: &std::path::Path) -> Result<String, BrokerError> {
    std::fs::read_to_string(path).map_err(|source| BrokerError::File { path: path.to_owned(), source })
}

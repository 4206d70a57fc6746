//! A small gateway: signs everybody in, keeps what it is sent, and acknowledges when the test lets it.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::v3::{Codec, ConnectAck, ConnectAckReason, Packet, SubscribeReturnCode};
use telematics::record::Record;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::codec::Framed;

/// One message of records.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) topic: String,
    pub(crate) seqs: Vec<i64>,
}

/// What the gateway has.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) messages: Vec<Message>,
    /// By number; a number never means two records.
    pub(crate) records: BTreeMap<i64, Record>,
    pub(crate) duplicates: usize,
    pub(crate) connections: usize,
    pub(crate) clients: Vec<(String, Vec<u8>, bool)>,
    /// Other topics: states and answers.
    pub(crate) texts: Vec<(String, String)>,
}

/// What the gateway does with messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Keeps and acknowledges.
    Stores,
    /// Reads and does nothing, as with a dead database.
    Hangs,
    /// Signs nobody in.
    Refuses,
}

pub(crate) struct Gate {
    pub(crate) address: String,
    pub(crate) book: Arc<Mutex<Book>>,
    changed: watch::Receiver<u64>,
    mood: watch::Sender<Mood>,
    command: watch::Sender<Option<String>>,
    server: JoinHandle<()>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Gate {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let book = Arc::new(Mutex::new(Book::default()));
        let (tell, changed) = watch::channel(0);
        let (mood, moods) = watch::channel(Mood::Stores);
        let (command, commands) = watch::channel(None);
        let kept = Arc::clone(&book);
        let server = tokio::spawn(async move {
            let mut sessions = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                sessions.spawn(serve(socket, Arc::clone(&kept), tell.clone(), moods.clone(), commands.clone()));
            }
        });
        Self { address, book, changed, mood, command, server }
    }

    pub(crate) fn feel(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    pub(crate) fn command(&self, text: &str) {
        self.command.send_replace(Some(text.to_owned()));
    }

    /// Waits until the book is as the test wants it.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Book) -> bool) {
        let mut changed = self.changed.clone();
        let wait = async {
            loop {
                changed.borrow_and_update();
                if holds(&self.book.lock().unwrap()) {
                    return;
                }
                changed.changed().await.unwrap();
            }
        };
        let late = tokio::time::timeout(Duration::from_mins(1), wait).await.is_err();
        let book = self.book.lock().unwrap();
        assert!(!late, "{what}: {} records in {} messages, texts {:?}", book.records.len(), book.messages.len(), book.texts);
    }
}

async fn serve(
    socket: TcpStream,
    book: Arc<Mutex<Book>>,
    tell: watch::Sender<u64>,
    moods: watch::Receiver<Mood>,
    mut commands: watch::Receiver<Option<String>>,
) {
    let mut line = Framed::new(socket, Codec::new(1 << 20));
    let mut subscribed = String::new();
    let mut next_id = 1;
    loop {
        let packet = tokio::select! {
            packet = line.next() => packet,
            changed = commands.changed(), if !subscribed.is_empty() => {
                if changed.is_err() { return; }
                let text = commands.borrow_and_update().clone().unwrap_or_default();
                let publish = Publish {
                    dup: false, retain: false, qos: QoS::AtLeastOnce, topic: subscribed.clone().into(),
                    packet_id: NonZeroU16::new(next_id), payload: text.into(), properties: None,
                };
                next_id += 1;
                if line.send(Packet::Publish(Box::new(publish))).await.is_err() { return; }
                continue;
            }
        };
        let Some(Ok((packet, _))) = packet else { return };
        let answer = match packet {
            Packet::Connect(connect) => {
                let mut book = book.lock().unwrap();
                book.connections += 1;
                let password = connect.password.map(|p| p.to_vec()).unwrap_or_default();
                book.clients.push((connect.client_id.to_string(), password, connect.clean_session));
                let refuses = *moods.borrow() == Mood::Refuses;
                let return_code = if refuses { ConnectAckReason::NotAuthorized } else { ConnectAckReason::ConnectionAccepted };
                Some(Packet::ConnectAck(ConnectAck { return_code, session_present: false }))
            }
            Packet::Subscribe { packet_id, topic_filters } => {
                subscribed = topic_filters.first().map(|(topic, _)| topic.to_string()).unwrap_or_default();
                commands.mark_changed();
                if commands.borrow().is_none() {
                    commands.mark_unchanged();
                }
                Some(Packet::SubscribeAck { packet_id, status: vec![SubscribeReturnCode::Success(QoS::AtLeastOnce)] })
            }
            Packet::Publish(publish) => {
                if *moods.borrow() == Mood::Hangs {
                    continue;
                }
                keep(&mut book.lock().unwrap(), &publish);
                publish.packet_id.map(|packet_id| Packet::PublishAck { packet_id })
            }
            Packet::PingRequest => Some(Packet::PingResponse),
            Packet::Disconnect => return,
            _ => None,
        };
        tell.send_modify(|count| *count += 1);
        if let Some(answer) = answer
            && line.send(answer).await.is_err()
        {
            return;
        }
    }
}

fn keep(book: &mut Book, publish: &Publish) {
    let topic = publish.topic.to_string();
    if !topic.contains("/pos") {
        book.texts.push((topic, String::from_utf8_lossy(&publish.payload).into_owned()));
        return;
    }
    let records: Vec<Record> = if publish.payload.starts_with(b"[") {
        serde_json::from_slice(&publish.payload).unwrap()
    } else {
        vec![serde_json::from_slice(&publish.payload).unwrap()]
    };
    book.messages.push(Message { topic, seqs: records.iter().map(|r| r.seq).collect() });
    for record in records {
        match book.records.get(&record.seq) {
            Some(before) => {
                assert_eq!(*before, record, "a number was used again for another record");
                book.duplicates += 1;
            }
            None => _ = book.records.insert(record.seq, record),
        }
    }
}

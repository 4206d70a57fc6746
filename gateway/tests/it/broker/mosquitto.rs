//! A mosquitto of a test's own, and a publisher that knows what was taken.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use gateway::broker::config::Broker as Settings;
use rumqttc::{AsyncClient, Broker, Event, MqttOptions, Packet, PublishOptions, QoS};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::bench::DEADLINE;

pub(crate) struct Mosquitto {
    port: u16,
    _process: Child,
    _folder: TempDir,
}

impl Mosquitto {
    /// Starts one that keeps every message for a subscriber that is away.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let config = folder.path().join("mosquitto.conf");
        let settings = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 100\npersistence false\n"
        );
        std::fs::write(&config, settings).unwrap();
        // Debian puts it where only root looks.
        let path = format!("{}:/usr/sbin:/usr/local/sbin", std::env::var("PATH").unwrap_or_default());
        let process = Command::new("mosquitto")
            .arg("-c")
            .arg(&config)
            .env("PATH", path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("tests need mosquitto");
        let up = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                ticks.tick().await;
            }
        };
        timeout(DEADLINE, up).await.expect("mosquitto listens in time");
        Self { port, _process: process, _folder: folder }
    }

    /// The settings of a gateway that shares the messages of this broker with others.
    pub(crate) fn settings(&self, client_id: &str) -> Settings {
        let url = format!("mqtt://127.0.0.1:{}", self.port).parse().unwrap();
        Settings { url, client_id: client_id.to_owned(), ..Settings::default() }
    }

    /// Publishes messages with `QoS` 1, and waits until the broker has taken each.
    pub(crate) async fn publish(&self, messages: impl IntoIterator<Item = (String, Vec<u8>)>) {
        let messages: Vec<_> = messages.into_iter().collect();
        let count = messages.len();
        let mut options = MqttOptions::new("publisher", Broker::tcp("127.0.0.1", self.port));
        options.set_inflight(100);
        let (client, mut events) = AsyncClient::builder(options).capacity(200).build();
        let sending = tokio::spawn(async move {
            for (topic, payload) in messages {
                client.publish(topic, payload, PublishOptions::new(QoS::AtLeastOnce)).await.unwrap();
            }
            client
        });
        let taken = async {
            let mut acknowledged = 0;
            while acknowledged < count {
                if let Event::Incoming(Packet::PubAck(_)) = events.poll().await.unwrap() {
                    acknowledged += 1;
                }
            }
        };
        timeout(DEADLINE * 3, taken).await.expect("the broker takes all in time");
        drop(sending.await.unwrap());
    }
}

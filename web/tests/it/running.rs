//! The floor as the program runs it: its sockets, and how it stops.

use std::sync::Arc;
use std::time::Duration;

use fleet_db::LiveFeed;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_util::sync::CancellationToken;
use web::{Config, DataKey, Parts};

use crate::harness::{World, noon};

/// The answer to a plain request, as text.
async fn ask(address: std::net::SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn it_serves_both_sockets_and_stops_while_people_are_watching() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (http, ops) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (people, operators) = (http.local_addr().unwrap(), ops.local_addr().unwrap());
    let parts = Parts {
        http,
        ops: Some(ops),
        pool: world.db.pool.clone(),
        clock: Arc::new(noon),
        live: LiveFeed::default(),
        ingest: None,
        config: Config::default(),
        key: DataKey::random(),
        signing: web::sealing::new_key().unwrap(),
    };
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(web::run(parts, shutdown.clone()));
    assert!(ask(people, "/api/v1/config").await.starts_with("HTTP/1.1 200"));
    assert!(ask(operators, "/health/ready").await.starts_with("HTTP/1.1 200"));
    assert!(ask(operators, "/api/v1/config").await.starts_with("HTTP/1.1 404"), "each on its own port");
    assert!(ask(people, "/metrics").await.contains("text/html"), "no figures on the people's port");
    let mut request = format!("ws://{people}/api/v1/live").into_client_request().unwrap();
    request.headers_mut().insert("cookie", client.cookie.unwrap().parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    shutdown.cancel();
    let stopped = tokio::time::timeout(Duration::from_secs(9), running).await.expect("it stops in time");
    stopped.unwrap().unwrap();
    let mut code = None;
    while let Some(Ok(message)) = futures_util::StreamExt::next(&mut socket).await {
        if let Message::Close(Some(frame)) = message {
            code = Some(u16::from(frame.code));
        }
    }
    assert_eq!(code, Some(1001), "going away");
}

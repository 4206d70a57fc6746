//! Tiles of the map: from a folder, and from a real map service on a socket of its own.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use serde_json::json;
use telematics::datum::Datum;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use web::{Config, Map, MapKind, Secret};

use crate::harness::{Answer, Client, World};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";
const KEY: &str = "0a1b2c3d4e5f";

async fn tile(client: &Client, path: &str) -> Answer {
    client.ask_anywhere(axum::http::Method::GET, &format!("/tiles/{path}"), None, &[]).await
}

async fn world(map: Map) -> World {
    World::with(Config { map, ..Config::default() }, async |_| ()).await.0
}

/// A map service that keeps what it was asked.
struct MapService {
    asked: Arc<Mutex<Vec<String>>>,
    address: std::net::SocketAddr,
    running: JoinHandle<()>,
}

impl MapService {
    /// Base tiles at `/base`, names at `/names`; below zoom 5 it says that the key is wrong, at 404 it has nothing.
    async fn start() -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        let answer = async move |uri: Uri| {
            heard.lock().unwrap().push(uri.to_string());
            let zoom = uri.path().split('/').nth(2).unwrap().to_owned();
            match zoom.as_str() {
                "2" => (StatusCode::OK, [("content-type", "image/png")], &b"{\"msg\":\"no such key\"}"[..]).into_response(),
                "3" => StatusCode::FORBIDDEN.into_response(),
                "4" => StatusCode::NOT_FOUND.into_response(),
                "5" => (StatusCode::OK, vec![0x89; 3000]).into_response(),
                "6" => (StatusCode::FOUND, [("location", "/base/11/1707/843")]).into_response(),
                _ => (StatusCode::OK, [("content-type", "text/html")], PNG).into_response(),
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let running = tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
        Self { asked, address, running }
    }

    fn map(&self) -> Map {
        Map {
            kind: MapKind::Proxy,
            crs: Datum::Gcj02,
            url: Some(format!("http://{}/base/{{z}}/{{x}}/{{y}}?server={{s}}&tk={{key}}", self.address)),
            labels_url: Some(format!("http://{}/names/{{z}}/{{x}}/{{y}}?tk={{key}}", self.address)),
            key: Some(serde_json::from_value::<Secret>(json!(KEY)).unwrap()),
            servers: vec!["a".to_owned(), "b".to_owned()],
            attribution: "某地图服务".to_owned(),
            approval_number: "GS(2024)0001号".to_owned(),
            max_zoom: 17,
            tile_bytes: 2000,
            ..Map::default()
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_tile_passes_through_once_and_then_comes_from_here() {
    let service = MapService::start().await;
    let world = world(service.map()).await;
    let client = world.sign_in("dispatcher").await;
    for _ in 0..2 {
        let answer = tile(&client, "base/11/1707/843").await;
        assert_eq!((answer.status.as_u16(), &*answer.body), (200, PNG));
        assert_eq!(answer.headers["content-type"], "image/png", "whatever the service says that it is");
        assert_eq!(answer.headers["cache-control"], "private, max-age=86400");
    }
    assert_eq!(service.asked(), [format!("/base/11/1707/843?server=a&tk={KEY}")]);
    assert_eq!(tile(&client, "labels/11/1707/843").await.status, 200);
    assert_eq!(service.asked()[1], format!("/names/11/1707/843?tk={KEY}"));
    assert_eq!(tile(&client, "base/12/1/1").await.status, 200);
    assert!(service.asked()[2].contains("server=a"), "the third question, the first server again");
    world.pass(chrono::Duration::hours(11));
    assert_eq!(tile(&world.sign_in("dispatcher").await, "base/11/1707/843").await.status, 200);
    assert_eq!(service.asked().len(), 3, "still kept");
    world.pass(chrono::Duration::hours(14));
    assert_eq!(tile(&world.sign_in("dispatcher").await, "base/11/1707/843").await.status, 200);
    assert_eq!(service.asked().len(), 4, "after a day it is asked for again");
}

#[tokio::test]
async fn a_browser_that_has_the_tile_is_not_sent_it_again() {
    let service = MapService::start().await;
    let world = world(service.map()).await;
    let client = world.sign_in("dispatcher").await;
    let tag = tile(&client, "base/11/1707/843").await.headers["etag"].to_str().unwrap().to_owned();
    let known = [("if-none-match", tag.as_str())];
    let again = client.ask_anywhere(axum::http::Method::GET, "/tiles/base/11/1707/843", None, &known).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
}

#[tokio::test]
async fn a_service_that_fails_is_told_by_a_code_and_the_key_stays_here() {
    let service = MapService::start().await;
    let world = world(service.map()).await;
    let client = world.sign_in("dispatcher").await;
    for (path, status, code) in [
        ("base/2/1/1", 502, "tile.upstream"),
        ("base/3/1/1", 502, "tile.upstream"),
        ("base/4/1/1", 404, "tile.missing"),
        ("base/5/1/1", 502, "tile.upstream"),
        ("base/6/1/1", 502, "tile.upstream"),
    ] {
        let answer = tile(&client, path).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{path}");
        assert!(!answer.text().contains(KEY), "{}", answer.text());
    }
    assert_eq!(service.asked().len(), 5, "no redirection is followed");
    service.running.abort();
    let _ = service.running.await;
    let down = tile(&client, "base/11/1707/843").await;
    assert_eq!(down.problem(), (502, "tile.upstream".to_owned()));
    assert!(!down.text().contains(KEY) && !down.text().contains("127.0.0.1"), "{}", down.text());
}

#[tokio::test]
async fn addresses_that_are_none_reach_nobody() {
    let service = MapService::start().await;
    let world = world(service.map()).await;
    let client = world.sign_in("dispatcher").await;
    for (path, status, code) in [
        ("base/11/2048/1", 404, "tile.missing"),
        ("base/18/1/1", 404, "tile.missing"),
        ("elsewhere/11/1/1", 404, "tile.missing"),
        ("base/11/-1/1", 400, "request.path"),
        ("base/11/1/..%2f..%2fetc", 400, "request.path"),
        ("..%2f..%2fetc/11/1/1", 404, "tile.missing"),
    ] {
        assert_eq!(tile(&client, path).await.problem(), (status, code.to_owned()), "{path}");
    }
    assert_eq!(tile(&world.stranger(), "base/11/1707/843").await.problem(), (401, "auth.required".to_owned()));
    assert!(service.asked().is_empty());
}

#[tokio::test]
async fn the_page_is_told_which_map_and_not_where_it_comes_from() {
    let service = MapService::start().await;
    let world = world(service.map()).await;
    let answer = world.stranger().get("/config").await;
    assert_eq!(
        answer.json()["map"],
        json!({
            "kind": "proxy", "crs": "gcj02", "center": [120.17, 30.25], "zoom": 11.0, "max_zoom": 17,
            "layers": [{ "name": "base", "url": "/tiles/base/{z}/{x}/{y}" }, { "name": "labels", "url": "/tiles/labels/{z}/{x}/{y}" }],
            "attribution": "某地图服务", "approval_number": "GS(2024)0001号",
        })
    );
    assert!(!answer.text().contains(KEY) && !answer.text().contains("127.0.0.1"));
}

#[tokio::test]
async fn a_folder_of_pictures_is_a_map() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    };
    put("11/1707/843.png", PNG);
    put("11/1707/844.jpg", b"\xff\xd8\xff\xe0");
    put("11/1707/845.webp", b"no picture");
    put("11/1707/846.png", &[PNG, &[0; 2000]].concat());
    let folder_map =
        |path: &Path| Map { kind: MapKind::Tiles, tiles_dir: Some(path.to_owned()), tile_bytes: 2000, ..Map::default() };
    let world = world(folder_map(folder.path())).await;
    let client = world.sign_in("dispatcher").await;
    let answer = tile(&client, "base/11/1707/843").await;
    assert_eq!((answer.headers["content-type"].to_str().unwrap(), &*answer.body), ("image/png", PNG));
    assert_eq!(tile(&client, "base/11/1707/844").await.headers["content-type"], "image/jpeg");
    assert_eq!(tile(&client, "base/11/1707/845").await.problem(), (502, "tile.upstream".to_owned()));
    assert_eq!(tile(&client, "base/11/1707/846").await.problem(), (502, "tile.upstream".to_owned()));
    assert_eq!(tile(&client, "base/11/1707/847").await.problem(), (404, "tile.missing".to_owned()));
    assert_eq!(tile(&client, "labels/11/1707/843").await.problem(), (404, "tile.missing".to_owned()));
    let map = world.stranger().get("/config").await.json()["map"].clone();
    assert_eq!((map["kind"].as_str(), map["layers"].as_array().unwrap().len()), (Some("tiles"), 1));
    assert!(web::check_map(&folder_map(Path::new("/nowhere"))).is_err());
    assert!(web::check_map(&Map { kind: MapKind::Proxy, ..Map::default() }).is_err());
}

#[tokio::test]
async fn the_embedded_map_has_no_tiles() {
    let world = world(Map::default()).await;
    assert_eq!(tile(&world.sign_in("dispatcher").await, "base/0/0/0").await.problem(), (404, "tile.missing".to_owned()));
    assert_eq!(world.stranger().get("/config").await.json()["map"]["layers"], json!([]));
}

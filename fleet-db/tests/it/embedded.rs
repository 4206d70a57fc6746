//! The private server through its own interface; the root package's tests drive it through the command line.

use std::path::Path;
use std::sync::{Arc, Mutex};

use fleet_db::embedded::{self, Embedded, EmbeddedError, Settings, Step};

async fn start(data_dir: &Path) -> (Result<Embedded, EmbeddedError>, Vec<Step>) {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&steps);
    let settings = Settings { data_dir: data_dir.to_owned(), bin_dir: None, max_connections: 4, shared_buffers_bytes: 16 << 20 };
    let started = embedded::start(settings, Arc::new(move |step| telling.lock().unwrap().push(step))).await;
    let steps = steps.lock().unwrap().clone();
    (started, steps)
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_stop_and_a_second_start() {
    let data = tempfile::tempdir().unwrap();
    let (first, steps) = start(data.path()).await;
    let first = first.unwrap();
    assert_eq!(steps, [Step::Creating, Step::Starting, Step::Ready]);
    assert!(first.is_new);
    let pool = first.connect(2).await.unwrap();
    fleet_db::migrate(&pool).await.unwrap();
    pool.close().await;
    first.stop().await;

    let (second, steps) = start(data.path()).await;
    let second = second.unwrap();
    assert_eq!(steps, [Step::Starting, Step::Ready]);
    assert!(!second.is_new);
    let pool = fleet_db::connect(&second.url(), 2).await.unwrap();
    let (known, applied) = fleet_db::migrate::progress(&pool).await.unwrap();
    assert_eq!(known, applied);
    pool.close().await;
    second.stop().await;
}

#[tokio::test]
async fn a_folder_deeper_than_a_socket_may_lie_works_too() {
    let data = tempfile::tempdir().unwrap();
    let deep = data.path().join("deep-in-the-folders-of-an-archive/".repeat(4));
    let (started, _) = start(&deep).await;
    let started = started.unwrap();
    started.connect(1).await.unwrap().close().await;
    assert!(!deep.join("run").exists());
    started.stop().await;
}

//! A gate before a platform: what passes through it, the test decides.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(super) struct Gate {
    pub(super) address: SocketAddr,
    is_open: watch::Sender<bool>,
    visits: Arc<AtomicUsize>,
}

impl Gate {
    /// An open gate before `behind`.
    pub(super) async fn before(behind: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_open, watched) = watch::channel(true);
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        tokio::spawn(async move {
            while let Ok((mut visitor, _)) = listener.accept().await {
                let mut watched = watched.clone();
                if !*watched.borrow() {
                    continue;
                }
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let Ok(mut server) = TcpStream::connect(behind).await else { return };
                    tokio::select! {
                        _ = watched.wait_for(|is_open| !is_open) => {}
                        _ = copy_bidirectional(&mut visitor, &mut server) => {}
                    }
                });
            }
        });
        Self { address, is_open, visits }
    }

    /// Cuts what passes in the middle of a word, and lets nobody through.
    pub(super) fn shut(&self) {
        self.is_open.send_replace(false);
    }

    /// Lets pass again.
    pub(super) fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// How often somebody came through.
    pub(super) fn visits(&self) -> usize {
        self.visits.load(Ordering::Relaxed)
    }
}

//! For tests: a door to a test's database that can be shut, as if the server had gone, and opened again.

use std::io;
use std::net::SocketAddr;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use super::TestDatabase;

/// A way to the database through which the test decides what passes.
#[derive(Debug)]
pub struct Door {
    /// Connections through the door.
    pub pool: PgPool,
    is_open: watch::Sender<bool>,
}

impl TestDatabase {
    /// An open door to the database; only for a server that trusts whoever reaches it, as that of the tests does.
    pub async fn door(&self) -> io::Result<Door> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (is_open, watched) = watch::channel(true);
        tokio::spawn(attend(listener, self.options.clone(), watched));
        Ok(Door { pool: self.pool_by(address).await.map_err(io::Error::other)?, is_open })
    }

    async fn pool_by(&self, address: SocketAddr) -> Result<PgPool, sqlx::Error> {
        let options = PgConnectOptions::new_without_pgpass()
            .host(&address.ip().to_string())
            .port(address.port())
            .username(self.options.get_username())
            .database(&self.name)
            .ssl_mode(PgSslMode::Disable)
            .options([("timezone", "UTC")]);
        PgPoolOptions::new().max_connections(10).connect_with(options).await
    }
}

impl Door {
    /// Nothing passes any more: connections break in the middle of a word, new ones are cut at once.
    pub fn shut(&self) {
        self.is_open.send_replace(false);
    }

    /// Lets pass again.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }
}

async fn attend(listener: TcpListener, behind: PgConnectOptions, watched: watch::Receiver<bool>) {
    while let Ok((visitor, _)) = listener.accept().await {
        if *watched.borrow() {
            tokio::spawn(lead(visitor, behind.clone(), watched.clone()));
        }
    }
}

async fn lead(mut visitor: TcpStream, behind: PgConnectOptions, mut watched: watch::Receiver<bool>) -> io::Result<()> {
    let shut = async move {
        let _ = watched.wait_for(|is_open| !is_open).await;
    };
    let passing = async {
        if let Some(folder) = behind.get_socket() {
            let mut server = UnixStream::connect(folder.join(format!(".s.PGSQL.{}", behind.get_port()))).await?;
            copy_bidirectional(&mut visitor, &mut server).await
        } else {
            let mut server = TcpStream::connect((behind.get_host(), behind.get_port())).await?;
            copy_bidirectional(&mut visitor, &mut server).await
        }
    };
    tokio::select! {
        () = shut => Ok(()),
        passed = passing => passed.map(|_| ()),
    }
}

//! The private PostgreSQL with PostGIS that runs as a child process when no database is configured.
//!
//! `<data>/motorpool.lock` says who uses the folder, `<data>/pg` is the cluster, `<data>/run` holds the unix socket (a short
//! folder of its own elsewhere when that path would be longer than a socket's may be). No TCP port is opened; the folder of
//! the socket can be entered by the server's user alone, so a connection needs no password.

mod cluster;
mod error;
mod folder;
mod keeper;
mod leftover;
mod programs;
mod run_as;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::time::{MissedTickBehavior, interval, timeout};

pub use error::EmbeddedError;
pub use programs::Programs;

use crate::DbError;
use folder::Folder;
use keeper::{Keeper, State};

/// The database and its owner inside the private server.
const NAME: &str = "motorpool";
/// Names the socket file; no port is opened.
const PORT: u16 = 5432;
/// How often a server that is starting is asked whether it is ready.
const ASK_EVERY: Duration = Duration::from_millis(25);
/// Recovery replays at most `max_wal_size` and some; a server that needs longer than this has another problem.
const START_WITHIN: Duration = Duration::from_mins(10);

/// What the private server is given.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of everything the service keeps itself.
    pub data_dir: PathBuf,
    /// Where `initdb` and `postgres` are; looked for when not given.
    pub bin_dir: Option<PathBuf>,
    /// Most connections that the service will open.
    pub max_connections: u32,
    /// Memory that the server shares between its processes.
    pub shared_buffers_bytes: u64,
}

/// What a starting server is doing, for a person who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A first start: the cluster is being created.
    Creating,
    /// A server left over from a service that was killed is being stopped.
    StoppingLeftover(i32),
    /// The server is starting.
    Starting,
    /// The server was not stopped in order and puts its files in order first.
    Recovering,
    /// The server answers.
    Ready,
}

/// Is told each [`Step`].
pub type Progress = Arc<dyn Fn(Step) + Send + Sync>;

/// A running private server; stops when dropped, but only [`Embedded::stop`] waits until it has.
#[derive(Debug)]
pub struct Embedded {
    keeper: Keeper,
    folder: Folder,
    /// The cluster was created by this start.
    pub is_new: bool,
}

/// Starts the private server in `settings.data_dir`, creating it first when there is none.
pub async fn start(settings: Settings, progress: Progress) -> Result<Embedded, EmbeddedError> {
    let telling = Arc::clone(&progress);
    let prepared = tokio::task::spawn_blocking(move || prepare(&settings, &telling)).await;
    let (folder, keeper, is_new) = prepared.map_err(|error| EmbeddedError::Interrupted(error.to_string()))??;
    let embedded = Embedded { keeper, folder, is_new };
    let ready = timeout(START_WITHIN, embedded.wait_until_ready()).await.unwrap_or_else(|_elapsed| {
        let said = embedded.keeper.said();
        Err(EmbeddedError::StartFailed { said })
    });
    if let Err(error) = ready {
        embedded.stop().await;
        return Err(error);
    }
    progress(Step::Ready);
    Ok(embedded)
}

/// Looks whether a private server could start in `data_dir`, without starting or making anything.
pub fn examine(data_dir: &Path, bin_dir: Option<&Path>) -> Result<Programs, EmbeddedError> {
    let made_by = if data_dir.exists() { Folder::take(data_dir)?.made_by()? } else { None };
    Programs::find(bin_dir, made_by)
}

fn prepare(settings: &Settings, progress: &Progress) -> Result<(Folder, Keeper, bool), EmbeddedError> {
    let folder = Folder::take(&settings.data_dir)?;
    let programs = Programs::find(settings.bin_dir.as_deref(), folder.made_by()?)?;
    let is_new = cluster::create_unless_there(&folder, &programs, progress)?;
    leftover::stop(&folder.cluster(), progress)?;
    folder.make_socket_dir()?;
    let command = cluster::command_line(&folder, &programs, settings);
    let keeper = Keeper::start(folder.cluster(), folder.socket_file(PORT), command, Arc::clone(progress))?;
    Ok((folder, keeper, is_new))
}

impl Embedded {
    /// Connects to the service's database.
    pub async fn connect(&self, max_connections: u32) -> Result<PgPool, DbError> {
        crate::pool::connect_with(self.options(NAME), max_connections).await
    }

    /// Where the server is, for `psql` and other programs of this machine.
    pub fn url(&self) -> String {
        let mut folder = String::new();
        for byte in self.folder.socket_dir().as_os_str().as_encoded_bytes() {
            // Writing to a string cannot fail.
            let _ = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => write!(folder, "{}", char::from(*byte)),
                other => write!(folder, "%{other:02X}"),
            };
        }
        format!("postgres://{NAME}@localhost:{PORT}/{NAME}?host={folder}")
    }

    /// Stops the server and waits until it has.
    pub async fn stop(mut self) {
        self.keeper.stop().await;
        self.folder.leave();
    }

    fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.folder.socket_dir())
            .port(PORT)
            .username(NAME)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    async fn wait_until_ready(&self) -> Result<(), EmbeddedError> {
        let mut tick = interval(ASK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let State::Failed(said) = self.keeper.state() {
                return Err(EmbeddedError::of_output(&self.folder.cluster(), said));
            }
            // Anything but an answer means "not yet": the keeper knows when the server has given up.
            let Ok(mut connection) = PgConnection::connect_with(&self.options("postgres")).await else { continue };
            let made = create_database(&mut connection).await;
            // The answer has been read; how the connection ends no longer matters.
            let _ = connection.close().await;
            self.keeper.became_ready();
            return made.map_err(EmbeddedError::from);
        }
    }
}

async fn create_database(connection: &mut PgConnection) -> Result<(), DbError> {
    let there = sqlx::query_scalar!(r#"select exists (select from pg_database where datname = $1) as "there!""#, NAME);
    if !there.fetch_one(&mut *connection).await? {
        sqlx::raw_sql("create database motorpool").execute(connection).await?;
    }
    Ok(())
}

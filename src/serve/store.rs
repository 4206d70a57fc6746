//! The store: a server of the operator's, or the private one; migrated either way.

use std::sync::Arc;

use anyhow::Context as _;
use fleet_db::PgPool;
use fleet_db::embedded::{self, Embedded, Settings, Step};
use tracing::info;

use crate::config::Database;
use crate::logging::progress;
use crate::problem::Problem;

/// The store, with the server that came with it.
#[derive(Debug)]
pub(crate) struct Store {
    /// Connections to it.
    pub(crate) pool: PgPool,
    embedded: Option<Embedded>,
}

impl Store {
    /// Connects to `database.url`, or starts the private server; then brings the schema up to date.
    pub(crate) async fn open(database: &Database) -> anyhow::Result<Self> {
        let store = match &database.url {
            Some(url) => Self { pool: connect(url.reveal(), database.max_connections).await?, embedded: None },
            None => Self::private(database).await?,
        };
        if let Err(error) = fleet_db::migrate(&store.pool).await {
            let progress = fleet_db::migrate::progress(&store.pool).await;
            store.close().await;
            let error = anyhow::Error::from(error);
            return Err(match progress {
                Ok((known, applied)) if applied > known => error.context(newer()),
                _ => error.context("the schema could not be brought up to date"),
            });
        }
        Ok(store)
    }

    /// Closes the connections and stops the server that came with it.
    pub(crate) async fn close(self) {
        self.pool.close().await;
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
            info!("the database has stopped");
        }
    }

    async fn private(database: &Database) -> anyhow::Result<Self> {
        let settings = Settings {
            data_dir: database.data_dir.clone(),
            bin_dir: database.bin_dir.clone(),
            max_connections: database.max_connections,
            shared_buffers_bytes: database.shared_buffers_bytes,
        };
        let embedded = embedded::start(settings, Arc::new(|step| tell(&step))).await?;
        match embedded.connect(database.max_connections).await {
            Ok(pool) => {
                info!(url = embedded.url(), "the database answers");
                Ok(Self { pool, embedded: Some(embedded) })
            }
            Err(error) => {
                embedded.stop().await;
                Err(error).context("the private database refuses a connection")
            }
        }
    }
}

fn newer() -> Problem {
    Problem::new(
        "store.newer",
        "the database was written by a newer version of motorpool",
        "start that version, or a newer one; nothing has been changed",
    )
}

async fn connect(url: &str, max_connections: u32) -> anyhow::Result<PgPool> {
    fleet_db::connect(url, max_connections).await.map_err(|error| {
        let problem = Problem::new(
            "database.unreachable",
            "the database of database.url cannot be used",
            "check the address, the password, and that the server runs; without database.url a private one is started",
        );
        anyhow::Error::new(error).context(problem)
    })
}

fn tell(step: &Step) {
    match step {
        Step::Creating => progress("creating the database (first start) ..."),
        Step::StoppingLeftover(pid) => {
            progress(&format!("stopping the database server that a killed service left behind (process {pid}) ..."));
        }
        Step::Starting => progress("starting the database ..."),
        Step::Recovering => progress("the database was not stopped in order and recovers ..."),
        Step::Ready => {}
    }
}

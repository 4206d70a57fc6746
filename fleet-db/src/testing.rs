//! For tests of any floor: an empty, migrated database of one's own, gone when it is dropped.

pub mod door;
pub mod driving;
pub mod errand;
pub mod fleet;
pub mod province;
pub mod trip;

use std::sync::OnceLock;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};
use uuid::Uuid;

use crate::migrate::MIGRATOR;

/// Where tests find their server, and how to get one.
const NO_SERVER: &str = "tests need PostgreSQL with PostGIS: set DATABASE_URL, or run `make test`, which starts one";
/// Key of the advisory lock under which one process makes the template.
const TEMPLATE_LOCK: i64 = 0x4d6f_746f;

/// A database of one test (测试库).
#[derive(Debug)]
pub struct TestDatabase {
    /// Connections to it.
    pub pool: PgPool,
    options: PgConnectOptions,
    name: String,
}

impl TestDatabase {
    /// Its address, for another process.
    pub fn url(&self) -> String {
        self.options.to_url_lossy().to_string()
    }
}

/// Makes a database for one test on the server of `DATABASE_URL`, by copying a migrated template.
///
/// # Panics
/// When there is no server, with the way to get one.
#[expect(clippy::panic, reason = "a test without its server must fail and say what to do")]
pub async fn database() -> TestDatabase {
    match create().await {
        Ok(database) => database,
        Err(error) => panic!("{NO_SERVER}: {error}"),
    }
}

async fn create() -> Result<TestDatabase, Box<dyn std::error::Error + Send + Sync>> {
    let url = std::env::var("DATABASE_URL")?;
    let options: PgConnectOptions = url.parse::<PgConnectOptions>()?.options([("timezone", "UTC"), ("jit", "off")]);
    let mut server = PgConnection::connect_with(&options).await?;
    let template = template(&mut server, &options).await?;
    let name = format!("motorpool_test_{}", Uuid::now_v7().simple());
    sqlx::query(AssertSqlSafe(format!("create database {name} template {template}"))).execute(&mut server).await?;
    server.close().await?;
    let options = options.database(&name);
    let pool =
        PgPoolOptions::new().max_connections(10).acquire_timeout(Duration::from_secs(20)).connect_with(options.clone()).await?;
    Ok(TestDatabase { pool, options, name })
}

/// The name of the migrated template, made when it is not there yet; another set of migrations is another template.
async fn template(server: &mut PgConnection, options: &PgConnectOptions) -> sqlx::Result<String> {
    static NAME: OnceLock<String> = OnceLock::new();
    if let Some(name) = NAME.get() {
        return Ok(name.clone());
    }
    let sum = MIGRATOR
        .iter()
        .flat_map(|migration| migration.checksum.iter())
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let name = format!("motorpool_template_{sum:016x}");
    sqlx::query("select pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut *server).await?;
    let is_there: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1 and datistemplate)")
        .bind(&name)
        .fetch_one(&mut *server)
        .await?;
    if !is_there {
        sqlx::query(AssertSqlSafe(format!("drop database if exists {name} with (force)"))).execute(&mut *server).await?;
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut *server).await?;
        let mut connection = PgConnection::connect_with(&options.clone().database(&name)).await?;
        MIGRATOR.run(&mut connection).await?;
        connection.close().await?;
        sqlx::query(AssertSqlSafe(format!("alter database {name} is_template true"))).execute(&mut *server).await?;
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(TEMPLATE_LOCK).execute(&mut *server).await?;
    Ok(NAME.get_or_init(|| name).clone())
}

impl Drop for TestDatabase {
    /// Dropping needs a connection and the test's own run time may be gone: a thread of its own does it.
    fn drop(&mut self) {
        let (options, name) = (self.options.clone().database("postgres"), std::mem::take(&mut self.name));
        let gone = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async move {
                if let Ok(mut server) = PgConnection::connect_with(&options).await {
                    let _ = sqlx::query(AssertSqlSafe(format!("drop database if exists {name} with (force)")))
                        .execute(&mut server)
                        .await;
                }
            });
        });
        let _ = gone.join();
    }
}

//! Connecting, migrating, and what a server that is not there looks like.

use std::time::Duration;

use fleet_db::{DbError, PgPool};
use sqlx::postgres::PgPoolOptions;

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_migrated_database_knows_that_it_is(pool: PgPool) {
    let (known, applied) = fleet_db::migrate::progress(&pool).await.unwrap();
    assert_eq!(known, applied);
    fleet_db::migrate(&pool).await.unwrap();
}

#[sqlx::test(migrations = false)]
async fn an_empty_database_has_no_migration_yet(pool: PgPool) {
    assert_eq!(fleet_db::migrate::progress(&pool).await.unwrap().1, 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let answer = fleet_db::connect("postgres://nobody@127.0.0.1:1/nothing", 1).await;
    assert!(matches!(answer, Err(DbError::Unavailable(_))), "{answer:?}");
}

#[sqlx::test(migrations = false)]
async fn a_beginning_that_is_given_up_leaves_no_transaction_open(pool: PgPool) {
    sqlx::query("create table kept (n bigint)").execute(&pool).await.unwrap();
    let one = PgPoolOptions::new().max_connections(1).connect_with((*pool.connect_options()).clone()).await.unwrap();
    for n in 0..100_i64 {
        // Given up somewhere between the asking and the answer, as a request is that nobody waits for any more.
        drop(tokio::time::timeout(Duration::from_micros(n.unsigned_abs() * 10), fleet_db::begin(&one)).await);
        sqlx::query("insert into kept values ($1)").bind(n).execute(&one).await.unwrap();
        let stored: i64 = sqlx::query_scalar("select count(*) from kept").fetch_one(&pool).await.unwrap();
        assert_eq!(stored, n + 1, "what was said to be stored is, for everybody");
    }
}

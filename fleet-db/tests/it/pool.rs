//! Connecting, migrating, and what a server that is not there looks like.

use fleet_db::{DbError, PgPool};

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

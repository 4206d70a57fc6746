//! The audit log: only ever added to, one chain of what many write at once, no gap behind a change that was given up.

use chrono::{DateTime, TimeZone as _, Utc};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use fleet_db::testing::fleet::{execute, number};
use fleet_db::{PgPool, audit, testing};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 1, 0, 0).unwrap()
}

fn entry(name: &str) -> Entry {
    Entry::new(Action::Created, Subject::named(SubjectKind::Vehicle, name))
}

async fn note(pool: &PgPool, name: &str) {
    let mut tx = fleet_db::begin(pool).await.unwrap();
    let _ = audit::append(&mut tx, &By::system("测试"), &entry(name), now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn nobody_changes_takes_away_or_slips_in_an_entry_not_even_the_owner() {
    let db = testing::database().await;
    note(&db.pool, "浙A00001").await;
    note(&db.pool, "浙A00002").await;
    let refused = [
        "update audit_entry set body = '{}' where seq = 1",
        "update audit_entry set seq = seq",
        "delete from audit_entry where seq = 2",
        "truncate audit_entry",
        "insert into audit_entry (seq, body, prev_hash, hash) values (3, '{}', '', '')",
        "insert into audit_entry (seq, body, prev_hash, hash)
         select seq + 1, '{}', hash, sha256('x') from audit_head",
        "update audit_head set seq = 0",
        "update audit_head set seq = seq + 1",
        "delete from audit_head",
        "insert into audit_head (id, seq, hash) values (false, 1, '')",
        "insert into audit_pruned select 1, hash, '2020-01-01', 1, now() from audit_entry where seq = 1",
    ];
    for statement in refused {
        assert!(execute(&db.pool, statement).await.is_err(), "{statement} was let through");
    }
    assert_eq!(number(&db.pool, "select count(*) from audit_entry").await.unwrap(), 2);
}

#[tokio::test]
async fn what_many_write_at_once_is_one_chain_without_a_gap() {
    const WRITERS: i64 = 8;
    let db = testing::database().await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let pool = db.pool.clone();
        writers.spawn(async move {
            for n in 0..5 {
                note(&pool, &format!("{writer}-{n}")).await;
            }
        });
    }
    writers.join_all().await;
    assert_eq!(number(&db.pool, "select seq from audit_head").await.unwrap(), WRITERS * 5);
    let broken = number(
        &db.pool,
        "select count(*) from (
            select seq, prev_hash, lag(hash, 1, decode(repeat('00', 32), 'hex')) over (order by seq) as before,
                   row_number() over (order by seq) as place
            from audit_entry) e
         where prev_hash <> before or seq <> place",
    );
    assert_eq!(broken.await.unwrap(), 0);
}

#[tokio::test]
async fn who_has_told_and_still_works_keeps_nobody_from_the_end_of_the_chain() {
    let db = testing::database().await;
    let mut slow = fleet_db::begin(&db.pool).await.unwrap();
    let _ = audit::append(&mut slow, &By::system(""), &entry("first told, last committed"), now()).await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(20), note(&db.pool, "last told, first committed")).await.unwrap();
    slow.commit().await.unwrap();
    let place = "select seq from audit_entry where subject_name = 'first told, last committed'";
    assert_eq!(number(&db.pool, place).await.unwrap(), 2, "the chain is in order of commits");
    assert_eq!(number(&db.pool, "select count(*) from audit_pending").await.unwrap(), 0);
}

#[tokio::test]
async fn a_change_that_was_given_up_leaves_neither_an_entry_nor_a_gap() {
    let db = testing::database().await;
    note(&db.pool, "浙A00001").await;
    let mut tx = fleet_db::begin(&db.pool).await.unwrap();
    let _ = audit::append(&mut tx, &By::system(""), &entry("浙A00002"), now()).await.unwrap();
    tx.rollback().await.unwrap();
    note(&db.pool, "浙A00003").await;
    assert_eq!(number(&db.pool, "select count(*) from audit_entry where subject_name = '浙A00002'").await.unwrap(), 0);
    assert_eq!(number(&db.pool, "select seq from audit_entry where subject_name = '浙A00003'").await.unwrap(), 2);
}

#[tokio::test]
async fn what_is_searched_is_read_out_of_what_is_hashed() {
    let db = testing::database().await;
    note(&db.pool, "浙A00001").await;
    let found = number(
        &db.pool,
        "select count(*) from audit_entry
         where at = '2026-03-02T01:00:00Z' and login = 'system' and action = 'created' and subject_kind = 'vehicle'
           and subject_name = '浙A00001' and account_id is null and unit_id is null",
    );
    assert_eq!(found.await.unwrap(), 1);
}

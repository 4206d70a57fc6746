//! Local roles and the three administrators in the database: no statement, however it comes, makes one account all of them.

use fleet_db::testing::{TestDatabase, database};
use fleet_db::{Constraint, DbError};
use sqlx::AssertSqlSafe;

/// A city with two counties; the account of the east holds nothing but what a test gives it.
async fn east() -> TestDatabase {
    let db = database().await;
    sqlx::raw_sql(include_str!("scope.sql")).execute(&db.pool).await.unwrap();
    sqlx::query("delete from account_grant").execute(&db.pool).await.unwrap();
    db
}

async fn run(db: &TestDatabase, sql: String) -> Result<(), DbError> {
    sqlx::query(AssertSqlSafe(sql)).execute(&db.pool).await.map_err(DbError::from)?;
    Ok(())
}

fn grant(role: &str, local_role: &str, unit: u8, functions: &str) -> String {
    format!(
        "insert into account_grant (id, account_id, role, local_role_id, unit_id, functions, during, reason, created_at) values
         (gen_random_uuid(), '00000000-0000-0000-0000-00000000000a', '{role}', {local_role}, '00000000-0000-0000-0000-00000000000{unit}',
          {functions}, '[2026-03-02,)', '', now())"
    )
}

fn role(base: &str, functions: &str) -> String {
    format!(
        "insert into local_role (id, unit_id, name_zh, name_en, base_role, functions, created_by, created_at) values
         (gen_random_uuid(), '00000000-0000-0000-0000-000000000003', '{base}', '', '{base}', '{functions}', '00000000-0000-0000-0000-00000000000a', now())"
    )
}

fn refused_by(refused: &Result<(), DbError>, constraint: Constraint) -> bool {
    matches!(refused, Err(DbError::Conflict(found)) if *found == constraint)
}

#[tokio::test]
async fn one_account_cannot_hold_all_three_nor_two() {
    let db = east().await;
    let admins = ["system_admin", "security_admin", "audit_admin"];
    for first in admins {
        sqlx::query("delete from account_grant").execute(&db.pool).await.unwrap();
        run(&db, grant(first, "null", 3, "null")).await.unwrap();
        for other in admins.into_iter().filter(|other| *other != first) {
            // Over another unit, and for one function alone: it is the same hand.
            for functions in ["null", "'{read_rules}'"] {
                for unit in [1, 2, 3] {
                    let refused = run(&db, grant(other, "null", unit, functions)).await;
                    assert!(refused_by(&refused, Constraint::GrantSeparated), "{first} and {other}: {refused:?}");
                }
            }
        }
        let turned = run(&db, grant("inspector", "null", 3, "null")).await;
        assert!(turned.is_ok());
        for other in admins.into_iter().filter(|other| *other != first) {
            let refused = run(&db, format!("update account_grant set role = '{other}' where role = 'inspector'")).await;
            assert!(refused_by(&refused, Constraint::GrantSeparated), "nor by a change: {first} and {other}: {refused:?}");
        }
    }
    for base in admins {
        let refused = run(&db, role(base, "{read_rules}")).await;
        assert!(refused_by(&refused, Constraint::LocalRoleBase), "nor by a role of another name: {base}: {refused:?}");
    }
}

#[tokio::test]
async fn a_local_role_is_granted_as_it_is_and_where_it_is() {
    let db = east().await;
    let watch = "'00000000-0000-0000-0000-00000000000c'";
    for (role, unit, functions) in [
        ("security_admin", 3, "null"),
        ("fleet_manager", 3, "null"),
        ("dispatcher", 2, "null"),
        ("dispatcher", 1, "null"),
        ("dispatcher", 3, "'{watch_vehicles,manage_fleet}'"),
    ] {
        let refused = run(&db, grant(role, watch, unit, functions)).await;
        assert!(refused_by(&refused, Constraint::GrantLocalRole), "{role} {unit} {functions}: {refused:?}");
    }
    run(&db, grant("dispatcher", watch, 3, "null")).await.unwrap();
    let turned = run(&db, "update account_grant set role = 'system_admin'".to_owned()).await;
    assert!(refused_by(&turned, Constraint::GrantLocalRole), "{turned:?}");
    for change in ["functions = '{watch_vehicles,erase_terminals}'", "base_role = 'inspector'"] {
        let refused = run(&db, format!("update local_role set {change}")).await;
        assert!(refused_by(&refused, Constraint::LocalRoleFinal), "{change}: {refused:?}");
    }
    run(&db, "update local_role set retired_at = now()".to_owned()).await.unwrap();
    let late = run(&db, grant("dispatcher", watch, 3, "null")).await;
    assert!(refused_by(&late, Constraint::GrantLocalRole), "given no more: {late:?}");
    let back = run(&db, "update local_role set retired_at = null".to_owned()).await;
    assert!(refused_by(&back, Constraint::LocalRoleFinal), "{back:?}");
    let empty = run(&db, role("inspector", "{}")).await;
    assert!(refused_by(&empty, Constraint::LocalRoleFunctions), "{empty:?}");
}

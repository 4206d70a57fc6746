//! The yearly report on the handling of data: its figures are those of the store and of the audit log, and nothing else.

use dispatch::account::Role;
use fleet_db::testing::fleet::execute;
use serde_json::{Value, json};
use web::Config;

use crate::harness::{EAST, WEST, World, add_car};

const YEAR: &str = "/reports/data-handling?year=2026";

#[tokio::test]
async fn the_report_counts_what_is_kept_deleted_and_looked_at_by_unit() {
    let (world, car) = World::with(Config::default(), async |pool| {
        add_car(pool, EAST, "浙A00009", None).await;
        add_car(pool, WEST, "浙A00001", None).await
    })
    .await;
    world.open_account("jijian", Role::Inspector, WEST).await;
    world.open_account("shenji", Role::AuditAdmin, WEST).await;
    let (inspector, manager, auditor) =
        (world.sign_in("jijian").await, world.sign_in("manager").await, world.sign_in("shenji").await);
    let window = "from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z";
    assert_eq!(inspector.get(&format!("/vehicles/{}/trips?{window}", car.id)).await.status, 200);
    assert_eq!(manager.get(&format!("/vehicles/{}/track/export?{window}&format=csv", car.id)).await.status, 200);
    let paper = manager.upload(&format!("/vehicles/{}/documents?kind=other&name=a.pdf", car.id), b"%PDF-1.7\n".to_vec()).await;
    let paper = format!("/documents/{}", paper.json()["id"].as_str().unwrap());
    let gone = manager.ask(axum::http::Method::DELETE, &paper, Some(json!({ "reason": "传错" }).to_string()), &[]).await;
    assert_eq!(gone.status, 204);
    // Three days of tracks: one of another year, one that should have gone long ago, one of now.
    for day in [
        "insert into track_day (vehicle_no, day, fixes, first_at, last_at, distance_m, hour_fixes, columns)
         select no, '2026-03-01', 500, '2026-03-01', '2026-03-01', 0, '{}', '' from vehicle where plate = '浙A00001'",
        "insert into track_day (vehicle_no, day, fixes, first_at, last_at, distance_m, hour_fixes, columns)
         select no, '2025-06-01', 300, '2025-06-01', '2025-06-01', 0, '{}', '' from vehicle where plate = '浙A00001'",
        "insert into track_day (vehicle_no, day, fixes, first_at, last_at, distance_m, hour_fixes, columns)
         select no, '2024-01-01', 7, '2024-01-01', '2024-01-01', 0, '{}', '' from vehicle where plate = '浙A00001'",
    ] {
        execute(&world.db.pool, day).await.unwrap();
    }
    let report = auditor.get(YEAR).await;
    assert_eq!(report.status, 200, "{}", report.text());
    let report = report.json();
    let kind = |name: &str| report["kinds"].as_array().unwrap().iter().find(|kind| kind["kind"] == name).unwrap().clone();
    assert_eq!(
        (&kind("positions")["amount"], &kind("vehicles")["amount"], &kind("documents")["amount"]),
        (&json!(500), &json!(1), &json!(0))
    );
    assert_eq!((&kind("positions")["class"], &kind("positions")["kept_days"]), (&json!("important"), &json!(365)));
    let tracks =
        json!({ "kept_days": 3, "of_year_days": 1, "first_day": "2024-01-01", "last_day": "2026-03-01", "overdue_days": 1 });
    assert_eq!(report["tracks"], tracks);
    assert_eq!(report["retention"], json!({ "track_online_days": 365, "log_online_days": 365, "log_archive_days": 1095 }));
    let deleted: Vec<_> = report["deleted"].as_array().unwrap().iter().map(|one| (&one["subject_kind"], &one["count"])).collect();
    assert_eq!(deleted, [(&json!("document"), &json!(1))]);
    let looks = report["looks"].as_array().unwrap();
    assert_eq!(looks.len(), 1, "what is of other units is not told: {looks:?}");
    assert_eq!((&looks[0]["unit_name"], &looks[0]["viewed"], &looks[0]["exported"]), (&json!("西湖区府"), &json!(1), &json!(1)));
    assert_eq!((&report["is_complete"], &report["year"]), (&json!(false), &json!(2026)));
    let before = auditor.get("/reports/data-handling?year=2025").await.json();
    let positions = before["kinds"].as_array().unwrap().iter().find(|kind| kind["kind"] == "positions").unwrap().clone();
    assert_eq!((&positions["amount"], &before["is_complete"], &before["looks"]), (&json!(300), &json!(true), &json!([])));
}

#[tokio::test]
async fn the_report_is_for_who_reads_the_log_and_taking_it_is_written_down() {
    let world = World::new().await;
    world.open_account("shenji", Role::AuditAdmin, WEST).await;
    let auditor = world.sign_in("shenji").await;
    for login in ["manager", "dispatcher", "driver", "admin"] {
        assert_eq!(world.sign_in(login).await.get(YEAR).await.problem(), (403, "auth.forbidden".to_owned()), "{login}");
    }
    assert_eq!(auditor.get(&format!("{YEAR}&unit_id={}", EAST.0)).await.problem(), (403, "auth.outside".to_owned()));
    assert_eq!(auditor.get("/reports/data-handling?year=1").await.status, 400);
    assert_eq!(auditor.get("/reports/data-handling/export?format=pdf").await.status, 400);
    let start = crate::audit::head(&world).await;
    let file = auditor.get("/reports/data-handling/export?year=2026&format=xlsx").await;
    assert_eq!(file.status, 200, "{}", file.text());
    assert_eq!(&file.body[..2], b"PK", "a workbook");
    let told = fleet_db::testing::fleet::told(&world.db.pool, start).await.unwrap();
    assert_eq!(told, "exported audit_log shenji");
}

#[tokio::test]
async fn whoever_was_refused_or_locked_out_stands_in_the_report() {
    let world = World::new().await;
    world.open_account("shenji", Role::AuditAdmin, WEST).await;
    for _ in 0..5 {
        let wrong = json!({ "login": "dispatcher", "password": "wrong" });
        assert_eq!(world.stranger().post("/session", &wrong).await.status, 401);
    }
    let report: Value = world.sign_in("shenji").await.get(YEAR).await.json();
    let told: Vec<_> = report["incidents"].as_array().unwrap().iter().map(|one| (&one["action"], &one["count"])).collect();
    assert_eq!(told, [(&json!("locked"), &json!(1)), (&json!("sign_in_refused"), &json!(5))]);
}

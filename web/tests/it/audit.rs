//! The audit log over HTTP: what is written down, who may read it, and packs that prove themselves.

use axum::http::Method;
use dispatch::account::Role;
use dispatch::audit::pack;
use dispatch::audit::seal::SealKey;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};
use web::Config;

use crate::harness::{CITY, Car, EAST, PASSWORD, WEST, World, add_car};

const WINDOW: &str = "from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z";

/// How far the chain goes.
pub(crate) async fn head(world: &World) -> i64 {
    number(&world.db.pool, "select seq from audit_head").await.unwrap()
}

/// Action, kind of the subject and login of the entries behind `seq`, one a line.
async fn told(world: &World, seq: i64) -> String {
    fleet_db::testing::fleet::told(&world.db.pool, seq).await.unwrap()
}

async fn with_car() -> (World, Car) {
    World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", None).await).await
}

#[tokio::test]
async fn every_way_in_and_out_is_written_down_and_so_is_every_refusal() {
    let world = World::new().await;
    let sign_in = async |login: &str, password: &str| {
        world.stranger().post("/session", &json!({ "login": login, "password": password })).await.status.as_u16()
    };
    let start = head(&world).await;
    assert_eq!(sign_in("nobody", PASSWORD).await, 401);
    assert_eq!(sign_in("No Login At All", PASSWORD).await, 401);
    let manager = world.sign_in("manager").await;
    assert_eq!(manager.ask(Method::DELETE, "/session", None, &[]).await.status, 204);
    assert_eq!(
        told(&world, start).await,
        "sign_in_refused account nobody\nsign_in_refused account No Login At All\nsigned_in account manager\n\
         signed_out account manager"
    );
    let start = head(&world).await;
    for _ in 0..5 {
        assert_eq!(sign_in("dispatcher", "wrong").await, 401);
    }
    assert_eq!(sign_in("dispatcher", PASSWORD).await, 423);
    let refused = "sign_in_refused account dispatcher\n";
    assert_eq!(told(&world, start).await, format!("{}locked account dispatcher\n{}", refused.repeat(5), refused.trim_end()));
    assert_eq!(number(&world.db.pool, "select count(*) from audit_entry where body like '%Motorpool-demo%'").await.unwrap(), 0);
}

#[tokio::test]
async fn who_looks_on_is_seen_looking_and_who_works_is_not() {
    let (world, car) = with_car().await;
    world.open_account("jijian", Role::Inspector, WEST).await;
    let (inspector, manager) = (world.sign_in("jijian").await, world.sign_in("manager").await);
    let papers = json!({ "protocol": "jt808", "terminal_id": "13900000001", "model": "x", "unit_id": WEST.0 });
    let terminal = manager.post("/terminals", &papers).await.json()["id"].as_str().unwrap().to_owned();
    let of_car = |rest: &str| format!("/vehicles/{}{rest}", car.id);
    let paper = manager.upload(&of_car("/documents?kind=inspection&name=a.pdf"), b"%PDF-1.7\n".to_vec()).await;
    let paper = paper.json()["id"].as_str().unwrap().to_owned();
    let looks = [
        (of_car(""), "track"),
        (of_car("/days"), "track"),
        (of_car(&format!("/track?{WINDOW}")), "track"),
        (of_car(&format!("/trips?{WINDOW}")), "track"),
        (of_car(&format!("/stops?{WINDOW}")), "track"),
        (of_car(&format!("/events?{WINDOW}")), "track"),
        (of_car(&format!("/alarms?{WINDOW}")), "track"),
        (format!("/documents/{paper}"), "document"),
        ("/live/snapshot".to_owned(), "track"),
        (format!("/terminals/{terminal}/frames"), "frames"),
        ("/audit".to_owned(), "audit_log"),
    ];
    for (path, kind) in &looks {
        let start = head(&world).await;
        let answer = inspector.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(told(&world, start).await, format!("viewed {kind} jijian"), "{path}");
        if *kind != "audit_log" {
            assert_eq!(manager.get(path).await.status, 200, "{path}");
            assert_eq!(head(&world).await, start + 1, "{path}: whoever works with the cars is not written down");
        }
    }
    let start = head(&world).await;
    assert_eq!(inspector.post(&format!("/terminals/{terminal}/watch"), &json!({})).await.status, 200);
    assert_eq!(told(&world, start).await, "viewed frames jijian");
    let start = head(&world).await;
    for client in [&inspector, &manager] {
        assert_eq!(client.get(&of_car(&format!("/track/export?{WINDOW}&format=csv"))).await.status, 200);
        assert_eq!(client.get("/units/export?format=csv").await.status, 200);
    }
    assert_eq!(
        told(&world, start).await,
        "exported track jijian\nexported unit jijian\nexported track manager\nexported unit manager",
        "a copy is written down whoever takes it"
    );
    let (admin, start) = (world.sign_in("admin").await, head(&world).await);
    let table = Some("单位名称,上级单位\n错的局,没有的局\n".to_owned());
    assert_eq!(admin.ask(Method::POST, "/imports/rejected?file=a.csv", table, &[]).await.status, 200);
    assert_eq!(told(&world, start).await, "exported document admin");
}

#[tokio::test]
async fn what_cannot_be_written_down_is_neither_shown_nor_done() {
    let (world, car) = with_car().await;
    world.open_account("jijian", Role::Inspector, WEST).await;
    let (inspector, manager) = (world.sign_in("jijian").await, world.sign_in("manager").await);
    execute(&world.db.pool, "revoke execute on function audit_append(text) from motorpool_web").await.unwrap();
    let track = format!("/vehicles/{}/track?{WINDOW}", car.id);
    assert!(inspector.get(&track).await.status.is_server_error());
    assert_eq!(manager.get(&track).await.status, 200);
    assert!(manager.get(&format!("/vehicles/{}/track/export?{WINDOW}&format=csv", car.id)).await.status.is_server_error());
    let obu = Some(json!({ "obu_id": "33010000000001" }).to_string());
    assert!(manager.ask(Method::PUT, &format!("/vehicles/{}/obu", car.id), obu, &[]).await.status.is_server_error());
    assert_eq!(number(&world.db.pool, "select count(*) from vehicle where obu_id is not null").await.unwrap(), 0);
}

#[tokio::test]
async fn an_entry_says_who_in_which_role_from_where_what_before_and_after_and_why() {
    let (world, car) = with_car().await;
    world.open_account("shenji", Role::AuditAdmin, CITY).await;
    let (manager, audit) = (world.sign_in("manager").await, world.sign_in("shenji").await);
    let papers = json!({ "protocol": "jt808", "terminal_id": "13900000001", "model": "x", "unit_id": WEST.0 });
    let terminal = manager.post("/terminals", &papers).await.json()["id"].as_str().unwrap().to_owned();
    let binding = json!({ "vehicle_id": car.id.0, "reason": "装车" });
    assert_eq!(manager.post(&format!("/terminals/{terminal}/binding"), &binding).await.status, 200);
    let found = audit.get(&format!("/audit?action=bound&subject_id={terminal}&q=139")).await.json();
    let [line] = found["items"].as_array().unwrap().as_slice() else { panic!("{found}") };
    assert_eq!((&line["login"], &line["role"], &line["reason"]), (&json!("manager"), &json!("fleet_manager"), &json!("装车")));
    assert_eq!((&line["subject_kind"], &line["unit_name"]), (&json!("terminal"), &json!("西湖区府")));
    let detail = audit.get(&format!("/audit/{}", line["seq"])).await.json();
    assert_eq!(detail["before"]["plate"], Value::Null);
    assert_eq!(detail["after"]["plate"], "浙A00001");
    assert_eq!(detail["sealed_on"], Value::Null);
    assert_eq!(detail["hash"].as_str().unwrap().len(), 64);
    // The same page by page.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = audit.get(&format!("/audit?limit=2&to=2030-01-01T00:00:00Z{after}")).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["seq"].as_i64().unwrap()));
        match page["next"].as_i64() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let newest = seen[0];
    assert_eq!(seen, (1..=newest).rev().collect::<Vec<_>>(), "all of them, the newest first");
    assert_eq!(audit.get("/audit?action=flown").await.problem(), (400, "request.query".to_owned()));
}

#[tokio::test]
async fn the_log_is_read_within_the_scope_and_what_belongs_to_no_unit_by_the_watchers_at_the_top() {
    let world = World::new().await;
    world.open_account("jijian", Role::Inspector, WEST).await;
    world.open_account("jijian.city", Role::Inspector, CITY).await;
    world.open_account("shenji", Role::AuditAdmin, CITY).await;
    world.open_account("shenji.west", Role::AuditAdmin, WEST).await;
    world.stranger().post("/session", &json!({ "login": "nobody", "password": "x" })).await;
    let east = world.sign_in("east.manager").await;
    assert_eq!(east.post("/devices", &json!({ "terminal_id": "MP-E", "model": "x" })).await.status, 201);
    for (login, sees_east, sees_strangers) in [
        ("jijian", false, false),
        ("shenji.west", false, false),
        ("jijian.city", true, false),
        ("shenji", true, true),
        ("security", true, true),
    ] {
        let reader = world.sign_in(login).await;
        let of_east = reader.get("/audit?q=MP-E").await.json();
        assert_eq!(!of_east["items"].as_array().unwrap().is_empty(), sees_east, "{login}");
        let of_nobody = reader.get("/audit?login=nobody").await.json();
        assert_eq!(!of_nobody["items"].as_array().unwrap().is_empty(), sees_strangers, "{login}");
        // Entry 1 is of the service itself: the rules that it brought along.
        assert_eq!(reader.get("/audit/1").await.status == 200, sees_strangers, "{login}");
        assert_eq!(reader.get("/audit/seals").await.status, 200);
    }
    for login in ["manager", "admin", "driver", "dispatcher"] {
        let reader = world.sign_in(login).await;
        for path in ["/audit", "/audit/1", "/audit/seals"] {
            assert_eq!(reader.get(path).await.problem(), (403, "auth.forbidden".to_owned()), "{login} {path}");
        }
    }
}

#[tokio::test]
async fn a_pack_proves_itself_and_tells_nothing_that_its_reader_may_not_see() {
    let world = World::new().await;
    world.open_account("jijian", Role::Inspector, WEST).await;
    let (inspector, west, east) =
        (world.sign_in("jijian").await, world.sign_in("dispatcher").await, world.sign_in("east.manager").await);
    assert_eq!(east.post("/devices", &json!({ "terminal_id": "MP-E", "model": "x" })).await.status, 201);
    assert_eq!(west.post("/tokens", &json!({ "name": "西边的" })).await.status, 201);
    let start = head(&world).await;
    let wanted = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-03-09T00:00:00Z", "reason": "年度审计" });
    let answer = inspector.post("/audit/packs", &wanted).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(told(&world, start).await, "exported audit_log jijian");
    let key = SealKey::from_random([7; 32]).unwrap().public();
    let proof = pack::verify(&answer.text(), Some(&key)).unwrap();
    assert_eq!(proof.head.made_by, "jijian");
    assert!(proof.head.shown > 0 && proof.head.shown < proof.head.entries, "{proof:?}");
    assert!(answer.text().contains("西边的") && !answer.text().contains("MP-E"));
    assert!(pack::verify(&answer.text().replace("西边的", "东边的"), None).is_err());
    let never = json!({ "from": "2020-03-01T00:00:00Z", "to": "2020-03-09T00:00:00Z", "reason": "x" });
    assert_eq!(inspector.post("/audit/packs", &never).await.problem(), (422, "audit.pack_empty".to_owned()));
    let elsewhere = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-03-09T00:00:00Z", "unit_id": EAST.0, "reason": "x" });
    assert_eq!(inspector.post("/audit/packs", &elsewhere).await.status, 404);
    let without = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-03-09T00:00:00Z", "reason": "" });
    assert_eq!(inspector.post("/audit/packs", &without).await.problem(), (422, "request.invalid".to_owned()));
}

//! Rules through the API: what holds and since when, what a change would touch, and two people for every change.

use chrono::Duration;
use dispatch::account::{AccountId, Role};
use dispatch::unit::UnitId;
use fleet_db::account::NewAccount;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};
use uuid::Uuid;
use web::Config;

use crate::harness::{CITY, Client, EAST, PASSWORD, WEST, World, add_car, noon};

/// A world with three cars and people who decide: of the city, and of the west.
async fn world() -> World {
    let furnish = async |pool: &fleet_db::PgPool| {
        for (unit, plate) in [(WEST, "浙A00001"), (WEST, "浙A00002"), (EAST, "浙A00003")] {
            add_car(pool, unit, plate, None).await;
        }
        let mut tx = fleet_db::begin(pool).await.unwrap();
        for (login, role, unit) in [("authority", Role::Authority, CITY), ("west.leader", Role::UnitLeader, WEST)] {
            let account = NewAccount {
                id: AccountId(Uuid::now_v7()),
                login: login.parse().unwrap(),
                display_name: login.to_owned(),
                password_hash: web::password::hash(PASSWORD).unwrap(),
                role,
                unit,
            };
            fleet_db::account::insert(&mut tx, &account, noon()).await.unwrap();
        }
        tx.commit().await.unwrap();
    };
    World::with(Config::default(), furnish).await.0
}

fn proposal(key: &str, unit: UnitId, from: &str, value: &Value) -> Value {
    json!({ "key": key, "unit_id": unit.0, "from": from, "value": value, "source": "测试", "document": "测〔2026〕1号",
            "reason": "测试", "submit": true })
}

async fn propose(client: &Client, proposal: &Value) -> String {
    let answer = client.post("/rules/changes", proposal).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["state"], "submitted");
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn step(client: &Client, id: &str, action: &str) -> (u16, Value) {
    let answer = client.post(&format!("/rules/changes/{id}/steps"), &json!({ "action": action, "opinion": "已核对" })).await;
    (answer.status.as_u16(), answer.json())
}

async fn value(client: &Client, path: &str) -> Value {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["rule"]["value"].clone()
}

#[tokio::test]
async fn the_register_says_what_holds_with_its_unit_its_date_and_its_source() {
    let world = world().await;
    let dispatcher = world.sign_in("dispatcher").await;
    let list = dispatcher.get("/rules").await.json();
    assert_eq!((list["may_propose"].clone(), list["may_approve"].clone()), (json!(false), json!(false)));
    let rules = list["items"].as_array().unwrap();
    assert!(
        rules.iter().all(|rule| !rule["value"].is_null() && rule["version"]["source"].as_str().is_some_and(|s| !s.is_empty()))
    );
    let share = rules.iter().find(|rule| rule["key"] == "nev_share").unwrap();
    assert_eq!(share["value"].as_f64(), Some(30.0));
    assert_eq!(share["shape"]["bounds"]["measure"], "percent");
    assert_eq!(share["version"]["from"], "2024-12-30");
    assert_eq!(dispatcher.get("/rules/no_such_rule").await.problem(), (404, "rule.key".to_owned()));
    let factor = value(&dispatcher, "/rules/grid_factor?on=2025-06-01").await;
    assert_eq!(factor[0]["factor"].as_f64(), Some(0.5366));
    let driver = world.sign_in("driver").await;
    assert_eq!(driver.get("/rules").await.problem(), (403, "auth.forbidden".to_owned()));
    assert_eq!(dispatcher.get(&format!("/rules?unit_id={}", EAST.0)).await.problem(), (403, "auth.outside".to_owned()));
}

#[tokio::test]
async fn two_people_change_a_rule_and_one_alone_cannot() {
    let world = world().await;
    let [manager, authority, dispatcher] =
        [world.sign_in("manager").await, world.sign_in("authority").await, world.sign_in("dispatcher").await];
    let change = proposal("idle_too_long", CITY, "2026-03-02", &json!(5));
    assert_eq!(dispatcher.post("/rules/changes", &change).await.problem(), (403, "auth.forbidden".to_owned()));
    let own = propose(&authority, &change).await;
    assert_eq!(step(&authority, &own, "approve").await.1["code"], "rule.four_eyes");
    let id = propose(&manager, &change).await;
    let (status, problem) = step(&manager, &id, "approve").await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("auth.forbidden")), "a manager decides nothing");
    assert_eq!(step(&authority, &id, "withdraw").await.1["code"], "rule.not_proposer");
    assert_eq!(value(&manager, "/rules/idle_too_long").await.as_f64(), Some(10.0), "what is not approved does not hold");
    let (status, approved) = step(&authority, &id, "approve").await;
    assert_eq!((status, approved["state"].as_str()), (200, Some("approved")));
    assert_eq!(value(&manager, "/rules/idle_too_long").await.as_f64(), Some(5.0));
    assert_eq!(step(&authority, &id, "approve").await.1["code"], "rule.state");
    let detail = manager.get("/rules/idle_too_long").await.json();
    let last = detail["versions"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["proposed_by"].as_str(), last["approved_by"].as_str()), (Some("manager"), Some("authority")));
    let written = "select count(*) from audit_entry where subject_kind = 'rule'
                   and action in ('submitted', 'approved')";
    assert_eq!(number(&world.db.pool, written).await.unwrap(), 3, "two handed in, one approved");
    let refused = execute(&world.db.pool, "update rule_change set decided_by = proposed_by").await;
    assert!(refused.is_err(), "the store refuses it too");
}

#[tokio::test]
async fn a_unit_may_be_stricter_and_not_looser_and_the_past_wants_a_document() {
    let world = world().await;
    let manager = world.sign_in("manager").await;
    let fields = async |change: Value| {
        let answer = manager.post("/rules/changes", &change).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        answer.json()["fields"].clone()
    };
    assert_eq!(fields(proposal("nev_share", WEST, "2026-04-01", &json!(20))).await, json!({ "value": "rule.looser" }));
    assert_eq!(fields(proposal("password_age", WEST, "2026-04-01", &json!(60))).await, json!({ "value": "rule.not_local" }));
    assert_eq!(fields(proposal("nev_share", WEST, "2026-04-01", &json!(120))).await, json!({ "value": "rule.bounds" }));
    assert_eq!(fields(proposal("nev_share", WEST, "2026-04-01", &json!("30"))).await, json!({ "value": "rule.kind" }));
    let mut past = proposal("nev_share", WEST, "2026-01-01", &json!(40));
    past["document"] = Value::Null;
    assert_eq!(fields(past).await, json!({ "document": "rule.document" }));
    let leader = world.sign_in("west.leader").await;
    let id = propose(&manager, &proposal("nev_share", WEST, "2026-03-02", &json!(70.59))).await;
    assert_eq!(step(&leader, &id, "approve").await.0, 200, "the leader of the west decides for the west");
    let of = async |unit: UnitId| value(&manager, &format!("/rules/nev_share?unit_id={}", unit.0)).await.as_f64();
    assert_eq!([of(WEST).await, of(EAST).await, of(CITY).await], [Some(70.59), Some(30.0), Some(30.0)]);
    let id = propose(&manager, &proposal("nev_share", EAST, "2026-03-02", &json!(80))).await;
    assert_eq!(step(&leader, &id, "approve").await.0, 403, "and for nobody else");
}

#[tokio::test]
async fn a_preview_says_which_cars_before_anything_is_saved() {
    let world = world().await;
    execute(
        &world.db.pool,
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), no, timestamptz '2026-02-20 02:00Z', timestamptz '2026-02-20 02:30Z',
                st_setsrid(st_makepoint(120, 30), 4326), st_setsrid(st_makepoint(120, 30), 4326), 9000, 1100, 0
         from vehicle",
    )
    .await
    .unwrap();
    let manager = world.sign_in("manager").await;
    let thought = json!({ "key": "speed_limit", "unit_id": WEST.0, "from": "2026-03-03", "value": 100 });
    let effect = manager.post("/rules/preview", &thought).await.json();
    let counted = "select count(*) from trip join vehicle on vehicle.no = trip.vehicle_no
                   where vehicle.unit_id = '00000000-0000-0000-0000-00000000000a' and max_speed_dkmh between 1001 and 1200";
    assert_eq!(effect["count"].as_i64().unwrap(), number(&world.db.pool, counted).await.unwrap());
    assert_eq!((effect["count"].as_i64(), effect["cars"].as_i64()), (Some(2), Some(2)));
    let plates: Vec<&str> = effect["first_cars"].as_array().unwrap().iter().map(|car| car["plate"].as_str().unwrap()).collect();
    assert_eq!(plates, ["浙A00001", "浙A00002"]);
    let looser = json!({ "key": "speed_limit", "unit_id": WEST.0, "from": "2026-03-03", "value": 130 });
    let effect = manager.post("/rules/preview", &looser).await.json();
    assert_eq!((effect["wrong"].clone(), effect["count"].as_i64()), (json!(["rule.looser"]), Some(0)));
    assert_eq!(number(&world.db.pool, "select count(*) from rule_change").await.unwrap(), 0);
}

#[tokio::test]
async fn an_old_check_gives_the_old_answer_after_a_correction_dated_back() {
    let world = world().await;
    let [manager, authority] = [world.sign_in("manager").await, world.sign_in("authority").await];
    let change = async |share: f64| {
        let id = propose(&manager, &proposal("nev_share", CITY, "2026-01-01", &json!(share))).await;
        assert_eq!(step(&authority, &id, "approve").await.0, 200);
    };
    change(35.0).await;
    let checked_at = world.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let path = format!("/rules/nev_share?on=2026-02-01&known_at={checked_at}");
    let then = value(&manager, &path).await;
    world.pass(Duration::minutes(20));
    change(45.0).await;
    assert_eq!(value(&manager, "/rules/nev_share?on=2026-02-01").await.as_f64(), Some(45.0));
    assert_eq!(value(&manager, &path).await, then, "as it was known when it was checked");
    assert_eq!(then.as_f64(), Some(35.0));
}

#[tokio::test]
async fn the_calendar_of_2026_has_its_swap_workdays_and_next_year_is_proposed_like_any_rule() {
    let world = world().await;
    let [manager, authority] = [world.sign_in("manager").await, world.sign_in("authority").await];
    let year = manager.get("/calendar?year=2026").await.json();
    let day = |year: &Value, day: &str| {
        let found = year["days"].as_array().unwrap().iter().find(|one| one["day"] == day).unwrap().clone();
        (found["kind"].as_str().unwrap().to_owned(), found["name"].as_str().map(str::to_owned))
    };
    assert_eq!(year["days"].as_array().unwrap().len(), 365);
    assert_eq!(day(&year, "2026-02-28"), ("swap_workday".to_owned(), Some("春节".to_owned())));
    assert_eq!(day(&year, "2026-02-17"), ("holiday".to_owned(), Some("春节".to_owned())));
    assert!(year["sources"][0].as_str().unwrap().starts_with("国办发明电〔2025〕7号"));
    assert_eq!(manager.get("/calendar?year=2027").await.json()["is_known"], false);
    let rows = json!([{ "first": "2027-01-01", "last": "2027-01-03", "kind": "holiday", "name": "元旦" }]);
    let id = propose(&manager, &proposal("calendar_days", CITY, "2027-01-01", &rows)).await;
    assert_eq!(step(&authority, &id, "approve").await.0, 200);
    let next = manager.get("/calendar?year=2027").await.json();
    assert_eq!((next["is_known"].clone(), day(&next, "2027-01-01").0), (json!(true), "holiday".to_owned()));
    let monday = json!([{ "first": "2027-01-04", "last": "2027-01-04", "kind": "swap_workday", "name": "元旦" }]);
    let answer = manager.post("/rules/changes", &proposal("calendar_days", CITY, "2027-01-01", &monday)).await;
    assert_eq!(answer.json()["fields"], json!({ "value": "rule.column" }));
}

//! Seals over HTTP: one car or a whole holiday, who opens them, and what the card of a car says.

use chrono::Duration;
use dispatch::account::Role;
use fleet_db::testing::fleet::audited;
use serde_json::{Value, json};
use uuid::Uuid;
use web::Config;

use crate::harness::{CITY, Car, EAST, WEST, World, add_car};

/// A world with three cars in the west and one in the east, a keeper and a leader in the west.
async fn world() -> (World, [Car; 4], Uuid, Uuid) {
    let (world, cars) = World::with(Config::default(), async |pool| {
        [
            add_car(pool, WEST, "浙A00001", None).await,
            add_car(pool, WEST, "浙A00002", None).await,
            add_car(pool, WEST, "浙A00003", None).await,
            add_car(pool, EAST, "浙A00009", None).await,
        ]
    })
    .await;
    let keeper = world.open_account("keeper", Role::FleetManager, WEST).await;
    let leader = world.open_account("leader", Role::UnitLeader, WEST).await;
    (world, cars, keeper.0, leader.0)
}

fn texts(approver: Uuid) -> Value {
    json!({ "place": "地下一层 12 号", "key_custodian": "王保管", "reason": "长期不用", "odometer_km": 12_000.5, "approver_id": approver })
}

#[tokio::test]
async fn a_car_is_sealed_and_opened_by_two_and_both_are_told() {
    let (world, [car, ..], keeper, leader) = world().await;
    let (sealing, opening) = (world.sign_in("keeper").await, world.sign_in("leader").await);
    let path = format!("/vehicles/{}/seals", car.id);
    let made = sealing.post(&path, &texts(leader)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let seal = made.json();
    let told = (&seal["approved_by"], &seal["handled_by"], &seal["is_in_force"], &seal["odometer_km"], &seal["until"]);
    assert_eq!(told, (&json!("leader"), &json!("keeper"), &json!(true), &json!(12_000.5), &Value::Null));
    assert_eq!(sealing.post(&path, &texts(leader)).await.problem(), (409, "seal.already".to_owned()));
    let card = sealing.get(&format!("/vehicles/{}", car.id)).await.json();
    assert_eq!(card["seal"]["reason"], "长期不用", "the card says so");
    let path = format!("/seals/{}/opening", seal["id"].as_str().unwrap());
    world.pass(Duration::hours(1));
    let open = |handler: Uuid| json!({ "handler_id": handler, "odometer_km": 12_000.5, "reason": "恢复使用" });
    let alone = opening.post(&path, &open(leader)).await;
    assert_eq!(alone.json()["fields"], json!({ "handler_id": "seal.four_eyes" }));
    let nobody = opening.post(&path, &open(Uuid::from_u128(7))).await;
    assert_eq!(nobody.json()["fields"], json!({ "handler_id": "seal.person" }));
    let opened = opening.post(&path, &open(keeper)).await;
    assert_eq!(opened.status, 200, "{}", opened.text());
    let how = opened.json()["opening"].clone();
    assert_eq!(
        (&how["approved_by"], &how["handled_by"], &how["reason"]),
        (&json!("leader"), &json!("keeper"), &json!("恢复使用"))
    );
    assert_eq!(opening.post(&path, &open(keeper)).await.problem(), (409, "seal.opened".to_owned()));
    assert_eq!(sealing.get(&format!("/vehicles/{}", car.id)).await.json()["seal"], Value::Null);
    let entries = audited(&world.db.pool).await.unwrap();
    let told: Vec<_> = entries.iter().filter(|entry| entry["subject"]["kind"] == "seal").collect();
    let said: Vec<_> = told.iter().map(|entry| (entry["action"].as_str().unwrap(), entry["login"].as_str().unwrap())).collect();
    assert_eq!(said, [("sealed", "keeper"), ("unsealed", "leader")]);
    assert_eq!((&told[1]["subject"]["name"], &told[1]["after"]["open_approved_by"]), (&json!("浙A00001"), &json!("leader")));
}

#[tokio::test]
async fn only_who_keeps_cars_seals_and_who_answers_opens() {
    let (world, [car, ..], keeper, leader) = world().await;
    let seal = world.sign_in("keeper").await.post(&format!("/vehicles/{}/seals", car.id), &texts(leader)).await;
    let path = format!("/seals/{}/opening", seal.json()["id"].as_str().unwrap());
    for role in Role::ALL {
        let login = format!("west.{}", role.as_str().replace('_', "."));
        let id = world.open_account(&login, role, CITY).await.0;
        let client = world.sign_in(&login).await;
        let (seals, opens) = (
            matches!(role, Role::FleetManager | Role::SystemAdmin | Role::Authority),
            matches!(role, Role::FleetManager | Role::SystemAdmin | Role::Authority | Role::UnitLeader),
        );
        let again = client.post(&format!("/vehicles/{}/seals", car.id), &texts(leader)).await.status.as_u16();
        assert_eq!(again, if seals { 409 } else { 403 }, "{role}");
        // With the asker in hand too: who may open is told that somebody else must have it.
        let alone = client.post(&path, &json!({ "handler_id": id, "reason": "x" })).await.status.as_u16();
        assert_eq!(alone, if opens { 422 } else { 403 }, "{role}");
    }
    let east = world.sign_in("east.manager").await;
    let outside = east.post(&path, &json!({ "handler_id": keeper, "reason": "x" })).await;
    assert_eq!(outside.problem(), (403, "auth.outside".to_owned()));
    assert_eq!(east.get("/seals").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_holiday_seals_the_cars_of_a_unit_but_for_those_that_were_said_to_stay_in_use() {
    let (world, [_, two, three, far], _, leader) = world().await;
    let keeper = world.sign_in("keeper").await;
    assert_eq!(keeper.post(&format!("/vehicles/{}/seals", three.id), &texts(leader)).await.status, 201);
    // 2026-03-07 and 08 are a Saturday and a Sunday.
    let holiday = |last: &str, kept: Value| {
        json!({ "unit_id": WEST.0, "first": "2026-03-07", "last": last, "place": "机关大院", "key_custodian": "王保管",
                "reason": "周末封存", "approver_id": leader, "kept": kept })
    };
    let workday = keeper.post("/seals/holiday", &holiday("2026-03-09", json!([]))).await;
    assert_eq!(workday.json()["fields"], json!({ "last": "seal.workday" }));
    let unsaid = keeper.post("/seals/holiday", &holiday("2026-03-08", json!([{ "vehicle_id": two.id.0, "reason": " " }]))).await;
    assert_eq!(unsaid.json()["fields"], json!({ "kept": "seal.text" }), "who stays in use says what for");
    let kept = json!([{ "vehicle_id": two.id.0, "reason": "值班用车" }]);
    let done = keeper.post("/seals/holiday", &holiday("2026-03-08", kept)).await;
    assert_eq!(done.status, 201, "{}", done.text());
    let done = done.json();
    let plates = |list: &str| done[list].as_array().unwrap().iter().map(|car| car["plate"].clone()).collect::<Vec<_>>();
    assert_eq!(
        (plates("sealed"), plates("kept"), plates("left")),
        (vec![json!("浙A00001")], vec![json!("浙A00002")], vec![json!("浙A00003")])
    );
    assert_eq!(done["left"][0]["code"], "seal.already");
    let held = async |at: &str| {
        let page = keeper.get(&format!("/seals?at={at}")).await.json();
        let mut held: Vec<_> = page["items"].as_array().unwrap().iter().map(|seal| seal["plate"].clone()).collect();
        held.sort_by_key(Value::to_string);
        held
    };
    // Midnight in Beijing at both ends.
    assert_eq!(held("2026-03-06T15:59:59Z").await, ["浙A00003"]);
    assert_eq!(held("2026-03-06T16:00:00Z").await, ["浙A00001", "浙A00003"]);
    assert_eq!(held("2026-03-08T16:00:00Z").await, ["浙A00003"]);
    assert!(!keeper.get("/seals").await.text().contains(&far.id.to_string()), "cars of other units are none of it");
    let kept =
        fleet_db::testing::fleet::number(&world.db.pool, "select count(*) from holiday_use where reason = '值班用车'").await;
    assert_eq!(kept.unwrap(), 1);
}

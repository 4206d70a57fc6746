//! Local roles (地方角色): made within the maker's ceiling, given where they were made, and never of an administrator.

use dispatch::account::Role;
use fleet_db::testing::fleet;
use serde_json::{Value, json};

use crate::harness::{CITY, EAST, WEST, World};

fn watch(unit: dispatch::unit::UnitId) -> Value {
    json!({
        "unit_id": unit.0, "name_zh": "值班员", "name_en": "Watch", "base_role": "fleet_manager",
        "functions": ["watch_vehicles", "watch_terminals"], "reason": "夜间值班",
    })
}

#[tokio::test]
async fn a_local_role_is_made_given_and_lets_its_holder_do_that_and_no_more() {
    let world = World::new().await;
    world.open_account("west.admin", Role::SystemAdmin, WEST).await;
    let person = world.open_account("west.person", Role::Driver, WEST).await;
    let (admin, security) = (world.sign_in("west.admin").await, world.sign_in("security").await);
    let made = admin.post("/local-roles", &watch(WEST)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let role = made.json()["items"][0].clone();
    assert_eq!(
        (&role["base_role"], &role["functions"]),
        (&json!("fleet_manager"), &json!(["watch_vehicles", "watch_terminals"]))
    );
    assert_eq!(admin.post("/local-roles", &watch(WEST)).await.problem(), (409, "role.name_taken".to_owned()));
    let holder = world.sign_in("west.person").await;
    assert_eq!(holder.get("/vehicles").await.status, 403);
    let give = |unit: dispatch::unit::UnitId, role_name: &'static str| {
        let body = json!({ "role": role_name, "local_role_id": role["id"], "unit_id": unit.0, "reason": "排班" });
        let (security, path) = (security.clone(), format!("/accounts/{person}/grants"));
        async move { security.post(&path, &body).await }
    };
    for (unit, base) in [(EAST, "fleet_manager"), (CITY, "fleet_manager"), (WEST, "system_admin"), (WEST, "inspector")] {
        assert_eq!(give(unit, base).await.problem(), (422, "grant.local_role".to_owned()), "{base}");
    }
    assert_eq!(give(WEST, "fleet_manager").await.status, 201);
    let holder = world.sign_in("west.person").await;
    assert_eq!(holder.get("/vehicles").await.status, 200);
    let car =
        json!({ "plate": "浙A00009", "unit_id": WEST.0, "category": "other", "powertrain": "petrol", "model": "x", "seats": 5 });
    assert_eq!(holder.post("/vehicles", &car).await.status, 403, "a function that was left out is not held");
    let history = security.get(&format!("/accounts/{person}")).await.json()["history"].clone();
    let named = history.as_array().unwrap().iter().find(|held| held["role"] == "fleet_manager").unwrap();
    assert_eq!(named["local_role"], json!({ "zh": "值班员", "en": "Watch" }));
    let retired =
        admin.post(&format!("/local-roles/{}/retirement", role["id"].as_str().unwrap()), &json!({ "reason": "撤销" })).await;
    assert_eq!((retired.status.as_u16(), &retired.json()["items"][0]["holders"]), (200, &json!(1)));
    assert_eq!(give(WEST, "fleet_manager").await.problem(), (422, "grant.local_role".to_owned()), "it is given no more");
    assert_eq!(holder.get("/vehicles").await.status, 200, "and held on");
    let entries = fleet::audited(&world.db.pool).await.unwrap();
    let done: Vec<&str> = entries
        .iter()
        .filter(|entry| entry["subject"]["kind"] == "role")
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(done, ["created", "disabled"]);
}

#[tokio::test]
async fn a_local_role_lent_to_a_colleague_stays_as_narrow() {
    let world = World::new().await;
    let (lender, other) =
        (world.open_account("lender", Role::Driver, WEST).await, world.open_account("other", Role::Driver, WEST).await);
    let (admin, security) = (world.sign_in("admin").await, world.sign_in("security").await);
    let role = admin.post("/local-roles", &watch(WEST)).await.json()["items"][0].clone();
    let body = json!({ "role": "fleet_manager", "local_role_id": role["id"], "unit_id": WEST.0, "reason": "排班" });
    let grant = security.post(&format!("/accounts/{lender}/grants"), &body).await.json()["id"].clone();
    let client = world.sign_in("lender").await;
    let until = (world.now() + chrono::Duration::days(2)).to_rfc3339();
    let lent = client
        .post(
            &format!("/grants/{}/delegations", grant.as_str().unwrap()),
            &json!({ "account_id": other.0, "until": until, "reason": "请假" }),
        )
        .await;
    assert_eq!(lent.status, 201, "{}", lent.text());
    let holder = world.sign_in("other").await;
    assert_eq!(holder.get("/vehicles").await.status, 200);
    let car =
        json!({ "plate": "浙A00009", "unit_id": WEST.0, "category": "other", "powertrain": "petrol", "model": "x", "seats": 5 });
    assert_eq!(holder.post("/vehicles", &car).await.status, 403);
}

#[tokio::test]
async fn nobody_makes_a_role_beyond_his_ceiling_or_out_of_an_administrator() {
    let world = World::new().await;
    world.open_account("west.admin", Role::SystemAdmin, WEST).await;
    world.open_account("authority", Role::Authority, CITY).await;
    let admin = world.sign_in("west.admin").await;
    for (change, field, code) in [
        (json!({ "base_role": "system_admin" }), "base_role", "role.administrator"),
        (json!({ "base_role": "security_admin", "functions": ["manage_accounts"] }), "base_role", "role.administrator"),
        (json!({ "base_role": "audit_admin", "functions": ["read_rules"] }), "base_role", "role.administrator"),
        (json!({ "base_role": "dispatcher", "functions": ["manage_fleet"] }), "functions", "role.beyond"),
        (json!({ "base_role": "authority", "functions": ["exempt_vehicles"] }), "functions", "role.ceiling"),
        (json!({ "functions": [] }), "functions", "role.empty"),
        (json!({ "functions": ["fly"] }), "functions", "account.function"),
        (json!({ "name_zh": " " }), "name_zh", "role.name"),
        (json!({ "reason": "" }), "reason", "reason.length"),
    ] {
        let mut asked = watch(WEST);
        asked.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = admin.post("/local-roles", &asked).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["fields"][field]),
            (422, &json!(code)),
            "{change}: {}",
            refused.text()
        );
    }
    assert_eq!(admin.post("/local-roles", &watch(EAST)).await.problem().0, 404, "in another unit");
    assert_eq!(admin.post("/local-roles", &watch(CITY)).await.problem().0, 404, "in a unit above");
    for login in ["security", "manager", "authority", "driver"] {
        let refused = world.sign_in(login).await.post("/local-roles", &watch(WEST)).await;
        assert_eq!(refused.problem(), (403, "auth.forbidden".to_owned()), "{login}");
    }
    let bases = admin.get("/local-roles").await.json()["bases"].clone();
    let names: Vec<&str> = bases.as_array().unwrap().iter().map(|base| base["role"].as_str().unwrap()).collect();
    assert!(names.contains(&"fleet_manager") && !names.iter().any(|name| name.ends_with("_admin")), "{names:?}");
    assert!(!bases.to_string().contains("exempt_vehicles"), "what the maker may not do is not offered");
    assert_eq!(world.sign_in("security").await.get("/local-roles").await.json()["bases"], json!([]));
}

//! Accounts and grants: opened, shut, given, taken back and lent, each within the giver's own units.

use chrono::Duration;
use dispatch::account::{AccountId, Role};
use serde_json::{Value, json};

use crate::harness::{CITY, Client, EAST, PASSWORD, WEST, World};

/// What somebody may do, by the answer of a route that asks for it.
async fn watches(client: &Client) -> u16 {
    client.get("/vehicles").await.status.as_u16()
}

async fn sign_in(world: &World, login: &str, password: &str) -> u16 {
    world.stranger().post("/session", &json!({ "login": login, "password": password })).await.status.as_u16()
}

#[tokio::test]
async fn an_account_is_opened_shut_and_let_in_again_with_a_password_told_once() {
    let world = World::new().await;
    let security = world.sign_in("security").await;
    let new = json!({ "login": "zhou", "display_name": "周", "role": "dispatcher", "unit_id": WEST.0, "reason": "新进人员" });
    let made = security.post_once("/accounts", &new, "k").await;
    assert_eq!(made.status, 201, "{}", made.text());
    let (id, password) = (made.json()["id"].as_str().unwrap().to_owned(), made.json()["password"].as_str().unwrap().to_owned());
    let again = security.post_once("/accounts", &new, "k").await.json();
    assert_eq!((again["id"].as_str(), &again["password"]), (Some(id.as_str()), &Value::Null), "the store never had the password");
    assert_eq!(security.post("/accounts", &new).await.problem(), (409, "account.login_taken".to_owned()));
    assert_eq!(sign_in(&world, "zhou", &password).await, 200);
    let listed = security.get("/accounts?q=%E5%91%A8").await.json();
    assert_eq!(listed["items"][0]["login"], "zhou");
    assert_eq!(listed["items"][0]["grants"], json!([{ "role": "dispatcher", "unit_id": WEST.0, "functions": null }]));

    let mut client = world.sign_in_with("zhou", &password).await;
    assert_eq!(watches(&client).await, 403, "the password is good for choosing another");
    let change = json!({ "old_password": password, "new_password": PASSWORD });
    client.keep(&client.post("/session/password", &change).await);
    assert_eq!(watches(&client).await, 200);
    let shut = security.post(&format!("/accounts/{id}/use"), &json!({ "disabled": true, "reason": "离职" })).await;
    assert_eq!(shut.status, 200, "{}", shut.text());
    assert_eq!(watches(&client).await, 401, "its sessions have ended");
    assert_eq!(sign_in(&world, "zhou", PASSWORD).await, 401);
    security.post(&format!("/accounts/{id}/use"), &json!({ "disabled": false, "reason": "返聘" })).await;
    let reset = security.post(&format!("/accounts/{id}/password"), &json!({ "reason": "遗忘" })).await;
    assert_eq!(sign_in(&world, "zhou", PASSWORD).await, 401);
    assert_eq!(sign_in(&world, "zhou", reset.json()["password"].as_str().unwrap()).await, 200);
}

#[tokio::test]
async fn a_role_counts_from_when_it_is_given_until_it_is_taken_back() {
    let world = World::new().await;
    let security = world.sign_in("security").await;
    let id = world.open_account("sun", Role::Driver, WEST).await;
    let client = world.sign_in("sun").await;
    assert_eq!(watches(&client).await, 403);
    world.pass(Duration::seconds(1));
    let later = world.now() + Duration::hours(1);
    let give = |role: &str, rest: Value| {
        let mut body = json!({ "role": role, "unit_id": WEST.0, "reason": "顶岗" });
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        body
    };
    let path = format!("/accounts/{id}/grants");
    let given = security.post(&path, &give("fleet_manager", json!({ "from": later, "functions": ["watch_vehicles"] }))).await;
    assert_eq!(given.status, 201, "{}", given.text());
    assert_eq!(watches(&client).await, 403, "not yet");
    world.pass(Duration::hours(1));
    assert_eq!(watches(&client).await, 200, "without signing in anew");
    assert_eq!(client.get("/platforms").await.status, 403, "a function that was not given");
    let grant = given.json()["id"].as_str().unwrap().to_owned();
    let taken = security.post(&format!("/grants/{grant}/revocation"), &json!({ "reason": "期满" })).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    assert_eq!(taken.json()["items"][0]["revoke_reason"], "期满");
    assert_eq!(watches(&client).await, 403);
    assert_eq!(security.post(&format!("/grants/{grant}/revocation"), &json!({ "reason": "x" })).await.status, 404, "once");
}

#[tokio::test]
async fn nobody_is_two_administrators_and_nobody_gives_to_himself() {
    let world = World::new().await;
    let security = world.sign_in("security").await;
    let id = world.open_account("wu", Role::SystemAdmin, WEST).await;
    let audit = json!({ "role": "audit_admin", "unit_id": WEST.0, "reason": "兼任" });
    assert_eq!(security.post(&format!("/accounts/{id}/grants"), &audit).await.problem(), (409, "grant.separated".to_owned()));
    let listed = security.get("/accounts?q=security").await.json();
    let own =
        listed["items"].as_array().unwrap().iter().find(|item| item["login"] == "security").unwrap()["id"].as_str().unwrap();
    let oneself = security
        .post(&format!("/accounts/{own}/grants"), &json!({ "role": "authority", "unit_id": CITY.0, "reason": "x" }))
        .await;
    assert_eq!(oneself.json()["fields"]["id"], "grant.oneself");
    let shut = security.post(&format!("/accounts/{own}/use"), &json!({ "disabled": true, "reason": "x" })).await;
    assert_eq!(shut.json()["fields"]["id"], "grant.oneself");
}

#[tokio::test]
async fn who_gives_rights_in_one_unit_gives_none_in_another() {
    let world = World::new().await;
    let (west, east) =
        (world.open_account("qian", Role::Driver, WEST).await, world.open_account("zheng", Role::Driver, EAST).await);
    let security = world.sign_in("east.security").await;
    let logins: Vec<Value> =
        security.get("/accounts").await.json()["items"].as_array().unwrap().iter().map(|item| item["login"].clone()).collect();
    assert_eq!(logins, ["east.manager", "east.security", "zheng"]);
    let give = async |id: String, unit: uuid::Uuid| {
        let body = json!({ "role": "inspector", "unit_id": unit, "reason": "x" });
        security.post(&format!("/accounts/{id}/grants"), &body).await.status.as_u16()
    };
    assert_eq!(give(west.to_string(), EAST.0).await, 403, "another's account");
    assert_eq!(give(east.to_string(), CITY.0).await, 404, "over a unit above");
    assert_eq!(give(east.to_string(), EAST.0).await, 201);
}

#[tokio::test]
async fn a_role_is_lent_for_a_time_to_one_who_holds_it_alone() {
    let world = World::new().await;
    let (lender, borrower) = (world.sign_in("dispatcher").await, world.open_account("he", Role::Driver, WEST).await);
    let deputy = world.sign_in("he").await;
    let found = lender.get("/session/colleagues?q=he").await.json();
    assert_eq!(found["items"][0]["id"], json!(borrower));
    let grant = lender.get("/session/grants").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    world.pass(Duration::seconds(1));
    let lend_to = async |who: &Client, grant: &str, borrower: AccountId, hours: i64| {
        let body = json!({ "account_id": borrower, "until": world.now() + Duration::hours(hours), "reason": "休假" });
        who.post(&format!("/grants/{grant}/delegations"), &body).await
    };
    let lend = async |who: &Client, grant: &str, hours: i64| lend_to(who, grant, borrower, hours).await;
    assert_eq!(lend(&lender, &grant, -1).await.json()["fields"]["until"], "grant.term");
    let third = world.open_account("lv", Role::Driver, WEST).await;
    assert_eq!(lend_to(&deputy, &grant, third, 1).await.status, 404, "what is not one's own");
    assert_eq!(lend(&deputy, &grant, 1).await.json()["fields"]["account_id"], "grant.oneself");
    assert_eq!(lend(&lender, &grant, 2).await.status, 201);
    assert_eq!((watches(&lender).await, watches(&deputy).await), (403, 200));
    assert_eq!(lend(&lender, &grant, 1).await.status, 403, "who holds nothing finds nobody to lend to");
    let held = deputy.get("/session/grants").await.json();
    assert_eq!(held["items"][0]["delegated_by"], "dispatcher");
    let path = format!("/grants/{}/delegations", held["items"][0]["id"].as_str().unwrap());
    let to = json!({ "account_id": uuid::Uuid::from_u128(7), "until": world.now() + Duration::hours(1), "reason": "x" });
    let passed = deputy.post(&path, &to).await;
    assert_eq!(passed.json()["fields"]["id"], "grant.passed");
    world.pass(Duration::hours(2));
    // Nobody touched these two sessions for so long: they have ended as well.
    assert_eq!((watches(&lender).await, watches(&deputy).await), (401, 401));
    let (lender, deputy) = (world.sign_in("dispatcher").await, world.sign_in("he").await);
    assert_eq!((watches(&lender).await, watches(&deputy).await), (200, 403), "it ends by itself");
}

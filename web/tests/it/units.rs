//! Units over the API: the tree, the search, decisions with what they change told first, lines.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{CITY, Client, EAST, WEST, World};

fn papers(act: &str) -> Value {
    json!({ "act": act, "on": "2026-03-01", "document": "杭编〔2026〕7号", "reason": "机构改革" })
}

/// Founds a unit and gives its key.
async fn found(client: &Client, parent: &str, name: &str, level: i16, kind: &str) -> String {
    let facts = json!({ "name": name, "level": level, "region_code": "330100", "kind": kind });
    let mut body = papers("found");
    (body["parent_id"], body["facts"]) = (parent.into(), facts);
    let made = client.post("/units", &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_tree_comes_in_one_answer_and_only_when_it_has_changed() {
    let world = World::new().await;
    let (admin, west) = (world.sign_in("admin").await, world.sign_in("dispatcher").await);
    found(&admin, &WEST.0.to_string(), "办公室", 4, "department").await;
    let answer = admin.get("/units/tree").await;
    let tree = answer.json();
    assert_eq!(tree["names"], json!(["杭州市机关事务管理局", "上城区府", "西湖区府", "办公室"]));
    assert_eq!(tree["depths"], json!([0, 1, 1, 2]));
    assert_eq!(west.get("/units/tree").await.json()["names"], json!(["西湖区府", "办公室"]), "a scope has its own top");
    let tag = answer.headers["etag"].to_str().unwrap().to_owned();
    let again = admin.ask(Method::GET, "/units/tree", None, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    found(&admin, &EAST.0.to_string(), "办公室", 4, "department").await;
    let changed = admin.ask(Method::GET, "/units/tree", None, &[("if-none-match", &tag)]).await;
    assert_eq!((changed.status.as_u16(), changed.json()["names"].as_array().unwrap().len()), (200, 5));
}

#[tokio::test]
async fn a_unit_is_found_by_pinyin_within_the_scope() {
    let world = World::new().await;
    let (admin, west) = (world.sign_in("admin").await, world.sign_in("dispatcher").await);
    for (query, names) in [
        ("hzsjgsw", vec!["杭州市机关事务管理局"]),
        ("shangcheng", vec!["上城区府"]),
        ("xhq", vec!["西湖区府"]),
        ("%E5%8C%BA%E5%BA%9C", vec!["上城区府", "西湖区府"]),
        ("nobody", vec![]),
    ] {
        let found = admin.get(&format!("/units/search?q={query}")).await.json();
        let mut found: Vec<&str> = found["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, names, "{query}");
    }
    assert_eq!(west.get("/units/search?q=shangcheng").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_move_is_told_first_done_once_and_stands_in_the_history() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let office = found(&admin, &WEST.0.to_string(), "城市管理科", 4, "organ").await;
    let mut body = papers("move");
    body["target_id"] = json!(EAST.0);
    let told = admin.post(&format!("/units/{office}/acts/preview"), &body).await.json();
    assert_eq!(told["refusals"], json!([]), "{told}");
    // The two people of the western district lose sight of it, those of the eastern gain it: manager and security administrator.
    assert_eq!((told["units"].clone(), told["losing"].clone(), told["gaining"].clone()), (json!(1), json!(2), json!(2)));
    let east = world.sign_in("east.manager").await;
    assert_eq!(east.get(&format!("/units/{office}")).await.problem(), (403, "auth.outside".to_owned()));

    let path = format!("/units/{office}/acts");
    assert_eq!(admin.post_once(&path, &body, "k1").await.status, 200);
    let again = admin.post_once(&path, &body, "k1").await;
    assert_eq!((again.status.as_u16(), again.headers["idempotency-replayed"].to_str().unwrap()), (200, "true"));
    let seen = east.get(&format!("/units/{office}")).await.json();
    assert_eq!(seen["above"][0], "上城区府");
    let chapter = &seen["history"][0];
    assert_eq!(
        (chapter["act"].as_str(), chapter["other_name"].as_str(), chapter["by"].as_str()),
        (Some("move"), Some("西湖区府"), Some("admin"))
    );
    assert_eq!(seen["acts"], json!([]), "who does not manage units is offered nothing");

    let twice = admin.post(&path, &body).await;
    assert_eq!((twice.status.as_u16(), twice.json()["fields"]["target_id"].clone()), (422, json!("unit.same_place")));
    body["target_id"] = json!(office);
    assert_eq!(admin.post(&path, &body).await.json()["fields"]["target_id"], "unit.circle");
}

#[tokio::test]
async fn what_stands_against_a_decision_is_told_whole_and_by_field() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let facts = json!({ "name": "", "level": 9, "region_code": "33", "kind": "club", "credit_code": "91330100799655058X", "lon": 200.0, "lat": 0.0 });
    let mut body = papers("found");
    (body["parent_id"], body["facts"]) = (json!(CITY.0), facts);
    let wrong = admin.post("/units", &body).await.json();
    for (field, code) in [
        ("name", "unit.name"),
        ("level", "unit.level"),
        ("region_code", "unit.region_code"),
        ("kind", "unit.kind"),
        ("credit_code", "unit.credit_check"),
        ("lon", "unit.place"),
    ] {
        assert_eq!(wrong["fields"][field], code, "{wrong}");
    }
    let close = json!({ "act": "close", "on": "2026-03-09", "document": "", "reason": "" });
    let wrong = admin.post(&format!("/units/{}/acts", CITY.0), &close).await.json();
    assert_eq!(
        (wrong["fields"]["on"].as_str(), wrong["fields"]["document"].as_str()),
        (Some("unit.day_late"), Some("unit.document"))
    );
    let told = admin.post(&format!("/units/{}/acts/preview", WEST.0), &papers("close")).await.json();
    let codes: Vec<&str> = told["refusals"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["unit.has_accounts"]);
    let manager = world.sign_in("manager").await;
    assert_eq!(manager.post(&format!("/units/{}/acts", WEST.0), &papers("close")).await.problem().0, 403);
}

#[tokio::test]
async fn a_line_crosses_the_territorial_tree() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let line = admin.post("/lines", &json!({ "code": "police", "name": "公安" })).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        admin.post("/lines", &json!({ "code": "police", "name": "公安2" })).await.problem(),
        (409, "line.code_taken".to_owned())
    );
    let put = async |unit: &str, above: Value| {
        admin.ask(Method::PUT, &format!("/lines/{line}/units/{unit}"), Some(json!({ "parent_id": above }).to_string()), &[]).await
    };
    let (city, west) = (CITY.0.to_string(), WEST.0.to_string());
    assert_eq!(put(&west, json!(city)).await.json()["fields"]["parent_id"], "line.above_outside");
    assert_eq!(put(&city, Value::Null).await.status, 204);
    assert_eq!(put(&west, json!(city)).await.status, 204);
    assert_eq!(put(&city, json!(west)).await.json()["fields"]["parent_id"], "unit.circle");
    let dispatcher = world.sign_in("dispatcher").await;
    let seen = dispatcher.get(&format!("/lines/{line}/units")).await.json();
    assert_eq!(seen["items"].as_array().unwrap().len(), 1, "of a line one sees what is in one's scope");
    assert_eq!(admin.get(&format!("/units/{west}")).await.json()["lines"][0]["name"], "公安");
    let take = async |unit: &str| admin.delete(&format!("/lines/{line}/units/{unit}")).await;
    assert_eq!(take(&city).await.json()["fields"]["unit_id"], "line.has_children");
    assert_eq!(take(&west).await.status, 204);
    assert_eq!(admin.get("/lines").await.json()["items"][0]["units"], 1);
}

//! Recurring plans: decided on once, made into requests exactly once a day, given the wished car and driver where both are free, and
//! what was not driven is told once.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::Role;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};
use web::PlansCarried;

use crate::harness::{Answer, CITY, Client, EAST, WEST, World};
use crate::trips::{DRIVERS, West, approved, issue, step, west, with};

/// What a plan asks for: every Tuesday and Wednesday from half past eight to half past eleven.
pub(crate) fn asks() -> Value {
    json!({
        "reason": "调研、检查、督导", "purpose": "河道巡查", "category": "other", "seats": 5, "passenger_count": 2,
        "from": { "name": "西湖区府", "lon": 120.13, "lat": 30.25 }, "to": { "name": "闲林水库", "lon": 120.02, "lat": 30.22 },
        "stops": [{ "name": "五常港", "lon": 120.05, "lat": 30.24 }], "is_round_trip": true,
        "weekdays": [2, 3], "workdays_only": true, "starts_at": "08:30", "lasts_minutes": 180, "from_on": "2026-03-02",
    })
}

/// A plan of the west side.
pub(crate) fn plan() -> Value {
    with(asks(), &json!({ "unit_id": WEST.0, "name": "河道巡查" }))
}

/// A way of the west side.
pub(crate) fn route() -> Value {
    json!({
        "unit_id": WEST.0, "name": "一号巡查线", "from": { "name": "西湖区府", "lon": 120.13, "lat": 30.25 },
        "to": { "name": "转塘", "lon": 120.07, "lat": 30.16 }, "stops": [], "is_round_trip": true,
    })
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

#[track_caller]
fn stands(answer: &Answer, state: &str) {
    assert!(answer.status.is_success(), "{}", answer.text());
    assert_eq!(answer.json()["state"], state, "{}", answer.text());
}

#[track_caller]
fn wrong(answer: &Answer, field: &str, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["fields"][field].as_str()), (422, Some(code)), "{}", answer.text());
}

async fn act(client: &Client, plan: &str, body: Value) -> Answer {
    client.post(&format!("/trip-plans/{plan}/actions"), &body).await
}

/// A plan that runs.
async fn running(west: &West, changes: Value) -> String {
    let written = west.applicant.post("/trip-plans", &with(plan(), &changes)).await;
    stands(&written, "submitted");
    let id = id(&written);
    stands(&act(&west.leader, &id, json!({ "action": "approve" })).await, "running");
    id
}

async fn carry_out(world: &World) -> PlansCarried {
    web::carry_out_plans(&world.db.pool, world.now()).await.unwrap()
}

fn carried(requests: usize, orders: usize, missed: usize) -> PlansCarried {
    PlansCarried { requests, orders, missed }
}

/// Lets time pass until that instant; the session is another one then.
async fn until(west: &mut West, at: &str) {
    let at: DateTime<Utc> = at.parse().unwrap();
    west.world.pass(at - west.world.now());
    west.applicant = west.world.sign_in("west.applicant").await;
    west.leader = west.world.sign_in("west.leader").await;
    west.dispatcher = west.world.sign_in("dispatcher").await;
    west.driver = west.world.sign_in("driver").await;
}

async fn days(client: &Client, plan: &str) -> Vec<(String, String, Option<String>)> {
    let found = client.get(&format!("/trip-plan-days?plan_id={plan}&from=2026-03-01&to=2026-04-30")).await.json();
    let mut days: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| {
            let text = |field: &str| day[field].as_str().map(str::to_owned);
            (text("day").unwrap(), text("outcome").unwrap(), text("missed_why"))
        })
        .collect();
    days.sort();
    days
}

fn day(day: &str, outcome: &str, why: Option<&str>) -> (String, String, Option<String>) {
    (day.to_owned(), outcome.to_owned(), why.map(str::to_owned))
}

#[tokio::test]
async fn a_plan_creates_orders_and_a_trip_that_was_missed_is_reported_once() {
    let mut west = west().await;
    let wished = json!({ "vehicle_id": west.cars[0].id.0, "driver_id": DRIVERS[0] });
    let plan = running(&west, wished).await;
    assert_eq!(carry_out(&west.world).await, carried(2, 2, 0), "Tuesday and Wednesday of the coming seven days");
    assert_eq!(carry_out(&west.world).await, carried(0, 0, 0), "each day once");
    let requests = west.applicant.get("/trip-requests?view=mine").await.json();
    let request = &requests["items"][0];
    assert_eq!((request["state"].as_str(), request["orders"][0]["plate"].as_str()), (Some("ordered"), Some("浙A00001")));
    assert_eq!(request["steps"][0]["name"], "周期用车计划 ZQ-330100-2026-1");
    assert!(request["approvals"][0]["opinion"].as_str().unwrap().contains("west.leader"), "{request}");
    assert_eq!(days(&west.leader, &plan).await, [day("2026-03-03", "planned", None), day("2026-03-04", "planned", None)]);

    until(&mut west, "2026-03-03T00:25:00Z").await;
    let tasks = west.driver.get("/driver/tasks").await.json();
    let first = tasks["tasks"].as_array().unwrap().iter().find(|task| task["begins_at"] == "2026-03-03T00:30:00Z").unwrap();
    let order = first["id"].as_str().unwrap();
    stands(&step(&west.driver, order, json!({ "action": "accept" })).await, "accepted");
    stands(&step(&west.driver, order, json!({ "action": "depart", "odometer_km": 100 })).await, "underway");
    west.world.pass(Duration::hours(2));
    let driver = west.world.sign_in("driver").await;
    stands(&step(&driver, order, json!({ "action": "return", "odometer_km": 140 })).await, "returned");

    until(&mut west, "2026-03-04T03:29:00Z").await;
    assert_eq!(carry_out(&west.world).await, carried(2, 2, 0), "its time is not over; and the week after has come into reach");
    until(&mut west, "2026-03-04T03:30:00Z").await;
    assert_eq!(carry_out(&west.world).await, carried(0, 0, 1));
    assert_eq!(carry_out(&west.world).await, carried(0, 0, 0), "told once");
    let expected = [
        day("2026-03-03", "driven", None),
        day("2026-03-04", "missed", Some("not_accepted")),
        day("2026-03-10", "planned", None),
        day("2026-03-11", "planned", None),
    ];
    assert_eq!(days(&west.dispatcher, &plan).await, expected);
    let missed = west.leader.get("/trip-plan-days?outcome=missed").await.json();
    assert_eq!((missed["missed"].as_u64(), missed["items"].as_array().unwrap().len()), (Some(1), 1), "{missed}");
    let inbox = west.applicant.get("/messages").await.json();
    let told = inbox["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "plan_trip_missed");
    assert_eq!(told.count(), 1, "its keeper is told: {inbox}");
    let missed = "select count(*) from audit_entry where body::jsonb ->> 'action' = 'missed'";
    assert_eq!(number(&west.world.db.pool, missed).await.unwrap(), 1);
}

#[tokio::test]
async fn services_that_look_at_the_same_time_or_start_anew_make_each_day_once() {
    let west = west().await;
    running(&west, json!({ "weekdays": [1, 2, 3, 4, 5], "vehicle_id": west.cars[0].id.0, "driver_id": DRIVERS[0] })).await;
    let (pool, now) = (&west.world.db.pool, west.world.now());
    let look = || web::carry_out_plans(pool, now);
    let (one, two, three) = tokio::join!(look(), look(), look());
    let made = one.unwrap().requests + two.unwrap().requests + three.unwrap().requests;
    assert_eq!(made, 5, "Tuesday to Friday, and Monday");
    look().await.unwrap();
    for table in ["trip_request", "trip_plan_day", "dispatch_order"] {
        assert_eq!(number(pool, format!("select count(*) from {table}").leak()).await.unwrap(), 5, "{table}");
    }
    assert_eq!(number(pool, "select count(*) from dispatch_order_step where action = 'issue'").await.unwrap(), 5);
}

#[tokio::test]
async fn where_the_wished_car_is_taken_the_request_waits_for_a_dispatcher_who_is_told() {
    let west = west().await;
    let at = json!({ "begins_at": "2026-03-03T01:00:00Z", "ends_at": "2026-03-03T02:00:00Z" });
    let other = approved(&west, at).await;
    assert_eq!(issue(&west.dispatcher, &other, west.cars[0], DRIVERS[1]).await.status, 201);
    let plan = running(&west, json!({ "vehicle_id": west.cars[0].id.0, "driver_id": DRIVERS[0] })).await;
    let messages = async || {
        let inbox = west.dispatcher.get("/messages").await.json();
        inbox["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "trip_awaits_dispatch").count()
    };
    let before = messages().await;
    assert_eq!(carry_out(&west.world).await, carried(2, 1, 0), "Wednesday has them");
    assert_eq!(messages().await, before + 1);
    let found = west.dispatcher.get(&format!("/trip-plan-days?plan_id={plan}&from=2026-03-03&to=2026-03-03")).await.json();
    assert_eq!(found["items"][0]["refused"], "order.vehicle_taken");
    let waiting = west.dispatcher.get("/trip-requests?view=to_dispatch").await.json();
    let request = waiting["items"][0]["id"].as_str().unwrap();
    assert_eq!(issue(&west.dispatcher, request, west.cars[1], DRIVERS[0]).await.status, 201);
    assert_eq!(carry_out(&west.world).await, carried(0, 0, 0));
}

#[tokio::test]
async fn a_plan_without_a_wished_car_waits_for_the_dispatcher_and_is_missed_when_nobody_gives_one() {
    let mut west = west().await;
    let plan = running(&west, json!({ "weekdays": [2] })).await;
    assert_eq!(carry_out(&west.world).await, carried(1, 0, 0));
    let waiting = west.dispatcher.get("/trip-requests?view=to_dispatch").await.json();
    assert_eq!(waiting["items"][0]["moves"], json!(["order", "cancel", "hand_over"]), "approved already: {waiting}");
    until(&mut west, "2026-03-03T04:00:00Z").await;
    assert_eq!(carry_out(&west.world).await, carried(1, 0, 1));
    assert_eq!(days(&west.leader, &plan).await[0], day("2026-03-03", "missed", Some("no_car")));
}

#[tokio::test]
async fn a_day_is_skipped_and_what_was_made_of_it_is_called_off() {
    let west = west().await;
    let plan = running(&west, json!({ "vehicle_id": west.cars[0].id.0, "driver_id": DRIVERS[0] })).await;
    carry_out(&west.world).await;
    let skip = |day: &str| json!({ "action": "skip", "day": day, "opinion": "水位过高" });
    wrong(&act(&west.applicant, &plan, json!({ "action": "skip", "opinion": "x" })).await, "day", "plan.no_such_day");
    wrong(&act(&west.applicant, &plan, skip("2026-03-05")).await, "day", "plan.no_such_day");
    wrong(&act(&west.applicant, &plan, skip("2026-03-01")).await, "day", "plan.day_past");
    wrong(&act(&west.applicant, &plan, json!({ "action": "skip", "day": "2026-03-03" })).await, "opinion", "trip.opinion");
    stands(&act(&west.applicant, &plan, skip("2026-03-03")).await, "running");
    stands(&act(&west.dispatcher, &plan, skip("2026-03-10")).await, "running");
    let states = west.driver.get("/driver/tasks").await.json();
    let states: Vec<&str> = states["tasks"].as_array().unwrap().iter().map(|task| task["state"].as_str().unwrap()).collect();
    assert!(states.contains(&"cancelled") && states.contains(&"issued"), "{states:?}");
    assert!(west.driver.get("/messages").await.text().contains("水位过高"));
    carry_out(&west.world).await;
    let expected = [day("2026-03-03", "skipped", None), day("2026-03-04", "planned", None), day("2026-03-10", "skipped", None)];
    assert_eq!(days(&west.leader, &plan).await, expected, "it does not come again");
}

#[tokio::test]
async fn a_pause_and_an_end_leave_out_what_follows_and_what_rested_comes_again() {
    let mut west = west().await;
    let plan = running(&west, json!({})).await;
    carry_out(&west.world).await;
    let pause = json!({ "action": "pause", "day": "2026-03-04", "opinion": "设备检修" });
    stands(&act(&west.applicant, &plan, pause).await, "paused");
    assert_eq!(carry_out(&west.world).await, carried(0, 0, 0));
    assert_eq!(days(&west.leader, &plan).await, [day("2026-03-03", "planned", None)]);
    stands(&act(&west.applicant, &plan, json!({ "action": "resume" })).await, "running");
    assert_eq!(carry_out(&west.world).await, carried(1, 0, 0), "Wednesday has come again");
    until(&mut west, "2026-03-05T00:00:00Z").await;
    carry_out(&west.world).await;
    let end = json!({ "action": "end", "day": "2026-03-11", "opinion": "任务结束" });
    stands(&act(&west.dispatcher, &plan, end).await, "ended");
    until(&mut west, "2026-03-20T00:00:00Z").await;
    carry_out(&west.world).await;
    let last: Vec<String> = days(&west.leader, &plan).await.into_iter().map(|(day, ..)| day).collect();
    assert_eq!(last, ["2026-03-03", "2026-03-04", "2026-03-10"]);
    assert_eq!(act(&west.applicant, &plan, json!({ "action": "resume" })).await.problem(), (409, "trip.state".to_owned()));
}

#[tokio::test]
async fn a_change_takes_effect_from_its_day_on_once_it_is_approved() {
    let west = west().await;
    let plan = running(&west, json!({ "weekdays": [1, 2, 3, 4, 5] })).await;
    assert_eq!(carry_out(&west.world).await, carried(5, 0, 0));
    let changed = with(asks(), &json!({ "weekdays": [5], "from_on": "2026-03-05", "purpose": "重点河段巡查" }));
    stands(&west.applicant.post(&format!("/trip-plans/{plan}/changes"), &changed).await, "changing");
    let again = west.applicant.post(&format!("/trip-plans/{plan}/changes"), &changed).await;
    assert_eq!(again.problem(), (409, "trip.state".to_owned()), "one at a time");
    assert_eq!(carry_out(&west.world).await, carried(0, 0, 0), "it goes on as it is");
    let seen = west.leader.get(&format!("/trip-plans/{plan}")).await.json();
    assert_eq!((seen["current"]["weekdays"].clone(), seen["waiting"]["weekdays"].clone()), (json!([1, 2, 3, 4, 5]), json!([5])));
    stands(&act(&west.leader, &plan, json!({ "action": "approve" })).await, "running");
    assert_eq!(carry_out(&west.world).await, carried(1, 0, 0));
    let left: Vec<String> = days(&west.leader, &plan).await.into_iter().map(|(day, ..)| day).collect();
    assert_eq!(left, ["2026-03-03", "2026-03-04", "2026-03-06"], "what was made of Thursday, Friday and Monday is called off");
    let later = with(changed, &json!({ "from_on": "2026-03-09" }));
    stands(&west.applicant.post(&format!("/trip-plans/{plan}/changes"), &later).await, "changing");
    stands(&act(&west.leader, &plan, json!({ "action": "reject", "opinion": "维持原计划" })).await, "running");
    let log = west.applicant.get(&format!("/trip-plans/{plan}")).await.json()["log"].clone();
    let log: Vec<&str> = log.as_array().unwrap().iter().map(|done| done["action"].as_str().unwrap()).collect();
    assert_eq!(log, ["write", "approve", "change", "approve", "change", "reject"]);
}

#[tokio::test]
async fn a_plan_is_decided_on_by_the_flow_of_its_unit_and_by_nobody_else() {
    let west = west().await;
    west.world.open_account("city.leader", Role::UnitLeader, CITY).await;
    let boss = west.world.sign_in("city.leader").await;
    let flow = json!({
        "unit_id": WEST.0, "name": "节假日用车", "rank": 10, "when": { "on_holiday": true },
        "steps": [{ "name": "本级审批", "signer": "own_leader" }, { "name": "上级审批", "signer": "superior_leader", "escalate_after_minutes": 30 }],
    });
    assert_eq!(west.leader.post("/approval-flows", &flow).await.status, 201);
    let every_day = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "workdays_only": false });
    let written = west.applicant.post("/trip-plans", &with(plan(), &every_day)).await;
    stands(&written, "submitted");
    assert_eq!(written.json()["steps"].as_array().unwrap().len(), 2, "some of its days are free: {}", written.text());
    let plan = id(&written);
    for client in [&west.applicant, &west.dispatcher, &boss] {
        assert_eq!(act(client, &plan, json!({ "action": "approve" })).await.problem(), (409, "trip.state".to_owned()));
    }
    stands(&act(&west.leader, &plan, json!({ "action": "approve" })).await, "submitted");
    assert_eq!(carry_out(&west.world).await, carried(0, 0, 0), "nothing comes of it before the last step");
    west.world.pass(Duration::minutes(31));
    carry_out(&west.world).await;
    stands(&act(&boss, &plan, json!({ "action": "approve" })).await, "running");
    assert!(west.applicant.get("/messages").await.text().contains("plan_decided"));
    let stranger = west.world.sign_in("east.manager").await;
    assert_eq!(
        act(&stranger, &plan, json!({ "action": "end", "opinion": "x" })).await.problem(),
        (403, "auth.outside".to_owned())
    );
}

#[tokio::test]
async fn what_cannot_be_planned_is_refused_whole() {
    let west = west().await;
    let write = async |changes: Value| west.applicant.post("/trip-plans", &with(plan(), &changes)).await;
    wrong(&write(json!({ "reason": "上下班通勤" })).await, "reason", "trip.reason_negative");
    wrong(&write(json!({ "weekdays": [] })).await, "weekdays", "plan.weekdays");
    wrong(&write(json!({ "every_days": 2 })).await, "weekdays", "plan.cadence");
    wrong(&write(json!({ "starts_at": "8.30" })).await, "starts_at", "plan.starts_at");
    wrong(&write(json!({ "from_on": "2026-03-01" })).await, "from_on", "plan.from_past");
    wrong(&write(json!({ "weekdays": [6], "until_on": "2026-03-12" })).await, "from_on", "plan.never");
    wrong(&write(json!({ "from": null })).await, "from", "plan.way");
    wrong(&write(json!({ "driver_id": west.cars[0].id.0 })).await, "vehicle_id", "plan.wished");
    wrong(&write(json!({ "name": " " })).await, "name", "plan.name");
    assert_eq!(write(json!({ "unit_id": EAST.0 })).await.status, 404);
    assert_eq!(number(&west.world.db.pool, "select count(*) from trip_plan").await.unwrap(), 0);
}

#[tokio::test]
async fn a_way_with_a_name_is_made_once_and_gives_a_plan_its_places() {
    let west = west().await;
    let made = west.applicant.post("/trip-routes", &route()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(west.applicant.post("/trip-routes", &route()).await.problem(), (409, "route.name_taken".to_owned()));
    let way = id(&made);
    let plan = running(&west, json!({ "route_id": way, "from": null, "to": null, "stops": [] })).await;
    let seen = west.applicant.get(&format!("/trip-plans/{plan}")).await.json();
    assert_eq!(
        (seen["current"]["to"]["name"].as_str(), seen["current"]["route_id"].as_str()),
        (Some("转塘"), Some(way.as_str()))
    );
    let retired = west.applicant.post(&format!("/trip-routes/{way}/retirement"), &json!({})).await;
    assert_eq!(retired.status, 204, "{}", retired.text());
    assert!(west.applicant.get("/trip-routes").await.json()["items"].as_array().unwrap().is_empty());
    assert_eq!(carry_out(&west.world).await, carried(2, 0, 0), "the plan keeps its places");
    let written = west.applicant.post("/trip-plans", &with(self::plan(), &json!({ "route_id": way }))).await;
    wrong(&written, "route_id", "route.no_such");
}

#[tokio::test]
async fn days_on_which_the_service_was_away_or_a_rule_stands_against_it_are_told_as_missed() {
    let mut west = west().await;
    let plan = running(&west, json!({})).await;
    until(&mut west, "2026-03-05T00:00:00Z").await;
    assert_eq!(carry_out(&west.world).await, carried(2, 0, 2), "two days went by unseen");
    let missed = days(&west.applicant, &plan).await;
    assert_eq!(missed[..2], [day("2026-03-03", "missed", Some("no_request")), day("2026-03-04", "missed", Some("no_request"))]);
    // What was asked for is not on the list of reasons any more.
    execute(&west.world.db.pool, "update trip_plan_version set trip = jsonb_set(trip, '{reason}', '\"上下班通勤\"')")
        .await
        .unwrap();
    until(&mut west, "2026-03-12T00:00:00Z").await;
    carry_out(&west.world).await;
    let refused = west.leader.get(&format!("/trip-plan-days?plan_id={plan}&from=2026-03-17&to=2026-03-17")).await.json();
    assert_eq!(
        (refused["items"][0]["refused"].as_str(), refused["items"][0]["request_id"].as_str()),
        (Some("trip.reason_negative"), None)
    );
}

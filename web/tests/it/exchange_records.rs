//! The contract of each interface of DB32/T 3826-2020: asked for and told between two platforms, and refused with its code where it is not so.

use axum::http::Method;
use chrono::Duration;
use dispatch::exchange::record::ExchangeInterface;
use fleet_db::testing::fleet::execute;
use serde_json::{Value, json};

use crate::harness::{CITY, EAST, WEST};
use crate::peers::{Pair, pair, send, signed, text};
use crate::trips::{DRIVERS, West, approved, issue, step, with};

/// An interface: its name, its number in the standard, a record of it, a field that it must have, and one of another type.
struct Contract {
    interface: &'static str,
    number: &'static str,
    record: Value,
    needed: &'static str,
    typed: (&'static str, Value),
    /// A field with a list of codes, where it has one.
    coded: Option<&'static str>,
}

fn contract(
    interface: &'static str,
    number: &'static str,
    record: Value,
    needed: &'static str,
    typed: (&'static str, Value),
    coded: Option<&'static str>,
) -> Contract {
    Contract { interface, number, record, needed, typed, coded }
}

/// The seventeen that carry records; 7.2 is about the partner itself.
#[expect(clippy::too_many_lines, reason = "one entry an interface")]
fn contracts() -> Vec<Contract> {
    let cost = |head: Option<&str>| {
        let cost = json!({ "plate": "浙A00001", "unit_name": "西湖区府", "occurred_on": "2026-01-08", "amount_fen": 1200 });
        head.map_or(cost.clone(), |head| with(cost, &json!({ "head": head })))
    };
    let car = json!({ "plate": "浙A00001", "unit_name": "西湖区府" });
    let of_car = |more: Value| with(car.clone(), &more);
    let paper = |more: Value| {
        with(
            json!({ "unit_name": "西湖区府", "plate": "浙A00001", "reason": "调研", "departed_at": "2026-03-02T02:00:00Z" }),
            &more,
        )
    };
    vec![
        contract(
            "unit",
            "7.3",
            json!({ "unit_name": "西湖区府", "region_code": "330106", "level": 4, "kind": "organ", "state": "active" }),
            "region_code",
            ("level", json!("4")),
            Some("kind"),
        ),
        contract(
            "vehicle",
            "7.4",
            of_car(json!({ "category": "other", "powertrain": "electric", "model": "红旗", "seats": 5, "state": "in_service" })),
            "model",
            ("seats", json!("五")),
            Some("category"),
        ),
        contract(
            "over_standard",
            "7.5",
            of_car(json!({ "model": "红旗", "breaches": "price", "price_fen": 90_000_000, "registered_on": "2026-01-13" })),
            "breaches",
            ("price_fen", json!(1.5)),
            None,
        ),
        contract(
            "driver",
            "7.6",
            json!({ "name": "张师傅", "unit_name": "西湖区府", "licence_class": "C1", "licence_until": "2030-01-01", "state": "on_duty" }),
            "name",
            ("licence_until", json!("2030-02-30")),
            Some("licence_class"),
        ),
        contract(
            "dispatch",
            "7.7",
            paper(json!({ "order_number": "PC-1", "driver": "张师傅", "state": "returned" })),
            "driver",
            ("departed_at", json!("noon")),
            Some("state"),
        ),
        contract(
            "maintenance",
            "7.8",
            of_car(
                json!({ "order_number": "WX-1", "kind": "repair", "what": "换刹车片", "vendor": "维修厂", "settled_at": "2026-01-06T02:00:00Z",
                           "parts_fen": 100, "labour_fen": 200, "amount_fen": 300 }),
            ),
            "vendor",
            ("parts_fen", json!("一百")),
            Some("kind"),
        ),
        contract(
            "inspection",
            "7.9",
            of_car(json!({ "done_on": "2026-01-07", "valid_until": "2027-01-31", "place": "检测站" })),
            "valid_until",
            ("done_on", json!(20_260_107)),
            None,
        ),
        contract("energy", "7.10", cost(Some("fuel")), "occurred_on", ("amount_fen", json!("12.00")), Some("head")),
        contract(
            "insurance",
            "7.11",
            of_car(
                json!({ "policy_number": "BD-1", "kind": "compulsory", "insurer": "人保", "begins_on": "2026-01-01", "ends_on": "2026-12-31",
                           "amount_fen": 95_000 }),
            ),
            "policy_number",
            ("ends_on", json!("明年")),
            None,
        ),
        contract("toll", "7.12", cost(None), "plate", ("amount_fen", json!([])), None),
        contract("parking", "7.13", cost(None), "unit_name", ("occurred_on", json!("08/01/2026")), None),
        contract("other_expense", "7.14", cost(Some("other")), "amount_fen", ("plate", json!(1)), Some("head")),
        contract(
            "supervision",
            "7.15",
            of_car(json!({ "kind": "use_without_order", "at": "2026-01-09T02:00:00Z", "article_head": 3 })),
            "kind",
            ("article_head", json!("三")),
            None,
        ),
        contract(
            "complaint",
            "7.16",
            json!({ "case_number": "TS-1", "unit_name": "西湖区府", "received_on": "2026-01-10", "state": "open" }),
            "case_number",
            ("received_on", json!("")),
            Some("state"),
        ),
        contract(
            "rental_dispatch",
            "7.17",
            paper(json!({ "order_number": "PC-2", "supplier": "租赁公司", "state": "returned" })),
            "supplier",
            ("departed_at", json!(0)),
            Some("state"),
        ),
        contract(
            "violation",
            "7.18",
            of_car(
                json!({ "case_number": "WZ-1", "at": "2026-01-11T02:00:00Z", "place_name": "文三路", "code": "1039", "points": 0, "amount_fen": 15_000,
                           "state": "open" }),
            ),
            "code",
            ("points", json!(true)),
            Some("state"),
        ),
        contract(
            "disposal",
            "7.19",
            of_car(json!({ "paper_number": "CZ-1", "way": "auction", "gone_on": "2026-01-12", "state": "closed" })),
            "paper_number",
            ("gone_on", json!("2026-1-12 上午")),
            Some("way"),
        ),
    ]
}

/// What the first platform writes to the second, and the answer.
async fn told(pair: &Pair, message: &Value) -> (u16, Value) {
    let (body, nonce) = (message.to_string(), uuid::Uuid::now_v7().simple().to_string());
    let answer = send(&pair.b.west.world, &body, &signed(&pair.a.key, &nonce, pair.b.west.world.now(), &body)).await;
    (answer.status.as_u16(), answer.json())
}

fn push(contract: &Contract, record: &Value) -> Value {
    json!({ "interface": contract.number, "kind": "push", "items": [{ "key": "1", "content": record }] })
}

/// A pull of a page.
fn pull(number: &str, more: &Value) -> Value {
    with(json!({ "interface": number, "kind": "pull" }), more)
}

async fn refused(pair: &Pair, message: &Value, status: u16, code: &str, answer: &str) {
    let (found, body) = told(pair, message).await;
    let seen = (found, body["code"].as_str().unwrap_or_default(), body["status"].as_str().unwrap_or_default());
    assert_eq!(seen, (status, code, answer), "{message} {body}");
    assert!(body["accepted"] == false && body["title"].as_str().is_some_and(|title| title.chars().count() > 5), "{body}");
}

async fn open(pair: &Pair, reach: &Value) {
    let target = format!("/peers/{}/reach", pair.b.peer);
    let answer = pair.b.admin.ask(Method::PUT, &target, Some(reach.to_string()), &[]).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
}

fn all() -> Vec<&'static str> {
    contracts().iter().map(|contract| contract.interface).collect()
}

/// Two trips of the west side with its own cars, of which the second car is a supplier's by now; and one record of everything else.
async fn furnish(west: &West) {
    for at in [0, 1] {
        let hours = json!({ "begins_at": format!("2026-03-02T{:02}:00:00Z", 5 + 4 * at), "ends_at": format!("2026-03-02T{:02}:00:00Z", 8 + 4 * at) });
        let request = approved(west, hours).await;
        let order = text(&issue(&west.dispatcher, &request, west.cars[at], DRIVERS[0]).await.json()["id"]);
        for body in [
            json!({ "action": "accept" }),
            json!({ "action": "depart", "odometer_km": 1000.0, "at": format!("2026-03-02T0{}:00:00Z", at + 1) }),
            json!({ "action": "return", "odometer_km": 1038.0, "at": format!("2026-03-02T0{}:30:00Z", at + 1) }),
        ] {
            let answer = step(&west.driver, &order, body).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
    for statement in FURNITURE {
        execute(&west.world.db.pool, statement).await.unwrap();
    }
}

const FURNITURE: &[&str] = &[
    "insert into supplier (id, unit_id, name, contact, phone, created_by, created_at)
     select '00000000-0000-0000-0000-0000000000c1', '00000000-0000-0000-0000-00000000000a', '租赁维保公司', '', '', id, now() from account where login = 'manager'",
    "insert into repair_order (id, number, unit_id, vehicle_id, kind, what, state, proposed_by, proposed_at, exception_document, reason, changed_at)
     select '00000000-0000-0000-0000-0000000000c2', 'WX-1', v.unit_id, v.id, 'repair', '更换刹车片', 'quoted', a.id, now(), '', '', now()
     from vehicle v, account a where v.plate = '浙A00001' and a.login = 'dispatcher'",
    "insert into repair_quote (id, repair_id, supplier_id, parts_fen, labour_fen, total_fen, note, quoted_by, quoted_at)
     select '00000000-0000-0000-0000-0000000000c3', '00000000-0000-0000-0000-0000000000c2', '00000000-0000-0000-0000-0000000000c1', 100, 200, 300, '',
            id, now() from account where login = 'dispatcher'",
    "update repair_order
     set state = 'settled', quote_id = '00000000-0000-0000-0000-0000000000c3', decided_by = (select id from account where login = 'manager'),
         decided_at = now(), in_shop = tstzrange('2026-01-05', '2026-01-06'), accepted_at = now(), settled_at = now()",
    "with bill as (
         insert into repair_bill (repair_id, parts_fen, labour_fen, total_fen, settled_by, settled_at)
         select '00000000-0000-0000-0000-0000000000c2', 100, 200, 300, id, '2026-01-07T02:00:00Z' from account where login = 'manager'
         returning repair_id)
     insert into repair_line (repair_id, seq, part, what, quantity, price_fen)
     select bill.repair_id, l.seq, l.part, l.what, 1, l.price
     from bill, (values (1::smallint, 'parts', '刹车片', 100), (2::smallint, 'labour', '工时', 200)) as l (seq, part, what, price)",
    "insert into vehicle_inspection (id, vehicle_id, kind, done_on, valid_until, place, fee_fen, created_by, created_at)
     select gen_random_uuid(), v.id, 'inspection', '2026-01-07', '2027-01-31', '检测站', 20000, a.id, now()
     from vehicle v, account a where v.plate = '浙A00001' and a.login = 'manager'",
    "insert into insurance_policy (id, unit_id, vehicle_id, supplier_id, kind, number, during, premium_fen, exception_document, created_by, created_at)
     select gen_random_uuid(), v.unit_id, v.id, '00000000-0000-0000-0000-0000000000c1', 'compulsory', 'BD-1', daterange('2026-01-01', '2027-01-01'),
            95000, '', a.id, now()
     from vehicle v, account a where v.plate = '浙A00001' and a.login = 'manager'",
    "insert into vehicle_cost (id, vehicle_id, unit_id, head, amount_fen, occurred_on, source, note, posted_at)
     select gen_random_uuid(), v.id, v.unit_id, h, 1200, '2026-01-08', 'manual', '', now()
     from vehicle v, unnest(array['fuel', 'toll', 'parking', 'other']) h where v.plate = '浙A00001'",
    "insert into trip_finding (id, vehicle_id, vehicle_no, kind, at, measured, allowed, measure, detail, state, head, found_at, changed_at)
     select gen_random_uuid(), v.id, v.no, 'use_without_order', '2026-01-09T02:00:00Z', 1, 0, 'minutes', '{}', 'violation', 3, now(), now()
     from vehicle v where v.plate = '浙A00001'",
    "insert into public_case (id, number, source, unit_id, vehicle_id, received_on, matter, entered_by, entered_at)
     select gen_random_uuid(), 'TS-1', 'hotline_12345', v.unit_id, v.id, '2026-01-10', '公车停在景区', a.id, now()
     from vehicle v, account a where v.plate = '浙A00001' and a.login = 'manager'",
    "insert into violation_case (id, number, unit_id, vehicle_id, at, place_name, code, what, points, fine_fen, notice_number, state, entered_by, entered_at, changed_at)
     select gen_random_uuid(), 'WZ-1', v.unit_id, v.id, '2026-01-11T02:00:00Z', '文三路', '1039', '违停', 0, 15000, 'T-1', 'open', a.id, now(), now()
     from vehicle v, account a where v.plate = '浙A00001' and a.login = 'manager'",
    "insert into vehicle_registration (vehicle_id, owner_kind, owner_name, certificate, registered_on, entered_on, body, standard_case, standard_document,
         displacement_ml, engine_number, price_fen, tax_fen, is_domestic, recorded_by, recorded_at)
     select v.id, 'unit', '西湖区府', '', '2026-01-13', '2026-01-13', 'sedan', 'ordinary', '', null, '', 90000000, 0, true, a.id, now()
     from vehicle v, account a where v.plate = '浙A00001' and a.login = 'manager'",
    "insert into supplier_contract (id, unit_id, supplier_id, number, kind, classes, during, day_fen, km_fen, created_by, created_at)
     select '00000000-0000-0000-0000-0000000000c4', unit_id, id, 'HT-1', 'rental', '{}', daterange('2026-01-01', '2027-01-01'), 100, 1, created_by, now()
     from supplier",
    "insert into supplier_car (vehicle_id, contract_id, added_at)
     select id, '00000000-0000-0000-0000-0000000000c4', now() from vehicle where plate = '浙A00002'",
    "insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at)
     values (gen_random_uuid(), '浙A00007', '00000000-0000-0000-0000-00000000000a', 'other', 'petrol', '车', 5, 'disposed', '2020-01-01')",
    "insert into lifecycle_paper (id, paper, number, unit_id, state, category, vehicle_id, document, facts, proposed_by, proposed_at, decided_by, changed_at)
     select gen_random_uuid(), 'disposal', 'CZ-1', v.unit_id, 'executed', 'other', v.id, '批〔2026〕1号',
            '{\"disposal\": {\"way\": \"auction\"}, \"valuation\": {}, \"sale\": {\"on\": \"2026-01-12\"}}', a.id, now(),
            (select id from account where login = 'dispatcher'), now()
     from vehicle v, account a where v.plate = '浙A00007' and a.login = 'manager'",
];

#[tokio::test]
async fn each_interface_takes_the_right_message_and_refuses_every_other_with_its_code() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    let all = all();
    let known = ExchangeInterface::ALL.iter().filter(|interface| !interface.is_of_the_partner());
    assert_eq!(all, known.map(|interface| interface.as_str()).collect::<Vec<_>>(), "every interface has its contract");
    let first = contracts().remove(0);
    refused(&pair, &push(&first, &first.record), 403, "exchange.scope", "4031").await;
    refused(&pair, &pull("7.3", &json!({})), 403, "exchange.scope", "4031").await;
    open(&pair, &json!({ "open_unit_id": WEST.0, "pulls": [], "pushes": all })).await;
    for contract in contracts() {
        let (status, answer) = told(&pair, &push(&contract, &contract.record)).await;
        assert_eq!(
            (status, &answer["status"], &answer["total"]),
            (200, &json!("200"), &json!(1)),
            "{}: {answer}",
            contract.interface
        );
        let mut lacking = contract.record.clone();
        lacking.as_object_mut().unwrap().remove(contract.needed);
        refused(&pair, &push(&contract, &lacking), 422, "exchange.field_missing", "4001").await;
        let (field, other) = &contract.typed;
        refused(
            &pair,
            &push(&contract, &with(contract.record.clone(), &json!({ *field: other }))),
            422,
            "exchange.field_type",
            "4002",
        )
        .await;
        let strange = with(contract.record.clone(), &json!({ "colour": "red" }));
        refused(&pair, &push(&contract, &strange), 422, "exchange.field_unknown", "4004").await;
        if let Some(field) = contract.coded {
            let unknown = with(contract.record.clone(), &json!({ field: "没有的代码" }));
            refused(&pair, &push(&contract, &unknown), 422, "exchange.field_code", "4003").await;
        }
        refused(&pair, &with(push(&contract, &contract.record), &json!({ "items": [] })), 422, "exchange.page", "4008").await;
        refused(
            &pair,
            &with(push(&contract, &contract.record), &json!({ "items": [{ "content": contract.record }] })),
            422,
            "exchange.malformed",
            "4000",
        )
        .await;
        let kept = pair.b.admin.get(&format!("/peers/{}/records?interface={}", pair.b.peer, contract.interface)).await.json();
        assert_eq!(
            (kept["items"].as_array().map(Vec::len), &kept["items"][0]["content"]),
            (Some(1), &contract.record),
            "{}",
            contract.interface
        );
        refused(&pair, &pull(contract.number, &json!({})), 403, "exchange.scope", "4031").await;
    }
    for (message, code, answer) in [
        (json!({ "interface": "7.20", "kind": "pull" }), "exchange.interface", "4005"),
        (json!({ "interface": "7.2", "kind": "push", "items": [] }), "exchange.interface", "4005"),
        (json!({ "interface": "annual_report", "kind": "pull" }), "exchange.interface", "4005"),
        (json!({ "interface": "7.4", "kind": "fetch" }), "exchange.malformed", "4000"),
        (json!({ "interface": "7.4" }), "exchange.malformed", "4000"),
        (json!({ "interface": "7.4", "kind": "pull", "limit": 501 }), "exchange.page", "4008"),
        (json!({ "interface": "7.4", "kind": "pull", "since": "2026-02-01", "until": "2026-01-01" }), "exchange.page", "4008"),
        (json!({ "interface": "7.4", "kind": "pull", "since": "昨天" }), "exchange.malformed", "4000"),
    ] {
        refused(&pair, &message, 422, code, answer).await;
    }
    // Said again, a record is the same one, and what is new in it stands there.
    let (first, changed) = (contracts().remove(0), json!({ "level": 3 }));
    for record in [&first.record, &with(first.record.clone(), &changed)] {
        assert_eq!(told(&pair, &push(&first, record)).await.0, 200);
    }
    let kept = pair.b.admin.get(&format!("/peers/{}/records?interface=unit", pair.b.peer)).await.json();
    assert_eq!((kept["items"].as_array().map(Vec::len), &kept["items"][0]["content"]["level"]), (Some(1), &json!(3)));
    let audited = pair.b.told().await;
    assert_eq!(audited.iter().filter(|line| *line == "imported platform A").count(), 17 + 2);
}

#[tokio::test]
async fn what_is_read_by_an_interface_can_be_told_by_it_page_by_page_and_of_granted_units_alone() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    furnish(&pair.b.west).await;
    open(&pair, &json!({ "open_unit_id": WEST.0, "pulls": all(), "pushes": all() })).await;
    for contract in contracts() {
        let (status, page) = told(&pair, &pull(contract.number, &json!({ "since": "2026-01-01", "until": "2026-12-31" }))).await;
        assert_eq!(
            (status, &page["status"], &page["next"]),
            (200, &json!("200"), &Value::Null),
            "{}: {page}",
            contract.interface
        );
        let items = page["items"].as_array().unwrap();
        assert!(!items.is_empty() && page["total"] == json!(items.len()), "{}: {page}", contract.interface);
        let again = json!({ "interface": contract.number, "kind": "push", "items": items });
        let (status, answer) = told(&pair, &again).await;
        assert_eq!(status, 200, "{}: what goes out is what the table of fields says: {answer}", contract.interface);
        if contract.interface == "unit" || contract.interface == "vehicle" || contract.interface == "driver" {
            continue;
        }
        let (_, none) = told(&pair, &pull(contract.number, &json!({ "since": "2027-01-01" }))).await;
        assert_eq!((&none["total"], none["items"].as_array().map(Vec::len)), (&json!(0), Some(0)), "{}", contract.interface);
    }
    // Two drivers, one a page.
    let (_, first) = told(&pair, &pull("7.6", &json!({ "limit": 1 }))).await;
    let (_, second) = told(&pair, &pull("7.6", &json!({ "limit": 1, "after": first["next"] }))).await;
    let name = |page: &Value| page["items"][0]["content"]["name"].as_str().unwrap_or_default().to_owned();
    assert_eq!([name(&first), name(&second)], ["张师傅", "李师傅"]);
    assert_eq!((&first["total"], &second["total"], &second["next"]), (&json!(2), &json!(2), &Value::Null));
    assert_eq!(first["next"], first["items"][0]["key"]);
    // A supplier's car is no car of the unit, and what it drove is hired.
    let plates = async |number: &str| {
        let (_, page) = told(&pair, &pull(number, &json!({}))).await;
        let mut plates: Vec<String> =
            page["items"].as_array().unwrap().iter().map(|item| text(&item["content"]["plate"])).collect();
        plates.sort();
        plates
    };
    assert_eq!(
        [plates("7.4").await, plates("7.7").await, plates("7.17").await],
        [vec!["浙A00001", "浙A00007"], vec!["浙A00001"], vec!["浙A00002"]]
    );
    // What a car did while it is exempt is nobody's to read.
    let exempt = "insert into vehicle_exemption (id, vehicle_id, vehicle_no, basis, during, document, reason, begun_by)
                  select gen_random_uuid(), v.id, v.no, 'investigation', '[2026-01-01,)', '批文', '办案', a.id
                  from vehicle v, (select id from account limit 1) a where v.plate = '浙A00001'";
    execute(&pair.b.west.world.db.pool, exempt).await.unwrap();
    assert_eq!([plates("7.7").await, plates("7.17").await], [Vec::<String>::new(), vec!["浙A00002".to_owned()]]);
    // What the partner may do; and nothing of a unit beside.
    let (_, partner) = told(&pair, &pull("7.2", &json!({}))).await;
    assert_eq!(partner["items"][0]["content"]["unit_name"], "西湖区府");
    let pushed = json!({ "open_unit_id": EAST.0, "pulls": ["vehicle", "driver"], "pushes": [] });
    open(&pair, &pushed).await;
    assert_eq!(told(&pair, &pull("7.4", &json!({}))).await.1["total"], 0, "the east side has no cars");
    refused(&pair, &pull("7.3", &json!({})), 403, "exchange.scope", "4031").await;
    // Counted, both ways.
    let peer = pair.b.admin.get("/peers").await.json()["items"][0].clone();
    let traffic = peer["traffic"].as_array().unwrap();
    let drivers = traffic.iter().find(|one| one["interface"] == "driver" && one["kind"] == "pull").unwrap();
    assert_eq!((&drivers["messages"], &drivers["records"]), (&json!(3), &json!(4)), "{traffic:?}");
    assert_eq!(peer["reach"]["open_unit_name"], "上城区府");
}

#[tokio::test]
async fn another_table_of_words_and_fields_needs_no_other_program() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    open(&pair, &json!({ "open_unit_id": CITY.0, "pulls": ["vehicle"], "pushes": ["vehicle"] })).await;
    for statement in [
        "insert into exchange_word (platform_id, kind, ours, theirs, term, source) select id, 'field', 'plate', 'HPHM', '号牌号码', '对方字段表' from peer_platform",
        "insert into exchange_word (platform_id, kind, ours, theirs, term, source) select id, 'interface', 'vehicle', 'CL01', '车辆', '对方接口表' from peer_platform",
        "insert into exchange_word (platform_id, kind, ours, theirs, term, source) select id, 'answer', 'accepted', '0', '成功', '对方状态码' from peer_platform",
        "insert into exchange_field (interface, place, name, kind, is_required, codes, term, source)
         values ('vehicle', 10, 'colour', 'code', true, '{white,black}', '车身颜色', '对方字段表')",
    ] {
        execute(&pair.b.west.world.db.pool, statement).await.unwrap();
    }
    let (_, page) = told(&pair, &pull("CL01", &json!({}))).await;
    assert_eq!((&page["status"], &page["total"]), (&json!("0"), &json!(2)), "{page}");
    let content = &page["items"][0]["content"];
    assert!(content["HPHM"].is_string() && content["plate"].is_null(), "{content}");
    let told_of = |content: &Value| json!({ "interface": "CL01", "kind": "push", "items": [{ "key": "1", "content": content }] });
    refused(&pair, &told_of(content), 422, "exchange.field_missing", "4001").await;
    refused(&pair, &told_of(&with(content.clone(), &json!({ "colour": "red" }))), 422, "exchange.field_code", "4003").await;
    let (status, answer) = told(&pair, &told_of(&with(content.clone(), &json!({ "colour": "white" })))).await;
    assert_eq!((status, &answer["status"]), (200, &json!("0")), "{answer}");
    let kept = pair.b.admin.get(&format!("/peers/{}/records?interface=vehicle", pair.b.peer)).await.json();
    assert!(kept["items"][0]["content"]["plate"].is_string(), "kept in our own words: {kept}");
    pair.pass(Duration::minutes(1));
    refused(&pair, &json!({ "interface": "7.4", "kind": "pull" }), 422, "exchange.interface", "4005").await;
}

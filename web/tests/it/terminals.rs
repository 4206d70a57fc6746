//! Terminals: entered, bound, rebound, asked; who may see and do what.

use serde_json::{Value, json};
use web::Config;

use crate::harness::{Car, Client, EAST, WEST, World, add_car};

/// Two cars, one a side.
async fn two_cars() -> (World, (Car, Car)) {
    World::with(Config::default(), async |pool| {
        (add_car(pool, WEST, "浙A00001", None).await, add_car(pool, EAST, "浙A00002", None).await)
    })
    .await
}

async fn enter(client: &Client, protocol: &str, number: &str) -> String {
    let made = client.post("/terminals", &json!({ "protocol": protocol, "terminal_id": number, "model": "北斗盒子" })).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn bind(client: &Client, terminal: &str, car: Car, rebind: bool) -> crate::harness::Answer {
    let body = json!({ "vehicle_id": car.id.0, "reason": "新车上线", "rebind": rebind });
    client.post(&format!("/terminals/{terminal}/binding"), &body).await
}

#[tokio::test]
async fn each_protocol_has_its_own_kind_of_number_and_secret() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    for (protocol, typed, kept, has_secret) in [
        ("jt808", "013900000001", "13900000001", false),
        ("jt808", "00000000086012345678", "86012345678", false),
        ("gb32960", "lsvau2180n2183294", "LSVAU2180N2183294", false),
        ("mqtt", "MP-9", "MP-9", true),
        ("http", "phone-1", "phone-1", true),
    ] {
        let made = client.post("/terminals", &json!({ "protocol": protocol, "terminal_id": typed, "model": "x" })).await;
        assert_eq!((made.status.as_u16(), made.json()["terminal_id"].as_str()), (201, Some(kept)), "{protocol} {}", made.text());
        assert_eq!(made.json()["secret"].is_string(), has_secret, "{protocol}");
    }
    for (protocol, typed, code) in [
        ("jt808", "000000000000", "terminal.number"),
        ("jt808", "12 34", "terminal.number"),
        ("gb32960", "LSV", "vin.length"),
        ("mqtt", "a/b", "terminal_id.character"),
    ] {
        let bad = client.post("/terminals", &json!({ "protocol": protocol, "terminal_id": typed, "model": "x" })).await;
        assert_eq!(bad.json()["fields"], json!({ "terminal_id": code }), "{protocol} {typed}");
    }
    let all_wrong =
        json!({ "protocol": "jt808", "terminal_id": "1", "model": "", "profile": "?", "iccids": ["12"], "sim_number": "x" });
    let bad = client.post("/terminals", &all_wrong).await.json();
    let codes = json!({ "model": "device.model", "profile": "terminal.profile", "iccids": "terminal.iccid", "sim_number": "terminal.sim_number" });
    assert_eq!(bad["fields"], codes, "everything at once");
    let twice = client.post("/terminals", &json!({ "protocol": "mqtt", "terminal_id": "13900000001", "model": "x" })).await;
    assert_eq!(twice.problem(), (409, "device.terminal_taken".to_owned()), "one name, one terminal");
}

#[tokio::test]
async fn a_terminal_is_in_one_vehicle_its_history_is_kept_and_a_rebinding_says_who_and_why() {
    let (world, (west, east)) = two_cars().await;
    let client = world.sign_in("manager").await;
    let terminal = enter(&client, "jt808", "13900000001").await;
    assert_eq!(client.get(&format!("/terminals/{terminal}")).await.json()["state"], "idle");
    let without_reason = json!({ "vehicle_id": west.id.0, "reason": " " });
    let refused = client.post(&format!("/terminals/{terminal}/binding"), &without_reason).await;
    assert_eq!(refused.json()["fields"], json!({ "reason": "reason.length" }));

    assert_eq!(bind(&client, &terminal, west, false).await.json()["plate"], "浙A00001");
    assert_eq!(bind(&client, &terminal, east, false).await.problem(), (409, "device.already_bound".to_owned()));
    world.pass(chrono::Duration::hours(1));
    let moved = bind(&client, &terminal, east, true).await;
    assert_eq!((moved.json()["plate"].as_str(), moved.json()["state"].as_str()), (Some("浙A00002"), Some("bound")));

    let detail = client.get(&format!("/terminals/{terminal}")).await.json();
    let plates: Vec<_> = detail["stays"].as_array().unwrap().iter().map(|stay| stay["plate"].as_str().unwrap()).collect();
    assert_eq!(plates, ["浙A00002", "浙A00001"]);
    assert_eq!(detail["stays"][1]["to"], detail["stays"][0]["from"], "no gap and no overlap");
    let log: Vec<_> =
        detail["log"].as_array().unwrap().iter().map(|line| (&line["action"], &line["by"], &line["reason"])).collect();
    let (manager, why) = (json!("manager"), json!("新车上线"));
    assert_eq!(log[0], (&json!("bound"), &manager, &why));
    assert_eq!(log[1], (&json!("unbound"), &manager, &why));
    assert_eq!(log.len(), 4, "added, bound, unbound, bound");
}

#[tokio::test]
async fn a_terminal_is_seen_where_its_vehicle_is_and_an_idle_one_where_it_lies() {
    let (world, (west, _)) = two_cars().await;
    let (manager, neighbour) = (world.sign_in("manager").await, world.sign_in("east.manager").await);
    let of_city = enter(&manager, "jt808", "13900000001").await;
    let of_east = enter(&neighbour, "jt808", "13900000002").await;
    let numbers = async |client: &Client| {
        let list = client.get("/terminals").await.json();
        list["items"].as_array().unwrap().iter().map(|item| item["terminal_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&manager).await, ["13900000001", "13900000002"]);
    assert_eq!(numbers(&neighbour).await, ["13900000002"]);
    bind(&manager, &of_city, west, false).await;
    let gone = (403, "auth.outside".to_owned());
    for path in
        [format!("/terminals/{of_city}"), format!("/terminals/{of_city}/commands"), format!("/terminals/{of_city}/frames")]
    {
        assert_eq!(neighbour.get(&path).await.problem(), gone, "{path}");
    }
    let ask = json!({ "kind": "locate", "reason": "查车" });
    assert_eq!(neighbour.post(&format!("/terminals/{of_city}/commands"), &ask).await.problem(), gone);
    // Out of the western car it lies with the western unit.
    let unbound = manager.post(&format!("/terminals/{of_city}/unbinding"), &json!({ "reason": "拆下" })).await;
    assert_eq!(unbound.json()["unit_name"], "西湖区府");
    assert_eq!(neighbour.get(&format!("/terminals/{of_east}")).await.status, 200);
}

#[tokio::test]
async fn lists_are_filtered_by_state_protocol_and_text() {
    let (world, (west, _)) = two_cars().await;
    let client = world.sign_in("manager").await;
    let bound = enter(&client, "jt808", "13900000001").await;
    enter(&client, "mqtt", "MP-1").await;
    bind(&client, &bound, west, false).await;
    for (query, found) in [
        ("state=bound", vec!["13900000001"]),
        ("state=idle", vec!["MP-1"]),
        ("protocol=mqtt", vec!["MP-1"]),
        ("q=a00001", vec!["13900000001"]),
        ("q=mp-", vec!["MP-1"]),
        ("online=true", vec![]),
        ("limit=1", vec!["13900000001"]),
        ("limit=1&after=13900000001", vec!["MP-1"]),
    ] {
        let list = client.get(&format!("/terminals?{query}")).await.json();
        let numbers: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|item| item["terminal_id"].as_str().unwrap()).collect();
        assert_eq!(numbers, found, "{query}");
        assert_eq!((&list["counts"]["bound"], &list["counts"]["idle"]), (&json!(1), &json!(1)), "{query}");
    }
    assert_eq!(client.get("/terminals?state=lost").await.problem(), (400, "request.query".to_owned()));
}

#[tokio::test]
async fn a_command_is_asked_by_who_may_with_a_reason_and_waits() {
    let (world, (west, _)) = two_cars().await;
    let (manager, dispatcher) = (world.sign_in("manager").await, world.sign_in("dispatcher").await);
    let terminal = enter(&manager, "jt808", "13900000001").await;
    bind(&manager, &terminal, west, false).await;
    let commands = format!("/terminals/{terminal}/commands");
    let forbidden = (403, "auth.forbidden".to_owned());
    for (who, kind, allowed) in [
        (&dispatcher, "locate", true),
        (&dispatcher, "restart", false),
        (&manager, "restart", true),
        (&manager, "factory_reset", false),
        (&manager, "nonsense", false),
    ] {
        world.pass(chrono::Duration::seconds(1));
        let answer = who.post(&commands, &json!({ "kind": kind, "reason": "测试" })).await;
        if allowed {
            assert_eq!((answer.status.as_u16(), answer.json()["state"].as_str()), (201, Some("queued")), "{kind}");
        } else {
            assert_eq!(answer.problem(), forbidden, "{kind}");
        }
    }
    for (body, fields) in [
        (json!({ "kind": "locate", "reason": "" }), json!({ "reason": "reason.length" })),
        (json!({ "kind": "text", "args": { "text": "" }, "reason": "x" }), json!({ "text": "command.text" })),
        (json!({ "kind": "text", "args": { "text": "😀" }, "reason": "x" }), json!({ "text": "command.characters" })),
        (json!({ "kind": "locate", "reason": "x", "expires_in_s": 999_999 }), json!({ "expires_in_s": "command.expiry" })),
        (json!({ "kind": "report_interval", "args": { "seconds": 0 }, "reason": "x" }), json!({ "seconds": "command.interval" })),
        (
            json!({ "kind": "set_parameters", "args": { "values": { "report_strategy": 9, "nope": 1 } }, "reason": "x" }),
            json!({ "report_strategy": "parameter.range", "nope": "parameter.unknown" }),
        ),
    ] {
        let refused = manager.post(&commands, &body).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["fields"]), (422, &fields), "{body}");
    }
    let not_known = manager.post(&commands, &json!({ "kind": "log_level", "args": { "level": "info" }, "reason": "x" })).await;
    assert_eq!(not_known.problem(), (422, "command.unknown".to_owned()), "an 808 terminal has no log of ours");
    let list = manager.get(&commands).await.json();
    let kinds: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| (item["kind"].clone(), item["by"].clone())).collect();
    assert_eq!(kinds, [(json!("restart"), json!("manager")), (json!("locate"), json!("dispatcher"))], "newest first");
}

#[tokio::test]
async fn a_command_is_made_once_and_taken_back_only_while_it_waits() {
    let (world, (west, _)) = two_cars().await;
    let client = world.sign_in("manager").await;
    let terminal = enter(&client, "jt808", "13900000001").await;
    bind(&client, &terminal, west, false).await;
    let commands = format!("/terminals/{terminal}/commands");
    let ask = json!({ "kind": "text", "args": { "text": "请回场", "by_voice": true }, "reason": "调度" });
    let first = client.post_once(&commands, &ask, "one").await.json();
    assert_eq!(client.post_once(&commands, &ask, "one").await.json()["id"], first["id"]);
    assert_eq!(client.get(&commands).await.json()["items"].as_array().unwrap().len(), 1);
    let command = format!("/commands/{}", first["id"].as_str().unwrap());
    assert_eq!(client.delete(&command).await.status, 204);
    assert_eq!(client.delete(&command).await.problem(), (409, "command.too_late".to_owned()));
    let after = client.get(&commands).await.json();
    assert_eq!((&after["items"][0]["state"], &after["items"][0]["cancellable"]), (&json!("cancelled"), &json!(false)));
}

#[tokio::test]
async fn a_terminal_out_of_use_is_not_asked_and_a_code_is_let_go() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (with_code, with_secret) = (enter(&client, "jt808", "13900000001").await, enter(&client, "mqtt", "MP-1").await);
    let why = json!({ "reason": "返厂维修" });
    assert_eq!(client.post(&format!("/terminals/{with_code}/registration"), &why).await.json()["state"], "idle");
    assert_eq!(
        client.post(&format!("/terminals/{with_secret}/registration"), &why).await.problem(),
        (422, "terminal.no_code".to_owned())
    );
    assert_eq!(
        client.post(&format!("/terminals/{with_code}/secret"), &why).await.problem(),
        (422, "terminal.no_secret".to_owned())
    );
    assert_eq!(client.post(&format!("/terminals/{with_secret}/secret"), &why).await.json()["secret"].as_str().unwrap().len(), 64);
    let disable = |disabled: bool| json!({ "disabled": disabled, "reason": "返厂维修" });
    let out = client.post(&format!("/terminals/{with_code}/use"), &disable(true)).await;
    assert_eq!(out.json()["state"], "disabled");
    let asked = client.post(&format!("/terminals/{with_code}/commands"), &json!({ "kind": "locate", "reason": "x" })).await;
    assert_eq!(asked.problem(), (409, "terminal.disabled".to_owned()));
    assert_eq!(client.post(&format!("/terminals/{with_code}/use"), &disable(false)).await.json()["state"], "idle");
}

#[tokio::test]
async fn a_frame_is_explained_field_by_field_and_a_broken_one_says_why() {
    let world = World::new().await;
    let client = world.sign_in("dispatcher").await;
    // Heartbeat of JT/T 808-2013, terminal 013900000001, serial 1; the second with a wrong checksum.
    let heartbeat = "7e000200000139000000010001 3a 7e".replace(' ', "");
    let answer = client.post("/inspect", &json!({ "protocol": "jt808", "text": heartbeat })).await.json();
    let message = &answer["messages"][0];
    assert_eq!((&message["name"], &message["error"]), (&json!("0x0002"), &Value::Null), "{answer}");
    assert_eq!(message["decoded"]["terminal_id"], "013900000001");
    let fields = message["fields"].as_array().unwrap();
    let bytes: u64 = fields.iter().map(|field| field["length"].as_u64().unwrap()).sum();
    assert_eq!(bytes * 2, message["hex"].as_str().unwrap().len() as u64, "every byte belongs to one field");
    let broken =
        client.post("/inspect", &json!({ "protocol": "jt808", "text": "7e 0002 0000 013900000001 0001 00 7e" })).await.json();
    assert_eq!(broken["messages"][0]["error"], "jt808.checksum");
    let no_hex = client.post("/inspect", &json!({ "protocol": "jt808", "text": "7g" })).await;
    assert_eq!(no_hex.problem(), (422, "inspect.hex".to_owned()));
    let record = client.post("/inspect", &json!({ "protocol": "mqtt", "text": "{\"lat\":30.1,\"spd\":12}" })).await.json();
    assert_eq!(record["messages"][0]["fields"][0]["name_zh"], "纬度 lat");
    let driver = world.sign_in("driver").await;
    assert_eq!(driver.post("/inspect", &json!({ "protocol": "mqtt", "text": "{}" })).await.status, 403);
}

#[tokio::test]
async fn a_platform_gets_an_account_and_speaks_for_the_terminals_given_to_it() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let made = client.post("/platforms", &json!({ "login": "byd-cloud", "name": "比亚迪云平台" })).await.json();
    assert_eq!(made["secret"].as_str().unwrap().len(), 20, "as many as the field of the sign-in holds");
    let terminal =
        json!({ "protocol": "gb32960", "terminal_id": "LSVAU2180N2183294", "model": "T-Box", "platform_id": made["id"] });
    assert_eq!(client.post("/terminals", &terminal).await.status, 201);
    let listed = client.get("/platforms").await.json();
    assert_eq!((&listed["items"][0]["terminals"], &listed["items"][0]["login"]), (&json!(1), &json!("byd-cloud")));
    let not_808 = json!({ "protocol": "jt808", "terminal_id": "1", "model": "x", "platform_id": made["id"] });
    assert_eq!(client.post("/terminals", &not_808).await.json()["fields"], json!({ "platform_id": "terminal.platform" }));
    let below = json!({ "login": "1001", "name": "区县平台", "access_code": 33_010_001 });
    let named = client.post("/platforms", &json!({ "login": "county", "name": "区县平台", "access_code": 33_010_001 })).await;
    assert_eq!(named.json()["fields"], json!({ "login": "platform.user_number" }));
    let made = client.post("/platforms", &below).await.json();
    assert_eq!(made["secret"].as_str().unwrap().len(), 8, "all that JT/T 809 has room for");
    let renewed = client.post(&format!("/platforms/{}/secret", made["id"].as_str().unwrap()), &json!({})).await.json();
    assert_eq!((&renewed["login"], renewed["secret"].as_str().unwrap().len()), (&json!("1001"), 8));
    let twice = json!({ "login": "1002", "name": "另一平台", "access_code": 33_010_001 });
    assert_eq!(client.post("/platforms", &twice).await.json()["code"], "platform.access_code_taken");
    let forwarded = json!({ "protocol": "jt809", "terminal_id": "A12345", "model": "x", "platform_id": made["id"] });
    assert_eq!(client.post("/terminals", &forwarded).await.status, 201);
    assert_eq!(client.get("/platforms").await.json()["items"][0]["access_code"], json!(33_010_001), "by login");
    let neighbour = world.sign_in("east.manager").await;
    assert_eq!(neighbour.get("/platforms").await.json()["items"], json!([]));
    assert_eq!(neighbour.post("/terminals", &terminal).await.status, 404, "another unit's platform is not there");
}

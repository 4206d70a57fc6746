//! Registers of cars brought as workbooks: of 3,011 rows 40 are wrong, each in its own way, and come back with their reasons.

use std::collections::BTreeMap;

use fleet_db::testing::fleet::{execute, number};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};

use crate::harness::{EAST, WEST, World, add_car};
use crate::import::{cells, rows, send, workbook};
use crate::lifecycle::{granted, made, offices};

const ROWS: usize = 3_011;

/// The columns as a unit's own register calls them.
const HEADER: [&str; 18] = [
    "序号",
    "车牌号",
    "车架号",
    "使用单位",
    "公务用车类别",
    "燃料种类",
    "厂牌型号",
    "核定载客",
    "初次登记日期",
    "车辆类型",
    "产权单位",
    "排量",
    "购车价格",
    "购置税",
    "里程",
    "标识方式",
    "标识编号",
    "状态",
];
const PLATE: usize = 1;
const VIN: usize = 2;
const UNIT: usize = 3;
const CATEGORY: usize = 4;
const FUEL: usize = 5;
const MODEL: usize = 6;
const SEATS: usize = 7;
const DAY: usize = 8;
const BODY: usize = 9;
const OWNER: usize = 10;
const ENGINE: usize = 11;
const PRICE: usize = 12;
const TAX: usize = 13;
const KM: usize = 14;
const MARKING: usize = 15;
const CODE: usize = 16;
const STATUS: usize = 17;

/// What is wrong, at which column of ours it is told, and by which code.
const WRONG: [(usize, &str, &str, &str); 40] = [
    (PLATE, "", "plate", "import.empty"),
    (PLATE, "A12345", "plate", "plate.length"),
    (PLATE, "啊A12345", "plate", "plate.province"),
    (PLATE, "浙I12345", "plate", "plate.office"),
    (PLATE, "浙A1234O", "plate", "plate.serial"),
    (PLATE, "浙A·B0000", "plate", "import.repeated"),
    (PLATE, "浙E00001", "plate", "vehicle.plate_taken"),
    (VIN, "LSV", "vin", "vin.length"),
    (VIN, "1M8GDM9AXKP04278O", "vin", "vin.character"),
    (VIN, "1M8GDM9A1KP042788", "vin", "vin.check_digit"),
    (VIN, "1M8GDM9AXKP042788", "vin", "vehicle.vin_taken"),
    (UNIT, "", "unit", "import.empty"),
    (UNIT, "没有的局", "unit", "import.unit_unknown"),
    (UNIT, "上城区府", "unit", "import.unit_unknown"),
    (UNIT, "91330100799655058B", "unit", "import.unit_outside"),
    (UNIT, "旧办公室", "unit", "import.unit_gone"),
    (CATEGORY, "", "category", "import.empty"),
    (CATEGORY, "轿车", "category", "vehicle.category"),
    (FUEL, "", "powertrain", "import.empty"),
    (FUEL, "蒸汽", "powertrain", "vehicle.powertrain"),
    (FUEL, "纯电动", "displacement", "import.displacement_electric"),
    (MODEL, "", "model", "import.empty"),
    (SEATS, "五", "seats", "import.number"),
    (SEATS, "100", "seats", "vehicle.seats"),
    (DAY, "", "registered_on", "import.registration_part"),
    (DAY, "2019-02-30", "registered_on", "import.day"),
    (DAY, "2026-03-03", "registered_on", "registration.day"),
    (DAY, "1918-03-02", "registered_on", "import.day_early"),
    (BODY, "飞机", "body", "vehicle.body"),
    (OWNER, "某某租赁公司", "owner", "import.owner"),
    (ENGINE, "一升六", "displacement", "import.number"),
    (ENGINE, "55", "displacement", "import.displacement"),
    (PRICE, "-150000", "price", "registration.price"),
    (PRICE, "15", "price", "import.price"),
    (TAX, "-1", "tax", "lifecycle.money"),
    (TAX, "150000", "tax", "import.tax"),
    (KM, "-3", "odometer", "import.odometer"),
    (MARKING, "口头", "marking", "marking.kind"),
    (CODE, "HZ-1", "marking_code", "import.repeated"),
    (STATUS, "已处置", "status", "import.status_gone"),
];

/// The row of the n-th car.
fn good(n: usize) -> Vec<String> {
    let mut row = cells(&[
        "",
        "",
        "",
        "西湖区府",
        "其他用车",
        "汽油",
        "大众帕萨特",
        "5",
        "2019-05-20",
        "小型轿车",
        "西湖区府",
        "1.6L",
        "150000",
        "13274.34",
        "81234",
        "喷涂标识",
        "",
        "在用",
    ]);
    row[0] = (n + 1).to_string();
    row[PLATE] = format!("浙A·B{n:04}");
    row[CODE] = format!("HZ-{n}");
    row
}

/// Every 75th row is wrong, each in its own way; the first two are good.
fn wrong_at(n: usize) -> Option<&'static (usize, &'static str, &'static str, &'static str)> {
    (n % 75 == 10).then(|| WRONG.get(n / 75)).flatten()
}

fn register() -> Vec<Vec<String>> {
    let car = |n| {
        let mut row = good(n);
        if let Some((column, text, ..)) = wrong_at(n) {
            row[*column] = (*text).to_owned();
        }
        row
    };
    std::iter::once(cells(&HEADER)).chain((0..ROWS).map(car)).collect()
}

/// A world in which the west's own manager brings a register: a car of the east, one that has a number of ours, and a unit that is closed.
async fn west() -> (World, crate::harness::Client) {
    let world = World::new().await;
    let pool = &world.db.pool;
    add_car(pool, EAST, "浙E00001", None).await;
    add_car(pool, WEST, "浙E00002", None).await;
    execute(pool, "update vehicle set vin = '1M8GDM9AXKP042788' where plate = '浙E00002'").await.unwrap();
    execute(pool, "update unit set credit_code = '91330100799655058B' where name = '上城区府'").await.unwrap();
    let closed = "insert into unit (id, parent_id, name, level, region_code, status, kind, created_at)
                  select gen_random_uuid(), id, '旧办公室', level, region_code, 'closed', kind, created_at from unit where name = '西湖区府'";
    execute(pool, closed).await.unwrap();
    world.open_account("west.manager", dispatch::account::Role::FleetManager, WEST).await;
    let manager = world.sign_in("west.manager").await;
    (world, manager)
}

fn reasons(looked: &Value) -> BTreeMap<u64, (String, String)> {
    let errors = looked["sheets"][0]["errors"].as_array().unwrap().iter();
    let reason = |error: &Value| {
        let text = |key: &str| error[key].as_str().unwrap().to_owned();
        assert!(!text("title").is_empty() && text("title") != text("code"), "in words: {error}");
        (error["row"].as_u64().unwrap(), (text("column"), text("code")))
    };
    errors.map(reason).collect()
}

#[tokio::test]
async fn of_3011_cars_2971_load_and_40_come_back_each_with_its_own_reason() {
    let (world, manager) = west().await;
    let pool = &world.db.pool;
    let file = workbook(&[("车辆", register())]);
    let expected: BTreeMap<u64, (String, String)> = (0..ROWS)
        .filter_map(|n| wrong_at(n).map(|(_, _, column, code)| (n as u64 + 2, ((*column).to_owned(), (*code).to_owned()))))
        .collect();
    assert_eq!(expected.len(), 40);

    let looked = send(&manager, "/preview", &file).await;
    let sheet = &looked["sheets"][0];
    assert_eq!((&sheet["good"], &sheet["known"], &sheet["bad"]), (&json!(2_971), &json!(0), &json!(40)));
    assert_eq!((reasons(&looked), &sheet["error_count"]), (expected.clone(), &json!(40)));
    assert_eq!(number(pool, "select count(*) from vehicle").await.unwrap(), 2, "looking stores nothing");

    let begun = std::time::Instant::now();
    let loaded = send(&manager, "", &file).await;
    let took = begun.elapsed();
    assert_eq!((&loaded["loaded"]["vehicles"], reasons(&loaded)), (&json!(2_971), expected));
    assert!(took < std::time::Duration::from_secs(20), "a statement a kind, not a row: {took:?}");
    for (sql, expected) in [
        ("select count(*) from vehicle", 2_973),
        ("select count(*) from vehicle_registration where price_fen = 15000000 and odometer_km = 81234", 2_971),
        ("select count(*) from vehicle_marking where kind = 'paint'", 2_971),
        ("select count(*) from vehicle_plate", 2_973),
        ("select count(*) from audit_entry where action = 'imported'", 1),
        ("select vehicle_odometer_km(id)::bigint from vehicle where plate = '浙AB0000'", 81_234),
    ] {
        assert_eq!(number(pool, sql).await.unwrap(), expected, "{sql}");
    }
    let again = send(&manager, "", &file).await;
    let sheet = &again["sheets"][0];
    assert_eq!(
        (&sheet["good"], &sheet["known"], &sheet["bad"]),
        (&json!(0), &json!(2_971), &json!(40)),
        "sent twice, loaded once"
    );
    assert_eq!(again["loaded"]["vehicles"], 0);

    // What comes back is corrected in place, and sent as it is.
    let answer = manager.upload("/imports/rejected?file=register.xlsx", file).await;
    let mut back = rows(&answer.body);
    assert_eq!((back.len(), back[0][0].as_str()), (41, "错误"));
    assert!(back[2][0].contains("号牌号码“A12345”"), "{:?}", back[2]);
    for row in back.iter_mut().skip(1) {
        let n: usize = row[1].parse::<usize>().unwrap() - 1;
        row.truncate(1);
        row.extend(good(n));
    }
    let corrected = workbook(&[("车辆", back)]);
    let loaded = send(&manager, "", &corrected).await;
    assert_eq!((&loaded["loaded"]["vehicles"], &loaded["sheets"][0]["bad"]), (&json!(40), &json!(0)), "{loaded}");
    assert_eq!(manager.upload("/imports/rejected?file=register.xlsx", corrected).await.status, 204);
    assert_eq!(number(pool, "select count(*) from vehicle").await.unwrap(), 3_013);
}

#[tokio::test]
async fn a_register_with_headers_of_its_own_is_mapped_by_hand_and_days_are_cells_of_days() {
    let (world, manager) = west().await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("台账").unwrap();
    let header = ["牌照", "归口", "category", "powertrain", "model", "seats", "哪天上的牌", "body", "owner", "ownerkind"];
    let car = ["浙A·D12345", "西湖区府", "应急保障", "EV", "红旗", "5", "", "轿车", "某某租赁公司", "企业"];
    for (row, line) in [header, car].iter().enumerate() {
        for (column, text) in line.iter().enumerate() {
            sheet.write_string(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *text).unwrap();
        }
    }
    // 2024-03-05, as workbooks count days.
    sheet.write_number_with_format(1, 6, 45_356, &Format::new().set_num_format("yyyy/m/d")).unwrap();
    let file = book.save_to_buffer().unwrap();
    let unread = send(&manager, "/preview", &file).await;
    assert_eq!(unread["sheets"][0]["error"], "import.header_unknown", "{unread}");
    let said = json!({ "台账": { "subject": "vehicles", "columns": { "plate": 0, "unit": 1, "registered_on": 6 } } });
    let mapping: String = form_urlencoded::byte_serialize(said.to_string().as_bytes()).collect();
    let answer = manager.upload(&format!("/imports?file=register.xlsx&mapping={mapping}"), file).await.json();
    assert_eq!(answer["loaded"]["vehicles"], 1, "{answer}");
    let warned = &answer["sheets"][0]["warnings"][0];
    assert_eq!((&warned["column"], &warned["code"]), (&json!("owner"), &json!("import.stranger")), "{answer}");
    let day =
        "select extract(epoch from registered_on)::bigint / 86400 from vehicle_registration where owner_kind = 'enterprise'";
    let unix_days = chrono::NaiveDate::from_ymd_opt(2024, 3, 5).unwrap().to_epoch_days();
    assert_eq!(number(&world.db.pool, day).await.unwrap(), i64::from(unix_days));
}

#[tokio::test]
async fn existing_cars_beyond_the_establishment_and_the_standard_are_recorded_and_shown() {
    let world = World::new().await;
    let offices = offices(&world).await;
    granted(&offices, &WEST.0.to_string(), 1).await;
    world.open_account("west.manager", dispatch::account::Role::FleetManager, WEST).await;
    let manager = world.sign_in("west.manager").await;
    let (mut first, mut dear) = (good(0), good(1));
    first[0] = "1".to_owned();
    dear[PRICE] = "300000".to_owned();
    let file = workbook(&[("车辆", vec![cells(&HEADER), first, dear])]);
    let loaded = send(&manager, "", &file).await;
    assert_eq!(loaded["loaded"]["vehicles"], 2, "recorded as they are");
    let warned: Vec<(u64, &str)> = loaded["sheets"][0]["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| (warning["row"].as_u64().unwrap(), warning["code"].as_str().unwrap()))
        .collect();
    assert_eq!(warned, [(3, "import.over_establishment"), (3, "standard.price")]);
    let breaches = made(&offices.authority.get("/establishment/breaches").await, 200);
    assert_eq!(breaches["over_establishment"][0]["over"], 1, "{breaches}");
    assert_eq!(breaches["over_standard"][0]["plate"], "浙AB0001");
    assert_eq!((&breaches["strangers"], &breaches["late"]), (&json!([]), &json!([])), "stock of old is not late on the platform");
}

//! Registers of cars with what people get wrong in them.

use uuid::Uuid;

use super::*;
use crate::import::ImportSubject;
use crate::lifecycle::registration::{MarkingKind, OwnerKind};
use crate::lifecycle::standard::{EquipmentCase, VehicleBody};
use crate::money::Money;
use crate::rule::tests::builtin;
use crate::unit::{Level, Unit};

const TOP: UnitId = UnitId(Uuid::from_u128(1));
const BUREAU: UnitId = UnitId(Uuid::from_u128(2));

/// A good row by column; what a case says takes the place of it.
const GOOD: &[(&str, &str)] = &[
    ("plate", "浙A12345"),
    ("unit", "西湖区财政局"),
    ("category", "其他用车"),
    ("powertrain", "汽油"),
    ("model", "大众帕萨特"),
    ("seats", "5"),
    ("registered_on", "2020-03-05"),
    ("body", "轿车"),
    ("owner", "西湖区财政局"),
    ("displacement", "1.6L"),
    ("price", "150000"),
];

fn table(rows: &[&[(&str, &str)]]) -> (Table, Mapping) {
    let columns = ImportSubject::Vehicles.columns();
    let header: Vec<String> = columns.iter().map(|column| column.term.to_owned()).collect();
    let cell = |row: &[(&str, &str)], key: &str| {
        let said = row.iter().rev().chain(GOOD.iter()).find(|(column, _)| *column == key);
        said.map_or(String::new(), |(_, text)| (*text).to_owned())
    };
    let cells = |row: &[(&str, &str)]| columns.iter().map(|column| cell(row, column.key)).collect();
    let rows = rows.iter().zip(2..).map(|(row, number)| Row { number, cells: cells(row) }).collect();
    let mapping = Mapping::of(ImportSubject::Vehicles, &header);
    assert_eq!(mapping.positions().count(), columns.len(), "every column is known by its own term");
    (Table { name: "车辆".to_owned(), header, rows }, mapping)
}

fn directory() -> Directory {
    let of = |id, parent, name: &str, level, region: &str| Unit::new(id, parent, name, level, region.parse().unwrap());
    let mut closed = of(UnitId(Uuid::from_u128(5)), Some(TOP), "旧办公室", Level::County, "330106");
    closed.status = crate::unit::UnitStatus::Closed;
    Directory::from_iter([
        of(TOP, None, "杭州市", Level::City, "330100"),
        of(BUREAU, Some(TOP), "西湖区财政局", Level::County, "330106"),
        of(UnitId(Uuid::from_u128(3)), Some(TOP), "办公室", Level::County, "330106"),
        of(UnitId(Uuid::from_u128(4)), Some(BUREAU), "办公室", Level::County, "330106"),
        closed,
    ])
}

fn known() -> KnownStock {
    let car = |unit| RegisteredCar {
        vin: Some("LSVAA4187E2000000".to_owned()),
        unit,
        category: VehicleCategory::Other,
        powertrain: Powertrain::Petrol,
    };
    KnownStock {
        today: "2026-12-01".parse().unwrap(),
        cars: [("浙A00001".to_owned(), Some(car(BUREAU))), ("浙A00002".to_owned(), None)].into(),
        vins: ["1M8GDM9AXKP042788".to_owned()].into(),
        codes: ["HZ-1".to_owned()].into(),
        hidden_codes: ["91330100799655058B".to_owned()].into(),
        known_at: "2026-12-01T00:00:00Z".parse().unwrap(),
        rules: builtin(),
        ..KnownStock::default()
    }
}

fn check(rows: &[&[(&str, &str)]], known: &KnownStock) -> Checked<BroughtCar> {
    let (table, mapping) = table(rows);
    vehicles(&table, &mapping, &directory(), known)
}

#[test]
fn a_whole_row_is_a_car_with_its_registration_and_its_marking() {
    let checked = check(
        &[&[
            ("plate", "浙A·D12345"),
            ("category", "应急保障"),
            ("powertrain", "插混"),
            ("vin", "1m8gdm9axkp042788"),
            ("status", "闲置"),
            ("engine_number", "EA211"),
            ("certificate", "330012345678"),
            ("tax", "1.5万"),
        ]],
        &KnownStock { vins: HashSet::new(), ..known() },
    );
    assert_eq!(checked.errors[0].code, "import.number", "a unit that nobody asked for is not guessed");
    let checked = check(
        &[&[
            ("plate", "浙A·D12345"),
            ("category", "应急保障"),
            ("powertrain", "插混"),
            ("seats", "5座"),
            ("status", "闲置"),
            ("body", "小型普通客车"),
            ("registered_on", "2020年3月5日"),
            ("tax", "13,274.34"),
            ("odometer", "81,234公里"),
            ("marking", "喷涂标识"),
            ("marking_code", "HZ-2"),
        ]],
        &known(),
    );
    assert_eq!(checked.errors, []);
    let car = &checked.good[0].1;
    assert_eq!((car.asset.plate.as_str(), car.asset.powertrain), ("浙AD12345", Powertrain::PlugInHybrid));
    assert_eq!((car.asset.category, car.asset.status), (VehicleCategory::EmergencySupport, VehicleStatus::Idle));
    let file = car.file.as_ref().unwrap();
    let expected = BroughtFile {
        owner: OwnerKind::Unit,
        owner_unit: Some(BUREAU),
        owner_name: "西湖区财政局".to_owned(),
        certificate: String::new(),
        registered_on: "2020-03-05".parse().unwrap(),
        body: VehicleBody::SmallBus,
        case: EquipmentCase::Ordinary,
        case_document: String::new(),
        displacement_ml: Some(1600),
        engine_number: String::new(),
        price: Some(Money::from_fen(15_000_000)),
        tax: Some(Money::from_fen(1_327_434)),
        is_domestic: true,
        odometer_km: Some(81_234),
    };
    assert_eq!(file, &expected);
    let marking = BroughtMarking { kind: MarkingKind::Paint, code: Some("HZ-2".to_owned()), document: String::new() };
    assert_eq!(car.marking.as_ref(), Some(&marking));
    let bare = ["registered_on", "body", "owner", "displacement", "price"].map(|column| (column, ""));
    assert_eq!(check(&[&bare], &known()).good[0].1.file, None, "a register may know nothing of it");
}

#[test]
fn every_wrong_cell_has_its_reason() {
    for (said, column, code) in [
        (("plate", ""), "plate", "import.empty"),
        (("plate", "A12345"), "plate", "plate.length"),
        (("plate", "啊A12345"), "plate", "plate.province"),
        (("plate", "浙I12345"), "plate", "plate.office"),
        (("plate", "浙A1234O"), "plate", "plate.serial"),
        (("plate", "浙A00002"), "plate", "vehicle.plate_taken"),
        (("unit", ""), "unit", "import.empty"),
        (("unit", "没有的局"), "unit", "import.unit_unknown"),
        (("unit", "办公室"), "unit", "import.unit_ambiguous"),
        (("unit", "旧办公室"), "unit", "import.unit_gone"),
        (("unit", "91330100799655058B"), "unit", "import.unit_outside"),
        (("category", ""), "category", "import.empty"),
        (("category", "轿车"), "category", "vehicle.category"),
        (("powertrain", "蒸汽"), "powertrain", "vehicle.powertrain"),
        (("model", ""), "model", "import.empty"),
        (("seats", "五"), "seats", "import.number"),
        (("seats", "0"), "seats", "vehicle.seats"),
        (("vin", "1M8"), "vin", "vin.length"),
        (("vin", "1M8GDM9AXKP04278O"), "vin", "vin.character"),
        (("vin", "1M8GDM9A0KP042788"), "vin", "vin.check_digit"),
        (("vin", "1M8GDM9AXKP042788"), "vin", "vehicle.vin_taken"),
        (("status", "已处置"), "status", "import.status_gone"),
        (("status", "丢失"), "status", "vehicle.status"),
        (("registered_on", ""), "registered_on", "import.registration_part"),
        (("registered_on", "2020-02-30"), "registered_on", "import.day"),
        (("registered_on", "2026-12-02"), "registered_on", "registration.day"),
        (("registered_on", "1920-01-01"), "registered_on", "import.day_early"),
        (("body", "飞机"), "body", "vehicle.body"),
        (("owner", "某某公司"), "owner", "import.owner"),
        (("owner_kind", "亲戚"), "owner_kind", "registration.owner"),
        (("displacement", "大"), "displacement", "import.number"),
        (("displacement", "50"), "displacement", "import.displacement"),
        (("price", "-1"), "price", "registration.price"),
        (("price", "15"), "price", "import.price"),
        (("tax", "200000"), "tax", "import.tax"),
        (("tax", "-1"), "tax", "lifecycle.money"),
        (("origin", "火星"), "origin", "import.origin"),
        (("case", "想要"), "case", "standard.case"),
        (("odometer", "-5"), "odometer", "import.odometer"),
        (("marking", "口头"), "marking", "marking.kind"),
        (("marking", "喷涂标识"), "marking_code", "marking.code"),
        (("marking", "依法免标识"), "marking_document", "marking.document"),
    ] {
        let checked = check(&[&[said]], &known());
        let found: Vec<_> = checked.errors.iter().map(|error| (error.row, error.column, error.code)).collect();
        assert_eq!((found.as_slice(), checked.good.len()), (&[(2, Some(column), code)][..], 0), "{said:?}");
    }
    let electric = check(&[&[("powertrain", "纯电动"), ("displacement", "1.6")]], &known());
    assert_eq!(electric.errors[0].code, "import.displacement_electric");
    assert_eq!(check(&[&[("powertrain", "纯电动"), ("displacement", "0")]], &known()).errors, []);
    let taken = check(&[&[("marking", "标识贴"), ("marking_code", "HZ-1")]], &known());
    assert_eq!(taken.errors[0].code, "marking.code_taken");
}

#[test]
fn a_car_that_is_there_says_nothing_new_and_one_that_differs_is_no_import() {
    let there = check(&[&[("plate", "浙A00001")]], &known());
    assert_eq!((there.good.len(), there.known.as_slice(), there.errors.len()), (0, &[2][..], 0));
    let other = check(&[&[("plate", "浙A00001"), ("unit", "杭州市"), ("powertrain", "柴油")]], &known());
    let found: Vec<_> = other.errors.iter().map(|error| (error.column.unwrap(), error.code)).collect();
    assert_eq!(found, [("powertrain", "import.car_differs"), ("unit", "import.car_differs")]);
}

#[test]
fn what_stands_in_two_rows_belongs_to_the_first() {
    let vin = ("vin", "LSVAA4187E2184847");
    let rule = KnownStock { vin_rule: crate::vin::VinRule::ImportsAllowed, ..known() };
    let checked = check(
        &[
            &[vin, ("marking", "标识贴"), ("marking_code", "HZ-9")],
            &[("plate", "浙A·12345")],
            &[("plate", "浙A12346"), ("vin", "lsvaa4187e2184847")],
            &[("plate", "浙A12347"), ("marking", "标识贴"), ("marking_code", "hz-9")],
        ],
        &rule,
    );
    let found: Vec<_> = checked.errors.iter().map(|error| (error.row, error.column.unwrap(), error.code)).collect();
    let repeated = "import.repeated";
    assert_eq!(found, [(3, "plate", repeated), (4, "vin", repeated), (5, "marking_code", repeated)]);
    assert_eq!(checked.good.len(), 1);
}

#[test]
fn what_the_law_would_not_let_anybody_buy_is_loaded_and_warned_of() {
    let places = [(BUREAU, Places::from([(VehicleCategory::Other, 1)]))].into();
    let checked = check(
        &[
            &[("plate", "浙A10001")],
            &[("plate", "浙A10002"), ("price", "300000"), ("displacement", "3.0")],
            &[("plate", "浙A10003"), ("owner", "杭州市"), ("category", "执法执勤")],
            &[("plate", "浙A10004"), ("unit", "杭州市"), ("owner", "张三"), ("owner_kind", "个人"), ("price", "")],
            &[
                ("plate", "浙A10005"),
                ("unit", "杭州市"),
                ("owner", "杭州市"),
                ("registered_on", "1999-01-01"),
                ("price", "900000"),
            ],
        ],
        &KnownStock { places, ..known() },
    );
    assert_eq!((checked.good.len(), checked.errors.len()), (5, 0));
    let found: Vec<_> = checked.warnings.iter().map(|said| (said.row, said.column.unwrap(), said.code)).collect();
    assert_eq!(
        found,
        [
            (3, "category", "import.over_establishment"),
            (3, "displacement", "standard.displacement"),
            (3, "price", "standard.price"),
            // The first car of a category of which the unit may have none, and 150,000 yuan where 120,000 are the ordinary ceiling.
            (4, "category", "import.over_establishment"),
            (4, "owner", "import.stranger"),
            (4, "price", "standard.price"),
            (5, "owner", "import.stranger"),
        ],
        "the city's establishment is not recorded, and a day from before the standards says nothing"
    );
}

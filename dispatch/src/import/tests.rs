//! Tables with what people get wrong in them.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::*;
use crate::account::Role;
use crate::unit::{Level, Unit, UnitId, UnitKind};

const TOP: UnitId = UnitId(Uuid::from_u128(1));

fn table(lines: &[&str]) -> Table {
    let cells = |line: &str| line.split(',').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = lines.iter().enumerate();
    let header = cells(lines.next().unwrap().1);
    let rows = lines.map(|(at, line)| Row { number: u32::try_from(at).unwrap() + 1, cells: cells(line) });
    Table { name: "表".to_owned(), header, rows: rows.collect() }
}

fn known() -> Directory {
    Directory::from_iter([Unit::new(TOP, None, "浙江省机关事务管理局", Level::Province, "330000".parse().unwrap())])
}

fn check(directory: &mut Directory, lines: &[&str]) -> Checked<Unit> {
    let table = table(lines);
    let (subject, mapping) = Mapping::guess(&table.header).unwrap();
    assert_eq!(subject, ImportSubject::Units);
    units(&table, &mapping, directory, Some(TOP), &HashSet::new(), || UnitId(Uuid::now_v7()))
}

fn said<T>(checked: &Checked<T>) -> Vec<(u32, &'static str, &'static str)> {
    checked.errors.iter().map(|error| (error.row, error.column.unwrap_or_default(), error.code)).collect()
}

#[test]
fn headers_are_known_in_both_languages_and_however_they_are_decorated() {
    for (header, subject) in [
        (vec!["*单位名称（必填）", "上级单位", "统一社会信用代码"], ImportSubject::Units),
        (vec!["Name", "Parent unit", "Credit Code"], ImportSubject::Units),
        (vec!["\u{feff}登录名", "姓 名", "角色", "单位"], ImportSubject::Accounts),
        (vec!["login", "display_name", "role", "unit"], ImportSubject::Accounts),
        (vec!["号牌号码", "所属单位", "车辆类别", "动力类型", "品牌型号", "座位数"], ImportSubject::Vehicles),
    ] {
        let header: Vec<String> = header.into_iter().map(str::to_owned).collect();
        let (guessed, mapping) = Mapping::guess(&header).unwrap();
        assert_eq!(guessed, subject, "{header:?}");
        assert_eq!(mapping.positions().count(), header.len(), "{header:?}");
    }
    assert_eq!(Mapping::guess(&["序号".to_owned(), "备注".to_owned()]), None);
    let header = ["甲".to_owned(), "上级".to_owned()];
    let mapping = Mapping::of(ImportSubject::Units, &header);
    assert_eq!(mapping.missing(ImportSubject::Units).unwrap().key, "name");
    let mapping = mapping.with(ImportSubject::Units, &[("name".to_owned(), Some(0)), ("parent".to_owned(), None)].into());
    assert_eq!(mapping.positions().collect::<Vec<_>>(), [("name", 0)]);
}

#[test]
fn units_stand_in_any_order_and_good_rows_go_on_without_the_bad_ones() {
    let checked = check(
        &mut known(),
        &[
            "单位名称,上级单位,层级,行政区划代码,单位性质,统一社会信用代码",
            "办公室,杭州市财政局,,,内设部门,",
            "办公室,杭州市公安局,,,内设部门,",
            "杭州市财政局,杭州市机关事务管理局,市,330100,机关,",
            "杭州市公安局,杭州市机关事务管理局,市级,330100,,91330100799655058B",
            "杭州市机关事务管理局,,3,330100,,",
            "车队,杭州市公安局/办公室,,,车队,",
            "科室,办公室,,,部门,",
            "甲局,乙局,,,,",
            "乙局,甲局,,,,",
            "丙局,,市,33010,机构,91330100799655058C",
            "丁局,丙局,,,,",
            "戊局,没有的局,,,,",
            "己局,,市,330106,,",
            "杭州市财政局,杭州市机关事务管理局,市,330100,机关,",
            "庚局,,市,330100,,9133 0100 7996 5505 8b",
            "辛局,杭州市财政局,省,330000,,",
        ],
    );
    let good: Vec<(u32, &str)> = checked.good.iter().map(|(row, unit)| (*row, unit.name.as_str())).collect();
    assert_eq!(
        good,
        [(6, "杭州市机关事务管理局"), (4, "杭州市财政局"), (5, "杭州市公安局"), (2, "办公室"), (3, "办公室"), (7, "车队")]
    );
    let fleet = &checked.good[5].1;
    assert_eq!((fleet.kind, fleet.level, fleet.region.as_str()), (UnitKind::Fleet, Level::City, "330100"), "as its unit");
    assert_eq!(fleet.parent, Some(checked.good[4].1.id));
    assert_eq!(
        said(&checked),
        [
            (8, "parent", "import.unit_ambiguous"),
            (9, "parent", "import.parent_waits"),
            (10, "parent", "import.parent_waits"),
            (11, "credit_code", "unit.credit_check"),
            (11, "kind", "unit.kind"),
            (11, "region", "unit.region_code"),
            (12, "parent", "import.parent_waits"),
            (13, "parent", "import.unit_unknown"),
            (14, "region", "unit.region_level"),
            (15, "name", "import.repeated"),
            (16, "credit_code", "import.repeated"),
            (17, "level", "unit.level_order"),
            (17, "region", "unit.region_outside"),
        ]
    );
    assert_eq!(checked.bad_rows().len() + checked.good.len(), 16);
}

#[test]
fn a_table_sent_twice_says_nothing_new_and_one_that_differs_is_no_import() {
    let lines = [
        "名称,上级,区划,信用代码,经度,纬度",
        "杭州市公安局,,330100,91330100799655058B,120.17,30.25",
        "𠮷㐂䶮处,杭州市公安局,,,,",
    ];
    let mut directory = known();
    assert_eq!(check(&mut directory, &lines).good.len(), 2);
    let again = check(&mut directory, &lines);
    assert_eq!((again.good.len(), again.known.len(), again.errors.len()), (0, 2, 0));
    let top = check(&mut directory, &["名称,层级,区划", "浙江省机关事务管理局,省,330000", "浙江省机关事务管理局,国家,330000"]);
    assert_eq!((top.known.as_slice(), said(&top)), (&[2][..], vec![(3, "level", "import.differs")]), "the top itself");
    let renamed = check(&mut directory, &["名称,上级,区划,信用代码", "杭州市公安局西湖分局,,330100,91330100799655058B"]);
    assert_eq!(said(&renamed), [(2, "name", "import.differs")]);
}

#[test]
fn accounts_name_their_units_and_the_three_administrators_come_by_no_table() {
    let mut directory = known();
    let units = check(&mut directory, &["名称,上级,区划,信用代码", "杭州市公安局,,330100,91330100799655058B"]);
    let bureau = units.good[0].1.id;
    let table = table(&[
        "登录名,姓名,角色,所属单位",
        "Zhang.San,张三,调度员,杭州市公安局",
        "lisi,李四,driver,91330100799655058B",
        "wangwu,,司机,公安局",
        "zhao,赵六,系统管理员,杭州市公安局",
        "lisi,李四,驾驶员,杭州市公安局",
        "known,旧人,驾驶员,杭州市公安局",
        "known2,旧人,驾驶员,杭州市公安局",
        "hidden,别人,驾驶员,杭州市公安局",
    ]);
    let (_, mapping) = Mapping::guess(&table.header).unwrap();
    let old = |login: &str, role| {
        Some(NewAccount { login: login.parse().unwrap(), display_name: "旧人".to_owned(), role, unit: bureau })
    };
    let known: HashMap<String, KnownAccount> = [
        ("known".to_owned(), old("known", Role::Driver)),
        ("known2".to_owned(), old("known2", Role::Dispatcher)),
        ("hidden".to_owned(), None),
    ]
    .into();
    let checked = accounts(&table, &mapping, &directory, &known);
    let good: Vec<_> =
        checked.good.iter().map(|(row, account)| (*row, account.login.as_str(), account.role, account.unit)).collect();
    assert_eq!(good, [(2, "zhang.san", Role::Dispatcher, bureau), (3, "lisi", Role::Driver, bureau)]);
    assert_eq!(checked.known, [7]);
    assert_eq!(
        said(&checked),
        [
            (4, "display_name", "account.display_name"),
            (4, "role", "account.role"),
            (4, "unit", "import.unit_unknown"),
            (5, "role", "import.role_reserved"),
            (6, "login", "import.repeated"),
            (8, "login", "account.login_taken"),
            (9, "login", "account.login_taken"),
        ]
    );
}

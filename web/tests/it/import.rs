//! Tables brought over the API: looked through, loaded, the bad rows given back, corrected and sent again.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::harness::{Client, PASSWORD, World};

/// Rows of the large sheet, and every how many of them is wrong.
const ROWS: usize = 3_011;
const WRONG_EVERY: usize = 97;

/// A workbook of sheets, each a name and its rows.
pub(crate) fn workbook(sheets: &[(&str, Vec<Vec<String>>)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (at_row, cells) in (0..).zip(rows) {
            for (at_column, cell) in (0..).zip(cells) {
                sheet.write_string(at_row, at_column, cell).unwrap();
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

pub(crate) fn cells(row: &[&str]) -> Vec<String> {
    row.iter().map(|cell| (*cell).to_owned()).collect()
}

/// The rows of the first sheet.
pub(crate) fn rows(file: &[u8]) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file.to_vec())).unwrap();
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| if matches!(cell, Data::Empty) { String::new() } else { cell.to_string() };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

/// The rows of every sheet, by its name.
pub(crate) fn all_rows(file: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file.to_vec())).unwrap();
    let text = |cell: &Data| if matches!(cell, Data::Empty) { String::new() } else { cell.to_string() };
    let sheets = workbook.worksheets().into_iter();
    sheets.map(|(name, range)| (name, range.rows().map(|row| row.iter().map(text).collect()).collect())).collect()
}

pub(crate) async fn send(client: &Client, what: &str, file: &[u8]) -> Value {
    let answer = client.upload(&format!("/imports{what}?file=units.xlsx"), file.to_vec()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn figures(answer: &Value) -> (u64, u64, u64) {
    let sheet = &answer["sheets"][0];
    (sheet["good"].as_u64().unwrap(), sheet["known"].as_u64().unwrap(), sheet["bad"].as_u64().unwrap())
}

#[tokio::test]
async fn of_3011_rows_the_good_load_and_the_bad_come_back_are_corrected_and_load_too() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let mut table = vec![cells(&["单位名称", "上级单位", "层级", "行政区划代码", "单位性质"])];
    for n in 0..ROWS {
        let parent = if n % 10 == 0 { "西湖区府".to_owned() } else { format!("街道{}", n / 10 * 10) };
        let level = if n % WRONG_EVERY == 1 { "乡" } else { "县" };
        table.push(cells(&[&format!("街道{n}"), &parent, level, "330106", "机关"]));
    }
    let file = workbook(&[("单位", table)]);
    let wrong = (0..ROWS).filter(|n| n % WRONG_EVERY == 1).count() as u64;
    let (good, bad) = (ROWS as u64 - wrong - waiting(), wrong + waiting());

    let looked = send(&admin, "/preview", &file).await;
    assert_eq!(figures(&looked), (good, 0, bad));
    assert!(looked["loaded"].is_null());
    assert_eq!(admin.get("/units").await.json()["items"].as_array().unwrap().len(), 3, "looking stores nothing");
    let first = &looked["sheets"][0]["errors"][0];
    assert_eq!(
        (first["row"].as_u64(), first["column"].as_str(), first["code"].as_str()),
        (Some(3), Some("level"), Some("unit.level"))
    );
    assert!(first["title"].as_str().unwrap().contains("层级"), "in words: {first}");

    let loaded = send(&admin, "", &file).await;
    assert_eq!(loaded["loaded"]["units"], good);
    let again = send(&admin, "", &file).await;
    assert_eq!((figures(&again), &again["loaded"]["units"]), ((0, good, bad), &0.into()), "sent twice, loaded once");

    let answer = admin.upload("/imports/rejected?file=units.xlsx", file).await;
    let mut rejected = rows(&answer.body);
    assert_eq!(rejected.len() as u64, bad + 1);
    assert_eq!(rejected[0][0], "错误");
    assert!(rejected[1][0].contains("层级“乡”") && rejected[1][1] == "街道1", "{:?}", rejected[1]);
    for row in rejected.iter_mut().skip(1) {
        "县".clone_into(&mut row[3]);
    }
    let corrected = workbook(&[("单位", rejected)]);
    assert_eq!(send(&admin, "", &corrected).await["loaded"]["units"], bad);
    let nothing = admin.upload("/imports/rejected?file=units.xlsx", corrected).await;
    assert_eq!(nothing.status, 204);
    assert_eq!(admin.get("/units").await.json()["items"].as_array().unwrap().len(), ROWS + 3);
}

/// Rows below a street that is wrong itself.
fn waiting() -> u64 {
    let is_wrong = |n: usize| n % WRONG_EVERY == 1;
    (0..ROWS).filter(|n| n % 10 != 0 && !is_wrong(*n) && is_wrong(n / 10 * 10)).count() as u64
}

#[tokio::test]
async fn rare_characters_survive_import_and_export_in_every_encoding() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let (gb18030, _, _) = encoding_rs::GB18030.encode("名称,上级,区划\r\n𠮷㐂䶮镇,西湖区府,330106\r\n");
    let looked = admin.upload("/imports/preview?file=%E5%8D%95%E4%BD%8D.csv", gb18030.to_vec()).await.json();
    assert_eq!((looked["format"].as_str(), looked["sheets"][0]["name"].as_str()), (Some("gb18030"), Some("单位")));
    assert_eq!(send(&admin, "", &gb18030).await["loaded"]["units"], 1);
    for text in ["\u{feff}名称,上级\n㐂䶮𠮷村,𠮷㐂䶮镇\n", "名称,上级\n䶮𠮷㐂村,西湖区府/𠮷㐂䶮镇\n"]
    {
        let sent = send(&admin, "", text.as_bytes()).await;
        assert_eq!((sent["format"].as_str(), sent["loaded"]["units"].as_u64()), (Some("utf-8"), Some(1)), "{sent}");
    }
    assert_eq!(admin.get("/units/search?q=%F0%A0%AE%B7").await.json()["items"].as_array().unwrap().len(), 3, "𠮷 is found");
    assert_eq!(
        admin.get("/units/search?q=ji%20xi%20yan").await.json()["items"].as_array().unwrap().len(),
        3,
        "by its pinyin too"
    );
    for (format, name) in [("csv", "utf-8"), ("csv-gb18030", "gb18030"), ("xlsx", "xlsx")] {
        let file = admin.get(&format!("/units/export?format={format}")).await.body.to_vec();
        let back = send(&admin, "/preview", &file).await;
        assert_eq!((back["format"].as_str(), figures(&back).2), (Some(name), 0), "{back}");
        let told = if format == "xlsx" {
            rows(&file).concat().join(",")
        } else {
            let encoding = if format == "csv" { encoding_rs::UTF_8 } else { encoding_rs::GB18030 };
            encoding.decode(&file).0.into_owned()
        };
        for name in ["𠮷㐂䶮镇", "㐂䶮𠮷村", "䶮𠮷㐂村"] {
            assert!(told.contains(name), "{name} in {format}: {told}");
        }
    }
}

#[tokio::test]
async fn units_accounts_and_cars_come_in_one_workbook_and_accounts_cannot_sign_in_yet() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let file = workbook(&[
        (
            "人员",
            vec![
                cells(&["登录名", "姓名", "角色", "单位"]),
                cells(&["zhang.san", "张三", "调度员", "西湖区财政局"]),
                cells(&["boss", "李四", "系统管理员", "西湖区财政局"]),
            ],
        ),
        ("封面", vec![cells(&["说明"]), cells(&["请勿改动"])]),
        ("机构", vec![cells(&["2026年机构信息表"]), cells(&["*单位名称", "上级单位"]), cells(&["西湖区财政局", "西湖区府"])]),
        (
            "车",
            vec![
                cells(&["车牌号", "单位", "类别", "动力类型", "车型", "座位数"]),
                cells(&["浙A·D12345", "西湖区财政局", "其他用车", "纯电动", "红旗", "5"]),
            ],
        ),
    ]);
    let loaded = send(&admin, "", &file).await;
    assert_eq!(
        (&loaded["loaded"]["units"], &loaded["loaded"]["accounts"], &loaded["loaded"]["vehicles"]),
        (&1.into(), &1.into(), &1.into())
    );
    let sheets = loaded["sheets"].as_array().unwrap();
    assert_eq!(sheets[0]["errors"][0]["code"], "import.role_reserved");
    assert_eq!((sheets[1]["subject"].clone(), sheets[1]["error"].as_str()), (Value::Null, Some("import.header_unknown")));
    assert_eq!(sheets[2]["shown"][0]["row"], 3, "the title above the header is passed over");
    for password in ["", PASSWORD] {
        let body = serde_json::json!({ "login": "zhang.san", "password": password });
        assert_eq!(world.stranger().post("/session", &body).await.problem(), (401, "auth.invalid".to_owned()));
    }
    let manager = world.sign_in("manager").await;
    assert_eq!(manager.upload("/imports/preview", file).await.problem().0, 403, "who keeps cars brings no units");
}

#[tokio::test]
async fn a_header_that_nobody_knows_is_told_what_it_is() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let file = "甲,乙\n翠苑街道,西湖区府\n";
    assert_eq!(send(&admin, "", file.as_bytes()).await["loaded"]["units"], 0);
    let mapping = "%7B%22a%22%3A%7B%22subject%22%3A%22units%22%2C%22columns%22%3A%7B%22name%22%3A0%2C%22parent%22%3A1%7D%7D%7D";
    let answer = admin.upload(&format!("/imports?file=a.csv&mapping={mapping}"), file.as_bytes().to_vec()).await.json();
    assert_eq!(answer["loaded"]["units"], 1, "{answer}");
    for (file, code) in
        [(&b"\x89PNG\r\n\x1a\n\0"[..], "import.encoding"), (b"", "import.no_rows"), (b"PK\x03\x04", "import.file")]
    {
        assert_eq!(admin.upload("/imports/preview", file.to_vec()).await.problem(), (422, code.to_owned()));
    }
}

#[tokio::test]
async fn the_template_is_read_as_what_it_is() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let file = admin.get("/imports/template").await.body.to_vec();
    let looked = send(&admin, "/preview", &file).await;
    let subjects: Vec<&str> =
        looked["sheets"].as_array().unwrap().iter().map(|sheet| sheet["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["units", "accounts", "vehicles"]);
}

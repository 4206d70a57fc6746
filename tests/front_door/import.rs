//! `motorpool import` from outside: good rows load, wrong ones are told and written down, the same file again says nothing new.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn import(arguments: &[&str], folder: &Path, url: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motorpool"));
    command.arg("import").args(arguments).current_dir(folder).env("MOTORPOOL__DATABASE__URL", url);
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[tokio::test]
async fn a_table_is_brought_from_the_command_line_by_the_rules_of_the_console() {
    let database = fleet_db::testing::database().await;
    let url = database.url();
    let folder = tempfile::tempdir().unwrap();
    let table = "单位名称,上级单位,层级,行政区划代码\n示例市机关事务管理局,,市,330100\n𠮷㐂䶮区财政局,示例市机关事务管理局,县,330106\n错的局,没有的局,,\n";
    fs::write(folder.path().join("units.csv"), table).unwrap();

    let (status, said, _) = import(&["--check", "units.csv"], folder.path(), &url);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("units\tunits\tnew 2\tknown 0\twrong 1") && said.ends_with("nothing was stored\n"), "{said}");
    let (status, said, progress) = import(&["units.csv", "--rejected", "wrong.xlsx"], folder.path(), &url);
    assert_eq!((status, progress.as_str()), (Some(1), ""), "quiet when piped: {said}");
    assert!(said.contains("row 4\tparent\t\"没有的局\"\timport.unit_unknown"), "{said}");
    assert!(said.ends_with("loaded\tunits 2\taccounts 0\tvehicles 0\n"), "{said}");
    assert!(fs::read(folder.path().join("wrong.xlsx")).unwrap().starts_with(b"PK"));

    fs::write(folder.path().join("units.csv"), table.lines().take(3).collect::<Vec<_>>().join("\n")).unwrap();
    let (status, said, _) = import(&["units.csv"], folder.path(), &url);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with("units\tunits\tnew 0\tknown 2\twrong 0"), "{said}");
    fs::write(folder.path().join("no.csv"), b"\x00\x01").unwrap();
    let (status, _, said) = import(&["no.csv"], folder.path(), &url);
    assert!(status == Some(1) && said.contains("code: import.encoding") && said.contains("what to do:"), "{said}");
}

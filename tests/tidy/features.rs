//! `docs/features.md`: a row that claims to be done names a test that exists.

use std::collections::BTreeSet;
use std::fs;

use crate::source::{assert_none, read, root};

#[test]
fn every_feature_that_is_done_names_a_test_that_exists() {
    let text = read("docs/features.md");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, state, tests, _note] = cells.as_slice() else {
            wrong.push(format!("four columns: {line}"));
            continue;
        };
        if *id == "id" || id.starts_with('-') {
            continue;
        }
        if !seen.insert((*id).to_owned()) {
            wrong.push(format!("{id} stands there twice"));
        }
        match *state {
            "open" => {}
            "part" if tests.is_empty() => {}
            "done" if tests.is_empty() => wrong.push(format!("{id} is done, and no test shows it")),
            "done" | "part" => {
                wrong.extend(tests.split(',').filter_map(|test| missing(test.trim())).map(|why| format!("{id}: {why}")));
            }
            other => wrong.push(format!("{id}: {other} is neither done, part nor open")),
        }
    }
    assert!(seen.len() > 20, "the rows were read: {seen:?}");
    assert_none("docs/features.md", &wrong);
}

/// Why `file::test` is not there.
fn missing(test: &str) -> Option<String> {
    let test = test.trim_matches('`');
    let Some((file, name)) = test.split_once("::") else { return Some(format!("{test} is not of the form file::test")) };
    let Ok(source) = fs::read_to_string(root().join(file)) else { return Some(format!("there is no file {file}")) };
    let name = name.rsplit("::").next().unwrap_or(name);
    // A Rust function, or the title of a test of the console.
    let there = source.contains(&format!("fn {name}("))
        || ["'", "\"", "`"].iter().any(|quote| source.contains(&format!("{quote}{name}{quote}")));
    (!there).then(|| format!("there is no test {name} in {file}"))
}

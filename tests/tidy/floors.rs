//! Which crate may import which: manifests and `use` lines against the table of `docs/architecture.md`.

use std::collections::BTreeSet;

use crate::source::{assert_none, read, rust};

/// A crate, the crates of ours below it, and which of the three large libraries it may know.
struct Floor {
    folder: &'static str,
    below: &'static [&'static str],
    libraries: &'static [&'static str],
}

const FLOORS: &[Floor] = &[
    Floor { folder: "telematics", below: &[], libraries: &[] },
    Floor { folder: "dispatch", below: &["telematics"], libraries: &[] },
    Floor { folder: "firmware-bridge", below: &["telematics"], libraries: &["tokio"] },
    Floor { folder: "fleet-db", below: &["telematics", "dispatch"], libraries: &["tokio", "sqlx"] },
    Floor { folder: "gateway", below: &["telematics", "fleet-db"], libraries: &["tokio"] },
    Floor { folder: "web", below: &["telematics", "dispatch", "fleet-db"], libraries: &["tokio", "axum"] },
    Floor {
        folder: "",
        below: &["telematics", "dispatch", "fleet-db", "gateway", "firmware-bridge", "web"],
        libraries: &["tokio"],
    },
];

const OURS: &[&str] = &["telematics", "dispatch", "firmware-bridge", "fleet-db", "gateway", "web"];
/// A library, and the crates that bring it along.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("tokio", &["tokio", "tokio-util", "tokio-serial"]),
    ("sqlx", &["sqlx"]),
    ("axum", &["axum", "axum-extra", "tower-http", "utoipa-axum"]),
];

impl Floor {
    fn may_depend_on(&self, name: &str) -> bool {
        if OURS.contains(&name) {
            return self.below.contains(&name);
        }
        LIBRARIES.iter().all(|(library, brought_by)| !brought_by.contains(&name) || self.libraries.contains(library))
    }

    fn holds(&self, path: &str) -> bool {
        if self.folder.is_empty() { path.starts_with("src/") } else { path.starts_with(&format!("{}/src/", self.folder)) }
    }
}

#[test]
fn manifests_name_only_what_lies_below() {
    let mut wrong = Vec::new();
    for floor in FLOORS {
        let path = if floor.folder.is_empty() { "Cargo.toml".to_owned() } else { format!("{}/Cargo.toml", floor.folder) };
        let manifest: toml::Table = read(&path).parse().unwrap();
        for section in ["dependencies", "build-dependencies"] {
            for name in manifest.get(section).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys) {
                if !floor.may_depend_on(name) {
                    wrong.push(format!("{path}: {name}"));
                }
            }
        }
    }
    assert_none("a crate depends on what its floor may not know", &wrong);
}

#[test]
fn every_crate_of_the_workspace_has_its_floor() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap().iter().map(|member| member.as_str().unwrap());
    let known: BTreeSet<&str> = FLOORS.iter().map(|floor| floor.folder).filter(|folder| !folder.is_empty()).collect();
    assert_eq!(members.collect::<BTreeSet<_>>(), known);
}

#[test]
fn sources_use_only_what_lies_below() {
    let mut wrong = Vec::new();
    for source in rust() {
        let Some(floor) = FLOORS.iter().find(|floor| floor.holds(&source.path)) else { continue };
        for name in OURS.iter().copied().chain(LIBRARIES.iter().flat_map(|(_, names)| names.iter().copied())) {
            if floor.may_depend_on(name) || name == floor.folder {
                continue;
            }
            let path = format!("{}::", name.replace('-', "_"));
            for (number, line) in source.code().filter(|(_, line)| mentions(line, &path)) {
                wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert_none("a file uses what its floor may not know", &wrong);
}

/// `line` has `path` as the beginning of a path, not as a part of a longer word (`crate::web::` is a module of one's own).
fn mentions(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        !before.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == ':') || before.ends_with(" ::")
    })
}

#[test]
fn sql_and_its_driver_live_in_fleet_db_alone() {
    const WORDS: &[&str] = &["\"select ", "\"insert into ", "\"update ", "\"delete from ", "\"with ", "\"create table "];
    let mut wrong = Vec::new();
    // What a test asks the store behind the back of the code under test is its own affair.
    for source in rust().iter().filter(|source| !source.path.starts_with("fleet-db/")) {
        for (number, line) in source.code() {
            let statement = WORDS.iter().any(|word| line.to_lowercase().contains(word));
            if statement && line.contains(" from ") || mentions(line, "sqlx::") {
                wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert_none("SQL outside fleet-db", &wrong);
}

#[test]
fn only_a_main_reads_the_clock() {
    const CLOCKS: &[&str] = &["Utc::now", "Local::now", "SystemTime::now"];
    let mut wrong = Vec::new();
    for source in rust().iter().filter(|source| !source.path.ends_with("main.rs")) {
        for (number, line) in source.code().filter(|(_, line)| CLOCKS.iter().any(|clock| line.contains(clock))) {
            wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
        }
    }
    assert_none("the clock is read outside a main.rs", &wrong);
}

#[test]
fn the_two_pure_floors_do_no_input_and_no_output() {
    const DOORS: &[&str] =
        &["std::fs", "std::net", "std::thread", "std::process", "std::env::var", "std::io::stdin", "println!", "Instant::now"];
    let mut wrong = Vec::new();
    for source in rust() {
        if source.path.starts_with("telematics/src/") || source.path.starts_with("dispatch/src/") {
            for (number, line) in source.code().filter(|(_, line)| DOORS.iter().any(|door| line.contains(door))) {
                wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert_none("telematics and dispatch touch the world outside", &wrong);
}

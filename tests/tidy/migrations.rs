//! A migration that has landed is never edited: its hash is on a list.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::source::{files, read};

const LIST: &str = "tests/tidy/migrations.sha256";

#[test]
fn no_migration_has_been_edited_since_it_landed() {
    let listed: BTreeMap<String, String> = read(LIST)
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, name)| (name.to_owned(), hash.to_owned()))
        .collect();
    let mut found = BTreeMap::new();
    for source in files(&[".sql"]).iter().filter(|source| source.path.starts_with("fleet-db/migrations/")) {
        let name = source.path.trim_start_matches("fleet-db/migrations/").to_owned();
        let hash = hex::encode(Sha256::digest(source.text.as_bytes()));
        found.insert(name, hash);
    }
    assert_eq!(found, listed, "a change of the schema is a new migration; its hash belongs into {LIST} (sha256sum)");
}

#[test]
fn migrations_are_numbered_without_a_gap_and_say_why() {
    let sources = files(&[".sql"]);
    let migrations = sources.iter().filter(|source| source.path.starts_with("fleet-db/migrations/"));
    for (index, source) in migrations.enumerate() {
        let number = format!("fleet-db/migrations/{:04}_", index + 1);
        assert!(source.path.starts_with(&number), "{} should begin with {number}", source.path);
        assert!(source.text.starts_with("-- "), "{} does not say why it is there", source.path);
    }
}

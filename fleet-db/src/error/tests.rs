//! That every constraint of the schema has its name here, and what passes by itself.

use super::*;

#[test]
fn every_named_constraint_of_the_schema_has_a_variant() {
    let mut names = Vec::new();
    for migration in crate::MIGRATOR.iter() {
        let sql = migration.sql.as_str().to_owned();
        let words: Vec<&str> = sql.split_whitespace().collect();
        // A constraint trigger has its name behind the word; what it raises names its own constraint.
        let pairs = words.windows(2).filter(|pair| pair[0] == "constraint" && pair[1] != "trigger");
        names.extend(pairs.map(|pair| pair[1].trim_end_matches([',', ';']).to_owned()));
    }
    assert!(names.len() > 10, "the migrations were read: {names:?}");
    let unknown: Vec<_> = names.iter().filter(|name| Constraint::of(name).is_none()).collect();
    assert!(unknown.is_empty(), "no variant of Constraint for {unknown:?}");
}

#[test]
fn a_constraint_is_found_by_its_own_name() {
    for constraint in Constraint::ALL {
        assert_eq!(Constraint::of(constraint.name()), Some(*constraint));
    }
}

#[test]
fn a_full_disk_and_a_shutdown_pass_but_a_syntax_error_does_not() {
    assert!(is_transient("53100"));
    assert!(is_transient("57P01"));
    assert!(!is_transient("57014"), "a cancelled statement was cancelled for a reason");
    assert!(!is_transient("42601"));
}

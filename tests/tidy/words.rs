//! Words: the glossary, the two languages of the console, and a text in both for every error code.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{assert_none, read, rust};

const CHINESE: &str = "web/console/src/i18n/zh-CN.json";
const ENGLISH: &str = "web/console/src/i18n/en.json";

fn texts(path: &str) -> BTreeMap<String, String> {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_console_says_everything_in_both_languages() {
    let (chinese, english) = (texts(CHINESE), texts(ENGLISH));
    let keys = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<BTreeSet<_>>();
    let (chinese_keys, english_keys) = (keys(&chinese), keys(&english));
    let mut wrong: Vec<String> = chinese_keys.difference(&english_keys).map(|key| format!("{key}: no English")).collect();
    // English distinguishes one from many where Chinese does not.
    let plural = |key: &&String| !key.strip_suffix("_one").is_some_and(|stem| chinese_keys.contains(&format!("{stem}_other")));
    wrong.extend(english_keys.difference(&chinese_keys).filter(plural).map(|key| format!("{key}: no Chinese")));
    wrong.extend(
        chinese.iter().chain(&english).filter(|(_, text)| text.trim().is_empty()).map(|(key, _)| format!("{key}: empty")),
    );
    assert_none("one language has a text that the other lacks", &wrong);
}

/// Dotted words in the sources that are no error codes: files, keys of a configuration.
const NOT_CODES: &[&str] = &[
    "driver.html",
    "trips.csv",
    "vbaproject.bin",
    "favicon.gone",
    "gnss.baud_rates",
    "gnss.path",
    "gateway.gb32960_listen",
    "gateway.jt809.listen",
    "gateway.jt808_listen",
    "gateway.mqtt_listen",
    "index.html",
    "motorpool.lock",
    "motorpool.toml",
    "obd.path",
    "ops.listen",
    "pg.new",
    "postmaster.pid",
    "replay.redb",
    "update.key",
    "secrets.key",
    "state.json",
    "sealed.log",
    "rsa_public.pem",
    "sampler.distance_m",
    "sampler.turn_deg",
    "spool.commit_records",
    "spool.limit_bytes",
    "uplink.batch_bytes",
    "uplink.batch_records",
    "uplink.inflight",
    "uplink.retry_max_secs",
    "uplink.retry_min_secs",
    "uplink.server",
    "web.listen",
    "rejected.xlsx",
    "template.xlsx",
    "units.csv",
    "units.xlsx",
    "sms.url",
    "zhang.san",
];

#[test]
fn every_error_code_has_a_text_in_both_languages() {
    let (chinese, english) = (texts(CHINESE), texts(ENGLISH));
    let mut wrong = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for source in rust().iter().filter(|source| !source.path.starts_with("fleet-db/src/testing")) {
        for (number, line) in source.code() {
            for code in line.split('"').skip(1).step_by(2).filter(|literal| is_dotted(literal) && !NOT_CODES.contains(literal)) {
                codes.insert(code.to_owned());
                let key = format!("error.{code}");
                for (language, texts) in [("Chinese", &chinese), ("English", &english)] {
                    if !texts.contains_key(&key) {
                        wrong.insert(format!("{code}: no {language} text ({}:{number})", source.path));
                    }
                }
            }
        }
    }
    assert!(codes.len() > 50, "codes were found: {codes:?}");
    assert_none(
        "add `error.<code>` to both files of web/console/src/i18n, or the word to NOT_CODES here",
        &wrong.into_iter().collect::<Vec<_>>(),
    );
}

/// `quota.exceeded`: lower-case words with a dot between them.
fn is_dotted(literal: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    literal.contains('.') && literal.split('.').all(is_word)
}

/// A type with the Chinese term of its first doc line.
fn defined_terms() -> BTreeMap<String, (String, String)> {
    let mut terms = BTreeMap::new();
    for source in
        rust().iter().filter(|source| ["telematics/src/", "dispatch/src/"].iter().any(|floor| source.path.starts_with(floor)))
    {
        let mut first_doc_line: Option<&str> = None;
        for line in source.text.lines().map(str::trim) {
            if let Some(doc) = line.strip_prefix("///") {
                first_doc_line.get_or_insert(doc);
                continue;
            }
            let name = ["pub struct ", "pub enum "].iter().find_map(|kind| line.strip_prefix(kind));
            let name = name
                .or_else(|| first_doc_line.filter(|_| line.chars().all(char::is_alphanumeric) && !line.is_empty()).map(|_| line));
            if let (Some(name), Some(term)) = (name, first_doc_line.and_then(chinese_term)) {
                let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                terms.insert(name.to_owned(), (term, source.path.clone()));
            }
            if !line.starts_with("#[") {
                first_doc_line = None;
            }
        }
    }
    terms
}

/// The term between round brackets, when it is Chinese.
fn chinese_term(doc: &str) -> Option<String> {
    let inside = doc.split_once('(')?.1.split_once(')')?.0;
    inside.starts_with(|first: char| ('\u{4e00}'..='\u{9fff}').contains(&first)).then(|| inside.to_owned())
}

#[test]
fn the_glossary_and_the_types_use_the_same_words() {
    let glossary = read("docs/glossary.md");
    let rows = glossary.lines().filter(|line| line.starts_with("| `"));
    let mut listed = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        if let [name, term, ..] = cells.as_slice() {
            listed.insert(name.trim_matches('`').to_owned(), (*term).to_owned());
        }
    }
    let defined = defined_terms();
    let mut wrong = Vec::new();
    for (name, term) in &listed {
        match defined.get(name) {
            None => wrong.push(format!("{name} ({term}) is in the glossary, and no type of telematics or dispatch says it")),
            Some((said, path)) if said != term => wrong.push(format!("{name} is {term} in the glossary and {said} in {path}")),
            Some(_) => {}
        }
    }
    for (name, (term, path)) in &defined {
        if !listed.contains_key(name) {
            wrong.push(format!("{name} ({term}) of {path} is not in the glossary"));
        }
    }
    assert!(defined.len() > 20, "types were found: {defined:?}");
    assert_none("docs/glossary.md", &wrong);
}

#[test]
fn the_repository_speaks_of_the_product_alone() {
    // Where it was built is nobody's business, and works nowhere else.
    let places = [["/wo", "rk/"], ["/tmp/de", "vpg"]].map(|halves| halves.concat());
    let mut wrong = Vec::new();
    for source in crate::source::files(&[".rs", ".toml", ".md", ".sh", ".ts", ".tsx", ".mjs", ".json", ".sql", "Makefile"]) {
        for (index, line) in source.text.lines().enumerate() {
            if places.iter().any(|place| line.contains(place.as_str())) {
                wrong.push(format!("{}:{}", source.path, index + 1));
            }
        }
    }
    assert_none("a path of somebody's machine", &wrong);
}

//! Every code that the source speaks of has words in both languages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Codes as they stand in `code()` functions: `=> "plate.length"`, or alone on a line.
fn codes_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]").next().unwrap();
            let mut inside = false;
            for line in source.lines() {
                inside = (inside || line.contains("fn code(")) && line != "    }";
                let is_word = line.contains("words!") || line.contains("Error, \"");
                if inside || is_word || line.contains(".note(") {
                    found.extend(line.split('"').skip(1).step_by(2).filter(|text| is_code(text)).map(str::to_owned));
                }
            }
        }
    }
}

fn is_code(text: &str) -> bool {
    let Some((subject, what)) = text.split_once('.') else { return false };
    let is_snake = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    is_snake(subject) && is_snake(what)
}

#[test]
fn every_code_of_the_floors_below_has_words_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut codes = BTreeSet::new();
    for source in ["dispatch/src", "web/src"] {
        codes_in(&root.join(source), &mut codes);
    }
    for expected in
        ["plate.serial", "vin.check_digit", "login.length", "account.role", "vehicle.category", "token.name", "device.model"]
    {
        assert!(codes.contains(expected), "{expected} was not found in {codes:?}");
    }
    for language in ["zh-CN", "en"] {
        let file = fs::read_to_string(root.join(format!("web/console/src/i18n/{language}.json"))).unwrap();
        let texts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&file).unwrap();
        let missing: Vec<_> = codes.iter().filter(|code| !texts.contains_key(&format!("error.{code}"))).collect();
        assert!(missing.is_empty(), "no words in {language}: {missing:?}");
    }
}

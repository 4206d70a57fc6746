//! That every code has words in both languages.

use fleet_db::Constraint;

use super::*;

#[test]
fn every_code_of_this_floor_and_of_the_store_has_words_in_both_languages() {
    let ours = ALL.iter().map(|code| code.name);
    let store = Constraint::ALL.iter().map(|constraint| constraint.code());
    for code in ours.chain(store) {
        for language in [Language::Chinese, Language::English] {
            let title = language.title(code);
            assert!(title != code && !title.contains("{{"), "no words for {code} in {}", language.tag());
        }
    }
}

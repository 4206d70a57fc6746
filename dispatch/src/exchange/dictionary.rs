//! The words of the exchange (交换词典): interfaces, codes of states and names of fields, ours and those on the wire; kept as data.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::word::words;

/// The member of a message that names its interface.
const INTERFACE: &str = "interface";
/// The member that says where a paper stands.
const STATUS: &str = "status";

words! {
    /// What kind of word it is (词条类别).
    WordKind, WordKindError, "exchange.word_kind" {
        /// An interface, such as that of orders.
        Interface = "interface", "接口";
        /// Where a paper stands.
        Status = "status", "状态码";
        /// The name of a field.
        Field = "field", "字段";
        /// What came of a message.
        Answer = "answer", "应答码";
    }
}

/// A word, ours and theirs (交换词条).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What kind of word.
    pub kind: WordKind,
    /// Our own.
    pub ours: String,
    /// The one on the wire.
    pub theirs: String,
}

/// The words of one platform (交换词典).
#[derive(Clone, Debug, Default)]
pub struct Dictionary(Vec<Word>);

/// Why a message does not speak the words of its platform (交换报文错误).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExchangeError {
    /// It is of an interface that is not among them.
    #[error("{found:?} is no interface of the exchange")]
    Interface {
        /// As it came.
        found: String,
    },
    /// It names a state that is not among them.
    #[error("{found:?} is no code of a state")]
    Status {
        /// As it came.
        found: String,
    },
}

impl ExchangeError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Interface { .. } => "exchange.interface",
            Self::Status { .. } => "exchange.status",
        }
    }
}

impl Dictionary {
    /// The words, those that hold for one platform in the place of those that hold for all.
    pub fn new(general: Vec<Word>, own: Vec<Word>) -> Self {
        let is_replaced = |word: &Word| own.iter().any(|other| (other.kind, &other.ours) == (word.kind, &word.ours));
        let kept: Vec<Word> = general.into_iter().filter(|word| !is_replaced(word)).collect();
        Self(kept.into_iter().chain(own).collect())
    }

    /// The code of an answer on the wire: that of what came of the message, or the one of whatever was refused.
    pub fn answer(&self, code: &str) -> &str {
        self.theirs(WordKind::Answer, code).or_else(|| self.theirs(WordKind::Answer, "refused")).unwrap_or_default()
    }

    fn theirs(&self, kind: WordKind, ours: &str) -> Option<&str> {
        self.0.iter().find(|word| word.kind == kind && word.ours == ours).map(|word| word.theirs.as_str())
    }

    fn ours(&self, kind: WordKind, theirs: &str) -> Option<&str> {
        self.0.iter().find(|word| word.kind == kind && word.theirs == theirs).map(|word| word.ours.as_str())
    }

    /// A message in the words of the wire.
    pub fn to_wire(&self, message: Value) -> Value {
        let named = |key: &str| self.theirs(WordKind::Field, key).unwrap_or(key).to_owned();
        let mut message = renamed(message, &named);
        for (member, kind) in [(INTERFACE, WordKind::Interface), (STATUS, WordKind::Status)] {
            let member = named(member);
            let word = message.get(&member).and_then(Value::as_str).and_then(|ours| self.theirs(kind, ours)).map(str::to_owned);
            if let (Some(word), Some(place)) = (word, message.get_mut(&member)) {
                *place = word.into();
            }
        }
        message
    }

    /// A message in our own words; one whose interface or state is not among the words is refused.
    pub fn off_wire(&self, message: Value) -> Result<Value, ExchangeError> {
        let named = |key: &str| self.ours(WordKind::Field, key).unwrap_or(key).to_owned();
        let mut message = renamed(message, &named);
        for (member, kind) in [(INTERFACE, WordKind::Interface), (STATUS, WordKind::Status)] {
            let Some(place) = message.get_mut(member) else { continue };
            let found = place.as_str().unwrap_or_default().to_owned();
            *place = match self.ours(kind, &found) {
                Some(ours) => ours.into(),
                None if kind == WordKind::Interface => return Err(ExchangeError::Interface { found }),
                None => return Err(ExchangeError::Status { found }),
            };
        }
        Ok(message)
    }
}

/// The same with other names of its members, all the way down.
fn renamed(value: Value, named: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(key, value)| (named(&key), renamed(value, named)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|item| renamed(item, named)).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn word(kind: WordKind, ours: &str, theirs: &str) -> Word {
        Word { kind, ours: ours.to_owned(), theirs: theirs.to_owned() }
    }

    fn dictionary() -> Dictionary {
        let general = vec![
            word(WordKind::Interface, "dispatch", "7.7"),
            word(WordKind::Status, "approved", "2"),
            word(WordKind::Field, "plate", "plate"),
        ];
        Dictionary::new(general, vec![word(WordKind::Field, "plate", "HPHM"), word(WordKind::Field, "status", "ZT")])
    }

    #[test]
    fn a_message_comes_back_as_it_went() {
        let ours =
            json!({ "interface": "dispatch", "status": "approved", "orders": [{ "plate": "浙A00001", "status": "approved" }] });
        let wire = dictionary().to_wire(ours.clone());
        assert_eq!(
            wire,
            json!({ "interface": "7.7", "ZT": "2", "orders": [{ "HPHM": "浙A00001", "ZT": "approved" }] }),
            "codes stand at the top alone"
        );
        assert_eq!(dictionary().off_wire(wire).unwrap(), ours);
    }

    #[test]
    fn an_answer_has_its_code_and_one_without_has_that_of_all_refusals() {
        let words = vec![
            word(WordKind::Answer, "refused", "400"),
            word(WordKind::Answer, "exchange.scope", "4031"),
            word(WordKind::Answer, "accepted", "200"),
        ];
        let own = vec![word(WordKind::Answer, "accepted", "0")];
        let dictionary = Dictionary::new(words, own);
        assert_eq!(["accepted", "exchange.scope", "trip.past"].map(|code| dictionary.answer(code)), ["0", "4031", "400"]);
    }

    #[test]
    fn words_that_are_not_there_are_refused() {
        let heard = |message| dictionary().off_wire(message).unwrap_err().code();
        assert_eq!(heard(json!({ "interface": "7.99" })), "exchange.interface");
        assert_eq!(heard(json!({ "interface": "7.7", "ZT": "9" })), "exchange.status");
        assert_eq!(heard(json!({ "interface": "7.7", "ZT": 2 })), "exchange.status");
    }
}

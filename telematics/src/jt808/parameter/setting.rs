//! Parameters with their values, as 0x8103 sets them and 0x0104 tells them.

use serde_json::{Map, Value};

use crate::jt808::parameter::{Kind, Parameter, ParameterError};

/// A parameter and its value as on the wire (参数项).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The parameter's number, whether it is known or not.
    pub id: u32,
    /// The bytes of its value.
    pub value: Vec<u8>,
}

impl Setting {
    /// Checks and encodes a value. The name is the parameter's key or its number (`0x0029`); a number that the table does not
    /// know takes its bytes in hexadecimal.
    pub fn of(name: &str, value: &Value) -> Result<Self, ParameterError> {
        let known = Parameter::by_key(name).or_else(|| number(name).and_then(Parameter::by_id));
        let setting = if let Some(parameter) = known {
            Self { id: parameter.id, value: parameter.write(value)? }
        } else {
            let id = number(name).ok_or_else(|| ParameterError::Unknown(name.to_owned()))?;
            let bytes = value.as_str().and_then(|text| hex::decode(text).ok());
            let wrong = || ParameterError::Kind { key: name.to_owned(), expected: "hexadecimal" };
            Self { id, value: bytes.ok_or_else(wrong)? }
        };
        let length = setting.value.len();
        if length > usize::from(u8::MAX) {
            return Err(ParameterError::TooLong { key: name.to_owned(), length });
        }
        Ok(setting)
    }

    /// What is known of the parameter.
    pub fn parameter(&self) -> Option<&'static Parameter> {
        Parameter::by_id(self.id)
    }

    /// Its name in JSON: the key, or the number of what is not known.
    pub fn key(&self) -> String {
        self.parameter().map_or_else(|| format!("{:#06x}", self.id), |parameter| parameter.key.to_owned())
    }

    /// Its value in JSON; in hexadecimal what is not known, or not as it should be.
    pub fn shown(&self) -> Value {
        let known = self.parameter().and_then(|parameter| parameter.read(&self.value));
        known.unwrap_or_else(|| hex::encode(&self.value).into())
    }

    /// Whether the value is a secret that is better not shown (密码).
    pub fn is_secret(&self) -> bool {
        self.parameter().is_some_and(|parameter| parameter.kind == Kind::Text && parameter.key.ends_with("_password"))
    }
}

/// `0x0029`; a number alone is read as hexadecimal too only with the prefix.
fn number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("0x").or_else(|| name.strip_prefix("0X"))?;
    u32::from_str_radix(digits, 16).ok()
}

/// Parameters by name, as an object of JSON.
pub fn explain(settings: &[Setting]) -> Value {
    settings.iter().map(|setting| (setting.key(), setting.shown())).collect::<Map<_, _>>().into()
}

/// The settings of an object of JSON, in its order; the first that is wrong is the error.
pub fn settings(values: &Map<String, Value>) -> Result<Vec<Setting>, ParameterError> {
    values.iter().map(|(name, value)| Setting::of(name, value)).collect()
}

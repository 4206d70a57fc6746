//! The words for an error code in the reader's language, from the same files that the console reads.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

const ZH: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/src/i18n/zh-CN.json"));
const EN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/src/i18n/en.json"));

static ZH_TEXTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| errors(ZH));
static EN_TEXTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| errors(EN));

/// The reader's language (语言).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// 中文, and the default.
    Chinese,
    /// English.
    English,
}

/// The texts under `error.`, without the prefix.
fn errors(file: &str) -> HashMap<String, String> {
    let texts: HashMap<String, String> = serde_json::from_str(file).unwrap_or_default();
    texts.into_iter().filter_map(|(key, text)| Some((key.strip_prefix("error.")?.to_owned(), text))).collect()
}

impl Language {
    /// The one of the two that `Accept-Language` prefers; the first of equals.
    pub(crate) fn wanted(headers: &HeaderMap) -> Self {
        let wish = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut best = (0.0, Self::Chinese);
        for part in wish.split(',') {
            let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
            let language = match tag.trim().split('-').next() {
                Some("zh") => Self::Chinese,
                Some("en") => Self::English,
                _ => continue,
            };
            let quality = quality.trim().parse::<f32>().unwrap_or(0.0);
            if quality > best.0 {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The tag for `Content-Language`.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The same language, as messages name it.
    pub(crate) const fn of_messages(self) -> dispatch::message::Language {
        match self {
            Self::Chinese => dispatch::message::Language::Chinese,
            Self::English => dispatch::message::Language::English,
        }
    }

    /// The words for `code`; the code itself when there are none.
    pub(crate) fn title(self, code: &'static str) -> &'static str {
        let texts = match self {
            Self::Chinese => &*ZH_TEXTS,
            Self::English => &*EN_TEXTS,
        };
        texts.get(code).map_or(code, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn chinese_unless_english_is_preferred() {
        for (wish, language) in [
            ("", Language::Chinese),
            ("en", Language::English),
            ("en-GB,en;q=0.9,zh;q=0.8", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("fr, en;q=0.4", Language::English),
            ("fr", Language::Chinese),
            ("en;q=x", Language::Chinese),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(wish));
            assert_eq!(Language::wanted(&headers), language, "{wish:?}");
        }
    }
}

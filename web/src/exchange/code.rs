//! The codes under which messages of other platforms are refused (拒收代码).

use axum::http::StatusCode;

use crate::problem::Code;

/// Declares the codes; `ALL` is read by the test that looks for their words.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal, $status:ident;)+) => {
        $($(#[$doc])* pub(crate) const $code: Code = Code { name: $name, status: StatusCode::$status };)+
        /// Every code of the exchange.
        #[cfg(test)]
        const ALL: &[Code] = &[$($code),+];
    };
}

codes! {
    /// It is not signed, or not said by whom and when.
    EXCHANGE_UNSIGNED = "exchange.unsigned", UNAUTHORIZED;
    /// No platform of the register writes under that code, or it does not write to us.
    EXCHANGE_PLATFORM = "exchange.platform", UNAUTHORIZED;
    /// The platform is out of use.
    EXCHANGE_DISABLED = "exchange.disabled", FORBIDDEN;
    /// The signature is not that of this message.
    EXCHANGE_SIGNATURE = "exchange.signature", UNAUTHORIZED;
    /// It was written too long ago, or too far ahead.
    EXCHANGE_CLOCK = "exchange.clock", UNAUTHORIZED;
    /// It was heard before.
    EXCHANGE_REPLAYED = "exchange.replayed", CONFLICT;
    /// It is none of the messages that there are.
    EXCHANGE_MALFORMED = "exchange.malformed", UNPROCESSABLE_ENTITY;
    /// It is about a paper that there is not.
    EXCHANGE_PAPER = "exchange.paper", UNPROCESSABLE_ENTITY;
    /// The car has left.
    EXCHANGE_DEPARTED = "exchange.departed", CONFLICT;
    /// Its lines are not its total.
    EXCHANGE_SETTLEMENT = "exchange.settlement", UNPROCESSABLE_ENTITY;
    /// A confidential trip goes to no other platform.
    EXCHANGE_CONFIDENTIAL = "exchange.confidential", UNPROCESSABLE_ENTITY;
    /// The interface is not open to the platform that asks.
    EXCHANGE_SCOPE = "exchange.scope", FORBIDDEN;
    /// The interface is none, or takes no such message.
    EXCHANGE_INTERFACE = "exchange.interface", UNPROCESSABLE_ENTITY;
    /// It asks for a page that there cannot be.
    EXCHANGE_PAGE = "exchange.page", UNPROCESSABLE_ENTITY;
    /// Nobody said for whom the platform reports.
    EXCHANGE_REPORT_LINE = "exchange.report_line", FORBIDDEN;
    /// Its figures are not those of its digest, or not those that were told before.
    EXCHANGE_DIGEST = "exchange.digest", UNPROCESSABLE_ENTITY;
    /// Its figures do not come out.
    EXCHANGE_BALANCE = "exchange.balance", UNPROCESSABLE_ENTITY;
    /// The other platform has not told with what it signs, or is out of use.
    PEER_NO_KEY = "peer.no_key", CONFLICT;
    /// A key in the register cannot be opened: it was sealed with another data key.
    PEER_UNREADABLE = "peer.unreadable", CONFLICT;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_code_of_the_exchange_has_words_in_both_languages() {
        for code in ALL {
            for language in [Language::Chinese, Language::English] {
                assert_ne!(language.title(code.name), code.name, "no words for {} in {}", code.name, language.tag());
            }
        }
    }
}

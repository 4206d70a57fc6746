//! Closed lists of words: one enum, its stable name for the store and the API, its Chinese term for people.

/// Declares an enum whose variants have a stable name and a Chinese term.
macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident, $error:ident, $code:literal {
            $($(#[$variant_doc:meta])* $variant:ident = $text:literal, $term:literal;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        #[doc = concat!("A text that is none of the names of [`", stringify!($name), "`].")]
        #[derive(Debug, Clone, PartialEq, Eq, ::thiserror::Error)]
        #[error("{found:?} is not one of {}", $name::ALL.map($name::as_str).join(", "))]
        pub struct $error {
            /// The text as given.
            pub found: String,
        }

        impl $error {
            /// The stable code of the error.
            pub const fn code(&self) -> &'static str {
                $code
            }
        }

        impl $name {
            /// Every one, in the order of the list.
            pub const ALL: [Self; [$($text),+].len()] = [$(Self::$variant),+];

            /// The stable name, as stored and as sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The word that people use.
            pub const fn term(self) -> &'static str {
                match self { $(Self::$variant => $term,)+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($error { found: text.to_owned() }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$name> for &'static str {
            fn from(word: $name) -> Self {
                word.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

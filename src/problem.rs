//! What a person at a terminal is told when something cannot be done: a code, the reason, what to do.

use std::error::Error;
use std::io::{self, Write as _};

use fleet_db::embedded::EmbeddedError;

/// A reason with a code and a remedy.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Problem {
    code: &'static str,
    reason: String,
    remedy: String,
}

impl Problem {
    /// A problem that people can look up (`code`), understand (`reason`) and mend (`remedy`).
    pub(crate) fn new(code: &'static str, reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), remedy: remedy.into() }
    }

    /// The code that people and programs see.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }
}

/// Tells `error` on standard error.
pub(crate) fn tell(error: &anyhow::Error) {
    // Nobody is left to be told when standard error is closed.
    let _ = writeln!(io::stderr(), "motorpool: {}", text(error));
}

/// The reason with its causes, the code, and what to do where that is known.
pub(crate) fn text(error: &anyhow::Error) -> String {
    let mut text = String::new();
    // A problem given as a context is no link of the chain of causes; it is asked for by itself.
    let (mut code, mut remedy) = error.downcast_ref::<Problem>().map_or((None, None), |problem| known(problem));
    for (depth, cause) in error.chain().enumerate() {
        if depth > 0 {
            text.push_str("\n  because: ");
        }
        text.push_str(&cause.to_string());
        let (its_code, its_remedy) = known(cause);
        code = code.or(its_code);
        remedy = remedy.or(its_remedy);
    }
    if let Some(code) = code {
        text.push_str("\n  code: ");
        text.push_str(code);
    }
    if let Some(remedy) = remedy {
        text.push_str("\n  what to do: ");
        text.push_str(&remedy);
    }
    text
}

fn known(cause: &(dyn Error + 'static)) -> (Option<&'static str>, Option<String>) {
    if let Some(problem) = cause.downcast_ref::<Problem>() {
        (Some(problem.code), Some(problem.remedy.clone()))
    } else if let Some(error) = cause.downcast_ref::<fleet_db::DbError>() {
        (Some(error.code()), None)
    } else if let Some(error) = cause.downcast_ref::<EmbeddedError>() {
        (Some(error.code()), error.remedy())
    } else {
        (None, None)
    }
}

//! Who asks: tokens, the signed-in actor, second factors, and what is remembered of those who could not sign in.

pub(crate) mod actor;
mod arrivals;
pub(crate) mod attempt;
mod caller;
pub(crate) mod look;
pub(crate) mod note;
pub(crate) mod origin;
pub(crate) mod recovery;
pub(crate) mod signed;
pub(crate) mod start;
mod strangers;
pub(crate) mod token;
pub(crate) mod totp;

pub(crate) use actor::Actor;
pub(crate) use arrivals::Arrivals;
pub(crate) use caller::Caller;
pub(crate) use note::note;
pub(crate) use signed::Signed;
pub(crate) use strangers::Strangers;

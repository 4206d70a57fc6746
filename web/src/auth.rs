//! Who asks: tokens, the signed-in actor, and what is remembered of those who could not sign in.

pub(crate) mod actor;
pub(crate) mod origin;
pub(crate) mod peer;
mod strangers;
pub(crate) mod token;

pub(crate) use actor::Actor;
pub(crate) use strangers::Strangers;

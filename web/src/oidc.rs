//! People for whom an identity provider vouches (统一身份认证): `OpenID` Connect Core 1.0, authorization code with PKCE.

mod claims;
mod jws;
mod provider;
mod ticket;

use crate::config::Oidc;

pub(crate) use claims::Person;
pub(crate) use provider::{OidcError, Provider};
pub(crate) use ticket::Ticket;

/// Whether the provider can be asked as it is configured; what is wrong if not. It is not asked for anything.
pub fn check(config: &Oidc) -> Result<(), String> {
    Provider::open(config).map(drop).map_err(|error| error.to_string())
}

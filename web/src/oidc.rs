//! People for whom an identity provider vouches (统一身份认证): `OpenID` Connect Core 1.0, authorization code with PKCE.

mod claims;
mod jws;
mod provider;
mod ticket;

pub(crate) use claims::Person;
pub(crate) use provider::{OidcError, Provider};
pub(crate) use ticket::Ticket;

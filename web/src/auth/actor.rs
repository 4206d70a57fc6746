//! The actor of a request: the account behind its cookie or token, and what that lets it do.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use dispatch::account::{Permission, SessionId};
use dispatch::audit::By;
use dispatch::scope::Scope;
use fleet_db::account::Account;

use super::{Caller, Signed};
use crate::problem::{AUTH_FORBIDDEN, ApiError, ApiResult};
use crate::state::App;

/// Who asks (操作人): every handler that reads or changes anything takes one, because every query wants its scope.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) account: Account,
    pub(crate) session: SessionId,
    /// Where the request came from.
    pub(crate) peer: String,
}

impl Actor {
    /// The units whose data the actor may see.
    pub(crate) const fn scope(&self) -> Scope {
        self.account.scope()
    }

    /// Who acts, from where, and why, for the log of what is done.
    pub(crate) fn by(&self, reason: &str) -> By {
        By {
            account: Some(self.account.id),
            login: self.account.login.to_string(),
            role: Some(self.account.role),
            peer: self.peer.clone(),
            reason: reason.to_owned(),
        }
    }

    /// Refuses a role that does not allow it.
    pub(crate) fn must(&self, permission: Permission) -> ApiResult<()> {
        if self.account.role.may(permission) { Ok(()) } else { Err(AUTH_FORBIDDEN.into()) }
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = ApiError;

    /// Refuses who has still to do something before anything else.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let signed = Signed::from_request_parts(parts, app).await?;
        signed.nothing_but(None)?;
        let Ok(caller) = Caller::from_request_parts(parts, app).await;
        Ok(Self { account: signed.session.account, session: signed.session.id, peer: caller.peer() })
    }
}

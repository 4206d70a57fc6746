//! The actor of a request: the account behind its cookie or token, and what that lets it do.

use std::sync::OnceLock;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use dispatch::account::{Permission, Role, SessionId};
use dispatch::audit::By;
use dispatch::grant::{self, Grant};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::account::Account;
use fleet_db::session::Session;

use super::{Caller, Signed};
use crate::problem::{AUTH_FORBIDDEN, ApiError, ApiResult};
use crate::state::App;

/// Who asks (操作人): every handler that reads or changes anything takes one, because every query wants its scope.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) account: Account,
    pub(crate) session: SessionId,
    /// What the account holds at this moment.
    pub(crate) grants: Vec<Grant>,
    /// Where the request came from.
    pub(crate) peer: String,
    /// The role by which the first thing was allowed that was asked of it.
    acts_as: OnceLock<Role>,
}

impl Actor {
    /// The units over which the actor may do it; refuses an actor who may do it nowhere.
    pub(crate) fn scope(&self, permission: Permission) -> ApiResult<Scope> {
        let scope = grant::scope(&self.grants, permission);
        if scope.is_nothing() {
            return Err(AUTH_FORBIDDEN.into());
        }
        // The post's own role, where that allows it; else the first that does.
        let allowing = || self.grants.iter().filter(|grant| grant.may(permission)).map(|grant| grant.role);
        let role = allowing().find(|role| *role == self.account.role).or_else(|| allowing().next());
        self.acts_as.get_or_init(|| role.unwrap_or(self.account.role));
        Ok(scope)
    }

    /// The units over which the actor may do one of these; refuses an actor who may do none of them anywhere.
    pub(crate) fn scope_of_any(&self, permissions: &[Permission]) -> ApiResult<Scope> {
        let allowed: Vec<Scope> = permissions.iter().filter_map(|permission| self.scope(*permission).ok()).collect();
        if allowed.is_empty() {
            return Err(AUTH_FORBIDDEN.into());
        }
        Ok(Scope::of_all(allowed.iter().flat_map(Scope::units).map(|unit| UnitId(*unit))))
    }

    /// The actor holds nothing but roles that look at what others do.
    pub(crate) fn only_supervises(&self) -> bool {
        self.grants.iter().all(|grant| grant.role.only_supervises())
    }

    /// All units over which the actor holds anything.
    pub(crate) fn reach(&self) -> Scope {
        Scope::of_all(self.grants.iter().map(|grant| grant.unit))
    }

    /// The actor may do it somewhere.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.grants.iter().any(|grant| grant.may(permission))
    }

    /// Who acts, from where, and why, for the log of what is done.
    pub(crate) fn by(&self, reason: &str) -> By {
        By {
            account: Some(self.account.id),
            login: self.account.login.to_string(),
            role: Some(*self.acts_as.get().unwrap_or(&self.account.role)),
            peer: self.peer.clone(),
            reason: reason.to_owned(),
        }
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = ApiError;

    /// Refuses who has still to do something before anything else.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let signed = Signed::from_request_parts(parts, app).await?;
        signed.nothing_but(None)?;
        let Ok(caller) = Caller::from_request_parts(parts, app).await;
        let Session { id, account, grants, .. } = signed.session;
        Ok(Self { account, session: id, grants, peer: caller.peer(), acts_as: OnceLock::new() })
    }
}

//! Signing in by the identity provider: to it and back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use chrono::{DateTime, Duration, Utc};
use fleet_db::session::Vouched;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use utoipa::IntoParams;

use crate::auth::note::{About, Event, note_stranger};
use crate::auth::start::{self, Started};
use crate::auth::{Caller, note};
use crate::config::BindBy;
use crate::extract::{Asked, Now};
use crate::oidc::{Person, Ticket};
use crate::problem::{
    ApiError, ApiResult, Code, OIDC_FAILED, OIDC_OFF, OIDC_REFUSED, OIDC_STATE, OIDC_UNKNOWN, Problem, SERVER_FAILED,
};
use crate::state::{App, commit};

/// Name of the ticket's cookie.
const COOKIE: &str = "motorpool_oidc";
/// The ticket is of no use elsewhere.
const COOKIE_PATH: &str = "/api/v1/session/oidc";

/// Which page is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Next {
    /// A path of the console.
    next: Option<String>,
}

/// What the provider sends back with the browser (`OpenID` Connect Core 1.0 section 3.1.2.5).
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    /// RFC 9207: who answers.
    iss: Option<String>,
}

/// Sends the browser to the identity provider.
#[utoipa::path(get, path = "/session/oidc", operation_id = "sign_in_by_provider", tag = "session", params(Next), security(()),
    responses((status = 303, description = "to the identity provider, or to the sign-in page with what went wrong"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn begin(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Asked(Next { next }): Asked<Next>,
) -> ApiResult<Response> {
    let provider = app.provider.as_ref().ok_or(OIDC_OFF)?;
    caller.admit(&app, now)?;
    let wait = Duration::seconds(i64::from(app.config.oidc.wait_secs));
    let ticket = Ticket::new(next.filter(|next| is_ours(next)).unwrap_or_else(|| "/".to_owned()), now + wait);
    let question = match provider.question(&ticket, now).await {
        Ok(question) => question,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "nobody can sign in by the identity provider: {error}");
            return Ok(to(&failed(OIDC_FAILED, None), CookieJar::new()));
        }
    };
    let sealed = ticket.sealed(&app.key).ok_or(SERVER_FAILED)?;
    Ok(to(&question, CookieJar::new().add(cookie(&app, sealed))))
}

/// Takes the browser back from the identity provider, and signs it in.
#[utoipa::path(get, path = "/session/oidc/return", operation_id = "return_from_provider", tag = "session", params(Answer), security(()),
    responses((status = 303, description = "to the page that was wanted, or to the sign-in page with what went wrong"),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn finish(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    jar: CookieJar,
    Asked(answer): Asked<Answer>,
) -> ApiResult<Response> {
    if app.provider.is_none() {
        return Err(OIDC_OFF.into());
    }
    caller.admit(&app, now)?;
    let mut used = cookie(&app, String::new());
    used.make_removal();
    let ticket = jar.get(COOKIE).and_then(|cookie| Ticket::open(cookie.value(), &app.key, now));
    let gone = CookieJar::new().add(used);
    match sign_in(&app, ticket.as_ref(), answer, &caller, now).await {
        Ok(started) => {
            let next = ticket.map_or_else(|| "/".to_owned(), |ticket| ticket.next);
            let page = format!("/login?{}", query(&[("signed_in", "1"), ("next", &next)]));
            Ok(to(&page, gone.add(started.cookie)))
        }
        Err(Stopped::Code(code, who)) => Ok(to(&failed(code, who.as_deref()), gone)),
        Err(Stopped::Fault(error)) => Err(error),
    }
}

/// Why nobody was signed in.
enum Stopped {
    /// The person is told, with the name they have at the provider where that helps.
    Code(Code, Option<String>),
    /// The store fails.
    Fault(ApiError),
}

impl<E: Into<ApiError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

async fn sign_in(
    app: &App,
    ticket: Option<&Ticket>,
    answer: Answer,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<Started, Stopped> {
    let stop = |code| Stopped::Code(code, None);
    let (ticket, provider) = (ticket.ok_or(stop(OIDC_STATE))?, app.provider.as_ref().ok_or(stop(OIDC_STATE))?);
    let state = answer.state.unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(ticket.state.as_bytes())) || answer.iss.is_some_and(|iss| iss != provider.issuer()) {
        return Err(stop(OIDC_STATE));
    }
    if let Some(error) = answer.error {
        tracing::info!(error, "the identity provider signed nobody in: {error}");
        return Err(stop(OIDC_REFUSED));
    }
    let code = answer.code.ok_or(stop(OIDC_STATE))?;
    let Person { subject, preferred_username } = provider.person(&code, ticket, now).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "somebody could not sign in by the identity provider: {error}");
        stop(OIDC_FAILED)
    })?;
    let claim = match app.config.oidc.bind_by {
        BindBy::Subject => None,
        BindBy::PreferredUsername => preferred_username.clone(),
    };
    // Unbound: who it is, is only about to be known.
    let mut tx = app.begin_unbound().await?;
    let found = fleet_db::identity::recognise(&mut tx, provider.issuer(), &subject, claim.as_deref()).await?;
    let Some(account) = found else {
        tracing::info!(subject, "the identity provider vouches for somebody who has no account here");
        let told = note_stranger(&mut tx, caller, &subject, now).await?;
        commit(tx, told).await?;
        return Err(Stopped::Code(OIDC_UNKNOWN, claim.or(Some(subject))));
    };
    let started = start::start(app, &mut tx, &account, Vouched::ByProvider, caller, now).await?;
    let about = About { account: &account, by: None };
    let told = note(&mut tx, caller, about, Event::SignedInByProvider, now).await?;
    commit(tx, told).await?;
    Ok(started)
}

/// A path of the console, and not of some other site.
fn is_ours(next: &str) -> bool {
    next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t'])
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The sign-in page with what went wrong.
fn failed(code: Code, who: Option<&str>) -> String {
    let mut pairs = vec![("error", code.name)];
    pairs.extend(who.map(|who| ("who", who)));
    format!("/login?{}", query(&pairs))
}

/// The person comes back from another site, so a `Strict` cookie would stay behind.
fn cookie(app: &App, value: String) -> Cookie<'static> {
    Cookie::build((COOKIE, value)).path(COOKIE_PATH).http_only(true).same_site(SameSite::Lax).secure(app.config.https).build()
}

fn to(address: &str, jar: CookieJar) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, address.to_owned())], jar).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_leads_to_our_own_pages_alone() {
        for (next, ours) in [
            ("/", true),
            ("/admin/terminals?terminal=1", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_ours(next), ours, "{next}");
        }
        assert_eq!(failed(OIDC_UNKNOWN, Some("a b&c")), "/login?error=oidc.unknown&who=a+b%26c");
    }
}

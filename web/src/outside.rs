//! Forced addresses: what is there, and belongs to a unit outside everything that the asker holds, is refused and not "not found".

use axum::extract::{FromRequestParts, Request, State};
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::auth::Actor;
use crate::problem::{AUTH_OUTSIDE, ApiError, ApiResult};
use crate::state::App;

/// Looks again at what was not found: somebody who names a thing of a unit beside his own has not mistyped, and learns no more than
/// that it is not his. What is nobody's, or an account's own business, stays not found.
pub(crate) async fn refuse(State(app): State<App>, request: Request, next: Next) -> Response {
    let named = named(request.uri());
    if named.is_empty() {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(asked, body)).await;
    if !response.extensions().get::<ApiError>().is_some_and(ApiError::is_not_found) {
        return response;
    }
    let Ok(actor) = Actor::from_request_parts(&mut parts, &app).await else { return response };
    match is_outside(&app, &actor, &named).await {
        Ok(true) => ApiError::from(AUTH_OUTSIDE).into_response(),
        Ok(false) => response,
        Err(error) => error.into_response(),
    }
}

/// The keys that stand in the address, and the unit that is asked about.
fn named(uri: &Uri) -> Vec<Uuid> {
    let in_path = uri.path().split('/').filter_map(|part| Uuid::try_parse(part).ok());
    let asked =
        uri.query().unwrap_or_default().split('&').filter_map(|pair| Uuid::try_parse(pair.strip_prefix("unit_id=")?).ok());
    in_path.chain(asked).collect()
}

async fn is_outside(app: &App, actor: &Actor, named: &[Uuid]) -> ApiResult<bool> {
    // Past row-level security, which would not show whose it is.
    let mut conn = app.unbound().await?;
    Ok(fleet_db::unit::is_any_outside(&mut conn, &actor.reach(), named).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_an_address_counts() {
        let [one, two] = [1, 2].map(Uuid::from_u128);
        let named = |text: String| named(&text.parse().unwrap());
        assert_eq!(named(format!("/api/v1/lines/{one}/units/{two}?x=1")), [one, two]);
        assert_eq!(named(format!("/api/v1/rules?key=a&unit_id={one}")), [one]);
        assert!(named("/api/v1/vehicles?unit_id=x&q=1".to_owned()).is_empty());
    }
}

//! Receipts of expenses: photographs and PDFs, brought once and given back as they came.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use dispatch::audit::Action;
use dispatch::expense::{self as rules, ExpenseError, ExpenseId, Journal};
use fleet_db::{audit, dispatch_order, expense};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::expenses::{entry, facts, keeper, keeps, seen};
use super::track::apart;
use crate::auth::{Actor, look};
use crate::extract::{Now, Path};
use crate::problem::{
    AUTH_FORBIDDEN, ApiError, ApiResult, EXPENSE_RECEIPT_THERE, EXPENSE_RECEIPT_TOO_LARGE, NOT_FOUND, Problem, REQUEST_BODY,
    SERVER_FAILED, Wrong,
};
use crate::state::{App, commit};
use crate::tagged;

/// Keeps the receipt of an expense that has none: a photograph (JPEG, PNG, `WebP`) or a PDF of at most 5 MB, by its content. It may come
/// when the car is back, as pictures do that waited for a network, until the trip is settled.
#[utoipa::path(post, path = "/expenses/{id}/receipt", operation_id = "bring_receipt", tag = "trip_money", params(("id" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the file"),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn bring(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    file: Result<Bytes, BytesRejection>,
) -> ApiResult<StatusCode> {
    let scope = keeper(&actor)?;
    let mut tx = app.begin_as(&actor, &scope).await?;
    let paid = expense::load(&mut tx, ExpenseId(id)).await?;
    let order = dispatch_order::load(&mut tx, paid.order).await?;
    if !keeps(&mut tx, &actor, &order).await? {
        return Err(AUTH_FORBIDDEN.into());
    }
    Journal::of(order.state).check_reversal()?;
    let file = file.map_err(|rejection| refused(&rejection))?;
    let mut wrong = Wrong::default();
    let Some(media) = wrong.take("receipt", rules::look(&file), ExpenseError::code) else { return Err(wrong.into_error()) };
    let sha256: [u8; 32] = apart({
        let file = file.clone();
        move || Sha256::digest(&file).into()
    })
    .await?;
    match &paid.receipt {
        // The answer was lost, and the same picture comes again.
        Some((_, kept)) if kept.as_slice() == sha256 => return Ok(StatusCode::NO_CONTENT),
        Some(_) => return Err(EXPENSE_RECEIPT_THERE.into()),
        None => {}
    }
    expense::keep_receipt(&mut tx, paid.id, (media, sha256), &file).await?;
    let after = json!({ "receipt_media_type": media.as_str(), "receipt_sha256": hex::encode(sha256) });
    let told = audit::append(&mut tx, &actor.by(""), &entry(Action::Changed, &order, &paid).after(after), now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The receipt of an expense, byte for byte as it came.
#[utoipa::path(get, path = "/expenses/{id}/receipt", operation_id = "fetch_receipt", tag = "trip_money", params(("id" = Uuid, Path)),
    responses((status = 200, description = "the file; its tag is the SHA-256",
                  content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "application/pdf"))),
              (status = 304, description = "as before"),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn fetch(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = app.begin_as(&actor, &seen(&actor)?).await?;
    let paid = expense::load(&mut tx, ExpenseId(id)).await?;
    let order = dispatch_order::load(&mut tx, paid.order).await?;
    let Some((media, sha256)) = &paid.receipt else { return Err(NOT_FOUND.into()) };
    let tag = tagged::weak(&hex::encode(sha256));
    let is_known = tagged::is_known(&headers, &tag);
    let file = if is_known { Vec::new() } else { expense::receipt(&mut tx, paid.id).await? };
    drop(tx);
    look::at(&app, &actor, entry(Action::Viewed, &order, &paid).after(facts(&paid)), now).await?;
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { file.into_response() };
    let head = response.headers_mut();
    head.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    head.append(VARY, HeaderValue::from_static("cookie, authorization"));
    let text = |text: String| HeaderValue::from_str(&text).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error));
    head.insert(ETAG, text(tag)?);
    if !is_known {
        head.insert(CONTENT_TYPE, HeaderValue::from_static(media.as_str()));
        head.insert(CONTENT_DISPOSITION, text(format!("attachment; filename=\"receipt.{}\"", media.ending()))?);
    }
    Ok(response)
}

/// The body was not taken in.
fn refused(rejection: &BytesRejection) -> ApiError {
    let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { EXPENSE_RECEIPT_TOO_LARGE } else { REQUEST_BODY };
    ApiError::from(code).detail(rejection.body_text())
}

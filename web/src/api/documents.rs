//! Papers of a car: brought as they are, given back byte for byte, deleted with a reason.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::document::{self, DocumentError, DocumentFormat, DocumentId, DocumentKind, DocumentKindError, DocumentName};
use dispatch::scope::Scope;
use fleet_db::audit;
use fleet_db::document::{Document, NewDocument};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::session::new_id;
use super::terminal_names;
use super::track::apart;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Json, Now, Path};
use crate::problem::{
    ApiError, ApiResult, DOCUMENT_DAMAGED, DOCUMENT_DELETED, DOCUMENT_TOO_LARGE, Problem, REQUEST_BODY, SERVER_FAILED, Wrong,
};
use crate::state::{App, commit};
use crate::tagged;

/// Bytes taken from the store at a time: what one download costs us.
const PIECE: i32 = 256 << 10;

/// What is brought.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DocumentToBring {
    /// `registration_certificate`, `vehicle_licence`, `purchase_invoice`, `insurance_policy`, `inspection`, `approval`, `photograph` or `other`.
    kind: String,
    /// Name of the file; an ending that does not fit its content gets the right one behind it.
    name: String,
}

/// Why a paper is deleted.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DocumentDeletion {
    /// In words; it stands in the record.
    reason: String,
}

/// The papers of a car.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentList {
    /// Those that are there first, each part from the newest on.
    items: Vec<DocumentView>,
    /// The asker may bring and delete.
    may_change: bool,
}

/// A paper.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentView {
    id: Uuid,
    kind: &'static str,
    /// Name of the file.
    name: String,
    /// What the file is, by its content.
    media_type: &'static str,
    size_bytes: i64,
    /// Of the file as it came, hex.
    sha256: String,
    /// Who brought it.
    by: String,
    uploaded_at: DateTime<Utc>,
    /// What became of it; null: it is there.
    deleted: Option<DeletedView>,
}

/// How a paper went; its content is gone.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedView {
    at: DateTime<Utc>,
    by: String,
    reason: String,
}

impl From<Document> for DocumentView {
    fn from(document: Document) -> Self {
        Self {
            id: document.id.0,
            kind: document.kind.as_str(),
            name: document.name,
            media_type: document.media.as_str(),
            size_bytes: document.size_bytes,
            sha256: hex::encode(document.sha256),
            by: document.by,
            uploaded_at: document.uploaded_at,
            deleted: document.deletion.map(|gone| DeletedView { at: gone.at, by: gone.by, reason: gone.reason }),
        }
    }
}

/// The papers of a car, deleted ones as what they were.
#[utoipa::path(get, path = "/vehicles/{id}/documents", operation_id = "list_documents", tag = "documents", params(("id" = Uuid, Path)),
    responses((status = 200, body = DocumentList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<DocumentList>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    // A car of somebody else is told from one without papers by nobody.
    fleet_db::vehicle::load(&mut conn, &scope, VehicleId(id)).await?;
    let items = fleet_db::document::list(&mut conn, &scope, VehicleId(id)).await?;
    let items = items.into_iter().map(DocumentView::from).collect();
    Ok(axum::Json(DocumentList { items, may_change: actor.may(Permission::ManageFleet) }))
}

/// Keeps a paper: a file of at most 20 MB, a PDF, OFD, picture, XLSX or DOCX by its content.
#[utoipa::path(post, path = "/vehicles/{id}/documents", operation_id = "bring_document", tag = "documents",
    params(("id" = Uuid, Path), DocumentToBring),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the file"),
    responses((status = 201, body = DocumentView),
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
    Asked(asked): Asked<DocumentToBring>,
    file: Result<Bytes, BytesRejection>,
) -> ApiResult<(StatusCode, axum::Json<DocumentView>)> {
    let scope = actor.scope(Permission::ManageFleet)?;
    {
        // A car of somebody else is told from no car at all by nothing, whatever the file is.
        let mut conn = app.conn(&scope).await?;
        fleet_db::vehicle::load(&mut conn, &scope, VehicleId(id)).await?;
    }
    let file = file.map_err(|rejection| refused(&rejection))?;
    let (kind, media, name) = checked(&asked, &file)?;
    let sha256 = apart({
        let file = file.clone();
        move || Sha256::digest(&file).into()
    });
    let new = NewDocument {
        id: DocumentId(new_id(now)),
        vehicle: VehicleId(id),
        kind,
        name,
        media,
        sha256: sha256.await?,
        by: actor.account.id,
    };
    let mut tx = app.begin(&scope).await?;
    fleet_db::document::insert(&mut tx, &new, &file, now).await?;
    let kept = fleet_db::document::load(&mut tx, &scope, new.id).await?;
    let entry = entry(Action::Created, &kept).after(facts(&kept));
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok((StatusCode::CREATED, axum::Json(kept.into())))
}

/// The file of a paper, byte for byte as it came.
#[utoipa::path(get, path = "/documents/{id}", operation_id = "fetch_document", tag = "documents", params(("id" = Uuid, Path)),
    responses((status = 200, description = "the file; its tag is the SHA-256", 
                  content((Vec<u8> = "application/pdf"), (Vec<u8> = "application/ofd"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"),
                          (Vec<u8> = "image/webp"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                          (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))),
              (status = 304, description = "as before"),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 410, body = Problem, content_type = "application/problem+json"),
              (status = 500, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn fetch(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let document = {
        let mut conn = app.conn(&scope).await?;
        let document = fleet_db::document::load(&mut conn, &scope, DocumentId(id)).await?;
        if document.deletion.is_some() {
            return Err(DOCUMENT_DELETED.into());
        }
        // Before the first byte goes out: afterwards there is no way to say that it is wrong but to break off.
        if !fleet_db::document::is_whole(&mut conn, document.id).await? {
            return Err(ApiError::from(DOCUMENT_DAMAGED).caused_by(Damaged(document.id)));
        }
        document
    };
    look::at(&app, &actor, entry(Action::Viewed, &document).after(facts(&document)), now).await?;
    let tag = tagged::weak(&hex::encode(&document.sha256));
    let is_known = tagged::is_known(&headers, &tag);
    let named = disposition(&document.name, document.media)?;
    let size = document.size_bytes;
    let media = document.media.as_str();
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Response::new(pieces(app, scope, document)) };
    let head = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.insert(ETAG, tag);
    }
    head.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    head.append(VARY, HeaderValue::from_static("cookie, authorization"));
    if !is_known {
        head.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        head.insert(CONTENT_LENGTH, HeaderValue::from(size));
        head.insert(CONTENT_DISPOSITION, named);
    }
    Ok(response)
}

/// Takes the content of a paper away. What it was, its hash, who deleted it and why stay.
#[utoipa::path(delete, path = "/documents/{id}", operation_id = "delete_document", tag = "documents", params(("id" = Uuid, Path)),
    request_body = DocumentDeletion,
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 410, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn delete(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<DocumentDeletion>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut wrong = Wrong::default();
    let Some(reason) = terminal_names::reason(&given.reason, &mut wrong) else { return Err(wrong.into_error()) };
    let mut tx = app.begin(&scope).await?;
    let document = fleet_db::document::load(&mut tx, &scope, DocumentId(id)).await?;
    if document.deletion.is_some() {
        return Err(DOCUMENT_DELETED.into());
    }
    fleet_db::document::delete(&mut tx, document.id, actor.account.id, &reason, now).await?;
    let entry = entry(Action::Deleted, &document).before(facts(&document));
    let told = audit::append(&mut tx, &actor.by(&reason), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the audit log tells of a paper.
fn facts(document: &Document) -> Value {
    json!({
        "vehicle": document.plate, "kind": document.kind.as_str(), "name": document.name, "media_type": document.media.as_str(),
        "size_bytes": document.size_bytes, "sha256": hex::encode(&document.sha256),
    })
}

fn entry(action: Action, document: &Document) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::Document, document.id.0, document.name.clone())).in_unit(document.unit)
}

/// The body was not taken in.
fn refused(rejection: &BytesRejection) -> ApiError {
    let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { DOCUMENT_TOO_LARGE } else { REQUEST_BODY };
    ApiError::from(code).detail(rejection.body_text())
}

/// What is brought, or everything that is wrong with it.
fn checked(asked: &DocumentToBring, file: &[u8]) -> ApiResult<(DocumentKind, DocumentFormat, DocumentName)> {
    let mut wrong = Wrong::default();
    let kind = wrong.take("kind", asked.kind.parse::<DocumentKind>(), DocumentKindError::code);
    let media = wrong.take("file", document::look(file), DocumentError::code);
    let name = media.and_then(|media| wrong.take("name", DocumentName::new(&asked.name, media), DocumentError::code));
    match (kind, media, name) {
        (Some(kind), Some(media), Some(name)) => Ok((kind, media, name)),
        _ => Err(wrong.into_error()),
    }
}

/// The header that gives the file its name; a Chinese name is written twice (RFC 6266, RFC 8187).
fn disposition(name: &str, media: DocumentFormat) -> ApiResult<HeaderValue> {
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    let value = format!("attachment; filename=\"document.{}\"; filename*=UTF-8''{encoded}", media.ending());
    HeaderValue::from_str(&value).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

/// The stored bytes of a paper are not those that were brought.
#[derive(Debug, thiserror::Error)]
#[error("document {0} does not match its hash")]
struct Damaged(DocumentId);

/// How far a file has gone out.
struct Sending {
    app: App,
    scope: Scope,
    document: Document,
    at: i64,
    hash: Sha256,
}

/// The file piece by piece, so that nobody who reads slowly holds a connection of the store or the file in memory. The last piece goes
/// out when the hash of all is right: a file that changes meanwhile is broken off.
fn pieces(app: App, scope: Scope, document: Document) -> Body {
    let sending = Sending { app, scope, document, at: 0, hash: Sha256::new() };
    Body::from_stream(stream::try_unfold(sending, async |mut sending| {
        if sending.at >= sending.document.size_bytes {
            return Ok(None);
        }
        let piece = next(&mut sending).await.inspect_err(|error| {
            tracing::error!(document.id = %sending.document.id, "sending document {} broke off: {error}", sending.document.id);
        })?;
        Ok::<_, std::io::Error>(Some((piece, sending)))
    }))
}

async fn next(sending: &mut Sending) -> std::io::Result<Bytes> {
    let mut conn = sending.app.conn(&sending.scope).await.map_err(std::io::Error::other)?;
    let piece =
        fleet_db::document::piece(&mut conn, sending.document.id, sending.at, PIECE).await.map_err(std::io::Error::other)?;
    drop(conn);
    sending.hash.update(&piece);
    sending.at += i64::try_from(piece.len()).unwrap_or(i64::MAX);
    let is_last = sending.at >= sending.document.size_bytes;
    if piece.is_empty() || (is_last && sending.hash.clone().finalize().as_slice() != sending.document.sha256) {
        return Err(std::io::Error::other(Damaged(sending.document.id)));
    }
    Ok(Bytes::from(piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_name_is_given_so_that_browsers_read_it() {
        let name = disposition("行驶证 (1).pdf", DocumentFormat::Pdf).unwrap();
        assert_eq!(name, "attachment; filename=\"document.pdf\"; filename*=UTF-8''%E8%A1%8C%E9%A9%B6%E8%AF%81%20%281%29.pdf");
    }
}

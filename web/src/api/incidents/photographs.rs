//! Pictures of an accident: papers of its car, linked with the case, each kept once.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::Action;
use dispatch::document::{self, DocumentError, DocumentFormat, DocumentId, DocumentKind, DocumentName};
use fleet_db::PgConnection;
use fleet_db::audit::{self, Logged};
use fleet_db::document::NewDocument;
use fleet_db::incident::accident::{self, Kept};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;
use uuid::Uuid;

use super::accidents::{entry, of_scope};
use crate::api::session::new_id;
use crate::api::track::apart;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::problem::{ACCIDENT_CLOSED, ApiError, ApiResult, DOCUMENT_TOO_LARGE, Problem, REQUEST_BODY, Wrong};
use crate::state::{App, commit};

/// Most pictures of one accident.
const MOST: usize = 20;
/// Longest name that is given to a picture.
const KEY_LENGTH: usize = 64;

/// What the picture is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PhotographToBring {
    /// The sender's own name of the picture, 1 to 64 characters: the same again is the same picture.
    key: String,
}

/// A picture that was read (事故照片).
pub(super) struct Picture {
    media: DocumentFormat,
    sha256: [u8; 32],
    file: Bytes,
}

/// Keeps a picture of an accident among the papers of the car: a JPEG, PNG or `WebP` of at most 20 MB, by its content.
#[utoipa::path(post, path = "/accidents/{id}/photographs", operation_id = "bring_photograph", tag = "incidents",
    params(("id" = Uuid, Path), PhotographToBring),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the picture"),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<PhotographToBring>,
    file: Result<Bytes, BytesRejection>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut tx = app.begin_as(&actor, &scope).await?;
    let kept = of_scope(&mut tx, &scope, id).await?;
    if !(1..=KEY_LENGTH).contains(&asked.key.chars().count()) {
        let mut wrong = Wrong::default();
        wrong.note("key", "order.key");
        return Err(wrong.into_error());
    }
    let picture = read(file).await?;
    if let Some(told) = bring(&mut tx, &actor, &kept, &asked.key, picture, now).await? {
        commit(tx, told).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Reads what was sent: a picture, or what is wrong with it.
pub(super) async fn read(file: Result<Bytes, BytesRejection>) -> ApiResult<Picture> {
    let file = file.map_err(|rejection| {
        let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { DOCUMENT_TOO_LARGE } else { REQUEST_BODY };
        ApiError::from(code).detail(rejection.body_text())
    })?;
    let mut wrong = Wrong::default();
    let media = wrong.take("file", document::look(&file), DocumentError::code);
    let is_picture = |media: &DocumentFormat| matches!(media, DocumentFormat::Jpeg | DocumentFormat::Png | DocumentFormat::Webp);
    if media.as_ref().is_some_and(|media| !is_picture(media)) {
        wrong.note("file", "accident.photo");
    }
    let Some(media) = media.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let hashed = file.clone();
    let sha256 = apart(move || Sha256::digest(&hashed).into()).await?;
    Ok(Picture { media, sha256, file })
}

/// Keeps it, as a paper of the car and in the case; nothing when it was brought before under that name.
pub(super) async fn bring(
    conn: &mut PgConnection,
    actor: &Actor,
    kept: &Kept,
    key: &str,
    picture: Picture,
    now: DateTime<Utc>,
) -> ApiResult<Option<Logged>> {
    let id = DocumentId(new_id(now));
    let name = format!("{} 事故照片 {}", kept.number, kept.photos.len() + 1);
    // The link comes first: by it a driver may bring a paper of a car of which nothing else is seen.
    if !accident::link_photo(conn, kept.id, id, key).await? {
        return Ok(None);
    }
    if !kept.state.is_open() {
        return Err(ACCIDENT_CLOSED.into());
    }
    let mut wrong = Wrong::default();
    if kept.photos.len() >= MOST {
        wrong.note("file", "accident.photos");
    }
    let name = wrong.take("name", DocumentName::new(&name, picture.media), DocumentError::code);
    let Some(name) = name.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let new = NewDocument {
        id,
        vehicle: kept.vehicle,
        kind: DocumentKind::Photograph,
        name,
        media: picture.media,
        sha256: picture.sha256,
        by: actor.account.id,
    };
    fleet_db::document::insert(conn, &new, &picture.file, now).await?;
    let facts = json!({ "photograph": id, "media_type": picture.media.as_str(), "sha256": hex::encode(picture.sha256) });
    Ok(Some(audit::append(conn, &actor.by(""), &entry(Action::Changed, kept).after(facts), now).await?))
}

//! What the embedded map draws beside its own layers.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use telematics::roads::HANGZHOU_GEOJSON;

use crate::problem::Problem;
use crate::{auth::Actor, tagged};

static TAG: LazyLock<String> = LazyLock::new(|| tagged::of_content(HANGZHOU_GEOJSON.as_bytes()));

/// The schematic roads of Hangzhou, on which the simulated cars drive.
#[utoipa::path(get, path = "/map/roads.geojson", operation_id = "read_roads", tag = "map",
    responses((status = 200, description = "GeoJSON", content_type = "application/geo+json", body = Object),
              (status = 304, description = "as before"),
              (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn roads(_actor: Actor, headers: HeaderMap) -> Response {
    tagged::answer(
        &headers,
        &TAG,
        "application/geo+json",
        "private, max-age=3600",
        Bytes::from_static(HANGZHOU_GEOJSON.as_bytes()),
    )
}

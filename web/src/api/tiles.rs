//! `GET /tiles/{layer}/{z}/{x}/{y}`: a tile of the configured map, for people who are signed in.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::problem::{ApiResult, TILE_MISSING};
use crate::state::App;
use crate::tagged;
use crate::tiles::TileAddress;

/// The route; it stands beside the API, not in it: it is the map's, and no program's.
pub(crate) const ROUTE: &str = "/tiles/{layer}/{z}/{x}/{y}";

/// The tile as a picture.
pub(crate) async fn read(
    _actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path((layer, z, x, y)): Path<(String, u8, u32, u32)>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let address = TileAddress::new(&layer, (z, x, y), app.config.map.max_zoom).ok_or(TILE_MISSING)?;
    let picture = app.tiles.read(address, now).await?;
    let tag = tagged::of_content(&picture.bytes);
    let mut response = tagged::answer(&headers, &tag, picture.content_type, "private", picture.bytes);
    let cache = format!("private, max-age={}", app.config.map.cache_secs);
    if let Ok(cache) = HeaderValue::from_str(&cache) {
        response.headers_mut().insert(CACHE_CONTROL, cache);
    }
    Ok(response)
}

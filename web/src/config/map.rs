//! The section `web.map`: which map lies beneath the cars (底图), and where its tiles come from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use telematics::datum::Datum;
use thiserror::Error;

use super::Secret;

/// What lies beneath the cars. Browsers only ever talk to us; we read the folder or ask the map service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Map {
    /// `embedded`: the sketch that comes with the program; `tiles`: a folder; `proxy`: a map service.
    pub kind: MapKind,
    /// What the map is drawn in: `wgs84` (天地图, CGCS2000) or `gcj02` (commercial maps); cars are shifted when they are drawn.
    pub crs: Datum,
    /// For `tiles`: the folder, with pictures `{z}/{x}/{y}.png`, `.jpg` or `.webp`.
    pub tiles_dir: Option<PathBuf>,
    /// For `proxy`: the service's address with `{z}`, `{x}`, `{y}`, and `{s}` and `{key}` if it has them.
    pub url: Option<String>,
    /// For `proxy`: a second layer of names above the first, in the same form.
    pub labels_url: Option<String>,
    /// What `{key}` stands for. It is sent to the map service alone: never to a browser, never into a log.
    pub key: Option<Secret>,
    /// What `{s}` stands for, in turn.
    pub servers: Vec<String>,
    /// Whose map it is, as its licence wants it said on the map.
    pub attribution: String,
    /// The map's approval number (审图号), shown beside the attribution; empty for none.
    pub approval_number: String,
    /// The nearest zoom level that has tiles; nearer ones are enlarged.
    pub max_zoom: u8,
    /// Seconds that the map service may take for a tile.
    pub timeout_secs: u32,
    /// Tiles asked of the map service at the same time.
    pub concurrency: usize,
    /// Bytes of tiles kept in memory.
    pub cache_bytes: usize,
    /// Seconds for which a tile is kept, here and in browsers.
    pub cache_secs: u32,
    /// Largest tile.
    pub tile_bytes: usize,
}

/// Where a map comes from (底图来源).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapKind {
    /// The sketch that comes with the program; needs nothing else.
    #[default]
    Embedded,
    /// A folder of pictures.
    Tiles,
    /// A map service, asked in the browsers' place.
    Proxy,
}

/// Why a map cannot be shown as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MapError {
    /// A key is missing that this kind needs.
    #[error("web.map.kind = {kind:?} needs web.map.{key}")]
    Missing {
        /// The kind, as it is written.
        kind: &'static str,
        /// The key that is missing.
        key: &'static str,
    },
    /// The folder is not there.
    #[error("web.map.tiles_dir: there is no folder {0}")]
    NoFolder(PathBuf),
    /// An address of a map service is not one. It may hold a key, so it is not repeated.
    #[error("web.map.{0} must be an http or https address with {{z}}, {{x}} and {{y}} after its host")]
    Address(&'static str),
    /// An address wants a key, and there is none.
    #[error("web.map.{0} has {{key}}, and web.map.key is not set")]
    NoKey(&'static str),
    /// An address wants the name of a server, and there is none.
    #[error("web.map.{0} has {{s}}, and web.map.servers is empty")]
    NoServers(&'static str),
    /// No certificate authority of the system can be read.
    #[error("web.map.url is https, and the system has no certificates (install ca-certificates)")]
    NoCertificates,
    /// The client could not be made.
    #[error("no connections to the map service can be made")]
    Client,
}

impl MapError {
    /// The stable code of all of them: they are corrected in the same place.
    pub const CODE: &'static str = "map.configuration";
}

impl Default for Map {
    fn default() -> Self {
        Self {
            kind: MapKind::Embedded,
            crs: Datum::Wgs84,
            tiles_dir: None,
            url: None,
            labels_url: None,
            key: None,
            servers: ["0", "1", "2", "3", "4", "5", "6", "7"].map(str::to_owned).to_vec(),
            attribution: String::new(),
            approval_number: String::new(),
            max_zoom: 18,
            timeout_secs: 10,
            concurrency: 32,
            cache_bytes: 64 << 20,
            cache_secs: 24 * 3600,
            tile_bytes: 2 << 20,
        }
    }
}

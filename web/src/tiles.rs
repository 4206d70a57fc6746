//! Tiles of the map (地图瓦片), from a folder or from a map service, handed out under our own origin.

mod address;
mod cache;
mod folder;
mod picture;
mod upstream;

use chrono::{DateTime, Utc};

use crate::config::{Map, MapError, MapKind};
use crate::problem::{ApiError, ApiResult, TILE_MISSING, TILE_UPSTREAM};

pub(crate) use address::{Layer, TileAddress};
pub(crate) use picture::Picture;

/// Where this service has its tiles from.
pub(crate) enum Tiles {
    /// The embedded map has none.
    None,
    Folder(folder::Folder),
    Service(Box<upstream::Service>),
}

/// Why there is no tile.
#[derive(Debug)]
enum Lacking {
    /// There is none at this address.
    Missing,
    /// The map service fails, or the disk does.
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// Whether the map can be shown as it is configured.
pub fn check(config: &Map) -> Result<(), MapError> {
    Tiles::open(config).map(drop)
}

impl Tiles {
    /// What the configuration asks for, if it can work at all.
    pub(crate) fn open(config: &Map) -> Result<Self, MapError> {
        Ok(match config.kind {
            MapKind::Embedded => Self::None,
            MapKind::Tiles => Self::Folder(folder::Folder::open(config)?),
            MapKind::Proxy => Self::Service(Box::new(upstream::Service::open(config)?)),
        })
    }

    /// The layers, from the lowest to the highest.
    pub(crate) fn layers(&self) -> &'static [Layer] {
        match self {
            Self::None => &[],
            Self::Service(service) if service.has(Layer::Labels) => &[Layer::Base, Layer::Labels],
            Self::Folder(_) | Self::Service(_) => &[Layer::Base],
        }
    }

    /// The tile at an address.
    pub(crate) async fn read(&self, address: TileAddress, now: DateTime<Utc>) -> ApiResult<Picture> {
        let read = match self {
            Self::None => Err(Lacking::Missing),
            Self::Folder(folder) => folder.read(address).await,
            Self::Service(service) => service.read(address, now).await,
        };
        read.map_err(|lacking| match lacking {
            Lacking::Missing => TILE_MISSING.into(),
            Lacking::Failed(cause) => ApiError::from(TILE_UPSTREAM).caused_by_boxed(cause),
        })
    }
}

//! Tiles in a folder: `{z}/{x}/{y}.png`, `.jpg` or `.webp`.

use std::io::ErrorKind;
use std::path::PathBuf;

use bytes::Bytes;
use tokio::io::AsyncReadExt as _;

use super::{Lacking, Layer, Picture, TileAddress};
use crate::config::{Map, MapError};

const EXTENSIONS: [&str; 3] = ["png", "jpg", "webp"];

/// A folder of pictures.
pub(crate) struct Folder {
    root: PathBuf,
    /// Larger files are no tiles.
    limit: u64,
}

impl Folder {
    pub(super) fn open(config: &Map) -> Result<Self, MapError> {
        let root = config.tiles_dir.clone().ok_or(MapError::Missing { kind: "tiles", key: "tiles_dir" })?;
        if !root.is_dir() {
            return Err(MapError::NoFolder(root));
        }
        Ok(Self { root, limit: u64::try_from(config.tile_bytes).unwrap_or(u64::MAX) })
    }

    pub(super) async fn read(&self, TileAddress { layer, z, x, y }: TileAddress) -> Result<Picture, Lacking> {
        if layer != Layer::Base {
            return Err(Lacking::Missing);
        }
        let column = self.root.join(z.to_string()).join(x.to_string());
        for extension in EXTENSIONS {
            let file = match tokio::fs::File::open(column.join(format!("{y}.{extension}"))).await {
                Ok(file) => file,
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
                Err(error) => return Err(Lacking::Failed(error.into())),
            };
            let mut bytes = Vec::new();
            let limit = self.limit.saturating_add(1);
            let length = file.take(limit).read_to_end(&mut bytes).await.map_err(|error| Lacking::Failed(error.into()))?;
            if u64::try_from(length).is_ok_and(|length| length > self.limit) {
                return Err(Lacking::Failed("a file is larger than a tile may be".into()));
            }
            return Picture::of(Bytes::from(bytes)).ok_or_else(|| Lacking::Failed("a file is no picture".into()));
        }
        Err(Lacking::Missing)
    }
}

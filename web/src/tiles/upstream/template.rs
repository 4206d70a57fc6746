//! A map service's address with places for numbers, server and key.

use std::fmt;

use reqwest::Url;

use crate::config::{Map, MapError, Secret};
use crate::tiles::TileAddress;

/// The address. Its key is filled in already, so it is shown to nobody.
pub(super) struct Template {
    text: String,
    servers: Vec<String>,
    is_https: bool,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Template {
    /// The address under the configuration's `name`, if it can lead to a tile.
    pub(super) fn parse(name: &'static str, text: &str, config: &Map) -> Result<Self, MapError> {
        let key = config.key.as_ref().map(Secret::reveal);
        if key.is_none() && text.contains("{key}") {
            return Err(MapError::NoKey(name));
        }
        if config.servers.is_empty() && text.contains("{s}") {
            return Err(MapError::NoServers(name));
        }
        let template = Self {
            text: text.replace("{key}", key.unwrap_or_default()),
            servers: if text.contains("{s}") { config.servers.clone() } else { Vec::new() },
            is_https: text.starts_with("https://"),
        };
        // Two tiles tried: the numbers must be there, and must not choose the host.
        let filled = |z, x, y| Url::parse(&template.put(z, x, y, 0)).ok();
        let (Some(one), Some(other)) = (filled(1, 2, 3), filled(4, 5, 6)) else { return Err(MapError::Address(name)) };
        let has_numbers = ["{z}", "{x}", "{y}"].iter().all(|place| text.contains(place));
        if has_numbers && one.origin() == other.origin() && matches!(one.scheme(), "http" | "https") {
            Ok(template)
        } else {
            Err(MapError::Address(name))
        }
    }

    pub(super) const fn is_https(&self) -> bool {
        self.is_https
    }

    /// The address of a tile; servers take turns.
    pub(super) fn fill(&self, TileAddress { z, x, y, .. }: TileAddress, turn: usize) -> String {
        self.put(z, x, y, turn)
    }

    fn put(&self, z: u8, x: u32, y: u32, turn: usize) -> String {
        let server = self.servers.get(turn % self.servers.len().max(1)).map_or("", String::as_str);
        let numbers = [("{z}", z.to_string()), ("{x}", x.to_string()), ("{y}", y.to_string()), ("{s}", server.to_owned())];
        numbers.iter().fold(self.text.clone(), |text, (place, number)| text.replace(place, number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, key: Option<&str>) -> Result<Template, MapError> {
        let key = key.map(|key| serde_json::from_value::<Secret>(key.into()).unwrap());
        Template::parse("url", text, &Map { key, ..Map::default() })
    }

    #[test]
    fn places_are_filled_and_servers_take_turns() {
        let template =
            parse("https://t{s}.maps.example/vec_w/wmts?TILECOL={x}&TILEROW={y}&TILEMATRIX={z}&tk={key}", Some("k1")).unwrap();
        let tile = TileAddress::new("base", (11, 1707, 843), 18).unwrap();
        assert_eq!(template.fill(tile, 9), "https://t1.maps.example/vec_w/wmts?TILECOL=1707&TILEROW=843&TILEMATRIX=11&tk=k1");
        assert!(template.is_https());
        assert_eq!(format!("{template:?}"), "***");
    }

    #[test]
    fn what_cannot_lead_to_a_tile_is_refused_at_the_start() {
        for text in [
            "ftp://maps.example/{z}/{x}/{y}",
            "/{z}/{x}/{y}",
            "http://maps.example/{z}/{x}",
            "http://maps{x}.example/{z}/{x}/{y}",
            "",
        ] {
            assert_eq!(parse(text, None).unwrap_err(), MapError::Address("url"), "{text}");
        }
        assert_eq!(parse("http://maps.example/{z}/{x}/{y}?tk={key}", None).unwrap_err(), MapError::NoKey("url"));
    }
}

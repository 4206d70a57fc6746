//! Where a tile lies: a layer and three numbers, so that no path can be smuggled into a folder or an address.

/// A layer of the map (图层).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Layer {
    /// Land, water, roads.
    Base,
    /// Names, transparent in between.
    Labels,
}

/// Where a tile lies in the pyramid of Web Mercator: row 0 is in the north.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TileAddress {
    pub(crate) layer: Layer,
    pub(crate) z: u8,
    pub(crate) x: u32,
    pub(crate) y: u32,
}

impl Layer {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Labels => "labels",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Base, Self::Labels].into_iter().find(|layer| layer.name() == name)
    }
}

impl TileAddress {
    /// The address, if the pyramid has it down to `max_zoom`.
    pub(crate) fn new(layer: &str, (z, x, y): (u8, u32, u32), max_zoom: u8) -> Option<Self> {
        let side = 1_u32.checked_shl(u32::from(z))?;
        let layer = Layer::named(layer)?;
        (z <= max_zoom && x < side && y < side).then_some(Self { layer, z, x, y })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_pyramid_are_addresses() {
        for (layer, at, is) in [
            ("base", (0, 0, 0), true),
            ("labels", (18, 262_143, 262_143), true),
            ("base", (0, 1, 0), false),
            ("base", (3, 0, 8), false),
            ("base", (19, 0, 0), false),
            ("base", (200, 0, 0), false),
            ("secret", (3, 0, 0), false),
        ] {
            assert_eq!(TileAddress::new(layer, at, 18).is_some(), is, "{layer} {at:?}");
        }
    }
}

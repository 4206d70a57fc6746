//! Web-Mercator in fixed point: what the map's layer draws, worked out once, here.

use std::f64::consts::PI;

use telematics::place::LonLat;

/// North and south of this the projection has no end; the square map stops here.
const EDGE_DEG: f64 = 85.051_128_779_806_59;
/// The width of the world: 2^31 units, 1.9 cm each at the equator.
const WORLD: f64 = 2_147_483_648.0;

/// East and south of the map's north-west corner, 2^31 units to the world.
pub(crate) fn project(at: LonLat) -> (i32, i32) {
    let x = (at.lon() + 180.0) / 360.0;
    let latitude = at.lat().clamp(-EDGE_DEG, EDGE_DEG).to_radians();
    let y = (1.0 - latitude.tan().asinh() / PI) / 2.0;
    (units(x), units(y))
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what an i32 holds")]
fn units(share: f64) -> i32 {
    (share * WORLD).round().clamp(0.0, f64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_places_lie_where_they_lie() {
        let half = 1 << 30;
        for (lon, lat, x, y) in [
            (0.0, 0.0, half, half),
            (-180.0, 85.051_128_779_806_59, 0, 0),
            (180.0, -85.051_128_779_806_59, i32::MAX, i32::MAX),
            (-180.0, 90.0, 0, 0),
            (90.0, 0.0, half + half / 2, half),
            // EPSG:3857 of (120.15, 30.28): 13375036.82, 3539592.25 of ±20037508.342789244.
            (120.15, 30.28, 1_790_464_492, 884_067_131),
        ] {
            let (found_x, found_y) = project(LonLat::new(lon, lat).unwrap());
            assert!((found_x - x).abs() <= 1 && (found_y - y).abs() <= 1, "{lon} {lat}: {found_x} {found_y}, not {x} {y}");
        }
    }

    #[test]
    fn a_step_of_a_unit_is_two_centimetres() {
        let at = |lon| project(LonLat::new(lon, 0.0).unwrap()).0;
        assert_eq!(at(120.000_001) - at(120.0), 6, "a millionth of a degree is 11 cm");
    }
}

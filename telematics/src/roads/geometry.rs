//! Small planar geometry for roads: at the size of a road segment the earth is flat, only its degrees are uneven.

use crate::place::LonLat;
use crate::quantity::Heading;

/// Metres of a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.0;

/// A flat plane in metres around a place (局部平面).
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    lon: f64,
    lat: f64,
    east: f64,
}

impl Plane {
    /// The plane that touches the earth at `origin`.
    pub fn at(origin: LonLat) -> Self {
        Self { lon: origin.lon(), lat: origin.lat(), east: METRES_PER_DEGREE * origin.lat().to_radians().cos() }
    }

    /// Metres east and north of the origin.
    pub fn metres(&self, place: LonLat) -> [f64; 2] {
        [(place.lon() - self.lon) * self.east, (place.lat() - self.lat) * METRES_PER_DEGREE]
    }

    /// The place so many metres east and north of the origin.
    pub fn place(&self, [east, north]: [f64; 2]) -> LonLat {
        LonLat::new(self.lon + east / self.east, self.lat + north / METRES_PER_DEGREE)
            .expect("a place near one that exists, far from poles and date line, exists")
    }
}

/// The place `metres` to the east and north of another.
pub fn shifted(from: LonLat, metres: [f64; 2]) -> LonLat {
    Plane::at(from).place(metres)
}

/// The direction from one place to another near it.
pub fn bearing(from: LonLat, to: LonLat) -> Heading {
    let [east, north] = Plane::at(from).metres(to);
    Heading::from_degrees(east.atan2(north).to_degrees())
}

/// The place at a share of the way between two near ones.
pub fn between(from: LonLat, to: LonLat, share: f64) -> LonLat {
    let share = share.clamp(0.0, 1.0);
    LonLat::new(from.lon() + (to.lon() - from.lon()) * share, from.lat() + (to.lat() - from.lat()) * share)
        .expect("a place between two near ones exists")
}

/// Share of the way from `a` to `b` where `place` is nearest, and how far away in metres that is.
pub fn nearest_on(place: LonLat, a: LonLat, b: LonLat) -> (f64, f64) {
    let flat = Plane::at(place);
    let ([ax, ay], [bx, by]) = (flat.metres(a), flat.metres(b));
    let (dx, dy) = (bx - ax, by - ay);
    let length2 = dx.mul_add(dx, dy * dy);
    let share = if length2 > 0.0 { (-(ax * dx + ay * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (share, (ax + share * dx).hypot(ay + share * dy))
}

/// Shares along `a`–`b` and `c`–`d` where the two cross, if they do.
pub fn crossing(a: LonLat, b: LonLat, c: LonLat, d: LonLat) -> Option<(f64, f64)> {
    let plane = Plane::at(a);
    let ([bx, by], [cx, cy], [dx, dy]) = (plane.metres(b), plane.metres(c), plane.metres(d));
    let (ex, ey) = (dx - cx, dy - cy);
    let cross = bx * ey - by * ex;
    if cross.abs() < 1e-9 {
        return None;
    }
    let first = (cx * ey - cy * ex) / cross;
    let second = (cx * by - cy * bx) / cross;
    let within = 0.0..=1.0;
    (within.contains(&first) && within.contains(&second)).then_some((first, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn two_diagonals_cross_in_the_middle() {
        let (first, second) = crossing(at(120.0, 30.0), at(120.01, 30.01), at(120.0, 30.01), at(120.01, 30.0)).unwrap();
        assert!((first - 0.5).abs() < 1e-6 && (second - 0.5).abs() < 1e-6);
        assert_eq!(crossing(at(120.0, 30.0), at(120.01, 30.0), at(120.0, 30.01), at(120.01, 30.01)), None);
    }

    #[test]
    fn metres_there_and_back() {
        let from = at(120.15, 30.25);
        let to = shifted(from, [300.0, 400.0]);
        assert!((from.distance_to(to).metres() - 500.0).abs() < 1.0);
        assert!((bearing(from, to).degrees() - 36.87).abs() < 0.1);
        let (share, off) = nearest_on(shifted(from, [150.0, 200.0]), from, to);
        assert!((share - 0.5).abs() < 1e-3 && off < 0.1);
    }
}

//! From a place to the road beside it.
#![expect(clippy::indexing_slicing, reason = "stretches and points are indices of the network's lists")]

use std::collections::HashMap;

use telematics::place::LonLat;

use super::read::Drawn;

/// Degrees of a cell: about a kilometre.
const CELL: f64 = 0.01;
/// Metres of a degree of latitude, on the mean sphere (IUGG).
const DEGREE_M: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;

/// Where a place is on the roads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) stretch: u32,
    /// Metres from the beginning of the stretch.
    pub(super) along: f64,
    /// Metres from the place to the road.
    pub(super) away: f64,
}

/// The pieces of road in each cell.
#[derive(Debug, Default)]
pub(super) struct Cells(HashMap<(i32, i32), Vec<(u32, u32)>>);

fn cell(degrees: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "degrees on earth, in hundredths")]
    let cell = (degrees / CELL).floor() as i32;
    cell
}

impl Cells {
    pub(super) fn of(drawn: &Drawn) -> Self {
        let mut cells: HashMap<(i32, i32), Vec<(u32, u32)>> = HashMap::new();
        for (at, stretch) in (0_u32..).zip(&drawn.stretches) {
            for first in stretch.first..stretch.last {
                let (one, other) = (drawn.points[first as usize], drawn.points[first as usize + 1]);
                for lon in cell(one.lon().min(other.lon()))..=cell(one.lon().max(other.lon())) {
                    for lat in cell(one.lat().min(other.lat()))..=cell(one.lat().max(other.lat())) {
                        cells.entry((lon, lat)).or_default().push((at, first));
                    }
                }
            }
        }
        Self(cells)
    }

    /// The nearest spot on a road that is no farther than `reach` metres.
    pub(super) fn nearest(&self, drawn: &Drawn, place: LonLat, reach: f64) -> Option<Spot> {
        let (lon, lat) = (cell(place.lon()), cell(place.lat()));
        let narrow = CELL * DEGREE_M * place.lat().to_radians().cos();
        let mut best: Option<Spot> = None;
        let mut ring = 0;
        // Whatever lies in the next ring is at least so far away.
        while f64::from(ring - 1) * narrow <= best.map_or(reach, |best| best.away) {
            for (at, first) in around(lon, lat, ring).filter_map(|key| self.0.get(&key)).flatten() {
                let spot = project(drawn, *at, *first, place);
                if spot.away <= best.map_or(reach, |best| best.away) {
                    best = Some(spot);
                }
            }
            ring += 1;
        }
        best
    }
}

/// The cells of a square ring.
fn around(lon: i32, lat: i32, ring: i32) -> impl Iterator<Item = (i32, i32)> {
    (-ring..=ring).flat_map(move |east| {
        let step = if east.abs() == ring { 1 } else { (2 * ring).max(1) };
        (-ring..=ring).step_by(usize::try_from(step).unwrap_or(1)).map(move |north| (lon + east, lat + north))
    })
}

/// The point of a piece of road that is nearest to the place, on a plane that touches the earth there.
fn project(drawn: &Drawn, at: u32, first: u32, place: LonLat) -> Spot {
    let flat = |point: LonLat| {
        let east = (point.lon() - place.lon()) * DEGREE_M * place.lat().to_radians().cos();
        (east, (point.lat() - place.lat()) * DEGREE_M)
    };
    let (one, other) = (flat(drawn.points[first as usize]), flat(drawn.points[first as usize + 1]));
    let (east, north) = (other.0 - one.0, other.1 - one.1);
    let length = east.hypot(north);
    let share = if length > 0.0 { (-(one.0 * east + one.1 * north) / (length * length)).clamp(0.0, 1.0) } else { 0.0 };
    let stretch = &drawn.stretches[at as usize];
    let before: f64 = (stretch.first..first).map(|point| gap(drawn, point)).sum();
    let along = (before + share * gap(drawn, first)).min(stretch.metres);
    Spot { stretch: at, along, away: (one.0 + share * east).hypot(one.1 + share * north) }
}

/// Metres between a point and the next.
fn gap(drawn: &Drawn, point: u32) -> f64 {
    drawn.points[point as usize].distance_to(drawn.points[point as usize + 1]).metres()
}

//! How far it is from one place to another, and how long it takes: by the straight line drawn out, or by a table.

use telematics::place::LonLat;

use crate::word::words;

/// A way: its length and its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Metres.
    pub metres: u32,
    /// Seconds.
    pub seconds: u32,
}

/// Longer is no way: some thirty years, or twenty-five times around the earth. Sums of a few still fit where they are made.
pub const NO_WAY: u32 = 1_000_000_000;

/// Who knows ways between places, given by their indices.
pub trait TravelTime {
    /// The way from one to the other.
    fn way(&self, from: usize, to: usize) -> Way;
}

words! {
    /// Who worked a way out (行程来源).
    TravelSource, TravelSourceError, "plan.travel" {
        /// The straight line drawn out.
        StraightLine = "straight_line", "直线估算";
        /// A table that came with the problem.
        Table = "matrix", "路程矩阵";
        /// Roads of OpenStreetMap, here.
        Roads = "roads", "路网计算";
        /// A service of routes (OSRM) that was asked.
        Osrm = "osrm", "路径服务";
    }
}

/// The straight line drawn out by a detour, each stretch at its own speed (直线估算).
#[derive(Clone, Debug, PartialEq)]
pub struct StraightLine {
    /// The places.
    pub places: Vec<LonLat>,
    /// The way is so many times the straight line; at least one.
    pub detour: f64,
    /// Up to so many metres, so many kilometres an hour; rising, and the last has no end.
    pub speeds: Vec<(f64, f64)>,
}

/// A table of ways, row by row (路程矩阵).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    places: usize,
    ways: Vec<Way>,
    source: TravelSource,
}

/// How a problem says how far places are apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Travel {
    /// By the straight line.
    StraightLine(StraightLine),
    /// By a table.
    Matrix(Matrix),
}

impl Travel {
    /// Who worked the ways out.
    pub const fn source(&self) -> TravelSource {
        match self {
            Self::StraightLine(_) => TravelSource::StraightLine,
            Self::Matrix(matrix) => matrix.source,
        }
    }
}

impl TravelTime for Travel {
    fn way(&self, from: usize, to: usize) -> Way {
        match self {
            Self::StraightLine(line) => line.way(from, to),
            Self::Matrix(matrix) => matrix.way(from, to),
        }
    }
}

impl TravelTime for StraightLine {
    /// Whole metres, and seconds rounded up: whoever is told a time is not late for the sake of a fraction.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ways on earth, held below NO_WAY")]
    fn way(&self, from: usize, to: usize) -> Way {
        let (Some(from), Some(to)) = (self.places.get(from), self.places.get(to)) else {
            return Way { metres: NO_WAY, seconds: NO_WAY };
        };
        let metres = (from.distance_to(*to).metres() * self.detour).round();
        let (mut begun, mut seconds) = (0.0, 0.0);
        // A longer way never takes less time: only the stretch beyond a limit is driven at the next speed.
        for (up_to, kmh) in &self.speeds {
            let stretch = metres.min(*up_to) - begun;
            if stretch <= 0.0 {
                break;
            }
            seconds += stretch * 3.6 / kmh;
            begun = *up_to;
        }
        let most = f64::from(NO_WAY);
        Way { metres: metres.min(most) as u32, seconds: seconds.ceil().min(most) as u32 }
    }
}

impl Matrix {
    /// From the ways between so many places, row by row, and who worked them out; nothing when the table is not square.
    pub fn new(places: usize, ways: Vec<Way>, source: TravelSource) -> Option<Self> {
        let held = |way: Way| Way { metres: way.metres.min(NO_WAY), seconds: way.seconds.min(NO_WAY) };
        (ways.len() == places * places).then(|| Self { places, ways: ways.into_iter().map(held).collect(), source })
    }
}

impl TravelTime for Matrix {
    fn way(&self, from: usize, to: usize) -> Way {
        self.ways.get(from * self.places + to).copied().unwrap_or(Way { metres: NO_WAY, seconds: NO_WAY })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(km: f64) -> Way {
        let places = [30.0, 30.0 + km / 111.194_926_644_558_74].map(|lat| LonLat::new(120.0, lat).unwrap()).to_vec();
        let speeds = vec![(5_000.0, 28.0), (20_000.0, 45.0), (f64::INFINITY, 75.0)];
        StraightLine { places, detour: 1.0, speeds }.way(0, 1)
    }

    #[test]
    fn each_stretch_is_driven_at_its_own_speed() {
        for (km, metres, seconds) in [(0.0, 0, 0), (5.0, 5_000, 643), (20.0, 20_000, 1_843), (95.0, 95_000, 5_443)] {
            assert_eq!(line(km), Way { metres, seconds }, "{km} km");
        }
    }

    #[test]
    fn a_table_is_read_from_row_to_column() {
        let ways = [0, 1, 2, 3].map(|n| Way { metres: n, seconds: 10 * n }).to_vec();
        let matrix = Matrix::new(2, ways.clone(), TravelSource::Table).unwrap();
        assert_eq!(matrix.way(1, 0), Way { metres: 2, seconds: 20 });
        assert_eq!(matrix.way(0, 2).metres, 2, "a column too far is the next row: indices are checked where problems are read");
        assert_eq!(Matrix::new(3, ways, TravelSource::Table), None);
    }
}

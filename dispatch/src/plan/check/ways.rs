//! Ways, worked out a second time: not by the planner's function.

use crate::plan::problem::Problem;
use crate::plan::travel::{Travel, TravelTime as _};

/// Mean radius of the earth in metres (IUGG), as everywhere in the house.
const EARTH_M: f64 = 6_371_008.8;

/// Metres and seconds from one place to another.
pub(super) fn way(problem: &Problem, from: usize, to: usize) -> (i64, i64) {
    match &problem.travel {
        // A table is what it is.
        Travel::Matrix(matrix) => {
            let way = matrix.way(from, to);
            (i64::from(way.metres), i64::from(way.seconds))
        }
        Travel::StraightLine(line) => {
            let place = |at: usize| problem.places.get(at).and_then(|place| place.at);
            let (Some(from), Some(to)) = (place(from), place(to)) else { return (i64::MAX / 4, i64::MAX / 4) };
            let (one, other) = (from.lat().to_radians(), to.lat().to_radians());
            let (north, east) = ((other - one) / 2.0, (to.lon() - from.lon()).to_radians() / 2.0);
            let half = north.sin().powi(2) + one.cos() * other.cos() * east.sin().powi(2);
            let metres = (2.0 * EARTH_M * half.sqrt().min(1.0).asin() * line.detour).round();
            let mut left = metres;
            let mut hours = 0.0;
            let mut before = 0.0;
            for (up_to, kmh) in &line.speeds {
                let here = left.min(up_to - before).max(0.0);
                hours += here / 1000.0 / kmh;
                left -= here;
                before = *up_to;
            }
            // A way that takes whole seconds but for the last digits of a float takes these whole seconds.
            #[expect(clippy::cast_possible_truncation, reason = "ways on earth")]
            let whole = (metres as i64, (hours * 3600.0 - 1e-6).ceil() as i64);
            whole
        }
    }
}

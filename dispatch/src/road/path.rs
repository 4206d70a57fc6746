//! The quickest way between two spots.
#![expect(clippy::indexing_slicing, reason = "stretches are indices of the network's list")]

use fast_paths::PathCalculator;

use super::network::{RoadNetwork, weight};
use super::read::Stretch;
use super::spot::Spot;
use crate::plan::travel::{NO_WAY, Way};

/// So near to its end a stretch is its junction, metres.
const JUNCTION_M: f64 = 1.0;

/// Finds ways one after another; it holds what a search needs.
pub(super) struct Finder<'a> {
    network: &'a RoadNetwork,
    calculator: PathCalculator,
}

/// An end of the stretch on which a spot is: the junction, and metres to it or from it.
type End = (u32, f64);

impl<'a> Finder<'a> {
    pub(super) fn new(network: &'a RoadNetwork) -> Self {
        Self { network, calculator: fast_paths::create_calculator(&network.graph) }
    }

    /// The quickest way: metres of it, and whole seconds rounded up.
    pub(super) fn way(&mut self, from: &Spot, to: &Spot) -> Way {
        let direct = self.direct(from, to);
        let over = self.over(from, to);
        let quickest = match (direct, over) {
            (Some(direct), Some(over)) => Some(if direct.1 <= over.1 { direct } else { over }),
            (direct, over) => direct.or(over),
        };
        let Some((metres, seconds)) = quickest else { return Way { metres: NO_WAY, seconds: NO_WAY } };
        let beside = from.away + to.away;
        let seconds = seconds + beside * 3.6 / self.network.speeds.service;
        let most = f64::from(NO_WAY);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ways on earth, held below NO_WAY")]
        let way = Way { metres: (metres + beside).round().min(most) as u32, seconds: seconds.ceil().min(most) as u32 };
        way
    }

    /// Along one stretch, without a junction: metres and seconds.
    fn direct(&self, from: &Spot, to: &Spot) -> Option<(f64, f64)> {
        let stretch = &self.network.drawn.stretches[from.stretch as usize];
        let ahead = to.along - from.along;
        let is_open = if ahead < 0.0 { stretch.traffic.backward } else { stretch.traffic.forward || ahead == 0.0 };
        (from.stretch == to.stretch && is_open).then(|| (ahead.abs(), stretch.seconds(ahead.abs())))
    }

    /// Over junctions: metres and seconds.
    fn over(&mut self, from: &Spot, to: &Spot) -> Option<(f64, f64)> {
        let (out, into) = (self.leaving(from), self.arriving(to));
        let weighted = |ends: &[End], spot: &Spot| -> Vec<(usize, usize)> {
            let stretch = &self.network.drawn.stretches[spot.stretch as usize];
            ends.iter().map(|(junction, metres)| (*junction as usize, weight(stretch.seconds(*metres)))).collect()
        };
        let (sources, targets) = (weighted(&out, from), weighted(&into, to));
        if sources.is_empty() || targets.is_empty() {
            return None;
        }
        let path = self.calculator.calc_path_multiple_sources_and_targets(&self.network.graph, sources, targets)?;
        let nodes = path.get_nodes();
        let (first, last) = (*nodes.first()?, *nodes.last()?);
        let end =
            |ends: &[End], junction: usize| ends.iter().find(|(known, _)| *known as usize == junction).map(|(_, metres)| *metres);
        let mut metres = end(&out, first)? + end(&into, last)?;
        for pair in nodes.windows(2) {
            let key = (u32::try_from(pair[0]).ok()?, u32::try_from(pair[1]).ok()?);
            metres += self.network.metres.get(&key)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a way on earth")]
        let seconds = path.get_weight() as f64 / 1000.0;
        Some((metres, seconds))
    }

    /// The junctions that can be reached from a spot along its stretch.
    fn leaving(&self, spot: &Spot) -> Vec<End> {
        let stretch = &self.network.drawn.stretches[spot.stretch as usize];
        let ahead = stretch.traffic.forward.then_some((stretch.to, stretch.metres - spot.along));
        let back = stretch.traffic.backward.then_some((stretch.from, spot.along));
        nearest([ahead, back, at_junction(stretch, spot)])
    }

    /// The junctions from which a spot can be reached.
    fn arriving(&self, spot: &Spot) -> Vec<End> {
        let stretch = &self.network.drawn.stretches[spot.stretch as usize];
        let ahead = stretch.traffic.forward.then_some((stretch.from, spot.along));
        let back = stretch.traffic.backward.then_some((stretch.to, stretch.metres - spot.along));
        nearest([ahead, back, at_junction(stretch, spot)])
    }
}

/// Whoever stands in a junction goes from there wherever a road leads, whichever of them the spot was put onto.
fn at_junction(stretch: &Stretch, spot: &Spot) -> Option<End> {
    let rest = stretch.metres - spot.along;
    if spot.along < JUNCTION_M { Some((stretch.from, spot.along)) } else { (rest < JUNCTION_M).then_some((stretch.to, rest)) }
}

/// Each junction once, the nearest way to it.
fn nearest(ends: [Option<End>; 3]) -> Vec<End> {
    let mut found: Vec<End> = Vec::with_capacity(2);
    for end in ends.into_iter().flatten() {
        match found.iter_mut().find(|known| known.0 == end.0) {
            Some(known) => known.1 = known.1.min(end.1),
            None => found.push(end),
        }
    }
    found
}

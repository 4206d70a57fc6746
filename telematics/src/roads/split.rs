//! Where roads meet: crossings, ends that touch another road, and places beside a road.

use std::collections::BTreeMap;

use super::Road;
use super::geometry::{between, crossing, nearest_on};
use crate::place::LonLat;

/// An end this near to another road, in metres, is a junction with it.
const TOUCH_M: f64 = 5.0;

/// A spot on a road's line: segment and share along it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) road: usize,
    pub(super) segment: usize,
    pub(super) share: f64,
    pub(super) at: LonLat,
}

struct Segment {
    road: usize,
    index: usize,
    from: LonLat,
    to: LonLat,
}

impl Segment {
    fn spot(&self, share: f64, at: LonLat) -> Spot {
        Spot { road: self.road, segment: self.index, share, at }
    }

    fn west(&self) -> f64 {
        self.from.lon().min(self.to.lon())
    }

    fn east(&self) -> f64 {
        self.from.lon().max(self.to.lon())
    }

    fn overlaps_north_south(&self, other: &Self) -> bool {
        let (low, high) = ordered(self.from.lat(), self.to.lat());
        let (other_low, other_high) = ordered(other.from.lat(), other.to.lat());
        low <= other_high && other_low <= high
    }
}

/// Spots where roads must be cut so that they share a node; both roads of a meeting are named, with the same place.
pub(super) fn meetings(roads: &[Road]) -> Vec<Spot> {
    let mut segments = segments(roads);
    segments.sort_by(|a, b| a.west().total_cmp(&b.west()));
    let mut spots = Vec::new();
    for (i, first) in segments.iter().enumerate() {
        let east = first.east();
        let rest = segments.iter().skip(i + 1).take_while(|second| second.west() <= east);
        for second in rest.filter(|second| second.road != first.road && second.overlaps_north_south(first)) {
            if let Some((a, b)) = crossing(first.from, first.to, second.from, second.to) {
                let at = between(first.from, first.to, a);
                spots.extend([first.spot(a, at), second.spot(b, at)]);
            }
        }
    }
    for (road, end) in ends(roads) {
        let near = nearest(&segments, end, |segment| segment.road != road);
        if let Some((segment, share, _)) = near.filter(|(_, _, off)| *off <= TOUCH_M) {
            spots.push(segment.spot(share, end));
        }
    }
    spots
}

/// For every place the spot on the network that is nearest to it.
pub(super) fn beside(roads: &[Road], places: &[LonLat]) -> Vec<Option<Spot>> {
    let segments = segments(roads);
    let spot = |place: &LonLat| {
        nearest(&segments, *place, |_| true)
            .map(|(segment, share, _)| segment.spot(share, between(segment.from, segment.to, share)))
    };
    places.iter().map(spot).collect()
}

/// Cuts by road and segment, in the order of the road.
pub(super) fn by_segment(spots: &[Spot]) -> BTreeMap<(usize, usize), Vec<Spot>> {
    let mut cuts: BTreeMap<(usize, usize), Vec<Spot>> = BTreeMap::new();
    for spot in spots {
        cuts.entry((spot.road, spot.segment)).or_default().push(*spot);
    }
    for list in cuts.values_mut() {
        list.sort_by(|a, b| a.share.total_cmp(&b.share));
    }
    cuts
}

fn segments(roads: &[Road]) -> Vec<Segment> {
    let of_road = |(road, line): (usize, &Road)| {
        let pairs = line.line.iter().zip(line.line.iter().skip(1)).enumerate();
        pairs.map(|(index, (from, to))| Segment { road, index, from: *from, to: *to }).collect::<Vec<_>>()
    };
    roads.iter().enumerate().flat_map(of_road).collect()
}

fn ends(roads: &[Road]) -> impl Iterator<Item = (usize, LonLat)> {
    roads
        .iter()
        .enumerate()
        .flat_map(|(road, line)| line.line.first().into_iter().chain(line.line.last()).map(move |at| (road, *at)))
}

fn nearest(segments: &[Segment], place: LonLat, wanted: impl Fn(&Segment) -> bool) -> Option<(&Segment, f64, f64)> {
    let measured = segments.iter().filter(|segment| wanted(segment)).map(|segment| {
        let (share, off) = nearest_on(place, segment.from, segment.to);
        (segment, share, off)
    });
    measured.min_by(|a, b| a.2.total_cmp(&b.2))
}

fn ordered(a: f64, b: f64) -> (f64, f64) {
    (a.min(b), a.max(b))
}

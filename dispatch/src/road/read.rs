//! From a file to stretches: ways are cut where they meet, and what cannot be reached from everywhere and back is left out.
#![expect(clippy::indexing_slicing, reason = "junctions and points are indices of lists made here")]
#![expect(clippy::cast_possible_truncation, reason = "points and junctions of a map: fewer than 2^32")]

use std::collections::HashMap;
use std::io::Cursor;

use osmpbf::{Element, ElementReader};
use telematics::place::LonLat;

use super::RoadError;
use super::kind::{RoadSpeeds, Traffic, traffic};

/// A road between two junctions, as it was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) from: u32,
    pub(super) to: u32,
    /// Its points in the network's list of them.
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) metres: f64,
    pub(super) traffic: Traffic,
}

impl Stretch {
    /// Seconds for so many metres of it.
    pub(super) fn seconds(&self, metres: f64) -> f64 {
        metres * 3.6 / self.traffic.kmh
    }
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) junctions: u32,
    pub(super) stretches: Vec<Stretch>,
    pub(super) points: Vec<LonLat>,
}

/// Reads the roads of a file.
pub(super) fn read(file: &[u8], speeds: &RoadSpeeds) -> Result<Drawn, RoadError> {
    let mut ways: Vec<(Traffic, Vec<i64>)> = Vec::new();
    ElementReader::new(Cursor::new(file)).for_each(|element| {
        if let Element::Way(way) = element
            && let Some(traffic) = traffic(way.tags(), speeds)
        {
            ways.push((traffic, way.refs().collect()));
        }
    })?;
    // How often a point is passed; the ends of ways count twice, so that they are junctions.
    let mut uses: HashMap<i64, u32> = HashMap::new();
    for (_, refs) in &ways {
        refs.iter().chain(refs.first()).chain(refs.last()).for_each(|id| *uses.entry(*id).or_default() += 1);
    }
    let mut places: HashMap<i64, LonLat> = HashMap::with_capacity(uses.len());
    let mut keep = |id: i64, lon: f64, lat: f64| {
        if let Some(place) = uses.contains_key(&id).then(|| LonLat::new(lon, lat).ok()).flatten() {
            places.insert(id, place);
        }
    };
    ElementReader::new(Cursor::new(file)).for_each(|element| match element {
        Element::Node(node) => keep(node.id(), node.lon(), node.lat()),
        Element::DenseNode(node) => keep(node.id(), node.lon(), node.lat()),
        _ => {}
    })?;
    let drawn = connected(cut(&ways, &uses, &places));
    if drawn.stretches.is_empty() { Err(RoadError::Empty) } else { Ok(drawn) }
}

/// Cuts ways at junctions. A point that the file does not have, as beyond the edge of an extract, ends a stretch.
fn cut(ways: &[(Traffic, Vec<i64>)], uses: &HashMap<i64, u32>, places: &HashMap<i64, LonLat>) -> Drawn {
    let mut drawn = Drawn::default();
    let mut numbers: HashMap<i64, u32> = HashMap::new();
    for (traffic, refs) in ways {
        let mut open: Option<(i64, u32)> = None;
        let mut metres = 0.0;
        for id in refs {
            let Some(place) = places.get(id) else {
                open = None;
                continue;
            };
            let at = drawn.points.len() as u32;
            drawn.points.push(*place);
            let Some((from, first)) = open else {
                (open, metres) = (Some((*id, at)), 0.0);
                continue;
            };
            metres += drawn.points[drawn.points.len() - 2].distance_to(*place).metres();
            if uses.get(id).is_some_and(|uses| *uses > 1) {
                let mut number = |id: i64| {
                    let next = numbers.len() as u32;
                    *numbers.entry(id).or_insert(next)
                };
                let (from, to) = (number(from), number(*id));
                drawn.stretches.push(Stretch { from, to, first, last: at, metres, traffic: *traffic });
                // The next stretch begins at the same place.
                (open, metres) = (Some((*id, at)), 0.0);
            }
        }
    }
    drawn.junctions = numbers.len() as u32;
    drawn
}

/// Leaves the largest part of the map in which everything can be reached from everything, its junctions numbered anew.
fn connected(drawn: Drawn) -> Drawn {
    let part = parts(&drawn);
    let mut sizes: HashMap<u32, usize> = HashMap::new();
    for part in &part {
        *sizes.entry(*part).or_default() += 1;
    }
    let largest = sizes.iter().max_by_key(|(part, size)| (**size, std::cmp::Reverse(**part))).map(|(part, _)| *part);
    let is_in = |junction: u32| Some(part[junction as usize]) == largest;
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    let mut number = |junction: u32| {
        let next = numbers.len() as u32;
        *numbers.entry(junction).or_insert(next)
    };
    let kept = drawn.stretches.into_iter().filter(|stretch| is_in(stretch.from) && is_in(stretch.to));
    let stretches: Vec<Stretch> =
        kept.map(|stretch| Stretch { from: number(stretch.from), to: number(stretch.to), ..stretch }).collect();
    Drawn { junctions: numbers.len() as u32, stretches, points: drawn.points }
}

/// The part of each junction (Tarjan, 1972), without recursion: a map is deep.
fn parts(drawn: &Drawn) -> Vec<u32> {
    const NONE: u32 = u32::MAX;
    let size = drawn.junctions as usize;
    let mut next: Vec<Vec<u32>> = vec![Vec::new(); size];
    for stretch in &drawn.stretches {
        if stretch.traffic.forward {
            next[stretch.from as usize].push(stretch.to);
        }
        if stretch.traffic.backward {
            next[stretch.to as usize].push(stretch.from);
        }
    }
    let (mut index, mut low, mut part) = (vec![NONE; size], vec![0_u32; size], vec![NONE; size]);
    let (mut stack, mut count, mut found) = (Vec::new(), 0, 0);
    for root in 0..size {
        if index[root] != NONE {
            continue;
        }
        let mut work = vec![(root, 0_usize)];
        while let Some((at, edge)) = work.pop() {
            if edge == 0 {
                (index[at], low[at]) = (count, count);
                count += 1;
                stack.push(at);
            } else {
                let child = next[at][edge - 1] as usize;
                low[at] = low[at].min(low[child]);
            }
            let more = (edge..next[at].len()).find(|edge| {
                let child = next[at][*edge] as usize;
                if index[child] != NONE && part[child] == NONE {
                    low[at] = low[at].min(index[child]);
                }
                index[child] == NONE
            });
            if let Some(edge) = more {
                work.push((at, edge + 1));
                work.push((next[at][edge] as usize, 0));
            } else if low[at] == index[at] {
                while let Some(member) = stack.pop() {
                    part[member] = found;
                    if member == at {
                        break;
                    }
                }
                found += 1;
            }
        }
    }
    part
}

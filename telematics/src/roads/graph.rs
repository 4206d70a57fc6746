//! The network as a graph: nodes where roads meet or end, edges along the roads between them.

use std::collections::HashMap;

use super::geometry::nearest_on;
use super::split::{beside, by_segment, meetings};
use super::{Road, RoadClass};
use crate::place::LonLat;
use crate::quantity::{Distance, Speed};

/// Places nearer to each other than this, in metres, are one node.
const SAME_M: f64 = 4.0;

/// A node's number (节点).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub usize);

/// A piece of road between two nodes (路段); it may be driven in both directions.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Where its line begins.
    pub from: NodeId,
    /// Where its line ends.
    pub to: NodeId,
    /// Which road, by its number in [`RoadGraph::roads`].
    pub road: usize,
    /// Its line, both ends included.
    pub line: Vec<LonLat>,
    /// Length of the line.
    pub length: Distance,
}

/// Roads that meet (路网图).
#[derive(Clone, Debug)]
pub struct RoadGraph {
    roads: Vec<Road>,
    nodes: Vec<LonLat>,
    edges: Vec<Edge>,
    leaving: Vec<Vec<usize>>,
    anchors: Vec<NodeId>,
}

impl RoadGraph {
    /// The graph of `roads`, cut wherever two of them meet and beside every one of `places`.
    pub fn of(roads: Vec<Road>, places: &[LonLat]) -> Self {
        let beside = beside(&roads, places);
        let mut spots = meetings(&roads);
        spots.extend(beside.iter().flatten());
        let cuts = by_segment(&spots);
        let mut nodes = Nodes::default();
        let mut edges = Vec::new();
        for (index, road) in roads.iter().enumerate() {
            let mut piece = Piece::new(index);
            let last = road.line.len() - 1;
            for (segment, at) in road.line.iter().enumerate() {
                let is_end = segment == 0 || segment == last;
                piece.pass(*at, is_end, &mut nodes, &mut edges);
                for cut in cuts.get(&(index, segment)).into_iter().flatten() {
                    piece.pass(cut.at, true, &mut nodes, &mut edges);
                }
            }
        }
        let anchors =
            beside.iter().map(|spot| nodes.at(spot.map_or(LonLat::from_e7(0, 0).expect("null island"), |s| s.at))).collect();
        let mut leaving = vec![Vec::new(); nodes.places.len()];
        for (number, edge) in edges.iter().enumerate() {
            for node in [edge.from, edge.to] {
                if let Some(list) = leaving.get_mut(node.0) {
                    list.push(number);
                }
            }
        }
        Self { roads, nodes: nodes.places, edges, leaving, anchors }
    }

    /// The roads, as they were given.
    pub fn roads(&self) -> &[Road] {
        &self.roads
    }

    /// All edges.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Number of nodes.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Where a node is.
    pub fn place_of(&self, node: NodeId) -> LonLat {
        *self.nodes.get(node.0).expect("a node of this graph")
    }

    /// The node beside the place of that number.
    pub fn anchor(&self, place: usize) -> NodeId {
        *self.anchors.get(place).expect("a place this graph was made with")
    }

    /// Edges that touch a node.
    pub fn touching(&self, node: NodeId) -> impl Iterator<Item = (usize, &Edge)> {
        self.leaving.get(node.0).into_iter().flatten().filter_map(|number| Some((*number, self.edges.get(*number)?)))
    }

    /// Road of an edge.
    pub fn road_of(&self, edge: &Edge) -> &Road {
        self.roads.get(edge.road).expect("an edge of this graph")
    }

    /// Kind of the road of an edge.
    pub fn class_of(&self, edge: &Edge) -> RoadClass {
        self.road_of(edge).class
    }

    /// Seconds to drive an edge at its limit.
    pub fn seconds(&self, edge: &Edge) -> f64 {
        let limit: Speed = self.road_of(edge).limit;
        edge.length.metres() / limit.mps()
    }

    /// The node nearest to a place.
    pub fn nearest_node(&self, place: LonLat) -> Option<NodeId> {
        let by_distance = |a: &(usize, &LonLat), b: &(usize, &LonLat)| {
            place.distance_to(*a.1).metres().total_cmp(&place.distance_to(*b.1).metres())
        };
        self.nodes.iter().enumerate().min_by(by_distance).map(|(number, _)| NodeId(number))
    }

    /// Metres from a place to the nearest road, and that road.
    pub fn nearest_road(&self, place: LonLat) -> Option<(f64, &Road)> {
        let off = |edge: &Edge| {
            let pairs = edge.line.iter().zip(edge.line.iter().skip(1));
            pairs.map(|(a, b)| nearest_on(place, *a, *b).1).min_by(f64::total_cmp).unwrap_or(f64::INFINITY)
        };
        let measured = self.edges.iter().map(|edge| (off(edge), self.road_of(edge)));
        measured.min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// The stretch of road since the last node.
struct Piece {
    road: usize,
    from: Option<NodeId>,
    line: Vec<LonLat>,
}

impl Piece {
    const fn new(road: usize) -> Self {
        Self { road, from: None, line: Vec::new() }
    }

    fn pass(&mut self, at: LonLat, is_node: bool, nodes: &mut Nodes, edges: &mut Vec<Edge>) {
        let known = if is_node { Some(nodes.at(at)) } else { nodes.known(at) };
        let Some(node) = known else {
            self.line.push(at);
            return;
        };
        let at = nodes.place(node);
        match self.from {
            Some(from) if from == node && self.line.len() < 3 => self.line.truncate(1),
            Some(from) => {
                self.line.push(at);
                let line = std::mem::replace(&mut self.line, vec![at]);
                edges.push(Edge { from, to: node, road: self.road, length: length(&line), line });
            }
            None => self.line.push(at),
        }
        self.from = Some(node);
    }
}

/// Nodes found so far, with a grid of cells to find them by place.
#[derive(Default)]
struct Nodes {
    places: Vec<LonLat>,
    cells: HashMap<(i32, i32), Vec<usize>>,
}

impl Nodes {
    fn at(&mut self, place: LonLat) -> NodeId {
        if let Some(node) = self.known(place) {
            return node;
        }
        let number = self.places.len();
        self.places.push(place);
        self.cells.entry(Self::cell(place)).or_default().push(number);
        NodeId(number)
    }

    fn known(&self, place: LonLat) -> Option<NodeId> {
        let (x, y) = Self::cell(place);
        let cells = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        let mut near = cells.filter_map(|cell| self.cells.get(&cell)).flatten().copied();
        near.find(|number| self.place(NodeId(*number)).distance_to(place).metres() <= SAME_M).map(NodeId)
    }

    fn place(&self, node: NodeId) -> LonLat {
        *self.places.get(node.0).expect("a node made here")
    }

    /// Cells of a ten-thousandth of a degree: about ten metres.
    fn cell(place: LonLat) -> (i32, i32) {
        let (lon, lat) = place.to_e7();
        (lon.div_euclid(1000), lat.div_euclid(1000))
    }
}

fn length(line: &[LonLat]) -> Distance {
    Distance::from_metres(line.iter().zip(line.iter().skip(1)).map(|(a, b)| a.distance_to(*b).metres()).sum())
}

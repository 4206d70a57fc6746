//! Fastest ways from everywhere to one node: Dijkstra's tree, worked out once and then only walked.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::{NodeId, RoadGraph};
use crate::quantity::Distance;

/// Seconds that a junction costs beyond the driving, so that a way with fewer turns is preferred.
const JUNCTION_S: f64 = 4.0;

/// One edge of a way, and whether it is driven along its line or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Number of the edge.
    pub edge: usize,
    /// Driven from the edge's `to` to its `from`.
    pub backwards: bool,
}

/// The fastest ways to `root` (最短路径树).
#[derive(Clone, Debug)]
pub struct Tree {
    root: NodeId,
    seconds: Vec<f64>,
    next: Vec<Option<Step>>,
}

impl Tree {
    /// The ways to `root` over all of `graph`.
    pub fn to(graph: &RoadGraph, root: NodeId) -> Self {
        let mut tree = Self { root, seconds: vec![f64::INFINITY; graph.node_count()], next: vec![None; graph.node_count()] };
        let mut open = BinaryHeap::from([Reverse((0_u64, root))]);
        tree.improve(root, 0.0, None);
        while let Some(Reverse((_, node))) = open.pop() {
            let so_far = tree.seconds_from(node);
            for (number, edge) in graph.touching(node) {
                let (other, backwards) = if edge.from == node { (edge.to, true) } else { (edge.from, false) };
                let cost = so_far + graph.seconds(edge) + JUNCTION_S;
                if cost < tree.seconds_from(other) {
                    tree.improve(other, cost, Some(Step { edge: number, backwards }));
                    open.push(Reverse((millis(cost), other)));
                }
            }
        }
        tree
    }

    /// Where the ways lead.
    pub const fn root(&self) -> NodeId {
        self.root
    }

    /// Seconds of the fastest way from `node`; infinite when there is none.
    pub fn seconds_from(&self, node: NodeId) -> f64 {
        self.seconds.get(node.0).copied().unwrap_or(f64::INFINITY)
    }

    /// The fastest way from `node` to the root: empty at the root, `None` when there is none.
    pub fn way_from(&self, graph: &RoadGraph, node: NodeId) -> Option<Vec<Step>> {
        let mut way = Vec::new();
        let mut here = node;
        while here != self.root {
            let step = self.next.get(here.0).copied().flatten()?;
            let edge = graph.edges().get(step.edge)?;
            here = if step.backwards { edge.from } else { edge.to };
            way.push(step);
        }
        Some(way)
    }

    fn improve(&mut self, node: NodeId, seconds: f64, step: Option<Step>) {
        if let (Some(cost), Some(next)) = (self.seconds.get_mut(node.0), self.next.get_mut(node.0)) {
            (*cost, *next) = (seconds, step);
        }
    }
}

/// Length of a way.
pub fn length(graph: &RoadGraph, way: &[Step]) -> Distance {
    let metres = |step: &Step| graph.edges().get(step.edge).map_or(0.0, |edge| edge.length.metres());
    Distance::from_metres(way.iter().map(metres).sum())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "hours of driving in milliseconds, never negative")]
fn millis(seconds: f64) -> u64 {
    (seconds * 1000.0) as u64
}

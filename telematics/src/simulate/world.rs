//! The world of the simulated cars: roads, the places they go to, and the fastest ways between them.

use std::sync::OnceLock;

use crate::place::LonLat;
use crate::roads::graph::{NodeId, RoadGraph};
use crate::roads::tree::{Step, Tree};
use crate::roads::{self, Road};

/// Places of Hangzhou that cars visit, fill up and charge at.
const HANGZHOU_PLACES: &str = include_str!("../../data/hangzhou-places.txt");

/// What a site is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteKind {
    /// 单位: cars live here.
    Unit,
    /// Cars go there.
    Visit,
    /// 加油站.
    FuelStation,
    /// 充电站.
    ChargingStation,
}

/// A place that cars go to (地点); its number is its place in [`World::sites`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// What for.
    pub kind: SiteKind,
    /// On the road beside it.
    pub at: LonLat,
    node: NodeId,
}

/// Roads and sites (模拟世界).
#[derive(Debug)]
pub struct World {
    graph: RoadGraph,
    sites: Vec<Site>,
    starts: Vec<NodeId>,
    trees: Vec<OnceLock<Tree>>,
}

impl World {
    /// Hangzhou with `units` as the first sites, and `starts`: where cars are that begin on the way.
    pub fn hangzhou(units: &[LonLat], starts: &[LonLat]) -> Self {
        let units = units.iter().map(|at| (SiteKind::Unit, *at));
        let sites: Vec<_> = units.chain(places(HANGZHOU_PLACES)).collect();
        Self::of(roads::hangzhou(), &sites, starts)
    }

    /// A world of other roads.
    pub fn of(roads: Vec<Road>, sites: &[(SiteKind, LonLat)], starts: &[LonLat]) -> Self {
        let places: Vec<_> = sites.iter().map(|(_, at)| *at).chain(starts.iter().copied()).collect();
        let graph = RoadGraph::of(roads, &places);
        let site = |(number, (kind, _)): (usize, &(SiteKind, LonLat))| {
            let node = graph.anchor(number);
            Site { kind: *kind, at: graph.place_of(node), node }
        };
        let numbered: Vec<_> = sites.iter().enumerate().map(site).collect();
        let starts = (sites.len()..places.len()).map(|number| graph.anchor(number)).collect();
        let trees = numbered.iter().map(|_| OnceLock::new()).collect();
        Self { graph, sites: numbered, starts, trees }
    }

    /// The roads.
    pub const fn graph(&self) -> &RoadGraph {
        &self.graph
    }

    /// All sites.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// A site by its number.
    pub fn site(&self, number: usize) -> &Site {
        self.sites.get(number).expect("the number of a site of this world")
    }

    /// The node of the start of that number.
    pub fn start(&self, number: usize) -> NodeId {
        *self.starts.get(number).expect("the number of a start of this world")
    }

    /// The node beside a site.
    pub fn node_of(&self, site: usize) -> NodeId {
        self.site(site).node
    }

    /// Seconds at the limit from a node to a site; infinite when no road leads there.
    pub fn seconds(&self, from: NodeId, to: usize) -> f64 {
        self.tree(to).seconds_from(from)
    }

    /// The fastest way from a node to a site.
    pub fn way(&self, from: NodeId, to: usize) -> Option<Vec<Step>> {
        self.tree(to).way_from(&self.graph, from)
    }

    /// The site of a kind that is nearest to a node, in time.
    pub fn nearest(&self, kind: SiteKind, from: NodeId) -> Option<usize> {
        let of_kind = self.sites.iter().enumerate().filter(|(_, site)| site.kind == kind).map(|(number, _)| number);
        of_kind.min_by(|a, b| self.seconds(from, *a).total_cmp(&self.seconds(from, *b)))
    }

    fn tree(&self, site: usize) -> &Tree {
        let tree = self.trees.get(site).expect("the number of a site of this world");
        tree.get_or_init(|| Tree::to(&self.graph, self.node_of(site)))
    }
}

/// Lines of `kind|name|longitude|latitude`; what is none is left out, and a test says that there is none.
fn places(text: &str) -> impl Iterator<Item = (SiteKind, LonLat)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('|');
        let kind = match fields.next()? {
            "visit" => SiteKind::Visit,
            "fuel" => SiteKind::FuelStation,
            "charge" => SiteKind::ChargingStation,
            _ => return None,
        };
        let lon = fields.nth(1)?.parse().ok()?;
        let lat = fields.next()?.parse().ok()?;
        Some((kind, LonLat::new(lon, lat).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_the_list_is_read_and_lies_near_a_road() {
        let listed = HANGZHOU_PLACES.lines().filter(|line| !line.starts_with('#')).count();
        let found: Vec<_> = places(HANGZHOU_PLACES).collect();
        assert_eq!(found.len(), listed);
        let world = World::hangzhou(&[], &[]);
        for ((_, at), line) in found.iter().zip(HANGZHOU_PLACES.lines().skip(1)) {
            let (metres, road) = world.graph().nearest_road(*at).unwrap();
            assert!(metres < 900.0, "{line}: {metres} m from {}", road.name);
        }
    }

    #[test]
    fn every_site_can_be_reached() {
        let world = World::hangzhou(&[], &[]);
        let from = world.node_of(0);
        assert!((0..world.sites().len()).all(|site| world.seconds(from, site).is_finite()));
        assert_eq!(world.site(world.nearest(SiteKind::FuelStation, from).unwrap()).kind, SiteKind::FuelStation);
    }
}

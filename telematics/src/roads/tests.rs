//! The committed network is what it says it is.

use std::collections::BTreeSet;

use super::geometry::crossing;
use super::graph::{NodeId, RoadGraph};
use super::tree::{Tree, length};
use super::*;

/// The middle of the Qiantang from Fuyang down to the estuary, by hand: whoever crosses it crosses the river.
const RIVER: &[(f64, f64)] = &[
    (119.934, 30.026),
    (119.959, 30.046),
    (119.988, 30.045),
    (120.038, 30.043),
    (120.079, 30.061),
    (120.112, 30.073),
    (120.143, 30.086),
    (120.157, 30.103),
    (120.159, 30.116),
    (120.146, 30.132),
    (120.129, 30.146),
    (120.119, 30.164),
    (120.118, 30.175),
    (120.134, 30.190),
    (120.145, 30.199),
    (120.162, 30.205),
    (120.176, 30.211),
    (120.192, 30.219),
    (120.206, 30.229),
    (120.220, 30.244),
    (120.232, 30.262),
    (120.246, 30.277),
    (120.262, 30.286),
    (120.286, 30.292),
    (120.304, 30.289),
    (120.316, 30.277),
    (120.325, 30.263),
    (120.345, 30.254),
    (120.366, 30.258),
    (120.385, 30.278),
    (120.388, 30.300),
    (120.392, 30.325),
    (120.404, 30.360),
    (120.430, 30.376),
    (120.480, 30.384),
    (120.560, 30.384),
];

fn place(&(lon, lat): &(f64, f64)) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

fn crosses_river(line: &[LonLat]) -> bool {
    let river: Vec<_> = RIVER.iter().map(place).collect();
    line.windows(2).any(|road| river.windows(2).any(|water| crossing(road[0], road[1], water[0], water[1]).is_some()))
}

#[test]
fn sixty_and_more_named_roads_of_every_class() {
    let roads = parse(HANGZHOU_GEOJSON).unwrap();
    let names: BTreeSet<_> = roads.iter().map(|road| road.name.as_str()).collect();
    assert!(names.len() >= 200, "{}", names.len());
    for class in [RoadClass::Expressway, RoadClass::Arterial, RoadClass::Street] {
        assert!(roads.iter().filter(|road| road.class == class).count() >= 20, "{class:?}");
    }
    for name in ["绕城高速", "中河高架", "德胜快速路", "天目山路", "延安路", "江南大道", "市心路", "文一西路"]
    {
        assert!(names.contains(name), "{name}");
    }
    assert!(roads.iter().all(|road| (30.0..=100.0).contains(&road.limit.kmh())));
}

#[test]
fn the_river_is_crossed_at_bridges_and_tunnels_alone() {
    let roads = hangzhou();
    for road in &roads {
        assert_eq!(crosses_river(&road.line), road.crosses_river, "{}", road.name);
    }
    assert_eq!(roads.iter().filter(|road| road.crosses_river).count(), 10);
}

#[test]
fn every_road_can_be_reached_from_every_other() {
    let graph = RoadGraph::of(hangzhou(), &[]);
    let tree = Tree::to(&graph, NodeId(0));
    let apart = (0..graph.node_count()).filter(|node| tree.seconds_from(NodeId(*node)).is_infinite()).count();
    assert_eq!(apart, 0, "of {} nodes", graph.node_count());
    assert!(graph.node_count() > 700, "{}", graph.node_count());
}

#[test]
fn the_way_from_the_airport_to_the_lake_is_about_as_long_as_in_the_city() {
    let (airport, lake) = (place(&(120.432, 30.237)), place(&(120.156, 30.2545)));
    let graph = RoadGraph::of(hangzhou(), &[airport, lake]);
    let tree = Tree::to(&graph, graph.anchor(1));
    let way = tree.way_from(&graph, graph.anchor(0)).unwrap();
    let km = length(&graph, &way).km();
    assert!((28.0..40.0).contains(&km), "{km}");
    let minutes = tree.seconds_from(graph.anchor(0)) / 60.0;
    assert!((20.0..60.0).contains(&minutes), "{minutes}");
}

#[test]
fn the_way_is_one_line_and_the_same_length_both_ways() {
    let places = [place(&(120.10, 30.29)), place(&(120.26, 30.19))];
    let graph = RoadGraph::of(hangzhou(), &places);
    let there = Tree::to(&graph, graph.anchor(1)).way_from(&graph, graph.anchor(0)).unwrap();
    let back = Tree::to(&graph, graph.anchor(0)).way_from(&graph, graph.anchor(1)).unwrap();
    assert!((length(&graph, &there).metres() - length(&graph, &back).metres()).abs() < 1.0);
    let mut here = graph.anchor(0);
    for step in &there {
        let edge = &graph.edges()[step.edge];
        let (from, to) = if step.backwards { (edge.to, edge.from) } else { (edge.from, edge.to) };
        assert_eq!(from, here);
        here = to;
    }
    assert_eq!(here, graph.anchor(1));
}

#[test]
fn roads_that_cross_without_a_common_point_are_joined() {
    let road = |name: &str, a: (f64, f64), b: (f64, f64)| Road {
        name: name.to_owned(),
        class: RoadClass::Street,
        limit: Speed::from_kmh(40.0),
        crosses_river: false,
        line: vec![place(&a), place(&b)],
    };
    let cross = vec![road("east", (120.0, 30.0), (120.02, 30.0)), road("north", (120.01, 29.99), (120.01, 30.01))];
    let graph = RoadGraph::of(cross, &[place(&(120.005, 30.0001))]);
    assert_eq!((graph.node_count(), graph.edges().len()), (6, 5));
}

#[test]
fn what_is_no_network_has_a_code() {
    assert_eq!(parse("{}").unwrap_err().code(), "roads.json");
    let short = r#"{"features":[{"properties":{"name":"x","class":"street"},"geometry":{"type":"LineString","coordinates":[[120,30]]}}]}"#;
    assert_eq!(parse(short).unwrap_err().code(), "roads.line");
}

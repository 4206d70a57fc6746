//! Little maps, drawn here and written as the format says.

mod map;

use proptest::prelude::*;
use telematics::place::LonLat;
use telematics::simulate::chance::Chance;

use self::map::{Drawing, place};
use super::{RoadError, RoadNetwork, RoadSpeeds};
use crate::plan::travel::{TravelTime as _, Way};

fn network(drawing: &Drawing) -> RoadNetwork {
    RoadNetwork::read(&drawing.file(), RoadSpeeds::default()).unwrap()
}

fn way(network: &RoadNetwork, from: LonLat, to: LonLat) -> Way {
    network.matrix(&[from, to]).unwrap().way(0, 1)
}

/// Metres and seconds may differ by the rounding of the earth.
fn is_about(way: Way, metres: u32, seconds: u32) -> bool {
    way.metres.abs_diff(metres) <= 1 + metres / 500 && way.seconds.abs_diff(seconds) <= 1 + seconds / 500
}

/// A street of 2 km from west to east with a crossing in the middle, from which a street leads 1 km to the north.
fn crossing() -> Drawing {
    let mut drawing = Drawing::default();
    drawing.points(&[(1, 0.0, 0.0), (2, 1.0, 0.0), (3, 2.0, 0.0), (4, 1.0, 1.0)]);
    drawing.way(&[1, 2, 3], &[("highway", "secondary"), ("maxspeed", "60")]);
    drawing.way(&[2, 4], &[("highway", "residential")]);
    drawing
}

#[test]
fn a_limit_is_driven_at_its_share_and_a_kind_at_its_speed() {
    let network = network(&crossing());
    // 2 km at 60 × 0.8 = 48 km/h are 150 s; 1 km at 48 and 1 km at 22 km/h are 75 + 163.6 s.
    assert!(is_about(way(&network, place(0.0, 0.0), place(2.0, 0.0)), 2_000, 150));
    assert!(is_about(way(&network, place(0.0, 0.0), place(1.0, 1.0)), 2_000, 239));
    assert_eq!(network.junctions(), 4);
}

#[test]
fn a_place_beside_a_road_is_driven_to_from_the_nearest_point_of_it() {
    let network = network(&crossing());
    // From 400 m along, 120 m beside the road (36 s at 12 km/h), 1,100 m at 48 km/h (82.5 s) to 1,500 m along.
    assert!(is_about(way(&network, place(0.4, 0.12), place(1.5, 0.0)), 1_220, 119));
    // On the same stretch no junction is passed.
    assert!(is_about(way(&network, place(0.4, 0.0), place(0.9, 0.0)), 500, 38));
    assert!(is_about(way(&network, place(0.9, 0.0), place(0.4, 0.0)), 500, 38));
}

#[test]
fn one_way_streets_are_driven_in_one_direction() {
    let mut drawing = crossing();
    drawing.points(&[(5, 2.0, 1.0)]);
    drawing.way(&[4, 5], &[("highway", "residential"), ("oneway", "yes")]);
    drawing.way(&[3, 5], &[("highway", "residential"), ("oneway", "-1")]);
    let network = network(&drawing);
    let (north, east) = (place(1.2, 1.0), place(1.8, 1.0));
    assert!(is_about(way(&network, north, east), 600, 98));
    // Back: on to the end, south, west along the main street, north, east.
    assert!(is_about(way(&network, east, north), 200 + 1_000 + 1_000 + 1_000 + 200, 33 + 164 + 75 + 164 + 33));
}

#[test]
fn what_is_closed_to_cars_is_no_road() {
    let closed: [&[(&str, &str)]; 5] = [
        &[("highway", "footway")],
        &[("highway", "residential"), ("access", "no")],
        &[("highway", "service"), ("motor_vehicle", "no"), ("access", "yes")],
        &[("highway", "residential"), ("area", "yes")],
        &[("waterway", "river")],
    ];
    for tags in closed {
        let mut drawing = Drawing::default();
        drawing.points(&[(1, 0.0, 0.0), (2, 1.0, 0.0)]);
        drawing.way(&[1, 2], tags);
        assert!(matches!(RoadNetwork::read(&drawing.file(), RoadSpeeds::default()), Err(RoadError::Empty)), "{tags:?}");
    }
    let mut drawing = Drawing::default();
    drawing.points(&[(1, 0.0, 0.0), (2, 1.0, 0.0)]);
    drawing.way(&[1, 2], &[("highway", "service"), ("motorcar", "yes"), ("access", "no")]);
    assert_eq!(network(&drawing).stretches(), 1, "the narrowest word counts");
}

#[test]
fn nobody_is_put_onto_an_island_and_whoever_is_too_far_away_is_named() {
    let mut drawing = crossing();
    drawing.points(&[(8, 0.0, 3.0), (9, 0.5, 3.0)]);
    drawing.way(&[8, 9], &[("highway", "residential")]);
    let network = network(&drawing);
    assert_eq!(network.junctions(), 4);
    assert_eq!(
        network.spot(place(0.0, 3.0)).map(|spot| (spot.away / 100.0).round()),
        Some(22.0),
        "over to the street in the north"
    );
    let far = network.matrix(&[place(0.0, 0.0), place(0.0, -5.5)]);
    assert!(matches!(far, Err(RoadError::Away { place: 1, reach_m: 5_000 })), "{far:?}");
}

#[test]
fn a_file_that_is_no_map_is_refused() {
    for bytes in [&b"not a map at all"[..], &[0, 0, 0, 200, 1, 2, 3]] {
        let read = RoadNetwork::read(bytes, RoadSpeeds::default());
        assert!(matches!(read, Err(RoadError::File(_))), "{read:?}");
    }
    assert!(matches!(RoadNetwork::read(&[], RoadSpeeds::default()), Err(RoadError::Empty)));
}

/// A town of streets in squares of 300 m, some of them gone, some one-way, of several kinds.
fn town(chance: &mut Chance) -> Drawing {
    let mut drawing = Drawing::default();
    let size = 5;
    let number = |east: usize, north: usize| i64::try_from(1 + east * size + north).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "a few streets")]
    let km = |n: usize| n as f64 * 0.3;
    for east in 0..size {
        for north in 0..size {
            drawing.points(&[(number(east, north), km(east), km(north))]);
        }
    }
    let kinds = ["primary", "tertiary", "residential", "service", "living_street"];
    for one in 0..size {
        for other in 1..size {
            for refs in [[number(one, other - 1), number(one, other)], [number(other - 1, one), number(other, one)]] {
                if chance.happens(0.85) {
                    let oneway = *chance.pick(&["yes", "-1", "no", "no", "no"]).unwrap();
                    drawing.way(&refs, &[("highway", chance.pick(&kinds).unwrap()), ("oneway", oneway)]);
                }
            }
        }
    }
    drawing
}

/// Milliseconds of the quickest ways between all junctions, worked out the plain way (Floyd and Warshall).
fn all_ways(network: &RoadNetwork) -> Vec<Vec<f64>> {
    let size = network.junctions() as usize;
    let mut ways = vec![vec![f64::INFINITY; size]; size];
    (0..size).for_each(|at| ways[at][at] = 0.0);
    for stretch in &network.drawn.stretches {
        let (from, to, seconds) = (stretch.from as usize, stretch.to as usize, stretch.seconds(stretch.metres));
        if stretch.traffic.forward {
            ways[from][to] = ways[from][to].min(seconds);
        }
        if stretch.traffic.backward {
            ways[to][from] = ways[to][from].min(seconds);
        }
    }
    for over in 0..size {
        for from in 0..size {
            for to in 0..size {
                ways[from][to] = ways[from][to].min(ways[from][over] + ways[over][to]);
            }
        }
    }
    ways
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn ways_are_the_quickest(seed: u64) {
        let mut chance = Chance::of(&[seed]);
        let Ok(network) = RoadNetwork::read(&town(&mut chance).file(), RoadSpeeds::default()) else { return Ok(()) };
        let plain = all_ways(&network);
        let mut places = vec![None; network.junctions() as usize];
        for stretch in &network.drawn.stretches {
            places[stretch.from as usize] = Some(network.drawn.points[stretch.first as usize]);
            places[stretch.to as usize] = Some(network.drawn.points[stretch.last as usize]);
        }
        let places: Vec<LonLat> = places.into_iter().map(Option::unwrap).collect();
        let matrix = network.matrix(&places).unwrap();
        for (from, row) in plain.iter().enumerate() {
            for (to, seconds) in row.iter().enumerate() {
                let found = f64::from(matrix.way(from, to).seconds);
                prop_assert!((found - seconds).abs() <= 1.05, "{from} to {to}: {found} s, plainly {seconds} s");
            }
        }
    }

    #[test]
    fn no_bytes_bring_it_down(bytes: Vec<u8>, cut in 0_usize..600, flip in 0_usize..600) {
        let _ = RoadNetwork::read(&bytes, RoadSpeeds::default());
        let mut file = crossing().file();
        let flip = flip % file.len();
        file[flip] ^= 0x15;
        let _ = RoadNetwork::read(&file, RoadSpeeds::default());
        file.truncate(cut);
        let _ = RoadNetwork::read(&file, RoadSpeeds::default());
    }
}

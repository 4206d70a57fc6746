//! One drive (一次行驶): how far along its way a car is, and how fast, at every second of it.

use super::chance::Chance;
use super::world::World;
use crate::place::LonLat;
use crate::quantity::Heading;
use crate::roads::RoadClass;
use crate::roads::geometry::{bearing, between, shifted};
use crate::roads::tree::Step;

/// Metres a second each second when speeding up, and when slowing down.
const SPEEDS_UP: f64 = 1.4;
const SLOWS_DOWN: f64 = 1.8;

/// Metres right of the middle of the road that a car keeps.
const LANE_M: f64 = 5.0;

/// Metres before and after a corner over which a car turns.
const TURN_M: f64 = 9.0;

/// Metres over which a car pulls out of its parking space or into it.
const PARKING_M: f64 = 60.0;

/// A way with the speed that it is driven at (行驶过程).
#[derive(Clone, Debug)]
pub struct Drive {
    points: Vec<Point>,
    phases: Vec<Phase>,
    metres: f64,
    seconds: f64,
    /// Offset of the parking spaces from the road at both ends, metres east and north.
    parked: [[f64; 2]; 2],
}

#[derive(Clone, Copy, Debug)]
struct Point {
    at: LonLat,
    /// Metres from the start.
    along: f64,
}

/// A stretch of constant acceleration.
#[derive(Clone, Copy, Debug)]
struct Phase {
    from_s: f64,
    from_m: f64,
    mps: f64,
    mps2: f64,
}

/// A point of the way while the speeds are worked out.
struct Corner {
    point: Point,
    /// Highest speed of the stretch that follows.
    cruise: f64,
    /// Highest speed at the point itself.
    pass: f64,
    /// Seconds of standing there.
    wait: f64,
}

/// Where a car on a drive is, and how it moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moving {
    /// On its side of the road.
    pub at: LonLat,
    /// Along the road.
    pub heading: Heading,
    /// Metres a second.
    pub mps: f64,
    /// Metres driven.
    pub metres: f64,
}

impl Drive {
    /// The drive over `way`; traffic and lights are chance. `None` for a way of no length.
    pub fn over(world: &World, way: &[Step], parked: [[f64; 2]; 2], chance: &mut Chance) -> Option<Self> {
        let mut corners = corners(world, way, chance);
        if corners.last().is_none_or(|last| last.point.along < 1.0) {
            return None;
        }
        smooth(&mut corners);
        let mut drive = Self { points: Vec::new(), phases: Vec::new(), metres: 0.0, seconds: 0.0, parked };
        for (corner, next) in corners.iter().zip(corners.iter().skip(1)) {
            drive.stand(corner.wait);
            drive.stretch(next.point.along - corner.point.along, corner.pass, corner.cruise, next.pass);
        }
        drive.points = corners.into_iter().map(|corner| corner.point).collect();
        Some(drive)
    }

    /// How long it takes.
    pub const fn seconds(&self) -> f64 {
        self.seconds
    }

    /// How long the way is.
    pub const fn metres(&self) -> f64 {
        self.metres
    }

    /// Where the car is so many seconds after setting off.
    pub fn at(&self, seconds: f64) -> Moving {
        let seconds = seconds.clamp(0.0, self.seconds);
        let number = self.phases.partition_point(|phase| phase.from_s <= seconds);
        let (metres, mps) = self.phases.get(number.saturating_sub(1)).map_or((0.0, 0.0), |phase| {
            let since = seconds - phase.from_s;
            (phase.from_m + phase.mps * since + phase.mps2 * since * since / 2.0, (phase.mps + phase.mps2 * since).max(0.0))
        });
        let metres = metres.clamp(0.0, self.metres);
        let mps = if seconds < self.seconds { mps } else { 0.0 };
        let on_road = self.on_road(metres);
        // Around a corner the car turns as it goes, not at once.
        let heading = bearing(self.on_road((metres - TURN_M).max(0.0)), self.on_road((metres + TURN_M).min(self.metres)));
        let right = (heading.degrees() + 90.0).to_radians();
        let lane = LANE_M * (metres.min(self.metres - metres) / PARKING_M).min(1.0);
        let [east, north] = self.off_road(metres);
        let at = shifted(on_road, [east + lane * right.sin(), north + lane * right.cos()]);
        Moving { at, heading, mps, metres }
    }

    fn on_road(&self, metres: f64) -> LonLat {
        let number = self.points.partition_point(|point| point.along <= metres).clamp(1, self.points.len() - 1);
        let pair = self.points.get(number - 1).zip(self.points.get(number));
        let (from, to) = pair.expect("a drive has two points, and the number lies between first and last");
        between(from.at, to.at, (metres - from.along) / (to.along - from.along).max(0.1))
    }

    /// The rest of the way out of, or into, the parking space.
    fn off_road(&self, metres: f64) -> [f64; 2] {
        let [from, to] = self.parked;
        let leaving = (1.0 - metres / PARKING_M).max(0.0);
        let arriving = (1.0 - (self.metres - metres) / PARKING_M).max(0.0);
        [from[0] * leaving + to[0] * arriving, from[1] * leaving + to[1] * arriving]
    }

    fn stand(&mut self, seconds: f64) {
        if seconds > 0.0 {
            self.phase(seconds, 0.0, 0.0, 0.0);
        }
    }

    /// Speeds up from `from`, holds what it reaches, and is at `to` after `metres`.
    fn stretch(&mut self, metres: f64, from: f64, cruise: f64, to: f64) {
        let reached =
            (2.0 * SPEEDS_UP * SLOWS_DOWN * metres + SLOWS_DOWN * from * from + SPEEDS_UP * to * to) / (SPEEDS_UP + SLOWS_DOWN);
        let top = reached.sqrt().min(cruise).max(from).max(to);
        let rising = (top * top - from * from) / (2.0 * SPEEDS_UP);
        let falling = (top * top - to * to) / (2.0 * SLOWS_DOWN);
        let level = (metres - rising - falling).max(0.0);
        self.phase((top - from) / SPEEDS_UP, from, SPEEDS_UP, rising);
        self.phase(level / top.max(0.5), top, 0.0, level);
        self.phase((top - to) / SLOWS_DOWN, top, -SLOWS_DOWN, falling);
    }

    fn phase(&mut self, seconds: f64, mps: f64, mps2: f64, metres: f64) {
        if seconds > 0.0 {
            self.phases.push(Phase { from_s: self.seconds, from_m: self.metres, mps, mps2 });
            self.seconds += seconds;
            self.metres += metres;
        }
    }
}

/// The points of the way, with what each allows by itself.
fn corners(world: &World, way: &[Step], chance: &mut Chance) -> Vec<Corner> {
    let graph = world.graph();
    let hurry = chance.between(0.86, 1.0);
    let mut corners: Vec<Corner> = Vec::new();
    let mut before: Option<RoadClass> = None;
    for edge_step in way {
        let Some(edge) = graph.edges().get(edge_step.edge) else { continue };
        let road = graph.road_of(edge);
        let flow = if road.class == RoadClass::Expressway { chance.between(0.62, 0.98) } else { chance.between(0.52, 0.9) };
        let cruise = road.limit.mps() * flow * hurry;
        let start = if edge_step.backwards { edge.to } else { edge.from };
        let has_lights = before.is_some_and(|last| last != RoadClass::Expressway || road.class != RoadClass::Expressway)
            && graph.touching(start).count() > 2;
        let wait = if has_lights && chance.happens(0.13) { chance.between(6.0, 42.0) } else { 0.0 };
        before = Some(road.class);
        let mut line = edge.line.clone();
        if edge_step.backwards {
            line.reverse();
        }
        for (number, at) in line.into_iter().enumerate() {
            let along = corners.last().map_or(0.0, |last| last.point.along + last.point.at.distance_to(at).metres());
            if number == 0
                && let Some(last) = corners.last_mut()
            {
                (last.cruise, last.wait) = (cruise, wait);
            } else {
                corners.push(Corner { point: Point { at, along }, cruise, pass: cruise, wait: 0.0 });
            }
        }
    }
    corners
}

/// Lowers the speed at each point to what bends, lights, limits and the brakes allow.
fn smooth(corners: &mut [Corner]) {
    let last = corners.len() - 1;
    for number in 0..=last {
        let allowed = if number == 0 || number == last { 0.0 } else { bend_mps(corners, number) };
        let before = number.checked_sub(1).and_then(|before| corners.get(before)).map_or(0.0, |corner| corner.cruise);
        if let Some(corner) = corners.get_mut(number) {
            corner.pass = if corner.wait > 0.0 { 0.0 } else { allowed.min(corner.cruise).min(before) };
        }
    }
    let mut reach = (0.0_f64, 0.0_f64);
    for corner in corners.iter_mut() {
        corner.pass = corner.pass.min((reach.0 * reach.0 + 2.0 * SPEEDS_UP * (corner.point.along - reach.1)).sqrt());
        reach = (corner.pass, corner.point.along);
    }
    for corner in corners.iter_mut().rev() {
        corner.pass = corner.pass.min((reach.0 * reach.0 + 2.0 * SLOWS_DOWN * (reach.1 - corner.point.along)).sqrt());
        reach = (corner.pass, corner.point.along);
    }
}

/// Metres a second through the bend at a corner.
fn bend_mps(corners: &[Corner], number: usize) -> f64 {
    let at = |number: usize| corners.get(number).map(|corner| corner.point.at);
    let (Some(before), Some(here), Some(after)) = (at(number - 1), at(number), at(number + 1)) else { return 0.0 };
    let turn = bearing(before, here).turn_to(bearing(here, after));
    match turn {
        t if t < 18.0 => f64::INFINITY,
        t if t < 35.0 => 16.0,
        t if t < 60.0 => 10.0,
        t if t < 115.0 => 6.0,
        _ => 3.0,
    }
}

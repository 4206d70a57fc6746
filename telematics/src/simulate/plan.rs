//! What one car does next (行车计划): drives and stands, one after the other, without end.

use std::sync::Arc;

use chrono::{DateTime, Datelike, FixedOffset, NaiveTime, TimeDelta, Utc, Weekday};

use super::chance::Chance;
use super::drive::Drive;
use super::profile::{Habit, Profile, Rhythm, Stock};
use super::world::{SiteKind, World};
use crate::place::LonLat;
use crate::roads::geometry::shifted;
use crate::roads::graph::NodeId;

/// Seconds that Asia/Shanghai is ahead of UTC; no daylight saving since 1991.
const SHANGHAI_S: i32 = 8 * 3600;

/// Seconds of an office day.
const WORKING_S: i32 = 34_200;

/// A stand is at least this long, so that it ends a trip by any policy.
const SHORTEST_STAND_S: f64 = 270.0;

/// What a car does for a while (活动).
#[derive(Clone, Debug)]
pub struct Activity {
    /// Beginning.
    pub from: DateTime<Utc>,
    /// End, which is the beginning of the next.
    pub until: DateTime<Utc>,
    /// What the car held when it began.
    pub before: Stock,
    /// What it holds at the end.
    pub after: Stock,
    /// What it does.
    pub kind: Kind,
}

/// Driving or standing.
#[derive(Clone, Debug)]
pub enum Kind {
    /// 行驶.
    Drive(Arc<Drive>),
    /// 停车.
    Stand {
        /// Where.
        at: LonLat,
        /// What for.
        purpose: Purpose,
    },
}

/// Why a car stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing to do, or people are at work.
    Parked,
    /// 加油.
    Refuelling,
    /// 充电.
    Charging,
}

/// Where a car is while it stands: a node, and the parking space beside it.
#[derive(Clone, Copy, Debug)]
struct Spot {
    node: NodeId,
    site: Option<usize>,
    offset: [f64; 2],
}

/// Goes on for ever: an iterator over what one car does (行车计划器).
#[derive(Clone, Debug)]
pub struct Planner {
    world: Arc<World>,
    seed: u64,
    chance: Chance,
    profile: Profile,
    home: usize,
    here: Spot,
    now: DateTime<Utc>,
    stock: Stock,
    /// What is already decided, last first.
    next: Vec<Intent>,
}

#[derive(Clone, Copy, Debug)]
enum Intent {
    DriveTo(usize),
    Stand { seconds: f64, purpose: Purpose },
}

/// Where and with what a car begins.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// At its home, or on the way at a start of the world.
    pub at: Option<usize>,
    /// What it holds.
    pub stock: Stock,
    /// When.
    pub from: DateTime<Utc>,
}

impl Planner {
    /// The plan of the car with that `seed`, whose home is the site `home`.
    pub fn new(world: Arc<World>, seed: u64, profile: Profile, home: usize, start: Start) -> Self {
        let here = match start.at {
            Some(number) => Spot { node: world.start(number), site: None, offset: [0.0, 0.0] },
            None => Spot { node: world.node_of(home), site: Some(home), offset: space(seed, home) },
        };
        let chance = Chance::of(&[seed, start.from.timestamp().cast_unsigned()]);
        let mut planner =
            Self { world, seed, chance, profile, home, here, now: start.from, stock: start.stock, next: Vec::new() };
        if profile.rhythm == Rhythm::RoundTheClock && profile.habit == Habit::Working {
            // Most cars are on the way from the first moment on.
            let target = planner.somewhere();
            planner.next.push(Intent::DriveTo(target));
            if planner.chance.happens(0.2) {
                let seconds = planner.chance.between(5.0, 240.0);
                planner.next.push(Intent::Stand { seconds, purpose: Purpose::Parked });
            }
        }
        planner
    }

    /// What is decided when nothing is: the intents, last first.
    fn decide(&mut self) {
        if self.profile.habit == Habit::Standing {
            self.next.push(Intent::Stand { seconds: 86_400.0, purpose: Purpose::Parked });
            return;
        }
        match self.profile.rhythm {
            Rhythm::RoundTheClock => {
                let seconds = self.chance.between(SHORTEST_STAND_S, 400.0);
                let target = self.somewhere();
                self.go(target, seconds);
            }
            Rhythm::Office { work_from_s } => self.decide_office(work_from_s),
        }
    }

    fn decide_office(&mut self, work_from_s: i32) {
        let (opens, closes) = self.office_hours(self.now, work_from_s);
        let at_home = self.here.site == Some(self.home);
        if self.now < opens || (self.now >= closes && at_home) {
            self.rest_until_work(work_from_s);
        } else if self.now >= closes {
            let seconds = self.chance.between(300.0, 1500.0);
            self.go(self.home, seconds);
        } else if at_home {
            let seconds = self.chance.between(900.0, 6600.0);
            let target = self.somewhere();
            self.go(target, seconds);
        } else {
            let seconds = self.chance.between(900.0, 4500.0);
            let target = if self.chance.happens(0.6) { self.home } else { self.somewhere() };
            self.go(target, seconds);
        }
    }

    /// Stands at home until the next working day's first errand, and is charged meanwhile.
    fn rest_until_work(&mut self, work_from_s: i32) {
        let mut day = self.now;
        let first = loop {
            let (opens, _) = self.office_hours(day, work_from_s);
            let is_weekend = matches!(local(day).weekday(), Weekday::Sat | Weekday::Sun);
            let errand = opens + seconds(self.chance.between(0.0, 5400.0));
            if errand > self.now && (!is_weekend || self.chance.happens(0.15)) {
                break errand;
            }
            day += TimeDelta::days(1);
        };
        let resting = (first - self.now).as_seconds_f64();
        let charging = self.charging_seconds(100.0, 7.0).min(resting);
        let errand = self.somewhere();
        self.next.push(Intent::DriveTo(errand));
        self.next.push(Intent::Stand { seconds: resting - charging, purpose: Purpose::Parked });
        if charging > 600.0 {
            self.next.push(Intent::Stand { seconds: charging, purpose: Purpose::Charging });
        }
    }

    /// Stands for `stand_s`, then drives to `target`; by way of a station when what the car holds will not do.
    fn go(&mut self, target: usize, stand_s: f64) {
        let km = self.world.seconds(self.here.node, target) / 3600.0 * 70.0;
        let fits = self.profile.drivetrain.range_km(&self.stock) > km + 60.0;
        self.next.push(Intent::DriveTo(target));
        if !fits {
            let (kind, purpose, seconds) = self.filling();
            if let Some(station) = self.world.nearest(kind, self.here.node) {
                self.next.push(Intent::Stand { seconds, purpose });
                self.next.push(Intent::DriveTo(station));
            }
        }
        self.next.push(Intent::Stand { seconds: stand_s, purpose: Purpose::Parked });
    }

    fn filling(&mut self) -> (SiteKind, Purpose, f64) {
        if self.profile.drivetrain.tank_l().is_some() {
            (SiteKind::FuelStation, Purpose::Refuelling, self.chance.between(420.0, 600.0))
        } else {
            (SiteKind::ChargingStation, Purpose::Charging, self.charging_seconds(85.0, 90.0).max(SHORTEST_STAND_S))
        }
    }

    fn charging_seconds(&self, to_pct: f64, kilowatts: f64) -> f64 {
        let battery = self.profile.drivetrain.battery_kwh().unwrap_or_default();
        (to_pct - self.stock.soc_pct).max(0.0) / 100.0 * battery / kilowatts * 3600.0
    }

    /// A site at a believable distance: of a handful the one whose way is nearest to what one has in mind.
    fn somewhere(&mut self) -> usize {
        let minutes = match self.profile.rhythm {
            Rhythm::Office { .. } => 4.0..22.0,
            Rhythm::RoundTheClock => 9.0..36.0,
        };
        let wish = 60.0 * self.chance.between(minutes.start, minutes.end);
        let mut best = (f64::INFINITY, self.home);
        for _ in 0..14 {
            let number = self.chance.below(self.world.sites().len());
            let is_visited = matches!(self.world.site(number).kind, SiteKind::Unit | SiteKind::Visit);
            let off = (self.world.seconds(self.here.node, number) - wish).abs();
            if is_visited && Some(number) != self.here.site && off < best.0 {
                best = (off, number);
            }
        }
        best.1
    }

    /// Opening and closing of the office on the local day of `at`.
    fn office_hours(&self, at: DateTime<Utc>, work_from_s: i32) -> (DateTime<Utc>, DateTime<Utc>) {
        let midnight = local(at).with_time(NaiveTime::MIN).earliest().map_or(at, |midnight| midnight.to_utc());
        let opens = midnight + TimeDelta::seconds(work_from_s.into());
        // Now and then a car is out in the evening; which day it is decides, not how often one asks.
        let day = midnight.timestamp().cast_unsigned();
        let evening = if Chance::of(&[self.seed, day]).happens(0.12) { 10_800 } else { 0 };
        (opens, opens + TimeDelta::seconds((WORKING_S + evening).into()))
    }

    fn drive_to(&mut self, target: usize) -> Option<Activity> {
        let way = self.world.way(self.here.node, target)?;
        let there = Spot { node: self.world.node_of(target), site: Some(target), offset: space(self.seed, target) };
        let drive = Drive::over(&self.world, &way, [self.here.offset, there.offset], &mut self.chance)?;
        let after = self.profile.drivetrain.after(self.stock, drive.metres() / 1000.0);
        let activity = self.until(drive.seconds(), after, Kind::Drive(Arc::new(drive)));
        self.here = there;
        Some(activity)
    }

    fn stand(&mut self, for_s: f64, purpose: Purpose) -> Activity {
        let mut after = self.stock;
        match purpose {
            Purpose::Parked => {}
            Purpose::Refuelling => after.fuel_l = self.profile.drivetrain.tank_l().unwrap_or_default() * 0.96,
            Purpose::Charging => {
                let full = self.charging_seconds(100.0, 1.0);
                let kilowatts = if self.here.site == Some(self.home) { 7.0 } else { 90.0 };
                let share = (for_s * kilowatts / full.max(1.0)).min(1.0);
                after.soc_pct += (100.0 - after.soc_pct) * share;
            }
        }
        let [east, north] = self.here.offset;
        let at = shifted(self.world.graph().place_of(self.here.node), [east, north]);
        self.until(for_s, after, Kind::Stand { at, purpose })
    }

    fn until(&mut self, for_s: f64, after: Stock, kind: Kind) -> Activity {
        let until = self.now + seconds(for_s);
        let activity = Activity { from: self.now, until, before: self.stock, after, kind };
        (self.now, self.stock) = (until, after);
        activity
    }
}

impl Iterator for Planner {
    type Item = Activity;

    fn next(&mut self) -> Option<Activity> {
        loop {
            match self.next.pop() {
                None => self.decide(),
                Some(Intent::Stand { seconds, purpose }) if seconds > 0.0 => return Some(self.stand(seconds, purpose)),
                Some(Intent::Stand { .. }) => {}
                Some(Intent::DriveTo(target)) => {
                    if let Some(drive) = self.drive_to(target) {
                        return Some(drive);
                    }
                    // Nothing to drive: the car is there, or no road leads there.
                    self.next.push(Intent::Stand { seconds: SHORTEST_STAND_S, purpose: Purpose::Parked });
                }
            }
        }
    }
}

/// A car's own parking space at a site, metres east and north of the road.
fn space(seed: u64, site: usize) -> [f64; 2] {
    let mut chance = Chance::of(&[seed, site as u64, 0x7061_726b]);
    let (turn, off) = (chance.between(0.0, std::f64::consts::TAU), chance.between(6.0, 17.0));
    [off * turn.sin(), off * turn.cos()]
}

fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(SHANGHAI_S).expect("eight hours are an offset"))
}

#[expect(clippy::cast_possible_truncation, reason = "days in milliseconds fit an i64")]
fn seconds(count: f64) -> TimeDelta {
    TimeDelta::milliseconds((count * 1000.0) as i64)
}

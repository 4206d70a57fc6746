//! Which ways of a map are roads for cars, in which direction, and how fast they are.

use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// A kind of road (道路等级): the values of OpenStreetMap's `highway` that cars may use; ramps count as what they lead to.
    RoadKind, RoadKindError, "road.kind" {
        /// Expressway.
        Motorway = "motorway", "高速公路";
        /// Trunk road.
        Trunk = "trunk", "国道及快速路";
        /// Primary road.
        Primary = "primary", "主干路";
        /// Secondary road.
        Secondary = "secondary", "次干路";
        /// Tertiary road.
        Tertiary = "tertiary", "支路";
        /// Minor road.
        Unclassified = "unclassified", "乡村道路";
        /// Street of dwellings.
        Residential = "residential", "居住区道路";
        /// Street where people walk first.
        LivingStreet = "living_street", "生活街区";
        /// Way to a yard.
        Service = "service", "内部道路";
    }
}

/// How fast cars are on average (道路车速), kilometres an hour.
///
/// The defaults are the free flow that drivers keep in Chinese cities rather
/// than what is allowed; whoever measures his own puts them into the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoadSpeeds {
    /// On expressways.
    pub motorway: f64,
    /// On trunk roads.
    pub trunk: f64,
    /// On primary roads.
    pub primary: f64,
    /// On secondary roads.
    pub secondary: f64,
    /// On tertiary roads.
    pub tertiary: f64,
    /// On minor roads.
    pub unclassified: f64,
    /// In streets of dwellings.
    pub residential: f64,
    /// Where people walk first.
    pub living_street: f64,
    /// On the way to a yard, and from a place to its road.
    pub service: f64,
    /// Of a limit that a sign gives, so much is driven on average.
    pub of_limit: f64,
}

impl Default for RoadSpeeds {
    fn default() -> Self {
        Self {
            motorway: 95.0,
            trunk: 65.0,
            primary: 40.0,
            secondary: 35.0,
            tertiary: 30.0,
            unclassified: 28.0,
            residential: 22.0,
            living_street: 10.0,
            service: 12.0,
            of_limit: 0.8,
        }
    }
}

impl RoadSpeeds {
    pub(super) const fn of(&self, kind: RoadKind) -> f64 {
        match kind {
            RoadKind::Motorway => self.motorway,
            RoadKind::Trunk => self.trunk,
            RoadKind::Primary => self.primary,
            RoadKind::Secondary => self.secondary,
            RoadKind::Tertiary => self.tertiary,
            RoadKind::Unclassified => self.unclassified,
            RoadKind::Residential => self.residential,
            RoadKind::LivingStreet => self.living_street,
            RoadKind::Service => self.service,
        }
    }

    /// All of them are speeds.
    pub fn is_sound(&self) -> bool {
        let Self { motorway, trunk, primary, secondary, tertiary, unclassified, residential, living_street, service, .. } = *self;
        let all = [motorway, trunk, primary, secondary, tertiary, unclassified, residential, living_street, service];
        all.iter().all(|kmh| (1.0..=200.0).contains(kmh)) && (0.1..=1.5).contains(&self.of_limit)
    }
}

/// What the tags of a way say to cars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Traffic {
    pub(super) kind: RoadKind,
    pub(super) kmh: f64,
    pub(super) forward: bool,
    pub(super) backward: bool,
}

/// Words of `access` and its narrower ones that keep an official car out.
const CLOSED: [&str; 8] = ["no", "agricultural", "forestry", "psv", "bus", "bicycle", "foot", "military"];

/// What a way is for cars; nothing: none of them may go there.
pub(super) fn traffic<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>, speeds: &RoadSpeeds) -> Option<Traffic> {
    let (mut kind, mut oneway, mut limit, mut is_area) = (None, None, None, false);
    // The narrowest word counts.
    let mut access = [None; 4];
    let mut is_round = false;
    for (key, value) in tags {
        match key {
            "highway" => kind = Some(value),
            "oneway" => oneway = Some(value),
            "maxspeed" => limit = kmh_of(value),
            "area" => is_area = value == "yes",
            "junction" => is_round = matches!(value, "roundabout" | "circular"),
            "access" => access[3] = Some(value),
            "vehicle" => access[2] = Some(value),
            "motor_vehicle" => access[1] = Some(value),
            "motorcar" => access[0] = Some(value),
            _ => {}
        }
    }
    let kind: RoadKind = kind.map(|kind| kind.strip_suffix("_link").unwrap_or(kind))?.parse().ok()?;
    if is_area || access.into_iter().flatten().next().is_some_and(|word| CLOSED.contains(&word)) {
        return None;
    }
    let (forward, backward) = match oneway {
        Some("-1" | "reverse") => (false, true),
        Some("yes" | "true" | "1") => (true, false),
        Some("no" | "false" | "0") => (true, true),
        _ => (true, !is_round && kind != RoadKind::Motorway),
    };
    let kmh = limit.map_or(speeds.of(kind), |limit| limit * speeds.of_limit);
    Some(Traffic { kind, kmh: kmh.max(1.0), forward, backward })
}

/// A limit in kilometres an hour; nothing for words such as `none`.
fn kmh_of(text: &str) -> Option<f64> {
    let (number, factor) = text.strip_suffix("mph").map_or((text, 1.0), |miles| (miles, 1.609_344));
    let kmh = number.trim().parse::<f64>().ok()? * factor;
    (5.0..=200.0).contains(&kmh).then_some(kmh)
}

//! The units of the demonstration: the authority, its pools, bureaus of the city, and the authorities of its 13 districts.

use dispatch::unit::{RegionCode, Unit, UnitId, UnitKind};
use telematics::place::LonLat;

use super::names::key;

/// The list, for people to read and change.
const LIST: &str = include_str!("hangzhou-units.txt");

/// What a unit does, as far as its cars show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The authority above all others.
    Top,
    /// A shared fleet.
    Pool,
    /// Desks and meetings.
    Office,
    /// Patrols and inspections.
    Law,
    /// Works outside, with equipment.
    Field,
    /// Carries confidential papers.
    Courier,
    /// The authority of a district or county.
    County,
}

/// A unit of the demonstration with its share of the fleet.
#[derive(Clone, Debug)]
pub(crate) struct SeedUnit {
    /// As it is stored.
    pub(crate) unit: Unit,
    /// Where it is; every unit of the list has a place.
    pub(crate) at: LonLat,
    /// What it does.
    pub(crate) kind: Kind,
    /// Cars it has among the sum of all weights.
    pub(crate) weight: usize,
}

/// All units, those above before those below.
pub(crate) fn all() -> Vec<SeedUnit> {
    let mut units: Vec<SeedUnit> = Vec::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let unit = read(line, &units).expect("the committed list is read by a test");
        units.push(unit);
    }
    units
}

/// The unit of that name.
pub(crate) fn id_of(name: &str) -> UnitId {
    UnitId(key("unit", name))
}

fn read(line: &str, above: &[SeedUnit]) -> Option<SeedUnit> {
    let fields: Vec<&str> = line.split('|').collect();
    let [level, region, name, lon, lat, weight, kind] = fields.as_slice() else { return None };
    let kind = match *kind {
        "top" => Kind::Top,
        "pool" => Kind::Pool,
        "office" => Kind::Office,
        "law" => Kind::Law,
        "field" => Kind::Field,
        "courier" => Kind::Courier,
        "county" => Kind::County,
        _ => return None,
    };
    let region: RegionCode = region.parse().ok()?;
    let at = LonLat::new(lon.parse().ok()?, lat.parse().ok()?).ok()?;
    let level = level.parse::<i16>().ok()?.try_into().ok()?;
    // A county's authority stands below the city's, everything else of a region below the region's authority.
    let superior = above.iter().rev().find(|other| match (other.kind, kind) {
        (Kind::County, Kind::County) => false,
        (Kind::County | Kind::Top, _) => other.unit.region == region || other.kind == Kind::Top,
        _ => false,
    });
    let parent = superior.map(|superior| superior.unit.id);
    let mut unit = Unit::new(id_of(name), parent, name, level, region).at(at);
    if kind == Kind::Pool {
        unit.kind = UnitKind::Fleet;
    }
    Some(SeedUnit { unit, at, kind, weight: weight.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_is_one_top_and_thirteen_districts_below_it() {
        let units = all();
        assert_eq!(units.len(), LIST.lines().filter(|line| !line.starts_with('#')).count());
        let tops: Vec<_> = units.iter().filter(|unit| unit.unit.parent.is_none()).collect();
        assert_eq!(tops.len(), 1);
        let counties: Vec<_> = units.iter().filter(|unit| unit.kind == Kind::County).collect();
        assert_eq!(counties.len(), 13);
        assert!(counties.iter().all(|county| county.unit.parent == Some(tops[0].unit.id)));
        let codes: BTreeSet<_> = counties.iter().map(|county| county.unit.region.as_str()).collect();
        assert_eq!(codes.len(), 13);
        assert!(units.iter().filter(|unit| unit.unit.region.as_str() == "330100").count() >= 40);
        let names: BTreeSet<_> = units.iter().map(|unit| unit.unit.name.as_str()).collect();
        assert_eq!(names.len(), units.len());
    }

    /// Even-odd rule over one ring of longitudes and latitudes.
    fn is_inside(ring: &serde_json::Value, at: LonLat) -> bool {
        let corner = |corner: &serde_json::Value| (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap());
        let ring: Vec<_> = ring.as_array().unwrap().iter().map(corner).collect();
        let crossed = ring.windows(2).filter(|side| {
            let ((x1, y1), (x2, y2)) = (side[0], side[1]);
            (y1 > at.lat()) != (y2 > at.lat()) && at.lon() < x1 + (at.lat() - y1) / (y2 - y1) * (x2 - x1)
        });
        crossed.count() % 2 == 1
    }

    #[test]
    fn the_authority_of_a_district_is_in_its_district() {
        let districts = include_str!("../../web/console/public/basemap/districts.geojson");
        let districts: serde_json::Value = serde_json::from_str(districts).unwrap();
        let mut found = 0;
        for district in districts["features"].as_array().unwrap() {
            let name = district["properties"]["name"].as_str().unwrap();
            let of_it = |unit: &&SeedUnit| unit.kind == Kind::County && unit.unit.name.starts_with(name);
            let Some(unit) = all().iter().find(of_it).cloned() else { continue };
            let polygons = match district["geometry"]["type"].as_str().unwrap() {
                "Polygon" => vec![district["geometry"]["coordinates"].clone()],
                _ => district["geometry"]["coordinates"].as_array().unwrap().clone(),
            };
            assert!(polygons.iter().any(|polygon| is_inside(&polygon[0], unit.at)), "{name}");
            found += 1;
        }
        assert_eq!(found, 13);
    }

    #[test]
    fn a_bureau_of_a_district_stands_below_its_district() {
        let units = all();
        let named = |name: &str| units.iter().find(|unit| unit.unit.name == name).unwrap().unit.clone();
        assert_eq!(named("西湖区综合行政执法局").parent, Some(id_of("西湖区机关事务管理中心")));
        assert_eq!(named("杭州市公安局").parent, Some(id_of("杭州市机关事务管理局")));
    }
}

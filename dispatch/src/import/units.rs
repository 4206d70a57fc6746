//! Rows of units: whatever their order, a unit is placed below one that is known or stands in a good row.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use telematics::place::LonLat;

use super::directory::{Named, path};
use super::{Checked, Directory, Mapping, Row, Table};
use crate::unit::act::{ActRefusal, may_stand_below};
use crate::unit::spelling::folded;
use crate::unit::{CreditCode, Level, RegionCode, Unit, UnitError, UnitId, UnitKind, UnitStatus, unit_name};

/// A row as far as it can be understood by itself.
struct Draft<'a> {
    row: u32,
    name: String,
    parent: &'a str,
    level: Option<Level>,
    region: Option<RegionCode>,
    kind: UnitKind,
    credit_code: Option<CreditCode>,
    place: Option<LonLat>,
}

/// Looks through a table of units.
///
/// What is good is added to `directory`; a row without a unit above stands below `top`, or at the top where there is none. `taken_codes` are those of units out of sight. Keys are made by `new_id`.
pub fn units<S: BuildHasher>(
    table: &Table,
    mapping: &Mapping,
    directory: &mut Directory,
    top: Option<UnitId>,
    taken_codes: &HashSet<String, S>,
    mut new_id: impl FnMut() -> UnitId,
) -> Checked<Unit> {
    let mut checked = Checked::begin();
    let mut pending: Vec<Draft<'_>> = table.rows.iter().filter_map(|row| draft(row, mapping, &mut checked)).collect();
    repeated(&mut pending, taken_codes, &mut checked);
    let mut fresh = HashSet::new();
    // A name that another row brings may be that of a unit still to come: such rows wait for the next round.
    loop {
        let awaited: HashSet<String> = pending.iter().map(|draft| folded(&draft.name)).collect();
        let before = pending.len();
        let (mut placed, mut waiting) = (Vec::new(), Vec::new());
        for draft in pending {
            let names = path(draft.parent);
            let is_awaited = names.len() == 1 && names.first().is_some_and(|name| awaited.contains(name));
            match directory.find(draft.parent) {
                _ if draft.parent.is_empty() => placed.push((draft, top)),
                Named::One(parent) if !is_awaited => placed.push((draft, Some(parent))),
                _ => waiting.push(draft),
            }
        }
        for (draft, parent) in placed {
            place(draft, parent, directory, &mut checked, (&mut fresh, &mut new_id));
        }
        pending = waiting;
        if pending.len() == before {
            break;
        }
    }
    let names = table.rows.iter().map(|row| folded(mapping.cell(row, "name").text)).collect();
    unplaced(&pending, &names, directory, &mut checked);
    checked.errors.sort();
    checked
}

/// What a row says by itself; every wrong cell is noted.
fn draft<'a>(row: &'a Row, mapping: &Mapping, checked: &mut Checked<Unit>) -> Option<Draft<'a>> {
    let before = checked.errors.len();
    let cell = |column| mapping.cell(row, column);
    let name = cell("name");
    let name = checked.take(name, unit_name(name.text), UnitError::code);
    let level = cell("level");
    let level = checked.take(level, read_level(level.text), UnitError::code).flatten();
    let region = cell("region");
    let region = checked.take(region, filled(region.text).map(str::parse).transpose(), UnitError::code).flatten();
    let kind = cell("kind");
    let kind = checked.take(kind, read_kind(kind.text), |()| "unit.kind");
    let code = cell("credit_code");
    let code = checked.take(code, filled(code.text).map(str::parse).transpose(), UnitError::code).flatten();
    let (lon, lat) = (cell("lon"), cell("lat"));
    let place = checked.take(lon, read_place(lon.text, lat.text), |()| "unit.place").flatten();
    if checked.errors.len() > before {
        return None;
    }
    Some(Draft {
        row: row.number,
        name: name?,
        parent: cell("parent").text,
        level,
        region,
        kind: kind?,
        credit_code: code,
        place,
    })
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// `3`, `市`, `市级` or `city`.
fn read_level(text: &str) -> Result<Option<Level>, UnitError> {
    let Some(text) = filled(text) else { return Ok(None) };
    let word = text.trim_end_matches('级');
    let by_word = match word.to_lowercase().as_str() {
        "国家" | "中央" | "nation" | "national" => Some(Level::Nation),
        "省" | "省部" | "自治区" | "直辖市" | "province" => Some(Level::Province),
        "市" | "地市" | "设区市" | "地" | "city" => Some(Level::City),
        "县" | "区" | "区县" | "县区" | "county" => Some(Level::County),
        _ => None,
    };
    let level = match by_word {
        Some(level) => level,
        None => Level::try_from(word.parse::<i16>().unwrap_or(0))?,
    };
    Ok(Some(level))
}

/// The name for programs or for people; an organ when nothing is said.
fn read_kind(text: &str) -> Result<UnitKind, ()> {
    let Some(text) = filled(text) else { return Ok(UnitKind::Organ) };
    let known = UnitKind::ALL.into_iter().find(|kind| kind.as_str() == text.to_lowercase() || kind.term() == text);
    let by_word = match text {
        "行政机关" | "党政机关" | "党的机关" | "参公事业单位" => Some(UnitKind::Organ),
        "部门" | "处室" | "科室" | "内设机构" => Some(UnitKind::Department),
        "车队中心" | "平台车队" | "公务用车平台" => Some(UnitKind::Fleet),
        _ => None,
    };
    known.or(by_word).ok_or(())
}

fn read_place(lon: &str, lat: &str) -> Result<Option<LonLat>, ()> {
    if lon.is_empty() && lat.is_empty() {
        return Ok(None);
    }
    match (lon.parse(), lat.parse()) {
        (Ok(lon), Ok(lat)) => LonLat::new(lon, lat).map(Some).map_err(drop),
        _ => Err(()),
    }
}

/// A credit code that stands in two rows belongs to the first; one that a unit out of sight has, to none.
fn repeated<S: BuildHasher>(pending: &mut Vec<Draft<'_>>, taken_codes: &HashSet<String, S>, checked: &mut Checked<Unit>) {
    let mut seen = HashMap::new();
    pending.retain(|draft| {
        let Some(code) = &draft.credit_code else { return true };
        if taken_codes.contains(code.as_str()) {
            checked.note(draft.row, "credit_code", "unit.credit_code_taken", code.as_str());
            return false;
        }
        let is_first = *seen.entry(code.clone()).or_insert(draft.row) == draft.row;
        if !is_first {
            checked.note(draft.row, "credit_code", "import.repeated", code.as_str());
        }
        is_first
    });
}

/// Puts a row below `parent`: it is new, known, or wrong there.
fn place(
    draft: Draft<'_>,
    parent: Option<UnitId>,
    directory: &mut Directory,
    checked: &mut Checked<Unit>,
    (fresh, new_id): (&mut HashSet<UnitId>, &mut impl FnMut() -> UnitId),
) {
    let above = parent.and_then(|parent| directory.get(parent)).cloned();
    let is_part = matches!(draft.kind, UnitKind::Department | UnitKind::Fleet);
    let region = draft.region.clone().or_else(|| above.as_ref().map(|above| above.region.clone()));
    let Some(region) = region else {
        return checked.note(draft.row, "region", "import.empty", "");
    };
    let inherited = above.as_ref().map(|above| above.level).filter(|_| is_part || draft.region.is_none());
    let level = draft.level.or(inherited).unwrap_or_else(|| region.level());
    // A row may be the unit at the top itself, which stands below nothing.
    let top = above.as_ref().filter(|top| draft.parent.is_empty() && folded(&top.name) == folded(&draft.name));
    let parent = top.map_or(parent, |top| top.parent);
    let mut unit = Unit::new(new_id(), parent, &draft.name, level, region);
    (unit.kind, unit.credit_code, unit.place) = (draft.kind, draft.credit_code, draft.place);

    let by_code = unit.credit_code.as_ref().and_then(|code| directory.by_code(code));
    if let Some(known) = by_code.or_else(|| directory.by_place(parent, &unit.name)) {
        return match () {
            () if fresh.contains(&known.id) => checked.note(draft.row, "name", "import.repeated", &unit.name),
            () if known.status != UnitStatus::Active => checked.note(draft.row, "credit_code", "import.unit_gone", &known.name),
            () => match difference(known, &unit, draft.place.is_some()) {
                None => checked.known.push(draft.row),
                Some(column) => checked.note(draft.row, column, "import.differs", &known.name),
            },
        };
    }
    let before = checked.errors.len();
    if let Err(error) = unit.region.fits(unit.level) {
        checked.note(draft.row, "region", error.code(), unit.region.as_str());
    }
    for refusal in above.iter().flat_map(|above| may_stand_below(&unit, above)) {
        let column = if refusal == ActRefusal::RegionOutside { "region" } else { "level" };
        checked.note(
            draft.row,
            column,
            refusal.code(),
            if column == "region" { unit.region.as_str() } else { unit.level.term() },
        );
    }
    if checked.errors.len() == before {
        directory.add(unit.clone());
        fresh.insert(unit.id);
        checked.good.push((draft.row, unit));
    }
}

/// The first column in which a row differs from the unit that it names; an import founds units, it does not change them.
fn difference(known: &Unit, row: &Unit, has_place: bool) -> Option<&'static str> {
    match () {
        () if known.parent != row.parent => Some("parent"),
        () if known.name != row.name => Some("name"),
        () if known.level != row.level => Some("level"),
        () if known.region != row.region => Some("region"),
        () if known.kind != row.kind => Some("kind"),
        () if row.credit_code.is_some() && known.credit_code != row.credit_code => Some("credit_code"),
        () if has_place && known.place != row.place => Some("lon"),
        () => None,
    }
}

/// Says of each row that found no place why.
fn unplaced(pending: &[Draft<'_>], of_table: &HashSet<String>, directory: &Directory, checked: &mut Checked<Unit>) {
    for draft in pending {
        let names = path(draft.parent);
        let code = match directory.find(draft.parent) {
            Named::Many | Named::One(_) => "import.unit_ambiguous",
            // Its superior is a row that is wrong, or waits itself, in the end for this one.
            Named::None if names.last().is_some_and(|name| of_table.contains(name)) => "import.parent_waits",
            Named::None => "import.unit_unknown",
        };
        checked.note(draft.row, "parent", code, draft.parent);
    }
}

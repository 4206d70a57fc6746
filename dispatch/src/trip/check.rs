//! Looking a car over before and after a trip (车辆检查): what is looked at, what was found, and what keeps the car from driving.

use std::collections::{BTreeMap, BTreeSet};

use telematics::uuid_id;
use thiserror::Error;

use crate::word::words;

/// Longest note on a defect, in characters.
const NOTE_LENGTH: usize = 200;

uuid_id! {
    /// Key of a look over a car (车辆检查).
    OrderCheckId
}

uuid_id! {
    /// Key of a defect (车辆故障).
    DefectId
}

words! {
    /// When a car is looked over (检查类型).
    CheckKind, CheckKindError, "check.kind" {
        /// Before it drives off.
        PreTrip = "pre_trip", "出车前检查";
        /// When it is back.
        PostTrip = "post_trip", "收车后检查";
    }
}

words! {
    /// What is looked at (检查项目): five things, so that it is done and not skipped.
    CheckItem, CheckItemError, "check.item" {
        /// Brakes and steering.
        Brakes = "brakes", "制动与转向";
        /// Tyres.
        Tyres = "tyres", "轮胎";
        /// Lamps, horn and wipers.
        Lights = "lights", "灯光与雨刮";
        /// Fuel or charge, oil and water, nothing that drips.
        Fluids = "fluids", "油电水液";
        /// Papers, warning triangle, extinguisher, the body of the car.
        Papers = "papers", "证件、随车工具与外观";
    }
}

/// What was not well with one of the things (检查发现的故障).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// Which.
    pub item: CheckItem,
    /// In words; may be empty, for it is written with one thumb.
    pub note: String,
    /// Nobody may drive with it.
    pub is_safety: bool,
}

/// A whole look over a car (检查结果): each thing once, and a defect for each that is not well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    items: BTreeMap<CheckItem, bool>,
    defects: Vec<Defect>,
}

/// What one thing was found to be, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub item: CheckItem,
    /// It is well.
    pub is_well: bool,
    /// What is wrong with it, in words.
    pub note: String,
    /// Nobody may drive with it.
    pub is_safety: bool,
}

/// Why a look over a car does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InspectionError {
    /// Not each thing once.
    #[error("each of the {} things is looked at once", CheckItem::ALL.len())]
    Incomplete,
    /// A note is too long.
    #[error("a note on a defect has at most {NOTE_LENGTH} characters")]
    Note,
}

impl InspectionError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Incomplete => "check.incomplete",
            Self::Note => "check.note",
        }
    }
}

impl Inspection {
    /// What was found, if it is whole.
    pub fn new(found: Vec<Found>) -> Result<Self, InspectionError> {
        let seen: BTreeSet<CheckItem> = found.iter().map(|one| one.item).collect();
        if found.len() != CheckItem::ALL.len() || seen.len() != found.len() {
            return Err(InspectionError::Incomplete);
        }
        if found.iter().any(|one| one.note.trim().chars().count() > NOTE_LENGTH) {
            return Err(InspectionError::Note);
        }
        let items = found.iter().map(|one| (one.item, one.is_well)).collect();
        let defects = found.into_iter().filter(|one| !one.is_well).map(|one| Defect {
            item: one.item,
            note: one.note.trim().to_owned(),
            is_safety: one.is_safety,
        });
        Ok(Self { items, defects: defects.collect() })
    }

    /// Each thing, and whether it is well.
    pub const fn items(&self) -> &BTreeMap<CheckItem, bool> {
        &self.items
    }

    /// What is not well.
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    /// Nobody may drive off with what was found.
    pub fn keeps_from_driving(&self) -> bool {
        self.defects.iter().any(|defect| defect.is_safety)
    }
}

words! {
    /// What help is called for (求助类型).
    SosKind, SosKindError, "sos.kind" {
        /// Somebody is in danger or unwell, or the car stands where it cannot stay.
        Help = "help", "紧急求助";
        /// There was an accident.
        Accident = "accident", "事故报告";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(wrong: &[(CheckItem, bool)]) -> Vec<Found> {
        let each = CheckItem::ALL.into_iter().map(|item| {
            let danger = wrong.iter().find(|(bad, _)| *bad == item).map(|(_, is_safety)| *is_safety);
            Found { item, is_well: danger.is_none(), note: " 见照片 ".to_owned(), is_safety: danger.unwrap_or_default() }
        });
        each.collect()
    }

    #[test]
    fn only_what_is_a_danger_keeps_the_car_from_driving() {
        for (wrong, defects, keeps) in [
            (&[][..], 0, false),
            (&[(CheckItem::Papers, false)][..], 1, false),
            (&[(CheckItem::Papers, false), (CheckItem::Brakes, true)][..], 2, true),
        ] {
            let inspection = Inspection::new(found(wrong)).unwrap();
            assert_eq!((inspection.defects().len(), inspection.keeps_from_driving()), (defects, keeps), "{wrong:?}");
            assert_eq!(inspection.items().values().filter(|is_well| !**is_well).count(), defects);
            assert!(inspection.defects().iter().all(|defect| defect.note == "见照片"));
        }
    }

    #[test]
    fn a_look_that_leaves_something_out_is_none() {
        let whole = found(&[]);
        let cases = [
            (Vec::new(), InspectionError::Incomplete),
            (whole[1..].to_vec(), InspectionError::Incomplete),
            ([&whole[1..], &whole[1..2]].concat(), InspectionError::Incomplete),
            ([&[Found { note: "长".repeat(NOTE_LENGTH + 1), ..whole[0].clone() }], &whole[1..]].concat(), InspectionError::Note),
        ];
        for (found, error) in cases {
            assert_eq!(Inspection::new(found), Err(error));
        }
    }
}

//! The information types of a report (信息类型标志): which code means what in which edition, and where each ends.

use crate::gb32960::header::Edition;
use crate::gb32960::layout::Item;
use crate::gb32960::{alarm, cells, engine, extremes, fuel_cell, motor, position, temperatures, vehicle};

/// What begins the signature of 2025.
pub(crate) const SIGNATURE: u8 = 0xff;

/// What an information body is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Vehicle,
    Motors,
    FuelCell,
    Engine,
    Position,
    Extremes,
    Alarms,
    Cells,
    Temperatures,
    Stacks,
    Supercapacitor,
    SupercapacitorExtremes,
    /// 0x80 to 0xFE: the maker's own, as long as it says.
    Custom,
    /// A code without a meaning in the edition.
    Unknown,
}

impl Kind {
    /// What a code means (tables 8 and B.3 of 2016, table 9 of 2025): the numbers moved between the editions.
    pub(crate) const fn of(edition: Edition, code: u8) -> Self {
        match (edition, code) {
            (_, 0x01) => Self::Vehicle,
            (_, 0x02) => Self::Motors,
            (_, 0x03) => Self::FuelCell,
            (_, 0x04) => Self::Engine,
            (_, 0x05) => Self::Position,
            (Edition::V2016, 0x06) => Self::Extremes,
            (Edition::V2016, 0x07) | (Edition::V2025, 0x06) => Self::Alarms,
            (Edition::V2016, 0x08) | (Edition::V2025, 0x07) => Self::Cells,
            (Edition::V2016, 0x09) | (Edition::V2025, 0x08) => Self::Temperatures,
            (Edition::V2025, 0x30) => Self::Stacks,
            (Edition::V2025, 0x31) => Self::Supercapacitor,
            (Edition::V2025, 0x32) => Self::SupercapacitorExtremes,
            (_, 0x80..=0xfe) => Self::Custom,
            _ => Self::Unknown,
        }
    }

    /// Its table; `None` for what has none.
    pub(crate) const fn item(self, edition: Edition) -> Option<&'static Item> {
        let (v2016, v2025) = match self {
            Self::Vehicle => (&vehicle::VEHICLE_2016, &vehicle::VEHICLE_2025),
            Self::Motors => (&motor::MOTORS_2016, &motor::MOTORS_2025),
            Self::FuelCell => (&fuel_cell::FUEL_CELL_2016, &fuel_cell::FUEL_CELL_2025),
            Self::Engine => (&engine::ENGINE_2016, &engine::ENGINE_2025),
            Self::Position => (&position::POSITION_2016, &position::POSITION_2025),
            Self::Alarms => (&alarm::ALARMS_2016, &alarm::ALARMS_2025),
            Self::Cells => (&cells::CELLS_2016, &cells::CELLS_2025),
            Self::Temperatures => (&temperatures::TEMPERATURES_2016, &temperatures::TEMPERATURES_2025),
            Self::Extremes => return Some(&extremes::EXTREMES),
            Self::Stacks => return Some(&fuel_cell::STACKS),
            Self::Supercapacitor => return Some(&cells::SUPERCAPACITOR),
            Self::SupercapacitorExtremes => return Some(&extremes::SUPERCAPACITOR_EXTREMES),
            Self::Custom | Self::Unknown => return None,
        };
        Some(match edition {
            Edition::V2016 => v2016,
            Edition::V2025 => v2025,
        })
    }
}

/// One information body of a report (信息体).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Info<'a> {
    pub(crate) code: u8,
    pub(crate) kind: Kind,
    /// Where the code stands in the data unit.
    pub(crate) at: usize,
    /// What follows the code; of a custom one with its length in front.
    pub(crate) body: &'a [u8],
}

/// The information bodies of a report, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Infos<'a> {
    edition: Edition,
    data: &'a [u8],
    at: usize,
}

impl<'a> Infos<'a> {
    /// The bodies of a data unit from `at` on.
    pub(crate) const fn new(edition: Edition, data: &'a [u8], at: usize) -> Self {
        Self { edition, data, at }
    }

    /// Where the next one begins, or where they ended.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// The next one; `None` at the end or at a signature, an error when it is not all there.
    pub(crate) fn next(&mut self) -> Result<Option<Info<'a>>, Info<'a>> {
        let Some((code, rest)) = self.data.get(self.at..).and_then(<[u8]>::split_first) else { return Ok(None) };
        if *code == SIGNATURE && self.edition == Edition::V2025 {
            return Ok(None);
        }
        let kind = Kind::of(self.edition, *code);
        let info = |body| Info { code: *code, kind, at: self.at, body };
        let length = match kind {
            Kind::Custom => counted(rest).ok_or_else(|| info(rest))?,
            // Types that the standard leaves to two platforms, or reserves: mostly built like the custom ones; if not, there is no
            // telling where one ends, and the rest is kept as it is.
            Kind::Unknown => counted(rest).unwrap_or(rest.len()),
            known => {
                let length = known.item(self.edition).and_then(|item| item.shape.length(rest));
                length.ok_or_else(|| info(rest))?
            }
        };
        let body = rest.get(..length).unwrap_or_default();
        let found = info(body);
        self.at += 1 + length;
        Ok(Some(found))
    }
}

fn counted(rest: &[u8]) -> Option<usize> {
    let length = 2 + usize::from(u16::from_be_bytes(*rest.first_chunk()?));
    (length <= rest.len()).then_some(length)
}

//! The board: the last known state of every vehicle, and which scope it belongs to.

use std::collections::{HashMap, HashSet};

use dispatch::scope::Scope;
use dispatch::unit::{UnitId, UnitTree};
use fleet_db::live::Register;
use serde::Serialize;
use telematics::id::VehicleNo;
use telematics::live::{LiveState, Status};
use utoipa::ToSchema;

use super::shown::Shown;

/// Vehicles by colour (四色统计).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Counts {
    /// 运行.
    pub(crate) running: usize,
    /// 静止.
    pub(crate) still: usize,
    /// 离线, those never heard of included.
    pub(crate) offline: usize,
    /// 故障.
    pub(crate) faulty: usize,
    /// All of them.
    pub(crate) total: usize,
}

/// All vehicles in memory; filled from the store, kept up to date by the feed.
#[derive(Debug, Default)]
pub(crate) struct Board {
    states: HashMap<VehicleNo, LiveState>,
    /// Those that are exempt from tracking: nothing is known of them, and nothing taken over.
    exempt: HashSet<VehicleNo>,
    /// Every vehicle of the register with its unit, by number.
    vehicles: Vec<(VehicleNo, UnitId)>,
    tree: UnitTree,
    units: Vec<UnitId>,
}

impl Board {
    /// Takes over newer states.
    pub(crate) fn apply(&mut self, states: &[LiveState]) {
        for state in states.iter().filter(|state| !self.exempt.contains(&state.vehicle)) {
            self.states.insert(state.vehicle, state.clone());
        }
    }

    /// Takes over another register.
    pub(crate) fn set_register(&mut self, register: Register) {
        self.exempt = register.exempt.into_iter().collect();
        self.states.retain(|no, _| !self.exempt.contains(no));
        self.vehicles = register.vehicles;
        self.vehicles.sort_unstable_by_key(|(no, _)| *no);
        self.units = register.units.iter().map(|(unit, _)| *unit).collect();
        self.tree = register.units.into_iter().collect();
    }

    /// Forgets a vehicle that has become exempt, before the register says so.
    pub(crate) fn withdraw(&mut self, no: VehicleNo) {
        self.exempt.insert(no);
        self.states.remove(&no);
    }

    /// The numbers of the vehicles within all of `scopes`, in order.
    pub(crate) fn numbers(&self, scopes: &[Scope]) -> Vec<VehicleNo> {
        let is_within = |unit: UnitId| scopes.iter().all(|scope| scope.covers(self.tree.line(unit)));
        let units: HashSet<UnitId> = self.units.iter().copied().filter(|unit| is_within(*unit)).collect();
        self.vehicles.iter().filter(|(_, unit)| units.contains(unit)).map(|(no, _)| *no).collect()
    }

    /// The vehicles of a scope as the map shows them, by number; those that are exempt are not on it.
    pub(crate) fn shown(&self, scope: &Scope) -> Vec<Shown> {
        let shown = |no: VehicleNo| self.states.get(&no).map_or_else(|| Shown::unheard(no.0.cast_unsigned()), Shown::of);
        let numbers = self.numbers(std::slice::from_ref(scope)).into_iter();
        numbers.filter(|no| !self.exempt.contains(no)).map(shown).collect()
    }

    /// The state of a vehicle, if it was ever heard of.
    pub(crate) fn state(&self, no: VehicleNo) -> Option<&LiveState> {
        self.states.get(&no)
    }

    /// The colour of a vehicle; one that was never heard of is offline.
    pub(crate) fn status(&self, no: VehicleNo) -> Status {
        self.states.get(&no).map_or(Status::Offline, LiveState::status)
    }

    /// How many of `numbers` have which colour.
    pub(crate) fn count(&self, numbers: &[VehicleNo]) -> Counts {
        let mut counts = Counts { total: numbers.len(), ..Counts::default() };
        for no in numbers {
            let count = match self.status(*no) {
                Status::Running => &mut counts.running,
                Status::Still => &mut counts.still,
                Status::Offline => &mut counts.offline,
                Status::Faulty => &mut counts.faulty,
            };
            *count += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use telematics::fix::Fix;
    use telematics::place::LonLat;
    use uuid::Uuid;

    use super::*;
    use crate::live::frame;

    fn unit(n: u128) -> UnitId {
        UnitId(Uuid::from_u128(n))
    }

    fn state(no: i32) -> LiveState {
        let at = LonLat::new(120.0 + f64::from(no) * 1e-5, 30.0).unwrap();
        let fix = Fix { at, speed: None, heading: None, altitude_m: None, satellites: None, hdop: None, accuracy: None };
        LiveState { fix: Some(fix), online: true, ..LiveState::unheard(VehicleNo(no)) }
    }

    #[test]
    fn a_board_counts_what_a_scope_has() {
        let mut board = Board::default();
        board.set_register(Register {
            vehicles: vec![(VehicleNo(3), unit(3)), (VehicleNo(1), unit(2)), (VehicleNo(2), unit(2))],
            units: vec![(unit(1), None), (unit(2), Some(unit(1))), (unit(3), Some(unit(1)))],
            ..Register::default()
        });
        board.apply(&[state(2), state(9)]);
        let all = board.numbers(&[Scope::of(unit(1))]);
        assert_eq!(all, [VehicleNo(1), VehicleNo(2), VehicleNo(3)]);
        assert_eq!(board.count(&all), Counts { still: 1, offline: 2, total: 3, ..Counts::default() });
        assert_eq!(board.numbers(&[Scope::of(unit(1)), Scope::of(unit(3))]), [VehicleNo(3)]);
        assert_eq!(board.numbers(&[Scope::of(unit(2)), Scope::of(unit(3))]), []);
        assert_eq!(board.numbers(&[Scope::of(unit(7))]), []);
    }

    #[test]
    fn the_snapshot_of_a_province_holds_every_car_once() {
        let mut board = Board::default();
        // 77,000 cars in 24,000 units below eleven cities.
        let units = (0..24_000).map(|n| (unit(n), (n > 0).then(|| unit(if n < 12 { 0 } else { 1 + n % 11 })))).collect();
        let vehicles = (0..77_000).map(|no| (VehicleNo(no), unit(u128::try_from(no).unwrap() % 24_000))).collect();
        board.set_register(Register { vehicles, units, ..Register::default() });
        board.apply(&(0..77_000).map(state).collect::<Vec<_>>());
        let shown = board.shown(&Scope::of(unit(0)));
        assert_eq!(frame::snapshot(1, DateTime::UNIX_EPOCH, &shown).len(), 24 + 77_000 * 20);
        assert_eq!(board.numbers(&[Scope::of(unit(0))]).len(), 77_000);
    }
}

//! The tariff as the register has it: three tables of the unit's line, of which one class is read.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Extras, Step, Tariff, TariffClass};
use crate::money::Money;
use crate::rule::key::RuleKey;
use crate::rule::resolve::{RuleVersion, resolve};
use crate::rule::value::{Cell, Row, RuleValue};
use crate::unit::UnitId;

impl Tariff {
    /// The keys that a tariff is read from.
    pub const KEYS: [RuleKey; 3] = [RuleKey::TariffDistance, RuleKey::TariffTime, RuleKey::TariffExtras];

    /// The prices of a class for the unit with this line of superiors, itself first, on a day, as far as was known at an instant.
    pub fn of(versions: &[RuleVersion], line: &[UnitId], (on, known_at): (NaiveDate, DateTime<Utc>), class: TariffClass) -> Self {
        let [distance, time, extras] = Self::KEYS.map(|key| {
            let resolved = resolve(versions, key, line, on, known_at);
            resolved.map_or_else(|| RuleValue::Table(Vec::new()), |resolved| resolved.value)
        });
        Self::read(&distance, &time, &extras, class)
    }

    /// The prices of a class in three tables of the register.
    pub fn read(distance: &RuleValue, time: &RuleValue, extras: &RuleValue, class: TariffClass) -> Self {
        Self {
            distance: steps(distance, class, "up_to_km", "fen_per_km"),
            time: steps(time, class, "up_to_hours", "fen"),
            extras: Extras::read(extras),
        }
    }
}

impl Extras {
    fn read(value: &RuleValue) -> Self {
        let amount = |what: &str| {
            let row = value.rows().iter().find(|row| row.get("what").and_then(Cell::text) == Some(what));
            row.and_then(|row| whole(row, "amount")).unwrap_or_default()
        };
        Self {
            waiting_free_minutes: amount("waiting_free_minutes"),
            waiting_step_minutes: amount("waiting_step_minutes"),
            waiting_step_km: amount("waiting_step_km"),
            short_trip_km: amount("short_trip_km"),
            short_trip_wait_hours: amount("short_trip_wait_hours"),
            short_trip_charged_km: amount("short_trip_charged_km"),
            driver_meal: Money::from_fen(amount("driver_meal_fen_day").into()),
            is_by_whole_trip: amount("whole_trip_bands") > 0,
        }
    }
}

/// The steps of a class, whatever the order of the rows; the open one last.
fn steps(value: &RuleValue, class: TariffClass, limit: &str, price: &str) -> Vec<Step> {
    let of_class = value.rows().iter().filter(|row| row.get("class").and_then(Cell::text) == Some(class.as_str()));
    let step = |row: &Row| Some(Step { up_to: whole(row, limit), price: Money::from_fen(whole(row, price)?.into()) });
    let mut steps: Vec<Step> = of_class.filter_map(step).collect();
    steps.sort_by_key(|step| step.up_to.unwrap_or(u32::MAX));
    steps
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers, by the register's bounds")]
fn whole(row: &Row, column: &str) -> Option<u32> {
    row.get(column)?.number().map(|number| number as u32)
}

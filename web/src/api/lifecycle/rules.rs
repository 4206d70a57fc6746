//! What the register says of the life of cars, for a unit and a day.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::calendar::{Calendar, day_of};
use dispatch::lifecycle::renewal::{self, AgedCar, RenewalError, RenewalGround};
use dispatch::lifecycle::share::{self, BatchCar, NevCount, NevShare};
use dispatch::lifecycle::standard::{self, StandardVerdict, WantedCar};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::{RuleVersion, resolve};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::{PgConnection, rule};

use crate::problem::ApiResult;

const KEYS: [RuleKey; 12] = [
    RuleKey::EquipmentCeiling,
    RuleKey::NevShare,
    RuleKey::NevShareCourier,
    RuleKey::NevPowertrains,
    RuleKey::NevPowertrainsPlan,
    RuleKey::RenewalYears,
    RuleKey::RenewalKilometres,
    RuleKey::ForcedScrap,
    RuleKey::DisposalFirst,
    RuleKey::IndicatorDays,
    RuleKey::PlatformEntry,
    RuleKey::CalendarDays,
];

/// The rules of a unit (全周期规则), as they are known at an instant.
#[derive(Debug)]
pub(super) struct LifecycleRules {
    /// The unit and its superiors, itself first.
    pub(super) line: Vec<UnitId>,
    versions: Vec<RuleVersion>,
    now: DateTime<Utc>,
}

impl LifecycleRules {
    /// Reads them; a unit's rules are no secret of the unit.
    pub(super) async fn of(conn: &mut PgConnection, unit: UnitId, now: DateTime<Utc>) -> ApiResult<Self> {
        let line = rule::line(conn, &Scope::of(unit), unit).await?;
        Ok(Self { line, versions: rule::versions(conn, &KEYS).await?, now })
    }

    /// The same for another unit.
    pub(super) async fn at(&self, conn: &mut PgConnection, unit: UnitId) -> ApiResult<Self> {
        let line = rule::line(conn, &Scope::of(unit), unit).await?;
        Ok(Self { line, versions: self.versions.clone(), now: self.now })
    }

    /// Today in Beijing.
    pub(super) fn today(&self) -> NaiveDate {
        day_of(self.now)
    }

    fn number(&self, key: RuleKey) -> u32 {
        let held = resolve(&self.versions, key, &self.line, self.today(), self.now);
        let number = held.and_then(|held| held.value.number()).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers, by the register's bounds")]
        let whole = number.round() as u32;
        whole
    }

    /// Holds a car against the standards of a day.
    pub(super) fn standard(&self, car: &WantedCar, on: NaiveDate) -> StandardVerdict {
        standard::check(car, &self.versions, &self.line, on, self.now)
    }

    /// The share of new energy among cars.
    pub(super) fn share(&self, cars: &[BatchCar], count: NevCount) -> NevShare {
        share::of_batch(cars, count, &self.versions, &self.line, self.today(), self.now)
    }

    /// On what ground a car may be renewed today, or why not.
    pub(super) fn renewal(&self, car: &AgedCar) -> Result<RenewalGround, RenewalError> {
        renewal::ground(car, &self.versions, &self.line, self.today(), self.now)
    }

    /// The first day on which a car may be renewed by its years.
    pub(super) fn renewal_from(&self, registered_on: NaiveDate) -> NaiveDate {
        renewal::anniversary(registered_on, self.number(RuleKey::RenewalYears))
    }

    /// The old car goes before the new one has its plate.
    pub(super) fn is_disposal_first(&self) -> bool {
        self.number(RuleKey::DisposalFirst) == 1
    }

    /// Days for which an indicator is valid.
    pub(super) fn indicator_days(&self) -> u64 {
        u64::from(self.number(RuleKey::IndicatorDays))
    }

    /// By when a car registered on a day is on the platform.
    pub(super) fn platform_by(&self, registered_on: NaiveDate) -> NaiveDate {
        let calendar = Calendar::of(&self.versions, &self.line, self.now);
        dispatch::lifecycle::registration::platform_by(registered_on, self.number(RuleKey::PlatformEntry), &calendar)
    }
}

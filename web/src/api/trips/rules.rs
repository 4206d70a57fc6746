//! What the register says of trips, for a unit and a day: lead time, reasons, ways and their speeds, time limits, holidays.

use chrono::{DateTime, Days, Duration, Utc};
use dispatch::calendar::{Calendar, day_of};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::{RuleVersion, resolve};
use dispatch::rule::value::RuleValue;
use dispatch::scope::Scope;
use dispatch::trip::pool::PoolRules;
use dispatch::trip::proposal::Prices;
use dispatch::trip::reason::{self, Reason};
use dispatch::trip::travel::Travel;
use dispatch::trip::wish;
use dispatch::unit::UnitId;
use fleet_db::{PgConnection, rule};
use telematics::quantity::Distance;

use crate::problem::ApiResult;

const KEYS: [RuleKey; 15] = [
    RuleKey::BaseRadius,
    RuleKey::BaseStand,
    RuleKey::OrderTolerance,
    RuleKey::PlanHorizon,
    RuleKey::LowRating,
    RuleKey::PoolWithin,
    RuleKey::PoolNear,
    RuleKey::LeadTime,
    RuleKey::RatifyWithin,
    RuleKey::UndoWithin,
    RuleKey::TripReasons,
    RuleKey::WayFactor,
    RuleKey::TravelSpeed,
    RuleKey::CalendarDays,
    RuleKey::DispatchPrices,
];

/// The rules of a unit (用车规则), as they are known at an instant.
#[derive(Debug)]
pub(super) struct TripRules {
    /// The unit and its superiors, itself first.
    pub(super) line: Vec<UnitId>,
    versions: Vec<RuleVersion>,
    now: DateTime<Utc>,
}

impl TripRules {
    /// Reads them; a unit's rules are no secret of the unit.
    pub(super) async fn of(conn: &mut PgConnection, unit: UnitId, now: DateTime<Utc>) -> ApiResult<Self> {
        let line = rule::line(conn, &Scope::of(unit), unit).await?;
        Ok(Self { line, versions: rule::versions(conn, &KEYS).await?, now })
    }

    fn value(&self, key: RuleKey) -> Option<RuleValue> {
        Some(resolve(&self.versions, key, &self.line, day_of(self.now), self.now)?.value)
    }

    /// A number of the register; every key has a value that the product brings along.
    fn number(&self, key: RuleKey) -> i64 {
        let number = self.value(key).and_then(|value| value.number()).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers, by the register's bounds")]
        let whole = number.round() as i64;
        whole
    }

    /// How long a decision can be taken back.
    pub(super) fn undo_within(&self) -> Duration {
        Duration::seconds(self.number(RuleKey::UndoWithin))
    }

    /// How long an emergency may wait to be ratified.
    pub(super) fn ratify_within(&self) -> Duration {
        Duration::hours(self.number(RuleKey::RatifyWithin))
    }

    /// How near trips have to be that ride together.
    pub(super) fn pool(&self) -> PoolRules {
        PoolRules {
            within: Duration::minutes(self.number(RuleKey::PoolWithin)),
            near: Distance::from_metres(self.value(RuleKey::PoolNear).and_then(|value| value.number()).unwrap_or_default()),
        }
    }

    /// Days ahead for which plans become requests.
    pub(super) fn plan_horizon(&self) -> Days {
        Days::new(u64::try_from(self.number(RuleKey::PlanHorizon)).unwrap_or_default())
    }

    /// How far a base reaches.
    pub(super) fn base_radius(&self) -> Distance {
        Distance::from_metres(self.value(RuleKey::BaseRadius).and_then(|value| value.number()).unwrap_or_default())
    }

    /// How long a car stands at its base before it is back.
    pub(super) fn base_stand(&self) -> Duration {
        Duration::minutes(self.number(RuleKey::BaseStand))
    }

    /// How long before its time an order may leave.
    pub(super) fn tolerance(&self) -> Duration {
        Duration::minutes(self.number(RuleKey::OrderTolerance))
    }

    /// The days on which people work.
    pub(super) fn calendar(&self) -> Calendar {
        Calendar::of(&self.versions, &self.line, self.now)
    }

    /// Stars at or under which a rating with words is a case.
    pub(super) fn low_rating(&self) -> u8 {
        u8::try_from(self.number(RuleKey::LowRating)).unwrap_or_default()
    }

    /// The list of reasons.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        self.value(RuleKey::TripReasons).map(|value| reason::list(&value)).unwrap_or_default()
    }

    /// What ways are reckoned with.
    pub(super) fn travel(&self) -> Travel {
        let value = |key| self.value(key).unwrap_or(RuleValue::Number(1.0));
        Travel::of(&value(RuleKey::WayFactor), &value(RuleKey::TravelSpeed))
    }

    /// What cars are ordered by.
    pub(super) fn prices(&self) -> Prices {
        self.value(RuleKey::DispatchPrices).map(|value| Prices::of(&value)).unwrap_or_default()
    }

    /// The day of that instant is none on which people work.
    pub(super) fn is_holiday(&self, at: DateTime<Utc>) -> bool {
        !self.calendar().is_workday(day_of(at))
    }

    /// What a wish is checked by.
    pub(super) fn for_wish(&self, begins_at: DateTime<Utc>) -> wish::Rules {
        wish::Rules {
            reasons: self.reasons(),
            lead_time: Duration::minutes(self.number(RuleKey::LeadTime)),
            is_holiday: self.is_holiday(begins_at),
        }
    }
}

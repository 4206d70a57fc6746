//! How well drivers drove (驾驶员星级评分) as it is stored: what a quarter is judged by, and what those that are over came to.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::driver::DriverId;
use dispatch::driver::quarter::Quarter;
use dispatch::driver::score::{DriverScore, ScoreItem, ScoreRule, score};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::rule;

/// What the score of a driver is worked out with.
const KEYS: [RuleKey; 4] = [RuleKey::DriverScore, RuleKey::OrderTolerance, RuleKey::OverdueReturn, RuleKey::RefuelInterval];

/// A quarter that is over with what it came to (季度评分记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Which one.
    pub quarter: Quarter,
    /// What it came to.
    pub score: DriverScore,
    /// When it was worked out.
    pub at: DateTime<Utc>,
}

/// A driver whose quarter is over and has no score yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Who.
    pub driver: DriverId,
    /// Name.
    pub name: String,
    /// Where the driver works.
    pub unit: UnitId,
}

/// What the quarter of a driver that was found before is judged by, and what the register of the driver's unit makes of it: the values
/// of its last day, or of today while it lasts.
pub async fn judge(
    conn: &mut PgConnection,
    (driver, unit): (DriverId, UnitId),
    quarter: Quarter,
    (today, now): (NaiveDate, DateTime<Utc>),
) -> Result<(DriverScore, Vec<ScoreItem>), DbError> {
    let on = quarter.last_day().min(today);
    let (line, versions) = (rule::superiors(conn, unit).await?, rule::binding(conn, unit, &KEYS).await?);
    let value = |key| resolve(&versions, key, &line, on, now).map(|resolved| resolved.value);
    let seconds = |key, each: f64| {
        let number = value(key).and_then(|value| value.number()).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "days at most, by the register's bounds")]
        let seconds = (number * each) as i32;
        seconds
    };
    let (from, to) = quarter.span();
    let rows = sqlx::query!(
        r#"select part as "part!", what as "what!", order_id as "order_id!", number as "number!", at as "at!", amount as "amount!",
                  note as "note!", is_against as "is_against!"
           from driver_score_items($1, $2, $3, $4, $5, $6)
           order by at desc, what"#,
        driver.0,
        from,
        to,
        seconds(RuleKey::OrderTolerance, 60.0),
        seconds(RuleKey::OverdueReturn, 60.0),
        seconds(RuleKey::RefuelInterval, 3600.0),
    )
    .fetch_all(conn)
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(ScoreItem {
            part: row.part.parse().map_err(unreadable)?,
            fact: row.what.parse().map_err(unreadable)?,
            order: OrderId(row.order_id),
            number: row.number,
            at: row.at,
            amount: row.amount,
            note: row.note,
            is_against: row.is_against,
        })
    });
    let items = items.collect::<Result<Vec<_>, DbError>>()?;
    let rule = value(RuleKey::DriverScore).map(|value| ScoreRule::read(&value));
    let judged = score(&items, &rule.unwrap_or(ScoreRule::NOTHING));
    Ok((judged, items))
}

/// The quarters of a driver that are over, the newest first.
pub async fn closed(conn: &mut PgConnection, driver: DriverId) -> Result<Vec<Closed>, DbError> {
    let rows = sqlx::query!(
        "select year, quarter, score, computed_at from driver_score where driver_id = $1 order by year desc, quarter desc",
        driver.0,
    )
    .fetch_all(conn)
    .await?;
    let closed = rows.into_iter().map(|row| {
        let number = u8::try_from(row.quarter).unwrap_or_default();
        Ok(Closed {
            quarter: Quarter::new(row.year, number).map_err(unreadable)?,
            score: serde_json::from_value(row.score).map_err(unreadable)?,
            at: row.computed_at,
        })
    });
    closed.collect()
}

/// Drivers who drove in a quarter that has no score of theirs yet, at most so many; another service leaves them alone meanwhile.
pub async fn due(conn: &mut PgConnection, quarter: Quarter, limit: i64) -> Result<Vec<Due>, DbError> {
    let (from, to) = quarter.span();
    let rows = sqlx::query!(
        "select d.id, d.name, d.unit_id
         from driver d
         where exists (select from dispatch_order o
                       where o.driver_id = d.id and o.departed_at >= $3 and o.departed_at < $4 and o.state in ('returned', 'settled'))
           and not exists (select from driver_score s where s.driver_id = d.id and s.year = $1 and s.quarter = $2)
         order by d.id
         limit $5
         for no key update of d skip locked",
        quarter.year(),
        i16::from(quarter.number()),
        from,
        to,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let due = |id: Uuid, name: String, unit: Uuid| Due { driver: DriverId(id), name, unit: UnitId(unit) };
    Ok(rows.into_iter().map(|row| due(row.id, row.name, row.unit_id)).collect())
}

/// Keeps what a quarter came to.
pub async fn insert(
    conn: &mut PgConnection,
    driver: DriverId,
    quarter: Quarter,
    score: &DriverScore,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into driver_score (driver_id, year, quarter, score, computed_at) values ($1, $2, $3, $4, $5)",
        driver.0,
        quarter.year(),
        i16::from(quarter.number()),
        serde_json::to_value(score).map_err(unreadable)?,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

//! What drivers learned (学习记录): written down once, read with their files.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::driver::DriverId;
use dispatch::driver::study::{Lesson, StudyId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DbError;

/// A lesson as the file keeps it (学习记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Study {
    /// Key.
    pub id: StudyId,
    /// The day, in Beijing time.
    pub on: NaiveDate,
    /// What it was about.
    pub topic: String,
    /// How long it took, in minutes.
    pub minutes: i32,
    /// Who wrote it down.
    pub by: String,
}

struct Row {
    id: Uuid,
    on_day: NaiveDate,
    topic: String,
    minutes: i32,
    by: String,
}

/// Writes a lesson into the file of a driver that was found before. The same lesson a second time is a conflict.
pub async fn insert(
    conn: &mut PgConnection,
    id: StudyId,
    driver: DriverId,
    lesson: &Lesson,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into driver_study (id, driver_id, on_day, topic, minutes, recorded_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        driver.0,
        lesson.on(),
        lesson.topic(),
        lesson.minutes(),
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The lessons of a driver that was found before, the newest first.
pub async fn of_driver(conn: &mut PgConnection, driver: DriverId) -> Result<Vec<Study>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, on_day, topic, minutes, account_name(recorded_by) as "by!"
           from driver_study
           where driver_id = $1
           order by on_day desc, id desc"#,
        driver.0,
    )
    .fetch_all(conn)
    .await?;
    let study = |row: Row| Study { id: StudyId(row.id), on: row.on_day, topic: row.topic, minutes: row.minutes, by: row.by };
    Ok(rows.into_iter().map(study).collect())
}

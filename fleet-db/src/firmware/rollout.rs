//! Rollouts (固件灰度升级): who gets the program in which stage, ordered when the stage begins.

use chrono::{DateTime, Days, Utc};
use dispatch::account::AccountId;
use dispatch::audit::{self, Action, Entry};
use dispatch::firmware::{RolloutAction, RolloutState, Tally, TargetState, stage_of};
use dispatch::message::{News, SubjectKind};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use serde_json::json;
use sqlx::PgConnection;
use telematics::command::{Command, Release};
use telematics::id::{CommandId, DeviceId, FirmwareId, RolloutId};
use uuid::Uuid;

use crate::command::ask;
use crate::error::{DbError, unreadable};
use crate::message::{self, About, Subject};
use crate::terminal::By;

/// Days for which an order waits for a device that is away.
const ORDER_DAYS: Days = Days::new(30);

/// A rollout to be begun.
#[derive(Clone, Debug)]
pub struct NewRollout {
    /// Key.
    pub id: RolloutId,
    /// Which program.
    pub image: FirmwareId,
    /// Devices of this unit and everything below it.
    pub unit: UnitId,
    /// Shares of the devices, per cent, rising to 100.
    pub stages_pct: Vec<u8>,
    /// Failures among those done, per cent, above which it pauses.
    pub failure_limit_pct: u8,
    /// Who begins it, and why.
    pub by: By,
}

/// A rollout with its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// Key.
    pub id: RolloutId,
    /// The program's version.
    pub version: String,
    /// Where.
    pub unit: UnitId,
    /// Name of the unit.
    pub unit_name: String,
    /// Shares of the devices, per cent.
    pub stages_pct: Vec<u8>,
    /// The stage that has begun, from 0.
    pub stage: usize,
    /// Failures that pause it, per cent.
    pub failure_limit_pct: u8,
    /// Where it stands.
    pub state: RolloutState,
    /// Why it was begun.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub started_at: DateTime<Utc>,
    /// Devices in each state.
    pub counts: Vec<(TargetState, i64)>,
}

/// One device of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The device.
    pub device: DeviceId,
    /// Its name.
    pub terminal: String,
    /// The vehicle it is in.
    pub plate: Option<String>,
    /// Its stage, from 0.
    pub stage: usize,
    /// What it ran before.
    pub previous_version: Option<String>,
    /// What it says it runs.
    pub version: Option<String>,
    /// Where it stands.
    pub state: TargetState,
    /// Why it failed.
    pub code: Option<String>,
    /// Since when.
    pub changed_at: Option<DateTime<Utc>>,
}

/// What the rules of a move need.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Where it stands.
    pub state: RolloutState,
    /// The stage that has begun, from 0.
    pub stage: usize,
    /// How many stages there are.
    pub stages: usize,
    /// Failures that pause it, per cent.
    pub failure_limit_pct: u8,
    image: Uuid,
    by: By,
}

impl Standing {
    /// There is no further stage.
    pub const fn is_last_stage(&self) -> bool {
        self.stage + 1 >= self.stages
    }
}

/// Begins a rollout, and says for how many devices.
///
/// They are the bridges of the unit that have been heard and do not run the program yet, spread over the stages by a number
/// that has nothing to do with who they are; the first stage is ordered at once.
pub async fn begin(
    conn: &mut PgConnection,
    new: &NewRollout,
    now: DateTime<Utc>,
    key: impl Fn() -> Uuid,
) -> Result<usize, DbError> {
    let stages: Vec<i16> = new.stages_pct.iter().map(|pct| i16::from(*pct)).collect();
    sqlx::query!(
        "insert into firmware_rollout (id, image_id, unit_id, stages_pct, stage, failure_limit_pct, state, reason, started_by, started_at,
                                       changed_at)
         values ($1, $2, $3, $4, 0, $5, 'running', $6, $7, $8, $8)",
        new.id.0,
        new.image.0,
        new.unit.0,
        &stages,
        i16::from(new.failure_limit_pct),
        new.by.reason,
        new.by.account.map(|account| account.0),
        now,
    )
    .execute(&mut *conn)
    .await?;
    let devices = sqlx::query!(
        r#"select d.id, s.status ->> 'version' as version
           from device d
           join device_status s on s.device_id = d.id
           where d.protocol = 'mqtt' and d.disabled_at is null
             and d.seen_by in (select unit_id from unit_within(array[$1::uuid]))
             and s.status ->> 'version' is distinct from (select version from firmware_image where id = $2)
           order by hashtextextended(d.id::text, 0)"#,
        new.unit.0,
        new.image.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = devices.len();
    let (ids, versions): (Vec<Uuid>, Vec<Option<String>>) = devices.into_iter().map(|row| (row.id, row.version)).unzip();
    let stage: Vec<i16> =
        (0..count).map(|rank| i16::try_from(stage_of(rank, count, &new.stages_pct)).unwrap_or(i16::MAX)).collect();
    sqlx::query!(
        "insert into firmware_target (rollout_id, device_id, stage, previous_version, state, changed_at)
         select $1, t.id, t.stage, t.version, 'waiting', $5
         from unnest($2::uuid[], $3::smallint[], $4::text[]) as t (id, stage, version)",
        new.id.0,
        &ids,
        &stage,
        &versions as &[Option<String>],
        now,
    )
    .execute(&mut *conn)
    .await?;
    order(conn, new.id, now, key).await?;
    Ok(count)
}

/// Orders the program for the waiting devices of the stages that have begun.
async fn order(conn: &mut PgConnection, id: RolloutId, now: DateTime<Utc>, key: impl Fn() -> Uuid) -> Result<(), DbError> {
    let standing = lock(conn, id).await?;
    let image = sqlx::query!("select version, sha256, size_bytes, signature from firmware_image where id = $1", standing.image)
        .fetch_one(&mut *conn)
        .await?;
    let command = Command::Update(Release {
        version: image.version,
        sha256: hex::encode(image.sha256),
        bytes: u64::try_from(image.size_bytes).unwrap_or_default(),
        signature: hex::encode(image.signature),
    });
    let waiting = sqlx::query_scalar!(
        "select device_id from firmware_target where rollout_id = $1 and state = 'waiting' and stage <= $2 order by device_id",
        id.0,
        i16::try_from(standing.stage).unwrap_or(i16::MAX),
    )
    .fetch_all(&mut *conn)
    .await?;
    for device in waiting {
        let command_id = CommandId(key());
        let expires_at = now.checked_add_days(ORDER_DAYS).unwrap_or(DateTime::<Utc>::MAX_UTC);
        ask::insert(conn, command_id, DeviceId(device), &command, &standing.by, expires_at, now).await?;
        sqlx::query!(
            "update firmware_target set state = 'ordered', command_id = $3, code = null, changed_at = $4
             where rollout_id = $1 and device_id = $2",
            id.0,
            device,
            command_id.0,
            now,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Locks a rollout for a move.
pub async fn lock(conn: &mut PgConnection, id: RolloutId) -> Result<Standing, DbError> {
    let row = sqlx::query!(
        r#"select image_id, state, stage, cardinality(stages_pct) as "stages!", failure_limit_pct, started_by, reason
           from firmware_rollout where id = $1 for update"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok(Standing {
        state: row.state.parse().map_err(unreadable)?,
        stage: usize::try_from(row.stage).unwrap_or_default(),
        stages: usize::try_from(row.stages).unwrap_or_default(),
        failure_limit_pct: u8::try_from(row.failure_limit_pct).unwrap_or(100),
        image: row.image_id,
        by: By { account: Some(AccountId(row.started_by)), ..By::system(&row.reason) },
    })
}

/// How the devices of the stages that have begun stand.
pub async fn tally(conn: &mut PgConnection, id: RolloutId) -> Result<Tally, DbError> {
    let row = sqlx::query!(
        r#"select count(*) filter (where t.state = 'confirmed') as "confirmed!",
                  count(*) filter (where t.state in ('rolled_back', 'failed')) as "failed!",
                  count(*) filter (where t.state in ('waiting', 'ordered', 'trial')) as "open!"
           from firmware_target_now t
           join firmware_rollout r on r.id = t.rollout_id
           where r.id = $1 and t.stage <= r.stage"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Tally { confirmed: count(row.confirmed), failed: count(row.failed), open: count(row.open) })
}

/// Where it stands from now on.
pub async fn set_state(conn: &mut PgConnection, id: RolloutId, state: RolloutState, at: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!("update firmware_rollout set state = $2, changed_at = $3 where id = $1", id.0, state.as_str(), at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Tells whoever began it, and those who keep the fleet, that it paused by itself.
pub(super) async fn tell_halted(conn: &mut PgConnection, id: RolloutId, tally: Tally, at: DateTime<Utc>) -> Result<(), DbError> {
    let row = sqlx::query!(
        "select i.version, r.unit_id, u.name as unit_name, r.started_by
         from firmware_rollout r
         join firmware_image i on i.id = r.image_id
         join unit u on u.id = r.unit_id
         where r.id = $1",
        id.0
    )
    .fetch_one(&mut *conn)
    .await?;
    let about = About {
        subject: Some(Subject { kind: SubjectKind::Rollout, id: id.0 }),
        unit: Some(UnitId(row.unit_id)),
        cause: &format!("rollout:{id}:{}", at.timestamp_micros()),
    };
    let news = News::rollout_halted(&row.version, &row.unit_name, tally.failed, tally.failed + tally.confirmed, at);
    message::tell(conn, &news, about, &[AccountId(row.started_by)], at).await?;
    let entry = Entry::new(Action::Paused, audit::Subject::of(audit::SubjectKind::Rollout, id.0, row.version))
        .in_unit(UnitId(row.unit_id))
        .after(json!({ "failed": tally.failed, "confirmed": tally.confirmed }));
    let _told = crate::audit::append(conn, &By::system(""), &entry, at).await?;
    Ok(())
}

/// Carries out what the rules have allowed: the next stage is ordered; a resumed rollout orders again what failed to come through;
/// a stopped one takes back the orders that have not gone out.
pub async fn carry_out(
    conn: &mut PgConnection,
    id: RolloutId,
    action: RolloutAction,
    next: RolloutState,
    now: DateTime<Utc>,
    key: impl Fn() -> Uuid,
) -> Result<(), DbError> {
    set_state(conn, id, next, now).await?;
    match action {
        RolloutAction::Advance => {
            sqlx::query!("update firmware_rollout set stage = stage + 1 where id = $1", id.0).execute(&mut *conn).await?;
            order(conn, id, now, key).await
        }
        RolloutAction::Resume => {
            sqlx::query!(
                "update firmware_target t set state = 'waiting', changed_at = $2
                 from firmware_target_now n
                 where t.rollout_id = $1 and n.rollout_id = t.rollout_id and n.device_id = t.device_id and n.state = 'failed'",
                id.0,
                now,
            )
            .execute(&mut *conn)
            .await?;
            order(conn, id, now, key).await
        }
        RolloutAction::Pause => Ok(()),
        RolloutAction::Stop => {
            sqlx::query!(
                "update terminal_command c set state = 'cancelled', result = 'cancelled'
                 from firmware_target t
                 where t.rollout_id = $1 and c.id = t.command_id and c.state = 'queued'",
                id.0
            )
            .execute(conn)
            .await?;
            Ok(())
        }
    }
}

/// The rollouts of a scope, newest first.
pub async fn list(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Rollout>, DbError> {
    let rows = sqlx::query!(
        r#"select r.id, i.version, r.unit_id, u.name as unit_name, r.stages_pct, r.stage, r.failure_limit_pct, r.state, r.reason,
                  account_name(r.started_by) as "by!", r.started_at
           from firmware_rollout r
           join firmware_image i on i.id = r.image_id
           join unit u on u.id = r.unit_id
           where r.unit_id in (select unit_id from unit_within($1))
           order by r.started_at desc, r.id desc
           limit 100"#,
        scope.units()
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let counts = sqlx::query!(
        r#"select rollout_id as "rollout_id!", state as "state!", count(*) as "count!"
           from firmware_target_now where rollout_id = any($1) group by 1, 2 order by 1, 2"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    let mut rollouts = Vec::with_capacity(rows.len());
    for row in rows {
        let own = counts.iter().filter(|count| count.rollout_id == row.id);
        let counts = own.map(|count| Ok((count.state.parse().map_err(unreadable)?, count.count)));
        rollouts.push(Rollout {
            id: RolloutId(row.id),
            version: row.version,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            stages_pct: row.stages_pct.into_iter().filter_map(|pct| u8::try_from(pct).ok()).collect(),
            stage: usize::try_from(row.stage).unwrap_or_default(),
            failure_limit_pct: u8::try_from(row.failure_limit_pct).unwrap_or(100),
            state: row.state.parse().map_err(unreadable)?,
            reason: row.reason,
            by: row.by,
            started_at: row.started_at,
            counts: counts.collect::<Result<_, DbError>>()?,
        });
    }
    Ok(rollouts)
}

/// The devices of a rollout in the scope, those that failed first, then by stage.
pub async fn targets(conn: &mut PgConnection, scope: &Scope, id: RolloutId) -> Result<Vec<Target>, DbError> {
    let rows = sqlx::query!(
        r#"select t.device_id as "device_id!", d.terminal_id, v.plate as "plate?", t.stage as "stage!", t.previous_version,
                  s.status ->> 'version' as version, t.state as "state!", t.code, t.changed_at
           from firmware_target_now t
           join firmware_rollout r on r.id = t.rollout_id
           join device d on d.id = t.device_id
           left join device_status s on s.device_id = d.id
           left join device_binding b on b.device_id = d.id and upper_inf(b.during)
           left join vehicle v on v.id = b.vehicle_id
           where r.id = $2 and r.unit_id in (select unit_id from unit_within($1))
           order by t.state in ('rolled_back', 'failed') desc, t.stage, d.terminal_id
           limit 2000"#,
        scope.units(),
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let target = rows.into_iter().map(|row| {
        Ok(Target {
            device: DeviceId(row.device_id),
            terminal: row.terminal_id,
            plate: row.plate,
            stage: usize::try_from(row.stage).unwrap_or_default(),
            previous_version: row.previous_version,
            version: row.version,
            state: row.state.parse().map_err(unreadable)?,
            code: row.code,
            changed_at: row.changed_at,
        })
    });
    target.collect()
}

/// The rollout is one of the scope: its unit, and the program's version.
pub async fn is_within(conn: &mut PgConnection, scope: &Scope, id: RolloutId) -> Result<(UnitId, String), DbError> {
    let row = sqlx::query!(
        "select r.unit_id, i.version
         from firmware_rollout r
         join firmware_image i on i.id = r.image_id
         where r.id = $2 and r.unit_id in (select unit_id from unit_within($1))",
        scope.units(),
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok((UnitId(row.unit_id), row.version))
}

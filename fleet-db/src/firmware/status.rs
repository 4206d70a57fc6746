//! What a bridge says of itself, and what that means for the rollout it is in.

use chrono::{DateTime, Utc};
use dispatch::firmware::{RolloutState, TargetState};
use serde_json::Value;
use sqlx::PgConnection;
use telematics::id::{DeviceId, RolloutId};

use super::rollout;
use crate::DbError;

/// Keeps the newest word of a bridge (its whole `st` message), and moves its update on when it speaks of one. A rollout in which
/// too many fail pauses by itself; one in which all are done is finished.
pub async fn note_status(conn: &mut PgConnection, device: DeviceId, status: &Value, at: DateTime<Utc>) -> Result<(), DbError> {
    let newer = sqlx::query!(
        "insert into device_status (device_id, status, at) values ($1, $2, $3)
         on conflict (device_id) do update set status = excluded.status, at = excluded.at where device_status.at <= excluded.at",
        device.0,
        status,
        at,
    )
    .execute(&mut *conn)
    .await?;
    if newer.rows_affected() == 0 {
        return Ok(());
    }
    let word = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let update = status.get("update").cloned().unwrap_or_default();
    let moves = [
        // It runs the program: whatever else it says, it has it.
        word(status, "version").map(|version| (version, TargetState::Confirmed, None)),
        word(&update, "version").zip(word(&update, "state").as_deref().and_then(stage)).map(|(version, state)| {
            let code = word(&update, "code");
            (version, state, code)
        }),
    ];
    for (version, state, code) in moves.into_iter().flatten() {
        for found in move_on(conn, device, &version, state, code.as_deref(), at).await? {
            settle(conn, found, at).await?;
        }
    }
    Ok(())
}

/// The bridge's words for how far its update is.
fn stage(word: &str) -> Option<TargetState> {
    match word {
        "fetching" => Some(TargetState::Ordered),
        "trial" => Some(TargetState::Trial),
        "confirmed" => Some(TargetState::Confirmed),
        "rolled_back" => Some(TargetState::RolledBack),
        "failed" => Some(TargetState::Failed),
        _ => None,
    }
}

async fn move_on(
    conn: &mut PgConnection,
    device: DeviceId,
    version: &str,
    state: TargetState,
    code: Option<&str>,
    at: DateTime<Utc>,
) -> Result<Vec<RolloutId>, DbError> {
    // What a bridge still says of an earlier try must not end the next one: only what it says after the order went out counts.
    let moved = sqlx::query_scalar!(
        "update firmware_target t
         set state = $3, code = $4, changed_at = $5
         from firmware_rollout r, firmware_image i, terminal_command c
         where t.device_id = $1 and r.id = t.rollout_id and i.id = r.image_id and c.id = t.command_id
           and i.version = $2 and t.state in ('ordered', 'trial') and t.state <> $3 and c.sent_at < $5
         returning t.rollout_id",
        device.0,
        version,
        state.as_str(),
        code,
        at,
    )
    .fetch_all(conn)
    .await?;
    Ok(moved.into_iter().map(RolloutId).collect())
}

async fn settle(conn: &mut PgConnection, id: RolloutId, at: DateTime<Utc>) -> Result<(), DbError> {
    let found = rollout::lock(conn, id).await?;
    if found.state != RolloutState::Running {
        return Ok(());
    }
    let tally = rollout::tally(conn, id).await?;
    let next = if tally.exceeds(found.failure_limit_pct) {
        RolloutState::Paused
    } else if found.is_last_stage() && tally.open == 0 {
        RolloutState::Finished
    } else {
        return Ok(());
    };
    rollout::set_state(conn, id, next, at).await?;
    if next == RolloutState::Paused { rollout::tell_halted(conn, id, tally, at).await } else { Ok(()) }
}

//! What a shard does about vehicles that are exempt from tracking: leaves out what came of them, and forgets them.

use std::sync::Arc;

use tracing::{info, warn};

use super::{GaveUp, Shard};
use crate::draft::Item;
use crate::exempt::{Kind, count};

impl Shard {
    /// Leaves out what may not be kept, and forgets vehicles that are exempt now; says whether there was any of it.
    pub(super) fn leave_out(&mut self, items: &mut [Item]) -> bool {
        let has_forgotten = self.forget_exempt();
        if self.left_out.is_empty() {
            return has_forgotten;
        }
        let mut has_left_out = false;
        for item in items {
            let (vehicle, fixed_at, received_at, kind) = match item {
                Item::Seen { row, .. } => (Some(row.vehicle), row.fixed_at, row.received_at, Kind::Position),
                Item::Aside(record) => (record.vehicle, record.received_at, record.received_at, Kind::Aside),
                Item::Report(report) => (report.vehicle, report.received_at, report.received_at, Kind::Report),
                Item::LeftOut => continue,
            };
            if vehicle.is_some_and(|vehicle| self.left_out.covers(vehicle, fixed_at, received_at)) {
                count(kind);
                *item = Item::LeftOut;
                has_left_out = true;
            }
        }
        has_left_out || has_forgotten
    }

    /// Forgets vehicles that have become exempt: where they were last, and what was under way.
    pub(super) fn forget_exempt(&mut self) -> bool {
        let left_out = self.exempt.in_force();
        if Arc::ptr_eq(&left_out, &self.left_out) {
            return false;
        }
        self.left_out = left_out;
        let before = self.known.len();
        self.known.retain(|vehicle, _| !self.left_out.is_exempt(*vehicle));
        self.known.len() < before
    }

    /// The store has refused something of an exempt vehicle, of which the word had not come here yet: asks it who is exempt, and
    /// leaves that out. `false` when that made no difference.
    pub(super) async fn learn_exempt(&mut self, items: &mut [Item]) -> Result<bool, GaveUp> {
        let mut pause = self.first_pause();
        loop {
            match self.exempt.reload(self.writer.pool()).await {
                Ok(()) => break,
                Err(cause) => {
                    warn!(error = &cause as &dyn std::error::Error, "who is exempt from tracking cannot be asked, trying again");
                    self.wait(&mut pause).await?;
                }
            }
        }
        info!("the store refused rows of a vehicle that is exempt from tracking, they are left out");
        Ok(self.leave_out(items))
    }
}

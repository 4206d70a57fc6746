//! What is left out of everything, in memory: vehicles that are exempt from tracking, and the terminals in them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use fleet_db::exempt::{self, LeftOut, Veil};
use fleet_db::{DbError, PgPool};
use telematics::id::DeviceId;

use crate::telemetry;

/// Something that is not kept, and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A position, with its reading and what would have been found in it.
    Position,
    /// What would have been kept aside.
    Aside,
    /// A report that is no position.
    Report,
    /// A frame for whoever looks at the terminal.
    Frame,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Aside => "aside",
            Self::Report => "report",
            Self::Frame => "frame",
        }
    }
}

/// Counts one more; that is all that is kept of it.
pub(crate) fn count(kind: Kind) {
    metrics::counter!(telemetry::EXEMPT, "what" => kind.name()).increment(1);
}

/// Who is exempt (免定位名册), as the store told last. The store refuses what this does not know yet.
#[derive(Debug, Default)]
pub(crate) struct Exemptions {
    left_out: RwLock<Arc<LeftOut>>,
    /// There is any at all: nearly every message of nearly every fleet asks no further.
    is_any: AtomicBool,
}

impl Exemptions {
    /// Those of the store.
    pub(crate) async fn load(pool: &PgPool) -> Result<Arc<Self>, DbError> {
        let exemptions = Arc::new(Self::default());
        exemptions.reload(pool).await?;
        Ok(exemptions)
    }

    /// What is left out now.
    pub(crate) fn in_force(&self) -> Arc<LeftOut> {
        Arc::clone(&self.left_out.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same, where there is any.
    pub(crate) fn if_any(&self) -> Option<Arc<LeftOut>> {
        self.is_any.load(Ordering::Acquire).then(|| self.in_force())
    }

    /// What the terminal may say; `None`: everything.
    pub(crate) fn veil(&self, device: DeviceId) -> Option<Veil> {
        self.if_any()?.veil(device)
    }

    /// Takes over what the store has.
    pub(crate) async fn reload(&self, pool: &PgPool) -> Result<(), DbError> {
        let mut tx = fleet_db::begin(pool).await?;
        let left_out = exempt::left_out(&mut tx).await?;
        let is_any = !left_out.is_empty();
        *self.left_out.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(left_out);
        self.is_any.store(is_any, Ordering::Release);
        Ok(())
    }
}

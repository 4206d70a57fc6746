//! What is looked at and taken away: written down before it is given, so that nobody sees what could not be written down.

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use fleet_db::DbError;
use serde_json::{Value, json};
use telematics::id::VehicleId;

use super::Actor;
use crate::extract::Window;
use crate::state::App;

/// Which part of a car's history is looked at (查看内容).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sight {
    /// Where it is, and how its day went.
    Present,
    /// Its whole life, with what it drove each month.
    Life,
    /// The days on which there is something to see.
    Days,
    /// Where it was.
    Track(Window),
    /// Its trips.
    Trips(Window),
    /// Where it stood.
    Stops(Window),
    /// What happened to it.
    Events(Window),
    /// Its alarms.
    Alarms(Window),
}

impl Sight {
    /// Its name in the API, such as `trips`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Life => "life",
            Self::Days => "days",
            Self::Track(_) => "track",
            Self::Trips(_) => "trips",
            Self::Stops(_) => "stops",
            Self::Events(_) => "events",
            Self::Alarms(_) => "alarms",
        }
    }

    const fn window(self) -> Option<Window> {
        match self {
            Self::Present | Self::Life | Self::Days => None,
            Self::Track(window) | Self::Trips(window) | Self::Stops(window) | Self::Events(window) | Self::Alarms(window) => {
                Some(window)
            }
        }
    }

    fn told(self) -> Value {
        let window = self.window();
        json!({ "what": self.name(), "from": window.map(|window| window.from), "to": window.map(|window| window.to) })
    }
}

/// Writes down that somebody looks at a car who only supervises. [`DbError::NotFound`] for a car outside the scope.
///
/// Whoever works with the cars sees them all day: what they do with them is written down, not that they saw them.
pub(crate) async fn at_vehicle(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: VehicleId,
    sight: Sight,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if !actor.only_supervises() {
        return Ok(());
    }
    let asset = {
        let mut conn = app.conn(scope).await?;
        fleet_db::vehicle::load(&mut conn, scope, id).await?.vehicle.asset
    };
    let subject = Subject::of(SubjectKind::Track, id.0, asset.plate.to_string());
    let entry = Entry::new(Action::Viewed, subject).in_unit(asset.unit).after(sight.told());
    app.tell(&actor.by(""), &entry, now).await
}

/// Writes down any other look of somebody who only supervises.
pub(crate) async fn at(app: &App, actor: &Actor, entry: Entry, now: DateTime<Utc>) -> Result<(), DbError> {
    if actor.only_supervises() { app.tell(&actor.by(""), &entry, now).await } else { Ok(()) }
}

//! What terminals say beside trips and stops: fixes of the last minutes, and whose card was in the reader.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use dispatch::reconcile::Sighting;
use sqlx::PgConnection;
use telematics::id::VehicleNo;
use telematics::place::LonLat;

use crate::error::{DbError, unreadable};

/// How far before the last look fixes are read again: a move counts when it has been over for a while.
const FIXES_BEFORE: TimeDelta = TimeDelta::minutes(30);
/// Most of the fixes that are read; what is older has become trips, stops and history.
const FIXES_FOR: TimeDelta = TimeDelta::hours(3);
/// How long a card that went in is believed when no other follows: a long shift.
const CARD_FOR: TimeDelta = TimeDelta::hours(16);
/// A report of a driver's card (JT/T 808, 0x0702).
const CARD: i32 = 0x0702;
/// Speed from which a standing car moves, 0.1 km/h: the receiver's own word, which drift does not reach.
const MOVING_DKMH: i32 = 60;

/// When a card went in, and whose it is; none: it was taken out.
type Card = (DateTime<Utc>, Option<String>);

/// What terminals say of some cars.
#[derive(Debug, Default)]
pub(super) struct Sights {
    fixes: HashMap<VehicleNo, Vec<Sighting>>,
    /// By time: the card that went in, or that there is none.
    cards: HashMap<VehicleNo, Vec<Card>>,
}

impl Sights {
    /// The fixes of a car, oldest first.
    pub(super) fn of(&self, vehicle: VehicleNo) -> &[Sighting] {
        self.fixes.get(&vehicle).map_or(&[], Vec::as_slice)
    }

    /// Whose card was in the reader on a trip: the last one that went in before its end.
    pub(super) fn driver(&self, vehicle: VehicleNo, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<String> {
        let cards = self.cards.get(&vehicle)?;
        let on_the_way = cards.iter().rfind(|(at, card)| *at <= to && *at >= from && card.is_some());
        let before = || cards.iter().rfind(|(at, _)| *at <= from).filter(|(at, _)| from - *at <= CARD_FOR);
        on_the_way.or_else(before)?.1.clone()
    }
}

/// Reads what there is of cars that were looked at last at these times.
pub(super) async fn read(
    conn: &mut PgConnection,
    vehicles: &[VehicleNo],
    looked_at: impl Iterator<Item = DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Sights, DbError> {
    let numbers: Vec<i32> = vehicles.iter().map(|vehicle| vehicle.0).collect();
    let since = looked_at.min().map_or(now, |looked| (looked - FIXES_BEFORE).max(now - FIXES_FOR));
    let mut sights = Sights::default();
    let fixes = sqlx::query!(
        r#"select p.vehicle_no, p.fixed_at, p.lon_e7 as "lon_e7!", p.lat_e7 as "lat_e7!", coalesce(p.speed_dkmh, 0) as "speed_dkmh!"
           from unnest($1::integer[]) as asked (no)
           join vehicle_position p on p.vehicle_no = asked.no and p.fixed_at >= $2 and p.fixed_at <= $3 and p.lon_e7 is not null
           order by p.vehicle_no, p.fixed_at, p.sequence"#,
        &numbers,
        since,
        now,
    )
    .fetch_all(&mut *conn)
    .await?;
    for fix in fixes {
        let place = LonLat::from_e7(fix.lon_e7, fix.lat_e7).map_err(unreadable)?;
        let sighting = Sighting { at: fix.fixed_at, place, is_moving: fix.speed_dkmh >= MOVING_DKMH };
        sights.fixes.entry(VehicleNo(fix.vehicle_no)).or_default().push(sighting);
    }
    let cards = sqlx::query!(
        r#"select r.vehicle_no as "vehicle_no!", coalesce((r.decoded ->> 'at')::timestamptz, r.received_at) as "at!",
                  case when r.decoded ->> 'status' = '1' and coalesce(r.decoded ->> 'result', '0') = '0'
                       then nullif(btrim(r.decoded ->> 'driver_name'), '') end as name
           from terminal_report r
           where r.vehicle_no = any($1) and r.message_id = $2 and r.received_at >= $3
           order by r.vehicle_no, 2, r.id"#,
        &numbers,
        CARD,
        now - CARD_FOR - FIXES_FOR,
    )
    .fetch_all(conn)
    .await?;
    for card in cards {
        sights.cards.entry(VehicleNo(card.vehicle_no)).or_default().push((card.at, card.name));
    }
    Ok(sights)
}

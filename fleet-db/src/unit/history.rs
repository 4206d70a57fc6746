//! What units were: every decision adds a row, and the way a name is searched is written with the name.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::audit::By;
use dispatch::scope::Scope;
use dispatch::unit::act::UnitDecision;
use dispatch::unit::spelling::Spelling;
use dispatch::unit::{CreditCode, Unit, UnitId};
use sqlx::PgConnection;
use telematics::place::LonLat;
use uuid::Uuid;

use crate::clock::beijing_day;
use crate::error::DbError;

/// What goes into the history beside the unit itself.
#[derive(Clone, Debug)]
pub(crate) struct Recorded<'a> {
    pub(crate) act: &'a str,
    pub(crate) on: NaiveDate,
    pub(crate) document: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) other: Option<UnitId>,
    pub(crate) account: Option<AccountId>,
    pub(crate) login: &'a str,
}

/// What a unit was from one decision to the next (单位沿革).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// What was decided: an act, `enter` for what was there before, `take_over` for the other side of a merger.
    pub act: String,
    /// The day from which it was so.
    pub from: NaiveDate,
    /// The day until which it was so; none when it still is.
    pub to: Option<NaiveDate>,
    /// Number of the document.
    pub document: String,
    /// Why.
    pub reason: String,
    /// Its name.
    pub name: String,
    /// Name of the unit above, as that was called then.
    pub parent_name: Option<String>,
    /// Name of the other unit of a move or a merger.
    pub other_name: Option<String>,
    /// Login of who wrote it down.
    pub by_login: String,
    /// When it was written down.
    pub at: DateTime<Utc>,
}

impl<'a> Recorded<'a> {
    /// There was no history yet.
    pub(crate) fn entered(now: DateTime<Utc>) -> Self {
        Self { act: "enter", on: beijing_day(now), document: "", reason: "", other: None, account: None, login: "" }
    }

    /// A decision.
    pub(crate) fn decided(decision: &'a UnitDecision, by: &'a By) -> Self {
        Self {
            act: decision.act.as_str(),
            on: decision.on,
            document: decision.document.trim(),
            reason: decision.reason.trim(),
            other: None,
            account: by.account,
            login: &by.login,
        }
    }
}

/// Everything by which a unit is found: its names from any character on, its code and its region.
fn typed(unit: &Unit) -> (String, String) {
    let spelling = Spelling::of(&unit.name);
    let code = unit.credit_code.as_ref().map(|code| code.as_str().to_lowercase());
    let starts: Vec<String> = spelling.starts.into_iter().chain(code).chain([unit.region.as_str().to_owned()]).collect();
    (spelling.whole.join("\n"), starts.join("\n"))
}

/// Adds units that are not there yet, those above before those below, each with the first row of its history.
///
/// A statement adds the units of one depth: whoever may add below a unit is asked when that unit is there.
pub(crate) async fn write(
    conn: &mut PgConnection,
    units: &[Unit],
    recorded: &Recorded<'_>,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let mut depths: HashMap<UnitId, usize> = HashMap::new();
    let mut layers: Vec<Vec<&Unit>> = Vec::new();
    for unit in units {
        let depth = unit.parent.and_then(|above| depths.get(&above)).map_or(0, |depth| depth + 1);
        depths.insert(unit.id, depth);
        if layers.len() <= depth {
            layers.resize_with(depth + 1, Vec::new);
        }
        if let Some(layer) = layers.get_mut(depth) {
            layer.push(unit);
        }
    }
    let mut added = 0;
    for layer in layers {
        added += write_layer(conn, &layer, recorded, now).await?;
    }
    Ok(added)
}

async fn write_layer(
    conn: &mut PgConnection,
    units: &[&Unit],
    recorded: &Recorded<'_>,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let ids: Vec<Uuid> = units.iter().map(|unit| unit.id.0).collect();
    let parents: Vec<Option<Uuid>> = units.iter().map(|unit| unit.parent.map(|parent| parent.0)).collect();
    let names: Vec<&str> = units.iter().map(|unit| unit.name.as_str()).collect();
    let levels: Vec<i16> = units.iter().map(|unit| unit.level.into()).collect();
    let regions: Vec<&str> = units.iter().map(|unit| unit.region.as_str()).collect();
    let lon: Vec<Option<f64>> = units.iter().map(|unit| unit.place.map(LonLat::lon)).collect();
    let lat: Vec<Option<f64>> = units.iter().map(|unit| unit.place.map(LonLat::lat)).collect();
    let kinds: Vec<&str> = units.iter().map(|unit| unit.kind.as_str()).collect();
    let codes: Vec<Option<&str>> = units.iter().map(|unit| unit.credit_code.as_ref().map(CreditCode::as_str)).collect();
    let (spelt, starts): (Vec<String>, Vec<String>) = units.iter().map(|unit| typed(unit)).unzip();
    let added = sqlx::query_scalar!(
        "insert into unit (id, parent_id, name, level, region_code, place, kind, credit_code, spelt, typed, created_at)
         select u.id, u.parent_id, u.name, u.level, u.region_code, st_setsrid(st_makepoint(u.lon, u.lat), 4326), u.kind, u.credit_code,
                string_to_array(u.spelt, e'\\n'), array_to_tsvector(string_to_array(u.starts, e'\\n')), $12
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int2[], $5::text[], $6::float8[], $7::float8[], $8::text[], $9::text[],
                     $10::text[], $11::text[])
             with ordinality as u (id, parent_id, name, level, region_code, lon, lat, kind, credit_code, spelt, starts, n)
         order by u.n
         on conflict (id) do nothing
         returning id",
        &ids,
        &parents as &[Option<Uuid>],
        &names as &[&str],
        &levels,
        &regions as &[&str],
        &lon as &[Option<f64>],
        &lat as &[Option<f64>],
        &kinds as &[&str],
        &codes as &[Option<&str>],
        &spelt,
        &starts,
        now,
    )
    .fetch_all(&mut *conn)
    .await?;
    note(conn, &added, recorded, now).await?;
    Ok(u64::try_from(added.len()).unwrap_or(u64::MAX))
}

/// Writes down what units are from now on.
pub(crate) async fn note(
    conn: &mut PgConnection,
    units: &[Uuid],
    recorded: &Recorded<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into unit_history (unit_id, act, from_on, document, reason, name, parent_id, level, region_code, kind, credit_code, status,
                                   other_id, other_name, account_id, by_login, created_at)
         select unit.id, $2, $3, $4, $5, unit.name, unit.parent_id, unit.level, unit.region_code, unit.kind, unit.credit_code, unit.status,
                $6, (select other.name from unit other where other.id = $6), $7, $8, $9
         from unnest($1::uuid[]) with ordinality as noted (id, n)
         join unit on unit.id = noted.id
         order by noted.n",
        units,
        recorded.act,
        recorded.on,
        recorded.document,
        recorded.reason,
        recorded.other.map(|other| other.0),
        recorded.account.map(|account| account.0),
        recorded.login,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what a unit is to be, and how it is searched.
pub(crate) async fn rewrite(conn: &mut PgConnection, unit: &Unit) -> Result<(), DbError> {
    let (spelt, starts) = typed(unit);
    sqlx::query!(
        "update unit
         set name = $2, level = $3, region_code = $4, kind = $5, credit_code = $6,
             place = st_setsrid(st_makepoint($7, $8), 4326),
             spelt = string_to_array($9, e'\\n'), typed = array_to_tsvector(string_to_array($10, e'\\n'))
         where id = $1",
        unit.id.0,
        unit.name,
        i16::from(unit.level),
        unit.region.as_str(),
        unit.kind.as_str(),
        unit.credit_code.as_ref().map(CreditCode::as_str),
        unit.place.map(LonLat::lon),
        unit.place.map(LonLat::lat),
        spelt,
        starts,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes units searchable that were there before units could be searched.
pub(crate) async fn spell_all(conn: &mut PgConnection) -> Result<(), DbError> {
    let rows = sqlx::query_as!(
        super::Row,
        r#"select id, parent_id, name, level, region_code, st_x(place) as "lon?", st_y(place) as "lat?", kind, credit_code, status
           from unit
           where spelt = '{}'"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in rows {
        rewrite(conn, &row.try_into()?).await?;
    }
    Ok(())
}

/// The day of the last decision about a unit.
pub(crate) async fn last_on(conn: &mut PgConnection, id: UnitId) -> Result<Option<NaiveDate>, DbError> {
    Ok(sqlx::query_scalar!(r#"select max(from_on) as "on" from unit_history where unit_id = $1 and act <> 'enter'"#, id.0)
        .fetch_one(conn)
        .await?)
}

/// What a unit of the scope was, the newest first.
pub async fn list(conn: &mut PgConnection, scope: &Scope, id: UnitId) -> Result<Vec<Chapter>, DbError> {
    let rows = sqlx::query_as!(
        Chapter,
        r#"select h.act, h.from_on as "from", lead(h.from_on) over (order by h.no) as "to", h.document, h.reason, h.name,
                  coalesce(above.name, parent.name) as "parent_name?", h.other_name, h.by_login, h.created_at as "at"
           from unit_history h
           left join unit parent on parent.id = h.parent_id
           left join lateral (
               select a.name from unit_history a
               where a.unit_id = h.parent_id and a.no <= h.no
               order by a.no desc
               limit 1
           ) above on true
           where h.unit_id = $2 and h.unit_id in (select unit_id from unit_within($1))
           order by h.no desc"#,
        scope.units(),
        id.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

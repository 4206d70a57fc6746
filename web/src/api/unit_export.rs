//! The units as a table that people take away, and that comes back in by the import.

use axum::extract::State;
use axum::response::Response;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::import::ImportSubject;
use dispatch::unit::{Unit, UnitStatus};
use serde::Deserialize;
use serde_json::json;
use telematics::place::LonLat;
use utoipa::IntoParams;

use super::imports::attached;
use super::track::apart;
use crate::auth::Actor;
use crate::extract::Asked;
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY, SERVER_FAILED};
use crate::sheet::{Encoding, write_csv, write_xlsx};
use crate::state::App;

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportAsked {
    /// `xlsx`, `csv` (UTF-8) or `csv-gb18030`.
    format: String,
}

/// A header and a row for each working unit, those above before those below, under the import's own headers.
fn table(units: &[Unit]) -> Vec<Vec<String>> {
    let names: std::collections::HashMap<_, _> = units.iter().map(|unit| (unit.id, unit)).collect();
    // A path of names says which of several with one name is meant.
    let path = |unit: &Unit| {
        let line = std::iter::successors(unit.parent.and_then(|above| names.get(&above)), |unit| names.get(&unit.parent?));
        let mut line: Vec<&str> = line.take(16).map(|unit| unit.name.as_str()).collect();
        line.reverse();
        line.join("/")
    };
    let columns = ImportSubject::Units.columns();
    let mut rows = vec![columns.iter().map(|column| column.term.to_owned()).collect()];
    for unit in units.iter().filter(|unit| unit.status == UnitStatus::Active) {
        let cell = |key: &str| match key {
            "name" => unit.name.clone(),
            "parent" => path(unit),
            "level" => unit.level.term().to_owned(),
            "region" => unit.region.to_string(),
            "kind" => unit.kind.term().to_owned(),
            "credit_code" => unit.credit_code.as_ref().map(ToString::to_string).unwrap_or_default(),
            "lon" => unit.place.map(LonLat::lon).map(|lon| lon.to_string()).unwrap_or_default(),
            "lat" => unit.place.map(LonLat::lat).map(|lat| lat.to_string()).unwrap_or_default(),
            _ => String::new(),
        };
        rows.push(columns.iter().map(|column| cell(column.key)).collect());
    }
    rows
}

/// The working units of the scope as a file.
#[utoipa::path(get, path = "/units/export", operation_id = "export_units", tag = "units", params(ExportAsked),
    responses((status = 200, description = "the file",
               content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn export(actor: Actor, State(app): State<App>, Asked(asked): Asked<ExportAsked>) -> ApiResult<Response> {
    let (kind, name, encoding) = match asked.format.as_str() {
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "units.xlsx", None),
        "csv" => ("text/csv; charset=utf-8", "units.csv", Some(Encoding::Utf8)),
        "csv-gb18030" => ("text/csv; charset=gb18030", "units.csv", Some(Encoding::Gb18030)),
        _ => return Err(ApiError::from(REQUEST_QUERY).detail("format: xlsx, csv or csv-gb18030")),
    };
    let scope = actor.reach();
    let mut conn = app.conn(&scope).await?;
    let units = fleet_db::unit::list(&mut conn, &scope).await?;
    drop(conn);
    let count = units.iter().filter(|unit| unit.status == UnitStatus::Active).count();
    let file = apart(move || {
        let rows = table(&units);
        match encoding {
            Some(encoding) => Ok(write_csv(&rows, encoding)),
            None => write_xlsx(&[(ImportSubject::Units.term().to_owned(), rows)]),
        }
    });
    let file = file.await?.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    let entry = Entry::new(Action::Exported, Subject::named(SubjectKind::Unit, name))
        .in_unit(actor.account.unit)
        .after(json!({ "format": asked.format, "units": count }));
    app.tell(&actor.by(""), &entry, app.now()).await?;
    Ok(attached(kind, name, file))
}

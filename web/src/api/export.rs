//! A vehicle's track as a file for other programs.

mod csv;
mod geojson;
mod gpx;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use fleet_db::track::StoredFix;
use serde::Deserialize;
use serde_json::json;
use telematics::datum::Datum;
use telematics::id::VehicleId;
use utoipa::IntoParams;
use uuid::Uuid;

use super::exemptions::{self, Wanted};
use super::track::{apart, datum, placed_fixes, show_in};
use crate::auth::Actor;
use crate::extract::{Asked, Path, Window};
use crate::problem::{ApiError, ApiResult, CRS_GPX, Problem, REQUEST_QUERY, SERVER_FAILED};
use crate::state::App;

/// A silence after which a track is drawn as another piece.
const GAP: Duration = Duration::minutes(10);

/// What to export, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportAsked {
    /// First instant, RFC 3339.
    from: DateTime<Utc>,
    /// End, RFC 3339.
    to: DateTime<Utc>,
    /// `gpx` (GPX 1.1), `geojson` (RFC 7946) or `csv` (UTF-8 with a byte order mark, as spreadsheets want it).
    format: String,
    /// What the file's coordinates are in: `WGS-84` or `GCJ-02`, which GPX cannot have. Absent: `WGS-84`.
    crs: Option<String>,
}

/// The forms of a file.
#[derive(Clone, Copy)]
enum Format {
    Gpx,
    GeoJson,
    Csv,
}

impl Format {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "gpx" => Self::Gpx,
            "geojson" => Self::GeoJson,
            "csv" => Self::Csv,
            _ => return None,
        })
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Gpx => "application/gpx+xml",
            Self::GeoJson => "application/geo+json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    fn write(self, plate: &str, datum: Datum, fixes: &[StoredFix]) -> String {
        match self {
            Self::Gpx => gpx::write(plate, fixes),
            Self::GeoJson => geojson::write(plate, datum, fixes),
            Self::Csv => csv::write(datum, fixes),
        }
    }
}

/// The pieces of a track between silences.
fn pieces(fixes: &[StoredFix]) -> impl Iterator<Item = &[StoredFix]> {
    fixes.chunk_by(|before, after| after.fixed_at - before.fixed_at <= GAP)
}

/// An instant as files have it.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The header that gives the file its name; a plate begins with a Chinese character, so it is written twice (RFC 6266).
fn disposition(plate: &str, day: &str, extension: &str) -> ApiResult<HeaderValue> {
    let mut encoded = String::new();
    for byte in plate.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    let value = format!("attachment; filename=\"track-{day}.{extension}\"; filename*=UTF-8''{encoded}-{day}.{extension}");
    HeaderValue::from_str(&value).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

/// The track as a file.
#[utoipa::path(get, path = "/vehicles/{id}/track/export", operation_id = "export_track", tag = "history", params(("id" = Uuid, Path), ExportAsked),
    responses((status = 200, description = "the file", content((String = "application/gpx+xml"), (String = "application/geo+json"), (String = "text/csv"))),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn export(
    actor: Actor,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<ExportAsked>,
) -> ApiResult<Response> {
    let window = Window { from: asked.from, to: asked.to }.checked(&app.config)?;
    let format =
        Format::named(&asked.format).ok_or_else(|| ApiError::from(REQUEST_QUERY).detail("format: gpx, geojson or csv"))?;
    let datum = datum(asked.crs.as_deref())?;
    if matches!(format, Format::Gpx) && datum != Datum::Wgs84 {
        return Err(CRS_GPX.into());
    }
    let scope = actor.scope(Permission::WatchVehicles)?;
    exemptions::check_vehicle(&app, &actor, &scope, VehicleId(id), Wanted::track("export")).await?;
    let mut conn = app.conn(&scope).await?;
    let no = fleet_db::vehicle::number(&mut conn, &scope, VehicleId(id)).await?;
    let listed = fleet_db::vehicle::load(&mut conn, &scope, VehicleId(id)).await?;
    let mut fixes = placed_fixes(&mut conn, &app, no, window).await?;
    drop(conn);
    let plate = listed.vehicle.asset.plate.to_string();
    let day = window.from.format("%Y%m%d").to_string();
    // A file that is shifted says so in its name: it will be separated from the question that led to it.
    let mark = if datum == Datum::Wgs84 { day } else { format!("{day}-{datum}") };
    let name = disposition(&plate, &mark, &asked.format)?;
    let file = apart(move || {
        show_in(datum, &mut fixes);
        format.write(&plate, datum, &fixes)
    });
    let file = file.await?;
    let taken = json!({ "from": window.from, "to": window.to, "format": asked.format, "crs": datum.name() });
    let subject = Subject::of(SubjectKind::Track, id, listed.vehicle.asset.plate.to_string());
    let entry = Entry::new(Action::Exported, subject).in_unit(listed.vehicle.asset.unit).after(taken);
    app.tell(&actor.by(""), &entry, app.now()).await?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(format.content_type())), (CONTENT_DISPOSITION, name)], file).into_response())
}

#[cfg(test)]
mod tests {
    use fleet_db::ingest::PositionRow;
    use telematics::id::VehicleNo;
    use telematics::record::Record;

    use super::*;

    fn fixes() -> Vec<StoredFix> {
        let record = |t: i64, lat: f64, spd: Option<f64>| {
            let record = Record {
                seq: t,
                t,
                lat: Some(lat),
                lon: Some(120.15),
                spd,
                odo: Some(12_345.0),
                ign: Some(true),
                ..Record::default()
            };
            PositionRow::of(VehicleNo(1), &record.to_observation(DateTime::UNIX_EPOCH).unwrap())
        };
        vec![record(0, 30.25, Some(36.5)), record(1500, 30.250_001, None), record(1_000_000, 30.26, Some(0.0))]
    }

    #[test]
    fn gpx_has_a_segment_for_each_piece() {
        let file = Format::Gpx.write("浙A1<&>", Datum::Wgs84, &fixes());
        assert_eq!(file.matches("<trkseg>").count(), 2);
        assert!(file.contains("<name>浙A1&lt;&amp;&gt;</name>"), "{file}");
        assert!(file.contains(r#"<trkpt lat="30.250001" lon="120.15"><time>1970-01-01T00:00:01.500Z</time></trkpt>"#), "{file}");
    }

    #[test]
    fn geojson_has_times_beside_places() {
        let file: serde_json::Value = serde_json::from_str(&Format::GeoJson.write("浙A12345", Datum::Wgs84, &fixes())).unwrap();
        assert_eq!(file["features"][0]["geometry"]["coordinates"][0], serde_json::json!([120.15, 30.25]));
        assert_eq!(file["features"][0]["properties"]["times"][1], "1970-01-01T00:00:01.500Z");
        assert_eq!(file["features"][0]["properties"]["speeds_kmh"], serde_json::json!([36.5, null]));
        assert_eq!(file["features"][1]["geometry"]["type"], "Point", "a single fix is no line");
    }

    #[test]
    fn csv_opens_in_a_spreadsheet() {
        let file = Format::Csv.write("浙A12345", Datum::Wgs84, &fixes());
        let lines: Vec<&str> = file.split("\r\n").collect();
        assert_eq!(lines[0], "\u{feff}时间,经度(WGS-84),纬度(WGS-84),速度(km/h),方向(°),里程(km),电量(%),油量(%),点火");
        assert_eq!(lines[1], "1970-01-01T08:00:00+08:00,120.15,30.25,36.5,,12.345,,,1");
        assert_eq!(lines.len(), 5, "three fixes and an end of line");
    }

    #[test]
    fn a_file_is_named_after_the_car() {
        let name = disposition("浙A12345", "20081028", "gpx").unwrap();
        assert_eq!(name, "attachment; filename=\"track-20081028.gpx\"; filename*=UTF-8''%E6%B5%99A12345-20081028.gpx");
    }
}

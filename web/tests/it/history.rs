//! Tracks, trips, stops, events and days through the API, and tracks as files.

use chrono::{DateTime, Duration, Utc};
use fleet_db::PgPool;
use fleet_db::ingest::{Batch, EventRow, Form, PositionRow};
use serde_json::json;
use telematics::alarm::{Alarm, AlarmKind};
use telematics::datum::Datum;
use telematics::id::{AlarmId, StopId, TripId, VehicleNo};
use telematics::place::LonLat;
use telematics::quantity::{Distance, Speed};
use telematics::record::Record;
use telematics::trip::{Stop, Trip};
use web::Config;

use crate::harness::{Car, WEST, World, add_car, noon};

/// Half past eight in the morning of a day in 2008, in Beijing.
fn morning() -> DateTime<Utc> {
    "2008-10-28T00:30:00Z".parse().unwrap()
}

fn position(no: VehicleNo, second: i64) -> PositionRow {
    let at = morning() + Duration::seconds(second);
    let north = 30.25 + f64::from(i32::try_from(second).unwrap()) * 1e-5;
    let record = Record {
        seq: second,
        t: at.timestamp_millis(),
        lon: Some(120.15),
        lat: Some(north),
        spd: Some(36.5),
        crs: Some(1.0),
        odo: Some(12_345.0),
        ign: Some(true),
        ..Record::default()
    };
    PositionRow::of(no, &record.to_observation(at).unwrap())
}

fn alarm(vehicle: VehicleNo, kind: &str, from: i64, to: Option<i64>) -> Alarm {
    let kind: AlarmKind = kind.parse().unwrap();
    let raised_at = morning() + Duration::seconds(from);
    Alarm {
        id: AlarmId::of(vehicle, kind, raised_at),
        vehicle,
        kind,
        raised_at,
        cleared_at: to.map(|to| morning() + Duration::seconds(to)),
        place: LonLat::new(120.14, 30.25).ok(),
        level: None,
        replayed: to.is_some(),
    }
}

/// A car whose morning of 2008 is known: a trip of ten minutes to the gate of the western office, and its stop there.
async fn driven_car(pool: &PgPool) -> Car {
    let car = add_car(pool, WEST, "浙A00001", None).await;
    let (begun, ended) = (morning(), morning() + Duration::minutes(10));
    let at = |lon, lat| LonLat::new(lon, lat).unwrap();
    let batch = Batch {
        old: (0..600).step_by(10).map(|second| position(car.no, second)).collect(),
        trips: vec![Trip {
            id: TripId::of(car.no, begun),
            vehicle: car.no,
            started_at: begun,
            ended_at: Some(ended),
            from: at(120.15, 30.25),
            to: at(120.13, 30.25),
            distance: Distance::from_metres(5432.0),
            max_speed: Speed::from_kmh(61.5),
            stops: 0,
        }],
        stops: vec![
            Stop {
                id: StopId::of(car.no, ended),
                vehicle: car.no,
                from: ended,
                to: Some(ended + Duration::hours(1)),
                at: at(120.1301, 30.2501),
            },
            Stop {
                id: StopId::of(car.no, ended + Duration::hours(2)),
                vehicle: car.no,
                from: ended + Duration::hours(2),
                to: Some(ended + Duration::hours(2) + Duration::minutes(5)),
                at: at(119.0, 29.0),
            },
        ],
        alarms: vec![alarm(car.no, "main_power_off", 60, Some(120)), alarm(car.no, "sos", 300, None)],
        events: (0..3)
            .map(|n| EventRow {
                vehicle: car.no,
                at: begun + Duration::seconds(n),
                kind: "trip_started".to_owned(),
                detail: json!({ "n": n }),
            })
            .collect(),
        ..Batch::default()
    };
    fleet_db::ingest::commit(&mut pool.acquire().await.unwrap(), &batch, Form::Idempotent, noon()).await.unwrap();
    car
}

const DAY: &str = "from=2008-10-27T16:00:00Z&to=2008-10-28T16:00:00Z";

#[tokio::test]
async fn a_track_comes_in_columns_of_equal_length() {
    let (world, car) = World::with(Config::default(), async |pool| driven_car(pool).await).await;
    let client = world.sign_in("dispatcher").await;
    let track = client.get(&format!("/vehicles/{}/track?{DAY}", car.id)).await.json();
    assert_eq!((track["crs"].as_str(), track["count"].as_u64()), (Some("WGS-84"), Some(60)));
    for column in ["t", "lon", "lat", "speed_kmh", "heading_deg", "odometer_km", "soc_pct", "fuel_pct", "ignition"] {
        assert_eq!(track[column].as_array().unwrap().len(), 60, "{column}");
    }
    assert_eq!(track["t"][0], morning().timestamp_millis());
    assert_eq!(track["lat"][1], 30.2501);
    assert_eq!(
        (&track["speed_kmh"][0], &track["odometer_km"][0], &track["ignition"][0]),
        (&json!(36.5), &json!(12.345), &json!(true))
    );
    assert_eq!(track["soc_pct"][0], json!(null));
    let part = client.get(&format!("/vehicles/{}/track?from=2008-10-28T00:30:00Z&to=2008-10-28T00:31:00Z", car.id)).await.json();
    assert_eq!(part["count"], 6, "the end does not belong to the span");
}

#[tokio::test]
async fn more_fixes_than_one_answer_holds_are_refused_with_advice() {
    let config = Config { track_limit_fixes: 50, ..Config::default() };
    let (world, car) = World::with(config, async |pool| driven_car(pool).await).await;
    let client = world.sign_in("dispatcher").await;
    assert_eq!(client.get(&format!("/vehicles/{}/track?{DAY}", car.id)).await.problem(), (422, "track.too_long".to_owned()));
}

#[tokio::test]
async fn days_trips_stops_and_events_are_told() {
    let (world, car) = World::with(Config::default(), async |pool| driven_car(pool).await).await;
    let client = world.sign_in("dispatcher").await;
    let get = async |path: &str| client.get(&format!("/vehicles/{}/{path}", car.id)).await.json();
    let days = json!([{ "day": "2008-10-28", "fixes": 60, "distance_km": 5.432, "trips": 1 }]);
    assert_eq!(get("days").await["items"], days);
    assert_eq!(get("days?from=2008-10-28&to=2008-10-28").await["items"], days);
    assert_eq!(get("days?from=2008-10-29").await["items"], json!([]));
    let trips = get(&format!("trips?{DAY}")).await;
    assert_eq!(trips["items"].as_array().unwrap().len(), 1);
    assert_eq!(trips["items"][0]["distance_km"], 5.432);
    assert_eq!(trips["items"][0]["max_speed_kmh"], 61.5);
    assert_eq!(trips["items"][0]["to"], json!({ "lon": 120.13, "lat": 30.25 }));
    let stops = get(&format!("stops?{DAY}")).await;
    assert_eq!(stops["items"].as_array().unwrap().len(), 2);
    assert_eq!((&stops["items"][0]["seconds"], &stops["items"][0]["place"]), (&json!(3600), &json!("西湖区府")));
    assert_eq!(stops["items"][1]["place"], json!(null), "no unit is near");
    let long = get(&format!("stops?{DAY}&min_seconds=600")).await;
    assert_eq!(long["items"].as_array().unwrap().len(), 1);
    let first = get(&format!("events?{DAY}&limit=2")).await;
    assert_eq!((first["items"][0]["kind"].as_str(), &first["items"][1]["detail"]["n"]), (Some("trip_started"), &json!(1)));
    let second = get(&format!("events?{DAY}&limit=2&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (1, &json!(null)));
}

#[tokio::test]
async fn alarms_are_told_with_their_names_and_those_that_last_with_the_vehicle() {
    let (world, car) = World::with(Config::default(), async |pool| driven_car(pool).await).await;
    let client = world.sign_in("dispatcher").await;
    let get = async |path: &str| client.get(&format!("/vehicles/{}{path}", car.id)).await.json();
    let first = get(&format!("/alarms?{DAY}&limit=1")).await;
    let cut = &first["items"][0];
    assert_eq!((&cut["kind"], &cut["code"], &cut["colour"]), (&json!("main_power_off"), &json!("A17"), &json!("red")));
    assert_eq!((&cut["name_zh"], &cut["replayed"]), (&json!("终端主电源掉电"), &json!(true)));
    assert_eq!((&cut["raised_at"], &cut["cleared_at"]), (&json!("2008-10-28T00:31:00Z"), &json!("2008-10-28T00:32:00Z")));
    assert_eq!(cut["place"], json!({ "lon": 120.14, "lat": 30.25 }));
    let second = get(&format!("/alarms?{DAY}&limit=1&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!((&second["items"][0]["kind"], &second["next"]), (&json!("sos"), &json!(null)));
    assert_eq!(get("/alarms?from=2008-10-28T00:32:01Z&to=2008-10-28T00:34:00Z").await["items"], json!([]));
    let detail = get("").await;
    assert_eq!(detail["open_alarms"], second["items"], "the one that lasts");
    let stranger = client.get(&format!("/vehicles/{}/alarms?{DAY}&after=x", car.id)).await.problem();
    assert_eq!(stranger, (400, "request.query".to_owned()));
}

#[tokio::test]
async fn a_track_is_exported_in_three_forms() {
    let (world, car) = World::with(Config::default(), async |pool| driven_car(pool).await).await;
    let client = world.sign_in("dispatcher").await;
    let export = async |format: &str| client.get(&format!("/vehicles/{}/track/export?{DAY}&format={format}", car.id)).await;
    let gpx = export("gpx").await;
    assert_eq!(gpx.headers["content-type"], "application/gpx+xml");
    assert_eq!(gpx.text().matches("<trkpt ").count(), 60);
    assert!(gpx.headers["content-disposition"].to_str().unwrap().contains("filename*=UTF-8''%E6%B5%99A00001-20081027.gpx"));
    let geojson = export("geojson").await;
    assert_eq!(geojson.headers["content-type"], "application/geo+json");
    assert_eq!(geojson.json()["features"][0]["geometry"]["coordinates"].as_array().unwrap().len(), 60);
    let csv = export("csv").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.text().starts_with("\u{feff}时间,"));
    assert_eq!(csv.text().matches("\r\n").count(), 61);
}

#[tokio::test]
async fn a_track_can_be_asked_for_in_gcj_02_and_says_what_it_is_in() {
    let (world, car) = World::with(Config::default(), async |pool| driven_car(pool).await).await;
    let client = world.sign_in("dispatcher").await;
    let track = async |crs: &str| client.get(&format!("/vehicles/{}/track?{DAY}{crs}", car.id)).await;
    let (plain, shifted) = (track("").await.json(), track("&crs=GCJ-02").await.json());
    assert_eq!((&plain["crs"], &shifted["crs"]), (&json!("WGS-84"), &json!("GCJ-02")));
    assert_eq!(track("&crs=wgs84").await.json(), plain);
    for (lon, lat, shown_lon, shown_lat) in
        (0..60).map(|n| (&plain["lon"][n], &plain["lat"][n], &shifted["lon"][n], &shifted["lat"][n]))
    {
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        assert!((number(shown_lon) - number(lon) - 0.0047).abs() < 0.0001, "{lon} is shown at {shown_lon}");
        assert!((number(shown_lat) - number(lat) + 0.0023).abs() < 0.0001, "{lat} is shown at {shown_lat}");
        let (back_lon, back_lat) = Datum::Gcj02.to_wgs84((number(shown_lon), number(shown_lat)));
        let (here, back) = (LonLat::new(number(lon), number(lat)).unwrap(), LonLat::new(back_lon, back_lat).unwrap());
        assert!(here.distance_to(back).metres() < 0.1);
    }
    assert_eq!(plain["speed_kmh"], shifted["speed_kmh"]);
    let refused = track("&crs=BD-09").await;
    assert_eq!(refused.problem(), (400, "crs.unknown".to_owned()));
}

#[tokio::test]
async fn a_file_in_gcj_02_says_so_and_gpx_cannot_be_one() {
    let (world, car) = World::with(Config::default(), async |pool| driven_car(pool).await).await;
    let client = world.sign_in("dispatcher").await;
    let export = async |asked: &str| client.get(&format!("/vehicles/{}/track/export?{DAY}&format={asked}", car.id)).await;
    assert_eq!(export("gpx&crs=GCJ-02").await.problem(), (400, "crs.gpx".to_owned()));
    assert_eq!(export("gpx&crs=WGS-84").await.status, 200);
    assert_eq!(export("csv&crs=x").await.problem(), (400, "crs.unknown".to_owned()));
    let csv = export("csv&crs=GCJ-02").await;
    assert!(csv.text().starts_with("\u{feff}时间,经度(GCJ-02),纬度(GCJ-02),"), "{}", csv.text());
    assert!(csv.text().contains("+08:00,120.154"), "{}", csv.text());
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("-20081027-GCJ-02.csv"));
    let feature = export("geojson&crs=GCJ-02").await.json()["features"][0].clone();
    assert_eq!(feature["properties"]["crs"], "GCJ-02");
    assert!(feature["geometry"]["coordinates"][0][0].as_f64().unwrap() > 120.154);
    assert_eq!(export("geojson").await.json()["features"][0]["properties"]["crs"], "WGS-84");
}

//! A problem in JSON becomes a [`Problem`], or an error that says what is wrong and where.

mod field;

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::Value;
use telematics::place::LonLat;

pub use self::field::{Fault, ReadError};

use self::field::Field;
use crate::driver::LicenceClass;
use crate::money::Money;
use crate::plan::problem::{Driver, Place, Problem, Promise, Request, Rules, Shared, Vehicle, Window};
use crate::plan::travel::{Matrix, NO_WAY, StraightLine, Travel, TravelSource, Way};
use crate::vehicle::Powertrain;

/// Longest time that is planned at once.
const HORIZON: TimeDelta = TimeDelta::days(31);
/// Most fen that one thing may cost, ten million yuan; sums of all of a day still fit.
const MOST_FEN: i64 = 1_000_000_000;
/// Most metres, and most seconds, of one service.
const MOST_SERVICE: u32 = 10_000_000;

/// Reads a problem; the first thing that is wrong is told with its path, such as `requests[3].pick_up.latest`.
pub fn read(text: &[u8]) -> Result<Problem, ReadError> {
    problem(&Field::root(&parsed(text)?))
}

/// Reads one more request for a problem that is known.
pub fn read_request(text: &[u8], problem: &Problem) -> Result<Request, ReadError> {
    let value = parsed(text)?;
    let places: HashMap<&str, usize> = problem.places.iter().enumerate().map(|(at, place)| (place.id.as_str(), at)).collect();
    request(&Field::root(&value), &places)
}

fn parsed(text: &[u8]) -> Result<Value, ReadError> {
    serde_json::from_slice(text)
        .map_err(|error| ReadError { path: format!("line {} column {}", error.line(), error.column()), fault: Fault::NotJson })
}

fn problem(root: &Field<'_>) -> Result<Problem, ReadError> {
    let now: DateTime<FixedOffset> = root.get("now")?.time()?;
    let horizon = window(&root.get("horizon")?)?;
    if horizon.to - horizon.from > HORIZON {
        return Err(root.get("horizon")?.fault(Fault::HorizonTooLong));
    }
    let places = root.list("places")?.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    let place_of = index(root, "places", &places, |place| &place.id)?;
    let travel = travel(&root.get("travel")?, root, &places)?;
    let vehicles = root.list("vehicles")?;
    let vehicles = vehicles.iter().map(|field| vehicle(field, &place_of, horizon)).collect::<Result<Vec<_>, _>>()?;
    let vehicle_of = index(root, "vehicles", &vehicles, |vehicle| &vehicle.id)?;
    let drivers = match root.find("drivers") {
        None => None,
        Some(field) => Some(field.items()?.iter().map(|field| driver(field, &place_of)).collect::<Result<Vec<_>, _>>()?),
    };
    index(root, "drivers", drivers.as_deref().unwrap_or_default(), |driver| &driver.id)?;
    let requests = root.list("requests")?;
    let requests = requests.iter().map(|field| request(field, &place_of)).collect::<Result<Vec<_>, _>>()?;
    let request_of = index(root, "requests", &requests, |request| &request.id)?;
    let mut promises = Vec::new();
    for field in root.list_or_none("fixed")? {
        let request = field.get("request")?.known(&request_of)?;
        if promises.iter().any(|known: &Promise| known.request == request) {
            return Err(field.fault(Fault::Twice));
        }
        promises.push(Promise { request, vehicle: field.get("vehicle")?.known(&vehicle_of)? });
    }
    let rules = root.find("rules").map_or_else(|| Ok(Rules::default()), |field| rules(&field))?;
    let offset = *now.offset();
    Ok(Problem { now: now.to_utc(), horizon, offset, places, travel, vehicles, drivers, requests, promises, rules })
}

/// Where each id stands; none may stand there twice.
fn index<'a, T>(
    root: &Field<'_>,
    list: &'static str,
    items: &'a [T],
    id: impl Fn(&'a T) -> &'a String,
) -> Result<HashMap<&'a str, usize>, ReadError> {
    let mut known = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        if known.insert(id(item).as_str(), at).is_some() {
            return Err(root.list(list)?.get(at).unwrap_or(root).fault(Fault::Twice));
        }
    }
    Ok(known)
}

fn window(field: &Field<'_>) -> Result<Window, ReadError> {
    between(field, "from", "to")
}

fn between(field: &Field<'_>, first: &'static str, last: &'static str) -> Result<Window, ReadError> {
    let (from, to): (DateTime<Utc>, DateTime<Utc>) = (field.get(first)?.time()?.to_utc(), field.get(last)?.time()?.to_utc());
    if from > to { Err(field.fault(Fault::EndsBeforeItBegins)) } else { Ok(Window { from, to }) }
}

/// Windows in order of time; those that touch or overlap are one.
fn windows(fields: &[Field<'_>]) -> Result<Vec<Window>, ReadError> {
    let mut windows = fields.iter().map(window).collect::<Result<Vec<_>, _>>()?;
    windows.sort_by_key(|window| window.from);
    let mut merged: Vec<Window> = Vec::new();
    for window in windows {
        match merged.last_mut() {
            Some(last) if window.from <= last.to => last.to = last.to.max(window.to),
            _ => merged.push(window),
        }
    }
    Ok(merged)
}

fn place(field: &Field<'_>) -> Result<Place, ReadError> {
    let at = if field.find("lat").or_else(|| field.find("lon")).is_some() {
        let (lat, lon) = (field.get("lat")?.number()?, field.get("lon")?.number()?);
        Some(LonLat::new(lon, lat).map_err(|error| field.fault(Fault::Place(error)))?)
    } else {
        None
    };
    Ok(Place { id: field.get("id")?.text()?, at })
}

fn travel(field: &Field<'_>, root: &Field<'_>, places: &[Place]) -> Result<Travel, ReadError> {
    match field.get("kind")?.text()?.as_str() {
        "straight_line" => straight_line(field, root, places).map(Travel::StraightLine),
        "matrix" => matrix(field, places.len()).map(Travel::Matrix),
        _ => Err(field.get("kind")?.fault(Fault::NotOneOf("straight_line, matrix"))),
    }
}

fn straight_line(field: &Field<'_>, root: &Field<'_>, places: &[Place]) -> Result<StraightLine, ReadError> {
    let mut at = Vec::with_capacity(places.len());
    for (place, field) in places.iter().zip(root.list("places")?) {
        at.push(place.at.ok_or_else(|| field.fault(Fault::NoCoordinates))?);
    }
    let detour = field.get("detour")?.number()?;
    if !(1.0..=10.0).contains(&detour) {
        return Err(field.get("detour")?.fault(Fault::OutOfRange));
    }
    let rows = field.list("speeds_kmh")?;
    let mut speeds = Vec::with_capacity(rows.len());
    for row in &rows {
        let cells = row.items()?;
        let [up_to, kmh] = cells.as_slice() else { return Err(row.fault(Fault::NotASpeed)) };
        let up_to = if up_to.is_null() { f64::INFINITY } else { up_to.number()? };
        let (rising, kmh) = (speeds.last().is_none_or(|(before, _)| *before < up_to), kmh.number()?);
        if !rising || !(1.0..=300.0).contains(&kmh) {
            return Err(row.fault(Fault::NotASpeed));
        }
        speeds.push((up_to, kmh));
    }
    // Beyond the last limit one goes on at the last speed.
    match speeds.last_mut() {
        Some(last) => last.0 = f64::INFINITY,
        None => return Err(field.get("speeds_kmh")?.fault(Fault::NotASpeed)),
    }
    Ok(StraightLine { places: at, detour, speeds })
}

fn matrix(field: &Field<'_>, places: usize) -> Result<Matrix, ReadError> {
    let (metres, seconds) = (table(&field.get("metres")?, places)?, table(&field.get("seconds")?, places)?);
    let ways = metres.into_iter().zip(seconds).map(|(metres, seconds)| Way { metres, seconds }).collect();
    // Whoever worked the table out may have said so.
    let source = match field.find("source") {
        Some(source) => source.text()?.parse().map_err(|_unknown| source.fault(Fault::NotOneOf("matrix, roads, osrm")))?,
        None => TravelSource::Table,
    };
    Matrix::new(places, ways, source).ok_or_else(|| field.fault(Fault::NotSquare))
}

fn table(field: &Field<'_>, places: usize) -> Result<Vec<u32>, ReadError> {
    let rows = field.items()?;
    if rows.len() != places {
        return Err(field.fault(Fault::NotSquare));
    }
    let mut cells = Vec::with_capacity(places * places);
    for row in rows {
        let row_cells = row.items()?;
        if row_cells.len() != places {
            return Err(row.fault(Fault::NotSquare));
        }
        for cell in row_cells {
            cells.push(cell.rounded(NO_WAY)?);
        }
    }
    Ok(cells)
}

fn vehicle(field: &Field<'_>, places: &HashMap<&str, usize>, horizon: Window) -> Result<Vehicle, ReadError> {
    let shared = field.list_or_none("shared_with")?.iter().map(Field::text).collect::<Result<Vec<_>, _>>()?;
    let yard = field.get("yard")?.known(places)?;
    let available = match field.find("available") {
        Some(list) => windows(&list.items()?)?,
        None => vec![horizon],
    };
    Ok(Vehicle {
        id: field.get("id")?.text()?,
        unit: field.get("unit")?.text()?,
        category: field.get("category")?.text()?,
        seats: field.get("seats")?.whole(1_000)?,
        is_new_energy: is_new_energy(&field.get("powertrain")?)?,
        yard,
        at: field.find("at").map_or(Ok(yard), |at| at.known(places))?,
        available,
        range_m: field.find("range_m").map(|range| range.rounded(NO_WAY)).transpose()?,
        per_km: field.get("cost_per_km_fen")?.fen(MOST_FEN / 1_000)?,
        fixed: field.get("fixed_fen")?.fen(MOST_FEN)?,
        shared_with: if shared.iter().any(|unit| unit == "*") { Shared::WithAll } else { Shared::With(shared) },
        tags: texts(field, "tags")?,
    })
}

/// The register's words, and the abbreviations that planners of fleets use for them.
fn is_new_energy(field: &Field<'_>) -> Result<bool, ReadError> {
    match field.text()?.as_str() {
        "bev" | "ev" | "phev" | "fcev" => Ok(true),
        "ice" | "hev" | "fuel" | "gasoline" => Ok(false),
        word => {
            let known = word.parse::<Powertrain>().ok().map(Powertrain::is_new_energy);
            known.ok_or_else(|| field.fault(Fault::NotOneOf(POWERTRAINS)))
        }
    }
}

const POWERTRAINS: &str = "petrol, diesel, hybrid, plug_in_hybrid, electric, hydrogen";

fn driver(field: &Field<'_>, places: &HashMap<&str, usize>) -> Result<Driver, ReadError> {
    let licence = field.get("licence")?;
    let class: Option<LicenceClass> = licence.text()?.parse().ok();
    Ok(Driver {
        id: field.get("id")?.text()?,
        licence: class.ok_or_else(|| licence.fault(Fault::NotOneOf("A1, A2, A3, B1, B2, C1, C2")))?,
        duty: windows(&field.list("duty")?)?,
        at: field.find("at").map(|at| at.known(places)).transpose()?,
    })
}

fn request(field: &Field<'_>, places: &HashMap<&str, usize>) -> Result<Request, ReadError> {
    let priority = field.find("priority").map_or_else(|| Ok("normal".to_owned()), |priority| priority.text())?;
    if !["normal", "emergency"].contains(&priority.as_str()) {
        return Err(field.get("priority")?.fault(Fault::NotOneOf("normal, emergency")));
    }
    let service_s = field.get("service_s")?.rounded_up(MOST_SERVICE)?;
    if service_s == 0 {
        return Err(field.get("service_s")?.fault(Fault::OutOfRange));
    }
    Ok(Request {
        id: field.get("id")?.text()?,
        unit: field.get("unit")?.text()?,
        from: field.get("from")?.known(places)?,
        to: field.get("to")?.known(places)?,
        pick_up: between(&field.get("pick_up")?, "earliest", "latest")?,
        service_s,
        service_m: field.get("service_m")?.rounded(MOST_SERVICE)?,
        is_round_trip: field.flag("round_trip")?,
        passengers: field.find("passengers").map_or(Ok(1), |passengers| passengers.whole(1_000))?,
        categories: texts(field, "categories")?,
        tags: texts(field, "tags")?,
        is_emergency: priority == "emergency",
        is_poolable: field.flag("poolable")?,
        unserved: field.get("unserved_fen")?.fen(MOST_FEN)?,
    })
}

fn texts(field: &Field<'_>, name: &'static str) -> Result<Vec<String>, ReadError> {
    field.list_or_none(name)?.iter().map(Field::text).collect()
}

fn rules(field: &Field<'_>) -> Result<Rules, ReadError> {
    let fen = |name| field.find(name).map_or(Ok(Money::ZERO), |value| value.fen(MOST_FEN));
    Ok(Rules {
        nev_preference: fen("nev_preference_fen")?,
        cross_unit: fen("cross_unit_fen")?,
        reserve_range_m: field.find("reserve_range_m").map_or(Ok(0), |metres| metres.rounded(NO_WAY))?,
    })
}

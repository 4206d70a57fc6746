//! A message as JSON, under the names that `motorpool decode` promises.

use serde_json::{Map, Value, json};

use crate::jt808::bits;
use crate::jt808::cursor::BodyError;
use crate::jt808::down::{self, Down};
use crate::jt808::edition::Edition;
use crate::jt808::header::Encryption;
use crate::jt808::location::{Location, status};
use crate::jt808::reader::Reader;
use crate::jt808::seldom;
use crate::jt808::standard::{self, Fuel};
use crate::jt808::up::{Answered, Batch, Media, Message, Parameters, Up};
use crate::jt808::vendor::Profile;

/// A message as an object: `version`, `message_id`, `terminal_id`, `serial`, and `body` or `error`.
pub fn explain(message: &Message, profile: &Profile) -> Value {
    let header = &message.header;
    let mut object = json!({
        "version": message.edition.year(),
        "message_id": format!("{:#06x}", header.message_id),
        "terminal_id": header.terminal.to_string(),
        "serial": header.serial,
    });
    match header.encryption {
        Encryption::None => {}
        Encryption::Rsa => set(&mut object, "encryption", json!("rsa")),
        Encryption::Other(bits) => set(&mut object, "encryption", json!(bits)),
    }
    match said(message, profile) {
        Ok(body) => set(&mut object, "body", body),
        Err(error) => set(&mut object, "error", json!({ "code": error.code(), "detail": error.to_string() })),
    }
    object
}

/// What a message says, whichever direction it goes.
fn said(message: &Message, profile: &Profile) -> Result<Value, BodyError> {
    let (header, edition) = (&message.header, message.edition);
    if header.encryption == Encryption::None
        && let Some(told) = seldom::read(header.message_id, edition, profile, &mut Reader::new(&message.body))
    {
        return Ok(told.unwrap_or_else(|error| {
            json!({ "data": hex::encode(&message.body), "problems": [{ "code": error.code(), "detail": error.to_string() }] })
        }));
    }
    if header.is_down() && header.encryption == Encryption::None {
        return Down::decode(header.message_id, edition, &message.body).map(|down| down.explain(edition));
    }
    message.up.as_ref().map(|up| body(up, edition, profile)).map_err(Clone::clone)
}

/// What a terminal's message says, as an object.
pub fn body(up: &Up, edition: Edition, profile: &Profile) -> Value {
    match up {
        Up::Reply(said) => json!(said),
        Up::Heartbeat(said) | Up::Logout(said) | Up::TimeRequest(said) => json!(said),
        Up::Resend(said) => json!(said),
        Up::Registration(said) => json!(said),
        Up::Authentication(said) => json!(said),
        Up::Parameters(said) => parameters(said),
        Up::Attributes(said) => json!(said),
        Up::UpgradeResult(said) => json!(said),
        Up::Location(said) => location(said, edition, profile),
        Up::Located(said) | Up::Controlled(said) => answered(said, edition, profile),
        Up::DriverCard(said) => json!(said),
        Up::DriverCard2011(said) => json!(said),
        Up::Batch(said) => batch(said, edition, profile),
        Up::Can(said) => json!(said),
        Up::MediaEvent(said) => json!(said),
        Up::Media(said) => media(said, edition, profile),
        Up::Transparent(said) => json!(said),
        Up::Compressed(said) => json!(said),
        Up::Encrypted(said) | Up::Unknown(said) => json!({ "data": hex::encode(&said.tail) }),
    }
}

/// A position report as an object; what the terminal does not tell is null.
pub fn location(location: &Location, edition: Edition, profile: &Profile) -> Value {
    let (basic, items) = (&location.basic, location.items());
    let number = |id| items.value(id).and_then(|value| standard::rule(id)?.shape.json(value));
    let (fuel_l, fuel_pct) = match items.value(standard::FUEL).and_then(standard::fuel) {
        Some(Fuel::Litres(litres)) => (Some(litres), None),
        Some(Fuel::Pct(pct)) => (None, Some(pct)),
        None => (None, None),
    };
    let mut object = json!({
        "lat": basic.lat(),
        "lon": basic.lon(),
        "altitude_m": basic.altitude_m(),
        "speed_kmh": basic.speed_kmh(),
        "heading_deg": basic.heading_deg(),
        "fixed_at": basic.fixed_at(),
        "valid": basic.valid(),
        "ignition": basic.has(status::ACC),
        "alarms": bits::alarms(basic.alarm_bits, edition),
        "status": bits::status(basic.status_bits, edition),
        "alarm_bits": basic.alarm_bits,
        "status_bits": basic.status_bits,
        "odometer_km": items.value(standard::ODOMETER).and_then(standard::odometer_km),
        "fuel_l": fuel_l,
        "fuel_pct": fuel_pct,
        "satellites": number(standard::SATELLITES),
        "signal": number(standard::SIGNAL),
    });
    let mut raw = Map::new();
    let mut problems = Vec::new();
    for item in items.clone() {
        match item {
            Ok(item) => {
                if let Some(rule) = standard::rule(item.id)
                    && let Some(said) = rule.shape.json(item.value)
                {
                    set_once(&mut object, rule.name, said);
                }
                keep(&mut raw, item.id, item.value);
            }
            Err(error) => problems.push(json!({ "code": error.code(), "detail": error.to_string() })),
        }
    }
    set(&mut object, "items", raw.into());
    let vendor = profile.explain(&items);
    if !vendor.is_empty() {
        set(&mut object, "vendor", vendor.into());
    }
    if basic.fixed_at().is_none() {
        let detail = format!("{} is no time", hex::encode(basic.time));
        problems.push(json!({ "code": "jt808.bcd", "detail": detail }));
    }
    if !problems.is_empty() {
        set(&mut object, "problems", problems.into());
    }
    object
}

/// Parameters by name, and as they stand on the wire.
fn parameters(said: &Parameters) -> Value {
    let mut object = down::parameters(&said.parameters);
    set(&mut object, "reply_serial", said.reply_serial.into());
    set(&mut object, "count", said.count.into());
    object
}

/// The serial of the question, and the position beside it.
fn answered(said: &Answered, edition: Edition, profile: &Profile) -> Value {
    let mut object = json!({ "reply_serial": said.reply_serial });
    if let (Value::Object(object), Value::Object(place)) = (&mut object, location(&said.location, edition, profile)) {
        object.extend(place);
    }
    object
}

fn batch(said: &Batch, edition: Edition, profile: &Profile) -> Value {
    let position = |position: &Result<Location, _>| match position {
        Ok(place) => location(place, edition, profile),
        Err(error) => problem(error),
    };
    let positions: Vec<Value> = said.positions.iter().map(position).collect();
    let mut object = json!({ "count": said.count, "type": said.kind.number(), "positions": positions });
    if let Some(error) = &said.problem {
        set(&mut object, "problems", json!([{ "code": error.code(), "detail": error.to_string() }]));
    }
    object
}

fn media(said: &Media, edition: Edition, profile: &Profile) -> Value {
    let mut object = json!(said.event);
    if let Some(place) = &said.location {
        set(&mut object, "location", location(place, edition, profile));
    }
    set(&mut object, "data_bytes", said.data_bytes.into());
    object
}

fn problem(error: &BodyError) -> Value {
    json!({ "error": { "code": error.code(), "detail": error.to_string() } })
}

/// An item as sent; of a second one with the same id the number is told too.
fn keep(raw: &mut Map<String, Value>, id: u8, value: &[u8]) {
    let mut key = format!("{id:#04x}");
    let mut again = 2;
    while raw.contains_key(&key) {
        key = format!("{id:#04x}#{again}");
        again += 1;
    }
    raw.insert(key, hex::encode(value).into());
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(object) = object {
        object.insert(key.to_owned(), value);
    }
}

/// The first of several says it; a field that stands there as null is filled.
fn set_once(object: &mut Value, key: &str, value: Value) {
    if object.get(key).is_none_or(Value::is_null) {
        set(object, key, value);
    }
}

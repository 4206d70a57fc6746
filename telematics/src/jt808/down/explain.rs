//! Messages to terminals in JSON, in the words of an engineer.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use crate::jt808::area;
use crate::jt808::bits;
use crate::jt808::down::{AreaAction, ControlItem, Down, VehicleControl, registration, result};
use crate::jt808::edition::Edition;
use crate::jt808::parameter::{self, Parameter, Setting};

impl Down {
    /// The body in JSON.
    pub fn explain(&self, edition: Edition) -> Value {
        match self {
            Self::Answer { reply_serial, reply_id, result } => json!({
                "reply_serial": reply_serial,
                "reply_id": id(*reply_id),
                "result": result,
                "result_name": answered(*result),
            }),
            Self::Resend { first_serial, packages } => json!({ "first_serial": first_serial, "packages": packages }),
            Self::ServerTime(at) => json!({ "time": at.to_rfc3339_opts(SecondsFormat::Secs, true) }),
            Self::Registered { reply_serial, result, token } => json!({
                "reply_serial": reply_serial,
                "result": result,
                "result_name": registered(*result),
                "token": token,
            }),
            Self::SetParameters(settings) => parameters(settings),
            Self::QuerySomeParameters(ids) => json!({
                "ids": ids.iter().map(|id| format!("{id:#06x}")).collect::<Vec<_>>(),
                "parameters": ids.iter().map(|id| name(*id)).collect::<Vec<_>>(),
            }),
            Self::QueryParameters | Self::QueryAttributes | Self::QueryPosition => json!({}),
            Self::Control { command, arguments } => control(*command, arguments),
            Self::Upgrade { target, maker, version, data } => json!({
                "upgrade_type": target,
                "maker": maker,
                "upgrade_version": version,
                "length": data.len(),
                "data": hex::encode(data),
            }),
            Self::Track { interval_s, valid_s } => json!({ "interval_s": interval_s, "valid_s": valid_s }),
            Self::ConfirmAlarms { alarm_serial, alarm_bits } => json!({
                "alarm_serial": alarm_serial,
                "alarm_bits": alarm_bits,
                "alarms": bits::alarms(*alarm_bits, edition),
            }),
            Self::Text { flags, kind, text } => json!({
                "flags": flags,
                "shown": told(*flags, edition),
                "text_type": kind,
                "text": text,
            }),
            Self::ControlVehicle(control) => vehicle(control),
            Self::SetCircles { action, circles } => areas(*action, circles.iter().map(area::circle)),
            Self::SetRectangles { action, rectangles } => areas(*action, rectangles.iter().map(area::rectangle)),
            Self::SetPolygon(polygon) => area::polygon(polygon),
            Self::SetRoute(route) => area::route(route),
            Self::DeleteAreas { ids, .. } => json!({ "all": ids.is_empty(), "ids": ids }),
            Self::MediaAnswer { media_id, packages } => json!({ "media_id": media_id, "packages": packages }),
            Self::Transparent { kind, data } => json!({ "type": kind, "data": hex::encode(data) }),
            Self::Other { body, .. } => json!({ "data": hex::encode(body) }),
        }
    }
}

/// Parameters by name, and as they stand on the wire by number.
pub(crate) fn parameters(settings: &[Setting]) -> Value {
    let items: Map<_, _> =
        settings.iter().map(|setting| (format!("{:#06x}", setting.id), hex::encode(&setting.value).into())).collect();
    json!({ "parameters": parameter::explain(settings), "items": items })
}

fn id(id: u16) -> String {
    format!("{id:#06x}")
}

fn name(id: u32) -> String {
    Parameter::by_id(id).map_or_else(|| format!("{id:#06x}"), |parameter| parameter.key.to_owned())
}

/// How a message was taken, in a word.
pub(crate) const fn answered(code: u8) -> Option<&'static str> {
    match code {
        result::DONE => Some("done"),
        result::FAILED => Some("failed"),
        result::BAD_MESSAGE => Some("bad_message"),
        result::UNSUPPORTED => Some("unsupported"),
        result::ALARM_CONFIRMED => Some("alarm_confirmed"),
        _ => None,
    }
}

const fn registered(code: u8) -> Option<&'static str> {
    match code {
        registration::DONE => Some("done"),
        registration::VEHICLE_TAKEN => Some("vehicle_already_registered"),
        registration::NO_VEHICLE => Some("no_such_vehicle"),
        registration::TERMINAL_TAKEN => Some("terminal_already_registered"),
        registration::NO_TERMINAL => Some("no_such_terminal"),
        _ => None,
    }
}

fn control(command: u8, arguments: &str) -> Value {
    let name = match command {
        1 => Some("upgrade"),
        2 => Some("switch_server"),
        3 => Some("power_off"),
        4 => Some("restart"),
        5 => Some("factory_reset"),
        6 => Some("close_data_link"),
        7 => Some("close_radio"),
        _ => None,
    };
    let split: Vec<&str> = if arguments.is_empty() { Vec::new() } else { arguments.split(';').collect() };
    json!({ "command": command, "command_name": name, "arguments": split })
}

/// Where and how a text is told; the two lowest bits mean something else since 2019.
fn told(flags: u8, edition: Edition) -> Vec<&'static str> {
    let urgency = match (edition, flags & 0b11) {
        (Edition::V2019, 0b01) => Some("service"),
        (Edition::V2019, 0b11) => Some("notice"),
        (Edition::V2019, 0b10) | (Edition::V2011 | Edition::V2013, 0b01 | 0b11) => Some("urgent"),
        _ => None,
    };
    let screens = [(2, "display"), (3, "speech"), (4, "advertising_screen")];
    let on = screens.into_iter().filter(|(bit, _)| flags >> bit & 1 == 1).map(|(_, name)| name);
    let source = if flags >> 5 & 1 == 1 { "can_fault" } else { "centre" };
    urgency.into_iter().chain(on).chain([source]).collect()
}

fn vehicle(control: &VehicleControl) -> Value {
    match control {
        VehicleControl::Flags(flags) => {
            json!({ "flags": flags, "doors": if flags & 1 == 1 { "lock" } else { "unlock" } })
        }
        VehicleControl::Items(items) => json!({ "controls": items.iter().map(item).collect::<Vec<_>>() }),
    }
}

fn item(item: &ControlItem) -> Value {
    let doors = match (item.id, item.value.as_slice()) {
        (ControlItem::DOORS, [0]) => Some("lock"),
        (ControlItem::DOORS, [1]) => Some("open"),
        _ => None,
    };
    json!({ "id": id(item.id), "value": hex::encode(&item.value), "doors": doors })
}

fn areas(action: AreaAction, areas: impl Iterator<Item = Value>) -> Value {
    let name = match action {
        AreaAction::Replace => Some("replace"),
        AreaAction::Append => Some("append"),
        AreaAction::Modify => Some("modify"),
        AreaAction::Other(_) => None,
    };
    json!({ "action": action.byte(), "action_name": name, "areas": areas.collect::<Value>() })
}

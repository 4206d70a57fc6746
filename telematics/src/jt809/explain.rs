//! A message as JSON, under the names that `motorpool decode` promises.

use serde_json::{Map, Value, json};

use crate::datum::Datum;
use crate::jt808::{self, Profile};
use crate::jt809::cipher::Cipher;
use crate::jt809::header::{Edition, Header};
use crate::jt809::message::{Login, Message, MessageError, id};
use crate::jt809::position::Position;
use crate::jt809::vehicle::{About, Content, Registration};

/// A head as an object: `version`, `message_id`, `message`, `serial`, `access_code`, `protocol_version`, `encryption`, `sent_at`.
pub fn header(header: &Header) -> Map<String, Value> {
    let [major, minor, patch] = header.version;
    let sent_at = header.time.and_then(|time| chrono::DateTime::from_timestamp(i64::try_from(time).ok()?, 0));
    let mut said = Map::new();
    let mut put = |name: &str, value: Value| said.insert(name.to_owned(), value);
    put("version", json!(header.edition.year()));
    put("message_id", json!(format!("{:#06x}", header.id)));
    put("message", json!(name(header.id)));
    put("serial", json!(header.serial));
    put("access_code", json!(header.access_code));
    put("protocol_version", json!(format!("{major}.{minor}.{patch}")));
    put("encryption", json!(header.cipher_flag));
    if header.edition == Edition::V2019 {
        put("sent_at", json!(sent_at));
    }
    said
}

/// A whole message in an edition: its head, and `body` or `error`; a body that is encrypted needs the constants.
pub fn whole(message: &[u8], edition: Edition, cipher: Option<Cipher>) -> Map<String, Value> {
    let (head, body) = match Header::read(message, edition) {
        Ok(read) => read,
        Err(error) => return Map::from_iter([("error".to_owned(), problem(&error))]),
    };
    let mut said = header(&head);
    match head.open(body, cipher).and_then(|body| Message::read(head.id, &body, edition)) {
        Ok(message) => said.insert("body".to_owned(), explain(&message)),
        Err(error) => said.insert("error".to_owned(), problem(&error)),
    };
    said
}

fn problem(error: &MessageError) -> Value {
    json!({ "code": error.code(), "detail": error.to_string() })
}

/// What a message says, as an object; a password is not told.
pub fn explain(message: &Message) -> Value {
    match message {
        Message::Login(Login { user, access_code, host, port, .. }) => {
            let mut said = json!({ "user": user, "sub_link_host": host, "sub_link_port": port });
            if let (Some(code), Some(object)) = (access_code, said.as_object_mut()) {
                object.insert("access_code".to_owned(), json!(code));
            }
            said
        }
        Message::LoginAnswer { result, check_code } => json!({ "result": result, "check_code": check_code }),
        Message::Logout { user, .. } => json!({ "user": user }),
        Message::Broken(reason) | Message::Closing(reason) | Message::SubBroken(reason) | Message::SubClosing(reason) => {
            json!({ "reason": reason })
        }
        Message::SubLogin(code) | Message::SubLogout(code) => json!({ "check_code": code }),
        Message::SubLoginAnswer(result) => json!({ "result": result }),
        Message::Counted { count, from, to } => json!({ "count": count, "from": from, "to": to }),
        Message::About(about) => self::about(about),
        Message::Other { body, .. } => json!({ "data": hex::encode(body) }),
        Message::LogoutAnswer
        | Message::LinkTest
        | Message::LinkTestAnswer
        | Message::SubLogoutAnswer
        | Message::SubLinkTest
        | Message::SubLinkTestAnswer => json!({}),
    }
}

fn about(about: &About) -> Value {
    let mut said = match &about.content {
        Content::Register(registration) => register(registration),
        Content::Position(one) | Content::DownPosition(one) => position(one),
        Content::Positions(all) | Content::DownPositions(all) => {
            json!({ "positions": all.iter().map(position).collect::<Vec<_>>() })
        }
        Content::DownStart(reason) | Content::DownEnd(reason) => json!({ "reason": reason }),
        Content::StartAnswer | Content::EndAnswer => json!({}),
        Content::Other { data, .. } => json!({ "data": hex::encode(data) }),
    };
    if let Some(object) = said.as_object_mut() {
        object.insert("plate".to_owned(), json!(about.plate));
        object.insert("plate_colour".to_owned(), json!(about.colour));
        object.insert("sub_id".to_owned(), json!(format!("{:#06x}", about.content.sub())));
    }
    said
}

fn register(registration: &Registration) -> Value {
    let Registration { platform, maker, model, imei, terminal, sim } = registration;
    json!({ "platform": platform, "maker": maker, "model": model, "imei": imei, "terminal": terminal, "sim": sim })
}

/// A position under the names of JT/T 808, whichever edition it is of.
fn position(position: &Position) -> Value {
    let datum = if position.is_shifted() { Datum::Gcj02 } else { Datum::Wgs84 };
    let mut said = match position.location() {
        Ok(location) => jt808::explain::location(&location, jt808::Edition::V2019, &Profile::STANDARD.in_datum(datum)),
        Err(error) => json!({ "error": { "code": error.code(), "detail": error.to_string() } }),
    };
    let Some(object) = said.as_object_mut() else { return said };
    object.insert("shifted".to_owned(), json!(position.is_shifted()));
    if let Some(fields) = position.fields() {
        // It has no items: those are how the same is said in a report.
        object.remove("items");
        object.insert("recorder_speed_kmh".to_owned(), json!(fields.recorder_kmh));
    }
    if let Position::V2019 { platforms, .. } = position {
        let platforms = platforms.iter().filter(|(platform, _)| !platform.is_empty());
        let told: Vec<Value> = platforms.map(|(id, alarms)| json!({ "id": id, "alarm_bits": alarms })).collect();
        object.insert("platforms".to_owned(), json!(told));
    }
    said
}

/// The name of a message in the standard.
const fn name(message: u16) -> &'static str {
    match message {
        id::LOGIN => "UP_CONNECT_REQ",
        id::LOGIN_ANSWER => "UP_CONNECT_RSP",
        id::LOGOUT => "UP_DISCONNECT_REQ",
        id::LOGOUT_ANSWER => "UP_DISCONNECT_RSP",
        id::LINK_TEST => "UP_LINKTEST_REQ",
        id::LINK_TEST_ANSWER => "UP_LINKTEST_RSP",
        id::BROKEN => "UP_DISCONNECT_INFORM",
        id::CLOSING => "UP_CLOSELINK_INFORM",
        id::EXCHANGE => "UP_EXG_MSG",
        0x1300 => "UP_PLATFORM_MSG",
        0x1400 => "UP_WARN_MSG",
        0x1500 => "UP_CTRL_MSG",
        0x1600 => "UP_BASE_MSG",
        id::SUB_LOGIN => "DOWN_CONNECT_REQ",
        id::SUB_LOGIN_ANSWER => "DOWN_CONNECT_RSP",
        id::SUB_LOGOUT => "DOWN_DISCONNECT_REQ",
        id::SUB_LOGOUT_ANSWER => "DOWN_DISCONNECT_RSP",
        id::SUB_LINK_TEST => "DOWN_LINKTEST_REQ",
        id::SUB_LINK_TEST_ANSWER => "DOWN_LINKTEST_RSP",
        id::SUB_BROKEN => "DOWN_DISCONNECT_INFORM",
        id::SUB_CLOSING => "DOWN_CLOSELINK_INFORM",
        id::COUNTED => "DOWN_TOTAL_RECV_BACK_MSG",
        id::SUB_EXCHANGE => "DOWN_EXG_MSG",
        0x9300 => "DOWN_PLATFORM_MSG",
        0x9400 => "DOWN_WARN_MSG",
        0x9500 => "DOWN_CTRL_MSG",
        0x9600 => "DOWN_BASE_MSG",
        _ => "OTHER",
    }
}

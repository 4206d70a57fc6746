//! Messages of the standard that the platform neither sends nor acts on: told field by field, in both directions, and no more.

use serde_json::{Map, Value};

use crate::jt808::bcd;
use crate::jt808::cursor::BodyError;
use crate::jt808::edition::Edition;
use crate::jt808::explain;
use crate::jt808::location::{Basic, Location};
use crate::jt808::reader::Reader;
use crate::jt808::vendor::Profile;

/// Bytes of an RSA modulus.
const MODULUS: usize = 128;
/// 0x8301 that names events to forget, without what they say.
const FORGET_EVENTS: u8 = 4;
/// Bytes of a recording in 0x0802, its place included; 2011 has no number in front of it.
const RECORDING: usize = 4 + RECORDING_2011;
const RECORDING_2011: usize = 3 + Basic::BYTES;

/// What a body says under this id, as an object; `None` when it is not one of these messages.
pub(crate) fn read(id: u16, edition: Edition, profile: &Profile, reader: &mut Reader<'_>) -> Option<Result<Value, BodyError>> {
    let table = table(id)?;
    let mut told = Told { reader, said: Map::new(), edition, profile };
    Some(table(&mut told).map(|()| {
        let tail = told.reader.rest("tail");
        if !tail.is_empty() {
            told.said.insert("tail".to_owned(), hex::encode(tail).into());
        }
        told.said.into()
    }))
}

type Table = fn(&mut Told<'_, '_>) -> Result<(), BodyError>;

fn table(id: u16) -> Option<Table> {
    Some(match id {
        // 事件报告
        0x0301 => |told| told.u8("event_id").map(drop),
        // 提问应答
        0x0302 => |told| told.u16("reply_serial").and_then(|_| told.u8("answer_id")).map(drop),
        // 信息点播/取消
        0x0303 => |told| told.u8("info_type").and_then(|_| told.u8("flag")).map(drop),
        // 查询区域或线路数据应答: the areas as they were set
        0x0608 => |told| told.u8("query_type").and_then(|_| told.u32("count")).map(|_| told.rest("data")),
        // 行驶记录数据上传: a block of GB/T 19056
        0x0700 => |told| told.u16("reply_serial").and_then(|_| told.u8("command")).map(|_| told.rest("data")),
        // 电子运单上报
        0x0701 => |told| told.u32("length").map(|_| told.rest("data")),
        0x0802 => recordings,
        0x0805 => shots,
        // RSA 公钥, of the terminal and of the platform
        0x0a00 | 0x8a00 => |told| told.u32("exponent").and_then(|_| told.hex("modulus", MODULUS)),
        // 链路检测, 上报驾驶员身份信息请求
        0x8204 | 0x8702 => |_| Ok(()),
        0x8301 => events,
        0x8302 => question,
        0x8303 => menu,
        // 信息服务
        0x8304 => |told| told.u8("info_type").and_then(|_| told.long_text("text")),
        // 电话回拨
        0x8400 => |told| told.u8("flag").and_then(|_| told.text("phone", told.reader.left())),
        0x8401 => contacts,
        // 查询区域或线路数据
        0x8608 => |told| {
            told.u8("query_type")?;
            let count = told.u32("count")?;
            told.numbers("ids", "area_id", count)
        },
        // 行驶记录数据采集, 行驶记录参数下传
        0x8700 | 0x8701 => |told| told.u8("command").map(|_| told.rest("data")),
        0x8801 => shoot,
        0x8802 => search,
        // 存储多媒体数据上传
        0x8803 => |told| search(told).and_then(|()| told.u8("delete")).map(drop),
        // 录音开始
        0x8804 => |told| {
            told.u8("command")?;
            told.u16("duration_s")?;
            told.u8("save")?;
            told.u8("sample_rate").map(drop)
        },
        // 单条存储多媒体数据检索上传
        0x8805 => |told| told.u32("media_id").and_then(|_| told.u8("delete")).map(drop),
        _ => return None,
    })
}

/// 0x0802 存储多媒体数据检索应答.
fn recordings(told: &mut Told<'_, '_>) -> Result<(), BodyError> {
    told.u16("reply_serial")?;
    let count = usize::from(told.u16("count")?);
    let left = told.reader.left();
    let numbered = told.edition == Edition::V2019 || left != count * RECORDING_2011 || left == count * RECORDING;
    let one = move |told: &mut Told<'_, '_>| {
        if numbered {
            told.u32("media_id")?;
        } else {
            told.said.insert("media_id".to_owned(), Value::Null);
        }
        told.u8("media_type")?;
        told.u8("channel")?;
        told.u8("event")?;
        let place = Location::take_basic(told.reader)?;
        told.said.insert("location".to_owned(), explain::location(&place, told.edition, told.profile));
        Ok(())
    };
    told.list("recordings", Some(count), one)
}

/// 0x0805 摄像头立即拍摄命令应答: what was recorded is told when something was.
fn shots(told: &mut Told<'_, '_>) -> Result<(), BodyError> {
    told.u16("reply_serial")?;
    told.u8("result")?;
    let count = if told.reader.left() == 0 { 0 } else { told.u16("count")? };
    told.numbers("media_ids", "media_id", count.into())
}

/// 0x8301 事件设置.
fn events(told: &mut Told<'_, '_>) -> Result<(), BodyError> {
    let (action, count) = told.changes()?;
    let bare = action == FORGET_EVENTS && told.reader.left() == count;
    told.list("events", Some(count), move |told| {
        told.u8("event_id")?;
        if bare { Ok(()) } else { told.short_text("content") }
    })
}

/// 0x8302 提问下发.
fn question(told: &mut Told<'_, '_>) -> Result<(), BodyError> {
    told.u8("flags")?;
    told.short_text("question")?;
    told.list("answers", None, |told| told.u8("answer_id").and_then(|_| told.long_text("content")))
}

/// 0x8303 信息点播菜单设置.
fn menu(told: &mut Told<'_, '_>) -> Result<(), BodyError> {
    let (_, count) = told.changes()?;
    told.list("items", Some(count), |told| told.u8("info_type").and_then(|_| told.long_text("name")))
}

/// 0x8401 设置电话本.
fn contacts(told: &mut Told<'_, '_>) -> Result<(), BodyError> {
    let (_, count) = told.changes()?;
    told.list("contacts", Some(count), |told| {
        told.u8("flag")?;
        told.short_text("phone")?;
        told.short_text("name")
    })
}

/// 0x8801 摄像头立即拍摄命令.
fn shoot(told: &mut Told<'_, '_>) -> Result<(), BodyError> {
    told.u8("channel")?;
    told.u16("command")?;
    told.u16("interval_s")?;
    for name in ["save", "resolution", "quality", "brightness", "contrast", "saturation", "chroma"] {
        told.u8(name)?;
    }
    Ok(())
}

/// 0x8802 存储多媒体数据检索; a time of zeros is no limit.
fn search(told: &mut Told<'_, '_>) -> Result<(), BodyError> {
    told.u8("media_type")?;
    told.u8("channel")?;
    told.u8("event")?;
    told.time("from")?;
    told.time("to")
}

/// A body on its way into an object.
struct Told<'r, 'a> {
    reader: &'r mut Reader<'a>,
    said: Map<String, Value>,
    edition: Edition,
    profile: &'r Profile,
}

impl Told<'_, '_> {
    fn say(&mut self, name: &'static str, value: impl Into<Value>) {
        self.said.insert(name.to_owned(), value.into());
    }

    fn u8(&mut self, name: &'static str) -> Result<u8, BodyError> {
        let value = self.reader.u8(name)?;
        self.say(name, value);
        Ok(value)
    }

    fn u16(&mut self, name: &'static str) -> Result<u16, BodyError> {
        let value = self.reader.u16(name)?;
        self.say(name, value);
        Ok(value)
    }

    fn u32(&mut self, name: &'static str) -> Result<u32, BodyError> {
        let value = self.reader.u32(name)?;
        self.say(name, value);
        Ok(value)
    }

    fn text(&mut self, name: &'static str, length: usize) -> Result<(), BodyError> {
        let value = self.reader.text(name, length)?;
        self.say(name, value);
        Ok(())
    }

    /// Text with its length in one byte before it.
    fn short_text(&mut self, name: &'static str) -> Result<(), BodyError> {
        let value = self.reader.counted_text(name)?;
        self.say(name, value);
        Ok(())
    }

    /// Text with its length in two bytes before it.
    fn long_text(&mut self, name: &'static str) -> Result<(), BodyError> {
        let length = self.reader.u16("length")?;
        self.text(name, length.into())
    }

    fn hex(&mut self, name: &'static str, length: usize) -> Result<(), BodyError> {
        let value = self.reader.take(name, length)?;
        self.say(name, hex::encode(value));
        Ok(())
    }

    fn time(&mut self, name: &'static str) -> Result<(), BodyError> {
        let at = bcd::time(self.reader.array(name)?);
        self.reader.say(|| at.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339()));
        self.say(name, serde_json::json!(at));
        Ok(())
    }

    fn rest(&mut self, name: &'static str) {
        let value = hex::encode(self.reader.rest(name));
        self.say(name, value);
    }

    /// What becomes of a list that the terminal has, and how many entries follow; what forgets all of it may end there.
    fn changes(&mut self) -> Result<(u8, usize), BodyError> {
        let action = self.u8("action")?;
        let count = if self.reader.left() == 0 { 0 } else { self.u8("count")? };
        Ok((action, count.into()))
    }

    fn numbers(&mut self, name: &'static str, each: &'static str, count: u32) -> Result<(), BodyError> {
        let numbers = (0..count).map(|_| self.reader.u32(each)).collect::<Result<Vec<_>, _>>()?;
        self.say(name, numbers);
        Ok(())
    }

    /// So many objects, or as many as the rest of the body holds.
    fn list(
        &mut self,
        name: &'static str,
        count: Option<usize>,
        one: impl Fn(&mut Self) -> Result<(), BodyError>,
    ) -> Result<(), BodyError> {
        let around = std::mem::take(&mut self.said);
        let mut list = Vec::new();
        while count.map_or(self.reader.left() > 0, |count| list.len() < count) {
            self.reader.group(format_args!("{name}[{}]", list.len()));
            one(self)?;
            list.push(Value::Object(std::mem::take(&mut self.said)));
        }
        self.reader.group("");
        self.said = around;
        self.say(name, list);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(id: u16, edition: Edition, body: &str) -> Option<Result<Value, BodyError>> {
        let body = hex::decode(body.replace(' ', "")).unwrap();
        read(id, edition, &Profile::STANDARD, &mut Reader::new(&body))
    }

    #[test]
    fn a_list_says_how_many_or_goes_on_to_the_end() {
        let menu = told(0x8303, Edition::V2013, "02 02 01 0002 c2b7 02 0001 61").unwrap().unwrap();
        let items = json!([{ "info_type": 1, "name": "路" }, { "info_type": 2, "name": "a" }]);
        assert_eq!(menu, json!({ "action": 2, "count": 2, "items": items }));
        let question = told(0x8302, Edition::V2013, "10 01 3f 01 0001 61 02 0000").unwrap().unwrap();
        let answers = json!([{ "answer_id": 1, "content": "a" }, { "answer_id": 2, "content": "" }]);
        assert_eq!(question, json!({ "flags": 16, "question": "?", "answers": answers }));
        assert_eq!(told(0x8303, Edition::V2013, "00").unwrap().unwrap(), json!({ "action": 0, "items": [] }));
    }

    #[test]
    fn a_list_that_counts_more_than_there_is_is_an_error_and_costs_no_memory() {
        assert!(told(0x8608, Edition::V2019, "01 ffffffff 00000001").unwrap().is_err());
        assert!(told(0x8303, Edition::V2013, "02 03 01 0001 61").unwrap().is_err());
    }

    #[test]
    fn other_messages_are_not_looked_at_and_bytes_behind_are_kept() {
        assert_eq!(told(0x0200, Edition::V2013, ""), None);
        assert_eq!(told(0x0301, Edition::V2013, "05 ff").unwrap().unwrap(), json!({ "event_id": 5, "tail": "ff" }));
    }
}

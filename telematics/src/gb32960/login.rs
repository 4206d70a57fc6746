//! Signing in and out: vehicles with the codes of their batteries, platforms with a name and a password.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::gb32960::cursor::Cursor;
use crate::gb32960::layout::{Item, Named, Number, Shape, Width};
use crate::gb32960::time;
use crate::gb32960::walk::{self, Short, Walker};
use crate::jt808;

/// Battery codes have 24 characters since 2025 (GB/T 34014).
const PACK_CODE: usize = 24;
/// Names of the ways of encryption, as in the header.
pub(crate) const ENCRYPTION: &[Named] =
    &[(1, "none", "不加密"), (2, "rsa", "RSA"), (3, "aes128", "AES"), (4, "sm2", "SM2"), (5, "sm4", "SM4")];

/// The time that nearly every message begins with.
pub(crate) const TIME: Item = Item::new("time", "时间", "time", Shape::Time);
const SERIAL: Item = Item::number("serial", "流水号", "serial number", Number::U16);
const ICCID: Item = Item::new("iccid", "ICCID", "ICCID", Shape::Text(20));

/// Table 6 of 2016.
pub(crate) static LOGIN_2016: &[Item] =
    &[TIME, SERIAL, ICCID, Item::new("codes", "可充电储能系统编码", "storage system code", Shape::Own(0, codes_2016))];
/// Table 6 of 2025.
pub(crate) static LOGIN_2025: &[Item] =
    &[TIME, SERIAL, ICCID, Item::new("pack_codes", "动力蓄电池包编码", "pack code", Shape::Own(0, codes_2025))];
/// Tables 20 and 22 of 2016, 28 and 30 of 2025.
pub(crate) static LOGOUT: &[Item] = &[TIME, SERIAL];
/// Tables 21 of 2016 and 29 of 2025.
pub(crate) static PLATFORM_LOGIN: &[Item] = &[
    TIME,
    SERIAL,
    Item::new("username", "平台用户名", "user name", Shape::Text(12)),
    Item::new("password", "平台密码", "password", Shape::Text(20)),
    Item::code("encryption_rule", "加密规则", "encryption rule", ENCRYPTION),
];

/// So many subsystems, so long a code, the codes.
fn codes_2016(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    let count = counted(walker, ("可充电储能子系统数", "number of subsystems"), "subsystem_count", into)?;
    let length = counted(walker, ("可充电储能系统编码长度", "length of a code"), "code_length", into)?;
    let codes = if length == 0 { Vec::new() } else { codes(walker, item, count, length)? };
    into.insert(item.key.to_owned(), Value::Array(codes));
    Ok(())
}

/// So many battery management systems, the packs of each, the codes of all.
fn codes_2025(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    let systems = counted(walker, ("电池管理系统数", "number of battery management systems"), "bms_count", into)?;
    let packs = walker.take(systems, "packs of a battery management system")?;
    let each = packs.iter().map(|packs| Value::from(*packs)).collect();
    walker.tell(("电池管理系统对应动力蓄电池包个数", "packs of each battery management system"), systems, &each);
    into.insert("packs_per_bms".to_owned(), each);
    let count = packs.iter().filter_map(|packs| Width::One.count(&[*packs])).sum();
    let codes = codes(walker, item, count, PACK_CODE)?;
    into.insert(item.key.to_owned(), Value::Array(codes));
    Ok(())
}

fn counted(
    walker: &mut Walker<'_, '_>,
    name: (&'static str, &'static str),
    key: &str,
    into: &mut Map<String, Value>,
) -> Result<usize, Short> {
    let byte = walker.byte(name.1)?;
    let value = Number::U8.json(u32::from(byte));
    walker.tell(name, 1, &value);
    into.insert(key.to_owned(), value);
    Ok(Width::One.count(&[byte]).unwrap_or(0))
}

fn codes(walker: &mut Walker<'_, '_>, item: &'static Item, count: usize, length: usize) -> Result<Vec<Value>, Short> {
    let mut codes = Vec::new();
    for _ in 0..count {
        let code = walk::text(walker.take(length, item.en)?);
        walker.tell((item.zh, item.en), length, &code);
        codes.push(code);
    }
    Ok(codes)
}

/// A vehicle signs in, 车辆登入.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Login<'a> {
    /// When; `None` when the bytes are no time.
    pub time: Option<DateTime<Utc>>,
    /// How often it has signed in today, counted from 1.
    pub serial: u16,
    iccid: &'a [u8],
}

impl<'a> Login<'a> {
    pub(crate) fn read(data: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(data);
        Some(Self { time: time::instant(cursor.array()?), serial: cursor.word()?, iccid: cursor.take(20)? })
    }

    /// The number of its SIM card.
    pub fn iccid(&self) -> String {
        jt808::text::read(self.iccid)
    }
}

/// A vehicle or a platform signs out (登出).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logout {
    /// When; `None` when the bytes are no time.
    pub time: Option<DateTime<Utc>>,
    /// The number of the sign-in that ends.
    pub serial: u16,
}

impl Logout {
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(data);
        Some(Self { time: time::instant(cursor.array()?), serial: cursor.word()? })
    }
}

/// A platform signs in (平台登入).
#[derive(Clone, PartialEq)]
pub struct PlatformLogin<'a> {
    /// When; `None` when the bytes are no time.
    pub time: Option<DateTime<Utc>>,
    /// How often it has signed in today, counted from 1.
    pub serial: u16,
    username: &'a [u8],
    password: &'a [u8],
}

impl std::fmt::Debug for PlatformLogin<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the password.
        f.debug_struct("PlatformLogin").field("username", &self.username()).field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl<'a> PlatformLogin<'a> {
    pub(crate) fn read(data: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(data);
        let (time, serial) = (time::instant(cursor.array()?), cursor.word()?);
        Some(Self { time, serial, username: cursor.take(12)?, password: cursor.take(20)? })
    }

    /// The name it signs in with.
    pub fn username(&self) -> String {
        jt808::text::read(self.username)
    }

    /// Its password.
    pub fn password(&self) -> String {
        jt808::text::read(self.password)
    }
}

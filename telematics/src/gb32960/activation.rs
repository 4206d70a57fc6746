//! What 2025 added around keys: a security chip is activated, and keys for data units are exchanged.

use chrono::{DateTime, Utc};

use crate::gb32960::cursor::Cursor;
use crate::gb32960::header::{Encryption, Vin};
use crate::gb32960::layout::{Item, Named, Shape, Width};
use crate::gb32960::login::{ENCRYPTION, TIME};
use crate::gb32960::signature::{SIGNATURE, Signature};
use crate::gb32960::time;
use crate::jt808;

const STATUS: &[Named] = &[(1, "success", "激活成功"), (2, "failure", "激活失败")];
const INFO: &[Named] =
    &[(0, "activated", "激活成功"), (1, "chip_already_activated", "芯片已激活"), (2, "vin_duplicate", "VIN重复")];

/// Table B.3.
pub(crate) static ACTIVATION: &[Item] = &[
    TIME,
    Item::new("chip_id", "芯片ID", "chip id", Shape::Text(16)),
    Item::new("public_key", "公钥", "public key", Shape::Counted(Width::Two)),
    Item::new("vehicle_vin", "车辆识别代号", "VIN of the vehicle", Shape::Text(17)),
    SIGNATURE,
];
/// Table B.4.
pub(crate) static ACTIVATION_REPLY: &[Item] =
    &[Item::code("status", "激活状态", "activation status", STATUS), Item::code("info", "信息", "activation information", INFO)];
/// Table 31.
pub(crate) static KEY_EXCHANGE: &[Item] = &[
    Item::code("key_type", "密钥类型", "key type", ENCRYPTION),
    Item::new("key", "密钥", "key", Shape::Counted(Width::Two)),
    Item::new("valid_from", "启用时间", "valid from", Shape::Time),
    Item::new("valid_to", "失效时间", "valid to", Shape::Time),
];

/// A security chip asks to be activated (激活).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activation<'a> {
    /// When; `None` when the bytes are no time.
    pub time: Option<DateTime<Utc>>,
    chip_id: &'a [u8],
    /// The chip's public key; the standard does not say in which form.
    pub public_key: &'a [u8],
    /// The vehicle that it was built into.
    pub vin: Vin,
    /// The chip's signature.
    pub signature: Signature<'a>,
    /// What the signature is over.
    pub signed: &'a [u8],
}

impl<'a> Activation<'a> {
    pub(crate) fn read(data: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(data);
        let time = time::instant(cursor.array()?);
        let chip_id = cursor.take(16)?;
        let length = cursor.word()?;
        let public_key = cursor.take(usize::from(length))?;
        let vin = Vin(cursor.array()?);
        let signed = data.get(..data.len() - cursor.rest().len())?;
        Some(Self { time, chip_id, public_key, vin, signature: Signature::read(cursor.rest())?, signed })
    }

    /// The name of the chip.
    pub fn chip_id(&self) -> String {
        jt808::text::read(self.chip_id)
    }
}

/// A key for data units and the time in which it is used (数据单元加密密钥交换).
#[derive(Clone, Copy, PartialEq)]
pub struct KeyExchange<'a> {
    /// What the key is for.
    pub kind: Encryption,
    /// The key; whether it is itself encrypted is between the two ends.
    pub key: &'a [u8],
    /// From when.
    pub valid_from: Option<DateTime<Utc>>,
    /// Until when.
    pub valid_to: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for KeyExchange<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the key.
        f.debug_struct("KeyExchange").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl<'a> KeyExchange<'a> {
    pub(crate) fn read(data: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(data);
        let kind = Encryption::of(cursor.byte()?);
        let length = cursor.word()?;
        let key = cursor.take(usize::from(length))?;
        Some(Self { kind, key, valid_from: time::instant(cursor.array()?), valid_to: time::instant(cursor.array()?) })
    }
}

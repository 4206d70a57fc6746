//! Who a terminal is: registration, authentication, its attributes and parameters, and its answers to the platform.

use serde::{Serialize, Serializer};

use crate::jt808::cursor::BodyError;
use crate::jt808::edition::Edition;
use crate::jt808::header::Header;
use crate::jt808::parameter::Setting;
use crate::jt808::reader::Reader;

const REGISTRATION: u16 = 0x0100;
const ATTRIBUTES: u16 = 0x0107;

/// Bytes of a registration before the plate.
const fn before_plate(edition: Edition) -> usize {
    2 + 2 + maker_bytes(edition) + model_bytes(edition) + device_bytes(edition) + 1
}

/// Bytes of a maker's code.
const SHORT_MAKER: usize = 5;

const fn maker_bytes(edition: Edition) -> usize {
    match edition {
        Edition::V2011 | Edition::V2013 => SHORT_MAKER,
        Edition::V2019 => 11,
    }
}

const fn model_bytes(edition: Edition) -> usize {
    match edition {
        Edition::V2011 => 8,
        Edition::V2013 => 20,
        Edition::V2019 => 30,
    }
}

const fn device_bytes(edition: Edition) -> usize {
    match edition {
        Edition::V2011 | Edition::V2013 => 7,
        Edition::V2019 => 30,
    }
}

/// The edition of a message: 2011 and 2013 differ in the length of the model, which only two messages have.
pub(crate) fn edition(header: &Header, body: &[u8]) -> Edition {
    match header.message_id {
        _ if header.edition == Edition::V2019 => Edition::V2019,
        REGISTRATION if body.len() < before_plate(Edition::V2013) || vin_of_2011(body) => Edition::V2011,
        ATTRIBUTES if !fits(Edition::V2013, body) && fits(Edition::V2011, body) => Edition::V2011,
        _ => header.edition,
    }
}

/// A registration of 2011 whose plate is a VIN is as long as one of 2013 whose plate is short: tell them by the VIN.
fn vin_of_2011(body: &[u8]) -> bool {
    const VIN: usize = 17;
    let plate = body.get(before_plate(Edition::V2011)..).unwrap_or_default();
    plate.len() == VIN && plate.iter().all(u8::is_ascii_alphanumeric)
}

/// Whether the lengths within the attributes add up to the body.
fn fits(edition: Edition, body: &[u8]) -> bool {
    let mut reader = Reader::new(body);
    Attributes::take(&mut reader, edition).is_ok_and(|read| read.tail.is_empty())
}

/// What became of one of our messages (终端通用应答): 0x0001.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// Serial of the message that it answers.
    pub reply_serial: u16,
    /// Which message that was.
    #[serde(serialize_with = "message_id")]
    pub reply_id: u16,
    /// 0 done, 1 failed, 2 message wrong, 3 not supported.
    pub result: u8,
}

impl Reply {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let reply_serial = reader.u16("reply_serial")?;
        let reply_id = reader.u16("reply_id")?;
        reader.say(|| format!("{reply_id:#06x}"));
        let reply = Self { reply_serial, reply_id, result: reader.u8("result")? };
        reader.rest("tail");
        Ok(reply)
    }
}

/// Packages of one of our messages that the terminal lacks (终端补传分包请求): 0x0005.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resend {
    /// Serial of the first package of that message.
    pub first_serial: u16,
    /// Which packages, from 1.
    pub indexes: Vec<u16>,
}

impl Resend {
    /// The number of packages has two bytes in the standard; there are terminals that send one.
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let first_serial = reader.u16("first_serial")?;
        let short = reader.left() % 2 == 1;
        let count = if short { reader.u8("count")?.into() } else { reader.u16("count")? };
        if reader.left() != usize::from(count) * 2 {
            return Err(reader.odd("count", count));
        }
        let indexes = (0..count).map(|_| reader.u16("index")).collect::<Result<_, _>>()?;
        Ok(Self { first_serial, indexes })
    }
}

/// A terminal says who it is and in which vehicle (终端注册): 0x0100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registration {
    /// Province, the first two digits of its code of GB/T 2260; 0 leaves it to the platform.
    pub province: u16,
    /// City, the other four digits.
    pub city: u16,
    /// Code of the maker.
    pub maker: String,
    /// Model, as the maker calls it.
    pub model: String,
    /// Number of the device, as the maker gives it.
    pub device_id: String,
    /// Colour of the plate (JT/T 415); 0 is a vehicle without one.
    pub plate_colour: u8,
    /// The plate; `None` for a vehicle without one.
    pub plate: Option<String>,
    /// The VIN that such a vehicle tells instead.
    pub vin: Option<String>,
}

impl Registration {
    pub(super) fn take(reader: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        let province = reader.u16("province")?;
        let city = reader.u16("city")?;
        let maker = reader.text("maker", maker_bytes(edition))?;
        let model = reader.text("model", model_bytes(edition))?;
        let device_id = reader.text("device_id", device_bytes(edition))?;
        let plate_colour = reader.u8("plate_colour")?;
        let name = if plate_colour == 0 { "vin" } else { "plate" };
        let text = reader.text(name, reader.left())?;
        let said = (!text.is_empty()).then_some(text);
        let (plate, vin) = if plate_colour == 0 { (None, said) } else { (said, None) };
        Ok(Self { province, city, maker, model, device_id, plate_colour, plate, vin })
    }
}

/// A terminal shows what it was given when it registered (终端鉴权): 0x0102.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Authentication {
    /// What the terminal was given when it registered (鉴权码).
    pub token: String,
    /// IMEI; since 2019.
    pub imei: Option<String>,
    /// Version of the software; since 2019.
    pub software_version: Option<String>,
}

impl Authentication {
    pub(super) fn take(reader: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        if edition < Edition::V2019 {
            return Ok(Self { token: reader.text("token", reader.left())?, imei: None, software_version: None });
        }
        let token = reader.counted_text("token")?;
        let imei = reader.text("imei", 15)?;
        // 20 bytes; there are terminals that send fewer, or more.
        let software_version = reader.text("software_version", reader.left())?;
        Ok(Self { token, imei: Some(imei), software_version: Some(software_version) })
    }
}

/// The settings of a terminal, as it tells them (查询终端参数应答): 0x0104.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parameters {
    /// Serial of the question.
    pub reply_serial: u16,
    /// How many the terminal tells.
    pub count: u8,
    /// The parameters, in the order in which they were sent.
    #[serde(serialize_with = "by_name")]
    pub parameters: Vec<Setting>,
}

impl Parameters {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let reply_serial = reader.u16("reply_serial")?;
        let count = reader.u8("count")?;
        let mut parameters = Vec::new();
        while reader.left() > 0 {
            let id = reader.u32("parameter_id")?;
            reader.say(|| format!("{id:#06x}"));
            let length = reader.u8("length")?;
            let value = reader.take("value", length.into())?.to_vec();
            let setting = Setting { id, value };
            reader.say(|| format!("{} = {}", setting.key(), setting.shown()));
            parameters.push(setting);
        }
        // 255 of them fit into the count, in packages more can come.
        if parameters.len() < count.into() {
            return Err(reader.odd("count", count));
        }
        Ok(Self { reply_serial, count, parameters })
    }
}

/// What a terminal is made of: 查询终端属性应答, 0x0107.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attributes {
    /// What the terminal is fit for, a set of bits.
    pub terminal_type: u16,
    /// Code of the maker.
    pub maker: String,
    /// Model, as the maker calls it.
    pub model: String,
    /// Number of the device, as the maker gives it.
    pub device_id: String,
    /// Number of the SIM card.
    pub iccid: String,
    /// Version of the hardware.
    pub hardware_version: String,
    /// Version of the firmware.
    pub firmware_version: String,
    /// Constellations, a set of bits: GPS, `BeiDou`, GLONASS, Galileo.
    pub gnss: u8,
    /// Networks, a set of bits: GPRS, CDMA, TD-SCDMA, WCDMA, CDMA2000, TD-LTE, and bit 7 for any other.
    pub communication: u8,
    /// What stands behind.
    #[serde(with = "hex::serde", skip_serializing_if = "Vec::is_empty")]
    pub tail: Vec<u8>,
}

impl Attributes {
    /// The maker has 5 bytes in every edition, though 11 in a registration of 2019; some write 11 here, too: the lengths tell.
    pub(super) fn take(reader: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        let body = reader.peek();
        let long = maker_bytes(edition);
        let whole = |maker| Self::take_with(&mut Reader::new(body), edition, maker).is_ok_and(|read| read.tail.is_empty());
        let maker = if long != SHORT_MAKER && !whole(SHORT_MAKER) && whole(long) { long } else { SHORT_MAKER };
        Self::take_with(reader, edition, maker)
    }

    fn take_with(reader: &mut Reader<'_>, edition: Edition, maker_bytes: usize) -> Result<Self, BodyError> {
        let terminal_type = reader.u16("terminal_type")?;
        let maker = reader.text("maker", maker_bytes)?;
        let model = reader.text("model", model_bytes(edition))?;
        let device_id = reader.text("device_id", device_bytes(edition))?;
        let iccid = crate::jt808::bcd::text(reader.take("iccid", 10)?);
        let hardware_version = reader.counted_text("hardware_version")?;
        let firmware_version = reader.counted_text("firmware_version")?;
        let gnss = reader.u8("gnss")?;
        let communication = reader.u8("communication")?;
        let tail = reader.rest("tail").to_vec();
        Ok(Self { terminal_type, maker, model, device_id, iccid, hardware_version, firmware_version, gnss, communication, tail })
    }
}

/// How an upgrade ended (终端升级结果通知): 0x0108.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UpgradeResult {
    /// What was upgraded: 0 the terminal, 12 the card reader, 52 the satellite receiver.
    pub upgrade_type: u8,
    /// 0 done, 1 failed, 2 cancelled.
    pub result: u8,
}

impl UpgradeResult {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let result = Self { upgrade_type: reader.u8("upgrade_type")?, result: reader.u8("result")? };
        reader.rest("tail");
        Ok(result)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn message_id<S: Serializer>(id: &u16, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{id:#06x}"))
}

fn by_name<S: Serializer>(settings: &[Setting], to: S) -> Result<S::Ok, S::Error> {
    crate::jt808::parameter::explain(settings).serialize(to)
}

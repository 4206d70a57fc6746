//! What a terminal says (上行消息): every message of the standard that concerns the platform, by the layout of its edition.

mod card;
mod locations;
mod media;
mod session;

use serde::Serialize;

use crate::jt808::cursor::BodyError;
use crate::jt808::edition::Edition;
use crate::jt808::header::{Encryption, Header};
use crate::jt808::location::Location;
use crate::jt808::reader::Reader;

pub use card::{DriverCard, DriverCard2011};
pub use locations::{Answered, Batch, BatchKind};
pub use media::{Can, CanFrame, Compressed, Media, MediaEvent, Transparent};
pub use session::{Attributes, Authentication, Parameters, Registration, Reply, Resend, UpgradeResult};

/// A message of a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Up {
    /// 0x0001 终端通用应答: the answer to a message that has no answer of its own.
    Reply(Reply),
    /// 0x0002 终端心跳; some makers put their state behind it.
    Heartbeat(Tail),
    /// 0x0003 终端注销.
    Logout(Tail),
    /// 0x0004 查询服务器时间请求.
    TimeRequest(Tail),
    /// 0x0005 终端补传分包请求.
    Resend(Resend),
    /// 0x0100 终端注册.
    Registration(Registration),
    /// 0x0102 终端鉴权.
    Authentication(Authentication),
    /// 0x0104 查询终端参数应答.
    Parameters(Parameters),
    /// 0x0107 查询终端属性应答.
    Attributes(Attributes),
    /// 0x0108 终端升级结果通知.
    UpgradeResult(UpgradeResult),
    /// 0x0200 位置信息汇报.
    Location(Location),
    /// 0x0201 位置信息查询应答.
    Located(Answered),
    /// 0x0500 车辆控制应答.
    Controlled(Answered),
    /// 0x0702 驾驶员身份信息采集上报.
    DriverCard(DriverCard),
    /// 0x0702 in the edition of 2011, which says neither when nor whether the card went in or out.
    DriverCard2011(DriverCard2011),
    /// 0x0704 定位数据批量上传.
    Batch(Batch),
    /// 0x0705 CAN 总线数据上传.
    Can(Can),
    /// 0x0800 多媒体事件信息上传.
    MediaEvent(MediaEvent),
    /// 0x0801 多媒体数据上传.
    Media(Media),
    /// 0x0900 数据上行透传.
    Transparent(Transparent),
    /// 0x0901 数据压缩上报.
    Compressed(Compressed),
    /// A body that is encrypted, as sent.
    Encrypted(Tail),
    /// A message of which nothing is known, as sent.
    Unknown(Tail),
}

/// Bytes that are kept as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tail {
    /// The bytes.
    #[serde(with = "hex::serde", skip_serializing_if = "Vec::is_empty")]
    pub tail: Vec<u8>,
}

impl Tail {
    fn take(reader: &mut Reader<'_>) -> Self {
        Self { tail: reader.rest("tail").to_vec() }
    }
}

/// A message as a whole: whose it is, what was sent, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its head; of a message in packages, that of the first one, without the package.
    pub header: Header,
    /// The edition, better known than by the head alone where the body tells.
    pub edition: Edition,
    /// The body as sent.
    pub body: Vec<u8>,
    /// What it says, or where it stops to make sense.
    pub up: Result<Up, BodyError>,
}

impl Message {
    /// Reads the body of a message.
    pub fn read(header: Header, body: &[u8]) -> Self {
        let mut reader = Reader::new(body);
        let (up, edition) = Up::take(&header, &mut reader);
        Self { header, edition, body: body.to_vec(), up }
    }
}

impl Up {
    /// What a body says.
    pub fn read(header: &Header, body: &[u8]) -> Result<Self, BodyError> {
        Self::take(header, &mut Reader::new(body)).0
    }

    /// What a body says, and in which edition, as far as it tells.
    pub(crate) fn take(header: &Header, reader: &mut Reader<'_>) -> (Result<Self, BodyError>, Edition) {
        let edition = session::edition(header, reader.peek());
        (Self::of(header, edition, reader), edition)
    }

    fn of(header: &Header, edition: Edition, reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        if header.encryption != Encryption::None {
            return Ok(Self::Encrypted(Tail::take(reader)));
        }
        Ok(match header.message_id {
            0x0001 => Self::Reply(Reply::take(reader)?),
            0x0002 => Self::Heartbeat(Tail::take(reader)),
            0x0003 => Self::Logout(Tail::take(reader)),
            0x0004 => Self::TimeRequest(Tail::take(reader)),
            0x0005 => Self::Resend(Resend::take(reader)?),
            0x0100 => Self::Registration(Registration::take(reader, edition)?),
            0x0102 => Self::Authentication(Authentication::take(reader, edition)?),
            0x0104 => Self::Parameters(Parameters::take(reader)?),
            0x0107 => Self::Attributes(Attributes::take(reader, edition)?),
            0x0108 => Self::UpgradeResult(UpgradeResult::take(reader)?),
            0x0200 => Self::Location(Location::take(reader)?),
            0x0201 => Self::Located(Answered::take(reader)?),
            0x0500 => Self::Controlled(Answered::take(reader)?),
            0x0702 if card::is_2011(edition, reader.peek()) => Self::DriverCard2011(DriverCard2011::take(reader)?),
            0x0702 => Self::DriverCard(DriverCard::take(reader, edition)?),
            0x0704 => Self::Batch(Batch::take(reader)?),
            0x0705 => Self::Can(Can::take(reader)?),
            0x0800 => Self::MediaEvent(MediaEvent::take(reader)?),
            0x0801 => Self::Media(Media::take(reader)?),
            0x0900 => Self::Transparent(Transparent::take(reader)?),
            0x0901 => Self::Compressed(Compressed::take(reader)?),
            _ => Self::Unknown(Tail::take(reader)),
        })
    }
}

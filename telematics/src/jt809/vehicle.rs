//! What is exchanged about one vehicle: whose it is, and a message within the message.

use crate::jt808::text;
use crate::jt809::header::Edition;
use crate::jt809::message::{MessageError, id};
use crate::jt809::position::Position;
use crate::jt809::reader::Reader;

/// Bytes of a plate.
const PLATE: usize = 21;

/// Ids of what is within (子业务类型标识), as far as they are read.
pub mod sub {
    /// The vehicle is registered with its platform (上传车辆注册信息).
    pub const REGISTER: u16 = 0x1201;
    /// A position as it happens (实时上传车辆定位信息).
    pub const POSITION: u16 = 0x1202;
    /// Positions sent later (车辆定位信息自动补报).
    pub const POSITIONS: u16 = 0x1203;
    /// The answer to [`DOWN_START`].
    pub const START_ANSWER: u16 = 0x1205;
    /// The answer to [`DOWN_END`].
    pub const END_ANSWER: u16 = 0x1206;
    /// A position of a vehicle of another platform (交换车辆定位信息).
    pub const DOWN_POSITION: u16 = 0x9202;
    /// The same, sent later (车辆定位信息交换补发).
    pub const DOWN_POSITIONS: u16 = 0x9203;
    /// Positions of a vehicle will be sent from above (启动车辆定位信息交换请求).
    pub const DOWN_START: u16 = 0x9205;
    /// They will no longer (结束车辆定位信息交换请求).
    pub const DOWN_END: u16 = 0x9206;
}

/// Colours of plates (车牌颜色), by JT/T 415 and JT/T 697.7.
pub mod colour {
    /// 蓝.
    pub const BLUE: u8 = 1;
    /// 黄.
    pub const YELLOW: u8 = 2;
    /// 绿, of vehicles with new energy; only since 2019.
    pub const GREEN: u8 = 5;
    /// Another.
    pub const OTHER: u8 = 9;
}

/// The most positions that one message sent later holds.
pub const POSITIONS_MAX: usize = 5;

/// A message about one vehicle (车辆动态信息交换).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its plate.
    pub plate: String,
    /// The colour of the plate.
    pub colour: u8,
    /// What it says.
    pub content: Content,
}

/// What is said about a vehicle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// 0x1201.
    Register(Registration),
    /// 0x1202.
    Position(Position),
    /// 0x1203.
    Positions(Vec<Position>),
    /// 0x9202.
    DownPosition(Position),
    /// 0x9203.
    DownPositions(Vec<Position>),
    /// 0x9205, with its reason.
    DownStart(u8),
    /// 0x9206, with its reason.
    DownEnd(u8),
    /// 0x1205.
    StartAnswer,
    /// 0x1206.
    EndAnswer,
    /// Another one, as its bytes.
    Other {
        /// What it is.
        sub: u16,
        /// Its data.
        data: Vec<u8>,
    },
}

/// The registration of a vehicle's terminal, 车辆注册信息.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// The platform (平台唯一编码).
    pub platform: String,
    /// The maker of the terminal (车载终端厂商唯一编码).
    pub maker: String,
    /// Its model.
    pub model: String,
    /// The IMEI of its modem; 2019 alone.
    pub imei: String,
    /// Its number.
    pub terminal: String,
    /// The number of its SIM card.
    pub sim: String,
}

impl Registration {
    /// Bytes of platform, maker, model, IMEI, terminal and SIM card.
    const fn widths(edition: Edition) -> [usize; 6] {
        match edition {
            Edition::V2011 => [11, 11, 20, 0, 7, 12],
            Edition::V2019 => [11, 11, 30, 15, 30, 13],
        }
    }

    fn read(reader: &mut Reader<'_>, edition: Edition) -> Result<Self, MessageError> {
        let [platform, maker, model, imei, terminal, sim] = Self::widths(edition);
        Ok(Self {
            platform: reader.text(platform)?,
            maker: reader.text(maker)?,
            model: reader.text(model)?,
            imei: reader.text(imei)?,
            terminal: reader.text(terminal)?,
            sim: reader.text(sim)?,
        })
    }

    fn put(&self, out: &mut Vec<u8>, edition: Edition) {
        // A number that is shorter than its field is filled up with zeros in front.
        let [.., sim] = Self::widths(edition);
        let number = if self.sim.is_empty() { String::new() } else { format!("{:0>sim$}", self.sim) };
        let fields = [&self.platform, &self.maker, &self.model, &self.imei, &self.terminal, &number];
        for (field, width) in fields.into_iter().zip(Self::widths(edition)) {
            text::put_fixed(out, field, width);
        }
    }
}

impl About {
    /// The message that it is in.
    pub const fn id(&self) -> u16 {
        match self.content.sub() {
            0x9000.. => id::SUB_EXCHANGE,
            _ => id::EXCHANGE,
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, edition: Edition) -> Result<Self, MessageError> {
        let (plate, colour, sub, told) = (reader.text(PLATE)?, reader.u8()?, reader.u16()?, reader.u32()?);
        let data = reader.rest();
        if usize::try_from(told).ok() != Some(data.len()) {
            return Err(MessageError::Told { told, found: data.len() });
        }
        Ok(Self { plate, colour, content: Content::read(sub, data, edition)? })
    }

    pub(super) fn put(&self, out: &mut Vec<u8>, edition: Edition) {
        text::put_fixed(out, &self.plate, PLATE);
        out.push(self.colour);
        out.extend_from_slice(&self.content.sub().to_be_bytes());
        let mut data = Vec::new();
        self.content.put(&mut data, edition);
        out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(&data);
    }
}

impl Content {
    /// What it is.
    pub const fn sub(&self) -> u16 {
        match self {
            Self::Register(_) => sub::REGISTER,
            Self::Position(_) => sub::POSITION,
            Self::Positions(_) => sub::POSITIONS,
            Self::DownPosition(_) => sub::DOWN_POSITION,
            Self::DownPositions(_) => sub::DOWN_POSITIONS,
            Self::DownStart(_) => sub::DOWN_START,
            Self::DownEnd(_) => sub::DOWN_END,
            Self::StartAnswer => sub::START_ANSWER,
            Self::EndAnswer => sub::END_ANSWER,
            Self::Other { sub, .. } => *sub,
        }
    }

    fn read(sub: u16, data: &[u8], edition: Edition) -> Result<Self, MessageError> {
        let mut reader = Reader::new(data);
        let content = match sub {
            sub::REGISTER => Self::Register(Registration::read(&mut reader, edition)?),
            sub::POSITION => Self::Position(Position::read(&mut reader, edition)?),
            sub::POSITIONS => Self::Positions(positions(&mut reader, edition)?),
            sub::DOWN_POSITION => Self::DownPosition(Position::read(&mut reader, edition)?),
            sub::DOWN_POSITIONS => Self::DownPositions(positions(&mut reader, edition)?),
            sub::DOWN_START => Self::DownStart(reader.u8()?),
            sub::DOWN_END => Self::DownEnd(reader.u8()?),
            sub::START_ANSWER => Self::StartAnswer,
            sub::END_ANSWER => Self::EndAnswer,
            other => Self::Other { sub: other, data: reader.rest().to_vec() },
        };
        reader.end()?;
        Ok(content)
    }

    fn put(&self, out: &mut Vec<u8>, edition: Edition) {
        match self {
            Self::Register(registration) => registration.put(out, edition),
            Self::Position(position) | Self::DownPosition(position) => position.put(out),
            Self::Positions(positions) | Self::DownPositions(positions) => {
                out.push(u8::try_from(positions.len()).unwrap_or(u8::MAX));
                positions.iter().take(usize::from(u8::MAX)).for_each(|position| position.put(out));
            }
            Self::DownStart(reason) | Self::DownEnd(reason) => out.push(*reason),
            Self::StartAnswer | Self::EndAnswer => {}
            Self::Other { data, .. } => out.extend_from_slice(data),
        }
    }
}

fn positions(reader: &mut Reader<'_>, edition: Edition) -> Result<Vec<Position>, MessageError> {
    let count = reader.u8()?;
    (0..count).map(|_| Position::read(reader, edition)).collect()
}

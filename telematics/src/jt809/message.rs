//! What one platform says to the other: the two links, and what is exchanged about vehicles.

use std::fmt;

use thiserror::Error;

use crate::jt808::text;
use crate::jt809::header::Edition;
use crate::jt809::reader::Reader;
use crate::jt809::vehicle::About;

/// Bytes of a password.
const PASSWORD: usize = 8;
/// Bytes of a host's name or address.
const HOST: usize = 32;

/// Ids of messages (业务数据类型), as far as they are read.
pub mod id {
    /// The inferior platform signs in (主链路登录请求).
    pub const LOGIN: u16 = 0x1001;
    /// The answer to it.
    pub const LOGIN_ANSWER: u16 = 0x1002;
    /// It signs out (主链路注销请求).
    pub const LOGOUT: u16 = 0x1003;
    /// The answer to it.
    pub const LOGOUT_ANSWER: u16 = 0x1004;
    /// It keeps the main link alive (主链路连接保持请求).
    pub const LINK_TEST: u16 = 0x1005;
    /// The answer to it.
    pub const LINK_TEST_ANSWER: u16 = 0x1006;
    /// The main link broke, told on the sub-link (主链路断开通知).
    pub const BROKEN: u16 = 0x1007;
    /// The inferior platform closes the links (下级平台主动关闭主从链路通知).
    pub const CLOSING: u16 = 0x1008;
    /// About a vehicle, from below (主链路车辆动态信息交换).
    pub const EXCHANGE: u16 = 0x1200;
    /// The superior platform signs in on the sub-link (从链路连接请求).
    pub const SUB_LOGIN: u16 = 0x9001;
    /// The answer to it.
    pub const SUB_LOGIN_ANSWER: u16 = 0x9002;
    /// It signs out (从链路注销请求).
    pub const SUB_LOGOUT: u16 = 0x9003;
    /// The answer to it.
    pub const SUB_LOGOUT_ANSWER: u16 = 0x9004;
    /// It keeps the sub-link alive (从链路连接保持请求).
    pub const SUB_LINK_TEST: u16 = 0x9005;
    /// The answer to it.
    pub const SUB_LINK_TEST_ANSWER: u16 = 0x9006;
    /// The sub-link broke, told on the main link (从链路断开通知).
    pub const SUB_BROKEN: u16 = 0x9007;
    /// The superior platform closes the links (上级平台主动关闭主从链路通知).
    pub const SUB_CLOSING: u16 = 0x9008;
    /// How many positions came (接收车辆定位信息数量通知).
    pub const COUNTED: u16 = 0x9101;
    /// About a vehicle, from above (从链路车辆动态信息交换).
    pub const SUB_EXCHANGE: u16 = 0x9200;
}

/// Results of a login.
pub mod result {
    /// Signed in.
    pub const OK: u8 = 0;
    /// From a wrong address.
    pub const ADDRESS: u8 = 1;
    /// A wrong access code.
    pub const ACCESS_CODE: u8 = 2;
    /// An unknown user.
    pub const USER: u8 = 3;
    /// A wrong password.
    pub const PASSWORD: u8 = 4;
    /// No room now.
    pub const BUSY: u8 = 5;
    /// Something else.
    pub const OTHER: u8 = 6;
    /// Of the sub-link: a wrong check code.
    pub const SUB_CHECK_CODE: u8 = 1;
}

/// Why a body is none of its message, 消息体错误.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MessageError {
    /// It ends where a value should be.
    #[error("the body ends at byte {at}, {needed} more are needed")]
    Short {
        /// Where it ends, from 0.
        at: usize,
        /// Bytes that the value needs beyond it.
        needed: usize,
    },
    /// There is more than the message has.
    #[error("{count} bytes too many, from byte {at}")]
    Long {
        /// Where they begin.
        at: usize,
        /// How many.
        count: usize,
    },
    /// What is said of a vehicle has another length than told.
    #[error("{found} bytes about a vehicle, where {told} are told")]
    Told {
        /// As told.
        told: u32,
        /// As it is.
        found: usize,
    },
    /// The body is encrypted, and there are no constants for it, or in another way than the standard has.
    #[error("the body is encrypted ({flag})")]
    Encrypted {
        /// How.
        flag: u8,
    },
}

impl MessageError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Short { .. } | Self::Long { .. } | Self::Told { .. } => "jt809.body",
            Self::Encrypted { .. } => "jt809.encrypted",
        }
    }
}

/// The password of a platform (平台密码): eight bytes, filled up with zeros; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password([u8; PASSWORD]);

impl Password {
    /// A password of one to eight bytes.
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; PASSWORD];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        (!text.is_empty()).then_some(Self(bytes))
    }

    /// Without what it is filled up with, behind or in front.
    pub fn bytes(&self) -> &[u8] {
        let from = self.0.iter().position(|byte| *byte != 0).unwrap_or(PASSWORD);
        let to = self.0.iter().rposition(|byte| *byte != 0).map_or(from, |last| last + 1);
        self.0.get(from..to).unwrap_or_default()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A login of an inferior platform, 主链路登录请求.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Its user (用户名).
    pub user: u32,
    /// Its password.
    pub password: Password,
    /// Its access code once more; 2019 alone.
    pub access_code: Option<u32>,
    /// Where it waits for the sub-link; empty: nowhere.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// What one platform says to the other, 平台消息.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// 0x1001.
    Login(Login),
    /// 0x1002: see [`result`], and the check code by which the sub-link is known.
    LoginAnswer {
        /// How it ended.
        result: u8,
        /// The check code (校验码).
        check_code: u32,
    },
    /// 0x1003.
    Logout {
        /// The user.
        user: u32,
        /// The password.
        password: Password,
    },
    /// 0x1004.
    LogoutAnswer,
    /// 0x1005.
    LinkTest,
    /// 0x1006.
    LinkTestAnswer,
    /// 0x1007, with its reason.
    Broken(u8),
    /// 0x1008, with its reason.
    Closing(u8),
    /// 0x9001, with the check code of the login.
    SubLogin(u32),
    /// 0x9002, with its result.
    SubLoginAnswer(u8),
    /// 0x9003, with the check code.
    SubLogout(u32),
    /// 0x9004.
    SubLogoutAnswer,
    /// 0x9005.
    SubLinkTest,
    /// 0x9006.
    SubLinkTestAnswer,
    /// 0x9007, with its reason.
    SubBroken(u8),
    /// 0x9008, with its reason.
    SubClosing(u8),
    /// 0x9101: positions that came between two instants, seconds since 1970.
    Counted {
        /// How many.
        count: u32,
        /// The first instant.
        from: u64,
        /// The last.
        to: u64,
    },
    /// 0x1200 and 0x9200.
    About(About),
    /// Another one, as its bytes.
    Other {
        /// What it is.
        id: u16,
        /// Its body.
        body: Vec<u8>,
    },
}

impl Message {
    /// What it is.
    pub const fn id(&self) -> u16 {
        match self {
            Self::Login(_) => id::LOGIN,
            Self::LoginAnswer { .. } => id::LOGIN_ANSWER,
            Self::Logout { .. } => id::LOGOUT,
            Self::LogoutAnswer => id::LOGOUT_ANSWER,
            Self::LinkTest => id::LINK_TEST,
            Self::LinkTestAnswer => id::LINK_TEST_ANSWER,
            Self::Broken(_) => id::BROKEN,
            Self::Closing(_) => id::CLOSING,
            Self::SubLogin(_) => id::SUB_LOGIN,
            Self::SubLoginAnswer(_) => id::SUB_LOGIN_ANSWER,
            Self::SubLogout(_) => id::SUB_LOGOUT,
            Self::SubLogoutAnswer => id::SUB_LOGOUT_ANSWER,
            Self::SubLinkTest => id::SUB_LINK_TEST,
            Self::SubLinkTestAnswer => id::SUB_LINK_TEST_ANSWER,
            Self::SubBroken(_) => id::SUB_BROKEN,
            Self::SubClosing(_) => id::SUB_CLOSING,
            Self::Counted { .. } => id::COUNTED,
            Self::About(about) => about.id(),
            Self::Other { id, .. } => *id,
        }
    }

    /// Bytes of the body, for those whose body always has the same.
    pub(super) const fn body_bytes(id: u16, edition: Edition) -> Option<usize> {
        Some(match (id, edition) {
            (id::LOGIN, Edition::V2011) => 4 + PASSWORD + HOST + 2,
            (id::LOGIN, Edition::V2019) => 4 + PASSWORD + 4 + HOST + 2,
            (id::LOGIN_ANSWER, _) => 5,
            (id::LOGOUT, _) => 4 + PASSWORD,
            (id::SUB_LOGIN | id::SUB_LOGOUT, _) => 4,
            (id::BROKEN | id::CLOSING | id::SUB_LOGIN_ANSWER | id::SUB_BROKEN | id::SUB_CLOSING, _) => 1,
            (id::COUNTED, _) => 20,
            (
                id::LOGOUT_ANSWER
                | id::LINK_TEST
                | id::LINK_TEST_ANSWER
                | id::SUB_LOGOUT_ANSWER
                | id::SUB_LINK_TEST
                | id::SUB_LINK_TEST_ANSWER,
                _,
            ) => 0,
            _ => return None,
        })
    }

    /// What a body in the clear says.
    pub fn read(id: u16, body: &[u8], edition: Edition) -> Result<Self, MessageError> {
        let mut reader = Reader::new(body);
        let message = match id {
            id::LOGIN => Self::Login(Login {
                user: reader.u32()?,
                password: Password(reader.array()?),
                access_code: match edition {
                    Edition::V2011 => None,
                    Edition::V2019 => Some(reader.u32()?),
                },
                host: reader.text(HOST)?,
                port: reader.u16()?,
            }),
            id::LOGIN_ANSWER => Self::LoginAnswer { result: reader.u8()?, check_code: reader.u32()? },
            id::LOGOUT => Self::Logout { user: reader.u32()?, password: Password(reader.array()?) },
            id::LOGOUT_ANSWER => Self::LogoutAnswer,
            id::LINK_TEST => Self::LinkTest,
            id::LINK_TEST_ANSWER => Self::LinkTestAnswer,
            id::BROKEN => Self::Broken(reader.u8()?),
            id::CLOSING => Self::Closing(reader.u8()?),
            id::SUB_LOGIN => Self::SubLogin(reader.u32()?),
            id::SUB_LOGIN_ANSWER => Self::SubLoginAnswer(reader.u8()?),
            id::SUB_LOGOUT => Self::SubLogout(reader.u32()?),
            id::SUB_LOGOUT_ANSWER => Self::SubLogoutAnswer,
            id::SUB_LINK_TEST => Self::SubLinkTest,
            id::SUB_LINK_TEST_ANSWER => Self::SubLinkTestAnswer,
            id::SUB_BROKEN => Self::SubBroken(reader.u8()?),
            id::SUB_CLOSING => Self::SubClosing(reader.u8()?),
            id::COUNTED => Self::Counted { count: reader.u32()?, from: reader.u64()?, to: reader.u64()? },
            id::EXCHANGE | id::SUB_EXCHANGE => Self::About(About::read(&mut reader, edition)?),
            other => Self::Other { id: other, body: reader.rest().to_vec() },
        };
        reader.end()?;
        Ok(message)
    }

    /// Puts the body in the clear behind what `out` has.
    pub fn put(&self, out: &mut Vec<u8>, edition: Edition) {
        match self {
            Self::Login(login) => {
                out.extend_from_slice(&login.user.to_be_bytes());
                out.extend_from_slice(&login.password.0);
                if edition == Edition::V2019 {
                    out.extend_from_slice(&login.access_code.unwrap_or_default().to_be_bytes());
                }
                text::put_fixed(out, &login.host, HOST);
                out.extend_from_slice(&login.port.to_be_bytes());
            }
            Self::LoginAnswer { result, check_code } => {
                out.push(*result);
                out.extend_from_slice(&check_code.to_be_bytes());
            }
            Self::Logout { user, password } => {
                out.extend_from_slice(&user.to_be_bytes());
                out.extend_from_slice(&password.0);
            }
            Self::SubLogin(code) | Self::SubLogout(code) => out.extend_from_slice(&code.to_be_bytes()),
            Self::Broken(byte)
            | Self::Closing(byte)
            | Self::SubLoginAnswer(byte)
            | Self::SubBroken(byte)
            | Self::SubClosing(byte) => out.push(*byte),
            Self::Counted { count, from, to } => {
                out.extend_from_slice(&count.to_be_bytes());
                out.extend_from_slice(&from.to_be_bytes());
                out.extend_from_slice(&to.to_be_bytes());
            }
            Self::About(about) => about.put(out, edition),
            Self::Other { body, .. } => out.extend_from_slice(body),
            Self::LogoutAnswer
            | Self::LinkTest
            | Self::LinkTestAnswer
            | Self::SubLogoutAnswer
            | Self::SubLinkTest
            | Self::SubLinkTestAnswer => {}
        }
    }
}

//! Settings of the links between platforms.

use std::net::SocketAddr;
use std::path::PathBuf;

use fleet_db::mirror::Choice;
use serde::{Deserialize, Serialize};
use telematics::jt809::{Cipher, Edition};
use uuid::Uuid;

/// Section `gateway.jt809` (平台对接设置).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jt809 {
    /// Address for platforms below us; without it there is none.
    pub listen: Option<SocketAddr>,
    /// Seconds of silence after which a platform below us is disconnected.
    pub idle_secs: u64,
    /// Whether the sub-link (从链路) is opened to a platform below us that waits for one at the address it came from.
    pub sub_links: bool,
    /// Address where platforms above us open their sub-link; without it they are told that there is none.
    pub sub_listen: Option<SocketAddr>,
    /// Platforms above us.
    pub superiors: Vec<Superior>,
}

/// One entry of `gateway.jt809.superiors` (上级平台): a platform above us that is told where our vehicles are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Superior {
    /// Our name for it, under which the store keeps how far it has been told; stays the same, and is named by one gateway alone.
    pub name: String,
    /// Its host and port.
    pub address: String,
    /// `2011` or `2019`.
    pub edition: Edition,
    /// The user that it gave us (用户名).
    pub user: u32,
    /// File with the password, its first line: at most eight letters and digits.
    pub password_file: PathBuf,
    /// The access code that it gave us (下级平台接入码).
    pub access_code: u32,
    /// Our number as a platform (平台唯一编码), eleven characters.
    pub platform_id: String,
    /// Host under which it reaches `sub_listen`; empty: no sub-link.
    pub sub_host: String,
    /// Constants of the encryption; without them bodies go in the clear.
    pub encryption: Option<Encryption>,
    /// Units whose vehicles it is told of, with all units below them; none: those of every unit.
    pub units: Vec<Uuid>,
    /// Categories it is not told of.
    pub without_categories: Vec<String>,
    /// Plates it is not told of.
    pub without_plates: Vec<String>,
    /// Milliseconds between two looks for new positions.
    pub every_ms: u64,
    /// Seconds after which it is asked to confirm what it was told, by the keep-alive of the link.
    pub confirm_secs: u64,
    /// Positions told and not confirmed, at most; then nothing more is told.
    pub unconfirmed: usize,
    /// Seconds between two keep-alives of a link on which nothing is told; without an answer to three it counts as gone.
    pub keep_alive_secs: u64,
    /// Seconds before another try to connect, at most; the first comes after one.
    pub retry_max_secs: u64,
}

/// Constants and key of an encryption (加密参数): M1, IA1 and IC1 as the superior platform gave them out.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// M1.
    pub m1: u32,
    /// IA1.
    pub ia1: u32,
    /// IC1.
    pub ic1: u32,
    /// The key, which each message tells.
    pub key: u32,
}

impl std::fmt::Debug for Encryption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Default for Jt809 {
    fn default() -> Self {
        Self { listen: None, idle_secs: 180, sub_links: true, sub_listen: None, superiors: Vec::new() }
    }
}

impl Default for Superior {
    fn default() -> Self {
        Self {
            name: String::new(),
            address: String::new(),
            edition: Edition::V2019,
            user: 0,
            password_file: PathBuf::new(),
            access_code: 0,
            platform_id: String::new(),
            sub_host: String::new(),
            encryption: None,
            units: Vec::new(),
            // 机要通信用车: where it goes is nobody's business.
            without_categories: vec!["confidential_courier".to_owned()],
            without_plates: Vec::new(),
            every_ms: 1000,
            confirm_secs: 5,
            unconfirmed: 2000,
            keep_alive_secs: 60,
            retry_max_secs: 60,
        }
    }
}

impl Superior {
    /// Constants and key as the codec takes them.
    pub(super) fn cipher(&self) -> Option<(Cipher, u32)> {
        let Encryption { m1, ia1, ic1, key } = self.encryption?;
        Some((Cipher { m1, ia1, ic1 }, key))
    }

    /// Which vehicles it is told of.
    pub(crate) fn choice(&self) -> Choice {
        Choice {
            units: self.units.clone(),
            without_categories: self.without_categories.clone(),
            without_plates: self.without_plates.clone(),
        }
    }
}

//! The report of a vehicle (实时信息上报, 补发信息上报): a time, information bodies, since 2025 a signature.

use chrono::{DateTime, Utc};

use crate::gb32960::header::Edition;
use crate::gb32960::info::{Infos, SIGNATURE};
use crate::gb32960::message::MessageError;
use crate::gb32960::signature::Signature;
use crate::gb32960::time::{self, TIME_BYTES};

/// A report whose bodies are all there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report<'a> {
    /// Which tables it follows.
    pub edition: Edition,
    /// Sent again after a time without a link (补发).
    pub reissued: bool,
    /// When the vehicle collected it; `None` when the bytes are no time.
    pub time: Option<DateTime<Utc>>,
    /// Its signature, which only 2025 has.
    pub signature: Option<Signature<'a>>,
    data: &'a [u8],
    /// Where the information bodies end.
    end: usize,
}

impl<'a> Report<'a> {
    pub(crate) fn read(edition: Edition, reissued: bool, data: &'a [u8]) -> Result<Self, MessageError> {
        let six = data.first_chunk::<TIME_BYTES>().ok_or(MessageError::short(0, "time"))?;
        let mut infos = Infos::new(edition, data, TIME_BYTES);
        loop {
            match infos.next() {
                Ok(Some(_whole)) => {}
                Ok(None) => break,
                Err(cut) => {
                    let what = cut.kind.item(edition).map_or("custom data", |item| item.en);
                    return Err(MessageError::short(cut.at, what));
                }
            }
        }
        let end = infos.at();
        let signature = match data.get(end..).and_then(<[u8]>::split_first) {
            Some((&SIGNATURE, signature)) => Some(Signature::read(signature).ok_or(MessageError::short(end, "signature"))?),
            _ => None,
        };
        Ok(Self { edition, reissued, time: time::instant(*six), signature, data, end })
    }

    /// What a signature is over: from the time up to the mark of the signature.
    pub fn signed(&self) -> &'a [u8] {
        self.data.get(..self.end).unwrap_or_default()
    }

    /// The information bodies as they were sent: what makes one report another.
    pub fn information(&self) -> &'a [u8] {
        self.data.get(TIME_BYTES..self.end).unwrap_or_default()
    }

    pub(crate) const fn infos(&self) -> Infos<'a> {
        Infos::new(self.edition, self.data, TIME_BYTES)
    }
}

//! Who drives: the card of the driver (驾驶员身份信息采集上报), which goes in when the shift begins and out when it ends.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::jt808::bcd;
use crate::jt808::cursor::BodyError;
use crate::jt808::edition::Edition;
use crate::jt808::reader::Reader;

/// The card goes in.
const IN: u8 = 1;
/// The card goes out.
const OUT: u8 = 2;
/// The card was read.
const READ: u8 = 0;

/// Who drives, by the card in the reader (驾驶员身份信息采集上报): 0x0702 since 2013.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DriverCard {
    /// 1 the card went in, 2 it went out.
    pub status: u8,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// 0 it was read, 1 the key does not fit, 2 it is locked, 3 it was pulled, 4 its data are wrong; told when it went in, by some terminals always.
    pub result: Option<u8>,
    /// The driver.
    pub driver_name: Option<String>,
    /// Number of the certificate (从业资格证编码).
    pub certificate: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Until when it is valid.
    pub valid_until: Option<NaiveDate>,
    /// Number of the identity card; since 2019.
    pub id_number: Option<String>,
    /// What stands behind.
    #[serde(with = "hex::serde", skip_serializing_if = "Vec::is_empty")]
    pub tail: Vec<u8>,
}

impl DriverCard {
    pub(super) fn take(reader: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        let status = reader.u8("card_status")?;
        let at = bcd::time(reader.array("at")?);
        reader.say(|| at.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339()));
        let mut card = Self { status, at, ..Self::default() };
        if reader.left() > 0 {
            let result = reader.u8("card_result")?;
            card.result = Some(result);
            let bytes = reader.peek();
            let mut rest = reader.part(bytes.len())?;
            let mut told = card.clone();
            card = match told.holder(&mut rest, edition) {
                Ok(()) => Self { tail: rest.rest("tail").to_vec(), ..told },
                Err(error) if status == IN && result == READ => {
                    rest.rest("tail");
                    reader.skip(rest);
                    return Err(error);
                }
                // A card that was not read, or goes out, has nothing to say; terminals send what they like.
                Err(_) => {
                    rest.rest("tail");
                    Self { tail: bytes.to_vec(), ..card }
                }
            };
            reader.skip(rest);
        }
        Ok(card)
    }

    fn holder(&mut self, reader: &mut Reader<'_>, edition: Edition) -> Result<(), BodyError> {
        self.driver_name = Some(reader.counted_text("driver_name")?);
        self.certificate = Some(reader.text("certificate", 20)?);
        self.issuer = Some(reader.counted_text("issuer")?);
        self.valid_until = bcd::date(reader.array("valid_until")?);
        if edition == Edition::V2019 && reader.left() > 0 {
            self.id_number = Some(reader.text("id_number", 20)?);
        }
        Ok(())
    }
}

/// 0x0702 of 2011: the driver alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DriverCard2011 {
    /// The driver.
    pub driver_name: String,
    /// Number of the identity card.
    pub id_number: String,
    /// Number of the certificate.
    pub certificate: String,
    /// Who issued it.
    pub issuer: String,
}

impl DriverCard2011 {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let driver_name = reader.counted_text("driver_name")?;
        let id_number = reader.text("id_number", 20)?;
        let certificate = reader.text("certificate", 40)?;
        let issuer = reader.counted_text("issuer")?;
        Ok(Self { driver_name, id_number, certificate, issuer })
    }
}

/// The layout of 2011 begins with the length of a name, that of 2013 with 1 or 2, which is no length of a name.
pub(super) fn is_2011(edition: Edition, body: &[u8]) -> bool {
    let fits = |&name: &u8| {
        let issuer = usize::from(name) + 1 + 20 + 40;
        body.get(issuer).is_some_and(|&length| body.len() == issuer + 1 + usize::from(length))
    };
    edition < Edition::V2019 && body.first().is_some_and(|first| ![IN, OUT].contains(first) && fits(first))
}

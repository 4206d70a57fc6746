//! What a terminal says of itself, and the triple check (车、终端、OBU 三方核对) of it against the register.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use telematics::id::{DeviceId, VehicleNo};

use crate::error::{DbError, unreadable};
use crate::terminal::log;

/// The alarm of a vehicle whose terminal says to be in another one (A13, 车辆与终端不符).
const KIND: &str = "identity_mismatch";

/// What a terminal says of itself (终端自报信息); what it does not say is absent, and what it said before stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Plate of the vehicle it believes to be in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    /// Colour of the plate, code of JT/T 697.7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate_colour: Option<u8>,
    /// VIN of the vehicle, from its registration, the OBD adapter or the sign-in of GB/T 32960.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vin: Option<String>,
    /// Number of the toll unit on the windscreen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obu: Option<String>,
    /// Code of the maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// Model in the maker's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Number that the maker gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// SIM card in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iccid: Option<String>,
    /// IMEI of its modem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imei: Option<String>,
    /// Version of its hardware.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<String>,
    /// Version of its firmware.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
}

/// One contradiction between what a terminal says and what the register knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// plate, vin, obu or iccid.
    pub field: String,
    /// What the terminal says.
    pub told: String,
    /// What the register says.
    pub expected: String,
}

/// What came of a note: the vehicle that the terminal is in, and what does not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// The vehicle it is bound to now.
    pub vehicle: Option<VehicleNo>,
    /// Every contradiction as of now.
    pub mismatch: Vec<Mismatch>,
}

/// A plate, VIN or number as it is compared: without blanks, dots and dashes, in capitals.
pub(super) fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '·' | '.' | '-' | '\0')).collect::<String>().to_uppercase()
}

/// Keeps what a terminal says of itself and checks it against the register (F02).
pub async fn note(conn: &mut PgConnection, device: DeviceId, told: &Told, at: DateTime<Utc>) -> Result<Checked, DbError> {
    let said = serde_json::to_value(told).map_err(unreadable)?;
    sqlx::query!(
        "update device set told = told || $2, told_at = $3 where id = $1 and (told_at is null or told_at <= $3)",
        device.0,
        said,
        at,
    )
    .execute(&mut *conn)
    .await?;
    check(conn, device, at).await
}

/// Checks again, after the register or the binding has changed.
pub async fn check(conn: &mut PgConnection, device: DeviceId, at: DateTime<Utc>) -> Result<Checked, DbError> {
    let found = sqlx::query!(
        r#"select d.told, d.iccids, d.mismatch, v.no as "no?", v.plate as "plate?", v.vin as "vin?", v.obu_id as "obu_id?"
           from device d
           left join device_binding b on b.device_id = d.id and upper_inf(b.during)
           left join vehicle v on v.id = b.vehicle_id
           where d.id = $1"#,
        device.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(found) = found else { return Ok(Checked::default()) };
    let told: Told = serde_json::from_value(found.told).map_err(unreadable)?;
    let pairs = [
        ("plate", &told.plate, found.plate.as_deref()),
        ("vin", &told.vin, found.vin.as_deref()),
        ("obu", &told.obu, found.obu_id.as_deref()),
    ];
    let mut mismatch: Vec<Mismatch> = pairs
        .into_iter()
        .filter_map(|(field, told, expected)| {
            let (told, expected) = (told.as_deref()?, expected?);
            (!folded(told).is_empty() && folded(told) != folded(expected)).then(|| Mismatch {
                field: field.to_owned(),
                told: told.to_owned(),
                expected: expected.to_owned(),
            })
        })
        .collect();
    if let Some(iccid) = told.iccid.as_deref().filter(|iccid| !folded(iccid).is_empty())
        && !found.iccids.is_empty()
        && !found.iccids.iter().any(|allowed| folded(allowed) == folded(iccid))
    {
        mismatch.push(Mismatch { field: "iccid".to_owned(), told: iccid.to_owned(), expected: found.iccids.join(" ") });
    }
    let as_json = serde_json::to_value(&mismatch).map_err(unreadable)?;
    let has_changed = as_json != found.mismatch;
    if has_changed {
        sqlx::query!("update device set mismatch = $2 where id = $1", device.0, as_json).execute(&mut *conn).await?;
    }
    let vehicle = found.no.filter(|_| !mismatch.is_empty());
    tell(conn, device, vehicle, &as_json, at).await?;
    Ok(Checked { vehicle: found.no.map(VehicleNo), mismatch })
}

/// Raises the alarm A13 of the vehicle whose terminal contradicts the register, and ends what this terminal raised elsewhere.
async fn tell(
    conn: &mut PgConnection,
    device: DeviceId,
    vehicle: Option<i32>,
    mismatch: &Value,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let by = device.to_string();
    sqlx::query!(
        "update vehicle_alarm
         set cleared_at = greatest($3, raised_at)
         where kind = $1 and cleared_at is null and detail ->> 'device_id' = $2 and vehicle_no is distinct from $4",
        KIND,
        by,
        at,
        vehicle,
    )
    .execute(&mut *conn)
    .await?;
    let Some(vehicle) = vehicle else { return Ok(()) };
    let detail = json!({ "device_id": device, "mismatch": mismatch });
    let going_on = sqlx::query!(
        "update vehicle_alarm set detail = $3 where vehicle_no = $1 and kind = $2 and cleared_at is null",
        vehicle,
        KIND,
        detail,
    )
    .execute(&mut *conn)
    .await?;
    if going_on.rows_affected() == 0 {
        sqlx::query!(
            "insert into vehicle_alarm (id, vehicle_no, kind, source, colour, raised_at, replayed, detail)
             values ($1, $2, $3, 'rule', 'red', $4, false, $5)",
            log::key(at),
            vehicle,
            KIND,
            at,
            detail,
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

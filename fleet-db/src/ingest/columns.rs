//! The columns of a position, written once: every statement takes its list from here, and one reader turns a row back.

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgRow, PgTypeInfo, PgValueRef};
use sqlx::{Decode, FromRow, Postgres, Row, Type};
use telematics::id::VehicleNo;

use super::row::PositionRow;

/// The columns of `vehicle_position` and `vehicle_position_late`, in the order in which they are sent and read.
macro_rules! columns {
    () => {
        "vehicle_no, fixed_at, sequence, received_at, lon_e7, lat_e7, odometer_m, speed_dkmh, heading_deg, altitude_m, \
         fuel_dl, fuel_permille, soc_permille, voltage_cv, satellites, hdop_centi, accuracy_dm, alarm_bits, flags, detail"
    };
}
pub(crate) use columns;

/// How many there are.
pub(super) const COUNT: i16 = 20;

impl FromRow<'_, PgRow> for PositionRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let mut columns = Columns { row, next: 0 };
        // The fields are read in the order in which they stand here, which is that of `columns!`.
        Ok(Self {
            vehicle: VehicleNo(columns.take()?),
            fixed_at: columns.take()?,
            sequence: columns.take()?,
            received_at: columns.take()?,
            lon_e7: columns.take()?,
            lat_e7: columns.take()?,
            odometer_m: columns.take()?,
            speed_dkmh: columns.take()?,
            heading_deg: columns.take()?,
            altitude_m: columns.take()?,
            fuel_dl: columns.take()?,
            fuel_permille: columns.take()?,
            soc_permille: columns.take()?,
            voltage_cv: columns.take()?,
            satellites: columns.take()?,
            hdop_centi: columns.take()?,
            accuracy_dm: columns.take()?,
            alarm_bits: columns.take()?,
            flags: columns.take()?,
            detail: columns.take::<Option<JsonText>>()?.map(|detail| detail.0),
        })
    }
}

struct Columns<'r> {
    row: &'r PgRow,
    next: usize,
}

impl<'r> Columns<'r> {
    fn take<T: Decode<'r, Postgres> + Type<Postgres>>(&mut self) -> Result<T, sqlx::Error> {
        let value = self.row.try_get(self.next);
        self.next += 1;
        value
    }
}

/// The text of a `jsonb`, not looked into.
struct JsonText(String);

impl Type<Postgres> for JsonText {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("jsonb")
    }
}

impl<'r> Decode<'r, Postgres> for JsonText {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let bytes = value.as_bytes()?;
        let text = bytes.strip_prefix(&[super::copy::JSONB_VERSION]).unwrap_or(bytes);
        Ok(Self(std::str::from_utf8(text)?.to_owned()))
    }
}

//! Compressed days: every row comes back, whatever is in it, and no bytes make the reader panic.

use chrono::{DateTime, Utc};
use fleet_db::history::{decode, encode};
use fleet_db::ingest::PositionRow;
use proptest::prelude::*;
use telematics::id::VehicleNo;

const VEHICLE: VehicleNo = VehicleNo(7);

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    let year_2000 = 946_684_800_000_000_i64;
    prop_oneof![
        (0..1_000_000_000_i64).prop_map(move |secs| year_2000 + secs * 1_000_000),
        (0..1_000_000_000_000_i64).prop_map(move |millis| year_2000 + millis * 1_000),
        (0..1_000_000_000_000_000_i64).prop_map(move |micros| year_2000 + micros),
    ]
    .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
}

prop_compose! {
    fn row()(
        (fixed_at, received_at, sequence) in (instant(), instant(), any::<i64>()),
        (lon_e7, lat_e7, odometer_m) in (any::<Option<i32>>(), any::<Option<i32>>(), any::<Option<i32>>()),
        shorts in prop::array::uniform8(any::<Option<i16>>()),
        flags in any::<i16>(),
        detail in prop::option::of("[a-c车\" ]{0,4}"),
    ) -> PositionRow {
        let [speed_dkmh, heading_deg, altitude_m, fuel_dl, fuel_permille, soc_permille, voltage_cv, satellites] = shorts;
        PositionRow {
            vehicle: VEHICLE, fixed_at, sequence, received_at, lon_e7, lat_e7, odometer_m, speed_dkmh, heading_deg, altitude_m,
            fuel_dl, fuel_permille, soc_permille, voltage_cv, satellites, flags, detail,
        }
    }
}

proptest! {
    #[test]
    fn every_row_comes_back(rows in prop::collection::vec(row(), 0..80)) {
        prop_assert_eq!(decode(VEHICLE, &encode(&rows)), Ok(rows));
    }

    #[test]
    fn any_bytes_are_borne(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(VEHICLE, &bytes);
        let _ = decode(VEHICLE, &[vec![1], bytes].concat());
    }

    #[test]
    fn broken_columns_are_borne(rows in prop::collection::vec(row(), 1..20), place in any::<prop::sample::Index>(), bits in 1_u8..) {
        let mut block = encode(&rows);
        let place = place.index(block.len());
        block[place] ^= bits;
        let _ = decode(VEHICLE, &block);
    }
}

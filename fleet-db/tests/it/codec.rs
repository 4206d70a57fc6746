//! Compressed days: every row comes back, whatever is in it, and no bytes make the reader panic.

use chrono::{DateTime, Utc};
use fleet_db::history::{decode, encode};
use fleet_db::ingest::PositionRow;
use proptest::prelude::*;
use telematics::id::VehicleNo;
use telematics::quantity::Distance;

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
        shorts in prop::array::uniform10(any::<Option<i16>>()),
        (alarm_bits, flags) in (any::<Option<i64>>(), any::<i16>()),
        detail in prop::option::of("[a-c车\" ]{0,4}"),
    ) -> PositionRow {
        let [
            speed_dkmh, heading_deg, altitude_m, fuel_dl, fuel_permille, soc_permille, voltage_cv, satellites, hdop_centi, accuracy_dm,
        ] = shorts;
        PositionRow {
            vehicle: VEHICLE, fixed_at, sequence, received_at, lon_e7, lat_e7, odometer_m, speed_dkmh, heading_deg, altitude_m,
            fuel_dl, fuel_permille, soc_permille, voltage_cv, satellites, hdop_centi, accuracy_dm, alarm_bits,
            flags, detail,
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
        let _ = decode(VEHICLE, &[vec![1], bytes.clone()].concat());
        let _ = decode(VEHICLE, &[vec![2], bytes].concat());
    }

    #[test]
    fn broken_columns_are_borne(rows in prop::collection::vec(row(), 1..20), place in any::<prop::sample::Index>(), bits in 1_u8..) {
        let mut block = encode(&rows);
        let place = place.index(block.len());
        block[place] ^= bits;
        let _ = decode(VEHICLE, &block);
    }
}

/// Three positions, written before dilution of precision and estimated error were columns.
const OF_LAYOUT_1: &str = "0128b52ffd20983d040054070680897a0180869c9a0d141480897a000202020000020400060606020601c0bdebf908d00fd00fa2bea00601f2c001\
     da05b4010000040006020601ce090016161602567b2268646f70223a302e38352c2261636375726163795f6d223a342e352c2272706d223a313433302e307d\
     0800020202000006003259ef9a5111bc72faa78ddf2a4f";

#[test]
fn a_block_of_the_first_layout_is_still_read() {
    let rows = decode(VEHICLE, &hex::decode(OF_LAYOUT_1).unwrap()).unwrap();
    assert_eq!(rows.iter().map(|row| row.sequence).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(rows.iter().map(|row| row.lon_e7).collect::<Vec<_>>(), [1_201_500_000, 1_201_501_000, 1_201_502_000].map(Some));
    let fix = rows[1].observation().fix.unwrap();
    assert_eq!((fix.hdop, fix.accuracy.map(Distance::metres)), (Some(0.85), Some(4.5)));
    assert_eq!(rows[1].observation().reading.rpm, Some(1430.0));
    assert_eq!(rows[2].observation().fix.unwrap().hdop, None);
    assert_eq!(decode(VEHICLE, &encode(&rows)), Ok(rows));
}

//! The electric side as bytes.

use super::bytes::{Packed, Reader, Writer, packed};
use crate::traction::{ChargeState, DriveMode, Motor, Span, Traction};

packed!(Traction { charge_state, drive_mode, voltage_v, current_a, insulation_kohm, cell_v, battery_c, motors, alarm_level });
packed!(Span { max, min });
packed!(Motor { speed_rpm, torque_nm, temperature_c });

/// Names as bytes, by their place in the list.
macro_rules! named {
    ($name:ty { $($variant:path = $byte:literal),+ }) => {
        impl Packed for $name {
            fn put(&self, writer: &mut Writer) {
                writer.byte(match self { $($variant => $byte),+ });
            }

            fn take(reader: &mut Reader<'_>) -> Option<Self> {
                match reader.byte()? {
                    $($byte => Some($variant),)+
                    _ => None,
                }
            }
        }
    };
}
named!(ChargeState {
    ChargeState::ParkedCharging = 0,
    ChargeState::DrivingCharging = 1,
    ChargeState::NotCharging = 2,
    ChargeState::Complete = 3
});
named!(DriveMode { DriveMode::Electric = 0, DriveMode::Hybrid = 1, DriveMode::Fuel = 2 });

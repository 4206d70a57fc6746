//! OBD-II through an ELM327: requests, the adapter's replies, and what they mean in units; pure.
//!
//! One request is answered by lines and a prompt `>`. What is absent is `None`, never zero.

pub mod dtc;
pub mod pid;
pub mod reply;
pub mod transcript;

use thiserror::Error;

/// Why an answer is no answer; states of the adapter and the bus, not text (适配器状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ObdError {
    /// `?`: the adapter does not know the request.
    #[error("the adapter does not know this request")]
    UnknownRequest,
    /// `NO DATA`: no control unit answered.
    #[error("no control unit answered")]
    NoData,
    /// `STOPPED`: a byte came before the prompt.
    #[error("the adapter was interrupted")]
    Stopped,
    /// `UNABLE TO CONNECT`: no protocol fits; the ignition is off or the bus asleep.
    #[error("no vehicle bus was found")]
    UnableToConnect,
    /// `CAN ERROR`.
    #[error("the CAN bus does not work")]
    CanError,
    /// `BUS INIT: ...ERROR`, `BUS ERROR`, `FB ERROR`.
    #[error("the bus could not be started")]
    BusInit,
    /// `BUS BUSY`.
    #[error("the bus is busy")]
    BusBusy,
    /// `BUFFER FULL`: the answer was longer than the adapter holds.
    #[error("the adapter's buffer is full")]
    BufferFull,
    /// `<DATA ERROR`, `<RX ERROR`: the answer was damaged.
    #[error("the answer was damaged on the bus")]
    Damaged,
    /// `LV RESET`: the supply voltage fell and the adapter started anew.
    #[error("the adapter was reset by low voltage")]
    LowVoltageReset,
    /// `ACT ALERT`, `LP ALERT`: the adapter is about to sleep.
    #[error("the adapter is about to sleep")]
    SleepAlert,
    /// `ERRnn`: an error inside the adapter.
    #[error("adapter error {0:02}")]
    Internal(u8),
    /// The first byte is not the request's plus 0x40.
    #[error("an answer to service {found:02X}, expected {expected:02X}")]
    OtherService {
        /// The answer's first byte.
        found: u8,
        /// The request's plus 0x40.
        expected: u8,
    },
    /// The answer names another parameter.
    #[error("an answer about parameter {found:02X}, asked for {asked:02X}")]
    OtherParameter {
        /// The answer's second byte.
        found: u8,
        /// The request's.
        asked: u8,
    },
    /// The control unit refuses (`7F`).
    #[error("the control unit refuses service {service:02X} with {reason:02X}")]
    Refused {
        /// The request's service.
        service: u8,
        /// Its reason.
        reason: u8,
    },
    /// Fewer bytes than the formula needs, or a frame missing.
    #[error("the answer is not complete")]
    Incomplete,
    /// Not a line of hexadecimal digits.
    #[error("a line that is no answer")]
    Unreadable,
}

impl ObdError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownRequest => "obd.unknown_request",
            Self::NoData => "obd.no_data",
            Self::Stopped => "obd.stopped",
            Self::UnableToConnect => "obd.unable_to_connect",
            Self::CanError => "obd.can_error",
            Self::BusInit => "obd.bus_init",
            Self::BusBusy => "obd.bus_busy",
            Self::BufferFull => "obd.buffer_full",
            Self::Damaged => "obd.damaged",
            Self::LowVoltageReset => "obd.low_voltage_reset",
            Self::SleepAlert => "obd.sleep_alert",
            Self::Internal(_) => "obd.internal",
            Self::OtherService { .. } => "obd.other_service",
            Self::OtherParameter { .. } => "obd.other_parameter",
            Self::Refused { .. } => "obd.refused",
            Self::Incomplete => "obd.incomplete",
            Self::Unreadable => "obd.unreadable",
        }
    }
}

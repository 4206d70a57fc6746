//! What a trip cost on the way (费用): entered while the car is out, locked when it is back, and then put right by a reversal alone.

use chrono::{DateTime, TimeDelta, Utc};
use telematics::uuid_id;
use thiserror::Error;

use crate::document::{ContentError, DocumentFormat};
use crate::money::Money;
use crate::trip::order::OrderState;
use crate::word::words;

/// Most that one expense comes to: a hundred thousand yuan; more is a slip of the finger.
const MOST_FEN: i64 = 10_000_000;
/// Most litres of one fill, and kilowatt-hours of one charge: no tank and no battery of a car or bus takes more.
const MOST_ENERGY: f64 = 1_000.0;
/// Longest place and longest reason, in characters.
const TEXT_LENGTH: usize = 200;
/// Largest receipt, in bytes: a photograph of a telephone.
pub const RECEIPT_BYTES: usize = 5 << 20;
/// A telephone's clock may be ahead by so much, as a terminal's may.
const CLOCK_AHEAD: TimeDelta = TimeDelta::minutes(10);

words! {
    /// Where the journal of a trip stands (行车日志状态).
    Journal, JournalError, "expense.journal" {
        /// The car is not back yet.
        Open = "open", "可录入";
        /// It is back (收车).
        Locked = "locked", "已锁定";
        /// And the trip is settled.
        Settled = "settled", "已结算";
    }
}

uuid_id! {
    /// Key of an expense (费用).
    ExpenseId
}

words! {
    /// What was paid for (费用类别).
    ExpenseKind, ExpenseKindError, "expense.kind" {
        /// Petrol or diesel.
        Fuel = "fuel", "加油";
        /// Electricity.
        Charge = "charge", "充电";
        /// Roads and bridges.
        Toll = "toll", "通行费";
        /// Parking.
        Parking = "parking", "停车费";
        /// Washing the car.
        Wash = "wash", "洗车";
        /// Repairs on the way.
        Repair = "repair", "维修";
        /// The driver's meals.
        Meal = "meal", "餐费";
        /// A night away.
        Lodging = "lodging", "住宿费";
        /// Whatever else.
        Other = "other", "其他费用";
    }
}

impl ExpenseKind {
    /// A tariff does not hold it: it is paid beside the price of the trip. The price includes fuel, tolls, parking, upkeep and the
    /// driver; nights away come on top (domain 3.3).
    pub const fn is_beside_tariff(self) -> bool {
        matches!(self, Self::Lodging)
    }
}

/// An expense as it was entered (费用).
#[derive(Clone, Debug, PartialEq)]
pub struct Expense {
    /// What for.
    pub kind: ExpenseKind,
    /// How much, more than nothing.
    pub amount: Money,
    /// When it was paid.
    pub occurred_at: DateTime<Utc>,
    /// Where, in words; empty where nobody said.
    pub place: String,
    /// Litres of a fill.
    pub fuel_l: Option<f64>,
    /// Kilowatt-hours of a charge.
    pub energy_kwh: Option<f64>,
}

/// What is wrong with an expense.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ExpenseError {
    /// Nothing, or far too much.
    #[error("an expense is 1 to {MOST_FEN} fen, not {fen}")]
    Amount {
        /// As given.
        fen: i64,
    },
    /// Litres of what is no fuel, kilowatt-hours of what is no charge, or more than any car takes.
    #[error("litres go with fuel and kilowatt-hours with a charge, and are 0 to {MOST_ENERGY}")]
    Energy,
    /// It has not been paid yet.
    #[error("an expense is entered when it has been paid, and not before")]
    Time,
    /// Too long.
    #[error("a place has at most {TEXT_LENGTH} characters")]
    Place,
    /// No reason, or too long a one.
    #[error("a reason has 1 to {TEXT_LENGTH} characters")]
    Reason,
    /// The car is back.
    #[error("the journal is locked since the car came back; what is wrong is put right by a reversal with its reason")]
    Locked,
    /// The trip is settled.
    #[error("the trip is settled; its expenses stand")]
    Settled,
    /// Nothing to be kept.
    #[error("the receipt is empty")]
    ReceiptEmpty,
    /// Too large.
    #[error("a receipt has at most {RECEIPT_BYTES} bytes, this one has {bytes}")]
    ReceiptTooLarge {
        /// Bytes found.
        bytes: usize,
    },
    /// No picture and no PDF.
    #[error("a receipt is a JPEG, PNG or WebP picture or a PDF")]
    ReceiptMedia,
}

impl ExpenseError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Amount { .. } => "expense.amount",
            Self::Energy => "expense.energy",
            Self::Time => "expense.time",
            Self::Place => "expense.place",
            Self::Reason => "expense.reason",
            Self::Locked => "expense.locked",
            Self::Settled => "expense.settled",
            Self::ReceiptEmpty => "expense.receipt_empty",
            Self::ReceiptTooLarge { .. } => "expense.receipt_too_large",
            Self::ReceiptMedia => "expense.receipt_media",
        }
    }

    /// The field that it is about.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Amount { .. } => "amount_fen",
            Self::Energy => "fuel_l",
            Self::Time => "occurred_at",
            Self::Place => "place",
            Self::Reason => "reason",
            Self::Locked | Self::Settled => "order",
            Self::ReceiptEmpty | Self::ReceiptTooLarge { .. } | Self::ReceiptMedia => "receipt",
        }
    }
}

impl Expense {
    /// The expense, blanks around its place dropped; or all that is wrong with it.
    pub fn checked(self, now: DateTime<Utc>) -> Result<Self, Vec<ExpenseError>> {
        let place = self.place.trim().to_owned();
        let fits = |energy: Option<f64>, kind: ExpenseKind| {
            energy.is_none_or(|energy| self.kind == kind && energy > 0.0 && energy <= MOST_ENERGY)
        };
        let is_energy_right = fits(self.fuel_l, ExpenseKind::Fuel) && fits(self.energy_kwh, ExpenseKind::Charge);
        let wrong: Vec<ExpenseError> = [
            check_amount(self.amount).err(),
            (!is_energy_right).then_some(ExpenseError::Energy),
            (self.occurred_at > now + CLOCK_AHEAD).then_some(ExpenseError::Time),
            (place.chars().count() > TEXT_LENGTH).then_some(ExpenseError::Place),
        ]
        .into_iter()
        .flatten()
        .collect();
        if wrong.is_empty() { Ok(Self { place, ..self }) } else { Err(wrong) }
    }

    /// Looks like the same receipt entered twice: as much for the same, within so much time, on the same car.
    pub fn looks_like(&self, other: &Self, within: TimeDelta) -> bool {
        self.kind == other.kind && self.amount == other.amount && (self.occurred_at - other.occurred_at).abs() <= within
    }
}

impl Journal {
    /// By where the order stands. One that was never driven has nothing to enter; one that is opened again for the way back has.
    pub const fn of(state: OrderState) -> Self {
        match state {
            OrderState::Issued | OrderState::Accepted | OrderState::Underway | OrderState::Waiting => Self::Open,
            OrderState::Returned | OrderState::Declined | OrderState::Cancelled => Self::Locked,
            OrderState::Settled => Self::Settled,
        }
    }

    /// An expense may be entered.
    pub const fn check_entry(self) -> Result<(), ExpenseError> {
        match self {
            Self::Open => Ok(()),
            Self::Locked => Err(ExpenseError::Locked),
            Self::Settled => Err(ExpenseError::Settled),
        }
    }

    /// An expense may be reversed.
    pub const fn check_reversal(self) -> Result<(), ExpenseError> {
        match self {
            Self::Open | Self::Locked => Ok(()),
            Self::Settled => Err(ExpenseError::Settled),
        }
    }
}

/// The amount is one that an expense may have.
pub fn check_amount(amount: Money) -> Result<(), ExpenseError> {
    if (1..=MOST_FEN).contains(&amount.fen()) { Ok(()) } else { Err(ExpenseError::Amount { fen: amount.fen() }) }
}

/// The reason of a reversal, blanks around it dropped.
pub fn reversal_reason(text: &str) -> Result<String, ExpenseError> {
    let text = text.trim();
    if (1..=TEXT_LENGTH).contains(&text.chars().count()) { Ok(text.to_owned()) } else { Err(ExpenseError::Reason) }
}

/// What a receipt is, by its own bytes.
pub fn look(receipt: &[u8]) -> Result<DocumentFormat, ExpenseError> {
    match receipt.len() {
        0 => return Err(ExpenseError::ReceiptEmpty),
        bytes if bytes > RECEIPT_BYTES => return Err(ExpenseError::ReceiptTooLarge { bytes }),
        _ => {}
    }
    match DocumentFormat::of(receipt) {
        Ok(media @ (DocumentFormat::Jpeg | DocumentFormat::Png | DocumentFormat::Webp | DocumentFormat::Pdf)) => Ok(media),
        Ok(DocumentFormat::Ofd | DocumentFormat::Xlsx | DocumentFormat::Docx) | Err(ContentError) => {
            Err(ExpenseError::ReceiptMedia)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn fuel(fen: i64, occurred_at: &str) -> Expense {
        Expense {
            kind: ExpenseKind::Fuel,
            amount: Money::from_fen(fen),
            occurred_at: at(occurred_at),
            place: " 中石化文一路站 ".to_owned(),
            fuel_l: Some(39.0),
            energy_kwh: None,
        }
    }

    #[test]
    fn an_expense_says_all_that_is_wrong_with_it() {
        let now = at("2026-03-02T10:00:00Z");
        let right = fuel(30_000, "2026-03-02T10:10:00Z").checked(now).unwrap();
        assert_eq!(right.place, "中石化文一路站");
        let wrong = Expense { kind: ExpenseKind::Toll, place: "长".repeat(201), ..fuel(0, "2026-03-02T10:10:01Z") };
        let codes: Vec<_> = wrong.checked(now).unwrap_err().iter().map(ExpenseError::code).collect();
        assert_eq!(codes, ["expense.amount", "expense.energy", "expense.time", "expense.place"]);
        for fuel_l in [0.0, -1.0, 1_000.1, f64::NAN] {
            let wrong = Expense { fuel_l: Some(fuel_l), ..fuel(1, "2026-03-02T10:00:00Z") };
            assert_eq!(wrong.checked(now), Err(vec![ExpenseError::Energy]), "{fuel_l}");
        }
    }

    #[test]
    fn as_much_for_the_same_at_about_the_same_time_looks_like_one_receipt() {
        let (hour, first) = (TimeDelta::hours(1), fuel(30_000, "2026-03-02T10:00:00Z"));
        assert!(fuel(30_000, "2026-03-02T11:00:00Z").looks_like(&first, hour));
        assert!(fuel(30_000, "2026-03-02T09:00:00Z").looks_like(&first, hour));
        assert!(!fuel(30_000, "2026-03-02T11:00:01Z").looks_like(&first, hour));
        assert!(!fuel(30_001, "2026-03-02T10:00:00Z").looks_like(&first, hour));
        let other = Expense { kind: ExpenseKind::Other, ..fuel(30_000, "2026-03-02T10:00:00Z") };
        assert!(!other.looks_like(&first, hour));
    }

    #[test]
    fn the_journal_is_locked_when_the_car_is_back() {
        let code = |state: OrderState| Journal::of(state).check_entry().map_err(|error| error.code());
        for state in [OrderState::Accepted, OrderState::Underway, OrderState::Waiting] {
            assert_eq!(code(state), Ok(()), "{state}");
        }
        assert_eq!(code(OrderState::Returned), Err("expense.locked"));
        assert_eq!(code(OrderState::Cancelled), Err("expense.locked"));
        assert_eq!(code(OrderState::Settled), Err("expense.settled"));
        assert_eq!(Journal::Locked.check_reversal(), Ok(()));
        assert_eq!(Journal::Settled.check_reversal(), Err(ExpenseError::Settled));
        assert_eq!(reversal_reason("  "), Err(ExpenseError::Reason));
    }

    #[test]
    fn a_receipt_is_a_picture_or_a_pdf_of_five_megabytes_at_most() {
        let mut photo = b"\xff\xd8\xff\xe0".to_vec();
        photo.resize(RECEIPT_BYTES, 0);
        assert_eq!(look(&photo), Ok(DocumentFormat::Jpeg));
        photo.push(0);
        assert_eq!(look(&photo).unwrap_err().code(), "expense.receipt_too_large");
        assert_eq!(look(b"%PDF-1.7"), Ok(DocumentFormat::Pdf));
        assert_eq!(look(b"").unwrap_err().code(), "expense.receipt_empty");
        assert_eq!(look(b"MZ\x90\0").unwrap_err().code(), "expense.receipt_media");
    }
}

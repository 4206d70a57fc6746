//! With which status a constraint of the store is told.

use axum::http::StatusCode;
use fleet_db::Constraint;

/// What is taken is a conflict; what is out of range or refers to nothing was wrong from the start.
#[expect(clippy::too_many_lines, reason = "a line a constraint")]
pub(super) const fn conflict_status(constraint: Constraint) -> StatusCode {
    match constraint {
        Constraint::AccountLogin
        | Constraint::AccountIdentitySubject
        | Constraint::AccountIdentityExpected
        | Constraint::UnitCreditCode
        | Constraint::UnitSibling
        | Constraint::LineCode
        | Constraint::LineName
        | Constraint::LocalRoleName
        | Constraint::GrantSeparated
        | Constraint::GrantDelegated
        | Constraint::VehiclePlate
        | Constraint::VehicleVin
        | Constraint::VehicleNo
        | Constraint::VehicleObu
        | Constraint::DocumentContent
        | Constraint::PlatformLogin
        | Constraint::PeerCode
        | Constraint::HandOverPaper
        | Constraint::HandOverOpen
        | Constraint::HandOverFinal
        | Constraint::FirmwareVersion
        | Constraint::FirmwareImage
        | Constraint::FirmwareRolloutOpen
        | Constraint::DeviceTerminal
        | Constraint::BindingDevice
        | Constraint::BindingVehicle
        | Constraint::RuleChangeFourEyes
        | Constraint::RuleChangeMoves
        | Constraint::RuleVersionChange
        | Constraint::ExemptionAgain
        | Constraint::DriverAccount
        | Constraint::Study
        | Constraint::SealAgain
        | Constraint::SealFourEyes
        | Constraint::SealOrdered
        | Constraint::OrderSealed
        | Constraint::HolidayUseAgain
        | Constraint::ExemptionFinal
        | Constraint::LocalRoleFinal
        | Constraint::ExpenseReverses
        | Constraint::ExpenseInsteadOf
        | Constraint::ExpenseSettled
        | Constraint::ExpenseLocked
        | Constraint::ExpenseReversal
        | Constraint::ExpenseFinal
        | Constraint::SettlementOnce
        | Constraint::SettlementFinal
        | Constraint::SettlementPartOnce
        | Constraint::ContractNumber
        | Constraint::OrderContract
        | Constraint::AllowanceLeft
        | Constraint::AllowanceHeld
        | Constraint::AllowanceEntryOnce
        | Constraint::AllowanceEntryAdjusted
        | Constraint::AdjustmentFourEyes
        | Constraint::AdjustmentFinal
        | Constraint::AllowanceFinal
        | Constraint::SensitivePlaceName
        | Constraint::FindingState
        | Constraint::CaseNumber
        | Constraint::FlowName
        | Constraint::RouteName
        | Constraint::PlanWaiting
        | Constraint::PlanDay
        | Constraint::AccidentReport
        | Constraint::ViolationOnce
        | Constraint::AccidentPhoto
        | Constraint::ApprovalStep
        | Constraint::OrderVehicle
        | Constraint::OrderDriver
        | Constraint::OrderVehicleUnderway
        | Constraint::OrderDriverUnderway
        | Constraint::OrderOdometer
        | Constraint::OrderStep
        | Constraint::RideRequest
        | Constraint::RideOnce
        | Constraint::RatingOnce
        | Constraint::NoticeOnce
        | Constraint::OrderDefect
        | Constraint::DriverPositionOpen
        | Constraint::PaperFourEyes
        | Constraint::PaperFinal
        | Constraint::PaperRenewed
        | Constraint::PaperIndicator
        | Constraint::PaperMoney
        | Constraint::PaperPurchase
        | Constraint::PaperDisposed
        | Constraint::PaperMoving
        | Constraint::PaperDisposal
        | Constraint::EstablishmentAuthorised
        | Constraint::EstablishmentOnce
        | Constraint::EstablishmentApproved
        | Constraint::BudgetLineIndicator
        | Constraint::BudgetLineIssued
        | Constraint::PlateDuring
        | Constraint::PlateOne
        | Constraint::PlateOnce
        | Constraint::MarkingCode
        | Constraint::MarkingNow
        | Constraint::OrderGone
        | Constraint::VehicleOrdered
        | Constraint::VehicleGone
        | Constraint::IdempotentAnswer => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

//! What people write on papers, read and held to its form: everything wrong is told at once.

use dispatch::lifecycle::facts::{Payment, Sale, Valuation};
use dispatch::lifecycle::purchase::{Acceptance, PurchaseContract};
use dispatch::lifecycle::standard::{
    EquipmentCase, EquipmentCaseError, StandardVerdict, VehicleBody, VehicleBodyError, WantedCar,
};
use dispatch::lifecycle::{PaperTextError, text};
use dispatch::money::Money;
use dispatch::vehicle::{ModelName, Powertrain, PowertrainError, Seats, VehicleCategory, VehicleCategoryError, VehicleError};
use dispatch::vin::{Vin, VinError, VinRule};

use super::views::{AcceptanceFacts, ContractFacts, PaymentFacts, SaleFacts, ValuationFacts, WantedView};
use crate::problem::{ApiResult, Wrong};

/// Most that a car costs or brings, in fen: a hundred million yuan.
const MOST_FEN: i64 = 10_000_000_000;

/// A text that must be there.
pub(in crate::api) fn needed(field: &str, given: &str, wrong: &mut Wrong) -> Option<String> {
    wrong.take(field, text(given), |error: &PaperTextError| error.code())
}

/// A text that may be left out.
pub(in crate::api) fn optional(field: &str, given: &str, wrong: &mut Wrong) -> Option<String> {
    if given.trim().is_empty() { Some(String::new()) } else { needed(field, given, wrong) }
}

/// An amount from `least` fen on.
pub(super) fn money(field: &str, fen: i64, least: i64, wrong: &mut Wrong) -> Option<Money> {
    if (least..=MOST_FEN).contains(&fen) {
        return Some(Money::from_fen(fen));
    }
    wrong.note(field, "lifecycle.money");
    None
}

/// A car that somebody wants.
pub(super) fn wanted(given: &WantedView, wrong: &mut Wrong) -> Option<WantedCar> {
    let category = wrong.take("category", given.category.parse::<VehicleCategory>(), VehicleCategoryError::code);
    let powertrain = wrong.take("powertrain", given.powertrain.parse::<Powertrain>(), PowertrainError::code);
    let body = wrong.take("body", given.body.parse::<VehicleBody>(), VehicleBodyError::code);
    let case = wrong.take("case", given.case.parse::<EquipmentCase>(), EquipmentCaseError::code);
    let price = money("price_fen", given.price_fen, 1, wrong);
    let document = optional("document", &given.document, wrong);
    Some(WantedCar {
        category: category?,
        powertrain: powertrain?,
        body: body?,
        case: case?,
        price: price?,
        displacement_ml: given.displacement_ml,
        is_domestic: given.is_domestic,
        document: document?,
    })
}

/// What stands against a car, field by field, each with the code of its clause.
pub(super) fn note_breaches(verdict: &StandardVerdict, wrong: &mut Wrong) {
    for breach in &verdict.breaches {
        wrong.note(breach.field(), breach.code());
    }
}

/// What was signed.
pub(super) fn contract(given: Option<&ContractFacts>) -> ApiResult<PurchaseContract> {
    let mut wrong = Wrong::default();
    let Some(given) = given else { return Err(lacking("contract")) };
    let read = (
        needed("number", &given.number, &mut wrong),
        needed("supplier", &given.supplier, &mut wrong),
        wrong.take("model", ModelName::new(&given.model), VehicleError::code),
        wrong.take("seats", Seats::new(given.seats.into()), VehicleError::code),
        money("price_fen", given.price_fen, 1, &mut wrong),
        money("tax_fen", given.tax_fen, 0, &mut wrong),
    );
    let (Some(number), Some(supplier), Some(model), Some(seats), Some(price), Some(tax)) = read else {
        return Err(wrong.into_error());
    };
    Ok(PurchaseContract { number, supplier, model: model.as_str().to_owned(), seats: seats.count(), price, tax, on: given.on })
}

/// How the car was found.
pub(super) fn acceptance(given: Option<&AcceptanceFacts>, rule: VinRule) -> ApiResult<Acceptance> {
    let mut wrong = Wrong::default();
    let Some(given) = given else { return Err(lacking("acceptance")) };
    let read = (
        wrong.take("vin", Vin::parse(&given.vin, rule), VinError::code),
        needed("engine_number", &given.engine_number, &mut wrong),
        needed("invoice", &given.invoice, &mut wrong),
        needed("finding", &given.finding, &mut wrong),
    );
    let (Some(vin), Some(engine_number), Some(invoice), Some(finding)) = read else { return Err(wrong.into_error()) };
    Ok(Acceptance { vin: vin.as_str().to_owned(), engine_number, invoice, on: given.on, finding })
}

/// What a car is worth.
pub(super) fn valuation(given: Option<&ValuationFacts>) -> ApiResult<Valuation> {
    let mut wrong = Wrong::default();
    let Some(given) = given else { return Err(lacking("valuation")) };
    let read = (
        money("appraised_fen", given.appraised_fen, 0, &mut wrong),
        needed("appraiser", &given.appraiser, &mut wrong),
        needed("report", &given.report, &mut wrong),
    );
    let (Some(appraised), Some(by), Some(report)) = read else { return Err(wrong.into_error()) };
    Ok(Valuation { appraised, appraiser: by, report })
}

/// How a car went.
pub(super) fn sale(given: Option<&SaleFacts>) -> ApiResult<Sale> {
    let mut wrong = Wrong::default();
    let Some(given) = given else { return Err(lacking("sale")) };
    let read = (
        needed("buyer", &given.buyer, &mut wrong),
        money("sale_fen", given.sale_fen, 0, &mut wrong),
        money("costs_fen", given.costs_fen, 0, &mut wrong),
        needed("certificate", &given.certificate, &mut wrong),
    );
    let (Some(buyer), Some(sale), Some(costs), Some(certificate)) = read else { return Err(wrong.into_error()) };
    Ok(Sale { on: given.on, buyer, sale, costs, certificate })
}

/// What went to the treasury.
pub(super) fn payment(given: Option<&PaymentFacts>) -> ApiResult<Payment> {
    let mut wrong = Wrong::default();
    let Some(given) = given else { return Err(lacking("payment")) };
    let read = (money("paid_fen", given.paid_fen, 0, &mut wrong), needed("receipt", &given.receipt, &mut wrong));
    let (Some(paid), Some(receipt)) = read else { return Err(wrong.into_error()) };
    Ok(Payment { on: given.on, paid, receipt })
}

/// A part that this gate asks for.
pub(super) fn lacking(part: &str) -> crate::problem::ApiError {
    let mut wrong = Wrong::default();
    wrong.note(part, "lifecycle.part");
    wrong.into_error()
}

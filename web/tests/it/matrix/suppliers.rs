//! How to ask about suppliers of the west side.

use serde_json::json;

use super::{Of, Route};
use crate::suppliers::{Hired, car, contract, supplier};

/// Suppliers, contracts, their cars, and their cars for a trip.
pub(super) fn routes(Hired { supplier: of, rental, .. }: &Hired, request: &str, vehicle: &str) -> Vec<Route> {
    let last = || Some(json!({ "last": "2026-03-02" }));
    vec![
        ("list_suppliers", Of::Units, "/suppliers".to_owned(), None),
        ("enter_supplier", Of::Units, "/suppliers".to_owned(), Some(supplier("越权"))),
        ("retire_supplier", Of::Units, format!("/suppliers/{of}/retirement"), None),
        ("sign_contract", Of::Units, format!("/suppliers/{of}/contracts"), Some(contract("越权"))),
        ("end_contract", Of::Units, format!("/supplier-contracts/{rental}/ending"), last()),
        ("add_supplier_car", Of::Units, format!("/supplier-contracts/{rental}/cars"), Some(car("浙A99999", "electric"))),
        ("return_supplier_car", Of::Units, format!("/supplier-cars/{vehicle}/return"), last()),
        ("list_rental_offers", Of::Units, format!("/trip-requests/{request}/rentals"), None),
    ]
}

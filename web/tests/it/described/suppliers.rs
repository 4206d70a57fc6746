//! Suppliers, each operation asked once by the one whose business it is.

use axum::http::Method;
use serde_json::{Value, json};

use super::check;
use crate::suppliers::{add, car, contract, hired, supplier};
use crate::trips::{approved, west};

/// Asks for every operation about suppliers, and says which they were.
pub(super) async fn walk(description: &Value) -> Vec<(&'static str, &'static str)> {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let of = hired(&manager).await;
    let request = approved(&west, json!({})).await;
    let vehicle = add(&manager, &of.rental, "浙A77771", "electric").await;
    let last = || Some(json!({ "last": "2026-03-31" }));
    let of_supplier = |rest: &str| format!("/suppliers/{}{rest}", of.supplier);
    let of_contract = |rest: &str| format!("/supplier-contracts/{}{rest}", of.rental);
    let steps = [
        ("GET", "/suppliers", "/suppliers".to_owned(), None, &west.dispatcher),
        ("POST", "/suppliers", "/suppliers".to_owned(), Some(supplier("乙")), &manager),
        ("POST", "/suppliers/{id}/contracts", of_supplier("/contracts"), Some(contract("乙")), &manager),
        ("POST", "/supplier-contracts/{id}/cars", of_contract("/cars"), Some(car("浙A77772", "petrol")), &manager),
        ("GET", "/trip-requests/{id}/rentals", format!("/trip-requests/{request}/rentals"), None, &west.dispatcher),
        ("POST", "/supplier-cars/{id}/return", format!("/supplier-cars/{vehicle}/return"), last(), &manager),
        ("POST", "/supplier-contracts/{id}/ending", of_contract("/ending"), last(), &manager),
        ("POST", "/suppliers/{id}/retirement", of_supplier("/retirement"), None, &manager),
    ];
    let mut asked = Vec::new();
    for (method, path, target, body, client) in steps {
        let verb: Method = method.parse().unwrap();
        let unasked = west.world.stranger().ask(verb.clone(), &target, body.as_ref().map(Value::to_string), &[]).await;
        assert_eq!(unasked.status, 401, "{method} {path} without a session");
        check(description, method, path, &unasked);
        let start = crate::audit::head(&west.world).await;
        let answer = client.ask(verb, &target, body.as_ref().map(Value::to_string), &[]).await;
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
        check(description, method, path, &answer);
        let told = crate::audit::head(&west.world).await - start;
        assert_eq!(told, i64::from(method != "GET"), "{method} {path}: a change is told once");
        asked.push((method, path));
    }
    asked
}

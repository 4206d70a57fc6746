//! A repair by its table, and what is refused of quotes and bills.

use uuid::Uuid;

use super::*;

fn fen(fen: i64) -> Money {
    Money::from_fen(fen)
}

fn quote(id: u128, vendor: u128, total: i64) -> Quote {
    let vendor = SupplierId(Uuid::from_u128(vendor));
    Quote { id: QuoteId(Uuid::from_u128(id)), vendor, parts: fen(total - 10_000), labour: fen(10_000), total: fen(total) }
}

fn choice(id: u128) -> Choice {
    Choice {
        proposer: AccountId(Uuid::from_u128(1)),
        decider: AccountId(Uuid::from_u128(2)),
        quote: QuoteId(Uuid::from_u128(id)),
        is_designated: true,
        exception: String::new(),
        reason: String::new(),
    }
}

const RULES: QuoteRules = QuoteRules { compared_from: Money::from_fen(200_000), at_least: 2 };

fn codes(result: Result<Quote, Vec<RepairError>>) -> Vec<&'static str> {
    result.err().unwrap_or_default().iter().map(RepairError::code).collect()
}

#[test]
fn a_repair_goes_by_its_table_alone() {
    let way = [
        (A::Quote, S::Quoted),
        (A::Approve, S::Approved),
        (A::Send, S::InShop),
        (A::Extend, S::InShop),
        (A::Accept, S::Accepted),
    ];
    let mut state = S::Proposed;
    for (action, to) in way.into_iter().chain([(A::Settle, S::Settled)]) {
        assert!(state.moves().contains(&action), "{state} {action}");
        state = state.after(action).unwrap();
        assert_eq!(state, to);
    }
    for state in S::ALL {
        for action in A::ALL {
            let is_legal = LEGAL.iter().any(|(from, done, _)| *from == state && *done == action);
            assert_eq!(state.after(action).is_ok(), is_legal, "{state} {action}");
        }
        assert_eq!(state.is_over(), state.moves().is_empty(), "{state}");
    }
    assert_eq!(S::Proposed.after(A::Settle).unwrap_err().code(), "repair.state");
}

#[test]
fn parts_and_labour_are_the_total_or_it_is_refused() {
    for (parts, labour, total, is_right) in [
        (120_000, 30_000, 150_000, true),
        (120_000, 30_000, 150_001, false),
        (120_000, 30_000, 149_999, false),
        (0, 30_000, 30_000, true),
        (150_001, -1, 150_000, false),
        (0, 0, 0, false),
    ] {
        assert_eq!(check_total(fen(parts), fen(labour), fen(total)).is_ok(), is_right, "{parts} + {labour} = {total}");
    }
}

#[test]
fn a_bill_is_its_lines_and_no_more_than_was_approved() {
    let line = |part, what: &str, quantity, price| BillLine { part, what: what.to_owned(), quantity, price: fen(price) };
    let lines = vec![line(BillPart::Parts, "刹车片", 4, 15_000), line(BillPart::Labour, "更换工时", 2, 12_000)];
    let bill = Bill { lines, parts: fen(60_000), labour: fen(24_000), total: fen(84_000) };
    assert_eq!(bill.check(fen(84_000)), []);
    let told = |bill: &Bill, approved| bill.check(fen(approved)).iter().map(RepairError::code).collect::<Vec<_>>();
    assert_eq!(told(&bill, 83_999), ["repair.over_quote"]);
    let padded = Bill { total: fen(90_000), ..bill.clone() };
    assert_eq!(told(&padded, 90_000), ["repair.total_mismatch"]);
    let moved = Bill { parts: fen(64_000), labour: fen(20_000), ..bill.clone() };
    assert_eq!(told(&moved, 90_000), ["repair.lines_mismatch", "repair.lines_mismatch"]);
    let empty = Bill { lines: vec![line(BillPart::Parts, " ", 0, 15_000)], ..bill };
    assert_eq!(told(&empty, 90_000), ["repair.line", "repair.lines_mismatch", "repair.lines_mismatch"]);
}

#[test]
fn a_vendor_is_named_by_the_authority_or_by_a_paper() {
    let quotes = [quote(1, 1, 100_000)];
    assert!(choose(&quotes, &choice(1), RULES).is_ok());
    let other = Choice { is_designated: false, ..choice(1) };
    assert_eq!(codes(choose(&quotes, &other, RULES)), ["repair.vendor"]);
    assert!(choose(&quotes, &Choice { exception: "杭机管函〔2026〕3号".to_owned(), ..other }, RULES).is_ok());
}

#[test]
fn quotes_are_compared_from_an_amount_on_and_the_cheapest_is_taken_unless_there_is_a_reason() {
    let quotes = [quote(1, 1, 250_000), quote(2, 2, 200_000)];
    assert_eq!(choose(&quotes, &choice(2), RULES), Ok(quotes[1]));
    assert_eq!(codes(choose(&quotes, &choice(1), RULES)), ["repair.dearer"]);
    assert!(choose(&quotes, &Choice { reason: "原厂配件".to_owned(), ..choice(1) }, RULES).is_ok());
    assert_eq!(codes(choose(&quotes[..1], &choice(1), RULES)), ["repair.quotes"]);
    assert_eq!(
        codes(choose(&[quote(1, 1, 250_000), quote(3, 1, 260_000)], &choice(1), RULES)),
        ["repair.quotes"],
        "one vendor twice"
    );
    assert!(choose(&[quote(1, 1, 199_999)], &choice(1), RULES).is_ok(), "below the amount one is enough");
    assert_eq!(codes(choose(&quotes, &choice(9), RULES)), ["repair.quote"]);
}

#[test]
fn who_asked_does_not_decide() {
    let own = Choice { decider: AccountId(Uuid::from_u128(1)), ..choice(1) };
    assert_eq!(codes(choose(&[quote(1, 1, 1_000)], &own, RULES)), ["repair.four_eyes"]);
}

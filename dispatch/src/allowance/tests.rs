//! Whatever is done to accounts: what is left is the sum of the entries, nothing is spent that is not there, no hold goes below nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn fen(fen: i64) -> Money {
    Money::from_fen(fen)
}

fn standing(given: i64) -> AllowanceStanding {
    AllowanceStanding::default().after(AllowanceStanding::default().grant(fen(given)).unwrap())
}

fn all(standing: AllowanceStanding, postings: impl IntoIterator<Item = Posting>) -> AllowanceStanding {
    postings.into_iter().fold(standing, AllowanceStanding::after)
}

#[test]
fn a_hold_becomes_a_debit_and_what_is_too_much_comes_back() {
    let granted = standing(100_000);
    let held = all(granted, granted.hold(fen(30_000)).unwrap());
    assert_eq!((held.left.fen(), held.held.fen(), held.spent().fen()), (70_000, 30_000, 0));
    let debited = all(held, held.debit(fen(30_000), fen(27_500)).unwrap());
    assert_eq!((debited.left.fen(), debited.held.fen(), debited.spent().fen()), (72_500, 0, 27_500));
    assert_eq!(all(held, release(fen(30_000))), granted, "cancelled");
}

#[test]
fn nothing_is_spent_that_is_not_there_without_a_document() {
    let granted = standing(10_000);
    let refused = granted.hold(fen(10_001)).unwrap_err();
    assert_eq!(refused, AllowanceError::Exceeded { left: fen(10_000), permitted: fen(0), asked: fen(10_001) });
    let held = all(granted, granted.hold(fen(10_000)).unwrap());
    assert_eq!(held.debit(fen(10_000), fen(10_001)).unwrap_err().code(), "allowance.exceeded", "it cost more than was thought");
    assert_eq!(permit(fen(500), "  "), Err(AllowanceError::Document));
    let permitted = all(held, [permit(fen(500), "超〔2026〕3号").unwrap()]);
    let debited = all(permitted, permitted.debit(fen(10_000), fen(10_400)).unwrap());
    assert_eq!((debited.left.fen(), debited.permitted.fen()), (-400, 500));
    assert_eq!(debited.hold(fen(101)).unwrap_err().code(), "allowance.exceeded");
    assert!(debited.hold(fen(100)).is_ok());
}

#[test]
fn an_account_warns_at_its_share() {
    let granted = standing(10_000);
    let held = |amount: i64| all(granted, granted.hold(fen(amount)).unwrap());
    assert!(!held(7_999).warns(80));
    assert!(held(8_000).warns(80));
    assert!(!AllowanceStanding::default().warns(80), "nothing given, nothing used");
    assert_eq!((held(7_999).used_percent(), held(8_000).used_percent()), (79, 80), "whole per cent, never rounded up");
    assert!(all(AllowanceStanding::default(), [permit(fen(1), "1").unwrap()]).hold(fen(1)).is_ok());
}

#[test]
fn a_grant_is_taken_back_as_far_as_it_is_there() {
    let granted = standing(10_000);
    assert_eq!(granted.grant(fen(0)).unwrap_err().code(), "allowance.amount");
    assert_eq!(granted.grant(fen(-10_001)).unwrap_err().code(), "allowance.exceeded");
    assert_eq!(all(granted, granted.grant(fen(-10_000))).left, Money::ZERO);
}

#[test]
fn an_adjustment_is_decided_once_by_somebody_else() {
    let (one, two) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
    let decide = |state: AdjustmentState, actor| state.decide(AdjustmentDecision::Approve, one, actor);
    assert_eq!(decide(AdjustmentState::Proposed, two), Ok(AdjustmentState::Approved));
    assert_eq!(decide(AdjustmentState::Proposed, one).unwrap_err().code(), "allowance.four_eyes");
    assert_eq!(decide(AdjustmentState::Rejected, two).unwrap_err().code(), "allowance.decided");
}

/// What may be done, with numbers that mean whatever there is.
#[derive(Clone, Debug)]
enum Act {
    Fund(i64),
    Grant(usize, i64),
    Lend(usize, i64),
    Permit(usize, i64),
    Hold(usize, i64),
    Release(usize),
    Debit(usize, i64),
    Carry(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let (account, amount) = (0_usize..4, -2_000_i64..10_000);
    prop_oneof![
        amount.clone().prop_map(Act::Fund),
        (account.clone(), amount.clone()).prop_map(|(account, amount)| Act::Grant(account, amount)),
        (account.clone(), amount.clone()).prop_map(|(account, amount)| Act::Lend(account, amount)),
        (account.clone(), -50_i64..500).prop_map(|(account, amount)| Act::Permit(account, amount)),
        (account.clone(), amount.clone()).prop_map(|(account, amount)| Act::Hold(account, amount)),
        (0_usize..20).prop_map(Act::Release),
        (0_usize..20, amount).prop_map(|(order, amount)| Act::Debit(order, amount)),
        (0_usize..3).prop_map(Act::Carry),
    ]
}

/// A pool and four months that follow each other, each with all its entries.
#[derive(Default)]
struct Book {
    pool: Vec<Posting>,
    months: [Vec<Posting>; 4],
    /// Orders that hold: account, amount.
    orders: BTreeMap<usize, (usize, Money)>,
}

fn stands(entries: &[Posting]) -> AllowanceStanding {
    all(AllowanceStanding::default(), entries.iter().copied())
}

impl Book {
    fn act(&mut self, act: &Act) -> Result<(), AllowanceError> {
        let pool = stands(&self.pool);
        match *act {
            Act::Fund(amount) => self.pool.push(pool.grant(fen(amount))?),
            Act::Grant(account, amount) => {
                let (given, taken) = (stands(&self.months[account]).grant(fen(amount))?, pool.allot(fen(amount))?);
                self.months[account].push(given);
                self.pool.push(taken);
            }
            Act::Lend(account, amount) => {
                let (given, taken) = (borrow(fen(amount))?, pool.lend(fen(amount))?);
                self.months[account].push(given);
                self.pool.push(taken);
            }
            Act::Permit(account, amount) => self.months[account].push(permit(fen(amount), "文号")?),
            Act::Hold(account, amount) => {
                let held = stands(&self.months[account]).hold(fen(amount))?;
                self.months[account].extend(held);
                self.orders.insert(self.orders.len(), (account, fen(amount)));
            }
            Act::Release(order) => {
                if let Some((account, held)) = self.orders.get_mut(&order) {
                    self.months[*account].extend(release(std::mem::take(held)));
                }
            }
            Act::Debit(order, cost) => {
                if let Some((account, held)) = self.orders.get_mut(&order) {
                    let debited = stands(&self.months[*account]).debit(*held, fen(cost))?;
                    self.months[*account].extend(debited);
                    *held = Money::ZERO;
                }
            }
            Act::Carry(account) => {
                if let Some((out, into)) = stands(&self.months[account]).carry() {
                    self.months[account].push(out);
                    self.months[account + 1].push(into);
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn the_balance_is_the_sum_of_the_entries_and_never_below_what_documents_allow(
        acts in proptest::collection::vec(act(), 0..80),
    ) {
        let mut book = Book::default();
        for act in &acts {
            // What is refused changes nothing.
            let _ = book.act(act);
            let mut everything = Money::ZERO;
            for entries in std::iter::once(&book.pool).chain(&book.months) {
                let standing = stands(entries);
                let sum: Money = entries.iter().map(|entry| entry.amount).sum();
                let permitted: Money = entries.iter().map(|entry| entry.permits).sum();
                prop_assert_eq!(standing.left, sum);
                prop_assert!(standing.left + permitted >= Money::ZERO, "{:?} after {:?}", standing, act);
                prop_assert!(standing.held >= Money::ZERO);
                prop_assert!(standing.spent() >= Money::ZERO);
                everything += standing.left + standing.held + standing.spent();
            }
            let held: Money = book.orders.values().map(|(_, held)| *held).sum();
            prop_assert_eq!(held, book.months.iter().map(|entries| stands(entries).held).sum());
            let funded: Money = book.pool.iter().filter(|entry| entry.kind == EntryKind::Grant).map(|entry| entry.amount).sum();
            prop_assert_eq!(everything, funded, "money is moved, neither made nor lost");
        }
    }
}

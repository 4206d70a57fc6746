//! The money of trips: nothing is spent twice however many ask at once, sums are those of their entries, and nothing entered changes.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::AccountId;
use dispatch::allowance::{AdjustmentDecision, AdjustmentId, AdjustmentKind, AdjustmentState, AllowanceMonth};
use dispatch::cost_line::CostLine;
use dispatch::expense::{Expense, ExpenseId, ExpenseKind};
use dispatch::money::Money;
use dispatch::scope::Scope;
use dispatch::settlement::{Settlement, SettlementBasis};
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::unit::UnitId;
use fleet_db::allowance::adjustment::{self, NewAdjustment};
use fleet_db::allowance::order::{debit, hold, release};
use fleet_db::allowance::{self, LedgerError};
use fleet_db::expense::{self, NewExpense};
use fleet_db::testing::trip::{Trip, order};
use fleet_db::testing::{TestDatabase, database};
use fleet_db::{Access, Constraint, DbError, Transaction};
use serde_json::json;
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

const CITY: UnitId = UnitId(Uuid::from_u128(1));
const WEST: UnitId = UnitId(Uuid::from_u128(2));
const EAST: UnitId = UnitId(Uuid::from_u128(3));
const ONE: AccountId = AccountId(Uuid::from_u128(0xa));
const TWO: AccountId = AccountId(Uuid::from_u128(0xb));

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-03-10T04:00:00Z")
}

fn month(text: &str) -> AllowanceMonth {
    text.parse().unwrap()
}

fn fen(fen: i64) -> Money {
    Money::from_fen(fen)
}

/// A city with two counties, two accounts, and the rules that the product brings along.
async fn city() -> TestDatabase {
    let db = database().await;
    sqlx::raw_sql(
        "insert into unit (id, parent_id, name, level, region_code, created_at) values
             ('00000000-0000-0000-0000-000000000001', null, '市', 3, '330100', '2026-01-01'),
             ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', '西', 4, '330106', '2026-01-01'),
             ('00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000001', '东', 4, '330102', '2026-01-01');
         insert into account (id, login, display_name, password_hash, role, unit_id, password_changed_at, created_at) values
             ('00000000-0000-0000-0000-00000000000a', 'one', '甲', '', 'fleet_manager', '00000000-0000-0000-0000-000000000003', '2026-01-01', '2026-01-01'),
             ('00000000-0000-0000-0000-00000000000b', 'two', '乙', '', 'fleet_manager', '00000000-0000-0000-0000-000000000003', '2026-01-01', '2026-01-02');",
    )
    .execute(&db.pool)
    .await
    .unwrap();
    let mut tx = fleet_db::begin(&db.pool).await.unwrap();
    fleet_db::rule::plant(&mut tx, now(), Uuid::now_v7).await.unwrap();
    tx.commit().await.unwrap();
    db
}

async fn begin(db: &TestDatabase, unit: UnitId) -> Transaction {
    fleet_db::begin_within(&db.pool, &Scope::of(unit), Some(ONE), Access::Write).await.unwrap()
}

/// Somebody of the west, who asked for none of these trips.
async fn neighbour(db: &TestDatabase) -> Transaction {
    fleet_db::begin_within(&db.pool, &Scope::of(WEST), None, Access::Write).await.unwrap()
}

/// The city's pool of the year, and as much of it in a month of the east.
async fn grant(db: &TestDatabase, of: &str, amount: i64) {
    let mut tx = begin(db, CITY).await;
    allowance::fund(&mut tx, (CITY, 2026), fen(amount), (ONE, "年度"), now()).await.unwrap();
    allowance::grant(&mut tx, (EAST, month(of)), fen(amount), (ONE, "下达"), now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn trip(db: &TestDatabase, number: &str, state: OrderState) -> OrderId {
    let trip = Trip { number, unit: EAST, fleet: EAST, driver: None, state, departed_at: now(), minutes: 90, distance_m: 60_000 };
    order(&db.pool, trip).await.unwrap()
}

/// Left, held, given and permitted of a month of the east: as the account says, and as the entries do.
async fn sums(db: &TestDatabase, of: i16) -> [i64; 4] {
    let row = sqlx::query(
        "select a.left_fen, a.held_fen, a.given_fen, a.permitted_fen,
                coalesce(sum(e.amount_fen), 0)::bigint, coalesce(-sum(e.amount_fen) filter (where e.kind in ('hold', 'release')), 0)::bigint,
                coalesce(sum(e.amount_fen) filter (where e.kind in ('grant', 'loan', 'carry')), 0)::bigint, coalesce(sum(e.permits_fen), 0)::bigint
         from allowance_account a
         left join allowance_entry e on e.account_id = a.id
         where a.unit_id = $1 and a.month = $2
         group by a.id",
    )
    .bind(EAST.0)
    .bind(of)
    .fetch_one(&db.pool)
    .await
    .unwrap();
    let numbers = |columns: [usize; 4]| columns.map(|n| row.get::<i64, _>(n));
    let (said, added) = (numbers([0, 1, 2, 3]), numbers([4, 5, 6, 7]));
    assert_eq!(said, added, "the account says what its entries come to");
    said
}

fn is_exceeded(error: &LedgerError) -> bool {
    match error {
        LedgerError::Refused(refused) => refused.code() == "allowance.exceeded",
        LedgerError::Store(DbError::Conflict(constraint)) => *constraint == Constraint::AllowanceLeft,
        LedgerError::Store(_) | LedgerError::NoPool { .. } => false,
    }
}

#[tokio::test]
async fn a_hundred_holds_at_once_never_overdraw() {
    let db = city().await;
    grant(&db, "2026-03", 100_000).await;
    let mut orders = Vec::new();
    for number in 0..100 {
        orders.push(trip(&db, &format!("PC-{number}"), OrderState::Issued).await);
    }
    let mut holds = tokio::task::JoinSet::new();
    for order in orders {
        let pool = db.pool.clone();
        holds.spawn(async move {
            let mut tx = fleet_db::begin_within(&pool, &Scope::of(EAST), Some(ONE), Access::Write).await.unwrap();
            let held = hold(&mut tx, (EAST, month("2026-03")), order, fen(3_000), now()).await;
            if held.is_ok() {
                tx.commit().await.unwrap();
            }
            held
        });
    }
    let done = holds.join_all().await;
    let refused: Vec<_> = done.iter().filter_map(|held| held.as_ref().err()).collect();
    assert!(refused.iter().all(|error| is_exceeded(error)), "{refused:?}");
    assert_eq!(done.len() - refused.len(), 33, "as often as there is money for");
    assert_eq!(sums(&db, 3).await, [1_000, 99_000, 100_000, 0]);
}

#[tokio::test]
async fn what_an_order_does_not_need_comes_back_and_what_it_cost_is_debited_once() {
    let db = city().await;
    grant(&db, "2026-03", 100_000).await;
    let [driven, called_off] = [trip(&db, "PC-1", OrderState::Returned).await, trip(&db, "PC-2", OrderState::Cancelled).await];
    let mut tx = begin(&db, EAST).await;
    for order in [driven, called_off] {
        hold(&mut tx, (EAST, month("2026-03")), order, fen(30_000), now()).await.unwrap();
    }
    release(&mut tx, called_off, now()).await.unwrap();
    release(&mut tx, called_off, now()).await.unwrap();
    let left = debit(&mut tx, (EAST, month("2026-04")), driven, fen(27_500), ONE, now()).await.unwrap().unwrap().standing;
    assert_eq!((left.left.fen(), left.held.fen(), left.spent().fen()), (72_500, 0, 27_500));
    tx.commit().await.unwrap();
    assert_eq!(sums(&db, 3).await, [72_500, 0, 100_000, 0]);
    let mut tx = begin(&db, EAST).await;
    let again = debit(&mut tx, (EAST, month("2026-03")), driven, fen(1), ONE, now()).await;
    assert!(matches!(again, Err(LedgerError::Store(DbError::Conflict(Constraint::AllowanceEntryOnce)))), "{again:?}");
}

#[tokio::test]
async fn a_unit_without_an_allowance_is_not_kept_from_travelling() {
    let db = city().await;
    let order = trip(&db, "PC-1", OrderState::Issued).await;
    let mut tx = begin(&db, EAST).await;
    assert_eq!(hold(&mut tx, (EAST, month("2026-03")), order, fen(30_000), now()).await.unwrap(), None);
    release(&mut tx, order, now()).await.unwrap();
    assert_eq!(debit(&mut tx, (EAST, month("2026-03")), order, fen(30_000), ONE, now()).await.unwrap(), None);
    assert_eq!(allowance::left(&mut tx, EAST, month("2026-03"), now()).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_left_carries_within_the_quarter_once_however_many_ask() {
    let db = city().await;
    grant(&db, "2026-01", 50_000).await;
    let mut orders = Vec::new();
    for number in 0..20 {
        orders.push(trip(&db, &format!("PC-{number}"), OrderState::Issued).await);
    }
    let mut tx = begin(&db, EAST).await;
    assert_eq!(allowance::left(&mut tx, EAST, month("2026-03"), now()).await.unwrap().unwrap().left.fen(), 50_000);
    assert_eq!(allowance::left(&mut tx, EAST, month("2026-04"), now()).await.unwrap().unwrap().left.fen(), 0, "not across");
    drop(tx);
    let mut holds = tokio::task::JoinSet::new();
    for order in orders {
        let pool = db.pool.clone();
        holds.spawn(async move {
            let mut tx = fleet_db::begin_within(&pool, &Scope::of(EAST), Some(ONE), Access::Write).await.unwrap();
            hold(&mut tx, (EAST, month("2026-03")), order, fen(2_000), now()).await.unwrap();
            tx.commit().await.unwrap();
        });
    }
    holds.join_all().await;
    assert_eq!(sums(&db, 1).await, [0, 0, 0, 0]);
    assert_eq!(sums(&db, 2).await, [0, 0, 0, 0], "on the way");
    assert_eq!(sums(&db, 3).await, [10_000, 40_000, 50_000, 0]);
    let april = trip(&db, "PC-april", OrderState::Issued).await;
    let mut tx = begin(&db, EAST).await;
    let across = hold(&mut tx, (EAST, month("2026-04")), april, fen(1), at("2026-04-01T04:00:00Z")).await.unwrap_err();
    assert!(is_exceeded(&across), "{across:?}");
}

fn over_quota(kind: AdjustmentKind, amount: i64, document: &str) -> NewAdjustment {
    NewAdjustment {
        id: AdjustmentId(Uuid::now_v7()),
        kind,
        unit: EAST,
        month: month("2026-03"),
        amount: fen(amount),
        document: document.to_owned(),
        reason: "防汛".to_owned(),
        by: ONE,
    }
}

/// Proposed by one and approved by another.
async fn adjust(db: &TestDatabase, new: &NewAdjustment) -> Result<(), LedgerError> {
    let mut tx = begin(db, CITY).await;
    adjustment::insert(&mut tx, new, now()).await?;
    let state = AdjustmentState::Proposed.decide(AdjustmentDecision::Approve, ONE, TWO).unwrap();
    adjustment::decide(&mut tx, new.id, state, (TWO, ""), now()).await?;
    adjustment::enact(&mut tx, new, TWO, now()).await?;
    tx.commit().await.unwrap();
    Ok(())
}

#[tokio::test]
async fn more_than_is_there_needs_a_loan_or_a_document_that_another_approved() {
    let db = city().await;
    grant(&db, "2026-03", 10_000).await;
    let mut tx = begin(&db, CITY).await;
    allowance::fund(&mut tx, (CITY, 2026), fen(7_000), (ONE, "追加"), now()).await.unwrap();
    tx.commit().await.unwrap();
    let order = trip(&db, "PC-1", OrderState::Issued).await;
    let asks = async |amount: i64| {
        let mut tx = begin(&db, EAST).await;
        hold(&mut tx, (EAST, month("2026-03")), order, fen(amount), now()).await.map(|_| ())
    };
    assert!(is_exceeded(&asks(10_001).await.unwrap_err()));
    adjust(&db, &over_quota(AdjustmentKind::Loan, 5_000, "")).await.unwrap();
    asks(15_000).await.unwrap();
    assert!(is_exceeded(&asks(15_001).await.unwrap_err()));
    let poor = adjust(&db, &over_quota(AdjustmentKind::Loan, 2_001, "")).await.unwrap_err();
    assert!(is_exceeded(&poor), "the pool has 2,000 left: {poor:?}");
    let undocumented = adjust(&db, &over_quota(AdjustmentKind::OverQuota, 1_000, " ")).await.unwrap_err();
    let refused = Some(Constraint::AdjustmentDocument);
    assert!(matches!(undocumented, LedgerError::Store(DbError::Conflict(found)) if Some(found) == refused), "{undocumented:?}");
    adjust(&db, &over_quota(AdjustmentKind::OverQuota, 1_000, "超〔2026〕3号")).await.unwrap();
    let mut tx = begin(&db, EAST).await;
    let held = hold(&mut tx, (EAST, month("2026-03")), order, fen(16_000), now()).await.unwrap().unwrap();
    assert_eq!(held.standing.left.fen(), -1_000, "as the document allows");
    tx.commit().await.unwrap();
    assert_eq!(sums(&db, 3).await, [-1_000, 16_000, 15_000, 1_000]);
}

async fn refused(db: &TestDatabase, sql: &str) -> Option<Constraint> {
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&db.pool).await;
    match done.map_err(DbError::from) {
        Err(DbError::Conflict(constraint)) => Some(constraint),
        Err(other) => panic!("{sql}: {other:?}"),
        Ok(_) => None,
    }
}

#[tokio::test]
async fn no_statement_changes_what_was_entered_nor_makes_money() {
    let db = city().await;
    grant(&db, "2026-03", 10_000).await;
    let new = over_quota(AdjustmentKind::Loan, 100, "");
    let mut tx = begin(&db, CITY).await;
    adjustment::insert(&mut tx, &new, now()).await.unwrap();
    tx.commit().await.unwrap();
    for sql in [
        "update allowance_entry set amount_fen = 99999",
        "delete from allowance_entry",
        "truncate allowance_entry",
        "update allowance_account set left_fen = 99999",
        "update allowance_account set permitted_fen = 99999",
        "delete from allowance_account",
    ] {
        assert_eq!(refused(&db, sql).await, Some(Constraint::AllowanceFinal), "{sql}");
    }
    let lend = "insert into allowance_entry (id, account_id, kind, amount_fen, permits_fen, adjustment_id, reason, entered_at)
                select gen_random_uuid(), a.id, 'loan', 100, 0, d.id, '', now() from allowance_account a, allowance_adjustment d where a.month = 3";
    assert_eq!(refused(&db, lend).await, Some(Constraint::AllowanceEntryApproved), "nobody approved it");
    let alone = "update allowance_adjustment set state = 'approved', decided_by = proposed_by, decided_at = now()";
    assert_eq!(refused(&db, alone).await, Some(Constraint::AdjustmentFourEyes));
    let more = "update allowance_adjustment set amount_fen = 9999";
    assert_eq!(refused(&db, more).await, Some(Constraint::AdjustmentFinal));
    let freed = "insert into allowance_entry (id, account_id, kind, amount_fen, permits_fen, order_id, reason, entered_at)
                 select gen_random_uuid(), a.id, 'release', 100, 0, o.id, '', now() from allowance_account a, dispatch_order o where a.month = 3";
    trip(&db, "PC-1", OrderState::Issued).await;
    assert_eq!(refused(&db, freed).await, Some(Constraint::AllowanceEntryRelease), "nothing was held");
    let mut beside = neighbour(&db).await;
    let seen: i64 = sqlx::query_scalar("select count(*) from allowance_account").fetch_one(&mut *beside).await.unwrap();
    assert_eq!(seen, 0, "a neighbour sees nothing");
    let foreign = allowance::fund(&mut beside, (EAST, 2026), fen(1), (ONE, ""), now()).await;
    assert!(foreign.is_err(), "and gives nothing");
}

fn toll(order: OrderId, amount: i64) -> NewExpense {
    let expense = Expense {
        kind: ExpenseKind::Toll,
        amount: fen(amount),
        occurred_at: now(),
        place: "杭州南".to_owned(),
        fuel_l: None,
        energy_kwh: None,
    };
    NewExpense { id: ExpenseId(Uuid::now_v7()), order, expense, instead_of: None, reason: String::new(), by: ONE }
}

#[tokio::test]
async fn a_locked_journal_takes_nothing_but_a_reversal() {
    let db = city().await;
    let order = trip(&db, "PC-1", OrderState::Underway).await;
    let entered = toll(order, 3_500);
    let mut tx = begin(&db, EAST).await;
    expense::insert(&mut tx, &entered, now()).await.unwrap();
    tx.commit().await.unwrap();
    let again = Expense { occurred_at: now() + Duration::minutes(30), ..entered.expense.clone() };
    let mut tx = begin(&db, EAST).await;
    let car = fleet_db::dispatch_order::load(&mut tx, order).await.unwrap().vehicle;
    let twin = expense::twin(&mut tx, car, &again, Duration::minutes(30)).await.unwrap();
    assert_eq!(twin, Some(entered.id));
    assert_eq!(expense::twin(&mut tx, car, &again, Duration::minutes(29)).await.unwrap(), None);
    drop(tx);
    sqlx::query("update dispatch_order set state = 'returned'").execute(&db.pool).await.unwrap();
    let late = expense::insert(&mut *begin(&db, EAST).await, &toll(order, 1), now()).await;
    assert!(matches!(late, Err(DbError::Conflict(Constraint::ExpenseLocked))), "{late:?}");
    for sql in ["update trip_expense set amount_fen = 1", "delete from trip_expense", "truncate trip_expense"] {
        assert_eq!(refused(&db, sql).await, Some(Constraint::ExpenseFinal), "{sql}");
    }
    let mut tx = begin(&db, EAST).await;
    let wrong = expense::load(&mut tx, entered.id).await.unwrap();
    let early = NewExpense { instead_of: Some(wrong.id), reason: "误录".to_owned(), ..toll(order, 5_300) };
    expense::reverse(&mut tx, ExpenseId(Uuid::now_v7()), &wrong, (ONE, "误录"), now()).await.unwrap();
    expense::insert(&mut tx, &early, now()).await.unwrap();
    assert_eq!(expense::paid(&mut tx, order).await.unwrap(), [(ExpenseKind::Toll, fen(5_300))]);
    tx.commit().await.unwrap();
    let again = expense::reverse(&mut *begin(&db, EAST).await, ExpenseId(Uuid::now_v7()), &wrong, (ONE, "误录"), now()).await;
    assert!(matches!(again, Err(DbError::Conflict(Constraint::ExpenseReverses))), "{again:?}");
    sqlx::query("update dispatch_order set state = 'settled'").execute(&db.pool).await.unwrap();
    let settled = expense::load(&mut *begin(&db, EAST).await, early.id).await.unwrap();
    let after = expense::reverse(&mut *begin(&db, EAST).await, ExpenseId(Uuid::now_v7()), &settled, (ONE, "误录"), now()).await;
    assert!(matches!(after, Err(DbError::Conflict(Constraint::ExpenseSettled))), "{after:?}");
    assert!(expense::list(&mut *neighbour(&db).await, order).await.unwrap().is_empty(), "a neighbour sees nothing");
}

#[tokio::test]
async fn a_settlement_is_the_sum_of_its_lines_and_stands() {
    let db = city().await;
    let order = trip(&db, "PC-1", OrderState::Returned).await;
    let lines = vec![CostLine::paid(ExpenseKind::Toll, fen(3_500)), CostLine::paid(ExpenseKind::Lodging, fen(28_000))];
    let settlement = Settlement { basis: SettlementBasis::Expenses, lines };
    let mut tx = begin(&db, EAST).await;
    fleet_db::settlement::insert(&mut tx, order, (&settlement, &json!({})), ONE, now()).await.unwrap();
    tx.commit().await.unwrap();
    let settled = fleet_db::settlement::load(&mut *begin(&db, EAST).await, order).await.unwrap();
    assert_eq!((settled.settlement, settled.by.as_str()), (settlement, "甲"));
    assert_eq!(refused(&db, "update trip_settlement set total_fen = 1").await, Some(Constraint::SettlementFinal));
    let other = trip(&db, "PC-2", OrderState::Returned).await;
    let wrong = format!(
        "insert into trip_settlement select '{other}', basis, used, lines, total_fen + 1, settled_by, settled_at from trip_settlement"
    );
    assert_eq!(refused(&db, &wrong).await, Some(Constraint::SettlementTotal));
}

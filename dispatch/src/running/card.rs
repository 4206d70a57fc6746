//! Cards for fuel and charging (一车一卡): one card, one car; what another plate takes, or more than the limits, is refused and counted.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use telematics::uuid_id;

use crate::money::Money;
use crate::word::words;

uuid_id! {
    /// Key of a card (加油充电卡).
    CardId
}
uuid_id! {
    /// Key of what was done with a card (卡流水).
    CardUseId
}

words! {
    /// What a card pays for (卡类型).
    CardKind, CardKindError, "card.kind" {
        /// Petrol and diesel.
        Fuel = "fuel", "加油卡";
        /// Electricity.
        Charge = "charge", "充电卡";
    }
}

words! {
    /// Where a card stands (卡状态).
    CardState, CardStateError, "card.state" {
        /// It is used.
        Active = "active", "在用";
        /// It is held back for a time.
        Suspended = "suspended", "停用";
        /// It is gone.
        Closed = "closed", "注销";
    }
}

words! {
    /// What is taken with a card (能源品种).
    EnergyGrade, EnergyGradeError, "card.grade" {
        /// Petrol of 92.
        Petrol92 = "petrol_92", "92号汽油";
        /// Petrol of 95.
        Petrol95 = "petrol_95", "95号汽油";
        /// Petrol of 98.
        Petrol98 = "petrol_98", "98号汽油";
        /// Diesel.
        Diesel = "diesel", "柴油";
        /// Electricity.
        Electricity = "electricity", "电";
    }
}

words! {
    /// What is done with a card (卡操作).
    CardAct, CardActError, "card.act" {
        /// Takes fuel or electricity.
        Take = "take", "消费";
        /// Puts money on it.
        TopUp = "top_up", "充值";
    }
}

words! {
    /// Why what was done with a card is refused (拒付原因).
    CardRefusal, CardRefusalError, "card.refusal" {
        /// Another car than the card's.
        OtherPlate = "other_plate", "卡与车牌不符";
        /// The card is not used.
        NotActive = "not_active", "卡已停用";
        /// Not what the card may take.
        Grade = "grade", "油品不符";
        /// More than at once.
        SingleLimit = "single_limit", "超单次限额";
        /// More than on a day.
        DayLimit = "day_limit", "超单日限额";
        /// More than in a month.
        MonthLimit = "month_limit", "超单月限额";
        /// More than is put on it at once.
        TopUpLimit = "top_up_limit", "超单次充值限额";
    }
}

/// What a card may do (用卡限额).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardLimits {
    /// What it may take; empty: whatever its kind is.
    pub grades: Vec<EnergyGrade>,
    /// At once; none: what the register says.
    pub single_fen: Option<i64>,
    /// On a day.
    pub day_fen: Option<i64>,
    /// In a month.
    pub month_fen: Option<i64>,
}

/// The limits that the register gives (限额规则).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardRules {
    /// Most at once.
    pub fill: Money,
    /// Most that is put on at once.
    pub top_up: Money,
}

/// A card as it is judged by (加油充电卡).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What it pays for.
    pub kind: CardKind,
    /// Where it stands.
    pub state: CardState,
    /// Plate of its car.
    pub plate: String,
    /// What it may do.
    pub limits: CardLimits,
}

/// Something that was done with a card (卡流水).
#[derive(Clone, Debug, PartialEq)]
pub struct CardUse {
    /// What.
    pub act: CardAct,
    /// When.
    pub at: DateTime<Utc>,
    /// Plate that the station wrote down; may be empty where it wrote none.
    pub plate: String,
    /// What was taken.
    pub grade: Option<EnergyGrade>,
    /// How much was paid.
    pub amount: Money,
}

/// What was paid with the card before: on the same day, and in the same month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardSpent {
    /// On the day.
    pub day: Money,
    /// In the month.
    pub month: Money,
}

impl CardKind {
    /// It pays for that.
    pub const fn takes(self, grade: EnergyGrade) -> bool {
        matches!(self, Self::Charge) == matches!(grade, EnergyGrade::Electricity)
    }
}

/// All that stands against it; nothing: it is paid.
pub fn judge(card: &Card, used: &CardUse, spent: CardSpent, rules: CardRules) -> Vec<CardRefusal> {
    let limits = &card.limits;
    let over = |limit: Option<i64>, comes_to: Money| limit.is_some_and(|limit| comes_to > Money::from_fen(limit));
    // Where the card says nothing the register does; where both do, the stricter one holds.
    let single = limits.single_fen.map_or(rules.fill, |single| Money::from_fen(single).min(rules.fill));
    let may_take = |grade: EnergyGrade| card.kind.takes(grade) && (limits.grades.is_empty() || limits.grades.contains(&grade));
    let is_take = used.act == CardAct::Take;
    let against = [
        (!used.plate.is_empty() && used.plate != card.plate, CardRefusal::OtherPlate),
        (card.state != CardState::Active, CardRefusal::NotActive),
        (is_take && !used.grade.is_some_and(may_take), CardRefusal::Grade),
        (is_take && used.amount > single, CardRefusal::SingleLimit),
        (is_take && over(limits.day_fen, spent.day + used.amount), CardRefusal::DayLimit),
        (is_take && over(limits.month_fen, spent.month + used.amount), CardRefusal::MonthLimit),
        (!is_take && used.amount > rules.top_up, CardRefusal::TopUpLimit),
    ];
    against.into_iter().filter_map(|(is_so, refusal)| is_so.then_some(refusal)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: CardRules = CardRules { fill: Money::from_fen(30_000), top_up: Money::from_fen(300_000) };

    fn card() -> Card {
        let limits =
            CardLimits { grades: vec![EnergyGrade::Petrol92], single_fen: None, day_fen: Some(40_000), month_fen: Some(100_000) };
        Card { kind: CardKind::Fuel, state: CardState::Active, plate: "浙A00001".to_owned(), limits }
    }

    fn fill(fen: i64) -> CardUse {
        CardUse {
            act: CardAct::Take,
            at: DateTime::UNIX_EPOCH,
            plate: "浙A00001".to_owned(),
            grade: Some(EnergyGrade::Petrol92),
            amount: Money::from_fen(fen),
        }
    }

    fn check(said: &str, card: &Card, used: &CardUse, (day, month): (i64, i64), expected: &[CardRefusal]) {
        let spent = CardSpent { day: Money::from_fen(day), month: Money::from_fen(month) };
        assert_eq!(judge(card, used, spent, RULES), expected, "{said}");
    }

    #[test]
    fn one_card_pays_for_one_car() {
        check("its own car", &card(), &fill(30_000), (0, 0), &[]);
        check(
            "another plate",
            &card(),
            &CardUse { plate: "浙A00002".to_owned(), ..fill(100) },
            (0, 0),
            &[CardRefusal::OtherPlate],
        );
        check("no plate on the slip", &card(), &CardUse { plate: String::new(), ..fill(100) }, (0, 0), &[]);
        check("held back", &Card { state: CardState::Suspended, ..card() }, &fill(100), (0, 0), &[CardRefusal::NotActive]);
    }

    #[test]
    fn limits_hold_at_once_by_day_and_by_month() {
        check("the register's limit", &card(), &fill(30_001), (0, 0), &[CardRefusal::SingleLimit]);
        check("the day to the fen", &card(), &fill(10_000), (30_000, 30_000), &[]);
        check("one fen more on the day", &card(), &fill(10_001), (30_000, 30_000), &[CardRefusal::DayLimit]);
        check("the month", &card(), &fill(10_001), (0, 90_000), &[CardRefusal::MonthLimit]);
        let own = |single| Card { limits: CardLimits { single_fen: Some(single), ..card().limits }, ..card() };
        check("the card's own, stricter", &own(20_000), &fill(20_001), (0, 0), &[CardRefusal::SingleLimit]);
        check("the card's own, looser", &own(90_000), &fill(30_001), (0, 0), &[CardRefusal::SingleLimit]);
        let top_up = |fen| CardUse { act: CardAct::TopUp, grade: None, ..fill(fen) };
        check("put on", &card(), &top_up(300_000), (0, 0), &[]);
        check("put on too much", &card(), &top_up(300_001), (0, 0), &[CardRefusal::TopUpLimit]);
    }

    #[test]
    fn a_card_takes_what_it_may() {
        let of = |grade| CardUse { grade, ..fill(100) };
        check("another grade", &card(), &of(Some(EnergyGrade::Petrol95)), (0, 0), &[CardRefusal::Grade]);
        check("electricity on a fuel card", &card(), &of(Some(EnergyGrade::Electricity)), (0, 0), &[CardRefusal::Grade]);
        check("nobody says what", &card(), &of(None), (0, 0), &[CardRefusal::Grade]);
        let any = Card { limits: CardLimits { grades: Vec::new(), ..card().limits }, ..card() };
        check("any fuel", &any, &of(Some(EnergyGrade::Diesel)), (0, 0), &[]);
    }
}

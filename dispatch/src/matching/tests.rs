//! Matchings against every way there is, against the textbook, and against the judge.

use proptest::collection::vec;
use proptest::prelude::*;

use super::lists::{Lists, ListsError};
use super::proof::{Flaw, flaws};
use super::widen::solve_certified;
use super::*;

/// A row as it is drawn: what leaving it out costs, and its candidates.
type Drawn = (i64, Vec<(u32, i64)>);

fn lists(columns: usize, rows: &[Drawn]) -> Lists {
    let mut lists = Lists::new(columns).unwrap();
    for (unserved, candidates) in rows {
        let candidates = candidates.iter().map(|(column, cost)| (*column, Money::from_fen(*cost)));
        lists.push(Money::from_fen(*unserved), candidates).unwrap();
    }
    lists
}

/// Every way there is, one after the other.
fn brute_force(rows: &[Drawn], taken: u32) -> i64 {
    let Some(((unserved, candidates), rest)) = rows.split_first() else { return 0 };
    let free = candidates.iter().filter(|(column, _)| taken & (1 << column) == 0);
    let served = free.map(|(column, cost)| cost + brute_force(rest, taken | (1 << column)));
    served.min().unwrap_or(i64::MAX).min(unserved + brute_force(rest, taken))
}

/// The method of the textbook, over the whole square with a private column for each row: slow, and plain to see.
fn hungarian(columns: usize, rows: &[Drawn]) -> i128 {
    let forbidden: i128 = 1 << 100;
    let width = columns + rows.len();
    let mut costs = vec![vec![forbidden; width + 1]; rows.len() + 1];
    for (index, (unserved, candidates)) in rows.iter().enumerate() {
        costs[index + 1][columns + index + 1] = i128::from(*unserved);
        for (column, cost) in candidates {
            let place = &mut costs[index + 1][*column as usize + 1];
            *place = i128::from(*cost).min(*place);
        }
    }
    let (mut row_price, mut column_price) = (vec![0; rows.len() + 1], vec![0; width + 1]);
    let mut holder = vec![0; width + 1];
    for row in 1..=rows.len() {
        holder[0] = row;
        let mut column = 0;
        let mut least = vec![forbidden * 4; width + 1];
        let (mut from, mut is_used) = (vec![0; width + 1], vec![false; width + 1]);
        while holder[column] != 0 {
            is_used[column] = true;
            let (here, mut delta, mut next) = (holder[column], forbidden * 8, 0);
            for other in 1..=width {
                if is_used[other] {
                    continue;
                }
                let slack = costs[here][other] - row_price[here] - column_price[other];
                if slack < least[other] {
                    (least[other], from[other]) = (slack, column);
                }
                if least[other] < delta {
                    (delta, next) = (least[other], other);
                }
            }
            for other in 0..=width {
                if is_used[other] {
                    row_price[holder[other]] += delta;
                    column_price[other] -= delta;
                } else {
                    least[other] -= delta;
                }
            }
            column = next;
        }
        while column != 0 {
            holder[column] = holder[from[column]];
            column = from[column];
        }
    }
    (1..=width).filter(|column| holder[*column] != 0).map(|column| costs[holder[column]][column]).sum()
}

/// Few prices, so that there are ties; few columns, so that they are scarce.
fn rows(most_rows: usize, columns: u32, dearest: i64) -> impl Strategy<Value = Vec<Drawn>> {
    let candidates = vec((0..columns, 0..=dearest), 0..=columns as usize + 2);
    vec((0..=dearest * 2, candidates), 0..=most_rows)
}

#[test]
fn who_would_lose_most_is_served_first() {
    // Both want the first car; the second request has no other.
    let lists = lists(2, &[(1_000, vec![(0, 10), (1, 30)]), (1_000, vec![(0, 25)])]);
    let matching = solve(&lists);
    assert_eq!((matching.columns.as_slice(), matching.total), ([Some(1), Some(0)].as_slice(), Money::from_fen(55)));
    assert_eq!(flaws(&lists, &matching), []);
    assert_eq!(
        matching.column_prices,
        [Money::from_fen(20), Money::ZERO],
        "a second such car would save the first row that much"
    );
}

#[test]
fn nothing_to_match_is_a_matching() {
    for (columns, rows) in [(0, vec![]), (3, vec![]), (0, vec![(7, vec![])]), (1, vec![(0, vec![(0, 5)])])] {
        let lists = lists(columns, &rows);
        let matching = solve(&lists);
        assert!(matching.columns.iter().all(Option::is_none));
        assert_eq!(flaws(&lists, &matching), []);
    }
}

#[test]
fn what_cannot_be_added_up_is_refused_and_leaves_no_trace() {
    let mut lists = Lists::new(2).unwrap();
    let fen = Money::from_fen;
    for (unserved, candidate, code) in [
        (fen(1), (0, fen(-1)), "matching.cost"),
        (fen(1), (0, fen(1 << 32)), "matching.cost"),
        (fen(-1), (0, fen(1)), "matching.cost"),
        (fen((1 << 40) + 1), (0, fen(1)), "matching.cost"),
        (fen(1), (2, fen(1)), "matching.column"),
    ] {
        assert_eq!(lists.push(unserved, [(1, fen(5)), candidate]).unwrap_err().code(), code);
    }
    assert_eq!((lists.rows(), lists.candidates(0).len()), (0, 0));
    assert_eq!(Lists::new(usize::MAX).unwrap_err(), ListsError::TooLarge);
}

#[test]
fn the_judge_finds_what_was_made_wrong() {
    let lists = lists(2, &[(100, vec![(0, 10), (1, 30)]), (100, vec![(0, 25)])]);
    let right = solve(&lists);
    let wrong = |change: fn(&mut Matching)| {
        let mut matching = right.clone();
        change(&mut matching);
        flaws(&lists, &matching)
    };
    assert!(wrong(|it| it.columns[0] = Some(0)).contains(&Flaw::Twice { row: 1, column: 0 }));
    assert!(wrong(|it| it.columns[1] = Some(1)).contains(&Flaw::Stranger { row: 1, column: 1 }));
    assert!(wrong(|it| it.columns[0] = None).iter().any(|flaw| matches!(flaw, Flaw::Total { .. })));
    assert!(wrong(|it| it.row_prices[0] = Money::from_fen(101)).contains(&Flaw::Unserved { row: 0 }));
    assert!(wrong(|it| it.column_prices[0] = Money::ZERO).contains(&Flaw::Cheaper { row: 1, column: 0 }));
    assert!(wrong(|it| it.column_prices[1] = Money::from_fen(-1)).contains(&Flaw::Negative { column: 1 }));
    assert!(wrong(|it| it.row_prices[1] = Money::ZERO).iter().any(|flaw| matches!(flaw, Flaw::Gap { .. })));
    assert_eq!(wrong(|it| it.columns.clear()), [Flaw::Size]);
}

#[test]
fn the_largest_costs_add_up() {
    let (dear, dearest) = (i64::from(u32::MAX), 1 << 40);
    let rows: Vec<Drawn> = (0..40).map(|row| (dearest - row, (0..20).map(|column| (column, dear - row * 7)).collect())).collect();
    let lists = lists(20, &rows);
    let matching = solve(&lists);
    assert_eq!(i128::from(matching.total.fen()), hungarian(20, &rows));
    assert_eq!(flaws(&lists, &matching), []);
}

/// Columns in a row, and rows of which each wants the two beside it: ways as long as the whole.
#[test]
fn long_ways_are_found() {
    let rows: Vec<Drawn> = (0..300).map(|row: u32| (100_000, vec![(row, 10 + i64::from(row % 3)), (row + 1, 11)])).collect();
    let mut all = rows.clone();
    all.push((100_000, vec![(0, 1)]));
    let lists = lists(301, &all);
    let matching = solve(&lists);
    assert_eq!(flaws(&lists, &matching), []);
    assert!(matching.columns.iter().all(Option::is_some));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn no_way_is_cheaper(rows in rows(6, 5, 9)) {
        let lists = lists(5, &rows);
        let matching = solve(&lists);
        prop_assert_eq!(matching.total.fen(), brute_force(&rows, 0));
        prop_assert_eq!(flaws(&lists, &matching), []);
    }

    #[test]
    fn the_auction_begins_nothing_that_is_not_put_right(rows in rows(14, 4, 1_000_000), left_out in 0..2_000_000_i64) {
        let rows: Vec<Drawn> = rows.into_iter().map(|(_, candidates)| (left_out, candidates)).collect();
        let lists = lists(4, &rows);
        let matching = solve(&lists);
        prop_assert_eq!(i128::from(matching.total.fen()), hungarian(4, &rows));
        prop_assert_eq!(flaws(&lists, &matching), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_textbook_finds_the_same(rows in rows(24, 16, 60), dear in any::<bool>()) {
        let scale = if dear { 70_000_000 } else { 1 };
        let rows: Vec<Drawn> = rows.into_iter().map(|(unserved, candidates)| {
            (unserved * scale, candidates.into_iter().map(|(column, cost)| (column, cost * scale)).collect())
        }).collect();
        let lists = lists(16, &rows);
        let matching = solve(&lists);
        prop_assert_eq!(i128::from(matching.total.fen()), hungarian(16, &rows));
        prop_assert_eq!(flaws(&lists, &matching), []);
        prop_assert_eq!(&matching, &solve(&lists), "the same again");
    }

    #[test]
    fn a_price_is_what_one_more_such_column_would_save(rows in rows(12, 8, 40)) {
        let matching = solve(&lists(8, &rows));
        for (column, price) in (0..).zip(&matching.column_prices) {
            let twin = |(unserved, candidates): &Drawn| {
                let twins = candidates.iter().filter(|candidate| candidate.0 == column).map(|(_, cost)| (8, *cost));
                (*unserved, candidates.iter().copied().chain(twins).collect())
            };
            let with_twin: Vec<Drawn> = rows.iter().map(twin).collect();
            prop_assert_eq!(solve(&lists(9, &with_twin)).total + *price, matching.total);
        }
    }

    #[test]
    fn what_was_found_before_is_a_hint_and_no_more(one in rows(16, 10, 200), other in rows(16, 10, 200)) {
        let before = solve(&lists(10, &one));
        let lists = lists(10, &other);
        let matching = solve_from(&lists, &before);
        prop_assert_eq!(matching.total, solve(&lists).total);
        prop_assert_eq!(flaws(&lists, &matching), []);
    }

    #[test]
    fn lists_that_leave_out_lose_nothing_once_they_are_certified(rows in rows(16, 10, 300), kept in 0..4_usize) {
        let all = lists(10, &rows);
        let mut short = Lists::new(10).unwrap();
        let mut complete_below = Vec::new();
        for row in 0..all.rows() {
            let listed = all.candidates(row).iter().take(kept).map(|pairing| (pairing.column(), pairing.cost()));
            short.push(all.unserved(row), listed).unwrap();
            complete_below.push(all.candidates(row).get(kept).map_or(Money::from_fen(1 << 40), |pairing| pairing.cost()));
        }
        let (widened, certified) = solve_certified(short, &complete_below, |asked| {
            all.candidates(asked.row).iter().map(|pairing| (pairing.column(), pairing.cost())).collect()
        }).unwrap();
        prop_assert_eq!(flaws(&all, &certified.matching), [], "proved over all that there is");
        prop_assert!(widened.rows() == all.rows() && certified.rounds >= 1);
    }
}

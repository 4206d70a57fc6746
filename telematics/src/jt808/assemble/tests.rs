//! Packages in every order, doubled, missing, too many: what becomes of them.

use proptest::prelude::*;

use super::*;
use crate::jt808::edition::Edition;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000 + seconds, 0).unwrap()
}

fn package(serial: u16, total: u16, index: u16) -> Header {
    let terminal = TerminalNo::of_digits("13800138000", Edition::V2013).unwrap();
    Header { package: Some(Package { total, index }), ..Header::plain(0x0801, Edition::V2013, terminal, serial) }
}

fn whole(serial: u16, body: &[u8]) -> Assembled {
    Assembled::Whole(Header { package: None, ..package(serial, 1, 1) }, body.to_vec())
}

fn push(assembler: &mut Assembler, (serial, total, index): (u16, u16, u16), body: &[u8]) -> Assembled {
    assembler.push(&package(serial, total, index), body, at(0)).unwrap()
}

#[test]
fn packages_come_in_any_order_and_twice() {
    let mut assembler = Assembler::default();
    assert_eq!(push(&mut assembler, (102, 3, 3), b"c"), Assembled::Waits);
    assert_eq!(push(&mut assembler, (100, 3, 1), b"a"), Assembled::Waits);
    assert_eq!(push(&mut assembler, (102, 3, 3), b"c"), Assembled::Duplicate);
    assert_eq!(push(&mut assembler, (101, 3, 2), b"b"), whole(100, b"abc"));
    assert_eq!(assembler.waiting(), 0);
    assert_eq!(assembler.counters(), Counters { whole: 1, duplicates: 1, ..Counters::default() });
}

#[test]
fn a_package_of_a_message_that_is_whole_is_an_echo_and_nothing_of_it_is_missed() {
    let mut assembler = Assembler::default();
    push(&mut assembler, (100, 2, 1), b"a");
    assert_eq!(push(&mut assembler, (101, 2, 2), b"b"), whole(100, b"ab"));
    assert_eq!(push(&mut assembler, (101, 2, 2), b"b"), Assembled::Duplicate);
    assert_eq!(assembler.missing(), []);
    assert_eq!(assembler.overdue(at(10)), []);
    // All of it once more: the answer was lost, and it is answered again.
    assert_eq!(push(&mut assembler, (100, 2, 1), b"a"), whole(100, b"ab"));
    push(&mut assembler, (100, 2, 1), b"a");
    assembler.overdue(at(60));
    let counters = Counters { whole: 2, duplicates: 2, ..Counters::default() };
    assert_eq!((assembler.waiting(), assembler.counters()), (0, counters));
}

#[test]
fn a_serial_that_wraps_belongs_to_the_same_message() {
    let mut assembler = Assembler::default();
    assert_eq!(push(&mut assembler, (0, 3, 3), b"c"), Assembled::Waits);
    assert_eq!(push(&mut assembler, (65535, 3, 2), b"b"), Assembled::Waits);
    assert_eq!(push(&mut assembler, (65534, 3, 1), b"a"), whole(65534, b"abc"));
}

#[test]
fn two_messages_at_once_are_kept_apart_by_their_serials() {
    let mut assembler = Assembler::default();
    push(&mut assembler, (10, 2, 1), b"a");
    push(&mut assembler, (20, 2, 1), b"x");
    assert_eq!(push(&mut assembler, (21, 2, 2), b"y"), whole(20, b"xy"));
    assert_eq!(push(&mut assembler, (11, 2, 2), b"b"), whole(10, b"ab"));
}

#[test]
fn terminals_that_give_all_packages_one_serial_are_understood() {
    let mut assembler = Assembler::default();
    push(&mut assembler, (10, 3, 2), b"b");
    push(&mut assembler, (10, 3, 1), b"a");
    assert_eq!(push(&mut assembler, (10, 3, 3), b"c"), whole(10, b"abc"));
}

#[test]
fn a_package_that_was_asked_for_may_have_a_new_serial() {
    let mut assembler = Assembler::default();
    push(&mut assembler, (10, 3, 1), b"a");
    push(&mut assembler, (12, 3, 3), b"c");
    assert_eq!(assembler.overdue(at(4)), []);
    let missing = Missing { terminal: package(10, 3, 1).terminal, message_id: 0x0801, first_serial: 10, indexes: vec![2] };
    assert_eq!(assembler.missing(), std::slice::from_ref(&missing));
    assert_eq!(assembler.overdue(at(5)), std::slice::from_ref(&missing));
    assert_eq!(assembler.overdue(at(9)), []);
    assert_eq!(assembler.overdue(at(10)), [missing]);
    let answer = assembler.push(&package(57, 3, 2), b"b", at(11)).unwrap();
    assert_eq!(answer, whole(10, b"abc"));
}

#[test]
fn what_does_not_come_is_asked_for_three_times_and_given_up() {
    let mut assembler = Assembler::default();
    push(&mut assembler, (10, 2, 1), b"a");
    let asked = (1..60).map(|second| assembler.overdue(at(second)).len()).sum::<usize>();
    assert_eq!((asked, assembler.waiting()), (3, 1));
    assert_eq!(assembler.overdue(at(60)), []);
    assert_eq!((assembler.waiting(), assembler.counters().timed_out), (0, 1));
}

#[test]
fn a_package_that_is_none_of_its_message_is_refused() {
    let mut assembler = Assembler::default();
    for (total, index) in [(0, 0), (0, 1), (3, 0), (3, 4)] {
        let refused = assembler.push(&package(1, total, index), b"", at(0));
        assert_eq!(refused, Err(PackageError::Index { index, total }));
    }
    assert_eq!(push(&mut assembler, (7, 1, 1), b"alone"), whole(7, b"alone"));
    assert_eq!(assembler.waiting(), 0);
}

#[test]
fn memory_is_bounded_and_what_is_given_up_is_counted() {
    let mut assembler = Assembler::new(Limits { bytes: 1000, messages: 3, ..Limits::default() });
    for message in 0..5 {
        push(&mut assembler, (message * 100, 2, 1), b"a");
    }
    assert_eq!((assembler.waiting(), assembler.counters().evicted), (3, 2));
    // The oldest go for one that is large, and one larger than all that is allowed goes itself.
    assert_eq!(push(&mut assembler, (1000, 3, 1), &[0; 900]), Assembled::Waits);
    assert_eq!((assembler.waiting(), assembler.counters().evicted), (1, 5));
    let refused = assembler.push(&package(1001, 3, 2), &[0; 100], at(0));
    assert_eq!(refused, Err(PackageError::TooLarge { limit: 1000 }));
    assert_eq!((assembler.waiting(), assembler.counters().evicted), (0, 6));
}

proptest! {
    #[test]
    fn any_order_gives_the_same_message(
        order in Just((1..=12_u16).collect::<Vec<_>>()).prop_shuffle(),
        first: u16,
    ) {
        let mut assembler = Assembler::default();
        let mut last = Assembled::Waits;
        for index in order {
            prop_assert_eq!(&last, &Assembled::Waits);
            last = push(&mut assembler, (first.wrapping_add(index - 1), 12, index), &index.to_be_bytes());
        }
        let body: Vec<u8> = (1..=12_u16).flat_map(u16::to_be_bytes).collect();
        prop_assert_eq!(last, whole(first, &body));
    }

    #[test]
    fn whatever_comes_stays_within_the_limits(
        packages in proptest::collection::vec((any::<u16>(), 0..5_u16, 0..5_u16, 0..400_usize, 0..100_i64), 0..200),
    ) {
        let limits = Limits { bytes: 2000, messages: 4, ..Limits::default() };
        let mut assembler = Assembler::new(limits);
        for (serial, total, index, length, seconds) in packages {
            let _ = assembler.push(&package(serial % 8, total, index), &vec![0; length], at(seconds));
            prop_assert!(assembler.waiting() <= limits.messages && assembler.bytes <= limits.bytes);
            prop_assert_eq!(assembler.bytes, assembler.open.iter().map(|open| open.bytes).sum::<usize>());
        }
    }
}

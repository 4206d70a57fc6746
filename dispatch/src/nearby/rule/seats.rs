//! Everybody has a seat (座位).

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    i64::from(case.car.seats) - i64::from(case.need.seats)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Seats,
            &[
                ("just enough", |_, need| need.seats = 5, 0),
                ("one to spare", |_, need| need.seats = 4, 1),
                ("two too few", |_, need| need.seats = 7, -2),
            ],
        );
    }
}

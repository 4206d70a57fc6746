//! What a car costs over its life, and after how many years the mean of a year is least (最低成本更新年限).

use super::NewCar;
use crate::money::Money;

/// Mean cost of a year by the age at which a car goes (经济使用年限).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EconomicLife {
    /// After how many years the mean is least.
    pub years: usize,
    /// The mean of a year when the car goes after 1, 2, … years.
    pub means: Vec<Money>,
}

impl EconomicLife {
    /// The least mean.
    pub fn least(&self) -> Money {
        self.means.iter().min().copied().unwrap_or_default()
    }
}

const ONE: i128 = 1 << 30;

fn factor(factor: i128, discount: u32) -> i128 {
    factor * 10_000 / (10_000 + i128::from(discount))
}

fn nearest(amount: i128, by: i128) -> Money {
    let fen = (2 * amount + by).div_euclid(2 * by);
    Money::from_fen(i64::try_from(fen).unwrap_or(i64::MAX))
}

/// The even sum a year that is worth as much as price, costs and what the car brings after each number of years; nothing without a year.
///
/// `costs` is what each year of age costs, `worth` what the car brings after each.
pub fn economic_life(price: Money, costs: &[Money], worth: &[Money], discount: u32) -> Option<EconomicLife> {
    let (mut at, mut paid, mut weight) = (ONE, i128::from(price.fen()) * ONE, 0);
    let mut means = Vec::new();
    for (cost, worth) in costs.iter().zip(worth) {
        paid += i128::from(cost.fen()) * at;
        weight += at;
        at = factor(at, discount);
        means.push(nearest(paid - i128::from(worth.fen()) * at, weight));
    }
    let least = means.iter().enumerate().min_by_key(|(_, mean)| **mean)?.0;
    Some(EconomicLife { years: least + 1, means })
}

/// A new car driven so far a year: its economic life over the years that are known of it.
pub fn of_kind(kind: &NewCar, km: u32, discount: u32) -> Option<EconomicLife> {
    let costs: Vec<Money> = kind.year.iter().map(|year| *year + kind.km.times(km)).collect();
    economic_life(kind.price, &costs, kind.worth.get(1..).unwrap_or_default(), discount)
}

/// The first year in which keeping the old car one more year costs more than the least mean of a new one.
///
/// Keeping costs what the year costs and what the car loses in it.
pub fn outgrown(keep: &[Money], worth: &[Money], challenger: Money) -> Option<usize> {
    let years = keep.iter().zip(worth.iter().zip(worth.iter().skip(1)));
    years.map(|(cost, (before, after))| *cost + (*before - *after)).position(|year| year > challenger)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(yuan: &[i64]) -> Vec<Money> {
        yuan.iter().map(|yuan| Money::from_fen(yuan * 100)).collect()
    }

    /// 100,000; brings 60, 40, 30, 25 thousand; costs 10, 12, 18, 40 thousand a year:
    /// 1 year 50,000; 2 years (100 + 22 − 40) ÷ 2 = 41,000; 3 years (100 + 40 − 30) ÷ 3 = 36,666.67; 4 years (100 + 80 − 25) ÷ 4 = 38,750.
    #[test]
    fn the_mean_is_least_after_three_years() {
        let (costs, worth) = (yuan(&[10_000, 12_000, 18_000, 40_000]), yuan(&[60_000, 40_000, 30_000, 25_000]));
        let life = economic_life(Money::from_fen(10_000_000), &costs, &worth, 0).unwrap();
        assert_eq!((life.years, life.least()), (3, Money::from_fen(3_666_667)));
        assert_eq!(life.means[3], Money::from_fen(3_875_000));
    }

    /// At 10 % a year: one year is 100,000 + 10,000 − 66,000 ÷ 1.1 = 50,000.
    #[test]
    fn what_it_brings_later_is_worth_less() {
        let life = economic_life(Money::from_fen(10_000_000), &yuan(&[10_000]), &yuan(&[66_000]), 1_000).unwrap();
        assert_eq!(life.means, yuan(&[50_000]));
        assert_eq!(economic_life(Money::ZERO, &[], &[], 0), None);
    }

    /// It costs 20, 30, 40 thousand and loses 5 a year: 25, 35, 45 against 34.
    #[test]
    fn an_old_car_is_outgrown_when_a_year_costs_more_than_the_new_ones_mean() {
        let (keep, worth) = (yuan(&[20_000, 30_000, 40_000]), yuan(&[15_000, 10_000, 5_000, 0]));
        assert_eq!(outgrown(&keep, &worth, Money::from_fen(3_400_000)), Some(1));
        assert_eq!(outgrown(&keep, &worth, Money::from_fen(4_500_000)), None);
    }
}

//! One column of a day: differences of the first or second order, whichever is shorter, and where values are absent.

use super::varint;

/// How often differences were taken: a clock that ticks evenly is all zeros after two.
const ORDERS: [u8; 3] = [0, 1, 2];

/// Writes values of which none is absent.
pub(super) fn put(out: &mut Vec<u8>, values: &[i64]) {
    let shortest = ORDERS
        .into_iter()
        .map(|order| {
            let mut bytes = vec![order];
            let mut left = Differences::new(order);
            for &value in values {
                varint::put(&mut bytes, left.of(value));
            }
            bytes
        })
        .min_by_key(Vec::len);
    out.extend(shortest.unwrap_or_default());
}

/// Takes `count` values.
pub(super) fn take(bytes: &mut &[u8], count: usize) -> Option<Vec<i64>> {
    let (&order, rest) = bytes.split_first()?;
    *bytes = rest;
    let mut sums = Differences::new(ORDERS.contains(&order).then_some(order)?);
    let mut values = Vec::with_capacity(count.min(bytes.len()));
    for _ in 0..count {
        values.push(sums.value(varint::take(bytes)?));
    }
    Some(values)
}

/// Writes values some of which may be absent: how long runs of present and absent are, in turn, then what is present.
pub(super) fn put_optional(out: &mut Vec<u8>, values: &[Option<i64>]) {
    let mut runs = Vec::new();
    for run in values.chunk_by(|one, next| one.is_some() == next.is_some()) {
        if runs.is_empty() && run.first().is_some_and(Option::is_none) {
            runs.push(0);
        }
        runs.push(i64::try_from(run.len()).unwrap_or(i64::MAX));
    }
    varint::put(out, i64::try_from(runs.len()).unwrap_or(i64::MAX));
    for run in runs {
        varint::put(out, run);
    }
    let present: Vec<i64> = values.iter().copied().flatten().collect();
    put(out, &present);
}

/// Takes `count` values some of which may be absent.
pub(super) fn take_optional(bytes: &mut &[u8], count: usize) -> Option<Vec<Option<i64>>> {
    let runs = usize::try_from(varint::take(bytes)?).ok()?;
    let mut is_present = Vec::with_capacity(count);
    for run in 0..runs {
        let length = usize::try_from(varint::take(bytes)?).ok()?;
        if length > count - is_present.len() {
            return None;
        }
        is_present.resize(is_present.len() + length, run % 2 == 0);
    }
    if is_present.len() != count {
        return None;
    }
    let mut present = take(bytes, is_present.iter().filter(|is| **is).count())?.into_iter();
    Some(is_present.into_iter().map(|is| if is { present.next() } else { None }).collect())
}

/// Differences of an order and back; they wrap, so that every value comes back.
struct Differences {
    order: u8,
    last: i64,
    slope: i64,
}

impl Differences {
    const fn new(order: u8) -> Self {
        Self { order, last: 0, slope: 0 }
    }

    /// The difference that `value` adds.
    const fn of(&mut self, value: i64) -> i64 {
        if self.order == 0 {
            return value;
        }
        let slope = value.wrapping_sub(self.last);
        let difference = if self.order == 1 { slope } else { slope.wrapping_sub(self.slope) };
        (self.last, self.slope) = (value, slope);
        difference
    }

    /// The value that `difference` leads to.
    const fn value(&mut self, difference: i64) -> i64 {
        if self.order == 0 {
            return difference;
        }
        self.slope = if self.order == 1 { difference } else { self.slope.wrapping_add(difference) };
        self.last = self.last.wrapping_add(self.slope);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_clock_takes_a_byte_a_tick() {
        let ticks: Vec<i64> = (0..1000).map(|n| 1_750_000_000 + 10 * n).collect();
        let mut bytes = Vec::new();
        put(&mut bytes, &ticks);
        assert!(bytes.len() < 1020, "{}", bytes.len());
        assert_eq!(take(&mut bytes.as_slice(), 1000), Some(ticks));
    }

    #[test]
    fn absent_values_stay_absent() {
        for values in [vec![], vec![None, None], vec![None, Some(1), Some(i64::MIN), None, Some(i64::MAX)], vec![Some(7)]] {
            let mut bytes = Vec::new();
            put_optional(&mut bytes, &values);
            assert_eq!(take_optional(&mut bytes.as_slice(), values.len()), Some(values));
        }
    }
}

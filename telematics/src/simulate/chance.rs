//! Chance that repeats itself: a small generator from a seed, and noise that is a function of time.

/// A stream of numbers from a seed (伪随机数); `SplitMix64`, which is short, fast and even enough for traffic.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream that belongs to `parts`, in this order.
    pub fn of(parts: &[u64]) -> Self {
        Self(parts.iter().fold(0x6d6f_746f_7270_6f6f, |state, part| mixed(state ^ mixed(*part))))
    }

    /// The next number, all 64 bits of it.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// From 0 up to, not including, 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64")]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From `low` up to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with that probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number below `count`; 0 when there are none.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below a usize")]
    pub fn below(&mut self, count: usize) -> usize {
        if count == 0 { 0 } else { (self.bits() % count as u64) as usize }
    }

    /// One of `choices`.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let number = self.below(choices.len());
        choices.get(number)
    }
}

/// Noise that wanders slowly, as the error of a receiver does: between about −1 and 1, a function of seed and seconds.
#[expect(clippy::cast_precision_loss, reason = "a phase needs no more than 53 bits")]
pub fn wander(seed: u64, seconds: f64) -> f64 {
    let phase = |number: u64| (mixed(seed ^ number) >> 11) as f64 / (1_u64 << 53) as f64 * std::f64::consts::TAU;
    let wave = |number: u64, period: f64| (seconds / period * std::f64::consts::TAU + phase(number)).sin();
    0.5 * wave(1, 311.0) + 0.3 * wave(2, 97.0) + 0.2 * wave(3, 31.0)
}

/// The same for each instant: white, between −1 and 1.
pub fn hiss(seed: u64, millis: i64) -> f64 {
    Chance::of(&[seed, millis.cast_unsigned()]).between(-1.0, 1.0)
}

const fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_others() {
        let draw =
            |seed| (0..8).map(|_| 0).scan(Chance::of(&[seed, 1]), |chance, _: i32| Some(chance.bits())).collect::<Vec<_>>();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn numbers_are_even() {
        let mut chance = Chance::of(&[7]);
        let mean = (0..10_000).map(|_| chance.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert!((0..1000).all(|_| chance.below(3) < 3));
    }
}

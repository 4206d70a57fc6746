//! How the search goes about it: numbers that were found by trying, each with what it is.

/// How the search goes about it (求解参数).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How hot annealing begins, as a share of what a request costs on average.
    pub hot: f64,
    /// How hot it begins where most of the plan is good as it is.
    pub warm: f64,
    /// How hot it ends.
    pub cold: f64,
    /// Requests that are taken out at once, on average.
    pub removed: usize,
    /// The longest string that is taken out of one route.
    pub longest: usize,
    /// How often a place is not looked at.
    pub blink: f64,
    /// Rounds for each car between two recombinations of the whole fleet.
    pub rounds_a_car: u64,
    /// How much of the effort is spent when the first annealing is done.
    pub annealed: f64,
    /// How much when the prices are.
    pub priced: f64,
    /// How much of the rest is spent when the plan made from them has been annealed.
    pub polished: f64,
    /// How far new prices go from the best known ones towards the master's.
    pub step: f64,
    /// Routes that are kept of a class in one round of prices.
    pub routes: usize,
    /// At most this part of the open routes is settled in a step of a dive without being sure.
    pub unsure: usize,
    /// Rounds of prices at most in each step of a dive.
    pub dive_rounds: usize,
    /// Routes that are given up at once at least when a part of the plan is planned anew.
    pub given_up: usize,
    /// How many more at most.
    pub given_up_more: usize,
    /// Steps of one solution of the master.
    pub steps: usize,
    /// How much longer the steps of the mixture are than those of the prices.
    pub weight: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hot: 0.1,
            warm: 0.02,
            cold: 0.000_3,
            removed: 10,
            longest: 10,
            blink: 0.01,
            rounds_a_car: 14,
            annealed: 0.1,
            priced: 0.6,
            polished: 0.2,
            step: 0.5,
            routes: 6,
            unsure: 16,
            dive_rounds: 2,
            given_up: 30,
            given_up_more: 90,
            steps: 1_200,
            weight: 1.0,
        }
    }
}

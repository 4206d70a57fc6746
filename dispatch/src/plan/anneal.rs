//! Ruin and recreate by annealing: worse plans are taken now and then, ever more seldom, until the effort is spent.

use telematics::simulate::chance::Chance;

use super::day::{Day, Milli};
use super::draft::{Draft, Undo};
use super::insert::Inserter;
use super::recombine::recombine;
use super::ruin::{Neighbours, ruin};
use super::settings::Settings;

/// How much of the effort is spent after so many rounds: from 0, and from 1 on it is enough. Asked every few rounds.
pub type Effort<'a> = dyn FnMut(u64) -> f64 + 'a;

/// Rounds between two looks at the effort.
const LOOK: u64 = 32;
/// Rounds at least between two recombinations.
const ROUNDS_AT_LEAST: u64 = 48;

/// The tools of a search over one day.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) day: &'a Day,
    pub(super) near: Neighbours,
    pub(super) inserter: Inserter,
    pub(super) chance: Chance,
    pub(super) undo: Undo,
    pub(super) rounds: u64,
    pub(super) settings: Settings,
}

impl<'a> Search<'a> {
    pub(super) fn new(day: &'a Day, seed: u64, settings: Settings) -> Self {
        Self {
            day,
            near: Neighbours::of(day),
            inserter: Inserter::new(day, settings.blink),
            chance: Chance::of(&[seed]),
            undo: Undo::default(),
            rounds: 0,
            settings,
        }
    }

    /// A first plan: everybody into the cheapest place, the hardest first.
    pub(super) fn construct(&mut self) -> Draft {
        let mut draft = Draft::empty(self.day);
        self.complete(&mut draft);
        draft
    }

    /// Puts whoever is absent into the cheapest place.
    pub(super) fn complete(&mut self, draft: &mut Draft) {
        self.inserter.forget();
        draft.begin(&mut self.undo);
        self.inserter.put_back(self.day, draft, &mut self.undo, &mut self.chance);
    }

    /// The best plan that is found from `draft` on while the effort lasts, beginning at `heat`.
    pub(super) fn anneal(&mut self, mut draft: Draft, heat: f64, effort: &mut Effort<'_>) -> Draft {
        self.inserter.forget();
        let mut best = draft.clone();
        let scale = per_request(self.day, &draft);
        let (mut temperature, cooling) = (scale * heat, self.settings.cold / heat);
        let every = (self.day.cars() as u64 * self.settings.rounds_a_car).max(ROUNDS_AT_LEAST);
        for round in 0_u64.. {
            if round % LOOK == 0 {
                let spent = effort(self.rounds);
                if spent >= 1.0 {
                    break;
                }
                temperature = scale * heat * cooling.powf(spent.max(0.0));
            }
            self.rounds += 1;
            if round % every == every - 1 {
                recombine(self.day, &mut draft, &mut self.undo, &mut self.chance);
            } else {
                self.try_round(&mut draft, temperature);
            }
            if draft.cost < best.cost {
                best.clone_from(&draft);
            }
        }
        best
    }

    fn try_round(&mut self, draft: &mut Draft, temperature: f64) {
        let before = draft.cost;
        draft.begin(&mut self.undo);
        ruin(self.day, &self.near, draft, &mut self.undo, &mut self.chance, &self.settings);
        self.inserter.put_back(self.day, draft, &mut self.undo, &mut self.chance);
        let slack = -(1.0 - self.chance.unit()).ln() * temperature;
        #[expect(clippy::cast_precision_loss, reason = "a difference of costs")]
        let worse = (draft.cost - before) as f64;
        if worse > slack {
            draft.restore(self.day, &mut self.undo);
        }
    }
}

/// What a request that is served costs on average.
#[expect(clippy::cast_precision_loss, reason = "a scale")]
fn per_request(day: &Day, draft: &Draft) -> f64 {
    let left: Milli = draft.absent.iter().filter_map(|request| day.stops.get(*request)).map(|stop| stop.penalty).sum();
    let served = (day.requests() - draft.absent.len()).max(1);
    ((draft.cost - left) as f64 / served as f64).max(1.0)
}

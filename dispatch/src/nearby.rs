//! The nearest cars that may go (就近派车): every car judged by every rule, each with its cost in fen, and the best of them found at once.
//!
//! A `Need` says what a trip asks of a car, a `StandingCar` what is known of one. `rule` holds what a car must keep, one file a rule:
//! all of them are always asked, so that "why not that one?" has its whole answer. `cost` says line by line what sending it costs.
//! `index` keeps the cars by place while they move and finds the cheapest `k` in rings around the place of the trip, widened
//! until nothing further out can be cheaper: what it finds is what looking at every car would find. `batch` makes of it the
//! short lists that `matching` solves. Whole numbers throughout: the same question has the same answer on every machine.
//!
//! `trip::candidate` is the older and narrower door to the same question, for the cars of one fleet on one page. It ranks by the
//! cost of this module. It goes over to it as a whole when the service keeps an index: `Candidate` becomes a `StandingCar` (with
//! shift, rest, charge and service, which the store does not hold yet), `Asked` a `Need`, and `Refusal` the rules of the same
//! codes; `Judgement::refused` is then what `index::Nearby::explain` says.

pub mod batch;
pub mod car;
pub mod case;
pub mod cost;
pub mod index;
pub mod need;
mod ring;
pub mod rule;
pub mod way;

#[cfg(test)]
mod tests;

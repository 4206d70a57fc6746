//! Running a car (运行保障) as it is stored: repairs, what falls due, cards, the ledger of costs, and the figures of cars.

pub mod card;
pub mod cost;
pub mod due;
pub mod exception;
pub mod figure;
pub mod paper;
pub mod remind;
pub mod repair;
pub mod vendor;

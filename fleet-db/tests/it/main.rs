//! The store on a real PostgreSQL with PostGIS: one database per test.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod codec;
#[cfg(test)]
mod drivers;
#[cfg(test)]
mod driving;
#[cfg(test)]
mod embedded;
#[cfg(test)]
mod exempt;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod incidents;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod mirror;
#[cfg(test)]
mod money;
#[cfg(test)]
mod motion;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod register;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod seals;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod terminals;
#[cfg(test)]
mod units;

//! The store on a real PostgreSQL with PostGIS: one database per test.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod codec;
#[cfg(test)]
mod embedded;
#[cfg(test)]
mod motion;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod register;
#[cfg(test)]
mod terminals;

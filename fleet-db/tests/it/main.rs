//! The store on a real PostgreSQL with PostGIS: one database per test.

#[cfg(test)]
mod embedded;
#[cfg(test)]
mod pool;

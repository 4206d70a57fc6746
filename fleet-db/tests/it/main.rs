//! The store on a real PostgreSQL with PostGIS: one database per test.

mod embedded;
mod pool;

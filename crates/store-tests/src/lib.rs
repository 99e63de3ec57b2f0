//! Databases for tests: a fresh SQLite folder and a fresh PostgreSQL database, so that one test body
//! runs on both. Must not know what is tested on them.

mod cluster;
mod database;
pub mod make;
mod shared;

pub use cluster::{Cluster, Stop};
pub use database::{TestDatabase, databases, postgres, sqlite, sqlite_in_memory, usual};

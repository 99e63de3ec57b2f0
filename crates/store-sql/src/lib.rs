//! Records in SQLite or PostgreSQL: one SQL text where the two agree, `dialect` where they do not.
//! Must not know who may do what.

mod audit;
mod connect;
mod dialect;
mod idempotency;
mod migrate;
mod organisation;
mod people;
mod plans;
mod rhythm;
mod rhythm_approval;
mod rhythm_comment;
mod rhythm_version;
mod transaction;
mod values;
mod view;
mod wrong;

pub use connect::{DATABASE_FILE, SqlStore};
pub use transaction::SqlTransaction;

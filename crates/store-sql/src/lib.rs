//! Records in SQLite or PostgreSQL: one SQL text where the two agree, `dialect` where they do not.
//! Must not know who may do what.

mod account;
mod audit;
mod audit_proof;
mod channel;
mod checkpoints;
mod commits;
mod concealed;
mod connect;
mod copy;
mod delivery;
mod dialect;
mod dimension;
mod elsewhere;
mod feed;
mod idempotency;
mod imports;
mod jobs;
mod listen;
mod merge;
mod migrate;
mod moments;
mod organisation;
mod people;
mod plans;
mod pools;
mod rhythm;
mod rhythm_approval;
mod rhythm_comment;
mod rhythm_version;
mod schedules;
mod seal;
mod session;
mod sign_in;
mod transaction;
mod upgrade;
mod values;
mod view;
mod wrong;

pub use connect::{DATABASE_FILE, SqlStore};
pub use copy::{restore_postgres, restore_sqlite};
pub use seal::SEAL_FILE;
pub use transaction::SqlTransaction;
pub use upgrade::{Schema, before, migrate_postgres, schema_of_postgres, schema_of_sqlite};

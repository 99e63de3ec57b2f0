//! What both kinds of databases have to do alike.

#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

mod audit;
mod audit_tampered;
mod complete;
mod copies;
mod crashes;
mod fresh;
mod hardships;
mod hardships_unmounted;
mod migrations;
mod moments;
mod notices;
mod records;
mod records_channels;
mod records_dimensions;
mod records_jobs;
mod records_rhythm;
mod records_sign_in;
mod walls;

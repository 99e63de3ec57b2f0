//! The server from outside: real requests, a real database, people of every role.

#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

mod approving;
mod assistants;
mod attacks;
mod audit;
mod browser;
mod called;
mod canaries;
mod chains;
mod charts;
mod drills;
mod edits;
mod files;
mod form;
mod frame;
mod harness;
mod heard;
mod hostile_files;
mod imports;
mod jobs;
mod logs;
mod member_files;
mod notices;
mod oidc;
mod openapi;
mod organisation;
mod outside;
mod past;
mod people;
mod plans;
mod reach;
mod remarks;
mod reviews;
mod rhythm;
mod rights;
mod schemathesis;
mod sign_in;
mod slices;
mod story;
mod tracking;
mod views;

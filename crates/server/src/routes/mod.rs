//! The routes, a file for each area.

pub mod audit;
pub mod channels;
pub mod contents;
pub mod deliveries;
pub mod explanations;
pub mod feeds;
pub mod import_events;
pub mod imports;
mod imports_wire;
pub mod jobs;
pub mod me;
pub mod me_authenticator;
pub mod oidc;
pub mod operations;
pub mod past;
pub mod plans;
pub mod previews;
pub mod sales;
pub mod scenarios;
pub mod sessions;
pub mod setup;
pub mod slices;
pub mod subscriptions;
pub mod templates;
pub mod tokens;
pub mod users;
pub mod views;

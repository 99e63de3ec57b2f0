//! What people do with plans: one function per use case. Each looks up and authorises in one act,
//! calls the domain, and keeps everything in one transaction with one audit record. Must not know
//! HTTP or SQL.

pub mod actor;
pub mod answer;
pub mod app;
pub mod audit;
pub mod authenticate;
pub mod error;
pub mod exports;
pub mod files;
pub mod following;
pub mod imports;
pub mod jobs;
pub mod notices;
pub mod operating;
pub mod operations;
pub mod organisation;
pub mod past;
pub mod people;
pub mod pictures;
pub mod plans;
pub mod reach;
pub mod reading;
pub mod remembered;
pub mod rhythm;
pub mod rights;
pub mod sales;
pub mod scenarios;
pub mod trial;
pub mod undoing;
pub mod unit;
pub mod views;
pub mod workbooks;
pub mod working;

pub use actor::{Actor, Asked, IdempotencyKey, Origin};
pub use answer::Answer;
pub use app::{App, Clock, Settings, SystemClock};
pub use error::{AppError, Kind};
pub use reach::Reach;
pub use rights::{TokenScope, Verb};
pub use unit::Unit;

//! People: signing in and out, accounts, keys, first set-up, sign-in elsewhere. Must not know cookies
//! or headers.

pub mod accounts;
pub mod checks;
pub mod elsewhere;
pub mod me;
pub mod names;
pub mod operator;
pub mod organisations;
pub mod passwords;
pub mod second;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod throttle;
pub mod tokens;

pub use settings::PeopleSettings;

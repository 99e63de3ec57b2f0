//! Who somebody is: passwords, one-time codes, sign-in elsewhere, secrets. Must not know records, HTTP
//! routes or what anybody may do.

pub mod login;
#[cfg(feature = "oidc")]
pub mod oidc;
#[cfg(feature = "oidc")]
mod oidc_http;
pub mod one_time;
pub mod password;
pub mod password_rules;
pub mod secret;

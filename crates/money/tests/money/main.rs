//! Tests of the money crate through its public face. Knows the rules and a plain definition of
//! its own; shares no arithmetic with the crate.

mod amounts;
mod bounded;
mod definition;
mod kernels;
mod properties;
mod texts;
mod worked;

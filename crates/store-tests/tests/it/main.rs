//! What both kinds of databases have to do alike.

mod audit;
mod audit_tampered;
mod copies;
mod fresh;
mod notices;

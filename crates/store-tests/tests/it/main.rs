//! What both kinds of databases have to do alike.

mod audit;
mod audit_tampered;
mod copies;
mod crashes;
mod fresh;
mod hardships;
mod migrations;
mod notices;
mod records;
mod walls;

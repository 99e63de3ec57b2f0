//! Tests of the plan by its public face: every rule a table, every promise a property.

mod calendar;
mod check;
mod decompose;
mod explain;
mod history;
mod layers;
mod levels;
mod limits;
mod log;
mod margins;
mod people;
mod properties;
mod script;
mod steps;
mod table;
mod typing;

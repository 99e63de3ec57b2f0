//! The server from outside: real requests, a real database, people of every role.

mod audit;
mod edits;
mod form;
mod frame;
mod harness;
mod imports;
mod logs;
mod openapi;
mod plans;
mod reach;
mod rights;
mod slices;
mod views;

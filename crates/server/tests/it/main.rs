//! The server from outside: real requests, a real database, people of every role.

mod frame;
mod harness;
mod openapi;
mod plans;
mod slices;
mod views;

//! The server from outside: real requests, a real database, people of every role.

mod assistants;
mod attacks;
mod audit;
mod browser;
mod drills;
mod edits;
mod form;
mod frame;
mod harness;
mod imports;
mod jobs;
mod logs;
mod oidc;
mod notices;
mod openapi;
mod outside;
mod past;
mod people;
mod plans;
mod reach;
mod rights;
mod schemathesis;
mod sign_in;
mod slices;
mod views;

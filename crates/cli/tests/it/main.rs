//! The binary as its users meet it: command lines in, output, talk and exit code out.

mod allocate;
mod bad_input;
mod bad_members;
mod calendar;
mod decompose;
mod directory;
mod edits;
mod harness;
mod help;
mod plans;
mod real;
mod rules;
mod workbook;

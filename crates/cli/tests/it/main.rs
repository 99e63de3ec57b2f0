//! The binary as its users meet it: command lines in, output, talk and exit code out.

#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

mod adjusting;
mod adjusting_closes;
mod adjusting_faults;
mod adjusting_refused;
mod agreement;
mod alerts;
mod allocate;
mod bad_input;
mod bad_members;
mod bad_table;
mod calendar;
mod cut_short;
mod decompose;
mod directory;
mod edits;
mod explain;
mod fuzzing;
mod harness;
mod help;
mod http_files;
mod import;
mod import_faults;
mod import_files;
mod import_hostile;
mod import_kept;
mod import_limits;
mod import_tried;
mod kills;
mod manual;
mod mcp;
mod operating;
mod people;
mod plans;
mod real;
mod real_story;
mod review;
mod rules;
mod served;
mod today;
mod track;
mod track_newcomer;
mod track_parts;
mod track_real;
mod workbook;

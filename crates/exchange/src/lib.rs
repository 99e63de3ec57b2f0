//! Plan files, member files, history and workbooks, in and out.

pub mod table;

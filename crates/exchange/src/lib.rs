//! Plan files, member files, history and workbooks, in and out.

pub mod alert_rules;
pub mod archive;
pub mod log;
pub mod member_table;
pub mod plan_cells;
pub mod plan_file;
pub mod progress_workbook;
pub mod review_json;
pub mod review_workbook;
pub mod table;
pub mod workbook;
pub mod write;

mod text_guard;

//! Tests of workbooks, through the public interface only.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod chain;
mod imported;
mod office;
mod patch;
mod proved;
mod refused;
mod review;
mod written;

use std::path::{Path, PathBuf};

use fenjie_exchange::workbook::{WorkbookOptions, write_workbook};
use fenjie_message::{Lang, Message};
use fenjie_plan::{Plan, example};
use tempfile::TempDir;

/// The brief's year.
fn example_plan() -> Plan {
    Plan::replay(example::definition(), &example::operations()).unwrap()
}

/// A folder of its own for one test, gone at its end.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A workbook of a plan.
    fn workbook(&self, plan: &Plan) -> PathBuf {
        let path = self.path("plan.xlsx");
        write_workbook(plan, &path, &WorkbookOptions::default()).unwrap();
        path
    }
}

/// Both texts of a message, its code, and its hints.
fn say(message: &dyn Message) -> String {
    let texts = format!("{} | {}", message.text(Lang::Zh), message.text(Lang::En));
    let mut out = format!("[{}] {texts}\n", message.code());
    if let (Some(zh), Some(en)) = (message.hint(Lang::Zh), message.hint(Lang::En)) {
        out.push_str(&format!("hint: {zh} | {en}\n"));
    }
    out
}

/// A sheet as text: a line per row, cells between bars, formulas behind their values.
fn show(path: &Path, sheet: &str) -> String {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let values = book.worksheet_range(sheet).unwrap();
    let formulas = book.worksheet_formula(sheet).unwrap();
    let (Some((_, left)), Some((bottom, right))) = (values.start(), values.end()) else {
        return String::new();
    };
    let mut out = String::new();
    for row in 0..=bottom {
        let cells = (left..=right).map(|column| {
            let value = match values.get_value((row, column)) {
                Some(Data::Empty) | None => String::new(),
                Some(value) => value.to_string(),
            };
            match formulas.get_value((row, column)) {
                Some(formula) if !formula.is_empty() => format!("{value} ={formula}"),
                _ => value,
            }
        });
        let line = cells.collect::<Vec<_>>().join(" | ");
        out.push_str(line.trim_end_matches([' ', '|']));
        out.push('\n');
    }
    out
}

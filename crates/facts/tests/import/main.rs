//! Tests of the import: files of sales become lines, or are refused with every reason.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod bad_files;
mod columns;
mod dates;
mod order;
mod properties;
mod real_files;
mod values;

use std::path::PathBuf;

use fenjie_facts::import::{ImportError, ImportOptions, Imported, Mapping, read};
use fenjie_message::{Lang, Message};
use fenjie_plan::Definition;
use tempfile::TempDir;

/// A company of two regions with four stores, two categories with products, three channels.
const PLAN: &str = r#"
plan     = "2026 年目标"
period   = "2026"
measure  = [
  { code = "sales", name = "销售额", unit = "CNY", step = "0.01" },
  { code = "units", name = "销量", unit = "件", step = "1" },
]
total    = "1200万"

[axes.org]
name    = "组织"
total   = "公司"
members = [
  { code = "E", name = "华东" }, { code = "N", name = "华北" },
  { code = "S1", name = "人民路店", parent = "E" }, { code = "S2", name = "湖滨店", parent = "E" },
  { code = "S3", name = "中关村店", parent = "N" }, { code = "S4", name = "火车站店", parent = "N" },
]
levels = ["region", "store"]

[axes.product]
name    = "产品"
members = ["家具", "电器"]

[axes.channel]
name    = "渠道"
members = ["线上", "门店直营"]

[[do]]
decompose = "org.store"
by        = "equal"
"#;

/// A folder of its own for one test, gone at its end.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn plan(text: &str) -> Definition {
    let folder = Folder::new();
    let path = folder.file("plan.toml", text);
    fenjie_exchange::plan_file::load(&path).unwrap().definition
}

fn definition() -> Definition {
    plan(PLAN)
}

/// Reads a file of these bytes.
fn import_as(
    name: &str,
    bytes: impl AsRef<[u8]>,
    mapping: &str,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    let folder = Folder::new();
    let mapping = Mapping::parse(mapping).unwrap();
    read(&folder.file(name, bytes), &definition(), &mapping, options)
}

fn import(text: &str) -> Result<Imported, ImportError> {
    import_as("销售.csv", text, "", &ImportOptions::default())
}

/// The lines as a person could check them: day, time, members, amounts, customer, id, share, row.
fn shown(imported: &Imported) -> String {
    let (lines, definition) = (&imported.lines, definition());
    let mut out = String::new();
    for line in 0..lines.dates.len() {
        let day = jiff::civil::date(1970, 1, 1)
            .checked_add(jiff::Span::new().days(lines.dates[line]))
            .unwrap();
        out += &day.to_string();
        match lines.minutes.get(line) {
            Some(-1) | None => {}
            Some(minute) => out += &format!(" {:02}:{:02}", minute / 60, minute % 60),
        }
        for members in &lines.members {
            out += &format!(" | {}", members.dictionary[members.codes[line] as usize]);
        }
        for amount in &lines.amounts {
            let measure = definition
                .measures
                .iter()
                .find(|other| other.code == amount.measure);
            let is_there = amount.present.get(line).copied().unwrap_or(true);
            let text = measure.unwrap().step.format(amount.values[line]);
            out += &format!(" | {}", if is_there { &text } else { "" });
        }
        if let Some(customers) = &lines.customers {
            out += &format!(
                " | {}",
                customers.dictionary[customers.codes[line] as usize]
            );
        }
        if let Some(ids) = &lines.external_ids {
            out += &format!(" | #{}", ids[line]);
        }
        if let Some(credit) = lines.credits.get(line) {
            out += &format!(" | {credit}");
        }
        out += &format!(" ({})\n", lines.source_rows[line]);
    }
    out
}

/// A refusal in both languages, with what helps; the rows that it names.
fn refused(result: Result<Imported, ImportError>) -> String {
    let error = match result {
        Ok(imported) => return format!("read:\n{}", shown(&imported)),
        Err(error) => error,
    };
    let mut out = String::new();
    for lang in [Lang::Zh, Lang::En] {
        if let ImportError::RowsRefused { report } = &error {
            for refusal in &report.refusals {
                out += &format!("{}\n", refusal.text(lang));
            }
        } else {
            out += &format!("{}\n", error.text(lang));
        }
        let hint = match &error {
            ImportError::RowsRefused { report } => report.refusals[0].fault.hint(lang),
            other => other.hint(lang),
        };
        if let Some(hint) = hint {
            out += &format!("  {hint}\n");
        }
    }
    out
}

/// What was noted, in Chinese.
fn notes(imported: &Imported) -> String {
    imported
        .report
        .notes
        .iter()
        .map(|note| note.text(Lang::Zh) + "\n")
        .collect()
}

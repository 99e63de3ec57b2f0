//! Tests of reading and writing files, through the public interface only.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod adjustment_words;
mod bad_tables;
mod cells;
mod hostile;
mod manual_examples;
mod operation_words;
mod plan_directories;
mod plan_file_messages;
mod plan_files;
mod real_tables;
mod tables;
mod workbooks;

use std::path::PathBuf;

use fenjie_exchange::table::{CellKind, ReadError, ReadOptions, Table, read_table};
use fenjie_message::{Lang, Message};
use tempfile::TempDir;

/// A folder of its own for one test, gone at its end.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// Reads a file made of these bytes.
fn read_bytes(
    name: &str,
    bytes: impl AsRef<[u8]>,
    options: &ReadOptions,
) -> Result<Table, ReadError> {
    let folder = Folder::new();
    read_table(&folder.file(name, bytes), options)
}

/// A table as text: a line for the header, then per row its line and its cells, marked by kind.
fn show(table: &Table) -> String {
    let names: Vec<_> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut out = format!("{}: {}\n", table.header_row, names.join(" | "));
    for row in 0..table.rows {
        let cells = (0..table.columns.len()).map(|column| {
            let cell = table.cell(row, column);
            let mark = match cell.kind {
                CellKind::Empty => "-",
                CellKind::Text => "",
                CellKind::Number => "#",
                CellKind::Date => "@",
                CellKind::DateTime => "@@",
                CellKind::Bool => "?",
            };
            format!("{mark}{}", cell.text)
        });
        let cells: Vec<_> = cells.collect();
        out.push_str(&format!("{}: {}\n", table.line(row), cells.join(" | ")));
    }
    for note in &table.notes {
        out.push_str(&format!("note: {}\n", say(note)));
    }
    out
}

/// Both texts of a message, its code, and its hints.
fn say(message: &dyn Message) -> String {
    let mut out = format!(
        "[{}] {} | {}",
        message.code(),
        message.text(Lang::Zh),
        message.text(Lang::En)
    );
    if let (Some(zh), Some(en)) = (message.hint(Lang::Zh), message.hint(Lang::En)) {
        out.push_str(&format!("\nhint: {zh} | {en}"));
    }
    out
}

/// What a read came to.
fn show_read(read: Result<Table, ReadError>) -> String {
    match read {
        Ok(table) => show(&table),
        Err(error) => format!("{}\n", say(&error)),
    }
}

/// The real data beside the checkout, or a notice and `None`.
fn shared(path: &str) -> Option<PathBuf> {
    let folder = match std::env::var_os("FENJIE_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let found = folder.join("data").join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("not run: there is no `{path}` in the shared data folder (FENJIE_SHARED)");
    None
}

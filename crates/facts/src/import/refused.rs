//! The refused rows as a file to mend and bring again: reason columns first, then the file's own.

use std::path::{Path, PathBuf};

use fenjie_exchange::table::{push_csv_field, read_rows_at};
use fenjie_message::{Lang, Message};

use super::reading::table_options;
use super::{ImportError, ImportOptions, ImportReport};

/// Where the refused rows go if nobody says: `sales.csv.refused.csv` beside the file.
pub fn refused_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or(path.as_os_str()).to_os_string();
    name.push(".refused.csv");
    path.with_file_name(name)
}

/// The refused rows as CSV: the row, column and reason, then the cells as they stand in the file. The
/// reasons stand in front so that a row with too many fields keeps all of them; an import passes
/// them over. `path` and `options` are those that the file was read with.
///
/// # Errors
/// [`ImportError::Read`] where the file cannot be read again.
pub fn write_refused(
    path: &Path,
    options: &ImportOptions,
    report: &ImportReport,
    lang: Lang,
) -> Result<String, ImportError> {
    let table_options = table_options(options);
    let (header, rows) = read_rows_at(
        path,
        &table_options,
        report.header_row,
        &report.refused_lines,
    )?;
    let mut out = String::from("\u{feff}");
    let own = match lang {
        Lang::Zh => ["拒收行号", "拒收列", "拒收原因"],
        Lang::En => ["refused row", "refused column", "refused because"],
    };
    // A file that was refused before has these columns already.
    let is_own = |name: &String| {
        [
            "拒收行号",
            "拒收列",
            "拒收原因",
            "refused row",
            "refused column",
            "refused because",
        ]
        .contains(&name.trim())
    };
    let skipped = header.iter().take_while(|name| is_own(name)).count();
    push_row(
        &mut out,
        own.into_iter()
            .chain(header.iter().skip(skipped).map(String::as_str)),
    );
    let mut refusals = report.refusals.iter().peekable();
    for row in &rows {
        let (mut columns, mut reasons) = (Vec::new(), Vec::new());
        while let Some(refusal) = refusals.next_if(|refusal| refusal.row <= row.line) {
            if refusal.row == row.line {
                columns.extend(refusal.column.clone());
                reasons.push(refusal.fault.text(lang));
            }
        }
        let (line, columns) = (row.line.to_string(), columns.join(lang.pick("、", ", ")));
        let reasons = reasons.join(lang.pick("；", "; "));
        let told = [line.as_str(), columns.as_str(), reasons.as_str()];
        let cells = row.cells.iter().skip(skipped).map(String::as_str);
        push_row(&mut out, told.into_iter().chain(cells));
    }
    Ok(out)
}

fn push_row<'c>(out: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_csv_field(out, cell);
    }
    out.push_str("\r\n");
}

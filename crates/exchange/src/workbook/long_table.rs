//! A long table of cells as a plain workbook: one sheet, texts and numbers. For who sees a part of a
//! plan only; it cannot be brought back. Must not know plans.

use std::path::Path;

use rust_xlsxwriter::{Format, Workbook};

use super::{LARGEST_AMOUNT, WorkbookError};
use crate::table::ReadError;
use crate::text_guard::without_guard;

/// The most rows that a sheet holds with its header.
pub const MOST_SHEET_ROWS: u64 = 1_048_575;

/// Makes a workbook of a table that was written as CSV, whose last `amounts` columns are amounts.
///
/// # Errors
/// [`WorkbookError`] where the file cannot be read or a sheet cannot hold it.
pub fn workbook_of_table(csv: &Path, amounts: usize) -> Result<Vec<u8>, WorkbookError> {
    let unreadable = |error: csv::Error| {
        WorkbookError::from(ReadError::FileUnreadable {
            path: csv
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            reason: error.to_string(),
        })
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(csv)
        .map_err(unreadable)?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (head, number) = (
        Format::new().set_bold(),
        Format::new().set_num_format("#,##0.00##"),
    );
    let mut record = csv::StringRecord::new();
    let mut row = 0u32;
    while reader.read_record(&mut record).map_err(unreadable)? {
        let first = record.len().saturating_sub(amounts);
        for (column, text) in record.iter().enumerate() {
            // A cell that is a text is never taken for a formula.
            let text = without_guard(text.trim_start_matches('\u{feff}'));
            let at = (row, column as u16);
            // Spreadsheet programs keep 15 digits; what has more stays a text.
            let exact = column >= first && row > 0 && digits(text) <= digits_of(LARGEST_AMOUNT);
            match text.parse::<f64>() {
                Ok(value) if exact => sheet.write_number_with_format(at.0, at.1, value, &number)?,
                _ if row == 0 => sheet.write_string_with_format(at.0, at.1, text, &head)?,
                _ => sheet.write_string(at.0, at.1, text)?,
            };
        }
        row += 1;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(book.save_to_buffer()?)
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn digits_of(count: i64) -> usize {
    digits(&count.to_string())
}

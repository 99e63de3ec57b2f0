//! A meeting's pack as a workbook: a sheet for each point of the agenda, figures as numbers, sums and
//! differences as live formulas. Knows no plan; writes what the pack says.

mod looks;
mod sheet;

use std::path::Path;

use fenjie_review::Document;
use rust_xlsxwriter::{DocProperties, Workbook};

use crate::workbook::WorkbookError;
use crate::workbook::names::SheetNames;
use crate::workbook::style::ACCENT;
use looks::Looks;

/// Writes a pack as a workbook, whole or not at all.
///
/// # Errors
/// [`WorkbookError`] where an amount has over 15 digits or the file cannot be written.
pub fn write_review(document: &Document, path: &Path) -> Result<(), WorkbookError> {
    let bytes = review_workbook(document)?;
    let mut file = crate::write::AtomicFile::create(path)?;
    std::io::Write::write_all(&mut file, &bytes).map_err(|error| {
        WorkbookError::Write(crate::write::WriteError::FileUnwritable {
            path: path.display().to_string(),
            reason: error.to_string(),
        })
    })?;
    file.commit()?;
    Ok(())
}

/// The bytes of a pack's workbook.
///
/// # Errors
/// [`WorkbookError`] where an amount has over 15 digits.
pub fn review_workbook(document: &Document) -> Result<Vec<u8>, WorkbookError> {
    let looks = Looks::new();
    let mut names = SheetNames::default();
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(&document.title)
            .set_subject(document.lines.join(" · "))
            .set_author("fenjie"),
    );
    for section in &document.sections {
        let name = names.take(&format!("{} {}", section.number, section.title));
        let page = sheet::Page {
            document,
            section,
            looks: &looks,
            name: &name,
        };
        let sheet = book.add_worksheet();
        page.write(sheet)?;
        if section.number == 1 {
            sheet.set_tab_color(ACCENT);
        }
    }
    Ok(book.save_to_buffer()?)
}

//! Where every member stands, as a workbook: actual against target with live formulas, thresholds that
//! may be changed, a sheet for each grouping. Knows no facts; writes the standings it is given.

mod figures;
mod formulas;
mod overview;
mod sheet;

use std::path::Path;

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::Plan;
use fenjie_track::{Standing, Thresholds};
use rust_xlsxwriter::{DocProperties, Workbook};

use crate::workbook::names::SheetNames;
use crate::workbook::style::Style;
use crate::workbook::{Provenance, WorkbookError};

/// The standings of a plan on a day, as they are shown.
#[derive(Clone, Debug)]
pub struct Progress<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The flow, by index.
    pub measure: usize,
    /// The day looked from.
    pub as_of: Date,
    /// From which pace on a standing is ahead.
    pub thresholds: Thresholds,
    /// The whole, one for each period (rule T3).
    pub whole: &'p [Standing],
    /// A sheet for each.
    pub groups: Vec<ProgressGroup<'p>>,
}

/// The standings of one grouping: all of them are shown, so that sums agree.
#[derive(Clone, Debug)]
pub struct ProgressGroup<'p> {
    /// A depth for each dimension.
    pub depths: &'p [usize],
    /// Members in the order of the rows, period after period.
    pub members: &'p [Standing],
    /// Lines of nobody below, or of nobody known (rule T3).
    pub others: &'p [Standing],
    /// Members shown together on one line, as they were left out.
    pub left_out: &'p [Standing],
}

/// How a workbook of standings is written.
#[derive(Clone, Debug, Default)]
pub struct ProgressOptions {
    /// The language of headers and notes.
    pub lang: Lang,
    /// The unit money is shown in; the cells always hold yuan.
    pub unit: DisplayUnit,
    /// Where the figures come from.
    pub provenance: Provenance,
    /// What is said of the sales lines: name and text.
    pub notes: Vec<(String, String)>,
}

/// Writes standings as a workbook, whole or not at all.
///
/// # Errors
/// [`WorkbookError`] where an amount has over 15 digits, a sheet would have too many rows, or the file
/// cannot be written.
pub fn write_progress(
    progress: &Progress<'_>,
    path: &Path,
    options: &ProgressOptions,
) -> Result<(), WorkbookError> {
    let bytes = progress_workbook(progress, options)?;
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

/// The bytes of the workbook.
///
/// # Errors
/// As [`write_progress`], but for the file.
pub fn progress_workbook(
    progress: &Progress<'_>,
    options: &ProgressOptions,
) -> Result<Vec<u8>, WorkbookError> {
    let style = Style::new();
    let mut names = SheetNames::default();
    let overview_name = names.take(options.lang.pick("总览", "Overview"));
    let mut book = Workbook::new();
    let title = &progress.plan.model().definition().name;
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_subject(progress.as_of.to_string())
            .set_author("fenjie")
            .set_comment(format!("{} {}", options.provenance.file, options.provenance.hash).trim()),
    );
    // The sheets are placed first, for the overview refers to their totals.
    let mut sheets = Vec::new();
    for group in &progress.groups {
        let name = names.take(&sheet::title(progress, group, options.lang));
        sheets.push(sheet::GroupSheet::of(progress, group, options, name)?);
    }
    overview::write(
        book.add_worksheet(),
        &overview_name,
        progress,
        options,
        &style,
        sheets.first(),
    )?;
    for sheet in &sheets {
        sheet.write(book.add_worksheet(), &style, &overview_name)?;
    }
    Ok(book.save_to_buffer()?)
}

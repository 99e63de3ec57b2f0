//! Puts a workbook together, sheet after sheet, and what all sheets have in common.

use fenjie_plan::Plan;
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet, XlsxError};

use super::contents::Contents;
use super::style::Style;
use super::words::period_text;
use super::{WorkbookError, WorkbookOptions, lists, machine, overview};
use crate::text_guard::needs_guard;

/// The bytes of the workbook.
pub(super) fn workbook(plan: &Plan, options: &WorkbookOptions) -> Result<Vec<u8>, WorkbookError> {
    let lang = options.lang;
    let overview_name = lang.pick("总览", "Overview");
    let mut contents = Contents::gather(plan, options, &[overview_name, machine::SHEET])?;
    for grid in &contents.grids {
        grid.check_size()?;
        if let Some((row, column)) = grid.grid.broken_total() {
            let place = grid.grid.place_text(plan, row, column);
            return Err(WorkbookError::PlanDoesNotAdd {
                sheet: grid.name.clone(),
                place,
            });
        }
    }
    let style = Style::new();
    let mut book = Workbook::new();
    book.set_properties(&properties(plan, options));
    overview::write(book.add_worksheet(), overview_name, &style, &contents)?;
    for grid in &contents.grids {
        let sheet = book.add_worksheet();
        begin(sheet, &grid.name)?;
        let measure = &plan.model().definition().measures[grid.grid.measure];
        let numbers = style.numbers(measure, grid.unit);
        grid.write(sheet, &style, &numbers, measure.step)?;
    }
    lists::write_all(&mut book, &style, &mut contents)?;
    let sheet = book.add_worksheet();
    machine::write(
        sheet,
        &style,
        plan,
        &options.provenance.hash,
        &contents.grids,
    )?;
    Ok(book.save_to_buffer()?)
}

/// The height of a row.
pub(crate) const ROW_HEIGHT: u32 = 20;

/// What every visible sheet has.
pub(crate) fn begin(sheet: &mut Worksheet, name: &str) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet
        .set_screen_gridlines(false)
        .set_default_row_height(ROW_HEIGHT)
        .set_zoom(100);
    Ok(())
}

/// More digits than this across one page cannot be read.
const WIDEST_PAGE: usize = 220;

/// Landscape A4, header rows on every page, page numbers; as many pages across as can be read.
pub(crate) fn set_up_page(
    sheet: &mut Worksheet,
    header_row: u32,
    wide: usize,
) -> Result<(), XlsxError> {
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer("&L&8&A&R&8&P / &N");
    let pages = wide.div_ceil(WIDEST_PAGE).clamp(1, 100) as u16;
    sheet.set_print_fit_to_pages(pages, 0);
    sheet.set_repeat_rows(header_row, header_row)?;
    Ok(())
}

/// Writes a text as text: never a formula, not even when somebody edits the cell later.
pub(crate) fn put_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let shortened: String;
    let text = match text.len() > 32_000 {
        true => {
            shortened = text.chars().take(10_000).chain(['…']).collect();
            &shortened
        }
        false => text,
    };
    if needs_guard(text) {
        let guarded = format.clone().set_quote_prefix();
        sheet.write_string_with_format(row, column, text, &guarded)?;
    } else {
        sheet.write_string_with_format(row, column, text, format)?;
    }
    Ok(())
}

fn properties(plan: &Plan, options: &WorkbookOptions) -> DocProperties {
    let provenance = &options.provenance;
    DocProperties::new()
        .set_title(&plan.model().definition().name)
        .set_subject(period_text(plan))
        .set_author("fenjie")
        .set_comment(format!("{} {}", provenance.file, provenance.hash).trim())
}

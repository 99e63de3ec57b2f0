//! The words on top of every sheet. Knows where they stand, no figures.

use fenjie_message::Lang;
use fenjie_plan::Plan;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::grid_sheet::LABEL_COLUMN;
use super::style::Style;
use super::writer::put_text;

/// The two lines on top of a sheet.
pub(super) struct Header {
    pub title: String,
    pub subtitle: String,
}

impl Header {
    /// Writes them over the third column, where every sheet begins to be visible.
    pub fn write(&self, sheet: &mut Worksheet, style: &Style) -> Result<(), XlsxError> {
        self.write_at(sheet, style, LABEL_COLUMN)
    }

    /// Writes them over a column.
    pub fn write_at(
        &self,
        sheet: &mut Worksheet,
        style: &Style,
        column: u16,
    ) -> Result<(), XlsxError> {
        sheet.set_row_height(0, 28)?;
        put_text(sheet, 0, column, &self.title, &style.title)?;
        put_text(sheet, 1, column, &self.subtitle, &style.subtitle)
    }
}

/// The plan's days in words: `2026-01-01 – 2026-12-31`.
pub(super) fn period_text(plan: &Plan) -> String {
    let period = plan.model().definition().period;
    format!("{} – {}", period.start, period.last())
}

/// What a planner may do with the figures of a sheet.
pub(super) fn editing_text(lang: Lang, editable: bool) -> &'static str {
    match editable {
        true => lang.pick(
            "蓝色数字可改，黑色合计由公式算出；改后用 fenjie import-plan 读回",
            "blue figures may be changed, black totals are formulas; fenjie import-plan reads them back",
        ),
        false => lang.pick("由日历算出，只供查看", "computed by the calendar, for reading only"),
    }
}

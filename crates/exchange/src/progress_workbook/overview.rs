//! The first sheet: the whole in each period, referring to the sheets behind, the thresholds that may be
//! changed, and where the figures come from.

use fenjie_message::Lang;
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::figures::{Looks, Value, heading, value};
use super::formulas::Figure;
use super::sheet::GroupSheet;
use super::{Progress, ProgressOptions};
use crate::workbook::WorkbookError;
use crate::workbook::names::width;
use crate::workbook::style::{ACCENT, Role, Style};
use crate::workbook::writer::{begin, put_text, set_up_page};

const LABEL: u16 = 1;
const FIRST: u16 = 2;
/// The rows of the thresholds, 0-based, and their cells.
const AHEAD_ROW: u32 = 4;
const FAR_ROW: u32 = 5;
pub(super) const AHEAD_CELL: &str = "$C$5";
pub(super) const FAR_CELL: &str = "$C$6";
const PERIODS_ROW: u32 = 8;

/// The figures of a period that are shown first.
const SHOWN: [Figure; 12] = [
    Figure::Base,
    Figure::Carried,
    Figure::Target,
    Figure::Actual,
    Figure::Attainment,
    Figure::Elapsed,
    Figure::Pace,
    Figure::Expected,
    Figure::GapToDate,
    Figure::Gap,
    Figure::Projection,
    Figure::Status,
];

/// Writes the overview; its figures refer to the first grouping's totals.
pub(super) fn write(
    sheet: &mut Worksheet,
    name: &str,
    progress: &Progress<'_>,
    options: &ProgressOptions,
    style: &Style,
    first: Option<&GroupSheet<'_>>,
) -> Result<(), WorkbookError> {
    begin(sheet, name)?;
    sheet.set_tab_color(ACCENT);
    let plan = progress.plan;
    let definition = plan.model().definition();
    let measure = &definition.measures[progress.measure];
    let lang = options.lang;
    sheet.set_row_height(0, 28)?;
    put_text(sheet, 0, LABEL, &definition.name, &style.title)?;
    let unit = crate::workbook::style::unit_text(measure, options.unit, lang);
    let subtitle = match lang {
        Lang::Zh => format!(
            "{} · 截至 {} · {unit} · 数字与各表相连",
            measure.name, progress.as_of
        ),
        Lang::En => format!(
            "{} · as of {} · {unit} · figures follow the other sheets",
            measure.name, progress.as_of
        ),
    };
    put_text(sheet, 1, LABEL, &subtitle, &style.subtitle)?;
    thresholds(sheet, progress, options, style)?;
    let row = periods(sheet, progress, options, style, first)?;
    notes(sheet, options, style, row + 1)?;
    sheet.set_column_width(0, 2)?;
    let labels = progress.whole.iter().map(|whole| {
        width(
            plan.model()
                .axes()
                .last()
                .map_or("", |time| time.label(whole.period, lang)),
        )
    });
    let notes = options.notes.iter().map(|(name, _)| width(name));
    let wide = labels.chain(notes).chain([22]).max().unwrap_or(22);
    sheet.set_column_width(LABEL, (wide + 3).min(44) as f64)?;
    for column in FIRST..FIRST + SHOWN.len() as u16 {
        sheet.set_column_width(column, 16)?;
    }
    set_up_page(sheet, 0, SHOWN.len() * 16)?;
    sheet.set_print_fit_to_pages(1, 1);
    Ok(())
}

/// From which pace on the status is what; the other sheets' formulas read these two cells.
fn thresholds(
    sheet: &mut Worksheet,
    progress: &Progress<'_>,
    options: &ProgressOptions,
    style: &Style,
) -> Result<(), XlsxError> {
    let lang = options.lang;
    let title = lang.pick(
        "状态的界线（可改，各表跟着变）",
        "thresholds of the status (may be changed)",
    );
    put_text(sheet, AHEAD_ROW - 1, LABEL, title, &style.section)?;
    let measure = &progress.plan.model().definition().measures[progress.measure];
    let leaf = style
        .numbers(measure, options.unit)
        .of(Role::Leaf)
        .clone()
        .set_num_format("+0.0%;-0.0%;0.0%");
    let limits = &progress.thresholds;
    for (row, text, limit) in [
        (
            AHEAD_ROW,
            lang.pick("▲ 领先：进度差不小于", "▲ ahead: pace at least"),
            limits.ahead,
        ),
        (
            FAR_ROW,
            lang.pick("▼ 落后：进度差小于", "▼ behind: pace below"),
            limits.far_behind,
        ),
    ] {
        put_text(sheet, row, LABEL, text, &style.text)?;
        let number = limit.above() as f64 / limit.below() as f64;
        sheet.write_number_with_format(row, FIRST, number, &leaf)?;
    }
    Ok(())
}

/// The whole, a row for each period; gives the row after it.
fn periods(
    sheet: &mut Worksheet,
    progress: &Progress<'_>,
    options: &ProgressOptions,
    style: &Style,
    first: Option<&GroupSheet<'_>>,
) -> Result<u32, WorkbookError> {
    let lang = options.lang;
    let plan = progress.plan;
    let measure = &plan.model().definition().measures[progress.measure];
    let looks = Looks::of(style, measure, options.unit);
    put_text(
        sheet,
        PERIODS_ROW - 1,
        LABEL,
        lang.pick("整体", "the whole"),
        &style.section,
    )?;
    put_text(
        sheet,
        PERIODS_ROW,
        LABEL,
        lang.pick("期间", "period"),
        &style.list_header,
    )?;
    for (at, figure) in SHOWN.iter().enumerate() {
        let format = match figure {
            Figure::Status => &style.list_header,
            _ => &style.header_number,
        };
        put_text(
            sheet,
            PERIODS_ROW,
            FIRST + at as u16,
            heading(*figure, lang),
            format,
        )?;
    }
    let time = plan.model().axes().last().expect("time is always there");
    for (at, whole) in progress.whole.iter().enumerate() {
        let row = PERIODS_ROW + 1 + at as u32;
        put_text(
            sheet,
            row,
            LABEL,
            time.label(whole.period, lang),
            style.label(1, Role::Read),
        )?;
        for (at, figure) in SHOWN.iter().enumerate() {
            let shown = value(whole, *figure, measure.step, lang);
            let too_large = || WorkbookError::AmountTooLarge {
                sheet: heading(*figure, lang).to_owned(),
                place: time.label(whole.period, lang).to_owned(),
                amount: measure.name.clone(),
            };
            let result = match shown.ok_or_else(too_large)? {
                Value::Number(number) => number.to_string(),
                Value::Text(text) => text,
                Value::Nothing => String::new(),
            };
            let column = FIRST + at as u16;
            let format = looks.of_figure(*figure, false, true);
            match first.and_then(|sheet| sheet.total_cell(whole.period, *figure)) {
                Some(cell) => {
                    let formula = Formula::new(cell).set_result(result);
                    sheet.write_formula_with_format(row, column, formula, format)?;
                }
                None => {
                    sheet.write_blank(row, column, format)?;
                }
            }
        }
    }
    Ok(PERIODS_ROW + 1 + progress.whole.len() as u32)
}

/// What is said of the sales lines, and where the figures come from.
fn notes(
    sheet: &mut Worksheet,
    options: &ProgressOptions,
    style: &Style,
    mut row: u32,
) -> Result<(), XlsxError> {
    let lang = options.lang;
    put_text(
        sheet,
        row,
        LABEL,
        lang.pick("数据", "sources"),
        &style.section,
    )?;
    row += 1;
    let provenance = &options.provenance;
    let own = [
        (
            lang.pick("方案", "plan").to_owned(),
            provenance.file.clone(),
        ),
        (
            lang.pick("内容哈希", "content hash").to_owned(),
            provenance.hash.clone(),
        ),
        (
            lang.pick("生成时间", "made at").to_owned(),
            provenance.made_at.clone(),
        ),
    ];
    for (name, text) in options
        .notes
        .iter()
        .chain(&own)
        .filter(|(_, text)| !text.is_empty())
    {
        put_text(sheet, row, LABEL, name, &style.text)?;
        put_text(sheet, row, FIRST, text, &style.subtitle)?;
        row += 1;
    }
    Ok(())
}

//! One grouping on a sheet: a block of rows for each period with its total, live formulas, bars and
//! colours. Knows where its cells stand.

use fenjie_message::Lang;
use fenjie_money::Step;
use fenjie_track::{Line, Standing, Status, UNASSIGNED};
use rust_xlsxwriter::{
    Color, ConditionalFormatDataBar, ConditionalFormatText, ConditionalFormatTextRule,
    ConditionalFormatType, Format, Formula, Worksheet, XlsxError,
};

use super::figures::{Looks, Value, heading, value};
use super::formulas::{Figure, RowCells, ThresholdCells, letters};
use super::overview::{AHEAD_CELL, FAR_CELL};
use super::{Progress, ProgressGroup, ProgressOptions};
use crate::workbook::names::{quoted, width};
use crate::workbook::style::{BAR, Role, Style};
use crate::workbook::writer::{begin, put_text, set_up_page};
use crate::workbook::{SheetLimit, WorkbookError};

const HEADER_ROW: u32 = 3;
const RANK_COLUMN: u16 = 1;
/// Rows a sheet has.
const MOST_ROWS: usize = 1_048_576;

/// A row on its way to the sheet.
struct Row<'p> {
    standing: Option<&'p Standing>,
    /// Sums of the members left out: base, carried, actual, expected.
    together: Option<Together>,
    labels: Vec<String>,
    is_total: bool,
    /// For a total the 0-based rows it adds up.
    parts: (u32, u32),
}

/// What members that are not listed come to, in steps.
#[derive(Clone, Copy, Default)]
struct Together {
    base: i64,
    carried: i64,
    target: i64,
    actual: i64,
    expected: i64,
}

/// One grouping, placed.
pub(super) struct GroupSheet<'p> {
    /// The sheet's name.
    pub name: String,
    progress: &'p Progress<'p>,
    options: &'p ProgressOptions,
    headers: Vec<String>,
    rows: Vec<Row<'p>>,
    has_rank: bool,
}

/// The grouping in words: `地区 × 类别`, or the whole.
pub(super) fn title(progress: &Progress<'_>, group: &ProgressGroup<'_>, lang: Lang) -> String {
    let axes = progress.plan.model().axes();
    let named = group
        .depths
        .iter()
        .enumerate()
        .filter(|(_, depth)| **depth > 0);
    let names: Vec<&str> = named.map(|(axis, _)| axes[axis].name.as_str()).collect();
    match names.is_empty() {
        true => lang.pick("合计", "Total").to_owned(),
        false => names.join("×"),
    }
}

impl<'p> GroupSheet<'p> {
    /// Places the rows of a grouping.
    ///
    /// # Errors
    /// More rows than a sheet has.
    pub fn of(
        progress: &'p Progress<'p>,
        group: &'p ProgressGroup<'p>,
        options: &'p ProgressOptions,
        name: String,
    ) -> Result<GroupSheet<'p>, WorkbookError> {
        let lang = options.lang;
        let axes = progress.plan.model().axes();
        let named: Vec<usize> = (0..axes.len() - 1)
            .filter(|axis| group.depths[*axis] > 0)
            .collect();
        let mut headers: Vec<String> = named.iter().map(|axis| axes[*axis].name.clone()).collect();
        headers.push(lang.pick("期间", "period").to_owned());
        let mut sheet = GroupSheet {
            name,
            progress,
            options,
            headers,
            rows: Vec::new(),
            has_rank: !named.is_empty() && group.left_out.is_empty(),
        };
        for whole in progress.whole {
            sheet.block(group, &named, whole);
        }
        let needed = sheet.rows.len() + HEADER_ROW as usize + 1;
        if needed > MOST_ROWS {
            let (sheet, limit) = (sheet.name, SheetLimit::Rows);
            return Err(WorkbookError::SheetFull {
                sheet,
                limit,
                needed,
            });
        }
        Ok(sheet)
    }

    /// The rows of one period.
    fn block(&mut self, group: &'p ProgressGroup<'p>, named: &[usize], whole: &'p Standing) {
        let lang = self.options.lang;
        let axes = self.progress.plan.model().axes();
        let period = axes[axes.len() - 1].label(whole.period, lang).to_owned();
        let first = self.rows.len() as u32;
        let in_period = |standing: &&Standing| standing.period == whole.period;
        let row = |labels: Vec<String>| Row {
            standing: None,
            together: None,
            labels,
            is_total: false,
            parts: (0, 0),
        };
        for standing in group.members.iter().filter(in_period) {
            let names = named
                .iter()
                .map(|axis| axes[*axis].label(standing.members[*axis], lang).to_owned());
            let labels = names.chain([period.clone()]).collect();
            self.rows.push(Row {
                standing: Some(standing),
                ..row(labels)
            });
        }
        let plain = |text: &str| {
            let mut labels = vec![String::new(); named.len() + 1];
            labels[0] = text.to_owned();
            labels[named.len()] = period.clone();
            labels
        };
        let left_out: Vec<&Standing> = group.left_out.iter().filter(in_period).collect();
        if !left_out.is_empty() {
            let text = match lang {
                Lang::Zh => format!("其余 {} 行", left_out.len()),
                Lang::En => format!("{} more", left_out.len()),
            };
            let together = left_out
                .iter()
                .fold(Together::default(), |sum, one| Together {
                    base: sum.base + one.base,
                    carried: sum.carried + one.carried,
                    target: sum.target + one.target,
                    actual: sum.actual + one.actual,
                    expected: sum.expected + one.expected,
                });
            self.rows.push(Row {
                together: Some(together),
                ..row(plain(&text))
            });
        }
        if named.is_empty() {
            return;
        }
        for other in group.others.iter().filter(in_period) {
            self.rows.push(Row {
                standing: Some(other),
                ..row(plain(&other_text(self.progress, other, named, lang)))
            });
        }
        let parts = (first, self.rows.len() as u32);
        self.rows.push(Row {
            standing: Some(whole),
            is_total: true,
            parts,
            ..row(plain(lang.pick("合计", "total")))
        });
    }

    /// The cell of a figure of a period's total, sheet included, and the value it holds.
    pub fn total_cell(&self, period: u32, figure: Figure) -> Option<String> {
        let is_total = |row: &Row<'_>| row.is_total || self.headers.len() == 1;
        let found =
            |row: &Row<'_>| is_total(row) && row.standing.is_some_and(|one| one.period == period);
        let at = self.rows.iter().position(found)?;
        let cells = self.cells(at);
        Some(format!("{}!{}", quoted(&self.name), cells.cell(figure)))
    }

    fn step(&self) -> Step {
        self.progress.plan.step(self.progress.measure)
    }

    fn first_figure(&self) -> u16 {
        RANK_COLUMN + 1 + self.headers.len() as u16
    }

    fn cells(&self, at: usize) -> RowCells {
        RowCells {
            row: HEADER_ROW + 2 + at as u32,
            first: self.first_figure(),
            decimals: self.step().decimals(),
        }
    }

    /// Writes the sheet.
    pub fn write(
        &self,
        sheet: &mut Worksheet,
        style: &Style,
        overview: &str,
    ) -> Result<(), WorkbookError> {
        begin(sheet, &self.name)?;
        let plan = self.progress.plan;
        let measure = &plan.model().definition().measures[self.progress.measure];
        let looks = Looks::of(style, measure, self.options.unit);
        let (name, lang) = (&plan.model().definition().name, self.options.lang);
        let unit = crate::workbook::style::unit_text(measure, self.options.unit, lang);
        let subtitle = match lang {
            Lang::Zh => format!("{} · 截至 {} · {unit}", measure.name, self.progress.as_of),
            Lang::En => format!("{} · as of {} · {unit}", measure.name, self.progress.as_of),
        };
        sheet.set_row_height(0, 28)?;
        put_text(
            sheet,
            0,
            RANK_COLUMN,
            &format!("{name} · {}", self.name),
            &style.title,
        )?;
        put_text(sheet, 1, RANK_COLUMN, &subtitle, &style.subtitle)?;
        self.write_headers(sheet, style)?;
        let limits = ThresholdCells {
            ahead: format!("{}!{AHEAD_CELL}", quoted(overview)),
            far_behind: format!("{}!{FAR_CELL}", quoted(overview)),
        };
        for at in 0..self.rows.len() {
            self.write_row(sheet, (style, &looks), &limits, at)?;
        }
        self.finish(sheet)?;
        Ok(())
    }

    fn write_headers(&self, sheet: &mut Worksheet, style: &Style) -> Result<(), XlsxError> {
        sheet.set_row_height(HEADER_ROW, 22)?;
        sheet.set_column_width(0, 2)?;
        put_text(sheet, HEADER_ROW, RANK_COLUMN, "#", &style.header_number)?;
        sheet.set_column_width(RANK_COLUMN, 5)?;
        for (at, header) in self.headers.iter().enumerate() {
            let column = RANK_COLUMN + 1 + at as u16;
            put_text(sheet, HEADER_ROW, column, header, &style.list_header)?;
            let cells = self.rows.iter().map(|row| width(&row.labels[at]));
            let wide = cells.chain([width(header)]).max().unwrap_or(0) + 3;
            sheet.set_column_width(column, wide.clamp(9, 40) as f64)?;
        }
        for (at, figure) in Figure::ALL.iter().enumerate() {
            let text = heading(*figure, self.options.lang);
            let format = match figure {
                Figure::Status => &style.list_header,
                _ => &style.header_number,
            };
            let column = self.first_figure() + at as u16;
            put_text(sheet, HEADER_ROW, column, text, format)?;
            let least = match figure {
                Figure::Attainment | Figure::Elapsed | Figure::Pace => 10,
                _ => 14,
            };
            sheet.set_column_width(column, (width(text) + 3).max(least) as f64)?;
        }
        Ok(())
    }

    fn write_row(
        &self,
        sheet: &mut Worksheet,
        (style, looks): (&Style, &Looks),
        limits: &ThresholdCells,
        at: usize,
    ) -> Result<(), WorkbookError> {
        let row = &self.rows[at];
        let to = HEADER_ROW + 1 + at as u32;
        let role = if row.is_total { Role::Root } else { Role::Read };
        for (column, label) in row.labels.iter().enumerate() {
            let column = RANK_COLUMN + 1 + column as u16;
            put_text(sheet, to, column, label, style.label(1, role))?;
        }
        self.write_rank(sheet, style, at)?;
        for (index, figure) in Figure::ALL.iter().enumerate() {
            let column = self.first_figure() + index as u16;
            let Some((value, formula)) = self.content(row, at, *figure, limits)? else {
                let format = looks.of_figure(*figure, row.is_total, true);
                sheet.write_blank(to, column, format)?;
                continue;
            };
            let format = looks.of_figure(*figure, row.is_total, formula.is_some());
            write_cell(sheet, (to, column), value, formula, format)?;
        }
        Ok(())
    }

    /// What a cell holds: a value, and the formula it is the result of.
    fn content(
        &self,
        row: &Row<'_>,
        at: usize,
        figure: Figure,
        limits: &ThresholdCells,
    ) -> Result<Option<(Value, Option<String>)>, WorkbookError> {
        let lang = self.options.lang;
        let words = |status: Status| status.text(lang);
        let too_large = || WorkbookError::AmountTooLarge {
            sheet: self.name.clone(),
            place: row.labels.join(" × "),
            amount: heading(figure, lang).to_owned(),
        };
        if let Some(together) = row.together {
            let standing = together_as(together, self.progress.whole);
            let is_shown = figure.is_summed()
                || matches!(figure, Figure::Target | Figure::Gap | Figure::GapToDate);
            if !is_shown {
                return Ok(None);
            }
            let value = value(&standing, figure, self.step(), lang).ok_or_else(too_large)?;
            let formula = self.cells(at).formula(figure, &standing, limits, &words);
            return Ok(Some((value, formula)));
        }
        let standing = row.standing.expect("a row stands for something");
        if standing.line != Line::Member && figure != Figure::Actual {
            return Ok(None);
        }
        let value = value(standing, figure, self.step(), lang).ok_or_else(too_large)?;
        let formula = match row.is_total && figure.is_summed() {
            true => {
                let column = letters(self.first_figure(), figure);
                let (from, to) = (HEADER_ROW + 2 + row.parts.0, HEADER_ROW + 1 + row.parts.1);
                Some(format!("SUM({column}{from}:{column}{to})"))
            }
            false => self.cells(at).formula(figure, standing, limits, &words),
        };
        match (&value, &formula) {
            (Value::Nothing, None) => Ok(None),
            _ => Ok(Some((value, formula))),
        }
    }

    fn write_rank(&self, sheet: &mut Worksheet, style: &Style, at: usize) -> Result<(), XlsxError> {
        let row = &self.rows[at];
        let to = HEADER_ROW + 1 + at as u32;
        let role = if row.is_total { Role::Root } else { Role::Read };
        let format = style.count(role);
        let rank = row
            .standing
            .and_then(|standing| standing.rank)
            .filter(|_| !row.is_total);
        let Some(rank) = rank else {
            sheet.write_blank(to, RANK_COLUMN, format)?;
            return Ok(());
        };
        if !self.has_rank {
            sheet.write_number_with_format(to, RANK_COLUMN, rank, format)?;
            return Ok(());
        }
        let block = self
            .rows
            .iter()
            .find(|row| row.is_total && row.parts.0 as usize <= at && at < row.parts.1 as usize);
        let (from, until) = block.map_or((at as u32, at as u32 + 1), |total| total.parts);
        let column = letters(self.first_figure(), Figure::Attainment);
        let (from, until) = (HEADER_ROW + 2 + from, HEADER_ROW + 1 + until);
        let own = self.cells(at).cell(Figure::Attainment);
        let formula = format!("IF({own}=\"\",\"\",RANK({own},${column}${from}:${column}${until}))");
        let formula = Formula::new(formula).set_result(rank.to_string());
        sheet.write_formula_with_format(to, RANK_COLUMN, formula, format)?;
        Ok(())
    }

    /// Outline, bars, colours of the status, panes, page.
    fn finish(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let top = HEADER_ROW + 1;
        let last = top + (self.rows.len() as u32).max(1) - 1;
        for total in self.rows.iter().filter(|row| row.is_total) {
            if total.parts.1 > total.parts.0 {
                sheet.group_rows(top + total.parts.0, top + total.parts.1 - 1)?;
            }
        }
        let column = |figure: Figure| {
            let at = Figure::ALL
                .iter()
                .position(|known| *known == figure)
                .expect("a column");
            self.first_figure() + at as u16
        };
        let attained = column(Figure::Attainment);
        let bar = ConditionalFormatDataBar::new()
            .set_fill_color(BAR)
            .set_solid_fill(true)
            .set_minimum(ConditionalFormatType::Number, 0)
            .set_maximum(ConditionalFormatType::Number, 1);
        sheet.add_conditional_format(top, attained, last, attained, &bar)?;
        let status = column(Figure::Status);
        for (shape, colour) in [
            ("▲", 0x0b6b3a),
            ("●", 0x0b6b3a),
            ("◆", 0x8a5a00),
            ("▼", 0xb3261e),
            ("×", 0xb3261e),
        ] {
            let rule = ConditionalFormatText::new()
                .set_rule(ConditionalFormatTextRule::BeginsWith(shape.to_owned()))
                .set_format(Format::new().set_font_color(Color::RGB(colour)));
            sheet.add_conditional_format(top, status, last, status, &rule)?;
        }
        sheet.set_freeze_panes(top, self.first_figure())?;
        let wide = Figure::ALL.len() * 14 + self.headers.len() * 16;
        set_up_page(sheet, HEADER_ROW, wide)?;
        sheet.set_print_fit_to_pages(1, 0);
        Ok(())
    }
}

/// Members that are not listed, as if they were one.
fn together_as(together: Together, whole: &[Standing]) -> Standing {
    let like = whole.first().expect("there is a period");
    let target = together.target;
    Standing {
        base: together.base,
        carried: together.carried,
        working: together.base + together.carried,
        target,
        actual: together.actual,
        expected: together.expected,
        gap: target - together.actual,
        gap_to_date: together.expected - together.actual,
        ..like.clone()
    }
}

/// What stands where nobody below, or nobody known, sold it.
fn other_text(progress: &Progress<'_>, other: &Standing, named: &[usize], lang: Lang) -> String {
    if other.line == Line::Unassigned {
        return lang.pick("未归属", "unassigned").to_owned();
    }
    let axes = progress.plan.model().axes();
    let known = named
        .iter()
        .filter(|axis| !matches!(other.members[**axis], 0 | UNASSIGNED));
    let names: Vec<&str> = known
        .map(|axis| axes[*axis].label(other.members[*axis], lang))
        .collect();
    let none = lang.pick("（未到下级）", "(none below)");
    format!("{} {none}", names.join(" · ")).trim().to_owned()
}

/// Writes a value, or the formula whose result it is.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: Value,
    formula: Option<String>,
    format: &Format,
) -> Result<(), XlsxError> {
    match (formula, value) {
        (Some(formula), value) => {
            let result = match value {
                Value::Number(number) => number.to_string(),
                Value::Text(text) => text,
                Value::Nothing => String::new(),
            };
            let formula = Formula::new(formula).set_result(result);
            sheet.write_formula_with_format(row, column, formula, format)?;
        }
        (None, Value::Number(number)) => {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        (None, Value::Text(text)) => put_text(sheet, row, column, &text, format)?,
        (None, Value::Nothing) => {
            sheet.write_blank(row, column, format)?;
        }
    }
    Ok(())
}

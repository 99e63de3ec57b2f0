//! The first sheet: totals, regions, layers, months with a chart, and how much is held or warned of.
//! Its figures refer to the other sheets, so a change there shows here.

use fenjie_message::{Lang, Message};
use fenjie_plan::MeasureRole;
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::WorkbookError;
use super::contents::Contents;
use super::grid_sheet::{GridSheet, exact_number};
use super::names::{quoted, width};
use super::overview_chart::Months;
use super::style::{ACCENT, NumberFormats, Role, Style, unit_text};
use super::words::{Header, period_text};
use super::writer::{begin, put_text, set_up_page};

const LABEL: u16 = 1;
const UNIT: u16 = 2;
const TOTAL: u16 = 3;
/// More periods, members or warnings than this are not listed.
const MOST_PERIODS: usize = 6;
const MOST_MEMBERS: usize = 30;
const MOST_MONTHS: usize = 36;
const MOST_FINDINGS: usize = 12;
/// A warning is cut at this width.
const LONGEST_FINDING: usize = 120;

/// The overview being written.
struct Overview<'c> {
    sheet: &'c mut Worksheet,
    name: &'c str,
    style: &'c Style,
    contents: &'c Contents<'c>,
    row: u32,
    widest: usize,
    columns: u16,
}

/// Writes the overview.
pub(super) fn write(
    sheet: &mut Worksheet,
    name: &str,
    style: &Style,
    contents: &Contents<'_>,
) -> Result<(), WorkbookError> {
    begin(sheet, name)?;
    sheet.set_tab_color(ACCENT);
    let plan = contents.plan;
    let lang = contents.options.lang;
    let subtitle = match lang {
        Lang::Zh => format!("{} · 数字与各表相连，改动即时汇总", period_text(plan)),
        Lang::En => format!("{} · figures follow the other sheets", period_text(plan)),
    };
    let header = Header {
        title: plan.model().definition().name.clone(),
        subtitle,
    };
    header.write_at(sheet, style, LABEL)?;
    let mut overview = Overview {
        sheet,
        name,
        style,
        contents,
        row: 3,
        widest: 12,
        columns: TOTAL + 1,
    };
    overview.measures()?;
    overview.members()?;
    overview.layers()?;
    overview.months()?;
    overview.state()?;
    let (widest, columns) = (overview.widest, overview.columns);
    sheet.set_column_width(0, 2)?;
    sheet.set_column_width(LABEL, (widest + 3).clamp(14, 40) as f64)?;
    sheet.set_column_width(UNIT, 11)?;
    for column in TOTAL..columns.max(TOTAL + 5) {
        sheet.set_column_width(column, 17)?;
    }
    set_up_page(sheet, 0, usize::from(columns))?;
    sheet.set_print_fit_to_pages(1, 1);
    Ok(())
}

impl<'c> Overview<'c> {
    fn lang(&self) -> Lang {
        self.contents.options.lang
    }

    fn section(&mut self, zh: &str, en: &str) -> Result<(), XlsxError> {
        let text = self.lang().pick(zh, en);
        put_text(self.sheet, self.row, LABEL, text, &self.style.section)?;
        self.row += 1;
        Ok(())
    }

    fn headers(&mut self, headers: &[&str]) -> Result<(), XlsxError> {
        for (at, header) in headers.iter().enumerate() {
            let format = if at < 1 {
                &self.style.header
            } else {
                &self.style.header_number
            };
            put_text(self.sheet, self.row, LABEL + at as u16, header, format)?;
        }
        self.columns = self.columns.max(LABEL + headers.len() as u16);
        self.row += 1;
        Ok(())
    }

    fn label(&mut self, text: &str, role: Role) -> Result<(), XlsxError> {
        self.widest = self.widest.max(width(text));
        put_text(self.sheet, self.row, LABEL, text, self.style.label(0, role))
    }

    fn numbers(&self, measure: usize) -> NumberFormats {
        let measure = &self.contents.plan.model().definition().measures[measure];
        self.style.numbers(measure, self.contents.options.unit)
    }

    /// A cell that shows a cell of another sheet.
    fn refer(
        &mut self,
        column: u16,
        from: &GridSheet,
        cell: (usize, usize),
        role: Role,
    ) -> Result<(), XlsxError> {
        let step = self.contents.plan.step(from.grid.measure);
        let formula = format!("{}!{}", quoted(&from.name), from.cell(cell.0, cell.1));
        let value = step.format(from.grid.value(cell.0, cell.1));
        let formats = self.numbers(from.grid.measure);
        let formula = Formula::new(formula).set_result(value);
        self.sheet
            .write_formula_with_format(self.row, column, formula, formats.of(role))?;
        Ok(())
    }

    /// The first sheet of each flow.
    fn grid_of(&self, measure: usize) -> Option<&'c GridSheet> {
        self.contents
            .grids
            .iter()
            .find(|grid| grid.grid.measure == measure)
    }

    fn main_grid(&self) -> Option<&'c GridSheet> {
        self.contents
            .flows(MeasureRole::Target)
            .first()
            .and_then(|main| self.grid_of(*main))
    }

    /// The grid columns one below the whole period: quarters.
    fn upper_periods(&self, grid: &GridSheet) -> Vec<usize> {
        let columns = &grid.grid.columns;
        let upper: Vec<usize> = (1..columns.len())
            .filter(|at| columns[*at].depth == 1)
            .collect();
        if upper.len() > MOST_PERIODS {
            Vec::new()
        } else {
            upper
        }
    }

    fn measures(&mut self) -> Result<(), XlsxError> {
        let lang = self.lang();
        let mut flows = self.contents.flows(MeasureRole::Target);
        flows.extend(self.contents.flows(MeasureRole::Expense));
        let Some(first) = flows.first().and_then(|flow| self.grid_of(*flow)) else {
            return Ok(());
        };
        self.section("指标", "Measures")?;
        let periods = self.upper_periods(first);
        let mut headers = vec![
            lang.pick("指标", "Measure"),
            lang.pick("单位", "Unit"),
            lang.pick("合计", "Total"),
        ];
        headers.extend(
            periods
                .iter()
                .map(|at| first.grid.columns[*at].label.as_str()),
        );
        self.headers(&headers)?;
        for flow in flows {
            let Some(grid) = self.grid_of(flow) else {
                continue;
            };
            let measure = &self.contents.plan.model().definition().measures[flow];
            self.label(&measure.name, Role::Total)?;
            let unit = unit_text(measure, self.contents.options.unit, lang);
            put_text(self.sheet, self.row, UNIT, &unit, &self.style.plain_number)?;
            self.refer(TOTAL, grid, (0, 0), Role::Root)?;
            for (at, column) in self.upper_periods(grid).into_iter().enumerate() {
                self.refer(TOTAL + 1 + at as u16, grid, (0, column), Role::Total)?;
            }
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    fn members(&mut self) -> Result<(), XlsxError> {
        let lang = self.lang();
        let Some(grid) = self.main_grid() else {
            return Ok(());
        };
        let rows = &grid.grid.rows;
        let upper: Vec<usize> = (1..rows.len())
            .filter(|row| rows[*row].depth == 1)
            .collect();
        if upper.is_empty() || upper.len() > MOST_MEMBERS {
            return Ok(());
        }
        let corner = grid.corner.clone();
        self.section(&corner, &corner)?;
        let periods = self.upper_periods(grid);
        let mut headers = vec![
            corner.as_str(),
            lang.pick("占比", "Share"),
            lang.pick("合计", "Total"),
        ];
        headers.extend(
            periods
                .iter()
                .map(|at| grid.grid.columns[*at].label.as_str()),
        );
        self.headers(&headers)?;
        for row in upper {
            self.label(&rows[row].label, Role::Leaf)?;
            let share_cell = (grid.grid.value(row, 0), grid.grid.value(0, 0));
            self.share(grid, row, share_cell)?;
            self.refer(TOTAL, grid, (row, 0), Role::Total)?;
            for (at, column) in periods.iter().enumerate() {
                self.refer(TOTAL + 1 + at as u16, grid, (row, *column), Role::Total)?;
            }
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    fn share(
        &mut self,
        grid: &GridSheet,
        row: usize,
        (part, whole): (i64, i64),
    ) -> Result<(), XlsxError> {
        let share = if whole == 0 {
            0.0
        } else {
            part as f64 / whole as f64
        };
        let sheet = quoted(&grid.name);
        let (part, whole) = (grid.cell(row, 0), grid.cell(0, 0));
        let formula = format!("IF({sheet}!{whole}=0,0,{sheet}!{part}/{sheet}!{whole})");
        let formula = Formula::new(formula).set_result(share.to_string());
        let format = self.style.share(Role::Leaf);
        self.sheet
            .write_formula_with_format(self.row, UNIT, formula, format)?;
        Ok(())
    }

    fn layers(&mut self) -> Result<(), WorkbookError> {
        let lang = self.lang();
        let plan = self.contents.plan;
        let Some(grid) = self.main_grid() else {
            return Ok(());
        };
        let measure = grid.grid.measure;
        let layers = plan.layers(measure)?;
        if layers.is_empty() {
            return Ok(());
        }
        self.section("目标层", "Layers")?;
        let (added, all) = (
            lang.pick("增加", "Adds"),
            lang.pick("基准 + 本层", "Base + layer"),
        );
        self.headers(&[lang.pick("层", "Layer"), "", added, all])?;
        let formats = self.numbers(measure);
        self.label(lang.pick("基准", "Base"), Role::Total)?;
        put_text(self.sheet, self.row, UNIT, "", &self.style.text)?;
        put_text(self.sheet, self.row, TOTAL, "", &self.style.text)?;
        self.refer(TOTAL + 1, grid, (0, 0), Role::Root)?;
        let base = self.row + 1;
        self.row += 1;
        let step = plan.step(measure);
        for layer in &layers {
            let (title, total) = (layer.title(lang), layer.view.total());
            let all = total.saturating_add(grid.grid.value(0, 0));
            let Some(number) = exact_number(total, step) else {
                continue;
            };
            self.label(&title, Role::Leaf)?;
            let rate = match &layer.rule.amount {
                fenjie_plan::LayerAmount::Rate(rate) => percent(*rate),
                fenjie_plan::LayerAmount::Amount(_) => String::new(),
            };
            put_text(self.sheet, self.row, UNIT, &rate, &self.style.plain_number)?;
            self.sheet.write_number_with_format(
                self.row,
                TOTAL,
                number,
                formats.of(Role::Total),
            )?;
            let formula = Formula::new(format!("E${base}+D{}", self.row + 1));
            let formula = formula.set_result(step.format(all));
            let format = formats.of(Role::Total);
            self.sheet
                .write_formula_with_format(self.row, TOTAL + 1, formula, format)?;
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    fn months(&mut self) -> Result<(), XlsxError> {
        let lang = self.lang();
        let Some(grid) = self.main_grid() else {
            return Ok(());
        };
        let columns = &grid.grid.columns;
        let leaves: Vec<usize> = (0..columns.len())
            .filter(|at| !columns[*at].is_total())
            .collect();
        if leaves.len() < 2 || leaves.len() > MOST_MONTHS {
            return Ok(());
        }
        let measure = &self.contents.plan.model().definition().measures[grid.grid.measure];
        self.section("按期", "By period")?;
        self.headers(&[
            lang.pick("期间", "Period"),
            lang.pick("占比", "Share"),
            &measure.name,
        ])?;
        let first = self.row;
        for column in leaves.iter().copied() {
            self.label(&columns[column].label, Role::Leaf)?;
            let (part, whole) = (grid.grid.value(0, column), grid.grid.value(0, 0));
            let share = if whole == 0 {
                0.0
            } else {
                part as f64 / whole as f64
            };
            let whole = format!("{}!{}", quoted(&grid.name), grid.cell(0, 0));
            let formula = format!("IF({whole}=0,0,D{}/{whole})", self.row + 1);
            let formula = Formula::new(formula).set_result(share.to_string());
            let format = self.style.share(Role::Leaf);
            self.sheet
                .write_formula_with_format(self.row, UNIT, formula, format)?;
            self.refer(TOTAL, grid, (0, column), Role::Total)?;
            self.row += 1;
        }
        let months = Months {
            sheet: self.name,
            first,
            last: self.row - 1,
            label: LABEL,
            value: TOTAL,
        };
        let has_negative = leaves.iter().any(|column| grid.grid.value(0, *column) < 0);
        let chart = months.chart(measure, self.contents.options.unit, has_negative);
        self.sheet
            .insert_chart_with_offset(first - 1, TOTAL + 1, &chart, 16, 4)?;
        self.columns = self.columns.max(TOTAL + 5);
        self.row += 1;
        Ok(())
    }

    fn state(&mut self) -> Result<(), XlsxError> {
        let lang = self.lang();
        let plan = self.contents.plan;
        self.section("状态", "State")?;
        let facts = [
            (lang.pick("锁定", "Holds"), plan.holds().len()),
            (lang.pick("上下限", "Floors and caps"), plan.limits().len()),
            (lang.pick("提醒", "Warnings"), plan.findings().len()),
        ];
        for (text, count) in facts {
            self.label(text, Role::Leaf)?;
            self.sheet.write_number_with_format(
                self.row,
                UNIT,
                count as f64,
                &self.style.plain_number,
            )?;
            self.row += 1;
        }
        for finding in plan.findings().iter().take(MOST_FINDINGS) {
            put_text(
                self.sheet,
                self.row,
                LABEL,
                &shortened(&finding.text(lang)),
                &self.style.subtitle,
            )?;
            self.row += 1;
        }
        Ok(())
    }
}

/// A rate as people write it: `0.03` is `3%`.
fn percent(rate: fenjie_plan::Decimal) -> String {
    let hundred = fenjie_plan::Decimal::new(100, 0);
    match rate.times(hundred) {
        Some(percent) => format!("{percent}%"),
        None => rate.to_string(),
    }
}

/// The beginning of a long text; the sheet 校验 has all of it.
fn shortened(text: &str) -> String {
    let mut used = 0;
    let short: String = text
        .chars()
        .take_while(|ch| {
            used += width(ch.encode_utf8(&mut [0; 4]));
            used <= LONGEST_FINDING
        })
        .collect();
    if short.len() == text.len() {
        short
    } else {
        format!("{short}…")
    }
}

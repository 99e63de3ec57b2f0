//! What a workbook shows: which sheets there are, in which order, and what was left out. Writes
//! nothing.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{MeasureRole, Plan};

use super::grid::{Grid, Line};
use super::grid_build::{Built, Coarser, by_time, crossing};
use super::grid_days::{Weeks, days, weeks};
use super::grid_notes::{NoteColumn, day_notes, week_notes};
use super::grid_sheet::GridSheet;
use super::names::SheetNames;
use super::style::unit_text;
use super::words::{Header, editing_text, period_text};
use super::{MOST_CELLS, WorkbookError, WorkbookOptions};

/// Everything that is decided before the first cell is written.
pub(super) struct Contents<'p> {
    pub plan: &'p Plan,
    pub options: &'p WorkbookOptions,
    pub names: SheetNames,
    pub grids: Vec<GridSheet>,
    /// What was left out or shown more coarsely, for the sheet 校验.
    pub remarks: Vec<String>,
}

impl Contents<'_> {
    /// The indexes of flows of a role that have been stated.
    pub fn flows(&self, role: MeasureRole) -> Vec<usize> {
        let measures = &self.plan.model().definition().measures;
        let stated = |at: &usize| {
            let view = self.plan.base(*at);
            view.cell_count() > 1 || view.total() != 0
        };
        (0..measures.len())
            .filter(|at| measures[*at].is_flow() && measures[*at].role == role)
            .filter(|at| stated(at))
            .collect()
    }

    /// A measure by name, with its unit behind where several sheets need telling apart.
    fn measure_text(&self, measure: usize, unit: DisplayUnit) -> String {
        let measure = &self.plan.model().definition().measures[measure];
        let unit = unit_text(measure, unit, self.options.lang);
        match self.options.lang {
            _ if unit.is_empty() => measure.name.clone(),
            Lang::Zh => format!("{}（{unit}）", measure.name),
            Lang::En => format!("{} ({unit})", measure.name),
        }
    }

    /// Decides everything; the first sheets have these names.
    pub fn gather<'p>(
        plan: &'p Plan,
        options: &'p WorkbookOptions,
        first: &[&str],
    ) -> Result<Contents<'p>, WorkbookError> {
        let mut names = SheetNames::default();
        first.iter().for_each(|name| drop(names.take(name)));
        let mut contents = Contents {
            plan,
            options,
            names,
            grids: Vec::new(),
            remarks: Vec::new(),
        };
        contents.add_all()?;
        Ok(contents)
    }

    fn add_all(&mut self) -> Result<(), WorkbookError> {
        let targets = self.flows(MeasureRole::Target);
        let dimensions = self.plan.model().axes().len() - 1;
        for (at, measure) in targets.iter().enumerate() {
            for axis in 0..dimensions.max(1) {
                let axis = Some(axis).filter(|axis| *axis < dimensions);
                self.add_by_time(*measure, axis, at == 0)?;
            }
            if dimensions > 1 {
                self.add_crossing(*measure, at == 0)?;
            }
        }
        if let Some(main) = targets.first() {
            self.add_weeks(*main)?;
            self.add_days(*main)?;
        }
        let expenses = self.flows(MeasureRole::Expense);
        for measure in &expenses {
            self.add_expense(*measure, expenses.len() == 1)?;
        }
        Ok(())
    }

    /// `组织×月`, `产品`, `产品·新客数`, by how fine the columns are.
    fn by_time_name(&self, grid: &Grid, axis: Option<usize>, is_main: bool) -> String {
        let lang = self.options.lang;
        let definition = self.plan.model().definition();
        let time = self
            .plan
            .model()
            .axes()
            .last()
            .expect("time is always there");
        let finest = grid
            .columns
            .last()
            .and_then(|line| time.time_level_of(line.node?.1));
        let level = finest.unwrap_or(Level::Year).name(lang);
        let own = match (axis, lang) {
            (None, Lang::Zh) => format!("按{level}"),
            (None, Lang::En) => format!("By {level}"),
            (Some(0), Lang::Zh) => format!("{}×{level}", definition.dimensions[0].name),
            (Some(0), Lang::En) => format!("{} by {level}", definition.dimensions[0].name),
            (Some(axis), _) => definition.dimensions[axis].name.clone(),
        };
        match is_main {
            true => own,
            false => format!("{own}·{}", definition.measures[grid.measure].name),
        }
    }

    fn add_by_time(
        &mut self,
        measure: usize,
        axis: Option<usize>,
        is_main: bool,
    ) -> Result<(), WorkbookError> {
        let built = self.built_by_time(measure, axis)?;
        // A dimension that the measure is not decomposed over has nothing to show.
        if axis.is_none_or(|axis| axis == 0) || built.grid.rows.len() > 1 {
            let wanted = self.by_time_name(&built.grid, axis, is_main);
            self.add_built(&wanted, built, axis);
        }
        Ok(())
    }

    fn add_expense(&mut self, measure: usize, is_only: bool) -> Result<(), WorkbookError> {
        let axis = Some(0).filter(|_| self.plan.model().axes().len() > 1);
        let built = self.built_by_time(measure, axis)?;
        let budget = self.options.lang.pick("费用预算", "Expense budget");
        let name = &self.plan.model().definition().measures[measure].name;
        let wanted = if is_only {
            budget.into()
        } else {
            format!("{budget}·{name}")
        };
        self.add_built(&wanted, built, axis);
        Ok(())
    }

    fn built_by_time(&self, measure: usize, axis: Option<usize>) -> Result<Built, WorkbookError> {
        by_time(
            self.plan,
            &self.plan.base(measure),
            measure,
            axis,
            self.options.lang,
        )
    }

    fn add_built(&mut self, wanted: &str, built: Built, axis: Option<usize>) {
        let lang = self.options.lang;
        let corner = match axis {
            Some(axis) => self.plan.model().axes()[axis].name.clone(),
            None => lang.pick("合计", "Total").into(),
        };
        let has_share = built.grid.rows.len() > 1;
        let share = has_share.then(|| lang.pick("占比", "Share").to_owned());
        let sheet = self.add_grid(wanted, built.grid, corner, Vec::new(), share, true);
        self.remark_coarser(&sheet, &built.coarser);
    }

    fn add_crossing(&mut self, measure: usize, is_main: bool) -> Result<(), WorkbookError> {
        let lang = self.options.lang;
        let view = self.plan.base(measure);
        let Built { grid, coarser } = crossing(self.plan, &view, measure, (0, 1), lang)?;
        if grid.rows.len() < 2 || grid.columns.len() < 2 {
            return Ok(());
        }
        let dimensions = &self.plan.model().definition().dimensions;
        if grid.rows.len() * grid.columns.len() > MOST_CELLS {
            let own = format!("{}×{}", dimensions[0].name, dimensions[1].name);
            self.remarks.push(match lang {
                Lang::Zh => format!("{own}：单元格太多，未列出；可导出 CSV 或 Parquet"),
                Lang::En => format!("{own}: too many cells to list; CSV or Parquet has them"),
            });
            return Ok(());
        }
        let own = format!("{}×{}", dimensions[0].name, dimensions[1].name);
        let name = &self.plan.model().definition().measures[measure].name;
        let wanted = if is_main {
            own.clone()
        } else {
            format!("{own}·{name}")
        };
        let sheet = self.add_grid(&wanted, grid, own, Vec::new(), None, true);
        self.remark_coarser(&sheet, &coarser);
        Ok(())
    }

    fn add_weeks(&mut self, measure: usize) -> Result<(), WorkbookError> {
        let lang = self.options.lang;
        let view = self.plan.base(measure);
        let grid = match weeks(self.plan, &view, measure, lang)? {
            Weeks::Shown(grid) => *grid,
            Weeks::Missing => return Ok(()),
            Weeks::TooMany => {
                let zh = "周：单元格太多，未列出；可用 fenjie decompose --level piece 导出";
                let en = "weeks: too many cells to list here; fenjie decompose --level piece writes them";
                self.remarks.push(lang.pick(zh, en).into());
                return Ok(());
            }
        };
        let is_week = |line: &Line| line.node.is_none();
        let heading = grid.rows.iter().position(is_week);
        let notes = week_notes(self.plan, &grid.rows, lang);
        let corner = lang.pick("月 / 周段", "Month / week piece").to_owned();
        let wanted = lang.pick("周", "Weeks");
        let sheet = self.add_grid(wanted, grid, corner, notes, None, true);
        let grid = self.grids.last_mut().expect("just added");
        debug_assert_eq!(grid.name, sheet);
        let text = lang.pick(
            "整周合计（跨月的周由两段相加）",
            "Whole weeks (a week across months is the sum of its pieces)",
        );
        grid.heading = heading.map(|row| (row, text.to_owned()));
        Ok(())
    }

    fn add_days(&mut self, measure: usize) -> Result<(), WorkbookError> {
        let lang = self.options.lang;
        let view = self.plan.base(measure);
        let Some(found) = days(self.plan, &view, measure, self.options)? else {
            return Ok(());
        };
        let axes = self.plan.model().axes();
        let members: Vec<&str> = (0..axes.len() - 1)
            .filter(|axis| found.place.0[*axis] != 0)
            .map(|axis| axes[axis].tree.name(found.place.0[axis]))
            .collect();
        let month = found.place.0[axes.len() - 1];
        let month = axes[axes.len() - 1].tree.name(month);
        let notes = day_notes(self.plan, &found.grid.rows, lang);
        let corner = lang.pick("日期", "Day").to_owned();
        let wanted = lang.pick("日与时段", "Days and slots");
        self.add_grid(wanted, found.grid, corner, notes, None, false);
        let sheet = self.grids.last_mut().expect("just added");
        let whom = members.join(" / ");
        let whom = if whom.is_empty() {
            lang.pick("全部", "everyone").to_owned()
        } else {
            whom
        };
        sheet.header.title = format!("{} · {whom} · {month}", sheet.header.title);
        Ok(())
    }

    /// Adds a sheet and gives its name.
    fn add_grid(
        &mut self,
        wanted: &str,
        mut grid: Grid,
        corner: String,
        notes: Vec<NoteColumn>,
        share: Option<String>,
        editable: bool,
    ) -> String {
        let lang = self.options.lang;
        let name = self.names.take(wanted);
        name_held_back(&mut grid.rows, lang);
        name_held_back(&mut grid.columns, lang);
        // The figures of a day and a slot are too small for 万.
        let unit = if editable {
            self.options.unit
        } else {
            DisplayUnit::One
        };
        let measure = self.measure_text(grid.measure, unit);
        let subtitle = format!(
            "{} · {} · {measure} · {}",
            self.plan.model().definition().name,
            period_text(self.plan),
            editing_text(lang, editable)
        );
        let block = self.grids.len() + 1;
        self.grids.push(GridSheet {
            header: Header {
                title: wanted.to_owned(),
                subtitle,
            },
            name: name.clone(),
            block,
            corner,
            grid,
            notes,
            share,
            editable,
            unit,
            heading: None,
        });
        name
    }

    /// A level's name as people read it.
    fn level(&self, axis: usize, depth: usize) -> &str {
        let known = &self.plan.model().axes()[axis];
        let mut nodes = 0..known.tree.len() as u32;
        let node = nodes.find(|node| known.tree.depth(*node) == depth);
        match node.and_then(|node| known.time_level_of(node)) {
            Some(level) => level.name(self.options.lang),
            None => known.tree.level_name(depth),
        }
    }

    fn remark_coarser(&mut self, sheet: &str, coarser: &[Coarser]) {
        for Coarser {
            axis,
            shown,
            planned,
        } in coarser
        {
            let (shown, planned) = (self.level(*axis, *shown), self.level(*axis, *planned));
            let axis = &self.plan.model().axes()[*axis];
            self.remarks.push(match self.options.lang {
                Lang::Zh => format!(
                    "工作表「{sheet}」：{}只列到 {shown}，方案细到 {planned}；全部明细请导出 CSV 或 Parquet",
                    axis.name
                ),
                Lang::En => format!(
                    "sheet `{sheet}`: {} down to {shown} only, the plan goes to {planned}; CSV or \
                     Parquet has it all",
                    axis.name
                ),
            });
        }
    }
}

/// A held-back line is called by what it is.
fn name_held_back(lines: &mut [Line], lang: Lang) {
    for line in lines.iter_mut().filter(|line| line.held_back) {
        line.label = lang.pick("预留", "Held back").into();
    }
}

//! Every store's day in short: target, done, left, the farthest behind first. Prints what the rules give.

use std::collections::BTreeMap;

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_plan::Plan;
use fenjie_track::{
    ActualRequest, Actuals, Board, BoardRequest, Line, Ratio, Standing, TrackError,
};
use serde_json::{Value, json};

use super::moment::Moment;
use super::store::{decimal, plain_bar};
use crate::actual::Sales;
use crate::failure::Failure;
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;
use crate::track::{Figures, percent, period_at};

/// Stores of the list that people read.
const MOST_ROWS: usize = 200;
const BAR: usize = 12;

/// The day of every member of the first dimension.
pub struct Stores<'p> {
    plan: &'p Plan,
    measure: usize,
    moment: Moment,
    axis: usize,
    stores: Vec<Standing>,
    others: i64,
    whole: Standing,
}

/// The day through a minute of it, line by line.
fn through(
    plan: &Plan,
    sales: &Sales,
    measure: usize,
    axis: usize,
    day: u32,
    moment: Moment,
) -> Result<Actuals, Failure> {
    let everyone = vec![0; plan.model().axes().len() - 1];
    let lines = sales.day_lines(plan, (measure, axis), &everyone, day, moment.day)?;
    let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
    for line in lines
        .iter()
        .filter(|line| line.minute.is_none_or(|minute| minute <= moment.minute))
    {
        *sums.entry(line.node).or_default() += line.amount;
    }
    let mut members = vec![vec![0; sums.len()]; everyone.len()];
    members[axis] = sums.keys().copied().collect();
    Ok(Actuals {
        measures: vec![measure],
        periods: vec![day],
        members,
        values: vec![sums.into_values().collect()],
        ..Actuals::default()
    })
}

impl<'p> Stores<'p> {
    /// Adds up the day.
    ///
    /// # Errors
    /// Those of the facts; plans without days.
    pub fn of(
        plan: &'p Plan,
        sales: &Sales,
        measure: usize,
        moment: Moment,
    ) -> Result<Stores<'p>, Failure> {
        let day = period_at(plan, Level::Day, moment.day).ok_or(TrackError::NoDays)?;
        let mut depths = plan.grain(measure, "stored")?.depths;
        depths.pop();
        let axis = depths.iter().position(|depth| *depth > 0).unwrap_or(0);
        for (at, depth) in depths.iter_mut().enumerate() {
            *depth = if at == axis { *depth } else { 0 };
        }
        let actuals = match moment.is_now {
            true => sales.add_up(
                plan,
                &ActualRequest {
                    measures: vec![measure],
                    depths: depths.clone(),
                    periods: vec![day],
                    until: moment.day,
                    within: vec![0; depths.len()],
                },
            )?,
            false => through(plan, sales, measure, axis, day, moment)?,
        };
        let board = Board::new(
            plan,
            &actuals,
            &BoardRequest::new(measure, depths, vec![day], moment.day),
        )?;
        let is_member = |one: &Standing| one.line == Line::Member;
        let (mut stores, others): (Vec<_>, Vec<_>) =
            board.standings.into_iter().partition(is_member);
        stores.sort_by_key(|one| one.attainment.map_or((1, None), |share| (0, Some(share))));
        Ok(Stores {
            plan,
            measure,
            moment,
            axis,
            stores,
            others: others.iter().map(|one| one.actual).sum(),
            whole: board
                .totals
                .into_iter()
                .next()
                .expect("a day was asked for"),
        })
    }

    /// Prints the list.
    ///
    /// # Errors
    /// Output that cannot be written.
    pub fn print(&self, shown: &Figures<'_>, terminal: &mut Terminal) -> Result<(), Failure> {
        let lang = shown.lang;
        let axis = &self.plan.model().axes()[self.axis];
        let (day, time) = (self.moment.day, self.moment.time());
        let weekday = fenjie_calendar::weekday_name(day.weekday(), lang);
        let name = &self.plan.model().definition().name;
        terminal.print(match lang {
            Lang::Zh => format!("{name} · {day} {weekday} {time}"),
            Lang::En => format!("{name} · {weekday} {day} {time}"),
        })?;
        terminal.print("")?;
        let headings = [
            axis.name.as_str(),
            lang.pick("目标", "target"),
            lang.pick("完成", "done"),
            lang.pick("还需", "left"),
            lang.pick("完成率", "attained"),
            "",
        ];
        let align = [
            Align::Left,
            Align::Right,
            Align::Right,
            Align::Right,
            Align::Right,
            Align::Left,
        ];
        let mut table = Tabular::new(&headings, &align);
        let mut row = |label: String, one: &Standing| {
            let bar = plain_bar(one.attainment, None, BAR);
            let left = shown.amount(one.gap.max(0));
            table.row([
                label,
                shown.amount(one.target),
                shown.amount(one.actual),
                left,
                percent(one.attainment),
                bar,
            ]);
        };
        for one in self.stores.iter().take(MOST_ROWS) {
            row(axis.label(one.members[self.axis], lang).to_owned(), one);
        }
        row(lang.pick("合计", "total").to_owned(), &self.whole);
        terminal.print(table)?;
        if self.others != 0 {
            let amount = shown.amount(self.others);
            terminal.say(match lang {
                Lang::Zh => format!("合计里有 {amount} 未归属"),
                Lang::En => format!("{amount} of the total is unassigned"),
            });
        }
        let hidden = self.stores.len().saturating_sub(MOST_ROWS);
        if hidden > 0 {
            terminal.say(match lang {
                Lang::Zh => format!("另有 {hidden} 家没有列出，全部用 `--json`"),
                Lang::En => format!("{hidden} more are not listed; `--json` has them all"),
            });
        }
        Ok(())
    }

    /// The same for scripts.
    pub fn json(&self) -> Value {
        let step = self.plan.step(self.measure);
        let definition = self.plan.model().definition();
        let measure = &definition.measures[self.measure];
        let axis = &self.plan.model().axes()[self.axis];
        let figures = |one: &Standing| {
            json!({
                "target": step.format(one.target),
                "done": step.format(one.actual),
                "left": step.format(one.gap.max(0)),
                "attainment": one.attainment.map(|share: Ratio| decimal(share)),
            })
        };
        let stores: Vec<Value> = self
            .stores
            .iter()
            .map(|one| {
                let mut value = figures(one);
                let node = one.members[self.axis];
                value[axis.code.as_str()] = axis.tree.code(node).into();
                value["name"] = axis.tree.name(node).into();
                value
            })
            .collect();
        json!({
            "plan": definition.name,
            "measure": measure.code,
            "unit": measure.unit,
            "day": self.moment.day.to_string(),
            "time": self.moment.time(),
            "whole": figures(&self.whole),
            "unassigned": step.format(self.others),
            "stores": stores,
        })
    }
}

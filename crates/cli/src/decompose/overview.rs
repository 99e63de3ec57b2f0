//! Targets as a table for people: trees indented downward, periods across, as wide as the terminal.
//! Rounds for reading only and says so. Writes no file.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{Grain, LayerRule, Plan, View};
use unicode_width::UnicodeWidthStr;

use super::periods::heading;
use crate::failure::Failure;
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Rows of a tree that are shown before a coarser level is taken.
const MOST_MEMBERS: usize = 60;
/// Rows of a grain that are shown.
const MOST_ROWS: usize = 200;
/// Periods that go across; more go down.
const MOST_ACROSS: usize = 62;
/// Periods of a single row that go across.
const MONTHS: usize = 13;
/// From this total on (in units of the measure) Chinese tables count in 万.
const MANY: i64 = 1_000_000;

/// What the command line asks for.
pub struct Asked<'a> {
    /// The grain.
    pub level: Option<&'a str>,
    /// The one measure.
    pub measure: Option<usize>,
    /// The unit.
    pub unit: Option<DisplayUnit>,
}

/// Prints a plan.
///
/// # Errors
/// A grain the plan does not have.
pub fn print(plan: &Plan, asked: &Asked, terminal: &mut Terminal) -> Result<(), Failure> {
    let definition = plan.model().definition();
    let lang = terminal.lang;
    let (start, last) = (definition.period.start, definition.period.last());
    terminal.print(match lang {
        Lang::Zh => format!("{}（{start} 至 {last}）", definition.name),
        Lang::En => format!("{} ({start} to {last})", definition.name),
    })?;
    for (index, measure) in definition.measures.iter().enumerate() {
        let is_main = Some(index) == definition.measures.iter().position(|known| known.is_flow());
        let is_wanted = match (asked.measure, asked.level) {
            (Some(wanted), _) => wanted == index,
            (None, Some(_)) => is_main,
            (None, None) => true,
        };
        if is_wanted && measure.is_flow() {
            Sheet::new(plan, index, asked.unit, terminal).print(asked.level, terminal)?;
        } else if is_wanted {
            stated(plan, index, terminal)?;
        }
    }
    Ok(())
}

/// A level or ratio: its values by place.
fn stated(plan: &Plan, measure: usize, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let about = &plan.model().definition().measures[measure];
    let values: Vec<_> = plan
        .statements()
        .iter()
        .filter(|stated| stated.measure == measure)
        .collect();
    if values.is_empty() {
        return Ok(());
    }
    terminal.print("")?;
    terminal.print(titled(&about.name, &about.unit, lang))?;
    let headings = [lang.pick("位置", "place"), lang.pick("值", "value")];
    let mut table = Tabular::new(&headings, &[Align::Left, Align::Right]);
    for stated in values {
        let value = stated.value.to_string();
        let value = about
            .step
            .parse_amount(&value)
            .map_or(value, |count| about.step.format(count));
        table.row([plan.model().place_text(&stated.place), value]);
    }
    terminal.print(table)
}

fn titled(name: &str, unit: &str, lang: Lang) -> String {
    match (unit, lang) {
        ("", _) => name.to_owned(),
        (unit, Lang::Zh) => format!("{name}（{unit}）"),
        (unit, Lang::En) => format!("{name} ({unit})"),
    }
}

/// One flow on its way to the terminal.
struct Sheet<'p> {
    plan: &'p Plan,
    measure: usize,
    view: View<'p>,
    unit: DisplayUnit,
    lang: Lang,
    width: usize,
}

impl<'p> Sheet<'p> {
    fn new(plan: &'p Plan, measure: usize, unit: Option<DisplayUnit>, terminal: &Terminal) -> Self {
        let view = plan.base(measure);
        let is_money = plan.model().definition().measures[measure].unit == "CNY";
        let many = plan
            .step(measure)
            .parse_amount(&MANY.to_string())
            .unwrap_or(i64::MAX);
        let usual = match terminal.lang {
            Lang::Zh if is_money && view.total() >= many => DisplayUnit::Wan,
            _ => DisplayUnit::One,
        };
        let (lang, width) = (terminal.lang, terminal.width());
        Self {
            plan,
            measure,
            view,
            unit: unit.unwrap_or(usual),
            lang,
            width,
        }
    }

    fn print(&self, level: Option<&str>, terminal: &mut Terminal) -> Result<(), Failure> {
        terminal.print("")?;
        terminal.print(self.headline()?)?;
        if let Some(level) = level {
            return self.print_grain(&self.plan.grain(self.measure, level)?, terminal);
        }
        let stored = self.plan.grain(self.measure, "stored")?;
        let time = stored.depths.len() - 1;
        let opened: Vec<usize> = (0..time).filter(|axis| stored.depths[*axis] > 0).collect();
        for axis in &opened {
            terminal.print("")?;
            self.print_tree(*axis, stored.depths[*axis], terminal)?;
        }
        if opened.is_empty() && time == 0
            || opened.is_empty() && self.plan.time_depth(self.measure) > 0
        {
            terminal.print("")?;
            self.print_grain(&self.by_period(0), terminal)?;
        }
        Ok(())
    }

    /// The measure, its unit, total and layers on one line.
    fn headline(&self) -> Result<String, Failure> {
        let about = &self.plan.model().definition().measures[self.measure];
        let colon = self.lang.pick("：", ": ");
        let mut parts = vec![format!(
            "{}{colon}{}",
            titled(&about.name, &self.unit_name(), self.lang),
            self.amount(self.view.total())
        )];
        for layer in self.plan.layers(self.measure)? {
            let amount = self.amount(layer.view.total());
            parts.push(format!("{}+{amount}", self.layer_title(layer.rule)));
        }
        let mut line = parts.join(self.lang.pick("；", "; "));
        if self.unit != DisplayUnit::One {
            line.push_str(self.lang.pick(
                "\n显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`",
                "\nRounded to two decimals for reading; exact with `--unit one` or `--output FILE`",
            ));
        }
        Ok(line)
    }

    /// The layer, and for over-assignment the axis it starts at.
    fn layer_title(&self, rule: &LayerRule) -> String {
        let name = rule.layer.name(self.lang);
        let code = rule.level.split('.').next().unwrap_or_default();
        let axis = self
            .plan
            .model()
            .axes()
            .iter()
            .find(|axis| axis.code == code);
        match (axis, self.lang) {
            (Some(axis), Lang::Zh) => format!("{name}（{}）", axis.name),
            (Some(axis), Lang::En) => format!("{name} ({}) ", axis.name),
            (None, _) => format!("{name} "),
        }
    }

    fn unit_name(&self) -> String {
        let unit = &self.plan.model().definition().measures[self.measure].unit;
        match (self.unit, self.lang, unit.as_str()) {
            (DisplayUnit::One, Lang::Zh, "CNY") => "元".into(),
            (DisplayUnit::One, _, unit) => unit.into(),
            (unit, Lang::Zh, "CNY") => format!("{}元", unit.suffix()),
            (unit, _, name) => format!("{} {name}", unit.suffix()).trim().into(),
        }
    }

    fn amount(&self, count: i64) -> String {
        let step = self.plan.step(self.measure);
        match self.unit {
            DisplayUnit::One => step.format_grouped(count, DisplayUnit::One),
            unit => step
                .format_rounded(count, unit, 2)
                .trim_end_matches(unit.suffix())
                .to_owned(),
        }
    }

    /// The tree of one axis, indented, over the finest periods that fit.
    fn print_tree(
        &self,
        axis: usize,
        depth: usize,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let model = self.plan.model();
        let tree = &model.axes()[axis].tree;
        let within = |most: usize| {
            let nodes = 0..tree.len() as u32;
            nodes
                .filter(move |node| tree.depth(*node) <= most)
                .collect::<Vec<u32>>()
        };
        let shown = (1..=depth)
            .rev()
            .find(|most| within(*most).len() <= MOST_MEMBERS)
            .unwrap_or(1);
        let mut heads = Vec::new();
        let mut rows = Vec::new();
        let mut members = vec![0u32; model.axes().len() - 1];
        let mut nodes = within(shown);
        let left_out = nodes.len().saturating_sub(MOST_ROWS);
        nodes.truncate(MOST_ROWS);
        for node in nodes {
            members[axis] = node;
            heads.push(format!(
                "{}{}",
                "  ".repeat(tree.depth(node)),
                tree.name(node)
            ));
            rows.push(members.clone());
        }
        let periods = self.fitting_periods(&heads, &rows);
        self.print_blocks(
            &[model.axes()[axis].name.clone()],
            &heads.into_iter().map(|head| vec![head]).collect::<Vec<_>>(),
            &rows,
            &periods,
            terminal,
        )?;
        if shown < depth {
            let (level, finer) = (tree.level_name(shown), tree.level_name(depth));
            let code = &model.axes()[axis].code;
            terminal.say(match self.lang {
                Lang::Zh => {
                    format!("只列到 {level}；更细的用 `--level {code}.{finer}` 或 `--output 文件`")
                }
                Lang::En => format!(
                    "down to {level}; finer with `--level {code}.{finer}` or `--output FILE`"
                ),
            });
        }
        self.say_left_out(left_out, terminal);
        Ok(())
    }

    /// The periods of the finest level down to months whose table fits the width; else of the coarsest.
    fn fitting_periods(&self, heads: &[String], rows: &[Vec<u32>]) -> Vec<u32> {
        let most = self.most_depth_across();
        for depth in (1..=most).rev() {
            let periods = self.view.nodes(self.time(), &self.by_period(depth));
            let wide: usize = self
                .widths(rows, &periods)
                .iter()
                .map(|width| width + 2)
                .sum();
            let head = heads.iter().map(|head| head.width()).max().unwrap_or(0) + 2;
            if periods.len() <= MOST_ACROSS && head + wide <= self.width {
                return periods;
            }
        }
        if most >= 1 {
            self.view.nodes(self.time(), &self.by_period(1))
        } else {
            Vec::new()
        }
    }

    fn time(&self) -> usize {
        self.plan.model().axes().len() - 1
    }

    fn by_period(&self, depth: usize) -> Grain {
        let mut depths = vec![0; self.time() + 1];
        depths[self.time()] = depth;
        Grain { depths }
    }

    /// The depth of months, or of the last level above them that the plan has.
    fn most_depth_across(&self) -> usize {
        let time = &self.plan.model().axes()[self.time()];
        let most = self.plan.time_depth(self.measure);
        let coarse = |depth: &usize| {
            let node = (0..time.tree.len() as u32).find(|node| time.tree.depth(*node) == *depth);
            let level = node.and_then(|node| time.time_level_of(node));
            level.is_none_or(|level| {
                !matches!(level, Level::Week | Level::Piece | Level::Day | Level::Slot)
            })
        };
        (0..=most).rev().find(coarse).unwrap_or(0)
    }

    /// The widths of the columns: the total, then each period.
    fn widths(&self, rows: &[Vec<u32>], periods: &[u32]) -> Vec<usize> {
        let mut all = vec![0u32];
        all.extend_from_slice(periods);
        let time = &self.plan.model().axes()[self.time()];
        let mut widths: Vec<usize> = all
            .iter()
            .map(|node| heading(time, *node, self.lang).width())
            .collect();
        for members in rows {
            let values = self.view.series(members, &all).unwrap_or_default();
            for (width, value) in widths.iter_mut().zip(values) {
                *width = (*width).max(self.amount(value).width());
            }
        }
        widths
    }

    /// A grain that was asked for: members down, periods across, or all down where there are many.
    fn print_grain(&self, grain: &Grain, terminal: &mut Terminal) -> Result<(), Failure> {
        let axes = self.plan.model().axes();
        let named: Vec<usize> = (0..self.time())
            .filter(|axis| grain.depths[*axis] > 0)
            .collect();
        let periods = match grain.depths[self.time()] {
            0 => Vec::new(),
            _ => self.view.nodes(self.time(), grain),
        };
        let is_one_wide_row = named.is_empty() && periods.len() > MONTHS;
        if is_one_wide_row || periods.len() > MOST_ACROSS {
            return self.print_long(grain, &named, terminal);
        }
        let (mut heads, mut rows, mut left_out) = (Vec::new(), Vec::new(), 0);
        self.view.each_row(grain, |members, _, _| {
            if rows.len() >= MOST_ROWS {
                left_out += 1;
                return;
            }
            let names = named
                .iter()
                .map(|axis| axes[*axis].tree.name(members[*axis]).to_owned());
            heads.push(names.collect::<Vec<_>>());
            rows.push(members.to_vec());
        });
        if left_out == 0 && !named.is_empty() {
            let mut head = vec![String::new(); named.len()];
            head[0] = self.lang.pick("合计", "total").into();
            heads.push(head);
            rows.push(vec![0; self.time()]);
        }
        let titles: Vec<String> = named.iter().map(|axis| axes[*axis].name.clone()).collect();
        self.print_blocks(&titles, &heads, &rows, &periods, terminal)?;
        self.say_left_out(left_out, terminal);
        Ok(())
    }

    /// Tables side by side where one would be wider than the terminal.
    fn print_blocks(
        &self,
        titles: &[String],
        heads: &[Vec<String>],
        rows: &[Vec<u32>],
        periods: &[u32],
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let time = &self.plan.model().axes()[self.time()];
        let widths = self.widths(rows, periods);
        let head_width: usize = (0..titles.len())
            .map(|at| {
                let cells = heads.iter().map(|head| head[at].width());
                cells.chain([titles[at].width()]).max().unwrap_or(0) + 2
            })
            .sum();
        let mut columns: Vec<u32> = vec![0];
        columns.extend_from_slice(periods);
        let mut from = 0;
        while from < columns.len() {
            let mut taken = head_width;
            let mut until = from;
            while until < columns.len()
                && (until == from || taken + widths[until] + 2 <= self.width)
            {
                taken += widths[until] + 2;
                until += 1;
            }
            let block = &columns[from..until];
            let mut headings: Vec<String> = titles.to_vec();
            headings.extend(block.iter().map(|node| match node {
                0 => self.lang.pick("合计", "total").to_owned(),
                node => heading(time, *node, self.lang),
            }));
            let mut align = vec![Align::Left; titles.len()];
            align.resize(headings.len(), Align::Right);
            let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
            let mut table = Tabular::new(&headings, &align);
            for (head, members) in heads.iter().zip(rows) {
                let values = self.view.series(members, block);
                let amounts: Vec<String> = match values {
                    Some(values) => values.iter().map(|value| self.amount(*value)).collect(),
                    None => vec!["–".into(); block.len()],
                };
                table.row(head.iter().cloned().chain(amounts));
            }
            if from > 0 {
                terminal.print("")?;
            }
            terminal.print(table)?;
            from = until;
        }
        Ok(())
    }

    /// Many periods: a row for each.
    fn print_long(
        &self,
        grain: &Grain,
        named: &[usize],
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let axes = self.plan.model().axes();
        let time = &axes[self.time()];
        let mut headings: Vec<&str> = named.iter().map(|axis| axes[*axis].name.as_str()).collect();
        headings.extend([
            self.lang.pick("期间", "period"),
            self.lang.pick("目标", "target"),
        ]);
        let mut align = vec![Align::Left; headings.len() - 1];
        align.push(Align::Right);
        let mut table = Tabular::new(&headings, &align);
        let (mut count, mut left_out) = (0, 0);
        self.view.each_row(grain, |members, periods, values| {
            for (period, value) in periods.iter().zip(values) {
                count += 1;
                if count > MOST_ROWS {
                    left_out += 1;
                    continue;
                }
                let names = named
                    .iter()
                    .map(|axis| axes[*axis].tree.name(members[*axis]).to_owned());
                let period = time.tree.code(*period).to_owned();
                table.row(names.chain([period, self.amount(*value)]));
            }
        });
        terminal.print(table)?;
        self.say_left_out(left_out, terminal);
        Ok(())
    }

    fn say_left_out(&self, rows: usize, terminal: &mut Terminal) {
        if rows > 0 {
            terminal.say(match self.lang {
                Lang::Zh => format!("另有 {rows} 行没有列出，全部用 `--output 文件`"),
                Lang::En => {
                    format!("{rows} more rows are not listed; `--output FILE` has them all")
                }
            });
        }
    }
}

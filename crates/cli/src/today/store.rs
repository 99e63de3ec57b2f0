//! One store's day: hero line, slots, week so far. Prints what the rules give.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_plan::{Place, Plan, PlanError};
use fenjie_track::{
    Actuals, Board, BoardRequest, Phase, Ratio, SlotToday, SlotsToday, Standing, slot_nodes,
    slots_today,
};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::moment::Moment;
use super::week::Week;
use crate::actual::{DayLine, Sales};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::track::{Figures, dash, ink, percent, period_at};

/// Cells of the hero's bar and of a slot's.
const BAR: usize = 40;
const SLOT_BAR: usize = 20;

/// The members that a name stands for: an address, or a member of the first dimension that has it.
///
/// # Errors
/// Names no dimension has.
pub fn find(plan: &Plan, name: &str) -> Result<Vec<u32>, Failure> {
    let axes = plan.model().axes();
    let dimensions = axes.len() - 1;
    let without_time = |mut place: Place| {
        place.0.truncate(dimensions);
        place.0
    };
    if name.contains(['=', '＝']) {
        return Ok(without_time(plan.place(name)?));
    }
    let mut first: Option<PlanError> = None;
    for axis in &axes[..dimensions] {
        match axis.tree.find(name) {
            Ok(_) => return Ok(without_time(plan.place(&format!("{}={name}", axis.code))?)),
            Err(unknown) => {
                first.get_or_insert(PlanError::MemberUnknown {
                    axis: unknown.axis,
                    member: unknown.member,
                    nearest: unknown.nearest,
                    ambiguous: unknown.ambiguous,
                });
            }
        }
    }
    let none = || PlanError::AxisUnknown {
        axis: name.to_owned(),
        known: Vec::new(),
    };
    Err(first.unwrap_or_else(none).into())
}

/// A store's day.
pub struct Today<'p> {
    plan: &'p Plan,
    measure: usize,
    moment: Moment,
    members: Vec<u32>,
    /// The day as a period of its own.
    day: Standing,
    /// The week, or its piece in the month.
    week: Option<Week>,
    /// The slots; why there are none.
    slots: Result<SlotsToday, NoSlots>,
    /// The coefficient of the day for these members.
    coefficient: Ratio,
}

/// Why a day is shown without slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoSlots {
    /// The plan has none.
    Plan,
    /// The sales lines carry no time of day.
    Lines,
}

impl<'p> Today<'p> {
    /// Adds up a store's day.
    ///
    /// # Errors
    /// Those of the facts; plans without days.
    pub fn of(
        plan: &'p Plan,
        sales: &Sales,
        measure: usize,
        members: Vec<u32>,
        moment: Moment,
    ) -> Result<Today<'p>, Failure> {
        let day_node =
            period_at(plan, Level::Day, moment.day).ok_or(fenjie_track::TrackError::NoDays)?;
        let lines = sales.day_lines(plan, (measure, 0), &members, day_node, moment.day)?;
        let today = Today::of_lines(plan, lines, measure, members, moment)?;
        let on_day = on_day(measure, &today.members, day_node, today.day.actual);
        let week = Week::of(plan, sales, measure, on_day, moment)?;
        Ok(today.in_week(week))
    }

    /// A day from its lines alone, without the week.
    ///
    /// # Errors
    /// Plans without days.
    pub fn of_lines(
        plan: &'p Plan,
        lines: Vec<DayLine>,
        measure: usize,
        members: Vec<u32>,
        moment: Moment,
    ) -> Result<Today<'p>, Failure> {
        let day_node =
            period_at(plan, Level::Day, moment.day).ok_or(fenjie_track::TrackError::NoDays)?;
        let so_far: Vec<DayLine> = lines
            .into_iter()
            .filter(|line| line.minute.is_none_or(|minute| minute <= moment.minute))
            .collect();
        let done: i64 = so_far.iter().map(|line| line.amount).sum();
        let today = on_day(measure, &members, day_node, done);
        let day = standing(plan, measure, &members, &today, day_node, moment)?;
        let weight = day.weight_gone + day.weight_left;
        let today = Today {
            day,
            week: None,
            slots: slots(plan, measure, &members, moment, day_node, &so_far)?,
            coefficient: Ratio::percent(0),
            plan,
            measure,
            moment,
            members,
        };
        Ok(today.weighing(weight))
    }

    /// The same with its week.
    pub fn in_week(self, week: Option<Week>) -> Today<'p> {
        Today { week, ..self }
    }

    /// The same with the weight of the day as it was kept, in millionths.
    pub fn weighing(mut self, weight: u64) -> Today<'p> {
        self.coefficient = Ratio::new(weight.into(), 1_000_000).expect("a million is not zero");
        self
    }
}

/// What was done on a day, on the members themselves.
fn on_day(measure: usize, members: &[u32], day: u32, done: i64) -> Actuals {
    Actuals {
        measures: vec![measure],
        periods: vec![day],
        members: members.iter().map(|node| vec![*node]).collect(),
        values: vec![vec![done]],
        ..Actuals::default()
    }
}

/// Where the members stand in a period.
pub fn standing(
    plan: &Plan,
    measure: usize,
    members: &[u32],
    actuals: &Actuals,
    period: u32,
    moment: Moment,
) -> Result<Standing, Failure> {
    let request = BoardRequest {
        within: members.to_vec(),
        ..BoardRequest::new(measure, vec![0; members.len()], vec![period], moment.day)
    };
    let mut board = Board::new(plan, actuals, &request)?;
    Ok(board.totals.remove(0))
}

/// The slots, from lines with a time of day; lines without one stand on the day.
fn slots(
    plan: &Plan,
    measure: usize,
    members: &[u32],
    moment: Moment,
    day: u32,
    lines: &[DayLine],
) -> Result<Result<SlotsToday, NoSlots>, Failure> {
    let Ok(nodes) = slot_nodes(plan, moment.day) else {
        return Ok(Err(NoSlots::Plan));
    };
    if !lines.is_empty() && lines.iter().all(|line| line.minute.is_none()) {
        return Ok(Err(NoSlots::Lines));
    }
    let none = Actuals::empty(members.len(), vec![measure], Vec::new());
    let bounds = slots_today(
        plan,
        &none,
        &none,
        measure,
        members,
        moment.day,
        moment.minute,
    )?;
    let mut values = vec![0; nodes.len() + 1];
    for line in lines {
        let slot = line.minute.and_then(|minute| {
            let holds = |slot: &SlotToday| (slot.from..slot.to).contains(&minute);
            bounds.slots.iter().position(holds)
        });
        values[slot.map_or(0, |slot| slot + 1)] += line.amount;
    }
    let of = |periods: Vec<u32>, values: Vec<i64>| Actuals {
        measures: vec![measure],
        periods,
        members: members.iter().map(|node| vec![*node]).collect(),
        values: vec![values],
        ..Actuals::default()
    };
    let by_day = of(vec![day], vec![values.iter().sum()]);
    let by_slot = of(nodes, values.split_off(1));
    let (day, minute) = (moment.day, moment.minute);
    let today = slots_today(plan, &by_slot, &by_day, measure, members, day, minute)?;
    Ok(Ok(today))
}

impl Today<'_> {
    fn name(&self, lang: Lang) -> String {
        fenjie_track::members_label(self.plan, &self.members, lang)
    }

    /// Elapsed and expected: by slots where there are any, else nothing before the day is over.
    fn elapsed(&self) -> Option<(Ratio, i64)> {
        let slots = self.slots.as_ref().ok()?;
        Some((slots.elapsed, slots.expected))
    }

    /// Prints the day.
    ///
    /// # Errors
    /// Output that cannot be written.
    pub fn print(&self, shown: &Figures<'_>, terminal: &mut Terminal) -> Result<(), Failure> {
        let lang = shown.lang;
        terminal.print(self.title(lang))?;
        let day = &self.day;
        let status = self.slots.as_ref().map_or(day.status, |slots| slots.status);
        let elapsed = self.elapsed();
        let share = Ratio::new(day.actual.into(), day.target.into()).filter(|_| day.target > 0);
        let bar = plain_bar(share, elapsed.map(|(elapsed, _)| elapsed), BAR);
        let painted = terminal.ink(&bar, ink(status));
        let word = terminal.ink(&status.text(lang), ink(status));
        terminal.print("")?;
        terminal.print(match self.slots.is_ok() {
            true => format!("{painted}  {word}"),
            false => painted,
        })?;
        terminal.print(self.hero(shown, elapsed))?;
        if let Some(week) = &self.week {
            terminal.print(week.line(shown))?;
        }
        match &self.slots {
            Ok(slots) => {
                terminal.print("")?;
                self.print_slots(slots, shown, terminal)
            }
            Err(reason) => {
                terminal.say(match (reason, lang) {
                    (NoSlots::Plan, Lang::Zh) => "方案的时间轴没有时段，只能看整天",
                    (NoSlots::Plan, Lang::En) => {
                        "the plan's time axis has no slots, so this is the day as a whole"
                    }
                    (NoSlots::Lines, Lang::Zh) => "这天的销售没有带时刻，分不到时段，只能看整天",
                    (NoSlots::Lines, Lang::En) => {
                        "this day's sales carry no time of day, so they fall into no slot"
                    }
                });
                Ok(())
            }
        }
    }

    fn title(&self, lang: Lang) -> String {
        let (name, day, time) = (self.name(lang), self.moment.day, self.moment.time());
        let weekday = fenjie_calendar::weekday_name(day.weekday(), lang);
        let coefficient = coefficient_text(self.coefficient);
        match lang {
            Lang::Zh => format!("{name} · {day} {weekday} {time} · 系数 {coefficient}"),
            Lang::En => format!("{name} · {weekday} {day} {time} · coefficient {coefficient}"),
        }
    }

    /// Done of the target, what is due by now, what is left of the day.
    fn hero(&self, shown: &Figures<'_>, elapsed: Option<(Ratio, i64)>) -> String {
        let day = &self.day;
        let (done, target) = (shown.amount(day.actual), shown.amount(day.target));
        let share =
            percent(Ratio::new(day.actual.into(), day.target.into()).filter(|_| day.target > 0));
        let left = shown.amount(day.gap.max(0));
        let due =
            elapsed.map(|(elapsed, expected)| (percent(Some(elapsed)), shown.amount(expected)));
        match (shown.lang, due) {
            (Lang::Zh, Some((elapsed, expected))) => format!(
                "{done} / {target}，完成 {share}；现在应完成 {elapsed}（{expected}）；今天还需 {left}"
            ),
            (Lang::Zh, None) => format!("{done} / {target}，完成 {share}；今天还需 {left}"),
            (Lang::En, Some((elapsed, expected))) => format!(
                "{done} / {target}, {share} done; {elapsed} ({expected}) due by now; {left} left today"
            ),
            (Lang::En, None) => format!("{done} / {target}, {share} done; {left} left today"),
        }
    }

    fn print_slots(
        &self,
        slots: &SlotsToday,
        shown: &Figures<'_>,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let lang = shown.lang;
        let mut rows: Vec<[String; 4]> = vec![[
            lang.pick("时段", "slot").to_owned(),
            lang.pick("目标", "target").to_owned(),
            lang.pick("完成", "done").to_owned(),
            lang.pick("还需", "left").to_owned(),
        ]];
        for slot in &slots.slots {
            let target = match slot.added {
                0 => shown.amount(slot.target),
                added => format!("{}{}", shown.amount(slot.target), shown.signed(added)),
            };
            rows.push([
                slot.label.clone(),
                target,
                shown.amount(slot.done),
                shown.amount(slot.left),
            ]);
        }
        let widths: [usize; 4] =
            std::array::from_fn(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or(0));
        for (at, row) in rows.iter().enumerate() {
            let mut line = padded(&row[0], widths[0], false);
            for column in 1..4 {
                line.push_str("  ");
                line.push_str(&padded(&row[column], widths[column], true));
            }
            if let Some(slot) = at.checked_sub(1).map(|at| &slots.slots[at]) {
                let (text, ink) = self.said(slots, slot, shown);
                let share =
                    Ratio::new(slot.done.into(), slot.working.into()).filter(|_| slot.working > 0);
                let bar = plain_bar(share, None, SLOT_BAR);
                line.push_str("  ");
                line.push_str(&terminal.ink(&bar, ink));
                line.push_str("  ");
                line.push_str(&terminal.ink(&text, ink));
            }
            terminal.print(line.trim_end())?;
        }
        if slots.without_slot != 0 {
            let amount = shown.amount(slots.without_slot);
            terminal.say(match lang {
                Lang::Zh => format!("另有 {amount} 没有时刻，不属于任何时段"),
                Lang::En => format!("{amount} more carries no time of day and falls into no slot"),
            });
        }
        Ok(())
    }

    /// What there is to say of a slot, and its colour.
    fn said(
        &self,
        slots: &SlotsToday,
        slot: &SlotToday,
        shown: &Figures<'_>,
    ) -> (String, &'static str) {
        let lang = shown.lang;
        let over = shown.amount((slot.done - slot.working).abs());
        match slot.phase {
            Phase::ToCome => (format!("○ {}", lang.pick("未开始", "to come")), "2"),
            Phase::Running if slot.left == 0 => {
                (format!("● {}", lang.pick("已达成", "reached")), "32")
            }
            Phase::Running => (format!("▶ {}", lang.pick("进行中", "running")), "34"),
            Phase::Gone if slot.left == 0 => match slot.done == slot.working {
                true => (format!("▲ {}", lang.pick("达成", "reached")), "32"),
                false => (format!("▲ {} {over}", lang.pick("超额", "over by")), "32"),
            },
            Phase::Gone => {
                let is_last = slots
                    .slots
                    .last()
                    .is_some_and(|last| last.from == slot.from);
                let text = match (lang, is_last) {
                    (Lang::Zh, false) => format!("▼ 缺口 {over}，已并入后面的时段"),
                    (Lang::Zh, true) => format!("▼ 缺口 {over}"),
                    (Lang::En, false) => format!("▼ short by {over}, added to later slots"),
                    (Lang::En, true) => format!("▼ short by {over}"),
                };
                (text, "31")
            }
        }
    }

    /// The same for scripts.
    pub fn json(&self) -> Value {
        let step = self.plan.step(self.measure);
        let text = |count: i64| step.format(count);
        let share = |share: Option<Ratio>| share.map(decimal);
        let definition = self.plan.model().definition();
        let measure = &definition.measures[self.measure];
        let mut place = self.members.clone();
        place.push(0);
        let slots = self.slots.as_ref().ok();
        let day = &self.day;
        json!({
            "plan": definition.name,
            "measure": measure.code,
            "unit": measure.unit,
            "place": self.plan.model().place_text(&Place(place)),
            "name": self.name(Lang::Zh),
            "day": self.moment.day.to_string(),
            "time": self.moment.time(),
            "coefficient": decimal(self.coefficient),
            "target": text(day.target),
            "done": text(day.actual),
            "left": text(day.gap.max(0)),
            "attainment": share(day.attainment),
            "elapsed": slots.map(|slots| decimal(slots.elapsed)),
            "expected": slots.map(|slots| text(slots.expected)),
            "status": slots.map(|slots| slots.status.code()),
            "without_slot": slots.map(|slots| text(slots.without_slot)),
            "slots": slots.map(|slots| slots.slots.iter().map(|slot| json!({
                "slot": slot.label,
                "from": clock(slot.from),
                "to": clock(slot.to),
                "phase": phase(slot.phase),
                "target": text(slot.target),
                "added": text(slot.added),
                "working": text(slot.working),
                "done": text(slot.done),
                "left": text(slot.left),
            })).collect::<Vec<_>>()),
            "no_slots_because": self.slots.as_ref().err().map(|reason| match reason {
                NoSlots::Plan => "plan_has_no_slots",
                NoSlots::Lines => "sales_have_no_time",
            }),
            "week": self.week.as_ref().map(|week| week.json(step)),
        })
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Gone => "gone",
        Phase::Running => "running",
        Phase::ToCome => "to_come",
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A share as a decimal with six digits.
pub fn decimal(share: Ratio) -> String {
    let millionths = share.rounded(6);
    let sign = if millionths < 0 { "-" } else { "" };
    let count = millionths.unsigned_abs();
    format!("{sign}{}.{:06}", count / 1_000_000, count % 1_000_000)
}

/// `1.2`, `1`, `0.85`.
fn coefficient_text(weight: Ratio) -> String {
    let text = decimal(weight);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() {
        dash()
    } else {
        text.to_owned()
    }
}

/// What is done as a bar, with a tick where the day stands.
pub fn plain_bar(share: Option<Ratio>, elapsed: Option<Ratio>, cells: usize) -> String {
    let at = |share: Ratio| {
        let scaled = Ratio::new(share.above().saturating_mul(cells as i128), share.below());
        scaled.map_or(0, |cell| cell.rounded(0).clamp(0, cells as i64) as usize)
    };
    let (done, tick) = (share.map_or(0, at), elapsed.map_or(0, at));
    let cell = |index: usize| match index {
        index if index + 1 == tick && tick < cells => '│',
        index if index < done => '█',
        _ => '░',
    };
    (0..cells).map(cell).collect()
}

fn padded(text: &str, width: usize, right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right {
        blanks + text
    } else {
        text.to_owned() + &blanks
    }
}

//! The action plans of a plan: due, running, overdue, checked, each with what was sold before and after
//! it. Decides nothing about targets.

use std::collections::HashMap;

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{ActionState, FiledAction, Operation, Plan, Streak};
use serde_json::{Value, json};

use super::ActionArgs;
use crate::carry::members::{address, name};
use crate::carry::rule::time;
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Lists the action plans.
///
/// # Errors
/// Those of the plan.
pub fn list(args: &ActionArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let index = measure(&plan, args.measure.as_deref())?;
    if terminal.json {
        terminal.print_json(&json(&opened, &plan, index, terminal.lang))?;
        return Ok(Exit::Done);
    }
    let streaks = plan.streaks(index);
    let of = |wanted: fn(&ActionState) -> bool| -> Vec<&Streak> {
        streaks
            .iter()
            .filter(|streak| wanted(&streak.action))
            .collect()
    };
    let due = of(|state| *state == ActionState::Due);
    let waived = of(|state| matches!(state, ActionState::Waived(_)));
    let filed = filed(&plan, index);
    if due.is_empty() && waived.is_empty() && filed.is_empty() {
        terminal.print(terminal.lang.pick(
            "没有要写的改进计划，也没有写过的",
            "no action plan is due, and none was written",
        ))?;
        return Ok(Exit::Done);
    }
    print_streaks(&plan, index, &due, &waived, terminal)?;
    if let Some(first) = due.first() {
        let (path, address) = (args.plan.plan.display(), address(&plan, &first.members));
        terminal.print(match terminal.lang {
            Lang::Zh => format!(
                "写一份：fenjie action {path} '{address}' --cause market='…' --do '…' --owner … --due … --yes"
            ),
            Lang::En => format!(
                "file one: fenjie action {path} '{address}' --cause market='…' --do '…' --owner … --due … --yes"
            ),
        })?;
    }
    print_filed(&opened, &plan, index, &filed, terminal)?;
    Ok(Exit::Done)
}

/// The action plans of a measure.
fn filed(plan: &Plan, measure: usize) -> Vec<FiledAction<'_>> {
    let code = &plan.model().definition().measures[measure].code;
    let mut plans = plan.action_plans();
    plans.retain(|filed| filed.plan.measure == *code || filed.plan.measure.is_empty());
    plans
}

fn print_streaks(
    plan: &Plan,
    measure: usize,
    due: &[&Streak],
    waived: &[&Streak],
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if due.is_empty() && waived.is_empty() {
        return Ok(());
    }
    let lang = terminal.lang;
    let headings = match lang {
        Lang::Zh => [
            "成员",
            "改进计划",
            "连续未达成",
            "期间",
            "目标",
            "实绩",
            "完成率",
        ],
        Lang::En => [
            "member",
            "action plan",
            "missed",
            "periods",
            "target",
            "actual",
            "attained",
        ],
    };
    let [left, right] = [Align::Left, Align::Right];
    let mut table = Tabular::new(&headings, &[left, left, right, left, right, right, right]);
    for (streaks, state) in [
        (due, lang.pick("该写", "due")),
        (waived, lang.pick("不等", "waived")),
    ] {
        for streak in streaks.iter().take(MOST_SHOWN) {
            let (target, actual) = (streak.target.iter().sum(), streak.actual.iter().sum());
            let label = |period: &u32| time(plan).label(*period, lang).to_owned();
            let ends = [streak.periods.first(), streak.periods.last()].map(|end| end.map(label));
            let periods = match ends {
                [Some(first), Some(last)] if first != last => format!("{first} – {last}"),
                [Some(first), _] => first,
                _ => String::new(),
            };
            let amount = |count| plan.step(measure).format_grouped(count, DisplayUnit::One);
            table.row([
                name(plan, &streak.members, lang),
                state.to_owned(),
                streak.periods.len().to_string(),
                periods,
                amount(target),
                amount(actual),
                percent(actual, target).unwrap_or_default(),
            ]);
        }
    }
    terminal.print(table)?;
    let hidden = due.len().saturating_sub(MOST_SHOWN) + waived.len().saturating_sub(MOST_SHOWN);
    match (hidden, lang) {
        (0, _) => Ok(()),
        (_, Lang::Zh) => terminal.print(format_args!(
            "还有 {hidden} 个成员没有列出；`--json` 有全部"
        )),
        (_, Lang::En) => terminal.print(format_args!("{hidden} more members are in `--json`")),
    }
}

/// How many members a table to read shows of each state.
const MOST_SHOWN: usize = 40;

fn print_filed(
    opened: &Opened,
    plan: &Plan,
    measure: usize,
    filed: &[FiledAction<'_>],
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if filed.is_empty() {
        return Ok(());
    }
    let lang = terminal.lang;
    let headings = match lang {
        Lang::Zh => ["步", "成员", "状态", "负责", "期限", "措施", "之前", "之后"],
        Lang::En => [
            "no.", "member", "state", "owner", "due", "measures", "before", "after",
        ],
    };
    let [left, right] = [Align::Left, Align::Right];
    let mut table = Tabular::new(
        &headings,
        &[right, left, left, left, left, left, right, right],
    );
    let (today, first) = (plan.model().definition().today, first_closes(opened, plan));
    for one in filed {
        let sold = Sold::around(plan, measure, one, &first);
        table.row([
            one.number.to_string(),
            name(plan, &one.members, lang),
            state(one, today).text(one, lang),
            one.plan.owner.clone(),
            one.plan.due.to_string(),
            one.plan.measures.join(lang.pick("；", "; ")),
            sold.before.percent(),
            sold.after.percent(),
        ]);
    }
    terminal.print(table)?;
    let is_overdue = |one: &&FiledAction<'_>| state(one, today) == State::Overdue;
    if let Some(one) = filed.iter().find(is_overdue) {
        let number = one.number;
        terminal.print(match lang {
            Lang::Zh => {
                format!("到期了，记下效果：--check {number} --effect partly --note '…' --yes")
            }
            Lang::En => {
                format!("its day has come: --check {number} --effect partly --note '…' --yes")
            }
        })?;
    }
    Ok(())
}

/// The action plans for scripts.
pub fn json(opened: &Opened, plan: &Plan, measure: usize, lang: Lang) -> Value {
    let exact = |count| plan.step(measure).format(count);
    let code = |period: &u32| time(plan).tree.code(*period).to_owned();
    let streaks = plan.streaks(measure);
    let streaks = streaks
        .iter()
        .filter(|streak| streak.action != ActionState::NotDue);
    let missed = streaks.map(|streak| {
        let (state, number) = match streak.action {
            ActionState::Filed(number) => ("filed", Some(number)),
            ActionState::Waived(number) => ("waived", Some(number)),
            ActionState::Due | ActionState::NotDue => ("due", None),
        };
        json!({
            "place": address(plan, &streak.members),
            "name": name(plan, &streak.members, lang),
            "state": state,
            "number": number,
            "periods": streak.periods.iter().map(code).collect::<Vec<_>>(),
            "target": exact(streak.target.iter().sum()),
            "actual": exact(streak.actual.iter().sum()),
        })
    });
    let (today, first) = (plan.model().definition().today, first_closes(opened, plan));
    let filed = filed(plan, measure);
    let plans = filed.iter().map(|one| {
        let sold = Sold::around(plan, measure, one, &first);
        json!({
            "number": one.number,
            "place": address(plan, &one.members),
            "name": name(plan, &one.members, lang),
            "state": state(one, today).code(),
            "causes": one.plan.causes.iter().map(|(cause, text)| json!({
                "cause": cause.code(), "name": cause.name(lang), "text": text,
            })).collect::<Vec<_>>(),
            "measures": one.plan.measures,
            "owner": one.plan.owner,
            "due": one.plan.due.to_string(),
            "check": one.check.map(|(number, check)| json!({
                "number": number, "effect": check.effect.code(), "note": check.note,
            })),
            "before": sold.before.json(plan, measure),
            "after": sold.after.json(plan, measure),
        })
    });
    json!({ "missed": missed.collect::<Vec<_>>(), "plans": plans.collect::<Vec<_>>() })
}

/// Where an action plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    Overdue,
    Checked,
}

fn state(one: &FiledAction<'_>, today: Option<Date>) -> State {
    match (one.check, today) {
        (Some(_), _) => State::Checked,
        (None, Some(today)) if one.plan.due < today => State::Overdue,
        _ => State::Running,
    }
}

impl State {
    fn code(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Overdue => "overdue",
            State::Checked => "checked",
        }
    }

    fn text(self, one: &FiledAction<'_>, lang: Lang) -> String {
        let effect = one.check.map_or("", |(_, check)| check.effect.name(lang));
        match self {
            State::Running => lang.pick("进行中", "running").into(),
            State::Overdue => lang.pick("到期未检查", "overdue").into(),
            State::Checked => effect.into(),
        }
    }
}

/// The number of the first close of each period.
fn first_closes(opened: &Opened, plan: &Plan) -> HashMap<u32, usize> {
    let mut first = HashMap::new();
    for (at, operation) in opened.loaded.operations.iter().enumerate() {
        if let Operation::Close(close) = operation
            && let Ok(place) = plan.model().place(&close.period)
            && let Some(period) = place.0.last()
        {
            first.entry(*period).or_insert(at + 1);
        }
    }
    first
}

/// How many periods before an action plan are compared with those after it.
const COMPARED: usize = 2;

/// Targets and results of the periods before and after an action plan.
#[derive(Default)]
struct Sold {
    before: Sums,
    after: Sums,
}

/// Sums over periods, in steps.
#[derive(Default)]
struct Sums {
    periods: Vec<String>,
    target: i64,
    actual: i64,
}

impl Sold {
    /// The two periods that were closed last before it was filed, and all that were closed since.
    fn around(
        plan: &Plan,
        measure: usize,
        one: &FiledAction<'_>,
        first: &HashMap<u32, usize>,
    ) -> Sold {
        let closes = plan.closes(measure);
        let number = |period: u32| first.get(&period).copied().unwrap_or(usize::MAX);
        let begun = closes.partition_point(|close| number(close.period) < one.number);
        let periods: Vec<u32> = closes.iter().map(|close| close.period).collect();
        let targets = plan.base(measure).series(&one.members, &periods);
        let targets = targets.unwrap_or_else(|| vec![0; periods.len()]);
        let mut sold = Sold::default();
        for (at, close) in closes
            .iter()
            .enumerate()
            .skip(begun.saturating_sub(COMPARED))
        {
            let sums = if at < begun {
                &mut sold.before
            } else {
                &mut sold.after
            };
            sums.periods
                .push(time(plan).tree.code(close.period).to_owned());
            sums.target += targets[at];
            sums.actual += close.actual(&one.members);
        }
        sold
    }
}

impl Sums {
    fn percent(&self) -> String {
        percent(self.actual, self.target).unwrap_or_else(|| "–".into())
    }

    fn json(&self, plan: &Plan, measure: usize) -> Value {
        let exact = |count| plan.step(measure).format(count);
        json!({
            "periods": self.periods,
            "target": exact(self.target),
            "actual": exact(self.actual),
            "attainment": percent(self.actual, self.target),
        })
    }
}

/// Attainment in per cent with one decimal, half away from zero; none without a target (rule T1).
pub fn percent(actual: i64, target: i64) -> Option<String> {
    if target == 0 {
        return None;
    }
    let (actual, target) = (i128::from(actual), i128::from(target));
    let sign = if (actual < 0) == (target < 0) || actual == 0 {
        ""
    } else {
        "-"
    };
    let (actual, target) = (actual.unsigned_abs(), target.unsigned_abs());
    let tenths = (actual * 2000 + target) / (target * 2);
    Some(format!("{sign}{}.{}%", tenths / 10, tenths % 10))
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn attainment_has_one_decimal() {
        let of = |actual, target| percent(actual, target).unwrap_or_default();
        assert_eq!(of(20, 25), "80.0%");
        assert_eq!(of(2, 3), "66.7%");
        assert_eq!(of(-1, 8), "-12.5%");
        assert_eq!(of(1, 0), "");
    }
}

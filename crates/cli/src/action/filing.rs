//! Writes an action plan, what became of one, or a waiver: a preview first, written with `--yes`.

use fenjie_calendar::Date;
use fenjie_message::{Lang, Message};
use fenjie_plan::{
    ActionCheck, ActionPlan, ActionState, Address, Cause, Effect, Operation, Plan, Waiver,
};
use serde_json::{Value, json};

use super::{ActionArgs, listing};
use crate::edit::{self, commit};
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::spoken::operation_text;
use crate::terminal::Terminal;

/// Files an action plan.
///
/// # Errors
/// Those of the plan; what is missing of it.
pub fn file(args: &ActionArgs, address: &str, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let at = edit::address(address)?;
    let causes: Vec<_> = args
        .cause
        .iter()
        .map(|text| cause(text))
        .collect::<Result<_, _>>()?;
    let due = args.due.as_deref().map(crate::open::date).transpose()?;
    let complete = [
        (!causes.is_empty(), "--cause"),
        (!args.steps.is_empty(), "--do"),
        (
            args.owner
                .as_ref()
                .is_some_and(|owner| !owner.trim().is_empty()),
            "--owner",
        ),
        (due.is_some(), "--due"),
    ];
    let missing: Vec<&'static str> = complete
        .iter()
        .filter(|(there, _)| !there)
        .map(|(_, name)| *name)
        .collect();
    let (Some(due), true) = (due, missing.is_empty()) else {
        return Err(Failure::new(Unfit::Missing { missing }, Exit::Usage));
    };
    write(args, terminal, |plan, measure| {
        let today = plan.model().definition().today;
        if let Some(today) = today.filter(|today| due < *today) {
            return Err(Failure::new(Unfit::DuePast { due, today }, Exit::Refused));
        }
        Ok(Operation::Act(ActionPlan {
            measure,
            at: canonical(plan, &at)?,
            causes,
            measures: args.steps.clone(),
            owner: args.owner.clone().unwrap_or_default(),
            due,
        }))
    })
}

/// Notes what became of an action plan.
///
/// # Errors
/// A number that is no action plan.
pub fn check(args: &ActionArgs, number: u64, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let effect = args.effect.map(Effect::from).unwrap_or(Effect::Partly);
    write(args, terminal, |_, _| {
        Ok(Operation::CheckAction(ActionCheck {
            sequence: number,
            effect,
            note: args.note.clone().unwrap_or_default(),
        }))
    })
}

/// Lets adjustments of a member go on.
///
/// # Errors
/// No reason.
pub fn waive(args: &ActionArgs, address: &str, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let at = edit::address(address)?;
    let Some(reason) = args.signed.why.clone().filter(|why| !why.trim().is_empty()) else {
        let missing = vec!["--why"];
        return Err(Failure::new(Unfit::Missing { missing }, Exit::Usage));
    };
    write(args, terminal, |plan, measure| {
        Ok(Operation::Waive(Waiver {
            measure,
            at: canonical(plan, &at)?,
            reason,
        }))
    })
}

/// The address by stable codes, whichever names were typed.
fn canonical(plan: &Plan, at: &Address) -> Result<Address, Failure> {
    let place = plan.model().place(at)?;
    Ok(plan.model().address(&place))
}

fn write(
    args: &ActionArgs,
    terminal: &mut Terminal,
    operation: impl FnOnce(&Plan, String) -> Result<Operation, Failure>,
) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let index = measure(&plan, args.measure.as_deref())?;
    let code = plan.model().definition().measures[index].code.clone();
    let operation = operation(&plan, code)?;
    let mut after = plan.clone();
    after
        .apply(operation.clone())
        .map_err(|refusal| Failure::from(refusal.error))?;
    let operations = [operation];
    let written = match args.signed.yes {
        true => Some(commit::write(
            &mut opened,
            &operations,
            &args.signed,
            &after,
        )?),
        false => None,
    };
    if terminal.json {
        terminal.print_json(&json!({
            "written": written,
            "operations": [fenjie_exchange::plan_file::operation_json(&operations[0])],
            "actions": listing::json(&opened, &after, index, terminal.lang),
        }))?;
        return Ok(Exit::Done);
    }
    terminal.print(operation_text(&operations[0], terminal.lang))?;
    details(&operations[0], terminal)?;
    released(&plan, &after, index, terminal)?;
    crate::carry::say_written(written.as_deref(), terminal)?;
    Ok(Exit::Done)
}

/// What an action plan says, line by line.
fn details(operation: &Operation, terminal: &mut Terminal) -> Result<(), Failure> {
    let Operation::Act(plan) = operation else {
        return Ok(());
    };
    let lang = terminal.lang;
    for (cause, text) in &plan.causes {
        let cause = cause.name(lang);
        terminal.print(match lang {
            Lang::Zh => format!("  原因（{cause}）：{text}"),
            Lang::En => format!("  cause ({cause}): {text}"),
        })?;
    }
    for text in &plan.measures {
        terminal.print(match lang {
            Lang::Zh => format!("  措施：{text}"),
            Lang::En => format!("  measure: {text}"),
        })?;
    }
    Ok(())
}

/// Says who no longer waits.
fn released(
    before: &Plan,
    after: &Plan,
    measure: usize,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let due = |plan: &Plan| -> Vec<Vec<u32>> {
        let streaks = plan.streaks(measure).into_iter();
        let due = streaks.filter(|streak| streak.action == ActionState::Due);
        due.map(|streak| streak.members).collect()
    };
    let still = due(after);
    for members in due(before)
        .iter()
        .filter(|members| !still.contains(members))
    {
        let name = crate::carry::members::name(after, members, terminal.lang);
        terminal.print(match terminal.lang {
            Lang::Zh => format!("{name} 不再等改进计划，可以结转、调整了"),
            Lang::En => format!("{name} waits no longer: it can be carried and revised"),
        })?;
    }
    Ok(())
}

/// `market=road works`, `市场环境=商圈修路`.
fn cause(text: &str) -> Result<(Cause, String), Failure> {
    let unknown = || {
        let text = text.to_owned();
        Failure::new(Unfit::CauseUnknown { text }, Exit::Usage)
    };
    let (word, said) = text.split_once(['=', '＝']).ok_or_else(unknown)?;
    let means = |cause: &&Cause| word.trim() == cause.code() || word.trim() == cause.name(Lang::Zh);
    let cause = Cause::ALL.iter().find(means).ok_or_else(unknown)?;
    match said.trim() {
        "" => Err(unknown()),
        said => Ok((*cause, said.to_owned())),
    }
}

/// Prints a form: as `[[do]]` of a plan file, which the command's options fill as well.
///
/// # Errors
/// Those of the plan.
pub fn template(args: &ActionArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let index = measure(&plan, args.measure.as_deref())?;
    let today = plan.model().definition().today;
    let streaks = plan.streaks(index);
    let mut due = streaks
        .iter()
        .filter(|streak| streak.action == ActionState::Due);
    let whose = due
        .next()
        .map(|streak| crate::carry::members::address(&plan, &streak.members));
    if terminal.json {
        terminal.print_json(&form_json(whose.as_deref(), today))?;
        return Ok(Exit::Done);
    }
    let address = whose.unwrap_or_else(|| "store=S1".into());
    let path = args.plan.plan.display();
    let due = today.map_or_else(
        || "2026-03-31".to_owned(),
        |today| week_after(today).to_string(),
    );
    for line in form_head(terminal.lang) {
        terminal.print(line)?;
    }
    let names = Cause::ALL.map(|cause| match terminal.lang {
        Lang::Zh => cause.name(Lang::Zh),
        Lang::En => cause.code(),
    });
    terminal.print(format_args!("fenjie action {path} '{address}' \\"))?;
    for name in names {
        terminal.print(format_args!("  --cause {name}='…' \\"))?;
    }
    terminal.print("  --do '…' \\\n  --do '…' \\")?;
    terminal.print(format_args!("  --owner '…' --due {due} --yes"))?;
    Ok(Exit::Done)
}

/// What stands above the form.
fn form_head(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Zh => [
            "# 改进计划：填好后运行；没有的原因整行删去，措施可以写多条",
            "#   市场环境：商圈、天气、竞争对手、节假日",
            "#   目标设定：是否过高，历史同期如何",
            "#   销售策略：产品、价格、活动、渠道",
            "#   团队执行：人手、排班、跟进",
            "#   客户反馈：投诉、退货、流失的客户",
        ],
        Lang::En => [
            "# An action plan: fill it in and run it; delete causes that do not apply, repeat --do",
            "#   market: location, weather, competitors, holidays",
            "#   target: was it too high, what was sold a year ago",
            "#   strategy: products, prices, campaigns, channels",
            "#   execution: people, shifts, follow-up",
            "#   customers: complaints, returns, customers lost",
        ],
    }
}

fn week_after(day: Date) -> Date {
    day.checked_add(jiff::Span::new().days(7)).unwrap_or(day)
}

fn form_json(whose: Option<&str>, today: Option<Date>) -> Value {
    let causes = Cause::ALL
        .iter()
        .map(|cause| (cause.code().to_owned(), json!("")));
    json!({
        "action": whose.unwrap_or(""),
        "causes": causes.collect::<serde_json::Map<_, _>>(),
        "measures": [""],
        "owner": "",
        "due": today.map(|today| week_after(today).to_string()),
    })
}

#[derive(Debug)]
enum Unfit {
    Missing { missing: Vec<&'static str> },
    CauseUnknown { text: String },
    DuePast { due: Date, today: Date },
}

impl Message for Unfit {
    fn code(&self) -> &'static str {
        match self {
            Unfit::Missing { .. } => "action_incomplete",
            Unfit::CauseUnknown { .. } => "cause_unknown",
            Unfit::DuePast { .. } => "action_due_past",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (Unfit::Missing { missing }, Lang::Zh) => format!("还缺 {}", missing.join("、")),
            (Unfit::Missing { missing }, Lang::En) => format!("{} is missing", missing.join(", ")),
            (Unfit::CauseUnknown { text }, Lang::Zh) => format!("`{text}` 不是 原因=说明"),
            (Unfit::CauseUnknown { text }, Lang::En) => format!("`{text}` is not CAUSE=TEXT"),
            (Unfit::DuePast { due, today }, Lang::Zh) => {
                format!("期限 {due} 已经过去，今天是 {today}")
            }
            (Unfit::DuePast { due, today }, Lang::En) => {
                format!("the due date {due} is past: today is {today}")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = match (self, lang) {
            (Unfit::Missing { missing }, Lang::Zh) if missing == &["--why"] => {
                "不等改进计划要写明原因：--why '…'".to_owned()
            }
            (Unfit::Missing { missing }, Lang::En) if missing == &["--why"] => {
                "going on without an action plan needs a reason: --why '…'".to_owned()
            }
            (Unfit::Missing { .. }, Lang::Zh) => {
                "改进计划要有原因、措施、负责人和期限；`--template` 打印一份可填的表".into()
            }
            (Unfit::Missing { .. }, Lang::En) => {
                "an action plan has causes, measures, an owner and a date; `--template` prints a form"
                    .into()
            }
            (Unfit::CauseUnknown { .. }, lang) => {
                let name = |cause: &Cause| match lang {
                    Lang::Zh => format!("{}（{}）", cause.code(), cause.name(lang)),
                    Lang::En => cause.code().to_owned(),
                };
                let names: Vec<String> = Cause::ALL.iter().map(name).collect();
                match lang {
                    Lang::Zh => format!("例如 market='商圈修路'；原因有 {}", names.join("、")),
                    Lang::En => format!("such as market='road works'; causes: {}", names.join(", ")),
                }
            }
            (Unfit::DuePast { .. }, Lang::Zh) => "写一个今天或以后的日期".into(),
            (Unfit::DuePast { .. }, Lang::En) => "give a day from today on".into(),
        };
        Some(hint)
    }
}

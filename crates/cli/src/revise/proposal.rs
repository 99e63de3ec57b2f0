//! Proposes another target and answers proposals, each with its effect before it is written.

use fenjie_message::{Lang, Message};
use fenjie_money::DisplayUnit;
use fenjie_plan::{Change, ChangeBy, Decision, Operation, Place, Plan, Revision, RevisionAnswer};
use serde_json::{Value, json};

use super::ReviseArgs;
use crate::edit::{self, commit, preview};
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::spoken::operation_text;
use crate::tabular::{Align, Tabular, signed};
use crate::terminal::Terminal;

/// Proposes another target.
///
/// # Errors
/// Those of the plan; no change, no reason; an action plan that is due.
pub fn propose(args: &ReviseArgs, address: &str, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let (at, keep) = (edit::address(address)?, edit::keep(&args.keep)?);
    let change = match (&args.to, &args.by) {
        (Some(to), _) => ChangeBy::parse(to)?,
        (_, Some(by)) => match ChangeBy::parse(by)? {
            ChangeBy::To(amount) => ChangeBy::By(amount),
            relative => relative,
        },
        _ => return Err(Failure::new(Unfit::NoChange, Exit::Usage)),
    };
    let reason = reason(args)?;
    let mut opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let index = measure(&plan, args.measure.as_deref())?;
    let place = plan.model().place(&at)?;
    let at = plan.model().address(&place);
    let code = plan.model().definition().measures[index].code.clone();
    let operation = Operation::Revise(Revision {
        measure: code.clone(),
        at: at.clone(),
        change: change.clone(),
        keep: keep.clone(),
        reason,
    });
    let mut after = plan.clone();
    after
        .apply(operation.clone())
        .map_err(|refusal| Failure::from(refusal.error))?;
    // What an approval would do.
    let set = Operation::Set {
        measure: code,
        at,
        change,
        keep,
    };
    let mut approved = plan.clone();
    let effect = approved
        .apply(set)
        .map_err(|refusal| Failure::from(refusal.error))?;
    let written = write(args, &mut opened, &operation, &after)?;
    let shown = Shown {
        before: &plan,
        after: &approved,
        measure: index,
        place: &place,
        effect: &effect,
    };
    if terminal.json {
        let mut value = shown.json();
        value["written"] = json!(written);
        value["operations"] = json!([fenjie_exchange::plan_file::operation_json(&operation)]);
        terminal.print_json(&value)?;
        return Ok(Exit::Done);
    }
    terminal.print(operation_text(&operation, terminal.lang))?;
    shown.print(terminal)?;
    let number = opened.loaded.operations.len() + 1;
    match (&written, terminal.lang) {
        (Some(_), Lang::Zh) => terminal.print(format_args!(
            "等待批准，目标还没有变：fenjie revise {} --approve {number} --why '…' --yes",
            args.plan.plan.display()
        ))?,
        (Some(_), Lang::En) => terminal.print(format_args!(
            "waiting for approval, no target has changed yet: fenjie revise {} --approve {number} --why '…' --yes",
            args.plan.plan.display()
        ))?,
        (None, lang) => terminal.print(lang.pick(
            "写入的是申请，批准以后目标才变",
            "what is written is a proposal; targets change when it is approved",
        ))?,
    }
    crate::carry::say_written(written.as_deref(), terminal)?;
    Ok(Exit::Done)
}

/// Approves or rejects a revision.
///
/// # Errors
/// A number that is no open revision; no reason.
pub fn decide(
    args: &ReviseArgs,
    number: u64,
    approved: bool,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let reason = reason(args)?;
    let mut opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let operation = Operation::Decide(Decision {
        sequence: number,
        approved,
        reason,
    });
    let mut after = plan.clone();
    let effect = after
        .apply(operation.clone())
        .map_err(|refusal| Failure::from(refusal.error))?;
    let revisions = after.revisions();
    let revision = revisions
        .iter()
        .find(|revision| revision.number as u64 == number)
        .filter(|revision| revision.state != RevisionAnswer::Proposed);
    let written = write(args, &mut opened, &operation, &after)?;
    let shown = revision.map(|revision| Shown {
        before: &plan,
        after: &after,
        measure: effect.measure,
        place: &revision.place,
        effect: &effect,
    });
    if terminal.json {
        let mut value = shown.as_ref().map_or_else(|| json!({}), Shown::json);
        value["written"] = json!(written);
        value["operations"] = json!([fenjie_exchange::plan_file::operation_json(&operation)]);
        terminal.print_json(&value)?;
        return Ok(Exit::Done);
    }
    terminal.print(operation_text(&operation, terminal.lang))?;
    if let Some(revision) = revision {
        let revised = Operation::Revise(revision.revision.clone());
        terminal.print(operation_text(&revised, terminal.lang))?;
    }
    if let (Some(shown), true) = (&shown, approved) {
        shown.print(terminal)?;
    }
    let version = after.version();
    terminal.print(match terminal.lang {
        Lang::Zh => format!("目标版本 {version}"),
        Lang::En => format!("version {version} of the targets"),
    })?;
    crate::carry::say_written(written.as_deref(), terminal)?;
    Ok(Exit::Done)
}

fn reason(args: &ReviseArgs) -> Result<String, Failure> {
    let why = args.signed.why.clone();
    why.filter(|why| !why.trim().is_empty())
        .ok_or_else(|| Failure::new(Unfit::NoReason, Exit::Usage))
}

fn write(
    args: &ReviseArgs,
    opened: &mut Opened,
    operation: &Operation,
    after: &Plan,
) -> Result<Option<String>, Failure> {
    let operations = std::slice::from_ref(operation);
    match args.signed.yes {
        true => commit::write(opened, operations, &args.signed, after).map(Some),
        false => Ok(None),
    }
}

/// What a revision does: to its place, to the totals around it, to everything.
struct Shown<'a> {
    before: &'a Plan,
    after: &'a Plan,
    measure: usize,
    place: &'a Place,
    effect: &'a Change,
}

impl Shown<'_> {
    /// The place, then what lies around it: its parent on each axis, then the total.
    fn around(&self) -> Vec<Place> {
        let mut places = vec![self.place.clone()];
        let axes = self.before.model().axes();
        for (axis, known) in axes.iter().enumerate() {
            let mut outer = self.place.clone();
            if let Some(parent) = known.tree.parent(outer.0[axis]) {
                outer.0[axis] = parent;
                places.push(outer);
            }
        }
        let whole = Place(vec![0; axes.len()]);
        if !places.contains(&whole) {
            places.push(whole);
        }
        places
    }

    fn values(&self, place: &Place) -> [i64; 2] {
        [self.before, self.after].map(|plan| plan.base(self.measure).value(place).unwrap_or(0))
    }

    fn print(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let (lang, step) = (terminal.lang, self.before.step(self.measure));
        let headings = match lang {
            Lang::Zh => ["位置", "之前", "之后", "变化", "以前改过"],
            Lang::En => ["place", "before", "after", "change", "revised before"],
        };
        let align = [
            Align::Left,
            Align::Right,
            Align::Right,
            Align::Right,
            Align::Right,
        ];
        let mut table = Tabular::new(&headings, &align);
        let amount = |count: i64| step.format_grouped(count, DisplayUnit::One);
        for place in self.around() {
            let [before, after] = self.values(&place);
            let text = match self.before.model().place_text(&place).as_str() {
                "*" => lang.pick("合计", "total").to_owned(),
                text => text.to_owned(),
            };
            table.row([
                text,
                amount(before),
                amount(after),
                signed(step, after - before),
                self.before.times_revised(&place).to_string(),
            ]);
        }
        terminal.print(table)?;
        preview::print_change(self.after, self.effect, terminal)
    }

    fn json(&self) -> Value {
        let step = self.before.step(self.measure);
        let places = self.around().into_iter().map(|place| {
            let [before, after] = self.values(&place).map(|value| step.format(value));
            json!({
                "place": self.before.model().place_text(&place),
                "before": before,
                "after": after,
                "revised_before": self.before.times_revised(&place),
            })
        });
        json!({
            "places": places.collect::<Vec<_>>(),
            "effect": preview::change_json(self.after, self.effect),
            "version": self.after.version(),
        })
    }
}

#[derive(Debug)]
enum Unfit {
    NoChange,
    NoReason,
}

impl Message for Unfit {
    fn code(&self) -> &'static str {
        match self {
            Unfit::NoChange => "revision_empty",
            Unfit::NoReason => "reason_missing",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match self {
            Unfit::NoChange => lang.pick("没有说改成多少", "nothing says what to change it to"),
            Unfit::NoReason => lang.pick("调整目标要写明原因", "a revision needs a reason"),
        }
        .into()
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(
            match self {
                Unfit::NoChange => lang.pick(
                    "用 `--to 28万` 或 `--by -5万`",
                    "say `--to 28万` or `--by -5万`",
                ),
                Unfit::NoReason => lang.pick("用 `--why '…'`", "say it with `--why '…'`"),
            }
            .into(),
        )
    }
}

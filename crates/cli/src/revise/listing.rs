//! The revisions of a plan with their answers, and how often each target was revised (rule J6).

use std::collections::BTreeMap;

use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{Operation, Plan, RevisionAnswer, RevisionState};
use serde_json::{Value, json};

use super::ReviseArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::spoken::operation_text;
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Lists them.
///
/// # Errors
/// Those of the plan.
pub fn list(args: &ReviseArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let revisions = plan.revisions();
    let (lang, version) = (terminal.lang, plan.version());
    if terminal.json {
        let rows = revisions
            .iter()
            .map(|revision| row(&plan, &opened, revision, lang));
        terminal
            .print_json(&json!({ "version": version, "revisions": rows.collect::<Vec<_>>() }))?;
        return Ok(Exit::Done);
    }
    terminal.print(match lang {
        Lang::Zh => format!("目标版本 {version}"),
        Lang::En => format!("version {version} of the targets"),
    })?;
    if revisions.is_empty() {
        terminal.print(lang.pick("没有调整过目标", "no target was revised"))?;
        return Ok(Exit::Done);
    }
    let headings = match lang {
        Lang::Zh => ["步", "状态", "调整", "之前", "之后", "谁", "原因"],
        Lang::En => ["no.", "state", "revision", "before", "after", "who", "why"],
    };
    let [left, right] = [Align::Left, Align::Right];
    let mut table = Tabular::new(&headings, &[right, left, left, right, right, left, left]);
    for revision in &revisions {
        let step = plan.step(measure_of(&plan, revision));
        let amount = |count: Option<i64>| {
            count.map_or_else(String::new, |count| {
                step.format_grouped(count, DisplayUnit::One)
            })
        };
        table.row([
            revision.number.to_string(),
            answer(revision.state, lang),
            operation_text(&Operation::Revise(revision.revision.clone()), lang),
            amount(revision.before),
            amount(revision.after),
            who(&opened, revision.number).unwrap_or_default(),
            revision.revision.reason.clone(),
        ]);
    }
    terminal.print(table)?;
    counts(&plan, &revisions, terminal)?;
    Ok(Exit::Done)
}

/// The targets that were revised, most often first.
fn counts(
    plan: &Plan,
    revisions: &[RevisionState<'_>],
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut places = BTreeMap::new();
    for revision in revisions {
        let times = plan.times_revised(&revision.place);
        places.insert(plan.model().place_text(&revision.place), times);
    }
    let mut places: Vec<(String, usize)> = places.into_iter().collect();
    places.retain(|(_, times)| *times > 1);
    places.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    for (place, times) in places {
        terminal.print(match terminal.lang {
            Lang::Zh => format!("{place} 已改过 {times} 次；目标要稳定，常改的先查原因"),
            Lang::En => format!(
                "{place} was revised {times} times; targets should be stable, look for the cause first"
            ),
        })?;
    }
    Ok(())
}

fn measure_of(plan: &Plan, revision: &RevisionState<'_>) -> usize {
    let measures = &plan.model().definition().measures;
    let named = |code: &str| {
        measures
            .iter()
            .position(|measure| measure.code == code || measure.name == code)
    };
    let main = || measures.iter().position(|measure| measure.is_flow());
    named(&revision.revision.measure).or_else(main).unwrap_or(0)
}

fn who(opened: &Opened, number: usize) -> Option<String> {
    opened
        .loaded
        .origins
        .get(number.checked_sub(1)?)?
        .who
        .clone()
}

fn answer(state: RevisionAnswer, lang: Lang) -> String {
    match (state, lang) {
        (RevisionAnswer::Proposed, Lang::Zh) => "待批准".into(),
        (RevisionAnswer::Proposed, Lang::En) => "proposed".into(),
        (RevisionAnswer::Approved(at), Lang::Zh) => format!("已批准（第 {at} 步）"),
        (RevisionAnswer::Approved(at), Lang::En) => format!("approved (step {at})"),
        (RevisionAnswer::Rejected(at), Lang::Zh) => format!("已驳回（第 {at} 步）"),
        (RevisionAnswer::Rejected(at), Lang::En) => format!("rejected (step {at})"),
    }
}

fn row(plan: &Plan, opened: &Opened, revision: &RevisionState<'_>, lang: Lang) -> Value {
    let step = plan.step(measure_of(plan, revision));
    let (state, answered) = match revision.state {
        RevisionAnswer::Proposed => ("proposed", None),
        RevisionAnswer::Approved(number) => ("approved", Some(number)),
        RevisionAnswer::Rejected(number) => ("rejected", Some(number)),
    };
    json!({
        "number": revision.number,
        "state": state,
        "answered_by": answered,
        "place": plan.model().place_text(&revision.place),
        "text": operation_text(&Operation::Revise(revision.revision.clone()), lang),
        "before": revision.before.map(|count| step.format(count)),
        "after": revision.after.map(|count| step.format(count)),
        "who": who(opened, revision.number),
        "why": revision.revision.reason,
        "times_revised": plan.times_revised(&revision.place),
    })
}

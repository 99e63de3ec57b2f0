//! Closes the periods of a plan that have ended, with the results they ended with (rule J4), as
//! `fenjie close last` does: by the rule in force, in time order, each once.

use std::path::Path;

use fenjie_facts::Store as Facts;
use fenjie_facts::closing::{self, RuleAsked, Wanted};
use fenjie_notify::Topic;
use fenjie_plan::{Close, Operation, Place, Plan};
use jiff::civil::Date;
use serde_json::json;

use super::task::{Ended, Task};
use crate::notices::{About, enqueue};
use crate::working::{AlongWith, Edit, Seen, plan_folder};
use crate::{Answer, AppError, Kind, Verb};

/// How often a plan that others edit meanwhile is looked at anew.
const ATTEMPTS: u32 = 3;
/// The most periods that one job closes.
const MOST: usize = 60;

/// What is to be closed, as of a version of the plan.
struct Found {
    sequence: u64,
    measure: usize,
    periods: Vec<u32>,
    closes: Vec<Close>,
}

pub(super) async fn run(task: &Task) -> Result<Ended, AppError> {
    let mut attempt = 1;
    loop {
        let found = look(task).await?;
        let Some(found) = found else {
            return Ok(Ended::With(json!({ "closed": [] })));
        };
        match close(task, found).await {
            Err(error) if error.kind() == Kind::Stale && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
            Ok(_) => return Ok(Ended::Already),
        }
    }
}

/// What has ended and is not closed yet; nothing where there are no sales at all.
async fn look(task: &Task) -> Result<Option<Found>, AppError> {
    let Some(id) = &task.job.plan else {
        return Ok(None);
    };
    let actor = &task.asked.actor;
    let opened = task.app.open_plan(actor, id, Verb::Close).await?;
    let (plan, sequence) = (opened.loaded.plan().clone(), opened.loaded.sequence());
    let hints = opened.loaded.definition().carry.clone();
    drop(opened);
    let definition = plan.model().definition().clone();
    crate::sales::store_waiting(&task.app, &task.organisation.id, id, definition).await?;
    let folder = plan_folder(&task.app, &task.organisation.id, id);
    let today = task.day().0;
    let found = tokio::task::spawn_blocking(move || {
        let Some(measure) = first_flow(&plan) else {
            return Ok(None);
        };
        let asked = RuleAsked::default();
        let rule = closing::rule(&asked, &hints, &plan, measure).map_err(AppError::refused)?;
        let periods = ended(&plan, measure, &rule.level, today);
        if periods.is_empty() {
            return Ok(None);
        }
        let wanted = Wanted {
            measure,
            of: &rule.of,
            periods: &periods,
            as_of: today,
        };
        let Some(closes) = closes(&folder, &plan, &wanted)? else {
            return Ok(None);
        };
        Ok::<_, AppError>(Some(Found {
            sequence,
            measure,
            closes,
            periods,
        }))
    });
    found.await.map_err(AppError::internal)?
}

fn closes(folder: &Path, plan: &Plan, wanted: &Wanted<'_>) -> Result<Option<Vec<Close>>, AppError> {
    let facts = Facts::open(folder).map_err(AppError::refused)?;
    if !facts.imports().iter().any(|import| import.in_effect) {
        return Ok(None);
    }
    let add_up = |request: &_| facts.actuals(plan, request);
    closing::closes(plan, add_up, wanted)
        .map(Some)
        .map_err(AppError::refused)
}

/// The measure that is closed: the plan's first flow.
pub(super) fn first_flow(plan: &Plan) -> Option<usize> {
    let measures = &plan.model().definition().measures;
    measures.iter().position(|measure| measure.is_flow())
}

/// The periods of a level that have ended by a day and are not closed; behind the last closed one, or
/// the last ended one alone where none is closed.
fn ended(plan: &Plan, measure: usize, level: &str, today: Date) -> Vec<u32> {
    let time = closing::time(plan);
    let end = |node: &u32| time.days_of(*node).map(|days| days.end);
    let closed = plan.closes(measure);
    let last = closed.iter().filter_map(|known| end(&known.period)).max();
    let all = closing::periods_at(plan, level).into_iter();
    let mut open: Vec<u32> = all
        .filter(|node| end(node).is_some_and(|end| end <= today))
        .filter(|node| last.is_none_or(|last| end(node) > Some(last)))
        .collect();
    if last.is_none() && open.len() > 1 {
        open.drain(..open.len() - 1);
    }
    open.truncate(MOST);
    open
}

async fn close(task: &Task, found: Found) -> Result<Answer, AppError> {
    let id = task
        .job
        .plan
        .clone()
        .unwrap_or_else(|| fenjie_store::PlanId::of(0));
    let operations = found.closes.into_iter().map(Operation::Close).collect();
    let edit = Edit {
        operations,
        why: Some(
            task.asked
                .actor
                .lang
                .pick("按时关账", "closed on schedule")
                .into(),
        ),
        seen: Seen::At(found.sequence),
        known: Vec::new(),
        action: "plan.close",
    };
    let (own, measure, periods) = (task.clone(), found.measure, found.periods);
    let plan_id = id.clone();
    let along: AlongWith = Box::new(move |unit, applied, loaded| {
        let code = |period: &u32| closing::time(loaded.plan()).tree.code(*period).to_owned();
        let told: Vec<About> = periods
            .iter()
            .map(|period| about(loaded.plan(), measure, *period, &plan_id))
            .collect();
        let closed: Vec<String> = periods.iter().map(code).collect();
        let outcome = json!({ "closed": closed, "last": applied.last });
        Box::pin(async move {
            for about in &told {
                enqueue(unit, about, &[]).await?;
            }
            own.end_in(unit, outcome.clone()).await?;
            Answer::ok(&outcome)
        })
    });
    task.app
        .edit(&task.asked, &id, Verb::Close, edit, along)
        .await
}

/// What people are told of a closed period.
fn about(plan: &Plan, measure: usize, period: u32, id: &fenjie_store::PlanId) -> About {
    let model = plan.model();
    let (definition, time) = (model.definition(), closing::time(plan));
    let step = plan.step(measure);
    let mut total = Place(vec![0; model.axes().len() - 1]);
    total.0.push(period);
    let target = plan.base(measure).value(&total);
    let closed = plan
        .closes(measure)
        .into_iter()
        .find(|known| known.period == period);
    let (actual, unassigned) = closed.map_or((0, 0), |known| (known.total, known.unassigned));
    let attainment = target.filter(|target| *target > 0).map(|target| {
        // Tenths of a percent, cut.
        let tenths = i128::from(actual) * 1000 / i128::from(target);
        format!("{}.{}%", tenths / 10, (tenths % 10).abs())
    });
    let code = time.tree.code(period);
    let mut about = About::new(
        Topic::PeriodClosed,
        Some(id),
        format!("{id}:{measure}:{code}"),
    )
    .with("plan", definition.name.clone())
    .with("period", code)
    .with("measure", definition.measures[measure].name.clone())
    .with("actual", step.format(actual))
    .with("unassigned", step.format(unassigned));
    if let Some(target) = target {
        about = about.with("target", step.format(target));
    }
    if let Some(attainment) = attainment {
        about = about.with("attainment", attainment);
    }
    about
}

//! Looks at a plan by its rules and tells whoever wants to hear: a digest to each channel, and to each
//! person of what is within their reach, held to the end of the quiet hours (rule T6).

use fenjie_facts::Store as Facts;
use fenjie_message::Lang;
use fenjie_notify::Topic;
use fenjie_notify::template::Value;
use fenjie_plan::Tree;
use fenjie_review::Watch;
use fenjie_store::{PlanId, Timestamp};
use fenjie_track::Alert;
use jiff::civil::Date;
use serde_json::json;

use super::closing::first_flow;
use super::schedules;
use super::task::{Ended, Task};
use crate::authenticate::actor_with;
use crate::notices::{About, Receiver, enqueue_to, receivers};
use crate::reach::Reach;
use crate::working::plan_folder;
use crate::{AppError, Origin, Unit, Verb};

/// The most lines of a digest; the rest is counted.
const MOST_LINES: usize = 30;

/// What was found, and when it goes out.
struct Found {
    alerts: Vec<Alert>,
    deliver_at: (Date, u16),
    as_of: Date,
}

pub(super) async fn run(task: &Task) -> Result<Ended, AppError> {
    let Some(id) = &task.job.plan else {
        return Ok(Ended::With(json!({})));
    };
    let opened = task
        .app
        .open_plan(&task.asked.actor, id, Verb::ReadActuals)
        .await?;
    let plan = opened.loaded.plan().clone();
    let rules = opened.loaded.definition().alerts.clone();
    let record = opened.record.clone();
    let axis = opened.loaded.scope_axis(&record);
    drop(opened);
    let Some(measure) = first_flow(&plan) else {
        return Ok(Ended::With(json!({ "alerts": 0 })));
    };
    let definition = plan.model().definition().clone();
    let (name, measure_name) = (
        definition.name.clone(),
        definition.measures[measure].name.clone(),
    );
    crate::sales::store_waiting(&task.app, &task.organisation.id, id, definition).await?;
    let folder = plan_folder(&task.app, &task.organisation.id, id);
    let (day, minute) = task.day();
    let looked = tokio::task::spawn_blocking(move || {
        let facts = Facts::open(&folder).map_err(AppError::refused)?;
        // The last whole day is the one before.
        let as_of = day.yesterday().unwrap_or(day);
        let mut watch = Watch::usual(&plan, measure, rules, as_of).map_err(AppError::refused)?;
        let mut alerts = Vec::new();
        if facts.imports().iter().any(|import| import.in_effect) && watch.has_begun() {
            let actuals = facts
                .actuals(&plan, &watch.needs())
                .map_err(AppError::refused)?;
            alerts = watch.found(&actuals).map_err(AppError::refused)?;
        }
        let found = Found {
            alerts,
            deliver_at: watch.deliver_at(day, minute),
            as_of: watch.as_of,
        };
        Ok::<_, AppError>((found, plan))
    });
    let (found, plan) = looked.await.map_err(AppError::internal)??;

    let mut unit = task.writing().await?;
    let mut told = 0;
    let hears = receivers(&mut unit, Topic::AlertsDigest, Some(id)).await?;
    for receiver in hears {
        let tree = axis.map(|axis| (axis, &plan.model().axes()[axis].tree));
        let Some((reach, lang)) = sight(&mut unit, &receiver, tree).await? else {
            continue;
        };
        let lang = lang.unwrap_or_else(|| task.organisation.language.clone());
        let lang = Lang::from_locale(&lang);
        let tree_of = |axis: usize| &plan.model().axes()[axis].tree;
        let seen: Vec<&Alert> = found
            .alerts
            .iter()
            .filter(|alert| reach.sees_members(tree_of, &alert.members))
            .collect();
        if seen.is_empty() {
            continue;
        }
        let mut about = digest(id, &found, &seen, lang)
            .with("plan", name.clone())
            .with("measure", measure_name.clone());
        about.not_before = instant(task, found.deliver_at);
        told += enqueue_to(&mut unit, &about, &[receiver]).await?;
    }
    let outcome = json!({ "alerts": found.alerts.len(), "messages": told });
    task.end_in(&mut unit, outcome).await?;
    unit.commit().await?;
    Ok(Ended::Already)
}

/// The digest of what a receiver sees.
fn digest(plan: &PlanId, found: &Found, seen: &[&Alert], lang: Lang) -> About {
    let cause = format!("{plan}:{}", found.as_of);
    About::new(Topic::AlertsDigest, Some(plan), cause)
        .with("owner", lang.pick("各负责人", "all owners"))
        .with("as_of", found.as_of.to_string())
        .with("count", seen.len().to_string())
        .with("alerts", Value::Lines(lines(seen, lang)))
}

/// What a receiver sees of a plan, and in which language they read; nothing where they see no results.
async fn sight(
    unit: &mut Unit,
    receiver: &Receiver,
    tree: Option<(usize, &Tree)>,
) -> Result<Option<(Reach, Option<String>)>, AppError> {
    let organisation = unit.organisation();
    match receiver {
        Receiver::Channel(channel) => {
            let channel = unit.tx.channel(&organisation, channel).await?;
            Ok(Some((
                Reach::All,
                channel.and_then(|channel| channel.language),
            )))
        }
        Receiver::User(user) => {
            let Some(user) = unit.tx.user(&organisation, user).await? else {
                return Ok(None);
            };
            let actor = actor_with(&mut *unit.tx, &user, None, Origin::default()).await?;
            let may = actor.may(Verb::ReadActuals).is_ok();
            Ok(may.then(|| (Reach::of(&actor, tree), user.language)))
        }
    }
}

fn lines(alerts: &[&Alert], lang: Lang) -> Vec<String> {
    let line = |alert: &&Alert| {
        let (severity, text) = (alert.severity.name(lang), alert.text(lang));
        match (alert.owner.as_str(), lang) {
            ("", Lang::Zh) => format!("{severity}：{text}"),
            ("", Lang::En) => format!("{severity}: {text}"),
            (owner, Lang::Zh) => format!("{severity}：{text}（{owner}）"),
            (owner, Lang::En) => format!("{severity}: {text} ({owner})"),
        }
    };
    let mut lines: Vec<String> = alerts.iter().take(MOST_LINES).map(line).collect();
    let rest = alerts.len().saturating_sub(MOST_LINES);
    if rest > 0 {
        lines.push(match lang {
            Lang::Zh => format!("另有 {rest} 条"),
            Lang::En => format!("and {rest} more"),
        });
    }
    lines
}

/// A day and a minute where the organisation is.
fn instant(task: &Task, (day, minute): (Date, u16)) -> Option<Timestamp> {
    let at = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
    let there = schedules::zone(&task.organisation).to_zoned(at);
    there.ok().map(|there| there.timestamp())
}

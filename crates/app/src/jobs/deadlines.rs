//! Tells of deadlines that are near or past, and of action plans that are due (rule J5), once for each
//! of the days that matter.

use fenjie_message::Lang;
use fenjie_notify::Topic;
use fenjie_notify::template::Value;
use jiff::civil::Date;
use serde_json::json;

use super::closing::first_flow;
use super::dates::{self, Matter, PlanDate};
use super::task::{Ended, Task};
use crate::notices::{About, enqueue};
use crate::{AppError, Verb, rhythm};

/// So many days before a deadline people are told.
const NEAR: [i32; 3] = [7, 3, 1];
/// And so many days after it.
const OVERDUE: [i32; 2] = [1, 7];

pub(super) async fn run(task: &Task) -> Result<Ended, AppError> {
    let Some(id) = &task.job.plan else {
        tell_waiting(task).await?;
        return task.for_each_plan().await;
    };
    let opened = task
        .app
        .open_plan(&task.asked.actor, id, Verb::ReadPlan)
        .await?;
    let (dates, actions) = (dates::of_plan(&opened), dates::actions_due(&opened));
    let plan = opened.loaded.plan();
    let measures = &plan.model().definition().measures;
    let measure = first_flow(plan).map_or_else(String::new, |at| measures[at].name.clone());
    let plan_name = opened.record.name.clone();
    drop(opened);
    let (today, lang) = (task.day().0, task.asked.actor.lang);
    let mut told = Vec::new();
    for date in &dates {
        told.extend(about(date, today, lang));
    }
    for action in actions {
        let count = action.periods.len().to_string();
        told.push(
            About::new(Topic::ActionPlanDue, Some(id), &action.cause)
                .with("plan", plan_name.clone())
                .with("place", action.place)
                .with("measure", measure.clone())
                .with("count", count)
                .with("periods", Value::Lines(action.periods)),
        );
    }
    let mut unit = task.writing().await?;
    let mut fresh = 0;
    for about in &told {
        fresh += enqueue(&mut unit, about, &[]).await?;
    }
    task.end_in(&mut unit, json!({ "messages": fresh })).await?;
    unit.commit().await?;
    Ok(Ended::Already)
}

/// Tells of the answers and decisions that people wait for, in every plan that is not put away: they
/// are due before a plan is published. Repeating it tells nobody twice.
async fn tell_waiting(task: &Task) -> Result<usize, AppError> {
    let mut unit = task.writing().await?;
    let mut fresh = 0;
    for due in rhythm::due::list(&mut unit).await? {
        let left = due.due_at.map(|due_at| unit.now.duration_until(due_at));
        let Some((topic, step)) = left.and_then(|left| step(left.as_hours())) else {
            continue;
        };
        fresh += rhythm::tell_due(&mut unit, &due, topic, step).await?;
    }
    unit.commit().await?;
    Ok(fresh)
}

/// Which of the days that matter it is, so many hours before a deadline (negative behind it).
fn step(hours: i64) -> Option<(Topic, i32)> {
    let days = hours.div_euclid(24);
    match i32::try_from(days).ok()? {
        days @ 0.. => {
            let step = NEAR.into_iter().rev().find(|near| days <= *near)?;
            Some((Topic::DeadlineNear, step))
        }
        days @ -30..0 => {
            let step = OVERDUE.into_iter().rev().find(|late| -days >= *late)?;
            Some((Topic::DeadlineOverdue, step))
        }
        _ => None,
    }
}

/// What is told of a date on a day; nothing on most of them. Where somebody is told late, the nearest
/// day before counts.
fn about(date: &PlanDate, today: Date, lang: Lang) -> Option<About> {
    if matches!(date.matter, Matter::PeriodEnd(_)) {
        return None;
    }
    let days = today.until(date.day).ok()?.get_days();
    let (topic, step) = match days {
        0.. => (
            Topic::DeadlineNear,
            NEAR.into_iter().rev().find(|near| days <= *near)?,
        ),
        // Nothing can be done about what was due long ago, and a plan that is read in says so once.
        -30..0 if date.matter == Matter::ActionPlan => {
            let step = OVERDUE.into_iter().rev().find(|late| -days >= *late)?;
            (Topic::DeadlineOverdue, step)
        }
        _ => return None,
    };
    Some(
        About::new(topic, Some(&date.plan), format!("{}:{step}", date.uid))
            .with("plan", date.plan_name.clone())
            .with("what", date.what(lang))
            .with("place", date.place.clone())
            .with("owner", date.owner.clone())
            .with("deadline", date.day.to_string()),
    )
}

#[cfg(test)]
mod tests {
    use fenjie_message::Lang;
    use fenjie_store::PlanId;

    use super::{Matter, PlanDate, about};

    #[test]
    fn people_are_told_on_the_days_that_matter() {
        let date = |matter| PlanDate {
            uid: "x".into(),
            plan: PlanId::of(1),
            plan_name: "2026".into(),
            day: "2026-03-31".parse().unwrap(),
            matter,
            place: "华东".into(),
            owner: "王丽".into(),
            since: "2026-01-01T00:00:00Z".parse().unwrap(),
        };
        let told = |matter, day: &str| {
            let about = about(&date(matter), day.parse().unwrap(), Lang::Zh);
            about.map(|about| format!("{} {}", about.topic.code(), about.cause))
        };
        for (day, wanted) in [
            ("2026-03-01", None),
            ("2026-03-23", None),
            ("2026-03-24", Some("deadline_near x:7")),
            ("2026-03-28", Some("deadline_near x:3")),
            ("2026-03-29", Some("deadline_near x:3")),
            ("2026-03-30", Some("deadline_near x:1")),
            ("2026-03-31", Some("deadline_near x:1")),
            ("2026-04-01", Some("deadline_overdue x:1")),
            ("2026-04-09", Some("deadline_overdue x:7")),
            ("2026-06-01", None),
        ] {
            assert_eq!(told(Matter::ActionPlan, day).as_deref(), wanted, "{day}");
        }
        assert_eq!(
            told(Matter::Deadline, "2026-04-01"),
            None,
            "nobody knows whether it was met"
        );
        assert_eq!(
            told(Matter::PeriodEnd("2026-03".into()), "2026-03-30"),
            None
        );
    }
}

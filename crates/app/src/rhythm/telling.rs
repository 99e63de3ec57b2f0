//! Who hears of what happens in the rhythm: whoever has to act, and whoever asked to hear and sees all
//! of it. Written down in the transaction of what happened. Must not know channels' kinds.

use fenjie_message::Lang;
use fenjie_notify::Topic;
use fenjie_notify::calendar::{Entry, When};
use fenjie_store::people::Scope;
use fenjie_store::plans::PlanRecord;
use fenjie_store::rhythm::{Commitment, CommitmentKind, Release};
use fenjie_store::rhythm_approval::{Approval, ApprovalState, Subject};
use fenjie_store::{PlanId, Timestamp, UserId};

use super::due::{Due, Waiting};
use super::eligible::People;
use super::release::Shown;
use super::{day_of, zone};
use crate::notices::{About, Receiver, enqueue_to, receivers};
use crate::{AppError, Unit, Verb, rights};

/// So many names are told; the rest is left out.
const MOST_NAMES: usize = 3;

/// Writes down a message to `concerned`, and to whoever asked to hear of its topic: every channel, and
/// of people those who see whole plans. Whoever does something is not told of it.
async fn tell(
    unit: &mut Unit,
    people: &People,
    about: &About,
    concerned: &[UserId],
) -> Result<usize, AppError> {
    let asked = receivers(unit, about.topic, about.plan.as_ref()).await?;
    let sees = |user: &UserId| {
        let user = people.user(user);
        user.is_some_and(|user| {
            user.scope == Scope::All && rights::role_may(user.role, Verb::ReadPlan)
        })
    };
    let mut to: Vec<Receiver> = asked
        .into_iter()
        .filter(|receiver| match receiver {
            Receiver::Channel(_) => true,
            Receiver::User(user) => sees(user),
        })
        .collect();
    to.extend(concerned.iter().cloned().map(Receiver::User));
    let own = Receiver::User(unit.actor.user.clone());
    to.retain(|receiver| *receiver != own);
    to.sort();
    to.dedup();
    enqueue_to(unit, about, &to).await
}

/// A period as people read it.
fn period_text(period: &str, lang: Lang) -> String {
    match period {
        "" => lang.pick("整个方案期", "the whole plan").to_owned(),
        period => period.to_owned(),
    }
}

/// Tells the owners of released targets, each once.
///
/// # Errors
/// What the store refuses.
pub(super) async fn released(
    unit: &mut Unit,
    plan: &PlanRecord,
    release: &Release,
    shown: &[Shown],
) -> Result<(), AppError> {
    let people = People::now(unit).await?;
    let lang = unit.actor.lang;
    let owners: Vec<UserId> = shown
        .iter()
        .flat_map(|target| people.owners(&target.node))
        .collect();
    let some = shown.iter().take(MOST_NAMES);
    let mut to: Vec<&str> = some.map(|target| target.name.as_str()).collect();
    if shown.len() > MOST_NAMES {
        to.push("…");
    }
    let about = About::new(Topic::TargetsReleased, Some(&plan.id), &release.id)
        .with("plan", plan.name.clone())
        .with("period", period_text(&release.period, lang))
        .with("level", to.join(lang.pick("、", ", ")))
        .with("who", unit.actor.name.clone())
        .with("count", shown.len().to_string())
        .with("deadline", release.deadline.to_string());
    tell(unit, &people, &about, &owners).await?;
    Ok(())
}

/// How an answer to a target is told.
pub(super) struct Answered<'a> {
    /// Of which plan.
    pub plan: &'a PlanRecord,
    /// To which release.
    pub release: &'a Release,
    /// The answer.
    pub commitment: &'a Commitment,
    /// The member, as people name it.
    pub place: &'a str,
    /// The measure, as people name it.
    pub measure: &'a str,
    /// How its amounts are written.
    pub step: fenjie_money::Step,
}

/// Tells whoever released a target how it was answered.
///
/// # Errors
/// What the store refuses.
pub(super) async fn answered(unit: &mut Unit, told: &Answered<'_>) -> Result<(), AppError> {
    let people = People::now(unit).await?;
    let (lang, given) = (unit.actor.lang, told.commitment);
    let topic = match given.kind {
        CommitmentKind::Commit => Topic::CommitmentMade,
        CommitmentKind::Counter => Topic::CounterOffered,
    };
    let mut about = About::new(topic, Some(&told.plan.id), &given.id)
        .with("plan", told.plan.name.clone())
        .with("place", told.place)
        .with("period", period_text(&told.release.period, lang))
        .with("who", unit.actor.name.clone())
        .with("measure", told.measure)
        .with("amount", told.step.format(given.amount));
    if given.kind == CommitmentKind::Counter {
        about = about
            .with("target", told.step.format(given.target))
            .with("reason", given.reason.clone());
    }
    let concerned = [told.release.created_by.clone()];
    tell(unit, &people, &about, &concerned).await?;
    Ok(())
}

fn subject_text(subject: Subject, lang: Lang) -> &'static str {
    match subject {
        Subject::Publish => lang.pick("发布申请", "the publication"),
        Subject::Recall => lang.pick("撤回申请", "the recall"),
    }
}

/// Tells whoever may decide on a request now; the author where it has ended.
///
/// # Errors
/// What the store refuses.
pub(super) async fn moved_on(
    unit: &mut Unit,
    plan: &PlanRecord,
    approval: &Approval,
    comment: &str,
) -> Result<(), AppError> {
    let people = People::now(unit).await?;
    let (topic, concerned) = match approval.state {
        ApprovalState::Waiting => {
            let claims = people.deciders(approval, unit.now).into_iter();
            let deciders = claims.map(|claim| claim.user).collect();
            (Topic::ApprovalAsked, deciders)
        }
        ApprovalState::Approved => (Topic::ApprovalApproved, vec![approval.author.clone()]),
        ApprovalState::Rejected => (Topic::ApprovalRejected, vec![approval.author.clone()]),
        ApprovalState::Withdrawn | ApprovalState::Invalidated => return Ok(()),
    };
    let lang = unit.actor.lang;
    let waiting = topic == Topic::ApprovalAsked;
    // At a later step the author still is who asks.
    let who = match waiting {
        true => people.name(&approval.author).map(str::to_owned),
        false => None,
    };
    let comment = match waiting {
        true => approval.comment.as_str(),
        false => comment,
    };
    let cause = format!("{}:{}", approval.id, approval.step);
    let mut about = About::new(topic, Some(&plan.id), cause)
        .with("plan", plan.name.clone())
        .with("what", subject_text(approval.subject, lang))
        .with("who", who.unwrap_or_else(|| unit.actor.name.clone()))
        .with("comment", comment);
    if waiting {
        let deadline = due_text(unit, approval.due_at).await?;
        about = about.with("deadline", deadline);
    }
    tell(unit, &people, &about, &concerned).await?;
    Ok(())
}

/// The last day of a deadline where the organisation is; a dash where there is none.
async fn due_text(unit: &mut Unit, due_at: Option<Timestamp>) -> Result<String, AppError> {
    let zone = zone(unit).await?;
    Ok(due_at.map_or_else(
        || "—".to_owned(),
        |due_at| last_day(&zone, due_at).to_string(),
    ))
}

/// Tells whomever something waits for that its deadline is near or past; once for each of the days
/// that matter. Gives how many messages are new.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn due(
    unit: &mut Unit,
    due: &Due,
    topic: Topic,
    step: i32,
) -> Result<usize, AppError> {
    let people = People::now(unit).await?;
    let lang = unit.actor.lang;
    let (cause, what, place) = match &due.what {
        Waiting::Answer { release, node } => (
            format!("{release}:{node}:{step}"),
            lang.pick("目标答复", "the answer to the target").to_owned(),
            node.clone(),
        ),
        Waiting::Decision(approval) => (
            format!("{}:{}:{step}", approval.id, approval.step),
            subject_text(approval.subject, lang).to_owned(),
            due.plan_name.clone(),
        ),
    };
    let names: Vec<&str> = due
        .users
        .iter()
        .filter_map(|user| people.name(user))
        .collect();
    let plan: &PlanId = &due.plan;
    let about = About::new(topic, Some(plan), cause)
        .with("plan", due.plan_name.clone())
        .with("what", what)
        .with("place", place)
        .with("owner", names.join(lang.pick("、", ", ")))
        .with("deadline", due_text(unit, due.due_at).await?);
    tell(unit, &people, &about, &due.users).await
}

/// The days by which the asker has to answer or decide, as entries of a calendar.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn waiting_for(unit: &mut Unit) -> Result<Vec<Entry>, AppError> {
    let (me, lang, zone) = (unit.actor.user.clone(), unit.actor.lang, zone(unit).await?);
    let mut found = Vec::new();
    for due in super::due::list(unit).await? {
        let Some(due_at) = due.due_at.filter(|_| due.users.contains(&me)) else {
            continue;
        };
        let (uid, title, changed) = match &due.what {
            Waiting::Answer { release, node } => (
                format!("{release}-{node}"),
                match lang {
                    Lang::Zh => format!("{}：答复 {node} 的目标", due.plan_name),
                    Lang::En => format!("{}: answer the target of {node}", due.plan_name),
                },
                // As fixed as the release is, so that every read is the same.
                due_at,
            ),
            Waiting::Decision(approval) => (
                format!("{}-{}", approval.id, approval.step),
                match lang {
                    Lang::Zh => format!(
                        "{}：审批{}",
                        due.plan_name,
                        subject_text(approval.subject, lang)
                    ),
                    Lang::En => format!(
                        "{}: decide on {}",
                        due.plan_name,
                        subject_text(approval.subject, lang)
                    ),
                },
                approval.created_at,
            ),
        };
        found.push(Entry {
            uid,
            when: When::Day(last_day(&zone, due_at)),
            title,
            text: due.plan_name.clone(),
            changed,
        });
    }
    Ok(found)
}

/// The last day of a deadline, which is the end of its day: the beginning of the next.
fn last_day(zone: &jiff::tz::TimeZone, due_at: Timestamp) -> jiff::civil::Date {
    day_of(zone, due_at - jiff::SignedDuration::from_secs(1))
}

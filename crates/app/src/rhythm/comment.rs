//! Remarks on cells: threads, people meant to read them, and settling. Who does not see a cell does
//! not know of the remarks on it.

use std::sync::Arc;

use fenjie_plan::Address;
use fenjie_store::rhythm_comment::Comment;
use fenjie_store::{CommentId, Listed, Page, PlanId, UserId};
use serde_json::{Value as Json, json};

use super::{checked_text, code_of, flow, stale};
use crate::working::Opened;
use crate::{Actor, App, AppError, Origin, Reach, Unit, Verb, authenticate};

/// The most people that a remark is meant for.
pub const MOST_MENTIONS: usize = 20;

/// A remark to be made.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// Of which flow; the first where not said.
    pub measure: Option<String>,
    /// Which cell, such as `region=华东, month=2026-07`; empty for the plan's total.
    pub at: String,
    /// What is said.
    pub text: String,
    /// Who is meant to read it.
    pub mentions: Vec<UserId>,
    /// The remark that it answers.
    pub reply_to: Option<CommentId>,
}

/// A remark that was checked, ready to be made.
#[derive(Clone, Debug)]
pub struct Prepared {
    plan: PlanId,
    measure: String,
    place: String,
    node: String,
    text: String,
    mentions: Vec<UserId>,
    reply_to: Option<CommentId>,
}

/// The part of a plan's cells that somebody's remarks may be on.
struct Cell {
    measure: String,
    place: String,
    node: String,
}

fn cell(opened: &Opened, measure: Option<&str>, at: &str) -> Result<Cell, AppError> {
    let plan = opened.loaded.plan();
    let measure = flow(plan, measure)?;
    let model = plan.model();
    let address = Address::parse(at).map_err(|part| {
        AppError::invalid(
            "at",
            "address_invalid",
            format!("`{part}` 不是位置；例如 `region=华东, month=2026-07`"),
            format!("`{part}` is no place, such as `region=east, month=2026-07`"),
        )
    })?;
    let place = model.place(&address).map_err(AppError::refused)?;
    let tree = |axis: usize| &model.axes()[axis].tree;
    if !opened.reach.sees_members(tree, &place.0) {
        return Err(AppError::not_found(at));
    }
    let node = match opened.loaded.scope_axis(&opened.record) {
        Some(axis) if place.0[axis] != 0 => tree(axis).code(place.0[axis]).to_owned(),
        _ => String::new(),
    };
    let text = model.place_text(&place);
    Ok(Cell {
        measure: code_of(plan, measure).to_owned(),
        place: if text == "*" { String::new() } else { text },
        node,
    })
}

/// Whether the asker sees the cell of a remark.
fn sees(opened: &Opened, comment: &Comment) -> bool {
    if opened.reach == Reach::All {
        return true;
    }
    let Some(axis) = opened.loaded.scope_axis(&opened.record) else {
        return false;
    };
    let tree = &opened.loaded.plan().model().axes()[axis].tree;
    let node = match comment.node.as_str() {
        "" => Some(0),
        code => tree.with_code(code),
    };
    node.is_some_and(|node| opened.reach.sees(tree, node))
}

/// Checks a remark.
///
/// # Errors
/// `forbidden`, `not_found` where the cell is not theirs to see, `address_invalid`, `text_missing`,
/// `mentions_count`, `mention_unknown`.
pub async fn prepare(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    new: NewComment,
) -> Result<Prepared, AppError> {
    let opened = app.open_plan(actor, plan, Verb::Comment).await?;
    let text = checked_text("text", &new.text, true)?;
    let (cell, reply_to) = match &new.reply_to {
        None => (cell(&opened, new.measure.as_deref(), &new.at)?, None),
        Some(id) => {
            let first = first_of(app, actor, &opened, id).await?;
            let cell = Cell {
                measure: first.measure,
                place: first.place,
                node: first.node,
            };
            (cell, Some(first.thread))
        }
    };
    check_mentions(app, actor, &opened, &cell, &new.mentions).await?;
    Ok(Prepared {
        plan: plan.clone(),
        measure: cell.measure,
        place: cell.place,
        node: cell.node,
        text,
        mentions: new.mentions,
        reply_to,
    })
}

/// The remark that is answered, where it is on this plan and theirs to see.
async fn first_of(
    app: &App,
    actor: &Arc<Actor>,
    opened: &Opened,
    id: &CommentId,
) -> Result<Comment, AppError> {
    let mut unit = app.reading(actor).await?;
    let found = unit.tx.comment(&actor.organisation, id).await?;
    let found = found.filter(|found| found.plan == opened.record.id && sees(opened, found));
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Whether somebody sees a cell that belongs to a member; to all of them where none is named.
fn reads(opened: &Opened, other: &Actor, axis: Option<usize>, node: &str) -> bool {
    match (opened.loaded.reach(other, &opened.record), axis) {
        (Reach::All, _) => true,
        (reach, Some(axis)) => {
            let tree = &opened.loaded.plan().model().axes()[axis].tree;
            let node = match node {
                "" => Some(0),
                code => tree.with_code(code),
            };
            node.is_some_and(|node| reach.sees(tree, node))
        }
        _ => false,
    }
}

/// Only who sees the cell is meant to read of it.
async fn check_mentions(
    app: &App,
    actor: &Arc<Actor>,
    opened: &Opened,
    cell: &Cell,
    mentions: &[UserId],
) -> Result<(), AppError> {
    if mentions.len() > MOST_MENTIONS {
        return Err(AppError::invalid(
            "mentions",
            "mentions_count",
            format!("至多提及 {MOST_MENTIONS} 人"),
            format!("a remark is meant for at most {MOST_MENTIONS} people"),
        ));
    }
    let axis = opened.loaded.scope_axis(&opened.record);
    let mut unit = app.reading(actor).await?;
    for (number, id) in mentions.iter().enumerate() {
        let user = unit.tx.user(&actor.organisation, id).await?;
        let reads = match user.filter(|user| user.active) {
            None => false,
            Some(user) => {
                let origin = Origin::default();
                let other = authenticate::actor_with(&mut *unit.tx, &user, None, origin).await?;
                other.may(Verb::ReadPlan).is_ok() && reads(opened, &other, axis, &cell.node)
            }
        };
        if !reads {
            return Err(AppError::invalid(
                format!("mentions[{number}]"),
                "mention_unknown",
                format!("`{id}` 看不到这个单元格"),
                format!("`{id}` does not see this cell"),
            ));
        }
    }
    Ok(())
}

/// Makes a remark.
///
/// # Errors
/// What the store refuses.
pub async fn create(unit: &mut Unit, prepared: Prepared) -> Result<Comment, AppError> {
    let id = CommentId::of(unit.app.bits());
    let comment = Comment {
        thread: prepared.reply_to.unwrap_or_else(|| id.clone()),
        id,
        organisation: unit.organisation(),
        plan: prepared.plan,
        measure: prepared.measure,
        place: prepared.place,
        node: prepared.node,
        text: prepared.text,
        mentions: prepared.mentions,
        author: unit.actor.user.clone(),
        created_at: unit.now,
        edited_at: None,
        resolved_by: None,
        resolved_at: None,
        revision: 1,
    };
    unit.tx.add_comment(&comment).await?;
    unit.record("comment.create", &comment.id, Json::Null, audited(&comment));
    Ok(comment)
}

fn audited(comment: &Comment) -> Json {
    json!({
        "plan": comment.plan,
        "measure": comment.measure,
        "at": comment.place,
        "text": comment.text,
        "mentions": comment.mentions,
        "resolved_by": comment.resolved_by,
    })
}

/// Which remarks are looked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// On this cell alone.
    pub at: Option<String>,
    /// Of this flow alone.
    pub measure: Option<String>,
    /// Of this thread alone.
    pub thread: Option<CommentId>,
    /// Of settled threads, or of open ones alone.
    pub resolved: Option<bool>,
    /// Meant for the asker alone.
    pub mine: bool,
}

/// The remarks on a plan that the asker sees, in the order they were made.
///
/// # Errors
/// `forbidden`, `not_found`, `address_invalid`.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    wanted: &Wanted,
    page: &Page,
) -> Result<Listed<Comment>, AppError> {
    let opened = app.open_plan(actor, plan, Verb::ReadPlan).await?;
    let at = match &wanted.at {
        None => None,
        Some(at) => Some(cell(&opened, wanted.measure.as_deref(), at)?.place),
    };
    let mut unit = app.reading(actor).await?;
    let (mut found, mut from) = (Vec::new(), page.clone());
    loop {
        let some = unit.tx.comments(&actor.organisation, plan, &from).await?;
        for comment in some.items {
            let wanted_here = at.as_ref().is_none_or(|at| *at == comment.place)
                && wanted
                    .measure
                    .as_ref()
                    .is_none_or(|code| *code == comment.measure)
                && wanted
                    .thread
                    .as_ref()
                    .is_none_or(|thread| *thread == comment.thread)
                && (!wanted.mine || comment.mentions.contains(&actor.user))
                && sees(&opened, &comment);
            if wanted_here && settled(&mut unit, &comment, wanted.resolved).await? {
                found.push(comment);
            }
        }
        match some.next {
            Some(next) if found.len() <= page.limit => from.after = Some(next),
            _ => break,
        }
    }
    Ok(Listed::of(found, page.limit, Comment::key))
}

/// Whether the thread of a remark is as settled as asked for.
async fn settled(
    unit: &mut Unit,
    comment: &Comment,
    wanted: Option<bool>,
) -> Result<bool, AppError> {
    let Some(wanted) = wanted else {
        return Ok(true);
    };
    let organisation = unit.organisation();
    let at = match comment.thread == comment.id {
        true => comment.resolved_at,
        false => {
            let first = unit.tx.comment(&organisation, &comment.thread).await?;
            first.and_then(|first| first.resolved_at)
        }
    };
    Ok(at.is_some() == wanted)
}

/// A remark that the asker sees.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(app: &App, actor: &Arc<Actor>, id: &CommentId) -> Result<Comment, AppError> {
    actor.may(Verb::ReadPlan)?;
    let missing = || AppError::not_found(id.to_string());
    let mut unit = app.reading(actor).await?;
    let found = unit.tx.comment(&actor.organisation, id).await?;
    drop(unit);
    let found = found.ok_or_else(missing)?;
    let opened = app.open_plan(actor, &found.plan, Verb::ReadPlan).await;
    let opened = opened.map_err(|_| missing())?;
    match sees(&opened, &found) {
        true => Ok(found),
        false => Err(missing()),
    }
}

/// What a remark is to be; what is not named stays.
#[derive(Clone, Debug, Default)]
pub struct Amended {
    /// What is said; only by its author.
    pub text: Option<String>,
    /// Whether its thread is settled; on the thread's first remark.
    pub resolved: Option<bool>,
}

/// Writes a remark anew, where it is still revision `seen`: its author the text, whoever may remark
/// here the settling. That the asker sees it is proved by [`get`] before.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `text_missing`, `comment_not_first`.
pub async fn amend(
    unit: &mut Unit,
    id: &CommentId,
    seen: i64,
    amended: Amended,
) -> Result<Comment, AppError> {
    unit.actor.may(Verb::Comment)?;
    let organisation = unit.organisation();
    let before = unit.tx.comment(&organisation, id).await?;
    let before = before.ok_or_else(|| AppError::not_found(id.to_string()))?;
    let mut after = before.clone();
    after.revision += 1;
    if let Some(text) = &amended.text {
        if before.author != unit.actor.user {
            return Err(AppError::Forbidden {
                verb: Verb::Comment,
            });
        }
        after.text = checked_text("text", text, true)?;
        after.edited_at = Some(unit.now);
    }
    if let Some(resolved) = amended.resolved {
        if before.thread != before.id {
            return Err(AppError::conflict(
                "comment_not_first",
                format!("请在这组批注的第一条 {} 上处理", before.thread),
                format!("a thread is settled on its first remark, {}", before.thread),
            ));
        }
        after.resolved_at = resolved.then_some(before.resolved_at.unwrap_or(unit.now));
        let by = before.resolved_by.clone();
        after.resolved_by = resolved.then(|| by.unwrap_or_else(|| unit.actor.user.clone()));
    }
    if !unit.tx.update_comment(&after, seen).await? {
        return Err(stale(seen, before.revision));
    }
    unit.record("comment.update", id, audited(&before), audited(&after));
    Ok(after)
}

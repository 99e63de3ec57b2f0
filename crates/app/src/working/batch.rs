//! Edits that wait are carried out together: one after another in memory, kept in one transaction,
//! answered when it is durable. One that fails does not take the others with it. Must not know HTTP or
//! SQL.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fenjie_exchange::log::Stamp;
use fenjie_exchange::log::lines::seal_entries;
use fenjie_plan::Operation;
use fenjie_store::audit::AuditEntry;
use fenjie_store::plans::{PlanLine, PlanRecord};
use fenjie_store::{Notice, StoreError, Transaction};
use futures::FutureExt;
use metrics::{counter, histogram};
use serde_json::json;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedRwLockWriteGuard, oneshot};

use super::room::{Room, Waiting, catch_up};
use super::state::Loaded;
use super::{Applied, Edit, rules};
use crate::rhythm::status;
use crate::{Actor, Answer, App, AppError, Unit, Verb};

/// How many edits are kept in one transaction at the most.
const MOST_TOGETHER: usize = 200;
/// For how long further edits are taken into a transaction.
const LONGEST: Duration = Duration::from_millis(100);
/// How long the room is waited for while the database is kept from other writers, at first.
const PATIENCE: Duration = Duration::from_millis(20);
/// The same at the most.
const MOST_PATIENCE: Duration = Duration::from_secs(2);

/// Edits that take longer than this are carried out so that other requests go on meanwhile.
const QUICK: Duration = Duration::from_micros(500);

/// An answer and where it goes.
type Answered = (
    oneshot::Sender<Result<Answer, AppError>>,
    Result<Answer, AppError>,
);

/// Carries out what waits in a room until nothing does.
pub(super) async fn lead(app: App, room: Arc<Room>) {
    loop {
        let batch = AssertUnwindSafe(carry_out(&app, &room)).catch_unwind();
        if batch.await.is_err() {
            // What is in memory may be half done.
            room.loaded.write().await.state = None;
            tracing::error!(plan = %room.plan, "an edit broke off");
        }
        if room.is_done() {
            return;
        }
    }
}

async fn carry_out(app: &App, room: &Room) {
    let (tx, guard) = match begin(app, room).await {
        Ok(begun) => begun,
        Err(error) => {
            for waiting in room.take_all() {
                let _ = waiting.answer.send(Err(error.clone()));
            }
            return;
        }
    };
    let mut batch = Batch {
        app,
        room,
        guard,
        lines: Vec::new(),
        entries: Vec::new(),
        answered: Vec::new(),
        beside: false,
    };
    let kept = batch.run(tx).await;
    let Batch {
        guard, answered, ..
    } = batch;
    let grown = kept.as_ref().ok().copied().flatten();
    drop(guard);
    for (to, answer) in answered {
        let answer = match &kept {
            Ok(_) => answer,
            Err(error) => Err(error.clone()),
        };
        // Whoever does not listen any more asks again with the same key.
        let _ = to.send(answer);
    }
    if let Some(sequence) = grown {
        announce(app, room, sequence).await;
    }
}

/// The right to write, and the room. Whoever reads may want to write too, and the other way round: the
/// room is waited for a short while only, then others go first.
async fn begin(
    app: &App,
    room: &Room,
) -> Result<(Box<dyn Transaction>, OwnedRwLockWriteGuard<Loaded>), AppError> {
    let mut patience = PATIENCE;
    loop {
        let tx = app.store().write().await?;
        let guard = room.loaded.clone().write_owned();
        if let Ok(guard) = tokio::time::timeout(patience, guard).await {
            return Ok((tx, guard));
        }
        drop(tx);
        patience = MOST_PATIENCE.min(patience * 2);
        tokio::task::yield_now().await;
    }
}

async fn announce(app: &App, room: &Room, sequence: u64) {
    let notice = Notice {
        organisation: room.organisation.clone(),
        plan: Some(room.plan.clone()),
        topic: "operations".to_owned(),
        sequence,
    };
    if let Err(error) = app.store().announce(&notice).await {
        tracing::warn!(%error, "a notice was lost");
    }
}

/// Edits carried out together.
struct Batch<'a> {
    app: &'a App,
    room: &'a Room,
    guard: OwnedRwLockWriteGuard<Loaded>,
    lines: Vec<PlanLine>,
    entries: Vec<AuditEntry>,
    answered: Vec<Answered>,
    /// Whether records were written that are not the plan's own.
    beside: bool,
}

impl Batch<'_> {
    /// Carries out and keeps; gives how far the log goes now, where it has grown.
    async fn run(&mut self, tx: Box<dyn Transaction>) -> Result<Option<u64>, AppError> {
        let kept = self.apply_and_keep(tx).await;
        match kept {
            Ok(grown) => {
                if let Some(state) = &mut self.guard.state {
                    state.trim();
                }
                Ok(grown)
            }
            Err(error) => {
                // What is in memory is not what is kept: it is computed anew by the next who asks.
                self.guard.state = None;
                for waiting in self.room.take_all() {
                    self.answered
                        .push((waiting.answer, Err(AppError::internal("unused"))));
                }
                Err(error)
            }
        }
    }

    async fn apply_and_keep(
        &mut self,
        mut tx: Box<dyn Transaction>,
    ) -> Result<Option<u64>, AppError> {
        let (organisation, plan) = (&self.room.organisation, &self.room.plan);
        let Some(mut record) = tx.plan_to_change(organisation, plan).await? else {
            return Err(AppError::not_found(plan.to_string()));
        };
        catch_up(&mut self.guard, &mut *tx, self.app, &record).await?;
        let before = self.guard.sequence();
        let began = Instant::now();
        while self.answered.len() < MOST_TOGETHER
            && began.elapsed() < LONGEST
            && let Some(waiting) = self.room.next()
        {
            let changes_record = waiting.edit.action != PLAIN;
            self.beside |= changes_record;
            tx = self.one(tx, &record, waiting).await;
            if changes_record && let Some(found) = tx.plan(organisation, plan).await? {
                record = found;
            }
        }
        if !self.lines.is_empty() {
            let appended = tx
                .append_lines(organisation, plan, before, &self.lines)
                .await;
            appended.map_err(|error| match error {
                StoreError::Conflict { .. } => StoreError::Busy,
                other => other,
            })?;
        }
        if !self.entries.is_empty() {
            tx.append_audit(organisation, &self.entries).await?;
        }
        let committing = Instant::now();
        match self.beside {
            true => tx.commit().await?,
            false => tx.commit_operations().await?,
        }
        counter!("fenjie_commits_total").increment(1);
        counter!("fenjie_commits_edits_total").increment(self.answered.len() as u64);
        histogram!("fenjie_commit_seconds").record(committing.elapsed().as_secs_f64());
        Ok(self.lines.last().map(|line| line.sequence))
    }

    /// One edit, in the transaction that is handed on.
    async fn one(
        &mut self,
        tx: Box<dyn Transaction>,
        record: &PlanRecord,
        waiting: Waiting,
    ) -> Box<dyn Transaction> {
        let mut unit = Unit::new(self.app, &waiting.asked.actor, tx);
        let Waiting {
            asked,
            verb,
            edit,
            along,
            answer,
        } = waiting;
        let kept = unit.kept(&asked).await;
        let done = match kept {
            Ok(Some(kept)) => Ok((kept, Vec::new())),
            Ok(None) => {
                let by = By {
                    asked: &asked,
                    verb,
                    record,
                };
                edited(&mut self.guard, &mut unit, &by, edit, along).await
            }
            Err(error) => Err(error),
        };
        let (tx, entries) = unit.into_parts();
        match done {
            Ok((given, lines)) => {
                self.lines.extend(lines);
                self.entries.extend(entries);
                self.answered.push((answer, Ok(given)));
            }
            Err(error) => self.answered.push((answer, Err(error))),
        }
        tx
    }
}

/// Edits of this action change nothing of the plan's record but its log's end and its status; nothing
/// goes along but the answer.
const PLAIN: &str = "plan.operation";

/// Who edits, as what, and which plan.
struct By<'a> {
    asked: &'a crate::Asked,
    verb: Verb,
    record: &'a PlanRecord,
}

/// Applies an edit, with the records that go along; where anything fails, nothing of it stays.
async fn edited(
    loaded: &mut Loaded,
    unit: &mut Unit,
    by: &By<'_>,
    edit: Edit,
    along: super::AlongWith,
) -> Result<(Answer, Vec<PlanLine>), AppError> {
    let point = loaded.state_mut()?.point();
    let before = loaded.sequence();
    let (why, action) = (edit.why.clone(), edit.action);
    let actor = unit.actor.clone();
    let follows = status::all_follow(loaded.plan(), &edit.operations);
    status::refuse_own_decision(unit, by.record, &edit.operations).await?;
    let began = Instant::now();
    let tried = match loaded.state_mut()?.took < QUICK && !takes_back(&edit.operations) {
        true => apply(loaded, &actor, by, &edit, unit.now),
        false => heavy(|| apply(loaded, &actor, by, &edit, unit.now)),
    };
    loaded.state_mut()?.took = began.elapsed();
    let (applied, lines, reversals) = tried?;
    // Where nothing is written beside the log there is nothing to go back from.
    let marked = writes_more(by, action, follows);
    if marked {
        unit.tx.mark().await?;
    }
    let answer = match status::edited(unit, by.record, follows, applied.last).await {
        Ok(()) => along(unit, &applied, loaded).await,
        Err(error) => Err(error),
    };
    let answer = match answer {
        Ok(answer) => unit.keep(by.asked, &answer).await.map(|()| answer),
        Err(error) => Err(error),
    };
    match answer {
        Ok(answer) => {
            if marked {
                unit.tx.drop_mark().await?;
            }
            let after = json!({
                "first": applied.first, "last": applied.last, "hash": applied.hash, "why": why,
            });
            unit.record(action, &by.record.id, json!({ "last": before }), after);
            Ok((answer, lines))
        }
        Err(error) => {
            loaded.state_mut()?.go_back(&point, reversals);
            if marked {
                unit.tx.back_to_mark().await?;
            }
            unit.take_entries();
            // Another process was given the same key a moment ago: its answer is there next time.
            Err(match error {
                AppError::Store(StoreError::Conflict { what }) if what == "kept_answers" => {
                    AppError::Store(StoreError::Busy)
                }
                other => other,
            })
        }
    }
}

/// Whether an edit writes more than lines of the log and their audit.
fn writes_more(by: &By<'_>, action: &str, follows: bool) -> bool {
    let same = status::writable(by.record, follows).is_ok_and(|status| status == by.record.status);
    action != PLAIN || by.asked.key.is_some() || !same
}

/// Whether operations are taken back: then the plan is computed anew.
fn takes_back(operations: &[Operation]) -> bool {
    let is_undo = |operation: &Operation| matches!(operation, Operation::Undo { .. });
    operations.iter().any(is_undo)
}

type Tried = (Applied, Vec<PlanLine>, Vec<fenjie_plan::Reversal>);

/// Applies the operations of an edit in memory, within the rules; none of them stays where one is
/// refused.
fn apply(
    loaded: &mut Loaded,
    actor: &Arc<Actor>,
    by: &By<'_>,
    edit: &Edit,
    now: fenjie_store::Timestamp,
) -> Result<Tried, AppError> {
    let reach = rules::before(loaded, actor, by.record, edit)?;
    let kept = rules::totals(loaded.plan(), actor, by.verb, &reach);
    let point = loaded.state_mut()?.point();
    let before = loaded.sequence();
    let (at, why) = (now.to_string(), edit.why.as_deref());
    let stamp = Stamp {
        at: &at,
        who: Some(&actor.name),
        why,
    };
    let sealed = seal_entries(&edit.operations, &stamp, before, loaded.hash());
    let mut applied = Applied {
        first: before + 1,
        last: before,
        hash: loaded.hash().to_owned(),
        changes: Vec::with_capacity(sealed.len()),
        rebased: false,
        reach,
    };
    let mut lines = Vec::with_capacity(sealed.len());
    let mut reversals = Vec::with_capacity(sealed.len());
    let mut refused = None;
    let state = loaded.state_mut()?;
    for (line, entry) in sealed {
        match state.plan.apply_reversibly(entry.operation.clone()) {
            Ok((change, reversal)) => {
                state.note(entry, change.footprint.clone());
                applied.changes.push(change);
                reversals.push(reversal);
                lines.push(PlanLine {
                    sequence: line.sequence,
                    line: line.line,
                    hash: line.hash,
                    user: Some(actor.user.clone()),
                    at: now,
                });
            }
            Err(refusal) => {
                refused = Some(AppError::refused(refusal));
                break;
            }
        }
    }
    (applied.last, applied.hash) = (loaded.sequence(), loaded.hash().to_owned());
    let allowed = match refused {
        Some(error) => Err(error),
        None => rules::after(
            loaded,
            (by.verb, actor.role),
            edit,
            &mut applied,
            before,
            &kept,
        ),
    };
    match allowed {
        Ok(()) => Ok((applied, lines, reversals)),
        Err(error) => {
            loaded.state_mut()?.go_back(&point, reversals);
            Err(error)
        }
    }
}

/// Runs what may take a while so that other requests go on meanwhile.
pub(crate) fn heavy<T>(work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

//! One plan in the memory of this process: readers share it, writers follow each other, and what a
//! writer did is kept before anybody reads it. Must not know HTTP or SQL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use fenjie_exchange::log::Stamp;
use fenjie_exchange::log::lines::{open_entry, seal};
use fenjie_exchange::plan_file::LoadedPlan;
use fenjie_plan::Plan;
use fenjie_store::plans::{PlanLine, PlanRecord};
use fenjie_store::{Notice, PlanId, StoreError};
use serde_json::{Value as Json, json};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use super::load::{Computed, compute};
use super::{AlongWith, Applied, Edit, Seen};
use crate::{Actor, Answer, App, AppError, Asked, Reach, Unit};

/// The plans that this process has in memory.
#[derive(Default)]
pub struct Rooms {
    rooms: Mutex<HashMap<PlanId, Arc<Room>>>,
}

impl Rooms {
    /// The room of a plan; empty until somebody reads.
    ///
    /// # Errors
    /// None yet.
    pub async fn room(&self, _app: &App, record: &PlanRecord) -> Result<Arc<Room>, AppError> {
        let mut rooms = self
            .rooms
            .lock()
            .map_err(|_| AppError::internal("rooms are poisoned"))?;
        Ok(rooms.entry(record.id.clone()).or_default().clone())
    }
}

/// A plan in memory.
#[derive(Default)]
pub struct Room {
    loaded: Arc<RwLock<Loaded>>,
}

/// What a room holds.
#[derive(Default)]
pub struct Loaded {
    state: Option<State>,
}

struct State {
    definition: Arc<LoadedPlan>,
    plan: Plan,
    sequence: u64,
    hash: String,
}

impl Loaded {
    fn state(&self) -> &State {
        self.state
            .as_ref()
            .expect("a room is loaded before anybody reads it")
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.state().plan
    }

    /// What its plan file stated.
    pub fn definition(&self) -> &LoadedPlan {
        &self.state().definition
    }

    /// The number of its last operation: its version.
    pub fn sequence(&self) -> u64 {
        self.state().sequence
    }

    /// The hash of its log.
    pub fn hash(&self) -> &str {
        &self.state().hash
    }

    /// The dimension that is the organisation tree.
    pub fn scope_axis(&self, record: &PlanRecord) -> Option<usize> {
        let code = record.scope_axis.as_deref()?;
        let axes = self.plan().model().axes();
        axes[..axes.len() - 1]
            .iter()
            .position(|axis| axis.code == code)
    }

    /// What an asker sees of the plan.
    pub fn reach(&self, actor: &Actor, record: &PlanRecord) -> Reach {
        let axis = self.scope_axis(record);
        Reach::of(
            actor,
            axis.map(|axis| (axis, &self.plan().model().axes()[axis].tree)),
        )
    }

    fn fill(&mut self, computed: Computed) {
        self.state = Some(State {
            definition: Arc::new(computed.definition),
            plan: computed.plan,
            sequence: computed.sequence,
            hash: computed.hash,
        });
    }
}

impl Room {
    /// The plan for reading, at least as far as the record says.
    ///
    /// # Errors
    /// What the store refuses; a log that does not replay.
    pub async fn read(
        &self,
        app: &App,
        record: &PlanRecord,
    ) -> Result<OwnedRwLockReadGuard<Loaded>, AppError> {
        let guard = self.loaded.clone().read_owned().await;
        if guard
            .state
            .as_ref()
            .is_some_and(|state| state.sequence >= record.last_sequence)
        {
            return Ok(guard);
        }
        drop(guard);
        let mut guard = self.loaded.clone().write_owned().await;
        catch_up(&mut guard, app, record).await?;
        Ok(guard.downgrade())
    }

    /// Applies an edit and makes it last.
    pub(super) async fn write(
        &self,
        mut unit: Unit,
        asked: &Asked,
        record: &PlanRecord,
        edit: Edit,
        along: AlongWith,
    ) -> Result<Answer, AppError> {
        let mut guard = self.loaded.clone().write_owned().await;
        let app = unit.app.clone();
        catch_up(&mut guard, &app, record).await?;
        let reach = guard.reach(&unit.actor, record);
        if reach == Reach::Nothing {
            return Err(AppError::not_found(record.id.to_string()));
        }
        let found = guard.sequence();
        if let Seen::At(seen) = edit.seen
            && seen != found
        {
            return Err(AppError::Stale {
                seen,
                found,
                changed: Json::Null,
            });
        }
        let done = carry_out(&mut guard, &mut unit, asked, record, edit, along).await;
        let committed = match done {
            Ok(answer) => unit.commit().await.map(|()| answer),
            Err(error) => Err(error),
        };
        match committed {
            Ok(answer) => {
                let (organisation, plan) = (record.organisation.clone(), Some(record.id.clone()));
                let sequence = guard.sequence();
                let topic = "operations".to_owned();
                app.store()
                    .announce(&Notice {
                        organisation,
                        plan,
                        topic,
                        sequence,
                    })
                    .await?;
                Ok(answer)
            }
            Err(error) => {
                // What is in memory is not what is kept: it is computed anew by the next who asks.
                guard.state = None;
                Err(error)
            }
        }
    }
}

/// Reads what was written since, by this process or another one.
async fn catch_up(loaded: &mut Loaded, app: &App, record: &PlanRecord) -> Result<(), AppError> {
    let Some(state) = &mut loaded.state else {
        loaded.fill(compute(app, record).await?);
        return Ok(());
    };
    if state.sequence >= record.last_sequence {
        return Ok(());
    }
    let missing = (record.last_sequence - state.sequence) as usize;
    let mut tx = app.store().read().await?;
    let lines = tx
        .lines(
            &record.organisation,
            &record.id,
            state.sequence + 1,
            missing,
        )
        .await?;
    for line in lines {
        let entry =
            open_entry(&line.line, line.sequence, &state.hash).map_err(AppError::refused)?;
        if state.plan.apply(entry.operation).is_err() {
            loaded.state = None;
            loaded.fill(compute(app, record).await?);
            return Ok(());
        }
        (state.sequence, state.hash) = (line.sequence, entry.hash);
    }
    Ok(())
}

async fn carry_out(
    loaded: &mut Loaded,
    unit: &mut Unit,
    asked: &Asked,
    record: &PlanRecord,
    edit: Edit,
    along: AlongWith,
) -> Result<Answer, AppError> {
    let Some(state) = loaded.state.as_mut() else {
        return Err(AppError::internal("a room is loaded before anybody writes"));
    };
    let before = state.sequence;
    let mut changes = Vec::with_capacity(edit.operations.len());
    for operation in &edit.operations {
        changes.push(
            state
                .plan
                .apply(operation.clone())
                .map_err(AppError::refused)?,
        );
    }
    let at = unit.now.to_string();
    let who = unit.actor.name.clone();
    let stamp = Stamp {
        at: &at,
        who: Some(&who),
        why: edit.why.as_deref(),
    };
    let sealed = seal(&edit.operations, &stamp, before, &state.hash);
    let lines: Vec<PlanLine> = sealed
        .into_iter()
        .map(|line| PlanLine {
            sequence: line.sequence,
            line: line.line,
            hash: line.hash,
            user: Some(unit.actor.user.clone()),
            at: unit.now,
        })
        .collect();
    if let Some(last) = lines.last() {
        (state.sequence, state.hash) = (last.sequence, last.hash.clone());
    }
    let kept = unit
        .tx
        .append_lines(&record.organisation, &record.id, before, &lines)
        .await;
    kept.map_err(|error| match error {
        StoreError::Conflict { .. } => AppError::Store(StoreError::Busy),
        other => AppError::Store(other),
    })?;
    let applied = Applied {
        first: before + 1,
        last: state.sequence,
        hash: state.hash.clone(),
        changes,
        rebased: false,
        reach: loaded.reach(&unit.actor, record),
    };
    let answer = along(unit, &applied, loaded).await?;
    let after = json!({ "first": applied.first, "last": applied.last, "hash": applied.hash });
    unit.record(edit.action, &record.id, json!({ "last": before }), after);
    unit.keep(asked, &answer).await?;
    Ok(answer)
}

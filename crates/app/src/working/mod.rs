//! The working plan: held in memory as arrays with the position of its log, durable in the records
//! before anybody hears of a change. Everything that changes a plan goes through [`App::edit`];
//! everything that reads one through [`App::open_plan`]. Must not know HTTP or SQL.

pub(crate) mod batch;
mod load;
mod room;
mod rooms;
pub(crate) mod rules;
mod state;

use std::sync::Arc;

use fenjie_plan::{Change, Operation};
use fenjie_store::PlanId;
use fenjie_store::plans::PlanRecord;
use futures::future::BoxFuture;
use tokio::sync::OwnedRwLockReadGuard;

pub(crate) use load::compute_until;
pub use load::plan_folder;
pub use room::Room;
pub use rooms::Rooms;
pub use state::Loaded;

use crate::{Actor, Answer, App, AppError, Asked, Reach, Unit, Verb};

/// What a writer has seen of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The log up to this operation: `If-Match`.
    At(u64),
    /// Whatever is there: for jobs, and for what holds on any version.
    Whatever,
}

/// Operations to be applied together: all of them, or none.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What to do, in order.
    pub operations: Vec<Operation>,
    /// Why, as the log says it.
    pub why: Option<String>,
    /// Which version the writer saw.
    pub seen: Seen,
    /// Later operations that the writer knows of all the same: nothing meets those.
    pub known: Vec<u64>,
    /// What it is for the audit, such as `plan.operation`.
    pub action: &'static str,
}

/// What operations did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The number of the first of them.
    pub first: u64,
    /// The number of the last: the plan's version now.
    pub last: u64,
    /// The hash of the log up to there.
    pub hash: String,
    /// What each changed.
    pub changes: Vec<Change>,
    /// Whether others had written since the version that was seen, on disjoint parts.
    pub rebased: bool,
    /// What the writer sees of the plan.
    pub reach: Reach,
}

/// Records that go with an edit, in its transaction, and the answer to whoever asked. Runs after the
/// operations were applied and before anything lasts; the log's lines and the audit are written after
/// it, and nobody else reads the plan until then: it must not open a plan itself.
pub type AlongWith = Box<
    dyn for<'u> FnOnce(
            &'u mut Unit,
            &'u Applied,
            &'u Loaded,
        ) -> BoxFuture<'u, Result<Answer, AppError>>
        + Send,
>;

/// A plan open for reading, as much of it as the asker may see. As long as it is held nobody writes:
/// take what you need and let go.
pub struct Opened {
    /// Who asks.
    pub actor: Arc<Actor>,
    /// The record, as of when the plan was opened.
    pub record: PlanRecord,
    /// The plan.
    pub loaded: OwnedRwLockReadGuard<Loaded>,
    /// What the asker sees of it.
    pub reach: Reach,
}

impl App {
    /// Opens a plan for an asker: look-up, permission and reach in one act.
    ///
    /// # Errors
    /// `forbidden`; `not_found` where it is not there or not theirs to know.
    pub async fn open_plan(
        &self,
        actor: &Arc<Actor>,
        id: &PlanId,
        verb: Verb,
    ) -> Result<Opened, AppError> {
        let moment = self.store().moment().await?;
        self.open_plan_at(actor, id, verb, moment).await
    }

    /// The same where the moment that the database is at is known already.
    ///
    /// # Errors
    /// Those of [`App::open_plan`].
    pub(crate) async fn open_plan_at(
        &self,
        actor: &Arc<Actor>,
        id: &PlanId,
        verb: Verb,
        moment: Option<String>,
    ) -> Result<Opened, AppError> {
        actor.may(verb)?;
        let key = (actor.organisation.clone(), id.clone());
        let known = moment.and_then(|moment| self.remembered().plans.at(&key, &moment));
        let record = match known {
            Some(record) => record,
            None => {
                let mut unit = self.reading(actor).await?;
                let moment = unit.tx.moment().await?;
                let record = unit.tx.plan(&actor.organisation, id).await?;
                drop(unit);
                let record = record.ok_or_else(|| AppError::not_found(id.to_string()))?;
                self.remembered().plans.keep(key, moment, record.clone());
                record
            }
        };
        let room = self.rooms().room(self, &record).await?;
        let loaded = room.read(self, &record).await?;
        let reach = loaded.reach(actor, &record);
        if reach == Reach::Nothing {
            return Err(AppError::not_found(id.to_string()));
        }
        Ok(Opened {
            actor: actor.clone(),
            record,
            loaded,
            reach,
        })
    }

    /// Applies operations to a plan and makes them last, together with the records that go with them
    /// and the answer under the request's key. Durable when this returns.
    ///
    /// # Errors
    /// `forbidden`, `not_found`, `version_stale`, the refusals of the plan; what the store refuses.
    pub async fn edit(
        &self,
        asked: &Asked,
        id: &PlanId,
        verb: Verb,
        edit: Edit,
        along: AlongWith,
    ) -> Result<Answer, AppError> {
        asked.actor.may(verb)?;
        // The record is read with the lines that are written: where the plan is in memory there is no
        // need to look before.
        if let Some(room) = self.rooms().ready(&asked.actor.organisation, id) {
            return room.write(self, asked.clone(), verb, edit, along).await;
        }
        let mut unit = self.reading(&asked.actor).await?;
        let record = unit.tx.plan(&asked.actor.organisation, id).await?;
        drop(unit);
        let record = record.ok_or_else(|| AppError::not_found(id.to_string()))?;
        let room = self.rooms().room(self, &record).await?;
        // Where it has to be computed first, writers of other plans are not kept waiting for that.
        room.make_ready(self, &record).await?;
        room.write(self, asked.clone(), verb, edit, along).await
    }
}

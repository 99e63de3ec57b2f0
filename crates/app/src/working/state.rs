//! What a room holds: the plan, how far its log goes, and what the last operations touched. Must not
//! know who asks or where the log is kept.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use fenjie_exchange::log::LogEntry;
use fenjie_exchange::plan_file::LoadedPlan;
use fenjie_plan::{Footprint, Plan, Reversal};
use fenjie_store::plans::PlanRecord;

use super::load::Computed;
use crate::{Actor, AppError, Reach};

/// Of how many operations it is remembered what they touched.
const MOST_RECENT: usize = 1_000;

/// What a room holds.
#[derive(Default)]
pub struct Loaded {
    pub(super) state: Option<State>,
}

pub(super) struct State {
    pub(super) definition: Arc<LoadedPlan>,
    pub(super) plan: Plan,
    pub(super) sequence: u64,
    pub(super) hash: String,
    /// The last operations, oldest first, without a gap up to `sequence`.
    pub(super) recent: VecDeque<Recent>,
    /// How long the last edit took; longest before the first.
    pub(super) took: Duration,
}

/// An operation and what it touched.
pub(crate) struct Recent {
    /// As the log has it.
    pub(crate) entry: LogEntry,
    /// What it touched.
    pub(crate) footprint: Footprint,
}

/// Where a state stood before an edit.
pub(super) struct Point {
    sequence: u64,
    hash: String,
    recent: usize,
}

impl Loaded {
    pub(super) fn state(&self) -> &State {
        self.state
            .as_ref()
            .expect("a room is loaded before anybody reads it")
    }

    pub(super) fn state_mut(&mut self) -> Result<&mut State, AppError> {
        self.state
            .as_mut()
            .ok_or_else(|| AppError::internal("nobody has loaded this room"))
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

    /// The operations behind number `seen` and what they touched, where that is still remembered.
    pub(crate) fn since(&self, seen: u64) -> Option<impl Iterator<Item = &Recent>> {
        let state = self.state();
        let behind = usize::try_from(state.sequence.checked_sub(seen)?).ok()?;
        let skipped = state.recent.len().checked_sub(behind)?;
        Some(state.recent.iter().skip(skipped))
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

    pub(super) fn fill(&mut self, computed: Computed) {
        self.state = Some(State {
            definition: Arc::new(computed.definition),
            plan: computed.plan,
            sequence: computed.sequence,
            hash: computed.hash,
            recent: computed.recent,
            took: Duration::MAX,
        });
    }
}

impl State {
    /// Notes an operation that was applied.
    pub(super) fn note(&mut self, entry: LogEntry, footprint: Footprint) {
        (self.sequence, self.hash) = (entry.sequence, entry.hash.clone());
        self.recent.push_back(Recent { entry, footprint });
    }

    /// Forgets what is too long ago.
    pub(super) fn trim(&mut self) {
        while self.recent.len() > MOST_RECENT {
            self.recent.pop_front();
        }
    }

    pub(super) fn point(&self) -> Point {
        Point {
            sequence: self.sequence,
            hash: self.hash.clone(),
            recent: self.recent.len(),
        }
    }

    /// Takes operations back, the last one first, to where the state stood before them.
    pub(super) fn go_back(&mut self, point: &Point, reversals: Vec<Reversal>) {
        for reversal in reversals.into_iter().rev() {
            self.plan.take_back(reversal);
        }
        self.sequence = point.sequence;
        self.hash.clone_from(&point.hash);
        self.recent.truncate(point.recent);
    }
}

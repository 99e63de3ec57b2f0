//! Slices as they were answered, kept for who asks the same of the same version with the same reach.
//! Nothing here is true for longer than its version. Must not know what a slice is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use fenjie_store::PlanId;
use fenjie_store::people::Role;

use super::slice::SliceAsked;
use crate::Reach;

/// How many bytes of answers are kept.
const MOST_BYTES: usize = 64 << 20;

/// What makes two answers the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub plan: PlanId,
    pub sequence: u64,
    /// How often remarks on the plan had changed.
    pub remarks: u64,
    pub reach: Reach,
    pub role: Role,
    pub asked: SliceAsked,
}

/// An answer as it travels.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// JSON.
    pub body: Bytes,
}

impl Rendered {
    pub(super) fn new(text: String) -> Rendered {
        Rendered { body: text.into() }
    }
}

/// The answers that are kept.
#[derive(Default)]
pub struct Slices {
    kept: Mutex<KeptSlices>,
}

#[derive(Default)]
struct KeptSlices {
    answers: HashMap<Key, (Arc<Rendered>, u64)>,
    bytes: usize,
    /// Counts the askers: what was asked for longest ago goes first.
    turn: u64,
}

impl Slices {
    /// An answer that is kept.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Rendered>> {
        let mut kept = self.kept.lock().ok()?;
        kept.turn += 1;
        let turn = kept.turn;
        let (answer, last) = kept.answers.get_mut(key)?;
        *last = turn;
        Some(answer.clone())
    }

    /// Keeps an answer; what belongs to earlier versions of its plan, and what was asked for longest
    /// ago, makes room.
    pub(super) fn put(&self, key: Key, answer: &Arc<Rendered>) {
        let Ok(mut kept) = self.kept.lock() else {
            return;
        };
        let kept = &mut *kept;
        if answer.body.len() > MOST_BYTES / 4 {
            return;
        }
        kept.bytes += answer.body.len();
        let turn = kept.turn;
        let (plan, sequence) = (key.plan.clone(), key.sequence);
        if let Some((before, _)) = kept.answers.insert(key, (answer.clone(), turn)) {
            kept.bytes -= before.body.len();
        }
        if kept.bytes <= MOST_BYTES {
            return;
        }
        kept.answers
            .retain(|key, _| key.plan != plan || key.sequence >= sequence);
        let mut by_turn: Vec<u64> = kept.answers.values().map(|(_, turn)| *turn).collect();
        by_turn.sort_unstable();
        let half = by_turn.get(by_turn.len() / 2).copied().unwrap_or(0);
        kept.answers.retain(|_, (_, turn)| *turn >= half);
        kept.bytes = kept
            .answers
            .values()
            .map(|(answer, _)| answer.body.len())
            .sum();
    }
}

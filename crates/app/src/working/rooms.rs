//! The plans that this process has in memory: made when somebody asks, put away when many others were
//! asked for since. Must not know what is done in them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fenjie_store::plans::PlanRecord;
use fenjie_store::{OrganisationId, PlanId};

use super::room::Room;
use crate::{App, AppError};

/// How many plans stay in memory while nobody uses them.
const MOST_ROOMS: usize = 64;

/// The plans that this process has in memory.
#[derive(Default)]
pub struct Rooms {
    rooms: Mutex<HashMap<PlanId, (Arc<Room>, u64)>>,
    asked: AtomicU64,
}

impl Rooms {
    /// How many plans are in memory, and how many edits wait in them.
    pub fn count(&self) -> (usize, usize) {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = rooms.values().map(|(room, _)| room.waiting());
        (rooms.len(), waiting.sum())
    }

    /// The room of a plan; empty until somebody reads.
    ///
    /// # Errors
    /// None yet.
    pub async fn room(&self, _app: &App, record: &PlanRecord) -> Result<Arc<Room>, AppError> {
        let now = self.asked.fetch_add(1, Ordering::Relaxed);
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((room, asked)) = rooms.get_mut(&record.id) {
            *asked = now;
            return Ok(room.clone());
        }
        while rooms.len() >= MOST_ROOMS
            && let Some(idle) = longest_idle(&rooms)
        {
            rooms.remove(&idle);
        }
        let room = Arc::new(Room::of(record));
        rooms.insert(record.id.clone(), (room.clone(), now));
        Ok(room)
    }

    /// The room of an organisation's plan, where it is there and the plan in it was computed.
    pub(super) fn ready(&self, organisation: &OrganisationId, plan: &PlanId) -> Option<Arc<Room>> {
        let now = self.asked.fetch_add(1, Ordering::Relaxed);
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let (room, asked) = rooms.get_mut(plan)?;
        if room.organisation != *organisation || room.is_empty() {
            return None;
        }
        *asked = now;
        Some(room.clone())
    }
}

/// Of the rooms that nobody is in, the one that was asked for the longest ago. Who reads or writes
/// holds the room or what is loaded in it.
fn longest_idle(rooms: &HashMap<PlanId, (Arc<Room>, u64)>) -> Option<PlanId> {
    let idle = rooms
        .iter()
        .filter(|(_, (room, _))| Arc::strong_count(room) == 1 && room.is_idle());
    idle.min_by_key(|(_, (_, asked))| *asked)
        .map(|(id, _)| id.clone())
}

//! A store's slots on a day: target, done, left, what a missed slot adds to the next ones (rule C5).

use fenjie_calendar::Date;
use fenjie_plan::Plan;

use crate::actuals::Actuals;
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::status::Status;

/// A day of some members by slots. Amounts in steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotsToday {
    /// A node for each dimension.
    pub members: Vec<u32>,
    /// The day.
    pub day: Date,
    /// The minute looked from, since midnight.
    pub minute: u16,
    /// The day's working target.
    pub target: i64,
    /// Done so far, lines without a time included.
    pub done: i64,
    /// Done on the day by lines whose slot is not known: the day's total − the slots'.
    pub without_slot: i64,
    /// Target − done, at least zero.
    pub left: i64,
    /// Done ÷ target; nothing without a target.
    pub attainment: Option<Ratio>,
    /// The share of the day's slots gone by now, the running slot by its minutes.
    pub elapsed: Ratio,
    /// The target due by now: the slots gone, and the running slot by its minutes, rounded half away
    /// from zero.
    pub expected: i64,
    /// By the pace: attainment − elapsed.
    pub status: Status,
    /// The slots, in order.
    pub slots: Vec<SlotToday>,
}

/// One slot of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotToday {
    /// `10:00–14:00`
    pub label: String,
    /// From this minute on.
    pub from: u16,
    /// Before this minute.
    pub to: u16,
    /// Its own target.
    pub target: i64,
    /// What missed slots before it add, as recomputed when the running slot began; a slot gone keeps
    /// what it was given while it ran. Lines without a slot count as done in the first slots that
    /// are short.
    pub added: i64,
    /// Target and what is added.
    pub working: i64,
    /// Done in it.
    pub done: i64,
    /// Working − done, at least zero.
    pub left: i64,
    /// Gone, running or to come.
    pub phase: Phase,
}

/// Where a slot lies from the minute looked from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// 已结束
    Gone,
    /// 进行中
    Running,
    /// 未开始
    ToCome,
}

/// The slots of some members on a day. The actual results come twice, in any grain at or below the
/// members: `by_slot` over the day's [`slot_nodes`], and `by_day` over the day, which also has the lines
/// without a time (where it has none of the day, the slots are all there is). Results after `minute`
/// must not be in them.
///
/// What is short when a slot ends goes to the later slots by their shares; the slot that runs takes
/// its part when it begins and does not change while it runs. A surplus changes nothing later
/// (rules J1–J4 inside a day). What the last slot leaves is lost to the day.
///
/// # Errors
/// `track_no_slots` where the plan has none; `track_outside_plan`; `slot_unreadable` and
/// `slots_do_not_tile` for labels that do not say from when to when.
///
/// ```
/// use fenjie_plan::{Plan, example};
/// use fenjie_track::{Actuals, slots_today};
/// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
/// let day = "2026-03-06".parse().unwrap();
/// let none = Actuals::empty(3, vec![0], vec![]);
/// let today = slots_today(&plan, &none, &none, 0, &[3, 0, 0], day, 11 * 60).unwrap();
/// assert_eq!(today.slots[0].label, "开业–10:00");
/// // 10 % were missed; 30 of the remaining 90 points of them run now.
/// assert_eq!(today.slots[1].added, today.slots[0].target / 3);
/// ```
pub fn slots_today(
    plan: &Plan,
    by_slot: &Actuals,
    by_day: &Actuals,
    measure: usize,
    members: &[u32],
    day: Date,
    minute: u16,
) -> Result<SlotsToday, TrackError> {
    let _ = (plan, by_slot, by_day, measure, members, day, minute);
    todo!()
}

/// The slots of a day on the time axis, in order: the periods to ask actual results for.
///
/// # Errors
/// `track_no_slots`, `track_outside_plan`.
///
/// ```
/// use fenjie_plan::{Plan, example};
/// let plan = Plan::new(example::definition()).unwrap();
/// let slots = fenjie_track::slot_nodes(&plan, "2026-03-06".parse().unwrap()).unwrap();
/// assert_eq!(slots.len(), 4);
/// ```
pub fn slot_nodes(plan: &Plan, day: Date) -> Result<Vec<u32>, TrackError> {
    let _ = (plan, day);
    todo!()
}

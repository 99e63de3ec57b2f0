//! A store's slots on a day: target, done, left, what a missed slot adds to the next ones (rule C5).

use fenjie_calendar::{Date, Level, Slots};
use fenjie_money::{Policy, allocate_u64};
use fenjie_plan::Plan;

use crate::actuals::{Actuals, UNASSIGNED};
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::reckon::measure_in;
use crate::status::{Status, Thresholds};

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
    /// The share of the day that is due: expected ÷ target; minutes of its slots without a target.
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
/// // 10 % of the day were missed; a third of that runs now, the left-over cent with it.
/// assert_eq!(today.slots[0].target, 79_367);
/// assert_eq!(today.slots[1].added, 26_456);
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
    let model = plan.model();
    let (day_node, nodes) = day_and_slots(plan, day)?;
    let slots = slots_of(plan, members);
    let bounds = slots.bounds()?;
    let nodes = &nodes[..nodes.len().min(slots.len())];
    // Nothing is asked of members nobody knows.
    let targets = match members.contains(&UNASSIGNED) {
        true => Some(vec![0; nodes.len()]),
        false => plan.working(measure)?.series(members, nodes),
    };
    let targets = targets.ok_or_else(|| TrackError::NotDecomposed {
        place: day.to_string(),
    })?;
    let done = match measure_in(plan, by_slot, measure)? {
        Some(at) => by_slot.sum_within(model, at, members, nodes),
        None => vec![0; nodes.len()],
    };
    let in_slots: i64 = done.iter().sum();
    let of_day = match measure_in(plan, by_day, measure)? {
        Some(at) if by_day.periods.iter().any(|node| *node <= day_node) => {
            by_day.sum_within(model, at, members, &[day_node])[0]
        }
        _ => 0,
    };
    let without_slot = match of_day {
        0 => 0,
        all => all - in_slots,
    };
    let shares = slots
        .shares()
        .iter()
        .map(|(_, share)| u64::from(share.millionths()));
    let mut rows = Vec::with_capacity(nodes.len());
    for (at, range) in bounds.ranges().iter().enumerate().take(nodes.len()) {
        rows.push(SlotToday {
            label: slots.label(at).to_owned(),
            from: range.start,
            to: range.end,
            target: targets[at],
            added: 0,
            working: targets[at],
            done: done[at],
            left: 0,
            phase: match minute {
                minute if minute >= range.end => Phase::Gone,
                minute if minute < range.start => Phase::ToCome,
                _ => Phase::Running,
            },
        });
    }
    carry_within_day(&mut rows, &shares.collect::<Vec<u64>>(), without_slot);
    Ok(today(SlotsToday {
        members: members.to_vec(),
        day,
        minute,
        target: targets.iter().sum(),
        done: in_slots + without_slot,
        without_slot,
        left: 0,
        attainment: None,
        elapsed: Ratio::percent(0),
        expected: 0,
        status: Status::NoTarget,
        slots: rows,
    }))
}

/// Gives what is short when a slot ends to the later ones, by their shares.
fn carry_within_day(slots: &mut [SlotToday], shares: &[u64], without_slot: i64) {
    let (mut open, mut unplaced) = (0i64, without_slot.max(0));
    for at in 0..slots.len() {
        let mut parts = vec![0; slots.len() - at];
        allocate_u64(
            open,
            &shares[at..slots.len()],
            Policy::LargestRemainder,
            &mut parts,
        );
        if slots[at].phase == Phase::Gone {
            slots[at].added = parts[0];
            open -= parts[0];
        } else {
            // From the running slot on, all takes its part at once, as of that slot's beginning.
            for (slot, part) in slots[at..].iter_mut().zip(parts) {
                slot.added = part;
            }
            break;
        }
        let short = (slots[at].target + slots[at].added - slots[at].done).max(0);
        let used = short.min(unplaced);
        unplaced -= used;
        open += short - used;
    }
    for slot in slots {
        slot.working = slot.target + slot.added;
        slot.left = (slot.working - slot.done).max(0);
    }
}

/// What the day comes to.
fn today(mut today: SlotsToday) -> SlotsToday {
    let (mut due, mut gone, mut all) = (0i64, 0i128, 0i128);
    for slot in &today.slots {
        let length = i128::from(slot.to - slot.from);
        let minutes = i128::from(today.minute.clamp(slot.from, slot.to) - slot.from);
        let part = Ratio::new(i128::from(slot.target) * minutes, length);
        due += part.map_or(0, |part| part.rounded(0));
        gone += minutes;
        all += length;
    }
    today.expected = due;
    today.left = (today.target - today.done).max(0);
    // By the targets of the slots; by their minutes where nothing is asked.
    today.elapsed = match today.target > 0 {
        true => Ratio::new(due.into(), today.target.into()),
        false => Ratio::new(gone, all),
    }
    .unwrap_or(Ratio::percent(0));
    if today.target > 0 {
        today.attainment = Ratio::new(today.done.into(), today.target.into());
    }
    let over = today.slots.iter().all(|slot| slot.phase == Phase::Gone);
    today.status = match today.attainment {
        None => Status::NoTarget,
        Some(_) if today.done >= today.target => Status::Reached,
        Some(_) if over => Status::Missed,
        Some(_) if due == 0 => Status::NotBegun,
        Some(done) => Thresholds::default().status(done.minus(today.elapsed)),
    };
    today
}

/// The slots that hold for some members: those of the nearest member calendar, else the plan's.
fn slots_of<'p>(plan: &'p Plan, members: &[u32]) -> &'p Slots {
    let model = plan.model();
    let definition = model.definition();
    for (axis, node) in members.iter().enumerate() {
        let known = &model.axes()[axis];
        let mut nearest: Option<(usize, &Slots)> = None;
        for own in &definition.member_calendars {
            if own.dimension != known.code && own.dimension != known.name {
                continue;
            }
            let Ok(holder) = known.tree.find(&own.member) else {
                continue;
            };
            let depth = known.tree.depth(holder);
            let nearer = nearest.is_none_or(|(other, _)| depth >= other);
            if *node != UNASSIGNED && known.tree.contains(holder, *node) && nearer {
                nearest = Some((depth, &own.slots));
            }
        }
        if let Some((_, slots)) = nearest {
            return slots;
        }
    }
    &definition.calendar.slots
}

fn day_and_slots(plan: &Plan, day: Date) -> Result<(u32, Vec<u32>), TrackError> {
    let axes = plan.model().axes();
    let time = axes.last().expect("time is always there");
    let whole = plan.model().definition().period;
    if day < whole.start || day >= whole.end {
        return Err(TrackError::OutsidePlan { day });
    }
    let mut node = 0;
    while time.time_level_of(node) != Some(Level::Day) {
        let holds = |child: &u32| {
            time.days_of(*child)
                .is_some_and(|days| days.start <= day && day < days.end)
        };
        node = time
            .tree
            .children(node)
            .find(holds)
            .ok_or(TrackError::NoSlots)?;
    }
    let is_slot = |child: &u32| time.time_level_of(*child) == Some(Level::Slot);
    let slots: Vec<u32> = time.tree.children(node).filter(is_slot).collect();
    match slots.is_empty() {
        true => Err(TrackError::NoSlots),
        false => Ok((node, slots)),
    }
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
    Ok(day_and_slots(plan, day)?.1)
}

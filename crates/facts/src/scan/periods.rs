//! From a day, and a minute of it, to the place of its period among those asked for. Knows no lines.

use fenjie_calendar::{Date, Level, SlotBounds, Slots};
use fenjie_plan::Model;
use rustc_hash::FxHashMap;

use super::{BY_SLOT, OTHER, OUTSIDE, SKIP};
use crate::error::FactsError;

/// The date of a day since 1970-01-01; the calendar's end for what lies behind it.
pub(crate) fn day_of(day: i32) -> Date {
    let start = Date::constant(1970, 1, 1);
    start.saturating_add(jiff::Span::new().days(i64::from(day).clamp(-4_000_000, 2_900_000)))
}

/// The days from 1970-01-01 to a date.
pub(crate) fn day_number(date: Date) -> i32 {
    let start = Date::constant(1970, 1, 1);
    (start.duration_until(date).as_secs() / 86_400) as i32
}

/// The periods of a request.
pub(crate) struct Periods {
    /// The plan's first day.
    start: i32,
    /// For each day of the plan the period's place, [`OTHER`], or, marked, the place of its first
    /// slot in `slots` where its slots are asked for.
    days: Vec<u64>,
    /// Places of the slots asked for, day after day; empty where none is.
    slots: Vec<u64>,
    per_day: usize,
    /// The last day that counts.
    until: i32,
    /// Whether every day counts.
    every: bool,
    /// For each clock the slot of each minute.
    clocks: Vec<Vec<u8>>,
    /// The clocks of members that have their own: dimension and code, ends of nodes.
    own: Vec<(usize, Vec<u8>)>,
}

impl Periods {
    pub(crate) fn new(model: &Model, wanted: &[u32], until: Date) -> Result<Periods, FactsError> {
        let definition = model.definition();
        let axis = model.axes().last().expect("time is always there");
        let (start, end) = (definition.period.start, definition.period.end);
        let start = day_number(start);
        let count = (day_number(end) - start).max(0) as usize;
        let mut periods = Periods {
            start,
            days: vec![OTHER; count],
            slots: Vec::new(),
            per_day: definition.calendar.slots.len(),
            until: day_number(until),
            every: false,
            clocks: Vec::new(),
            own: Vec::new(),
        };
        let mut slotted: FxHashMap<usize, usize> = FxHashMap::default();
        for (place, &node) in wanted.iter().enumerate() {
            let Some(range) = (node < axis.tree.len() as u32)
                .then(|| axis.days_of(node))
                .flatten()
            else {
                return Err(FactsError::request(
                    format!("没有编号为 {node} 的期间"),
                    format!("there is no period {node}"),
                ));
            };
            let first = (day_number(range.start) - start).max(0) as usize;
            let behind = (day_number(range.end) - start).clamp(0, count as i32) as usize;
            if axis.time_level_of(node) == Some(Level::Slot) {
                let day = axis.tree.parent(node).unwrap_or(0);
                let slot = axis.tree.children(day).position(|child| child == node);
                periods.want_slot(&mut slotted, first, slot.unwrap_or(0), place as u64);
            } else if first < behind {
                periods.days[first..behind].fill(place as u64);
            }
        }
        if !periods.slots.is_empty() {
            periods.read_clocks(model)?;
        }
        Ok(periods)
    }

    fn want_slot(
        &mut self,
        slotted: &mut FxHashMap<usize, usize>,
        day: usize,
        slot: usize,
        place: u64,
    ) {
        let next = self.slots.len();
        let at = *slotted.entry(day).or_insert(next);
        if at == next {
            self.slots.resize(next + self.per_day, OTHER);
        }
        self.days[day] = at as u64 | BY_SLOT;
        self.slots[at + slot] = place;
    }

    fn read_clocks(&mut self, model: &Model) -> Result<(), FactsError> {
        let definition = model.definition();
        self.clocks.push(clock(&definition.calendar.slots)?);
        let dimensions = model.axes().len() - 1;
        let mut own = Vec::new();
        for calendar in &definition.member_calendars {
            let axis = model.axes()[..dimensions]
                .iter()
                .position(|axis| axis.code == calendar.dimension);
            let Some(axis) = axis else { continue };
            let tree = &model.axes()[axis].tree;
            let Ok(node) = tree.find(&calendar.member) else {
                continue;
            };
            own.push((tree.depth(node), axis, node, clock(&calendar.slots)?));
        }
        // Upper members first, so that the nearest of a node's ancestors is written last.
        own.sort_by_key(|(depth, ..)| *depth);
        for (_, axis, node, clock) in own {
            let tree = &model.axes()[axis].tree;
            let number = self.clocks.len() as u8;
            let known = self.own.iter().position(|(known, _)| *known == axis);
            let at = known.unwrap_or_else(|| {
                self.own.push((axis, vec![0; tree.len()]));
                self.own.len() - 1
            });
            self.own[at].1[node as usize..tree.end(node) as usize].fill(number);
            self.clocks.push(clock);
        }
        Ok(())
    }

    /// Lets every day count that is not too late, those outside the plan too.
    pub(crate) fn take_every_day(&mut self) {
        self.every = true;
    }

    /// Whether slots are asked for, so that minutes matter.
    pub(crate) fn have_slots(&self) -> bool {
        !self.slots.is_empty()
    }

    /// The dimensions whose members have clocks of their own.
    pub(crate) fn own_clocks(&self) -> &[(usize, Vec<u8>)] {
        &self.own
    }

    /// What a line of this day adds to its cell's number, and what is to be said of it. Where slots
    /// are asked for, [`Periods::in_slot`] goes on from it.
    pub(crate) fn entry(&self, day: i32) -> u64 {
        if day > self.until {
            return SKIP;
        }
        if self.every {
            return 0;
        }
        let at = day
            .checked_sub(self.start)
            .and_then(|at| usize::try_from(at).ok());
        let entry = at.and_then(|at| self.days.get(at));
        entry.copied().unwrap_or(OUTSIDE)
    }

    /// The entry of a day's minute by a clock. A line without a time is one of the first slot.
    pub(crate) fn in_slot(&self, entry: u64, minute: i16, clock: u8) -> u64 {
        if entry & BY_SLOT == 0 {
            return entry;
        }
        let clock = &self.clocks[usize::from(clock)];
        let slot = clock.get(minute.max(0) as usize).copied().unwrap_or(0);
        let slot = if minute < 0 { 0 } else { usize::from(slot) };
        let found = self
            .slots
            .get((entry ^ BY_SLOT) as usize + slot.min(self.per_day - 1));
        found.copied().unwrap_or(OTHER)
    }

    /// The last day that counts.
    pub(crate) fn until(&self) -> i32 {
        self.until
    }

    /// Whether lines of these days may change anything but the last day with a line.
    pub(crate) fn any_in(&self, first: i32, last: i32) -> bool {
        let end = self.start + self.days.len() as i32 - 1;
        let last = last.min(self.until);
        first < self.start || last > end || (first..=last).any(|day| self.entry(day) & OTHER == 0)
    }
}

/// The slot of each minute of a day.
fn clock(slots: &Slots) -> Result<Vec<u8>, FactsError> {
    let bounds: Result<SlotBounds, _> = slots.bounds();
    let bounds = bounds.map_err(|error| {
        use fenjie_message::{Lang, Message};
        FactsError::request(error.text(Lang::Zh), error.text(Lang::En))
    })?;
    Ok((0..1440)
        .map(|minute| bounds.slot_of(minute) as u8)
        .collect())
}

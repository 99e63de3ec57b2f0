//! A store's day by slots (rule C5), within reach.

use std::sync::Arc;

use fenjie_calendar::Level;
use fenjie_facts::LineFilter;
use fenjie_store::PlanId;
use fenjie_track::{Actuals, Phase, SlotsToday, members_label, slot_nodes, slots_today};

use super::words::{members_at, ratio};
use super::{Ground, TrackAsked, ground};
use crate::{Actor, App, AppError};

/// A day of some members by slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodaySeen {
    /// The plan's version.
    pub version: u64,
    /// The members.
    pub at: String,
    /// What people call them.
    pub name: String,
    /// The day.
    pub day: String,
    /// The time of day looked from.
    pub time: String,
    /// The day's working target.
    pub target: String,
    /// Done so far.
    pub done: String,
    /// Done by lines whose slot is not known.
    pub without_slot: String,
    /// Still to do.
    pub left: String,
    /// Done ÷ target.
    pub attainment: Option<String>,
    /// The share of the day that is due.
    pub elapsed: String,
    /// What is due by now.
    pub expected: String,
    /// The status's code.
    pub status: &'static str,
    /// The slots.
    pub slots: Vec<SlotSeen>,
}

/// One slot of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotSeen {
    /// `10:00–14:00`
    pub label: String,
    /// Its own target.
    pub target: String,
    /// What missed slots before it add.
    pub added: String,
    /// Target and what is added.
    pub working: String,
    /// Done in it.
    pub done: String,
    /// Still to do.
    pub left: String,
    /// `gone`, `running` or `to_come`.
    pub phase: &'static str,
}

/// The day of the asker's own part, or of the place asked about.
///
/// # Errors
/// `track_no_days`, `track_no_slots`, those of places.
pub async fn today(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: TrackAsked,
) -> Result<TodaySeen, AppError> {
    let at = asked.at.clone();
    ground(app, actor, plan, &asked, move |ground| {
        let members = ground.members(at.as_deref())?;
        let found = day(ground, &members)?;
        Ok(ground.today_seen(&found))
    })
    .await
}

/// A line's minute, where it says, and its amount.
type Minuted = (Option<u16>, i64);

fn day(ground: &Ground, members: &[u32]) -> Result<SlotsToday, AppError> {
    let (plan, measure, day) = (ground.plan(), ground.measure, ground.as_of);
    let refused = |error: fenjie_track::TrackError| AppError::refused(error);
    let nodes = slot_nodes(plan, day).map_err(refused)?;
    let lines = ground.lines_of_day(members)?;
    let none = Actuals::empty(members.len(), vec![measure], Vec::new());
    let minute = ground.minute;
    let bounds = slots_today(plan, &none, &none, measure, members, day, minute).map_err(refused)?;
    let mut values = vec![0; nodes.len() + 1];
    for (at, amount) in lines {
        let holds = |minute: u16| {
            let mut slots = bounds.slots.iter();
            slots.position(|slot| (slot.from..slot.to).contains(&minute))
        };
        values[at.and_then(holds).map_or(0, |slot| slot + 1)] += amount;
    }
    let of = |periods: Vec<u32>, values: Vec<i64>| Actuals {
        measures: vec![measure],
        periods,
        members: members.iter().map(|node| vec![*node]).collect(),
        values: vec![values],
        ..Actuals::default()
    };
    let by_day = of(vec![ground.day_node()?], vec![values.iter().sum()]);
    let by_slot = of(nodes, values.split_off(1));
    slots_today(plan, &by_slot, &by_day, measure, members, day, minute).map_err(refused)
}

impl Ground {
    fn day_node(&self) -> Result<u32, AppError> {
        let none = || AppError::refused(fenjie_track::TrackError::NoDays);
        let depth = super::time_depth(self.plan(), Level::Day).ok_or_else(none)?;
        let time = &self.plan().model().axes()[self.time()];
        let mut days = self
            .plan()
            .model()
            .nodes_at_depth(self.time(), depth)
            .into_iter();
        let found = days.find(|day| {
            time.days_of(*day)
                .is_some_and(|days| days.contains(self.as_of))
        });
        found.ok_or_else(|| {
            let day = self.as_of;
            AppError::invalid(
                "as_of",
                "day_outside_plan",
                format!("{day} 不在方案期间内"),
                format!("{day} is outside the plan's period"),
            )
        })
    }

    /// The lines of some members on the day, up to the minute looked from.
    fn lines_of_day(&self, members: &[u32]) -> Result<Vec<Minuted>, AppError> {
        let filter = LineFilter {
            within: members.to_vec(),
            periods: vec![self.day_node()?],
            until: Some(self.as_of),
        };
        let found = self.sales.lines(self.plan(), &filter, usize::MAX);
        let found = found.map_err(AppError::refused)?;
        let counted = found.lines.into_iter().filter_map(|line| {
            let amount = line.values.get(self.measure).copied().flatten()?;
            let so_far = line.minute.is_none_or(|minute| minute <= self.minute);
            so_far.then_some((line.minute, amount))
        });
        Ok(counted.collect())
    }

    fn today_seen(&self, today: &SlotsToday) -> TodaySeen {
        let amount = |steps: i64| self.amount(steps);
        let slots = today.slots.iter().map(|slot| SlotSeen {
            label: slot.label.clone(),
            target: amount(slot.target),
            added: amount(slot.added),
            working: amount(slot.working),
            done: amount(slot.done),
            left: amount(slot.left),
            phase: match slot.phase {
                Phase::Gone => "gone",
                Phase::Running => "running",
                Phase::ToCome => "to_come",
            },
        });
        TodaySeen {
            version: self.opened.loaded.sequence(),
            at: members_at(self.plan(), &today.members),
            name: members_label(self.plan(), &today.members, self.opened.actor.lang),
            day: today.day.to_string(),
            time: format!("{:02}:{:02}", today.minute / 60, today.minute % 60),
            target: amount(today.target),
            done: amount(today.done),
            without_slot: amount(today.without_slot),
            left: amount(today.left),
            attainment: today.attainment.map(ratio),
            elapsed: ratio(today.elapsed),
            expected: amount(today.expected),
            status: today.status.code(),
            slots: slots.collect(),
        }
    }
}

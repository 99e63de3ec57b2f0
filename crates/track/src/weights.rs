//! How much of a period is gone: weights and selling days by each member's own calendar (rules C4, T2).
//! Knows no amount.

use fenjie_calendar::{Date, DateRange};
use fenjie_plan::{MemberDays, Model};
use rustc_hash::FxHashMap;

use crate::actuals::UNASSIGNED;

/// Weights in millionths and days of weight above zero, on both sides of the day looked from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) weight_gone: u64,
    pub(crate) weight_left: u64,
    pub(crate) days_gone: u32,
    pub(crate) days_left: u32,
    /// No day is left.
    pub(crate) over: bool,
}

impl Gone {
    /// The share that is gone, as parts of a whole; all or nothing where no day has a weight.
    pub(crate) fn share(&self) -> (i128, i128) {
        match self.weight_gone + self.weight_left {
            0 => (i128::from(self.over), 1),
            whole => (self.weight_gone.into(), whole.into()),
        }
    }
}

/// What is gone of some periods, once for each calendar.
pub(crate) struct Weights<'m> {
    model: &'m Model,
    days: Vec<DateRange>,
    as_of: Date,
    known: FxHashMap<MemberDays, usize>,
    last: Option<(MemberDays, usize)>,
    found: Vec<Vec<Gone>>,
}

impl<'m> Weights<'m> {
    pub(crate) fn new(model: &'m Model, periods: &[u32], as_of: Date) -> Self {
        let time = model.axes().last().expect("time is always there");
        let days = periods.iter().map(|period| {
            let days = time.days_of(*period);
            days.expect("a period of the time axis has its days")
        });
        Weights {
            model,
            days: days.collect(),
            as_of,
            known: FxHashMap::default(),
            last: None,
            found: Vec::new(),
        }
    }

    /// For each period what is gone of it for some members; for an unknown one, by the plan's own
    /// calendar.
    pub(crate) fn of(&mut self, members: &[u32]) -> &[Gone] {
        let whose = days_of(self.model, members);
        if let Some((last, at)) = self.last
            && last == whose
        {
            return &self.found[at];
        }
        let at = match self.known.get(&whose) {
            Some(at) => *at,
            None => {
                let gone = self.days.iter();
                let gone = gone.map(|days| gone_of(self.model, whose, *days, self.as_of));
                self.found.push(gone.collect());
                self.known.insert(whose, self.found.len() - 1);
                self.found.len() - 1
            }
        };
        self.last = Some((whose, at));
        &self.found[at]
    }
}

/// The days of some members; of unknown ones those of everyone.
pub(crate) fn days_of(model: &Model, members: &[u32]) -> MemberDays {
    if members.contains(&UNASSIGNED) {
        return model.member_days(&vec![0; members.len()]);
    }
    model.member_days(members)
}

pub(crate) fn one_day(day: Date) -> DateRange {
    DateRange {
        start: day,
        end: day.tomorrow().unwrap_or(Date::MAX),
    }
}

fn gone_of(model: &Model, whose: MemberDays, days: DateRange, as_of: Date) -> Gone {
    let mut gone = Gone {
        over: days.end <= as_of.tomorrow().unwrap_or(Date::MAX),
        ..Gone::default()
    };
    for day in days.dates() {
        let weight = model.weight_of_days(whose, one_day(day));
        if weight == 0 {
            continue;
        }
        if day <= as_of {
            gone.weight_gone += weight;
            gone.days_gone += 1;
        } else {
            gone.weight_left += weight;
            gone.days_left += 1;
        }
    }
    gone
}

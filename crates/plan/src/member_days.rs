//! Which days count for some members, and how much: their own calendar and the days on which they are
//! members (rules C4, D12). Knows no amounts.

use fenjie_calendar::DateRange;

use crate::model::Model;
use crate::periods::overlap;

/// The calendar and the days of some members. Members that share both are equal here, so what is
/// computed for one holds for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemberDays {
    table: usize,
    limit: Option<DateRange>,
}

impl Model {
    /// The days of some members, one node for each dimension.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// let model = plan.model();
    /// assert_eq!(model.member_days(&[0, 0, 0]), model.member_days(&[1, 0, 2]));
    /// ```
    pub fn member_days(&self, members: &[u32]) -> MemberDays {
        MemberDays {
            table: self.table_of(members),
            limit: self.limit_of(members),
        }
    }

    /// The weight of a range of days in millionths: a day with the coefficient 1.2 weighs 1,200,000,
    /// a closed day and a day outside the plan or the membership 0 (rules C4, D12).
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// use fenjie_calendar::DateRange;
    /// let plan = Plan::new(example::definition()).unwrap();
    /// let everyone = plan.model().member_days(&[0, 0, 0]);
    /// let week = DateRange::parse("2026-03-06..2026-03-12").unwrap();
    /// assert_eq!(plan.model().weight_of_days(everyone, week), 8_500_000);
    /// ```
    pub fn weight_of_days(&self, whose: MemberDays, days: DateRange) -> u64 {
        let days = whose.limit.map_or(days, |limit| overlap(limit, days));
        self.period_weight(whose.table, 0, Some(days))
    }
}

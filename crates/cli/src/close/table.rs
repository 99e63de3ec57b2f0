//! What a close shows: of each member target, result, gap and misses in a row, and what changed since the
//! period was closed before. Prints nothing.

use fenjie_plan::{Closed, Plan, PlanError};

use crate::carry::members::members;

/// One period that is closed.
pub struct Period {
    /// A node of the time axis.
    pub period: u32,
    /// Members with a target or a result, in the plan's order.
    pub rows: Vec<Row>,
    /// Everything that was sold, the unassigned included.
    pub total: i64,
    pub unassigned: i64,
    /// All base targets, and all working ones.
    pub base: i64,
    pub working: i64,
    /// The total of the close before, where there was one.
    pub closed_before: Option<i64>,
    /// Members whose result differs from the close before: before and now.
    pub changed: Vec<(Vec<u32>, i64, i64)>,
}

/// One member in it, in steps.
pub struct Row {
    pub members: Vec<u32>,
    pub base: i64,
    /// What it had to make good besides.
    pub carried: i64,
    pub actual: i64,
    /// Periods missed in a row up to this one.
    pub streak: usize,
}

impl Row {
    /// Base and carried.
    pub fn working(&self) -> i64 {
        self.base + self.carried
    }
}

/// Whether a target was met (rule T1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The working target.
    Working,
    /// The base target, but not what was carried on top.
    Base,
    /// Neither.
    Missed,
    /// There is none.
    NoTarget,
}

impl Row {
    /// Whether the target was met, by exact amounts.
    pub fn met(&self) -> Met {
        match () {
            () if self.working() == 0 && self.base == 0 => Met::NoTarget,
            () if self.actual >= self.working() => Met::Working,
            () if self.actual >= self.base => Met::Base,
            () => Met::Missed,
        }
    }
}

/// What closing these periods shows, from the plan before and after.
///
/// # Errors
/// A grain that the plan does not have.
pub fn table(
    before: &Plan,
    after: &Plan,
    measure: usize,
    of: &str,
    periods: &[u32],
) -> Result<Vec<Period>, PlanError> {
    let members = members(after, measure, of)?;
    let (base, working) = (before.base(measure), before.working(measure)?);
    let missing = || PlanError::NotDecomposed {
        place: of.to_owned(),
        axis: fenjie_plan::TIME.into(),
    };
    let mut base_rows = base.rows(periods).ok_or_else(missing)?;
    let mut working_rows = working.rows(periods).ok_or_else(missing)?;
    let (old, new) = (before.closes(measure), after.closes(measure));
    let closed: Vec<u32> = new.iter().map(|close| close.period).collect();
    let mut closed_rows = base.rows(&closed).ok_or_else(missing)?;
    let mut made: Vec<Period> = periods.iter().map(|period| Period::new(*period)).collect();
    let is_again = |period: &u32| old.iter().any(|close| close.period == *period);
    let mut course = match periods.iter().any(is_again) {
        true => Some(before.carry_course(measure)?),
        false => None,
    };
    for row in members {
        let of_row = |values: Option<&[i64]>| values.map_or_else(Vec::new, <[i64]>::to_vec);
        let bases = of_row(base_rows.row(&row));
        let works = of_row(working_rows.row(&row));
        let streaks = streaks(closed_rows.row(&row), &new, &row);
        let known = match &mut course {
            Some(course) => course.steps(&row)?,
            None => Vec::new(),
        };
        for (at, shown) in made.iter_mut().enumerate() {
            let find = |closes: &[Closed<'_>]| {
                let close = closes.iter().find(|close| close.period == shown.period);
                close.map(|close| close.actual(&row))
            };
            let (was, actual) = (find(&old), find(&new).unwrap_or(0));
            let base = bases.get(at).copied().unwrap_or(0);
            // Once closed, a period has given away what it missed; what it had is in its step.
            let step = known.iter().find(|step| step.period == shown.period);
            let carried = match (was, step) {
                (Some(_), step) => step.map_or(0, |step| step.carried),
                (None, _) => works.get(at).copied().unwrap_or(base) - base,
            };
            shown.base += base;
            shown.working += base + carried;
            if let Some(was) = was.filter(|was| *was != actual) {
                shown.changed.push((row.clone(), was, actual));
            }
            if base != 0 || carried != 0 || actual != 0 {
                let streak = closed.iter().position(|period| *period == shown.period);
                shown.rows.push(Row {
                    members: row.clone(),
                    base,
                    carried,
                    actual,
                    streak: streak.map_or(0, |at| streaks[at]),
                });
            }
        }
    }
    for shown in &mut made {
        if let Some(close) = new.iter().find(|close| close.period == shown.period) {
            (shown.total, shown.unassigned) = (close.total, close.unassigned);
        }
        let was = old.iter().find(|close| close.period == shown.period);
        shown.closed_before = was.map(|close| close.total);
    }
    Ok(made)
}

/// Of each closed period how many were missed in a row up to it; one without a target neither counts
/// nor ends a streak (rule J5).
fn streaks(base: Option<&[i64]>, closes: &[Closed<'_>], members: &[u32]) -> Vec<usize> {
    let mut missed = 0;
    let each = closes.iter().enumerate().map(|(at, close)| {
        let target = base.and_then(|base| base.get(at)).copied().unwrap_or(0);
        if target != 0 {
            let is_missed = close.actual(members) < target;
            missed = if is_missed { missed + 1 } else { 0 };
        }
        missed
    });
    each.collect()
}

impl Period {
    fn new(period: u32) -> Period {
        Period {
            period,
            rows: Vec::new(),
            total: 0,
            unassigned: 0,
            base: 0,
            working: 0,
            closed_before: None,
            changed: Vec::new(),
        }
    }
}

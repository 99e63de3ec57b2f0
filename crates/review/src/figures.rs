//! Figures of one line of a pack: those of a standing, or of several that follow each other. Computes
//! nothing that tracking computes (rule T4).

use fenjie_track::{Projection, Ratio, Standing, Status, Thresholds};

/// Where somebody stands in a period. Amounts in steps of the measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The original target.
    pub base: i64,
    /// What carrying adds to it or takes from it.
    pub carried: i64,
    /// Base and carried.
    pub working: i64,
    /// The target it is judged by.
    pub target: i64,
    /// What was sold.
    pub actual: i64,
    /// Actual ÷ target.
    pub attainment: Option<Ratio>,
    /// Weighted share of the period that is gone.
    pub elapsed: Option<Ratio>,
    /// The day targets of the days gone.
    pub expected: i64,
    /// Target − actual.
    pub gap: i64,
    /// Expected − actual.
    pub gap_to_date: i64,
    /// Attainment − elapsed.
    pub pace: Option<Ratio>,
    /// Actual per day of weight 1.0, as tracking rounds it (rule T2).
    pub run_rate: Option<i64>,
    /// What is left per day of weight 1.0.
    pub required_rate: Option<i64>,
    /// What a selling day yields so far: the figure for sentences.
    pub done_per_day: Option<i64>,
    /// What a selling day must yield from tomorrow.
    pub needed_per_day: Option<i64>,
    /// Where the period ends at the rate so far.
    pub projection: Option<Projection>,
    /// What it is called.
    pub status: Status,
    /// Rank by attainment.
    pub rank: Option<u32>,
    /// Share of the gap of the member above.
    pub share_of_gap: Option<Ratio>,
    /// Whether the period is closed.
    pub closed: bool,
}

impl Figures {
    /// The figures of a standing.
    pub(crate) fn of(standing: &Standing) -> Figures {
        Figures {
            base: standing.base,
            carried: standing.carried,
            working: standing.working,
            target: standing.target,
            actual: standing.actual,
            attainment: standing.attainment,
            elapsed: Some(standing.elapsed),
            expected: standing.expected,
            gap: standing.gap,
            gap_to_date: standing.gap_to_date,
            pace: standing.pace,
            run_rate: standing.run_rate.map(|rate| rate.rounded(0)),
            required_rate: standing.required_rate.map(|rate| rate.rounded(0)),
            done_per_day: standing.done_per_day(),
            needed_per_day: standing.needed_per_day(),
            projection: standing.projection,
            status: standing.status,
            rank: standing.rank,
            share_of_gap: standing.share_of_gap,
            closed: standing.closed,
        }
    }

    /// The figures of periods that follow each other: sums, and rates from the sums (rule T3). A
    /// projection is that of the parts only where there is one part.
    pub(crate) fn together(parts: &[&Standing], thresholds: &Thresholds) -> Option<Figures> {
        match parts {
            [] => return None,
            [one] => return Some(Figures::of(one)),
            _ => {}
        }
        let sum = |of: fn(&Standing) -> i64| parts.iter().map(|part| of(part)).sum::<i64>();
        let weight = |of: fn(&Standing) -> u64| parts.iter().map(|part| of(part)).sum::<u64>();
        let days = |of: fn(&Standing) -> u32| parts.iter().map(|part| of(part)).sum::<u32>();
        let (target, actual) = (sum(|part| part.target), sum(|part| part.actual));
        let (gone, left) = (
            weight(|part| part.weight_gone),
            weight(|part| part.weight_left),
        );
        let attainment = (target > 0)
            .then(|| Ratio::new(actual.into(), target.into()))
            .flatten();
        let expected = sum(|part| part.expected);
        let elapsed = match target > 0 {
            true => Ratio::new(expected.into(), target.into()),
            false => Ratio::new(gone.into(), i128::from(gone) + i128::from(left)),
        };
        let pace = attainment.zip(elapsed).map(|(done, gone)| done.minus(gone));
        let status = if target <= 0 {
            Status::NoTarget
        } else if actual >= target {
            Status::Reached
        } else if left == 0 {
            Status::Missed
        } else if expected == 0 && actual == 0 {
            Status::NotBegun
        } else {
            pace.map_or(Status::NoTarget, |pace| thresholds.status(pace))
        };
        let (days_gone, days_left) = (days(|part| part.days_gone), days(|part| part.days_left));
        let gap = target - actual;
        let per_day = |amount: i64, days: u32| {
            Ratio::new(amount.into(), days.into()).map(|rate| rate.rounded(0))
        };
        // Weights count millionths of a day of weight 1.0.
        let per_weight = |amount: i64, weight: u64| {
            let rate = Ratio::new(i128::from(amount) * 1_000_000, weight.into());
            rate.map(|rate| rate.rounded(0))
        };
        Some(Figures {
            base: sum(|part| part.base),
            carried: sum(|part| part.carried),
            working: sum(|part| part.working),
            target,
            actual,
            attainment,
            elapsed,
            expected,
            gap,
            gap_to_date: expected - actual,
            pace,
            run_rate: per_weight(actual, gone),
            required_rate: per_weight(gap.max(0), left),
            done_per_day: per_day(actual, days_gone),
            needed_per_day: per_day(gap.max(0), days_left),
            projection: None,
            status,
            rank: None,
            share_of_gap: None,
            closed: parts.iter().all(|part| part.closed),
        })
    }
}

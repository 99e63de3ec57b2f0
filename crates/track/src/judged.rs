//! What a line's targets and results come to: attainment, pace, rates, status (rules T1, T2). Reads no
//! plan.

use crate::ratio::Ratio;
use crate::standing::{Line, Standing};
use crate::status::{Status, Thresholds};
use crate::weights::Gone;

/// A line before anything is known of it.
pub(crate) fn blank() -> Standing {
    Standing {
        members: Vec::new(),
        line: Line::Member,
        period: 0,
        closed: false,
        base: 0,
        carried: 0,
        working: 0,
        target: 0,
        actual: 0,
        attainment: None,
        elapsed: Ratio::percent(0),
        weight_gone: 0,
        weight_left: 0,
        days_gone: 0,
        days_left: 0,
        expected: 0,
        expected_base: 0,
        gap: 0,
        gap_to_date: 0,
        pace: None,
        run_rate: None,
        required_rate: None,
        projection: None,
        status: Status::NoTarget,
        rank: None,
        share_of_gap: None,
    }
}

/// The share of a period that is gone: what is due of what is asked; by the calendar where nothing is
/// asked (rule T2).
fn elapsed(target: i64, expected: i64, gone: &Gone) -> Ratio {
    if target > 0 {
        return Ratio::new(expected.into(), target.into()).expect("the target is above zero");
    }
    let (share, whole) = gone.share();
    Ratio::new(share, whole).expect("a whole is above zero")
}

/// What a line's targets and results come to; where it ends is not yet known.
pub(crate) fn standing(line: Standing, gone: &Gone, thresholds: &Thresholds) -> Standing {
    let target = line.target;
    let gap = target.saturating_sub(line.actual);
    let attainment = (target > 0)
        .then(|| Ratio::new(line.actual.into(), target.into()))
        .flatten();
    let elapsed = elapsed(target, line.expected, gone);
    let pace = attainment.map(|attainment| attainment.minus(elapsed));
    let per_day =
        |amount: i64, weight: u64| Ratio::new(i128::from(amount) * 1_000_000, weight.into());
    let status = match pace {
        None => Status::NoTarget,
        Some(_) if line.actual >= target => Status::Reached,
        Some(_) if gone.over || line.closed => Status::Missed,
        Some(_) if line.expected == 0 && line.actual == 0 => Status::NotBegun,
        Some(pace) => thresholds.status(pace),
    };
    Standing {
        carried: line.working - line.base,
        gap,
        gap_to_date: line.expected.saturating_sub(line.actual),
        attainment,
        elapsed,
        pace,
        weight_gone: gone.weight_gone,
        weight_left: gone.weight_left,
        days_gone: gone.days_gone,
        days_left: gone.days_left,
        run_rate: per_day(line.actual, gone.weight_gone),
        required_rate: per_day(gap.max(0), gone.weight_left),
        status,
        ..line
    }
}

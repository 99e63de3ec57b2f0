//! What a line's targets and results come to: attainment, pace, rates, status (rules T1, T2). Reads no
//! plan.

use crate::band::Unevenness;
use crate::board::BoardRequest;
use crate::ratio::Ratio;
use crate::standing::{Line, Standing};
use crate::status::Status;
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

/// What a line's targets and results come to.
pub(crate) fn standing(
    line: Standing,
    gone: &Gone,
    days: Unevenness,
    request: &BoardRequest,
) -> Standing {
    let target = if line.closed { line.base } else { line.working };
    let gap = target.saturating_sub(line.actual);
    let (weight_gone, weight_left) = (i128::from(gone.weight_gone), i128::from(gone.weight_left));
    let attainment = (target > 0)
        .then(|| Ratio::new(line.actual.into(), target.into()))
        .flatten();
    let elapsed = match (
        Ratio::new(weight_gone, weight_gone + weight_left),
        gone.over,
    ) {
        (Some(elapsed), _) => elapsed,
        (None, true) => Ratio::percent(100),
        (None, false) => Ratio::percent(0),
    };
    let pace = attainment.map(|attainment| attainment.minus(elapsed));
    let per_day = |amount: i64, weight: i128| Ratio::new(i128::from(amount) * 1_000_000, weight);
    let status = match (attainment, pace) {
        (Some(_), _) if line.actual >= target => Status::Reached,
        (Some(_), _) if gone.over || line.closed => Status::Missed,
        (Some(_), Some(pace)) if gone.weight_gone > 0 => request.thresholds.status(pace),
        (Some(_), _) => Status::NotBegun,
        (None, _) => Status::NoTarget,
    };
    Standing {
        carried: line.working - line.base,
        target,
        gap,
        gap_to_date: line.expected.saturating_sub(line.actual),
        attainment,
        elapsed,
        pace,
        weight_gone: gone.weight_gone,
        weight_left: gone.weight_left,
        days_gone: gone.days_gone,
        days_left: gone.days_left,
        run_rate: per_day(line.actual, weight_gone),
        required_rate: per_day(gap.max(0), weight_left),
        projection: days.around(line.actual, gone),
        status,
        ..line
    }
}

//! Levels and ratios against what was stated for them (rules D11, T3). Never summed, never averaged over
//! members.

use fenjie_calendar::Date;
use fenjie_plan::Plan;

use crate::actuals::Actuals;
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::status::Status;

/// A level or ratio of some members in a period, in units of the measure (85 is 85, 0.2 is 20 %).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedStanding {
    /// A node for each dimension.
    pub members: Vec<u32>,
    /// The period, a node of the time axis.
    pub period: u32,
    /// What was stated, or what the plan's flows come to.
    pub target: Option<Ratio>,
    /// The value: a level's last or mean at exactly this place, a ratio's numerator ÷ denominator of
    /// the sums. Nothing where no value came in.
    pub actual: Option<Ratio>,
    /// Actual − target.
    pub difference: Option<Ratio>,
    /// Reached, far behind (running) or missed (over), no target, or not begun (no value yet).
    /// Where the measure is said to fall, lower is better.
    pub status: Status,
}

/// The standings of a level or ratio: members of the grain that have a target or a value, in order.
///
/// # Errors
/// `track_not_a_flow` for a flow, which has a [`crate::Board`]; `track_measure_missing` where the
/// results lack the level or one of the ratio's flows.
///
/// ```
/// use fenjie_plan::{Decimal, LevelPeriod, Measure, MeasureKind, Operation, Address, Plan, example};
/// use fenjie_track::{Actuals, Status, stated_board};
/// let mut definition = example::definition();
/// let kind = MeasureKind::Level(LevelPeriod::Last);
/// definition.measures.push(Measure { kind, ..Measure::sales("csat", "满意度") });
/// let state = Operation::State {
///     measure: "csat".into(), at: Address::parse("region=华东, quarter=2026-Q1").unwrap(),
///     value: Decimal::parse("85").unwrap(),
/// };
/// let plan = Plan::replay(definition, &[state]).unwrap();
/// let q1 = plan.place("quarter=2026-Q1").unwrap().0[3];
/// let actuals = Actuals {
///     measures: vec![1], periods: vec![q1],
///     members: vec![vec![3], vec![0], vec![0]], values: vec![vec![8650]],
///     ..Default::default()
/// };
/// let board = stated_board(&plan, &actuals, 1, &[1, 0, 0], &[q1], "2026-03-31".parse().unwrap()).unwrap();
/// assert_eq!(board[0].status, Status::Reached);
/// assert_eq!(board[0].difference.unwrap().rounded(2), 150);
/// ```
pub fn stated_board(
    plan: &Plan,
    actuals: &Actuals,
    measure: usize,
    depths: &[usize],
    periods: &[u32],
    as_of: Date,
) -> Result<Vec<StatedStanding>, TrackError> {
    let _ = (plan, actuals, measure, depths, periods, as_of);
    todo!()
}

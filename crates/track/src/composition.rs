//! The make-up of a result against that of its target (rule D10): shares of an axis, which sum to 100 %.
//! Credit shares are lines of their own before they come here (rule T3).

use fenjie_plan::Plan;

use crate::actuals::Actuals;
use crate::error::TrackError;
use crate::ratio::Ratio;

/// Target and actual of the members of one axis, with their shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composition {
    /// The axis, by index.
    pub axis: usize,
    /// Target of the whole, in steps.
    pub target: i64,
    /// Actual of the whole, unassigned lines included.
    pub actual: i64,
    /// The members below the one asked for, lines booked above them, unassigned lines last.
    pub rows: Vec<CompositionRow>,
}

/// One member's share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositionRow {
    /// The node on the axis, or [`crate::UNASSIGNED`].
    pub node: u32,
    /// Its target in the period, in steps.
    pub target: i64,
    /// Its actual, in steps.
    pub actual: i64,
    /// Target ÷ target of the whole.
    pub target_share: Option<Ratio>,
    /// Actual ÷ actual of the whole.
    pub actual_share: Option<Ratio>,
    /// Actual share − target share, in points.
    pub difference: Option<Ratio>,
}

/// The composition of some members' result in a period by the children of `members[axis]`. Targets
/// are the base's, of the whole period.
///
/// # Errors
/// `track_not_decomposed` where the target is not decomposed on the axis.
///
/// ```
/// use fenjie_plan::{Plan, example};
/// use fenjie_track::{Actuals, composition};
/// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
/// let march = plan.place("month=2026-03").unwrap().0[3];
/// let actuals = Actuals {
///     measures: vec![0], periods: vec![march],
///     members: vec![vec![0, 0, 0], vec![0, 0, 0], vec![1, 2, 3]], values: vec![vec![60, 30, 10]],
///     ..Default::default()
/// };
/// let mix = composition(&plan, &actuals, 0, 2, &[0, 0, 0], march).unwrap();
/// assert_eq!(mix.rows[0].actual_share.unwrap().percent_text(0), "60%");
/// assert_eq!(mix.rows[0].difference.unwrap().points_text(1), "30.0");
/// ```
pub fn composition(
    plan: &Plan,
    actuals: &Actuals,
    measure: usize,
    axis: usize,
    members: &[u32],
    period: u32,
) -> Result<Composition, TrackError> {
    let _ = (plan, actuals, measure, axis, members, period);
    todo!()
}

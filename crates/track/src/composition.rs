//! The make-up of a result against that of its target (rule D10): shares of an axis, which sum to 100 %.
//! Credit shares are lines of their own before they come here (rule T3).

use fenjie_plan::Plan;

use crate::actuals::{Actuals, depth_of};
use crate::board::{Board, BoardRequest};
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::standing::{Line, Standing};

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
    let axes = plan.model().axes();
    let time = axes.last().expect("time is always there");
    let days = time.days_of(period).expect("a period has its days");
    let mut depths = vec![0; members.len()];
    depths[axis] = depth_of(&axes[axis].tree, members[axis]) + 1;
    let mut request = BoardRequest::new(measure, depths, vec![period], days.last());
    request.within = members.to_vec();
    let board = Board::new(plan, actuals, &request)?;
    let total = board.totals.first().expect("one period, one total");
    let has_parts = |line: &Standing| line.line == Line::Member && line.members != members;
    if total.base != 0 && !board.standings.iter().any(has_parts) {
        return Err(TrackError::NotDecomposed {
            place: axes[axis].code.clone(),
        });
    }
    let share = |part: i64, whole: i64| {
        (whole > 0)
            .then(|| Ratio::new(part.into(), whole.into()))
            .flatten()
    };
    let rows = board.standings.iter().map(|line| {
        let target_share = share(line.base, total.base);
        let actual_share = share(line.actual, total.actual);
        let difference = target_share.zip(actual_share);
        CompositionRow {
            node: line.members[axis],
            target: line.base,
            actual: line.actual,
            target_share,
            actual_share,
            difference: difference.map(|(target, actual)| actual.minus(target)),
        }
    });
    Ok(Composition {
        axis,
        target: total.base,
        actual: total.actual,
        rows: rows.collect(),
    })
}

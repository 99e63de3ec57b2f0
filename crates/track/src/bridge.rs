//! The gap bridge: what a gap is made of, part by part, to the last cent (rule T5).

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_plan::Plan;

use crate::actuals::{Actuals, UNASSIGNED, depth_of};
use crate::board::{Board, BoardRequest};
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::standing::{Line, Standing};

/// What a gap is taken apart by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BridgeBy {
    /// The members of an axis one level below the one asked for: regions, products.
    Axis(usize),
    /// The periods of a depth of the time axis: weeks, days.
    Periods(usize),
    /// Price and volume, by the index of the flow that counts pieces.
    PriceVolume(usize),
}

/// What a bridge is asked for. Both sides are to date: the base targets of the days gone, and the
/// results through the end of `as_of`; in a period that is over that is all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeRequest {
    /// The flow, by index.
    pub measure: usize,
    /// A node for each dimension.
    pub members: Vec<u32>,
    /// The period, a node of the time axis.
    pub period: u32,
    /// The day looked from; it counts as gone.
    pub as_of: Date,
    /// What it is taken apart by.
    pub by: BridgeBy,
}

/// A gap and its parts. Amounts in steps; `target − actual = gap`, the sum of the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The target due by the day looked from.
    pub target: i64,
    /// The actual.
    pub actual: i64,
    /// Target − actual.
    pub gap: i64,
    /// The parts, in the order of the axis.
    pub parts: Vec<BridgePart>,
}

/// One part of a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgePart {
    /// What it is.
    pub of: BridgeOf,
    /// Its target, in steps; zero for price and volume.
    pub target: i64,
    /// Its actual, in steps; zero for price and volume.
    pub actual: i64,
    /// What it adds to the gap, signed: above zero is missing.
    pub gap: i64,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BridgeOf {
    /// A node of an axis, or [`crate::UNASSIGNED`].
    Node {
        /// the axis, by index
        axis: usize,
        /// the node
        node: u32,
    },
    /// Booked on the member itself, by nobody below it.
    Above,
    /// Fewer pieces at the target's price: (target pieces − pieces) × target price, rounded half
    /// away from zero.
    Volume,
    /// The rest: another price.
    Price,
}

impl Bridge {
    /// Takes a gap apart.
    ///
    /// # Errors
    /// `track_not_decomposed` where the target is not decomposed that far; `track_measure_missing`
    /// where the results have no pieces. Where days are not stored, what is due of a running period
    /// is rounded member by member, and the target of the bridge is the sum of its parts'.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// use fenjie_track::{Actuals, Bridge, BridgeBy, BridgeRequest};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let march = plan.place("month=2026-03").unwrap().0[3];
    /// let request = BridgeRequest {
    ///     measure: 0, members: vec![0, 0, 0], period: march,
    ///     as_of: "2026-03-31".parse().unwrap(), by: BridgeBy::Axis(0),
    /// };
    /// let none = Actuals::empty(3, vec![0], vec![march]);
    /// let bridge = Bridge::new(&plan, &none, &request).unwrap();
    /// assert_eq!(bridge.gap, 83_333_334);
    /// assert_eq!(bridge.parts.iter().map(|part| part.gap).sum::<i64>(), bridge.gap);
    /// ```
    pub fn new(
        plan: &Plan,
        actuals: &Actuals,
        request: &BridgeRequest,
    ) -> Result<Bridge, TrackError> {
        let parts = match request.by {
            BridgeBy::Axis(axis) => by_axis(plan, actuals, request, axis)?,
            BridgeBy::Periods(depth) => by_periods(plan, actuals, request, depth)?,
            BridgeBy::PriceVolume(pieces) => return price_volume(plan, actuals, request, pieces),
        };
        let sum = |of: fn(&BridgePart) -> i64| parts.iter().map(of).sum();
        Ok(Bridge {
            target: sum(|part| part.target),
            actual: sum(|part| part.actual),
            gap: sum(|part| part.gap),
            parts,
        })
    }
}

impl BridgePart {
    /// What people call the part: a member, a period, `数量`, `价格`.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// use fenjie_plan::{Plan, example};
    /// use fenjie_track::{BridgeOf, BridgePart};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// let part = BridgePart { of: BridgeOf::Volume, target: 0, actual: 0, gap: 5 };
    /// assert_eq!(part.label(&plan, Lang::Zh), "数量");
    /// ```
    pub fn label(&self, plan: &Plan, lang: Lang) -> String {
        match self.of {
            BridgeOf::Node {
                node: UNASSIGNED, ..
            } => lang.pick("未归属", "unassigned").into(),
            BridgeOf::Node { axis, node } => plan.model().axes()[axis].label(node, lang).into(),
            BridgeOf::Above => lang.pick("未细分", "not broken down").into(),
            BridgeOf::Volume => lang.pick("数量", "volume").into(),
            BridgeOf::Price => lang.pick("价格", "price").into(),
        }
    }
}

/// The board of the lines below a bridge's members on some axis, or of the members themselves.
fn board(
    plan: &Plan,
    actuals: &Actuals,
    request: &BridgeRequest,
    axis: Option<usize>,
    periods: Vec<u32>,
) -> Result<Board, TrackError> {
    let mut depths = vec![0; request.members.len()];
    if let Some(axis) = axis {
        let tree = &plan.model().axes()[axis].tree;
        depths[axis] = depth_of(tree, request.members[axis]) + 1;
    }
    let mut asked = BoardRequest::new(request.measure, depths, periods, request.as_of);
    asked.within.clone_from(&request.members);
    Board::new(plan, actuals, &asked)
}

fn by_axis(
    plan: &Plan,
    actuals: &Actuals,
    request: &BridgeRequest,
    axis: usize,
) -> Result<Vec<BridgePart>, TrackError> {
    let board = board(plan, actuals, request, Some(axis), vec![request.period])?;
    let itself = |line: &Standing| line.line == Line::Member && line.members == request.members;
    if board.standings.iter().any(itself) {
        return Err(TrackError::NotDecomposed {
            place: plan.model().axes()[axis].code.clone(),
        });
    }
    let part = |line: &Standing| BridgePart {
        of: match line.line {
            Line::Above => BridgeOf::Above,
            _ => BridgeOf::Node {
                axis,
                node: line.members[axis],
            },
        },
        target: line.expected_base,
        actual: line.actual,
        gap: line.expected_base - line.actual,
    };
    Ok(board.standings.iter().map(part).collect())
}

fn by_periods(
    plan: &Plan,
    actuals: &Actuals,
    request: &BridgeRequest,
    depth: usize,
) -> Result<Vec<BridgePart>, TrackError> {
    let model = plan.model();
    let axis = model.axes().len() - 1;
    let time = &model.axes()[axis];
    let in_it = |node: &u32| time.tree.contains(request.period, *node);
    let begun = |node: &u32| {
        time.days_of(*node)
            .is_some_and(|days| days.start <= request.as_of)
    };
    let nodes = model.nodes_at_depth(axis, depth);
    let periods: Vec<u32> = nodes.into_iter().filter(in_it).filter(begun).collect();
    let board = board(plan, actuals, request, None, periods)?;
    let part = |line: &Standing| BridgePart {
        of: BridgeOf::Node {
            axis,
            node: line.period,
        },
        target: line.expected_base,
        actual: line.actual,
        gap: line.expected_base - line.actual,
    };
    Ok(board.totals.iter().map(part).collect())
}

fn price_volume(
    plan: &Plan,
    actuals: &Actuals,
    request: &BridgeRequest,
    pieces: usize,
) -> Result<Bridge, TrackError> {
    let total = |measure: usize| {
        let request = BridgeRequest {
            measure,
            ..request.clone()
        };
        let board = board(plan, actuals, &request, None, vec![request.period])?;
        Ok::<Standing, TrackError>(board.totals[0].clone())
    };
    let (amount, count) = (total(request.measure)?, total(pieces)?);
    let gap = amount.expected_base - amount.actual;
    let fewer = i128::from(count.expected_base) - i128::from(count.actual);
    let volume = fewer * i128::from(amount.expected_base);
    let volume = match Ratio::new(volume, count.expected_base.into()) {
        Some(volume) => volume.rounded(0),
        None => {
            return Err(TrackError::NotDecomposed {
                place: plan.model().definition().measures[pieces].code.clone(),
            });
        }
    };
    let part = |of: BridgeOf, gap: i64| BridgePart {
        of,
        target: 0,
        actual: 0,
        gap,
    };
    Ok(Bridge {
        target: amount.expected_base,
        actual: amount.actual,
        gap,
        parts: vec![
            part(BridgeOf::Volume, volume),
            part(BridgeOf::Price, gap - volume),
        ],
    })
}

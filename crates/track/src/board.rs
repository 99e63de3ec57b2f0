//! The board: every member of a grain in some periods, with the totals they add up to (rules T1–T3).

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_plan::{NodeKind, Plan};
use rustc_hash::FxHashMap;

use crate::actuals::{Actuals, UNASSIGNED};
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::reckon::Reckoner;
use crate::standing::{Line, Standing};
use crate::status::Thresholds;

/// What a board is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardRequest {
    /// The flow, by index.
    pub measure: usize,
    /// A depth for each dimension; 0 adds everything up.
    pub depths: Vec<usize>,
    /// Nodes of the time axis, in order; they may hold each other.
    pub periods: Vec<u32>,
    /// For each dimension the node whose members alone count; the root is everyone.
    pub within: Vec<u32>,
    /// The day looked from; it counts as gone, with the results through its end.
    pub as_of: Date,
    /// From which pace on a standing is ahead.
    pub thresholds: Thresholds,
}

/// Standings and their totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// What was asked for.
    pub request: BoardRequest,
    /// Members in order, unassigned lines last; for each of them the periods in order.
    pub standings: Vec<Standing>,
    /// For each period the total of the box asked for, from sums, never from percentages (rule T3).
    pub totals: Vec<Standing>,
}

impl BoardRequest {
    /// Everyone, with the usual thresholds.
    ///
    /// ```
    /// let request = fenjie_track::BoardRequest::new(0, vec![1, 0, 0], vec![0], "2026-03-10".parse().unwrap());
    /// assert_eq!(request.within, [0, 0, 0]);
    /// ```
    pub fn new(measure: usize, depths: Vec<usize>, periods: Vec<u32>, as_of: Date) -> BoardRequest {
        BoardRequest {
            measure,
            within: vec![0; depths.len()],
            depths,
            periods,
            as_of,
            thresholds: Thresholds::default(),
        }
    }
}

impl Board {
    /// Computes the board. The actual results may be finer than asked for, in members and periods;
    /// where they come by days, projections have a band. Results after `as_of` must not be in them.
    ///
    /// # Errors
    /// `track_not_a_flow` for a level or ratio (see [`crate::stated_board`]), `track_not_decomposed`
    /// where the plan's cells are not that fine, and what the plan refuses.
    ///
    /// ```
    /// use fenjie_track::{Actuals, Board, BoardRequest, Status};
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let march = plan.place("month=2026-03").unwrap().0[3];
    /// let actuals = Actuals {
    ///     measures: vec![0], periods: vec![march],
    ///     members: vec![vec![3], vec![0], vec![0]], values: vec![vec![12_500_000]],
    ///     ..Default::default()
    /// };
    /// let request = BoardRequest::new(0, vec![1, 0, 0], vec![march], "2026-03-31".parse().unwrap());
    /// let board = Board::new(&plan, &actuals, &request).unwrap();
    /// let east = &board.standings[2];
    /// assert_eq!(east.attainment.unwrap().percent_text(1), "50.0%");
    /// assert_eq!((east.gap, east.status), (12_500_000, Status::Missed));
    /// assert_eq!(board.totals[0].actual, 12_500_000);
    /// ```
    pub fn new(
        plan: &Plan,
        actuals: &Actuals,
        request: &BoardRequest,
    ) -> Result<Board, TrackError> {
        let (standings, totals) = Reckoner::new(plan, actuals, request)?.lines()?;
        let mut board = Board {
            totals,
            request: request.clone(),
            standings,
        };
        board.rank(plan);
        board.share_gaps(plan);
        Ok(board)
    }

    /// The boards of every grouping of the dimensions asked for: each at its depth or added up, in the
    /// order of the numbers whose bit `axis` says that the dimension is kept. Results are rolled up
    /// from the smallest grouping that holds them.
    ///
    /// # Errors
    /// Those of [`Board::new`].
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// use fenjie_track::{Actuals, Board, BoardRequest};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let request = BoardRequest::new(0, vec![1, 1, 1], vec![0], "2026-03-05".parse().unwrap());
    /// let none = Actuals::empty(3, vec![0], vec![0]);
    /// let boards = Board::groupings(&plan, &none, &request).unwrap();
    /// let lines: Vec<usize> = boards.iter().map(|board| board.standings.len()).collect();
    /// assert_eq!(lines, [1, 5, 3, 15, 3, 15, 9, 45]);
    /// ```
    pub fn groupings(
        plan: &Plan,
        actuals: &Actuals,
        request: &BoardRequest,
    ) -> Result<Vec<Board>, TrackError> {
        let periods = actuals.periods.clone();
        let results = actuals.groupings(plan.model(), &request.depths, &periods);
        let board = |(kept, results): (usize, &Actuals)| {
            let mut own = request.clone();
            for (axis, depth) in own.depths.iter_mut().enumerate() {
                *depth *= kept >> axis & 1;
            }
            Board::new(plan, results, &own)
        };
        results.iter().enumerate().map(board).collect()
    }

    /// Ranks by attainment, each period for itself; equal ones share the better rank. What is held
    /// back is nobody's to reach.
    fn rank(&mut self, plan: &Plan) {
        let width = self.request.periods.len();
        for at in 0..width {
            // By the figure rounded to a billionth, and exactly where that is the same.
            let mut order: Vec<(i64, Ratio, usize)> = (at..self.standings.len())
                .step_by(width)
                .filter(|index| self.standings[*index].line == Line::Member)
                .filter(|index| !is_held_back(plan, &self.standings[*index].members))
                .filter_map(|index| Some((self.standings[index].attainment?, index)))
                .map(|(attainment, index)| (attainment.rounded(9), attainment, index))
                .collect();
            order.sort_unstable_by(|a, b| {
                (b.0.cmp(&a.0)).then_with(|| b.1.cmp(&a.1).then(a.2.cmp(&b.2)))
            });
            let mut rank = 0;
            for (place, (_, attainment, index)) in order.iter().enumerate() {
                if place == 0 || order[place - 1].1 != *attainment {
                    rank = place as u32 + 1;
                }
                self.standings[*index].rank = Some(rank);
            }
        }
    }

    /// Sets each gap against that of the members one level above, on the last dimension of the grain.
    fn share_gaps(&mut self, plan: &Plan) {
        let Some(axis) = self.request.depths.iter().rposition(|depth| *depth > 0) else {
            return;
        };
        let tree = &plan.model().axes()[axis].tree;
        let width = self.request.periods.len().max(1);
        // The member above each line, numbered; neighbours mostly have the same.
        let mut numbers: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
        let (mut above, mut last) = (Vec::new(), (Vec::new(), 0));
        let mut of_line = Vec::with_capacity(self.standings.len() / width);
        let mut gaps: Vec<i64> = Vec::new();
        for line in self.standings.chunks(width) {
            above.clone_from(&line[0].members);
            // What is booked above the grain belongs to that member, what is unassigned to the total.
            above[axis] = match (line[0].line, above[axis]) {
                (Line::Above, node) if tree.depth(node) < self.request.depths[axis] => node,
                (_, UNASSIGNED) => 0,
                (_, node) => tree.parent(node).unwrap_or(0),
            };
            if above != last.0 {
                let next = numbers.len();
                last = (above.clone(), *numbers.entry(above.clone()).or_insert(next));
            }
            gaps.resize(gaps.len().max((last.1 + 1) * width), 0);
            for (own, gap) in line.iter().zip(&mut gaps[last.1 * width..]) {
                *gap = gap.saturating_add(own.gap);
            }
            of_line.push(last.1);
        }
        for (line, number) in self.standings.chunks_mut(width).zip(of_line) {
            for (at, own) in line.iter_mut().enumerate() {
                let all = match own.line {
                    Line::Unassigned => self.totals[at].gap,
                    _ => gaps[number * width + at],
                };
                own.share_of_gap = Ratio::new(own.gap.into(), all.into());
            }
        }
    }
}

/// Whether some members are a line that is held back (预留), for which nobody sells.
pub(crate) fn is_held_back(plan: &Plan, members: &[u32]) -> bool {
    let mut on_axes = members.iter().zip(plan.model().axes());
    on_axes.any(|(node, axis)| *node != UNASSIGNED && axis.tree.kind(*node) == NodeKind::HoldBack)
}

/// What people call some members: their names, without the dimensions that are added up.
///
/// ```
/// use fenjie_message::Lang;
/// use fenjie_plan::{Plan, example};
/// use fenjie_track::{UNASSIGNED, members_label};
/// let plan = Plan::new(example::definition()).unwrap();
/// assert_eq!(members_label(&plan, &[0, 0, 0], Lang::Zh), "合计");
/// assert_eq!(members_label(&plan, &[UNASSIGNED, 0, 0], Lang::En), "unassigned");
/// ```
pub fn members_label(plan: &Plan, members: &[u32], lang: Lang) -> String {
    let axes = plan.model().axes();
    let named: Vec<&str> = members
        .iter()
        .zip(axes)
        .filter(|(node, _)| **node != 0)
        .map(|(node, axis)| match *node {
            UNASSIGNED => lang.pick("未归属", "unassigned"),
            node => axis.label(node, lang),
        })
        .collect();
    match named.is_empty() {
        true => lang.pick("合计", "total").into(),
        false => named.join(" · "),
    }
}

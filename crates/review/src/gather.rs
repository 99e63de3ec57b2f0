//! Gathers a pack: asks for the results it needs, then brings plan, results and decisions together.
//! Computes no figure that tracking computes (rule T4).

use std::collections::HashMap;

use fenjie_calendar::{Date, DateRange, Level};
use fenjie_plan::{CarryRule, Plan};
use fenjie_track::{
    ActualRequest, Actuals, Board, BoardRequest, Line, Standing, Status, Thresholds, composition,
};

use crate::asked::{ReviewError, Span};
use crate::bridges::{Gap, bridges};
use crate::carry::{Basis, CarryProposal, depths_of};
use crate::decisions;
use crate::figures::Figures;
use crate::label::{self, Label};
use crate::pack::{
    CompositionTable, MemberLine, Pack, People, Remarks, ResultKind, ResultLine, ShareLine,
};
use crate::rhythm::Rhythm;

/// What a pack is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewRequest {
    /// The flow, by index.
    pub measure: usize,
    /// The period under review.
    pub span: Span,
    /// The day looked from; it counts as gone.
    pub as_of: Date,
    /// Whose lines: a depth for each dimension.
    pub depths: Vec<usize>,
    /// How many members and parts a list shows at most.
    pub most: usize,
    /// The rule of the carry proposal; none is made where there is none.
    pub carry: Option<CarryRule>,
    /// Whose part: a node for each dimension, the root for everyone. Nothing outside it is in the pack.
    pub within: Vec<u32>,
    /// For each dimension the deepest level that is looked at; nothing below it is in the pack.
    pub deepest: Vec<usize>,
}

impl ReviewRequest {
    /// The results [`Pack::gather`] needs, in its order.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// use fenjie_review::{ReviewRequest, Span};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let span = Span::week(&plan, "2026-W10").unwrap();
    /// let request = ReviewRequest {
    ///     measure: 0, as_of: span.days.last(), span, depths: vec![1, 0, 0], most: 10, carry: None,
    ///     within: vec![0; 3], deepest: vec![usize::MAX; 3],
    /// };
    /// // The whole plan, the regions by days, each dimension by days.
    /// assert_eq!(request.needs(&plan).len(), 5);
    /// ```
    pub fn needs(&self, plan: &Plan) -> Vec<ActualRequest> {
        let days = finest_periods(plan, self.wide(plan));
        let own = self.own_depths(plan);
        let request = |measures: Vec<usize>, depths: Vec<usize>, periods: Vec<u32>| ActualRequest {
            measures,
            depths,
            periods,
            until: self.as_of,
            within: self.within.clone(),
        };
        let mut measures = vec![self.measure];
        let mut needs = vec![request(measures.clone(), own.clone(), vec![0])];
        let mut members = request(measures.clone(), self.member_depths(plan), days.clone());
        if self.carry.is_some() {
            // What a part is asked to carry may depend on what others sold: the rule is applied to all.
            members.within.fill(0);
        }
        needs.push(members);
        for axis in self.axes(plan) {
            let mut depths = own.clone();
            depths[axis] += 1;
            needs.push(request(measures.clone(), depths, days.clone()));
        }
        if let Some(pieces) = self.pieces(plan) {
            measures.push(pieces);
            needs.push(request(measures, own, days));
        }
        needs
    }

    /// The depths of the part itself.
    fn own_depths(&self, plan: &Plan) -> Vec<usize> {
        let axes = plan.model().axes();
        let own = self.within.iter().zip(axes);
        own.map(|(node, axis)| axis.tree.depth(*node)).collect()
    }

    /// Whether the pack is about less than the whole plan.
    pub(crate) fn is_cut(&self) -> bool {
        let whole = self.deepest.iter().all(|depth| *depth == usize::MAX);
        !whole || self.within.iter().any(|node| *node != 0)
    }

    /// Whether some members, one node for each dimension at least, belong to the part.
    pub(crate) fn covers(&self, plan: &Plan, members: &[u32]) -> bool {
        let axes = plan.model().axes();
        let mut pairs = self.within.iter().zip(members).enumerate();
        pairs.all(|(axis, (own, node))| {
            let tree = &axes[axis].tree;
            tree.contains(*own, *node) && tree.depth(*node) <= self.deepest[axis]
        })
    }

    /// Dimensions that the target of the part is decomposed on.
    pub(crate) fn axes(&self, plan: &Plan) -> Vec<usize> {
        let stored = plan.grain(self.measure, "stored");
        let stored = stored.map(|grain| grain.depths).unwrap_or_default();
        let own = self.own_depths(plan);
        let open = |axis: &usize| {
            let tree = &plan.model().axes()[*axis].tree;
            let finer = stored.get(*axis).is_some_and(|depth| *depth > own[*axis]);
            finer && !tree.is_leaf(self.within[*axis]) && own[*axis] < self.deepest[*axis]
        };
        (0..self.depths.len()).filter(open).collect()
    }

    /// The flow that counts pieces: the first other one that has a target and no currency.
    pub(crate) fn pieces(&self, plan: &Plan) -> Option<usize> {
        let measures = &plan.model().definition().measures;
        (0..measures.len()).find(|at| {
            let measure = &measures[*at];
            *at != self.measure
                && measure.is_flow()
                && measure.role == fenjie_plan::MeasureRole::Target
                && measure.step.same_size(&fenjie_money::Step::one())
                && plan.base(*at).total() > 0
        })
    }

    /// Depths fine enough for the lists and for the rule of the carry proposal.
    fn member_depths(&self, plan: &Plan) -> Vec<usize> {
        let Some(rule) = &self.carry else {
            return self.depths.clone();
        };
        let own = depths_of(plan, self.measure, &rule.of);
        let both = self.depths.iter().zip(own);
        both.map(|(depth, own)| *depth.max(&own)).collect()
    }

    /// The month around the period's last day.
    fn month(&self, plan: &Plan) -> u32 {
        Span::around(plan, self.span.days.last())
    }

    /// The days inside which a shortfall of the day looked from is carried.
    fn horizon(&self, plan: &Plan) -> DateRange {
        let time = plan.model().axes().last().expect("time is always there");
        let month = time.days_of(self.month(plan)).expect("a period has days");
        let Some(rule) = &self.carry else {
            return month;
        };
        let last = self.span.days.last();
        let is_it = |node: &u32| {
            let days = time.days_of(*node).expect("a period has days");
            time.level_of(*node) == rule.horizon && days.contains(last)
        };
        let node = (0..time.tree.len() as u32).find(is_it);
        node.and_then(|node| time.days_of(node)).unwrap_or(month)
    }

    /// All days of the period, the month around it and the horizon.
    fn wide(&self, plan: &Plan) -> DateRange {
        let time = plan.model().axes().last().expect("time is always there");
        let month = time.days_of(self.month(plan)).expect("a period has days");
        let (days, horizon) = (self.span.days, self.horizon(plan));
        DateRange {
            start: days.start.min(month.start).min(horizon.start),
            end: days.end.max(month.end).max(horizon.end),
        }
    }
}

impl Pack {
    /// Brings a pack together from a plan and the results that [`ReviewRequest::needs`] asked for, in
    /// that order.
    ///
    /// # Errors
    /// What tracking or the plan refuses.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// use fenjie_review::{Pack, ReviewRequest, Rhythm, Span};
    /// use fenjie_track::Actuals;
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let span = Span::week(&plan, "2026-W10").unwrap();
    /// let request = ReviewRequest {
    ///     measure: 0, as_of: span.days.last(), span, depths: vec![1, 0, 0], most: 10, carry: None,
    ///     within: vec![0; 3], deepest: vec![usize::MAX; 3],
    /// };
    /// let needs = request.needs(&plan).into_iter();
    /// let nothing: Vec<Actuals> =
    ///     needs.map(|asked| Actuals::empty(3, asked.measures, asked.periods)).collect();
    /// let pack = Pack::gather(&plan, &request, &nothing).unwrap();
    /// assert_eq!(pack.rhythm, Rhythm::MiddleCheck);
    /// assert_eq!(pack.results[0].figures.gap, pack.bridges[0].total.gap);
    /// ```
    pub fn gather(
        plan: &Plan,
        request: &ReviewRequest,
        results: &[Actuals],
    ) -> Result<Pack, ReviewError> {
        let [whole, by_members, by_axes @ ..] = results else {
            panic!("results come as they were asked for");
        };
        let month = request.month(plan);
        let board = Boards::new(plan, request, month, by_members)?;
        let everything = one_board(plan, request, whole, request.own_depths(plan), vec![0])?;
        let gap = Gap {
            plan,
            request,
            by_axes,
        };
        let definition = plan.model().definition();
        let measure = &definition.measures[request.measure];
        let in_month = board.total(month);
        let gone = in_month.map_or(0, |total| total.weight_gone);
        let left = in_month.map_or(0, |total| total.weight_left);
        Ok(Pack {
            plan: definition.name.clone(),
            whose: (request.is_cut()).then(|| label::members(plan, &request.within)),
            version: plan.version(),
            measure: measure.name.clone(),
            unit: measure.unit.clone(),
            step: measure.step,
            span: request.span.clone(),
            as_of: request.as_of,
            rhythm: Rhythm::after(gone, gone.saturating_add(left)),
            results: board.results(everything.totals.first()),
            bridges: bridges(&gap)?,
            people: board.people(),
            compositions: compositions(plan, request, month, by_axes)?,
            carry: request.carry.as_ref().map(|rule| {
                CarryProposal::compute(&Basis {
                    request,
                    plan,
                    rule: rule.clone(),
                    actuals: by_members,
                    within: request.horizon(plan),
                })
            }),
            actions_due: decisions::actions_due(plan, request),
            actions: decisions::actions(plan, request),
            decided_before: decisions::decided_before(plan, request),
            revisions: decisions::revisions(plan, request),
            decided_here: decisions::decided_here(plan, request),
            remarks: remarks(plan, request, whole, &board),
        })
    }
}

/// The board of members and totals in the month and in the period's parts.
struct Boards<'p> {
    plan: &'p Plan,
    request: &'p ReviewRequest,
    month: u32,
    board: Board,
}

fn one_board(
    plan: &Plan,
    request: &ReviewRequest,
    actuals: &Actuals,
    depths: Vec<usize>,
    mut periods: Vec<u32>,
) -> Result<Board, ReviewError> {
    periods.sort_unstable();
    periods.dedup();
    let asked = BoardRequest {
        within: request.within.clone(),
        ..BoardRequest::new(request.measure, depths, periods, request.as_of)
    };
    Ok(Board::new(plan, actuals, &asked)?)
}

impl<'p> Boards<'p> {
    fn new(
        plan: &'p Plan,
        request: &'p ReviewRequest,
        month: u32,
        actuals: &Actuals,
    ) -> Result<Boards<'p>, ReviewError> {
        let mut periods = request.span.nodes.clone();
        periods.push(month);
        let board = one_board(plan, request, actuals, request.depths.clone(), periods)?;
        Ok(Boards {
            plan,
            request,
            month,
            board,
        })
    }

    fn total(&self, period: u32) -> Option<&Standing> {
        let mut totals = self.board.totals.iter();
        totals.find(|total| total.period == period)
    }

    fn span_of<'s>(&self, standings: &'s [Standing]) -> Vec<&'s Standing> {
        let nodes = &self.request.span.nodes;
        standings
            .iter()
            .filter(|standing| nodes.contains(&standing.period))
            .collect()
    }

    /// The period, its parts, the month around it, the whole plan.
    fn results(&self, plan_total: Option<&Standing>) -> Vec<ResultLine> {
        let span = &self.request.span;
        let thresholds = Thresholds::default();
        let mut lines = Vec::new();
        let mut line = |label: Label, kind: ResultKind, figures: Option<Figures>| {
            lines.extend(figures.map(|figures| ResultLine {
                label,
                kind,
                figures,
            }));
        };
        let parts = self.span_of(&self.board.totals);
        let together = Figures::together(&parts, &thresholds);
        line(span.label.clone(), ResultKind::Span, together);
        if parts.len() > 1 {
            for (part, label) in parts.iter().zip(span.part_labels(self.plan)) {
                line(label, ResultKind::Part, Some(Figures::of(part)));
            }
        }
        let is_month = span.nodes == [self.month];
        if !is_month && self.month != 0 {
            let month = self.total(self.month).map(Figures::of);
            line(
                label::period(self.plan, self.month),
                ResultKind::Month,
                month,
            );
        }
        let whole = Label {
            zh: "全期".into(),
            en: "whole plan".into(),
        };
        if span.nodes != [0] {
            line(whole, ResultKind::Plan, plan_total.map(Figures::of));
        }
        lines
    }

    /// Members with their lines in the month and in the period.
    fn members(&self) -> Vec<MemberLine> {
        let streaks = decisions::streaks(self.plan, self.request.measure, self.request.as_of);
        let streaks: HashMap<Vec<u32>, usize> = streaks
            .into_iter()
            .map(|streak| (streak.members, streak.periods.len()))
            .collect();
        let width = self.board.request.periods.len().max(1);
        let mut lines = Vec::new();
        for own in self.board.standings.chunks(width) {
            let month = own.iter().find(|standing| standing.period == self.month);
            let span = Figures::together(&self.span_of(own), &Thresholds::default());
            let (Some(month), Some(span)) = (month, span) else {
                continue;
            };
            if month.line != Line::Member {
                continue;
            }
            lines.push(MemberLine {
                who: label::members(self.plan, &month.members),
                owner: String::new(),
                missed_in_a_row: streaks.get(&month.members).copied().unwrap_or(0),
                members: month.members.clone(),
                month: Figures::of(month),
                span,
            });
        }
        lines
    }

    fn people(&self) -> People {
        let mut lines = self.members();
        let counts = Status::ALL
            .into_iter()
            .map(|status| {
                let count = lines.iter().filter(|line| line.month.status == status);
                (status, count.count())
            })
            .filter(|(_, count)| *count > 0)
            .collect();
        let needs = |line: &&MemberLine| {
            matches!(
                line.month.status,
                Status::Behind | Status::FarBehind | Status::Missed
            )
        };
        let mut need_help: Vec<MemberLine> = lines.iter().filter(needs).cloned().collect();
        // Whoever is farthest behind in amount; ties stay in the plan's order.
        need_help.sort_by_key(|line| std::cmp::Reverse(line.month.gap_to_date));
        let more_need_help = need_help.len().saturating_sub(self.request.most);
        need_help.truncate(self.request.most);
        lines.retain(|line| {
            matches!(line.span.status, Status::Reached | Status::Ahead) && line.span.actual > 0
        });
        lines.sort_by_key(|line| std::cmp::Reverse(line.span.attainment));
        lines.truncate(self.request.most.min(CHAMPIONS));
        for line in need_help.iter_mut().chain(&mut lines) {
            line.owner = decisions::owner_of(self.plan, &line.members);
        }
        let month_is_whole = self.month == 0;
        People {
            level: level_names(self.plan, &self.request.depths),
            period: match month_is_whole {
                true => self.request.span.label.clone(),
                false => label::period(self.plan, self.month),
            },
            counts,
            need_help,
            more_need_help,
            champions: lines,
        }
    }
}

/// So many champions are named.
const CHAMPIONS: usize = 3;

/// The dimensions looked at in words: `门店`; everyone where none is.
fn level_names(plan: &Plan, depths: &[usize]) -> Label {
    let axes = plan.model().axes();
    let named = depths.iter().enumerate().filter(|(_, depth)| **depth > 0);
    let names: Vec<&str> = named.map(|(axis, _)| axes[axis].name.as_str()).collect();
    match names.is_empty() {
        true => Label {
            zh: "合计".into(),
            en: "total".into(),
        },
        false => Label::same(names.join(" × ")),
    }
}

fn compositions(
    plan: &Plan,
    request: &ReviewRequest,
    month: u32,
    by_axes: &[Actuals],
) -> Result<Vec<CompositionTable>, ReviewError> {
    let mut tables = Vec::new();
    let members = request.within.clone();
    for (axis, actuals) in request.axes(plan).into_iter().zip(by_axes) {
        if !plan.model().axes()[axis].composition {
            continue;
        }
        let found = composition(plan, actuals, request.measure, axis, &members, month)?;
        let rows = found.rows.iter().map(|row| {
            let mut members = members.clone();
            members[axis] = row.node;
            ShareLine {
                label: label::members(plan, &members),
                target: row.target,
                actual: row.actual,
                target_share: row.target_share,
                actual_share: row.actual_share,
                difference: row.difference,
            }
        });
        tables.push(CompositionTable {
            by: Label::same(plan.model().axes()[axis].name.clone()),
            rows: rows.collect(),
            target: found.target,
            actual: found.actual,
        });
    }
    Ok(tables)
}

fn remarks(plan: &Plan, request: &ReviewRequest, whole: &Actuals, board: &Boards<'_>) -> Remarks {
    let sum = |wanted: Line| {
        let standings = board.board.standings.iter();
        let own = standings.filter(|own| own.line == wanted && own.period == board.month);
        own.map(|own| own.actual).sum()
    };
    Remarks {
        through: whole.through,
        lines: whole.lines,
        unassigned_lines: whole.unassigned_lines,
        unassigned: sum(Line::Unassigned),
        above: sum(Line::Above),
        outside_lines: whole.outside_lines,
        days: Some(request.span.days),
        not_closed: not_closed(plan, request),
    }
}

/// Periods of the rule's level inside the horizon that are over and not closed.
fn not_closed(plan: &Plan, request: &ReviewRequest) -> Vec<Label> {
    let Some(rule) = &request.carry else {
        return Vec::new();
    };
    let time = plan.model().axes().last().expect("time is always there");
    let within = request.horizon(plan);
    (0..time.tree.len() as u32)
        .filter(|node| {
            let days = time.days_of(*node).expect("a period has days");
            time.level_of(*node) == rule.level
                && days.start >= within.start
                && days.last() <= request.as_of
                && days.end <= within.end
                && !plan.is_closed(*node)
        })
        .map(|node| label::period(plan, node))
        .collect()
}

/// The finest periods above slots inside a range, in order.
fn finest_periods(plan: &Plan, wide: DateRange) -> Vec<u32> {
    let time = plan.model().axes().last().expect("time is always there");
    let is_finest = |node: &u32| {
        let days = time.days_of(*node).expect("a period has days");
        let below = time.tree.children(*node).next();
        let ends = below.is_none_or(|below| time.time_level_of(below) == Some(Level::Slot));
        let is_slot = time.time_level_of(*node) == Some(Level::Slot);
        ends && !is_slot && days.start >= wide.start && days.end <= wide.end
    };
    (0..time.tree.len() as u32).filter(is_finest).collect()
}

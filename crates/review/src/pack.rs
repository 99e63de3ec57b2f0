//! The pack of a meeting as data: everything the sections say, from the plan and the results, before any
//! language or layout. Does no I/O.

use fenjie_calendar::{Date, DateRange};
use fenjie_money::Step;
use fenjie_track::{Ratio, Status};

use crate::asked::Span;
use crate::carry::CarryProposal;
use crate::decisions::{ActionDue, Decided, RevisionLine, RunningAction};
use crate::figures::Figures;
use crate::label::Label;
use crate::rhythm::Rhythm;

/// What a meeting looks at (rule R1), in the order of its agenda.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// The plan's name.
    pub plan: String,
    /// Whose part it is about; nothing where it is about everyone.
    pub whose: Option<Label>,
    /// Its version: 1, and one more for every approved revision.
    pub version: usize,
    /// The measure's name.
    pub measure: String,
    /// Its unit: `CNY`, `件`.
    pub unit: String,
    /// How big a step of its amounts is.
    pub step: Step,
    /// The period under review.
    pub span: Span,
    /// The day looked from; it counts as gone.
    pub as_of: Date,
    /// The phase of the month on that day.
    pub rhythm: Rhythm,
    /// 1 The period, its parts where it is cut, the month around it, the whole plan.
    pub results: Vec<ResultLine>,
    /// 2 What the period's gap is made of.
    pub bridges: Vec<BridgeTable>,
    /// 3 Who needs help and who did well.
    pub people: People,
    /// 4 Shares of business against their targets.
    pub compositions: Vec<CompositionTable>,
    /// 5 What carrying now would change; nothing where the plan has no periods to carry.
    pub carry: Option<CarryProposal>,
    /// 6 Action plans due …
    pub actions_due: Vec<ActionDue>,
    /// … and filed.
    pub actions: Vec<RunningAction>,
    /// 7 Decisions of earlier meetings.
    pub decided_before: Vec<Decided>,
    /// 8 Revisions.
    pub revisions: Vec<RevisionLine>,
    /// 9 Decisions of this meeting so far.
    pub decided_here: Vec<Decided>,
    /// 10 What to know about the figures.
    pub remarks: Remarks,
}

/// One period of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultLine {
    /// What it is: `本周`, `2026年3月`.
    pub label: Label,
    /// Which of them.
    pub kind: ResultKind,
    /// Its figures.
    pub figures: Figures,
}

/// Which period of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// The period under review.
    Span,
    /// A part of it, cut at a month's end.
    Part,
    /// The month around it.
    Month,
    /// The whole plan.
    Plan,
}

/// A gap taken apart (rule T5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeTable {
    /// By what: `区域`, `按日`.
    pub by: Label,
    /// Whether its parts have targets and actuals of their own; price and volume have not.
    pub has_targets: bool,
    /// The parts, the largest gap first; days stay in order.
    pub parts: Vec<BridgeLine>,
    /// Parts that are not listed, added up.
    pub others: Option<(usize, BridgeLine)>,
    /// What they add up to.
    pub total: BridgeLine,
}

/// One part of a gap, in steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeLine {
    /// What it is.
    pub label: Label,
    /// Target of the days gone.
    pub target: i64,
    /// Actual.
    pub actual: i64,
    /// Target − actual.
    pub gap: i64,
}

/// Members by how they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    /// The dimensions looked at: `门店`.
    pub level: Label,
    /// What it is judged by: the month around the period, or the period where it is a month.
    pub period: Label,
    /// How many stand where; those without any are left out.
    pub counts: Vec<(Status, usize)>,
    /// Behind, far behind or missed; whoever is farthest behind in amount comes first.
    pub need_help: Vec<MemberLine>,
    /// How many more there are.
    pub more_need_help: usize,
    /// The best of the period under review that reached its target or is ahead.
    pub champions: Vec<MemberLine>,
}

/// One member in the month and in the period under review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberLine {
    /// One node per dimension.
    pub members: Vec<u32>,
    /// Who.
    pub who: Label,
    /// Who answers for it; empty where the plan does not say.
    pub owner: String,
    /// In the month around.
    pub month: Figures,
    /// In the period under review.
    pub span: Figures,
    /// Closed periods missed in a row.
    pub missed_in_a_row: usize,
}

/// Shares of an axis against its target's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositionTable {
    /// The axis.
    pub by: Label,
    /// Its members.
    pub rows: Vec<ShareLine>,
    /// Target of the whole, in steps.
    pub target: i64,
    /// Actual of the whole, in steps.
    pub actual: i64,
}

/// One member's share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareLine {
    /// Who.
    pub label: Label,
    /// Target in steps.
    pub target: i64,
    /// Actual in steps.
    pub actual: i64,
    /// Target ÷ target of the whole.
    pub target_share: Option<Ratio>,
    /// Actual ÷ actual of the whole.
    pub actual_share: Option<Ratio>,
    /// Their difference in points.
    pub difference: Option<Ratio>,
}

/// What to know about the figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// The last day with a sales line.
    pub through: Option<Date>,
    /// Sales lines added up.
    pub lines: u64,
    /// Of them, lines of a member nobody knows …
    pub unassigned_lines: u64,
    /// … and what they come to, in steps.
    pub unassigned: i64,
    /// Booked above the level looked at, in steps.
    pub above: i64,
    /// Lines on days outside the plan; in none of the figures.
    pub outside_lines: u64,
    /// The days looked at.
    pub days: Option<DateRange>,
    /// Periods that are over and not closed.
    pub not_closed: Vec<Label>,
}

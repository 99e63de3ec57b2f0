//! What a run of `track` found: standings of every grouping, the whole's own, what the sales lines say
//! of themselves. Prints nothing.

use std::cmp::Ordering;

use fenjie_plan::Plan;
use fenjie_track::{ActualRequest, Actuals, Board, BoardRequest, Line, Ratio, Standing, Status};

use super::asked::{Asked, days};
use super::{Order, TrackArgs};
use crate::actual::Sales;
use crate::failure::Failure;

/// Above so many values results are added up by period instead of by day, and only the whole has a
/// band.
const MOST_VALUES: usize = 1 << 24;

/// Everything that is shown.
pub struct Report<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// What was asked.
    pub asked: Asked,
    /// The whole of what is looked into, one for each period.
    pub whole: Vec<Standing>,
    /// For each grouping its standings.
    pub groups: Vec<Group>,
    /// The results of the groupings, by day where that is not too much.
    pub actuals: Actuals,
    /// The results by day, of the whole at least.
    pub by_day: Actuals,
}

/// The standings of one grouping.
pub struct Group {
    /// The depth on each dimension.
    pub depths: Vec<usize>,
    /// Members, period after period, in the order asked for.
    pub members: Vec<Standing>,
    /// Sold by nobody below, or by nobody known (rule T3).
    pub others: Vec<Standing>,
    /// Members that `--top` or `--behind` left out.
    pub left_out: Vec<Standing>,
}

impl<'p> Report<'p> {
    /// Adds up and compares.
    ///
    /// # Errors
    /// Those of the facts, and groupings that the plan is not decomposed to.
    pub fn of(
        args: &TrackArgs,
        plan: &'p Plan,
        asked: Asked,
        sales: &Sales,
    ) -> Result<Report<'p>, Failure> {
        let actuals = results(plan, &asked, sales)?;
        let by_day = match actuals.periods == asked.periods {
            true => sales.add_up(
                plan,
                &request(&asked, vec![0; asked.within.len()], days(plan, &asked)),
            )?,
            false => actuals.clone(),
        };
        let none = vec![0; asked.within.len()];
        let whole = board(plan, &asked, &by_day, none)?.totals;
        let mut groups = Vec::new();
        for depths in &asked.groupings {
            let board = board(plan, &asked, &actuals, depths.clone())?;
            groups.push(Group::of(
                args,
                depths.clone(),
                board.standings,
                &asked.periods,
            ));
        }
        Ok(Report {
            plan,
            asked,
            whole,
            groups,
            actuals,
            by_day,
        })
    }

    /// Every standing that is shown, grouping after grouping.
    pub fn standings(&self) -> impl Iterator<Item = &Standing> {
        self.groups
            .iter()
            .flat_map(|group| group.members.iter().chain(&group.others))
    }

    /// What nobody known sold in a period, in steps (rule T3); nothing where members are not told
    /// apart.
    pub fn unassigned(&self, period: u32) -> Option<i64> {
        let mut groups = self.groups.iter();
        let group = groups.find(|group| group.depths.iter().any(|depth| *depth > 0))?;
        let others = group.others.iter();
        let own = others.filter(|other| other.period == period && other.line == Line::Unassigned);
        Some(own.map(|other| other.actual).sum())
    }
}

/// The results at the finest depths that any grouping needs: by days, for projections have a band
/// then; by the periods where that would be too much.
fn results(plan: &Plan, asked: &Asked, sales: &Sales) -> Result<Actuals, Failure> {
    let finest: Vec<usize> = (0..asked.within.len())
        .map(|axis| {
            asked
                .groupings
                .iter()
                .map(|depths| depths[axis])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let model = plan.model();
    let rows: usize = (finest.iter().enumerate())
        .map(|(axis, depth)| model.nodes_at_depth(axis, *depth).len())
        .fold(1, usize::saturating_mul);
    let days = days(plan, asked);
    let periods = match rows.saturating_mul(days.len()) <= MOST_VALUES {
        true => days,
        false => asked.periods.clone(),
    };
    Ok(sales.add_up(plan, &request(asked, finest, periods))?)
}

fn request(asked: &Asked, depths: Vec<usize>, periods: Vec<u32>) -> ActualRequest {
    ActualRequest {
        measures: vec![asked.measure],
        depths,
        periods,
        until: asked.as_of,
        within: asked.within.clone(),
    }
}

fn board(
    plan: &Plan,
    asked: &Asked,
    actuals: &Actuals,
    depths: Vec<usize>,
) -> Result<Board, Failure> {
    let request = BoardRequest {
        within: asked.within.clone(),
        ..BoardRequest::new(asked.measure, depths, asked.periods.clone(), asked.as_of)
    };
    Ok(Board::new(plan, actuals, &request)?)
}

impl Group {
    fn of(args: &TrackArgs, depths: Vec<usize>, mut all: Vec<Standing>, periods: &[u32]) -> Group {
        let others = all.extract_if(.., |standing| standing.line != Line::Member);
        let others = others.filter(|other| other.actual != 0).collect();
        let place = |one: &Standing| periods.iter().position(|period| *period == one.period);
        let order = args.sort.unwrap_or_default();
        let mut sorted: Vec<usize> = (0..all.len()).collect();
        sorted.sort_by(|one, other| {
            let (one, other) = (&all[*one], &all[*other]);
            place(one)
                .cmp(&place(other))
                .then_with(|| compare(one, other, order))
        });
        arrange(&mut all, sorted);
        let most = args.top.unwrap_or(usize::MAX);
        if !args.behind && most >= all.len() {
            return Group {
                depths,
                members: all,
                others,
                left_out: Vec::new(),
            };
        }
        let (mut members, mut left_out) = (Vec::new(), Vec::new());
        let mut rest = all.into_iter().peekable();
        for period in periods {
            let (mut count, mut beyond) = (0, Vec::new());
            while let Some(one) = rest.next_if(|one| one.period == *period) {
                match args.behind && !is_behind(one.status) {
                    true => left_out.push(one),
                    false if count < most => {
                        count += 1;
                        members.push(one);
                    }
                    false => beyond.push(one),
                }
            }
            left_out.append(&mut beyond);
        }
        Group {
            depths,
            members,
            others,
            left_out,
        }
    }
}

/// Puts rows into an order, given as the place that each comes from. Rows are large: each is moved once
/// or twice, where it lies.
fn arrange(rows: &mut [Standing], mut from: Vec<usize>) {
    for start in 0..rows.len() {
        let mut at = start;
        while from[at] != start {
            let next = from[at];
            rows.swap(at, next);
            from[at] = at;
            at = next;
        }
        from[at] = at;
    }
}

/// Whether somebody should look at it.
fn is_behind(status: Status) -> bool {
    matches!(status, Status::Behind | Status::FarBehind | Status::Missed)
}

/// Which of two members of a period comes first; equal ones stay in the plan's order.
fn compare(one: &Standing, other: &Standing, order: Order) -> Ordering {
    let rank = |one: &Standing| one.rank.unwrap_or(u32::MAX);
    let pace = |one: &Standing| (one.pace.is_none(), one.pace.unwrap_or(Ratio::percent(0)));
    match order {
        Order::Rank => rank(one).cmp(&rank(other)),
        Order::Gap => other.gap.cmp(&one.gap),
        Order::Pace => pace(one).cmp(&pace(other)),
        Order::Target => other.working.cmp(&one.working),
        Order::Actual => other.actual.cmp(&one.actual),
        Order::Member => Ordering::Equal,
    }
}

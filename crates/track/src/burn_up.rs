//! Day series of one line: burn-up with its band, heat calendar; and rows of a bullet board. Plain
//! figures for charts.

use fenjie_calendar::{Date, Level};
use fenjie_message::Lang;
use fenjie_plan::Plan;

use crate::actuals::{Actuals, UNASSIGNED, depth_of};
use crate::band::{Left, Unevenness};
use crate::board::{Board, BoardRequest, members_label};
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::reckon::{judged_by, measure_in};
use crate::standing::{Projection, Standing};
use crate::status::Status;
use crate::targets::Judged;
use crate::weights::days_of;

/// Cumulative target and actual of one line by day. Amounts in steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BurnUp {
    /// A node for each dimension.
    pub members: Vec<u32>,
    /// The period, a node of the time axis.
    pub period: u32,
    /// The day looked from.
    pub as_of: Date,
    /// The days of the period, in order.
    pub days: Vec<Date>,
    /// The base target through the end of each day.
    pub base: Vec<i64>,
    /// The working target through the end of each day.
    pub working: Vec<i64>,
    /// What was due by the day looked from, as the standing of the whole says it.
    pub expected: i64,
    /// The actual through the end of each day gone; as many as days are gone.
    pub actual: Vec<i64>,
    /// From the last day gone on, one for each day: where it leads by its end if it goes on as so far.
    pub projection: Vec<BandPoint>,
    /// Days the band is learned from; below five it is a guess, below two there is none.
    pub band_days: u32,
}

/// The band on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandPoint {
    /// The day.
    pub day: Date,
    /// P10.
    pub low: i64,
    /// As it went so far.
    pub middle: i64,
    /// P90.
    pub high: i64,
}

/// One day of a heat calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatDay {
    /// The day.
    pub day: Date,
    /// Its base target.
    pub target: i64,
    /// Its actual; nothing for days after the one looked from.
    pub actual: Option<i64>,
    /// Actual ÷ target; nothing where the target is not above zero or the day is to come.
    pub attainment: Option<Ratio>,
}

/// One row of a bullet board: bar, target tick, elapsed tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bullet {
    /// What people call the line.
    pub label: String,
    /// Its rank, where it has one.
    pub rank: Option<u32>,
    /// The bar.
    pub actual: i64,
    /// The target tick.
    pub target: i64,
    /// The elapsed tick: target due by now.
    pub expected: i64,
    /// Actual ÷ target.
    pub attainment: Option<Ratio>,
    /// What it is called.
    pub status: Status,
}

/// The burn-up of some members in a period. The actual results must come by days, and none after
/// `as_of`. A member is a node of the plan, or UNASSIGNED, whose target is zero.
///
/// # Errors
/// `track_no_days` where the plan has no days; `track_not_decomposed` where it is not that fine.
///
/// ```
/// use fenjie_plan::{Plan, example};
/// use fenjie_track::{Actuals, burn_up};
/// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
/// let march = plan.place("month=2026-03").unwrap().0[3];
/// let none = Actuals::empty(3, vec![0], vec![march]);
/// let series = burn_up(&plan, &none, 0, &[0, 0, 0], march, "2026-03-05".parse().unwrap()).unwrap();
/// assert_eq!((series.days.len(), series.actual.len()), (31, 5));
/// assert_eq!(series.base.last(), Some(&83_333_334));
/// ```
pub fn burn_up(
    plan: &Plan,
    actuals: &Actuals,
    measure: usize,
    members: &[u32],
    period: u32,
    as_of: Date,
) -> Result<BurnUp, TrackError> {
    let series = DaySeries::read(plan, actuals, measure, members, period)?;
    let gone = series.days.partition_point(|day| *day <= as_of);
    let actual = running(&series.actual[..gone]);
    let known = members.iter().zip(plan.model().axes());
    let depths = known
        .map(|(node, axis)| depth_of(&axis.tree, *node))
        .collect();
    let mut request = BoardRequest::new(measure, depths, vec![period], as_of);
    request.within = members.to_vec();
    let board = Board::new(plan, actuals, &request)?;
    let total = board.totals.first().expect("one period, one total");
    let by_base = judged_by(plan, measure, &[period])[0] != Judged::Working;
    let weights = series.day_weights(total, by_base);
    let (projection, band_days) = match (gone, total.projection) {
        (0, _) | (_, None) => (Vec::new(), 0),
        (gone, Some(end)) => (
            series.projection(&weights, gone, total.actual, end),
            end.days,
        ),
    };
    Ok(BurnUp {
        members: members.to_vec(),
        period,
        as_of,
        base: running(&series.base),
        working: running(&series.working),
        expected: total.expected,
        actual,
        projection,
        band_days,
        days: series.days,
    })
}

/// The attainment of every day of a period.
///
/// # Errors
/// Those of [`burn_up`].
///
/// ```
/// use fenjie_plan::{Plan, example};
/// use fenjie_track::{Actuals, heat_calendar};
/// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
/// let none = Actuals::empty(3, vec![0], vec![0]);
/// let days = heat_calendar(&plan, &none, 0, &[0, 0, 0], 0, "2026-03-05".parse().unwrap()).unwrap();
/// assert_eq!(days.len(), 365);
/// assert_eq!(days.iter().map(|day| day.target).sum::<i64>(), 1_000_000_000);
/// ```
pub fn heat_calendar(
    plan: &Plan,
    actuals: &Actuals,
    measure: usize,
    members: &[u32],
    period: u32,
    as_of: Date,
) -> Result<Vec<HeatDay>, TrackError> {
    let series = DaySeries::read(plan, actuals, measure, members, period)?;
    let days = series.days.iter().zip(&series.base).zip(&series.actual);
    Ok(days
        .map(|((day, target), actual)| {
            let actual = (*day <= as_of).then_some(*actual);
            let sold = actual.filter(|_| *target > 0);
            HeatDay {
                day: *day,
                target: *target,
                actual,
                attainment: sold.and_then(|sold| Ratio::new(sold.into(), (*target).into())),
            }
        })
        .collect())
}

fn running(values: &[i64]) -> Vec<i64> {
    let mut sum = 0i64;
    let add = |value: &i64| {
        sum = sum.saturating_add(*value);
        sum
    };
    values.iter().map(add).collect()
}

/// Targets, results and weights of one line, day by day.
struct DaySeries {
    days: Vec<Date>,
    base: Vec<i64>,
    working: Vec<i64>,
    actual: Vec<i64>,
    weights: Vec<u64>,
}

impl DaySeries {
    fn read(
        plan: &Plan,
        actuals: &Actuals,
        measure: usize,
        members: &[u32],
        period: u32,
    ) -> Result<DaySeries, TrackError> {
        let model = plan.model();
        let time = model.axes().last().expect("time is always there");
        let measure_at = measure_in(plan, actuals, measure)?;
        let nodes: Vec<u32> = (period..time.tree.end(period))
            .filter(|node| time.time_level_of(*node) == Some(Level::Day))
            .collect();
        if nodes.is_empty() {
            return Err(TrackError::NoDays);
        }
        let days_of_node = |node: &u32| time.days_of(*node).expect("a period has its days");
        let days: Vec<Date> = nodes.iter().map(|node| days_of_node(node).start).collect();
        let zero = vec![0; nodes.len()];
        let (base, working) = match members.contains(&UNASSIGNED) {
            true => (zero.clone(), zero.clone()),
            false => {
                let not_that_fine = || TrackError::NotDecomposed {
                    place: time.tree.code(nodes[0]).to_owned(),
                };
                let base = plan.base(measure).series(members, &nodes);
                let working = plan.working(measure)?.series(members, &nodes);
                let both = base.zip(working);
                both.ok_or_else(not_that_fine)?
            }
        };
        let whose = days_of(model, members);
        Ok(DaySeries {
            actual: match measure_at {
                Some(at) => actuals.sum_within(model, at, members, &nodes),
                None => zero,
            },
            weights: nodes
                .iter()
                .map(|node| model.weight_of_days(whose, days_of_node(node)))
                .collect(),
            days,
            base,
            working,
        })
    }

    /// The weights of the days: their targets, by the calendar where nothing is asked (rule T2).
    fn day_weights(&self, total: &Standing, by_base: bool) -> Vec<u64> {
        let targets = match by_base {
            true => &self.base,
            false => &self.working,
        };
        match total.target > 0 {
            true => targets
                .iter()
                .map(|own| u64::try_from(*own).unwrap_or(0))
                .collect(),
            false => self.weights.clone(),
        }
    }

    /// From the last day gone on, where the days lead whose end is known.
    fn projection(
        &self,
        weights: &[u64],
        days_gone: usize,
        actual: i64,
        end: Projection,
    ) -> Vec<BandPoint> {
        let sold = self.actual.iter().copied().zip(weights.iter().copied());
        let sold: Vec<(i64, u64)> = sold.take(days_gone).collect();
        let unevenness = Unevenness::of(sold.into_iter());
        let mut all = Left::default();
        weights[days_gone..]
            .iter()
            .for_each(|weight| all.add(*weight));
        let more = i128::from(end.middle) - i128::from(actual);
        let (mut left, mut points) = (Left::default(), Vec::new());
        let days = self.days.iter().zip(weights).enumerate();
        for (at, (day, weight)) in days.skip(days_gone - 1) {
            if at >= days_gone {
                left.add(*weight);
            }
            let part = more.checked_mul(left.sum());
            let part = part.and_then(|part| Ratio::new(part, all.sum()));
            let middle = actual.saturating_add(part.map_or(0, |part| part.rounded(0)));
            let found = unevenness.around(middle, actual, &left);
            points.push(BandPoint {
                day: *day,
                low: found.low,
                middle,
                high: found.high,
            });
        }
        points
    }
}

/// The rows of a bullet board in one period, by rank, lines without a target last.
///
/// ```
/// use fenjie_plan::{Plan, example};
/// use fenjie_track::{Actuals, Board, BoardRequest, bullets};
/// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
/// let request = BoardRequest::new(0, vec![1, 0, 0], vec![0], "2026-03-05".parse().unwrap());
/// let board = Board::new(&plan, &Actuals::empty(3, vec![0], vec![0]), &request).unwrap();
/// assert_eq!(bullets(&plan, &board, 0, Default::default()).len(), 5);
/// ```
pub fn bullets(plan: &Plan, board: &Board, period: u32, lang: Lang) -> Vec<Bullet> {
    let in_period = |line: &&Standing| line.period == period;
    let mut lines: Vec<&Standing> = board.standings.iter().filter(in_period).collect();
    lines.sort_by_key(|line| line.rank.unwrap_or(u32::MAX));
    let bullet = |line: &Standing| Bullet {
        label: members_label(plan, &line.members, lang),
        rank: line.rank,
        actual: line.actual,
        target: line.target,
        expected: line.expected,
        attainment: line.attainment,
        status: line.status,
    };
    lines.into_iter().map(bullet).collect()
}

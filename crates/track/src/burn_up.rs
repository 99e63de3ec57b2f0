//! Day series of one line: burn-up with its band, heat calendar; and rows of a bullet board. Plain
//! figures for charts.

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_plan::Plan;

use crate::actuals::Actuals;
use crate::board::Board;
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::status::Status;

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
    /// The actual through the end of each day gone; as many as days are gone.
    pub actual: Vec<i64>,
    /// From the last day gone on, one for each day: where the run rate leads by its end.
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
    /// At the run rate.
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
    let _ = (plan, actuals, measure, members, period, as_of);
    todo!()
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
    let _ = (plan, actuals, measure, members, period, as_of);
    todo!()
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
    let _ = (plan, board, period, lang);
    todo!()
}

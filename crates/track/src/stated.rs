//! Levels and ratios against what was stated for them (rules D11, T3). Never summed, never averaged over
//! members.

use std::collections::BTreeSet;

use fenjie_calendar::Date;
use fenjie_plan::{Grain, MeasureKind, Place, Plan, Trend};

use crate::actuals::{Actuals, UNASSIGNED};
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
/// `track_a_flow` for a flow, which has a [`crate::Board`]. Results that lack the level or one of the
/// ratio's flows give standings without a value.
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
    let model = plan.model();
    let asked = &model.definition().measures[measure];
    if asked.is_flow() {
        return Err(TrackError::AFlow {
            measure: asked.code.clone(),
        });
    }
    let rolled = actuals.rolled_up(model, depths, periods);
    let source = Source::of(plan, &rolled, measure);
    let time = model.axes().last().expect("time is always there");
    let mut standings = Vec::new();
    for members in lines(plan, &rolled, measure, depths, &source) {
        for (at, period) in periods.iter().enumerate() {
            let mut place = members.clone();
            place.push(*period);
            let target = plan.stated_value(measure, &Place(place));
            let target = target.and_then(|value| Ratio::new(value.above(), value.below()));
            let actual = source.value(plan, &rolled, &members, at);
            if target.is_none() && actual.is_none() {
                continue;
            }
            let over = time
                .days_of(*period)
                .is_some_and(|days| days.last() <= as_of);
            let falling = asked.trend == Some(Trend::Falling);
            standings.push(StatedStanding {
                members: members.clone(),
                period: *period,
                target,
                actual,
                difference: target
                    .zip(actual)
                    .map(|(target, actual)| actual.minus(target)),
                status: status(target, actual, over, falling),
            });
        }
    }
    Ok(standings)
}

fn status(target: Option<Ratio>, actual: Option<Ratio>, over: bool, falling: bool) -> Status {
    match (target, actual) {
        (None, _) => Status::NoTarget,
        (Some(_), None) => Status::NotBegun,
        (Some(target), Some(actual)) if falling && actual <= target => Status::Reached,
        (Some(target), Some(actual)) if !falling && actual >= target => Status::Reached,
        _ if over => Status::Missed,
        _ => Status::FarBehind,
    }
}

/// Where a value comes from.
enum Source {
    /// Values booked for the measure itself, by its place in the results.
    Booked(usize),
    /// Two flows: index in the plan, place in the results; and how much one whole is.
    Flows([(usize, usize); 2], i128),
    /// Nowhere.
    None,
}

impl Source {
    fn of(plan: &Plan, results: &Actuals, measure: usize) -> Source {
        let measures = &plan.model().definition().measures;
        let place = |index: usize| results.measures.iter().position(|own| *own == index);
        let flow = |name: &Option<String>| {
            let name = name.as_ref()?;
            let is_it = |own: &fenjie_plan::Measure| own.code == *name || own.name == *name;
            let index = measures.iter().position(is_it)?;
            Some((index, place(index)?))
        };
        if let MeasureKind::Ratio {
            numerator,
            denominator,
        } = &measures[measure].kind
            && let Some((above, below)) = flow(numerator).zip(flow(denominator))
        {
            let per = measures[measure].per().into();
            return Source::Flows([above, below], per);
        }
        place(measure).map_or(Source::None, Source::Booked)
    }

    fn value(&self, plan: &Plan, results: &Actuals, members: &[u32], at: usize) -> Option<Ratio> {
        let row = results.find(members)?;
        // A count of steps in units: count × units ÷ 10^decimals.
        let in_units = |measure: usize, place: usize| {
            let step = plan.step(measure);
            let count = i128::from(results.values_of(place, row)[at]);
            (
                count * i128::from(step.units()),
                10i128.pow(step.decimals()),
            )
        };
        match self {
            Source::None => None,
            Source::Booked(place) => {
                let (above, below) = in_units(results.measures[*place], *place);
                let taken = above != 0 || results.zeros.contains(&(*place, row, at));
                Ratio::new(above, below).filter(|_| taken)
            }
            Source::Flows([above, below], per) => {
                let (above, below) = (in_units(above.0, above.1), in_units(below.0, below.1));
                let share = above.0.checked_mul(below.1)?.checked_mul(*per)?;
                Ratio::new(share, below.0.checked_mul(above.1)?)
            }
        }
    }
}

/// The members that have a statement, a value, or flows of which the ratio is made, in order.
fn lines(
    plan: &Plan,
    results: &Actuals,
    measure: usize,
    depths: &[usize],
    source: &Source,
) -> BTreeSet<Vec<u32>> {
    let axes = plan.model().axes();
    let mut lines: BTreeSet<Vec<u32>> = (0..results.row_count())
        .map(|row| results.members_of(row))
        .filter(|members| !members.contains(&UNASSIGNED))
        .collect();
    for statement in plan
        .statements()
        .iter()
        .filter(|own| own.measure == measure)
    {
        let members = &statement.place.0[..depths.len()];
        let mut on_axes = members.iter().zip(depths).zip(axes);
        let is_line = on_axes.all(|((node, depth), axis)| {
            let own = axis.tree.depth(*node);
            own == *depth || (own < *depth && axis.tree.is_leaf(*node))
        });
        if is_line {
            lines.insert(members.to_vec());
        }
    }
    if let Source::Flows([(above, _), _], _) = source {
        let mut grain = Grain {
            depths: depths.to_vec(),
        };
        grain.depths.push(0);
        plan.base(*above).each_row(&grain, |members, _, _| {
            lines.insert(members.to_vec());
        });
    }
    lines
}

//! What is looked at: a measure, groupings of members, periods, a part of the plan. Finds it in the
//! plan's model; reads no facts.

use fenjie_calendar::{Date, Level};
use fenjie_message::{Lang, Message};
use fenjie_plan::{Place, Plan, PlanError};

use super::TrackArgs;
use crate::failure::{Exit, Failure};
use crate::open::measure;

/// What a command line looks at.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The flow.
    pub measure: usize,
    /// The day looked from.
    pub as_of: Date,
    /// For each grouping a depth on each dimension.
    pub groupings: Vec<Vec<usize>>,
    /// Nodes of the time axis, in order and apart.
    pub periods: Vec<u32>,
    /// For each dimension the node inside which is looked.
    pub within: Vec<u32>,
}

impl Asked {
    /// Finds what is asked for.
    ///
    /// # Errors
    /// Measures, levels, members and periods that the plan does not have, and days before it.
    pub fn of(args: &TrackArgs, plan: &Plan) -> Result<Asked, Failure> {
        let model = plan.model();
        let definition = model.definition();
        let measure = measure(plan, args.measure.as_deref())?;
        if !definition.measures[measure].is_flow() {
            return Err(Failure::new(NotAdded::of(plan, measure), Exit::Usage));
        }
        let as_of = definition.today.expect("an opened plan has a day");
        if as_of < definition.period.start {
            let begins = definition.period.start;
            return Err(Failure::new(NotBegun { as_of, begins }, Exit::Usage));
        }
        let within = within(plan, args.within.as_deref())?;
        let (groupings, level) = groupings(plan, measure, args, &within)?;
        let finest = plan.grain(measure, "stored")?.depths[within.len()];
        let periods = periods(plan, args, (level, finest), as_of)?;
        Ok(Asked {
            measure,
            as_of,
            groupings,
            periods,
            within,
        })
    }
}

fn within(plan: &Plan, address: Option<&str>) -> Result<Vec<u32>, Failure> {
    let time = plan.model().axes().len() - 1;
    let Some(address) = address else {
        return Ok(vec![0; time]);
    };
    let mut place = match member_alone(plan, address) {
        Some(place) => place,
        None if address.contains(['=', '＝']) => plan.place(address)?,
        None => plan.place(&format!("{}={address}", plan.model().axes()[0].code))?,
    };
    if place.0[time] != 0 {
        let address = address.to_owned();
        return Err(Failure::new(WithinNamesTime { address }, Exit::Usage));
    }
    place.0.truncate(time);
    Ok(place.0)
}

/// A member without its dimension, looked for in one dimension after the other.
fn member_alone(plan: &Plan, text: &str) -> Option<Place> {
    if text.contains(['=', '＝']) {
        return None;
    }
    let axes = plan.model().axes();
    let dimensions = axes[..axes.len() - 1].iter();
    let mut found = dimensions.filter_map(|axis| plan.place(&format!("{}={text}", axis.code)).ok());
    found.next()
}

/// The groupings, and the depth of the time level that one of them names.
fn groupings(
    plan: &Plan,
    measure: usize,
    args: &TrackArgs,
    within: &[u32],
) -> Result<(Vec<Vec<usize>>, Option<usize>), Failure> {
    let time = within.len();
    let stored = plan.grain(measure, "stored")?.depths;
    let (mut groupings, mut level) = (Vec::new(), None);
    for text in &args.level {
        if text.trim() == "all" {
            groupings.extend(every(&stored[..time]));
            continue;
        }
        let mut depths = plan.grain(measure, text)?.depths;
        refuse_undecomposed(plan, text, &depths)?;
        level = (depths[time] > 0).then_some(depths[time]).or(level);
        depths.truncate(time);
        groupings.push(depths);
    }
    if groupings.is_empty() {
        groupings.push(usual(plan, &stored[..time], within));
    }
    let mut distinct = Vec::new();
    for depths in groupings {
        if !distinct.contains(&depths) {
            distinct.push(depths);
        }
    }
    Ok((distinct, level))
}

/// A dimension that is asked for but not decomposed has no targets of its members.
fn refuse_undecomposed(plan: &Plan, text: &str, depths: &[usize]) -> Result<(), Failure> {
    for part in text.split([',', '，']) {
        let part = part.trim();
        let name = part.split('.').next().unwrap_or(part);
        let axes = plan.model().axes().iter().zip(depths);
        let is_asked = |axis: &&fenjie_plan::Axis| axis.code == name || axis.name == name;
        let mut whole = axes.filter(|(_, depth)| **depth == 0).map(|(axis, _)| axis);
        if let Some(axis) = whole.find(is_asked) {
            let dimension = axis.code.clone();
            return Err(Failure::new(NotDecomposed { dimension }, Exit::Refused));
        }
    }
    Ok(())
}

/// Every combination of a dimension's finest level and nothing, the total first.
fn every(stored: &[usize]) -> Vec<Vec<usize>> {
    let opened: Vec<usize> = (0..stored.len()).filter(|axis| stored[*axis] > 0).collect();
    let one = |bits: usize| {
        let mut depths = vec![0; stored.len()];
        for (at, axis) in opened.iter().enumerate() {
            if bits >> at & 1 == 1 {
                depths[*axis] = stored[*axis];
            }
        }
        depths
    };
    let most = opened.len().min(20);
    let mut all: Vec<Vec<usize>> = (0..1 << most).map(one).collect();
    all.sort_by_key(|depths| depths.iter().filter(|depth| **depth > 0).count());
    all
}

/// One level below what is looked into: the first dimension's first level where that is everything.
fn usual(plan: &Plan, stored: &[usize], within: &[u32]) -> Vec<usize> {
    let axes = plan.model().axes();
    let depth_of = |axis: usize| axes[axis].tree.depth(within[axis]);
    let mut depths: Vec<usize> = (0..stored.len()).map(depth_of).collect();
    let named = (0..stored.len()).find(|axis| within[*axis] != 0 && depths[*axis] < stored[*axis]);
    let first = (0..stored.len()).find(|axis| depths[*axis] < stored[*axis]);
    if let Some(axis) = named.or(first) {
        depths[axis] += 1;
    }
    depths
}

/// The periods looked at: the one asked for, the one now running, or each so far.
fn periods(
    plan: &Plan,
    args: &TrackArgs,
    (level, finest): (Option<usize>, usize),
    as_of: Date,
) -> Result<Vec<u32>, Failure> {
    let model = plan.model();
    let time = model.axes().last().expect("time is always there");
    let depth = match (&args.period, level) {
        (None, Some(depth)) => depth,
        (None, None) if as_of >= model.definition().period.end && !args.each => return Ok(vec![0]),
        // What is decomposed to quarters has no target of a month.
        (None, None) => usual_level(plan).map_or(0, |(depth, _)| depth.min(finest)),
        (Some(text), _) => match Level::parse(text) {
            Ok(level) => depth_of(plan, level, text)?,
            Err(_) => match pieces_of_week(plan, text) {
                pieces if !pieces.is_empty() => return Ok(pieces),
                _ => return Ok(vec![one_period(plan, text)?]),
            },
        },
    };
    let nodes = model.nodes_at_depth(model.axes().len() - 1, depth);
    let days = |node: &u32| time.days_of(*node).expect("a period has days");
    if args.each {
        return Ok(nodes
            .into_iter()
            .filter(|node| days(node).start <= as_of)
            .collect());
    }
    let running = nodes.iter().find(|node| days(node).contains(as_of));
    let last = nodes.last().copied().unwrap_or(0);
    Ok(vec![running.copied().unwrap_or(last)])
}

/// The level people look at unless they say another: months, else the finest above days.
pub fn usual_level(plan: &Plan) -> Option<(usize, Level)> {
    let wanted = [
        Level::Month,
        Level::Piece,
        Level::Week,
        Level::Quarter,
        Level::Half,
        Level::Year,
    ];
    let found = |level: Level| Some((time_depth(plan, level)?, level));
    wanted.into_iter().find_map(found)
}

/// The depth of a level on the time axis, where the plan has it.
pub fn time_depth(plan: &Plan, level: Level) -> Option<usize> {
    let time = plan.model().axes().last().expect("time is always there");
    let is_it = |node: &u32| time.time_level_of(*node) == Some(level);
    let node = (0..time.tree.len() as u32).find(is_it)?;
    Some(time.tree.depth(node))
}

/// The days of the periods asked for; the periods themselves where the plan has no days.
pub fn days(plan: &Plan, asked: &Asked) -> Vec<u32> {
    let Some(depth) = time_depth(plan, Level::Day) else {
        return asked.periods.clone();
    };
    let model = plan.model();
    let time = model.axes().last().expect("time is always there");
    let is_inside = |day: &u32| {
        asked
            .periods
            .iter()
            .any(|period| time.tree.contains(*period, *day))
    };
    let all = model.nodes_at_depth(model.axes().len() - 1, depth);
    all.into_iter().filter(is_inside).collect()
}

/// The period of a level that holds a day, where the plan has the level.
pub fn period_at(plan: &Plan, level: Level, day: Date) -> Option<u32> {
    let depth = time_depth(plan, level)?;
    let model = plan.model();
    let time = model.axes().last().expect("time is always there");
    let nodes = model.nodes_at_depth(model.axes().len() - 1, depth);
    nodes
        .into_iter()
        .find(|node| time.days_of(*node).is_some_and(|days| days.contains(day)))
}

/// Weeks are pieces where the plan cuts them at the month's end.
fn depth_of(plan: &Plan, level: Level, text: &str) -> Result<usize, PlanError> {
    let other = match level {
        Level::Week => Some(Level::Piece),
        Level::Piece => Some(Level::Week),
        _ => None,
    };
    let found = time_depth(plan, level).or_else(|| time_depth(plan, other?));
    let time = plan.model().axes().last().expect("time is always there");
    found.ok_or_else(|| PlanError::LevelUnknown {
        axis: time.code.clone(),
        level: text.into(),
        known: time.tree.level_names().to_vec(),
    })
}

/// The pieces of a week written `2026-W11`, two where it crosses the month's end; none where the plan
/// has whole weeks.
fn pieces_of_week(plan: &Plan, text: &str) -> Vec<u32> {
    let time = plan.model().axes().last().expect("time is always there");
    let (Some(depth), Some((year, week))) = (time_depth(plan, Level::Piece), text.split_once("-W"))
    else {
        return Vec::new();
    };
    let of_week = |node: &u32| {
        let code = time.tree.code(*node);
        code.starts_with(year) && code.split_once("/W").is_some_and(|(_, own)| own == week)
    };
    let nodes = plan
        .model()
        .nodes_at_depth(plan.model().axes().len() - 1, depth);
    nodes.into_iter().filter(of_week).collect()
}

/// Whether two days lie in the same finest period of a plan without days.
pub fn in_one_period(plan: &Plan, first: Date, second: Date) -> bool {
    let time = plan.model().axes().last().expect("time is always there");
    let mut finest = (0..time.tree.len() as u32).filter(|node| time.tree.is_leaf(*node));
    finest.any(|node| {
        time.days_of(node)
            .is_some_and(|days| days.contains(first) && days.contains(second))
    })
}

fn one_period(plan: &Plan, text: &str) -> Result<u32, Failure> {
    let time = plan.model().axes().len() - 1;
    let address = match text.contains(['=', '＝']) {
        true => text.to_owned(),
        false => format!("{}={text}", plan.model().axes()[time].code),
    };
    let place = plan.place(&address)?;
    if place.0[..time].iter().any(|node| *node != 0) {
        let text = text.to_owned();
        return Err(Failure::new(PeriodNamesMembers { text }, Exit::Usage));
    }
    Ok(place.0[time])
}

#[derive(Debug)]
struct NotBegun {
    as_of: Date,
    begins: Date,
}

impl Message for NotBegun {
    fn code(&self) -> &'static str {
        "plan_not_begun"
    }

    fn text(&self, lang: Lang) -> String {
        let (as_of, begins) = (self.as_of, self.begins);
        match lang {
            Lang::Zh => format!("{as_of} 方案还没开始，它从 {begins} 起"),
            Lang::En => {
                format!("the plan begins on {begins}; on {as_of} there is nothing to track")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let begins = self.begins;
        Some(match lang {
            Lang::Zh => format!("用 `--as-of {begins}` 或之后的一天"),
            Lang::En => format!("use `--as-of {begins}` or a later day"),
        })
    }
}

#[derive(Debug)]
struct NotDecomposed {
    dimension: String,
}

impl Message for NotDecomposed {
    fn code(&self) -> &'static str {
        "dimension_not_decomposed"
    }

    fn text(&self, lang: Lang) -> String {
        let dimension = &self.dimension;
        match lang {
            Lang::Zh => format!("目标没有分解到维度 `{dimension}`，它的成员没有目标可比"),
            Lang::En => format!(
                "the target is not decomposed over `{dimension}`, so its members have nothing to be \
                 compared with"
            ),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let dimension = &self.dimension;
        Some(match lang {
            Lang::Zh => format!("在方案里加一步 `[[do]]` `decompose = \"{dimension}\"`"),
            Lang::En => format!("add a step `[[do]]` `decompose = \"{dimension}\"` to the plan"),
        })
    }
}

#[derive(Debug)]
struct NotAdded {
    measure: String,
    flows: Vec<String>,
}

impl NotAdded {
    fn of(plan: &Plan, measure: usize) -> NotAdded {
        let measures = &plan.model().definition().measures;
        let flows = measures.iter().filter(|measure| measure.is_flow());
        NotAdded {
            measure: measures[measure].name.clone(),
            flows: flows.map(|measure| measure.code.clone()).collect(),
        }
    }
}

impl Message for NotAdded {
    fn code(&self) -> &'static str {
        "measure_not_a_flow"
    }

    fn text(&self, lang: Lang) -> String {
        let measure = &self.measure;
        match lang {
            Lang::Zh => {
                format!("“{measure}”不能加总，没有应完成和进度；它的目标和实绩列在表的下面")
            }
            Lang::En => format!(
                "{measure} does not add up: it has no pace; its target and actual stand below the table"
            ),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let flows = self.flows.join("`, `");
        Some(match lang {
            Lang::Zh => format!(
                "不写 `--measure`，用 `--period quarter --each` 看各季；可以加总的指标：`{flows}`"
            ),
            Lang::En => format!(
                "leave out `--measure`; `--period quarter --each` shows every quarter; measures that add \
                 up: `{flows}`"
            ),
        })
    }
}

#[derive(Debug)]
struct WithinNamesTime {
    address: String,
}

impl Message for WithinNamesTime {
    fn code(&self) -> &'static str {
        "within_names_time"
    }

    fn text(&self, lang: Lang) -> String {
        let address = &self.address;
        match lang {
            Lang::Zh => format!("`--within {address}` 里写了期间"),
            Lang::En => format!("`--within {address}` names a period"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = lang.pick("期间写在 `--period` 里", "periods go into `--period`");
        Some(hint.to_owned())
    }
}

#[derive(Debug)]
struct PeriodNamesMembers {
    text: String,
}

impl Message for PeriodNamesMembers {
    fn code(&self) -> &'static str {
        "period_names_members"
    }

    fn text(&self, lang: Lang) -> String {
        let text = &self.text;
        match lang {
            Lang::Zh => format!("`--period {text}` 里写了成员"),
            Lang::En => format!("`--period {text}` names members"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = lang.pick("成员写在 `--within` 里", "members go into `--within`");
        Some(hint.to_owned())
    }
}

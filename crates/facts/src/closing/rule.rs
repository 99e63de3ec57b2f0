//! The rule by which shortfalls are carried: what somebody says, else the last act of carrying,
//! else `[carry]` of the plan file, else the usual one (rule J1). Computes nothing.

use fenjie_calendar::Level;
use fenjie_exchange::plan_file::{CarryHints, usual_horizon};
use fenjie_plan::{Axis, CarryRule, CarryShare, Decimal, Operation, Plan, PlanError};

use super::ClosingError;

/// What somebody says of the rule.
#[derive(Clone, Debug, Default)]
pub struct RuleAsked {
    /// Whose shortfall.
    pub of: Option<String>,
    /// The level that is closed and carried.
    pub level: Option<String>,
    /// Inside which period it is made good.
    pub horizon: Option<String>,
    /// How it is shared.
    pub share: Option<CarryShare>,
    /// The most a period takes, of its base target.
    pub cap: Option<Decimal>,
}

/// The rule in force, with the asker's words first.
///
/// # Errors
/// A level that the plan's time does not have; a rate that is no number.
pub fn rule(
    args: &RuleAsked,
    hints: &CarryHints,
    plan: &Plan,
    measure: usize,
) -> Result<CarryRule, ClosingError> {
    let code = &plan.model().definition().measures[measure].code;
    let last = plan.operations().iter().rev().find_map(|step| match step {
        Operation::Carry(rule) if rule.measure == *code || rule.measure.is_empty() => Some(rule),
        _ => None,
    });
    let hinted_level = last.map(|rule| &rule.level).or(hints.level.as_ref());
    let level = match args.level.as_ref().or(hinted_level) {
        Some(text) => known_level(plan, text)?,
        None => usual_level(plan),
    };
    // A horizon that was chosen for weeks says nothing of months.
    let same_level = args.level.is_none() || hinted_level.is_some_and(|hinted| *hinted == level);
    let hinted = last.map(|rule| &rule.horizon).or(hints.horizon.as_ref());
    let hinted = hinted.filter(|_| same_level);
    let horizon = match args.horizon.as_ref().or(hinted) {
        Some(text) => known_level(plan, text)?,
        None => usual_in(plan, &level),
    };
    let cap = match &args.cap {
        Some(cap) => Some(*cap),
        None => last.map_or(hints.cap, |rule| rule.cap),
    };
    let of = args.of.clone().or(last.map(|rule| rule.of.clone()));
    let of = of.or(hints.of.clone()).filter(|of| !of.trim().is_empty());
    Ok(CarryRule {
        measure: code.clone(),
        of: of.map_or_else(|| usual_members(plan, measure), Ok)?,
        level,
        horizon,
        share: args
            .share
            .or(last.map(|rule| rule.share))
            .or(hints.share)
            .unwrap_or_default(),
        cap,
    })
}

/// The time of a plan.
pub fn time(plan: &Plan) -> &Axis {
    let axes = plan.model().axes();
    axes.last().expect("time is the last axis")
}

/// The nodes of a level of the plan's time, in order.
pub fn periods_at(plan: &Plan, level: &str) -> Vec<u32> {
    let (time, axis) = (time(plan), plan.model().axes().len() - 1);
    let depth = time.tree.level_depth(level).unwrap_or(0);
    let nodes = plan.model().nodes_at_depth(axis, depth).into_iter();
    nodes
        .filter(|node| time.tree.depth(*node) == depth)
        .collect()
}

/// A level by any name of it; a week is its piece where the plan cuts weeks at the month's end.
fn known_level(plan: &Plan, text: &str) -> Result<String, ClosingError> {
    let time = time(plan);
    let has = |code: &str| time.tree.level_depth(code).is_some() || time.level_of(0) == code;
    let code = Level::parse(text).map_or(text.trim(), |level| level.code());
    let code = match code {
        "week" if !has(code) => "piece",
        code => code,
    };
    if has(code) {
        return Ok(code.to_owned());
    }
    let unknown = PlanError::LevelUnknown {
        axis: time.code.clone(),
        level: text.to_owned(),
        known: time.tree.level_names().to_vec(),
    };
    Err(unknown.into())
}

/// Week pieces, else weeks, else the finest level above days.
fn usual_level(plan: &Plan) -> String {
    let known = time(plan).tree.level_names();
    let is_known = |level: &&str| known.iter().any(|known| known == level);
    if let Some(level) = ["piece", "week", "month"].into_iter().find(is_known) {
        return level.to_owned();
    }
    let is_coarse = |level: &&String| !matches!(level.as_str(), "day" | "slot");
    let finest = known.iter().rev().find(is_coarse);
    finest.map_or_else(|| time(plan).level_of(0).to_owned(), String::clone)
}

/// The usual horizon, or the next coarser level that the plan has.
fn usual_in(plan: &Plan, level: &str) -> String {
    let (usual, time) = (usual_horizon(level), time(plan));
    let known = time.tree.level_names();
    let at = known.iter().position(|known| known == level).unwrap_or(0);
    if known[..at].iter().any(|known| known == usual) {
        return usual.to_owned();
    }
    let above = at.checked_sub(1).map(|above| known[above].as_str());
    above.unwrap_or(time.level_of(0)).to_owned()
}

/// The finest level of the first dimension: the store, the person.
fn usual_members(plan: &Plan, measure: usize) -> Result<String, ClosingError> {
    let [first, _, ..] = plan.model().axes() else {
        return Ok(String::new());
    };
    let depth = plan.grain(measure, &first.code)?.depths[0];
    Ok(match first.tree.level_names().len() {
        0 | 1 => first.code.clone(),
        _ if depth == 0 => first.code.clone(),
        _ => format!("{}.{}", first.code, first.tree.level_name(depth)),
    })
}

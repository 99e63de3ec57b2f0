//! Carrying what closed periods fell short of to later open ones (rules J1–J4, ADR 0014), computed
//! from the base and the closes when it is asked for, and kept until the next operation.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use fenjie_calendar::Level;

use crate::adjust_error::AdjustError;
use crate::adjusted::{CarryRecord, CloseRecord};
use crate::adjustment::CarryRule;
use crate::carry_sheet::Sheet;
use crate::cube::Cube;
use crate::error::PlanError;
use crate::finding::Finding;
use crate::operation::LayerRule;
use crate::state::Plan;
use crate::view::View;

/// What is carried in a measure.
#[derive(Clone, Debug)]
pub struct Carried<'p> {
    /// What is added to the base, signed: closed periods give, later ones take. It sums to zero
    /// inside a horizon (rule J4).
    pub view: View<'p>,
    /// The rule of the last act of carrying.
    pub rule: &'p CarryRule,
    /// The number of that act in the log.
    pub number: usize,
    /// Whoever has something open, or waits for an action plan.
    pub rows: Vec<CarriedRow>,
    /// The last period counted, a node of the time axis.
    pub through: Option<u32>,
}

/// What one row of members carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedRow {
    /// One node per dimension.
    pub members: Vec<u32>,
    /// Not made good yet, in steps, over all horizons; what is unrecovered is part of it.
    pub open: i64,
    /// Of it, what no later period takes: none is left, or all are at their cap (rule J4).
    pub unrecovered: i64,
    /// Whether the last act of carrying passed it over for want of an action plan (rule J5).
    pub waiting: bool,
}

/// The carried layer of each measure, once it has been asked for. Cloning is cheap.
#[derive(Clone, Debug)]
pub(crate) struct Kept(Arc<Vec<OnceLock<KeptLayer>>>);

impl Kept {
    /// Nothing yet.
    pub(crate) fn new(measures: usize) -> Kept {
        Kept(Arc::new(vec![OnceLock::new(); measures]))
    }
}

#[derive(Clone, Debug)]
struct KeptLayer {
    carried: Cube,
    /// The base, where the layer needs it opened further than it is stored.
    opened: Option<Cube>,
    rows: Vec<CarriedRow>,
    through: Option<u32>,
}

impl Plan {
    /// What is carried in a measure; nothing where no act of carrying is in force.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(plan.carried(0).unwrap().is_none());
    /// ```
    pub fn carried(&self, measure: usize) -> Result<Option<Carried<'_>>, PlanError> {
        let Some((act, layer)) = self.kept_layer(measure)? else {
            return Ok(None);
        };
        Ok(Some(Carried {
            view: self.view_on(measure, &layer.carried),
            rule: &act.rule,
            number: act.number,
            rows: layer.rows.clone(),
            through: layer.through,
        }))
    }

    /// The carried layer of a measure, computed where it has not been since the last operation.
    fn kept_layer(&self, measure: usize) -> Result<Option<(&CarryRecord, &KeptLayer)>, PlanError> {
        let mut acts = self.adjustments.carries.iter();
        let Some(act) = acts.rfind(|act| act.measure == measure) else {
            return Ok(None);
        };
        let kept = &self.kept.0[measure];
        if kept.get().is_none()
            && let Some(sheet) = Sheet::of(self, measure, None)?
        {
            let layered = sheet.layered()?;
            let opened = match layered.base {
                Cow::Borrowed(_) => None,
                Cow::Owned(base) => Some(base),
            };
            // Whoever was faster computed the same.
            let _ = kept.set(KeptLayer {
                carried: layered.carried,
                opened,
                rows: layered.rows,
                through: layered.through,
            });
        }
        Ok(kept.get().map(|layer| (act, layer)))
    }

    /// The working targets of a flow: base and what is carried, at every grain. Days and slots are
    /// the calendar's parts of the working target of the period stored above them.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert_eq!(plan.working(0).unwrap().total(), plan.base(0).total());
    /// ```
    pub fn working(&self, measure: usize) -> Result<View<'_>, PlanError> {
        let Some((_, layer)) = self.kept_layer(measure)? else {
            return Ok(self.base(measure));
        };
        let mut working = layer.carried.clone();
        working.add(layer.opened.as_ref().unwrap_or(&self.grid(measure).cube));
        Ok(self.view_of(measure, working))
    }

    /// The working targets of some members (one node per dimension) and of everything below them;
    /// other places read as their base or less than their working target. For one shop among many.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let east = plan.place("region=华东").unwrap();
    /// let working = plan.working_within(0, &east.0[..3]).unwrap();
    /// assert_eq!(working.value(&east), plan.base(0).value(&east));
    /// ```
    pub fn working_within(&self, measure: usize, members: &[u32]) -> Result<View<'_>, PlanError> {
        let working = match Sheet::of(self, measure, Some(members))? {
            None => None,
            Some(sheet) => {
                let layered = sheet.layered()?;
                let mut working = layered.carried;
                working.add(&layered.base);
                Some(working)
            }
        };
        Ok(match working {
            Some(working) => self.view_of(measure, working),
            None => self.base(measure),
        })
    }

    /// Takes an act of carrying in.
    pub(crate) fn carry_forward(
        &mut self,
        number: usize,
        rule: &CarryRule,
    ) -> Result<(), PlanError> {
        let measure = self.model.flow_index(&rule.measure)?;
        let (level, horizon) = self.levels_of(rule)?;
        if let Some(cap) = rule.cap.filter(|cap| cap.is_negative()) {
            return Err(PlanError::Parameter {
                name: "cap".into(),
                value: cap.to_string(),
                zh: "结转上限是基准的一个不小于零的比例",
                en: "the cap is a rate of the base, zero or more",
            });
        }
        let depths = self.roster(measure, &rule.of)?.depths;
        self.note_nothing_counted(measure, &depths, level);
        Arc::make_mut(&mut self.adjustments.carries).push(CarryRecord {
            number,
            measure,
            rule: rule.clone(),
            depths,
            level,
            horizon,
        });
        self.layers.retain(|known| {
            !known.is_carrying() || self.model.flow_index(&known.measure) != Ok(measure)
        });
        self.layers.push(LayerRule::carrying(&rule.measure));
        Ok(())
    }

    /// Says so where there are closes, but none that the rule counts.
    fn note_nothing_counted(&mut self, measure: usize, depths: &[usize], level: usize) {
        let tree = &self.model.axes()[self.model.time()].tree;
        let closes = self.adjustments.closes.iter();
        let mut closes = closes.filter(|close| close.measure == measure).peekable();
        let any = closes.peek().is_some();
        let counts = |close: &Arc<CloseRecord>| {
            tree.depth(close.period) == level && close.is_as_fine_as(depths)
        };
        if !any || closes.any(counts) {
            return;
        }
        self.findings.push(Finding::warning(
            "carry_counts_nothing",
            String::new(),
            "没有一次关账与结转的层级和成员层级相符，暂无可结转".into(),
            "no close is of the level and as fine as the members that are carried".into(),
        ));
    }

    /// Depths of the level and the horizon of a rule. A plan without the horizon's level takes its
    /// next longer one; without a horizon said it is the month for pieces, weeks and days, else the
    /// next longer level.
    fn levels_of(&self, rule: &CarryRule) -> Result<(usize, usize), PlanError> {
        let time = self.model.time();
        let axis = &self.model.axes()[time];
        let depth = self.model.level(time, &rule.level)?;
        let level_at = |depth: usize| {
            let mut nodes = 0..axis.tree.len() as u32;
            let node = nodes.find(|node| axis.tree.depth(*node) == depth);
            node.and_then(|node| axis.time_level_of(node))
        };
        let level = level_at(depth);
        if level.is_none_or(|level| level > Level::Day) {
            let place = rule.level.clone();
            return Err(AdjustError::NotAPeriod { place }.into());
        }
        let asked = match rule.horizon.trim() {
            "" if level > Some(Level::Month) => Level::Month,
            "" => Level::Day,
            text => match Level::parse(text) {
                Ok(asked) => asked,
                Err(_) => {
                    let horizon = self.model.level(time, text)?;
                    level_at(horizon).unwrap_or(Level::Year)
                }
            },
        };
        let longer = |above: &usize| level_at(*above).is_none_or(|level| level <= asked);
        let horizon = (0..depth).rev().find(longer);
        let known = !rule.horizon.trim().is_empty();
        match horizon {
            Some(horizon) if !(known && Some(asked) >= level) => Ok((depth, horizon)),
            _ => Err(AdjustError::HorizonTooShort {
                level: rule.level.clone(),
                horizon: rule.horizon.clone(),
            }
            .into()),
        }
    }
}

//! A request made ready: dimensions with their rows, periods with their places, measures. Knows no
//! lines.

use fenjie_plan::{MeasureKind, Plan};
use fenjie_track::{ActualRequest, Actuals, UNASSIGNED};

use super::MOST_CELLS;
use super::axes::AxisPlan;
use super::pages::Need;
use super::periods::Periods;
use crate::error::FactsError;

/// A request against a plan.
pub(crate) struct Prepared<'p> {
    pub(crate) axes: Vec<AxisPlan<'p>>,
    pub(crate) periods: Periods,
    /// The time nodes asked for.
    pub(crate) wanted: Vec<u32>,
    /// The measures by index, and how each is stored: its code and one of its steps.
    pub(crate) measures: Vec<usize>,
    pub(crate) codes: Vec<String>,
    pub(crate) steps: Vec<String>,
    /// How many cells there may be.
    pub(crate) cells: u64,
    /// For each dimension that is narrowed its codes that count, in the order of their bytes.
    pub(crate) wanted_codes: Vec<Vec<&'p str>>,
}

impl<'p> Prepared<'p> {
    /// The request for these of its measures, with rows at these depths.
    pub(crate) fn new(
        plan: &'p Plan,
        request: &ActualRequest,
        measures: &[usize],
        depths: &[usize],
    ) -> Result<Prepared<'p>, FactsError> {
        let model = plan.model();
        let dimensions = model.axes().len() - 1;
        if depths.len() != dimensions || request.within.len() != dimensions {
            return Err(FactsError::request(
                format!("应有 {dimensions} 个维度"),
                format!("there are {dimensions} dimensions"),
            ));
        }
        let mut axes = Vec::with_capacity(dimensions);
        for (axis, (&depth, &within)) in depths.iter().zip(&request.within).enumerate() {
            let tree = &model.axes()[axis].tree;
            if within as usize >= tree.len() {
                return Err(FactsError::request(
                    format!("维度 `{}` 没有编号为 {within} 的成员", tree.axis()),
                    format!("dimension `{}` has no member {within}", tree.axis()),
                ));
            }
            axes.push(AxisPlan::new(tree, depth, within));
        }
        let mut stride = request.periods.len().max(1) as u128;
        for axis in axes.iter_mut().rev() {
            axis.stride = stride as u64;
            stride *= u128::from(axis.len());
            if stride > MOST_CELLS {
                return Err(FactsError::request(
                    "明细层级太细，组合数超出范围",
                    "the levels are too fine together: there are too many combinations",
                ));
            }
        }
        let wanted = |axis: &AxisPlan<'p>| match axis.is_listed() {
            true => axis.wanted(),
            false => Vec::new(),
        };
        let known = &model.definition().measures;
        let picked = measures.iter().map(|&measure| {
            known.get(measure).ok_or_else(|| {
                FactsError::request(
                    format!("没有编号为 {measure} 的指标"),
                    format!("there is no measure {measure}"),
                )
            })
        });
        let picked = picked.collect::<Result<Vec<_>, _>>()?;
        Ok(Prepared {
            periods: Periods::new(model, &request.periods, request.until)?,
            wanted: request.periods.clone(),
            measures: measures.to_vec(),
            codes: picked.iter().map(|measure| measure.code.clone()).collect(),
            steps: picked
                .iter()
                .map(|measure| measure.step.format(1))
                .collect(),
            cells: stride as u64,
            wanted_codes: axes.iter().map(wanted).collect(),
            axes,
        })
    }

    /// The lines themselves: no measure, every day where no period is named, and for a dimension
    /// perhaps the unknown members alone.
    pub(crate) fn for_lines(
        plan: &'p Plan,
        request: &ActualRequest,
    ) -> Result<Prepared<'p>, FactsError> {
        let mut known = request.clone();
        for node in known.within.iter_mut().filter(|node| **node == UNASSIGNED) {
            *node = 0;
        }
        let mut prepared = Prepared::new(plan, &known, &[], &request.depths)?;
        for (axis, within) in prepared.axes.iter_mut().zip(&request.within) {
            axis.only_unknown = *within == UNASSIGNED;
        }
        if request.periods.is_empty() {
            prepared.periods.take_every_day();
        }
        Ok(prepared)
    }

    /// The columns that a scan reads whatever lies in them.
    pub(crate) fn need(&self, origin: bool) -> Need {
        let clocks = self.periods.own_clocks();
        let has_clock = |axis: usize| clocks.iter().any(|(known, _)| *known == axis);
        let axes = self.axes.iter().enumerate();
        Need {
            axes: axes
                .map(|(at, axis)| axis.matters() || has_clock(at))
                .collect(),
            minutes: self.periods.have_slots() || origin,
            measures: self.codes.clone(),
            origin,
        }
    }

    /// The nodes of a row's number.
    pub(crate) fn nodes(&self, row: u64) -> Vec<u32> {
        let periods = self.wanted.len().max(1) as u64;
        let node = |axis: &AxisPlan<'_>| axis.node(row * periods / axis.stride % axis.len());
        self.axes.iter().map(node).collect()
    }

    /// A result without rows.
    pub(crate) fn empty(&self) -> Actuals {
        Actuals {
            measures: self.measures.clone(),
            periods: self.wanted.clone(),
            members: vec![Vec::new(); self.axes.len()],
            values: vec![Vec::new(); self.measures.len()],
            ..Actuals::default()
        }
    }
}

/// Which of the measures add up, and which are levels; both by their place in the request.
pub(crate) fn kinds(
    plan: &Plan,
    request: &ActualRequest,
) -> Result<(Vec<usize>, Vec<usize>), FactsError> {
    let known = &plan.model().definition().measures;
    let (mut flows, mut levels) = (Vec::new(), Vec::new());
    for (place, &measure) in request.measures.iter().enumerate() {
        match known.get(measure).map(|measure| &measure.kind) {
            Some(MeasureKind::Flow) => flows.push(place),
            Some(MeasureKind::Level(_)) => levels.push(place),
            Some(MeasureKind::Ratio { .. }) => {
                let code = &known[measure].code;
                return Err(FactsError::request(
                    format!("比率指标 `{code}` 没有合计，由分子和分母算出"),
                    format!("ratio `{code}` has no sum; it follows from its two parts"),
                ));
            }
            None => {
                return Err(FactsError::request(
                    format!("没有编号为 {measure} 的指标"),
                    format!("there is no measure {measure}"),
                ));
            }
        }
    }
    Ok((flows, levels))
}

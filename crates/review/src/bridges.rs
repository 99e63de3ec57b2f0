//! What the gap of a period is made of: dimension after dimension, days, price and volume (rule T5).
//! A period that is cut at a month's end is taken apart in each part and added up.

use fenjie_calendar::Level;
use fenjie_plan::Plan;
use fenjie_track::{Actuals, Bridge, BridgeBy, BridgeOf, BridgeRequest};

use crate::asked::ReviewError;
use crate::gather::ReviewRequest;
use crate::label::Label;
use crate::pack::{BridgeLine, BridgeTable};

/// The gap to take apart, and the results to do it with.
pub(crate) struct Gap<'g> {
    pub plan: &'g Plan,
    pub request: &'g ReviewRequest,
    /// Results by each decomposed dimension, then price and volume, by days.
    pub by_axes: &'g [Actuals],
}

/// Every bridge that can be computed.
pub(crate) fn bridges(gap: &Gap<'_>) -> Result<Vec<BridgeTable>, ReviewError> {
    let (plan, request) = (gap.plan, gap.request);
    let axes = request.axes(plan);
    let mut tables = Vec::new();
    for (axis, actuals) in axes.iter().zip(gap.by_axes) {
        if plan.model().axes()[*axis].composition {
            continue;
        }
        let by = Label::same(plan.model().axes()[*axis].name.clone());
        tables.extend(gap.table(by, BridgeBy::Axis(*axis), actuals)?);
    }
    let some = gap.by_axes.first();
    if let (Some(depth), Some(actuals)) = (period_depth(plan, request), some) {
        let by = Label {
            zh: "时间".into(),
            en: "time".into(),
        };
        tables.extend(gap.table(by, BridgeBy::Periods(depth), actuals)?);
    }
    if let (Some(pieces), Some(actuals)) = (request.pieces(plan), gap.by_axes.get(axes.len())) {
        let by = Label {
            zh: "数量与价格".into(),
            en: "volume and price".into(),
        };
        tables.extend(gap.table(by, BridgeBy::PriceVolume(pieces), actuals)?);
    }
    Ok(tables)
}

/// Days of a week, week pieces of a month.
fn period_depth(plan: &Plan, request: &ReviewRequest) -> Option<usize> {
    let time = plan.model().axes().last().expect("time is always there");
    let node = *request.span.nodes.first()?;
    let child = time.tree.children(node).next()?;
    (time.time_level_of(child) != Some(Level::Slot)).then(|| time.tree.depth(child))
}

impl Gap<'_> {
    fn table(
        &self,
        by: Label,
        how: BridgeBy,
        actuals: &Actuals,
    ) -> Result<Option<BridgeTable>, ReviewError> {
        let mut known: Vec<(BridgeOf, BridgeLine)> = Vec::new();
        let mut total = line(Label::default(), 0, 0);
        for node in &self.request.span.nodes {
            let asked = BridgeRequest {
                measure: self.request.measure,
                members: self.request.within.clone(),
                period: *node,
                as_of: self.request.as_of,
                by: how.clone(),
            };
            let bridge = Bridge::new(self.plan, actuals, &asked)?;
            total.target += bridge.target;
            total.actual += bridge.actual;
            total.gap += bridge.gap;
            for part in bridge.parts {
                match known.iter_mut().find(|(of, _)| *of == part.of) {
                    Some((_, line)) => {
                        line.target += part.target;
                        line.actual += part.actual;
                        line.gap += part.gap;
                    }
                    None => {
                        let label = Label {
                            zh: part.label(self.plan, fenjie_message::Lang::Zh),
                            en: part.label(self.plan, fenjie_message::Lang::En),
                        };
                        let mut own = line(label, part.target, part.actual);
                        own.gap = part.gap;
                        known.push((part.of, own));
                    }
                }
            }
        }
        let mut parts: Vec<BridgeLine> = known.into_iter().map(|(_, line)| line).collect();
        if parts.is_empty() {
            return Ok(None);
        }
        if matches!(how, BridgeBy::Axis(_)) {
            parts.sort_by_key(|part| std::cmp::Reverse(part.gap));
        }
        let others = match how {
            BridgeBy::Axis(_) => shortened(&mut parts, self.request.most),
            _ => None,
        };
        Ok(Some(BridgeTable {
            by,
            has_targets: !matches!(how, BridgeBy::PriceVolume(_)),
            parts,
            others,
            total,
        }))
    }
}

/// Leaves the largest parts at both ends and adds up the rest.
fn shortened(parts: &mut Vec<BridgeLine>, most: usize) -> Option<(usize, BridgeLine)> {
    // One part more takes no more room than the line that stands for it.
    if parts.len() <= most.max(2) + 1 {
        return None;
    }
    let ahead = most.max(2) / 3;
    let behind = most.max(2) - ahead;
    let middle: Vec<BridgeLine> = parts.drain(behind..parts.len() - ahead).collect();
    let mut rest = line(
        Label {
            zh: format!("其余 {} 项", middle.len()),
            en: format!("{} others", middle.len()),
        },
        0,
        0,
    );
    for part in &middle {
        rest.target += part.target;
        rest.actual += part.actual;
        rest.gap += part.gap;
    }
    Some((middle.len(), rest))
}

fn line(label: Label, target: i64, actual: i64) -> BridgeLine {
    BridgeLine {
        label,
        target,
        actual,
        gap: target - actual,
    }
}

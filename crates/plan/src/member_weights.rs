//! Weights that members carry: given by name, from attributes, as shares, as growth rates. One whole
//! number per node of the tree; knows nothing of cubes.

use num_bigint::BigUint;
use rustc_hash::FxHashMap;

use crate::decimal::Decimal;
use crate::error::PlanError;
use crate::model::Model;
use crate::tree::{Attribute, AttributeValues, Tree};
use crate::weigher::Weigher;

/// Weights by member: a node's own, or else the sum of its children's.
pub(crate) fn given(
    model: &Model,
    axis: usize,
    depth: usize,
    weights: &[(String, Decimal)],
) -> Result<Weigher, PlanError> {
    let tree = &model.axes()[axis].tree;
    let mut own: Vec<Option<Decimal>> = vec![None; tree.len()];
    for (member, weight) in weights {
        let node = model.member_on(axis, member)?;
        if tree.depth(node) > depth {
            return Err(PlanError::NotAChild {
                member: member.clone(),
                level: tree.level_name(depth).into(),
            });
        }
        own[node as usize] = Some(*weight);
    }
    node_weights(model, axis, &own)
}

pub(crate) fn attributes(
    model: &Model,
    axis: usize,
    names: &[String],
) -> Result<Weigher, PlanError> {
    let tree = &model.axes()[axis].tree;
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        found.push(
            tree.attribute(name)
                .ok_or_else(|| PlanError::AttributeUnknown {
                    axis: model.axes()[axis].code.clone(),
                    attribute: name.clone(),
                    known: tree.attribute_names().map(str::to_owned).collect(),
                })?,
        );
    }
    if let [one] = found[..]
        && let Some(weights) = narrow_weights(tree, one)
    {
        return Ok(Weigher::Nodes(weights));
    }
    let mut own: Vec<Option<Decimal>> = vec![None; tree.len()];
    for (node, slot) in (0u32..).zip(&mut own) {
        let values: Option<Vec<Decimal>> = found.iter().map(|known| known.value(node)).collect();
        let Some(values) = values else { continue };
        let product = values
            .iter()
            .try_fold(Decimal::ONE, |product, value| product.times(*value));
        *slot = Some(product.ok_or_else(|| PlanError::Parameter {
            name: names.join(" × "),
            value: tree.name(node).into(),
            zh: "属性相乘后位数太多",
            en: "the product of the attributes has too many digits",
        })?);
    }
    node_weights(model, axis, &own)
}

/// Weights from one attribute without a detour over decimals; nothing where a value is negative or a
/// sum is too large, which the long way round explains.
fn narrow_weights(tree: &Tree, attribute: &Attribute) -> Option<Vec<u64>> {
    let AttributeValues::Narrow { digits, .. } = &attribute.values else {
        return None;
    };
    let mut sums = vec![0u64; tree.len()];
    for node in (0..tree.len() as u32).rev() {
        let own = digits[node as usize];
        if own != i64::MIN {
            sums[node as usize] = u64::try_from(own).ok()?;
        }
        if let Some(parent) = tree.parent(node)
            && digits[parent as usize] == i64::MIN
        {
            let sum = sums[parent as usize].checked_add(sums[node as usize])?;
            sums[parent as usize] = (sum <= 1 << 62).then_some(sum)?;
        }
    }
    Some(sums)
}

fn node_weights(model: &Model, axis: usize, own: &[Option<Decimal>]) -> Result<Weigher, PlanError> {
    let tree = &model.axes()[axis].tree;
    let scale = own
        .iter()
        .flatten()
        .map(|weight| weight.scale())
        .max()
        .unwrap_or(0);
    let mut sums = vec![BigUint::ZERO; tree.len()];
    for node in (0..tree.len() as u32).rev() {
        if let Some(weight) = own[node as usize] {
            let digits =
                u128::try_from(weight.digits()).map_err(|_| PlanError::WeightNegative {
                    place: format!("{}={}", model.axes()[axis].code, tree.code(node)),
                    value: weight.to_string(),
                })?;
            // An attribute of a parent stands for the whole; its children keep theirs.
            let power = BigUint::from(10u32).pow(scale - weight.scale());
            sums[node as usize] = BigUint::from(digits) * power;
        }
        if let Some(parent) = tree.parent(node)
            && own[parent as usize].is_none()
        {
            let sum = std::mem::take(&mut sums[parent as usize]) + &sums[node as usize];
            sums[parent as usize] = sum;
        }
    }
    if sums.iter().any(|sum| sum.bits() > 62) {
        return Ok(Weigher::WideNodes(sums));
    }
    let narrow = |sum: &BigUint| u64::try_from(sum).expect("62 bits fit");
    Ok(Weigher::Nodes(sums.iter().map(narrow).collect()))
}

/// Shares under one parent must be 100 % (rules D2, D10).
pub(crate) fn check_whole(
    model: &Model,
    axis: usize,
    shares: &[(String, Decimal)],
) -> Result<(), PlanError> {
    let tree = &model.axes()[axis].tree;
    let mut by_parent: FxHashMap<u32, Vec<(String, Decimal)>> = FxHashMap::default();
    let mut order = Vec::new();
    for (member, share) in shares {
        let node = model.member_on(axis, member)?;
        let parent = tree.parent(node).unwrap_or(0);
        if !by_parent.contains_key(&parent) {
            order.push(parent);
        }
        by_parent
            .entry(parent)
            .or_default()
            .push((member.clone(), *share));
    }
    for parent in order {
        let place = format!("{}={}", model.axes()[axis].code, tree.name(parent));
        whole_scale(&place, &by_parent[&parent])?;
    }
    Ok(())
}

/// The common scale of shares that sum to one.
pub(crate) fn whole_scale(place: &str, shares: &[(String, Decimal)]) -> Result<u32, PlanError> {
    let mut sum = Some(Decimal::ZERO);
    for (member, share) in shares {
        if share.is_negative() {
            return Err(PlanError::WeightNegative {
                place: format!("{place}, {member}"),
                value: share.to_string(),
            });
        }
        sum = sum.and_then(|known| known.plus(*share));
    }
    if sum != Some(Decimal::ONE) {
        let percent = sum.and_then(|sum| sum.times(Decimal::new(100, 0)));
        let sum = percent.map_or("?".into(), |percent| format!("{percent}%"));
        return Err(PlanError::SharesNotWhole {
            place: place.into(),
            sum,
        });
    }
    Ok(shares
        .iter()
        .map(|(_, share)| share.scale())
        .max()
        .unwrap_or(0))
}

pub(crate) fn growth_factors(
    model: &Model,
    axis: usize,
    rates: &[(String, Decimal)],
    otherwise: Decimal,
) -> Result<Vec<u64>, PlanError> {
    let tree = &model.axes()[axis].tree;
    let scale = rates
        .iter()
        .map(|(_, rate)| rate.scale())
        .chain([otherwise.scale()])
        .max();
    let scale = scale.unwrap_or(0);
    let factor = |rate: Decimal| {
        let grown = rate
            .plus(Decimal::ONE)
            .and_then(|grown| grown.at_scale(scale));
        grown
            .and_then(|grown| u64::try_from(grown).ok())
            .ok_or_else(|| PlanError::Parameter {
                name: "growth".into(),
                value: rate.to_string(),
                zh: "增长率不能低于 -100%,位数也不能太长",
                en: "a growth rate is at least -100 % and of moderate length",
            })
    };
    let mut factors = vec![factor(otherwise)?; tree.len()];
    let mut named: Vec<(u32, Decimal)> = Vec::new();
    for (member, rate) in rates {
        named.push((model.member_on(axis, member)?, *rate));
    }
    named.sort_by_key(|(node, _)| *node);
    for (node, rate) in named {
        let factor = factor(rate)?;
        factors[node as usize..tree.end(node) as usize].fill(factor);
    }
    Ok(factors)
}

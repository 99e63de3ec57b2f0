//! The members of a grain, their names, and sums over them. Knows no time.

use fenjie_message::Lang;
use fenjie_plan::{Place, Plan, PlanError};

/// Every combination of members that the grain names, in the plan's order: one node per dimension.
///
/// # Errors
/// A grain that the plan does not have.
pub fn members(plan: &Plan, measure: usize, of: &str) -> Result<Vec<Vec<u32>>, PlanError> {
    let dimensions = plan.model().axes().len() - 1;
    if dimensions == 0 || of.trim().is_empty() {
        return Ok(vec![vec![0; dimensions]]);
    }
    let grain = plan.grain(measure, of)?;
    let base = plan.base(measure);
    let mut rows = vec![Vec::with_capacity(dimensions)];
    for axis in 0..dimensions {
        let nodes = base.nodes(axis, &grain);
        let longer = |row: &Vec<u32>| -> Vec<Vec<u32>> {
            let with = |node: &u32| row.iter().copied().chain([*node]).collect();
            nodes.iter().map(with).collect()
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    Ok(rows)
}

/// Members as an address: `store=S1`; `*` for everyone.
pub fn address(plan: &Plan, members: &[u32]) -> String {
    let place = Place(members.iter().copied().chain([0]).collect());
    plan.model().place_text(&place)
}

/// Members as people call them: code and name of each, everyone where none is named.
pub fn name(plan: &Plan, members: &[u32], lang: Lang) -> String {
    let named = members.iter().zip(plan.model().axes());
    let named = named.filter(|(node, _)| **node != 0).map(|(node, axis)| {
        let (code, name) = (axis.tree.code(*node), axis.tree.name(*node));
        match code == name {
            true => code.to_owned(),
            false => format!("{code} {name}"),
        }
    });
    let names: Vec<String> = named.collect();
    match names.is_empty() {
        true => lang.pick("合计", "total").to_owned(),
        false => names.join(" · "),
    }
}

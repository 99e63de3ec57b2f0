//! Held-back lines (预留): where operations will need one, the tree gets it before anything is
//! computed, so that node numbers never change afterward. Knows which operations ask for it.

use crate::definition::Definition;
use crate::error::PlanError;
use crate::operation::Operation;
use crate::tree::HOLD_BACK_MARK;

/// The definition with a held-back line under every parent that an operation keeps something at.
pub(crate) fn with_lines(
    mut definition: Definition,
    operations: &[Operation],
    in_force: &[usize],
) -> Result<Definition, PlanError> {
    for dimension in &mut definition.dimensions {
        let mut parents: Vec<u32> = Vec::new();
        for number in in_force {
            match &operations[number - 1] {
                Operation::Decompose(act) if act.hold_back.is_some() => {
                    let axis = act.axis.split('.').next().unwrap_or(&act.axis);
                    let tree = &dimension.tree;
                    let level = act.axis.split('.').nth(1).unwrap_or(&act.level);
                    let depth = tree
                        .level_depth(level)
                        .or_else(|| tree.level_depth(&act.axis));
                    if axis != dimension.code && axis != dimension.name && depth.is_none() {
                        continue;
                    }
                    let deepest = depth.unwrap_or(1);
                    parents.extend(
                        (0..tree.len() as u32)
                            .filter(|node| !tree.is_leaf(*node) && tree.depth(*node) < deepest),
                    );
                }
                Operation::Leave {
                    member,
                    successor: None,
                    ..
                } => {
                    let named = member.0.iter().find_map(|(_, member)| {
                        dimension.tree.find(member).ok().filter(|node| *node != 0)
                    });
                    parents.extend(named.and_then(|node| dimension.tree.parent(node)));
                }
                _ => {}
            }
        }
        parents.sort_unstable();
        parents.dedup();
        parents.retain(|parent| {
            let code = format!("{}{HOLD_BACK_MARK}", dimension.tree.code(*parent));
            dimension.tree.find(&code).is_err()
        });
        if !parents.is_empty() {
            dimension.tree = dimension
                .tree
                .with_hold_back(&parents)
                .expect("a tree stays a tree");
        }
    }
    Ok(definition)
}

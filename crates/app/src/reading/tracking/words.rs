//! Figures of tracking as texts: exact decimals, never floats. Must not know where they come from.

use fenjie_plan::{Decimal, Plan};
use fenjie_track::{Ratio, UNASSIGNED};

/// A ratio as a decimal with six digits: `0.831200`.
pub(super) fn ratio(ratio: Ratio) -> String {
    Decimal::new(i128::from(ratio.rounded(6)), 6).to_string()
}

/// The address of some members; `unassigned` where nobody is known.
pub(super) fn members_at(plan: &Plan, members: &[u32]) -> String {
    let axes = plan.model().axes();
    let named = members.iter().zip(axes).filter(|(node, _)| **node != 0);
    let parts: Vec<String> = named
        .map(|(node, axis)| match *node {
            UNASSIGNED => format!("{}=~unassigned", axis.code),
            node => format!("{}={}", axis.code, axis.tree.code(node)),
        })
        .collect();
    parts.join(", ")
}

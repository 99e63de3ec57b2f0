//! The rows that results are kept for: the members of a grain, put in order. Knows no amounts.

use crate::error::PlanError;
use crate::frontier::each_combination;
use crate::state::Plan;
use crate::tree::NodeKind;
use crate::view::Grain;

/// Rows of members: every combination of one node per dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Roster {
    /// For each dimension the depth; 0 is the total.
    pub(crate) depths: Vec<usize>,
    /// For each dimension the nodes, in order.
    pub(crate) lists: Vec<Vec<u32>>,
}

impl Roster {
    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.lists.iter().map(Vec::len).product()
    }

    /// Which row some members are.
    pub(crate) fn ordinal(&self, members: &[u32]) -> Option<usize> {
        let mut ordinal = 0;
        for (list, node) in self.lists.iter().zip(members) {
            ordinal = ordinal * list.len() + list.binary_search(node).ok()?;
        }
        Some(ordinal)
    }

    /// Visits the rows in order: which one, and its members.
    pub(crate) fn each(&self, mut visit: impl FnMut(usize, &[u32])) {
        let lists: Vec<&[u32]> = self.lists.iter().map(Vec::as_slice).collect();
        let mut ordinal = 0;
        each_combination(&lists, |members| {
            visit(ordinal, members);
            ordinal += 1;
        });
    }

    /// The sum of a column of values over the rows at or below some members.
    pub(crate) fn sum_below(&self, plan: &Plan, members: &[u32], values: &[i64]) -> i64 {
        let mut lists: Vec<Vec<u32>> = Vec::with_capacity(self.lists.len());
        for (axis, (list, node)) in self.lists.iter().zip(members).enumerate() {
            let end = plan.model.axes()[axis].tree.end(*node);
            let first = list.partition_point(|known| known < node);
            let last = list.partition_point(|known| *known < end);
            lists.push((first as u32..last as u32).collect());
        }
        let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        let mut sum = 0i64;
        each_combination(&slices, |at| {
            let place =
                |ordinal: usize, (list, at): (&Vec<u32>, &u32)| ordinal * list.len() + *at as usize;
            sum = sum.saturating_add(values[self.lists.iter().zip(at).fold(0, place)]);
        });
        sum
    }
}

impl Plan {
    /// The rows of a grain written as text: `region`, `org.store`; the finest level of the first
    /// dimension that is decomposed to where empty; everybody as one row
    /// for `*`.
    pub(crate) fn roster(&self, measure: usize, of: &str) -> Result<Roster, PlanError> {
        let time = self.model.time();
        let all = self.grain(measure, "stored")?.depths;
        let mut depths = match of.trim() {
            "" => {
                let first = |(axis, depth): (usize, &usize)| if axis == 0 { *depth } else { 0 };
                all.iter().enumerate().map(first).collect()
            }
            "stored" | "finest" => all,
            "*" => vec![0; time],
            of => {
                let depths = self.grain(measure, of)?.depths;
                if depths[time] > 0 {
                    return Err(crate::AdjustError::MembersOnly { place: of.into() }.into());
                }
                depths
            }
        };
        depths.truncate(time);
        Ok(self.roster_at(measure, depths))
    }

    /// The rows at some depths.
    pub(crate) fn roster_at(&self, measure: usize, depths: Vec<usize>) -> Roster {
        let base = self.base(measure);
        let mut grain = Grain { depths };
        grain.depths.push(0);
        let axes = 0..self.model.time();
        let lists = axes.map(|axis| base.nodes(axis, &grain)).collect();
        grain.depths.pop();
        Roster {
            depths: grain.depths,
            lists,
        }
    }

    /// Whether some members are a held-back line: nobody is there to sell, so nothing is carried.
    pub(crate) fn is_held_back(&self, members: &[u32]) -> bool {
        let kind = |(axis, node): (usize, &u32)| self.model.axes()[axis].tree.kind(*node);
        let kinds = members.iter().enumerate().map(kind);
        kinds.into_iter().any(|kind| kind == NodeKind::HoldBack)
    }

    /// A grain in words, for messages: `region`, `*` for the total.
    pub(crate) fn grain_text(&self, depths: &[usize]) -> String {
        let named = depths.iter().enumerate().filter(|(_, depth)| **depth > 0);
        let level = |(axis, depth): (usize, &usize)| {
            self.model.axes()[axis].tree.level_name(*depth).to_owned()
        };
        let parts: Vec<String> = named.map(level).collect();
        if parts.is_empty() {
            "*".into()
        } else {
            parts.join(", ")
        }
    }
}

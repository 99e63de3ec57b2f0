//! The names of members. Knows no time.

pub use fenjie_facts::closing::members;
use fenjie_message::Lang;
use fenjie_plan::{Place, Plan};

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

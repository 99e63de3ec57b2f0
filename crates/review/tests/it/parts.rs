//! Packs about a part of a plan (rule R3).

use fenjie_message::Lang;
use fenjie_review::{Span, markdown};

use crate::chain::{gathered, pack, plan, request};
use crate::weeks::SALES;

/// A pack about one part says nothing of the others, and its figures are those of the whole pack.
#[test]
fn a_part_is_told_of_itself() {
    let plan = plan();
    let span = Span::month(&plan, "2026-03").unwrap();
    let whole = pack(&plan, span.clone(), "2026-03-18", &SALES);
    let tree = &plan.model().axes()[0].tree;
    for node in 1..tree.len() as u32 {
        let depth = tree.depth(node);
        let mut request = request(&plan, span.clone(), "2026-03-18");
        request.within = vec![node];
        request.depths = vec![depth.max(2)];
        let part = gathered(&plan, &request, &SALES);
        let others = (1..tree.len() as u32).filter(|other| !tree.contains(node, *other));
        for lang in [Lang::Zh, Lang::En] {
            let text = markdown(&part.document(lang));
            for other in others.clone() {
                assert!(
                    !text.contains(tree.name(other)),
                    "{}: {text}",
                    tree.name(other)
                );
            }
        }
        for own in part.people.need_help.iter().chain(&part.people.champions) {
            let all = whole.people.need_help.iter().chain(&whole.people.champions);
            for same in all.filter(|same| same.members == own.members) {
                assert_eq!(same.month.target, own.month.target);
                assert_eq!(same.month.actual, own.month.actual);
                assert_eq!(same.span.gap, own.span.gap);
            }
        }
        for bridge in &part.bridges {
            assert_eq!(bridge.total.gap, part.bridges[0].total.gap);
        }
        // Alone, it has no parts at all.
        request.depths = vec![depth];
        request.deepest = vec![depth];
        let alone = gathered(&plan, &request, &SALES);
        let text = markdown(&alone.document(Lang::En));
        for other in (1..tree.len() as u32).filter(|other| *other != node) {
            assert!(
                !text.contains(tree.name(other)),
                "{}: {text}",
                tree.name(other)
            );
        }
    }
}

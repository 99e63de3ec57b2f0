//! What is applied can be taken back without a trace, and touches nothing outside its footprint.

use fenjie_plan::{Footprint, Operation, Place, Plan};
use proptest::prelude::*;

use crate::properties::{PLAN, day_step, opened, places, step};
use crate::{script, steps};

const DAYS: &str =
    "org: 张三 3, 李四 2, 王五 4 | time: 2026-03..2026-04 by month piece day | step 0.01";

fn is_outside(plan: &Plan, footprint: &Footprint, place: &Place) -> bool {
    let trees = plan.model().axes().iter().map(|axis| &axis.tree);
    let nodes: Vec<_> = trees
        .zip(&place.0)
        .map(|(tree, node)| *node..tree.end(*node))
        .collect();
    let meets = |(own, range): (&Vec<std::ops::Range<u32>>, &std::ops::Range<u32>)| {
        own.iter()
            .any(|own| own.start < range.end && range.start < own.end)
    };
    !footprint.is_everything()
        && !footprint
            .boxes()
            .iter()
            .any(|touched| touched.measure == 0 && touched.axes.iter().zip(&nodes).all(meets))
}

fn check(definition: &str, open: &[Operation], texts: &[String]) -> Result<(), TestCaseError> {
    let mut plan = Plan::replay(script::definition(definition), open).unwrap();
    for text in texts {
        let operation = steps::operations(text).remove(0);
        let before = plan.clone();
        let Ok((change, reversal)) = plan.apply_reversibly(operation.clone()) else {
            continue;
        };
        let applied = plan.content_hash();
        let axes = |plan: &Plan| -> usize {
            let axes = plan.model().axes().iter();
            axes.map(|axis| axis.tree.len()).sum()
        };
        if axes(&plan) == axes(&before) && !change.footprint.is_everything() {
            for place in places(&plan) {
                if is_outside(&plan, &change.footprint, &place) {
                    prop_assert_eq!(plan.value(0, &place), before.value(0, &place), "{}", text);
                }
            }
        }
        plan.take_back(reversal);
        prop_assert_eq!(plan.content_hash(), before.content_hash(), "{}", text);
        prop_assert_eq!(plan.operations(), before.operations());
        prop_assert_eq!(plan.holds(), before.holds());
        prop_assert_eq!(plan.findings().len(), before.findings().len());
        prop_assert_eq!(plan.apply(operation).unwrap(), change);
        prop_assert_eq!(plan.content_hash(), applied);
        prop_assert!(plan.verify().is_ok());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_step_taken_back_leaves_no_trace(texts in prop::collection::vec(step(), 1..10)) {
        check(PLAN, &opened(), &texts)?;
    }

    #[test]
    fn nor_does_one_that_opens_days(texts in prop::collection::vec(day_step(), 1..8)) {
        let open = steps::operations("total 10000; decompose org by weight; decompose time.month");
        check(DAYS, &open, &texts)?;
    }
}

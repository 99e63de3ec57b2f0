//! What an edit costs does not grow with the plan: one cell of a million is typed about as fast as one
//! of ten thousand.

use std::time::{Duration, Instant};

use fenjie_plan::{Plan, Tree};

use crate::{script, steps};

/// A plan of so many members over a hundred days.
fn plan(members: usize) -> Plan {
    let names: Vec<String> = (0..members).map(|number| format!("M{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = "org: A | time: 2026-01-01..2026-04-10 by month day | step 0.01";
    let mut definition = script::definition(text);
    definition.dimensions[0].tree = Tree::flat("org", "all", &names).unwrap();
    let open = "total 100000000; decompose org by equal; decompose time.month; decompose time.day by days; \
                set org=M1, day=2026-01-03 to +1";
    Plan::replay(definition, &steps::operations(open)).unwrap()
}

/// The middle one of many edits of single cells, each taken back again.
fn cost(plan: &mut Plan) -> Duration {
    let days = ["2026-01-05", "2026-02-17", "2026-03-30"];
    let mut took: Vec<Duration> = (0..300)
        .map(|number| {
            let text = format!(
                "set org=M{}, day={} to +1.00",
                number % 90,
                days[number % 3]
            );
            let operation = steps::operations(&text).remove(0);
            let began = Instant::now();
            let (change, reversal) = plan.apply_reversibly(operation).unwrap();
            assert_eq!(change.cells_changed, 1);
            plan.take_back(reversal);
            began.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[took.len() / 2]
}

#[test]
fn a_cell_of_a_million_is_typed_as_fast_as_one_of_ten_thousand() {
    let (mut small, mut large) = (plan(100), plan(10_000));
    assert_eq!(small.base(0).cell_count(), 10_000);
    assert_eq!(large.base(0).cell_count(), 1_000_000);
    let (low, high) = (cost(&mut small), cost(&mut large));
    println!("an edit on 10^4 cells {low:?}, on 10^6 cells {high:?}");
    // Twice is promised; a machine that does other things too is given some more.
    assert!(high < low * 4, "{low:?} and {high:?}");
}

//! The log: numbers, undo, replay, differences between two plans.

use expect_test::expect;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Operation, Plan, diff};

use crate::table::{check, plan};
use crate::{script, steps};

const REGIONS: &str = "region: 华东 3, 华南 1";
const OPEN: &str = "total 400; decompose region by weight";

#[test]
fn an_undone_step_is_as_if_it_had_never_been() {
    check(
        REGIONS,
        &format!("{OPEN}; set region=华东 to 100; undo 3"),
        expect![[r#"
                  全部
            全部   400
            华东   300
            华南   100
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; set region=华东 to 100; undo 3; undo 4"),
        expect![[r#"
                  全部
            全部   200
            华东   100
            华南   100
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; undo 2"),
        expect![[r#"
              全部
        全部   400
    "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; undo 3"),
        expect![[r#"
        cannot_undo: step 3: step 3 cannot be undone
    "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; undo 0"),
        expect![[r#"
        cannot_undo: step 3: step 0 cannot be undone
    "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; set region=华东 to 100; undo 2"),
        expect![[r#"
            place_not_decomposed: step 3: region=华东 has not been decomposed yet (axis `region`)
            hint: add a `decompose` step that brings the axis to that level first
        "#]],
    );
}

#[test]
fn a_live_plan_undoes_and_goes_on_counting() {
    let mut live = plan(REGIONS, OPEN);
    let apply = |live: &mut Plan, step: &str| {
        let refused = live.apply(steps::operations(step).remove(0)).err();
        let total = live.base(0).total();
        let refused = refused.map_or(String::new(), |refusal| refusal.text(Lang::En));
        format!("{step}: {total} {refused}\n")
    };
    let mut lines = String::new();
    for step in [
        "set region=华东 to 100",
        "undo 3",
        "set region=华南 to 900",
        "undo 4",
        "undo 5",
        "undo 9",
        "undo 1",
        "hold region=华东",
        "set * to 50",
    ] {
        lines.push_str(&apply(&mut live, step));
    }
    expect![[r#"
        set region=华东 to 100: 200 
        undo 3: 400 
        set region=华南 to 900: 1200 
        undo 4: 1000 
        undo 5: 200 
        undo 9: 200 step 8: step 9 cannot be undone
        undo 1: 100 
        hold region=华东: 100 
        set * to 50: 100 step 10: the total 50 of * is less than the held 100: `region=华东 100`
    "#]]
    .assert_eq(&lines);
}

#[test]
fn a_live_plan_grows_a_held_back_line() {
    let definition = script::definition("org > region person: 华东[张三 2, 李四 1], 华南[王五 1]");
    let all = steps::operations(
        "total 1000; decompose org.region; decompose org.person by weight with back 10%; leave org=张三 on 2026-05-01",
    );
    let mut live = Plan::new(definition.clone()).unwrap();
    for operation in &all {
        live.apply(operation.clone()).unwrap();
    }
    assert_eq!(
        live.content_hash(),
        Plan::replay(definition, &all).unwrap().content_hash()
    );
    live.apply(Operation::Undo { sequence: 3 }).unwrap_err();
    live.apply(Operation::Undo { sequence: 4 }).unwrap();
    live.apply(Operation::Undo { sequence: 3 }).unwrap();
    assert_eq!(
        live.model().axes()[0].tree.len(),
        6,
        "the lines went with the steps"
    );
}

#[test]
fn a_difference_lists_cells_and_totals() {
    let before = plan(REGIONS, OPEN);
    let after = plan("region: 华东 3, 华南 1, 华北 1", OPEN);
    assert!(diff(&before, &before).is_empty());
    let difference = diff(&before, &after);
    let rows: Vec<String> = difference
        .rows
        .iter()
        .map(|row| format!("{} {:?} → {:?}", row.address, row.before, row.after))
        .collect();
    expect![[r#"
        (
            [
                "region=华北 None → Some(80)",
                "region=华东 Some(300) → Some(240)",
                "region=华南 Some(100) → Some(80)",
            ],
            0,
            1,
            [
                (
                    "sales",
                    Some(
                        400,
                    ),
                    Some(
                        400,
                    ),
                ),
            ],
        )
    "#]]
    .assert_debug_eq(&(
        rows,
        difference.only_before,
        difference.only_after,
        difference.totals,
    ));
}

#[test]
fn a_plan_without_dimensions_or_steps() {
    check(
        "time: 2026-01..2026-02 by month",
        "total 5; decompose time.month; set month=2026-01 to 4 keep total",
        expect![[r#"
                  全部  2026-01  2026-02
            全部     5        4        1
        "#]],
    );
    check(
        "region: 华东",
        "total 0; decompose region; set region=华东 to 5; set region=华东 to -5",
        expect![[r#"
                  全部
            全部     0
            华东     0
        "#]],
    );
    check(
        "region: 华东",
        "",
        expect![[r#"
              全部
        全部     0
    "#]],
    );
}

#[test]
fn a_plan_without_measures_or_time() {
    let mut definition = script::definition(REGIONS);
    definition.measures.clear();
    let refusal = Plan::replay(definition.clone(), &steps::operations(OPEN)).unwrap_err();
    assert_eq!(refusal.code(), "measure_unknown");
    let mut empty = Plan::new(definition).unwrap();
    empty.apply(Operation::Undo { sequence: 1 }).unwrap_err();
    let mut definition = script::definition(REGIONS);
    definition.time_levels.clear();
    let refusal = Plan::new(definition)
        .map(|_| ())
        .map_err(|error| error.code());
    expect![[r#"
        Err(
            "levels_do_not_nest",
        )
    "#]]
    .assert_debug_eq(&refusal);
}

//! Typing into totals and leaves, transfer, reallocate, commitments (rules D6–D8).

use expect_test::expect;

use crate::table::{check, plan};

const GRID: &str = "region: 华东 3, 华南 1 | time: 2026-01..2026-03 by month";
const OPEN: &str = "total 1200; decompose region by weight; decompose time.month by pattern 1 2 3";
const ORG: &str = "org > region person: 华东[张三 2, 李四 1], 华南[王五 1, 赵六 2]";
const PEOPLE: &str = "total 600; decompose org.person by weight";

#[test]
fn a_total_goes_down_in_proportion_on_every_axis() {
    check(
        GRID,
        &format!("{OPEN}; set * to +10%"),
        expect![[r#"
              全部  2026-01  2026-02  2026-03
        全部  1320      220      440      660
        华东   990      165      330      495
        华南   330       55      110      165
    "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; set month=2026-02 to -40"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1160      200      360      600
            华东   870      150      270      450
            华南   290       50       90      150
        "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; set region=华南 to 0"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部   900      150      300      450
            华东   900      150      300      450
            华南     0        0        0        0
        "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; set region=华南 to 0; set region=华南 to 30"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部   930      160      310      460
            华东   900      150      300      450
            华南    30       10       10       10
        "#]],
    );
}

#[test]
fn a_leaf_moves_its_ancestors_or_its_siblings() {
    let at = "set region=华东, month=2026-03 to 500";
    check(
        GRID,
        &format!("{OPEN}; {at}"),
        expect![[r#"
              全部  2026-01  2026-02  2026-03
        全部  1250      200      400      650
        华东   950      150      300      500
        华南   300       50      100      150
    "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; {at} keep total"),
        expect![[r#"
              全部  2026-01  2026-02  2026-03
        全部  1200      187      373      640
        华东   920      140      280      500
        华南   280       47       93      140
    "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; {at} keep time"),
        expect![[r#"
              全部  2026-01  2026-02  2026-03
        全部  1200      183      367      650
        华东   900      133      267      500
        华南   300       50      100      150
    "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; {at} keep region"),
        expect![[r#"
              全部  2026-01  2026-02  2026-03
        全部  1200      200      400      600
        华东   950      150      300      500
        华南   250       50      100      100
    "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; {at} keep ancestors"),
        expect![[r#"
              全部  2026-01  2026-02  2026-03
        全部  1200      200      400      600
        华东   900      133      267      500
        华南   300       67      133      100
    "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; set region=华东 to 1300 keep total"),
        expect![[r#"
            holds_exceed_total: step 4: the total 1200 of * is less than the held 1300: `region=华东 1300`
            hint: raise the total, or release one of the holds
        "#]],
    );
}

#[test]
fn what_cannot_be_typed() {
    check(
        GRID,
        &format!("{OPEN}; set region=华东 to -1000"),
        expect![[r#"
            target_negative: step 4: region=华东 would become negative: -100
            hint: a target is zero or more; take away less
        "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; set region=华东 to 12.5"),
        expect![[r#"
            amount_not_multiple: step 4: region=华东: `12.5` is not a whole number of steps of 1; the nearest are 12 and 13
        "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; set region=华中 to 5"),
        expect![[r#"
            member_unknown: step 4: axis `region` has no member `华中`
            hint: the nearest are `华东`, `华南`
        "#]],
    );
    check(
        GRID,
        "total 5; set region=华东 to 5",
        expect![[r#"
        place_not_decomposed: step 2: region=华东 has not been decomposed yet (axis `region`)
        hint: add a `decompose` step that brings the axis to that level first
    "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; set month=2026-07 to 5"),
        expect![[r#"
            member_unknown: step 4: axis `time` has no member `2026-07`
            hint: the nearest are `2026年1月`, `2026年2月`, `2026年3月`
        "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; profit: set * to 5"),
        expect![[r#"
        measure_unknown: step 4: the plan has no measure `profit`
        hint: there is `sales`
    "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; set region=华东, month=2026-01 to 9223372036854775807"),
        expect![[r#"
            amount_out_of_range: step 4: the amount of region=华东, month=2026-01 is out of range
            hint: amounts are 64-bit counts of the measure's step; a coarser step brings them into range
        "#]],
    );
    check(
        GRID,
        "total 9223372036854775808",
        expect![[r#"
        amount_out_of_range: step 1: total: `9223372036854775808` is beyond 64 bits in steps of 1
    "#]],
    );
}

#[test]
fn the_change_says_what_moves() {
    let mut plan = plan(GRID, OPEN);
    let set = crate::steps::operations("set region=华东 to +90").remove(0);
    let change = plan.apply(set).unwrap();
    let movers: Vec<String> = change
        .movers
        .iter()
        .map(|mover| {
            let place = plan.model().place_text(&mover.place);
            format!("{place}: {} → {}", mover.before, mover.after)
        })
        .collect();
    let totals = (change.total_before, change.total_after);
    expect![[r#"
        (
            3,
            6,
            (
                1200,
                1290,
            ),
            [
                "region=华东, month=2026-03: 450 → 495",
                "region=华东, month=2026-02: 300 → 330",
                "region=华东, month=2026-01: 150 → 165",
            ],
        )
    "#]]
    .assert_debug_eq(&(change.cells_changed, change.cells, totals, movers));
}

#[test]
fn a_transfer_leaves_every_other_total() {
    check(
        GRID,
        &format!("{OPEN}; transfer 60 from region=华东 to region=华南"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1200      200      400      600
            华东   840      140      280      420
            华南   360       60      120      180
        "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; transfer 60 from month=2026-03 to month=2026-01"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1200      260      400      540
            华东   900      195      300      405
            华南   300       65      100      135
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; transfer 60 from org=张三 to org=王五"),
        expect![[r#"
                  全部
            全部   600
            华东   240
            张三   140
            李四   100
            华南   360
            王五   160
            赵六   200
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; transfer 60 from org=华东 to org=王五"),
        expect![[r#"
                  全部
            全部   600
            华东   240
            张三   160
            李四    80
            华南   360
            王五   160
            赵六   200
        "#]],
    );
    check(
        GRID,
        &format!(
            "{OPEN}; set region=华南, month=2026-03 to 0; transfer 100 from region=华东 to region=华南"
        ),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1050      200      400      450
            华东   800      133      267      400
            华南   250       67      133       50
        "#]],
    );
}

#[test]
fn a_transfer_that_cannot_be() {
    check(
        ORG,
        &format!("{PEOPLE}; transfer 60 from org=华东 to org=张三"),
        expect![[r#"
            parameter_invalid: step 3: `transfer` = org=华东 → org=张三: the two places must not have cells in common
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; transfer 999 from org=华东 to org=华南"),
        expect![[r#"
            target_negative: step 3: org=华东 would become negative: -699
            hint: a target is zero or more; take away less
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; hold org=华东; transfer 9 from org=张三 to org=王五"),
        expect![[r#"
            place_held: step 4: org=华东 is held by 王芳 (新店开业)
            hint: release the hold first
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; hold org=华东; transfer 9 from org=张三 to org=李四"),
        expect![[r#"
                  全部
            全部   600
            华东   300
            张三   191
            李四   109
            华南   300
            王五   100
            赵六   200
        "#]],
    );
    check(
        GRID,
        &format!("{OPEN}; hold month=2026-01; transfer 60 from region=华东 to region=华南"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1200      200      400      600
            华东   840      150      276      414
            华南   360       50      124      186
        "#]],
    );
}

#[test]
fn commitments_are_kept_and_the_rest_is_shared() {
    check(
        ORG,
        &format!("{PEOPLE}; commit org=张三 150 & org=王五 120"),
        expect![[r#"
                  全部
            全部   600
            华东   260
            张三   150
            李四   110
            华南   340
            王五   120
            赵六   220
            commitment_cost: org=张三 committed to 150, the plan has 150: the others take 50 more
            commitment_cost: org=王五 committed to 120, the plan has 120: the others take 20 less
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; commit org=张三 150; commit org=张三 160; set * to 700"),
        expect![[r#"
                  全部
            全部   700
            华东   295
            张三   160
            李四   135
            华南   405
            王五   135
            赵六   270
            commitment_cost: org=张三 committed to 150, the plan has 150: the others take 50 more
            commitment_cost: org=张三 committed to 160, the plan has 160: the others take 10 less
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; commit org=张三 400 & org=王五 300"),
        expect![[r#"
            holds_exceed_total: step 3: the total 600 of * is less than the held 700: `org=张三 400`, `org=王五 300`
            hint: raise the total, or release one of the holds
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; hold org=张三; commit org=张三 150"),
        expect![[r#"
            place_held: step 4: org=张三 is held by 王芳 (新店开业)
            hint: release the hold first
        "#]],
    );
}

#[test]
fn wishes_are_come_near_to() {
    check(
        ORG,
        &format!("{PEOPLE}; wish org=张三 400 & org=王五 100"),
        expect![[r#"
                  全部
            全部   600
            华东   375
            张三   300
            李四    75
            华南   225
            王五    75
            赵六   150
            commitment_cost: org=张三 committed to 400, the plan has 300: the others take 100 less
            commitment_cost: org=王五 committed to 100, the plan has 75: the others take 25 more
        "#]],
    );
    check(
        ORG,
        &format!("{PEOPLE}; hold org=华东; wish org=张三 400 & org=王五 100"),
        expect![[r#"
                  全部
            全部   600
            华东   300
            张三   240
            李四    60
            华南   300
            王五   100
            赵六   200
            commitment_cost: org=张三 committed to 400, the plan has 240: the others take 40 less
            commitment_cost: org=王五 committed to 100, the plan has 100
        "#]],
    );
}

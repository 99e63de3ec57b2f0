//! Layers above the base (rule L1).

use expect_test::expect;

use crate::table::{check, plan, table};

const ORG: &str = "org > region person: 华东[张三 2, 李四 1], 华南[王五 1]";
const OPEN: &str = "total 1000; decompose org.person by weight";

#[test]
fn over_assignment_stretch_and_challenge_are_lines_of_their_own() {
    check(
        ORG,
        &format!("{OPEN}; layer over 3% at org.region; layer stretch 10%; layer challenge 333"),
        expect![[r#"
                  全部
            全部  1000
            华东   750
            张三   500
            李四   250
            华南   250
            王五   250
            加码 (org.region)
                  全部
            全部    31
            华东    23
            张三    15
            李四     8
            华南     8
            王五     8
            冲刺目标
                  全部
            全部   100
            华东    75
            张三    50
            李四    25
            华南    25
            王五    25
            挑战目标
                  全部
            全部   333
            华东   250
            张三   167
            李四    83
            华南    83
            王五    83
        "#]],
    );
}

#[test]
fn over_assignment_at_two_levels() {
    check(
        ORG,
        &format!("{OPEN}; layer over 5% at org.region; layer over 2% at org.person"),
        expect![[r#"
                  全部
            全部  1000
            华东   750
            张三   500
            李四   250
            华南   250
            王五   250
            加码 (org.region)
                  全部
            全部    51
            华东    38
            张三    25
            李四    13
            华南    13
            王五    13
            加码 (org.person)
                  全部
            全部    20
            华东    15
            张三    10
            李四     5
            华南     5
            王五     5
        "#]],
    );
}

#[test]
fn a_change_of_the_base_recomputes_them() {
    check(
        ORG,
        &format!("{OPEN}; layer stretch 10%; set * to 2000"),
        expect![[r#"
                  全部
            全部  2000
            华东  1500
            张三  1000
            李四   500
            华南   500
            王五   500
            冲刺目标
                  全部
            全部   200
            华东   150
            张三   100
            李四    50
            华南    50
            王五    50
        "#]],
    );
}

#[test]
fn what_is_no_layer() {
    check(
        ORG,
        &format!("{OPEN}; layer stretch 10%; layer stretch 20%"),
        expect![[r#"
            layer_twice: step 4: layer `stretch` is declared twice
        "#]],
    );
    check(
        ORG,
        &format!("{OPEN}; layer stretch 10%; sales: layer stretch 20%"),
        expect![[r#"
            layer_twice: step 4: layer `stretch` is declared twice
        "#]],
    );
    check(
        ORG,
        &format!("{OPEN}; layer stretch -10%"),
        expect![[r#"
            parameter_invalid: step 3: `stretch` = -0.1: a layer adds to the base
        "#]],
    );
    check(
        ORG,
        &format!("{OPEN}; layer stretch many"),
        expect![[r#"
            amount_invalid: step 3: stretch: `many` is not an amount
            hint: write amounts as 10000000.00, 1,000万 or 1.2亿
        "#]],
    );
    check(
        ORG,
        &format!("{OPEN}; layer over 3% at team"),
        expect![[r#"
            axis_unknown: step 3: the plan has no axis or level `team`
            hint: there is `org`, `time`, `region`, `person`
        "#]],
    );
    check(
        ORG,
        "total 9000000000000000000; layer stretch 200%; set * to 9000000000000000001",
        expect![[r#"
            amount_out_of_range: step 2: the amount of stretch is out of range
            hint: amounts are 64-bit counts of the measure's step; a coarser step brings them into range
        "#]],
    );
}

#[test]
fn a_layer_has_its_days_too() {
    let plan = plan(
        "region: 华东, 华南 | time: 2026-03-05..2026-03-08 by month day slot",
        "total 1111; decompose region; decompose time.slot by calendar; layer stretch 10%",
    );
    expect![[r#"
              全部  2026-03-05  2026-03-05#1  2026-03-05#2  2026-03-05#3  2026-03-05#4  2026-03-06  2026-03-06#1  2026-03-06#2  2026-03-06#3  2026-03-06#4  2026-03-07  2026-03-07#1  2026-03-07#2  2026-03-07#3  2026-03-07#4  2026-03-08  2026-03-08#1  2026-03-08#2  2026-03-08#3  2026-03-08#4
        全部   111          20             2             6             6             6          24             2             8             8             6          30             4            10             8             8          37             4            12            11            10
        华东    56          10             1             3             3             3          12             1             4             4             3          15             2             5             4             4          19             2             6             6             5
        华南    55          10             1             3             3             3          12             1             4             4             3          15             2             5             4             4          18             2             6             5             5
    "#]].assert_eq(&table(&plan.layers(0).unwrap()[0].view, 0));
}

//! Amounts that are not shared by weight: typed, held back, left over (rules A6, A7, D2, D8).

use expect_test::expect;

use crate::table::check;

const REGIONS: &str = "region: 华东 3, 华南 2, 华北 1";

#[test]
fn typed_amounts_are_kept_and_the_rest_is_shared() {
    check(
        REGIONS,
        "total 100; decompose region by typed 华东 50 rest weight",
        expect![[r#"
                  全部
            全部   100
            华东    50
            华南    33
            华北    17
        "#]],
    );
    check(
        REGIONS,
        "total 100; decompose region by typed 华东 150 rest weight",
        expect![[r#"
            amounts_exceed_total: step 2: *: the typed amounts sum to 150, above the total 100
            hint: change the amounts, or leave one member out to take the rest
        "#]],
    );
    check(
        REGIONS,
        "total 100; decompose region by typed 华东 50, 华南 20, 华北 20",
        expect![[r#"
            amounts_differ_from_total: step 2: *: everybody's amount is typed and they sum to 90, not to 100
            hint: change the amounts, or leave one member out to take the rest
        "#]],
    );
}

#[test]
fn typed_amounts_are_totals_whatever_else_is_open() {
    let plan = "region: 华东, 华南 | product: A, B";
    check(
        plan,
        "total 100; decompose product; decompose region by typed 华东 30",
        expect![[r#"
                       全部
            全部·全部   100
            全部·A       50
            全部·B       50
            华东·全部    30
            华东·A       15
            华东·B       15
            华南·全部    70
            华南·A       35
            华南·B       35
        "#]],
    );
    check(
        plan,
        "total 100; decompose product; decompose region by typed 华东 130",
        expect![[r#"
            amounts_exceed_total: step 3: *: the typed amounts sum to 130, above the total 100
            hint: change the amounts, or leave one member out to take the rest
        "#]],
    );
    check(
        plan,
        "total 100; decompose product; decompose region by typed 华东 30, 华南 60",
        expect![[r#"
            amounts_differ_from_total: step 3: *: everybody's amount is typed and they sum to 90, not to 100
            hint: change the amounts, or leave one member out to take the rest
        "#]],
    );
}

#[test]
fn left_over_steps_go_where_the_policy_says() {
    for (policy, expected) in [
        (
            "first",
            expect![[r#"
                  全部
            全部   100
            华东    50
            华南    32
            华北    18
        "#]],
        ),
        (
            "last",
            expect![[r#"
                  全部
            全部   100
            华东    49
            华南    32
            华北    19
        "#]],
        ),
        (
            "largest",
            expect![[r#"
                  全部
            全部   100
            华东    50
            华南    32
            华北    18
        "#]],
        ),
        (
            "1",
            expect![[r#"
                  全部
            全部   100
            华东    49
            华南    33
            华北    18
        "#]],
        ),
    ] {
        let steps = format!("total 100; decompose region by weight with policy {policy}");
        check("region: 华东 3, 华南 2, 华北 1.1", &steps, expected);
    }
}

#[test]
fn a_coarser_step_leaves_its_rest_with_one_member() {
    let steps = "total 1050; decompose region by weight with step 100";
    check(
        REGIONS,
        steps,
        expect![[r#"
              全部
        全部  1050
        华东   500
        华南   350
        华北   200
    "#]],
    );
    check(
        REGIONS,
        "total 1050; decompose region by weight with step 0",
        expect![[r#"
            parameter_invalid: step 2: `step` = 0: the step must be above zero
        "#]],
    );
}

#[test]
fn held_back_part_is_a_line_of_its_own() {
    let plan = "org > region person: 华东[张三 2, 李四 1], 华南[王五 1]";
    check(
        plan,
        "total 1000; decompose org.person by weight with back 5%",
        expect![[r#"
                       全部
            全部       1000
            华东        713
            张三        451
            李四        226
            华东·预留    36
            华南        237
            王五        225
            华南·预留    12
            全部·预留    50
        "#]],
    );
    check(
        plan,
        "total 1000; decompose org.region by weight with back 5%; decompose org.person by weight",
        expect![[r#"
                       全部
            全部       1000
            华东        713
            张三        475
            李四        238
            华南        237
            王五        237
            全部·预留    50
        "#]],
    );
    check(
        plan,
        "total 1000; decompose org; decompose org with back 10%",
        expect![[r#"
                       全部
            全部       1000
            华东        500
            张三        225
            李四        225
            华东·预留    50
            华南        500
            王五        450
            华南·预留    50
        "#]],
    );
    check(
        plan,
        "total 1000; decompose org.region by typed 华东 600 with back 5%",
        expect![[r#"
                       全部
            全部       1000
            华东        600
            华南        350
            全部·预留    50
        "#]],
    );
}

#[test]
fn amounts_and_parts_below_zero_are_refused() {
    check(
        REGIONS,
        "total 100; decompose region by typed 华东 -50",
        expect![[r#"
            target_negative: step 2: region=华东 would become negative: -50
            hint: a target is zero or more; take away less
        "#]],
    );
    check(
        REGIONS,
        "total 100; decompose region with back 120%",
        expect![[r#"
            parameter_invalid: step 2: `hold_back` = 1.2: the held-back part lies between 0 and 100 %
        "#]],
    );
    check(
        REGIONS,
        "total -100",
        expect![[r#"
            target_negative: step 1: * would become negative: -100
            hint: a target is zero or more; take away less
        "#]],
    );
    check(
        REGIONS,
        "fit region 华东 -50, 华南 20",
        expect![[r#"
            target_negative: step 1: region=华东 would become negative: -50
            hint: a target is zero or more; take away less
        "#]],
    );
}

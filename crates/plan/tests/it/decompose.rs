//! Decomposing by every method (rules D1–D3, A5–A7, D10). Knows no holds.

use expect_test::expect;

use crate::table::check;

const REGIONS: &str = "region: 华东 3, 华南 2, 华北 1";
const YEAR: &str = "time: 2026 by year month | step 0.01";

#[test]
fn equal_months_sum_to_the_year() {
    check(
        YEAR,
        "total 1000万; decompose time.month by equal",
        expect![[r#"
                         全部    2026-01    2026-02    2026-03    2026-04    2026-05    2026-06    2026-07    2026-08    2026-09    2026-10    2026-11    2026-12
            全部  10000000.00  833333.34  833333.34  833333.34  833333.34  833333.33  833333.33  833333.33  833333.33  833333.33  833333.33  833333.33  833333.33
        "#]],
    );
}

#[test]
fn weights_given_by_member_or_carried_by_it() {
    check(
        REGIONS,
        "total 61; decompose region by weight",
        expect![[r#"
                  全部
            全部    61
            华东    31
            华南    20
            华北    10
        "#]],
    );
    check(
        REGIONS,
        "total 61; decompose region by weights 华北 1, 华东 1",
        expect![[r#"
                  全部
            全部    61
            华东    31
            华南     0
            华北    30
        "#]],
    );
    check(
        REGIONS,
        "total 61; decompose region by shares 华东 50%, 华南 30%, 华北 20%",
        expect![[r#"
                  全部
            全部    61
            华东    31
            华南    18
            华北    12
        "#]],
    );
}

#[test]
fn shares_that_are_not_whole_are_refused_with_their_sum() {
    check(
        REGIONS,
        "total 61; decompose region by shares 华东 50%, 华南 30%",
        expect![[r#"
            shares_not_100: step 2: the shares of region=全部 sum to 80%, not to 100%
            hint: shares sum to 100%; write `weights` where only proportions are meant
        "#]],
    );
}

#[test]
fn composition_needs_shares() {
    let plan = "source!: 回访, 新客, 转介绍";
    check(
        plan,
        "total 100; decompose source by equal",
        expect![[r#"
            composition_needs_shares: step 2: composition `source` needs stated shares that sum to 100%
            hint: write by = { shares = { … } }, 100% together
        "#]],
    );
    check(
        plan,
        "total 100; decompose source by shares 回访 50%, 新客 20%, 转介绍 25%",
        expect![[r#"
            shares_not_100: step 2: the shares of source=全部 sum to 95%, not to 100%
            hint: shares sum to 100%; write `weights` where only proportions are meant
        "#]],
    );
    check(
        plan,
        "total 100; decompose source by shares 回访 50%, 新客 30%, 转介绍 20%",
        expect![[r#"
                    全部
            全部     100
            回访      50
            新客      30
            转介绍    20
        "#]],
    );
}

#[test]
fn a_tree_is_shared_level_by_level() {
    let plan = "org > region person: 华东[张三 2, 李四 1], 华南[王五 1]";
    check(
        plan,
        "total 10; decompose org.person by weight",
        expect![[r#"
                  全部
            全部    10
            华东     8
            张三     5
            李四     3
            华南     2
            王五     2
        "#]],
    );
    check(
        plan,
        "total 10; decompose org.region by equal; decompose org.person by weight",
        expect![[r#"
                  全部
            全部    10
            华东     5
            张三     3
            李四     2
            华南     5
            王五     5
        "#]],
    );
    check(
        plan,
        "total 10; decompose org; decompose org by weight within org=华东",
        expect![[r#"
                  全部
            全部    10
            华东     5
            张三     3
            李四     2
            华南     5
        "#]],
    );
}

#[test]
fn within_must_be_there_already() {
    let plan = "org > region person: 华东[张三 2, 李四 1], 华南[王五 1] | product: A, B";
    check(
        plan,
        "total 10; decompose org.person by weight within org=华东",
        expect![[r#"
            place_not_decomposed: step 2: org=华东 has not been decomposed yet (axis `org`)
            hint: add a `decompose` step that brings the axis to that level first
        "#]],
    );
    check(
        plan,
        "total 10; decompose org.region by weight within product=A",
        expect![[r#"
            place_not_decomposed: step 2: product=A has not been decomposed yet (axis `product`)
            hint: add a `decompose` step that brings the axis to that level first
        "#]],
    );
}

#[test]
fn within_one_member_of_another_axis() {
    let plan = "region: 华东 3, 华南 1 | product: A, B";
    let steps = "total 80; decompose product; decompose region by weight within product=A";
    check(
        plan,
        steps,
        expect![[r#"
                   全部
        全部·全部    80
        全部·A       40
        全部·B       40
        华东·全部    50
        华东·A       30
        华东·B       20
        华南·全部    30
        华南·A       10
        华南·B       20
    "#]],
    );
    let again = format!("{steps}; decompose region by weights 华南 1 within product=B");
    check(
        plan,
        &again,
        expect![[r#"
                       全部
            全部·全部    80
            全部·A       40
            全部·B       40
            华东·全部    30
            华东·A       30
            华东·B        0
            华南·全部    50
            华南·A       10
            华南·B       40
        "#]],
    );
}

#[test]
fn patterns_and_lines() {
    let quarter = "time: 2026-01..2026-03 by month | step 0.01";
    for (pattern, expected) in [
        (
            "4 4 5",
            expect![[r#"
                     全部  2026-01  2026-02  2026-03
            全部  1300.00   400.00   400.00   500.00
        "#]],
        ),
        (
            "first",
            expect![[r#"
                     全部  2026-01  2026-02  2026-03
            全部  1300.00  1300.00     0.00     0.00
        "#]],
        ),
        (
            "last",
            expect![[r#"
                     全部  2026-01  2026-02  2026-03
            全部  1300.00     0.00     0.00  1300.00
        "#]],
        ),
        (
            "bell",
            expect![[r#"
                     全部  2026-01  2026-02  2026-03
            全部  1300.00   325.00   650.00   325.00
        "#]],
        ),
        (
            "line 10%",
            expect![[r#"
                     全部  2026-01  2026-02  2026-03
            全部  1300.00   393.94   433.33   472.73
        "#]],
        ),
        (
            "compound 10%",
            expect![[r#"
                     全部  2026-01  2026-02  2026-03
            全部  1300.00   392.75   432.02   475.23
        "#]],
        ),
    ] {
        check(
            quarter,
            &format!("total 1300; decompose time.month by pattern {pattern}"),
            expected,
        );
    }
}

#[test]
fn capacity_multiplies_attributes() {
    let plan = "team: 一组 people=4 ramp=0.5, 二组 people=3 ramp=1.2";
    check(
        plan,
        "total 56; decompose team by capacity people ramp",
        expect![[r#"
                  全部
            全部    56
            一组    20
            二组    36
        "#]],
    );
    check(
        plan,
        "total 56; decompose team by capacity people skill",
        expect![[r#"
            attribute_unknown: step 2: members of axis `team` have no attribute `skill`
            hint: there is `people`, `ramp`
        "#]],
    );
}

#[test]
fn several_sources_with_stated_shares() {
    let plan = "region: 华东 3, 华南 1";
    check(
        plan,
        "total 100; decompose region by mix 60% weight + 40% equal",
        expect![[r#"
                  全部
            全部   100
            华东    65
            华南    35
        "#]],
    );
    check(
        plan,
        "total 100; decompose region by mix 60% weight + 30% equal",
        expect![[r#"
            shares_not_100: step 2: the shares of mix sum to 90%, not to 100%
            hint: shares sum to 100%; write `weights` where only proportions are meant
        "#]],
    );
}

#[test]
fn growth_on_a_base_is_brought_to_the_total() {
    let plan = "region: 华东, 华南 | history sales by region: 华东 60, 华南 40";
    let steps = "total 1000; decompose region by growth history sales: 华东 50%, else 0%";
    check(
        plan,
        steps,
        expect![[r#"
              全部
        全部  1000
        华东   692
        华南   308
    "#]],
    );
}

#[test]
fn zero_weights_are_equal_with_a_warning_or_refused() {
    let plan = "region: 华东 0, 华南 0";
    check(
        plan,
        "total 9; decompose region by weight",
        expect![[r#"
              全部
        全部     9
        华东     5
        华南     4
        zero_basis_equal: * has no history or weights and was shared equally
    "#]],
    );
    check(
        plan,
        "total 9; decompose region by weight with refusal",
        expect![[r#"
            weights_all_zero: step 2: all weights below * are zero
            hint: write zero_basis = "equal" to share equally, or choose another basis
        "#]],
    );
    check(
        plan,
        "total 9; decompose region by weights 华东 -1",
        expect![[r#"
            weight_negative: step 2: the weight of region=华东 is negative: -1
            hint: a weight is zero or more; a member who takes no part gets 0
        "#]],
    );
}

#[test]
fn warnings_beyond_twenty_are_counted() {
    let names: Vec<String> = (0..30)
        .map(|n| format!("店{n}[甲{n} 0, 乙{n} 0]"))
        .collect();
    let plan = format!("org > store person: {}", names.join(", "));
    let plan = crate::table::plan(
        &plan,
        "total 90; decompose org.store; decompose org.person by weight",
    );
    let last = plan.findings().last().unwrap();
    expect!["21: 10 more places have no history or weights and were shared equally"]
        .assert_eq(&format!("{}: {}", plan.findings().len(), last.en));
}

#[test]
fn a_budget_decomposes_by_the_same_engine() {
    let plan = "region: 华东 3, 华南 1 | measure cost";
    let steps = "total 100; decompose region by weight; cost: total 10; cost: decompose region by measure sales";
    check(
        plan,
        steps,
        expect![[r#"
              全部
        全部   100
        华东    75
        华南    25
              全部
        全部    10
        华东     8
        华南     2
    "#]],
    );
}

#[test]
fn what_cells_were_is_a_basis_only_where_they_are() {
    let plan = "region: 华东 3, 华南 1";
    check(
        plan,
        "total 100; decompose region by current",
        expect![[r#"
            parameter_invalid: step 2: `by` = current: there are no cells yet whose values could be a basis
        "#]],
    );
    check(
        plan,
        "total 100; decompose region by weight; decompose region by current",
        expect![[r#"
                  全部
            全部   100
            华东    75
            华南    25
        "#]],
    );
}

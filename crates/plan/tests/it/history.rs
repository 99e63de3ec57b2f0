//! History as a basis (rule D2): rows at any level, other years, smoothing, bad figures.

use expect_test::expect;

use crate::table::check;

const GRID: &str = "region: 华东, 华南 | time: 2026-01..2026-04 by month";

#[test]
fn last_year_by_region_and_month() {
    let plan = format!(
        "{GRID} | history sales by region: 华东 2025-01-05 30, 华东 2025-03-05 30, 华南 2025-02-05 20, 华南 2025-04-30 10, 华东 2025-09-01 99"
    );
    check(
        &plan,
        "total 900; decompose time.month by history sales; decompose region by history sales",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部   900      300      200      300      100
            华东   600      300        0      300        0
            华南   300        0      200        0      100
            history_missing: 4 cells have no history: target 0 for region=华南, month=2026-01; region=华东, month=2026-02; region=华南, month=2026-03; region=华东, month=2026-04
        "#]],
    );
    check(
        &plan,
        "total 900; decompose time.month by history sales smooth 3",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部   900      200      267      200      233
        "#]],
    );
    check(
        &plan,
        "total 900; decompose time.month by history sales smooth 2",
        expect![[r#"
            parameter_invalid: step 2: `smooth` = 2: smoothing takes an odd number of periods: 3, 5, 7
        "#]],
    );
    check(
        &plan,
        "total sales grown 10%",
        expect![[r#"
              全部
        全部   208
    "#]],
    );
}

#[test]
fn rows_of_a_whole_department_count_in_it() {
    let plan = "org > region person: 华东[张三, 李四], 华南[王五] | history sales by org: 华东 30, 张三 10, 王五 20";
    check(
        plan,
        "total 600; decompose org.region by history sales; decompose org.person by history sales",
        expect![[r#"
                  全部
            全部   600
            华东   400
            张三   400
            李四     0
            华南   200
            王五   200
            history_missing: 1 cell has no history: target 0 for org=李四
        "#]],
    );
}

#[test]
fn what_the_history_does_not_know() {
    let plan = "region: 华东, 华南 | product: A, B | history sales by region: 华东 30, 华南 10";
    check(
        plan,
        "total 80; decompose product by history sales",
        expect![[r#"
            reference_lacks: step 2: history `sales` has no product
        "#]],
    );
    check(
        plan,
        "total 80; decompose region by history other",
        expect![[r#"
            reference_unknown: step 2: the plan has no history `other`
            hint: there is `sales`
        "#]],
    );
    check(
        plan,
        "total 80; decompose region by history sales in 2024",
        expect![[r#"
            reference_lacks: step 2: history `sales` has no rows in 2024-01-01..2024-12-31
        "#]],
    );
    let unknown = "region: 华东 | history sales by region: 华中 30";
    check(
        unknown,
        "total 80; decompose region by history sales",
        expect![[r#"
            member_unknown: step 2: axis `region` has no member `华中`
            hint: the nearest are `华东`
        "#]],
    );
    let plan = "region: 华东, 华南 | history sales by region: 华东 30";
    check(
        plan,
        "total 80; decompose region by history sales",
        expect![[r#"
                  全部
            全部    80
            华东    80
            华南     0
            history_missing: 1 cell has no history: target 0 for region=华南
        "#]],
    );
}

#[test]
fn returns_above_sales_are_refused_by_place() {
    let plan = "region: 华东, 华南 | history sales by region: 华东 30, 华南 10, 华南 -15";
    check(
        plan,
        "total 80; decompose region by history sales",
        expect![[r#"
            weight_negative: step 2: the weight of region=华南 is negative: -5
            hint: a weight is zero or more; a member who takes no part gets 0
        "#]],
    );
    let plan = "region: 华东, 华南 | history sales by region: 华东 30, 华南 10, 华南 -5";
    check(
        plan,
        "total 70; decompose region by history sales",
        expect![[r#"
                  全部
            全部    70
            华东    60
            华南    10
        "#]],
    );
}

#[test]
fn the_leap_day_counts_for_the_twenty_eighth() {
    let plan =
        "time: 2026-02 by month day | history sales: 2024-02-29 30, 2024-02-28 10, 2025-02-01 20";
    let plan = crate::table::plan(plan, "total 60; decompose time.day by history sales");
    let value = |at: &str| plan.value(0, &plan.place(at).unwrap()).unwrap();
    assert_eq!((value("day=2026-02-28"), value("day=2026-02-01")), (40, 20));
    let leap = "time: 2028-02 by month day | history sales: 2024-02-29 30, 2024-02-28 10";
    let plan = crate::table::plan(leap, "total 40; decompose time.day by history sales");
    let value = |at: &str| plan.value(0, &plan.place(at).unwrap()).unwrap();
    assert_eq!((value("day=2028-02-29"), value("day=2028-02-28")), (30, 10));
}

#[test]
fn several_years_each_take_the_same_history() {
    let plan =
        "time: 2026-01..2027-12 by year quarter | history sales: 2025-02-01 10, 2025-11-01 30";
    check(
        plan,
        "total 800; decompose time.quarter by history sales",
        expect![[r#"
                  全部  2026  2026-Q1  2026-Q2  2026-Q3  2026-Q4  2027  2027-Q1  2027-Q2  2027-Q3  2027-Q4
            全部   800   400      100        0        0      300   400      100        0        0      300
            history_missing: 4 cells have no history: target 0 for quarter=2026-Q2; quarter=2026-Q3; quarter=2027-Q2; quarter=2027-Q3; smooth = 3 lets the neighbouring periods fill them
        "#]],
    );
}

#[test]
fn sums_beyond_64_bits_are_refused() {
    let plan = "region: 华东, 华南 | history sales by region: 华东 9000000000000000000, 华南 9000000000000000000";
    check(
        plan,
        "total 80; decompose region by history sales",
        expect![[r#"
            amount_out_of_range: step 2: the amount of history sales is out of range
            hint: amounts are 64-bit counts of the measure's step; a coarser step brings them into range
        "#]],
    );
    check(
        plan,
        "total sales grown 0%",
        expect![[r#"
            amount_out_of_range: step 1: the amount of history sales is out of range
            hint: amounts are 64-bit counts of the measure's step; a coarser step brings them into range
        "#]],
    );
}

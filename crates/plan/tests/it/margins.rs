//! Totals on several axes at once (rules D9, D10): the brief's year and what cannot be met.

use expect_test::expect;
use fenjie_plan::{Address, Keep, Operation, Plan, example};

use crate::table::{check, table};

const GRID: &str = "region: 华东, 华南, 华北 | product: A, B";

#[test]
fn the_year_of_the_brief_meets_all_four_margins() {
    let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    let mut lines = String::new();
    for at in [
        "region=东北",
        "region=华北",
        "region=华东",
        "region=华南",
        "region=华西",
        "product=A",
        "product=B",
        "product=C",
        "channel=线上",
        "channel=线下",
        "channel=合作伙伴",
        "month=2026-01",
        "month=2026-04",
        "month=2026-05",
        "month=2026-12",
        "region=华东, product=A",
        "region=华东, product=A, channel=线上",
        "region=华东, product=A, channel=线上, month=2026-07",
        "region=华东, product=A, channel=线上, day=2026-07-03",
    ] {
        let value = plan.value(0, &plan.place(at).unwrap()).unwrap();
        lines.push_str(&format!("{at}: {}\n", plan.step(0).format(value)));
    }
    expect![[r#"
        region=东北: 1500000.00
        region=华北: 2000000.00
        region=华东: 3000000.00
        region=华南: 2500000.00
        region=华西: 1000000.00
        product=A: 3000000.00
        product=B: 4000000.00
        product=C: 3000000.00
        channel=线上: 3000000.00
        channel=线下: 4000000.00
        channel=合作伙伴: 3000000.00
        month=2026-01: 833333.34
        month=2026-04: 833333.34
        month=2026-05: 833333.33
        month=2026-12: 833333.33
        region=华东, product=A: 900000.00
        region=华东, product=A, channel=线上: 270000.00
        region=华东, product=A, channel=线上, month=2026-07: 22500.00
        region=华东, product=A, channel=线上, day=2026-07-03: 725.80
    "#]]
    .assert_eq(&lines);
    assert!(plan.verify().is_ok());
}

#[test]
fn two_margins_from_nothing_and_from_what_was() {
    check(
        GRID,
        "fit region 华东 50, 华南 30, 华北 20 & product A 60, B 40",
        expect![[r#"
                       全部
            全部·全部   100
            全部·A       60
            全部·B       40
            华东·全部    50
            华东·A       30
            华东·B       20
            华南·全部    30
            华南·A       18
            华南·B       12
            华北·全部    20
            华北·A       12
            华北·B        8
        "#]],
    );
    check(
        GRID,
        "total 100; decompose region by weights 华东 8, 华南 1, 华北 1; decompose product by weights A 9, B 1; \
         fit region 华东 50, 华南 30, 华北 20 & product A 60, B 40 prior current",
        expect![[r#"
                       全部
            全部·全部   100
            全部·A       60
            全部·B       40
            华东·全部    50
            华东·A       30
            华东·B       20
            华南·全部    30
            华南·A       18
            华南·B       12
            华北·全部    20
            华北·A       12
            华北·B        8
        "#]],
    );
    check(
        &format!(
            "{GRID} | history sales by region product: 华东 A 9, 华东 B 1, 华南 A 2, 华南 B 8, 华北 A 1"
        ),
        "total 100; fit region by history sales & product shares A 60%, B 40% prior history sales",
        expect![[r#"
                       全部
            全部·全部   100
            全部·A       60
            全部·B       40
            华东·全部    48
            华东·A       44
            华东·B        4
            华南·全部    47
            华南·A       11
            华南·B       36
            华北·全部     5
            华北·A        5
            华北·B        0
        "#]],
    );
}

#[test]
fn a_margin_that_names_only_some_leaves_the_others_at_zero() {
    check(
        GRID,
        "fit region 华东 50, 华南 50 & product A 60, B 40",
        expect![[r#"
                       全部
            全部·全部   100
            全部·A       60
            全部·B       40
            华东·全部    50
            华东·A       30
            华东·B       20
            华南·全部    50
            华南·A       30
            华南·B       20
            华北·全部     0
            华北·A        0
            华北·B        0
        "#]],
    );
}

#[test]
fn margins_with_different_sums_are_refused_with_both() {
    check(
        GRID,
        "fit region 华东 50, 华南 30, 华北 20 & product A 60, B 50",
        expect![[r#"
            margins_differ: step 1: the stated totals differ: region sums to 100, product sums to 110
            hint: change them until every axis sums to the total
        "#]],
    );
    check(
        GRID,
        "total 90; fit region 华东 50, 华南 30, 华北 20 & product A 60, B 40",
        expect![[r#"
            margins_differ: step 2: the stated totals differ: region sums to 100, product sums to 100, total sums to 90
            hint: change them until every axis sums to the total
        "#]],
    );
    check(
        GRID,
        "fit region 华东 50, 华东 30 & product A 60, B 20",
        expect![[r#"
            parameter_invalid: step 1: `region` = 华东: this member is stated twice
        "#]],
    );
    check(
        GRID,
        "fit region 华东 50, 华中 30 & product A 60, B 20",
        expect![[r#"
            member_unknown: step 1: axis `region` has no member `华中`
            hint: the nearest are `华东`, `华南`, `华北`
        "#]],
    );
    check(
        GRID,
        "total 80; fit region shares 华东 50%, 华南 30% & product A 60, B 20",
        expect![[r#"
            shares_not_100: step 2: the shares of region sum to 80%, not to 100%
            hint: shares sum to 100%; write `weights` where only proportions are meant
        "#]],
    );
}

#[test]
fn the_total_is_what_it_has_become() {
    let open = "total 100; decompose region; set region=华东 to +20";
    let total = crate::table::plan(GRID, open).base(0).total();
    assert_eq!(total, 120);
    check(
        GRID,
        &format!("{open}; fit region 华东 60, 华南 40, 华北 20 & product A 70, B 50"),
        expect![[r#"
                       全部
            全部·全部   120
            全部·A       70
            全部·B       50
            华东·全部    60
            华东·A       35
            华东·B       25
            华南·全部    40
            华南·A       23
            华南·B       17
            华北·全部    20
            华北·A       12
            华北·B        8
        "#]],
    );
    check(
        GRID,
        "total 100; set * to 120; fit region 华东 60, 华南 40, 华北 20",
        expect![[r#"
                       全部
            全部·全部   120
            华东·全部    60
            华南·全部    40
            华北·全部    20
        "#]],
    );
}

#[test]
fn cells_that_must_be_zero_stay_zero() {
    let plan =
        format!("{GRID} | history sales by region product: 华东 A 9, 华南 B 8, 华北 A 1, 华北 B 1");
    let steps = "fit region 华东 50, 华南 30, 华北 20 & product A 60, B 40 prior history sales";
    check(
        &plan,
        steps,
        expect![[r#"
                   全部
        全部·全部   100
        全部·A       60
        全部·B       40
        华东·全部    50
        华东·A       50
        华东·B        0
        华南·全部    30
        华南·A        0
        华南·B       30
        华北·全部    20
        华北·A       10
        华北·B       10
    "#]],
    );
    let steps = "fit region 华东 50, 华南 30, 华北 20 & product A 20, B 80 prior history sales";
    check(
        &plan,
        steps,
        expect![[r#"
            fit_infeasible: step 1: these totals cannot all hold: region=华东 50, product=A 20; the nearest that can: region=华东 50 → 20, region=华南 30 → 48, region=华北 20 → 32
        "#]],
    );
}

#[test]
fn holds_and_limits_are_kept_by_a_fit() {
    let open = "total 100; decompose region; decompose product; hold region=华东, product=A at 10 keep total";
    check(
        GRID,
        &format!("{open}; fit region 华东 50, 华南 30, 华北 20 & product A 60, B 40"),
        expect![[r#"
                       全部
            全部·全部   100
            全部·A       60
            全部·B       40
            华东·全部    50
            华东·A       10
            华东·B       40
            华南·全部    30
            华南·A       30
            华南·B        0
            华北·全部    20
            华北·A       20
            华北·B        0
        "#]],
    );
    let capped =
        "total 100; decompose region; decompose product; bound region=华东, product=A ..20";
    check(
        GRID,
        &format!("{capped}; fit region 华东 50, 华南 30, 华北 20 & product A 60, B 40"),
        expect![[r#"
                       全部
            全部·全部   100
            全部·A       60
            全部·B       40
            华东·全部    50
            华东·A       20
            华东·B       30
            华南·全部    30
            华南·A       24
            华南·B        6
            华北·全部    20
            华北·A       16
            华北·B        4
        "#]],
    );
    let held = "total 100; decompose region; hold region=华东";
    check(
        GRID,
        &format!("{held}; fit region 华东 50, 华南 30, 华北 20 & product A 60, B 40"),
        expect![[r#"
            bounds_clash: step 4: 50 for region=华东 cannot meet its floors and caps, the nearest possible total is 34: `region=华东 34`
            hint: loosen one of these limits, or take the nearest possible total
        "#]],
    );
}

#[test]
fn a_held_back_line_is_no_part_of_margins() {
    let steps = "total 1000; decompose region with back 10%; fit region 华东 500, 华南 300, 华北 100, *~held_back 100 & product A 600, B 400";
    check(
        GRID,
        steps,
        expect![[r#"
                        全部
        全部·全部       1000
        全部·A           600
        全部·B           400
        华东·全部        500
        华东·A           300
        华东·B           200
        华南·全部        300
        华南·A           180
        华南·B           120
        华北·全部        100
        华北·A            60
        华北·B            40
        全部·预留·全部   100
        全部·预留·A       60
        全部·预留·B       40
    "#]],
    );
    let steps =
        "total 1000; decompose region with back 10%; fit region by equal & product A 600, B 400";
    check(
        GRID,
        steps,
        expect![[r#"
                            全部
            全部·全部       1000
            全部·A           600
            全部·B           400
            华东·全部        300
            华东·A           180
            华东·B           120
            华南·全部        300
            华南·A           180
            华南·B           120
            华北·全部        300
            华北·A           180
            华北·B           120
            全部·预留·全部   100
            全部·预留·A       60
            全部·预留·B       40
        "#]],
    );
    let steps = "total 1000; decompose region with back 10%; decompose product; fit product A 600, B 400 prior current";
    check(
        GRID,
        steps,
        expect![[r#"
                        全部
        全部·全部       1000
        全部·A           600
        全部·B           400
        华东·全部        300
        华东·A           180
        华东·B           120
        华南·全部        300
        华南·A           180
        华南·B           120
        华北·全部        300
        华北·A           180
        华北·B           120
        全部·预留·全部   100
        全部·预留·A       60
        全部·预留·B       40
    "#]],
    );
}

#[test]
fn composition_shares_and_margins() {
    let plan = "source!: 回访, 新客, 转介绍 | region: 华东, 华南";
    check(
        plan,
        "total 100; fit source shares 回访 50%, 新客 30%, 转介绍 20% & region 华东 70, 华南 30",
        expect![[r#"
                         全部
            全部·全部     100
            全部·华东      70
            全部·华南      30
            回访·全部      50
            回访·华东      35
            回访·华南      15
            新客·全部      30
            新客·华东      21
            新客·华南       9
            转介绍·全部    20
            转介绍·华东    14
            转介绍·华南     6
        "#]],
    );
    check(
        plan,
        "total 100; fit source by equal & region 华东 70, 华南 30",
        expect![[r#"
            composition_needs_shares: step 2: composition `source` needs stated shares that sum to 100%
            hint: write by = { shares = { … } }, 100% together
        "#]],
    );
    check(
        plan,
        "fit source 回访 50, 新客 30, 转介绍 20 & region 华东 70, 华南 30",
        expect![[r#"
                         全部
            全部·全部     100
            全部·华东      70
            全部·华南      30
            回访·全部      50
            回访·华东      35
            回访·华南      15
            新客·全部      30
            新客·华东      21
            新客·华南       9
            转介绍·全部    20
            转介绍·华东    14
            转介绍·华南     6
        "#]],
    );
}

#[test]
fn months_of_the_brief_at_any_margin() {
    let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    let root = table(&plan.base(0), 0);
    assert!(root.lines().count() > 1);
}

/// The sketch of a plan: four margins, then July of 华东 pinned because a shop opens.
#[test]
fn a_held_cell_leaves_every_stated_total_where_it_is() {
    let hold = |at: &str, amount: &str| Operation::Hold {
        measure: String::new(),
        at: Address::parse(at).unwrap(),
        amount: Some(amount.into()),
        keep: Keep::Total,
        owner: "王芳".into(),
        reason: "新店开业".into(),
        until: None,
    };
    let mut plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    plan.apply(hold("region=华东, month=2026-07", "46.147万"))
        .unwrap();
    let value = |plan: &Plan, at: &str| {
        let value = plan.value(0, &plan.place(at).unwrap()).unwrap();
        plan.step(0).format(value)
    };
    for (at, stated) in [
        ("region=华东, month=2026-07", "461470.00"),
        ("region=华东", "3000000.00"),
        ("region=华西", "1000000.00"),
        ("product=B", "4000000.00"),
        ("channel=线下", "4000000.00"),
        ("month=2026-07", "833333.33"),
        ("month=2026-12", "833333.33"),
        ("", "10000000.00"),
    ] {
        assert_eq!(value(&plan, at), stated, "{at}");
    }
    // A whole region typed anew lets the other regions go, and keeps products and channels.
    plan.apply(hold("region=华西", "120万")).unwrap();
    for (at, stated) in [
        ("region=华西", "1200000.00"),
        ("region=华东, month=2026-07", "461470.00"),
        ("product=B", "4000000.00"),
        ("channel=线下", "4000000.00"),
        ("", "10000000.00"),
    ] {
        assert_eq!(value(&plan, at), stated, "{at}");
    }
    assert!(plan.verify().is_ok());
}

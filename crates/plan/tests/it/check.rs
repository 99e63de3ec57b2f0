//! Structural faults found before anything is computed.

use expect_test::{Expect, expect};
use fenjie_message::{Lang, Message};

use crate::{script, steps};

#[track_caller]
fn check(plan: &str, operations: &str, expected: Expect) {
    let findings = fenjie_plan::check(&script::definition(plan), &steps::operations(operations));
    let line = |f: &fenjie_plan::Finding| {
        assert!(!f.text(Lang::Zh).is_empty());
        format!(
            "{:?} {} {}: {}\n",
            f.severity,
            f.operation,
            f.code(),
            f.text(Lang::En)
        )
    };
    expected.assert_eq(&findings.iter().map(line).collect::<String>());
}

const REGIONS: &str = "region: 华东 3, 华南 1, 华北";

#[test]
fn a_sound_plan_has_no_findings() {
    check(
        "region: 华东 3, 华南 1",
        "total 10; decompose region by weight",
        expect![[""]],
    );
}

#[test]
fn names_that_lead_nowhere() {
    check(
        REGIONS,
        "total 10; decompose area; set region=华中 to 5; hold month=2026-13; undo 9",
        expect![[r#"
            Error 2 axis_unknown: the plan has no axis or level `area`
            Error 3 member_unknown: axis `region` has no member `华中`
            Error 4 level_unknown: axis `time` has no level `month`
            Error 5 cannot_undo: step 9 cannot be undone
            Note 0 axis_not_decomposed: no step decomposes axis `region`
        "#]],
    );
}

#[test]
fn an_undone_fault_is_no_fault() {
    check(
        "region: 华东 3",
        "total 10; decompose area; undo 2; decompose region",
        expect![[""]],
    );
}

#[test]
fn holds_above_their_total() {
    let early = "total 100; hold region=华东 at 80; hold region=华南 at 30; decompose region";
    check(
        REGIONS,
        early,
        expect![[r#"
        Error 3 holds_exceed_total: the total 100 of * is less than the held 110: `region=华东 80`, `region=华南 30`
    "#]],
    );
    let kept = "total 100; decompose region; hold region=华东 at 80 keep total; hold region=华南 at 30 keep total";
    check(
        REGIONS,
        kept,
        expect![[r#"
        Error 4 holds_exceed_total: the total 100 of * is less than the held 110: `region=华东 80`, `region=华南 30`
    "#]],
    );
    let released = "total 100; hold region=华东 at 80; release region=华东; hold region=华南 at 30; decompose region";
    check(REGIONS, released, expect![[""]]);
}

#[test]
fn margins_with_different_sums() {
    let plan = "region: 华东, 华南 | product: A, B";
    check(
        plan,
        "fit region 华东 50, 华南 60 & product A 50, B 50",
        expect![[r#"
            Error 1 margins_differ: the stated totals differ: region sums to 110, product sums to 100
        "#]],
    );
    check(
        plan,
        "total 90; fit region 华东 50, 华南 50 & product A 50, B 50",
        expect![[r#"
            Error 2 margins_differ: the stated totals differ: region sums to 100, product sums to 100, total sums to 90
        "#]],
    );
}

#[test]
fn members_without_weight() {
    check(
        REGIONS,
        "total 100; decompose region by weight",
        expect![[r#"
            Warning 2 weight_missing: 1 members have no `weight` and will get 0: 华北
        "#]],
    );
    check(
        REGIONS,
        "total 100; decompose region by weights 华东 3",
        expect![[""]],
    );
    check(
        "team: 一组 people=4 ramp=0.5, 二组 people=3",
        "total 100; decompose team by capacity people ramp",
        expect![[r#"
            Warning 2 weight_missing: 1 members have no `people × ramp` and will get 0: 二组
        "#]],
    );
}

#[test]
fn years_without_holidays() {
    check(
        "time: 2031 by year month",
        "total 100; decompose time.month by workdays",
        expect![[r#"
            Warning 2 holidays_unknown_year: the holiday table knows nothing of 2031
        "#]],
    );
    check(
        "time: 2026 by year month",
        "total 100; decompose time.month by workdays",
        expect![[""]],
    );
}

#[test]
fn shares_and_floors() {
    check(
        REGIONS,
        "total 100; decompose region by shares 华东 50%, 华南 40%; bound region=华东 30..20",
        expect![[r#"
            Error 2 shares_not_100: the shares of region=全部 sum to 90%, not to 100%
            Error 3 floor_above_cap: the floor 30 of region=华东 is above its cap 20
        "#]],
    );
    check(
        "source!: 回访, 新客",
        "total 100; fit source by equal",
        expect![[r#"
            Error 2 composition_needs_shares: composition `source` needs stated shares that sum to 100%
        "#]],
    );
}

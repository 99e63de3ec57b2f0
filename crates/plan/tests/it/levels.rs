//! Levels and ratios (rule D11): stated, never added up or shared.

use expect_test::{Expect, expect};
use fenjie_message::{Lang, Message};

use crate::table::{check as refused, plan};
use crate::{script, steps};

const PLAN: &str = "region: 华东, 华南 | time: 2026 by year quarter month | measure staff level last \
                    | measure csat level mean rising | measure leads | measure rate ratio leads/sales \
                    | measure share ratio -/- falling";

#[track_caller]
fn check(operations: &str, places: &[(usize, &str)], expected: Expect) {
    let plan = plan(PLAN, operations);
    let lines: Vec<String> = places
        .iter()
        .map(|(measure, at)| {
            let value = plan.stated_value(*measure, &plan.place(at).unwrap());
            let code = &plan.model().definition().measures[*measure].code;
            let shown = value.map_or("–".into(), |v| format!("{v} = {}", v.rounded(4).unwrap()));
            format!("{code} {at}: {shown}\n")
        })
        .collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn a_level_takes_the_last_or_the_mean_of_its_periods() {
    let steps = "staff: state quarter=2026-Q1 at 85; staff: state quarter=2026-Q2 at 88; \
                 csat: state month=2026-01 at 4.1; csat: state month=2026-02 at 4.2; csat: state month=2026-04 at 4.5";
    check(
        steps,
        &[
            (1, ""),
            (1, "quarter=2026-Q1"),
            (1, "quarter=2026-Q3"),
            (1, "region=华东"),
            (2, "quarter=2026-Q1"),
            (2, ""),
        ],
        expect![[r#"
            staff : 88 = 88
            staff quarter=2026-Q1: 85 = 85
            staff quarter=2026-Q3: –
            staff region=华东: –
            csat quarter=2026-Q1: 83/20 = 4.15
            csat : 173/40 = 4.325
        "#]],
    );
}

#[test]
fn a_ratio_is_computed_upward_from_its_flows() {
    let steps = "total 900; decompose region by weights 华东 2, 华南 1; leads: total 300; \
                 leads: decompose region by weights 华东 1, 华南 1; rate: state region=华南 at 12%";
    check(
        steps,
        &[
            (4, ""),
            (4, "region=华东"),
            (4, "region=华南"),
            (4, "month=2026-01"),
            (5, ""),
        ],
        expect![[r#"
            rate : 1/3 = 0.3333
            rate region=华东: 1/4 = 0.25
            rate region=华南: 3/25 = 0.12
            rate month=2026-01: –
            share : –
        "#]],
    );
}

#[test]
fn what_is_stated_is_not_decomposed() {
    refused(
        PLAN,
        "staff: total 85",
        expect![[r#"
        measure_not_a_flow: step 1: measure `staff` does not add up: it is stated, not decomposed
    "#]],
    );
    refused(
        PLAN,
        "staff: set * to 85",
        expect![[r#"
        measure_not_a_flow: step 1: measure `staff` does not add up: it is stated, not decomposed
    "#]],
    );
    refused(
        PLAN,
        "state * at 85",
        expect![[r#"
        measure_is_a_flow: step 1: measure `sales` is a flow: use set or decompose
    "#]],
    );
}

#[test]
fn a_stated_course_is_checked() {
    let operations = steps::operations(
        "total 1; csat: state quarter=2026-Q1 at 85; csat: state quarter=2026-Q2 at 88; csat: state quarter=2026-Q3 at 86; \
         share: state quarter=2026-Q1 at 12%; share: state quarter=2026-Q2 at 13%; leads: total 5",
    );
    let findings = fenjie_plan::check(&script::definition(PLAN), &operations);
    let lines: Vec<String> = findings
        .iter()
        .map(|f| format!("{} {}: {}", f.operation, f.code(), f.text(Lang::En)))
        .collect();
    expect![[r#"
        [
            "4 trend_broken: `csat` is said to rise, but quarter=2026-Q2 is 88 and quarter=2026-Q3 is 86",
            "6 trend_broken: `share` is said to fall, but quarter=2026-Q1 is 0.12 and quarter=2026-Q2 is 0.13",
            "0 axis_not_decomposed: no step decomposes axis `region`",
            "0 axis_not_decomposed: no step decomposes axis `时间`",
        ]
    "#]].assert_debug_eq(&lines);
}

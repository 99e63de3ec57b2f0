//! Alerts in words (rule T6): what a sales manager reads, and when.

use expect_test::{Expect, expect};
use fenjie_message::Lang;
use fenjie_plan::{Address, Duty, Operation, Plan};
use fenjie_track::{Actuals, AlertRequest, AlertRules, PaceRule, Ratio, alerts, digests};

use crate::shop::{date, definition, march, operations, sales};

fn check(plan: &Plan, actuals: &Actuals, as_of: &str, rules: &AlertRules, wanted: Expect) {
    let request = AlertRequest {
        measure: 0,
        depths: vec![1],
        period: 0,
        as_of: date(as_of),
        minute: None,
    };
    let found = alerts(plan, actuals, &request, rules).unwrap();
    let text: String = found
        .iter()
        .map(|alert| {
            let (code, severity) = (alert.code, alert.severity.code());
            format!(
                "{severity} {code}\n{}\n{}\n",
                alert.text(Lang::Zh),
                alert.text(Lang::En)
            )
        })
        .collect();
    wanted.assert_eq(&text);
}

/// Each day of the first ten of March so much of its target, in percent, by region.
fn steady(plan: &Plan, east: i64, north: i64) -> Actuals {
    let mut lines = String::new();
    for (name, percent) in [("徐汇店", east), ("浦东店", east), ("朝阳店", north)] {
        let place = plan.place(&format!("org={name}")).unwrap();
        let days = crate::shop::days(plan);
        let targets = plan.base(0).series(&place.0[..1], &days[..10]).unwrap();
        let sold = targets
            .iter()
            .map(|own| plan.step(0).format(own * percent / 100));
        lines += &format!("{name}: {}\n", sold.collect::<Vec<_>>().join(" "));
    }
    sales(plan, &lines)
}

#[test]
fn behind_for_three_days_in_a_row() {
    let plan = march("10000000");
    let rules = AlertRules::default();
    check(
        &plan,
        &steady(&plan, 70, 98),
        "2026-03-10",
        &rules,
        expect![[r#"
            urgent behind
            华东落后 9.8 个百分点；照目前日均，本月预计完成 70%；日均需完成 27.58万，目前日均 17.08万
            华东 is 9.8 points behind; at today's rate the month ends at 70 %; 27.58万 a day are needed, 17.08万 are done
        "#]],
    );
}

#[test]
fn one_bad_day_is_not_three() {
    let plan = march("1000000");
    let mut fine = steady(&plan, 100, 100);
    let days = fine.periods.len();
    // Nothing on the tenth in the north.
    fine.values[0][2 * days + 9] = 0;
    let rules = AlertRules {
        pace: Some(PaceRule {
            below: Ratio::percent(-1),
            days: 3,
        }),
        required_over_run: None,
        ..AlertRules::default()
    };
    check(&plan, &fine, "2026-03-10", &rules, expect![[""]]);
    let at_once = AlertRules {
        pace: Some(PaceRule {
            below: Ratio::percent(-1),
            days: 1,
        }),
        ..rules
    };
    check(
        &plan,
        &fine,
        "2026-03-10",
        &at_once,
        expect![[r#"
        warning behind
        华北落后 2.6 个百分点；照目前日均，本月预计完成 92%；日均需完成 8,345.93，目前日均 7,473.55
        华北 is 2.6 points behind; at today's rate the month ends at 92 %; 8,345.93 a day are needed, 7,473.55 are done
    "#]],
    );
}

#[test]
fn who_books_nothing_is_named_and_where_nobody_does_it_is_said_once() {
    let plan = march("1000000");
    let rules = AlertRules {
        pace: None,
        required_over_run: None,
        ..AlertRules::default()
    };
    let mut north_stopped = steady(&plan, 100, 100);
    let days = north_stopped.periods.len();
    north_stopped.values[0][2 * days + 7..2 * days + 10].fill(0);
    check(
        &plan,
        &north_stopped,
        "2026-03-10",
        &rules,
        expect![[r#"
        warning silent
        华北已连续 3 个营业日没有业绩，最近一笔在 2026-03-07
        华北 has booked nothing for 3 selling days, last on 2026-03-07
    "#]],
    );
    check(
        &plan,
        &sales(&plan, ""),
        "2026-03-10",
        &rules,
        expect![[r#"
            urgent silent
            已连续 10 个营业日没有任何业绩，可能数据未到
            nobody has booked anything for 10 selling days; results may be missing
        "#]],
    );
    check(
        &plan,
        &steady(&plan, 100, 100),
        "2026-03-12",
        &rules,
        expect![[r#"
            urgent silent
            已连续 2 个营业日没有任何业绩，最近一笔在 2026-03-10，可能数据未到
            nobody has booked anything for 2 selling days, last on 2026-03-10; results may be missing
        "#]],
    );
}

#[test]
fn a_plan_that_has_ended_says_so_once_and_misses_nobody() {
    // Sales stop on the tenth; from the last day of March that is a silence of 21 days, later it is none.
    let plan = march("1000000");
    let sold = steady(&plan, 100, 100);
    let rules = AlertRules::default();
    check(
        &plan,
        &sold,
        "2026-03-31",
        &rules,
        expect![[r#"
            urgent silent
            已连续 21 个营业日没有任何业绩，最近一笔在 2026-03-10，可能数据未到
            nobody has booked anything for 21 selling days, last on 2026-03-10; results may be missing
        "#]],
    );
    for later in ["2026-04-01", "2026-09-30", "2031-01-01"] {
        check(
            &plan,
            &sold,
            later,
            &rules,
            expect![[r#"
                notice ended
                方案期间已于 2026-03-31 结束
                the plan's period ended on 2026-03-31
            "#]],
        );
    }
}

#[test]
fn far_more_is_needed_than_is_done() {
    let plan = march("1000000");
    let rules = AlertRules {
        pace: None,
        ..AlertRules::default()
    };
    check(
        &plan,
        &steady(&plan, 80, 100),
        "2026-03-10",
        &rules,
        expect![[r#"
            notice hard_to_reach
            华东要做到目前的 1.4 倍才能达成目标：日均需完成 2.64万，目前日均 1.95万
            华东 must do 1.4 times as well as so far: 2.64万 a day are needed, 1.95万 are done
        "#]],
    );
}

#[test]
fn a_reached_target_is_left_alone() {
    let plan = march("1000");
    let actuals = sales(&plan, "徐汇店: 5000\n朝阳店: 5000");
    let rules = AlertRules {
        silent_days: None,
        ..AlertRules::default()
    };
    check(&plan, &actuals, "2026-03-20", &rules, expect![[""]]);
}

#[test]
fn closed_weeks_that_were_missed_ask_for_an_action_plan() {
    let plan = march("1000000");
    let mut plan = Plan::replay(plan.model().definition().clone(), plan.operations()).unwrap();
    for week in ["2026-03/W09", "2026-03/W10"] {
        let sold = |who: &str, amount: &str| {
            (
                Address::parse(&format!("org={who}")).unwrap(),
                amount.to_owned(),
            )
        };
        let close = fenjie_plan::Close {
            measure: String::new(),
            period: Address::parse(&format!("piece={week}")).unwrap(),
            of: "region".into(),
            actuals: vec![sold("华东", "1000000"), sold("华北", "30000")],
            unassigned: None,
            reason: String::new(),
        };
        plan.apply(Operation::Close(close)).unwrap();
    }
    let rules = AlertRules {
        pace: None,
        silent_days: None,
        required_over_run: None,
        ..AlertRules::default()
    };
    check(
        &plan,
        &sales(&plan, ""),
        "2026-03-12",
        &rules,
        expect![[r#"
            urgent action_due
            华北连续 2 期未达成，须提交改进计划；在此之前不能调整目标
            华北 missed 2 periods in a row: an action plan is due, and adjustments wait for it
            warning missed
            华北在 2026年3月第10周段 3月6日–12日 未达成：目标 5.62万，实绩 3.00万，缺口 2.62万，已连续 2 期
            华北 missed March 2026 W10, 6–12 Mar: 3.00万 of 5.62万, 2.62万 short, 2 periods in a row
        "#]],
    );
}

#[test]
fn owners_get_one_text_each_after_the_quiet_hours() {
    let levels = [
        fenjie_calendar::Level::Month,
        fenjie_calendar::Level::Piece,
        fenjie_calendar::Level::Day,
    ];
    let mut own = definition("2026-03", &levels);
    let duty = |at: &str, owner: &str| Duty {
        at: Address::parse(at).unwrap(),
        owner: owner.into(),
        ..Duty::default()
    };
    own.duties = vec![duty("", "总监"), duty("org=华北", "李敏")];
    let mut steps = operations("1000000");
    if let Some(Operation::Decompose(last)) = steps.last_mut() {
        last.axis = "time.day".into();
    }
    let plan = Plan::replay(own, &steps).unwrap();
    let request = |minute: u16| AlertRequest {
        measure: 0,
        depths: vec![1],
        period: 0,
        as_of: date("2026-03-10"),
        minute: Some(minute),
    };
    let actuals = steady(&plan, 60, 60);
    let found = alerts(&plan, &actuals, &request(22 * 60), &AlertRules::default()).unwrap();
    let digests = digests(&found);
    let owners: Vec<&str> = digests.iter().map(|digest| digest.owner.as_str()).collect();
    assert_eq!(owners, ["总监", "李敏"]);
    assert_eq!(digests[0].deliver_at, Some((date("2026-03-11"), 8 * 60)));
    expect![[r#"
        - 紧急：华北落后 13.0 个百分点；照目前日均，本月预计完成 60%；日均需完成 9,580.50，目前日均 4,880.95
        - urgent: 华北 is 13.0 points behind; at today's rate the month ends at 60 %; 9,580.50 a day are needed, 4,880.95 are done
    "#]].assert_eq(&format!("{}\n{}\n", digests[1].zh, digests[1].en));
    let at_noon = alerts(&plan, &actuals, &request(12 * 60), &AlertRules::default()).unwrap();
    assert_eq!(at_noon[0].deliver_at, Some((date("2026-03-10"), 12 * 60)));
}

//! Weeks, days and slots as plans use them (rules C3–C6), with the worked figures of the brief.

use expect_test::expect;
use fenjie_calendar::{DateRange, DayWeights, Level, Slots};
use fenjie_plan::{MemberCalendar, Plan};

use crate::table::{check, plan, table};
use crate::{script, steps};

#[test]
fn a_week_of_the_brief() {
    let week = "time: 2026-03-06..2026-03-12 by week day | step 0.01";
    check(
        week,
        "total 85000; decompose time.day by calendar",
        expect![[r#"
                      全部  2026-03-06  2026-03-07  2026-03-08  2026-03-09  2026-03-10  2026-03-11  2026-03-12
            全部  85000.00    12000.00    15000.00    18000.00    10000.00    10000.00    10000.00    10000.00
        "#]],
    );
    check(
        week,
        "total 100000; decompose time.day by calendar",
        expect![[r#"
                       全部  2026-03-06  2026-03-07  2026-03-08  2026-03-09  2026-03-10  2026-03-11  2026-03-12
            全部  100000.00    14117.65    17647.06    21176.47    11764.71    11764.71    11764.70    11764.70
        "#]],
    );
}

#[test]
fn march_in_pieces_from_friday_to_thursday() {
    let march = "time: 2026-03 by month piece | step 0.01";
    check(
        march,
        "total 833333.34; decompose time.piece by calendar",
        expect![[r#"
                       全部  2026-03/W09  2026-03/W10  2026-03/W11  2026-03/W12  2026-03/W13
            全部  833333.34    127865.97    187389.77    187389.77    187389.77    143298.06
        "#]],
    );
}

#[test]
fn a_day_in_slots() {
    let day = "time: 2026-03-06 by day slot | step 0.01";
    check(
        day,
        "total 12000; decompose time.slot by calendar",
        expect![[r#"
                      全部  2026-03-06#1  2026-03-06#2  2026-03-06#3  2026-03-06#4
            全部  12000.00       1200.00       3600.00       3600.00       3600.00
        "#]],
    );
}

#[test]
fn days_workdays_and_coefficients() {
    let months = "time: 2026-01..2026-03 by month | step 0.01";
    check(
        months,
        "total 90000; decompose time.month by days",
        expect![[r#"
                      全部   2026-01   2026-02   2026-03
            全部  90000.00  31000.00  28000.00  31000.00
        "#]],
    );
    check(
        months,
        "total 90000; decompose time.month by workdays",
        expect![[r#"
                      全部   2026-01   2026-02   2026-03
            全部  90000.00  32033.90  24406.78  33559.32
        "#]],
    );
    check(
        months,
        "total 90000; decompose time.month by calendar",
        expect![[r#"
                      全部   2026-01   2026-02   2026-03
            全部  90000.00  30986.30  27945.21  31068.49
        "#]],
    );
    check(
        "region: 华东",
        "total 9; decompose region by calendar",
        expect![[r#"
            parameter_invalid: step 2: `by` = calendar: a calendar basis is for the time axis only
        "#]],
    );
}

#[test]
fn quarters_months_and_days_nest() {
    let plan = plan(
        "region: 华东 2, 华南 1 | time: 2026 by year quarter month piece day slot | step 0.01",
        "total 1000万; decompose region by weight; decompose time.slot by calendar",
    );
    assert!(plan.verify().is_ok());
    assert_eq!(plan.base(0).cell_count(), 2 * 12);
    let texts: Vec<String> = [
        "quarter=2026-Q1",
        "month=2026-02",
        "day=2026-02-17",
        "day=2026-12-31",
    ]
    .iter()
    .map(|at| {
        let value = plan.value(0, &plan.place(at).unwrap()).unwrap();
        format!("{at} {}", plan.step(0).format(value))
    })
    .collect();
    expect![[r#"
        [
            "quarter=2026-Q1 2471783.30",
            "month=2026-02 767494.35",
            "day=2026-02-17 22573.36",
            "day=2026-12-31 22573.36",
        ]
    "#]]
    .assert_debug_eq(&texts);
}

#[test]
fn a_typed_day_keeps_what_was_typed() {
    let week = "region: 华东, 华南 | time: 2026-03-06..2026-03-12 by week day slot";
    check(
        "region: 华东, 华南 | time: 2026-03-06..2026-03-12 by week day",
        "total 8500; decompose region; decompose time.day by calendar; set day=2026-03-08 to 2000",
        expect![[r#"
                  全部  2026-03-06  2026-03-07  2026-03-08  2026-03-09  2026-03-10  2026-03-11  2026-03-12
            全部  8700        1200        1500        2000        1000        1000        1000        1000
            华东  4350         600         750        1000         500         500         500         500
            华南  4350         600         750        1000         500         500         500         500
        "#]],
    );
    let slot = "total 8500; decompose region; decompose time.slot by calendar; set slot=2026-03-08#2 to 1000 keep total";
    let plan = plan(week, slot);
    assert!(plan.verify().is_ok());
    let value = plan.value(0, &plan.place("slot=2026-03-08#2").unwrap());
    assert_eq!((value, plan.base(0).total()), (Some(1000), 8500));
}

fn closed(day: &str) -> DayWeights {
    DayWeights {
        closed: vec![DateRange::parse(day).unwrap()],
        ..DayWeights::calendar_days()
    }
}

#[test]
fn the_nearest_calendar_wins_in_any_order() {
    let text = "org > region store: 华东[一店, 二店] | time: 2026-03-06..2026-03-07 by week day";
    let own = |member: &str, day: &str| MemberCalendar {
        dimension: "org".into(),
        member: member.into(),
        day_weights: closed(day),
        slots: Slots::whole_day(),
    };
    let operations =
        steps::operations("total 40; decompose org.store; decompose time.day by calendar");
    let mut tables = Vec::new();
    for order in [["华东", "一店"], ["一店", "华东"]] {
        let mut definition = script::definition(text);
        definition.time_levels = vec![Level::Week, Level::Day];
        for member in order {
            let day = if member == "一店" {
                "2026-03-07"
            } else {
                "2026-03-06"
            };
            definition.member_calendars.push(own(member, day));
        }
        let plan = Plan::replay(definition, &operations).unwrap();
        tables.push(table(&plan.base(0), 0));
    }
    expect![[r#"
              全部  2026-03-06  2026-03-07
        全部    40          20          20
        华东    40          20          20
        一店    20          20           0
        二店    20           0          20
    "#]]
    .assert_eq(&tables[0]);
    assert_eq!(tables[0], tables[1]);
}

#[test]
fn a_store_has_its_own_slots() {
    let text = "org: 一店, 二店 | time: 2026-03-06 by day slot";
    let mut definition = script::definition(text);
    let slots = Slots::parse([("早", "50"), ("晚", "50")]).unwrap();
    definition.member_calendars.push(MemberCalendar {
        dimension: "org".into(),
        member: "二店".into(),
        day_weights: DayWeights::brief(),
        slots,
    });
    let operations =
        steps::operations("total 2000; decompose org; decompose time.slot by calendar");
    let plan = Plan::replay(definition, &operations).unwrap();
    expect![[r#"
              全部  2026-03-06#1  2026-03-06#2  2026-03-06#3  2026-03-06#4
        全部  2000           600           800           300           300
        一店  1000           100           300           300           300
        二店  1000           500           500             0             0
    "#]]
    .assert_eq(&table(&plan.base(0), 0));
}

#[test]
fn odd_times() {
    check(
        "time: 2028-02-29 by day",
        "total 5",
        expect![[r#"
              全部
        全部     5
    "#]],
    );
    check(
        "time: 2028-02 by month day",
        "total 29; decompose time.day by days",
        expect![[r#"
                  全部  2028-02-01  2028-02-02  2028-02-03  2028-02-04  2028-02-05  2028-02-06  2028-02-07  2028-02-08  2028-02-09  2028-02-10  2028-02-11  2028-02-12  2028-02-13  2028-02-14  2028-02-15  2028-02-16  2028-02-17  2028-02-18  2028-02-19  2028-02-20  2028-02-21  2028-02-22  2028-02-23  2028-02-24  2028-02-25  2028-02-26  2028-02-27  2028-02-28  2028-02-29
            全部    29           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1           1
        "#]],
    );
    check(
        "time: 2026-01..2027-12 by year month",
        "total 24; decompose time.month by pattern 1",
        expect![[r#"
                  全部  2026  2026-01  2026-02  2026-03  2026-04  2026-05  2026-06  2026-07  2026-08  2026-09  2026-10  2026-11  2026-12  2027  2027-01  2027-02  2027-03  2027-04  2027-05  2027-06  2027-07  2027-08  2027-09  2027-10  2027-11  2027-12
            全部    24    12        1        1        1        1        1        1        1        1        1        1        1        1    12        1        1        1        1        1        1        1        1        1        1        1        1
        "#]],
    );
    check(
        "time: 2026-01..2026-02 by month",
        "total 3; decompose time.month; decompose time",
        expect![[r#"
                  全部  2026-01  2026-02
            全部     3        2        1
        "#]],
    );
}

#[test]
fn a_date_names_the_period_of_the_level_it_stands_with() {
    let plan = Plan::new(fenjie_plan::example::definition()).unwrap();
    for (address, wanted) in [
        ("piece=2026-03-13", "piece=2026-03/W11"),
        ("month=2026-03-13", "month=2026-03"),
        ("quarter=2026-03-13", "quarter=2026-Q1"),
        ("quarter=2026-03", "quarter=2026-Q1"),
        ("day=2026-03-13", "day=2026-03-13"),
        ("time=2026-03-13", "day=2026-03-13"),
        ("piece=2026-03/W11", "piece=2026-03/W11"),
        ("month=2026-03", "month=2026-03"),
        (
            "region=华东, piece=2026-03-31",
            "region=华东, piece=2026-03/W13",
        ),
    ] {
        let place = plan.place(address).unwrap();
        assert_eq!(plan.model().place_text(&place), wanted, "{address}");
    }
}

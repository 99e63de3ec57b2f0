//! Carrying through levels: finer members, calendars, days and slots, longer horizons, other grains.

use expect_test::{Expect, expect};
use fenjie_message::Lang;

use crate::adjusting::weeks;
use crate::table::{check, plan};

const TEAMS: &str =
    "org > team person: 一组[张三 3, 李四 1], 二组[王五 2] | time: 2030-02 by month piece | step 1";
const START: &str = "total 240; decompose org.person by weight; decompose time.piece by equal";

fn teams(steps: &str, expected: Expect) {
    check(TEAMS, &weeks(&format!("{START}; {steps}")), expected);
}

#[test]
fn a_team_carries_and_its_people_share_by_their_base() {
    teams(
        "close week 1 sold 一组 30 of team; carry piece of team",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   240           60           60           60           60
            一组   160           40           40           40           40
            张三   120           30           30           30           30
            李四    40           10           10           10           10
            二组    80           20           20           20           20
            王五    80           20           20           20           20
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0          -30           11           10            9
            一组     0          -10            4            3            3
            张三    -1           -8            3            2            2
            李四     1           -2            1            1            1
            二组     0          -20            7            7            6
            王五     0          -20            7            7            6
        "#]],
    );
    // Results of people are added up for a rule of teams.
    teams(
        "close week 1 sold 张三 20 & 李四 10; carry piece of team",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   240           60           60           60           60
            一组   160           40           40           40           40
            张三   120           30           30           30           30
            李四    40           10           10           10           10
            二组    80           20           20           20           20
            王五    80           20           20           20           20
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0          -30           11           10            9
            一组     0          -10            4            3            3
            张三    -1           -8            3            2            2
            李四     1           -2            1            1            1
            二组     0          -20            7            7            6
            王五     0          -20            7            7            6
        "#]],
    );
    // Results of teams say nothing of people: they do not count for a rule of people.
    teams(
        "close week 1 sold 一组 30 of team; carry piece of person",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   240           60           60           60           60
            一组   160           40           40           40           40
            张三   120           30           30           30           30
            李四    40           10           10           10           10
            二组    80           20           20           20           20
            王五    80           20           20           20           20
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0            0            0            0            0
            一组     0            0            0            0            0
            张三     0            0            0            0            0
            李四     0            0            0            0            0
            二组     0            0            0            0            0
            王五     0            0            0            0            0
            carry_counts_nothing: no close is of the level and as fine as the members that are carried
        "#]],
    );
}

#[test]
fn products_of_a_person_share_what_is_carried() {
    check(
        "org: 张三 1 | product: 甲 3, 乙 1 | time: 2030-02 by month piece | step 1",
        &weeks(
            "total 160; decompose org by weight; decompose product by weight; decompose time.piece by equal; close week 1 sold 张三 28; carry piece",
        ),
        expect![[r#"
                       全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部·全部   160           40           40           40           40
            全部·甲     120           30           30           30           30
            全部·乙      40           10           10           10           10
            张三·全部   160           40           40           40           40
            张三·甲     120           30           30           30           30
            张三·乙      40           10           10           10           10
            结转
                       全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部·全部     0          -12            4            4            4
            全部·甲       0           -9            3            3            3
            全部·乙       0           -3            1            1            1
            张三·全部     0          -12            4            4            4
            张三·甲       0           -9            3            3            3
            张三·乙       0           -3            1            1            1
        "#]],
    );
}

#[test]
fn held_back_lines_carry_nothing() {
    check(
        "org: 张三 1 | time: 2030-02 by month piece | step 1",
        &weeks(
            "total 200; decompose org by weight with back 50%; decompose time.piece by equal; close week 1 sold 张三 20; carry piece",
        ),
        expect![[r#"
                       全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部        200           50           50           50           50
            张三        100           25           25           25           25
            全部·预留   100           25           25           25           25
            结转
                       全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部          0           -5            2            2            1
            张三          0           -5            2            2            1
            全部·预留     0            0            0            0            0
        "#]],
    );
}

#[test]
fn months_carry_within_the_quarter_and_the_year() {
    let year = "org: 张三 1 | time: 2030 by year quarter month | step 1";
    let start = "total 120; decompose org by weight; decompose time.month by equal; close month=2030-02 sold 张三 8";
    check(
        year,
        &format!("{start}; carry month within quarter by equal"),
        expect![[r#"
                  全部  2030-Q1  2030-01  2030-02  2030-03  2030-Q2  2030-04  2030-05  2030-06  2030-Q3  2030-07  2030-08  2030-09  2030-Q4  2030-10  2030-11  2030-12
            全部   120       30       10       10       10       30       10       10       10       30       10       10       10       30       10       10       10
            张三   120       30       10       10       10       30       10       10       10       30       10       10       10       30       10       10       10
            结转
                  全部  2030-Q1  2030-01  2030-02  2030-03  2030-Q2  2030-04  2030-05  2030-06  2030-Q3  2030-07  2030-08  2030-09  2030-Q4  2030-10  2030-11  2030-12
            全部     0        0        0       -2        2        0        0        0        0        0        0        0        0        0        0        0        0
            张三     0        0        0       -2        2        0        0        0        0        0        0        0        0        0        0        0        0
        "#]],
    );
    check(
        year,
        &format!("{start}; carry month within year by equal"),
        expect![[r#"
                  全部  2030-Q1  2030-01  2030-02  2030-03  2030-Q2  2030-04  2030-05  2030-06  2030-Q3  2030-07  2030-08  2030-09  2030-Q4  2030-10  2030-11  2030-12
            全部   120       30       10       10       10       30       10       10       10       30       10       10       10       30       10       10       10
            张三   120       30       10       10       10       30       10       10       10       30       10       10       10       30       10       10       10
            结转
                  全部  2030-Q1  2030-01  2030-02  2030-03  2030-Q2  2030-04  2030-05  2030-06  2030-Q3  2030-07  2030-08  2030-09  2030-Q4  2030-10  2030-11  2030-12
            全部     0       -1        0       -2        1        1        1        0        0        0        0        0        0        0        0        0        0
            张三     0       -1        0       -2        1        1        1        0        0        0        0        0        0        0        0        0        0
        "#]],
    );
    check(
        year,
        &format!("{start}; carry month by equal"),
        expect![[r#"
                  全部  2030-Q1  2030-01  2030-02  2030-03  2030-Q2  2030-04  2030-05  2030-06  2030-Q3  2030-07  2030-08  2030-09  2030-Q4  2030-10  2030-11  2030-12
            全部   120       30       10       10       10       30       10       10       10       30       10       10       10       30       10       10       10
            张三   120       30       10       10       10       30       10       10       10       30       10       10       10       30       10       10       10
            结转
                  全部  2030-Q1  2030-01  2030-02  2030-03  2030-Q2  2030-04  2030-05  2030-06  2030-Q3  2030-07  2030-08  2030-09  2030-Q4  2030-10  2030-11  2030-12
            全部     0        0        0       -2        2        0        0        0        0        0        0        0        0        0        0        0        0
            张三     0        0        0       -2        2        0        0        0        0        0        0        0        0        0        0        0        0
        "#]],
    );
    // The last month of the quarter: nobody is left to take it.
    let march = "close month=2030-03 sold 张三 8; waive * because 示例; carry month within quarter";
    check(
        year,
        &format!("{start}; {march}"),
        expect![[r#"
                  全部  2030-Q1  2030-01  2030-02  2030-03  2030-Q2  2030-04  2030-05  2030-06  2030-Q3  2030-07  2030-08  2030-09  2030-Q4  2030-10  2030-11  2030-12
            全部   120       30       10       10       10       30       10       10       10       30       10       10       10       30       10       10       10
            张三   120       30       10       10       10       30       10       10       10       30       10       10       10       30       10       10       10
            结转
                  全部  2030-Q1  2030-01  2030-02  2030-03  2030-Q2  2030-04  2030-05  2030-06  2030-Q3  2030-07  2030-08  2030-09  2030-Q4  2030-10  2030-11  2030-12
            全部     0        0        0       -2        2        0        0        0        0        0        0        0        0        0        0        0        0
            张三     0        0        0       -2        2        0        0        0        0        0        0        0        0        0        0        0        0
        "#]],
    );
    check(
        year,
        &format!("{start}; carry month within month"),
        expect![[r#"
            carry_horizon_too_short: step 5: the horizon `month` does not lie above the level `month`
            hint: such as pieces within the month, months within the quarter or year
        "#]],
    );
}

/// Stored are months; closing a week opens its month, a longer horizon opens the months it needs.
#[test]
fn weeks_are_opened_where_they_are_closed_and_carried_to() {
    let plan = plan(
        "org: 张三 1 | time: 2030-02..2030-03 by month piece day slot | step 1",
        "total 2000; decompose org by weight; decompose time.month by equal; decompose time.slot by calendar; close piece=2030-02/W08 sold 张三 150; carry piece within year",
    );
    let working = plan.working(0).unwrap();
    let carried = plan.carried(0).unwrap().unwrap();
    let (time, root) = (plan.model().axes().len() - 1, [1]);
    let tree = &plan.model().axes()[time].tree;
    let mut text = String::new();
    for node in 1..tree.len() as u32 {
        let level = plan.model().axes()[time].level_of(node);
        if ["month", "piece"].contains(&level) {
            let of = |view: &fenjie_plan::View<'_>| view.series(&root, &[node]).unwrap()[0];
            let (base, more, all) = (of(&plan.base(0)), of(&carried.view), of(&working));
            assert_eq!(base + more, all);
            text.push_str(&format!("{}: {base} {more:+} = {all}\n", tree.code(node)));
        }
    }
    expect![[r#"
        2030-02: 1000 -100 = 900
        2030-02/W05: 250 +0 = 250
        2030-02/W06: 250 +0 = 250
        2030-02/W07: 250 +0 = 250
        2030-02/W08: 250 -100 = 150
        2030-03: 1000 +100 = 1100
        2030-03/W09: 221 +22 = 243
        2030-03/W10: 221 +22 = 243
        2030-03/W11: 221 +22 = 243
        2030-03/W12: 220 +22 = 242
        2030-03/W13: 117 +12 = 129
    "#]]
    .assert_eq(&text);
    // Days and slots sum to their week, on every working target.
    let node = plan.place("piece=2030-03/W09").unwrap().0[time];
    let below: Vec<u32> = (node..tree.end(node))
        .filter(|at| plan.model().axes()[time].level_of(*at) == "slot")
        .collect();
    let slots = working.series(&root, &below).unwrap();
    let week = working.series(&root, &[node]).unwrap()[0];
    assert_eq!(slots.iter().sum::<i64>(), week);
}

/// A shop shut in the third week takes nothing in it.
#[test]
fn who_is_away_takes_nothing() {
    check(
        "org: 张三 1 until 2030-02-15 | time: 2030-02 by month piece | step 1",
        &weeks(
            "total 100; decompose org by weight; decompose time.piece by calendar; close week 1 sold 张三 30; carry piece",
        ),
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           50           50            0            0
            张三   100           50           50            0            0
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0          -20           20            0            0
            张三     0          -20           20            0            0
        "#]],
    );
}

/// 李四 left in April and somebody typed a target for June: it is read as it always was, and the rest
/// is carried.
#[test]
fn an_amount_where_nobody_is_there_stops_nobody() {
    let plan = plan(
        "org: 张三 1, 李四 1 until 2030-04-20 | time: 2030-01..2030-06 by month piece day | step 1",
        "total 1200; decompose org by equal; decompose time.month by equal; decompose time.day by calendar; set org=李四, month=2030-06 to 500; close piece=2030-01/W01; carry piece within year",
    );
    let working = plan.working(0).unwrap();
    let june = plan.place("org=李四, month=2030-06").unwrap();
    assert_eq!(working.value(&june), Some(500));
    assert_eq!(working.total(), plan.base(0).total());
}

/// A place above several rows says whose closes it comes from, the largest first.
#[test]
fn the_origin_of_a_sum_names_the_first_few() {
    let plan = plan(
        "org: 甲 5, 乙 4, 丙 3, 丁 2, 戊 1 | time: 2030-02 by month piece | step 1",
        &weeks(
            "total 600; decompose org by weight; decompose time.piece by equal; close week 1; carry piece",
        ),
    );
    let place = plan.place(&weeks("week 2")).unwrap();
    let tell = |lang| plan.explain(0, &place).unwrap().sentence(&plan, lang);
    expect!["piece=2030-02/W06: 150; the sum of its 5 parts along org; carried +52 (甲 +17, 乙 +14, 丙 +10, 2 more), working target 202; last changed by step 3 (decompose)"].assert_eq(&tell(Lang::En));
    expect!["piece=2030-02/W06：150；是 org 上 5 个下级之和；结转 +52（甲 +17，乙 +14，丙 +10，另有 2 个成员），工作目标 202；最近一次变动是第 3 步（分解）"].assert_eq(&tell(Lang::Zh));
}

/// A closed week gives what it fell short of itself, not what the weeks before it lacked.
#[test]
fn the_origin_of_a_closed_week_names_its_own_shortfall() {
    let plan = plan(
        crate::adjusting::ONE,
        &weeks(
            "total 100; decompose org by weight; decompose time.piece by equal; close week 1 sold 张三 20; close week 2 sold 张三 24; waive * because 示例; carry piece",
        ),
    );
    let place = plan.place(&weeks("org=张三, week 2")).unwrap();
    let tell = |lang| plan.explain(0, &place).unwrap().sentence(&plan, lang);
    expect!["org=张三, piece=2030-02/W06: 25; February 2030 W06, 8–14 Feb 25 = February 2030 100 × 1 ÷ 4; 张三 100 = 全部 100 × 1 ÷ 1; closed: carried +2, working target 27, sold 24, 3 goes to later periods; last changed by step 3 (decompose)"].assert_eq(&tell(Lang::En));
    expect!["org=张三, piece=2030-02/W06：25；2030年2月第6周段 2月8日–14日 25 = 2030年2月 100 × 1 ÷ 4；张三 100 = 全部 100 × 1 ÷ 1；已关账：结转 +2，工作目标 27，实绩 24，缺口 3 转到后面的期间；最近一次变动是第 3 步（分解）"].assert_eq(&tell(Lang::Zh));
}

#[test]
fn the_origin_of_a_working_target_names_what_fell_short() {
    let plan = plan(
        TEAMS,
        &weeks(&format!(
            "{START}; close week 1 sold 张三 25 & 李四 10 & 王五 20; carry piece"
        )),
    );
    let at = |text: &str| plan.place(&weeks(text)).unwrap();
    let tell = |text: &str, lang| plan.explain(0, &at(text)).unwrap().sentence(&plan, lang);
    expect!["org=张三, piece=2030-02/W06: 30; February 2030 W06, 8–14 Feb 30 = February 2030 120 × 1 ÷ 4; 张三 120 = 一组 160 × 3 ÷ 4; 一组 160 = 全部 240 × 4 ÷ 6; carried +2 (February 2030 W05, 1–7 Feb fell short by 5), working target 32; last changed by step 3 (decompose)"].assert_eq(&tell("org=张三, week 2", Lang::En));
    expect!["org=张三, piece=2030-02/W06：30；2030年2月第6周段 2月8日–14日 30 = 2030年2月 120 × 1 ÷ 4；张三 120 = 一组 160 × 3 ÷ 4；一组 160 = 全部 240 × 4 ÷ 6；结转 +2（2030年2月第5周段 2月1日–7日缺口 5），工作目标 32；最近一次变动是第 3 步（分解）"].assert_eq(&tell("org=张三, week 2", Lang::Zh));
    expect!["org=张三, piece=2030-02/W05: 30; February 2030 W05, 1–7 Feb 30 = February 2030 120 × 1 ÷ 4; 张三 120 = 一组 160 × 3 ÷ 4; 一组 160 = 全部 240 × 4 ÷ 6; closed: working target 30, sold 25, 5 goes to later periods; last changed by step 3 (decompose)"].assert_eq(&tell("org=张三, week 1", Lang::En));
    expect!["org=一组, piece=2030-02/W06: 40; the sum of its 2 parts along org; carried +2 (张三 +2), working target 42; last changed by step 3 (decompose)"].assert_eq(&tell("org=一组, week 2", Lang::En));
    expect!["org=王五, piece=2030-02/W06: 20; February 2030 W06, 8–14 Feb 20 = February 2030 80 × 1 ÷ 4; 王五 80 = 二组 80 × 2 ÷ 2; 二组 80 = 全部 240 × 2 ÷ 6; last changed by step 3 (decompose)"].assert_eq(&tell("org=王五, week 2", Lang::En));
}

#[test]
fn an_edit_after_a_close_is_explained_with_the_plans_amounts() {
    let plan = plan(
        TEAMS,
        &weeks(&format!("{START}; close week 1; set org=张三 to 150")),
    );
    let place = plan.place(&weeks("org=张三, week 2")).unwrap();
    let origin = plan.explain(0, &place).unwrap();
    expect!["org=张三, piece=2030-02/W06: 40; February 2030 W06, 8–14 Feb 40 = February 2030 150 less what is fixed, 120, × 30 ÷ 90; last changed by step 5 (typed number)"].assert_eq(&origin.sentence(&plan, Lang::En));
}

#[test]
fn plans_that_differ_only_in_what_is_carried_differ() {
    let close = "close week 1 sold 张三 25 & 李四 10 & 王五 20";
    let of = |steps: &str| plan(TEAMS, &weeks(&format!("{START}; {close}; {steps}")));
    let (equal, next) = (of("carry piece by equal"), of("carry piece by next"));
    let rows = fenjie_plan::diff(&equal, &next).rows;
    let line = |row: &fenjie_plan::DifferenceRow| {
        let (before, after) = (row.before.unwrap(), row.after.unwrap());
        format!("{}: {before} → {after}\n", row.address)
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    lines.sort();
    expect![[r#"
        carried, org=张三, piece=2030-02/W06: 2 → 5
        carried, org=张三, piece=2030-02/W07: 2 → 0
        carried, org=张三, piece=2030-02/W08: 1 → 0
    "#]]
    .assert_eq(&lines.concat());
    assert!(fenjie_plan::diff(&equal, &equal).is_empty());
}

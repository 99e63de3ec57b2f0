//! A plan that runs (rules J1–J4): weeks are closed, shortfalls carried to the weeks left. `week 1` to
//! `week 4` are the four whole weeks (Friday to Thursday) of February 2030, 25 each.

use expect_test::{Expect, expect};

use crate::table::check;

pub const ONE: &str = "org: 张三 1 | time: 2030-02 by month piece | step 1";
pub const TWO: &str = "org: 张三 1, 李四 1 | time: 2030-02 by month piece | step 1";

/// 100 a head in weeks of 25, and what happens then.
pub fn weeks(steps: &str) -> String {
    let mut steps = steps.to_owned();
    for week in 1..=4 {
        let code = format!("piece=2030-02/W0{}", week + 4);
        steps = steps.replace(&format!("week {week}"), &code);
    }
    steps
}

fn one(steps: &str, expected: Expect) {
    let start = "total 100; decompose org by weight; decompose time.piece by equal";
    check(ONE, &weeks(&format!("{start}; {steps}")), expected);
}

fn two(steps: &str, expected: Expect) {
    let start = "total 200; decompose org by weight; decompose time.piece by equal";
    check(TWO, &weeks(&format!("{start}; {steps}")), expected);
}

#[test]
fn j1_a_shortfall_goes_to_the_later_weeks() {
    one(
        "close week 1 sold 张三 20; carry piece",
        expect![[r#"
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部   100           25           25           25           25
        张三   100           25           25           25           25
        结转
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部     0           -5            2            2            1
        张三     0           -5            2            2            1
    "#]],
    );
    one(
        "close week 1 sold 张三 20; carry piece by equal",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5            2            2            1
            张三     0           -5            2            2            1
        "#]],
    );
    one(
        "close week 1 sold 张三 20; carry piece by next",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5            5            0            0
            张三     0           -5            5            0            0
        "#]],
    );
    one(
        "close week 1 sold 张三 10; carry piece cap 10%",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -6            2            2            2
            张三     0           -6            2            2            2
        "#]],
    );
    one(
        "close week 1 sold 张三 10; carry piece by next cap 20%",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0          -15            5            5            5
            张三     0          -15            5            5            5
        "#]],
    );
    one(
        "set week 2 to 40; close week 1 sold 张三 10; carry piece by base",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   115           25           40           25           25
            张三   115           25           40           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0          -15            7            4            4
            张三     0          -15            7            4            4
        "#]],
    );
}

#[test]
fn j2_a_surplus_changes_nothing_later() {
    one(
        "close week 1 sold 张三 40; carry piece",
        expect![[r#"
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部   100           25           25           25           25
        张三   100           25           25           25           25
        结转
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部     0            0            0            0            0
        张三     0            0            0            0            0
    "#]],
    );
    one(
        "close week 1 sold 张三 20; close week 2 sold 张三 60; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5            2            2            1
            张三     0           -5            2            2            1
        "#]],
    );
}

#[test]
fn j3_weeks_one_and_two_short_weeks_three_and_four_are_28_each() {
    one(
        "close week 1 sold 张三 20; close week 2 sold 张三 24; waive * because 表格示例; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5           -1            3            3
            张三     0           -5           -1            3            3
        "#]],
    );
    // Carried after every week, or once after both: the same.
    one(
        "close week 1 sold 张三 20; carry piece; close week 2 sold 张三 24; waive * because 表格示例; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5           -1            3            3
            张三     0           -5           -1            3            3
        "#]],
    );
}

#[test]
fn j4_empty_weeks_gaps_and_the_last_week() {
    // Nothing sold at all: a full miss.
    one(
        "close week 1; carry piece",
        expect![[r#"
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部   100           25           25           25           25
        张三   100           25           25           25           25
        结转
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部     0          -25            9            8            8
        张三     0          -25            9            8            8
    "#]],
    );
    // The second week is not closed yet: it takes its part and keeps it.
    one(
        "close week 1 sold 张三 20; close week 3 sold 张三 20; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5            2           -5            8
            张三     0           -5            2           -5            8
        "#]],
    );
    // Nobody comes after the fourth week: 8 are unrecovered and stay in its 28; the month keeps its 100.
    one(
        "close week 1 sold 张三 20; close week 2 sold 张三 24; close week 3 sold 张三 28; close week 4 sold 张三 20; waive * because 表格示例; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5           -1            3            3
            张三     0           -5           -1            3            3
        "#]],
    );
    // A close after the act of carrying waits for the next act.
    one(
        "close week 1 sold 张三 20; carry piece; close week 2 sold 张三 5",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5            2            2            1
            张三     0           -5            2            2            1
        "#]],
    );
}

#[test]
fn each_carries_its_own_and_no_surplus_of_another_pays() {
    two(
        "close week 1 sold 张三 19 & 李四 40; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三   100           25           25           25           25
            李四   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -6            2            2            2
            张三     0           -6            2            2            2
            李四     0            0            0            0            0
        "#]],
    );
    // The team as one: 59 of 50 is a surplus.
    two(
        "close week 1 sold 张三 19 & 李四 40; carry piece of *",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三   100           25           25           25           25
            李四   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0            0            0            0            0
            张三     0            0            0            0            0
            李四     0            0            0            0            0
        "#]],
    );
}

#[test]
fn closed_weeks_keep_their_targets_and_the_open_ones_take_the_change() {
    two(
        "close week 1; set * to 260",
        expect![[r#"
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部   260           50           70           70           70
        张三   130           25           35           35           35
        李四   130           25           35           35           35
    "#]],
    );
    two(
        "close week 1; set org=张三 to 130 keep total",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三   130           25           35           35           35
            李四    70           25           15           15           15
        "#]],
    );
    two(
        "close week 1; set org=张三, week 2 to 40 keep total",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           62           44           44
            张三   109           25           40           22           22
            李四    91           25           22           22           22
        "#]],
    );
    two(
        "close week 1; transfer 15 from org=张三 to org=李四",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三    85           25           20           20           20
            李四   115           25           30           30           30
        "#]],
    );
    two(
        "hold org=张三; close week 1; set * to 260",
        expect![[r#"
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部   260           50           70           70           70
        张三   100           25           25           25           25
        李四   160           25           45           45           45
    "#]],
    );
    two(
        "close week 1; close week 2; decompose org by weights 张三 3, 李四 1",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三   126           25           25           38           38
            李四    74           25           25           12           12
        "#]],
    );
}

#[test]
fn what_would_change_a_closed_week_is_refused() {
    two(
        "close week 1; set week 1 to 60",
        expect![[r#"
            period_closed: step 5: piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
            hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
        "#]],
    );
    two(
        "close week 1; set org=张三, week 1 to 30 keep total",
        expect![[r#"
            period_closed: step 5: org=张三, piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
            hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
        "#]],
    );
    two(
        "close week 1; transfer 5 from week 2 to week 1",
        expect![[r#"
            period_closed: step 5: piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
            hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
        "#]],
    );
    two(
        "close week 1; decompose time.piece by equal",
        expect![[r#"
            period_closed: step 5: *: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
            hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
        "#]],
    );
    two(
        "close week 1; close week 2; set * to 90",
        expect![[r#"
            closed_periods_keep: step 6: * cannot become 90: the closed periods in it keep 100: `piece=2030-02/W05` (closed by step 4), `piece=2030-02/W06` (closed by step 5)
            hint: keep the total above what is closed, with open periods to take the rest, or undo the close
        "#]],
    );
    two(
        "close month=2030-02; set * to 300",
        expect![[r#"
            period_closed: step 5: *: closed periods change no more: `2030-02-01..2030-02-28` (closed by step 4)
            hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
        "#]],
    );
    two(
        "close week 1; commit org=张三, week 1 30",
        expect![[r#"
            period_closed: step 5: org=张三, piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
            hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
        "#]],
    );
}

#[test]
fn closes_say_what_they_need() {
    two(
        "close week 1; close week 1 sold 张三 9",
        expect![[r#"
        close_needs_reason: step 5: piece=2030-02/W05 is closed already; closing it again needs a reason
        hint: say why the results are corrected
    "#]],
    );
    two(
        "close org=张三, week 1",
        expect![[r#"
        close_not_a_period: step 4: org=张三, piece=2030-02/W05 cannot be closed: a period is (piece, week, day, month, …), no finer than a day
    "#]],
    );
    two(
        "close week 1 sold 王五 9",
        expect![[r#"
        member_unknown: step 4: axis `org` has no member `王五`
        hint: the nearest are `张三`, `李四`
    "#]],
    );
    two(
        "close week 1 sold * 9",
        expect![[r#"
        close_not_a_row: step 4: * is not at the level of the results, org
        hint: name members of that level; what nobody is known for goes to `unassigned`
    "#]],
    );
    two(
        "close week 1 sold 张三 9 & 张三 8",
        expect![[r#"
        close_row_twice: step 4: org=张三 has two results
    "#]],
    );
    two(
        "close week 1 sold 张三 9.5",
        expect![[r#"
        amount_not_multiple: step 4: org=张三: `9.5` is not a whole number of steps of 1; the nearest are 9 and 10
    "#]],
    );
    two(
        "close week 1; carry piece within piece",
        expect![[r#"
        carry_horizon_too_short: step 5: the horizon `piece` does not lie above the level `piece`
        hint: such as pieces within the month, months within the quarter or year
    "#]],
    );
}

#[test]
fn a_second_close_with_a_reason_replaces_the_first() {
    two(
        "close week 1 sold 张三 9 & 李四 25; close week 1 sold 张三 19 & 李四 25 because 漏报一单; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三   100           25           25           25           25
            李四   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -6            2            2            2
            张三     0           -6            2            2            2
            李四     0            0            0            0            0
        "#]],
    );
}

#[test]
fn undone_closes_and_carries_have_never_been() {
    one(
        "close week 1 sold 张三 20; carry piece; undo 4",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0            0            0            0            0
            张三     0            0            0            0            0
        "#]],
    );
    one(
        "close week 1 sold 张三 20; carry piece; undo 5",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   100           25           25           25           25
            张三   100           25           25           25           25
        "#]],
    );
    one(
        "close week 1 sold 张三 20; carry piece; undo 4; set week 1 to 30",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   105           30           25           25           25
            张三   105           30           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0            0            0            0            0
            张三     0            0            0            0            0
        "#]],
    );
}

//! Edits of a plan with closed weeks: whatever is done, closed cells keep their values, and what cannot
//! be done says which period, since which step, and what to do (rules D4, D9, J4).

use expect_test::{Expect, expect};

use crate::adjusting::{TWO, weeks};
use crate::table::{check, plan};

const START: &str =
    "total 200; decompose org by weight; decompose time.piece by equal; close week 1";

fn two(steps: &str, expected: Expect) {
    check(TWO, &weeks(&format!("{START}; {steps}")), expected);
}

/// Every kind of edit that a planner has; week 1 stays at 25 a head.
#[test]
fn closed_cells_never_move() {
    for steps in [
        "set * to 260",
        "set * to +10%",
        "set * to -5%",
        "set * to +37",
        "set org=张三 to 130",
        "set org=张三 to 130 keep total",
        "set org=张三 to +10% keep ancestors",
        "set org=张三 to 130 keep org",
        "set week 2 to 60",
        "set week 2 to 60 keep total",
        "set week 2 to 60 keep time",
        "set org=张三, week 2 to 40",
        "set org=张三, week 2 to 40 keep total",
        "set org=张三, week 2 to 40 keep ancestors",
        "set org=张三, week 2 to 40 keep org",
        "set org=张三, week 2 to 0",
        "set month=2030-02 to 250",
        "hold org=张三; set * to 260",
        "hold org=张三, week 1; set * to 260",
        "hold org=张三 at 130",
        "hold org=张三 at 130 keep total; release org=张三; set * to 240",
        "hold week 3; set org=张三 to 120 keep total",
        "bound org=张三 ..90; set * to 230",
        "bound org=李四 120..; set * to 210",
        "bound week 2 ..20",
        "transfer 15 from org=张三 to org=李四",
        "transfer 5 from org=张三, week 2 to org=李四, week 4",
        "transfer 5 from week 2 to week 3",
        "commit org=张三 120",
        "commit org=张三, week 2 30 & org=李四, week 3 20",
        "wish org=张三 120",
        "wish org=张三, week 2 30 & org=李四, week 3 10",
        "total 260",
        "decompose org by weights 张三 3, 李四 1",
        "fit org 张三 120, 李四 80",
        "fit org 张三 120, 李四 80 & time.piece 2030-02/W05 50, 2030-02/W06 40, 2030-02/W07 50, 2030-02/W08 60",
        "fit org shares 张三 60%, 李四 40% prior current",
        "leave org=李四 on 2030-02-15 to 张三",
        "leave org=李四 on 2030-02-15",
    ] {
        let plan = plan(TWO, &weeks(&format!("{START}; {steps}")));
        for name in ["张三", "李四"] {
            let place = plan.place(&weeks(&format!("org={name}, week 1"))).unwrap();
            assert_eq!(plan.value(0, &place), Some(25), "{name}: {steps}");
        }
        for check in plan.verify().checks {
            assert!(check.failures.is_empty(), "{steps}: {:?}", check.failures);
        }
    }
}

/// 张三 is to have 120 and has 25 of it in the closed week: 95 in three weeks.
#[test]
fn a_fit_meets_its_totals_with_the_open_weeks() {
    two(
        "fit org 张三 120, 李四 80",
        expect![[r#"
              全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
        全部   200           50           50           50           50
        张三   120           25           32           32           31
        李四    80           25           18           18           19
    "#]],
    );
    two(
        "fit org 张三 120, 李四 80 & time.piece 2030-02/W05 50, 2030-02/W06 40, 2030-02/W07 50, 2030-02/W08 60",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           40           50           60
            张三   120           25           25           32           38
            李四    80           25           15           18           22
        "#]],
    );
    // Fitted by what was there before.
    two(
        "set week 2 to 110; fit org 张三 160, 李四 100 prior current",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   260           50          110           50           50
            张三   160           25           71           32           32
            李四   100           25           39           18           18
        "#]],
    );
    two(
        "hold org=张三, week 2; fit org 张三 120, 李四 80",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           43           54           53
            张三   120           25           25           36           34
            李四    80           25           18           18           19
        "#]],
    );
}

#[test]
fn what_cannot_be_says_which_period_since_when_and_what_to_do() {
    two(
        "set week 1 to 60",
        expect![[r#"
        period_closed: step 5: piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
        hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
    "#]],
    );
    two(
        "set org=张三 to 20",
        expect![[r#"
        closed_periods_keep: step 5: org=张三 cannot become 20: the closed periods in it keep 25: `piece=2030-02/W05` (closed by step 4)
        hint: keep the total above what is closed, with open periods to take the rest, or undo the close
    "#]],
    );
    two(
        "set org=张三, week 1 to 30 keep total",
        expect![[r#"
        period_closed: step 5: org=张三, piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
        hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
    "#]],
    );
    two(
        "hold org=张三, week 1 at 30",
        expect![[r#"
        period_closed: step 5: org=张三, piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
        hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
    "#]],
    );
    two(
        "bound week 1 60..",
        expect![[r#"
        period_closed: step 5: piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
        hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
    "#]],
    );
    two(
        "transfer 5 from week 2 to week 1",
        expect![[r#"
        period_closed: step 5: piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
        hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
    "#]],
    );
    two(
        "commit org=张三, week 1 30",
        expect![[r#"
        period_closed: step 5: org=张三, piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
        hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
    "#]],
    );
    two(
        "total 40",
        expect![[r#"
        closed_periods_keep: step 5: * cannot become 40: the closed periods in it keep 50: `piece=2030-02/W05` (closed by step 4)
        hint: keep the total above what is closed, with open periods to take the rest, or undo the close
    "#]],
    );
    two(
        "wish org=张三, week 2 30 & org=李四, week 1 10",
        expect![[r#"
        period_closed: step 5: org=李四, piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
        hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
    "#]],
    );
    two(
        "fit org 张三 20, 李四 180",
        expect![[r#"
        closed_periods_keep: step 5: org=张三 cannot become 20: the closed periods in it keep 25: `piece=2030-02/W05` (closed by step 4)
        hint: keep the total above what is closed, with open periods to take the rest, or undo the close
    "#]],
    );
    two(
        "fit org 张三 100, 李四 100 & time.piece 2030-02/W05 60, 2030-02/W06 40, 2030-02/W07 40, 2030-02/W08 60",
        expect![[r#"
            closed_periods_keep: step 5: piece=2030-02/W05 cannot become 60: the closed periods in it keep 50: `piece=2030-02/W05` (closed by step 4)
            hint: keep the total above what is closed, with open periods to take the rest, or undo the close
        "#]],
    );
    two(
        "fit org 张三 190, 李四 10 & time.piece 2030-02/W05 50, 2030-02/W06 50, 2030-02/W07 50, 2030-02/W08 50",
        expect![[r#"
            closed_periods_keep: step 5: org=李四 cannot become 10: the closed periods in it keep 25: `piece=2030-02/W05` (closed by step 4)
            hint: keep the total above what is closed, with open periods to take the rest, or undo the close
        "#]],
    );
    two(
        "close week 2; close week 3; close week 4; set * to 260",
        expect![[r#"
            period_closed: step 8: *: closed periods change no more: `2030-02-01..2030-02-28` (closed by step 7)
            hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
        "#]],
    );
    two(
        "close month=2030-02; fit org 张三 120, 李四 80",
        expect![[r#"
            closed_periods_keep: step 6: org=张三 cannot become 120: the closed periods in it keep 100: `2030-02-01..2030-02-28` (closed by step 5)
            hint: keep the total above what is closed, with open periods to take the rest, or undo the close
        "#]],
    );
    two(
        "close month=2030-02; set org=张三 to 120",
        expect![[r#"
        period_closed: step 6: org=张三: closed periods change no more: `2030-02-01..2030-02-28` (closed by step 5)
        hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
    "#]],
    );
}

//! Action plans after two misses (rule J5) and revisions (rule J6).

use expect_test::{Expect, expect};
use fenjie_message::{Lang, Message};
use fenjie_plan::{Plan, RevisionAnswer};

use crate::adjusting::{TWO, weeks};
use crate::table::{check, plan};

const START: &str = "total 200; decompose org by weight; decompose time.piece by equal";

fn running(steps: &str) -> Plan {
    plan(TWO, &weeks(&format!("{START}; {steps}")))
}

fn two(steps: &str, expected: Expect) {
    check(TWO, &weeks(&format!("{START}; {steps}")), expected);
}

/// Who missed what in a row, and what is asked for.
fn streaks(plan: &Plan) -> String {
    let axes = plan.model().axes();
    let line = |streak: &fenjie_plan::Streak| {
        let name = axes[0].tree.name(streak.members[0]);
        let codes: Vec<&str> = streak
            .periods
            .iter()
            .map(|at| axes[1].tree.code(*at))
            .collect();
        let sold: Vec<String> = streak.actual.iter().map(i64::to_string).collect();
        let (codes, sold) = (codes.join(" "), sold.join(" "));
        format!("{name} {codes}, sold {sold}: {:?}\n", streak.action)
    };
    plan.streaks(0).iter().map(line).collect()
}

#[test]
fn two_misses_in_a_row_put_an_action_plan_on_the_owner() {
    let table = [
        ("close week 1 sold 张三 25 & 李四 30", expect![[""]]),
        (
            "close week 1 sold 张三 24 & 李四 30",
            expect![[r#"
            张三 2030-02/W05, sold 24: NotDue
        "#]],
        ),
        (
            "close week 1 sold 张三 24; close week 2 sold 张三 24 & 李四 25",
            expect![[r#"
                张三 2030-02/W05 2030-02/W06, sold 24 24: Due
            "#]],
        ),
        (
            "close week 1 sold 张三 24; close week 2 sold 张三 25",
            expect![[r#"
                李四 2030-02/W05 2030-02/W06, sold 0 0: Due
            "#]],
        ),
        // The week between is not closed: nobody knows yet whether they are in a row.
        (
            "close week 1 sold 李四 25; close week 3 sold 李四 25",
            expect![[r#"
                张三 2030-02/W07, sold 0: NotDue
            "#]],
        ),
        // Sold more than the base, less than the working target: not missed.
        (
            "close week 1 sold 张三 10 & 李四 25; carry piece; close week 2 sold 张三 26 & 李四 25",
            expect![[""]],
        ),
        // No target, no miss; the row goes on.
        (
            "set org=张三, week 2 to 0; close week 1; close week 2; close week 3 sold 李四 25",
            expect![[r#"
                张三 2030-02/W05 2030-02/W07, sold 0 0: Due
            "#]],
        ),
    ];
    for (steps, expected) in table {
        expected.assert_eq(&streaks(&running(steps)));
    }
}

#[test]
fn a_filed_plan_covers_the_row_of_misses_until_its_due_date() {
    let missed = "close week 1 sold 李四 25; close week 2 sold 李四 25";
    let act = "act 张三 because market by 王芳";
    let table = [
        (
            format!("{missed}; {act}"),
            expect![[r#"
            张三 2030-02/W05 2030-02/W06, sold 0 0: Filed(6)
        "#]],
        ),
        // Filed before the second miss: that was for something else.
        (
            format!("close week 1 sold 李四 25; {act}; close week 2 sold 李四 25"),
            expect![[r#"
                张三 2030-02/W05 2030-02/W06, sold 0 0: Due
            "#]],
        ),
        (
            format!("{missed}; {act}; close week 3 sold 李四 25"),
            expect![[r#"
                张三 2030-02/W05 2030-02/W06 2030-02/W07, sold 0 0 0: Filed(6)
            "#]],
        ),
        // Two more misses in weeks that begin after the due date ask again.
        (
            format!(
                "{missed}; {act} until 2030-02-10; close week 3 sold 李四 25; close week 4 sold 李四 25"
            ),
            expect![[r#"
                张三 2030-02/W05 2030-02/W06 2030-02/W07 2030-02/W08, sold 0 0 0 0: Due
            "#]],
        ),
        (
            format!("{missed}; waive * because 台风停业"),
            expect![[r#"
            张三 2030-02/W05 2030-02/W06, sold 0 0: Waived(6)
        "#]],
        ),
        (
            format!("{missed}; act * because execution by 王芳"),
            expect![[r#"
                张三 2030-02/W05 2030-02/W06, sold 0 0: Filed(6)
            "#]],
        ),
        (
            format!("{missed}; {act}; undo 6"),
            expect![[r#"
            张三 2030-02/W05 2030-02/W06, sold 0 0: Due
        "#]],
        ),
    ];
    for (steps, expected) in table {
        expected.assert_eq(&streaks(&running(&steps)));
    }
}

#[test]
fn adjustments_wait_for_the_action_plan() {
    // 张三 has missed twice: only 李四's first miss is carried, 张三 keeps what the first act gave.
    two(
        "close week 1 sold 张三 20 & 李四 25; carry piece; close week 2 sold 张三 20 & 李四 20; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三   100           25           25           25           25
            李四   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5           -3            5            3
            张三     0           -5            2            2            1
            李四     0            0           -5            3            2
        "#]],
    );
    two(
        "close week 1 sold 张三 20 & 李四 25; carry piece; close week 2 sold 张三 20 & 李四 20; act 张三 because customers by 王芳; carry piece",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三   100           25           25           25           25
            李四   100           25           25           25           25
            结转
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部     0           -5          -10            8            7
            张三     0           -5           -5            5            5
            李四     0            0           -5            3            2
        "#]],
    );
    let waiting = running(
        "close week 1 sold 张三 20 & 李四 25; close week 2 sold 张三 20 & 李四 25; carry piece",
    );
    let carried = waiting.carried(0).unwrap().unwrap();
    assert_eq!(carried.rows.len(), 1);
    assert!(carried.rows[0].waiting);
    two(
        "close week 1; close week 2; revise org=张三, week 3 to 20 because 客户停产",
        expect![[r#"
            action_plan_due: step 6: org=张三 missed several periods in a row (2030-02/W05, 2030-02/W06); an action plan is due first
            hint: file an action plan first, or waive it with a reason
        "#]],
    );
    two(
        "close week 1; close week 2; waive 张三 because 客户停产; revise org=张三, week 3 to 20 because 客户停产",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   200           50           50           50           50
            张三   100           25           25           25           25
            李四   100           25           25           25           25
        "#]],
    );
}

#[test]
fn an_action_plan_says_what_it_must() {
    two(
        "act 张三 by 王芳",
        expect![[r#"
        action_plan_lacks_cause: step 4: an action plan names at least one cause: market, target, strategy, execution, customers
    "#]],
    );
    two(
        "act 张三 because market",
        expect![[r#"
        action_plan_lacks_owner: step 4: an action plan names its owner
    "#]],
    );
    two(
        "act 王五 because market by 王芳",
        expect![[r#"
        member_unknown: step 4: axis `org` has no member `王五`
        hint: the nearest are `张三`, `李四`
    "#]],
    );
    two(
        "act org=张三, week 1 because market by 王芳",
        expect![[r#"
        members_only: step 4: org=张三, piece=2030-02/W05: only members are named here, no period
    "#]],
    );
    two(
        "checked 3 见效",
        expect![[r#"
        action_plan_unknown: step 4: step 3 is no action plan in effect
    "#]],
    );
    two(
        "waive 张三",
        expect![[r#"
        waiver_lacks_reason: step 4: going on without an action plan needs a reason
    "#]],
    );
    two(
        "resolve ",
        expect![[r#"
        resolution_lacks_text: step 4: the resolution says nothing
    "#]],
    );
    let plan = running("act 张三 because market by 王芳; checked 4 回访率上升");
    let filed = plan.action_plans();
    assert_eq!(filed[0].check.unwrap().0, 5);
    assert_eq!(filed[0].plan.owner, "王芳");
}

#[test]
fn a_revision_takes_effect_when_it_is_approved() {
    let proposed = running("revise org=张三 to 120 because 增加网点");
    assert_eq!(proposed.base(0).total(), 200);
    let state = &proposed.revisions()[0];
    assert_eq!(
        (state.state, state.before, state.after),
        (RevisionAnswer::Proposed, Some(100), None)
    );
    assert_eq!(proposed.version(), 1);
    let approved = running("revise org=张三 to 120 because 增加网点; approve 4 because 已核实");
    let state = &approved.revisions()[0];
    let answer = RevisionAnswer::Approved(5);
    assert_eq!(
        (state.state, state.before, state.after),
        (answer, Some(100), Some(120))
    );
    assert_eq!((approved.base(0).total(), approved.version()), (220, 2));
    let everyone = approved.place("").unwrap();
    assert_eq!(approved.times_revised(&everyone), 1);
    assert_eq!(
        approved.times_revised(&approved.place("org=李四").unwrap()),
        0
    );
    let rejected = running("revise org=张三 to 120 because 增加网点; reject 4 because 预算不足");
    assert_eq!(rejected.revisions()[0].state, RevisionAnswer::Rejected(5));
    assert_eq!((rejected.base(0).total(), rejected.version()), (200, 1));
}

#[test]
fn what_is_wrong_with_a_revision_is_said() {
    two(
        "revise org=张三 to 120",
        expect![[r#"
        revision_lacks_reason: step 4: a revision needs a reason
    "#]],
    );
    two(
        "revise org=张三 to 一百二 because 增加网点",
        expect![[r#"
        amount_invalid: step 4: org=张三: `一百二` is not an amount
        hint: write amounts as 10000000.00, 1,000万 or 1.2亿
    "#]],
    );
    two(
        "close week 1; revise week 1 to 60 because 增加网点",
        expect![[r#"
            period_closed: step 5: piece=2030-02/W05: closed periods change no more: `piece=2030-02/W05` (closed by step 4)
            hint: change later periods that are open; where results were wrong, close again with a reason; where the target itself must change, undo that close first
        "#]],
    );
    two(
        "hold org=张三; revise org=张三 to 120 because 增加网点",
        expect![[r#"
            place_held: step 5: org=张三 is held by 王芳 (新店开业)
            hint: release the hold first
        "#]],
    );
    two(
        "revise org=张三 to 120 because 增加网点; approve 4",
        expect![[r#"
            decision_lacks_reason: step 5: an answer to a revision needs a reason
        "#]],
    );
    two(
        "approve 3 because 好",
        expect![[r#"
        revision_unknown: step 4: step 3 is no revision in effect
    "#]],
    );
    two(
        "revise org=张三 to 120 because 增加网点; reject 4 because 不行; approve 4 because 行",
        expect![[r#"
            revision_answered: step 6: the revision of step 4 was answered by step 5
        "#]],
    );
    two(
        "revise org=张三 to 120 because 增加网点; close week 1; approve 4 because 行",
        expect![[r#"
                  全部  2030-02/W05  2030-02/W06  2030-02/W07  2030-02/W08
            全部   220           50           57           57           56
            张三   120           25           32           32           31
            李四   100           25           25           25           25
        "#]],
    );
}

/// Every refusal speaks both languages, with a hint where one helps.
#[test]
fn refusals_speak_chinese_too() {
    let cases = [
        (
            "close week 1; close week 1",
            expect![[r#"
            第 5 步：piece=2030-02/W05 已经关账，再次关账要写明原因
            写明更正的原因"#]],
        ),
        (
            "close week 1; set week 1 to 60",
            expect![[r#"
                第 5 步：piece=2030-02/W05：已关账的期间不再变动：`piece=2030-02/W05`（第 4 步关账）
                改后面未关账的期间；实绩有误就写明原因再关一次；目标确实要改，先撤销那一步关账"#]],
        ),
        (
            "close week 1; close week 2; set * to 90",
            expect![[r#"
                第 6 步：* 不能变成 90：其中已关账的期间保持 100：`piece=2030-02/W05`（第 4 步关账）、`piece=2030-02/W06`（第 5 步关账）
                总额不低于已关账期间之和，并留有未关账的期间来承担；或撤销关账"#]],
        ),
        (
            "close week 1; close week 2; revise org=张三 to 90 because 停产",
            expect![[r#"
                第 6 步：org=张三 连续未达成（2030-02/W05、2030-02/W06），要先交改进计划
                先提交改进计划，或写明理由免等"#]],
        ),
        (
            "act 张三 because market",
            expect![[r#"
            第 4 步：改进计划要写明负责人
        "#]],
        ),
        (
            "approve 9 because 好",
            expect![[r#"
            第 4 步：第 9 步不是有效的目标调整申请
        "#]],
        ),
    ];
    let mut plan = crate::script::definition(TWO);
    plan.name = "二月".into();
    for (steps, expected) in cases {
        let operations = crate::steps::operations(&weeks(&format!("{START}; {steps}")));
        let refusal = Plan::replay(plan.clone(), &operations).unwrap_err();
        let hint = refusal.hint(Lang::Zh).unwrap_or_default();
        expected.assert_eq(&format!("{}\n{hint}", refusal.text(Lang::Zh)));
    }
}

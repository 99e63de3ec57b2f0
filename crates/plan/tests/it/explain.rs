//! Where a number comes from: data whose last step is the number, and one sentence in both
//! languages for every kind of step.

use expect_test::{Expect, expect};
use fenjie_message::Lang;
use fenjie_plan::{Address, Operation, Place, Plan};

use crate::table::plan;

const GRID: &str = "region: 华东 3, 华南 1 | time: 2026-03..2026-04 by month day";
const OPEN: &str = "total 1000; decompose region by weight; decompose time.month";

#[track_caller]
fn check(steps: &str, at: &str, expected: Expect) {
    let plan = plan(GRID, steps);
    let origin = plan.explain(0, &plan.place(at).unwrap()).unwrap();
    let (zh, en) = (
        origin.sentence(&plan, Lang::Zh),
        origin.sentence(&plan, Lang::En),
    );
    expected.assert_eq(&format!("{zh}\n{en}\n"));
}

#[test]
fn a_decomposed_cell_shows_every_allocation() {
    check(
        OPEN,
        "region=华东, month=2026-03",
        expect![[r#"
            region=华东, month=2026-03：375；2026年3月 375 = 2026-03-01..2026-04-30 750 × 1 ÷ 2；华东 750 = 全部 1000 × 3 ÷ 4；最近一次变动是第 3 步（分解）
            region=华东, month=2026-03: 375; March 2026 375 = 2026-03-01..2026-04-30 750 × 1 ÷ 2; 华东 750 = 全部 1000 × 3 ÷ 4; last changed by step 3 (decompose)
        "#]],
    );
    check(
        OPEN,
        "region=华东",
        expect![[r#"
            region=华东：750；华东 750 = 全部 1000 × 3 ÷ 4；最近一次变动是第 2 步（分解）
            region=华东: 750; 华东 750 = 全部 1000 × 3 ÷ 4; last changed by step 2 (decompose)
        "#]],
    );
    check(
        OPEN,
        "month=2026-03",
        expect![[r#"
            month=2026-03：500；是 region 上 2 个下级之和；最近一次变动是第 3 步（分解）
            month=2026-03: 500; the sum of its 2 parts along region; last changed by step 3 (decompose)
        "#]],
    );
    check(
        OPEN,
        "",
        expect![[r#"
            *：1000；是 region 上 2 个下级之和；最近一次变动是第 1 步（设定总额）
            *: 1000; the sum of its 2 parts along region; last changed by step 1 (total)
        "#]],
    );
    let days = format!("{OPEN}; decompose time.day by calendar");
    check(
        &days,
        "region=华东, day=2026-03-06",
        expect![[r#"
            region=华东, day=2026-03-06：12；2026年3月6日 周五 12 = 2026年3月 375 × 1.2 ÷ 37.8（余数第 19 大，得到一个尾差）；2026年3月 375 = 2026-03-01..2026-04-30 750 × 1 ÷ 2；华东 750 = 全部 1000 × 3 ÷ 4；最近一次变动是第 4 步（分解）
            region=华东, day=2026-03-06: 12; Fri 2026-03-06 12 = March 2026 375 × 1.2 ÷ 37.8 (remainder no. 19, got a left-over step); March 2026 375 = 2026-03-01..2026-04-30 750 × 1 ÷ 2; 华东 750 = 全部 1000 × 3 ÷ 4; last changed by step 4 (decompose)
        "#]],
    );
    check(
        &days,
        "day=2026-03-06",
        expect![[r#"
            day=2026-03-06：16；是 region 上 2 个下级之和；最近一次变动是第 4 步（分解）
            day=2026-03-06: 16; the sum of its 2 parts along region; last changed by step 4 (decompose)
        "#]],
    );
}

#[test]
fn every_kind_of_step_is_named() {
    let july = "region=华东, month=2026-03";
    for (step, expected) in [
        (
            "set region=华东 to 800",
            expect![[r#"
                region=华东, month=2026-03：400；2026年3月 400 = 2026-03-01..2026-04-30 800 × 375 ÷ 750；最近一次变动是第 4 步（填写）
                region=华东, month=2026-03: 400; March 2026 400 = 2026-03-01..2026-04-30 800 × 375 ÷ 750; last changed by step 4 (typed number)
            "#]],
        ),
        (
            "set region=华东, month=2026-03 to 800",
            expect![[r#"
                region=华东, month=2026-03：800；最近一次变动是第 4 步（填写）
                region=华东, month=2026-03: 800; last changed by step 4 (typed number)
            "#]],
        ),
        (
            "hold region=华东, month=2026-03 at 300 keep total",
            expect![[r#"
                region=华东, month=2026-03：300；2026年3月 300 在 2026-03-01..2026-04-30 720 之内是固定的；华东 720 是 全部 1000 按锁定和上下限调整后的部分；由 王芳 锁定（新店开业）；最近一次变动是第 4 步（锁定）
                region=华东, month=2026-03: 300; March 2026 300 is fixed within 2026-03-01..2026-04-30 720; 华东 720 is its part of 全部 1000 after holds and limits; held by 王芳 (新店开业); last changed by step 4 (hold)
            "#]],
        ),
        (
            "hold region=华东; set * to 1100; release region=华东; set * to 1200",
            expect![[r#"
                region=华东, month=2026-03：409；2026年3月 409 = 2026-03-01..2026-04-30 818 × 375 ÷ 750；华东 818 = 全部 1200 × 750 ÷ 1100；最近一次变动是第 7 步（填写）
                region=华东, month=2026-03: 409; March 2026 409 = 2026-03-01..2026-04-30 818 × 375 ÷ 750; 华东 818 = 全部 1200 × 750 ÷ 1100; last changed by step 7 (typed number)
            "#]],
        ),
        (
            "bound region=华东 ..600",
            expect![[r#"
                region=华东, month=2026-03：300；2026年3月 300 = 2026-03-01..2026-04-30 600 × 375 ÷ 750；华东 600 在 全部 1000 之内是固定的；region=华东 限于 – 至 600；最近一次变动是第 4 步（设定上下限）
                region=华东, month=2026-03: 300; March 2026 300 = 2026-03-01..2026-04-30 600 × 375 ÷ 750; 华东 600 is fixed within 全部 1000; region=华东 within – to 600; last changed by step 4 (floor and cap)
            "#]],
        ),
        (
            "transfer 50 from region=华东 to region=华南",
            expect![[r#"
                region=华东, month=2026-03：350；2026年3月 350 = 2026-03-01..2026-04-30 700 × 375 ÷ 750；最近一次变动是第 4 步（调拨）
                region=华东, month=2026-03: 350; March 2026 350 = 2026-03-01..2026-04-30 700 × 375 ÷ 750; last changed by step 4 (transfer)
            "#]],
        ),
        (
            "commit region=华东 600",
            expect![[r#"
                region=华东, month=2026-03：300；2026年3月 300 = 2026-03-01..2026-04-30 600 × 375 ÷ 750；华东 600 在 全部 1000 之内是固定的；最近一次变动是第 4 步（承诺）
                region=华东, month=2026-03: 300; March 2026 300 = 2026-03-01..2026-04-30 600 × 375 ÷ 750; 华东 600 is fixed within 全部 1000; last changed by step 4 (commitment)
            "#]],
        ),
        (
            "fit region 华东 600, 华南 400 & time.month 2026-03 700, 2026-04 300",
            expect![[r#"
                region=华东, month=2026-03：420；最近一次变动是第 4 步（按各维度总额拟合）
                region=华东, month=2026-03: 420; last changed by step 4 (fit to totals on several axes)
            "#]],
        ),
        (
            "leave region=华东 on 2026-04-01 to 华南",
            expect![[r#"
                region=华东, month=2026-03：375；最近一次变动是第 3 步（分解）
                region=华东, month=2026-03: 375; last changed by step 3 (decompose)
            "#]],
        ),
        (
            "layer stretch 10%",
            expect![[r#"
                region=华东, month=2026-03：375；2026年3月 375 = 2026-03-01..2026-04-30 750 × 1 ÷ 2；华东 750 = 全部 1000 × 3 ÷ 4；冲刺目标 +38；最近一次变动是第 3 步（分解）
                region=华东, month=2026-03: 375; March 2026 375 = 2026-03-01..2026-04-30 750 × 1 ÷ 2; 华东 750 = 全部 1000 × 3 ÷ 4; Stretch +38; last changed by step 3 (decompose)
            "#]],
        ),
        (
            "set * to 1100; undo 4",
            expect![[r#"
                region=华东, month=2026-03：375；2026年3月 375 = 2026-03-01..2026-04-30 750 × 1 ÷ 2；华东 750 = 全部 1000 × 3 ÷ 4；最近一次变动是第 3 步（分解）
                region=华东, month=2026-03: 375; March 2026 375 = 2026-03-01..2026-04-30 750 × 1 ÷ 2; 华东 750 = 全部 1000 × 3 ÷ 4; last changed by step 3 (decompose)
            "#]],
        ),
    ] {
        check(&format!("{OPEN}; {step}"), july, expected);
    }
}

#[test]
fn the_last_step_is_the_number() {
    let steps = format!(
        "{OPEN}; decompose time.day by calendar; set region=华东 to 777; hold day=2026-03-06; \
         set month=2026-04 to +13%; set region=华南 to 300 keep total"
    );
    let plan = plan(GRID, &steps);
    let axes = plan.model().axes();
    for region in 0..axes[0].tree.len() as u32 {
        for period in 0..axes[1].tree.len() as u32 {
            let place = Place(vec![region, period]);
            let origin = plan.explain(0, &place).unwrap();
            assert_eq!(Some(origin.value), plan.value(0, &place));
            let Some(last) = origin.steps.last() else {
                continue;
            };
            assert_eq!(
                last.value,
                origin.value,
                "{}",
                plan.model().place_text(&place)
            );
            for pair in origin.steps.windows(2) {
                assert_eq!(pair[0].value, pair[1].parent_value);
            }
        }
    }
}

/// A close opens the weeks of its month; those beside it still say what they are made of.
#[test]
fn a_week_beside_a_closed_one_still_says_where_it_comes_from() {
    let mut operations = fenjie_plan::example::operations();
    operations.push(Operation::Close(fenjie_plan::Close {
        measure: String::new(),
        period: Address::parse("piece=2026-03/W10").unwrap(),
        of: "region".into(),
        actuals: Vec::new(),
        unassigned: None,
        reason: String::new(),
    }));
    let plan = Plan::replay(fenjie_plan::example::definition(), &operations).unwrap();
    let at = "region=华东, product=A, channel=线上, piece=2026-03/W11";
    let at = plan.place(at).unwrap();
    let text = plan.explain(0, &at).unwrap().sentence(&plan, Lang::Zh);
    expect!["region=华东, product=A, channel=线上, piece=2026-03/W11：5059.52；2026年3月第11周段 3月13日–19日 5059.52 = 2026年3月 22500.00 × 8.5 ÷ 37.8；最近一次变动是第 3 步（分解）"].assert_eq(&text);
}

//! Packs of weeks as a meeting reads them.

use expect_test::{Expect, expect};
use fenjie_message::{Lang, Message};
use fenjie_plan::{
    ActionCheck, ActionPlan, Cause, ChangeBy, Effect, Keep, Operation, Resolution, Revision,
};
use fenjie_review::{Rhythm, Span};

use crate::chain::{Sale, actuals, address, close, operations, pack, plan, rule, section};

/// The second week of March: two shops fall short, one does well, one is closed.
pub const SALES: [Sale; 12] = [
    ("S1", "2026-03-02", 30_000),
    ("S2", "2026-03-03", 4_000),
    ("S3", "2026-03-05", 8_000),
    ("S1", "2026-03-06", 9_000),
    ("S2", "2026-03-06", 2_000),
    ("S3", "2026-03-07", 6_000),
    ("S1", "2026-03-08", 15_000),
    ("S3", "2026-03-09", 1_000),
    ("S4", "2026-03-10", 21_000),
    ("S2", "2026-03-11", 3_000),
    ("S4", "2026-03-12", 1_500),
    ("S1", "2026-03-13", 5_000),
];

fn check(number: usize, lang: Lang, wanted: Expect) {
    let plan = plan();
    let span = Span::week(&plan, "2026-W10").unwrap();
    wanted.assert_eq(&section(
        &pack(&plan, span, "2026-03-12", &SALES),
        number,
        lang,
    ));
}

#[test]
fn the_result() {
    check(
        1,
        Lang::Zh,
        expect![[r#"
            ## 1 结果

            月中检：检查进度与方法：完成率是否跟得上时间进度，缺口集中在谁、哪个产品、哪几天，改进计划有没有效果，要不要结转。

            - 2026年第10周 3月6日–12日：目标 9.32万，完成 5.85万（62.8%），还差 3.47万
            - 2026年3月：目标 41.42万，完成 10.05万（24.3%），还差 31.37万；落后 13.6 个百分点；照目前日均，期末预计完成 64%；日均需完成 1.65万，目前日均 8,375.00

            | 指标                   | 2026年第10周 3月6日–12日 |         2026年3月 |         全期 |
            | ---------------------- | -----------------------: | ----------------: | -----------: |
            | 基准目标               |                93,150.68 |        414,246.56 | 1,200,000.00 |
            | 结转                   |                     0.00 |              0.00 |         0.00 |
            | 工作目标               |                93,150.68 |        414,246.56 | 1,200,000.00 |
            | 实绩                   |                58,500.00 |        100,500.00 |   100,500.00 |
            | 差额（目标 − 实绩）    |                34,650.68 |        313,746.56 | 1,099,500.00 |
            | 完成率                 |                    62.8% |             24.3% |         8.4% |
            | 时间进度               |                   100.0% |             37.8% |        78.5% |
            | 应完成                 |                93,150.68 |        156,712.32 |   942,465.76 |
            | 应完成 − 实绩          |                34,650.68 |         56,212.32 |   841,965.76 |
            | 进度差（百分点）       |                    -37.2 |             -13.6 |        -70.2 |
            | 日均完成（按加权日）   |                 6,882.35 |          7,027.97 |     1,168.60 |
            | 日均需完成（按加权日） |                          |         13,350.92 |    46,787.23 |
            | 预计完成               |                58,500.00 |        265,657.35 |   127,962.21 |
            | 预计区间               |                          | 15.58万 – 37.55万 |              |
            | 预计完成率             |                    62.8% |             64.1% |        10.7% |
            | 状态                   |                 × 未达成 |            ▼ 落后 |       ▼ 落后 |

        "#]],
    );
    check(
        1,
        Lang::En,
        expect![[r#"
            ## 1 Result

            Mid-month check: Check pace and methods: does attainment keep up with the time gone, who, which product and which days hold the gap, do action plans work, is anything to be carried.

            - 2026 W10, 6–12 Mar: target 93,151, 58,500 done (62.8%), 34,651 missing
            - March 2026: target 414,247, 100,500 done (24.3%), 313,747 missing; 13.6 points behind; at today's rate it ends at 64%; 16,513 a day are needed, 8,375.00 are done

            | figure                       | 2026 W10, 6–12 Mar |        March 2026 |   whole plan |
            | ---------------------------- | -----------------: | ----------------: | -----------: |
            | base target                  |          93,150.68 |        414,246.56 | 1,200,000.00 |
            | carried                      |               0.00 |              0.00 |         0.00 |
            | working target               |          93,150.68 |        414,246.56 | 1,200,000.00 |
            | actual                       |          58,500.00 |        100,500.00 |   100,500.00 |
            | gap (target − actual)        |          34,650.68 |        313,746.56 | 1,099,500.00 |
            | attainment                   |              62.8% |             24.3% |         8.4% |
            | elapsed                      |             100.0% |             37.8% |        78.5% |
            | expected to date             |          93,150.68 |        156,712.32 |   942,465.76 |
            | expected − actual            |          34,650.68 |         56,212.32 |   841,965.76 |
            | pace (points)                |              -37.2 |             -13.6 |        -70.2 |
            | run rate (weighted day)      |           6,882.35 |          7,027.97 |     1,168.60 |
            | required rate (weighted day) |                    |         13,350.92 |    46,787.23 |
            | projection                   |          58,500.00 |        265,657.35 |   127,962.21 |
            | projected band               |                    | 155,796 – 375,518 |              |
            | projected attainment         |              62.8% |             64.1% |        10.7% |
            | status                       |           × missed |          ▼ behind |     ▼ behind |

        "#]],
    );
}

#[test]
fn the_gap() {
    check(
        2,
        Lang::Zh,
        expect![[r#"
        ## 2 差额分解

        到期的基准目标 9.32万，实绩 5.85万，少 3.47万。正数是少的，负数是多的；每张表加起来都等于这个差额。

        ### 按门店

        | 部分     |        应完成 |          实绩 |          差额 |     占差额 |
        | -------- | ------------: | ------------: | ------------: | ---------: |
        | 东区     |     46,575.34 |     29,000.00 |     17,575.34 |      50.7% |
        | 西区     |     46,575.34 |     29,500.00 |     17,075.34 |      49.3% |
        | **合计** | **93,150.68** | **58,500.00** | **34,650.68** | **100.0%** |

        ### 按时间

        | 部分               |        应完成 |          实绩 |          差额 |     占差额 |
        | ------------------ | ------------: | ------------: | ------------: | ---------: |
        | 2026年3月6日 周五  |     13,150.68 |     11,000.00 |      2,150.68 |       6.2% |
        | 2026年3月7日 周六  |     16,438.36 |      6,000.00 |     10,438.36 |      30.1% |
        | 2026年3月8日 周日  |     19,726.04 |     15,000.00 |      4,726.04 |      13.6% |
        | 2026年3月9日 周一  |     10,958.92 |      1,000.00 |      9,958.92 |      28.7% |
        | 2026年3月10日 周二 |     10,958.92 |     21,000.00 |    -10,041.08 |     -29.0% |
        | 2026年3月11日 周三 |     10,958.88 |      3,000.00 |      7,958.88 |      23.0% |
        | 2026年3月12日 周四 |     10,958.88 |      1,500.00 |      9,458.88 |      27.3% |
        | **合计**           | **93,150.68** | **58,500.00** | **34,650.68** | **100.0%** |

    "#]],
    );
    check(
        2,
        Lang::En,
        expect![[r#"
        ## 2 Where the gap comes from

        Base target due 93,151, actual 58,500, 34,651 short. Above zero is missing, below zero is more; every table sums to this gap.

        ### By 门店

        | part      |      expected |        actual |           gap | share of gap |
        | --------- | ------------: | ------------: | ------------: | -----------: |
        | 东区      |     46,575.34 |     29,000.00 |     17,575.34 |        50.7% |
        | 西区      |     46,575.34 |     29,500.00 |     17,075.34 |        49.3% |
        | **total** | **93,150.68** | **58,500.00** | **34,650.68** |   **100.0%** |

        ### By time

        | part           |      expected |        actual |           gap | share of gap |
        | -------------- | ------------: | ------------: | ------------: | -----------: |
        | Fri 2026-03-06 |     13,150.68 |     11,000.00 |      2,150.68 |         6.2% |
        | Sat 2026-03-07 |     16,438.36 |      6,000.00 |     10,438.36 |        30.1% |
        | Sun 2026-03-08 |     19,726.04 |     15,000.00 |      4,726.04 |        13.6% |
        | Mon 2026-03-09 |     10,958.92 |      1,000.00 |      9,958.92 |        28.7% |
        | Tue 2026-03-10 |     10,958.92 |     21,000.00 |    -10,041.08 |       -29.0% |
        | Wed 2026-03-11 |     10,958.88 |      3,000.00 |      7,958.88 |        23.0% |
        | Thu 2026-03-12 |     10,958.88 |      1,500.00 |      9,458.88 |        27.3% |
        | **total**      | **93,150.68** | **58,500.00** | **34,650.68** |   **100.0%** |

    "#]],
    );
}

#[test]
fn who_needs_help() {
    check(
        3,
        Lang::Zh,
        expect![[r#"
        ## 3 谁需要帮助

        2026年3月，4 个门店：▲ 领先 1，▼ 落后 3。

        | 谁       | 负责人 | 状态   |       目标 |      实绩 | 完成率 | 进度差（百分点） | 应完成 − 实绩 | 占上级差额 | 日均完成 | 日均需完成 | 连续未达成 |
        | -------- | ------ | ------ | ---------: | --------: | -----: | ---------------: | ------------: | ---------: | -------: | ---------: | ---------: |
        | 湖滨\|店 | 赵敏   | ▼ 落后 | 103,561.64 |  9,000.00 |   8.7% |            -29.1 |     30,178.08 |      65.6% |   629.37 |   4,023.90 |            |
        | 解放路店 |        | ▼ 落后 | 103,561.64 | 15,000.00 |  14.5% |            -23.3 |     24,178.08 |      52.2% | 1,048.95 |   3,768.58 |            |
        | 大学城店 |        | ▼ 落后 | 103,561.64 | 22,500.00 |  21.7% |            -16.1 |     16,678.08 |      47.8% | 1,573.43 |   3,449.43 |            |

        ### 做得好的

        | 名次 | 谁       | 负责人 | 状态     |      目标 |      实绩 | 完成率 |
        | ---: | -------- | ------ | -------- | --------: | --------: | -----: |
        |    1 | 人民路店 |        | ● 已达成 | 23,287.67 | 24,000.00 | 103.1% |

    "#]],
    );
    check(
        3,
        Lang::En,
        expect![[r#"
        ## 3 Who needs help

        March 2026, 门店 (4): ▲ ahead 1, ▼ behind 3.

        | who      | owner | status   |     target |    actual | attainment | pace (points) | expected − actual | share of the gap above | run rate | required rate | missed in a row |
        | -------- | ----- | -------- | ---------: | --------: | ---------: | ------------: | ----------------: | ---------------------: | -------: | ------------: | --------------: |
        | 湖滨\|店 | 赵敏  | ▼ behind | 103,561.64 |  9,000.00 |       8.7% |         -29.1 |         30,178.08 |                  65.6% |   629.37 |      4,023.90 |                 |
        | 解放路店 |       | ▼ behind | 103,561.64 | 15,000.00 |      14.5% |         -23.3 |         24,178.08 |                  52.2% | 1,048.95 |      3,768.58 |                 |
        | 大学城店 |       | ▼ behind | 103,561.64 | 22,500.00 |      21.7% |         -16.1 |         16,678.08 |                  47.8% | 1,573.43 |      3,449.43 |                 |

        ### Who did well

        | rank | who      | owner | status    |    target |    actual | attainment |
        | ---: | -------- | ----- | --------- | --------: | --------: | ---------: |
        |    1 | 人民路店 |       | ● reached | 23,287.67 | 24,000.00 |     103.1% |

    "#]],
    );
}

#[test]
fn what_would_be_carried() {
    check(
        5,
        Lang::Zh,
        expect![[r#"
            ## 5 结转提案

            缺口结转到同一月里后面的周段，按日历权重；超额不减后面的目标。

            还没有关账，这里按目前的实绩当作已经关账：2026年3月第9周段 3月1日–5日、2026年3月第10周段 3月6日–12日。

            | 期间                           |       基准目标 | 现在的工作目标 |         结转后 |     变化 |
            | ------------------------------ | -------------: | -------------: | -------------: | -------: |
            | 2026年3月第11周段 3月13日–19日 |      93,150.68 |      93,150.68 |      93,150.68 |     0.00 |
            | 2026年3月第12周段 3月20日–26日 |      93,150.68 |      93,150.68 |      93,150.68 |     0.00 |
            | 2026年3月第13周段 3月27日–31日 |      71,232.88 |      71,232.88 |      71,232.88 |     0.00 |
            | **合计**                       | **257,534.24** | **257,534.24** | **257,534.24** | **0.00** |

            ### 谁的缺口

            | 谁       |  待补缺口 | 其中补不回来 | 等待改进计划     |
            | -------- | --------: | -----------: | ---------------- |
            | 湖滨\|店 | 30,178.08 |         0.00 | 是，先写改进计划 |
            | 解放路店 | 24,178.08 |         0.00 | 是，先写改进计划 |
            | 大学城店 | 16,678.08 |         0.00 | 是，先写改进计划 |

        "#]],
    );
    check(
        5,
        Lang::En,
        expect![[r#"
            ## 5 Carry proposal

            Shortfalls go to the later periods (week piece) of the same month, by the calendar's weights; a surplus lowers nothing later.

            Not closed yet, taken as closed with the results so far: March 2026 W09, 1–5 Mar; March 2026 W10, 6–12 Mar.

            | period                    |    base target | working target now |     if carried |   change |
            | ------------------------- | -------------: | -----------------: | -------------: | -------: |
            | March 2026 W11, 13–19 Mar |      93,150.68 |          93,150.68 |      93,150.68 |     0.00 |
            | March 2026 W12, 20–26 Mar |      93,150.68 |          93,150.68 |      93,150.68 |     0.00 |
            | March 2026 W13, 27–31 Mar |      71,232.88 |          71,232.88 |      71,232.88 |     0.00 |
            | **total**                 | **257,534.24** |     **257,534.24** | **257,534.24** | **0.00** |

            ### Whose shortfall

            | who      | not made good yet | of it unrecovered | waits for an action plan |
            | -------- | ----------------: | ----------------: | ------------------------ |
            | 湖滨\|店 |         30,178.08 |              0.00 | yes, write it first      |
            | 解放路店 |         24,178.08 |              0.00 | yes, write it first      |
            | 大学城店 |         16,678.08 |              0.00 | yes, write it first      |

        "#]],
    );
}

#[test]
fn about_the_figures() {
    check(
        10,
        Lang::Zh,
        expect![[r#"
            ## 10 说明

            - 实绩共 11 行，最后一天是 2026-03-12。
            - 已经结束、还没有关账：2026年3月第9周段 3月1日–5日、2026年3月第10周段 3月6日–12日。
            - 时间进度是应完成除以目标，不按天数；表里的日均按加权日，句子里的日均按营业日。
        "#]],
    );
    check(
        10,
        Lang::En,
        expect![[r#"
            ## 10 About the figures

            - 11 sales lines, the last day is 2026-03-12.
            - Over and not closed yet: March 2026 W09, 1–5 Mar; March 2026 W10, 6–12 Mar.
            - Elapsed is what is due over the target, not calendar days. Rates in tables are per weighted day, those in sentences per selling day.
        "#]],
    );
}

/// Two misses in a row, an action plan, decisions, a revision.
#[test]
fn what_people_owe() {
    let mut operations = operations("120万");
    operations.extend([
        close("2026-02/W09", &[("S1", "5万"), ("S4", "5万")]),
        close("2026-03/W09", &[("S1", "5万"), ("S4", "5万")]),
        Operation::Act(ActionPlan {
            measure: "sales".into(),
            at: address("shop=S2"),
            causes: vec![(Cause::Market, "商圈修路".into())],
            measures: vec!["外卖首单减5元".into(), "每天 20 个回访".into()],
            owner: "赵敏".into(),
            due: "2026-03-10".parse().unwrap(),
        }),
        Operation::Resolve(Resolution {
            period: address("piece=2026-03/W09"),
            at: address("shop=S2"),
            text: "每天加打 20 个回访电话".into(),
            owner: "赵敏".into(),
            due: Some("2026-03-11".parse().unwrap()),
        }),
        Operation::Resolve(Resolution {
            period: address("piece=2026-03/W10"),
            at: address(""),
            text: "下周二复查".into(),
            owner: "王芳".into(),
            due: None,
        }),
        Operation::Revise(Revision {
            measure: "sales".into(),
            at: address("shop=S1, month=2026-03"),
            change: ChangeBy::parse("+3%").unwrap(),
            keep: Keep::Nothing,
            reason: "新店分流".into(),
        }),
    ]);
    let plan = fenjie_plan::Plan::replay(crate::chain::definition(), &operations).unwrap();
    let span = Span::week(&plan, "2026-W10").unwrap();
    let pack = pack(&plan, span, "2026-03-12", &SALES);
    let shown = |lang| {
        let sections = [6, 7, 8, 9].map(|number| section(&pack, number, lang));
        sections.concat()
    };
    expect![[r#"
        ## 6 改进计划

        ### 该写的

        连续两期以上未达成，负责人先写改进计划（原因、措施、截止日），再调整目标。

        | 谁       | 负责人 | 连续未达成                                                 |      目标 | 实绩 |      缺口 |
        | -------- | ------ | ---------------------------------------------------------- | --------: | ---: | --------: |
        | 解放路店 |        | 2026年2月第9周段 2月27日–28日、2026年3月第9周段 3月1日–5日 | 23,287.67 | 0.00 | 23,287.67 |

        ### 进行中与已检查的

        |   步 | 谁       | 原因               | 措施                          | 负责人 | 截止日     | 情况                 |
        | ---: | -------- | ------------------ | ----------------------------- | ------ | ---------- | -------------------- |
        |    6 | 湖滨\|店 | 市场环境：商圈修路 | 外卖首单减5元；每天 20 个回访 | 赵敏   | 2026-03-10 | 已过截止日，检查效果 |

        ## 7 上次决议

        |   步 | 会议                        | 决议                   | 对象     | 负责人 | 截止日     | 情况             |
        | ---: | --------------------------- | ---------------------- | -------- | ------ | ---------- | ---------------- |
        |    7 | 2026年3月第9周段 3月1日–5日 | 每天加打 20 个回访电话 | 湖滨\|店 | 赵敏   | 2026-03-11 | 到期，请报告结果 |

        ## 8 目标调整

        |   步 | 位置                 | 调整 |       之前 | 之后 | 原因     | 情况   | 已批准次数 |
        | ---: | -------------------- | ---- | ---------: | ---: | -------- | ------ | ---------: |
        |    9 | 人民路店 · 2026年3月 | +3%  | 103,561.64 |      | 新店分流 | 待审批 |          0 |

        ## 9 本次决议

        |   步 | 决议       | 对象 | 负责人 | 截止日 |
        | ---: | ---------- | ---- | ------ | ------ |
        |    8 | 下周二复查 |      | 王芳   |        |
        |      |            |      |        |        |
        |      |            |      |        |        |
        |      |            |      |        |        |
        |      |            |      |        |        |
        |      |            |      |        |        |

    "#]].assert_eq(&shown(Lang::Zh));
    expect![[r#"
        ## 6 Action plans

        ### Due

        Two periods or more were missed in a row: the owner writes an action plan (causes, measures, due date) before targets are adjusted.

        | who      | owner | missed in a row                                       |    target | actual | shortfall |
        | -------- | ----- | ----------------------------------------------------- | --------: | -----: | --------: |
        | 解放路店 |       | February 2026 W09, 27–28 Feb; March 2026 W09, 1–5 Mar | 23,287.67 |   0.00 | 23,287.67 |

        ### Running and checked

        |  no. | who      | causes           | measures                      | owner | due        | state                       |
        | ---: | -------- | ---------------- | ----------------------------- | ----- | ---------- | --------------------------- |
        |    6 | 湖滨\|店 | market: 商圈修路 | 外卖首单减5元; 每天 20 个回访 | 赵敏  | 2026-03-10 | overdue: look at the effect |

        ## 7 Decisions so far

        |  no. | meeting                 | decision               | concerns | owner | due        | state             |
        | ---: | ----------------------- | ---------------------- | -------- | ----- | ---------- | ----------------- |
        |    7 | March 2026 W09, 1–5 Mar | 每天加打 20 个回访电话 | 湖滨\|店 | 赵敏  | 2026-03-11 | due: report on it |

        ## 8 Revisions

        |  no. | place                 | change |     before | after | reason   | state              | times approved |
        | ---: | --------------------- | ------ | ---------: | ----: | -------- | ------------------ | -------------: |
        |    9 | 人民路店 · March 2026 | +3%    | 103,561.64 |       | 新店分流 | waits for approval |              0 |

        ## 9 Decisions of this meeting

        |  no. | decision   | concerns | owner | due  |
        | ---: | ---------- | -------- | ----- | ---- |
        |    8 | 下周二复查 |          | 王芳  |      |
        |      |            |          |       |      |
        |      |            |          |       |      |
        |      |            |          |       |      |
        |      |            |          |       |      |
        |      |            |          |       |      |

    "#]].assert_eq(&shown(Lang::En));
    assert!(pack.actions[0].overdue);
}

/// An action plan whose effect was looked at is not overdue.
#[test]
fn a_checked_action_plan_is_done() {
    let mut operations = operations("120万");
    operations.extend([
        close("2026-02/W09", &[]),
        close("2026-03/W09", &[]),
        Operation::Act(ActionPlan {
            measure: "sales".into(),
            at: address("shop=S2"),
            causes: vec![(Cause::Execution, "回访没有做满".into())],
            measures: vec!["每天 20 个回访".into()],
            owner: "赵敏".into(),
            due: "2026-03-10".parse().unwrap(),
        }),
    ]);
    let number = operations.len() as u64;
    operations.push(Operation::CheckAction(ActionCheck {
        sequence: number,
        effect: Effect::Partly,
        note: "周末回升".into(),
    }));
    let plan = fenjie_plan::Plan::replay(crate::chain::definition(), &operations).unwrap();
    let span = Span::week(&plan, "2026-W10").unwrap();
    let pack = pack(&plan, span, "2026-03-12", &SALES);
    assert!(!pack.actions[0].overdue);
    assert!(section(&pack, 6, Lang::Zh).contains("部分有效：周末回升"));
}

/// A week across the month's end has its two pieces beside it, and their sums.
#[test]
fn a_week_across_the_months_end() {
    let plan = plan();
    let span = Span::week(&plan, "2026-W09").unwrap();
    let pack = pack(&plan, span, "2026-03-05", &SALES);
    let labels: Vec<&str> = pack
        .results
        .iter()
        .map(|line| line.label.zh.as_str())
        .collect();
    assert_eq!(
        labels,
        [
            "2026年第9周 2月27日–3月5日",
            "2026年2月第9周段 2月27日–28日",
            "2026年3月第9周段 3月1日–5日",
            "2026年3月",
            "全期",
        ]
    );
    let [week, february, march, ..] = &pack.results[..] else {
        panic!("five lines");
    };
    let sums = |line: &fenjie_review::ResultLine| {
        let own = &line.figures;
        [own.base, own.actual, own.gap, own.expected]
    };
    for at in 0..4 {
        assert_eq!(sums(week)[at], sums(february)[at] + sums(march)[at]);
    }
    assert_eq!(pack.bridges[0].total.gap, week.figures.gap);
}

/// Weeks in which nothing was sold, and before anything was.
#[test]
fn weeks_without_results() {
    let plan = plan();
    for (week, as_of) in [("2026-W12", "2026-03-26"), ("2026-W02", "2026-01-15")] {
        let span = Span::week(&plan, week).unwrap();
        let pack = pack(&plan, span, as_of, &SALES);
        assert_eq!(pack.results[0].figures.actual, 0);
        assert!(pack.people.champions.is_empty());
        for lang in [Lang::Zh, Lang::En] {
            let text = fenjie_review::markdown(&pack.document(lang));
            assert!(!text.contains("NaN") && text.lines().count() > 60);
        }
    }
    let span = Span::week(&plan, "2026-W02").unwrap();
    let early = pack(&plan, span, "2026-01-15", &SALES);
    assert!(section(&early, 10, Lang::Zh).contains("到 2026-01-15 为止没有实绩"));
}

/// A plan that was not decomposed is refused in words, one without a total has no percentages.
#[test]
fn plans_with_nothing_in_them() {
    for (operations, refused) in [(vec![], true), (operations("0"), false)] {
        let plan = fenjie_plan::Plan::replay(crate::chain::definition(), &operations).unwrap();
        let span = Span::month(&plan, "2026-03").unwrap();
        let request = fenjie_review::ReviewRequest {
            measure: 0,
            as_of: span.days.last(),
            span,
            depths: vec![0],
            most: 10,
            carry: None,
            within: vec![0],
            deepest: vec![usize::MAX],
        };
        let needs = request.needs(&plan);
        let results: Vec<_> = needs
            .iter()
            .map(|asked| actuals(&plan, asked, &[]))
            .collect();
        let pack = fenjie_review::Pack::gather(&plan, &request, &results);
        if refused {
            let error = pack.unwrap_err();
            assert_eq!(error.code(), "track_not_decomposed");
            continue;
        }
        let pack = pack.unwrap();
        assert_eq!(pack.results[0].figures.attainment, None);
        assert!(fenjie_review::markdown(&pack.document(Lang::En)).contains("## 10 "));
    }
}

/// The month in thirds by weight: 1–10, 11–20, 21–31 March, nearly.
#[test]
fn the_rhythm_of_the_month() {
    let plan = plan();
    let rhythm = |day: &str| {
        let span = Span::week(&plan, day).unwrap();
        pack(&plan, span, day, &SALES).rhythm
    };
    assert_eq!(rhythm("2026-03-05"), Rhythm::TightStart);
    assert_eq!(rhythm("2026-03-12"), Rhythm::MiddleCheck);
    assert_eq!(rhythm("2026-03-19"), Rhythm::MiddleCheck);
    assert_eq!(rhythm("2026-03-26"), Rhythm::FinalPush);
}

/// Largest amounts a plan holds.
#[test]
fn the_largest_amounts() {
    let operations = operations("900000亿");
    let plan = fenjie_plan::Plan::replay(crate::chain::definition(), &operations);
    let Ok(plan) = plan else { return };
    let span = Span::week(&plan, "2026-W10").unwrap();
    let sales = [("S1", "2026-03-06", 90_000_000_000_000)];
    let pack = pack(&plan, span, "2026-03-12", &sales);
    let text = fenjie_review::markdown(&pack.document(Lang::Zh));
    assert!(text.contains("亿"));
    assert_eq!(rule().level, "piece");
}

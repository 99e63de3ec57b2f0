//! Closing: whole months, again, early, without sales, in a plan file; what the log says of it all.

use expect_test::expect;

use crate::adjusting::{MARCH, SALES, done, second_miss, store};
use crate::harness::Folder;

#[test]
fn a_month_closes_each_of_its_weeks() {
    let folder = store();
    folder.check(
        "close dir 2026-03 --as-of 2026-04-01 --actuals sales.csv --carry --of store",
        expect![[r#"
            关账 2026年3月第9周段 3月1日–5日：目标 63,800.00，实绩 63,800.00，完成率 100.0%
            成员          基准目标  结转   工作目标       实绩  完成率  缺口  结果    连续未达成
            S1 人民路店  58,000.00  0.00  58,000.00  58,000.00  100.0%  0.00  已达成           0
            S2 湖滨店     5,800.00  0.00   5,800.00   5,800.00  100.0%  0.00  已达成           0
            关账 2026年3月第10周段 3月6日–12日：目标 93,500.00，实绩 76,500.00，完成率 81.8%
            成员          基准目标  结转   工作目标       实绩  完成率       缺口  结果    连续未达成
            S1 人民路店  85,000.00  0.00  85,000.00  68,000.00   80.0%  17,000.00  未达成           1
            S2 湖滨店     8,500.00  0.00   8,500.00   8,500.00  100.0%       0.00  已达成           0
            关账 2026年3月第11周段 3月13日–19日：目标 93,500.00，实绩 88,500.00，完成率 94.7%
            成员          基准目标  结转   工作目标       实绩  完成率      缺口  结果    连续未达成
            S1 人民路店  85,000.00  0.00  85,000.00  80,000.00   94.1%  5,000.00  未达成           2
            S2 湖滨店     8,500.00  0.00   8,500.00   8,500.00  100.0%      0.00  已达成           0
            关账 2026年3月第12周段 3月20日–26日：目标 93,500.00，实绩 128,500.00，完成率 137.4%
            成员          基准目标  结转   工作目标        实绩  完成率        缺口  结果    连续未达成
            S1 人民路店  85,000.00  0.00  85,000.00  120,000.00  141.2%  -35,000.00  已达成           0
            S2 湖滨店     8,500.00  0.00   8,500.00    8,500.00  100.0%        0.00  已达成           0
            关账 2026年3月第13周段 3月27日–31日：目标 71,500.00，实绩 0.00，完成率 0.0%
            这一期没有销售记录，关账后全部算未达成
            成员          基准目标  结转   工作目标  实绩  完成率       缺口  结果    连续未达成
            S1 人民路店  65,000.00  0.00  65,000.00  0.00    0.0%  65,000.00  未达成           1
            S2 湖滨店     6,500.00  0.00   6,500.00  0.00    0.0%   6,500.00  未达成           1
            结转 store 的周段缺口，在月内补，按日历权重分
            算到 2026年3月第13周段 3月27日–31日
            后面没有可以补的期间
            补不回来的（后面没有期间，或已到上限）：81,033.33
              S1 人民路店  74,533.33
              S2 湖滨店  6,500.00
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
}

#[test]
fn closing_again_shows_what_changed_and_needs_a_reason() {
    let folder = second_miss();
    folder.write(
        "sales.csv",
        format!("{SALES}2026-03-09,S1,2500.00\n2026-03-10,S2,-100.00\n"),
    );
    folder.check(
        "close dir 2026-W10 --as-of 2026-03-20 --actuals sales.csv",
        expect![[r#"
            关账 2026年3月第10周段 3月6日–12日：目标 93,500.00，实绩 78,900.00，完成率 84.4%
            成员          基准目标  结转   工作目标       实绩  完成率       缺口  结果    连续未达成
            S1 人民路店  85,000.00  0.00  85,000.00  70,500.00   82.9%  14,500.00  未达成           1
            S2 湖滨店     8,500.00  0.00   8,500.00   8,400.00   98.8%     100.00  未达成           1
            这一期关过账，实绩合计 76,500.00 → 78,900.00
              S1 人民路店  68,000.00 → 70,500.00（+2,500.00）
              S2 湖滨店  8,500.00 → 8,400.00（-100.00）
            再次关账要写明原因：`--why '…'`
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    folder.check(
        "close dir 2026-W10 --as-of 2026-03-20 --actuals sales.csv --yes",
        expect![[r#"
            -- talk
            错误[reason_missing]：再次关账要写明原因
            提示：用 `--why '…'`
            -- exit 2
        "#]],
    );
    folder.check(
        "close dir 2026-W10 --as-of 2026-03-20 --actuals sales.csv --yes --why 补录 --lang en",
        expect![[r#"
            close March 2026 W10, 6–12 Mar: target 93,500.00, actual 78,900.00, 84.4%
            member            base  carried    working     actual  attained        gap  result  missed
            S1 人民路店  85,000.00     0.00  85,000.00  70,500.00     82.9%  14,500.00  missed       1
            S2 湖滨店     8,500.00     0.00   8,500.00   8,400.00     98.8%     100.00  missed       1
            it was closed before; the total moves 76,500.00 → 78,900.00
              S1 人民路店  68,000.00 → 70,500.00 (+2,500.00)
              S2 湖滨店  8,500.00 → 8,400.00 (-100.00)
            written to `dir/log.jsonl`
        "#]],
    );
}

#[test]
fn sales_of_nobody_known_count_in_the_total() {
    let folder = store();
    folder.write("sales.csv", format!("{SALES}2026-03-10,S7,300.00\n"));
    folder.check(
        "close dir 2026-W10 --as-of 2026-03-13 --actuals sales.csv",
        expect![[r#"
            关账 2026年3月第10周段 3月6日–12日：目标 93,500.00，实绩 76,800.00，完成率 82.1%
            其中未归属 300.00
            成员          基准目标  结转   工作目标       实绩  完成率       缺口  结果    连续未达成
            S1 人民路店  85,000.00  0.00  85,000.00  68,000.00   80.0%  17,000.00  未达成           1
            S2 湖滨店     8,500.00  0.00   8,500.00   8,500.00  100.0%       0.00  已达成           0
            前面还没有关账：2026年3月第9周段 3月1日–5日；那里的缺口没有算进去
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
}

#[test]
fn a_period_without_sales_is_missed_in_full() {
    let folder = store();
    folder.check(
        "close dir 2026-W13 --as-of 2026-04-01 --actuals sales.csv --lang en",
        expect![[r#"
            close March 2026 W13, 27–31 Mar: target 71,500.00, actual 0.00, 0.0%
            nothing was sold in it: closed, it is missed in full
            member            base  carried    working  actual  attained        gap  result  missed
            S1 人民路店  65,000.00     0.00  65,000.00    0.00      0.0%  65,000.00  missed       1
            S2 湖滨店     6,500.00     0.00   6,500.00    0.00      0.0%   6,500.00  missed       1
            not closed before it: March 2026 W09, 1–5 Mar; March 2026 W10, 6–12 Mar; March 2026 W11, 13–19 Mar; March 2026 W12, 20–26 Mar; what is missed there does not count
            a preview, nothing is written; add `--yes` to write it
        "#]],
    );
    folder.check(
        "close dir 2026-W11 --as-of 2026-03-15 --actuals sales.csv --early --why 盘点 --who 王芳 --yes --json",
        expect![[r#"
            {
              "written": "dir/log.jsonl",
              "periods": [
                {
                  "period": "2026-03/W11",
                  "label": "2026年3月第11周段 3月13日–19日",
                  "base": "93500.00",
                  "working": "93500.00",
                  "actual": "88500.00",
                  "unassigned": "0.00",
                  "closed_before": null,
                  "changed": [],
                  "members": [
                    {
                      "place": "store=S1",
                      "name": "S1 人民路店",
                      "base": "85000.00",
                      "carried": "0.00",
                      "working": "85000.00",
                      "actual": "80000.00",
                      "gap": "5000.00",
                      "attainment": "94.1%",
                      "result": "missed",
                      "streak": 1
                    },
                    {
                      "place": "store=S2",
                      "name": "S2 湖滨店",
                      "base": "8500.00",
                      "carried": "0.00",
                      "working": "8500.00",
                      "actual": "8500.00",
                      "gap": "0.00",
                      "attainment": "100.0%",
                      "result": "reached",
                      "streak": 0
                    }
                  ]
                }
              ],
              "carry": null
            }
        "#]],
    );
}

#[test]
fn a_plan_file_is_closed_and_carried_too() {
    let folder = Folder::with_plan(MARCH);
    folder.write("sales.csv", SALES);
    done(
        &folder,
        "close plan.toml 2026-W10 --as-of 2026-03-13 --actuals sales.csv --carry --who 李四 --yes",
    );
    let text = folder.read("plan.toml");
    expect![[r#"

        [[do]]
        close = "piece=2026-03/W10"
        of = "store"
        actuals = { S1 = "68000.00", S2 = "8500.00" }
        measure = "sales"
        who = "李四"

        [[do]]
        carry = "piece"
        of = "store"
        horizon = "month"
        measure = "sales"
        who = "李四"
    "#]]
    .assert_eq(text.strip_prefix(MARCH).unwrap());
    folder.check("log plan.toml --lang en", expect![[r#"
        no.  when  who   operation                                                                                why
          1              total 41.58万
          2              decompose store by typed amounts
          3              decompose time.piece by the calendar
          4        李四  close piece=2026-03/W10: 2 members, actual 76,500.00
          5        李四  carry the shortfalls of store by week piece inside the month, by the calendar's weights
    "#]]);
    done(&folder, "verify plan.toml");
}

/// One of each operation that adjusts a running plan.
const ADJUSTMENTS: &str = r#"
[[do]]
close      = "piece=2026-03/W10"
of         = "store"
actuals    = { S1 = "68000.00" }
unassigned = "300.00"
[[do]]
close = "piece=2026-03/W11"
[[do]]
carry = "周段"
of    = "store"
share = "next"
cap   = "20%"
[[do]]
action   = "store=S1"
causes   = { 市场环境 = "商圈修路", 团队执行 = "新人多" }
measures = ["外卖首单减 5 元", "老带新排班"]
owner    = "王芳"
due      = 2026-03-31
[[do]]
check_action = 7
effect       = "partly"
note         = "周末回升"
[[do]]
waive = "store=S1"
why   = "门店装修"
[[do]]
revise = "store=S1"
to     = "36万"
keep   = "total"
why    = "新店分流"
[[do]]
decide   = 10
approved = true
why      = "同意"
[[do]]
decide   = 10
approved = false
[[do]]
resolve = "补两名周末兼职"
period  = "piece=2026-03/W10"
at      = "store=S1"
owner   = "李四"
due     = 2026-03-20
"#;

#[test]
fn the_log_says_each_step_in_a_line() {
    let folder = Folder::with_plan(&format!("{MARCH}{ADJUSTMENTS}"));
    folder.check("log plan.toml", expect![[r#"
        步  时间  谁  操作                                                                        原因
         1            总额 41.58万
         2            分解 store，按填写的金额
         3            分解 time.piece，按日历
         4            关账 piece=2026-03/W10：1 个成员，实绩 68,300.00（未归属 300.00）
         5            关账 piece=2026-03/W11：没有销售
         6            结转 store 的周段缺口，在月内补，全给下一期，每期至多加 20%
         7            改进计划 store=S1，市场环境、团队执行，2 条措施，王芳 负责，2026-03-31 前
         8            第 7 步的改进计划：部分有效，周末回升
         9            store=S1 不等改进计划，照常调整                                             门店装修
        10            申请调整目标 store=S1 改为 36万，总额不变                                   新店分流
        11            批准第 10 步的目标调整                                                      同意
        12            驳回第 10 步的目标调整
        13            会议决定 piece=2026-03/W10 补两名周末兼职（store=S1），李四，2026-03-20 前
    "#]]);
    folder.check("log plan.toml --lang en", expect![[r#"
        no.  when  who  operation                                                                                                   why
          1             total 41.58万
          2             decompose store by typed amounts
          3             decompose time.piece by the calendar
          4             close piece=2026-03/W10: 1 member, actual 68,300.00 (unassigned 300.00)
          5             close piece=2026-03/W11: nothing was sold
          6             carry the shortfalls of store by week piece inside the month, all to the next period, 20% a period at most
          7             action plan for store=S1, market, execution, 2 measures, 王芳, due 2026-03-31
          8             action plan of step 7: partly effective, 周末回升
          9             store=S1 is adjusted without an action plan                                                                 门店装修
         10             propose store=S1 to 36万, keeping the total                                                                 新店分流
         11             approve the revision of step 10                                                                             同意
         12             reject the revision of step 10
         13             decided, piece=2026-03/W10: 补两名周末兼职 (store=S1), 李四, by 2026-03-20
    "#]]);
}

/// A close and the carrying behind it are in the log both or not at all.
#[test]
fn closing_and_carrying_are_one_write() {
    let folder = store();
    let before = folder.read("dir/log.jsonl");
    done(
        &folder,
        "close dir 2026-W10 --as-of 2026-03-13 --actuals sales.csv --carry --yes",
    );
    let log = folder.read("dir/log.jsonl");
    let lines: Vec<&str> = log.strip_prefix(&before).unwrap().lines().collect();
    let operation = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["op"].to_string()
    };
    expect![[r#"
        {"close":"piece=2026-03/W10","of":"store","actuals":{"S1":"68000.00","S2":"8500.00"},"measure":"sales"}
        {"carry":"piece","of":"store","horizon":"month","measure":"sales"}"#]].assert_eq(
        &lines
            .iter()
            .map(|line| operation(line))
            .collect::<Vec<_>>()
            .join("\n"),
    );
    done(&folder, "undo dir --yes");
    done(&folder, "undo dir 4 --yes --why 重来");
    folder.check(
        "carry dir --as-of 2026-03-13 --lang en",
        expect![[r#"
        carry the shortfalls of store by week piece inside the month, by the calendar's weights
        nothing is closed yet, so there is nothing to carry
        a preview, nothing is written; add `--yes` to write it
    "#]],
    );
}

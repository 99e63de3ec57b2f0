//! A store's March, week by week: closed, carried, an action plan, a surplus, an undo (rules J1–J6).

use expect_test::expect;

use crate::harness::Folder;

/// 人民路店 sells weeks of 85,000 from Friday to Thursday; 湖滨店 a tenth of it.
pub const MARCH: &str = r#"plan    = "两家店的三月"
period  = "2026-03"
measure = { name = "销售额", code = "sales" }
total   = "41.58万"

[calendar]
week_starts = "周五"
levels      = ["month", "piece", "day"]

[axes]
store = [{ code = "S1", name = "人民路店" }, { code = "S2", name = "湖滨店" }]

[[do]]
decompose = "store"
by        = { amounts = { S1 = "37.8万", S2 = "3.78万" } }

[[do]]
decompose = "time.piece"
by        = "calendar"
"#;

/// 人民路店: 1–5 March as planned, then 68,000 and 80,000 of 85,000, then 120,000. 湖滨店 always as
/// planned.
pub const SALES: &str = "日期,门店,金额\n\
    2026-03-02,S1,58000.00\n2026-03-02,S2,5800.00\n\
    2026-03-06,S1,30000.00\n2026-03-08,S1,38000.00\n2026-03-07,S2,8500.00\n\
    2026-03-13,S1,20000.00\n2026-03-15,S1,60000.00\n2026-03-14,S2,8500.00\n\
    2026-03-21,S1,120000.00\n2026-03-21,S2,8500.00\n";

pub fn store() -> Folder {
    let folder = Folder::with_plan(MARCH);
    folder.write("sales.csv", SALES);
    let ran = folder.run("init plan.toml dir --who 李四");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    folder
}

pub fn done(folder: &Folder, line: &str) {
    let ran = folder.run(line);
    assert_eq!(ran.code, 0, "{line}\n{}", ran.shown());
}

/// The first two weeks closed, the first shortfall carried.
pub fn second_miss() -> Folder {
    let folder = store();
    done(
        &folder,
        "close dir 2026-03-05 --as-of 2026-03-06 --actuals sales.csv --yes",
    );
    done(
        &folder,
        "close dir 2026-W10 --as-of 2026-03-13 --actuals sales.csv --carry --yes",
    );
    done(
        &folder,
        "close dir 2026-W11 --as-of 2026-03-20 --actuals sales.csv --yes",
    );
    folder
}

const FILED: &str = "action dir 'store=S1' --cause market=商圈修路 --cause 团队执行=新人多 \
    --do 外卖首单减5元 --do 老带新排班 --owner 王芳 --due 2026-03-26 --as-of 2026-03-20";

#[test]
fn a_week_that_fell_short_is_closed_and_carried() {
    let folder = store();
    folder.check(
        "close dir 上周 --as-of 2026-03-13 --actuals sales.csv --carry",
        expect![[r#"
            关账 2026年3月第10周段 3月6日–12日：目标 93,500.00，实绩 76,500.00，完成率 81.8%
            成员          基准目标  结转   工作目标       实绩  完成率       缺口  结果    连续未达成
            S1 人民路店  85,000.00  0.00  85,000.00  68,000.00   80.0%  17,000.00  未达成           1
            S2 湖滨店     8,500.00  0.00   8,500.00   8,500.00  100.0%       0.00  已达成           0
            前面还没有关账：2026年3月第9周段 3月1日–5日；那里的缺口没有算进去
            结转 store 的周段缺口，在月内补，按日历权重分
            算到 2026年3月第10周段 3月6日–12日
            成员         期间                             基准目标     结转前     结转后       变化   还需完成
            S1 人民路店  2026年3月第11周段 3月13日–19日  85,000.00  85,000.00  91,148.94  +6,148.94  91,148.94
                         2026年3月第12周段 3月20日–26日  85,000.00  85,000.00  91,148.93  +6,148.93  91,148.93
                         2026年3月第13周段 3月27日–31日  65,000.00  65,000.00  69,702.13  +4,702.13  69,702.13
            全部         2026年3月第11周段 3月13日–19日  93,500.00  93,500.00  99,648.94  +6,148.94  99,648.94
                         2026年3月第12周段 3月20日–26日  93,500.00  93,500.00  99,648.93  +6,148.93  99,648.93
                         2026年3月第13周段 3月27日–31日  71,500.00  71,500.00  76,202.13  +4,702.13  76,202.13
            另有 1 个成员的目标不变
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    folder.check(
        "close dir 2026-W10 --as-of 2026-03-13 --actuals sales.csv --carry --yes --lang en",
        expect![[r#"
            close March 2026 W10, 6–12 Mar: target 93,500.00, actual 76,500.00, 81.8%
            member            base  carried    working     actual  attained        gap  result   missed
            S1 人民路店  85,000.00     0.00  85,000.00  68,000.00     80.0%  17,000.00  missed        1
            S2 湖滨店     8,500.00     0.00   8,500.00   8,500.00    100.0%       0.00  reached       0
            not closed before it: March 2026 W09, 1–5 Mar; what is missed there does not count
            carry the shortfalls of store by week piece inside the month, by the calendar's weights
            counted up to March 2026 W10, 6–12 Mar
            member       period                          base     before      after     change       need
            S1 人民路店  March 2026 W11, 13–19 Mar  85,000.00  85,000.00  91,148.94  +6,148.94  91,148.94
                         March 2026 W12, 20–26 Mar  85,000.00  85,000.00  91,148.93  +6,148.93  91,148.93
                         March 2026 W13, 27–31 Mar  65,000.00  65,000.00  69,702.13  +4,702.13  69,702.13
            everyone     March 2026 W11, 13–19 Mar  93,500.00  93,500.00  99,648.94  +6,148.94  99,648.94
                         March 2026 W12, 20–26 Mar  93,500.00  93,500.00  99,648.93  +6,148.93  99,648.93
                         March 2026 W13, 27–31 Mar  71,500.00  71,500.00  76,202.13  +4,702.13  76,202.13
            the targets of 1 other member stay as they are
            written to `dir/log.jsonl`
        "#]],
    );
    folder.check(
        "replay dir",
        expect![[r#"
        重算 5 步，内容哈希一致：8ed94f7a912a7f0aa82ce3869b3d40b9eb0d6630db994f34806e7f4f3a8c9b0f
    "#]],
    );
    folder.check(
        "verify dir --quiet",
        expect![[r#"
            校验                              次数  结果
            按步骤重算得到同样的数               1  通过
            每个合计等于下级之和                 9  通过
            周段、日、时段合计等于所属期间       0  通过
            锁定值不变                           0  通过
            在上下限之内                         0  通过
            声明的总额全部满足                   0  通过
            各层合计等于下级之和                 9  通过
            已关账期间的目标没有变动             1  通过
            结转给出与承接相等，各期合计不变     4  通过
            全部通过，内容哈希 8ed94f7a912a7f0aa82ce3869b3d40b9eb0d6630db994f34806e7f4f3a8c9b0f
        "#]],
    );
}

#[test]
fn after_two_misses_the_action_plan_comes_first() {
    let folder = second_miss();
    folder.check("carry dir --as-of 2026-03-20", expect![[r#"
        结转 store 的周段缺口，在月内补，按日历权重分
        算到 2026年3月第11周段 3月13日–19日
        成员         期间                             基准目标     结转前     结转后  变化    还需完成
        S1 人民路店  2026年3月第12周段 3月20日–26日  85,000.00  91,148.93  91,148.93  0.00   97,466.67
                     2026年3月第13周段 3月27日–31日  65,000.00  69,702.13  69,702.13  0.00   74,533.33
        全部         2026年3月第12周段 3月20日–26日  93,500.00  99,648.93  99,648.93  0.00  105,966.67
                     2026年3月第13周段 3月27日–31日  71,500.00  76,202.13  76,202.13  0.00   81,033.33
        另有 1 个成员的目标不变
        1 个成员连续两期未达成，写了改进计划才结转：
          S1 人民路店  连续 2 期，共差 22,000.00
        写一份：fenjie action dir 'store=S1' --cause market='…' --do '…' --owner … --due … --yes
        不等：fenjie action dir --waive 'store=S1' --why '…' --yes
        这是预览，没有写入；确认后加 `--yes`
    "#]]);
    folder.check("action dir --as-of 2026-03-20", expect![[r#"
        成员         改进计划  连续未达成  期间                                                                  目标        实绩  完成率
        S1 人民路店  该写               2  2026年3月第10周段 3月6日–12日 – 2026年3月第11周段 3月13日–19日  170,000.00  148,000.00   87.1%
        写一份：fenjie action dir 'store=S1' --cause market='…' --do '…' --owner … --due … --yes
    "#]]);
    folder.check(
        "revise dir 'store=S1, month=2026-03' --to 36万 --why 修路 --as-of 2026-03-20",
        expect![[r#"
            -- talk
            错误[action_plan_due]：store=S1 连续未达成（2026-03/W10、2026-03/W11），要先交改进计划
            提示：先提交改进计划，或写明理由免等
            -- exit 3
        "#]],
    );
    folder.check(
        &format!("{FILED} --yes"),
        expect![[r#"
        改进计划 store=S1，市场环境、团队执行，2 条措施，王芳 负责，2026-03-26 前
          原因（市场环境）：商圈修路
          原因（团队执行）：新人多
          措施：外卖首单减5元
          措施：老带新排班
        S1 人民路店 不再等改进计划，可以结转、调整了
        已写入 `dir/log.jsonl`
    "#]],
    );
    folder.check("carry dir --as-of 2026-03-20 --yes", expect![[r#"
        结转 store 的周段缺口，在月内补，按日历权重分
        算到 2026年3月第11周段 3月13日–19日
        成员         期间                             基准目标     结转前      结转后       变化    还需完成
        S1 人民路店  2026年3月第12周段 3月20日–26日  85,000.00  91,148.93   97,466.67  +6,317.74   97,466.67
                     2026年3月第13周段 3月27日–31日  65,000.00  69,702.13   74,533.33  +4,831.20   74,533.33
        全部         2026年3月第12周段 3月20日–26日  93,500.00  99,648.93  105,966.67  +6,317.74  105,966.67
                     2026年3月第13周段 3月27日–31日  71,500.00  76,202.13   81,033.33  +4,831.20   81,033.33
        另有 1 个成员的目标不变
        已写入 `dir/log.jsonl`
    "#]]);
    folder.check(
        "action dir --as-of 2026-03-20 --lang en",
        expect![[r#"
        no.  member       state    owner  due         measures                   before  after
          8  S1 人民路店  running  王芳   2026-03-26  外卖首单减5元; 老带新排班   87.1%      –
    "#]],
    );
}

#[test]
fn a_surplus_changes_nothing_later() {
    let folder = second_miss();
    done(&folder, &format!("{FILED} --yes"));
    done(&folder, "carry dir --as-of 2026-03-20 --yes");
    folder.check(
        "close dir 2026-W12 --as-of 2026-03-27 --actuals sales.csv --carry",
        expect![[r#"
            关账 2026年3月第12周段 3月20日–26日：目标 93,500.00，实绩 128,500.00，完成率 137.4%
            成员          基准目标        结转   工作目标        实绩  完成率        缺口  结果    连续未达成
            S1 人民路店  85,000.00  +12,466.67  97,466.67  120,000.00  141.2%  -22,533.33  已达成           0
            S2 湖滨店     8,500.00        0.00   8,500.00    8,500.00  100.0%        0.00  已达成           0
            结转 store 的周段缺口，在月内补，按日历权重分
            算到 2026年3月第12周段 3月20日–26日
            成员         期间                             基准目标     结转前     结转后  变化   还需完成
            S1 人民路店  2026年3月第13周段 3月27日–31日  65,000.00  74,533.33  74,533.33  0.00  52,000.00
            全部         2026年3月第13周段 3月27日–31日  71,500.00  81,033.33  81,033.33  0.00  58,500.00
            另有 1 个成员的目标不变
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    done(
        &folder,
        "close dir 2026-W12 --as-of 2026-03-27 --actuals sales.csv --carry --yes",
    );
    folder.check(
        "action dir --check 7 --effect partly --note 周末回升 --as-of 2026-03-27",
        expect![[r#"
            -- talk
            错误[action_plan_unknown]：第 7 步不是有效的改进计划
            提示：现有的是 `8`
            -- exit 3
        "#]],
    );
    done(
        &folder,
        "action dir --check 8 --effect partly --note 周末回升 --as-of 2026-03-27 --yes",
    );
    folder.check(
        "action dir --as-of 2026-03-27",
        expect![[r#"
        步  成员         状态      负责  期限        措施                        之前    之后
         8  S1 人民路店  部分有效  王芳  2026-03-26  外卖首单减5元；老带新排班  87.1%  141.2%
    "#]],
    );
}

#[test]
fn every_step_can_be_undone() {
    let folder = store();
    let hash = |folder: &Folder| {
        let ran = folder.run("replay dir --json");
        let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        answer["hash"].as_str().unwrap().to_owned()
    };
    let mut before = vec![hash(&folder)];
    for line in [
        "close dir 2026-03-05 --as-of 2026-03-06 --actuals sales.csv --yes",
        "close dir 2026-W10 --as-of 2026-03-13 --actuals sales.csv --yes",
        "carry dir --as-of 2026-03-13 --yes",
        "close dir 2026-W11 --as-of 2026-03-20 --actuals sales.csv --yes",
        &format!("{FILED} --yes"),
        "action dir --waive 'store=S2' --why 装修 --yes",
        "action dir --check 8 --effect effective --yes",
        "revise dir 'store=S1, month=2026-03' --by -1万 --why 修路 --as-of 2026-03-20 --yes",
        "revise dir --approve 11 --why 同意 --as-of 2026-03-20 --yes",
    ] {
        done(&folder, line);
        before.push(hash(&folder));
        done(&folder, "verify dir --quiet");
    }
    before.pop();
    while let Some(wanted) = before.pop() {
        done(&folder, "undo dir --yes");
        assert_eq!(
            hash(&folder),
            wanted,
            "{} steps from the start",
            before.len()
        );
    }
    let log = folder.run("log dir").out;
    let operation = |line: &str| line.split("Z  ").nth(1).unwrap_or("").trim().to_owned();
    let lines: Vec<String> = log.lines().skip(4).take(9).map(operation).collect();
    expect![[r#"
        关账 piece=2026-03/W09：2 个成员，实绩 63,800.00（已撤销）
        关账 piece=2026-03/W10：2 个成员，实绩 76,500.00（已撤销）
        结转 store 的周段缺口，在月内补，按日历权重分（已撤销）
        关账 piece=2026-03/W11：2 个成员，实绩 88,500.00（已撤销）
        改进计划 store=S1，市场环境、团队执行，2 条措施，王芳 负责，2026-03-26 前（已撤销）
        store=S2 不等改进计划，照常调整（已撤销）                                            装修
        第 8 步的改进计划：有效（已撤销）
        申请调整目标 store=S1 -1万（已撤销）                                                 修路
        批准第 11 步的目标调整（已撤销）                                                     同意"#]].assert_eq(&lines.join("\n"));
}

/// February 2026 is four weeks from Sunday on.
const FOUR_WEEKS: &str = r#"plan    = "四周"
period  = "2026-02"
measure = { name = "销售额", code = "sales", step = "1" }
total   = "100"

[calendar]
week_starts = "周日"
levels      = ["month", "piece", "day"]

[axes]
store = ["S1"]

[carry]
share = "equal"

[[do]]
decompose = "store"
by        = "equal"

[[do]]
decompose = "time.piece"
by        = "calendar"
"#;

/// Rule J3: computed from the base and the whole shortfall, not stacked.
#[test]
fn weeks_of_25_with_20_and_24_leave_28_and_28() {
    let folder = Folder::with_plan(FOUR_WEEKS);
    folder.write(
        "sales.csv",
        "日期,门店,金额\n2026-02-03,S1,20\n2026-02-10,S1,24\n",
    );
    done(&folder, "init plan.toml dir");
    done(
        &folder,
        "close dir 2026-02-01 --as-of 2026-02-08 --actuals sales.csv --carry --yes",
    );
    done(
        &folder,
        "close dir last --as-of 2026-02-15 --actuals sales.csv --yes",
    );
    done(&folder, "action dir --waive 'store=S1' --why 春节 --yes");
    folder.check(
        "carry dir --as-of 2026-02-15",
        expect![[r#"
            结转 store 的周段缺口，在月内补，平均分
            算到 2026年2月第6周段 2月8日–14日
            成员  期间                           基准目标  结转前  结转后  变化  还需完成
            S1    2026年2月第7周段 2月15日–21日        25      27      28    +1        28
                  2026年2月第8周段 2月22日–28日        25      26      28    +2        28
            全部  2026年2月第7周段 2月15日–21日        25      27      28    +1        28
                  2026年2月第8周段 2月22日–28日        25      26      28    +2        28
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    folder.check(
        "carry dir --as-of 2026-02-15 --share next --json",
        expect![[r#"
            {
              "rule": {
                "carry": "piece",
                "of": "store",
                "horizon": "month",
                "share": "next",
                "measure": "sales"
              },
              "through": "2026-02/W06",
              "members": [
                {
                  "place": "store=S1",
                  "name": "S1",
                  "open": "6",
                  "unrecovered": "0",
                  "waiting": false,
                  "periods": [
                    {
                      "period": "2026-02/W07",
                      "base": "25",
                      "before": "27",
                      "after": "31",
                      "need": "31"
                    },
                    {
                      "period": "2026-02/W08",
                      "base": "25",
                      "before": "26",
                      "after": "25",
                      "need": "25"
                    }
                  ]
                }
              ],
              "untouched": 0,
              "unrecovered": "0",
              "company": [
                {
                  "period": "2026-02/W07",
                  "base": "25",
                  "before": "27",
                  "after": "31",
                  "need": "31"
                },
                {
                  "period": "2026-02/W08",
                  "base": "25",
                  "before": "26",
                  "after": "25",
                  "need": "25"
                }
              ],
              "written": null
            }
        "#]],
    );
    folder.check(
        "carry dir --as-of 2026-02-15 --cap 10% --output - --quiet",
        expect![[r#"
            store,period,base,before,after,need,waiting
            S1,2026-02/W07,25,27,27,28,false
            S1,2026-02/W08,25,26,27,28,false
        "#]],
    );
}

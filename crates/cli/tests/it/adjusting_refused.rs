//! Closes, carries, action plans and revisions that are refused, in both languages; nothing is written.

use expect_test::expect;

use crate::harness::Folder;

const PLAN: &str = r#"plan    = "两家店的三月"
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

fn made() -> Folder {
    let folder = Folder::with_plan(PLAN);
    folder.write("sales.csv", "日期,门店,金额\n2026-03-06,S1,68000\n");
    assert_eq!(folder.run("init plan.toml dir").code, 0);
    folder
}

#[test]
fn periods_that_cannot_be_closed() {
    let folder = made();
    let log = folder.read("dir/log.jsonl");
    folder.check(
        "close dir 2026-W11 --as-of 2026-03-15 --actuals sales.csv --yes",
        expect![[r#"
            -- talk
            错误[period_not_ended]：2026年3月第11周段 3月13日–19日 到 2026-03-19 才结束，今天是 2026-03-15，不能关账
            提示：结束之后再关；一定要提前关，加 `--early --why '…'`
            -- exit 3
        "#]],
    );
    folder.check(
        "close dir 2026-W11 --as-of 2026-03-15 --actuals sales.csv --yes --lang en",
        expect![[r#"
            -- talk
            error[period_not_ended]: March 2026 W11, 13–19 Mar ends on 2026-03-19 and today is 2026-03-15: it stays open
            hint: close it when it has ended, or with `--early --why '…'`
            -- exit 3
        "#]],
    );
    folder.check(
        "close dir 2026-W11 --as-of 2026-03-15 --actuals sales.csv --early --yes",
        expect![[r#"
            -- talk
            错误[reason_missing]：提前关账要写明原因
            提示：用 `--why '…'`
            -- exit 2
        "#]],
    );
    folder.check(
        "close dir 2026-04 --as-of 2026-05-01 --actuals sales.csv",
        expect![[r#"
            -- talk
            错误[period_not_whole]：`2026-04` 不是方案（2026-03-01..2026-03-31）里完整的周段
            提示：可以写 2026-W11、2026-03-06、2026-03、上周；要关别的层级，加 `--level month`
            -- exit 3
        "#]],
    );
    folder.check(
        "close dir 2026-W11..2026-W12x --as-of 2026-05-01 --actuals sales.csv",
        expect![[r#"
            -- talk
            错误[period_unknown]：读不懂期间 `2026-W11..2026-W12x`
            提示：可写 2026、2026-H1、2026-Q3、2026-03、2026-03-06 或 2026-01-01..2026-03-31
            -- exit 3
        "#]],
    );
    folder.check(
        "close dir last --as-of 2026-03-02 --actuals sales.csv --lang en",
        expect![[r#"
            -- talk
            error[period_none_ended]: no week piece of the plan has ended by 2026-03-02
            hint: look from another day with `--as-of DATE`
            -- exit 3
        "#]],
    );
    folder.check(
        "close dir 2026-W10 --level week --of shop --as-of 2026-03-20 --actuals sales.csv",
        expect![[r#"
            -- talk
            错误[axis_unknown]：方案里没有轴或层级 `shop`
            提示：已有的是 `store`, `time`, `piece`, `day`
            -- exit 3
        "#]],
    );
    folder.check(
        "close dir 2026-W10 --as-of 2026-03-20",
        expect![[r#"
        -- talk
        错误[no_sales_yet]：`dir` 里还没有销售数据
        提示：用 `fenjie import dir 销售.csv` 导入
        -- exit 3
    "#]],
    );
    assert_eq!(folder.read("dir/log.jsonl"), log);
}

#[test]
fn rules_that_cannot_be_carried_by() {
    let folder = made();
    folder.check(
        "carry dir --level 旬 --yes",
        expect![[r#"
        -- talk
        错误[level_unknown]：轴 `time` 没有层级 `旬`
        提示：已有的是 `piece`, `day`
        -- exit 3
    "#]],
    );
    folder.check(
        "carry dir --level fortnight --yes --lang en",
        expect![[r#"
        -- talk
        error[level_unknown]: axis `time` has no level `fortnight`
        hint: there is `piece`, `day`
        -- exit 3
    "#]],
    );
    folder.check(
        "carry dir --level month --horizon piece --yes",
        expect![[r#"
            -- talk
            错误[carry_horizon_too_short]：结转范围 `piece` 不在层级 `month` 之上
            提示：例如周段在月内结转，月在季或年内结转
            -- exit 3
        "#]],
    );
    folder.check(
        "carry dir --cap 两成",
        expect![[r#"
        -- talk
        错误[decimal_invalid]：`两成` 不是可用的数（最多 30 位有效数字）
        提示：写成 1.15、15% 或 -3.5%
        -- exit 3
    "#]],
    );
    folder.check(
        "carry dir --cap=-20%",
        expect![[r#"
        -- talk
        错误[parameter_invalid]：`cap` = -0.2:结转上限是基准的一个不小于零的比例
        -- exit 3
    "#]],
    );
    folder.check(
        "carry dir --share half",
        expect![[r#"
        -- talk
        错误[argument_value_invalid]：`--share <HOW>` 不接受 `half`
        提示：可以写 weights、base、equal、next
        -- exit 2
    "#]],
    );
    folder.check(
        "carry dir --output carried.docx",
        expect![[r#"
            -- talk
            错误[format_unknown]：从 `carried.docx` 的后缀看不出要写成什么格式
            提示：后缀可以是 `.csv` `.json`
            -- exit 2
        "#]],
    );
    assert_eq!(folder.names(), ["dir", "plan.toml", "sales.csv"]);
}

#[test]
fn action_plans_that_are_not_whole() {
    let folder = made();
    folder.check(
        "action dir 'store=S1' --owner 王芳 --yes",
        expect![[r#"
        -- talk
        错误[action_incomplete]：还缺 --cause、--do、--due
        提示：改进计划要有原因、措施、负责人和期限；`--template` 打印一份可填的表
        -- exit 2
    "#]],
    );
    folder.check(
        "action dir 'store=S1' --cause 天气=下雨 --do 送伞 --owner 王芳 --due 2026-03-31 --yes",
        expect![[r#"
            -- talk
            错误[cause_unknown]：`天气=下雨` 不是 原因=说明
            提示：例如 market='商圈修路'；原因有 market（市场环境）、target（目标设定）、strategy（销售策略）、execution（团队执行）、customers（客户反馈）
            -- exit 2
        "#]],
    );
    folder.check(
        "action dir 'store=S1' --cause rain --do x --owner y --due 2026-03-31 --lang en",
        expect![[r#"
            -- talk
            error[cause_unknown]: `rain` is not CAUSE=TEXT
            hint: such as market='road works'; causes: market, target, strategy, execution, customers
            -- exit 2
        "#]],
    );
    folder.check(
        "action dir 'store=S1' --cause market=修路 --do 送伞 --owner 王芳 --due 2026-03-31 --as-of 2026-04-01",
        expect![[r#"
            -- talk
            错误[action_due_past]：期限 2026-03-31 已经过去，今天是 2026-04-01
            提示：写一个今天或以后的日期
            -- exit 3
        "#]],
    );
    folder.check(
        "action dir 'store=S9' --cause market=修路 --do 送伞 --owner 王芳 --due 2026-03-31 --as-of 2026-03-20",
        expect![[r#"
            -- talk
            错误[member_unknown]：轴 `store` 没有成员 `S9`
            提示：相近的成员 `湖滨店`, `人民路店`
            -- exit 3
        "#]],
    );
    folder.check(
        "action dir --waive 'store=S1' --yes",
        expect![[r#"
        -- talk
        错误[action_incomplete]：还缺 --why
        提示：不等改进计划要写明原因：--why '…'
        -- exit 2
    "#]],
    );
    folder.check(
        "action dir --check 2 --effect partly --yes",
        expect![[r#"
        -- talk
        错误[action_plan_unknown]：第 2 步不是有效的改进计划
        -- exit 3
    "#]],
    );
    folder.check(
        "action dir --check 2 --yes",
        expect![[r#"
        -- talk
        错误[argument_missing]：缺少 `--effect <EFFECT>`
        提示：用法：fenjie action [选项] <PLAN> [ADDRESS]
        -- exit 2
    "#]],
    );
    folder.check(
        "action dir --template --as-of 2026-03-20",
        expect![[r#"
        # 改进计划：填好后运行；没有的原因整行删去，措施可以写多条
        #   市场环境：商圈、天气、竞争对手、节假日
        #   目标设定：是否过高，历史同期如何
        #   销售策略：产品、价格、活动、渠道
        #   团队执行：人手、排班、跟进
        #   客户反馈：投诉、退货、流失的客户
        fenjie action dir 'store=S1' \
          --cause 市场环境='…' \
          --cause 目标设定='…' \
          --cause 销售策略='…' \
          --cause 团队执行='…' \
          --cause 客户反馈='…' \
          --do '…' \
          --do '…' \
          --owner '…' --due 2026-03-27 --yes
    "#]],
    );
}

#[test]
fn revisions_that_cannot_be() {
    let folder = made();
    folder.check(
        "revise dir 'store=S1, month=2026-03' --why 修路",
        expect![[r#"
            -- talk
            错误[revision_empty]：没有说改成多少
            提示：用 `--to 28万` 或 `--by -5万`
            -- exit 2
        "#]],
    );
    folder.check(
        "revise dir 'store=S1, month=2026-03' --to 36万",
        expect![[r#"
            -- talk
            错误[reason_missing]：调整目标要写明原因
            提示：用 `--why '…'`
            -- exit 2
        "#]],
    );
    folder.check(
        "revise dir 'store=S9' --to 36万 --why 修路 --lang en",
        expect![[r#"
            -- talk
            error[member_unknown]: axis `store` has no member `S9`
            hint: the nearest are `湖滨店`, `人民路店`
            -- exit 3
        "#]],
    );
    folder.check(
        "revise dir --approve 3 --why 同意 --yes",
        expect![[r#"
        -- talk
        错误[revision_unknown]：第 3 步不是有效的目标调整申请
        -- exit 3
    "#]],
    );
    folder.check(
        "revise dir --reject 99 --why 同意 --yes --lang en",
        expect![[r#"
            -- talk
            error[revision_unknown]: step 99 is no revision in effect
            -- exit 3
        "#]],
    );
    folder.check(
        "revise dir",
        expect![[r#"
        目标版本 1
        没有调整过目标
    "#]],
    );
}

#[test]
fn a_revision_is_proposed_then_approved() {
    let folder = made();
    folder.check(
        "revise dir 'store=人民路店, month=2026-03' --to 36万 --why 新店分流 --who 王芳",
        expect![[r#"
            申请调整目标 store=S1 改为 36万
            位置            之前        之后        变化  以前改过
            store=S1  378,000.00  360,000.00  -18,000.00         0
            合计      415,800.00  397,800.00  -18,000.00         0
            销售额总额：415,800.00 → 397,800.00（-18,000.00）
            2 格中有 1 格变动，变动最大的：
            位置            之前        之后        变化
            store=S1  378,000.00  360,000.00  -18,000.00
            写入的是申请，批准以后目标才变
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    folder.check(
        "revise dir 'store=S1, month=2026-03' --to 36万 --why 新店分流 --who 王芳 --yes",
        expect![[r#"
            申请调整目标 store=S1 改为 36万
            位置            之前        之后        变化  以前改过
            store=S1  378,000.00  360,000.00  -18,000.00         0
            合计      415,800.00  397,800.00  -18,000.00         0
            销售额总额：415,800.00 → 397,800.00（-18,000.00）
            2 格中有 1 格变动，变动最大的：
            位置            之前        之后        变化
            store=S1  378,000.00  360,000.00  -18,000.00
            等待批准，目标还没有变：fenjie revise dir --approve 4 --why '…' --yes
            已写入 `dir/log.jsonl`
        "#]],
    );
    folder.check(
        "revise dir --approve 4 --why 同意 --who 赵总 --yes",
        expect![[r#"
            批准第 4 步的目标调整
            申请调整目标 store=S1 改为 36万
            位置            之前        之后        变化  以前改过
            store=S1  378,000.00  360,000.00  -18,000.00         0
            合计      415,800.00  397,800.00  -18,000.00         0
            销售额总额：415,800.00 → 397,800.00（-18,000.00）
            2 格中有 1 格变动，变动最大的：
            位置            之前        之后        变化
            store=S1  378,000.00  360,000.00  -18,000.00
            目标版本 2
            已写入 `dir/log.jsonl`
        "#]],
    );
    folder.check(
        "revise dir 'store=S1' --by -1万 --why 修路 --lang en --yes",
        expect![[r#"
            propose store=S1 -1万
            place         before       after      change  revised before
            store=S1  360,000.00  350,000.00  -10,000.00               1
            total     397,800.00  387,800.00  -10,000.00               1
            销售额, total: 397,800.00 → 387,800.00 (-10,000.00)
            1 of 2 cells change, the biggest movers:
            place         before       after      change
            store=S1  360,000.00  350,000.00  -10,000.00
            waiting for approval, no target has changed yet: fenjie revise dir --approve 6 --why '…' --yes
            written to `dir/log.jsonl`
        "#]],
    );
    folder.check(
        "revise dir --reject 6 --why 再等等 --who 赵总 --yes",
        expect![[r#"
            驳回第 6 步的目标调整
            申请调整目标 store=S1 -1万
            目标版本 2
            已写入 `dir/log.jsonl`
        "#]],
    );
    folder.check("revise dir --list", expect![[r#"
        目标版本 2
        步  状态               调整                                   之前        之后  谁    原因
         4  已批准（第 5 步）  申请调整目标 store=S1 改为 36万  378,000.00  360,000.00  王芳  新店分流
         6  已驳回（第 7 步）  申请调整目标 store=S1 -1万       360,000.00                    修路
    "#]]);
    folder.check(
        "revise dir --list --json --lang en",
        expect![[r#"
        {
          "version": 2,
          "revisions": [
            {
              "number": 4,
              "state": "approved",
              "answered_by": 5,
              "place": "store=S1",
              "text": "propose store=S1 to 36万",
              "before": "378000.00",
              "after": "360000.00",
              "who": "王芳",
              "why": "新店分流",
              "times_revised": 1
            },
            {
              "number": 6,
              "state": "rejected",
              "answered_by": 7,
              "place": "store=S1",
              "text": "propose store=S1 -1万",
              "before": "360000.00",
              "after": null,
              "who": null,
              "why": "修路",
              "times_revised": 1
            }
          ]
        }
    "#]],
    );
}

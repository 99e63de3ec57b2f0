//! Plan files that cannot be carried out: code, place, hint, exit code, and nothing written.

use expect_test::{Expect, expect};

use crate::harness::Folder;

const PLAN: &str = r#"plan = "坏输入"
period = "2026-01-01..2026-03-31"
measure = "销售额"
total = "90万"
[calendar]
holidays = "CN"
levels = ["month", "day"]
[axes]
region = ["华东", "华南"]
product = ["A", "B"]
"#;

/// What a plan with these operations answers, in Chinese and English; nothing may be written.
fn check(rest: &str, wanted: Expect) {
    check_plan(&format!("{PLAN}{rest}"), wanted);
}

fn check_plan(text: &str, wanted: Expect) {
    let folder = Folder::with_plan(text);
    let zh = folder.run("decompose plan.toml --output out.csv");
    let en = folder.run("decompose plan.toml --output out.xlsx --lang en");
    wanted.assert_eq(&format!("{}{}", zh.shown(), en.shown()));
    assert_eq!((zh.code, en.code), (3, 3));
    assert_eq!(folder.names(), ["plan.toml"]);
}

#[test]
fn files_that_are_no_plans() {
    check_plan(
        "",
        expect![[r#"
        -- talk
        错误[key_missing]：缺少键 `plan`
          --> plan.toml:1:1
        提示：例如 plan = "2026 年度销售目标"
        -- exit 3
        -- talk
        error[key_missing]: the key `plan` is missing
          --> plan.toml:1:1
        hint: as in plan = "Sales targets 2026"
        -- exit 3
    "#]],
    );
    check_plan(
        "plan = ",
        expect![[r#"
        -- talk
        错误[plan_file_syntax]：不合 TOML 语法：string values must be quoted, expected literal string
          --> plan.toml:1:8
        提示：文字要加引号，例如 name = "销售额"；列表写成 ["A", "B"]
        -- exit 3
        -- talk
        error[plan_file_syntax]: this is not TOML: string values must be quoted, expected literal string
          --> plan.toml:1:8
        hint: texts stand in quotes, as in name = "Sales"; lists are ["A", "B"]
        -- exit 3
    "#]],
    );
    check_plan(
        "plan = \"a\"\nplan = \"b\"\n",
        expect![[r#"
        -- talk
        错误[key_twice]：键 `plan` 重复
          --> plan.toml:2:1
        提示：删去其中一处
        -- exit 3
        -- talk
        error[key_twice]: the key `plan` stands twice
          --> plan.toml:2:1
        hint: remove one of the two
        -- exit 3
    "#]],
    );
    check_plan(
        "plan = \"a\"\nperiod = \"2026\"\n[axis]\nregion = [\"华东\"]\n",
        expect![[r#"
            -- talk
            错误[key_unknown]：这里没有 `axis` 这个键
              --> plan.toml:3:2
            提示：是不是 `axes`？这里可用：`plan`、`period`、`today`、`measure`、`total`、`totals`、`calendar`、`axes`、`history`、`do`、`duty`、`carry`、`alerts`、`output`
            -- exit 3
            -- talk
            error[key_unknown]: there is no key `axis` here
              --> plan.toml:3:2
            hint: did you mean `axes`? Known here: `plan`, `period`, `today`, `measure`, `total`, `totals`, `calendar`, `axes`, `history`, `do`, `duty`, `carry`, `alerts`, `output`
            -- exit 3
        "#]],
    );
    let folder = Folder::new();
    folder.check(
        "check nowhere.toml",
        expect![[r#"
        -- talk
        错误[plan_file_missing]：没有方案文件 `nowhere.toml`
        提示：`fenjie new` 可以写出一份带注释的方案模板
        -- exit 3
    "#]],
    );
    folder.write("plan.toml", b"plan = \"\xb7\xd6\xbd\xe2\"");
    folder.check("check plan.toml --json", expect![[r#"
        -- talk
        {"error":{"code":"plan_file_not_utf8","message":"`plan.toml` 第 1 行不是 UTF-8 文字","hint":"请把文件另存为 UTF-8 编码","place":null}}
        -- exit 3
    "#]]);
    folder.write("plan.xlsx", "plan = 1");
    folder.check(
        "decompose plan.xlsx",
        expect![[r#"
        -- talk
        错误[key_missing]：缺少键 `period`
          --> plan.xlsx:1:1
        提示：例如 period = "2026"
        -- exit 3
    "#]],
    );
}

#[test]
fn members_that_are_not_there() {
    check(
        "[[do]]\nfit = { region = { 华东 = \"50万\", 华北 = \"40万\" } }\n",
        expect![[r#"
            -- talk
            错误[member_unknown]：第 2 步：轴 `region` 没有成员 `华北`
              --> plan.toml:12:1
            提示：相近的成员 `华东`, `华南`
            -- exit 3
            -- talk
            error[member_unknown]: step 2: axis `region` has no member `华北`
              --> plan.toml:12:1
            hint: the nearest are `华东`, `华南`
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"regoin\"\nby = \"equal\"\n",
        expect![[r#"
            -- talk
            错误[name_unknown]：方案没有维度 `regoin`
              --> plan.toml:12:13
            提示：是不是 `region`？这里可用：`region`、`product`、`time`、`time.month`、`time.day`
            -- exit 3
            -- talk
            error[name_unknown]: the plan has no axis `regoin`
              --> plan.toml:12:13
            hint: did you mean `region`? Known here: `region`, `product`, `time`, `time.month`, `time.day`
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = { weights = { 华西 = 1 } }\n",
        expect![[r#"
            -- talk
            错误[member_unknown]：第 2 步：轴 `region` 没有成员 `华西`
              --> plan.toml:12:1
            提示：相近的成员 `华东`, `华南`
            -- exit 3
            -- talk
            error[member_unknown]: step 2: axis `region` has no member `华西`
              --> plan.toml:12:1
            hint: the nearest are `华东`, `华南`
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\nhold = \"region=华东, region=华南\"\n",
        expect![[r#"
            -- talk
            错误[address_axis_twice]：第 2 步：位置里轴 `region` 写了两次
              --> plan.toml:12:1
            -- exit 3
            -- talk
            error[address_axis_twice]: step 2: the place names axis `region` twice
              --> plan.toml:12:1
            -- exit 3
        "#]],
    );
}

#[test]
fn weights_that_are_none() {
    check(
        "[[do]]\ndecompose = \"region\"\nby = { weights = { 华东 = -1 } }\n",
        expect![[r#"
            -- talk
            错误[weight_negative]：第 2 步：region=华东 的权重是负数 -1
              --> plan.toml:12:1
            提示：权重不小于零；不参与的成员写 0
            -- exit 3
            -- talk
            error[weight_negative]: step 2: the weight of region=华东 is negative: -1
              --> plan.toml:12:1
            hint: a weight is zero or more; a member who takes no part gets 0
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = { weights = { 华东 = nan } }\n",
        expect![[r#"
            -- talk
            错误[decimal_invalid]：`nan` 不是可用的数（最多 30 位有效数字）
              --> plan.toml:13:25
            提示：写成 1.15、15% 或 -3.5%
            -- exit 3
            -- talk
            error[decimal_invalid]: `nan` is not a usable number (30 significant digits at most)
              --> plan.toml:13:25
            hint: write 1.15, 15% or -3.5%
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = { weights = { 华东 = inf } }\n",
        expect![[r#"
            -- talk
            错误[decimal_invalid]：`inf` 不是可用的数（最多 30 位有效数字）
              --> plan.toml:13:25
            提示：写成 1.15、15% 或 -3.5%
            -- exit 3
            -- talk
            error[decimal_invalid]: `inf` is not a usable number (30 significant digits at most)
              --> plan.toml:13:25
            hint: write 1.15, 15% or -3.5%
            -- exit 3
        "#]],
    );
    let long = "9".repeat(400);
    let long =
        format!("[[do]]\ndecompose = \"region\"\nby = {{ weights = {{ 华东 = \"{long}\" }} }}\n");
    check(
        &long,
        expect![[r#"
            -- talk
            错误[decimal_invalid]：`999999999999999999999999999999999999999999999999999999999999` 不是可用的数（最多 30 位有效数字）
              --> plan.toml:13:25
            提示：写成 1.15、15% 或 -3.5%
            -- exit 3
            -- talk
            error[decimal_invalid]: `999999999999999999999999999999999999999999999999999999999999` is not a usable number (30 significant digits at most)
              --> plan.toml:13:25
            hint: write 1.15, 15% or -3.5%
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = { weights = { 华东 = 0 } }\nzero_basis = \"refuse\"\n",
        expect![[r#"
            -- talk
            错误[weights_all_zero]：第 2 步：* 下面的权重全是零
              --> plan.toml:12:1
            提示：写 zero_basis = "equal" 平均分摊，或换一个依据
            -- exit 3
            -- talk
            error[weights_all_zero]: step 2: all weights below * are zero
              --> plan.toml:12:1
            hint: write zero_basis = "equal" to share equally, or choose another basis
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = { shares = { 华东 = \"60%\", 华南 = \"41%\" } }\n",
        expect![[r#"
            -- talk
            错误[shares_not_100]：第 2 步：region=合计 的占比合计是 101%，不是 100%
              --> plan.toml:12:1
            提示：占比合计须是 100%；只想按比例分，写 weights
            -- exit 3
            -- talk
            error[shares_not_100]: step 2: the shares of region=合计 sum to 101%, not to 100%
              --> plan.toml:12:1
            hint: shares sum to 100%; write `weights` where only proportions are meant
            -- exit 3
        "#]],
    );
}

#[test]
fn totals_that_cannot_all_hold() {
    check(
        "[[do]]\nfit = { region = { 华东 = \"50万\", 华南 = \"40万\" }, product = { A = \"50万\", B = \"41万\" } }\n",
        expect![[r#"
            -- talk
            错误[margins_differ]：第 2 步：各维度的合计不一致：region 合计 900000.00，product 合计 910000.00，total 合计 900000.00
              --> plan.toml:12:1
            提示：改到各维度的合计都等于总额
            -- exit 3
            -- talk
            error[margins_differ]: step 2: the stated totals differ: region sums to 900000.00, product sums to 910000.00, total sums to 900000.00
              --> plan.toml:12:1
            hint: change them until every axis sums to the total
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = \"equal\"\n[[do]]\nhold = \"region=华东\"\nat = \"91万\"\n",
        expect![[r#"
            -- talk
            错误[holds_exceed_total]：第 3 步：* 的总额 900000.00 小于锁定的 910000.00：`region=华东 910000.00`
              --> plan.toml:15:1
            提示：提高总额，或解除其中一个锁定
            -- exit 3
            -- talk
            error[holds_exceed_total]: step 3: the total 900000.00 of * is less than the held 910000.00: `region=华东 910000.00`
              --> plan.toml:15:1
            hint: raise the total, or release one of the holds
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = \"equal\"\n[[do]]\nbound = \"region=华东\"\nfloor = \"50万\"\ncap = \"40万\"\n",
        expect![[r#"
            -- talk
            错误[floor_above_cap]：第 3 步：region=华东 的下限 500000.00 高于上限 400000.00
              --> plan.toml:15:1
            提示：降低下限，或提高上限
            -- exit 3
            -- talk
            error[floor_above_cap]: step 3: the floor 500000.00 of region=华东 is above its cap 400000.00
              --> plan.toml:15:1
            hint: lower the floor, or raise the cap
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = \"equal\"\n[[do]]\nbound = \"region=华东\"\ncap = \"40万\"\n[[do]]\nbound = \"region=华南\"\ncap = \"40万\"\n",
        expect![[r#"
            -- talk
            错误[bounds_clash]：第 4 步：* 的 900000.00 满足不了上下限，最接近的可行总额是 800000.00：`region=华东 …–400000.00`, `region=华南 400000.00`
              --> plan.toml:18:1
            提示：放宽列出的上下限，或把总额改到最接近的可行值
            -- exit 3
            -- talk
            error[bounds_clash]: step 4: 900000.00 for * cannot meet its floors and caps, the nearest possible total is 800000.00: `region=华东 …–400000.00`, `region=华南 400000.00`
              --> plan.toml:18:1
            hint: loosen one of these limits, or take the nearest possible total
            -- exit 3
        "#]],
    );
}

#[test]
fn periods_that_are_none() {
    let of = |period: &str| PLAN.replace("2026-01-01..2026-03-31", period);
    check_plan(
        &of(""),
        expect![[r#"
        -- talk
        错误[period_empty]：期间 `` 不含任何一天
          --> plan.toml:2:10
        提示：可写 2026、2026-H1、2026-Q3、2026-03、2026-03-06 或 2026-01-01..2026-03-31
        -- exit 3
        -- talk
        error[period_empty]: the period `` holds no day
          --> plan.toml:2:10
        hint: write 2026, 2026-H1, 2026-Q3, 2026-03, 2026-03-06 or 2026-01-01..2026-03-31
        -- exit 3
    "#]],
    );
    check_plan(
        &of("2026-03-31..2026-01-01"),
        expect![[r#"
        -- talk
        错误[period_reversed]：期间从 2026-03-31 开始，却在更早的 2026-01-01 结束
          --> plan.toml:2:10
        提示：请对调起止日期
        -- exit 3
        -- talk
        error[period_reversed]: the period starts on 2026-03-31 but ends earlier, on 2026-01-01
          --> plan.toml:2:10
        hint: swap the two ends
        -- exit 3
    "#]],
    );
    check_plan(
        &of("2026-02-29"),
        expect![[r#"
        -- talk
        错误[date_invalid]：日历上没有 `2026-02-29` 这一天
          --> plan.toml:2:10
        提示：日期写作 2026-03-06；平年二月只有 28 天
        -- exit 3
        -- talk
        error[date_invalid]: the calendar has no day `2026-02-29`
          --> plan.toml:2:10
        hint: write days as 2026-03-06; February has 29 days in leap years only
        -- exit 3
    "#]],
    );
    check_plan(
        &of("2025-W53"),
        expect![[r#"
        -- talk
        错误[week_unknown]：没有 `2025-W53` 这一周：2025 只有 52 周
          --> plan.toml:2:10
        -- exit 3
        -- talk
        error[week_unknown]: there is no week `2025-W53`: 2025 has 52 weeks
          --> plan.toml:2:10
        -- exit 3
    "#]],
    );
}

#[test]
fn amounts_that_are_none() {
    let of = |total: &str| PLAN.replace("90万", total);
    check_plan(
        &of("九十万"),
        expect![[r#"
            -- talk
            错误[amount_invalid]：第 1 步：total：`九十万` 不是金额
              --> plan.toml:4:9
            提示：金额写作 10000000.00、1,000万、1.2亿
            -- exit 3
            -- talk
            error[amount_invalid]: step 1: total: `九十万` is not an amount
              --> plan.toml:4:9
            hint: write amounts as 10000000.00, 1,000万 or 1.2亿
            -- exit 3
        "#]],
    );
    check_plan(
        &of("999999999999亿"),
        expect![[r#"
            -- talk
            错误[amount_out_of_range]：第 1 步：total：`999999999999亿` 太大，以 0.01 为最小单位时超出 64 位整数
              --> plan.toml:4:9
            -- exit 3
            -- talk
            error[amount_out_of_range]: step 1: total: `999999999999亿` is beyond 64 bits in steps of 0.01
              --> plan.toml:4:9
            -- exit 3
        "#]],
    );
    check_plan(
        &of("0.001"),
        expect![[r#"
            -- talk
            错误[amount_not_multiple]：第 1 步：total：`0.001` 不是最小单位 0.01 的整数倍，最接近的是 0.00 和 0.01
              --> plan.toml:4:9
            -- exit 3
            -- talk
            error[amount_not_multiple]: step 1: total: `0.001` is not a whole number of steps of 0.01; the nearest are 0.00 and 0.01
              --> plan.toml:4:9
            -- exit 3
        "#]],
    );
}

#[test]
fn years_without_holidays_are_said() {
    let text = PLAN.replace("2026-01-01..2026-03-31", "2027-01-01..2027-03-31");
    let folder = Folder::with_plan(&format!(
        "{text}[[do]]\ndecompose = \"time.day\"\nby = \"workdays\"\n"
    ));
    folder.check(
        "decompose plan.toml --level time.month",
        expect![[r#"
            坏输入（2027-01-01 至 2027-03-31）

            销售额（元）：900,000.00
                  合计         1月         2月         3月
            900,000.00  295,312.50  281,250.00  323,437.50
            -- talk
            注意[holidays_unknown_year]：节假日表没有 2027 年的放假安排
            提示：请提供含该年的节假日表，或将 holidays 设为 none
        "#]],
    );
    folder.check(
        "check plan.toml",
        expect![[r#"
            注意[holidays_unknown_year]：节假日表没有 2027 年的放假安排
              --> plan.toml:12:1
            说明[axis_not_decomposed]：轴 `region` 没有任何一步分解它
            说明[axis_not_decomposed]：轴 `product` 没有任何一步分解它
            发现 3 处，其中错误 0 处
            -- talk
            注意[holidays_unknown_year]：节假日表没有 2027 年的放假安排
            提示：请提供含该年的节假日表，或将 holidays 设为 none
        "#]],
    );
}

#[test]
fn keys_nobody_knows_name_the_nearest() {
    check(
        "[[do]]\ndecompose = \"region\"\nbye = \"equal\"\n",
        expect![[r#"
            -- talk
            错误[key_unknown]：这里没有 `bye` 这个键
              --> plan.toml:13:1
            提示：是不是 `by`？这里可用：`decompose`、`by`、`within`、`policy`、`step`、`zero_basis`、`hold_back`、`measure`、`who`、`why`
            -- exit 3
            -- talk
            error[key_unknown]: there is no key `bye` here
              --> plan.toml:13:1
            hint: did you mean `by`? Known here: `decompose`, `by`, `within`, `policy`, `step`, `zero_basis`, `hold_back`, `measure`, `who`, `why`
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompos = \"region\"\nby = \"equal\"\n",
        expect![[r#"
            -- talk
            错误[key_unknown]：这里没有 `decompos` 这个键
              --> plan.toml:12:1
            提示：是不是 `decompose`？这里可用：`total`、`decompose`、`fit`、`set`、`hold`、`release`、`bound`、`transfer`、`reallocate`、`commit`、`layer`、`state`、`leave`、`close`、`carry`、`action`、`check_action`、`waive`、`revise`、`decide`、`resolve`、`undo`
            -- exit 3
            -- talk
            error[key_unknown]: there is no key `decompos` here
              --> plan.toml:12:1
            hint: did you mean `decompose`? Known here: `total`, `decompose`, `fit`, `set`, `hold`, `release`, `bound`, `transfer`, `reallocate`, `commit`, `layer`, `state`, `leave`, `close`, `carry`, `action`, `check_action`, `waive`, `revise`, `decide`, `resolve`, `undo`
            -- exit 3
        "#]],
    );
    check(
        "[[do]]\ndecompose = \"region\"\nby = \"eqal\"\n",
        expect![[r#"
            -- talk
            错误[word_unknown]：这里不认识 `eqal`
              --> plan.toml:13:6
            提示：是不是 `equal`？这里可用：`equal`、`calendar`、`workdays`、`days`、`current`、`first`、`last`、`bell`、`history`、`weights`、`shares`、`attribute`、`capacity`、`growth`、`pattern`、`straight_line`、`compound`、`amounts`、`measure`、`mix`
            -- exit 3
            -- talk
            error[word_unknown]: `eqal` is not known here
              --> plan.toml:13:6
            hint: did you mean `equal`? Known here: `equal`, `calendar`, `workdays`, `days`, `current`, `first`, `last`, `bell`, `history`, `weights`, `shares`, `attribute`, `capacity`, `growth`, `pattern`, `straight_line`, `compound`, `amounts`, `measure`, `mix`
            -- exit 3
        "#]],
    );
}

#[test]
fn a_failure_for_scripts() {
    let folder = Folder::with_plan(&format!(
        "{PLAN}[[do]]\ndecompose = \"region\"\nbye = \"equal\"\n"
    ));
    folder.check("decompose plan.toml --json", expect![[r#"
        -- talk
        {"error":{"code":"key_unknown","message":"这里没有 `bye` 这个键","hint":"是不是 `by`？这里可用：`decompose`、`by`、`within`、`policy`、`step`、`zero_basis`、`hold_back`、`measure`、`who`、`why`","place":{"file":"plan.toml","line":13,"column":1}}}
        -- exit 3
    "#]]);
    folder.check("decompose plan.toml --json --lang en", expect![[r#"
        -- talk
        {"error":{"code":"key_unknown","message":"there is no key `bye` here","hint":"did you mean `by`? Known here: `decompose`, `by`, `within`, `policy`, `step`, `zero_basis`, `hold_back`, `measure`, `who`, `why`","place":{"file":"plan.toml","line":13,"column":1}}}
        -- exit 3
    "#]]);
}

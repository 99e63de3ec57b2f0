//! `fenjie track` in the hands of somebody who has never used it: odd plans, odd questions.

use expect_test::expect;

use crate::harness::Folder;

const TRACK: &str = "track plan.toml --actuals sales.csv --as-of 2026-03-10";

/// What stands from some line on.
fn from(text: &str, word: &str) -> String {
    let at = text
        .find(word)
        .unwrap_or_else(|| panic!("no {word} in\n{text}"));
    text[at..].to_owned()
}

#[test]
fn a_member_or_a_week_as_people_write_them() {
    let folder = Folder::with_example("store-chain");
    let alone = folder.run(&format!("{TRACK} --within 东区 -q"));
    let whole = folder.run(&format!("{TRACK} --within store=east -q"));
    assert_eq!(alone.shown(), whole.shown());
    let week = folder.run(&format!("{TRACK} --period 2026-W10 -q"));
    let piece = folder.run(&format!("{TRACK} --period piece=2026-03/W10 -q"));
    assert_eq!(week.shown(), piece.shown());
    // A week over the month's end is two pieces.
    let ran = folder.run(&format!(
        "{TRACK} --period 2026-W05 --within 东区 --unit 元 -q"
    ));
    expect![[r#"
        #  门店      期间                                目标       实绩  完成率  进度差       差额  日均需完成  状态
        1  湖滨店    2026年1月第5周段 1月30日–31日  16,105.86  16,661.01  103.4%    +3.4    -555.15           –  ● 已达成
        2  人民路店  2026年1月第5周段 1月30日–31日  21,474.48  20,772.92   96.7%    -3.3     701.56           –  × 未达成
        1  湖滨店    2026年2月第5周段 2月1日–5日    34,597.77  36,751.88  106.2%    +6.2  -2,154.11           –  ● 已达成
        2  人民路店  2026年2月第5周段 2月1日–5日    46,130.37  48,372.44  104.9%    +4.9  -2,242.07           –  ● 已达成
           合计      2026年1月第5周段 1月30日–31日  37,580.34  37,433.93   99.6%    -0.4     146.41           –  × 未达成
           合计      2026年2月第5周段 2月1日–5日    80,728.14  85,124.32  105.4%    +5.4  -4,396.18           –  ● 已达成
    "#]].assert_eq(&from(&ran.out, "#  "));
    folder.check(
        &format!("{TRACK} --within 南区 --lang en"),
        expect![[r#"
        -- talk
        error[member_unknown]: axis `store` has no member `南区`
        hint: the nearest are `东区`, `西区`, `湖滨店`
        -- exit 3
    "#]],
    );
    folder.check(
        &format!("{TRACK} --period 2026-W99"),
        expect![[r#"
        -- talk
        错误[member_unknown]：轴 `time` 没有成员 `2026-W99`
        提示：相近的成员 `2026年1月9日 周五`, `2026年2月9日 周一`, `2026年3月9日 周一`
        -- exit 3
    "#]],
    );
}

#[test]
fn a_plan_without_dimensions() {
    let folder = Folder::with_plan(
        "plan = \"No dimension\"\nperiod = \"2026\"\ntotal = \"1200000\"\nmeasure = \"Sales\"\n\
         [calendar]\nlevels = [\"quarter\", \"month\"]\n\
         [[do]]\ndecompose = \"time.month\"\nby = \"equal\"\n",
    );
    folder.write(
        "sales.csv",
        "date,amount\n2026-01-05,90000\n2026-03-05,90000\n",
    );
    // Results kept by month are not late inside the month.
    folder.check(&format!("{TRACK} --lang en"), expect![[r#"
        No dimension · Sales · as of 2026-03-10

        ████████████│███████████████████████░░░░  ▲ ahead
        period      March 2026 (2026-03-01 to 2026-03-31), 10 days gone, 21 left
        target      100,000.00 CNY
        actual      90,000.00, attainment 90.0%
        pace        32.5% elapsed, 32,539.68 expected by now, 57,460.32 more, +57.5 points
        gap         10,000.00
        a day       7,317.07 done, 392.16 required (weighted days)
        projection  276,585.39, 276.6% of the target
        sales       through 2026-03-05, 1 line

        #  period          target     actual  attained  elapsed  points        gap  needed a day  projection  status
        1  March 2026  100,000.00  90,000.00     90.0%    32.5%   +57.5  10,000.00        392.16  276,585.39  ▲ ahead
    "#]]);
    folder.check(
        &format!("{TRACK} --bridge days --lang en"),
        expect![[r#"
        -- talk
        error[bridge_unknown]: a gap cannot be taken apart by `days` here
        hint: this plan has no dimensions, weeks or days
        -- exit 2
    "#]],
    );
    folder.check(
        &format!("{TRACK} --chart burn-up --output b.svg"),
        expect![[r#"
            -- talk
            错误[track_no_days]：方案的时间轴没有到日
            提示：在 [calendar] 的 `levels` 里加上 day
            -- exit 3
        "#]],
    );
    assert_eq!(folder.names(), ["plan.toml", "sales.csv"]);
}

#[test]
fn a_dimension_that_is_not_decomposed() {
    let folder = Folder::with_plan(
        "plan = \"Whole\"\nperiod = \"2026\"\ntotal = \"1200000\"\nmeasure = \"Sales\"\n\
         [axes]\nregion = [\"A\", \"B\"]\n",
    );
    folder.write(
        "sales.csv",
        "date,region,amount\n2026-01-05,A,90000\n2026-03-10,C,5\n",
    );
    folder.check(
        &format!("{TRACK} --level region"),
        expect![[r#"
        -- talk
        错误[dimension_not_decomposed]：目标没有分解到维度 `region`，它的成员没有目标可比
        提示：在方案里加一步 `[[do]]` `decompose = "region"`
        -- exit 3
    "#]],
    );
    folder.check(
        &format!("{TRACK} --level region --json --lang en"),
        expect![[r#"
            -- talk
            {"error":{"code":"dimension_not_decomposed","message":"the target is not decomposed over `region`, so its members have nothing to be compared with","hint":"add a step `[[do]]` `decompose = \"region\"` to the plan","place":null}}
            -- exit 3
        "#]],
    );
    folder.check(&format!("{TRACK} --lang en"), expect![[r#"
        Whole · Sales · as of 2026-03-10

        ███░░░░│░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  ▼ behind
        period      2026 (2026-01-01 to 2026-12-31), 69 days gone, 296 left
        target      1,200,000.00 CNY
        actual      90,005.00, attainment 7.5%
        pace        19.0% elapsed, 227,539.50 expected by now, 137,534.50 less, -11.5 points
        gap         1,109,995.00
        a day       1,071.49 done, 3,091.91 required (weighted days), 188.6% faster
        projection  474,669.23, 39.6% of the target, in four cases of five 90,005.00 to 1,145,144.22
        sales       through 2026-03-10, 2 lines; 1 line unassigned

        #  period        target     actual  attained  elapsed  points           gap  needed a day  projection  status
        1  2026    1,200,000.00  90,005.00      7.5%    19.0%   -11.5  1,109,995.00      3,091.91  474,669.23  ▼ behind
    "#]]);
}

#[test]
fn hundreds_of_members_in_windows_of_every_width() {
    let names: Vec<String> = (0..300).map(|number| format!("\"P{number:03}\"")).collect();
    let folder = Folder::with_plan(&format!(
        "plan = \"Many\"\nperiod = \"2026\"\ntotal = \"12000000\"\nmeasure = \"Sales\"\n\
         [axes]\nshop = [{}]\n[[do]]\ndecompose = [\"shop\", \"time.month\"]\nby = \"equal\"\n",
        names.join(", ")
    ));
    let mut sales = "date,shop,amount\n".to_owned();
    for number in 0..300 {
        sales += &format!(
            "2026-03-{:02},P{number:03},{}.5\n",
            number % 10 + 1,
            number * 37
        );
    }
    folder.write("sales.csv", sales);
    for width in ["60", "80", "100", "140", "200"] {
        let ran = crate::harness::command(folder.path())
            .args(crate::harness::words(TRACK))
            .env("COLUMNS", width)
            .output()
            .unwrap();
        let text = String::from_utf8(ran.stdout).unwrap();
        let table = from(&text, "  #  ");
        let wide = |line: &str| unicode_width::UnicodeWidthStr::width(line);
        let widest = table.lines().map(wide).max().unwrap();
        assert!(
            widest <= width.parse().unwrap(),
            "{width}: {widest}\n{table}"
        );
        assert_eq!(table.lines().count(), 202, "{width}");
        assert!(!text.contains('\u{1b}'), "no colour without a terminal");
        let talk = String::from_utf8(ran.stderr).unwrap();
        assert!(talk.contains("另有 100 行没有列出"), "{talk}");
    }
    let ran = folder.run(&format!("{TRACK} --top 1 --color always -q"));
    assert!(ran.out.contains("\u{1b}[32m"), "{}", ran.out);
}

#[test]
fn nothing_was_sold_yet() {
    let folder = Folder::with_example("store-chain");
    folder.write("sales.csv", "时间,门店,金额\n");
    folder.check(
        TRACK,
        expect![[r#"
        -- talk
        错误[import_no_rows]：文件 `sales.csv` 只有表头，没有数据
        -- exit 3
    "#]],
    );
    folder.write("sales.csv", "");
    folder.check(
        &format!("{TRACK} --lang en"),
        expect![[r#"
        -- talk
        error[file_empty]: file `sales.csv` is empty
        -- exit 3
    "#]],
    );
    folder.write("sales.csv", "时间,门店,金额\n2026-05-01,S1,5\n");
    let ran = folder.run(&format!("{TRACK} --lang en -q"));
    expect![[r#"
        2026 上半年门店目标 · 销售额 · as of 2026-03-10

        ░░░░░░░░░░░░│░░░░░░░░░░░░░░░░░░░░░░░░░░░  ▼ behind
        period      March 2026 (2026-03-01 to 2026-03-31), 10 days gone, 21 left
        target      929,163.96 CNY
        actual      0.00, attainment 0.0%
        pace        32.5% elapsed, 302,347.02 expected by now, 302,347.02 less, -32.5 points
        gap         929,163.96
        a day       0.00 done, 36,437.80 required (weighted days)
        projection  0.00, 0.0% of the target, in four cases of five 0.00 to 0.00
        sales       not one line up to this day

        #  门店       target  actual  attained  elapsed  points         gap  needed a day  projection                status
        1  东区   526,124.78    0.00      0.0%    32.5%   -32.5  526,124.78     20,632.34        0.00  ░░░│░░░░░░░░  ▼ behind
        1  西区   403,039.18    0.00      0.0%    32.5%   -32.5  403,039.18     15,805.46        0.00  ░░░│░░░░░░░░  ▼ behind
           total  929,163.96    0.00      0.0%    32.5%   -32.5  929,163.96     36,437.80        0.00                ▼ behind
    "#]].assert_eq(&ran.shown());
}

//! Examples of every command: what is typed, and what it does in both languages. Decides nothing.

use fenjie_message::Lang;
use unicode_width::UnicodeWidthStr;

use super::server_examples::SERVER_EXAMPLES;

/// Remarks of longer lines stand where they end.
const WIDEST: usize = 64;

/// A line to type, and what it does: Chinese, English.
pub(super) type Example = (&'static str, &'static str, &'static str);

const EXAMPLES: [(&str, &[Example]); 31] = [
    (
        "decompose",
        &[
            ("fenjie decompose plan.toml", "看一张表", "a table to read"),
            (
                "fenjie decompose plan.toml --output 目标.xlsx",
                "工作簿",
                "a workbook",
            ),
            (
                "fenjie decompose plan.toml --output cells.parquet",
                "一直到日和时段",
                "down to days and slots",
            ),
            (
                "fenjie decompose plan.toml --level 'region, month' --unit 元",
                "区域 × 月，精确到分",
                "region by month, to the cent",
            ),
            (
                "fenjie decompose plan.toml --level all --output - | head",
                "所有层级的 CSV",
                "CSV of every level",
            ),
        ],
    ),
    (
        "explain",
        &[
            (
                "fenjie explain plan.toml 'region=华东, month=2026-07'",
                "一句话",
                "a sentence",
            ),
            (
                "fenjie explain plan.toml 'region=华东, day=2026-07-03' --json",
                "给脚本用",
                "for scripts",
            ),
        ],
    ),
    (
        "verify",
        &[
            ("fenjie verify plan.toml", "校验方案", "prove a plan"),
            (
                "fenjie verify 目标.xlsx",
                "校验导出的工作簿",
                "prove an exported workbook",
            ),
        ],
    ),
    ("check", &[("fenjie check plan.toml", "", "")]),
    (
        "diff",
        &[
            ("fenjie diff plan.toml plan-v2.toml", "", ""),
            (
                "fenjie diff plan-dir plan.toml --json",
                "给脚本用",
                "for scripts",
            ),
        ],
    ),
    (
        "calendar",
        &[
            (
                "fenjie calendar 2026-03 --week-starts friday --csv",
                "每天一行",
                "a line per day",
            ),
            (
                "fenjie calendar 2026 --week-starts friday --level piece",
                "周段",
                "week pieces",
            ),
            (
                "fenjie calendar FY2026 --year 12-26 --level month",
                "自定义财年",
                "a fiscal year",
            ),
            ("fenjie calendar 2026-W10 --json", "", ""),
            (
                "fenjie calendar 2027 --holidays CN+holidays-2027.csv --basis workdays --level month",
                "补上 2027 年的节假日",
                "with the holidays of 2027",
            ),
            (
                "fenjie calendar --plan plan.toml",
                "方案自己的日历",
                "the plan's own calendar",
            ),
        ],
    ),
    (
        "allocate",
        &[
            (
                "fenjie allocate 100.00 --weights 1,1,1",
                "33.34 33.33 33.33",
                "33.34 33.33 33.33",
            ),
            (
                "fenjie allocate 61300 --weights 98,92,98,123,102,92 --step 1",
                "整数",
                "whole numbers",
            ),
            (
                "fenjie allocate 1000万 --weights 1,1,1 --policy last",
                "尾差归最后一个",
                "left-over steps to the last",
            ),
            (
                "fenjie allocate --jsonl < lines.jsonl",
                "每行一个 JSON",
                "one JSON object per line",
            ),
        ],
    ),
    (
        "new",
        &[
            ("fenjie new plan.toml", "写一份模板", "write the template"),
            (
                "fenjie new --lang en",
                "打印英文模板",
                "print it in English",
            ),
        ],
    ),
    (
        "set",
        &[
            (
                "fenjie set plan.toml 'region=华东, month=2026-07' +10%",
                "预览",
                "a preview",
            ),
            (
                "fenjie set plan.toml 'region=华东' 320万 --keep total --why 新店 --yes",
                "总额不变，写入",
                "keep the total, write it",
            ),
            (
                "fenjie set plan-dir '*' 1100万 --yes --who 王芳",
                "改总额",
                "the total",
            ),
        ],
    ),
    (
        "hold",
        &[(
            "fenjie hold plan.toml 'region=华东, month=2026-07' --at 46.147万 --who 王芳 --why 新店开业 --yes",
            "",
            "",
        )],
    ),
    (
        "release",
        &[(
            "fenjie release plan.toml 'region=华东, month=2026-07' --yes",
            "",
            "",
        )],
    ),
    (
        "transfer",
        &[(
            "fenjie transfer plan.toml 'region=华东, month=2026-07' 'region=华北, month=2026-07' 5万 --yes",
            "",
            "",
        )],
    ),
    (
        "reallocate",
        &[(
            "fenjie reallocate plan.toml 'region=华东, month=2026-07' +5% --yes",
            "",
            "",
        )],
    ),
    (
        "import-plan",
        &[
            (
                "fenjie import-plan plan.toml 目标-已改.xlsx",
                "预览",
                "a preview",
            ),
            (
                "fenjie import-plan plan.toml 目标-已改.xlsx --yes --who 王芳",
                "写入",
                "write it",
            ),
        ],
    ),
    (
        "init",
        &[("fenjie init plan.toml plan-dir --who 王芳", "", "")],
    ),
    (
        "log",
        &[
            ("fenjie log plan-dir", "", ""),
            ("fenjie log plan-dir --json", "", ""),
        ],
    ),
    (
        "undo",
        &[
            ("fenjie undo plan-dir --yes", "撤销最后一步", "the last one"),
            (
                "fenjie undo plan-dir 3 --yes --why 填错",
                "撤销第 3 步",
                "number 3",
            ),
        ],
    ),
    ("redo", &[("fenjie redo plan-dir --yes", "", "")]),
    ("replay", &[("fenjie replay plan-dir", "", "")]),
    (
        "import",
        &[
            (
                "fenjie import plan/ 销售.csv",
                "导入一个文件；列按名称识别",
                "bring one file in; columns are found by name",
            ),
            (
                "fenjie import plan/ 销售.xlsx --dry-run --map '日期=下单日, 金额=成交额'",
                "只检查；指明哪一列是什么",
                "check only; say which column is what",
            ),
            (
                "fenjie import plan/ 销售.csv --partial --errors 待改.csv",
                "先导入好的行，其余写到文件里改",
                "bring the good rows in, the others go to a file to mend",
            ),
        ],
    ),
    (
        "imports",
        &[
            ("fenjie imports plan/", "有哪些导入", "what was brought in"),
            (
                "fenjie imports plan/ --undo 3 --yes",
                "撤销第 3 次导入；不加 --yes 先看结果",
                "take import 3 out; without --yes a preview",
            ),
            (
                "fenjie imports plan/ --lines 'store=S1, month=2026-03'",
                "一个数背后的各笔销售",
                "the lines behind a figure",
            ),
        ],
    ),
    (
        "track",
        &[
            (
                "fenjie track plan/",
                "到今天为止的进度",
                "where things stand today",
            ),
            (
                "fenjie track plan/ --as-of 2026-03-15 --level 'region, month'",
                "从一天看，各区域当月",
                "as of a day, regions in its month",
            ),
            (
                "fenjie track plan/ --within 'region=华东' --behind",
                "华东里落后的",
                "who is behind inside a region",
            ),
            (
                "fenjie track plan/ --period 'month=2026-02' --bridge member",
                "差额分解",
                "what the gap comes from",
            ),
            (
                "fenjie track plan/ --output 进度.xlsx",
                "工作簿",
                "a workbook",
            ),
            (
                "fenjie track plan/ --by all --output 进度.csv",
                "所有组合，给程序用",
                "every grouping, for machines",
            ),
            (
                "fenjie track plan.toml --actuals 订单.csv --chart burn-up --output 进度.svg",
                "直接用文件，画图",
                "files directly, as a picture",
            ),
        ],
    ),
    (
        "today",
        &[
            (
                "fenjie today plan/ 人民路店",
                "这家店的今天",
                "this store, today",
            ),
            (
                "fenjie today plan/ 人民路店 --at '2026-03-07 15:20'",
                "从一个时刻看",
                "as of a moment",
            ),
            (
                "fenjie today plan/ --json",
                "所有门店，给程序用",
                "every store, for scripts",
            ),
        ],
    ),
    (
        "close",
        &[
            (
                "fenjie close plan/ 上周 --carry",
                "上一个结束的周段，连同结转，先看",
                "the last week that ended, and what is carried: a preview",
            ),
            (
                "fenjie close plan/ 2026-03 --of store --who 王芳 --yes",
                "三月的每个周段",
                "every week piece of March",
            ),
            (
                "fenjie close plan/ 2026-W11 --why '补录两张单' --yes",
                "再关一次",
                "closed again",
            ),
        ],
    ),
    (
        "carry",
        &[
            ("fenjie carry plan/", "前后对照", "before and after"),
            (
                "fenjie carry plan/ --share next --cap 20% --yes",
                "全给下一期，一期至多加两成",
                "all to the next period, 20 % of its target at most",
            ),
            (
                "fenjie carry plan/ --output 结转.csv",
                "前后对照写成文件",
                "before and after as a file",
            ),
        ],
    ),
    (
        "action",
        &[
            (
                "fenjie action plan/",
                "哪些该写、在做、到期",
                "due, running, overdue",
            ),
            (
                "fenjie action plan/ 'store=S1' --cause market=商圈修路 --do 外卖首单减5元 --owner 王芳 --due 2026-03-31 --yes",
                "写一份",
                "file one",
            ),
            (
                "fenjie action plan/ --check 12 --effect partly --note 周末回升 --yes",
                "记下第 12 步的效果",
                "what became of number 12",
            ),
            (
                "fenjie action plan/ --waive 'store=S1' --why 门店装修 --yes",
                "不等改进计划",
                "go on without one",
            ),
        ],
    ),
    (
        "revise",
        &[
            ("fenjie revise plan/ --list", "改过什么", "what was revised"),
            (
                "fenjie revise plan/ 'region=华东, month=2026-07' --to 28万 --why 新店分流 --yes",
                "申请调整",
                "propose another target",
            ),
            (
                "fenjie revise plan/ --approve 14 --why 同意 --yes",
                "批准第 14 步",
                "approve number 14",
            ),
        ],
    ),
    (
        "review",
        &[
            (
                "fenjie review plan/ --week 2026-W11",
                "这一周的材料",
                "the pack of this week",
            ),
            (
                "fenjie review plan/ --month 2026-03 --output 三月.xlsx",
                "月度材料，写成工作簿",
                "the month's pack, as a workbook",
            ),
            (
                "fenjie review plan/ --week 2026-W11 --decide '每天加打 20 个回访' --owner 王芳 --due 2026-03-26 --yes",
                "记下一条决议",
                "note a decision",
            ),
        ],
    ),
    (
        "alerts",
        &[
            (
                "fenjie alerts plan/",
                "现在该看什么",
                "what needs a look now",
            ),
            (
                "fenjie alerts plan/ --at '2026-03-18 22:30' --digest",
                "每个负责人一份，免打扰时段过后发出",
                "one text for each owner, after the quiet hours",
            ),
            (
                "fenjie alerts plan/ --rule pace=-3,days=2",
                "落后 3 个百分点、连续 2 天就提醒",
                "speak up at 3 points behind on 2 days in a row",
            ),
        ],
    ),
    ("schema", &[("fenjie schema > plan.schema.json", "", "")]),
    (
        "completions",
        &[(
            "fenjie completions bash > ~/.local/share/bash-completion/completions/fenjie",
            "",
            "",
        )],
    ),
];

/// The examples of a command.
pub fn lines(command: &str) -> &'static [Example] {
    let mut all = EXAMPLES.iter().chain(&SERVER_EXAMPLES);
    let found = all.find(|(name, _)| *name == command);
    found.map_or(&[], |(_, lines)| lines)
}

/// The examples of a command as its help shows them.
pub fn of(command: &str, lang: Lang) -> String {
    let lines = lines(command);
    if lines.is_empty() {
        return String::new();
    }
    let width = lines
        .iter()
        .map(|(line, _, _)| line.width())
        .filter(|width| *width <= WIDEST);
    let width = width.max().unwrap_or(0);
    let mut text = lang.pick("例子:", "Examples:").to_owned();
    for (line, zh, en) in lines {
        text.push_str("\n  ");
        text.push_str(line);
        let about = lang.pick(zh, en);
        if !about.is_empty() {
            text.extend(std::iter::repeat_n(
                ' ',
                width.saturating_sub(line.width()) + 2,
            ));
            text.push_str("# ");
            text.push_str(about);
        }
    }
    text
}

/// Every line to type.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = &'static str> {
    EXAMPLES
        .iter()
        .chain(&SERVER_EXAMPLES)
        .flat_map(|(_, lines)| lines.iter().map(|(line, _, _)| *line))
}

/// The words that a shell would hand over.
#[cfg(test)]
pub fn words(line: &str) -> Vec<String> {
    let line = line.split(" | ").next().unwrap_or(line);
    let line = line.split([' ']).collect::<Vec<_>>().join(" ");
    let line = line
        .split(" > ")
        .next()
        .unwrap_or(&line)
        .split(" < ")
        .next()
        .unwrap_or("")
        .to_owned();
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

//! `fenjie review` on a chain of shops with eleven weeks of sales: two misses in a row, decisions, an
//! action plan; every figure that of `fenjie track`.

use expect_test::{expect, expect_file};
use serde_json::Value;

use crate::harness::Folder;

/// A directory with sales, February and two weeks of March closed, decisions and an action plan.
fn chain() -> Folder {
    let folder = Folder::with_example("store-chain");
    for line in [
        "init plan.toml dir -q",
        "import dir sales.csv -q",
        "close dir 2026-02 --as-of 2026-03-13 --yes -q",
        "review dir --week 2026-W09 --decide '湖滨店每天加打 20 个回访电话' --owner 赵敏 --due 2026-03-10 --at store=S2 --yes",
        "review dir --week 2026-W09 --decide '解放路店周末加一个导购' --owner 周宁 --due 2026-03-20 --yes",
        "close dir 2026-03-02 --as-of 2026-03-06 --yes -q",
        "carry dir --as-of 2026-03-06 --yes -q",
        "close dir 2026-W10 --as-of 2026-03-13 --yes -q",
        "action dir store=S2 --cause market=商圈修路 --do 外卖首单减5元 --owner 赵敏 --due 2026-03-26 --as-of 2026-03-13 --yes -q",
    ] {
        let ran = folder.run(line);
        assert_eq!(ran.code, 0, "{line}\n{}", ran.shown());
    }
    folder
}

fn json(folder: &Folder, line: &str) -> Value {
    let ran = folder.run(line);
    assert!(ran.code < 2, "{}", ran.shown());
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn the_pack_of_a_week_in_both_languages() {
    let folder = chain();
    let zh = folder.run("review dir --week 2026-W10 -q");
    expect_file!["review/week.zh.md"].assert_eq(&zh.shown());
    let en = folder.run("review dir --week 2026-W10 -q --lang en");
    expect_file!["review/week.en.md"].assert_eq(&en.shown());
}

#[test]
fn the_pack_of_a_month() {
    let folder = chain();
    let ran = folder.run("review dir --month 2026-02 -q");
    expect_file!["review/month.zh.md"].assert_eq(&ran.shown());
}

/// What a pack and `fenjie track` both say of a member in a period.
const AMOUNTS: [&str; 10] = [
    "base",
    "carried",
    "working",
    "target",
    "actual",
    "expected",
    "gap",
    "gap_to_date",
    "run_rate",
    "required_rate",
];

/// Rule T4: the month of the pack is the month that `fenjie track` shows, to the cent.
#[test]
fn every_figure_is_that_of_track() {
    let folder = chain();
    let pack = json(&folder, "review dir --week 2026-W10 --json -q");
    let month = &pack["results"][1]["figures"];
    let track = json(
        &folder,
        "track dir --period month=2026-03 --as-of 2026-03-12 --level store.store --json -q",
    );
    let same = |own: &Value, track: &Value, what: &str| {
        for key in AMOUNTS {
            assert_eq!(own[key], track[key], "{what} {key}");
        }
        for key in ["attainment", "elapsed", "pace"] {
            let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
            let (own, track) = (number(&own[key]), number(&track[key]));
            assert!((own - track).abs() < 1e-6, "{what} {key}: {own} {track}");
        }
        assert_eq!(own["status"], track["status"], "{what}");
    };
    same(month, &track["whole"][0], "month");
    let rows = track["rows"].as_array().unwrap();
    let mut compared = 0;
    for member in pack["people"]["need_help"].as_array().unwrap() {
        let who = member["who"].as_str().unwrap();
        let row = rows
            .iter()
            .find(|row| row.to_string().contains(who))
            .unwrap();
        same(&member["month"], row, who);
        compared += 1;
    }
    assert!(compared > 0);
}

#[test]
fn a_decision_is_a_preview_first() {
    let folder = chain();
    let decide = "review dir --week 2026-W10 --decide '下周二复查' --owner 王芳 --due 2026-03-17";
    let before = folder.read("dir/log.jsonl");
    folder.check(
        decide,
        expect![[r#"
        会议决定 piece=2026-03/W10 下周二复查，王芳，2026-03-17 前
        这是预览，没有写入；确认后加 `--yes`
    "#]],
    );
    assert_eq!(folder.read("dir/log.jsonl"), before);
    folder.check(
        &format!("{decide} --yes"),
        expect![[r#"
        会议决定 piece=2026-03/W10 下周二复查，王芳，2026-03-17 前
        已写入 `dir/log.jsonl`
    "#]],
    );
    let pack = json(&folder, "review dir --week 2026-W10 --json -q");
    assert_eq!(pack["decided_here"][0]["text"], "下周二复查");
    let next = json(&folder, "review dir --week 2026-W11 --json -q");
    let before = next["decided_before"].as_array().unwrap();
    assert_eq!(before.last().unwrap()["text"], "下周二复查");
}

#[test]
fn files_by_their_ending() {
    let folder = chain();
    folder.check(
        "review dir --week 2026-W10 -o 周会.md",
        expect![[r#"
        -- talk
        已写入周会材料 `周会.md`
    "#]],
    );
    folder.check(
        "review dir --week 2026-W10 -o 周会.xlsx --lang en",
        expect![[r#"
            -- talk
            wrote the week's pack `周会.xlsx`
        "#]],
    );
    assert_eq!(
        folder.read("周会.md"),
        folder.run("review dir --week 2026-W10").out
    );
    folder.check(
        "review dir --week 2026-W10 -o 周会.docx",
        expect![[r#"
        -- talk
        错误[format_unknown]：从 `周会.docx` 的后缀看不出要写成什么格式
        提示：后缀可以是 `.md` `.xlsx` `.json`
        -- exit 2
    "#]],
    );
}

#[test]
fn weeks_that_are_none() {
    let folder = chain();
    folder.check(
        "review dir --week 2026-03",
        expect![[r#"
        -- talk
        错误[review_not_a_week]：`2026-03` 不是一周，也不是一天
        提示：周写成 2026-W11，或写其中一天：2026-03-06
        -- exit 3
    "#]],
    );
    folder.check(
        "review dir --week 2027-W10",
        expect![[r#"
        -- talk
        错误[review_outside_plan]：`2027年第10周 3月5日–11日` 不在方案期间 2026-01-01..2026-06-30 内
        -- exit 3
    "#]],
    );
    folder.check(
        "review dir --month 2026-W10 --lang en",
        expect![[r#"
        -- talk
        error[review_not_a_month]: `2026-W10` is not a month
        hint: write a month as 2026-03
        -- exit 3
    "#]],
    );
    folder.check(
        "review dir --week 2026-W10 --decide '查' --owner ' '",
        expect![[r#"
            -- talk
            错误[decision_incomplete]：负责人不能是空的
            提示：例如 --decide '每店每天加打 20 个回访' --owner 王芳 --due 2026-03-20
            -- exit 2
        "#]],
    );
}

#[test]
fn a_plan_without_sales() {
    let folder = Folder::with_example("store-chain");
    assert_eq!(folder.run("init plan.toml dir -q").code, 0);
    let ran = folder.run("review dir --week 2026-W10 -q");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.out.contains("到 2026-03-12 为止没有实绩"));
}

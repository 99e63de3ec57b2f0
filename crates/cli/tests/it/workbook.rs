//! Workbooks out and back through the command line.

use std::io::{Cursor, Read, Write};

use expect_test::expect;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::harness::Folder;

#[test]
fn every_example_makes_a_workbook_that_proves_itself() {
    for name in ["brief-2026", "store-chain", "b2b"] {
        let folder = Folder::with_example(name);
        for (plan, lang) in [("plan.toml", "zh"), ("plan.en.toml", "en")] {
            let made = folder.run(&format!(
                "decompose {plan} --output out.xlsx --lang {lang} -q"
            ));
            assert_eq!(made.shown(), "", "{name}");
            let proven = folder.run(&format!("verify out.xlsx --lang {lang}"));
            assert_eq!(proven.code, 0, "{name}: {}", proven.shown());
            let back = folder.run(&format!(
                "import-plan {plan} out.xlsx --lang {lang} -q --json"
            ));
            assert_eq!(back.code, 0, "{name}: {}", back.shown());
            let found: serde_json::Value = serde_json::from_str(&back.out).unwrap();
            assert_eq!(found["operations"].as_array().unwrap().len(), 0, "{name}");
        }
    }
}

#[test]
fn what_is_no_workbook_of_ours() {
    let folder = Folder::with_example("store-chain");
    folder.write("text.xlsx", "not a workbook");
    folder.write("empty.xlsx", "");
    folder.check(
        "verify text.xlsx",
        expect![[r#"
        -- talk
        错误[file_not_as_named]：文件 `text.xlsx` 名不副实：扩展名是 `.xlsx`，内容却是纯文本
        提示：改用正确的扩展名，或重新导出
        -- exit 3
    "#]],
    );
    folder.check(
        "verify empty.xlsx --lang en",
        expect![[r#"
        -- talk
        error[file_empty]: file `empty.xlsx` is empty
        -- exit 3
    "#]],
    );
    folder.check(
        "verify nowhere.xlsx",
        expect![[r#"
        -- talk
        错误[file_missing]：找不到文件 `nowhere.xlsx`
        -- exit 3
    "#]],
    );
    folder.check(
        "import-plan plan.toml text.xlsx --yes",
        expect![[r#"
        -- talk
        错误[file_not_as_named]：文件 `text.xlsx` 名不副实：扩展名是 `.xlsx`，内容却是纯文本
        提示：改用正确的扩展名，或重新导出
        -- exit 3
    "#]],
    );
    assert_eq!(
        folder.run("decompose plan.toml --output out.xlsx -q").code,
        0
    );
    let other = Folder::with_example("b2b");
    let bytes = std::fs::read(folder.path().join("out.xlsx")).unwrap();
    other.write("out.xlsx", &bytes);
    other.check(
        "import-plan plan.toml out.xlsx --quiet --lang en",
        expect![[r#"
            -- talk
            error[other_plan]: the workbook is of another plan: name `2026 上半年门店目标`, the plan has `2026 B2B 团队目标`
            hint: check the plan, or export from this plan again
            -- exit 3
        "#]],
    );
    folder.write("short.xlsx", &bytes[..bytes.len() / 2]);
    folder.check("verify short.xlsx", expect![[r#"
        -- talk
        错误[file_damaged]：文件 `short.xlsx` 已损坏或不完整（invalid Zip archive: Could not find EOCD）
        提示：重新导出或重新下载这个文件
        -- exit 3
    "#]]);
}

#[test]
fn a_store_that_is_not_there() {
    let folder = Folder::with_example("store-chain");
    folder.check(
        "decompose plan.toml --output out.xlsx --store 'store=S9'",
        expect![[r#"
            -- talk
            错误[member_unknown]：轴 `store` 没有成员 `S9`
            提示：相近的成员 `东区`, `西区`, `湖滨店`
            -- exit 3
        "#]],
    );
    assert!(!folder.names().contains(&"out.xlsx".to_owned()));
}

/// A workbook in which a figure was typed over, as a spreadsheet program would store it.
fn typed_over(folder: &Folder, from: &str, to: &str) {
    let bytes = std::fs::read(folder.path().join("out.xlsx")).unwrap();
    let mut before = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut after = ZipWriter::new(Cursor::new(Vec::new()));
    let (from, to) = (format!("<v>{from}</v>"), format!("<v>{to}</v>"));
    let mut count = 0;
    for index in 0..before.len() {
        let mut part = before.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        if name == "xl/worksheets/sheet2.xml" {
            let text = String::from_utf8(content).unwrap();
            count += text.matches(&from).count();
            content = text.replacen(&from, &to, 1).into_bytes();
        }
        after
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        after.write_all(&content).unwrap();
    }
    assert!(count > 0, "{from} is in the workbook");
    folder.write("typed.xlsx", after.finish().unwrap().into_inner());
}

#[test]
fn a_figure_typed_over_comes_back() {
    let folder = Folder::with_example("store-chain");
    assert_eq!(
        folder.run("decompose plan.toml --output out.xlsx -q").code,
        0
    );
    typed_over(&folder, "308596.24", "309596.24");
    let before = folder.read("plan.toml");
    folder.check(
        "import-plan plan.toml typed.xlsx",
        expect![[r#"
        1 处改动，440 格未变
        单元格      操作                                    变动格数
        门店×月!F7  store=S1, month=2026-01 改为 309596.24         1
        销售额总额：6,000,000.00 → 6,001,000.00（+1,000.00）
        这是预览，没有写入；确认后加 `--yes`
    "#]],
    );
    folder.check(
        "import-plan plan.toml typed.xlsx --lang en --json",
        expect![[r#"
            {
              "written": null,
              "operations": [
                {
                  "sheet": "门店×月",
                  "cell": "F7",
                  "operation": {
                    "set": "store=S1, month=2026-01",
                    "to": "309596.24",
                    "measure": "sales"
                  }
                }
              ],
              "conflicts": [],
              "unchanged": 440
            }
        "#]],
    );
    assert_eq!(folder.read("plan.toml"), before);
    folder.check(
        "import-plan plan.toml typed.xlsx --yes --who 王芳",
        expect![[r#"
            1 处改动，440 格未变
            单元格      操作                                    变动格数
            门店×月!F7  store=S1, month=2026-01 改为 309596.24         1
            销售额总额：6,000,000.00 → 6,001,000.00（+1,000.00）
            已写入 `plan.toml`
        "#]],
    );
    expect![[r#"

        [[do]]
        set = "store=S1, month=2026-01"
        to = "309596.24"
        measure = "sales"
        who = "王芳"
    "#]]
    .assert_eq(&folder.read("plan.toml")[before.len()..]);
    // What the plan already says is no change any more.
    folder.check(
        "import-plan plan.toml typed.xlsx",
        expect![[r#"
        0 处改动，441 格未变
    "#]],
    );
}

#[test]
fn a_figure_changed_on_both_sides_is_a_conflict() {
    let folder = Folder::with_example("store-chain");
    assert_eq!(
        folder.run("decompose plan.toml --output out.xlsx -q").code,
        0
    );
    typed_over(&folder, "308596.24", "309596.24");
    assert_eq!(
        folder
            .run("set plan.toml 'store=S1, month=2026-01' 30万 --yes")
            .code,
        0
    );
    let before = folder.read("plan.toml");
    folder.check(
        "import-plan plan.toml typed.xlsx --yes",
        expect![[r#"
        0 处改动，440 格未变
        1 处冲突：工作簿和方案都改了，而且改得不同
        单元格      位置                        导出时     工作簿   方案现在
        门店×月!F7  store=S1, month=2026-01  308596.24  309596.24  300000.00
        -- exit 1
    "#]],
    );
    folder.check(
        "import-plan plan.toml typed.xlsx --yes --lang en",
        expect![[r#"
            0 changes, 440 cells as they were
            1 conflict: changed in the workbook and in the plan, differently
            cell        place                     exported   workbook   plan now
            门店×月!F7  store=S1, month=2026-01  308596.24  309596.24  300000.00
            -- exit 1
        "#]],
    );
    assert_eq!(folder.read("plan.toml"), before);
}

//! Workbooks out and back through the command line.

use expect_test::expect;

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

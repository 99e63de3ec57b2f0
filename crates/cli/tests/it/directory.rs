//! Plan directories: made, changed, undone, replayed, and damaged.

use expect_test::expect;

use crate::harness::Folder;

fn made() -> Folder {
    let folder = Folder::with_example("store-chain");
    assert_eq!(folder.run("init plan.toml dir --who 王芳").code, 0);
    folder
}

#[test]
fn a_directory_is_the_plan_it_was_made_of() {
    let folder = made();
    folder.check(
        "diff plan.toml dir",
        expect![[r#"
            指标   位置          之前          之后  变化
            sales  合计  6,000,000.00  6,000,000.00     0
            比较了 30 格，没有不同
        "#]],
    );
    folder.check(
        "replay dir",
        expect![[r#"
        重算 6 步，内容哈希一致：b6094a68cb641d6886a01c5e2b4859e7fb9099054f26e83de6e3da02cd418aac
    "#]],
    );
    folder.check(
        "init plan.toml dir",
        expect![[r#"
        -- talk
        错误[directory_not_empty]：目录 `dir` 不是空的
        提示：换一个新目录或空目录
        -- exit 4
    "#]],
    );
}

#[test]
fn changes_undone_and_redone() {
    let folder = made();
    assert_eq!(
        folder
            .run("set dir 'store=S1, month=2026-06' +5% --yes")
            .code,
        0
    );
    folder.check(
        "undo dir",
        expect![[r#"
        撤销第 7 步：store=S1, month=2026-06 +5%
        1 格不同
        这是预览，没有写入；确认后加 `--yes`
    "#]],
    );
    folder.check(
        "undo dir --yes --why 填错",
        expect![[r#"
        撤销第 7 步：store=S1, month=2026-06 +5%
        1 格不同
        已写入 `dir/log.jsonl`
    "#]],
    );
    folder.check(
        "diff plan.toml dir",
        expect![[r#"
            指标   位置          之前          之后  变化
            sales  合计  6,000,000.00  6,000,000.00     0
            比较了 30 格，没有不同
        "#]],
    );
    folder.check(
        "redo dir --yes --lang en",
        expect![[r#"
            redo step 7: store=S1, month=2026-06 +5%
            1 cell differs
            written to `dir/log.jsonl`
        "#]],
    );
    folder.check(
        "redo dir --yes --lang en",
        expect![[r#"
            -- talk
            error[nothing_to_redo]: there is nothing to redo
            hint: `fenjie log` lists the operations
            -- exit 3
        "#]],
    );
    folder.check(
        "undo dir 99 --yes",
        expect![[r#"
        -- talk
        错误[cannot_undo]：第 99 步不存在或已经撤销
        -- exit 3
    "#]],
    );
    let log = folder.run("log dir").out;
    let untimed: Vec<String> = log
        .lines()
        .map(|line| {
            line.split("  ")
                .filter(|part| !part.contains('T') || !part.ends_with('Z'))
        })
        .map(|parts| parts.collect::<Vec<_>>().join("  "))
        .collect();
    expect![[r#"
        步  时间                  谁    操作                                  原因
         1  王芳  总额 600万
         2  王芳  分解 store.store，按属性 capacity
         3  王芳  分解 time.month，按日历
         4  王芳  分解 time.slot，按日历
         5  赵敏  锁定 store=S2, month=2026-05 在 15万  五月装修
         6  王芳  限定 store=S5 下限 80万
         7        store=S1, month=2026-06 +5%
         8        撤销第 7 步（已撤销）                 填错
         9        撤销第 8 步"#]]
    .assert_eq(&untimed.join("\n"));
    folder.check("replay dir --lang en", expect![[r#"
        9 operations replayed, same content hash c343ee33a51175ac477486f43384cf8bb1fcc2736c41daaebf309ce996f7371d
    "#]]);
}

#[test]
fn a_damaged_log_is_found() {
    let folder = made();
    let log = folder.read("dir/log.jsonl").replace("15万", "16万");
    folder.write("dir/log.jsonl", log);
    folder.check("verify dir", expect![[r#"
        -- talk
        错误[log_damaged]：`dir/log.jsonl` 第 6 行损坏：它的 hash 与内容不符，这一行或更早的行被改动过
          --> dir/log.jsonl:6
        提示：日志只能追加；请从备份恢复这个文件
        -- exit 3
    "#]]);
    folder.check("replay dir --lang en --json", expect![[r#"
        -- talk
        {"error":{"code":"log_damaged","message":"line 6 of `dir/log.jsonl` is damaged: its hash does not fit its content: this line or an earlier one was changed","hint":"a log is only ever appended to; restore the file from a backup","place":{"file":"dir/log.jsonl","line":6}}}
        -- exit 3
    "#]]);
}

#[test]
fn a_replay_that_comes_out_differently() {
    let folder = made();
    let zeros = "0".repeat(64);
    let ran = folder.run(&format!("replay dir --expect {zeros}"));
    assert_eq!(ran.code, 1, "{}", ran.shown());
}

#[test]
fn no_directory_of_a_plan() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    folder.check(
        "log empty",
        expect![[r#"
        -- talk
        错误[not_a_plan_directory]：目录 `empty` 里没有 log.jsonl
        提示：用 `fenjie init PLAN.toml DIR` 建立方案目录
        -- exit 3
    "#]],
    );
    folder.check(
        "log nowhere --lang en",
        expect![[r#"
        -- talk
        error[plan_file_missing]: there is no plan file `nowhere`
        hint: `fenjie new` writes a commented template
        -- exit 3
    "#]],
    );
}

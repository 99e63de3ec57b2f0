//! Commands that change a plan: previews, what is written, what is refused.

use expect_test::expect;

use crate::harness::Folder;

#[test]
fn a_preview_writes_nothing() {
    let folder = Folder::with_example("store-chain");
    let before = folder.read("plan.toml");
    folder.check(
        "set plan.toml 'store=S1, month=2026-06' +10%",
        expect![[r#"
            store=S1, month=2026-06 +10%
            销售额总额：6,000,000.00 → 6,028,871.25（+28,871.25）
            30 格中有 1 格变动，变动最大的：
            位置                           之前        之后        变化
            store=S1, month=2026-06  288,712.46  317,583.71  +28,871.25
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    folder.check(
        "set plan.toml 'store=S1' -5万 --keep total --lang en",
        expect![[r#"
            store=S1 -5万, keeping the total
            销售额, total unchanged: 6,000,000.00
            26 of 30 cells change, the biggest movers:
            place                        before       after     change
            store=S1, month=2026-05  318,140.46  308,945.06  -9,195.40
            store=S1, month=2026-01  308,596.24  299,676.70  -8,919.54
            store=S1, month=2026-03  300,642.73  291,953.07  -8,689.66
            store=S1, month=2026-04  290,303.16  281,912.36  -8,390.80
            store=S1, month=2026-06  288,712.46  280,367.63  -8,344.83
            store=S1, month=2026-02  223,493.66  217,033.89  -6,459.77
            store=S3, month=2026-05  265,117.04  268,334.39  +3,217.35
            store=S4, month=2026-05  246,343.57  249,333.10  +2,989.53
            store=S3, month=2026-04  241,919.30  244,855.14  +2,935.84
            store=S3, month=2026-06  240,593.72  243,513.47  +2,919.75
            a preview, nothing is written; add `--yes` to write it
        "#]],
    );
    folder.check(
        "set plan.toml '*' 620万 --json",
        expect![[r#"
        {
          "written": null,
          "operations": [
            {
              "set": "*",
              "to": "620万",
              "measure": "sales"
            }
          ],
          "changes": [
            {
              "measure": "sales",
              "cells_changed": 26,
              "cells": 30,
              "total_before": "6000000.00",
              "total_after": "6200000.00",
              "movers": [
                {
                  "place": "store=S1, month=2026-05",
                  "before": "318140.46",
                  "after": "329017.06"
                },
                {
                  "place": "store=S1, month=2026-01",
                  "before": "308596.24",
                  "after": "319146.54"
                },
                {
                  "place": "store=S1, month=2026-03",
                  "before": "300642.73",
                  "after": "310921.11"
                },
                {
                  "place": "store=S1, month=2026-04",
                  "before": "290303.16",
                  "after": "300228.06"
                },
                {
                  "place": "store=S1, month=2026-06",
                  "before": "288712.46",
                  "after": "298582.97"
                },
                {
                  "place": "store=S3, month=2026-05",
                  "before": "265117.04",
                  "after": "274180.87"
                },
                {
                  "place": "store=S4, month=2026-05",
                  "before": "246343.57",
                  "after": "254765.57"
                },
                {
                  "place": "store=S3, month=2026-04",
                  "before": "241919.30",
                  "after": "250190.04"
                },
                {
                  "place": "store=S3, month=2026-06",
                  "before": "240593.72",
                  "after": "248819.15"
                },
                {
                  "place": "store=S4, month=2026-01",
                  "before": "238953.26",
                  "after": "247122.60"
                }
              ]
            }
          ]
        }
    "#]],
    );
    folder.check(
        "hold plan.toml 'store=S4, month=2026-06' --at 25万",
        expect![[r#"
            锁定 store=S4, month=2026-06 在 25万
            销售额总额不变：6,000,000.00
            30 格中有 26 格变动，变动最大的：
            位置                           之前        之后        变化
            store=S4, month=2026-06  223,556.80  250,000.00  +26,443.20
            store=S1, month=2026-05  318,140.46  316,645.26   -1,495.20
            store=S1, month=2026-01  308,596.24  307,145.90   -1,450.34
            store=S1, month=2026-03  300,642.73  299,229.77   -1,412.96
            store=S1, month=2026-04  290,303.16  288,938.79   -1,364.37
            store=S1, month=2026-06  288,712.46  287,355.57   -1,356.89
            store=S3, month=2026-05  265,117.04  263,871.04   -1,246.00
            store=S4, month=2026-05  246,343.57  245,185.80   -1,157.77
            store=S3, month=2026-04  241,919.30  240,782.33   -1,136.97
            store=S3, month=2026-06  240,593.72  239,462.97   -1,130.75
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    folder.check(
        "release plan.toml 'store=S2, month=2026-05'",
        expect![[r#"
        解除锁定 store=S2, month=2026-05
        销售额总额不变：6,000,000.00
        30 格都不变
        这是预览，没有写入；确认后加 `--yes`
    "#]],
    );
    folder.check(
        "transfer plan.toml 'store=S1, month=2026-06' 'store=S4, month=2026-06' 5万",
        expect![[r#"
            调拨 5万：从 store=S1, month=2026-06 到 store=S4, month=2026-06
            销售额总额不变：6,000,000.00
            30 格中有 2 格变动，变动最大的：
            位置                           之前        之后        变化
            store=S1, month=2026-06  288,712.46  238,712.46  -50,000.00
            store=S4, month=2026-06  223,556.80  273,556.80  +50,000.00
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    folder.check(
        "reallocate plan.toml 'store=S1, month=2026-06' 30万",
        expect![[r#"
            store=S1, month=2026-06 改为 30万，所有上级不变
            销售额总额不变：6,000,000.00
            30 格中有 14 格变动，变动最大的：
            位置                           之前        之后        变化
            store=S1, month=2026-06  288,712.46  300,000.00  +11,287.54
            store=S2, month=2026-06  216,534.35  210,533.14   -6,001.21
            store=S3, month=2026-06  240,593.72  235,307.39   -5,286.33
            store=S1, month=2026-04  290,303.16  287,169.31   -3,133.85
            store=S1, month=2026-05  318,140.46  315,182.88   -2,957.58
            store=S3, month=2026-05  265,117.04  268,074.62   +2,957.58
            store=S3, month=2026-04  241,919.30  244,248.05   +2,328.75
            store=S1, month=2026-01  308,596.24  306,670.65   -1,925.59
            store=S2, month=2026-01  231,447.18  233,372.77   +1,925.59
            store=S1, month=2026-03  300,642.73  298,766.77   -1,875.96
            这是预览，没有写入；确认后加 `--yes`
        "#]],
    );
    assert_eq!(folder.read("plan.toml"), before);
}

#[test]
fn what_is_written_is_what_was_shown() {
    let folder = Folder::with_example("store-chain");
    let before = folder.read("plan.toml");
    folder.check(
        "set plan.toml 'store=S1, month=2026-06' +10% --yes --who 王芳 --why 促销",
        expect![[r#"
            store=S1, month=2026-06 +10%
            销售额总额：6,000,000.00 → 6,028,871.25（+28,871.25）
            30 格中有 1 格变动，变动最大的：
            位置                           之前        之后        变化
            store=S1, month=2026-06  288,712.46  317,583.71  +28,871.25
            已写入 `plan.toml`
        "#]],
    );
    let after = folder.read("plan.toml");
    assert!(after.starts_with(&before));
    expect![[r#"

        [[do]]
        set = "store=S1, month=2026-06"
        to = "+10%"
        measure = "sales"
        who = "王芳"
        why = "促销"
    "#]]
    .assert_eq(&after[before.len()..]);
    assert_eq!(folder.run("verify plan.toml").code, 0);
    folder.check(
        "explain plan.toml 'store=S1, month=2026-06'",
        expect![[r#"
            store=S1, month=2026-06：317583.71；是 时间 上 5 个下级之和；最近一次变动是第 7 步（填写）
        "#]],
    );
}

#[test]
fn what_holds_and_bounds_do_not_allow() {
    let folder = Folder::with_example("store-chain");
    let before = folder.read("plan.toml");
    folder.check(
        "set plan.toml 'store=S2, month=2026-05' 16万 --yes",
        expect![[r#"
            -- talk
            错误[place_held]：store=S2, month=2026-05 已被 赵敏 锁定（五月装修）
            提示：先用 release 解除锁定
            -- exit 3
        "#]],
    );
    folder.check(
        "set plan.toml 'store=S5' 70万 --yes --lang en",
        expect![[r#"
            -- talk
            error[bounds_clash]: 700000.00 for store=S5 cannot meet its floors and caps, the nearest possible total is 800000.00: `store=S5 800000.00–…`
            hint: loosen one of these limits, or take the nearest possible total
            -- exit 3
        "#]],
    );
    folder.check("set plan.toml '*' 50万 --yes", expect![[r#"
        -- talk
        错误[bounds_clash]：* 的 500000.00 满足不了上下限，最接近的可行总额是 950000.00：`store=S5 800000.00–…`
        提示：放宽列出的上下限，或把总额改到最接近的可行值
        -- exit 3
    "#]]);
    folder.check(
        "hold plan.toml 'store=S1' --at 900万 --yes --lang en",
        expect![[r#"
            -- talk
            error[holds_exceed_total]: the total 6000000.00 of * is less than the held 9150000.00: `store=S1 9000000.00`, `store=S2, month=2026-05 150000.00`
            hint: raise the total, or release one of the holds
            -- exit 3
        "#]],
    );
    folder.check(
        "release plan.toml 'store=S1' --yes",
        expect![[r#"
        -- talk
        错误[place_not_held]：store=S1 没有锁定
        提示：现有锁定 `store=S2, month=2026-05`
        -- exit 3
    "#]],
    );
    folder.check(
        "transfer plan.toml 'store=S1' 'store=S4' 500万 --yes --lang en",
        expect![[r#"
            -- talk
            error[target_negative]: store=S1 would become negative: -3270111.29
            hint: a target is zero or more; take away less
            -- exit 3
        "#]],
    );
    folder.check(
        "set plan.toml 'store=S1' 十万 --yes",
        expect![[r#"
            -- talk
            错误[amount_invalid]：store=S1：`十万` 不是金额
            提示：金额写作 10000000.00、1,000万、1.2亿
            -- exit 3
        "#]],
    );
    folder.check("set plan.toml 'store=S1' 0.001 --yes", expect![[r#"
        -- talk
        错误[amount_not_multiple]：store=S1：`0.001` 不是最小单位 0.01 的整数倍，最接近的是 0.00 和 0.01
        -- exit 3
    "#]]);
    folder.check(
        "set plan.toml 'store=S1' +5% --keep everything",
        expect![[r#"
            -- talk
            错误[keep_unknown]：`--keep` 不认识 `everything`
            提示：可以写 nothing、total、ancestors、parent:org
            -- exit 2
        "#]],
    );
    folder.check(
        "set plan.toml 'store=S1' 99999999999999999999 --yes",
        expect![[r#"
            -- talk
            错误[amount_out_of_range]：store=S1：`99999999999999999999` 太大，以 0.01 为最小单位时超出 64 位整数
            -- exit 3
        "#]],
    );
    assert_eq!(folder.read("plan.toml"), before);
}

#[cfg(unix)]
#[test]
fn a_plan_that_may_not_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_example("store-chain");
    let locked = std::fs::Permissions::from_mode(0o555);
    std::fs::set_permissions(folder.path(), locked).unwrap();
    let ran = folder.run("set plan.toml 'store=S1' +1% --yes");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    // The administrator may write anywhere.
    assert!(ran.code == 4 || ran.code == 0, "{}", ran.shown());
}

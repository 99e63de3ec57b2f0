//! Every reading command on the examples, in both languages.

use expect_test::expect;

use crate::harness::{Folder, check, root};

const EXAMPLES: [&str; 3] = ["brief-2026", "store-chain", "b2b"];

#[test]
fn every_example_checks_and_proves_itself() {
    for name in EXAMPLES {
        let folder = Folder::with_example(name);
        for (plan, lang) in [("plan.toml", "zh"), ("plan.en.toml", "en")] {
            for command in ["check", "verify"] {
                let ran = folder.run(&format!("{command} {plan} --lang {lang}"));
                assert_eq!(ran.code, 0, "{name} {command} {plan}: {}", ran.shown());
            }
        }
    }
}

#[test]
fn the_twins_say_the_same() {
    for name in ["store-chain", "b2b"] {
        let folder = Folder::with_example(name);
        let hash = |plan: &str| {
            let ran = folder.run(&format!("verify {plan} --json"));
            let proof: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
            proof["hash"].as_str().unwrap().to_owned()
        };
        assert_eq!(hash("plan.toml"), hash("plan.en.toml"), "{name}");
    }
}

#[test]
fn a_plan_is_proven() {
    let folder = Folder::with_example("store-chain");
    folder.check(
        "verify plan.toml",
        expect![[r#"
        校验                            次数  结果
        按步骤重算得到同样的数             1  通过
        每个合计等于下级之和              29  通过
        周段、日、时段合计等于所属期间    30  通过
        锁定值不变                         1  通过
        在上下限之内                       1  通过
        声明的总额全部满足                 0  通过
        各层合计等于下级之和               0  通过
        全部通过，内容哈希 b6094a68cb641d6886a01c5e2b4859e7fb9099054f26e83de6e3da02cd418aac
    "#]],
    );
    folder.check(
        "verify plan.toml --lang en",
        expect![[r#"
        check                                            compared  result
        the same operations give the same integers              1  ok
        every total is the sum of its parts                    29  ok
        week pieces, days and slots sum to their period        30  ok
        held values stand                                       1  ok
        values lie within floors and caps                       1  ok
        every stated total is met                               0  ok
        every layer's totals are sums                           0  ok
        all proven, content hash b6094a68cb641d6886a01c5e2b4859e7fb9099054f26e83de6e3da02cd418aac
    "#]],
    );
}

#[test]
fn plans_are_compared() {
    let folder = Folder::with_example("store-chain");
    let text = folder.read("plan.toml").replace("15万", "16万");
    folder.write("later.toml", text);
    folder.check(
        "diff plan.toml plan.toml",
        expect![[r#"
            指标   位置          之前          之后  变化
            sales  合计  6,000,000.00  6,000,000.00     0
            比较了 30 格，没有不同
        "#]],
    );
    folder.check(
        "diff plan.toml later.toml",
        expect![[r#"
            指标   位置                             之前          之后        变化
            sales  合计                     6,000,000.00  6,000,000.00           0
            sales  store=S2, month=2026-05    150,000.00    160,000.00  +10,000.00
            sales  store=S1, month=2026-05    318,140.46    317,596.63     -543.83
            sales  store=S1, month=2026-01    308,596.24    308,068.73     -527.51
            sales  store=S1, month=2026-03    300,642.73    300,128.81     -513.92
            sales  store=S1, month=2026-04    290,303.16    289,806.91     -496.25
            sales  store=S1, month=2026-06    288,712.46    288,218.94     -493.52
            sales  store=S3, month=2026-05    265,117.04    264,663.85     -453.19
            sales  store=S4, month=2026-05    246,343.57    245,922.47     -421.10
            sales  store=S3, month=2026-04    241,919.30    241,505.76     -413.54
            sales  store=S3, month=2026-06    240,593.72    240,182.45     -411.27
            sales  store=S4, month=2026-01    238,953.26    238,544.80     -408.46
            sales  store=S4, month=2026-03    232,794.68    232,396.74     -397.94
            sales  store=S2, month=2026-01    231,447.18    231,051.54     -395.64
            sales  store=S2, month=2026-03    225,482.05    225,096.61     -385.44
            sales  store=S4, month=2026-04    224,788.51    224,404.25     -384.26
            sales  store=S4, month=2026-06    223,556.80    223,174.64     -382.16
            sales  store=S1, month=2026-02    223,493.66    223,111.62     -382.04
            sales  store=S2, month=2026-04    217,727.37    217,355.19     -372.18
            sales  store=S2, month=2026-06    216,534.35    216,164.20     -370.15
            sales  store=S5, month=2026-05    180,152.91    179,844.96     -307.95
            sales  store=S5, month=2026-01    174,748.32    174,449.61     -298.71
            sales  store=S4, month=2026-02    173,056.36    172,760.54     -295.82
            sales  store=S5, month=2026-03    170,244.50    169,953.48     -291.02
            sales  store=S2, month=2026-02    167,620.25    167,333.72     -286.53
            sales  store=S5, month=2026-04    164,389.52    164,108.51     -281.01
            sales  store=S5, month=2026-06    163,488.76    163,209.30     -279.46
            sales  store=S5, month=2026-02    121,152.84    120,945.74     -207.10
            比较了 30 格，27 格不同
            -- exit 1
        "#]],
    );
    folder.check(
        "diff plan.toml later.toml --lang en --json",
        expect![[r#"
        {
          "same": false,
          "compared": 30,
          "only_before": 0,
          "only_after": 0,
          "totals": [
            {
              "measure": "sales",
              "before": "6000000.00",
              "after": "6000000.00"
            }
          ],
          "cells": [
            {
              "measure": "sales",
              "place": "store=S2, month=2026-05",
              "before": "150000.00",
              "after": "160000.00"
            },
            {
              "measure": "sales",
              "place": "store=S1, month=2026-05",
              "before": "318140.46",
              "after": "317596.63"
            },
            {
              "measure": "sales",
              "place": "store=S1, month=2026-01",
              "before": "308596.24",
              "after": "308068.73"
            },
            {
              "measure": "sales",
              "place": "store=S1, month=2026-03",
              "before": "300642.73",
              "after": "300128.81"
            },
            {
              "measure": "sales",
              "place": "store=S1, month=2026-04",
              "before": "290303.16",
              "after": "289806.91"
            },
            {
              "measure": "sales",
              "place": "store=S1, month=2026-06",
              "before": "288712.46",
              "after": "288218.94"
            },
            {
              "measure": "sales",
              "place": "store=S3, month=2026-05",
              "before": "265117.04",
              "after": "264663.85"
            },
            {
              "measure": "sales",
              "place": "store=S4, month=2026-05",
              "before": "246343.57",
              "after": "245922.47"
            },
            {
              "measure": "sales",
              "place": "store=S3, month=2026-04",
              "before": "241919.30",
              "after": "241505.76"
            },
            {
              "measure": "sales",
              "place": "store=S3, month=2026-06",
              "before": "240593.72",
              "after": "240182.45"
            },
            {
              "measure": "sales",
              "place": "store=S4, month=2026-01",
              "before": "238953.26",
              "after": "238544.80"
            },
            {
              "measure": "sales",
              "place": "store=S4, month=2026-03",
              "before": "232794.68",
              "after": "232396.74"
            },
            {
              "measure": "sales",
              "place": "store=S2, month=2026-01",
              "before": "231447.18",
              "after": "231051.54"
            },
            {
              "measure": "sales",
              "place": "store=S2, month=2026-03",
              "before": "225482.05",
              "after": "225096.61"
            },
            {
              "measure": "sales",
              "place": "store=S4, month=2026-04",
              "before": "224788.51",
              "after": "224404.25"
            },
            {
              "measure": "sales",
              "place": "store=S4, month=2026-06",
              "before": "223556.80",
              "after": "223174.64"
            },
            {
              "measure": "sales",
              "place": "store=S1, month=2026-02",
              "before": "223493.66",
              "after": "223111.62"
            },
            {
              "measure": "sales",
              "place": "store=S2, month=2026-04",
              "before": "217727.37",
              "after": "217355.19"
            },
            {
              "measure": "sales",
              "place": "store=S2, month=2026-06",
              "before": "216534.35",
              "after": "216164.20"
            },
            {
              "measure": "sales",
              "place": "store=S5, month=2026-05",
              "before": "180152.91",
              "after": "179844.96"
            },
            {
              "measure": "sales",
              "place": "store=S5, month=2026-01",
              "before": "174748.32",
              "after": "174449.61"
            },
            {
              "measure": "sales",
              "place": "store=S4, month=2026-02",
              "before": "173056.36",
              "after": "172760.54"
            },
            {
              "measure": "sales",
              "place": "store=S5, month=2026-03",
              "before": "170244.50",
              "after": "169953.48"
            },
            {
              "measure": "sales",
              "place": "store=S2, month=2026-02",
              "before": "167620.25",
              "after": "167333.72"
            },
            {
              "measure": "sales",
              "place": "store=S5, month=2026-04",
              "before": "164389.52",
              "after": "164108.51"
            },
            {
              "measure": "sales",
              "place": "store=S5, month=2026-06",
              "before": "163488.76",
              "after": "163209.30"
            },
            {
              "measure": "sales",
              "place": "store=S5, month=2026-02",
              "before": "121152.84",
              "after": "120945.74"
            }
          ]
        }
        -- exit 1
    "#]],
    );
}

#[test]
fn structure_is_checked_before_anything_is_computed() {
    let folder = Folder::with_example("brief-2026");
    let text = folder
        .read("plan.toml")
        .replace("回访 = \"30%\"", "回访 = \"31%\"");
    folder.write("plan.toml", text);
    folder.check(
        "check plan.toml",
        expect![[r#"
            错误[shares_not_100]：source 的占比合计是 101%，不是 100%
              --> plan.toml:57:1
            发现 1 处，其中错误 1 处
            -- exit 1
        "#]],
    );
    folder.check(
        "check plan.toml --lang en --json",
        expect![[r#"
        {
          "ok": false,
          "findings": [
            {
              "severity": "error",
              "code": "shares_not_100",
              "operation": 3,
              "place": "*",
              "message": "the shares of source sum to 101%, not to 100%",
              "line": 57
            }
          ]
        }
        -- exit 1
    "#]],
    );
}

#[test]
fn a_template_is_a_plan() {
    for lang in ["zh", "en"] {
        let folder = Folder::new();
        let ran = folder.run(&format!("new plan.toml --lang {lang}"));
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.talk);
        let printed = folder.run(&format!("new --lang {lang}"));
        assert_eq!(printed.out, folder.read("plan.toml"));
        let ran = folder.run(&format!("verify plan.toml --lang {lang}"));
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
    let folder = Folder::with_plan("mine");
    folder.check(
        "new plan.toml",
        expect![[r#"
        -- talk
        错误[file_exists]：`plan.toml` 已经存在，没有改动它
        提示：换一个文件名
        -- exit 4
    "#]],
    );
    assert_eq!(folder.read("plan.toml"), "mine");
}

#[test]
fn the_schema_is_json() {
    let ran = Folder::new().run("schema");
    let schema: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(schema["properties"]["do"].is_object() || schema["properties"]["axes"].is_object());
}

#[test]
fn shells_complete() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = Folder::new().run(&format!("completions {shell}"));
        assert!(ran.code == 0 && ran.out.contains("decompose"), "{shell}");
    }
    check(
        "completions tcsh",
        expect![[r#"
        -- talk
        错误[argument_value_invalid]：`<SHELL>` 不接受 `tcsh`
        提示：可以写 bash、elvish、fish、powershell、zsh
        -- exit 2
    "#]],
    );
}

#[test]
fn plans_for_real_tables_read_where_the_tables_are_missing() {
    // The plan itself is understood; only its table is not found.
    let folder = Folder::new();
    let text = std::fs::read_to_string(root().join("examples/superstore-2018/plan.toml")).unwrap();
    folder.write(
        "plan.toml",
        text.replace("../../../shared", "no-such-folder"),
    );
    folder.check(
        "decompose plan.toml",
        expect![[r#"
        -- talk
        错误[file_missing]：找不到文件 `no-such-folder/data/superstore_cn/orders.csv`
          --> plan.toml:19:12
        -- exit 3
    "#]],
    );
}

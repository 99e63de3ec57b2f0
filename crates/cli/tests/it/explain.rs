//! `fenjie explain`: sentences and JSON, and places that are not there.

use expect_test::expect;

use crate::harness::Folder;

#[test]
fn a_number_explains_itself() {
    let folder = Folder::with_example("store-chain");
    folder.check("explain plan.toml 'store=S1, month=2026-03'", expect![[r#"
        store=S1, month=2026-03：300642.73；2026年3月 300642.73 = 2026-01-01..2026-06-30 1729888.71 × 29626758 ÷ 170471425（余数第 2 大，得到一个尾差）；人民路店 1729888.71 = 东区 3686329.97 扣除固定部分后的 3536329.97 × 170471425 ÷ 348486700；东区 3686329.97 是 全部门店 6000000.00 按锁定和上下限调整后的部分；最近一次变动是第 5 步（锁定）
    "#]]);
    folder.check(
        "explain plan.toml 'store=S2, month=2026-05' --lang en",
        expect![[r#"
            store=S2, month=2026-05: 150000.00; May 2026 150000.00 is fixed within 2026-01-01..2026-06-30 1208811.20; 湖滨店 1208811.20 is its part of 东区 3686329.97 after holds and limits; 东区 3686329.97 is its part of 全部门店 6000000.00 after holds and limits; held by 赵敏 (五月装修); last changed by step 5 (hold)
        "#]],
    );
    folder.check(
        "explain plan.toml 'store=S5, day=2026-02-16' --json",
        expect![[r#"
            {
              "place": "store=S5, day=2026-02-16",
              "measure": "sales",
              "unit": "CNY",
              "value": "0.00",
              "sentence": "store=S5, day=2026-02-16：0.00；2026年2月16日 周一 0.00 = 2026年2月第7周段 2月13日–19日 20267.20 × 0 ÷ 4.5；2026年2月第7周段 2月13日–19日 20267.20 = 2026年2月 121152.84 × 4.5 ÷ 26.9；2026年2月 121152.84 = 2026-01-01..2026-06-30 974176.85 × 11938974 ÷ 96000000（余数第 2 大，得到一个尾差）；大学城店 974176.85 = 西区 2313670.03 × 96 ÷ 228；西区 2313670.03 = 全部门店 6000000.00 扣除固定部分后的 5850000.00 × 228000000 ÷ 576486700（余数第 1 大，得到一个尾差）；store=S5 限于 800000.00 至 –；最近一次变动是第 4 步（分解）",
              "steps": [
                {
                  "operation": 5,
                  "axis": "store",
                  "parent": "*",
                  "parent_value": "6000000.00",
                  "shared": "5850000.00",
                  "member": "west",
                  "weight": "228000000",
                  "weight_sum": "576486700",
                  "siblings": 2,
                  "value": "2313670.03",
                  "remainder_rank": 2,
                  "got_remainder_step": true,
                  "limited": false
                },
                {
                  "operation": 5,
                  "axis": "store",
                  "parent": "store=west",
                  "parent_value": "2313670.03",
                  "shared": "2313670.03",
                  "member": "S5",
                  "weight": "96000000",
                  "weight_sum": "228000000",
                  "siblings": 2,
                  "value": "974176.85",
                  "remainder_rank": 3,
                  "got_remainder_step": false,
                  "limited": false
                },
                {
                  "operation": 5,
                  "axis": "time",
                  "parent": "store=S5",
                  "parent_value": "974176.85",
                  "shared": "974176.85",
                  "member": "2026-02",
                  "weight": "11938974",
                  "weight_sum": "96000000",
                  "siblings": 6,
                  "value": "121152.84",
                  "remainder_rank": 3,
                  "got_remainder_step": true,
                  "limited": false
                },
                {
                  "operation": null,
                  "axis": "time",
                  "parent": "store=S5, month=2026-02",
                  "parent_value": "121152.84",
                  "shared": "121152.84",
                  "member": "2026-02/W07",
                  "weight": "4500000",
                  "weight_sum": "26900000",
                  "siblings": 5,
                  "value": "20267.20",
                  "remainder_rank": 4,
                  "got_remainder_step": false,
                  "limited": false
                },
                {
                  "operation": null,
                  "axis": "time",
                  "parent": "store=S5, piece=2026-02/W07",
                  "parent_value": "20267.20",
                  "shared": "20267.20",
                  "member": "2026-02-16",
                  "weight": "0",
                  "weight_sum": "4500000",
                  "siblings": 7,
                  "value": "0.00",
                  "remainder_rank": 7,
                  "got_remainder_step": false,
                  "limited": false
                }
              ],
              "hold": null,
              "limits": [
                {
                  "place": "store=S5",
                  "floor": "800000.00",
                  "cap": null
                }
              ],
              "layers": [],
              "changes": [
                {
                  "operation": 4,
                  "after": "0.00"
                }
              ],
              "parts": {
                "axis": "time",
                "members": [
                  {
                    "member": "2026-02-16#1",
                    "name": "2月16日 开业–10:00",
                    "value": "0.00"
                  },
                  {
                    "member": "2026-02-16#2",
                    "name": "2月16日 10:00–14:00",
                    "value": "0.00"
                  },
                  {
                    "member": "2026-02-16#3",
                    "name": "2月16日 14:00–16:00",
                    "value": "0.00"
                  },
                  {
                    "member": "2026-02-16#4",
                    "name": "2月16日 16:00–闭店",
                    "value": "0.00"
                  }
                ]
              }
            }
        "#]],
    );
    folder.check(
        "explain plan.toml",
        expect![[r#"
            *：6000000.00；是 门店 上 2 个下级之和；最近一次变动是第 1 步（设定总额）
        "#]],
    );
    let folder = Folder::with_example("brief-2026");
    folder.check(
        "explain plan.toml 'quarter=2026-Q2' --measure 客户满意度",
        expect![[r#"
            quarter=2026-Q2：客户满意度 88，是直接设定的，不做分解
        "#]],
    );
    folder.check(
        "explain plan.toml 'quarter=2026-Q2' --measure market_share --lang en",
        expect![[r#"
            quarter=2026-Q2: 市场份额 4.8, stated and not decomposed
        "#]],
    );
}

#[test]
fn a_place_that_is_not_there() {
    let folder = Folder::with_example("store-chain");
    folder.check(
        "explain plan.toml 'store=S9'",
        expect![[r#"
        -- talk
        错误[member_unknown]：轴 `store` 没有成员 `S9`
        提示：相近的成员 `东区`, `西区`, `湖滨店`
        -- exit 3
    "#]],
    );
    folder.check(
        "explain plan.toml 'stor=S1' --lang en",
        expect![[r#"
            -- talk
            error[axis_unknown]: the plan has no axis or level `stor`
            hint: there is `store`, `time`, `area`, `month`, `piece`, `day`, `slot`
            -- exit 3
        "#]],
    );
    folder.check(
        "explain plan.toml 'month=2026-13'",
        expect![[r#"
        -- talk
        错误[member_unknown]：轴 `time` 没有成员 `2026-13`
        提示：相近的成员 `2026年1月`, `2026年3月`, `2026年2月`
        -- exit 3
    "#]],
    );
    folder.check(
        "explain plan.toml 'store=S1, store=S2' --lang en",
        expect![[r#"
            -- talk
            error[address_axis_twice]: the place names axis `store` twice
            -- exit 3
        "#]],
    );
    folder.check(
        "explain plan.toml S1",
        expect![[r#"
            -- talk
            错误[parameter_invalid]：`address` = S1:位置写成 轴=成员，例如 region=华东, month=2026-07
            -- exit 3
        "#]],
    );
    folder.check(
        "explain plan.toml --measure 利润",
        expect![[r#"
        -- talk
        错误[measure_unknown]：方案里没有指标 `利润`
        提示：已有的是 `sales`
        -- exit 3
    "#]],
    );
}

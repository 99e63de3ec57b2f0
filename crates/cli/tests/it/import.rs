//! Sales brought in: checked, repeated, corrected, refused, undone.

use expect_test::expect;

use crate::harness::Folder;

fn made() -> Folder {
    let folder = Folder::with_example("store-chain");
    assert_eq!(folder.run("init plan.toml dir --who 王芳").code, 0);
    folder
}

const MARCH: &str = "单号,日期,门店,金额,顾客\nA1,2026-03-02,S1,\"1,200.50\",张三\n\
                     A2,2026-03-03,人民路店,(200),张三\nA3,2026-03-03,S9,80,\n";

#[test]
fn a_file_is_brought_in_once() {
    let folder = made();
    folder.write("三月.csv", MARCH);
    folder.check(
        "import dir 三月.csv --dry-run --quiet",
        expect![[r#"
        `三月.csv`：3 行，导入 3 笔，2026-03-02..2026-03-03
          销售额：1,080.50
          列：日期=日期，门店=门店，销售额=金额，单号=单号，客户=顾客
          1 笔未归属
            门店里没有 `S9`（1 笔），相近的有：东区、西区、湖滨店
        只是检查，没有写入
    "#]],
    );
    folder.check(
        "import dir 三月.csv --quiet --who 王芳",
        expect![[r#"
        `三月.csv`：3 行，导入 3 笔，2026-03-02..2026-03-03
          销售额：1,080.50
          列：日期=日期，门店=门店，销售额=金额，单号=单号，客户=顾客
          1 笔未归属
            门店里没有 `S9`（1 笔），相近的有：东区、西区、湖滨店
        已写入 `dir`，导入编号 1
    "#]],
    );
    folder.check(
        "import dir 三月.csv --quiet --lang en",
        expect![[r#"
            `三月.csv`: 3 rows, 3 lines, 2026-03-02..2026-03-03
              销售额: 1,080.50
              columns: date=日期, store=门店, sales=金额, external id=单号, customer=顾客
              1 line is unassigned
                门店 has no `S9` (1 line); the nearest are: 东区, 西区, 湖滨店
              3 lines were there already and are not counted again
            this file is there already; nothing changed
        "#]],
    );
    let listed = folder.run("imports dir --json").out;
    assert_eq!(listed.matches("\"number\"").count(), 1, "{listed}");
    folder.check(
        "imports dir --lines 'store=S1' --limit 1",
        expect![[r#"
        日期        门店        销售额  客户  单号  导入  行
        2026-03-02  人民路店  1,200.50  张三  A1       1   2
        共 2 笔，列出前 1 笔；`--limit` 列出更多
    "#]],
    );
    folder.check(
        "imports dir --lines 'store=未归属'",
        expect![[r#"
            日期        门店       销售额  客户  单号  导入  行
            2026-03-03  未归属 S9   80.00        A3       1   4
        "#]],
    );
}

#[test]
fn a_correction_replaces_and_can_be_undone() {
    let folder = made();
    folder.write("三月.csv", MARCH);
    folder.write(
        "更正.csv",
        "单号,日期,门店,金额,顾客\nA1,2026-03-02,S1,1000,张三\nA3,2026-03-03,S9,80,\n",
    );
    assert_eq!(folder.run("import dir 三月.csv").code, 0);
    folder.check(
        "import dir 更正.csv --quiet",
        expect![[r#"
            `更正.csv`：2 行，导入 2 笔，2026-03-02..2026-03-03
              销售额：1,080.00
              列：日期=日期，门店=门店，销售额=金额，单号=单号，客户=顾客
              1 笔未归属
                门店里没有 `S9`（1 笔），相近的有：东区、西区、湖滨店
              1 笔以前已经导入，不再重复计
              1 笔以前导入的被更正
            已写入 `dir`，导入编号 2
        "#]],
    );
    folder.check(
        "imports dir --undo 2",
        expect![[r#"
        撤销第 2 次导入 `更正.csv`：2 笔，2026-03-02..2026-03-03
          它更正过的 1 笔按更正之前的计
          方案期间销售额实绩合计：880.00 → 1,080.50
        这是预览，没有写入；确认后加 `--yes`
    "#]],
    );
    folder.check(
        "imports dir --undo 2 --lang en",
        expect![[r#"
        undo import 2, `更正.csv`: 2 lines, 2026-03-02..2026-03-03
          lines it had corrected count as before: 1
          actual 销售额 of the plan's period: 880.00 → 1,080.50
        a preview, nothing is written; add `--yes` to write it
    "#]],
    );
    folder.check(
        "imports dir --undo 2 --yes --who 王芳",
        expect![[r#"
        撤销第 2 次导入 `更正.csv`：2 笔，2026-03-02..2026-03-03
          它更正过的 1 笔按更正之前的计
          方案期间销售额实绩合计：880.00 → 1,080.50
        已撤销；恢复用 `--redo 2 --yes`
    "#]],
    );
    folder.check(
        "imports dir --undo 2 --lang en",
        expect![[r#"
        -- talk
        error[import_undone_already]: import 2 is undone already
        -- exit 3
    "#]],
    );
    folder.check(
        "imports dir --redo 2 --json",
        expect![[r#"
        {
          "import": 2,
          "in_effect": false,
          "written": false,
          "totals": {
            "sales": {
              "before": "1080.50",
              "after": "880.00"
            }
          }
        }
    "#]],
    );
    folder.check(
        "imports dir --redo 2 --yes --lang en",
        expect![[r#"
        bring back import 2, `更正.csv`: 2 lines, 2026-03-02..2026-03-03
          lines it corrects count as corrected: 1
          actual 销售额 of the plan's period: 1,080.50 → 880.00
        it is back
    "#]],
    );
    folder.check(
        "imports dir --undo 7",
        expect![[r#"
        -- talk
        错误[import_unknown]：没有编号为 7 的导入
        提示：用 `fenjie imports` 查看导入
        -- exit 3
    "#]],
    );
    assert_eq!(folder.run("imports dir --undo 2 --yes").code, 0);
    let proved = folder.run("imports dir --verify --json");
    assert!(
        proved.code == 0 && proved.out.contains("\"ok\": true"),
        "{}",
        proved.out
    );
}

#[test]
fn one_bad_row_and_nothing_is_written() {
    let folder = made();
    folder.write(
        "坏.csv",
        "日期,门店,金额\n2026-03-02,S1,5\n2026-02-29,S1,6\n2026-03-04,S1,1.005\n合计,,11\n",
    );
    folder.check(
        "import dir 坏.csv",
        expect![[r#"
            第 3 行 `日期` 列 `2026-02-29`：没有 `2026-02-29` 这一天
            第 4 行 `金额` 列 `1.005`：`1.005` 不是最小单位 0.01 的整数倍，最接近的是 1.00 和 1.01
            第 5 行 `日期` 列 `合计`：这是合计行
              提示：写成 `2026-03-01`、`2026/3/1`、`2026年3月1日` 或 `20260301`
              提示：确实要舍入时加 `--round half_up` 或 `--round half_even`
              提示：合计、小计行不是销售，从文件里去掉
            -- talk
            错误[import_rows_refused]：文件 `坏.csv` 的 4 行里有 3 行不能导入，一行也没有写入
              --> 坏.csv
            提示：改正后重新导入；先导入其余各行用 `--partial`，把这些行另存用 `--errors 文件`
            -- exit 3
        "#]],
    );
    folder.check("import dir 坏.csv --lang en", expect![[r#"
        row 3, column `日期`, `2026-02-29`: there is no day `2026-02-29`
        row 4, column `金额`, `1.005`: `1.005` is not a whole number of steps of 0.01; the nearest are 1.00 and 1.01
        row 5, column `日期`, `合计`: this is a total of other rows
          hint: write `2026-03-01`, `2026/3/1`, `2026年3月1日` or `20260301`
          hint: if it is to be rounded, add `--round half_up` or `--round half_even`
          hint: totals and subtotals are no sales; take them out of the file
        -- talk
        error[import_rows_refused]: file `坏.csv`: 3 of 4 rows are refused and none is written
          --> 坏.csv
        hint: mend them and import again; `--partial` brings the other rows in, `--errors FILE` writes these rows apart
        -- exit 3
    "#]]);
    folder.check(
        "imports dir",
        expect![[r#"
        还没有导入销售数据
    "#]],
    );
    folder.check(
        "import dir 坏.csv --partial --quiet",
        expect![[r#"
            `坏.csv`：4 行，导入 1 笔，2026-03-02
              销售额：5.00
              列：日期=日期，门店=门店，销售额=金额
              3 行没有导入：
            第 3 行 `日期` 列 `2026-02-29`：没有 `2026-02-29` 这一天
            第 4 行 `金额` 列 `1.005`：`1.005` 不是最小单位 0.01 的整数倍，最接近的是 1.00 和 1.01
            第 5 行 `日期` 列 `合计`：这是合计行
              提示：写成 `2026-03-01`、`2026/3/1`、`2026年3月1日` 或 `20260301`
              提示：确实要舍入时加 `--round half_up` 或 `--round half_even`
              提示：合计、小计行不是销售，从文件里去掉
              这些行连同原因写在 `坏.csv.refused.csv`，改好后可以直接导入
            已写入 `dir`，导入编号 1
            -- exit 1
        "#]],
    );
    assert!(folder.read("坏.csv.refused.csv").contains("2026-02-29"));
    let json = folder.run("import dir 坏.csv --json");
    assert_eq!(json.code, 3);
    assert!(
        json.out.contains("\"code\": \"date_missing\""),
        "{}",
        json.out
    );
}

#[test]
fn mappings_are_kept_and_used_by_themselves() {
    let folder = made();
    folder.write("旧.csv", "下单日,营业点,成交总额\n2026-03-02,S1,5\n");
    folder.check("import dir 旧.csv", expect![[r#"
        -- talk
        错误[import_columns_missing]：文件 `旧.csv` 里找不到这些列：日期、销售额、门店；现有：`下单日`、`营业点`、`成交总额`
          --> 旧.csv
        提示：用 `--map '日期=列名'` 说明哪一列是它
        -- exit 3
    "#]]);
    folder.check(
        "import dir 旧.csv --map '日期=下单日, 门店=营业点, 金额=成交总额' --save-map 旧系统 --as-of 2026-03-10",
        expect![[r#"
            `旧.csv`：1 行，导入 1 笔，2026-03-02
              销售额：5.00
              列：日期=下单日，门店=营业点，销售额=成交总额
            已写入 `dir`，导入编号 1
            -- talk
            列的对应关系已存为 `旧系统`
            导入后新增预警 5 条：
            紧急：已连续 8 个营业日没有任何业绩，最近一笔在 2026-03-02，可能数据未到
            紧急：人民路店落后 32.5 个百分点；照目前日均，本月预计完成 0%；日均需完成 1.43万，目前日均 0.50
            紧急：湖滨店落后 32.5 个百分点；照目前日均，本月预计完成 0%；日均需完成 1.07万，目前日均 0.00（赵敏）
            紧急：解放路店落后 32.5 个百分点；照目前日均，本月预计完成 0%；日均需完成 1.11万，目前日均 0.00
            紧急：大学城店落后 32.5 个百分点；照目前日均，本月预计完成 0%；日均需完成 8,106.88，目前日均 0.00
        "#]],
    );
    folder.write("旧2.csv", "下单日,营业点,成交总额\n2026-03-05,S2,7\n");
    folder.check(
        "import dir 旧2.csv --as-of 2026-03-10",
        expect![[r#"
        `旧2.csv`：1 行，导入 1 笔，2026-03-05
          销售额：7.00
          列：日期=下单日，store=营业点，销售额=成交总额
        已写入 `dir`，导入编号 2
        -- talk
        注意[mapping_found]：按保存的对应关系 `旧系统` 读取各列
    "#]],
    );
    folder.check(
        "import dir 旧2.csv --use-map 新系统",
        expect![[r#"
        -- talk
        错误[mapping_unknown]：没有保存过对应关系 `新系统`，现有：旧系统
        -- exit 2
    "#]],
    );
    folder.check(
        "import dir 旧2.csv --save-map ../x --use-map 旧系统 --dry-run --quiet",
        expect![[r#"
            -- talk
            错误[mapping_name_invalid]：`../x` 不能作名称
            提示：用字母、数字、汉字、`-` 和 `_`，不超过 60 个字符
            -- exit 2
        "#]],
    );
}

#[test]
fn a_plan_file_keeps_no_sales() {
    let folder = made();
    folder.write("三月.csv", MARCH);
    folder.check(
        "import plan.toml 三月.csv",
        expect![[r#"
            -- talk
            错误[plan_directory_needed]：`plan.toml` 是方案文件，销售数据存在方案目录里
            提示：用 `fenjie init 方案文件 目录` 建立方案目录；只想检查用 `--dry-run`
            -- exit 3
        "#]],
    );
    folder.check(
        "import plan.toml 三月.csv --lang en",
        expect![[r#"
            -- talk
            error[plan_directory_needed]: `plan.toml` is a plan file; sales are kept in a plan directory
            hint: make one with `fenjie init PLAN DIRECTORY`; to check the file only, `--dry-run`
            -- exit 3
        "#]],
    );
    folder.check(
        "import dir 没有.csv",
        expect![[r#"
        -- talk
        错误[file_missing]：找不到文件 `没有.csv`
          --> 没有.csv
        -- exit 3
    "#]],
    );
}

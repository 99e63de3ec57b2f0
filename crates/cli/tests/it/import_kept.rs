//! What an import takes from the plan and from a kept mapping: time zone, order of days, rounding,
//! constants; when it looks for alerts.

use expect_test::expect;

use crate::harness::Folder;

/// A plan that says where its business is.
fn made() -> Folder {
    let folder = Folder::with_example("store-chain");
    let plan = folder.read("plan.toml");
    let zoned = plan.replace("[calendar]\n", "[calendar]\nzone = \"北京时间\"\n");
    folder.write("zoned.toml", zoned);
    assert_eq!(folder.run("init zoned.toml dir").code, 0);
    folder
}

#[test]
fn a_moment_is_the_day_of_the_plans_time_zone() {
    let folder = made();
    folder.write(
        "时刻.csv",
        "时间,门店,金额\n2026-03-07T16:30:00Z,S1,5\n2026-03-07T15:59:59+00:00,S1,6\n",
    );
    assert_eq!(folder.run("import dir 时刻.csv --no-alerts -q").code, 0);
    folder.check(
        "imports dir --lines '*'",
        expect![[r#"
        日期              门店      销售额  客户  单号  导入  行
        2026-03-07 23:59  人民路店    6.00                 1   3
        2026-03-08 00:30  人民路店    5.00                 1   2
    "#]],
    );
    folder.check(
        "import dir 时刻.csv --zone UTC --dry-run",
        expect![[r#"
        `时刻.csv`：2 行，导入 2 笔，2026-03-07
          销售额：11.00
          列：日期=时间，门店=门店，销售额=金额
        只是检查，没有写入
    "#]],
    );
    folder.check(
        "import plan.toml 时刻.csv --dry-run",
        expect![[r#"
            `时刻.csv`：2 行，导入 2 笔，2026-03-07
              销售额：11.00
              列：日期=时间，门店=门店，销售额=金额
            只是检查，没有写入
            -- talk
            注意[offsets_as_written]：`时间` 列有 2 行带时差，没有给业务时区，按写的当地时间取日期
            提示：用 `--zone Asia/Shanghai` 指定业务时区，或在方案文件的 `[calendar]` 里写 `zone`
        "#]],
    );
    folder.write(
        "坏.toml",
        folder
            .read("zoned.toml")
            .replace("北京时间", "Asia/Shangai"),
    );
    folder.check(
        "check 坏.toml",
        expect![[r#"
        -- talk
        错误[zone_unknown]：没有 `Asia/Shangai` 这个时区
          --> 坏.toml:11:8
        提示：相近的有：Asia/Shanghai、Asia/Khandyga、America/Argentina/Catamarca
        -- exit 3
    "#]],
    );
}

#[test]
fn a_kept_mapping_keeps_how_values_are_read() {
    let folder = made();
    folder.write("一月.csv", "下单,成交\n03/01/2026,5.005\n04/01/2026,6\n");
    folder.check(
        "import dir 一月.csv --map '日期=下单, 金额=成交' --member 'store=S2' --date-order dmy \
         --round half_even --save-map 收银机 --no-alerts",
        expect![[r#"
            `一月.csv`：2 行，导入 2 笔，2026-01-03..2026-01-04
              销售额：11.00
              列：日期=下单，销售额=成交，store 全部是 S2
              销售额有 1 行经过舍入，合计差 -0.005
            已写入 `dir`，导入编号 1
            -- talk
            列的对应关系已存为 `收银机`
        "#]],
    );
    expect![[r#"
        date_order = "dmy"
        round = "half_even"

        [[columns]]
        role = "date"
        column = "下单"

        [[columns]]
        role = "sales"
        column = "成交"

        [[members]]
        dimension = "store"
        member = "S2"
    "#]]
    .assert_eq(&folder.read("dir/facts/mappings/收银机.toml"));
    folder.write("二月.csv", "下单,成交\n03/02/2026,7.015\n");
    folder.check(
        "import dir 二月.csv --no-alerts",
        expect![[r#"
            `二月.csv`：1 行，导入 1 笔，2026-02-03
              销售额：7.02
              列：日期=下单，销售额=成交，store 全部是 S2
              销售额有 1 行经过舍入，合计差 +0.005
            已写入 `dir`，导入编号 2
            -- talk
            注意[mapping_found]：按保存的对应关系 `收银机` 读取各列
        "#]],
    );
    folder.check(
        "import dir 二月.csv --round half_up --dry-run",
        expect![[r#"
            `二月.csv`：1 行，导入 1 笔，2026-02-03
              销售额：7.02
              列：日期=下单，销售额=成交，store 全部是 S2
              销售额有 1 行经过舍入，合计差 +0.005
            只是检查，没有写入
            -- talk
            注意[mapping_found]：按保存的对应关系 `收银机` 读取各列
        "#]],
    );
    folder.check(
        "import dir 二月.csv --use-map 收银机 --no-alerts -q",
        expect![[r#"
            `二月.csv`：1 行，导入 1 笔，2026-02-03
              销售额：7.02
              列：日期=下单，销售额=成交，store 全部是 S2
              1 笔以前已经导入，不再重复计
              销售额有 1 行经过舍入，合计差 +0.005
            这个文件已经导入过，没有改变
        "#]],
    );
    folder.check(
        "imports dir --lines '*'",
        expect![[r#"
        日期        门店    销售额  客户  单号  导入  行
        2026-01-03  湖滨店    5.00                 1   2
        2026-01-04  湖滨店    6.00                 1   3
        2026-02-03  湖滨店    7.02                 2   2
    "#]],
    );
}

#[test]
fn alerts_are_told_while_the_plan_runs() {
    let folder = made();
    folder.write("三月.csv", "日期,门店,金额\n2026-03-02,S1,5\n");
    for (at, line, told) in [
        (1, "import dir 三月.csv --as-of 2026-03-10", true),
        (
            3,
            "import dir 三月.csv --as-of 2026-03-10 --no-alerts",
            false,
        ),
        (5, "import dir 三月.csv --as-of 2026-07-01", false),
    ] {
        let ran = folder.run(line);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(
            ran.talk.contains("新增预警"),
            told,
            "{line}: {}",
            ran.shown()
        );
        assert_eq!(
            folder.run(&format!("imports dir --undo {at} --yes")).code,
            0
        );
    }
}

#[test]
fn a_sheet_as_people_keep_it() {
    let folder = made();
    let rows = "日期,门店名称,金额（万元）,备注\n2026年3月7日,人民路店,￥1.2,\n2026-3-8,湖滨店,0.8万,\n\
                2026/3/9,解放路店,1200元,\n2026.3.10,高新店,\"(0.05)\",退货\n3/11,,2,\n合计,,4,\n";
    let text = format!("2026年3月销售明细,,,\n制表：王芳,,,\n\n{rows}");
    let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
    folder.write("三月.csv", bytes);
    folder.check(
        "import dir 三月.csv --partial --no-alerts",
        expect![[r#"
        `三月.csv`：6 行，导入 4 笔，2026-03-07..2026-03-10
          销售额：20,700.00
          列：日期=日期，store=门店名称，销售额=金额（万元）
          没有用的列：备注
          1 笔未归属
            门店里没有 `高新店`（1 笔），相近的有：高铁站店、湖滨店、人民路店
          2 行没有导入：
        第 9 行 `日期` 列 `3/11`：`3/11` 没有写年份
        第 10 行 `日期` 列 `合计`：这是合计行
          提示：在表格软件里把这一列的格式设为 `yyyy-mm-dd`，再导出
          提示：合计、小计行不是销售，从文件里去掉
          这些行连同原因写在 `三月.csv.refused.csv`，改好后可以直接导入
        已写入 `dir`，导入编号 1
        -- talk
        注意[encoding_found]：文件 `三月.csv` 按 gb18030 编码读取
        注意[header_below]：文件 `三月.csv` 第 4 行是表头，它上面的行没有读取
        注意[unit_in_heading]：`金额（万元）` 列的数按表头的单位乘以 10,000，自己带单位的除外
        -- exit 1
    "#]],
    );
    folder.check("import dir 三月.csv --lang en", expect![[r#"
        row 9, column `日期`, `3/11`: `3/11` has no year
        row 10, column `日期`, `合计`: this is a total of other rows
          hint: give the column the format `yyyy-mm-dd` in the spreadsheet program and export again
          hint: totals and subtotals are no sales; take them out of the file
        -- talk
        error[import_rows_refused]: file `三月.csv`: 2 of 6 rows are refused and none is written
          --> 三月.csv
        hint: mend them and import again; `--partial` brings the other rows in, `--errors FILE` writes these rows apart
        -- exit 3
    "#]]);
    folder.check(
        "imports dir --lines '*'",
        expect![[r#"
        日期        门店              销售额  客户  单号  导入  行
        2026-03-07  人民路店       12,000.00                 1   5
        2026-03-08  湖滨店          8,000.00                 1   6
        2026-03-09  解放路店        1,200.00                 1   7
        2026-03-10  未归属 高新店    -500.00                 1   8
    "#]],
    );
}

//! Hostile files of sales: refused in short time and little memory, in both languages, or read as what
//! they say; the plan directory keeps every byte.

use expect_test::expect;

use crate::harness::Folder;
use crate::import_files::{gzip, sheet, workbook};
use crate::import_tried::{bytes_refused, made, read_as, watched};

#[test]
fn cut_off() {
    let good = workbook(&sheet("<row r=\"1\"/>"));
    bytes_refused(
        "半.xlsx",
        &good[..good.len() / 2],
        expect![[r#"
        错误[file_damaged]：文件 `半.xlsx` 已损坏或不完整（invalid Zip archive: Could not find EOCD）
          --> 半.xlsx
        提示：重新导出或重新下载这个文件
        error[file_damaged]: file `半.xlsx` is damaged or cut off (invalid Zip archive: Could not find EOCD)
          --> 半.xlsx
        hint: export or download the file again
    "#]],
    );
    let packed = gzip("日期,门店,金额\n2026-03-01,S1,5\n".repeat(99).as_bytes());
    bytes_refused(
        "半.csv.gz",
        &packed[..packed.len() / 2],
        expect![[r#"
        错误[file_damaged]：文件 `半.csv.gz` 已损坏或不完整（incomplete deflate stream）
          --> 半.csv.gz
        提示：重新导出或重新下载这个文件
        error[file_damaged]: file `半.csv.gz` is damaged or cut off (incomplete deflate stream)
          --> 半.csv.gz
        hint: export or download the file again
    "#]],
    );
    let folder = Folder::with_example("store-chain");
    assert_eq!(folder.run("decompose plan.toml -o 格.parquet -q").code, 0);
    let parquet = std::fs::read(folder.path().join("格.parquet")).unwrap();
    bytes_refused(
        "半.parquet",
        &parquet[..parquet.len() / 2],
        expect![[r#"
        错误[file_damaged]：文件 `半.parquet` 已损坏或不完整（Parquet error: Invalid Parquet file. Corrupt footer）
          --> 半.parquet
        提示：重新导出或重新下载这个文件
        error[file_damaged]: file `半.parquet` is damaged or cut off (Parquet error: Invalid Parquet file. Corrupt footer)
          --> 半.parquet
        hint: export or download the file again
    "#]],
    );
    bytes_refused(
        "半.csv",
        "日期,门店,金额\n2026-03-01,\"S1,5\n2026-03-02,S1,6\n",
        expect![[r#"
            错误[quote_open]：文件 `半.csv` 第 2 行的引号到文件末尾也没有闭合
              --> 半.csv
            error[quote_open]: file `半.csv`, row 2 opens a quote that the file never closes
              --> 半.csv
        "#]],
    );
}

#[test]
fn another_type_than_the_name_says() {
    bytes_refused(
        "图.csv",
        b"\x89PNG\r\n\x1a\n\0\0",
        expect![[r#"
        错误[file_not_as_named]：文件 `图.csv` 名不副实：扩展名是 `.csv`，内容却是图片
          --> 图.csv
        提示：改用正确的扩展名，或重新导出
        error[file_not_as_named]: file `图.csv` is not what its name says: it ends in `.csv` but is an image
          --> 图.csv
        hint: give it its right ending, or export it again
    "#]],
    );
    bytes_refused(
        "文.xlsx",
        "日期,门店,金额\n2026-03-01,S1,5\n",
        expect![[r#"
        错误[file_not_as_named]：文件 `文.xlsx` 名不副实：扩展名是 `.xlsx`，内容却是纯文本
          --> 文.xlsx
        提示：改用正确的扩展名，或重新导出
        error[file_not_as_named]: file `文.xlsx` is not what its name says: it ends in `.xlsx` but is plain text
          --> 文.xlsx
        hint: give it its right ending, or export it again
    "#]],
    );
    bytes_refused(
        "网.xls",
        "<html><table><tr><td>1</td></tr></table>",
        expect![[r#"
            错误[file_not_as_named]：文件 `网.xls` 名不副实：扩展名是 `.xls`，内容却是网页
              --> 网.xls
            提示：改用正确的扩展名，或重新导出
            error[file_not_as_named]: file `网.xls` is not what its name says: it ends in `.xls` but is a web page
              --> 网.xls
            hint: give it its right ending, or export it again
        "#]],
    );
}

#[test]
fn quotes_and_control_characters() {
    read_as(
        "引号.csv",
        "日期,门店,金额,顾客\n2026-03-01,S1,5,\"\"\"王\"\"记, \"\"总\"\"店\"\n",
        expect![[r#"
            日期        门店      销售额  客户            单号  导入  行
            2026-03-01  人民路店    5.00  "王"记, "总"店           2   2
            2026-03-02  人民路店    5.00                           1   2
        "#]],
    );
    bytes_refused(
        "引号.csv",
        "日期,门店,金额,顾客\n2026-03-01,S1,5,\"王\"记\n",
        expect![[r#"
            错误[quote_text]：文件 `引号.csv` 第 2 行有字段在右引号之后还有文字
              --> 引号.csv
            提示：字段内的引号要写成两个引号
            error[quote_text]: file `引号.csv`, row 2 has a field with text after its closing quote
              --> 引号.csv
            hint: write a quote inside a field as two quotes
        "#]],
    );
    let far = "2026-03-01,S1,5,a\n".repeat(400);
    bytes_refused(
        "控制.csv",
        format!("日期,门店,金额,顾客\n{far}2026-03-01,S1,5,a\u{1b}[2J\n"),
        expect![[r#"
            第 402 行 `顾客` 列 `a\u{1b}[2J`：含有控制字符，或超过 1,000 个字符
            错误[import_rows_refused]：文件 `控制.csv` 的 401 行里有 1 行不能导入，一行也没有写入
              --> 控制.csv
            提示：改正后重新导入；先导入其余各行用 `--partial`，把这些行另存用 `--errors 文件`
            row 402, column `顾客`, `a\u{1b}[2J`: holds control characters or more than 1,000 characters
            error[import_rows_refused]: file `控制.csv`: 1 of 401 rows are refused and none is written
              --> 控制.csv
            hint: mend them and import again; `--partial` brings the other rows in, `--errors FILE` writes these rows apart
        "#]],
    );
    bytes_refused(
        "空字节.csv",
        format!("日期,门店,金额,顾客\n{far}2026-03-01,S\01,5,a\n"),
        expect![[r#"
            错误[zero_bytes]：文件 `空字节.csv` 第 402 行有空字节，不是文本，或没有写完
              --> 空字节.csv
            提示：重新导出或重新下载这个文件
            error[zero_bytes]: file `空字节.csv`, row 402 holds zero bytes: it is no text, or was not written to its end
              --> 空字节.csv
            hint: export or download the file again
        "#]],
    );
}

#[test]
fn formulas_are_texts_and_need_a_result() {
    read_as(
        "公式.csv",
        "日期,门店,金额,顾客\n2026-03-01,S1,5,=cmd|'/c calc'!A1\n2026-03-01,S1,6,@SUM(1)\n",
        expect![[r#"
            日期        门店      销售额  客户               单号  导入  行
            2026-03-01  人民路店    5.00  =cmd|'/c calc'!A1           2   2
            2026-03-01  人民路店    6.00  @SUM(1)                     2   3
            2026-03-02  人民路店    5.00                              1   2
        "#]],
    );
    let head = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>日期</t></is></c>\
                <c r=\"B1\" t=\"inlineStr\"><is><t>门店</t></is></c>\
                <c r=\"C1\" t=\"inlineStr\"><is><t>金额</t></is></c></row>";
    let row = |amount: &str| {
        let day = "<c r=\"A2\"><v>46082</v></c>";
        let store = "<c r=\"B2\" t=\"inlineStr\"><is><t>S1</t></is></c>";
        sheet(&format!("{head}<row r=\"2\">{day}{store}{amount}</row>"))
    };
    let never = workbook(&row("<c r=\"C2\"><f>1+1</f></c>"));
    bytes_refused(
        "公式.xlsx",
        never,
        expect![[r#"
        错误[formula_without_value]：文件 `公式.xlsx` 工作表 `销售` 的单元格 C2 是公式，但没有保存计算结果
          --> 公式.xlsx
        提示：用电子表格软件打开、重算并保存
        error[formula_without_value]: file `公式.xlsx`, sheet `销售` has a formula without a stored result in cell C2
          --> 公式.xlsx
        hint: open it in a spreadsheet program, recalculate and save
    "#]],
    );
    let linked = row("<c r=\"C2\"><f>[1]Sheet1!A1</f><v>12.5</v></c>");
    read_as(
        "外链.xlsx",
        workbook(&linked),
        expect![[r#"
        日期        门店      销售额  客户  单号  导入  行
        2026-03-01  人民路店   12.50                 2   2
        2026-03-02  人民路店    5.00                 1   2
    "#]],
    );
    let entity = linked.replace(
        "<worksheet",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><worksheet",
    );
    read_as(
        "声明.xlsx",
        workbook(&entity),
        expect![[r#"
        日期        门店      销售额  客户  单号  导入  行
        2026-03-01  人民路店   12.50                 2   2
        2026-03-02  人民路店    5.00                 1   2
    "#]],
    );
    let used = entity.replace("<t>S1</t>", "<t>&e;</t>");
    bytes_refused(
        "实体.xlsx",
        workbook(&used),
        expect![[r#"
        错误[file_damaged]：文件 `实体.xlsx` 已损坏或不完整（Xml error: at 0..0: unrecognized entity `&e;`）
          --> 实体.xlsx
        提示：重新导出或重新下载这个文件
        error[file_damaged]: file `实体.xlsx` is damaged or cut off (Xml error: at 0..0: unrecognized entity `&e;`)
          --> 实体.xlsx
        hint: export or download the file again
    "#]],
    );
}

#[test]
fn days_and_amounts_that_cannot_be() {
    let rows = "日期,门店,金额\n1899-12-31,S1,1\n9999-12-31,S1,1\n2025-02-29,S1,1\n\
                2026-03-01,S1,1000000000000000000000000000000\n2026-03-01,S1,NaN\n\
                2026-03-01,S1,inf\n2026-03-01,S1,1e400\n2026-03-01,S1,0x10\n";
    bytes_refused(
        "值.csv",
        rows,
        expect![[r#"
            第 2 行 `日期` 列 `1899-12-31`：日期 1899-12-31 不在 1900 至 2200 年之间
            第 3 行 `日期` 列 `9999-12-31`：日期 9999-12-31 不在 1900 至 2200 年之间
            第 4 行 `日期` 列 `2025-02-29`：没有 `2025-02-29` 这一天
            第 5 行 `金额` 列 `1000000000000000000000000000000`：`1000000000000000000000000000000` 太大，以 0.01 为最小单位时超出 64 位整数
            第 6 行 `金额` 列 `NaN`：`NaN` 不是有限的数
            第 7 行 `金额` 列 `inf`：`inf` 不是有限的数
            第 8 行 `金额` 列 `1e400`：`1e400` 太大，以 0.01 为最小单位时超出 64 位整数
            第 9 行 `金额` 列 `0x10`：`0x10` 不是金额
              提示：写成 `2026-03-01`、`2026/3/1`、`2026年3月1日` 或 `20260301`
              提示：请改用更粗的最小单位
              提示：金额可以写成 10000000.00、1,000万、1.2亿、￥1,200 或 -5万
            错误[import_rows_refused]：文件 `值.csv` 的 8 行里有 8 行不能导入，一行也没有写入
              --> 值.csv
            提示：改正后重新导入；先导入其余各行用 `--partial`，把这些行另存用 `--errors 文件`
            row 2, column `日期`, `1899-12-31`: the day 1899-12-31 is not within 1900 to 2200
            row 3, column `日期`, `9999-12-31`: the day 9999-12-31 is not within 1900 to 2200
            row 4, column `日期`, `2025-02-29`: there is no day `2025-02-29`
            row 5, column `金额`, `1000000000000000000000000000000`: `1000000000000000000000000000000` is beyond 64 bits in steps of 0.01
            row 6, column `金额`, `NaN`: `NaN` is not a finite number
            row 7, column `金额`, `inf`: `inf` is not a finite number
            row 8, column `金额`, `1e400`: `1e400` is beyond 64 bits in steps of 0.01
            row 9, column `金额`, `0x10`: `0x10` is not an amount
              hint: write `2026-03-01`, `2026/3/1`, `2026年3月1日` or `20260301`
              hint: a coarser step brings it into range
              hint: write amounts as 10000000.00, 1,000万, 1.2亿, ￥1,200 or -5万
            error[import_rows_refused]: file `值.csv`: 8 of 8 rows are refused and none is written
              --> 值.csv
            hint: mend them and import again; `--partial` brings the other rows in, `--errors FILE` writes these rows apart
        "#]],
    );
    let rows = "日期,门店,金额\n2026-03-01,S1,-0\n２０２６－０３－０２,Ｓ１,１２．５０\n\
                2026-03-03,S1,-0.00\n";
    read_as(
        "值.csv",
        rows,
        expect![[r#"
            日期        门店      销售额  客户  单号  导入  行
            2026-03-01  人民路店    0.00                 2   2
            2026-03-02  人民路店    5.00                 1   2
            2026-03-02  人民路店   12.50                 2   3
            2026-03-03  人民路店    0.00                 2   4
        "#]],
    );
}

#[test]
fn headers_twice_and_nothing_below() {
    bytes_refused(
        "两列.csv",
        "日期,门店,金额,金额\n2026-03-01,S1,5,6\n",
        expect![[r#"
            错误[import_columns_ambiguous]：文件 `两列.csv` 的 `金额` 和 `金额` 两列都可能是销售额
              --> 两列.csv
            提示：给其中一列改名
            error[import_columns_ambiguous]: file `两列.csv`: both columns `金额` and `金额` may be sales
              --> 两列.csv
            hint: give one of them another name
        "#]],
    );
    bytes_refused(
        "空.csv",
        "",
        expect![[r#"
        错误[file_empty]：文件 `空.csv` 是空的
          --> 空.csv
        error[file_empty]: file `空.csv` is empty
          --> 空.csv
    "#]],
    );
    bytes_refused(
        "白.csv",
        "\n \n\n",
        expect![[r#"
        错误[file_empty]：文件 `白.csv` 是空的
          --> 白.csv
        error[file_empty]: file `白.csv` is empty
          --> 白.csv
    "#]],
    );
    bytes_refused(
        "表头.csv",
        "日期,门店,金额\n",
        expect![[r#"
        错误[import_no_rows]：文件 `表头.csv` 只有表头，没有数据
          --> 表头.csv
        error[import_no_rows]: file `表头.csv` has a header and no rows
          --> 表头.csv
    "#]],
    );
}

#[test]
fn names_that_mean_something_elsewhere() {
    let folder = made();
    let rows = "日期,门店,金额,顾客\n2026-03-01,<script>alert(1)</script>,5,'; DROP TABLE x;--\n\
                2026-03-01,=1+1,6,+86 21\n2026-03-02,@x,bad,-x\n";
    folder.write("名.csv", rows);
    let ran = watched(&folder, "import dir 名.csv --partial --no-alerts -q");
    assert_eq!(ran.code, 1, "{}", ran.shown());
    expect![[r#"
        ﻿拒收行号,拒收列,拒收原因,日期,门店,金额,顾客
        4,金额,`bad` 不是金额,2026-03-02,"'@x",bad,"'-x"
    "#]]
    .assert_eq(&folder.read("名.csv.refused.csv").replace("\r\n", "\n"));
    folder.check(
        "imports dir --lines 'store=未归属'",
        expect![[r#"
        日期        门店                              销售额  客户                单号  导入  行
        2026-03-01  未归属 <script>alert(1)</script>    5.00  '; DROP TABLE x;--           2   2
        2026-03-01  未归属 =1+1                         6.00  +86 21                       2   3
    "#]],
    );
}

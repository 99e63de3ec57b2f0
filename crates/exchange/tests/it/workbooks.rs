//! Workbooks that are read, and those that are refused.

use expect_test::{Expect, expect};
use fenjie_exchange::table::ReadOptions;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use crate::{read_bytes, show_read};

fn check(
    fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>,
    options: &ReadOptions,
    expected: Expect,
) {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet()).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    expected.assert_eq(&show_read(read_bytes("a.xlsx", bytes, options)));
}

fn all() -> ReadOptions {
    ReadOptions::default()
}

fn header(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.write_row(0, 0, ["地区", "金额", "备注"])?;
    Ok(())
}

#[test]
fn every_kind_of_cell() {
    check(
        |sheet| {
            header(sheet)?;
            sheet.write_row(1, 0, ["华东", "001"])?;
            sheet.write(1, 2, 129.696)?;
            sheet.write(2, 0, 0.1 + 0.2)?;
            sheet.write(2, 1, true)?;
            let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
            sheet.write_with_format(2, 2, ExcelDateTime::from_ymd(2026, 3, 1)?, &day)?;
            let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
            let noon = ExcelDateTime::from_ymd(2026, 3, 1)?.and_hms(12, 0, 0)?;
            sheet.write_with_format(4, 0, noon, &time)?;
            sheet.write(4, 1, Formula::new("=1+1").set_result("2"))?;
            sheet.write(4, 2, 12_345_678_901_234.0)?;
            Ok(())
        },
        &all(),
        expect![[r#"
            1: 地区 | 金额 | 备注
            2: 华东 | 001 | #129.696
            3: #0.3 | ?true | @2026-03-01
            5: @@2026-03-01T12:00:00 | #2 | #12345678901234
        "#]],
    );
}

#[test]
fn titles_and_chosen_columns() {
    check(
        |sheet| {
            sheet.write(0, 0, "2026年各地区金额")?;
            sheet.write_row(2, 1, ["地区", "金额"])?;
            sheet.write(3, 1, "华东")?;
            sheet.write(3, 2, 5)?;
            sheet.write(3, 3, "#不读")?;
            Ok(())
        },
        &ReadOptions::with_columns(["金额", "地区"]),
        expect![[r#"
            3: 金额 | 地区
            4: #5 | 华东
            note: [header_below] 文件 `a.xlsx` 工作表 `Sheet1` 第 3 行是表头，它上面的行没有读取 | file `a.xlsx`, sheet `Sheet1`, row 3 is the header; the rows above it were left out
        "#]],
    );
}

#[test]
fn hidden_rows_and_columns_are_read_and_told() {
    check(
        |sheet| {
            header(sheet)?;
            sheet.write(1, 0, "a")?;
            sheet.write(2, 0, "b")?;
            sheet.set_row_hidden(2)?;
            sheet.set_column_hidden(1)?;
            Ok(())
        },
        &all(),
        expect![[r#"
            1: 地区 | 金额 | 备注
            2: a | - | -
            3: b | - | -
            note: [rows_hidden] 文件 `a.xlsx` 工作表 `Sheet1` 第 3 行起有 1 个隐藏行，已照常读取 | file `a.xlsx`, sheet `Sheet1`, row 3: hidden rows begin here, 1 in all, and were read like the others
            note: [columns_hidden] 文件 `a.xlsx` 工作表 `Sheet1` 有隐藏列 B，已照常读取 | file `a.xlsx`, sheet `Sheet1` hides columns B, which were read like the others
        "#]],
    );
}

#[test]
fn merged_cells_in_the_table_are_refused() {
    let fill = |sheet: &mut Worksheet| {
        sheet.merge_range(0, 0, 0, 2, "标题", &Format::new())?;
        sheet.write_row(1, 0, ["地区", "金额", "备注"])?;
        sheet.merge_range(2, 0, 3, 0, "华东", &Format::new())?;
        sheet.write(2, 1, 1)?;
        sheet.write(3, 1, 2)?;
        Ok(())
    };
    check(
        fill,
        &ReadOptions::with_columns(["地区"]),
        expect![[r#"
            [cells_merged] 文件 `a.xlsx` 工作表 `Sheet1` 的数据区有合并单元格 A3:A4（共 1 处） | file `a.xlsx`, sheet `Sheet1` has merged cells in the table at A3:A4 (1 in all)
            hint: 取消合并并补全每一格：合并单元格的值只存在左上角一格里 | unmerge and fill every cell: only the first of merged cells holds the value
        "#]],
    );
    check(
        fill,
        &ReadOptions::with_columns(["金额"]),
        expect![[r#"
        2: 金额
        3: #1
        4: #2
        note: [header_below] 文件 `a.xlsx` 工作表 `Sheet1` 第 2 行是表头，它上面的行没有读取 | file `a.xlsx`, sheet `Sheet1`, row 2 is the header; the rows above it were left out
    "#]],
    );
}

#[test]
fn errors_and_formulas_without_results_are_refused_where_wanted() {
    let fill = |sheet: &mut Worksheet| {
        header(sheet)?;
        sheet.write(1, 0, "a")?;
        sheet.write(1, 1, Formula::new("=1/0").set_result("#DIV/0!"))?;
        Ok(())
    };
    check(
        fill,
        &all(),
        expect![[r#"
            [cell_error] 文件 `a.xlsx` 工作表 `Sheet1` 的单元格 B2 是错误值 #DIV/0! | file `a.xlsx`, sheet `Sheet1` has the error value #DIV/0! in cell B2
            hint: 修正公式或清空这一格 | mend the formula or empty the cell
        "#]],
    );
    check(
        fill,
        &ReadOptions::with_columns(["地区"]),
        expect![[r#"
        1: 地区
        2: a
    "#]],
    );
    let rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>
        <row r="2"><c r="A2"><f>1+1</f></c></row>"#;
    let read = read_bytes("a.xlsx", by_hand(rows), &all());
    expect![[r#"
        [file_damaged] 文件 `a.xlsx` 已损坏或不完整（File not found '_rels/.rels'） | file `a.xlsx` is damaged or cut off (File not found '_rels/.rels')
        hint: 重新导出或重新下载这个文件 | export or download the file again
    "#]].assert_eq(&show_read(read));
    let rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>
        <row r="2"><c r="A2" t="str"><f>T(1)</f><v></v></c></row>
        <row r="3"><c r="A3"><f>1+1</f><v>2</v></c></row>"#;
    let read = read_bytes("a.xlsx", by_hand(rows), &all());
    expect![[r#"
        [file_damaged] 文件 `a.xlsx` 已损坏或不完整（File not found '_rels/.rels'） | file `a.xlsx` is damaged or cut off (File not found '_rels/.rels')
        hint: 重新导出或重新下载这个文件 | export or download the file again
    "#]].assert_eq(&show_read(read));
}

/// A workbook of one sheet with these rows, as no program would write it.
fn by_hand(rows: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let parts = [
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets>
                <sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="r1"
                Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#),
        ),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn headers_that_are_refused() {
    check(
        |sheet| {
            sheet.write_row(0, 0, ["地区", "金额", "地区"])?;
            Ok(())
        },
        &all(),
        expect![[r#"
            [column_duplicate] 文件 `a.xlsx` 工作表 `Sheet1` 第 1 行的表头有两个 `地区`（第 1 列和第 3 列） | file `a.xlsx`, sheet `Sheet1`, row 1 has `地区` twice in its header (columns 1 and 3)
            hint: 给其中一列改名 | rename one of them
        "#]],
    );
    check(
        header,
        &ReadOptions::with_columns(["金额", "年份"]),
        expect![[r#"
            [column_missing] 文件 `a.xlsx` 工作表 `Sheet1` 第 1 行的表头没有 `年份` 列，现有：`地区`、`金额`、`备注` | file `a.xlsx`, sheet `Sheet1`, row 1 has no column `年份` in its header, only `地区`, `金额`, `备注`
        "#]],
    );
    check(
        |_| Ok(()),
        &all(),
        expect![[r#"
            [header_missing] 文件 `a.xlsx` 工作表 `Sheet1` 没有表头 | file `a.xlsx`, sheet `Sheet1` has no header
        "#]],
    );
    let far = ReadOptions {
        header_row: Some(9),
        ..all()
    };
    check(
        header,
        &far,
        expect![[r#"
        [header_missing] 文件 `a.xlsx` 工作表 `Sheet1` 第 9 行没有表头 | file `a.xlsx`, sheet `Sheet1`, row 9 has no header
    "#]],
    );
}

#[test]
fn sheets_are_chosen_by_name() {
    let mut workbook = Workbook::new();
    for name in ["说明", "订单", "旧订单"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.write_row(0, 0, ["名称", name]).unwrap();
    }
    workbook.worksheet_from_index(2).unwrap().set_hidden(true);
    let bytes = workbook.save_to_buffer().unwrap();
    let read = |sheet: Option<&str>| {
        let options = ReadOptions {
            sheet: sheet.map(str::to_owned),
            ..all()
        };
        show_read(read_bytes("a.xlsx", &bytes, &options))
    };
    expect![[r#"
        1: 名称 | 说明
        note: [sheet_chosen] 没有指定工作表，读取了文件 `a.xlsx` 工作表 `说明` ；另有：订单 | no sheet was named, file `a.xlsx`, sheet `说明` was read; others: 订单
    "#]].assert_eq(&read(None));
    expect![[r#"
        1: 名称 | 旧订单
        note: [sheet_hidden] 文件 `a.xlsx` 工作表 `旧订单` 是隐藏的，已照常读取 | file `a.xlsx`, sheet `旧订单` is hidden and was read
    "#]].assert_eq(&read(Some("旧订单")));
    expect![[r#"
        [sheet_unknown] 文件 `a.xlsx` 没有工作表 `定单`，现有：`说明`、`订单`、`旧订单` | file `a.xlsx` has no sheet `定单`, only `说明`, `订单`, `旧订单`
        hint: 是不是 `订单`？ | did you mean `订单`?
    "#]].assert_eq(&read(Some("定单")));
}

/// An OpenDocument sheet, with a repeated cell, a day, an error and a row repeated to the end.
#[test]
fn open_documents() {
    let read = |cells: &str| {
        let names = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
            xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
            xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0""#;
        let content = format!(
            r#"<office:document-content {names}><office:body><office:spreadsheet>
            <table:table table:name="表">{cells}</table:table>
            </office:spreadsheet></office:body></office:document-content>"#
        );
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        for (name, text) in [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", "<manifest:manifest/>"),
            ("content.xml", &content),
        ] {
            archive.start_file(name, stored).unwrap();
            std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        show_read(read_bytes("a.ods", bytes, &all()))
    };
    let text = |text: &str| {
        format!(
            r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
        )
    };
    let number = r#"<table:table-cell office:value-type="float" office:value="2.5"
        table:number-columns-repeated="2"/>"#;
    let day = r#"<table:table-cell office:value-type="date" office:date-value="2026-03-01"/>"#;
    let row = |cells: &[&str]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let header = row(&[&text("a"), &text("b"), &text("c")]);
    expect![[r#"
        1: a | b | c
        2: @2026-03-01 | #2.5 | #2.5
    "#]]
    .assert_eq(&read(&format!("{header}{}", row(&[day, number]))));
    let bomb = concat!(
        r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell "#,
        r#"office:value-type="float" office:value="1" "#,
        r#"table:number-columns-repeated="16384"/></table:table-row>"#
    );
    expect![[r#"
        [file_too_large] 文件 `a.ods` 过大：工作表超过 50000000 个单元格 | file `a.ods` is too large: a sheet has over 50000000 cells
    "#]].assert_eq(&read(&format!("{header}{bomb}")));
}

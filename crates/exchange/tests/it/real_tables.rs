//! Files as the world makes them; they lie beside the checkout and are never part of it.

use expect_test::expect;
use fenjie_exchange::table::{Limits, ReadOptions, Table, parse_date, read_table};

use crate::{say, shared};

/// The sum of a column of decimals, in ten-thousandths.
fn sum(table: &Table, column: &str) -> i64 {
    let column = table.column(column).unwrap();
    let values = column
        .read_entries(|cell| -> Result<i64, String> {
            let (whole, fraction) = cell.text.split_once('.').unwrap_or((cell.text, ""));
            let digits = format!("{whole}{fraction:0<4}");
            digits.parse().map_err(|_| format!("{cell:?}"))
        })
        .unwrap();
    column
        .codes()
        .iter()
        .map(|&code| values[code as usize])
        .sum()
}

#[test]
fn superstore_as_text_and_as_workbook() {
    let Some(csv) = shared("superstore_cn/orders.csv") else {
        return;
    };
    let Some(xls) = shared("superstore_cn/示例 - 超市.xls") else {
        return;
    };
    let columns = ["订单日期", "地区", "类别", "销售额"];
    let text = read_table(&csv, &ReadOptions::with_columns(columns)).unwrap();
    assert_eq!((text.rows, text.first_data_row), (10_000, 2));
    let options = ReadOptions {
        sheet: Some("订单".into()),
        ..ReadOptions::with_columns(columns)
    };
    let book = read_table(&xls, &options).unwrap();
    assert_eq!(book.rows, 10_000);
    let total = sum(&text, "销售额");
    assert_eq!(sum(&book, "销售额"), total);
    for row in (0..10_000).step_by(37) {
        for column in 0..4 {
            let whole = text.cell(row, column).text;
            let whole = whole.strip_suffix(".0").unwrap_or(whole);
            assert_eq!(whole, book.cell(row, column).text);
        }
        parse_date(text.cell(row, 0).text).unwrap();
    }
}

#[test]
fn a_workbook_over_the_limit_is_refused_before_it_is_read() {
    let Some(xls) = shared("superstore_cn/示例 - 超市.xls") else {
        return;
    };
    let limits = Limits {
        sheet_cells: 100_000,
        ..Limits::default()
    };
    let options = ReadOptions {
        limits,
        ..ReadOptions::default()
    };
    expect!["[file_too_large] 文件 `示例 - 超市.xls` 过大：工作表超过 100000 个单元格 | file `示例 - 超市.xls` is too large: a sheet has over 100000 cells"].assert_eq(&say(&read_table(&xls, &options).unwrap_err()));
}

#[test]
fn rossmann_packed() {
    let Some(path) = shared("rossmann_60stores/sales_daily.csv.gz") else {
        return;
    };
    let table = read_table(
        &path,
        &ReadOptions::with_columns(["Store", "Date", "Sales"]),
    )
    .unwrap();
    assert_eq!(table.rows, 45_200);
    assert_eq!(table.column("Store").unwrap().entry_count(), 60);
}

#[test]
fn a_tracker_with_macros() {
    let Some(path) = shared("field_workbooks/sales_performance_tracker.xlsm") else {
        return;
    };
    let table = read_table(&path, &ReadOptions::default());
    expect![[r#"
        1: Salesperson | Region | Month | Sales ($) | Target ($) | % to Target | Performance | Last Updated: 9/20/2025
        2: Alice | East | Jan 2024 | #15000 | #12000 | #1.25 | Above Target | -
        3: Bob | West | Jan 2024 | #9500 | #10000 | #0.95 | On Track | -
        4: Jack | North | Jan 2024 | #16000 | #18000 | #0.888888888888889 | On Track | -
        5: Mona | South | Jan 2024 | #13000 | #15000 | #0.866666666666667 | On Track | -
        6: Hanson | South | Jan 2024 | #11000 | #10500 | #1.04761904761905 | Above Target | -
        7: Nancy | West | Jan 2024 | #11000 | #12000 | #0.916666666666667 | On Track | -
        8: James | West | Jan 2024 | #13000 | #20000 | #0.65 | Below Target | -
        9: Alison | North | Jan 2024 | #14000 | #20000 | #0.7 | Below Target | -
        10: Maria | East | Jan 2024 | #6000 | #10000 | #0.6 | Below Target | -
        11: Johnson | West | Jan 2024 | #9000 | #15000 | #0.6 | Below Target | -
        12: Alex | West | Jan 2024 | #5000 | #8000 | #0.625 | Below Target | -
        note: [sheet_chosen] 没有指定工作表，读取了文件 `sales_performance_tracker.xlsm` 工作表 `Raw Data` ；另有：Dashboard、Sales Alert Email Summary | no sheet was named, file `sales_performance_tracker.xlsm`, sheet `Raw Data` was read; others: Dashboard, Sales Alert Email Summary
        note: [columns_unnamed] 文件 `sales_performance_tracker.xlsm` 工作表 `Raw Data` 第 1 行的表头有 1 列没有名称，没有读取 | file `sales_performance_tracker.xlsm`, sheet `Raw Data`, row 1 has 1 columns without a name, which were left out
    "#]].assert_eq(&crate::show_read(table));
}

#[test]
fn broken_northwind_is_refused_by_its_rows() {
    let Some(path) = shared("northwind/orders.csv") else {
        return;
    };
    let error = read_table(&path, &ReadOptions::default()).unwrap_err();
    expect![[r#"
        [rows_ragged] 文件 `orders.csv` 第 4 行有 15 个字段，表头有 14 个；这样的行共 176 行 | file `orders.csv`, row 4 has 15 fields, the header has 14; rows like it: 176
        hint: 含分隔符的字段要加引号；先看这些行：4、5、6、7、10 | quote fields that contain the delimiter; look at lines 4, 5, 6, 7, 10"#]].assert_eq(&say(&error));
    let Some(path) = shared("northwind/orders_clean.csv") else {
        return;
    };
    assert_eq!(
        read_table(&path, &ReadOptions::default()).unwrap().rows,
        830
    );
}

#[test]
fn every_other_table_reads() {
    for (path, rows) in [
        ("superstore_us/Sales Commission.csv", 41),
        ("superstore_us/Sales Target (US).xlsx", 4_603),
        ("walmart_weekly/train.csv.gz", 421_570),
        ("tourism_au/tourism.csv", 24_320),
        ("crm_maven/sales_pipeline.csv", 8_800),
        ("holidays_cn/holiday_cn_2018_2026.csv", 0),
    ] {
        let Some(found) = shared(path) else { return };
        let table = read_table(&found, &ReadOptions::default()).unwrap();
        assert!(rows == 0 || table.rows == rows, "{path} {}", table.rows);
    }
}

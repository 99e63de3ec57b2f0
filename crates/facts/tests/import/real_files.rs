//! Real files of sales, where the folder of shared data is there.

use std::path::PathBuf;

use expect_test::expect;
use fenjie_facts::import::{ImportError, ImportOptions, Mapping, Rounding, read};
use fenjie_message::Lang;

use super::plan;

/// A file of the shared data; a notice and nothing where it is missing.
fn shared(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("FENJIE_SHARED").map_or_else(beside, PathBuf::from);
    let path = folder.join("data").join(name);
    if !path.exists() {
        eprintln!("no shared data: {name} is not tested");
        return None;
    }
    Some(path)
}

const SUPERSTORE: &str = r#"
plan    = "超市"
period  = "2017"
measure = { name = "销售额", code = "sales", unit = "CNY", step = "0.01" }
total   = "500万"
[axes]
region   = { name = "地区", members = ["东北", "华北", "华东", "西北", "西南", "中南"] }
category = { name = "类别", members = ["办公用品", "家具", "技术"] }
[[do]]
decompose = ["region", "category"]
by        = "equal"
"#;

#[test]
fn superstore_in_chinese() {
    for name in ["superstore_cn/orders.csv", "superstore_cn/示例 - 超市.xls"] {
        let Some(path) = shared(name) else { return };
        let definition = plan(SUPERSTORE);
        let refused = read(
            &path,
            &definition,
            &Mapping::default(),
            &ImportOptions::default(),
        );
        let Err(ImportError::RowsRefused { report }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(report.refusals.len(), 1_000);
        let options = ImportOptions {
            round: Some(Rounding::HalfUp),
            ..ImportOptions::default()
        };
        let read = read(&path, &definition, &Mapping::default(), &options).unwrap();
        let report = &read.report;
        let rounded = &report.rounded[0];
        let told = format!(
            "{} rows, {} lines, total {}, rounded {} by {}, outside {}, unassigned {}, {:?}\n{}",
            report.rows,
            report.lines,
            report.totals[0].total,
            rounded.rows,
            rounded.difference,
            report.outside,
            report.unassigned,
            report.days,
            report.columns.text(&definition),
        );
        assert_eq!(
            told,
            "10000 rows, 10000 lines, total 1611754840, rounded 1901 by 163000000000000000, \
             outside 6599, unassigned 0, Some((2014-01-01, 2017-12-30))\n\
             date=订单日期, region=地区, category=类别, sales=销售额, external id=行 ID, \
             customer=客户 ID",
            "{name}"
        );
    }
}

const NORTHWIND: &str = r#"
plan     = "Northwind"
period   = "1996-07-01..1998-06-30"
measure  = { code = "freight", name = "Freight", unit = "USD", step = "0.01" }
total    = "1000"
[axes]
employee = { name = "Employee", members = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] }
[[do]]
decompose = "employee"
by        = "equal"
"#;

#[test]
fn northwind_names_its_176_broken_rows() {
    let Some(broken) = shared("northwind/orders.csv") else {
        return;
    };
    let Some(clean) = shared("northwind/orders_clean.csv") else {
        return;
    };
    let definition = plan(NORTHWIND);
    let refused = read(
        &broken,
        &definition,
        &Mapping::default(),
        &ImportOptions::default(),
    );
    let Err(ImportError::RowsRefused { report }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (report.rows, report.refused_rows, report.refusals.len()),
        (830, 176, 176)
    );
    expect!["row 4: 15 fields where the header has 14"]
        .assert_eq(&report.refusals[0].text(Lang::En));
    let read = read(
        &clean,
        &definition,
        &Mapping::default(),
        &ImportOptions::default(),
    )
    .unwrap();
    let report = &read.report;
    let told = format!(
        "{} lines, {}, {:?}, unassigned {}",
        report.lines, report.totals[0].total, report.days, report.unassigned
    );
    expect!["830 lines, 6494269, Some((1996-07-04, 1998-05-06)), unassigned 0"].assert_eq(&told);
}

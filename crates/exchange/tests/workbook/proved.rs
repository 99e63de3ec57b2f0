//! Proving workbooks: every total against its parts.

use fenjie_exchange::workbook::verify_workbook;

use crate::patch::{Book, with_results};
use crate::{Folder, chain, example_plan};

fn report(path: &std::path::Path) -> String {
    let report = verify_workbook(path).unwrap();
    let mut out = format!(
        "{}: {} sheets, {} cells, {} totals, {} changed, {}\n",
        report.plan,
        report.sheets,
        report.cells,
        report.totals,
        report.changed,
        if report.is_ok() { "ok" } else { "not ok" }
    );
    for difference in &report.differences {
        out.push_str(&format!(
            "{} {}: {} stands for {}, its parts come to {}\n",
            difference.at.sheet,
            difference.at.cell,
            difference.stated,
            difference.place,
            difference.parts
        ));
    }
    out
}

#[test]
fn exported_workbooks_add_up() {
    let folder = Folder::new();
    let reports = [
        report(&folder.workbook(&example_plan())),
        report(&folder.workbook(&chain::plan())),
    ];
    expect_test::expect![[r#"
        2026 年度销售目标: 6 sheets, 1250 cells, 664 totals, 0 changed, ok
        连锁 2026 年目标: 7 sheets, 1306 cells, 725 totals, 0 changed, ok
    "#]]
    .assert_eq(&reports.concat());
}

#[test]
fn a_wrong_cell_is_named_by_every_total_over_it() {
    let folder = Folder::new();
    let path = folder.workbook(&example_plan());
    let mut book = Book::open(&path);
    book.number("区域×月", "G6", "125000.01").save(&path);
    expect_test::expect![[r#"
        2026 年度销售目标: 6 sheets, 1250 cells, 664 totals, 1 changed, not ok
        区域×月 G5: 833333.34 stands for region=* × time=2026-01, its parts come to 833333.35
        区域×月 F6: 375000.00 stands for region=东北 × time=2026-Q1, its parts come to 375000.01
    "#]]
    .assert_eq(&report(&path));
}

#[test]
fn totals_without_results_are_computed() {
    let folder = Folder::new();
    let path = folder.workbook(&example_plan());
    let mut book = Book::open(&path);
    book.change_all(|xml| with_results(&xml, None)).save(&path);
    let report = verify_workbook(&path).unwrap();
    assert!(report.is_ok());
    assert_eq!(report.changed, 0);
}

#[test]
fn stale_results_are_found() {
    let folder = Folder::new();
    let path = folder.workbook(&example_plan());
    let mut book = Book::open(&path);
    book.change_all(|xml| with_results(&xml, Some("0")))
        .save(&path);
    let report = verify_workbook(&path).unwrap();
    assert!(report.differences.len() > 100);
}

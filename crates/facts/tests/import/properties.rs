//! What holds for every file: sums are the file's to the cent, rows may stand in any order.

use fenjie_facts::import::ImportOptions;
use proptest::prelude::*;

use super::import_as;

fn row() -> impl Strategy<Value = (u32, usize, i64, u32)> {
    (
        0u32..365,
        0usize..6,
        -1_000_000_000i64..1_000_000_000,
        0u32..50,
    )
}

fn file(rows: &[(u32, usize, i64, u32)]) -> String {
    let mut text = String::from("日期,门店,金额,客户\n");
    for (day, store, cents, customer) in rows {
        let date = jiff::civil::date(2026, 1, 1)
            .checked_add(jiff::Span::new().days(*day))
            .unwrap();
        let store = ["S1", "S2", "S3", "S4", "华东", "没有的店"][*store];
        let sign = if *cents < 0 { "-" } else { "" };
        let (whole, rest) = (cents.abs() / 100, cents.abs() % 100);
        text += &format!("{date},{store},{sign}{whole}.{rest:02},K{customer}\n");
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sums_and_order(rows in prop::collection::vec(row(), 1..60), turn in 0usize..60) {
        let read = import_as("a.csv", file(&rows), "", &ImportOptions::default()).unwrap();
        let sum: i128 = rows.iter().map(|row| i128::from(row.2)).sum();
        prop_assert_eq!(read.report.totals[0].total, sum);
        prop_assert_eq!(read.lines.dates.len(), rows.len());
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        let other = import_as("a.csv", file(&turned), "", &ImportOptions::default()).unwrap();
        let lines = |read: &fenjie_facts::import::Imported| {
            let lines = &read.lines;
            let mut all: Vec<_> = (0..lines.dates.len())
                .map(|line| {
                    let members = &lines.members[0];
                    let member = members.dictionary[members.codes[line] as usize].clone();
                    (lines.dates[line], member, lines.amounts[0].values[line])
                })
                .collect();
            all.sort();
            all
        };
        prop_assert_eq!(lines(&read), lines(&other));
        prop_assert_eq!(read.report.unassigned, other.report.unassigned);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for name in ["a.csv", "a.json", "a.xlsx", "a"] {
            let _ = import_as(name, &bytes, "", &ImportOptions::default());
        }
    }

    #[test]
    fn no_cells_make_it_panic(date in ".{0,24}", amount in ".{0,24}", credit in ".{0,24}") {
        let options = ImportOptions {
            round: Some(fenjie_facts::import::Rounding::HalfEven),
            zone: Some("Asia/Shanghai".into()),
            ..ImportOptions::default()
        };
        let object = serde_json::json!({ "日期": date, "金额": amount, "分成": credit, "门店": credit });
        let _ = import_as("a.jsonl", object.to_string(), "", &options);
        let good = serde_json::json!({ "日期": "2026-03-01", "金额": amount, "门店": "S1" });
        let _ = import_as("a.jsonl", good.to_string(), "", &options);
    }
}

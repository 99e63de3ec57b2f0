//! Long tables of cells, written and read back.

use std::path::Path;
use std::sync::Arc;

use expect_test::{Expect, expect};
use fenjie_exchange::table::{ReadOptions, read_table};
use fenjie_exchange::write::{AmountColumn, CellBatch, CellSchema, CellWriter, TextColumn, Texts};
use fenjie_money::Step;
use proptest::prelude::*;

use crate::{Folder, say, show};

fn schema(texts: &[(&str, &[&str])], amounts: &[(&str, &str)]) -> CellSchema {
    CellSchema {
        texts: texts
            .iter()
            .map(|(name, dictionary)| TextColumn {
                name: (*name).to_owned(),
                dictionary: dictionary
                    .iter()
                    .map(|&text| text.to_owned())
                    .collect::<Vec<_>>()
                    .into(),
            })
            .collect(),
        amounts: amounts
            .iter()
            .map(|(name, step)| AmountColumn {
                name: (*name).to_owned(),
                step: Step::parse(step).unwrap(),
            })
            .collect(),
    }
}

fn names() -> CellSchema {
    schema(
        &[
            ("地区", &["华东", "=SUM(A1)", "-其他", "a,\"b\""]),
            ("月份", &["2026-01", "2026-02"]),
        ],
        &[("销售额", "0.01"), ("客户数", "1"), ("整百", "100")],
    )
}

fn write(path: &Path, schema: &CellSchema) {
    let mut writer = CellWriter::create(path, schema.clone()).unwrap();
    let (regions, months) = (&[0, 0, 1][..], &[0, 1, 0][..]);
    let amounts: [&[i64]; 3] = [&[83_333_334, -5, 0], &[3, 2, 1], &[7, 0, -1]];
    writer
        .write(CellBatch {
            text_codes: &[regions, months],
            amounts: &amounts,
        })
        .unwrap();
    writer
        .write(CellBatch {
            text_codes: &[&[2, 3], &[1, 1]],
            amounts: &[&[1, 2], &[3, 4], &[5, 6]],
        })
        .unwrap();
    writer.finish().unwrap();
}

pub fn small_parquet() -> Vec<u8> {
    let folder = Folder::new();
    let path = folder.path("a.parquet");
    write(&path, &names());
    std::fs::read(path).unwrap()
}

#[test]
fn as_text() {
    let check = |name: &str, expected: Expect| {
        let folder = Folder::new();
        write(&folder.path(name), &names());
        expected.assert_eq(&std::fs::read_to_string(folder.path(name)).unwrap());
    };
    check(
        "a.csv",
        expect![[r#"
        ﻿地区,月份,销售额,客户数,整百
        华东,2026-01,833333.34,3,700
        华东,2026-02,-0.05,2,0
        '=SUM(A1),2026-01,0.00,1,-100
        '-其他,2026-02,0.01,3,500
        "a,""b""",2026-02,0.02,4,600
    "#]],
    );
    check(
        "a.json",
        expect![[r#"
        [
        {"地区":"华东","月份":"2026-01","销售额":"833333.34","客户数":"3","整百":"700"},
        {"地区":"华东","月份":"2026-02","销售额":"-0.05","客户数":"2","整百":"0"},
        {"地区":"=SUM(A1)","月份":"2026-01","销售额":"0.00","客户数":"1","整百":"-100"},
        {"地区":"-其他","月份":"2026-02","销售额":"0.01","客户数":"3","整百":"500"},
        {"地区":"a,\"b\"","月份":"2026-02","销售额":"0.02","客户数":"4","整百":"600"}
        ]
    "#]],
    );
    check(
        "a.jsonl",
        expect![[r#"
        {"地区":"华东","月份":"2026-01","销售额":"833333.34","客户数":"3","整百":"700"}
        {"地区":"华东","月份":"2026-02","销售额":"-0.05","客户数":"2","整百":"0"}
        {"地区":"=SUM(A1)","月份":"2026-01","销售额":"0.00","客户数":"1","整百":"-100"}
        {"地区":"-其他","月份":"2026-02","销售额":"0.01","客户数":"3","整百":"500"}
        {"地区":"a,\"b\"","月份":"2026-02","销售额":"0.02","客户数":"4","整百":"600"}
    "#]],
    );
}

#[test]
fn as_tables() {
    for name in ["a.csv", "a.parquet"] {
        let folder = Folder::new();
        write(&folder.path(name), &names());
        let table = read_table(&folder.path(name), &ReadOptions::default()).unwrap();
        let shown = show(&table);
        match name {
            "a.csv" => expect![[r#"
                1: 地区 | 月份 | 销售额 | 客户数 | 整百
                2: 华东 | 2026-01 | 833333.34 | 3 | 700
                3: 华东 | 2026-02 | -0.05 | 2 | 0
                4: =SUM(A1) | 2026-01 | 0.00 | 1 | -100
                5: -其他 | 2026-02 | 0.01 | 3 | 500
                6: a,"b" | 2026-02 | 0.02 | 4 | 600
            "#]]
            .assert_eq(&shown),
            _ => expect![[r#"
                0: 地区 | 月份 | 销售额 | 客户数 | 整百
                1: 华东 | 2026-01 | #833333.34 | #3 | #700
                2: 华东 | 2026-02 | #-0.05 | #2 | #0
                3: =SUM(A1) | 2026-01 | #0.00 | #1 | #-100
                4: -其他 | 2026-02 | #0.01 | #3 | #500
                5: a,"b" | 2026-02 | #0.02 | #4 | #600
            "#]]
            .assert_eq(&shown),
        }
    }
}

#[test]
fn tables_without_rows() {
    for (name, expected) in [
        (
            "a.csv",
            expect![[r#"
            ﻿地区,月份,销售额,客户数,整百
        "#]],
        ),
        (
            "a.json",
            expect![[r#"
            [
            ]
        "#]],
        ),
        ("a.jsonl", expect![]),
    ] {
        let folder = Folder::new();
        CellWriter::create(&folder.path(name), names())
            .unwrap()
            .finish()
            .unwrap();
        expected.assert_eq(&std::fs::read_to_string(folder.path(name)).unwrap());
    }
    let folder = Folder::new();
    let path = folder.path("a.parquet");
    CellWriter::create(&path, names())
        .unwrap()
        .finish()
        .unwrap();
    assert_eq!(read_table(&path, &ReadOptions::default()).unwrap().rows, 0);
}

#[test]
fn refusals_leave_nothing() {
    let folder = Folder::new();
    let path = folder.path("a.parquet");
    let mut writer = CellWriter::create(&path, schema(&[("a", &["x"])], &[("b", "0.01")])).unwrap();
    let wide = [1, 1_000_000_000_000_000_000];
    let error = writer
        .write(CellBatch {
            text_codes: &[&[0, 0]],
            amounts: &[&wide],
        })
        .unwrap_err();
    expect![[r#"
        [amount_too_wide] 第 2 行 `b` 列的 1000000000000000000 超过 18 位，无法精确写入 | 1000000000000000000 in row 2, column `b`, has over 18 digits and cannot be written exactly
        hint: 改写成 CSV 或 JSON | write CSV or JSON instead"#]].assert_eq(&say(&error));
    drop(writer);
    let twice = schema(&[("a", &["x"])], &[("a", "1")]);
    let error = CellWriter::create(&path, twice).err().unwrap();
    expect!["[column_duplicate] 要写的表有两个 `a` 列 | the table to write has two columns `a`"]
        .assert_eq(&say(&error));
    let error = CellWriter::create("a.docx".as_ref(), names())
        .err()
        .unwrap();
    expect![[r#"
        [format_unknown] 从 `a.docx` 的扩展名看不出要写成什么格式 | the ending of `a.docx` names no format to write
        hint: 用 `.csv`、`.json`、`.jsonl` 或 `.parquet` | use `.csv`, `.json`, `.jsonl` or `.parquet`"#]].assert_eq(&say(&error));
    assert_eq!(std::fs::read_dir(folder.0.path()).unwrap().count(), 0);
}

/// Runs, unique texts, wide and narrow amounts: all come back from Parquet and CSV.
#[test]
fn long_tables_come_back() {
    const ROWS: usize = 1_300_000;
    let leaves: Vec<String> = (0..ROWS).map(|leaf| format!("L{leaf:07}")).collect();
    let mut schema = schema(&[("r", &["a", "b", "c"])], &[("x", "0.01"), ("y", "1")]);
    schema.texts.push(TextColumn {
        name: "leaf".into(),
        dictionary: leaves.clone().into(),
    });
    let regions: Vec<u32> = (0..ROWS as u32).map(|row| row / 7_001 % 3).collect();
    let codes: Vec<u32> = (0..ROWS as u32).collect();
    let narrow: Vec<i64> = (0..ROWS as i64).map(|row| row % 11).collect();
    let wide: Vec<i64> = (0..ROWS as i64)
        .map(|row| row.wrapping_mul(0x9e37_79b9_7f4a_7c15u64 as i64))
        .collect();
    let folder = Folder::new();
    let path = folder.path("a.parquet");
    let mut writer = CellWriter::create(&path, schema).unwrap();
    for from in (0..ROWS).step_by(100_000) {
        let rows = from..(from + 100_000).min(ROWS);
        let text_codes = [&regions[rows.clone()], &codes[rows.clone()]];
        let amounts = [&narrow[rows.clone()], &wide[rows]];
        writer
            .write(CellBatch {
                text_codes: &text_codes,
                amounts: &amounts,
            })
            .unwrap();
    }
    writer.finish().unwrap();
    let table = read_table(&path, &ReadOptions::default()).unwrap();
    assert_eq!(table.rows, ROWS);
    for row in 0..ROWS {
        assert_eq!(
            table.cell(row, 0).text,
            ["a", "b", "c"][regions[row] as usize]
        );
        assert_eq!(table.cell(row, 1).text, leaves[row]);
        assert_eq!(table.cell(row, 2).text, Step::cent().format(narrow[row]));
        assert_eq!(table.cell(row, 3).text.parse(), Ok(wide[row]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn parquet_comes_back(
        rows in prop::collection::vec((0u32..300, prop_oneof![any::<i64>(), 0i64..9], 1usize..40), 1..60),
    ) {
        let dictionary: Vec<String> = (0..300).map(|code| format!("t{code}")).collect();
        let dictionary = Arc::new(dictionary);
        let schema = CellSchema {
            texts: vec![TextColumn { name: "t".into(), dictionary: Texts::List(dictionary.clone()) }],
            amounts: vec![AmountColumn { name: "x".into(), step: Step::one() }],
        };
        let repeat = |(code, amount, times): &(u32, i64, usize)| vec![(*code, *amount); *times];
        let cells: Vec<(u32, i64)> = rows.iter().flat_map(repeat).collect();
        let codes: Vec<u32> = cells.iter().map(|cell| cell.0).collect();
        let amounts: Vec<i64> = cells.iter().map(|cell| cell.1).collect();
        let folder = Folder::new();
        let path = folder.path("a.parquet");
        let mut writer = CellWriter::create(&path, schema).unwrap();
        writer.write(CellBatch { text_codes: &[&codes], amounts: &[&amounts] }).unwrap();
        writer.finish().unwrap();
        let table = read_table(&path, &ReadOptions::default()).unwrap();
        prop_assert_eq!(table.rows, cells.len());
        for (row, (code, amount)) in cells.iter().enumerate() {
            prop_assert_eq!(table.cell(row, 0).text, &dictionary[*code as usize]);
            prop_assert_eq!(table.cell(row, 1).text, amount.to_string());
        }
    }
}

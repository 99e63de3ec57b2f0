//! Amounts, members, ids and shares: read exactly, or refused with value and rule.

use expect_test::expect;
use fenjie_facts::import::{ImportOptions, Rounding};
use fenjie_message::Lang;

use super::{import, import_as, refused, shown};

fn amount(text: &str, round: Option<Rounding>) -> String {
    let options = ImportOptions {
        round,
        ..ImportOptions::default()
    };
    let file = format!("日期\t门店\t金额\n2026-03-01\tS1\t{text}\n");
    match import_as("a.tsv", file, "", &options) {
        Ok(read) => {
            let line = shown(&read);
            line.trim_end()
                .rsplit(" | ")
                .next()
                .unwrap()
                .trim_end_matches(" (2)")
                .to_owned()
        }
        Err(_) => "refused".into(),
    }
}

#[test]
fn amounts_as_people_write_them() {
    for (text, expected) in [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("￥1,234.50", "1234.50"),
        ("¥ 1234.5", "1234.50"),
        ("1234.5元", "1234.50"),
        ("46.147万", "461470.00"),
        ("1.2亿", "120000000.00"),
        ("(1,234.50)", "-1234.50"),
        ("（１，２３４．５０）", "-1234.50"),
        ("1234.50-", "-1234.50"),
        ("-0", "0.00"),
        ("-0.00", "0.00"),
        ("1e3", "1000.00"),
        ("92233720368547758.07", "92233720368547758.07"),
    ] {
        assert_eq!(amount(text, None), expected, "{text}");
    }
    for text in [
        "NaN",
        "inf",
        "-Infinity",
        "1e30",
        "1000000000000000000000000000000",
        "abc",
        "1,23",
        "12.3.4",
        "0x10",
        "=1+1",
        "#REF!",
        "$5",
        "",
        "-",
    ] {
        assert_eq!(amount(text, None), "refused", "{text}");
        assert_eq!(amount(text, Some(Rounding::HalfUp)), "refused", "{text}");
    }
}

#[test]
fn rounding_only_when_asked_and_said() {
    for (text, half_up, half_even) in [
        ("1.005", "1.01", "1.00"),
        ("-1.005", "-1.01", "-1.00"),
        ("1.015", "1.02", "1.02"),
        ("1.0049", "1.00", "1.00"),
        ("-1.0051", "-1.01", "-1.01"),
        ("0.123456789012345678", "0.12", "0.12"),
        ("1.23456789万", "12345.68", "12345.68"),
    ] {
        assert_eq!(amount(text, None), "refused", "{text}");
        assert_eq!(amount(text, Some(Rounding::HalfUp)), half_up, "{text}");
        assert_eq!(amount(text, Some(Rounding::HalfEven)), half_even, "{text}");
    }
    let text = "日期,门店,金额\n2026-03-01,S1,1.005\n2026-03-01,S1,2.002\n2026-03-01,S1,3\n";
    expect![[r#"
        第 2 行 `金额` 列 `1.005`：`1.005` 不是最小单位 0.01 的整数倍，最接近的是 1.00 和 1.01
        第 3 行 `金额` 列 `2.002`：`2.002` 不是最小单位 0.01 的整数倍，最接近的是 2.00 和 2.01
          确实要舍入时加 `--round half_up` 或 `--round half_even`
        row 2, column `金额`, `1.005`: `1.005` is not a whole number of steps of 0.01; the nearest are 1.00 and 1.01
        row 3, column `金额`, `2.002`: `2.002` is not a whole number of steps of 0.01; the nearest are 2.00 and 2.01
          if it is to be rounded, add `--round half_up` or `--round half_even`
    "#]].assert_eq(&refused(import(text)));
    let options = ImportOptions {
        round: Some(Rounding::HalfUp),
        ..ImportOptions::default()
    };
    let read = import_as("a.csv", text, "", &options).unwrap();
    let rounded = &read.report.rounded[0];
    // 0.005 up, 0.002 down.
    assert_eq!(
        (rounded.rows, rounded.difference),
        (2, 3_000_000_000_000_000)
    );
}

#[test]
fn unknown_members_are_kept_and_counted() {
    let text = "日期,门店,金额\n2026-03-01,人民路,1\n2026-03-01,,2\n2026-03-01,人民路,3\n2026-03-01,S1,4\n";
    let options = ImportOptions {
        members: vec![
            ("product".into(), "家具".into()),
            ("channel".into(), "线上".into()),
        ],
        ..ImportOptions::default()
    };
    let read = import_as("a.csv", text, "", &options).unwrap();
    assert_eq!(read.report.unassigned, 3);
    assert_eq!(read.report.unknown_count, 2);
    let first = &read.report.unknown[0];
    assert_eq!((first.text.as_str(), first.lines), ("人民路", 2));
    assert!(
        first.nearest.contains(&"人民路店".to_owned()),
        "{:?}",
        first.nearest
    );
    assert_eq!(read.report.totals[0].total, 1000);
    let strict = ImportOptions {
        strict: true,
        ..options
    };
    expect![[r#"
        第 2 行 `门店` 列 `人民路`：组织里没有这个成员，相近的有：人民路店、湖滨店、华东
        第 4 行 `门店` 列 `人民路`：组织里没有这个成员，相近的有：人民路店、湖滨店、华东
          改正名称，或不用 `--strict`：未知成员会保留为“未归属”
        row 2, column `门店`, `人民路`: 组织 has no such member; the nearest are: 人民路店, 湖滨店, 华东
        row 4, column `门店`, `人民路`: 组织 has no such member; the nearest are: 人民路店, 湖滨店, 华东
          correct it, or leave `--strict` out: unknown members are kept as unassigned
    "#]].assert_eq(&refused(import_as("a.csv", text, "", &strict)));
}

#[test]
fn totals_among_the_rows_are_refused() {
    let text = "日期,门店,金额\n2026-03-01,S1,1\n合计,,1\n2026-03-01,小 计,1\n";
    expect![[r#"
        第 3 行 `日期` 列 `合计`：这是合计行
        第 4 行 `门店` 列 `小 计`：这是合计行
          合计、小计行不是销售，从文件里去掉
        row 3, column `日期`, `合计`: this is a total of other rows
        row 4, column `门店`, `小 计`: this is a total of other rows
          totals and subtotals are no sales; take them out of the file
    "#]]
    .assert_eq(&refused(import(text)));
}

#[test]
fn an_id_twice() {
    let text = "日期,门店,金额,单号\n2026-03-01,S1,1,A\n2026-03-01,S1,1.00,A\n2026-03-02,S1,1,B\n";
    let read = import(text).unwrap();
    assert_eq!((read.report.repeated, read.report.lines), (1, 2));
    let text = "日期,门店,金额,单号\n2026-03-01,S1,1,A\n2026-03-01,S1,2,A\n2026-03-02,S1,1,B\n";
    expect![[r#"
        第 2 行 `单号` 列 `A`：单号与第 3 行相同，内容却不同
        第 3 行 `单号` 列 `A`：单号与第 2 行相同，内容却不同
          单号一行一个；若这一列是订单号而一单多行，改用行号列，或用 `--map '单号=-'` 不取这一列
        row 2, column `单号`, `A`: the id stands in row 3 too, with other content
        row 3, column `单号`, `A`: the id stands in row 2 too, with other content
          an id names one line; if this is an order with several lines, map a line id or leave the column out with `--map 'id=-'`
    "#]].assert_eq(&refused(import(text)));
    let partial = ImportOptions {
        partial: true,
        ..ImportOptions::default()
    };
    let read = import_as("a.csv", text, "", &partial).unwrap();
    assert_eq!((read.report.lines, read.report.refused_rows), (1, 2));
    let read = import_as("a.csv", text, "单号=-", &ImportOptions::default()).unwrap();
    assert_eq!(read.report.lines, 3);
}

#[test]
fn shared_sales_are_allocated_exactly() {
    let text = "日期,金额,数量,行号,业绩分成\n2026-03-01,100.01,3,A,S1:60%;S3:40%\n\
                2026-03-01,10,1,B,人民路店：33.33%，湖滨店：33.33%，赵六：33.34%\n2026-03-01,7,1,C,\n";
    let read = import(text).unwrap();
    expect![[r#"
        2026-03-01 | S1 |  |  | 60.01 | 2 | #A | 600000 (2)
        2026-03-01 | S3 |  |  | 40.00 | 1 | #A | 400000 (2)
        2026-03-01 | S1 |  |  | 3.33 | 0 | #B | 333300 (3)
        2026-03-01 | S2 |  |  | 3.33 | 0 | #B | 333300 (3)
        2026-03-01 | 赵六 |  |  | 3.34 | 1 | #B | 333400 (3)
        2026-03-01 |  |  |  | 7.00 | 1 | #C | 1000000 (4)
    "#]]
    .assert_eq(&shown(&read));
    assert_eq!(read.report.totals[0].total, 11_701);
    let bad = "日期,金额,业绩分成\n2026-03-01,1,S1:60%;S3:30%\n2026-03-01,1,S1:60%;S1:40%\n\
               2026-03-01,1,S1\n2026-03-01,1,S1:abc\n";
    expect![[r#"
        第 2 行 `业绩分成` 列 `S1:60%;S3:30%`：业绩分成合计 90%，不是 100%
        第 3 行 `业绩分成` 列 `S1:60%;S1:40%`：业绩分成里 `S1` 出现两次
        第 4 行 `业绩分成` 列 `S1`：业绩分成无法识别
        第 5 行 `业绩分成` 列 `S1:abc`：业绩分成无法识别
          写成 `王芳:60%;李强:40%`，合计 100%
        row 2, column `业绩分成`, `S1:60%;S3:30%`: the credit shares sum to 90 %, not 100 %
        row 3, column `业绩分成`, `S1:60%;S1:40%`: `S1` stands twice in the shares
        row 4, column `业绩分成`, `S1`: the credit shares cannot be read
        row 5, column `业绩分成`, `S1:abc`: the credit shares cannot be read
          write `Ann:60%;Bob:40%`, 100 % in all
    "#]]
    .assert_eq(&refused(import(bad)));
}

#[test]
fn every_fault_of_a_file_is_named() {
    let text = "日期,门店,金额\n2026-02-30,S1,x\n2026-03-01,S1,\n,S1,1\n2026-03-01,S1,1,5\n2026-03-01,S1,2\n";
    let error = import(text).unwrap_err();
    let fenjie_facts::import::ImportError::RowsRefused { report } = error else {
        panic!()
    };
    assert_eq!(
        (report.rows, report.refused_rows, report.fault_count),
        (5, 4, 5)
    );
    let rows: Vec<usize> = report.refusals.iter().map(|refusal| refusal.row).collect();
    assert_eq!(rows, [2, 2, 3, 4, 5]);
    let all: String = report
        .refusals
        .iter()
        .map(|refusal| refusal.text(Lang::Zh) + "\n")
        .collect();
    expect![[r#"
        第 2 行 `日期` 列 `2026-02-30`：没有 `2026-02-30` 这一天
        第 2 行 `金额` 列 `x`：`x` 不是金额
        第 3 行 `金额` 列 ``：没有任何金额或数量
        第 4 行 `日期` 列 ``：没有日期
        第 5 行：有 4 个字段，表头是 3 个
    "#]]
    .assert_eq(&all);
}

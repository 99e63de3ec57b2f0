//! Hostile files: refused in short time with a reason, or read as what they say.

use std::io::Write;

use expect_test::expect;
use fenjie_facts::import::{ImportOptions, Mapping, read, refused_name, write_refused};
use fenjie_message::Lang;

use super::{Folder, definition, import, import_as, refused, shown};

fn named(name: &str, bytes: impl AsRef<[u8]>) -> String {
    refused(import_as(name, bytes, "", &ImportOptions::default()))
}

#[test]
fn files_that_are_no_sales() {
    expect![[r#"
        文件 `a.csv` 是空的
        file `a.csv` is empty
    "#]]
    .assert_eq(&named("a.csv", ""));
    expect![[r#"
        文件 `a.csv` 只有表头，没有数据
        file `a.csv` has a header and no rows
    "#]]
    .assert_eq(&named("a.csv", "日期,门店,金额\n"));
    expect![[r#"
        文件 `a.csv` 第 2 行的引号到文件末尾也没有闭合
        file `a.csv`, row 2 opens a quote that the file never closes
    "#]]
    .assert_eq(&named("a.csv", "日期,门店,金额\n2026-03-01,\"S1,5\n"));
    expect![[r#"
        文件 `a.xlsx` 名不副实：扩展名是 `.xlsx`，内容却是没有工作簿的压缩包
          改用正确的扩展名，或重新导出
        file `a.xlsx` is not what its name says: it ends in `.xlsx` but is a zip archive without a workbook
          give it its right ending, or export it again
    "#]].assert_eq(&named("a.xlsx", "PK\x03\x04 cut off"));
    expect![[r#"
        文件 `a.csv` 名不副实：扩展名是 `.csv`，内容却是 PDF
          改用正确的扩展名，或重新导出
        file `a.csv` is not what its name says: it ends in `.csv` but is PDF
          give it its right ending, or export it again
    "#]]
    .assert_eq(&named("a.csv", b"%PDF-1.7"));
    expect![[r#"
        文件 `a.parquet` 已损坏或不完整（Parquet error: Invalid Parquet file. Corrupt footer）
          重新导出或重新下载这个文件
        file `a.parquet` is damaged or cut off (Parquet error: Invalid Parquet file. Corrupt footer)
          export or download the file again
    "#]]
    .assert_eq(&named("a.parquet", b"PAR1 cut off"));
    expect![[r#"
        文件 `a.csv` 的 `金额` 和 `金额` 两列都可能是销售额
          给其中一列改名
        file `a.csv`: both columns `金额` and `金额` may be sales
          give one of them another name
    "#]]
    .assert_eq(&named("a.csv", "日期,门店,金额,金额\n2026-03-01,S1,5,6\n"));
    expect![[r#"
        文件 `a.csv` 不是能识别的表格
          可读取 CSV、TSV、XLSX、XLSM、XLSB、XLS、ODS、Parquet、JSON 和压缩的 CSV（.csv.gz）
        file `a.csv` is no table in a known format
          CSV, TSV, XLSX, XLSM, XLSB, XLS, ODS, Parquet, JSON and packed CSV (.csv.gz) are read
    "#]]
    .assert_eq(&named("a.csv", b"\x00\x01\x02\x03"));
}

#[test]
fn json_lines_and_arrays() {
    let expected = "2026-03-01 | S1 |  |  | 5.10 (1)\n2026-03-02 | S2 |  |  | -3.00 (2)\n";
    let lines = "{\"日期\":\"2026-03-01\",\"门店\":\"S1\",\"金额\":5.10}\n\
                 {\"门店\":\"S2\",\"日期\":\"2026-03-02\",\"金额\":\"(3)\",\"注\":null}\n";
    let read = import_as("a.jsonl", lines, "", &ImportOptions::default()).unwrap();
    assert_eq!(shown(&read), expected);
    let array = "[{\"date\":\"2026-03-01\",\"store\":\"S1\",\"amount\":5.1},\n \
                 {\"date\":\"2026-03-02\",\"store\":\"S2\",\"amount\":-3.0e0}]";
    let read = import_as("a.json", array, "", &ImportOptions::default()).unwrap();
    assert_eq!(shown(&read), expected);
    expect![[r#"
        文件 `a.jsonl` 第 2 行：`日期` 在一个对象里出现两次
          每行一个对象，或整个文件是一个对象列表；值是文字或数，不再嵌套
        file `a.jsonl`, row 2: `日期` stands twice in one object
          one object on each line, or one list of objects; values are texts and numbers, not nested
    "#]]
    .assert_eq(&named(
        "a.jsonl",
        "{\"日期\":\"2026-03-01\"}\n{\"日期\":1,\"日期\":2}\n",
    ));
    expect![[r#"
        文件 `a.jsonl` 第 2 行：这里不合 JSON 的写法
          每行一个对象，或整个文件是一个对象列表；值是文字或数，不再嵌套
        file `a.jsonl`, row 2: this is no JSON
          one object on each line, or one list of objects; values are texts and numbers, not nested
    "#]]
    .assert_eq(&named(
        "a.jsonl",
        "{\"日期\":\"2026-03-01\"}\n{\"日期\":NaN}\n",
    ));
    expect![[r#"
        文件 `a.json` 第 3 行：`日期` 的值又是列表或对象
          每行一个对象，或整个文件是一个对象列表；值是文字或数，不再嵌套
        file `a.json`, row 3: the value of `日期` is a list or an object itself
          one object on each line, or one list of objects; values are texts and numbers, not nested
    "#]]
    .assert_eq(&named(
        "a.json",
        "[{\"日期\":\"2026-03-01\"},\n\n{\"日期\":{\"a\":1}}]",
    ));
    expect![[r#"
        文件 `a.json` 第 3 行：文件没有写完就断了
          每行一个对象，或整个文件是一个对象列表；值是文字或数，不再嵌套
        file `a.json`, row 3: the file ends in the middle
          one object on each line, or one list of objects; values are texts and numbers, not nested
    "#]]
    .assert_eq(&named(
        "a.json",
        "[{\"日期\":\"2026-03-01\"},\n\n{\"日期\":\"2026-",
    ));
}

#[test]
fn texts_that_mean_something_elsewhere_are_texts_here() {
    let text = "日期,门店,金额,客户\n2026-03-01,S1,1,\"'; DROP TABLE x;--\"\n\
                2026-03-01,<script>alert(1)</script>,2,=HYPERLINK(1)\n";
    expect![[r#"
        2026-03-01 | S1 |  |  | 1.00 | '; DROP TABLE x;-- (2)
        2026-03-01 | <script>alert(1)</script> |  |  | 2.00 | =HYPERLINK(1) (3)
    "#]]
    .assert_eq(&shown(&import(text).unwrap()));
    let control = "日期,门店,金额,客户\n2026-03-01,S1,1,a\x07b\n2026-03-01,\"S\n1\",1,b\n";
    expect![[r#"
        文件 `销售.csv` 不是能识别的表格
          可读取 CSV、TSV、XLSX、XLSM、XLSB、XLS、ODS、Parquet、JSON 和压缩的 CSV（.csv.gz）
        file `销售.csv` is no table in a known format
          CSV, TSV, XLSX, XLSM, XLSB, XLS, ODS, Parquet, JSON and packed CSV (.csv.gz) are read
    "#]]
    .assert_eq(&refused(import(control)));
}

#[test]
fn a_million_columns() {
    let mut header = String::from("日期,门店,金额");
    let mut row = String::from("2026-03-01,S1,5");
    for column in 0..1_000_000 {
        header += &format!(",c{column}");
        row += ",1";
    }
    expect![[r#"
        文件 `销售.csv` 第 1 行过大：超过 16384 列
        file `销售.csv`, row 1 is too large: it has over 16384 columns
    "#]]
    .assert_eq(&refused(import(&format!("{header}\n{row}\n"))));
    let header = header.split(',').take(16_384).collect::<Vec<_>>().join(",");
    let row = row.split(',').take(16_384).collect::<Vec<_>>().join(",");
    let read = import(&format!("{header}\n{row}\n")).unwrap();
    assert_eq!(shown(&read), "2026-03-01 | S1 |  |  | 5.00 (2)\n");
}

#[test]
fn a_sparse_file_of_ten_gigabytes() {
    let folder = Folder::new();
    for (name, start) in [
        ("a.csv", "日期,门店,金额\n2026-03-01,S1,5\n"),
        ("b.csv", ""),
        ("c.parquet", "PAR1"),
        ("d.xlsx", "PK\x03\x04"),
    ] {
        let path = folder.file(name, start);
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        if file.set_len(10 << 30).is_err() {
            eprintln!("no sparse files here");
            return;
        }
        let begun = std::time::Instant::now();
        let result = read(
            &path,
            &definition(),
            &Mapping::default(),
            &ImportOptions::default(),
        );
        assert!(result.is_err(), "{name}");
        assert!(
            begun.elapsed().as_secs() < 5,
            "{name}: {:?}",
            begun.elapsed()
        );
    }
}

#[test]
fn gzip_that_unpacks_without_end() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all("日期,门店,金额\n".as_bytes()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..80 {
        packed.write_all(&zeros).unwrap();
    }
    expect![[r#"
        文件 `a.csv.gz` 过大：展开后超过压缩大小的 300 倍
        file `a.csv.gz` is too large: unpacked it is over 300 times its packed size
    "#]]
    .assert_eq(&named("a.csv.gz", packed.finish().unwrap()));
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let folder = Folder::new();
    let rows = "2026-03-01,S1,5\n".repeat(200_000);
    let path = folder.file("a.csv", format!("日期,门店,金额\n{rows}"));
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
            for _ in 0..2_000 {
                file.write_all(b"2026-03-01,S1,5\n").unwrap();
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        })
    };
    std::thread::sleep(std::time::Duration::from_millis(20));
    let result = read(
        &path,
        &definition(),
        &Mapping::default(),
        &ImportOptions::default(),
    );
    assert_eq!(
        refused(result),
        "文件 `a.csv` 在读取时被改动\n  等它写完再导入，或先复制一份\n\
        file `a.csv` was changed while it was read\n  import it once it is finished, or copy it first\n"
    );
    writer.join().unwrap();
}

#[test]
fn refused_rows_can_be_mended_and_brought_again() {
    let folder = Folder::new();
    let text = "备注;日期;门店;金额\n\"好;的\";2026-03-01;S1;5\n=cmd;2026-02-30;S1;-7\nx;y;2026-03-02;S2;8\n";
    let path = folder.file("三月.csv", text);
    let options = ImportOptions {
        partial: true,
        ..ImportOptions::default()
    };
    let imported = read(&path, &definition(), &Mapping::default(), &options).unwrap();
    assert_eq!(imported.report.lines, 1);
    let rows = write_refused(&path, &options, &imported.report, Lang::Zh).unwrap();
    expect![[r#"
        ﻿拒收行号,拒收列,拒收原因,备注,日期,门店,金额
        3,日期,没有 `2026-02-30` 这一天,"'=cmd",2026-02-30,S1,-7
        4,,有 5 个字段，表头是 4 个,x,y,2026-03-02,S2,8
    "#]]
    .assert_eq(&rows.replace("\r\n", "\n"));
    let again = rows
        .replace("2026-02-30", "2026-02-28")
        .replace("x,y,", "\"x,y\",");
    let mended = folder.file(
        refused_name(&path).file_name().unwrap().to_str().unwrap(),
        again,
    );
    let imported = read(&mended, &definition(), &Mapping::default(), &options).unwrap();
    assert_eq!(
        shown(&imported),
        "2026-02-28 | S1 |  |  | -7.00 (2)\n2026-03-02 | S2 |  |  | 8.00 (3)\n"
    );
}

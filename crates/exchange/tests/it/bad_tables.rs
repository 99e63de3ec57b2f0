//! Files that are refused, each with what is said about it.

use std::io::Write;

use expect_test::{Expect, expect};
use fenjie_exchange::table::{Limits, ReadOptions, read_table};

use crate::{Folder, read_bytes, say, show_read};

fn check(name: &str, bytes: impl AsRef<[u8]>, options: &ReadOptions, expected: Expect) {
    expected.assert_eq(&show_read(read_bytes(name, bytes, options)));
}

fn all() -> ReadOptions {
    ReadOptions::default()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), Default::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..60 {
        sheet.write_row(row, 0, ["a", "b"]).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn files_that_are_not_there() {
    let error = read_table("没有.csv".as_ref(), &all()).unwrap_err();
    expect!["[file_missing] 找不到文件 `没有.csv` | there is no file `没有.csv`"]
        .assert_eq(&say(&error));
    let folder = Folder::new();
    let error = read_table(folder.0.path(), &all()).unwrap_err();
    let said = say(&error).replace(&folder.0.path().display().to_string(), "FOLDER");
    expect![[r#"
        [file_is_none] `FOLDER` 是文件夹，不是文件 | `FOLDER` is a folder, not a file
        hint: 写出里面的文件 | name the files in it"#]]
    .assert_eq(&said);
}

#[test]
fn empty_files() {
    check(
        "a.csv",
        "",
        &all(),
        expect![[r#"
            [file_empty] 文件 `a.csv` 是空的 | file `a.csv` is empty
        "#]],
    );
    check(
        "a.csv",
        "\n \n",
        &all(),
        expect![[r#"
            [file_empty] 文件 `a.csv` 是空的 | file `a.csv` is empty
        "#]],
    );
    check(
        "a.csv.gz",
        gzip(b""),
        &all(),
        expect![[r#"
            [file_empty] 文件 `a.csv.gz` 是空的 | file `a.csv.gz` is empty
        "#]],
    );
    check(
        "a.csv",
        ",,\n1,2,3\n",
        &all(),
        expect![[r#"
        2: 1 | 2 | 3
        note: [header_below] 文件 `a.csv` 第 2 行是表头，它上面的行没有读取 | file `a.csv`, row 2 is the header; the rows above it were left out
    "#]],
    );
}

#[test]
fn files_that_are_not_what_their_name_says() {
    check(
        "a.xlsx",
        "a,b\n1,2\n",
        &all(),
        expect![[r#"
            [file_not_as_named] 文件 `a.xlsx` 名不副实：扩展名是 `.xlsx`，内容却是纯文本 | file `a.xlsx` is not what its name says: it ends in `.xlsx` but is plain text
            hint: 改用正确的扩展名，或重新导出 | give it its right ending, or export it again
        "#]],
    );
    check(
        "a.csv",
        workbook(),
        &all(),
        expect![[r#"
            [file_not_as_named] 文件 `a.csv` 名不副实：扩展名是 `.csv`，内容却是 XLSX | file `a.csv` is not what its name says: it ends in `.csv` but is XLSX
            hint: 改用正确的扩展名，或重新导出 | give it its right ending, or export it again
        "#]],
    );
    let table = read_bytes("a.xls", workbook(), &ReadOptions::with_columns(["a"])).unwrap();
    expect!["[read_as_found] 文件 `a.xls` 的扩展名是 `.xls`，已按内容当作 XLSX读取 | file `a.xls` ends in `.xls` but was read as what it is: XLSX"].assert_eq(&say(&table.notes[0]));
    check(
        "a.xls",
        "地区\t金额\n华东\t1\n",
        &all(),
        expect![[r#"
            1: 地区 | 金额
            2: 华东 | 1
            note: [read_as_found] 文件 `a.xls` 的扩展名是 `.xls`，已按内容当作纯文本读取 | file `a.xls` ends in `.xls` but was read as what it is: plain text
        "#]],
    );
    check(
        "a.csv",
        b"\x89PNG\r\n\x1a\n",
        &all(),
        expect![[r#"
            [file_not_as_named] 文件 `a.csv` 名不副实：扩展名是 `.csv`，内容却是图片 | file `a.csv` is not what its name says: it ends in `.csv` but is an image
            hint: 改用正确的扩展名，或重新导出 | give it its right ending, or export it again
        "#]],
    );
    check(
        "a.xls",
        "<html><table><tr><td>1",
        &all(),
        expect![[r#"
            [file_not_as_named] 文件 `a.xls` 名不副实：扩展名是 `.xls`，内容却是网页 | file `a.xls` is not what its name says: it ends in `.xls` but is a web page
            hint: 改用正确的扩展名，或重新导出 | give it its right ending, or export it again
        "#]],
    );
    check(
        "a.parquet",
        "a,b\n1,2\n",
        &all(),
        expect![[r#"
            [file_not_as_named] 文件 `a.parquet` 名不副实：扩展名是 `.parquet`，内容却是纯文本 | file `a.parquet` is not what its name says: it ends in `.parquet` but is plain text
            hint: 改用正确的扩展名，或重新导出 | give it its right ending, or export it again
        "#]],
    );
    check(
        "a.csv",
        b"a\0b\x01",
        &all(),
        expect![[r#"
            [file_format_unknown] 文件 `a.csv` 不是能识别的表格 | file `a.csv` is no table in a known format
            hint: 可读取 CSV、TSV、XLSX、XLSM、XLSB、XLS、ODS、Parquet、JSON 和压缩的 CSV（.csv.gz） | CSV, TSV, XLSX, XLSM, XLSB, XLS, ODS, Parquet, JSON and packed CSV (.csv.gz) are read
        "#]],
    );
    check(
        "a.dat",
        b"%PDF-1.7",
        &all(),
        expect![[r#"
            [file_format_unknown] 文件 `a.dat` 不是表格，而是 PDF | file `a.dat` is no table but PDF
            hint: 可读取 CSV、TSV、XLSX、XLSM、XLSB、XLS、ODS、Parquet、JSON 和压缩的 CSV（.csv.gz） | CSV, TSV, XLSX, XLSM, XLSB, XLS, ODS, Parquet, JSON and packed CSV (.csv.gz) are read
        "#]],
    );
    check(
        "a.csv.gz",
        gzip(b"PK\x03\x04xl/workbook.xml"),
        &all(),
        expect![[r#"
            [file_not_as_named] 文件 `a.csv.gz` 名不副实：扩展名是 `.csv`，内容却是 XLSX | file `a.csv.gz` is not what its name says: it ends in `.csv` but is XLSX
            hint: 改用正确的扩展名，或重新导出 | give it its right ending, or export it again
        "#]],
    );
}

#[test]
fn files_that_are_cut_off() {
    let whole = workbook();
    check(
        "a.xlsx",
        &whole[..whole.len() / 2],
        &all(),
        expect![[r#"
            [file_not_as_named] 文件 `a.xlsx` 名不副实：扩展名是 `.xlsx`，内容却是没有工作簿的压缩包 | file `a.xlsx` is not what its name says: it ends in `.xlsx` but is a zip archive without a workbook
            hint: 改用正确的扩展名，或重新导出 | give it its right ending, or export it again
        "#]],
    );
    let packed = gzip("a,b\n1,2\n".repeat(1000).as_bytes());
    check(
        "a.csv.gz",
        &packed[..packed.len() - 12],
        &all(),
        expect![[r#"
            [file_damaged] 文件 `a.csv.gz` 已损坏或不完整（incomplete deflate stream） | file `a.csv.gz` is damaged or cut off (incomplete deflate stream)
            hint: 重新导出或重新下载这个文件 | export or download the file again
        "#]],
    );
    check(
        "a.csv",
        "a,b\n1,2\n3,\"四\n5,6\n",
        &all(),
        expect![[r#"
        [quote_open] 文件 `a.csv` 第 3 行的引号到文件末尾也没有闭合 | file `a.csv`, row 3 opens a quote that the file never closes
    "#]],
    );
    check(
        "a.csv",
        "a,b\n1,2\n3\n",
        &all(),
        expect![[r#"
        [rows_ragged] 文件 `a.csv` 第 3 行有 1 个字段，表头有 2 个；这样的行共 1 行 | file `a.csv`, row 3 has 1 fields, the header has 2; rows like it: 1
        hint: 含分隔符的字段要加引号；先看这些行：3 | quote fields that contain the delimiter; look at lines 3
    "#]],
    );
    check(
        "a.parquet",
        b"PAR1\x15\x04\x15",
        &all(),
        expect![[r#"
            [file_damaged] 文件 `a.parquet` 已损坏或不完整（EOF: Parquet file too small. Size is 7 but need 8） | file `a.parquet` is damaged or cut off (EOF: Parquet file too small. Size is 7 but need 8)
            hint: 重新导出或重新下载这个文件 | export or download the file again
        "#]],
    );
    check(
        "a.xls",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ",
        &all(),
        expect![[r#"
            [file_damaged] 文件 `a.xls` 已损坏或不完整（it ends within its header） | file `a.xls` is damaged or cut off (it ends within its header)
            hint: 重新导出或重新下载这个文件 | export or download the file again
        "#]],
    );
}

#[test]
fn bombs() {
    let limits = Limits {
        expanded_bytes: 1 << 20,
        ..Limits::default()
    };
    let small = ReadOptions { limits, ..all() };
    check(
        "a.csv.gz",
        gzip(&vec![b'a'; 2 << 20]),
        &small,
        expect![[r#"
            [file_too_large] 文件 `a.csv.gz` 过大：超过 1 MiB（压缩的按展开后计） | file `a.csv.gz` is too large: it is over 1 MiB (packed files count unpacked)
        "#]],
    );
    check(
        "a.csv",
        vec![b'a'; 2 << 20],
        &small,
        expect![[r#"
            [file_too_large] 文件 `a.csv` 过大：超过 1 MiB（压缩的按展开后计） | file `a.csv` is too large: it is over 1 MiB (packed files count unpacked)
        "#]],
    );
    check(
        "a.csv.gz",
        gzip(&vec![b'a'; 100 << 20]),
        &all(),
        expect![[r#"
            [file_too_large] 文件 `a.csv.gz` 过大：展开后超过压缩大小的 300 倍 | file `a.csv.gz` is too large: unpacked it is over 300 times its packed size
        "#]],
    );
    check(
        "a.xlsx",
        zip_of_zeros(2 << 20),
        &small,
        expect![[r#"
            [file_too_large] 文件 `a.xlsx` 过大：超过 1 MiB（压缩的按展开后计） | file `a.xlsx` is too large: it is over 1 MiB (packed files count unpacked)
        "#]],
    );
    check(
        "a.xlsx",
        zip_of_zeros(80 << 20),
        &all(),
        expect![[r#"
            [file_too_large] 文件 `a.xlsx` 过大：展开后超过压缩大小的 300 倍 | file `a.xlsx` is too large: unpacked it is over 300 times its packed size
        "#]],
    );
    let limits = Limits {
        sheet_cells: 100,
        ..Limits::default()
    };
    check(
        "a.xlsx",
        workbook(),
        &ReadOptions {
            limits,
            ..ReadOptions::with_columns(["a"])
        },
        expect![[r#"
            [file_too_large] 文件 `a.xlsx` 过大：工作表超过 100 个单元格 | file `a.xlsx` is too large: a sheet has over 100 cells
        "#]],
    );
    let limits = Limits {
        rows: 1,
        ..Limits::default()
    };
    check(
        "a.csv",
        "a,b\n1,2\n3,4\n",
        &ReadOptions { limits, ..all() },
        expect![[r#"
            [file_too_large] 文件 `a.csv` 过大：超过 1 行 | file `a.csv` is too large: it has over 1 rows
        "#]],
    );
}

/// A workbook whose strings are so many zeros.
fn zip_of_zeros(bytes: usize) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in [
        ("xl/workbook.xml", vec![b' '; 10]),
        ("xl/sharedStrings.xml", vec![b'0'; bytes]),
    ] {
        archive.start_file(name, options).unwrap();
        archive.write_all(&content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A directory that promises less than there is.
#[test]
fn a_directory_that_lies() {
    let mut bytes = zip_of_zeros(80 << 20);
    let size = (80u32 << 20).to_le_bytes();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(4).position(|window| window == size) {
        bytes[at + found..at + found + 4].copy_from_slice(&100u32.to_le_bytes());
        at += found + 4;
    }
    check(
        "a.xlsx",
        bytes,
        &all(),
        expect![[r#"
            [file_damaged] 文件 `a.xlsx` 已损坏或不完整（File is larger than its declared uncompressed size） | file `a.xlsx` is damaged or cut off (File is larger than its declared uncompressed size)
            hint: 重新导出或重新下载这个文件 | export or download the file again
        "#]],
    );
}

#[test]
fn wrong_encodings() {
    check(
        "a.csv",
        b"name\nJos\xe9 Garc\xeda\nM\xfcller\n",
        &all(),
        expect![[r#"
            [text_invalid] 文件 `a.csv` 第 2 行不是有效的 UTF-8 文本 | file `a.csv`, row 2 is not valid UTF-8 text
            hint: 用 `encoding` 写明编码，例如 `gb18030`，或另存为 UTF-8 | name the encoding with `encoding`, such as `gb18030`, or save the file as UTF-8
        "#]],
    );
    let latin = ReadOptions {
        encoding: Some("windows-1252".into()),
        ..all()
    };
    check(
        "a.csv",
        b"name\nJos\xe9\n",
        &latin,
        expect![[r#"
        1: name
        2: José
    "#]],
    );
    let unknown = ReadOptions {
        encoding: Some("gbk2".into()),
        ..all()
    };
    check(
        "a.csv",
        "a\n1\n",
        &unknown,
        expect![[r#"
        [encoding_unknown] 不认识编码 `gbk2` | the encoding `gbk2` is unknown
        hint: 常用：`utf-8`、`gb18030`、`big5`、`utf-16le`、`windows-1252` | often used: `utf-8`, `gb18030`, `big5`, `utf-16le`, `windows-1252`
    "#]],
    );
    let forced = ReadOptions {
        encoding: Some("gb18030".into()),
        ..all()
    };
    check(
        "a.csv",
        b"a,b\n1,2\n\xff\xff,3\n",
        &forced,
        expect![[r#"
        [text_invalid] 文件 `a.csv` 第 3 行不是有效的 gb18030 文本 | file `a.csv`, row 3 is not valid gb18030 text
        hint: 用 `encoding` 写明编码，例如 `gb18030`，或另存为 UTF-8 | name the encoding with `encoding`, such as `gb18030`, or save the file as UTF-8
    "#]],
    );
    check(
        "a.csv",
        b"\xef\xbb\xbfa\n\xff\n",
        &all(),
        expect![[r#"
        [text_invalid] 文件 `a.csv` 第 2 行不是有效的 UTF-8 文本 | file `a.csv`, row 2 is not valid UTF-8 text
        hint: 用 `encoding` 写明编码，例如 `gb18030`，或另存为 UTF-8 | name the encoding with `encoding`, such as `gb18030`, or save the file as UTF-8
    "#]],
    );
}

#[test]
fn wrong_delimiters() {
    let comma = ReadOptions {
        delimiter: Some(b','),
        ..ReadOptions::with_columns(["金额"])
    };
    check(
        "a.csv",
        "地区;金额\n华东;1\n",
        &comma,
        expect![[r#"
        [delimiter_wrong] 文件 `a.csv` 第 1 行只有一列：分隔符用的是`,`，文件里像是`;` | file `a.csv`, row 1 is one column only: the delimiter used is `,`, the file seems to have `;`
        hint: 用 `delimiter` 写明分隔符`;` | name the delimiter `;` with `delimiter`
    "#]],
    );
    check(
        "a.csv",
        "地区，金额\n华东，1\n",
        &ReadOptions::with_columns(["金额"]),
        expect![[r#"
            [delimiter_wrong] 文件 `a.csv` 第 1 行只有一列：分隔符用的是`,`，文件里像是`，` | file `a.csv`, row 1 is one column only: the delimiter used is `,`, the file seems to have `，`
            hint: 用 `delimiter` 写明分隔符`，` | name the delimiter `，` with `delimiter`
        "#]],
    );
}

#[test]
fn ragged_rows() {
    check(
        "a.csv",
        "a,b\n1,2\n1,2,3\n4,5\n6\n",
        &all(),
        expect![[r#"
        [rows_ragged] 文件 `a.csv` 第 3 行有 3 个字段，表头有 2 个；这样的行共 2 行 | file `a.csv`, row 3 has 3 fields, the header has 2; rows like it: 2
        hint: 含分隔符的字段要加引号；先看这些行：3、5 | quote fields that contain the delimiter; look at lines 3, 5
    "#]],
    );
    check(
        "a.csv",
        "a,b\n\"x\"y,2\n",
        &all(),
        expect![[r#"
        [quote_text] 文件 `a.csv` 第 2 行有字段在右引号之后还有文字 | file `a.csv`, row 2 has a field with text after its closing quote
        hint: 字段内的引号要写成两个引号 | write a quote inside a field as two quotes
    "#]],
    );
}

#[test]
fn columns_that_are_not_there() {
    let options = ReadOptions::with_columns(["销售金额", "地区"]);
    check(
        "a.csv",
        "销售额,地区,数量\n1,2,3\n",
        &options,
        expect![[r#"
        [column_missing] 文件 `a.csv` 第 1 行的表头没有 `销售金额` 列，现有：`销售额`、`地区`、`数量` | file `a.csv`, row 1 has no column `销售金额` in its header, only `销售额`, `地区`, `数量`
        hint: 是不是 `销售额`？ | did you mean `销售额`?
    "#]],
    );
    check(
        "a.csv",
        "地区,销售金额,地区\n1,2,3\n",
        &options,
        expect![[r#"
        [column_duplicate] 文件 `a.csv` 第 1 行的表头有两个 `地区`（第 1 列和第 3 列） | file `a.csv`, row 1 has `地区` twice in its header (columns 1 and 3)
        hint: 给其中一列改名 | rename one of them
    "#]],
    );
    check(
        "a.csv",
        "销售金额,数量,地区,数量\n1,2,3,4\n",
        &options,
        expect![[r#"
            1: 销售金额 | 地区
            2: 1 | 3
        "#]],
    );
}

//! Tables that are read: text in all its forms, gzip, Parquet.

use std::io::Write;

use expect_test::{Expect, expect};
use fenjie_exchange::table::ReadOptions;

use crate::{read_bytes, show_read};

fn check(name: &str, bytes: impl AsRef<[u8]>, options: &ReadOptions, expected: Expect) {
    expected.assert_eq(&show_read(read_bytes(name, bytes, options)));
}

fn all() -> ReadOptions {
    ReadOptions::default()
}

#[test]
fn text_in_utf8() {
    let text = "地区,金额\n华东, 12.50 \n华北,-3\n";
    check(
        "a.csv",
        text,
        &all(),
        expect![[r#"
        1: 地区 | 金额
        2: 华东 | 12.50
        3: 华北 | -3
    "#]],
    );
    check(
        "a.csv",
        format!("\u{feff}{text}"),
        &all(),
        expect![[r#"
        1: 地区 | 金额
        2: 华东 | 12.50
        3: 华北 | -3
    "#]],
    );
}

#[test]
fn text_in_other_encodings() {
    let text = "地区,金额\n华东,12.50\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(text);
    check(
        "a.csv",
        &gb,
        &all(),
        expect![[r#"
            1: 地区 | 金额
            2: 华东 | 12.50
            note: [encoding_found] 文件 `a.csv` 按 gb18030 编码读取 | file `a.csv` was read as gb18030
        "#]],
    );
    let wide: Vec<u8> = "\u{feff}地区\t金额\r\n华东\t1\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check(
        "a.csv",
        wide,
        &all(),
        expect![[r#"
        1: 地区 | 金额
        2: 华东 | 1
    "#]],
    );
    let wide: Vec<u8> = "\u{feff}地区\t金额\n华东\t1\n"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    check(
        "a.txt",
        wide,
        &all(),
        expect![[r#"
        1: 地区 | 金额
        2: 华东 | 1
    "#]],
    );
    let (big5, _, _) = encoding_rs::BIG5.encode("地區,金額\n華東,1\n");
    let named = ReadOptions {
        encoding: Some("big5".into()),
        ..all()
    };
    check(
        "a.csv",
        &big5,
        &named,
        expect![[r#"
        1: 地區 | 金額
        2: 華東 | 1
    "#]],
    );
}

#[test]
fn delimiters_quotes_and_lines() {
    check(
        "a.csv",
        "a;b\n1,5;2\n",
        &all(),
        expect![[r#"
        1: a | b
        2: 1,5 | 2
    "#]],
    );
    check(
        "a.tsv",
        "a\tb\n1\t2\n",
        &all(),
        expect![[r#"
        1: a | b
        2: 1 | 2
    "#]],
    );
    check(
        "a.csv",
        "a|b\r1|2\r",
        &all(),
        expect![[r#"
        1: a | b
        2: 1 | 2
    "#]],
    );
    check(
        "a.csv",
        "a,b\n\"x,\n\"\"y\"\"\",2\n\n3,4\n",
        &all(),
        expect![[r#"
            1: a | b
            2: x,
            "y" | 2
            5: 3 | 4
        "#]],
    );
    check(
        "a.csv",
        "a,b,\n1,2,\n,,\n3,4,,\n",
        &all(),
        expect![[r#"
        1: a | b
        2: 1 | 2
        4: 3 | 4
    "#]],
    );
}

#[test]
fn chosen_columns() {
    let text = "2026年明细\n\n地区,月份,金额\n华东,1,2\n,,\n";
    let options = ReadOptions {
        optional_columns: vec!["备注".into(), "地区".into()],
        ..ReadOptions::with_columns(["金额"])
    };
    check(
        "a.csv",
        text,
        &options,
        expect![[r#"
        3: 金额 | 地区
        4: 2 | 华东
        note: [header_below] 文件 `a.csv` 第 3 行是表头，它上面的行没有读取 | file `a.csv`, row 3 is the header; the rows above it were left out
    "#]],
    );
    let options = ReadOptions {
        header_row: Some(3),
        ..all()
    };
    check(
        "a.csv",
        text,
        &options,
        expect![[r#"
        3: 地区 | 月份 | 金额
        4: 华东 | 1 | 2
    "#]],
    );
}

#[test]
fn guarded_names_come_back() {
    check(
        "a.csv",
        "'=名称,金额\n'-其他,-3\n'ab,1\n",
        &all(),
        expect![[r#"
            1: =名称 | 金额
            2: -其他 | -3
            3: 'ab | 1
        "#]],
    );
}

#[test]
fn gzip_of_text() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), Default::default());
    packer.write_all("a,b\n1,2\n".as_bytes()).unwrap();
    check(
        "a.csv.gz",
        packer.finish().unwrap(),
        &all(),
        expect![[r#"
        1: a | b
        2: 1 | 2
    "#]],
    );
}

mod parquet {
    use std::sync::Arc;

    use ::parquet::arrow::ArrowWriter;
    use ::parquet::basic::{Compression, GzipLevel, ZstdLevel};
    use ::parquet::file::properties::WriterProperties;
    use arrow::array::*;
    use arrow::datatypes::{Field, Int32Type, Schema};
    use fenjie_exchange::table::{ParquetTexts, read_parquet_columns};

    use super::*;
    use crate::Folder;

    fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
        packed(columns, Compression::UNCOMPRESSED)
    }

    fn packed(columns: Vec<(&str, ArrayRef)>, by: Compression) -> Vec<u8> {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
        let by = WriterProperties::builder().set_compression(by).build();
        let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(by)).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    }

    #[test]
    fn packed_as_others_pack() {
        let ways = [
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::LZ4_RAW,
            Compression::LZ4,
            Compression::ZSTD(ZstdLevel::default()),
        ];
        for way in ways {
            let texts: ArrayRef = Arc::new(StringArray::from(vec!["a"; 99]));
            let bytes = packed(vec![("code", texts)], way);
            let table = read_bytes("t.parquet", bytes, &ReadOptions::default());
            assert_eq!(table.unwrap().rows, 99, "{way}");
        }
    }

    #[test]
    fn every_type_of_cell() {
        let coded: DictionaryArray<Int32Type> = vec![Some("华东"), None].into_iter().collect();
        let decimal = Decimal128Array::from(vec![Some(-1250), None])
            .with_precision_and_scale(18, 2)
            .unwrap();
        let bytes = file(vec![
            ("coded", Arc::new(coded)),
            ("text", Arc::new(StringArray::from(vec![Some(" a "), None]))),
            (
                "large",
                Arc::new(LargeStringArray::from(vec![Some("b"), Some("")])),
            ),
            (
                "int",
                Arc::new(Int64Array::from(vec![Some(i64::MAX), None])),
            ),
            ("small", Arc::new(UInt8Array::from(vec![7, 7]))),
            ("wide", Arc::new(UInt64Array::from(vec![u64::MAX, 0]))),
            ("decimal", Arc::new(decimal)),
            (
                "double",
                Arc::new(Float64Array::from(vec![129.696, 0.1 + 0.2])),
            ),
            ("single", Arc::new(Float32Array::from(vec![0.1f32, 2.0]))),
            ("day", Arc::new(Date32Array::from(vec![Some(20_513), None]))),
            (
                "instant",
                Arc::new(TimestampMillisecondArray::from(vec![0, 1_772_325_000_000])),
            ),
            ("yes", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ]);
        check(
            "a.parquet",
            &bytes,
            &all(),
            expect![[r#"
            0: coded | text | large | int | small | wide | decimal | double | single | day | instant | yes
            1: 华东 | a | b | #9223372036854775807 | #7 | #18446744073709551615 | #-12.50 | #129.696 | #0.1 | @2026-03-01 | @1970-01-01 | ?true
            2: - | - | - | - | #7 | #0 | - | #0.30000000000000004 | #2 | - | @@2026-03-01T00:30:00 | -
        "#]],
        );
        let two = ReadOptions::with_columns(["int", "coded"]);
        check(
            "a.parquet",
            &bytes,
            &two,
            expect![[r#"
            0: int | coded
            1: #9223372036854775807 | 华东
            2: - | -
        "#]],
        );
    }

    #[test]
    fn values_that_are_no_cells() {
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1)])]);
        check(
            "a.parquet",
            file(vec![("list", Arc::new(lists))]),
            &all(),
            expect![[r#"
                [column_type] 文件 `a.parquet` `list` 列的类型是 List(Int32)，这里需要单元格 | file `a.parquet`, column `list` has the type List(Int32) where cells are needed
            "#]],
        );
        let doubles = Float64Array::from(vec![1.0, f64::NAN]);
        check(
            "a.parquet",
            file(vec![("x", Arc::new(doubles))]),
            &all(),
            expect![[r#"
                [cell_error] 文件 `a.parquet` 第 2 行的单元格 x 是错误值 NaN | file `a.parquet`, row 2 has the error value NaN in cell x
                hint: 修正公式或清空这一格 | mend the formula or empty the cell
            "#]],
        );
    }

    #[test]
    fn batches_without_strings() {
        let parents: DictionaryArray<Int32Type> = ["a", "b", "a"].into_iter().collect();
        let folder = Folder::new();
        let bytes = file(vec![
            ("code", Arc::new(StringArray::from(vec!["x1", "x2", "x3"]))),
            ("weight", Arc::new(Int32Array::from(vec![3, 5, 8]))),
            ("parent", Arc::new(parents)),
        ]);
        let path = folder.file("a.parquet", bytes);
        let mut columns = read_parquet_columns(&path, &["code", "parent", "weight"]).unwrap();
        assert_eq!(columns.rows(), 3);
        let batch = columns.next_batch().unwrap().unwrap();
        let (codes, parents) = (batch.texts(0).unwrap(), batch.texts(1).unwrap());
        assert_eq!((codes.get(2), parents.get(1)), ("x3", "b"));
        assert!(matches!(parents, ParquetTexts::Coded(..)));
        assert_eq!(*batch.integers(2).unwrap(), [3, 5, 8]);
        expect!["[column_type] 文件 `a.parquet` `code` 列的类型是 Utf8，这里需要整数 | file `a.parquet`, column `code` has the type Utf8 where whole numbers are needed"].assert_eq(&crate::say(&batch.integers(0).unwrap_err()));
        expect!["[column_type] 文件 `a.parquet` `weight` 列的类型是 Int32，这里需要 texts | file `a.parquet`, column `weight` has the type Int32 where texts are needed"].assert_eq(&crate::say(&batch.texts(2).err().unwrap()));
        assert!(columns.next_batch().unwrap().is_none());
    }
}

//! Files of sales beyond every limit, and what is no regular file: refused early, with the limit named.

use std::io::Write;
use std::time::Duration;

use expect_test::expect;

use crate::import_files::{gzip, sheet, workbook};
use crate::import_tried::{bytes_of, bytes_refused, made, refused, watched};

#[test]
fn bombs() {
    let blanks = " ".repeat(8 << 20);
    let mut text = String::from("日期,门店,金额\n");
    (0..12).for_each(|_| text += &blanks);
    bytes_refused(
        "弹.csv.gz",
        gzip(text.as_bytes()),
        expect![[r#"
        错误[file_too_large]：文件 `弹.csv.gz` 过大：展开后超过压缩大小的 300 倍
          --> 弹.csv.gz
        error[file_too_large]: file `弹.csv.gz` is too large: unpacked it is over 300 times its packed size
          --> 弹.csv.gz
    "#]],
    );
    let row = format!("<!--{blanks}-->").repeat(12);
    bytes_refused(
        "弹.xlsx",
        workbook(&sheet(&row)),
        expect![[r#"
        错误[file_too_large]：文件 `弹.xlsx` 过大：展开后超过压缩大小的 300 倍
          --> 弹.xlsx
        error[file_too_large]: file `弹.xlsx` is too large: unpacked it is over 300 times its packed size
          --> 弹.xlsx
    "#]],
    );
}

#[test]
fn a_million_columns() {
    let mut header = String::from("日期,门店,金额");
    (0..1_000_000).for_each(|column| header += &format!(",c{column}"));
    bytes_refused(
        "宽.csv",
        format!("{header}\n2026-03-01,S1,5\n"),
        expect![[r#"
        错误[file_too_large]：文件 `宽.csv` 第 1 行过大：超过 16384 列
          --> 宽.csv
        error[file_too_large]: file `宽.csv`, row 1 is too large: it has over 16384 columns
          --> 宽.csv
    "#]],
    );
    let wide = ",".repeat(20 << 20);
    bytes_refused(
        "宽行.csv",
        format!("日期,门店,金额\n2026-03-01,S1,5\n{wide}\n"),
        expect![[r#"
            错误[file_too_large]：文件 `宽行.csv` 第 3 行过大：超过 16384 列
              --> 宽行.csv
            error[file_too_large]: file `宽行.csv`, row 3 is too large: it has over 16384 columns
              --> 宽行.csv
        "#]],
    );
    let mut object = String::from("{\"日期\":\"2026-03-01\",\"门店\":\"S1\",\"金额\":5");
    (0..1_000_000).for_each(|column| object += &format!(",\"c{column}\":1"));
    bytes_refused(
        "宽.jsonl",
        object + "}\n",
        expect![[r#"
        错误[file_too_large]：文件 `宽.jsonl` 第 1 行过大：超过 16384 列
          --> 宽.jsonl
        error[file_too_large]: file `宽.jsonl`, row 1 is too large: it has over 16384 columns
          --> 宽.jsonl
    "#]],
    );
}

#[test]
fn sizes_beyond_every_limit() {
    let folder = made();
    for (name, start, len) in [
        ("大.csv", "日期,门店,金额\n2026-03-01,S1,5\n", 10u64 << 30),
        ("零.csv", "日期,门店,金额\n2026-03-01,S1,5\n", 1 << 30),
        ("大.xlsx", "PK\x03\x04", 1 << 30),
        ("大.parquet", "PAR1", 10 << 30),
    ] {
        folder.write(name, start.to_owned() + &"2026-03-01,S1,5\n".repeat(300));
        let path = folder.path().join(name);
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        if file.set_len(len).is_err() {
            println!("no sparse files here: nothing was tried");
            return;
        }
    }
    refused(
        &folder,
        "大.csv",
        expect![[r#"
            错误[file_too_large]：文件 `大.csv` 过大：超过 2 GiB（压缩的按展开后计）
              --> 大.csv
            error[file_too_large]: file `大.csv` is too large: it is over 2 GiB (packed files count unpacked)
              --> 大.csv
        "#]],
    );
    refused(
        &folder,
        "零.csv",
        expect![[r#"
        错误[zero_bytes]：文件 `零.csv` 第 303 行有空字节，不是文本，或没有写完
          --> 零.csv
        提示：重新导出或重新下载这个文件
        error[zero_bytes]: file `零.csv`, row 303 holds zero bytes: it is no text, or was not written to its end
          --> 零.csv
        hint: export or download the file again
    "#]],
    );
    refused(
        &folder,
        "大.xlsx",
        expect![[r#"
        错误[file_damaged]：文件 `大.xlsx` 已损坏或不完整（the archive has no end）
          --> 大.xlsx
        提示：重新导出或重新下载这个文件
        error[file_damaged]: file `大.xlsx` is damaged or cut off (the archive has no end)
          --> 大.xlsx
        hint: export or download the file again
    "#]],
    );
    refused(
        &folder,
        "大.parquet",
        expect![[r#"
        错误[file_damaged]：文件 `大.parquet` 已损坏或不完整（Parquet error: Invalid Parquet file. Corrupt footer）
          --> 大.parquet
        提示：重新导出或重新下载这个文件
        error[file_damaged]: file `大.parquet` is damaged or cut off (Parquet error: Invalid Parquet file. Corrupt footer)
          --> 大.parquet
        hint: export or download the file again
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file() {
    let folder = made();
    refused(
        &folder,
        "dir",
        expect![[r#"
        错误[file_is_none]：`dir` 是文件夹，不是文件
          --> dir
        提示：写出里面的文件
        error[file_is_none]: `dir` is a folder, not a file
          --> dir
        hint: name the files in it
    "#]],
    );
    refused(
        &folder,
        "/dev/zero",
        expect![[r#"
        错误[file_is_none]：`/dev/zero` 是管道或设备，不是普通文件
          --> /dev/zero
        提示：先存成文件
        error[file_is_none]: `/dev/zero` is a pipe or a device, not a regular file
          --> /dev/zero
        hint: save it as a file first
    "#]],
    );
    let pipe = folder.path().join("管道.csv");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        refused(
            &folder,
            "管道.csv",
            expect![[r#"
            错误[file_is_none]：`管道.csv` 是管道或设备，不是普通文件
              --> 管道.csv
            提示：先存成文件
            error[file_is_none]: `管道.csv` is a pipe or a device, not a regular file
              --> 管道.csv
            hint: save it as a file first
        "#]],
        );
    }
    refused(
        &folder,
        "没有.csv",
        expect![[r#"
        错误[file_missing]：找不到文件 `没有.csv`
          --> 没有.csv
        error[file_missing]: there is no file `没有.csv`
          --> 没有.csv
    "#]],
    );
    use std::os::unix::fs::PermissionsExt;
    folder.write("锁.csv", "日期,门店,金额\n2026-03-01,S1,5\n");
    let locked = folder.path().join("锁.csv");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&locked).is_err() {
        refused(
            &folder,
            "锁.csv",
            expect![[r#"
                错误[file_unreadable]：无法读取文件 `锁.csv`：Permission denied (os error 13)
                  --> 锁.csv
                error[file_unreadable]: file `锁.csv` cannot be read: Permission denied (os error 13)
                  --> 锁.csv
            "#]],
        );
    } else {
        println!("this user may read everything: permissions were not tried");
    }
}

#[test]
fn a_file_that_changes_while_it_is_read() {
    let folder = made();
    let rows = "2026-03-01,S1,5\n".repeat(400_000);
    folder.write("变.csv", format!("日期,门店,金额\n{rows}"));
    let before = bytes_of(&folder.path().join("dir"));
    let path = folder.path().join("变.csv");
    let writer = std::thread::spawn(move || {
        let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        for _ in 0..3_000 {
            file.write_all(b"2026-03-01,S1,5\n").unwrap();
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let ran = watched(&folder, "import dir 变.csv --lang en");
    writer.join().unwrap();
    assert!(ran.talk.contains("error[file_changed]"), "{}", ran.shown());
    assert!(bytes_of(&folder.path().join("dir")) == before);
}

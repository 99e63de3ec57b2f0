//! Days and times in the forms that people and systems write.

use expect_test::expect;
use fenjie_facts::import::{DateOrder, ImportOptions};

use super::{import, import_as, notes, refused, shown};

fn day(text: &str, options: &ImportOptions) -> String {
    let file = format!("日期\t门店\t金额\n{text}\tS1\t1\n");
    match import_as("a.tsv", file, "", options) {
        Ok(read) => shown(&read).split(" | ").next().unwrap().to_owned(),
        Err(_) => "refused".into(),
    }
}

#[test]
fn usual_forms() {
    for (text, expected) in [
        ("2026-03-01", "2026-03-01"),
        ("2026-03", "2026-03-01"),
        ("2026年3月", "2026-03-01"),
        ("2026/3/1", "2026-03-01"),
        ("2026.3.1", "2026-03-01"),
        ("2026年3月1日", "2026-03-01"),
        ("２０２６－０３－０１", "2026-03-01"),
        ("20260301", "2026-03-01"),
        ("46082", "2026-03-01"),
        ("46082.354166666664", "2026-03-01 08:30"),
        ("2026-03-01 08:30", "2026-03-01 08:30"),
        ("2026-03-01T08:30:59.999", "2026-03-01 08:30"),
        ("2026年3月1日 8时30分", "2026-03-01 08:30"),
        ("2026年3月1日8:30", "2026-03-01 08:30"),
        ("2026/3/1 下午3:05", "2026-03-01 15:05"),
        ("3/15/2026 3:05 PM", "2026-03-15 15:05"),
        ("2026-03-01T23:30:00+08:00", "2026-03-01 23:30"),
        ("29/02/2024", "2024-02-29"),
    ] {
        assert_eq!(day(text, &ImportOptions::default()), expected, "{text}");
    }
    for text in [
        "2025-02-29",
        "1899-12-31",
        "9999-12-31",
        "2201-01-01",
        "0",
        "-5",
        "2026-13-01",
        "昨天",
        "2026-03-01 25:00",
        "26/3/1",
        "3月1日",
        "2026-13",
        "1e5",
        "2026-03-01T08:30+99:00",
    ] {
        assert_eq!(day(text, &ImportOptions::default()), "refused", "{text}");
    }
}

#[test]
fn a_business_time_zone_moves_the_day() {
    let shanghai = ImportOptions {
        zone: Some("Asia/Shanghai".into()),
        ..ImportOptions::default()
    };
    for (text, expected) in [
        ("2026-03-01T16:30:00Z", "2026-03-02 00:30"),
        ("2026-03-01T15:59:59Z", "2026-03-01 23:59"),
        ("2026-03-01T23:30:00-0500", "2026-03-02 12:30"),
        ("2026-03-01 23:30", "2026-03-01 23:30"),
    ] {
        assert_eq!(day(text, &shanghai), expected, "{text}");
    }
    let nowhere = ImportOptions {
        zone: Some("Asia/Shangai".into()),
        ..ImportOptions::default()
    };
    expect![[r#"
        没有 `Asia/Shangai` 这个时区
          相近的有：Asia/Shanghai、Asia/Khandyga、America/Argentina/Catamarca
        there is no time zone `Asia/Shangai`
          near to it: Asia/Shanghai, Asia/Khandyga, America/Argentina/Catamarca
    "#]]
    .assert_eq(&refused(import_as(
        "a.csv",
        "日期,门店,金额\n",
        "",
        &nowhere,
    )));
}

#[test]
fn day_and_month_that_cannot_be_told_apart() {
    let text = "日期,门店,金额\n03/04/2026,S1,1\n04/04/2026,S1,2\n05/04/2026,S1,3\n";
    expect![[r#"
        第 2 行 `日期` 列 `03/04/2026`：日期 `03/04/2026` 有两种读法：2026-03-04 或 2026-04-03
        第 4 行 `日期` 列 `05/04/2026`：日期 `05/04/2026` 有两种读法：2026-05-04 或 2026-04-05
          用 `--date-order dmy` 或 `--date-order mdy` 说明日、月哪个在前
        row 2, column `日期`, `03/04/2026`: the date `03/04/2026` can be read as 2026-03-04 or 2026-04-03
        row 4, column `日期`, `05/04/2026`: the date `05/04/2026` can be read as 2026-05-04 or 2026-04-05
          say which comes first: `--date-order dmy` or `--date-order mdy`
    "#]].assert_eq(&refused(import(text)));
    for (order, expected) in [
        (DateOrder::DayFirst, "2026-04-03"),
        (DateOrder::MonthFirst, "2026-03-04"),
    ] {
        let options = ImportOptions {
            date_order: Some(order),
            ..ImportOptions::default()
        };
        let read = import_as("a.csv", text, "", &options).unwrap();
        assert!(shown(&read).starts_with(expected));
    }
    let decided = import("日期,门店,金额\n03/04/2026,S1,1\n13/04/2026,S1,2\n").unwrap();
    assert!(shown(&decided).starts_with("2026-04-03"));
    expect![[r#"
        文件没有产品这一列，这个维度上都算未归属
        文件没有渠道这一列，这个维度上都算未归属
        `日期` 列有 `13/04/2026`，整列按日在前读取
    "#]]
    .assert_eq(&notes(&decided));
    // Two values that tell different orders settle nothing.
    let torn = import("日期,门店,金额\n03/04/2026,S1,1\n13/04/2026,S1,2\n04/13/2026,S1,2\n");
    assert!(torn.is_err());
    let against = ImportOptions {
        date_order: Some(DateOrder::MonthFirst),
        ..ImportOptions::default()
    };
    assert_eq!(day("13/04/2026", &against), "refused");
}

#[test]
fn days_and_times_in_columns_of_their_own() {
    let read = import("日期,时间,门店,金额\n2026-03-01,08:30,S1,1\n2026-03-01,,S1,2\n").unwrap();
    assert_eq!(
        shown(&read),
        "2026-03-01 08:30 | S1 |  |  | 1.00 (2)\n2026-03-01 | S1 |  |  | 2.00 (3)\n"
    );
    // Midnight on every line is how systems write days.
    let read = import("日期,门店,金额\n2026-03-01 00:00:00.000,S1,1\n").unwrap();
    assert_eq!(shown(&read), "2026-03-01 | S1 |  |  | 1.00 (2)\n");
}

#[test]
fn days_outside_the_plan_are_kept_and_counted() {
    let read =
        import("日期,门店,金额\n2025-12-31,S1,1\n2026-01-01,S1,2\n2027-01-01,S1,3\n").unwrap();
    assert_eq!((read.report.outside, read.report.lines), (2, 3));
}

//! `fenjie calendar`, output included.

use expect_test::{Expect, expect};

use crate::harness::Folder;

const PLAN: &str =
    "plan = \"a\"\nperiod = \"2026\"\nmeasure = \"a\"\n[calendar]\nweek_starts = \"friday\"\n";

/// `_` stands for a blank inside a word.
fn check(line: &str, wanted: Expect) {
    let words = line
        .split(' ')
        .map(|word| format!("'{}'", word.replace('_', " ")));
    let line = words.collect::<Vec<_>>().join(" ");
    Folder::with_plan(PLAN).check(&format!("calendar {line} --lang en"), wanted);
}

#[test]
fn pieces_of_march_2026() {
    check(
        "2026-03 --week-starts friday --level piece --csv",
        expect![[r#"
            key,label,level,start,last,days,weight
            2026-03/W09,"March 2026 W09, 1–5 Mar",piece,2026-03-01,2026-03-05,5,5.8
            2026-03/W10,"March 2026 W10, 6–12 Mar",piece,2026-03-06,2026-03-12,7,8.5
            2026-03/W11,"March 2026 W11, 13–19 Mar",piece,2026-03-13,2026-03-19,7,8.5
            2026-03/W12,"March 2026 W12, 20–26 Mar",piece,2026-03-20,2026-03-26,7,8.5
            2026-03/W13,"March 2026 W13, 27–31 Mar",piece,2026-03-27,2026-03-31,5,6.5
        "#]],
    );
}

#[test]
fn days_around_a_make_up_sunday() {
    check(
        "2025-12-31..2026-01-05 --week-starts friday --csv",
        expect![[r#"
            date,weekday,week,piece,month,period,period_number,quarter,year,holiday,make_up,day_type,coefficient,holidays_known
            2025-12-31,wed,2025-W52,2025-12/W52,2025-12,2025-12,12,2025-Q4,2025,,false,weekday,1,true
            2026-01-01,thu,2025-W52,2026-01/W52,2026-01,2026-01,1,2026-Q1,2026,元旦,false,holiday,1,true
            2026-01-02,fri,2026-W01,2026-01/W01,2026-01,2026-01,1,2026-Q1,2026,元旦,false,holiday,1.2,true
            2026-01-03,sat,2026-W01,2026-01/W01,2026-01,2026-01,1,2026-Q1,2026,元旦,false,holiday,1.5,true
            2026-01-04,sun,2026-W01,2026-01/W01,2026-01,2026-01,1,2026-Q1,2026,元旦,true,make_up,1.8,true
            2026-01-05,mon,2026-W01,2026-01/W01,2026-01,2026-01,1,2026-Q1,2026,,false,weekday,1,true
        "#]],
    );
}

#[test]
fn a_table_for_people() {
    check(
        "2026-02-13..2026-02-17 --basis workdays",
        expect![[r#"
        date        weekday  week      piece        period   day type         coefficient  from
        2026-02-13  Fri      2026-W07  2026-02/W07  2026-02  weekday                    1  the coefficient of Fri
        2026-02-14  Sat      2026-W07  2026-02/W07  2026-02  make-up workday            1  the coefficient of make-up workdays
        2026-02-15  Sun      2026-W07  2026-02/W07  2026-02  春节                       0  the coefficient of holidays
        2026-02-16  Mon      2026-W08  2026-02/W08  2026-02  春节                       0  the coefficient of holidays
        2026-02-17  Tue      2026-W08  2026-02/W08  2026-02  春节                       0  the coefficient of holidays
    "#]],
    );
}

#[test]
fn one_day_as_json() {
    check(
        "2026-10-10 --json --year 12-26",
        expect![[r#"
        [
          {
            "date": "2026-10-10",
            "weekday": "sat",
            "week": "FY2026-W41",
            "piece": "2026-10/W41",
            "month": "2026-10",
            "period": "2026-10",
            "period_number": 10,
            "quarter": "FY2026-Q4",
            "year": "FY2026",
            "holiday": "国庆节",
            "make_up": true,
            "day_type": "make_up",
            "coefficient": "1.5",
            "holidays_known": true
          }
        ]
    "#]],
    );
}

#[test]
fn a_retail_year_by_period() {
    check(
        "FY2025 --year 4-5-4_nearest_saturday_to_january --level month",
        expect![[r#"
            key         name              first day   last day    days  weight
            FY2025-P01  FY2025 period 1   2025-02-02  2025-03-01    28      34
            FY2025-P02  FY2025 period 2   2025-03-02  2025-04-05    35    42.5
            FY2025-P03  FY2025 period 3   2025-04-06  2025-05-03    28      34
            FY2025-P04  FY2025 period 4   2025-05-04  2025-05-31    28      34
            FY2025-P05  FY2025 period 5   2025-06-01  2025-07-05    35    42.5
            FY2025-P06  FY2025 period 6   2025-07-06  2025-08-02    28      34
            FY2025-P07  FY2025 period 7   2025-08-03  2025-08-30    28      34
            FY2025-P08  FY2025 period 8   2025-08-31  2025-10-04    35    42.5
            FY2025-P09  FY2025 period 9   2025-10-05  2025-11-01    28      34
            FY2025-P10  FY2025 period 10  2025-11-02  2025-11-29    28      34
            FY2025-P11  FY2025 period 11  2025-11-30  2026-01-03    35    42.5
            FY2025-P12  FY2025 period 12  2026-01-04  2026-01-31    28      34
        "#]],
    );
}

#[test]
fn weeks_follow_a_year_of_whole_weeks() {
    check(
        "FY2025-W01 --year 4-5-4_nearest_saturday_to_january --level week --csv",
        expect![[r#"
            key,label,level,start,last,days,weight
            FY2025-W01,"FY2025 W01, 2–8 Feb",week,2025-02-02,2025-02-08,7,8.5
        "#]],
    );
}

#[test]
fn a_year_without_holidays() {
    check(
        "2027-01-01 --csv",
        expect![[r#"
        date,weekday,week,piece,month,period,period_number,quarter,year,holiday,make_up,day_type,coefficient,holidays_known
        2027-01-01,fri,2026-W53,2027-01/W53,2027-01,2027-01,1,2027-Q1,2027,,false,weekday,1.2,false
        -- talk
        warning[holidays_unknown_year]: the holiday table knows nothing of 2027
        hint: give a holiday table that covers the year, or set holidays to none
    "#]],
    );
}

#[test]
fn a_month_of_a_plan() {
    check(
        "3月 --plan plan.toml --level week",
        expect![[r#"
        key       name                 first day   last day    days  weight
        2026-W09  2026 W09, 1–5 Mar    2026-03-01  2026-03-05     5     5.8
        2026-W10  2026 W10, 6–12 Mar   2026-03-06  2026-03-12     7     8.5
        2026-W11  2026 W11, 13–19 Mar  2026-03-13  2026-03-19     7     8.5
        2026-W12  2026 W12, 20–26 Mar  2026-03-20  2026-03-26     7     8.5
        2026-W13  2026 W13, 27–31 Mar  2026-03-27  2026-03-31     5     6.5
    "#]],
    );
    check(
        "--plan plan.toml --level quarter --csv",
        expect![[r#"
        key,label,level,start,last,days,weight
        2026-Q1,2026 Q1,quarter,2026-01-01,2026-03-31,90,109.5
        2026-Q2,2026 Q2,quarter,2026-04-01,2026-06-30,91,110.5
        2026-Q3,2026 Q3,quarter,2026-07-01,2026-09-30,92,111.5
        2026-Q4,2026 Q4,quarter,2026-10-01,2026-12-31,92,111.5
    "#]],
    );
}

#[test]
fn refusals() {
    check(
        "2025-02-29",
        expect![[r#"
        -- talk
        error[date_invalid]: the calendar has no day `2025-02-29`
        hint: write days as 2026-03-06; February has 29 days in leap years only
        -- exit 3
    "#]],
    );
    check(
        "2025-W53",
        expect![[r#"
        -- talk
        error[week_unknown]: there is no week `2025-W53`: 2025 has 52 weeks
        -- exit 3
    "#]],
    );
    check(
        "2026 --year 02-29",
        expect![[r#"
        -- talk
        error[year_rule_invalid]: a year cannot start on day 29 of month 2: not every year has it
        -- exit 3
    "#]],
    );
    check(
        "2026 --week-starts 5",
        expect![[r#"
        -- talk
        error[weekday_unknown]: `5` is no weekday
        hint: write friday or 周五
        -- exit 3
    "#]],
    );
    check(
        "2026 --level slot",
        expect![[r#"
        -- talk
        error[levels_do_not_nest]: the level slot cannot stand alone
        hint: put `day` above `slot`
        -- exit 3
    "#]],
    );
    check(
        "2026 --weekdays 1,1,1",
        expect![[r#"
        -- talk
        error[weekdays_not_seven]: a week has seven coefficients, Monday first; here are 3
        -- exit 3
    "#]],
    );
    check(
        "2026 --holidays no-such.csv",
        expect![[r#"
        -- talk
        error[file_unreadable]: `no-such.csv` cannot be read: No such file or directory (os error 2)
        -- exit 3
    "#]],
    );
}

#[test]
fn a_table_in_chinese() {
    Folder::new().check(
        "calendar 2026-02-13..2026-02-17",
        expect![[r#"
        日期        星期  周        周段         期间     日类型    系数  系数来源
        2026-02-13  周五  2026-W07  2026-02/W07  2026-02  平日       1.2  周五的系数
        2026-02-14  周六  2026-W07  2026-02/W07  2026-02  调休上班   1.5  周六的系数
        2026-02-15  周日  2026-W07  2026-02/W07  2026-02  春节       1.8  周日的系数
        2026-02-16  周一  2026-W08  2026-02/W08  2026-02  春节         1  周一的系数
        2026-02-17  周二  2026-W08  2026-02/W08  2026-02  春节         1  周二的系数
    "#]],
    );
    Folder::new().check(
        "calendar 2026-Q1 --level month",
        expect![[r#"
        编号     名称       首日        末日        天数  权重
        2026-01  2026年1月  2026-01-01  2026-01-31    31  37.7
        2026-02  2026年2月  2026-02-01  2026-02-28    28    34
        2026-03  2026年3月  2026-03-01  2026-03-31    31  37.8
    "#]],
    );
}

//! Fiscal years, 4-4-5, thirteen periods, free boundaries, and weeks at the turn of years (rules
//! C2, C3), as tables.

use fenjie_calendar::{Level, SalesCalendar, Weekday, YearEnd, YearNamed, YearRule};
use fenjie_message::{Lang, Message};

use crate::show::{day, range, table};

#[test]
fn weeks_at_the_turn_of_years() {
    let iso = SalesCalendar::default();
    let wanted = "\
2026-W53 2026-12-28..2027-01-03 8.5
2027-W01 2027-01-04..2027-01-10 8.5";
    assert_eq!(table(&iso, "2026-12-28..2027-01-10", Level::Week), wanted);
    let store = SalesCalendar::brief();
    let wanted = "\
2026-W01 2026-01-02..2026-01-08 8.5
2026-W02 2026-01-09..2026-01-15 8.5";
    assert_eq!(table(&store, "2026-01-02..2026-01-15", Level::Week), wanted);
    assert_eq!(store.week_of_key("2026-01-01"), "2025-W52");
    assert_eq!(store.find("2026-W53").unwrap_err().code(), "week_unknown");
    assert_eq!(
        store.find("2024-W53").unwrap().range,
        range("2024-12-27..2025-01-02")
    );
    let text = iso.find("2025-W53").unwrap_err().text(Lang::En);
    assert_eq!(text, "there is no week `2025-W53`: 2025 has 52 weeks");
}

/// The week's key of one day.
trait WeekKey {
    fn week_of_key(&self, date: &str) -> String;
}

impl WeekKey for SalesCalendar {
    fn week_of_key(&self, date: &str) -> String {
        self.day(day(date)).week
    }
}

#[test]
fn names_without_their_year() {
    let check = |text: &str, within: &str, wanted: &str| {
        let found = SalesCalendar::default().find_within(text, range(within));
        let found = found.map_or_else(|error| error.code().to_owned(), |period| period.key);
        assert_eq!(found, wanted, "{text} in {within}");
    };
    check("7月", "2026", "2026-07");
    check("三季度", "2026", "2026-Q3");
    check("上半年", "2026", "2026-H1");
    check("第1周", "2025", "2025-W01");
    check("W53", "2026", "2026-W53");
    check("W53", "2025", "year_missing");
    check("3月", "2026-03-20..2026-12-31", "2026-03");
    check("2月29日", "2028", "2028-02-29");
    check("2月29日", "2026", "year_missing");
    check("7月", "2026..2027", "year_missing");
    check("2027-07", "2026", "2027-07");
    check("七月", "2026", "period_unknown");
}

#[test]
fn weeks_below_years_are_cut_at_the_year_and_keep_apart() {
    let iso = SalesCalendar::default();
    let levels = [Level::Year, Level::Week, Level::Day];
    let tree = iso.tree(range("2025..2026"), &levels).unwrap();
    tree.check().unwrap();
    let weeks = tree
        .at_level(Level::Week)
        .map(|at| &tree.nodes[at as usize]);
    let around = weeks.filter(|week| week.range.days() < 7);
    let around = around
        .map(|week| format!("{} {}", week.key, week.range))
        .collect::<Vec<_>>();
    assert_eq!(
        around,
        [
            "2025-W01 2025-01-01..2025-01-05",
            "2025/2026-W01 2025-12-29..2025-12-31",
            "2026-W01 2026-01-01..2026-01-04",
            "2026-W53 2026-12-28..2026-12-31"
        ]
    );
    let part = iso.find("2025/2026-W01").unwrap();
    assert_eq!(part.range, range("2025-12-29..2025-12-31"));
    assert!(iso.find("2024/2026-W01").is_err());
}

#[test]
fn months_from_the_26th_to_the_25th() {
    let year = YearRule::Calendar {
        start_month: 12,
        start_day: 26,
    };
    let calendar = SalesCalendar {
        year,
        ..SalesCalendar::brief()
    };
    let year = calendar.find("FY2026").unwrap();
    assert_eq!(
        (year.key.as_str(), year.label_zh.as_str()),
        ("FY2026", "2026财年")
    );
    assert_eq!(year.range, range("2025-12-26..2026-12-25"));
    assert_eq!(
        calendar.find("2026-03").unwrap().range,
        range("2026-02-26..2026-03-25")
    );
    assert_eq!(
        calendar.find("2026-Q1").unwrap().range,
        range("2025-12-26..2026-03-25")
    );
    assert_eq!(calendar.find("FY2026-P12").unwrap().key, "2026-12");
    let facts = calendar.day(day("2026-03-26"));
    assert_eq!(facts.month.as_deref(), Some("2026-04"));
    assert_eq!(facts.calendar_month, "2026-03");
    assert_eq!(facts.month_number, Some(4));
}

#[test]
fn fiscal_years_are_numbered_by_most_of_their_days() {
    let check = |month, day_of_month, named, wanted: &str| {
        let year = YearRule::Calendar {
            start_month: month,
            start_day: day_of_month,
        };
        let calendar = SalesCalendar {
            year,
            year_named: named,
            ..SalesCalendar::default()
        };
        assert_eq!(
            calendar.find("FY2026").unwrap().range,
            range(wanted),
            "{month}-{day_of_month}"
        );
    };
    check(4, 1, YearNamed::Majority, "2026-04-01..2027-03-31");
    check(10, 1, YearNamed::Majority, "2025-10-01..2026-09-30");
    check(7, 1, YearNamed::Majority, "2026-07-01..2027-06-30");
    check(7, 1, YearNamed::End, "2025-07-01..2026-06-30");
    check(10, 1, YearNamed::Start, "2026-10-01..2027-09-30");
    check(1, 1, YearNamed::End, "2026");
    check(12, 26, YearNamed::Start, "2026-12-26..2027-12-25");
    check(2, 28, YearNamed::Majority, "2026-02-28..2027-02-27");
}

/// The retail calendar: 4-5-4, years end on the Saturday nearest to the end of January.
fn retail() -> SalesCalendar {
    let year = YearRule::Weeks {
        pattern: [4, 5, 4],
        ends_on: Weekday::Saturday,
        year_end: YearEnd::Nearest,
        month: 1,
    };
    SalesCalendar {
        year,
        week_starts: Weekday::Sunday,
        ..SalesCalendar::default()
    }
}

#[test]
fn a_retail_year_with_its_53rd_week() {
    let calendar = retail();
    // Published 4-5-4 calendars: 2023 has 53 weeks, 2022, 2024 and 2025 have 52.
    for (year, wanted) in [
        ("FY2022", "2022-01-30..2023-01-28"),
        ("FY2023", "2023-01-29..2024-02-03"),
        ("FY2024", "2024-02-04..2025-02-01"),
        ("FY2025", "2025-02-02..2026-01-31"),
    ] {
        assert_eq!(calendar.find(year).unwrap().range, range(wanted), "{year}");
    }
    assert_eq!(calendar.find("FY2023-P12").unwrap().range.days(), 35);
    assert_eq!(calendar.find("FY2024-P12").unwrap().range.days(), 28);
    assert_eq!(
        calendar.find("FY2023-W53").unwrap().range,
        range("2024-01-28..2024-02-03")
    );
    assert_eq!(
        calendar.find("FY2024-W53").unwrap_err().code(),
        "week_unknown"
    );
    assert_eq!(
        calendar.find("FY2024-P13").unwrap_err().code(),
        "period_unknown"
    );
    let levels = [
        Level::Year,
        Level::Quarter,
        Level::Month,
        Level::Week,
        Level::Day,
    ];
    let tree = calendar
        .tree(calendar.range("FY2023").unwrap(), &levels)
        .unwrap();
    assert_eq!(tree.at_level(Level::Week).count(), 53);
    let weeks_of = |at| tree.children(at).count();
    let months = tree
        .at_level(Level::Month)
        .map(weeks_of)
        .collect::<Vec<_>>();
    assert_eq!(months, [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5]);
}

#[test]
fn thirteen_periods() {
    let (ends_on, year_end) = (Weekday::Sunday, YearEnd::Last);
    let year = YearRule::Thirteen {
        ends_on,
        year_end,
        month: 12,
    };
    let calendar = SalesCalendar {
        year,
        ..SalesCalendar::default()
    };
    // Years end on 2024-12-29 (Sunday), 2025-12-28, 2026-12-27, so each has 52 weeks; the year
    // to 2028-12-31 has 53.
    assert_eq!(
        calendar.find("FY2026").unwrap().range,
        range("2025-12-29..2026-12-27")
    );
    assert_eq!(calendar.find("FY2026-P13").unwrap().range.days(), 28);
    assert_eq!(calendar.find("FY2028-P13").unwrap().range.days(), 35);
    assert_eq!(calendar.find("FY2026-Q4").unwrap().range.days(), 112);
    assert_eq!(
        calendar.find("FY2026-P01").unwrap().label_zh,
        "2026财年第1期"
    );
    assert_eq!(
        calendar.find("2026-03").unwrap_err().code(),
        "period_unknown"
    );
}

#[test]
fn periods_given_by_date() {
    let boundaries = vec![
        ("开门红".to_owned(), day("2026-01-01")),
        ("春季".to_owned(), day("2026-02-24")),
        ("年中".to_owned(), day("2026-05-21")),
    ];
    let year = YearRule::Free {
        boundaries,
        end: day("2026-07-01"),
    };
    let calendar = SalesCalendar {
        year,
        ..SalesCalendar::default()
    };
    let wanted = "\
开门红 2026-01-01..2026-02-23 66
春季 2026-02-24..2026-05-20 104
年中 2026-05-21..2026-06-30 50";
    assert_eq!(table(&calendar, "2026-H1", Level::Month), wanted);
    assert_eq!(
        calendar.find("春季").unwrap().range,
        range("2026-02-24..2026-05-20")
    );
    assert_eq!(
        calendar.find("春季/W10").unwrap().range,
        range("2026-03-02..2026-03-08")
    );
    assert_eq!(calendar.find("春季/2026-W10").unwrap().key, "春季/2026-W10");
    assert!(calendar.find("春季/2025-W10").is_err());
    let outside = calendar.tree(range("2026"), &[Level::Month]).unwrap_err();
    assert_eq!(outside.code(), "outside_boundaries");
    let quarters = calendar
        .tree(range("2026-H1"), &[Level::Quarter])
        .unwrap_err();
    assert_eq!(quarters.code(), "levels_do_not_nest");
    assert_eq!(calendar.day(day("2026-08-01")).month, None);
    let levels = [Level::Year, Level::Month, Level::Piece, Level::Day];
    calendar
        .tree(range("2026-01-15..2026-06-30"), &levels)
        .unwrap()
        .check()
        .unwrap();
}

#[test]
fn year_rules_as_people_write_them() {
    let check = |text: &str, wanted: &str| {
        let rule = YearRule::parse(text);
        let found = match rule {
            Ok(year) => {
                let calendar = SalesCalendar {
                    year,
                    ..SalesCalendar::default()
                };
                calendar.find("FY2026").unwrap().range.to_string()
            }
            Err(error) => error.code().to_owned(),
        };
        assert_eq!(found, wanted, "{text}");
    };
    check("01-01", "2026-01-01..2026-12-31");
    check("calendar", "2026-01-01..2026-12-31");
    check("自然年", "2026-01-01..2026-12-31");
    check("12-26", "2025-12-26..2026-12-25");
    check("12月26日", "2025-12-26..2026-12-25");
    check("4-5-4 nearest saturday 1", "2026-02-01..2027-01-30");
    check("4-4-5 last 周日 12", "2025-12-29..2026-12-27");
    check("13 last sunday 12", "2025-12-29..2026-12-27");
    check(
        "4-5-4 nearest saturday to january",
        "2026-02-01..2027-01-30",
    );
    check("13 last sun of Dec", "2025-12-29..2026-12-27");
    for text in ["02-29", "4-4-4 last sunday 12", "13 last sunday 0", "13-01"] {
        check(text, "year_rule_invalid");
    }
    for text in [
        "",
        "4-4-5",
        "fiscal",
        "13 first sunday 12",
        "13 last someday 12",
        "4-4-5-4 last sun 1",
    ] {
        check(text, "year_rule_invalid");
    }
}

#[test]
fn year_rules_that_cut_no_year() {
    let refused = |rule: YearRule| rule.check().unwrap_err().text(Lang::En);
    let calendar = |start_month, start_day| YearRule::Calendar {
        start_month,
        start_day,
    };
    assert!(refused(calendar(2, 29)).contains("not every year has it"));
    assert!(refused(calendar(4, 31)).contains("day 31 of month 4"));
    assert!(refused(calendar(13, 1)).contains("month 13"));
    let weeks = |pattern| YearRule::Weeks {
        pattern,
        ends_on: Weekday::Saturday,
        year_end: YearEnd::Last,
        month: 1,
    };
    assert!(refused(weeks([4, 4, 4])).contains("4-4-4 has 12 weeks"));
    assert!(refused(weeks([0, 8, 5])).contains("0-8-5"));
    let free = |keys: &[(&str, &str)], end: &str| YearRule::Free {
        boundaries: keys
            .iter()
            .map(|(key, date)| ((*key).to_owned(), day(date)))
            .collect(),
        end: day(end),
    };
    assert!(refused(free(&[], "2026-01-01")).contains("no period"));
    assert!(
        refused(free(
            &[("a", "2026-02-01"), ("b", "2026-01-01")],
            "2026-03-01"
        ))
        .contains("`b`")
    );
    assert!(refused(free(&[("a", "2026-02-01")], "2026-02-01")).contains("`a`"));
    let twice = free(&[("a", "2026-01-01"), ("a", "2026-02-01")], "2026-03-01");
    assert!(refused(twice).contains("twice"));
    assert!(refused(free(&[("2026-Q1", "2026-01-01")], "2026-03-01")).contains("2026-Q1"));
    assert!(
        free(&[("2026-01", "2026-01-01")], "2026-02-03")
            .check()
            .is_ok()
    );
}

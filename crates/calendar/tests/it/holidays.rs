//! The built-in holiday table against counts per year, and day by day against the shared table.

use std::path::PathBuf;

use fenjie_calendar::{DateRange, Holidays};

#[test]
fn days_off_and_make_up_workdays_per_year() {
    let china = Holidays::china();
    let count = |year: i16, off: bool| {
        china
            .days()
            .filter(|(date, day)| date.year() == year && day.off == off)
            .count()
    };
    let found = (2018..=2026).map(|year| (year, count(year, true), count(year, false)));
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            (2018, 25, 7),
            (2019, 22, 6),
            (2020, 30, 7),
            (2021, 31, 7),
            (2022, 32, 7),
            (2023, 26, 7),
            (2024, 28, 8),
            (2025, 28, 5),
            (2026, 33, 6)
        ]
    );
    // Every day enters by its place, so that a day moved within its year shows.
    let sum = china.days().fold(0u64, |sum, (date, day)| {
        let place = u64::from(date.day_of_year().unsigned_abs());
        (sum * 31 + place * 2 + u64::from(day.off)) % 1_000_000_007
    });
    assert_eq!(sum, 221_278_629);
}

#[test]
fn make_up_workdays_are_weekends_but_for_one_monday() {
    let china = Holidays::china();
    let odd = china
        .days()
        .filter(|(date, day)| !day.off && date.weekday().to_monday_zero_offset() < 5);
    let odd = odd.map(|(date, _)| date.to_string()).collect::<Vec<_>>();
    assert_eq!(odd, ["2020-02-03"]);
}

#[test]
fn the_same_as_the_shared_table_day_by_day() {
    let shared = std::env::var_os("FENJIE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = shared.join("data/holidays_cn/holiday_cn_2018_2026.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("notice: {} is not there, skipped", path.display());
        return;
    };
    let lines = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1).take(3));
    let rows = lines
        .map(|fields| fields.collect::<Vec<_>>().join(","))
        .collect::<Vec<_>>();
    let theirs = Holidays::parse_csv(&rows.join("\n")).unwrap();
    let ours = Holidays::china();
    for date in DateRange::parse("2018..2026").unwrap().dates() {
        assert_eq!(ours.class_of(date), theirs.class_of(date), "{date}");
    }
    assert_eq!(ours.len(), theirs.len());
}

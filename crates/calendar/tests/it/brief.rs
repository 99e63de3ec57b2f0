//! The worked figures of the brief and of rules C1 to C6, as tables.

use fenjie_calendar::{
    Coefficient, DateRange, DayType, DayWeights, DayWeightsPatch, Holidays, Level, SalesCalendar,
    Season, Slots, Weekday, parse_weekday,
};
use fenjie_message::{Lang, Message};

use crate::show::{day, range, table};

#[test]
fn march_2026_in_friday_to_thursday_pieces() {
    let wanted = "\
2026-03/W09 2026-03-01..2026-03-05 5.8
2026-03/W10 2026-03-06..2026-03-12 8.5
2026-03/W11 2026-03-13..2026-03-19 8.5
2026-03/W12 2026-03-20..2026-03-26 8.5
2026-03/W13 2026-03-27..2026-03-31 6.5";
    assert_eq!(
        table(&SalesCalendar::brief(), "2026-03", Level::Piece),
        wanted
    );
}

#[test]
fn a_store_week_from_friday() {
    let wanted = "\
2026-03-06 2026-03-06..2026-03-06 1.2
2026-03-07 2026-03-07..2026-03-07 1.5
2026-03-08 2026-03-08..2026-03-08 1.8
2026-03-09 2026-03-09..2026-03-09 1
2026-03-10 2026-03-10..2026-03-10 1
2026-03-11 2026-03-11..2026-03-11 1
2026-03-12 2026-03-12..2026-03-12 1";
    assert_eq!(
        table(
            &SalesCalendar::brief(),
            "2026-03-06..2026-03-12",
            Level::Day
        ),
        wanted
    );
}

#[test]
fn the_brief_slots_of_a_day() {
    let calendar = SalesCalendar::brief();
    let tree = calendar
        .tree(range("2026-03-06"), &[Level::Day, Level::Slot])
        .unwrap();
    let shown = tree.nodes[1..]
        .iter()
        .map(|slot| format!("{} {}", slot.key, slot.label_zh));
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "2026-03-06#1 3月6日 开业–10:00",
            "2026-03-06#2 3月6日 10:00–14:00",
            "2026-03-06#3 3月6日 14:00–16:00",
            "2026-03-06#4 3月6日 16:00–闭店"
        ]
    );
    let percent = calendar.weights(&tree)[1..]
        .iter()
        .map(|w| w / 1_000_000)
        .collect::<Vec<_>>();
    assert_eq!(percent, [10, 30, 30, 30]);
}

#[test]
fn levels_that_do_not_nest_say_why() {
    let calendar = SalesCalendar::brief();
    let refuse = |levels: &[Level]| {
        let error = calendar.tree(range("2026"), levels).unwrap_err();
        assert_eq!(error.code(), "levels_do_not_nest");
        (error.text(Lang::Zh), error.hint(Lang::Zh).unwrap())
    };
    let (text, hint) = refuse(&[Level::Year, Level::Month, Level::Week]);
    assert_eq!(text, "层级“周”不能放在“月”之下：2025-W52 会被切断");
    assert!(hint.contains("周段"));
    for levels in [
        &[][..],
        &[Level::Slot],
        &[Level::Month, Level::Year],
        &[Level::Day, Level::Day],
        &[Level::Month, Level::Slot],
        &[Level::Week, Level::Month],
        &[Level::Quarter, Level::Week],
    ] {
        refuse(levels);
    }
}

#[test]
fn coefficients_in_their_order() {
    let coefficient = |text| Coefficient::parse(text).unwrap();
    let holidays = Holidays::china();
    let mut weights = DayWeights::brief();
    weights.holiday.any = Some(coefficient("2"));
    weights
        .holiday
        .by_name
        .insert("国庆节".to_owned(), coefficient("3"));
    weights.make_up = Some(coefficient("0.9"));
    weights
        .by_date
        .insert(day("2026-06-18"), coefficient("2.5"));
    weights.closed.push(range("2026-02-16..2026-02-18"));
    weights
        .seasons
        .push(Season::times(range("2026-06..2026-08"), coefficient("1.1")));
    let check = |date: &str, wanted: &str| {
        let weight = weights.weight(day(date), &holidays);
        let found = format!(
            "{} {} {}",
            weight.coefficient,
            weight.day_type.code(),
            weight.why.text(Lang::En)
        );
        assert_eq!(found, wanted, "{date}");
    };
    check("2026-02-17", "0 closed the day is closed");
    check("2026-02-19", "2 holiday the coefficient of holidays");
    check("2026-10-01", "3 holiday the coefficient of 国庆节");
    check("2020-10-01", "3 holiday the coefficient of 国庆节");
    check(
        "2026-10-10",
        "0.9 make_up the coefficient of make-up workdays",
    );
    check(
        "2026-06-18",
        "2.5 special the coefficient of the day itself",
    );
    check("2026-06-17", "1.1 weekday the coefficient of Wed");
    check("2026-06-13", "1.65 weekend the coefficient of Sat");
    check("2026-03-06", "1.2 weekday the coefficient of Fri");
}

#[test]
fn a_member_with_its_own_weekdays_and_season() {
    let coefficient = |text| Coefficient::parse(text).unwrap();
    let mut summer = Season::times(range("2026-07..2026-08"), Coefficient::ONE);
    summer.by_weekday[5] = Some(coefficient("2"));
    summer.make_up = Some(coefficient("0.5"));
    let mut own = DayWeightsPatch::default();
    own.by_weekday[6] = Some(Coefficient::ZERO);
    own.closed.push(range("2026-07-01..2026-07-05"));
    own.seasons.push(summer);
    let store = DayWeights::brief().merged(&own);
    let holidays = Holidays::china();
    let week = range("2026-07-03..2026-07-09");
    assert_eq!(store.sum(week, &holidays), 4_000_000);
    assert_eq!(store.millionths(day("2026-07-11"), &holidays), 2_000_000);
    assert_eq!(store.millionths(day("2026-07-12"), &holidays), 0);
    assert_eq!(store.millionths(day("2026-09-05"), &holidays), 1_500_000);
    let facts = store.weight(day("2026-07-01"), &holidays);
    assert_eq!(facts.day_type, DayType::Closed);
}

#[test]
fn season_factors_beyond_the_largest_coefficient() {
    let mut weights = DayWeights::brief();
    let high = Coefficient::parse("3000").unwrap();
    weights.seasons.push(Season::times(range("2026-06"), high));
    let error = weights.check(range("2026"), &Holidays::none()).unwrap_err();
    assert_eq!(error.code(), "coefficient_too_large");
    assert!(error.text(Lang::En).contains("2026-06-06"));
}

#[test]
fn years_without_holidays_say_so() {
    let mut calendar = SalesCalendar::default();
    assert!(!calendar.day(day("2027-02-06")).holidays_known);
    assert!(calendar.check(range("2027")).is_ok());
    calendar.day_weights = DayWeights::workdays();
    let error = calendar.check(range("2026..2028")).unwrap_err();
    assert_eq!(error.text(Lang::Zh), "节假日表没有 2027–2028 年的放假安排");
    calendar.holidays = Holidays::none();
    assert!(calendar.check(range("2026..2028")).is_ok());
}

#[test]
fn holiday_tables_that_cannot_be_read() {
    let check = |text: &str, code: &str, place: &str| {
        let error = Holidays::parse_csv(text).unwrap_err();
        assert_eq!(error.code(), code, "{text}");
        assert!(error.text(Lang::En).contains(place), "{error}");
    };
    check(
        "day,name,kind\n2027-01-01,元旦",
        "holidays_unreadable",
        "line 2",
    );
    check("2027-01-01,元旦,maybe", "holidays_unreadable", "maybe");
    check("2027-13-01,元旦,off", "holidays_unreadable", "2027-13-01");
    check("2027,元旦,off", "holidays_unreadable", "line 1");
    check("2027-01-01,,off", "holidays_unreadable", "line 1");
    check(
        "# x\n2027-01-01,元旦,off\n2027-01-01,元旦,班",
        "holidays_twice",
        "line 3",
    );
    let table = Holidays::parse_csv("\u{feff}日期,名称,类型\r\n2027-01-01,元旦,休\r\n").unwrap();
    assert_eq!(table.len(), 1);
    let december = Holidays::parse_csv("2027-12-31,元旦,off").unwrap();
    assert!(!december.covers(2027));
}

#[test]
fn slots_that_do_not_make_a_day() {
    let refuse = |slots: &[(&str, &str)]| Slots::parse(slots.iter().copied()).unwrap_err();
    let sum = refuse(&[("a", "10"), ("b", "30"), ("c", "30"), ("d", "30.5")]);
    assert_eq!(
        (sum.code(), sum.text(Lang::Zh)),
        (
            "slots_not_100",
            "各时段占比合计为 100.5%，应为 100%".to_owned()
        )
    );
    assert_eq!(refuse(&[]).code(), "slots_invalid");
    assert_eq!(refuse(&[("a", "50"), ("a", "50")]).code(), "slots_invalid");
    assert_eq!(refuse(&[(" ", "100")]).code(), "slots_invalid");
    assert_eq!(
        refuse(&[("a", "-1"), ("b", "101")]).code(),
        "coefficient_invalid"
    );
    let thirds = [("a", "33.333333"), ("b", "33.333333"), ("c", "33.333334")];
    assert!(Slots::parse(thirds).is_ok());
}

#[test]
fn periods_that_are_refused() {
    let check = |text: &str, code: &str| {
        assert_eq!(DateRange::parse(text).unwrap_err().code(), code, "{text}");
    };
    check("", "period_empty");
    check("2025-02-29", "date_invalid");
    check("2026-03..2026-01", "period_reversed");
    check("2026-03-06..2026-03-05", "period_reversed");
    check("FY2026", "period_needs_calendar");
    check("2026-W10", "period_needs_calendar");
    check("7月", "year_missing");
    check("2026..", "period_empty");
    check("1899", "period_unknown");
    check("0026-01-01", "period_unknown");
    let empty = DateRange::new(day("2026-01-01"), day("2026-01-01")).unwrap_err();
    assert_eq!(empty.code(), "period_empty");
    let reversed = DateRange {
        start: day("2026-02-01"),
        end: day("2026-01-01"),
    };
    let refused = SalesCalendar::default()
        .tree(reversed, &[Level::Day])
        .unwrap_err();
    assert_eq!(refused.code(), "period_reversed");
}

#[test]
fn joining_in_march_and_planning_three_years() {
    let calendar = SalesCalendar::brief();
    let levels = [Level::Year, Level::Quarter, Level::Month];
    let joined = calendar
        .tree(range("2026-03-16..2026-12-31"), &levels)
        .unwrap();
    let first = joined.at_level(Level::Month).next().unwrap();
    assert_eq!(joined.key(first), "2026-03");
    assert_eq!(
        joined.nodes[first as usize].range,
        range("2026-03-16..2026-03-31")
    );
    let years = calendar.tree(range("2026..2028"), &levels).unwrap();
    assert_eq!(years.at_level(Level::Year).count(), 3);
    assert_eq!(years.at_level(Level::Month).count(), 36);
}

#[test]
fn weekdays_and_levels_by_name() {
    for (text, wanted) in [("friday", Weekday::Friday), ("THU", Weekday::Thursday)] {
        assert_eq!(parse_weekday(text).unwrap(), wanted);
    }
    for text in ["星期天", "礼拜日", "周日", "sunday"] {
        assert_eq!(parse_weekday(text).unwrap(), Weekday::Sunday);
    }
    for text in ["", "t", "周", "周八", "fridayy", "1"] {
        assert_eq!(
            parse_weekday(text).unwrap_err().code(),
            "weekday_unknown",
            "{text}"
        );
    }
    for level in Level::ALL {
        assert_eq!(Level::parse(level.code()).unwrap(), level);
        assert_eq!(Level::parse(level.name(Lang::Zh)).unwrap(), level);
        assert_eq!(Level::parse(level.name(Lang::En)).unwrap(), level);
    }
}

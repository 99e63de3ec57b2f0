//! Properties over all rules, week starts and years 2000 to 2100: periods partition their parents
//! (rule C1), pieces lie in their week and month (rule C3), keys find their periods.

use fenjie_calendar::{
    Date, DateRange, DayWeights, Level, SalesCalendar, WEEKDAYS, YearEnd, YearNamed, YearRule,
};
use proptest::prelude::*;

fn any_date() -> impl Strategy<Value = Date> {
    (2000i16..=2099, 0i64..365).prop_map(|(year, days)| {
        Date::constant(year, 1, 1).saturating_add(jiff::Span::new().days(days))
    })
}

fn any_range() -> impl Strategy<Value = DateRange> {
    (any_date(), 1i64..900).prop_map(|(start, days)| {
        DateRange::new(start, start.saturating_add(jiff::Span::new().days(days))).unwrap()
    })
}

fn any_rule() -> impl Strategy<Value = YearRule> {
    let weekday = proptest::sample::select(WEEKDAYS.to_vec());
    let year_end = prop_oneof![Just(YearEnd::Last), Just(YearEnd::Nearest)];
    let patterns = vec![[4, 4, 5], [4, 5, 4], [5, 4, 4], [1, 2, 10]];
    let pattern = proptest::sample::select(patterns);
    let ends = (weekday, year_end, 1i8..=12);
    prop_oneof![
        (1i8..=12, 1i8..=31)
            .prop_map(|(start_month, start_day)| YearRule::Calendar {
                start_month,
                start_day
            })
            .prop_filter("a day every year has", |rule| rule.check().is_ok()),
        ends.clone()
            .prop_map(|(ends_on, year_end, month)| YearRule::Thirteen {
                ends_on,
                year_end,
                month
            }),
        (ends, pattern).prop_map(|((ends_on, year_end, month), pattern)| YearRule::Weeks {
            pattern,
            ends_on,
            year_end,
            month
        }),
    ]
}

fn any_calendar() -> impl Strategy<Value = SalesCalendar> {
    let named = vec![YearNamed::Majority, YearNamed::Start, YearNamed::End];
    let weekday = proptest::sample::select(WEEKDAYS.to_vec());
    (any_rule(), weekday, proptest::sample::select(named)).prop_map(
        |(year, week_starts, year_named)| SalesCalendar {
            year,
            week_starts,
            year_named,
            ..SalesCalendar::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_level_partitions_any_range(calendar in any_calendar(), range in any_range()) {
        for level in Level::ALL {
            let periods = calendar.periods(range, level);
            let mut next = range.start;
            for period in periods.iter().filter(|period| period.slot.unwrap_or(0) == 0) {
                prop_assert_eq!(period.range.start, next);
                prop_assert!(period.range.days() > 0);
                next = period.range.end;
            }
            prop_assert_eq!(next, range.end);
        }
    }

    #[test]
    fn trees_nest_and_their_keys_are_unique(calendar in any_calendar(), range in any_range()) {
        for levels in [
            &[Level::Year, Level::Half, Level::Quarter, Level::Month, Level::Piece, Level::Day][..],
            &[Level::Year, Level::Week, Level::Piece, Level::Day],
            &[Level::Week, Level::Day],
        ] {
            let tree = calendar.tree(range, levels).unwrap();
            prop_assert!(tree.check().is_ok());
            for at in 0..tree.len() as u32 {
                prop_assert_eq!(tree.place_of(tree.key(at)), Some(at));
                if tree.parent[at as usize] != fenjie_calendar::PeriodTree::ROOT {
                    prop_assert!(tree.parent[at as usize] < at);
                }
            }
        }
    }

    #[test]
    fn free_boundaries_partition_what_they_hold(
        places in proptest::collection::btree_set(0i64..700, 3..20),
        range in (0i64..700, 1i64..200),
    ) {
        let on = |place: i64| Date::constant(2026, 1, 1).saturating_add(jiff::Span::new().days(place));
        let places = places.into_iter().collect::<Vec<_>>();
        let (end, starts) = places.split_last().unwrap();
        let boundaries = starts.iter().map(|place| (format!("期{place}"), on(*place))).collect();
        let year = YearRule::Free { boundaries, end: on(*end) };
        let calendar = SalesCalendar { year, ..SalesCalendar::brief() };
        let range = DateRange::new(on(range.0), on(range.0 + range.1)).unwrap();
        let levels = [Level::Year, Level::Month, Level::Piece, Level::Day];
        match calendar.tree(range, &levels) {
            Ok(tree) => {
                prop_assert!(tree.check().is_ok());
                for at in tree.at_level(Level::Month).chain(tree.at_level(Level::Piece)) {
                    let found = calendar.find(tree.key(at)).unwrap();
                    let cut = found.range.common(&range);
                    prop_assert_eq!(cut, Some(tree.nodes[at as usize].range));
                }
            }
            Err(error) => {
                prop_assert_eq!(error.code(), "outside_boundaries");
                prop_assert!(range.start < on(starts[0]) || on(*end) < range.end);
            }
        }
    }

    #[test]
    fn keys_find_their_whole_period(calendar in any_calendar(), range in any_range()) {
        for level in [Level::Year, Level::Half, Level::Quarter, Level::Month, Level::Week, Level::Piece] {
            for period in calendar.periods(range, level) {
                let found = calendar.find(&period.key);
                prop_assert!(found.is_ok(), "{} {:?}", period.key, found);
                let found = found.unwrap();
                prop_assert_eq!(found.range.common(&range), Some(period.range));
                prop_assert_eq!((found.key, found.level), (period.key, level));
            }
        }
    }

    #[test]
    fn pieces_are_week_and_month_in_common(calendar in any_calendar(), date in any_date()) {
        let day = calendar.day(date);
        let week = calendar.find(&day.week).unwrap().range;
        let month = calendar.find(&day.month.unwrap()).unwrap().range;
        let piece = calendar.find(&day.piece.unwrap()).unwrap().range;
        prop_assert_eq!(week.common(&month), Some(piece));
        prop_assert!(piece.contains(date));
        prop_assert_eq!(week.days(), 7);
        prop_assert_eq!(week.start.weekday(), calendar.week_starts);
    }

    #[test]
    fn monday_weeks_of_gregorian_years_are_iso(date in any_date()) {
        let iso = date.iso_week_date();
        let wanted = format!("{}-W{:02}", iso.year(), iso.week());
        prop_assert_eq!(SalesCalendar::default().day(date).week, wanted);
    }

    #[test]
    fn years_of_whole_weeks_have_52_or_53(calendar in any_calendar(), date in any_date()) {
        let year = calendar.find(&calendar.day(date).year.unwrap()).unwrap().range;
        match calendar.year.ends_on() {
            Some(ends_on) => {
                prop_assert_eq!(year.last().weekday(), ends_on);
                prop_assert!(matches!(year.days(), 364 | 371));
            }
            None => prop_assert!(matches!(year.days(), 365 | 366)),
        }
    }

    #[test]
    fn weights_of_children_sum_to_the_parent(calendar in any_calendar(), range in any_range()) {
        let calendar = SalesCalendar { day_weights: DayWeights::workdays(), ..calendar };
        let levels = [Level::Year, Level::Quarter, Level::Month, Level::Piece, Level::Day];
        let tree = calendar.tree(range, &levels).unwrap();
        let weights = calendar.weights(&tree);
        for at in 0..tree.len() as u32 {
            prop_assert_eq!(weights[at as usize], calendar.weight_of(tree.nodes[at as usize].range));
            if !tree.is_leaf(at) {
                let sum = tree.children(at).map(|child| weights[child as usize]).sum::<u64>();
                prop_assert_eq!(weights[at as usize], sum);
            }
        }
    }

    #[test]
    fn texts_are_read_or_refused_without_panic(text in "\\PC{0,12}") {
        let calendar = SalesCalendar::brief();
        let _ = calendar.find(&text);
        let _ = calendar.range(&text);
        let _ = DateRange::parse(&text);
        let _ = fenjie_calendar::Coefficient::parse(&text);
        let _ = fenjie_calendar::Holidays::parse_csv(&text);
        let _ = calendar.find_within(&text, DateRange::parse("2026").unwrap());
    }

    #[test]
    fn near_keys_are_read_or_refused_without_panic(
        text in "(FY)?(20[0-9]{2}|2026年)?[-/]?[WQHP第]?[0-9]{0,2}[月周期日季度#/-]{0,2}[W0-9]{0,3}"
    ) {
        let _ = SalesCalendar::brief().find(&text);
        let _ = SalesCalendar::default().range(&text);
    }
}

//! Heat calendars: where days stand, what they show, and the extremes.

use super::*;
use crate::check::{HOSTILE, count, line_with, looks, sound};
use fenjie_calendar::WEEKDAYS;
use proptest::prelude::*;

fn day(at: i64, target: i64, actual: Option<i64>) -> HeatDay {
    let first = Date::constant(2026, 1, 1);
    HeatDay {
        date: first.saturating_add(jiff::Span::new().days(at)),
        target,
        actual,
    }
}

fn year(gone: i64) -> HeatCalendar {
    HeatCalendar {
        title: "日完成率".into(),
        week_start: Weekday::Friday,
        days: (0..365)
            .map(|at| day(at, 10_000, (at < gone).then_some(9_000 + at)))
            .collect(),
        ..HeatCalendar::default()
    }
}

#[test]
fn a_year_has_a_cell_for_each_day_and_a_label_for_each_month() {
    let look = Look {
        width: 1180,
        ..Look::default()
    };
    let svg = heat_calendar(&year(200), &look);
    sound(&svg);
    assert_eq!(count(&svg, "class=\"heat\""), 200);
    assert_eq!(count(&svg, "class=\"open\""), 165);
    assert_eq!(count(&svg, "class=\"month\""), 11);
    assert!(svg.text().contains(">2026年1月<"));
    for month in 2..=12 {
        assert_eq!(count(&svg, &format!(">{month}月<")), 1, "{month}");
    }
    for weekday in ["一", "二", "三", "四", "五", "六", "日"] {
        assert_eq!(count(&svg, &format!(">{weekday}<")), 1);
    }
    let first = line_with(&svg, "2026-01-01 周四");
    assert!(
        first.contains("实绩 90.00 · 目标 100.00 · 90.0%"),
        "{first}"
    );
}

#[test]
fn the_first_weekday_of_the_plan_is_the_first_row() {
    // 2026-01-02 is a Friday.
    for (start, row) in [
        (Weekday::Friday, 0),
        (Weekday::Monday, 4),
        (Weekday::Sunday, 5),
    ] {
        let chart = HeatCalendar {
            week_start: start,
            days: vec![day(0, 1, None), day(1, 1, None)],
            ..HeatCalendar::default()
        };
        let look = Look::default();
        let grid = Grid::new(&chart, &Canvas::new(&look), &look, 0.0).unwrap();
        let (_, found) = grid.place(day(1, 1, None).date);
        assert_eq!(found, row, "{start:?}");
    }
}

#[test]
fn closed_days_are_blank_and_days_without_a_target_carry_a_dot() {
    let chart = HeatCalendar {
        days: vec![
            day(0, 0, None),
            day(1, 0, Some(0)),
            day(2, 0, Some(500)),
            day(3, 1_000, Some(0)),
            day(4, 1_000, Some(-300)),
            day(5, 1_000, Some(9_999_999)),
            day(6, 1_000, None),
        ],
        ..HeatCalendar::default()
    };
    let svg = heat_calendar(&chart, &Look::default());
    sound(&svg);
    let marks = ["heat", "no-target", "open"].map(|mark| count(&svg, &format!("class=\"{mark}\"")));
    assert_eq!(marks, [3, 1, 1]);
    // Nothing sold and a return are the deepest orange, ten times the target the deepest blue.
    assert!(line_with(&svg, "2026-01-04").contains("#a34e0c"));
    assert!(line_with(&svg, "2026-01-05").contains("#a34e0c"));
    assert!(line_with(&svg, "2026-01-06").contains("#1d4b9f"));
    assert!(svg.text().contains("其中 1 天达成，2 天不足 70%"));
}

#[test]
fn a_month_has_large_cells_with_day_and_percentage() {
    let june = HeatCalendar {
        days: (0..30)
            .map(|at| day(at, 10_000, (at < 12).then_some(8_850 + at * 100)))
            .collect(),
        ..HeatCalendar::default()
    };
    let svg = heat_calendar(&june, &Look::default());
    sound(&svg);
    // 88.5 %, rounded.
    assert!(svg.text().contains(">89%<") && svg.text().contains(">30<"));
    let narrow = Look {
        width: 320,
        ..Look::default()
    };
    let svg = heat_calendar(&june, &narrow);
    sound(&svg);
    assert!(!svg.text().contains(">89%<") && svg.text().contains(">30<"));
}

#[test]
fn weeks_that_do_not_fit_continue_below() {
    let narrow = Look {
        width: 390,
        ..Look::default()
    };
    let svg = heat_calendar(&year(365), &narrow);
    sound(&svg);
    assert_eq!(count(&svg, "class=\"heat\""), 365);
    assert_eq!(count(&svg, ">五<"), 3);
    assert!(svg.height() > heat_calendar(&year(365), &Look::default()).height());
}

#[test]
fn every_look_and_every_extreme_is_sound() {
    let of = |days: Vec<HeatDay>| HeatCalendar {
        title: HOSTILE[0].into(),
        days,
        ..HeatCalendar::default()
    };
    let (least, most) = (i64::MIN, i64::MAX);
    let far = |date| HeatDay {
        date,
        ..day(0, 1, None)
    };
    let charts = [
        of(vec![]),
        of(vec![day(0, 1, Some(1))]),
        of(vec![
            day(0, most, Some(least)),
            day(1, 1, Some(most)),
            day(2, least, Some(most)),
        ]),
        of(vec![far(Date::MIN), far(Date::MAX)]),
        of(vec![far(Date::MIN)]),
        of(vec![far(Date::MAX)]),
        of((0..1500).map(|at| day(at, 10, Some(at))).collect()),
        of(vec![
            day(30, 1, Some(1)),
            day(2, 1, Some(1)),
            day(2, 1, None),
        ]),
        year(170),
    ];
    for chart in charts {
        for look in looks() {
            sound(&heat_calendar(&chart, &look));
        }
    }
}

proptest! {
    #[test]
    fn any_days_make_a_picture(
        days in proptest::collection::vec((-9000i64..9000, any::<i64>(), any::<Option<i64>>()), 0..60),
        start in 0usize..7,
        width in 0u32..2000,
    ) {
        let chart = HeatCalendar {
            week_start: WEEKDAYS[start],
            days: days.into_iter().map(|(at, target, actual)| day(at, target, actual)).collect(),
            ..HeatCalendar::default()
        };
        sound(&heat_calendar(&chart, &Look { width, ..Look::default() }));
    }
}

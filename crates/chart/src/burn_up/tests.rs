//! Burn-ups: their marks, their labels, and the extremes.

use super::*;
use crate::check::{HOSTILE, count, line_with, looks, sound};
use fenjie_message::Lang;
use proptest::prelude::*;

fn june(gone: usize) -> BurnUp {
    BurnUp {
        title: "6 月燃起图".into(),
        unit: "CNY".into(),
        first: Date::constant(2026, 6, 1),
        plan: (1..=30).map(|day| day * 35_600_000).collect(),
        actual: (1..=30).map(|day| day * 30_300_000).take(gone).collect(),
        projection: (gone as i64 + 1..=30)
            .map(|day| BandPoint {
                low: day * 29_000_000,
                middle: day * 30_100_000,
                high: day * 31_000_000,
            })
            .collect(),
        ..BurnUp::default()
    }
}

#[test]
fn a_month_shows_plan_actual_projection_and_what_they_come_to() {
    let svg = burn_up(&june(19), &Look::default());
    sound(&svg);
    for mark in ["plan", "actual", "area", "projection", "band", "today"] {
        assert_eq!(count(&svg, &format!("class=\"{mark}\"")), 1, "{mark}");
    }
    for text in [
        "目标 1,068万",
        "预计 903万",
        "870万 – 930万",
        "截至 6月19日",
        "实绩 575.7万",
    ] {
        assert!(svg.text().contains(text), "{text}");
    }
    let heading = "实绩 575.7万 · 应完成 676.4万 · 相差 -100.7万 · 完成率 53.9%";
    assert!(svg.text().contains(heading));
    assert!(line_with(&svg, "class=\"plan\"").contains("stroke-dasharray=\"5 3\""));
    // The beginning and each of the nineteen days gone.
    assert_eq!(line_with(&svg, "class=\"actual\"").matches('L').count(), 19);
}

#[test]
fn a_period_not_begun_or_over_leaves_out_what_is_not_there() {
    let begun = burn_up(&june(0), &Look::default());
    sound(&begun);
    assert_eq!(
        count(&begun, "class=\"today\"") + count(&begun, "class=\"actual\""),
        0
    );
    assert_eq!(count(&begun, "class=\"projection\""), 1);
    let over = burn_up(&june(30), &Look::default());
    sound(&over);
    assert_eq!(
        count(&over, "class=\"projection\"") + count(&over, "class=\"band\""),
        0
    );
    assert!(over.text().contains("目标 1,068万") && !over.text().contains("预计"));
}

#[test]
fn what_was_carried_is_a_line_of_its_own_where_it_differs() {
    let mut chart = june(10);
    chart.working = chart.plan.clone();
    assert_eq!(
        count(&burn_up(&chart, &Look::default()), "class=\"working\""),
        0
    );
    chart.working = chart.plan.iter().map(|total| total + 1_000_000).collect();
    let svg = burn_up(&chart, &Look::default());
    sound(&svg);
    assert_eq!(count(&svg, "class=\"working\""), 1);
    assert!(svg.text().contains("工作目标 1,069万"));
}

#[test]
fn english_counts_in_millions_and_a_year_in_months() {
    let mut chart = june(19);
    chart.plan = (1..=365).map(|day| day * 3_000_000).collect();
    chart.first = Date::constant(2026, 1, 1);
    let look = Look {
        lang: Lang::En,
        width: 1180,
        ..Look::default()
    };
    let svg = burn_up(&chart, &look);
    sound(&svg);
    for text in ["Target 10.95M", "as of 19 Jan", ">Feb<", ">Dec<", ">M CNY<"] {
        assert!(svg.text().contains(text), "{text}");
    }
}

#[test]
fn every_look_keeps_labels_apart() {
    for look in looks() {
        for gone in [0, 1, 2, 15, 29, 30] {
            sound(&burn_up(&june(gone), &look));
        }
    }
}

#[test]
fn extremes_are_drawn_too() {
    let most = i64::MAX;
    let point = |low, high| BandPoint {
        low,
        middle: high,
        high,
    };
    for look in looks() {
        let draw = |plan: &[i64], actual: &[i64], projection: &[BandPoint]| {
            let chart = BurnUp {
                title: HOSTILE[5].into(),
                plan: plan.to_vec(),
                actual: actual.to_vec(),
                projection: projection.to_vec(),
                ..BurnUp::default()
            };
            sound(&burn_up(&chart, &look));
        };
        draw(&[], &[], &[]);
        draw(&[], &[5], &[point(1, 2)]);
        draw(&[100], &[50], &[]);
        draw(&[0; 30], &[0; 19], &[point(0, 0)]);
        draw(&[100, 200], &[-50, -700], &[]);
        draw(&[100, 200], &[1, 2, 3, 4], &[point(9, 9); 9]);
        draw(&[most, most], &[i64::MIN], &[point(i64::MIN, most)]);
        draw(&vec![most; 4000], &[], &[]);
    }
    let late = BurnUp {
        first: Date::MAX,
        ..june(19)
    };
    sound(&burn_up(&late, &Look::default()));
}

#[test]
fn names_do_no_harm() {
    for name in HOSTILE {
        let chart = BurnUp {
            title: name.into(),
            unit: name.into(),
            ..june(19)
        };
        sound(&burn_up(
            &chart,
            &Look {
                width: 1180,
                ..Look::default()
            },
        ));
    }
}

proptest! {
    #[test]
    fn any_series_makes_a_picture(
        plan in proptest::collection::vec(any::<i64>(), 0..40),
        actual in proptest::collection::vec(any::<i64>(), 0..40),
        width in 0u32..2000,
    ) {
        let chart = BurnUp { plan, actual, ..BurnUp::default() };
        sound(&burn_up(&chart, &Look { width, ..Look::default() }));
    }
}

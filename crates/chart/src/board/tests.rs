//! Boards: rows, ticks, badges, the rest, and the extremes.

use super::*;
use crate::check::{HOSTILE, count, looks, sound};
use fenjie_message::Lang;
use proptest::prelude::*;

fn badge() -> Badge {
    Badge {
        shape: Shape::Down,
        tone: Tone::Bad,
        word: "落后".into(),
    }
}

fn row(name: &str, actual: i64, target: i64) -> BoardRow {
    BoardRow {
        name: name.into(),
        rank: Some(1),
        actual,
        target: Some(target),
        expected: Some(target / 100 * 63),
        badge: Some(badge()),
    }
}

fn many(count: i64) -> Board {
    Board {
        title: "门店排行".into(),
        unit: "CNY".into(),
        rows: (0..count)
            .map(|at| row(&format!("门店 {at}"), 5_000_000 + at * 30_000, 10_000_000))
            .collect(),
        ..Board::default()
    }
}

#[test]
fn each_member_has_a_bar_two_ticks_a_percentage_and_a_badge() {
    let svg = board(&many(12), &Look::default());
    sound(&svg);
    assert_eq!(count(&svg, "<g class=\"row\">"), 12);
    for mark in ["actual", "target", "expected"] {
        assert_eq!(count(&svg, &format!("class=\"{mark}\"")), 12, "{mark}");
    }
    assert_eq!(count(&svg, ">落后<"), 12);
    assert!(svg.text().contains(">50.0%<") && svg.text().contains(">5.00<"));
    assert!(
        svg.text()
            .contains("<title>门店 0 · 实绩 50,000.00 · 目标 100,000.00")
    );
}

#[test]
fn beyond_the_most_the_others_are_one_row_with_their_sums() {
    let svg = board(&many(400), &Look::default());
    sound(&svg);
    assert_eq!(count(&svg, "<g class=\"row\">"), 20);
    assert!(svg.text().contains("其余 380 个") && svg.text().contains("共 400 个，列出前 20 个"));
    // One more than the most is drawn: a row for a rest of one would be no shorter.
    let svg = board(&many(21), &Look::default());
    assert_eq!(
        (count(&svg, "<g class=\"row\">"), count(&svg, "其余")),
        (21, 0)
    );
    let all = Board {
        most: 0,
        scale: BoardScale::OfTarget,
        ..many(400)
    };
    let svg = board(&all, &Look::default());
    sound(&svg);
    assert_eq!(count(&svg, "class=\"target\""), 400);
}

#[test]
fn a_member_without_a_target_has_no_percentage_and_no_tick() {
    for target in [None, Some(0), Some(-5)] {
        let chart = Board {
            rows: vec![BoardRow {
                target,
                expected: None,
                ..row("新店", 900, 0)
            }],
            ..Board::default()
        };
        let svg = board(&chart, &Look::default());
        sound(&svg);
        assert_eq!(count(&svg, "class=\"target\""), 0);
        assert!(svg.text().contains("无目标"));
    }
}

#[test]
fn returns_run_to_the_left_of_zero() {
    let chart = Board {
        rows: vec![
            row("退货店", -40_000, 100_000),
            row("好店", 80_000, 100_000),
        ],
        ..Board::default()
    };
    let svg = board(&chart, &Look::default());
    sound(&svg);
    assert_eq!(count(&svg, "class=\"zero\""), 2);
    assert!(svg.text().contains(">-40.0%<"));
}

#[test]
fn long_names_are_shortened_and_kept_as_titles() {
    let chart = Board {
        rows: vec![row(HOSTILE[5], 50, 100)],
        ..Board::default()
    };
    let look = Look {
        width: 390,
        ..Look::default()
    };
    let svg = board(&chart, &look);
    sound(&svg);
    let titled = format!("<title>{}</title>一个非常", HOSTILE[5]);
    assert!(svg.text().contains(&titled) && svg.text().contains("…</text>"));
}

#[test]
fn every_look_and_every_extreme_is_sound() {
    let most = i64::MAX;
    let boards = [
        Board::default(),
        many(1),
        many(400),
        Board {
            rows: HOSTILE.map(|name| row(name, 5, 10)).into(),
            title: HOSTILE[0].into(),
            unit: HOSTILE[1].into(),
            ..Board::default()
        },
        Board {
            rows: vec![row("零", 0, 0); 3],
            ..Board::default()
        },
        Board {
            rows: vec![
                row("极大", most, most),
                row("极小", i64::MIN, 1),
                row("一", 1, most),
            ],
            most: 1,
            ..Board::default()
        },
    ];
    for chart in boards {
        for scale in [BoardScale::Amount, BoardScale::OfTarget] {
            for look in looks() {
                sound(&board(
                    &Board {
                        scale,
                        ..chart.clone()
                    },
                    &look,
                ));
            }
        }
    }
}

#[test]
fn a_badge_has_shape_and_word_in_english_too() {
    for shape in [
        Shape::Disc,
        Shape::Up,
        Shape::Diamond,
        Shape::Down,
        Shape::Cross,
        Shape::Ring,
        Shape::Dash,
    ] {
        for tone in [Tone::Good, Tone::Warn, Tone::Bad, Tone::Neutral] {
            let badge = Badge {
                shape,
                tone,
                word: "slightly behind".into(),
            };
            let chart = Board {
                rows: vec![BoardRow {
                    badge: Some(badge),
                    ..row("A", 1, 2)
                }],
                ..Board::default()
            };
            let look = Look {
                lang: Lang::En,
                ..Look::default()
            };
            let svg = board(&chart, &look);
            sound(&svg);
            assert!(svg.text().contains(">slightly behind<"));
        }
    }
}

proptest! {
    #[test]
    fn any_rows_make_a_picture(
        rows in proptest::collection::vec(
            (".{0,30}", any::<i64>(), any::<Option<i64>>(), any::<Option<i64>>()), 0..30),
        width in 0u32..2000,
        of_target in any::<bool>(),
    ) {
        let rows = rows.into_iter().map(|(name, actual, target, expected)| BoardRow {
            name, actual, target, expected, rank: None, badge: Some(badge()),
        });
        let scale = if of_target { BoardScale::OfTarget } else { BoardScale::Amount };
        let chart = Board { rows: rows.collect(), scale, ..Board::default() };
        sound(&board(&chart, &Look { width, ..Look::default() }));
    }
}

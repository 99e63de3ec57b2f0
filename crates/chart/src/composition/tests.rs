//! Compositions: shares that fill a bar, their figures, and the extremes.

use super::*;
use crate::check::{HOSTILE, count, looks, sound};
use proptest::prelude::*;

fn mix(parts: &[(&str, i64, i64)]) -> Composition {
    let part = |&(name, target, actual): &(&str, i64, i64)| CompositionPart {
        name: name.into(),
        target,
        actual,
    };
    Composition {
        title: "业绩构成".into(),
        parts: parts.iter().map(part).collect(),
        ..Composition::default()
    }
}

#[test]
fn shares_stand_above_each_other_with_their_difference() {
    let chart = mix(&[("回访", 30, 24), ("新客", 25, 31), ("转介绍", 45, 45)]);
    let svg = composition(&chart, &Look::default());
    sound(&svg);
    for text in ["30.0%", "24.0%", ">-6.0<", ">+6.0<", ">0.0<"] {
        assert!(svg.text().contains(text), "{text}");
    }
    assert!(svg.text().contains("回访 实绩 24.0%，目标 30.0%；"));
}

#[test]
fn beyond_nine_parts_the_others_are_one() {
    let nine: Vec<_> = (0..9).map(|_| ("来源", 10, 10)).collect();
    assert_eq!(
        count(&composition(&mix(&nine), &Look::default()), "其余"),
        0
    );
    let forty: Vec<_> = (0..40).map(|_| ("来源", 10, 10)).collect();
    let svg = composition(&mix(&forty), &Look::default());
    sound(&svg);
    assert!(svg.text().contains("其余 32 项") && svg.text().contains("80.0%"));
}

#[test]
fn a_share_without_bound_stays_in_its_column() {
    let returns = mix(&[("新客", 1001, 1), ("退货", -1000, 1), ("其他", 0, 999_999)]);
    let svg = composition(&returns, &Look::default());
    sound(&svg);
    let text = svg.text();
    assert!(
        text.contains(">&gt;9999%<") && text.contains(">&lt;-9999%<"),
        "{text}"
    );
    assert!(
        text.contains("目标 100100.0%"),
        "the description keeps it: {text}"
    );
}

#[test]
fn every_look_and_every_extreme_is_sound() {
    let (least, most) = (i64::MIN, i64::MAX);
    let charts = [
        mix(&[]),
        mix(&[("零", 0, 0), ("零", 0, 0)]),
        mix(&[("退货", 10, -5), ("新客", 10, 25)]),
        mix(&[("退货", 10, -50), ("新客", -10, 25)]),
        mix(&[("极大", most, most), ("极小", least, least), ("一", 1, 1)]),
        mix(&[most; 20].map(|all| ("极大", all, all))),
        mix(&HOSTILE.map(|name| (name, 5, 7))),
    ];
    for chart in charts {
        for look in looks() {
            sound(&composition(&chart, &look));
        }
    }
}

proptest! {
    #[test]
    fn any_parts_make_a_picture(
        parts in proptest::collection::vec((".{0,20}", any::<i64>(), any::<i64>()), 0..14),
        width in 0u32..2000,
    ) {
        let parts = parts.into_iter()
            .map(|(name, target, actual)| CompositionPart { name, target, actual });
        let chart = Composition { parts: parts.collect(), ..Composition::default() };
        sound(&composition(&chart, &Look { width, ..Look::default() }));
    }
}

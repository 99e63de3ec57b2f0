//! Bridges: the axis from zero, steps that meet, what is left open, and the extremes.

use super::*;
use crate::check::{HOSTILE, count, line_with, looks, sound};
use proptest::prelude::*;

fn gap() -> Bridge {
    Bridge {
        title: "缺口".into(),
        unit: "CNY".into(),
        start: ("目标".into(), 671_000_000),
        steps: vec![
            ("浦东".into(), -38_400_000),
            ("光谷".into(), -31_200_000),
            ("新街口".into(), 12_300_000),
        ],
        end: ("实绩".into(), 613_700_000),
        ..Bridge::default()
    }
}

#[test]
fn steps_lead_from_the_beginning_to_the_end() {
    let svg = bridge(&gap(), &Look::default());
    sound(&svg);
    let marks = ["class=\"total\"", "class=\"step\"", "class=\"link\""];
    assert_eq!(marks.map(|mark| count(&svg, mark)), [2, 3, 4]);
    for text in [
        "671万", "-38.4万", "-31.2万", "+12.3万", "613.7万", "91.5%", ">0<",
    ] {
        assert!(svg.text().contains(text), "{text}");
    }
}

#[test]
fn the_axis_begins_at_zero_where_whole_bars_begin() {
    let chart = gap();
    let beams = chart.beams(&Look::default());
    let canvas = Canvas::new(&Look::default());
    let amounts = Amounts::new(chart.step, &Look::default(), [671_000_000].into_iter());
    let plot = Plot::new(&canvas, &beams, &amounts, 0.0);
    assert!((plot.x(0) - plot.area.left).abs() < 1e-9);
    let whole = plot.x(671_000_000) - plot.x(0);
    assert!((whole - plot.area.width).abs() < 1e-9);
    let step = plot.x(671_000_000) - plot.x(671_000_000 - 38_400_000);
    assert!((step / whole - 38.4 / 671.0).abs() < 1e-9);
}

#[test]
fn what_the_steps_leave_open_is_a_step_and_says_so() {
    let chart = Bridge {
        end: ("实绩".into(), 600_000_000),
        ..gap()
    };
    let svg = bridge(&chart, &Look::default());
    sound(&svg);
    assert!(svg.text().contains("未说明") && svg.text().contains("-13.7万"));
}

#[test]
fn many_steps_keep_the_largest_in_their_order_and_sum_the_others() {
    let chart = Bridge {
        steps: (1..=40)
            .map(|at| (format!("门店 {at}"), -at * 1000))
            .collect(),
        end: ("实绩".into(), 671_000_000 - 820_000),
        most: 5,
        ..gap()
    };
    let beams = chart.beams(&Look::default());
    let names: Vec<&str> = beams.iter().map(|beam| beam.name.as_str()).collect();
    let want = [
        "目标",
        "门店 36",
        "门店 37",
        "门店 38",
        "门店 39",
        "门店 40",
        "其余 35 项",
        "实绩",
    ];
    assert_eq!(names, want);
    assert_eq!(beams[6].to - beams[6].from, -630_000);
    sound(&bridge(&chart, &Look::default()));
}

#[test]
fn every_look_and_every_extreme_is_sound() {
    let (least, most) = (i64::MIN, i64::MAX);
    let of = |start, steps: &[i64], end| Bridge {
        title: HOSTILE[0].into(),
        unit: HOSTILE[1].into(),
        start: (HOSTILE[2].into(), start),
        steps: steps.iter().map(|&by| (HOSTILE[5].into(), by)).collect(),
        end: (HOSTILE[3].into(), end),
        ..Bridge::default()
    };
    let bridges = [
        Bridge::default(),
        gap(),
        of(0, &[], 0),
        of(0, &[0, 0], 0),
        of(100, &[-300, 50], -150),
        of(most, &[most, most, least], least),
        of(least, &[least; 400], most),
        of(1, &[1; 400], 401),
    ];
    for chart in bridges {
        for look in looks() {
            sound(&bridge(&chart, &look));
        }
    }
}

proptest! {
    #[test]
    fn any_steps_make_a_bridge_that_ends_where_it_should(
        start in any::<i64>(), end in any::<i64>(), most in 0usize..6,
        steps in proptest::collection::vec((".{0,20}", any::<i64>()), 0..20),
        width in 0u32..2000,
    ) {
        let chart = Bridge {
            start: ("A".into(), start), end: ("B".into(), end), steps, most, ..Bridge::default()
        };
        let beams = chart.beams(&Look::default());
        let inner = &beams[1..beams.len() - 1];
        prop_assert_eq!(inner.last().map_or(i128::from(start), |beam| beam.to), i128::from(end));
        for pair in inner.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
        }
        sound(&bridge(&chart, &Look { width, ..Look::default() }));
    }
}

#[test]
fn a_small_bridge_as_a_whole() {
    let chart = Bridge {
        title: "A & B".into(),
        start: ("目标".into(), 1_000),
        steps: vec![("客流".into(), -200)],
        end: ("实绩".into(), 800),
        ..Bridge::default()
    };
    let look = Look {
        width: 320,
        ..Look::default()
    };
    let svg = bridge(&chart, &look);
    let bars: Vec<&str> = svg
        .text()
        .lines()
        .filter(|line| line.contains("<title>"))
        .collect();
    expect_test::expect![[r##"
        <title>A &amp; B</title>
        <rect x="52" y="93" width="229.6" height="16" fill="#8b8e92" rx="1.5"><title>目标 · 10.00</title></rect>
        <rect x="235.68" y="121" width="45.92" height="16" fill="#a85614" rx="1.5"><title>客流 · -2.00</title></rect>
        <rect x="52" y="149" width="183.68" height="16" fill="#2f4bb8" rx="1.5"><title>实绩 · 8.00</title></rect>"##]].assert_eq(&bars.join("\n"));
    let head = svg.text().lines().next().unwrap();
    expect_test::expect![[r#"<svg xmlns="http://www.w3.org/2000/svg" width="320" height="207" viewBox="0 0 320 207" role="img" aria-label="A &amp; B" xml:lang="zh-CN" font-family="Inter, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, WenQuanYi Micro Hei, Segoe UI, Helvetica Neue, Arial, DejaVu Sans, sans-serif" font-size="12" font-variant="tabular-nums">"#]].assert_eq(head);
    expect_test::expect!["<desc>目标 10，客流 -2，实绩 8</desc>"]
        .assert_eq(line_with(&svg, "<desc>"));
}

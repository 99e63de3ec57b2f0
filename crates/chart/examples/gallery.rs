//! Draws every chart in both languages, both themes and two widths, from invented figures:
//! `cargo run -p fenjie-chart --example gallery -- FOLDER`.

use std::error::Error;
use std::path::Path;

use fenjie_calendar::{Date, Weekday};
use fenjie_chart::{
    Badge, BandPoint, Board, BoardRow, BoardScale, Bridge, BurnUp, Composition, CompositionPart,
    HeatCalendar, HeatDay, Look, Shape, Svg, Theme, Tone, board, bridge, burn_up, composition,
    heat_calendar,
};
use fenjie_message::Lang;

const STORES: [(&str, &str, i64, i64); 12] = [
    ("南京新街口店", "Nanjing Xinjiekou", 729, 9_650),
    ("抖音旗舰店", "Douyin flagship", 708, 7_030),
    ("厦门中山店", "Xiamen Zhongshan", 658, 6_980),
    ("上海徐汇店", "Shanghai Xuhui", 644, 21_900),
    ("广州天河店", "Guangzhou Tianhe", 627, 12_400),
    ("郑州二七店", "Zhengzhou Erqi", 619, 8_300),
    ("深圳南山店", "Shenzhen Nanshan", 601, 11_000),
    ("杭州湖滨店", "Hangzhou Hubin", 580, 12_380),
    ("长沙五一店", "Changsha Wuyi", 546, 11_050),
    (
        "上海浦东陆家嘴环球金融中心店",
        "Shanghai Pudong Lujiazui Financial Centre",
        538,
        19_200,
    ),
    ("武汉光谷店", "Wuhan Guanggu", 535, 13_700),
    ("小程序商城", "Mini programme", 506, 4_300),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "target/charts".into());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (name, lang, theme, width) in [
        ("zh-light", Lang::Zh, Theme::Light, 760),
        ("en-dark", Lang::En, Theme::Dark, 760),
        ("zh-dark-narrow", Lang::Zh, Theme::Dark, 390),
        ("en-light-wide", Lang::En, Theme::Light, 1180),
    ] {
        let look = Look {
            lang,
            theme,
            width,
            unit: None,
        };
        for (chart, svg) in charts(lang, &look)? {
            std::fs::write(folder.join(format!("{chart}-{name}.svg")), svg.text())?;
            std::fs::write(folder.join(format!("{chart}-{name}.png")), svg.to_png(1.5)?)?;
        }
    }
    Ok(())
}

fn charts(lang: Lang, look: &Look) -> Result<Vec<(&'static str, Svg)>, Box<dyn Error>> {
    let shares = Board {
        scale: BoardScale::OfTarget,
        most: 8,
        ..stores(lang)
    };
    Ok(vec![
        ("burn-up", burn_up(&june(lang)?, look)),
        ("burn-up-year", burn_up(&year(lang)?, look)),
        ("board", board(&stores(lang), look)),
        ("board-shares", board(&shares, look)),
        ("heat", heat_calendar(&heat(lang)?, look)),
        ("composition", composition(&mix(lang), look)),
        ("bridge", bridge(&gap(lang), look)),
    ])
}

/// Weights of a week from Monday, in tenths.
const WEEK: [i64; 7] = [10, 10, 10, 10, 12, 15, 18];

/// Something between -100 and 100 that looks like chance and is none.
fn swing(seed: i64) -> i64 {
    let mixed = seed.wrapping_add(1).wrapping_mul(6_364_136_223_846_793_005) >> 33;
    mixed.rem_euclid(201) - 100
}

fn june(lang: Lang) -> Result<BurnUp, Box<dyn Error>> {
    let mut plan = Vec::new();
    let mut actual = Vec::new();
    let (mut planned, mut sold) = (0, 0);
    for day in 0..30i64 {
        let target = 29_150_000 * WEEK[day.rem_euclid(7) as usize] / 10;
        planned += target;
        plan.push(planned);
        if day < 19 {
            sold += target * (870 + swing(day)) / 1000;
            actual.push(sold);
        }
    }
    Ok(BurnUp {
        title: lang
            .pick(
                "2026年6月 燃起图 · 公司合计",
                "June 2026 burn-up · whole company",
            )
            .into(),
        unit: "CNY".into(),
        first: "2026-06-01".parse()?,
        projection: band(&plan, sold, 19, [60, 0, -60].map(|by| 900 - by)),
        plan,
        actual,
        ..BurnUp::default()
    })
}

/// The days left at three rates, in per mille of the plan's.
fn band(plan: &[i64], sold: i64, gone: usize, rates: [i64; 3]) -> Vec<BandPoint> {
    let reached = plan[gone - 1];
    let at = |total: i64, rate: i64| sold + (total - reached) / 1000 * rate;
    let point = |&total: &i64| BandPoint {
        low: at(total, rates[0].min(rates[2])),
        middle: at(total, rates[1]),
        high: at(total, rates[0].max(rates[2])),
    };
    plan[gone..].iter().map(point).collect()
}

fn year(lang: Lang) -> Result<BurnUp, Box<dyn Error>> {
    let days = 0..365i64;
    let target = |day: i64| 26_000_000 * WEEK[(day + 3).rem_euclid(7) as usize] / 10 + day * 40_000;
    let sum = |amounts: &mut dyn Iterator<Item = i64>| -> Vec<i64> {
        let mut total = 0;
        amounts
            .map(|amount| {
                total += amount;
                total
            })
            .collect()
    };
    let plan = sum(&mut days.clone().map(target));
    let actual = sum(&mut days
        .take(170)
        .map(|day| target(day) * (1040 + swing(day)) / 1000));
    Ok(BurnUp {
        title: lang.pick("2026年 燃起图", "Burn-up of 2026").into(),
        unit: "CNY".into(),
        first: "2026-01-01".parse()?,
        working: plan.iter().map(|amount| amount / 100 * 103).collect(),
        projection: band(&plan, actual[169], 170, [980, 1040, 1100]),
        plan,
        actual,
        ..BurnUp::default()
    })
}

fn stores(lang: Lang) -> Board {
    let row = |(at, &(zh, en, reached, target)): (usize, &(&str, &str, i64, i64))| {
        let (shape, tone, zh_word, en_word) = match reached {
            633.. => (Shape::Up, Tone::Good, "领先", "Ahead"),
            580.. => (Shape::Diamond, Tone::Warn, "略落后", "Behind"),
            _ => (Shape::Down, Tone::Bad, "落后", "Far behind"),
        };
        BoardRow {
            name: lang.pick(zh, en).into(),
            rank: u32::try_from(at + 1).ok(),
            actual: target * reached * 10,
            target: Some(target * 10_000),
            expected: Some(target * 6_180),
            badge: Some(Badge {
                shape,
                tone,
                word: lang.pick(zh_word, en_word).into(),
            }),
        }
    };
    Board {
        title: lang
            .pick("门店排行 · 6 月完成率", "Stores by attainment · June")
            .into(),
        unit: "CNY".into(),
        rows: STORES.iter().enumerate().map(row).collect(),
        ..Board::default()
    }
}

fn heat(lang: Lang) -> Result<HeatCalendar, Box<dyn Error>> {
    let first: Date = "2026-01-01".parse()?;
    let days = (0..365i64).map(|at| {
        let date = first.saturating_add(jiff::Span::new().days(at));
        let closed = at < 3 || (47..52).contains(&at);
        let target = if closed { 0 } else { 20_000_000 };
        let reached = 1000 + swing(at) * swing(at + 700) / 22;
        HeatDay {
            date,
            target,
            actual: (at < 200).then_some(target / 1000 * reached),
        }
    });
    Ok(HeatCalendar {
        title: lang
            .pick(
                "日完成率日历（周五起周）",
                "Daily attainment (weeks from Friday)",
            )
            .into(),
        unit: "CNY".into(),
        week_start: Weekday::Friday,
        days: days.collect(),
        ..HeatCalendar::default()
    })
}

fn mix(lang: Lang) -> Composition {
    let sources = [
        ("回访", "Return visits", 30, 24),
        ("新客", "New customers", 25, 31),
        ("转介绍", "Referrals", 20, 14),
        ("活动", "Campaigns", 15, 22),
        ("复购", "Repeat orders", 10, 9),
    ];
    Composition {
        title: lang.pick("业绩构成 · 6 月", "Composition · June").into(),
        parts: sources
            .map(|(zh, en, target, actual)| CompositionPart {
                name: lang.pick(zh, en).into(),
                target: target * 1_068_000,
                actual: actual * 572_600,
            })
            .into(),
        ..Composition::default()
    }
}

fn gap(lang: Lang) -> Bridge {
    let steps = [
        (
            "上海浦东陆家嘴环球金融中心店",
            "Shanghai Pudong Lujiazui",
            -38_400_000,
        ),
        ("武汉光谷店", "Wuhan Guanggu", -31_200_000),
        ("长沙五一店", "Changsha Wuyi", -24_100_000),
        ("杭州湖滨店", "Hangzhou Hubin", -18_000_000),
        ("南京新街口店", "Nanjing Xinjiekou", 12_300_000),
        ("抖音旗舰店", "Douyin flagship", 7_000_000),
        ("其他门店", "Other stores", -3_100_000),
    ];
    let sum: i64 = steps.iter().map(|step| step.2).sum();
    Bridge {
        title: lang
            .pick("6 月缺口分解（至 6/19）", "June bridge (to 19 June)")
            .into(),
        unit: "CNY".into(),
        start: (lang.pick("应完成", "Expected").into(), 671_000_000),
        end: (lang.pick("实绩", "Actual").into(), 671_000_000 + sum),
        steps: steps
            .map(|(zh, en, amount)| (lang.pick(zh, en).into(), amount))
            .into(),
        ..Bridge::default()
    }
}

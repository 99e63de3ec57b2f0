//! Day series, bullets, compositions and bridges: what charts draw, by hand (rules D10, T5).

use expect_test::{Expect, expect};
use fenjie_message::Lang;
use fenjie_plan::{Measure, MeasureKind, Operation, Plan, TotalAmount};
use fenjie_track::{
    Actuals, Board, BoardRequest, Bridge, BridgeBy, BridgeRequest, bullets, burn_up, composition,
    heat_calendar,
};

use crate::shop::{date, definition, march, member, sales, week};

#[test]
fn the_brief_week_burns_up() {
    let plan = week();
    let actuals = sales(&plan, "徐汇店: 11000 15500 16000");
    let series = burn_up(&plan, &actuals, 0, &[0], 0, date("2026-03-08")).unwrap();
    let yuan = |values: &[i64]| values.iter().map(|own| own / 100).collect::<Vec<i64>>();
    assert_eq!(
        yuan(&series.base),
        [12_000, 27_000, 45_000, 55_000, 65_000, 75_000, 85_000]
    );
    assert_eq!(series.working, series.base);
    assert_eq!(yuan(&series.actual), [11_000, 26_500, 42_500]);
    let days: Vec<String> = series
        .projection
        .iter()
        .map(|own| own.day.to_string())
        .collect();
    assert_eq!(days[0], "2026-03-08");
    let middle: Vec<i64> = series
        .projection
        .iter()
        .map(|own| own.middle / 100)
        .collect();
    // 42,500 over a weight of 4.5 is 9,444.44 a day of weight 1.
    assert_eq!(middle, [42_500, 51_944, 61_388, 70_833, 80_277]);
    assert_eq!(series.band_days, 3);
    let first = series.projection[0];
    assert_eq!((first.low, first.high), (first.middle, first.middle));
    let widths = series.projection.windows(2);
    assert!(
        widths
            .into_iter()
            .all(|two| two[0].high - two[0].low < two[1].high - two[1].low)
    );
}

#[test]
fn the_burn_up_ends_where_the_board_projects() {
    let plan = march("833333.34");
    let actuals = sales(
        &plan,
        "徐汇店: 20000 10000 10000 14000 10000 15000 20000 20000",
    );
    let as_of = date("2026-03-08");
    let series = burn_up(&plan, &actuals, 0, &[0], 0, as_of).unwrap();
    let board = Board::new(
        &plan,
        &actuals,
        &BoardRequest::new(0, vec![0], vec![0], as_of),
    )
    .unwrap();
    let (last, projection) = (
        series.projection.last().unwrap(),
        board.totals[0].projection.unwrap(),
    );
    assert_eq!(
        (last.low, last.middle, last.high, series.band_days),
        (
            projection.low,
            projection.middle,
            projection.high,
            projection.days
        )
    );
}

#[test]
fn days_before_the_first_and_unknown_members() {
    let plan = week();
    let actuals = sales(&plan, "?: 100 100");
    let before = burn_up(&plan, &actuals, 0, &[0], 0, date("2026-03-05")).unwrap();
    assert!(before.actual.is_empty() && before.projection.is_empty());
    let unknown = [fenjie_track::UNASSIGNED];
    let unknown = burn_up(&plan, &actuals, 0, &unknown, 0, date("2026-03-07")).unwrap();
    assert_eq!((unknown.base[6], unknown.actual[1]), (0, 20_000));
}

#[test]
fn each_day_by_its_own_target() {
    let plan = week();
    let actuals = sales(&plan, "徐汇店: 3000 7500 13500");
    let store = [member(&plan, "徐汇店")];
    let days = heat_calendar(&plan, &actuals, 0, &store, 0, date("2026-03-08")).unwrap();
    let text: Vec<String> = days
        .iter()
        .map(|day| day.attainment.map_or("–".into(), |own| own.percent_text(0)))
        .collect();
    assert_eq!(text, ["50%", "100%", "150%", "–", "–", "–", "–"]);
}

#[test]
fn bullets_stand_by_rank() {
    let plan = week();
    let actuals = sales(&plan, "徐汇店: 5500\n浦东店: 3100\n朝阳店: 3000\n?: 9");
    let request = BoardRequest::new(0, vec![2], vec![0], date("2026-03-06"));
    let board = Board::new(&plan, &actuals, &request).unwrap();
    let rows = bullets(&plan, &board, 0, Lang::Zh);
    let rows: Vec<(&str, Option<u32>)> = rows
        .iter()
        .map(|row| (row.label.as_str(), row.rank))
        .collect();
    let wanted = [
        ("浦东店", Some(1)),
        ("朝阳店", Some(2)),
        ("徐汇店", Some(3)),
        ("未归属", None),
    ];
    assert_eq!(rows, wanted);
}

#[test]
fn a_composition_against_its_target() {
    let plan = week();
    let actuals = sales(&plan, "徐汇店: 300\n朝阳店: 100\n?: 100");
    let mix = composition(&plan, &actuals, 0, 0, &[0], 0).unwrap();
    let text: String = mix
        .rows
        .iter()
        .map(|row| {
            let percent = |own: Option<fenjie_track::Ratio>| own.unwrap().percent_text(1);
            let (target, actual) = (percent(row.target_share), percent(row.actual_share));
            format!(
                "{target} {actual} {}\n",
                row.difference.unwrap().points_text(1)
            )
        })
        .collect();
    assert_eq!(
        text,
        "75.0% 60.0% -15.0\n25.0% 20.0% -5.0\n0.0% 20.0% 20.0\n"
    );
    let leaf = [member(&plan, "徐汇店")];
    let error = composition(&plan, &actuals, 0, 0, &leaf, 0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the target is not decomposed down to `org` [track_not_decomposed]"
    );
}

fn bridge(plan: &Plan, actuals: &Actuals, by: BridgeBy, as_of: &str, wanted: Expect) {
    let request = BridgeRequest {
        measure: 0,
        members: vec![0],
        period: 0,
        as_of: date(as_of),
        by,
    };
    let found = Bridge::new(plan, actuals, &request).unwrap();
    let yuan = |count: i64| plan.step(0).format(count);
    let parts = found
        .parts
        .iter()
        .map(|part| format!("{} {}\n", part.label(plan, Lang::Zh), yuan(part.gap)));
    let whole = format!(
        "{} − {} = {}\n",
        yuan(found.target),
        yuan(found.actual),
        yuan(found.gap)
    );
    wanted.assert_eq(&(whole + &parts.collect::<String>()));
    assert_eq!(
        found.parts.iter().map(|part| part.gap).sum::<i64>(),
        found.gap
    );
    assert_eq!(found.target - found.actual, found.gap);
}

#[test]
fn a_gap_by_members_and_by_days() {
    let plan = week();
    let actuals = sales(
        &plan,
        "徐汇店: 5500 7750 8000\n 浦东店: 3000 4000 5000\n 朝阳店: 2000 2000 2000\n 公司: 7\n ?: 500",
    );
    bridge(
        &plan,
        &actuals,
        BridgeBy::Axis(0),
        "2026-03-08",
        expect![[r#"
            45000.00 − 39757.00 = 5243.00
            未细分 -7.00
            华东 500.00
            华北 5250.00
            未归属 -500.00
        "#]],
    );
    bridge(
        &plan,
        &actuals,
        BridgeBy::Periods(1),
        "2026-03-08",
        expect![[r#"
            45000.00 − 39757.00 = 5243.00
            2026年3月6日 周五 993.00
            2026年3月7日 周六 1250.00
            2026年3月8日 周日 3000.00
        "#]],
    );
}

#[test]
fn a_gap_by_price_and_volume() {
    // 1,000 pieces for 10,000.00 were due; 900 were sold, for 9,500.00: 100 pieces at 10.00 are
    // missing, and 0.5556 more for each brings 500.00 back.
    let mut own = definition("2026-03-06..2026-03-12", &[fenjie_calendar::Level::Week]);
    own.measures.push(Measure {
        unit: "件".into(),
        step: fenjie_money::Step::one(),
        kind: MeasureKind::Flow,
        ..Measure::sales("pieces", "件数")
    });
    let total = |measure: &str, amount: &str| Operation::Total {
        measure: measure.into(),
        amount: TotalAmount::Amount(amount.into()),
    };
    let plan = Plan::replay(own, &[total("sales", "10000"), total("pieces", "1000")]).unwrap();
    let actuals = Actuals {
        measures: vec![0, 1],
        periods: vec![0],
        members: vec![vec![0]],
        values: vec![vec![950_000], vec![900]],
        ..Actuals::default()
    };
    bridge(
        &plan,
        &actuals,
        BridgeBy::PriceVolume(1),
        "2026-03-12",
        expect![[r#"
            10000.00 − 9500.00 = 500.00
            数量 1000.00
            价格 -500.00
        "#]],
    );
}

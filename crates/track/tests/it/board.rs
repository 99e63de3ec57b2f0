//! Standings by hand: the brief's week, its March, closed weeks, unknown members (rules T1–T3).

use expect_test::{Expect, expect};
use fenjie_message::Lang;
use fenjie_plan::Plan;
use fenjie_track::{Actuals, Board, BoardRequest, Standing, members_label};

use crate::shop::{date, march, period, sales, week};

fn board(plan: &Plan, actuals: &Actuals, depth: usize, periods: &[u32], as_of: &str) -> Board {
    let request = BoardRequest::new(0, vec![depth], periods.to_vec(), date(as_of));
    Board::new(plan, actuals, &request).unwrap()
}

/// A line's figures as people read them; amounts in yuan.
fn line(plan: &Plan, standing: &Standing) -> String {
    let yuan = |count: i64| plan.step(0).format_grouped(count, Default::default());
    let rate =
        |rate: Option<fenjie_track::Ratio>| rate.map_or("–".into(), |own| yuan(own.rounded(0)));
    let percent =
        |own: Option<fenjie_track::Ratio>| own.map_or("–".into(), |own| own.percent_text(1));
    let projection = standing.projection.map_or("–".into(), |own| {
        format!(
            "{} ({}…{})",
            yuan(own.middle),
            yuan(own.low),
            yuan(own.high)
        )
    });
    format!(
        "{} | target {} actual {} = {} | elapsed {} due {} pace {} | gap {} to date {} | {} done {} needed \
         | ends {projection} | {} | rank {:?} of gap {}\n",
        members_label(plan, &standing.members, Lang::Zh),
        yuan(standing.target),
        yuan(standing.actual),
        percent(standing.attainment),
        standing.elapsed.percent_text(1),
        yuan(standing.expected),
        standing.pace.map_or("–".into(), |pace| pace.points_text(1)),
        yuan(standing.gap),
        yuan(standing.gap_to_date),
        rate(standing.run_rate),
        rate(standing.required_rate),
        standing.status.text(Lang::Zh),
        standing.rank,
        percent(standing.share_of_gap),
    )
}

fn check(plan: &Plan, board: &Board, wanted: Expect) {
    let lines = board.standings.iter().chain(&board.totals);
    let text: String = lines.map(|standing| line(plan, standing)).collect();
    wanted.assert_eq(&text);
}

#[test]
fn the_brief_week_on_its_sunday() {
    // 85,000 from Friday: 12,000 15,000 18,000, then 10,000 a day. 徐汇店 has half of it.
    let plan = week();
    let actuals = sales(
        &plan,
        "徐汇店: 5500 7750 8000
         浦东店: 3000 4000 5000
         朝阳店: 2000 2000 2000
         ?:      500",
    );
    let board = board(&plan, &actuals, 2, &[0], "2026-03-08");
    check(
        &plan,
        &board,
        expect![[r#"
            徐汇店 | target 42,500.00 actual 21,250.00 = 50.0% | elapsed 52.9% due 22,500.00 pace -2.9 | gap 21,250.00 to date 1,250.00 | 4,722.22 done 5,312.50 needed | ends 40,138.89 (37,929.87…42,347.91) | ◆ 略落后 | rank Some(2) of gap 69.7%
            浦东店 | target 21,250.00 actual 12,000.00 = 56.5% | elapsed 52.9% due 11,250.00 pace 3.5 | gap 9,250.00 to date -750.00 | 2,666.67 done 2,312.50 needed | ends 22,666.67 (21,850.59…23,482.75) | ▲ 领先 | rank Some(1) of gap 30.3%
            朝阳店 | target 21,250.00 actual 6,000.00 = 28.2% | elapsed 52.9% due 11,250.00 pace -24.7 | gap 15,250.00 to date 5,250.00 | 1,333.33 done 3,812.50 needed | ends 11,333.33 (9,701.14…12,965.52) | ▼ 落后 | rank Some(3) of gap 100.0%
            未归属 | target 0.00 actual 500.00 = – | elapsed 52.9% due 0.00 pace – | gap -500.00 to date -500.00 | 111.11 done 0.00 needed | ends 944.44 (500.00…2,344.27) | – 无目标 | rank None of gap -1.1%
            合计 | target 85,000.00 actual 39,750.00 = 46.8% | elapsed 52.9% due 45,000.00 pace -6.2 | gap 45,250.00 to date 5,250.00 | 8,833.33 done 11,312.50 needed | ends 75,083.33 (72,283.61…77,883.05) | ▼ 落后 | rank None of gap –
        "#]],
    );
}

#[test]
fn the_same_week_by_region_and_in_all() {
    let plan = week();
    let actuals = sales(
        &plan,
        "徐汇店: 5500 7750 8000\n 浦东店: 3000 4000 5000\n ?: 500",
    );
    check(
        &plan,
        &board(&plan, &actuals, 1, &[0], "2026-03-08"),
        expect![[r#"
            华东 | target 63,750.00 actual 33,250.00 = 52.2% | elapsed 52.9% due 33,750.00 pace -0.8 | gap 30,500.00 to date 500.00 | 7,388.89 done 7,625.00 needed | ends 62,805.56 (60,505.65…65,105.47) | ◆ 略落后 | rank Some(1) of gap 59.5%
            华北 | target 21,250.00 actual 0.00 = 0.0% | elapsed 52.9% due 11,250.00 pace -52.9 | gap 21,250.00 to date 11,250.00 | 0.00 done 5,312.50 needed | ends 0.00 (0.00…0.00) | ▼ 落后 | rank Some(2) of gap 41.5%
            未归属 | target 0.00 actual 500.00 = – | elapsed 52.9% due 0.00 pace – | gap -500.00 to date -500.00 | 111.11 done 0.00 needed | ends 944.44 (500.00…2,344.27) | – 无目标 | rank None of gap -1.0%
            合计 | target 85,000.00 actual 33,750.00 = 39.7% | elapsed 52.9% due 45,000.00 pace -13.2 | gap 51,250.00 to date 11,250.00 | 7,500.00 done 12,812.50 needed | ends 63,750.00 (61,982.22…65,517.78) | ▼ 落后 | rank None of gap –
        "#]],
    );
    check(
        &plan,
        &board(&plan, &actuals, 0, &[0], "2026-03-08"),
        expect![[r#"
            合计 | target 85,000.00 actual 33,750.00 = 39.7% | elapsed 52.9% due 45,000.00 pace -13.2 | gap 51,250.00 to date 11,250.00 | 7,500.00 done 12,812.50 needed | ends 63,750.00 (61,982.22…65,517.78) | ▼ 落后 | rank Some(1) of gap –
            合计 | target 85,000.00 actual 33,750.00 = 39.7% | elapsed 52.9% due 45,000.00 pace -13.2 | gap 51,250.00 to date 11,250.00 | 7,500.00 done 12,812.50 needed | ends 63,750.00 (61,982.22…65,517.78) | ▼ 落后 | rank None of gap –
        "#]],
    );
}

#[test]
fn the_month_and_its_weeks_on_one_board() {
    let plan = march("833333.34");
    let pieces: Vec<u32> = plan.model().nodes_at_depth(1, 1);
    let periods: Vec<u32> = std::iter::once(0).chain(pieces).collect();
    let actuals = sales(
        &plan,
        "徐汇店: 20000 10000 10000 10000 10000 15000 20000 20000",
    );
    let board = board(&plan, &actuals, 0, &periods, "2026-03-08");
    check(
        &plan,
        &board,
        expect![[r#"
            合计 | target 833,333.34 actual 115,000.00 = 13.8% | elapsed 27.2% due 227,072.33 pace -13.4 | gap 718,333.34 to date 112,072.33 | 11,165.05 done 26,121.21 needed | ends 422,038.80 (401,042.06…443,035.54) | ▼ 落后 | rank Some(1) of gap –
            合计 | target 127,865.96 actual 60,000.00 = 46.9% | elapsed 100.0% due 127,865.96 pace -53.1 | gap 67,865.96 to date 67,865.96 | 10,344.83 done – needed | ends 60,000.00 (60,000.00…60,000.00) | × 未达成 | rank Some(1) of gap –
            合计 | target 187,389.78 actual 55,000.00 = 29.4% | elapsed 52.9% due 99,206.37 pace -23.6 | gap 132,389.78 to date 44,206.37 | 12,222.22 done 33,097.45 needed | ends 103,888.87 (97,387.64…110,390.10) | ▼ 落后 | rank Some(1) of gap –
            合计 | target 187,389.77 actual 0.00 = 0.0% | elapsed 0.0% due 0.00 pace 0.0 | gap 187,389.77 to date 0.00 | – done 22,045.86 needed | ends – | ○ 未开始 | rank Some(1) of gap –
            合计 | target 187,389.76 actual 0.00 = 0.0% | elapsed 0.0% due 0.00 pace 0.0 | gap 187,389.76 to date 0.00 | – done 22,045.85 needed | ends – | ○ 未开始 | rank Some(1) of gap –
            合计 | target 143,298.07 actual 0.00 = 0.0% | elapsed 0.0% due 0.00 pace 0.0 | gap 143,298.07 to date 0.00 | – done 22,045.86 needed | ends – | ○ 未开始 | rank Some(1) of gap –
            合计 | target 833,333.34 actual 115,000.00 = 13.8% | elapsed 27.2% due 227,072.33 pace -13.4 | gap 718,333.34 to date 112,072.33 | 11,165.05 done 26,121.21 needed | ends 422,038.80 (401,042.06…443,035.54) | ▼ 落后 | rank None of gap –
            合计 | target 127,865.96 actual 60,000.00 = 46.9% | elapsed 100.0% due 127,865.96 pace -53.1 | gap 67,865.96 to date 67,865.96 | 10,344.83 done – needed | ends 60,000.00 (60,000.00…60,000.00) | × 未达成 | rank None of gap –
            合计 | target 187,389.78 actual 55,000.00 = 29.4% | elapsed 52.9% due 99,206.37 pace -23.6 | gap 132,389.78 to date 44,206.37 | 12,222.22 done 33,097.45 needed | ends 103,888.87 (97,387.64…110,390.10) | ▼ 落后 | rank None of gap –
            合计 | target 187,389.77 actual 0.00 = 0.0% | elapsed 0.0% due 0.00 pace 0.0 | gap 187,389.77 to date 0.00 | – done 22,045.86 needed | ends – | ○ 未开始 | rank None of gap –
            合计 | target 187,389.76 actual 0.00 = 0.0% | elapsed 0.0% due 0.00 pace 0.0 | gap 187,389.76 to date 0.00 | – done 22,045.85 needed | ends – | ○ 未开始 | rank None of gap –
            合计 | target 143,298.07 actual 0.00 = 0.0% | elapsed 0.0% due 0.00 pace 0.0 | gap 143,298.07 to date 0.00 | – done 22,045.86 needed | ends – | ○ 未开始 | rank None of gap –
        "#]],
    );
}

#[test]
fn before_the_first_day_and_after_the_last() {
    let plan = week();
    let none = sales(&plan, "");
    check(
        &plan,
        &board(&plan, &none, 0, &[0], "2026-03-05"),
        expect![[r#"
            合计 | target 85,000.00 actual 0.00 = 0.0% | elapsed 0.0% due 0.00 pace 0.0 | gap 85,000.00 to date 0.00 | – done 10,000.00 needed | ends – | ○ 未开始 | rank Some(1) of gap –
            合计 | target 85,000.00 actual 0.00 = 0.0% | elapsed 0.0% due 0.00 pace 0.0 | gap 85,000.00 to date 0.00 | – done 10,000.00 needed | ends – | ○ 未开始 | rank None of gap –
        "#]],
    );
    check(
        &plan,
        &board(&plan, &none, 0, &[0], "2026-03-12"),
        expect![[r#"
            合计 | target 85,000.00 actual 0.00 = 0.0% | elapsed 100.0% due 85,000.00 pace -100.0 | gap 85,000.00 to date 85,000.00 | 0.00 done – needed | ends 0.00 (0.00…0.00) | × 未达成 | rank Some(1) of gap –
            合计 | target 85,000.00 actual 0.00 = 0.0% | elapsed 100.0% due 85,000.00 pace -100.0 | gap 85,000.00 to date 85,000.00 | 0.00 done – needed | ends 0.00 (0.00…0.00) | × 未达成 | rank None of gap –
        "#]],
    );
    let whole = sales(
        &plan,
        "徐汇店: 12000 15000 18000 10000 10000 10000 9999.99\n朝阳店: 0.01",
    );
    check(
        &plan,
        &board(&plan, &whole, 0, &[0], "2026-03-12"),
        expect![[r#"
            合计 | target 85,000.00 actual 85,000.00 = 100.0% | elapsed 100.0% due 85,000.00 pace 0.0 | gap 0.00 to date 0.00 | 10,000.00 done – needed | ends 85,000.00 (85,000.00…85,000.00) | ● 已达成 | rank Some(1) of gap –
            合计 | target 85,000.00 actual 85,000.00 = 100.0% | elapsed 100.0% due 85,000.00 pace 0.0 | gap 0.00 to date 0.00 | 10,000.00 done – needed | ends 85,000.00 (85,000.00…85,000.00) | ● 已达成 | rank None of gap –
        "#]],
    );
    let cent_short = sales(&plan, "徐汇店: 12000 15000 18000 10000 10000 10000 9999.99");
    check(
        &plan,
        &board(&plan, &cent_short, 0, &[0], "2026-03-12"),
        expect![[r#"
            合计 | target 85,000.00 actual 84,999.99 = 100.0% | elapsed 100.0% due 85,000.00 pace 0.0 | gap 0.01 to date 0.01 | 10,000.00 done – needed | ends 84,999.99 (84,999.99…84,999.99) | × 未达成 | rank Some(1) of gap –
            合计 | target 85,000.00 actual 84,999.99 = 100.0% | elapsed 100.0% due 85,000.00 pace 0.0 | gap 0.01 to date 0.01 | 10,000.00 done – needed | ends 84,999.99 (84,999.99…84,999.99) | × 未达成 | rank None of gap –
        "#]],
    );
}

#[test]
fn a_box_has_its_own_total_and_shows_only_its_own() {
    let plan = week();
    let actuals = sales(&plan, "徐汇店: 5500\n 朝阳店: 900\n 华东: 300\n ?: 50");
    let mut request = BoardRequest::new(0, vec![2], vec![0], date("2026-03-06"));
    request.within = vec![crate::shop::member(&plan, "华东")];
    let found = Board::new(&plan, &actuals, &request).unwrap();
    check(
        &plan,
        &found,
        expect![[r#"
            华东 | target 0.00 actual 300.00 = – | elapsed 14.1% due 0.00 pace – | gap -300.00 to date -300.00 | 250.00 done 0.00 needed | ends 2,125.00 (2,125.00…2,125.00) | – 无目标 | rank None of gap -0.5%
            徐汇店 | target 42,500.00 actual 5,500.00 = 12.9% | elapsed 14.1% due 6,000.00 pace -1.2 | gap 37,000.00 to date 500.00 | 4,583.33 done 5,068.49 needed | ends 38,958.33 (38,958.33…38,958.33) | ◆ 略落后 | rank Some(1) of gap 63.8%
            浦东店 | target 21,250.00 actual 0.00 = 0.0% | elapsed 14.1% due 3,000.00 pace -14.1 | gap 21,250.00 to date 3,000.00 | 0.00 done 2,910.96 needed | ends 0.00 (0.00…0.00) | ▼ 落后 | rank Some(2) of gap 36.7%
            华东 | target 63,750.00 actual 5,800.00 = 9.1% | elapsed 14.1% due 9,000.00 pace -5.0 | gap 57,950.00 to date 3,200.00 | 4,833.33 done 7,938.36 needed | ends 41,083.33 (41,083.33…41,083.33) | ▼ 落后 | rank None of gap –
        "#]],
    );
    request.within = vec![0];
    let everyone = Board::new(&plan, &actuals, &request).unwrap();
    check(
        &plan,
        &everyone,
        expect![[r#"
            华东 | target 0.00 actual 300.00 = – | elapsed 14.1% due 0.00 pace – | gap -300.00 to date -300.00 | 250.00 done 0.00 needed | ends 2,125.00 (2,125.00…2,125.00) | – 无目标 | rank None of gap -0.5%
            徐汇店 | target 42,500.00 actual 5,500.00 = 12.9% | elapsed 14.1% due 6,000.00 pace -1.2 | gap 37,000.00 to date 500.00 | 4,583.33 done 5,068.49 needed | ends 38,958.33 (38,958.33…38,958.33) | ◆ 略落后 | rank Some(1) of gap 63.8%
            浦东店 | target 21,250.00 actual 0.00 = 0.0% | elapsed 14.1% due 3,000.00 pace -14.1 | gap 21,250.00 to date 3,000.00 | 0.00 done 2,910.96 needed | ends 0.00 (0.00…0.00) | ▼ 落后 | rank Some(3) of gap 36.7%
            朝阳店 | target 21,250.00 actual 900.00 = 4.2% | elapsed 14.1% due 3,000.00 pace -9.9 | gap 20,350.00 to date 2,100.00 | 750.00 done 2,787.67 needed | ends 6,375.00 (6,375.00…6,375.00) | ▼ 落后 | rank Some(2) of gap 100.0%
            未归属 | target 0.00 actual 50.00 = – | elapsed 14.1% due 0.00 pace – | gap -50.00 to date -50.00 | 41.67 done 0.00 needed | ends 354.17 (354.17…354.17) | – 无目标 | rank None of gap -0.1%
            合计 | target 85,000.00 actual 6,750.00 = 7.9% | elapsed 14.1% due 12,000.00 pace -6.2 | gap 78,250.00 to date 5,250.00 | 5,625.00 done 10,719.18 needed | ends 47,812.50 (47,812.50…47,812.50) | ▼ 落后 | rank None of gap –
        "#]],
    );
}

#[test]
fn no_target_is_no_percentage() {
    let plan = crate::shop::march("0");
    let actuals = sales(&plan, "徐汇店: 100");
    check(
        &plan,
        &board(&plan, &actuals, 1, &[0], "2026-03-08"),
        expect![[r#"
            华东 | target 0.00 actual 100.00 = – | elapsed 27.2% due 0.00 pace – | gap -100.00 to date -100.00 | 9.71 done 0.00 needed | ends 366.99 (100.00…686.56) | – 无目标 | rank None of gap 100.0%
            合计 | target 0.00 actual 100.00 = – | elapsed 27.2% due 0.00 pace – | gap -100.00 to date -100.00 | 9.71 done 0.00 needed | ends 366.99 (100.00…686.56) | – 无目标 | rank None of gap –
        "#]],
    );
}

#[test]
fn what_cannot_be_computed_says_so() {
    let plan = week();
    let actuals = Actuals {
        measures: vec![7],
        members: vec![vec![1]],
        values: vec![vec![1]],
        periods: vec![period(&plan, "day=2026-03-06")],
        ..Actuals::default()
    };
    let request = BoardRequest::new(0, vec![1], vec![0], date("2026-03-06"));
    let error = Board::new(&plan, &actuals, &request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the actual results hold no measure `sales` [track_measure_missing]"
    );
}

#[test]
fn the_largest_amounts_stop_at_the_end_of_the_range() {
    let plan = week();
    let actuals = Actuals {
        measures: vec![0],
        periods: crate::shop::days(&plan)[..2].to_vec(),
        members: vec![vec![2, 3, 5]],
        values: vec![vec![i64::MAX, i64::MAX, i64::MAX, 1, i64::MIN, i64::MIN]],
        ..Actuals::default()
    };
    for depth in 0..=1 {
        board(&plan, &actuals, depth, &[0], "2026-03-08");
    }
    let store = board(&plan, &actuals, 2, &[0], "2026-03-08").standings;
    assert_eq!((store[0].actual, store[2].actual), (i64::MAX, i64::MIN));
    assert_eq!(store[2].gap, i64::MAX);
}

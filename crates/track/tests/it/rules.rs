//! Rules T1–T3 as tables: what is sold, on what day it is looked at, and what the board says. Every figure
//! was worked out by hand.

use fenjie_calendar::{Coefficient, DayWeights, Level};
use fenjie_message::Lang;
use fenjie_plan::{
    Address, Basis, CalendarBasis, Decimal, LevelPeriod, Measure, MeasureKind, MemberCalendar,
    MemberRow, Operation, Plan, TotalAmount, Tree,
};
use fenjie_track::{
    Actuals, Board, BoardRequest, Ratio, Standing, composition, members_label, stated_board,
};

use crate::shop::{date, decompose, definition, member, operations, sales, week};

/// Compares every row of a table: the first cells are given, the others must come out.
fn check(table: &str, given: usize, answer: impl Fn(&[&str]) -> Vec<String>) {
    let rows = table.lines().map(str::trim).filter(|row| !row.is_empty());
    for row in rows.skip(1) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let found = answer(&cells[..given]);
        assert_eq!(cells[given..], found, "{row}");
    }
}

fn yuan(count: i64) -> String {
    let step = fenjie_money::Step::parse("0.01").unwrap();
    step.format_grouped(count, Default::default())
}

fn percent(ratio: Option<Ratio>) -> String {
    ratio.map_or("–".into(), |own| own.percent_text(1))
}

fn points(ratio: Option<Ratio>) -> String {
    ratio.map_or("–".into(), |own| own.points_text(1))
}

fn rate(ratio: Option<Ratio>) -> String {
    ratio.map_or("–".into(), |own| yuan(own.rounded(0)))
}

fn board(plan: &Plan, sold: &Actuals, depth: usize, as_of: &str) -> Board {
    let request = BoardRequest::new(0, vec![depth], vec![0], date(as_of));
    Board::new(plan, sold, &request).unwrap()
}

fn line_of<'b>(plan: &Plan, board: &'b Board, name: &str) -> &'b Standing {
    let lines = board.standings.iter().chain(&board.totals);
    let is_it = |line: &&Standing| members_label(plan, &line.members, Lang::Zh) == name;
    lines.into_iter().find(is_it).unwrap()
}

#[test]
fn t1_t2_a_store_through_its_week() {
    // 徐汇店 has 42,500.00 from Friday: 6,000 7,500 9,000, then 5,000 a day; weights 1.2 1.5 1.8 1 1 1 1.
    let plan = week();
    let table = "
    sold day by day                    | as of      | actual    | attained | elapsed | due       | pace  | gap       | done a day | needed a day | ends at    | status
                                       | 2026-03-05 | 0.00      | 0.0%     | 0.0%    | 0.00      | 0.0   | 42,500.00 | –          | 5,000.00     | –          | ○ 未开始
                                       | 2026-03-06 | 0.00      | 0.0%     | 14.1%   | 6,000.00  | -14.1 | 42,500.00 | 0.00       | 5,821.92     | 0.00       | ▼ 落后
    6000                               | 2026-03-06 | 6,000.00  | 14.1%    | 14.1%   | 6,000.00  | 0.0   | 36,500.00 | 5,000.00   | 5,000.00     | 42,500.00  | ▲ 领先
    5999.99                            | 2026-03-06 | 5,999.99  | 14.1%    | 14.1%   | 6,000.00  | 0.0   | 36,500.01 | 4,999.99   | 5,000.00     | 42,499.93  | ◆ 略落后
    6000 7500 9000                     | 2026-03-08 | 22,500.00 | 52.9%    | 52.9%   | 22,500.00 | 0.0   | 20,000.00 | 5,000.00   | 5,000.00     | 42,500.00  | ▲ 领先
    6000 7500 6875                     | 2026-03-08 | 20,375.00 | 47.9%    | 52.9%   | 22,500.00 | -5.0  | 22,125.00 | 4,527.78   | 5,531.25     | 38,486.11  | ◆ 略落后
    6000 7500 6874.99                  | 2026-03-08 | 20,374.99 | 47.9%    | 52.9%   | 22,500.00 | -5.0  | 22,125.01 | 4,527.78   | 5,531.25     | 38,486.09  | ▼ 落后
    42499.99                           | 2026-03-06 | 42,499.99 | 100.0%   | 14.1%   | 6,000.00  | 85.9  | 0.01      | 35,416.66  | 0.00         | 301,041.60 | ▲ 领先
    42500                              | 2026-03-06 | 42,500.00 | 100.0%   | 14.1%   | 6,000.00  | 85.9  | 0.00      | 35,416.67  | 0.00         | 301,041.67 | ● 已达成
    40000 20000                        | 2026-03-07 | 60,000.00 | 141.2%   | 31.8%   | 13,500.00 | 109.4 | -17,500.00 | 22,222.22 | 0.00         | 188,888.89 | ● 已达成
    6000 -8000                         | 2026-03-07 | -2,000.00 | -4.7%    | 31.8%   | 13,500.00 | -36.5 | 44,500.00 | -740.74    | 7,672.41     | -6,296.30  | ▼ 落后
    6000 7500 9000 5000 5000 5000 4999.99 | 2026-03-12 | 42,499.99 | 100.0% | 100.0% | 42,500.00 | 0.0  | 0.01      | 5,000.00   | –            | 42,499.99  | × 未达成
    6000 7500 9000 5000 5000 5000 5000 | 2026-03-12 | 42,500.00 | 100.0%   | 100.0%  | 42,500.00 | 0.0   | 0.00      | 5,000.00   | –            | 42,500.00  | ● 已达成
    6000                               | 2026-05-01 | 6,000.00  | 14.1%    | 100.0%  | 42,500.00 | -85.9 | 36,500.00 | 705.88     | –            | 6,000.00   | × 未达成
    ";
    check(table, 2, |given| {
        let sold = sales(&plan, &format!("徐汇店: {}", given[0]));
        let board = board(&plan, &sold, 2, given[1]);
        let own = line_of(&plan, &board, "徐汇店");
        assert_eq!(own.target, 4_250_000);
        vec![
            yuan(own.actual),
            percent(own.attainment),
            percent(Some(own.elapsed)),
            yuan(own.expected),
            points(own.pace),
            yuan(own.gap),
            rate(own.run_rate),
            rate(own.required_rate),
            own.projection.map_or("–".into(), |ends| yuan(ends.middle)),
            own.status.text(Lang::Zh),
        ]
    });
}

#[test]
fn t1_without_a_target_there_is_no_percentage() {
    let plan = crate::shop::march("0");
    let table = "
    sold | actual | attained | pace | gap     | status
    0    | 0.00   | –        | –    | 0.00    | – 无目标
    100  | 100.00 | –        | –    | -100.00 | – 无目标
    -100 | -100.00 | –       | –    | 100.00  | – 无目标
    ";
    check(table, 1, |given| {
        let sold = sales(&plan, &format!("徐汇店: {}", given[0]));
        let own = &board(&plan, &sold, 0, "2026-03-08").totals[0];
        vec![
            yuan(own.actual),
            percent(own.attainment),
            points(own.pace),
            yuan(own.gap),
            own.status.text(Lang::Zh),
        ]
    });
}

/// A week of 20,400.00 by the days of three stores, 1,200.00 each: 老店 has seven days; 新店 opens on
/// Tuesday, the fifth day, and has three; 周一休 has 8,400.00 too, in six days, closed on Monday, the fourth.
fn stores_with_days_of_their_own() -> Plan {
    let mut own = definition("2026-03-06..2026-03-12", &[Level::Week, Level::Day]);
    own.calendar.day_weights = DayWeights::calendar_days();
    let row = |code: &str, parent: Option<&str>, from: Option<&str>| MemberRow {
        code: code.into(),
        name: code.into(),
        parent: parent.map(Into::into),
        from: from.map(date),
        ..MemberRow::default()
    };
    let rows = vec![
        row("公司", None, None),
        row("老店", Some("公司"), None),
        row("新店", Some("公司"), Some("2026-03-10")),
        row("周一休", Some("公司"), None),
    ];
    own.dimensions[0].tree = Tree::build("org", &["store".into()], rows).unwrap();
    let mut closed_on_mondays = DayWeights::calendar_days();
    closed_on_mondays.by_weekday[0] = Coefficient::parse("0").unwrap();
    own.member_calendars.push(MemberCalendar {
        dimension: "org".into(),
        member: "周一休".into(),
        day_weights: closed_on_mondays,
        slots: own.calendar.slots.clone(),
    });
    let alike = ["老店", "新店", "周一休"].map(|name| (name.into(), Decimal::parse("1").unwrap()));
    let days = Basis::Calendar(CalendarBasis::Coefficients);
    let mut steps: Vec<Operation> = operations("20400.00");
    steps.truncate(1);
    steps.push(decompose("org", Basis::Weights(alike.to_vec())));
    steps.push(decompose("time.day", days));
    Plan::replay(own, &steps).unwrap()
}

#[test]
fn t2_days_before_joining_and_closed_days_ask_for_nothing() {
    let plan = stores_with_days_of_their_own();
    let table = "
    store  | sold           | as of      | target   | days gone | left | due      | elapsed | status
    老店   | 1200 1200 1200 | 2026-03-08 | 8,400.00 | 3         | 4    | 3,600.00 | 42.9%   | ▲ 领先
    老店   | 1200 1200 1200 | 2026-03-09 | 8,400.00 | 4         | 3    | 4,800.00 | 57.1%   | ▼ 落后
    周一休 | 1400 1400 1400 | 2026-03-08 | 8,400.00 | 3         | 3    | 4,200.00 | 50.0%   | ▲ 领先
    周一休 | 1400 1400 1400 | 2026-03-09 | 8,400.00 | 3         | 3    | 4,200.00 | 50.0%   | ▲ 领先
    新店   |                | 2026-03-08 | 3,600.00 | 0         | 3    | 0.00     | 0.0%    | ○ 未开始
    新店   |                | 2026-03-09 | 3,600.00 | 0         | 3    | 0.00     | 0.0%    | ○ 未开始
    新店   |                | 2026-03-10 | 3,600.00 | 1         | 2    | 1,200.00 | 33.3%   | ▼ 落后
    ";
    check(table, 3, |given| {
        let sold = sales(&plan, &format!("{}: {}", given[0], given[1]));
        let board = board(&plan, &sold, 1, given[2]);
        let own = line_of(&plan, &board, given[0]);
        vec![
            yuan(own.target),
            own.days_gone.to_string(),
            own.days_left.to_string(),
            yuan(own.expected),
            percent(Some(own.elapsed)),
            own.status.text(Lang::Zh),
        ]
    });
}

#[test]
fn t3_amounts_roll_up_and_percentages_are_computed_from_them() {
    // 63,750 of 华东 (徐汇店 42,500 and 浦东店 21,250) and 21,250 of 华北 (朝阳店). 徐汇店 has 80 %, 浦东店
    // 20 %: 华东 has 60 %, which is not their mean. 500 nobody knows count in the total alone; a sale of
    // 1,000 shared 60 : 40 by two stores is 600 and 400.
    let plan = week();
    let sold = sales(
        &plan,
        "徐汇店: 33400 600\n浦东店: 3850 400\n朝阳店: 21250\n?: 500",
    );
    let table = "
    level | line   | target    | actual    | attained | rank | share of the gap | status
    2     | 徐汇店 | 42,500.00 | 34,000.00 | 80.0%    | 2    | 33.3%            | × 未达成
    2     | 浦东店 | 21,250.00 | 4,250.00  | 20.0%    | 3    | 66.7%            | × 未达成
    2     | 朝阳店 | 21,250.00 | 21,250.00 | 100.0%   | 1    | –                | ● 已达成
    2     | 未归属 | 0.00      | 500.00    | –        | –    | -2.0%            | – 无目标
    2     | 合计   | 85,000.00 | 60,000.00 | 70.6%    | –    | –                | × 未达成
    1     | 华东   | 63,750.00 | 38,250.00 | 60.0%    | 2    | 102.0%           | × 未达成
    1     | 华北   | 21,250.00 | 21,250.00 | 100.0%   | 1    | 0.0%             | ● 已达成
    1     | 未归属 | 0.00      | 500.00    | –        | –    | -2.0%            | – 无目标
    1     | 合计   | 85,000.00 | 60,000.00 | 70.6%    | –    | –                | × 未达成
    ";
    check(table, 2, |given| {
        let board = board(&plan, &sold, given[0].parse().unwrap(), "2026-03-12");
        let own = line_of(&plan, &board, given[1]);
        vec![
            yuan(own.target),
            yuan(own.actual),
            percent(own.attainment),
            own.rank.map_or("–".into(), |rank| rank.to_string()),
            percent(own.share_of_gap),
            own.status.text(Lang::Zh),
        ]
    });
}

#[test]
fn t3_a_composition_against_its_target() {
    let plan = week();
    let table = "
    sold by 华东 | 华北 | nobody known | shares of the actual | points against 75 % and 25 %
    300          | 100  | 0            | 75.0% 25.0%          | 0.0 0.0
    300          | 100  | 100          | 60.0% 20.0% 20.0%    | -15.0 -5.0 20.0
    0            | 50   | 0            | 0.0% 100.0%          | -75.0 75.0
    120          | -20  | 0            | 120.0% -20.0%        | 45.0 -45.0
    0            | 0    | 0            | – –                  | – –
    ";
    check(table, 3, |given| {
        let mut lines = format!("徐汇店: {}\n朝阳店: {}\n", given[0], given[1]);
        if given[2] != "0" {
            lines += &format!("?: {}\n", given[2]);
        }
        let mix = composition(&plan, &sales(&plan, &lines), 0, 0, &[0], 0).unwrap();
        let shares = mix.rows.iter().map(|row| percent(row.actual_share));
        let against = mix.rows.iter().map(|row| points(row.difference));
        vec![
            shares.collect::<Vec<_>>().join(" "),
            against.collect::<Vec<_>>().join(" "),
        ]
    });
}

/// The first quarter for everyone: 100 deals of 400 visits, so a rate of 25 %; people, counted at the end
/// of a month.
fn deals_and_people() -> Plan {
    let mut own = definition("2026-Q1", &[Level::Quarter, Level::Month]);
    let measure = |code: &str, kind: MeasureKind| Measure {
        kind,
        step: fenjie_money::Step::one(),
        ..Measure::sales(code, code)
    };
    let rate = MeasureKind::Ratio {
        numerator: Some("deals".into()),
        denominator: Some("visits".into()),
    };
    own.measures.push(measure("deals", MeasureKind::Flow));
    own.measures.push(measure("visits", MeasureKind::Flow));
    own.measures.push(measure("rate", rate));
    let people = MeasureKind::Level(LevelPeriod::Last);
    own.measures.push(measure("people", people));
    let total = |measure: &str, amount: &str| Operation::Total {
        measure: measure.into(),
        amount: TotalAmount::Amount(amount.into()),
    };
    let state = Operation::State {
        measure: "people".into(),
        at: Address::parse("quarter=2026-Q1").unwrap(),
        value: Decimal::parse("12").unwrap(),
    };
    let steps = [total("deals", "100"), total("visits", "400"), state];
    Plan::replay(own, &steps).unwrap()
}

#[test]
fn t3_a_ratio_is_of_sums_and_a_level_is_the_last_one_taken() {
    let plan = deals_and_people();
    let stores = ["徐汇店", "朝阳店"].map(|name| member(&plan, name));
    let table = "
    deals and visits of 徐汇店 | of 朝阳店 | rate  | against 25 %
    30 100                     | 10 100    | 20.0% | -5.0
    90 300                     | 1 100     | 22.8% | -2.3
    0 100                      | 0 50      | 0.0%  | -25.0
    100 300                    | 20 100    | 30.0% | 5.0
    0 0                        | 0 0       | –     | –
    ";
    check(table, 2, |given| {
        let of =
            |text: &str| -> Vec<i64> { text.split(' ').map(|own| own.parse().unwrap()).collect() };
        let (first, second) = (of(given[0]), of(given[1]));
        let actuals = Actuals {
            measures: vec![1, 2],
            periods: vec![0],
            members: vec![stores.to_vec()],
            values: vec![vec![first[0], second[0]], vec![first[1], second[1]]],
            ..Actuals::default()
        };
        let as_of = date("2026-03-31");
        let found = stated_board(&plan, &actuals, 3, &[0], &[0], as_of).unwrap();
        vec![percent(found[0].actual), points(found[0].difference)]
    });
    let table = "
    taken in January, February, March | people | against 12
    10 11 13                          | 13     | 1
    10 11 –                           | 11     | -1
    10 – 0                            | 0      | -12
    – – –                             | –      | –
    ";
    check(table, 1, |given| {
        let taken: Vec<Option<i64>> = given[0].split(' ').map(|own| own.parse().ok()).collect();
        let zeros = taken.iter().enumerate().filter(|(_, own)| **own == Some(0));
        let actuals = Actuals {
            measures: vec![4],
            periods: plan.model().nodes_at_depth(1, 1),
            members: vec![vec![0]],
            zeros: zeros.map(|(at, _)| (0, 0, at)).collect(),
            values: vec![taken.iter().map(|own| own.unwrap_or(0)).collect()],
            ..Actuals::default()
        };
        let as_of = date("2026-03-31");
        let found = stated_board(&plan, &actuals, 4, &[0], &[0], as_of).unwrap();
        let whole = |own: Option<Ratio>| own.map_or("–".into(), |own| own.rounded(0).to_string());
        vec![whole(found[0].actual), whole(found[0].difference)]
    });
}

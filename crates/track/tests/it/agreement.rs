//! Status, pace, expected and projection say the same, whatever the season and the grain (rules T2–T4).

use fenjie_calendar::Level;
use fenjie_plan::{
    Address, Basis, CalendarBasis, CarryRule, CarryShare, Close, Decimal, Operation, Plan,
};
use fenjie_track::{
    Actuals, AlertRequest, AlertRules, Board, BoardRequest, Bridge, BridgeBy, BridgeRequest, Ratio,
    Standing, Status, UNASSIGNED, alerts, burn_up,
};

use crate::shop::{date, decompose, definition, member, operations, period, sales};

/// The first quarter of 2026 with seasonal months: 徐汇店 has half of 602,000.00, so 1,000 a day in
/// January, 3,000 in February and 6,000 in March.
fn seasonal() -> Plan {
    let levels = [Level::Quarter, Level::Month, Level::Day];
    let mut steps = operations("602000.00");
    steps.pop();
    let month = |name: &str, weight: &str| (name.to_owned(), Decimal::parse(weight).unwrap());
    steps.push(decompose(
        "time.month",
        Basis::Weights(vec![
            month("2026-01", "31"),
            month("2026-02", "84"),
            month("2026-03", "186"),
        ]),
    ));
    let days = Basis::Calendar(CalendarBasis::Days);
    steps.push(decompose("time.day", days));
    Plan::replay(definition("2026-Q1", &levels), &steps).unwrap()
}

fn board(plan: &Plan, actuals: &Actuals, depth: usize, periods: &[u32], as_of: &str) -> Board {
    let request = BoardRequest::new(0, vec![depth], periods.to_vec(), date(as_of));
    Board::new(plan, actuals, &request).unwrap()
}

/// pace × target = actual − expected, to the last cent.
fn agrees(line: &Standing) {
    let Some(pace) = line.pace else { return };
    let owed = Ratio::new((line.actual - line.expected).into(), line.target.into()).unwrap();
    assert_eq!(pace, owed, "{line:?}");
    let is_ahead = line.status == Status::Ahead;
    if is_ahead || matches!(line.status, Status::Behind | Status::FarBehind) {
        assert_eq!(is_ahead, line.gap_to_date <= 0, "{line:?}");
    }
}

#[test]
fn who_is_past_what_is_due_is_ahead_in_any_season() {
    // January and half of February are due: 31,000 + 42,000 = 73,000 of 301,000, that is 24.3 %. By the
    // calendar 45 of 90 days are gone; it has sold 80,000, which is 26.6 %.
    let plan = seasonal();
    let sold = Actuals {
        measures: vec![0],
        periods: plan.model().nodes_at_depth(1, 1)[..1].to_vec(),
        members: vec![vec![member(&plan, "徐汇店")]],
        values: vec![vec![8_000_000]],
        ..Actuals::default()
    };
    let found = board(&plan, &sold, 2, &[0], "2026-02-14");
    let store = &found.standings[0];
    assert_eq!((store.target, store.expected), (30_100_000, 7_300_000));
    assert_eq!(store.elapsed.percent_text(1), "24.3%");
    assert_eq!(store.pace.unwrap().points_text(1), "2.3");
    assert_eq!((store.status, store.gap_to_date), (Status::Ahead, -700_000));
    // 221,000 are left of 228,000 still to fall due, after 80,000 of 73,000: 0.88 times as well will do,
    // though a day must bring 221,000 ÷ 45 and has brought 80,000 ÷ 45.
    assert_eq!(store.times_as_well().unwrap().rounded(2), 88);
    assert_eq!(store.needed_per_day(), Some(491_111));
    // 80,000 ÷ (73 ÷ 301).
    assert_eq!(store.projection.unwrap().middle, 32_986_301);
    // A day of weight 1.0 stays a day of the calendar: 80,000 over a weight of 54.7.
    assert_eq!(store.weight_gone, 54_700_000);
    assert_eq!(store.run_rate.unwrap().rounded(0), 146_252);
    found.standings.iter().chain(&found.totals).for_each(agrees);
}

#[test]
fn the_band_knows_the_season_and_the_burn_up_ends_at_the_boards_projection() {
    let plan = seasonal();
    // Each day exactly what was asked of it: nothing is uneven about that, and the end is the target.
    let days = crate::shop::days(&plan);
    let store = member(&plan, "徐汇店");
    let targets = plan.base(0).series(&[store], &days).unwrap();
    let text: Vec<String> = (targets.iter().take(45))
        .map(|own| plan.step(0).format(*own))
        .collect();
    let sold = sales(&plan, &format!("徐汇店: {}", text.join(" ")));
    let found = board(&plan, &sold, 2, &[0], "2026-02-14");
    let ends = found.standings[0].projection.unwrap();
    assert_eq!(
        (ends.low, ends.middle, ends.high),
        (30_100_000, 30_100_000, 30_100_000)
    );
    let series = burn_up(&plan, &sold, 0, &[store], 0, date("2026-02-14")).unwrap();
    let last = series.projection.last().unwrap();
    assert_eq!(
        (last.low, last.middle, last.high),
        (30_100_000, 30_100_000, 30_100_000)
    );
    // On the way it follows the day targets: through February 115,000 are due.
    let february = series.projection[14];
    assert_eq!(
        (february.day, february.middle),
        (date("2026-02-28"), 11_500_000)
    );
}

#[test]
fn a_busy_season_ahead_is_no_reason_for_an_alert() {
    // On 14 February everybody has sold what was due. What is left asks 4.8 times as much a day.
    let plan = seasonal();
    let days = crate::shop::days(&plan);
    let mut text = String::new();
    for name in ["徐汇店", "浦东店", "朝阳店"] {
        let node = member(&plan, name);
        let targets = plan.base(0).series(&[node], &days[..45]).unwrap();
        let sold = targets.iter().map(|own| plan.step(0).format(*own));
        text += &format!("{name}: {}\n", sold.collect::<Vec<_>>().join(" "));
    }
    let request = AlertRequest {
        measure: 0,
        depths: vec![2],
        period: 0,
        as_of: date("2026-02-14"),
        minute: None,
    };
    let found = alerts(
        &plan,
        &sales(&plan, &text),
        &request,
        &AlertRules::default(),
    );
    assert_eq!(found.unwrap(), []);
}

/// Three stores, three months, no days: what is due in the middle of January is due by weight.
fn months_only(total: &str) -> Plan {
    let own = definition("2026-Q1", &[Level::Quarter, Level::Month]);
    let mut steps = operations(total);
    steps.pop();
    steps.push(decompose("time.month", Basis::Equal));
    Plan::replay(own, &steps).unwrap()
}

#[test]
fn without_days_every_grain_comes_to_the_same_cent() {
    for cents in 1..60 {
        let plan = months_only(&format!("{}.{:02}", 10 + cents, cents));
        let sold = sales(&plan, "");
        let months = plan.model().nodes_at_depth(1, 1);
        let total = |depth: usize| {
            let found = board(&plan, &sold, depth, &[0, months[0]], "2026-01-15");
            found.standings.iter().chain(&found.totals).for_each(agrees);
            found
                .totals
                .iter()
                .map(|own| own.expected)
                .collect::<Vec<i64>>()
        };
        let whole = total(0);
        assert_eq!((&whole, &whole), (&total(1), &total(2)));
        let lines = board(&plan, &sold, 0, &[0], "2026-01-15").standings;
        assert_eq!(lines[0].expected, whole[0]);
        for by in [BridgeBy::Axis(0), BridgeBy::Periods(1)] {
            let bridge = BridgeRequest {
                measure: 0,
                members: vec![0],
                period: 0,
                as_of: date("2026-01-15"),
                by,
            };
            assert_eq!(Bridge::new(&plan, &sold, &bridge).unwrap().gap, whole[0]);
        }
    }
}

/// February 2030 in four weeks of 100.00 for everyone; 徐汇店 (half of it) sold so much in them.
fn closed_weeks(sold: &[&str]) -> Plan {
    let levels = [Level::Month, Level::Piece, Level::Day];
    let mut steps = operations("400.00");
    steps.pop();
    steps.push(decompose("time.piece", Basis::Equal));
    let days = Basis::Calendar(CalendarBasis::Coefficients);
    steps.push(decompose("time.day", days));
    let amount = |who: &str, amount: &str| {
        let who = Address::parse(&format!("org={who}")).unwrap();
        (who, amount.to_owned())
    };
    for (week, sold) in sold.iter().enumerate() {
        steps.push(Operation::Close(Close {
            measure: String::new(),
            period: Address::parse(&format!("piece=2030-02/W0{}", week + 5)).unwrap(),
            of: "store".into(),
            actuals: vec![
                amount("徐汇店", sold),
                amount("浦东店", "25.00"),
                amount("朝阳店", "25.00"),
            ],
            unassigned: None,
            reason: String::new(),
        }));
    }
    steps.push(Operation::Carry(CarryRule {
        measure: String::new(),
        of: "store".into(),
        level: "piece".into(),
        horizon: "month".into(),
        share: CarryShare::Weights,
        cap: None,
    }));
    Plan::replay(definition("2030-02", &levels), &steps).unwrap()
}

#[test]
fn what_nobody_recovers_does_not_lower_the_months_target() {
    // The last week misses 10.00 and no week is left to carry it to: the month asks for 200.00 all the
    // same (rule J4).
    let plan = closed_weeks(&["50.00", "50.00", "50.00", "40.00"]);
    let sold = sales(
        &plan,
        "徐汇店: 50 0 0 0 0 0 0 50 0 0 0 0 0 0 50 0 0 0 0 0 0 40",
    );
    let store = &board(&plan, &sold, 2, &[0], "2030-02-28").standings[0];
    assert_eq!((store.base, store.working), (20_000, 20_000));
    assert_eq!((store.target, store.expected), (20_000, 20_000));
    assert_eq!((store.status, store.gap), (Status::Missed, 1_000));
    agrees(store);
}

#[test]
fn closed_running_and_coming_weeks_agree_at_every_grain() {
    let plan = closed_weeks(&["40.00"]);
    let sold = sales(
        &plan,
        "徐汇店: 40 0 0 0 0 0 0 3 3 1\n浦东店: 25\n朝阳店: 25",
    );
    let pieces = plan.model().nodes_at_depth(1, 1);
    let periods: Vec<u32> = std::iter::once(0).chain(pieces).collect();
    for as_of in ["2030-02-01", "2030-02-08", "2030-02-10", "2030-02-28"] {
        let totals: Vec<Vec<(i64, i64)>> = (0..=2)
            .map(|depth| {
                let found = board(&plan, &sold, depth, &periods, as_of);
                found.standings.iter().chain(&found.totals).for_each(agrees);
                let figures = found.totals.iter().map(|own| (own.target, own.expected));
                figures.collect()
            })
            .collect();
        assert_eq!(
            (&totals[0], &totals[0]),
            (&totals[1], &totals[2]),
            "{as_of}"
        );
    }
}

/// January and February, 100.00 a day, of which 徐汇店 has half. It sells nothing through 29 January, 1,450.00
/// short, which go to February; then what its days first asked, through 5 February. All that is closed.
fn carried_into_the_next_month() -> Plan {
    let mut own = definition(
        "2026-01-01..2026-02-28",
        &[Level::Month, Level::Piece, Level::Day],
    );
    own.calendar.day_weights = fenjie_calendar::DayWeights::calendar_days();
    let mut steps = operations("5900.00");
    steps.pop();
    let days = Basis::Calendar(CalendarBasis::Coefficients);
    steps.push(decompose("time.day", days));
    let plan = Plan::replay(own.clone(), &steps).unwrap();
    let pieces = plan.model().nodes_at_depth(1, 2);
    let time = &plan.model().axes()[1].tree;
    for (at, piece) in pieces.iter().take(7).enumerate() {
        let sold = |who: &str| {
            let base = plan
                .base(0)
                .series(&[member(&plan, who)], &[*piece])
                .unwrap()[0];
            let sold = if at < 5 && who == "徐汇店" {
                0
            } else {
                base
            };
            let who = Address::parse(&format!("org={who}")).unwrap();
            (who, plan.step(0).format(sold))
        };
        steps.push(Operation::Close(Close {
            measure: String::new(),
            period: Address::parse(&format!("piece={}", time.code(*piece))).unwrap(),
            of: "store".into(),
            actuals: vec![sold("徐汇店"), sold("浦东店"), sold("朝阳店")],
            unassigned: None,
            reason: String::new(),
        }));
    }
    steps.push(Operation::Waive(fenjie_plan::Waiver {
        measure: String::new(),
        at: Address::parse("org=徐汇店").unwrap(),
        reason: "新店".into(),
    }));
    steps.push(Operation::Carry(CarryRule {
        measure: String::new(),
        of: "store".into(),
        level: "piece".into(),
        horizon: "quarter".into(),
        share: CarryShare::Weights,
        cap: None,
    }));
    Plan::replay(own, &steps).unwrap()
}

#[test]
fn what_comes_from_another_month_is_asked_and_due_in_proportion() {
    let plan = carried_into_the_next_month();
    let months = plan.model().nodes_at_depth(1, 1);
    let sold = sales(&plan, "");
    for depth in 0..=2 {
        let found = board(&plan, &sold, depth, &months, "2026-02-14");
        found.standings.iter().chain(&found.totals).for_each(agrees);
        let totals = found.totals.iter().map(|own| (own.target, own.expected));
        assert_eq!(
            totals.collect::<Vec<_>>(),
            [(310_000, 310_000), (425_000, 212_500)]
        );
        if depth == 2 {
            // January keeps what it was asked for. February asks for 1,400 + 1,450, and half of it is due.
            let (january, february) = (&found.standings[0], &found.standings[1]);
            assert_eq!(
                (january.base, january.working, january.target),
                (155_000, 10_000, 155_000)
            );
            assert_eq!(
                (february.base, february.working, february.target),
                (140_000, 285_000, 285_000)
            );
            assert_eq!(
                (february.expected, february.expected_base),
                (142_500, 70_000)
            );
        }
    }
}

#[test]
fn only_what_is_unassigned() {
    let plan = crate::shop::week();
    let sold = sales(&plan, "徐汇店: 5500\n?: 500 20");
    for depth in 0..=2 {
        let mut request = BoardRequest::new(0, vec![depth], vec![0], date("2026-03-07"));
        request.within = vec![UNASSIGNED];
        let found = Board::new(&plan, &sold, &request).unwrap();
        assert_eq!(found.standings.len(), 1);
        let (line, total) = (&found.standings[0], &found.totals[0]);
        assert_eq!(
            (line.actual, total.actual, total.target),
            (52_000, 52_000, 0)
        );
        assert_eq!(total.status, Status::NoTarget);
    }
    let day = period(&plan, "day=2026-03-06");
    let request = BridgeRequest {
        measure: 0,
        members: vec![UNASSIGNED],
        period: 0,
        as_of: date("2026-03-07"),
        by: BridgeBy::Periods(1),
    };
    assert_eq!(Bridge::new(&plan, &sold, &request).unwrap().gap, -52_000);
    let request = BridgeRequest {
        by: BridgeBy::Axis(0),
        period: day,
        ..request
    };
    assert_eq!(Bridge::new(&plan, &sold, &request).unwrap().gap, -50_000);
    let mix = fenjie_track::composition(&plan, &sold, 0, 0, &[UNASSIGNED], 0).unwrap();
    assert_eq!(mix.actual, 52_000);
}

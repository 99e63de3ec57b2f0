//! Standings of a plan whose weeks are closed and carried (rules J1–J4): base, carried and working side
//! by side. February 2030 is four whole weeks from Friday to Thursday, 25 each.

use expect_test::{Expect, expect};
use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_plan::{
    Address, Basis, CalendarBasis, CarryRule, CarryShare, Close, Operation, Plan, Waiver,
};
use fenjie_track::{Board, BoardRequest};

use crate::shop::{date, decompose, definition, operations, sales};

/// 徐汇店 sold so much of its 50 in the first weeks, the others what they should; all is carried.
fn plan(sold: &[&str]) -> Plan {
    let levels = [Level::Month, Level::Piece, Level::Day];
    let mut steps = operations("400.00");
    steps.pop();
    steps.push(decompose("time.piece", Basis::Equal));
    steps.push(decompose(
        "time.day",
        Basis::Calendar(CalendarBasis::Coefficients),
    ));
    for (week, sold) in sold.iter().enumerate() {
        steps.push(Operation::Close(Close {
            measure: String::new(),
            period: Address::parse(&format!("piece=2030-02/W0{}", week + 5)).unwrap(),
            of: "store".into(),
            actuals: vec![
                (Address::parse("org=徐汇店").unwrap(), (*sold).into()),
                (Address::parse("org=浦东店").unwrap(), "25.00".into()),
                (Address::parse("org=朝阳店").unwrap(), "25.00".into()),
            ],
            unassigned: None,
            reason: String::new(),
        }));
    }
    // After two misses in a row an action plan is due (rule J5); here it is let go on without one.
    if sold.len() == 2 {
        steps.push(Operation::Waive(Waiver {
            measure: String::new(),
            at: Address::parse("org=徐汇店").unwrap(),
            reason: "新店".into(),
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

fn check(plan: &Plan, sold: &str, as_of: &str, wanted: Expect) {
    let pieces = plan.model().nodes_at_depth(1, 1);
    let periods: Vec<u32> = std::iter::once(0).chain(pieces).collect();
    let mut request = BoardRequest::new(0, vec![0], periods, date(as_of));
    request.within = vec![crate::shop::member(plan, "徐汇店")];
    let board = Board::new(plan, &sales(plan, sold), &request).unwrap();
    let time = &plan.model().axes()[1];
    let yuan = |count: i64| plan.step(0).format(count);
    let text = board.totals.iter().map(|own| {
        format!(
            "{} {} + {} = {}, judged by {}, sold {}: {} due {} {}{}\n",
            time.tree.code(own.period),
            yuan(own.base),
            yuan(own.carried),
            yuan(own.working),
            yuan(own.target),
            yuan(own.actual),
            own.attainment.map_or("–".into(), |own| own.percent_text(1)),
            yuan(own.expected),
            own.status.text(Lang::Zh),
            if own.closed { " 已封存" } else { "" },
        )
    });
    wanted.assert_eq(&text.collect::<String>());
}

#[test]
fn two_weeks_missed_and_the_third_begun() {
    // 徐汇店 has 50 a week; it sold 40 and 48, so 12 are open and 6 go to each of the weeks left.
    let plan = plan(&["40.00", "48.00"]);
    let sold = "徐汇店: 40 0 0 0 0 0 0 48 0 0 0 0 0 0 8";
    check(
        &plan,
        sold,
        "2030-02-15",
        expect![[r#"
        2030-02 200.00 + 0.00 = 200.00, judged by 200.00, sold 96.00: 48.0% due 107.06 ▼ 落后
        2030-02/W05 50.00 + -10.00 = 40.00, judged by 50.00, sold 40.00: 80.0% due 50.00 × 未达成 已封存
        2030-02/W06 50.00 + -2.00 = 48.00, judged by 50.00, sold 48.00: 96.0% due 50.00 × 未达成 已封存
        2030-02/W07 50.00 + 6.00 = 56.00, judged by 56.00, sold 8.00: 14.3% due 7.90 ▲ 领先
        2030-02/W08 50.00 + 6.00 = 56.00, judged by 56.00, sold 0.00: 0.0% due 0.00 ○ 未开始
    "#]],
    );
}

#[test]
fn one_week_missed_and_the_second_begun() {
    // 6 are open: 2 for each of the three weeks left.
    let plan = plan(&["44.00"]);
    check(
        &plan,
        "徐汇店: 44 0 0 0 0 0 0 8",
        "2030-02-08",
        expect![[r#"
            2030-02 200.00 + 0.00 = 200.00, judged by 200.00, sold 52.00: 26.0% due 57.06 ◆ 略落后
            2030-02/W05 50.00 + -6.00 = 44.00, judged by 50.00, sold 44.00: 88.0% due 50.00 × 未达成 已封存
            2030-02/W06 50.00 + 2.00 = 52.00, judged by 52.00, sold 8.00: 15.4% due 7.34 ▲ 领先
            2030-02/W07 50.00 + 2.00 = 52.00, judged by 52.00, sold 0.00: 0.0% due 0.00 ○ 未开始
            2030-02/W08 50.00 + 2.00 = 52.00, judged by 52.00, sold 0.00: 0.0% due 0.00 ○ 未开始
        "#]],
    );
}

#[test]
fn a_week_that_sold_more_changes_nothing_later() {
    let plan = plan(&["60.00"]);
    check(
        &plan,
        "徐汇店: 60",
        "2030-02-08",
        expect![[r#"
        2030-02 200.00 + 0.00 = 200.00, judged by 200.00, sold 60.00: 30.0% due 57.06 ▲ 领先
        2030-02/W05 50.00 + 0.00 = 50.00, judged by 50.00, sold 60.00: 120.0% due 50.00 ● 已达成 已封存
        2030-02/W06 50.00 + 0.00 = 50.00, judged by 50.00, sold 0.00: 0.0% due 7.06 ▼ 落后
        2030-02/W07 50.00 + 0.00 = 50.00, judged by 50.00, sold 0.00: 0.0% due 0.00 ○ 未开始
        2030-02/W08 50.00 + 0.00 = 50.00, judged by 50.00, sold 0.00: 0.0% due 0.00 ○ 未开始
    "#]],
    );
}

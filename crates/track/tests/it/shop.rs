//! A small company to track: 华东 with two stores, 华北 with one; and its sales, written as a table.

use fenjie_calendar::{Date, DateRange, Level, SalesCalendar};
use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    Address, Basis, CalendarBasis, Decimal, Decompose, Definition, Dimension, Measure, MemberRow,
    Operation, Plan, TotalAmount, Tree,
};
use fenjie_track::{Actuals, UNASSIGNED};

/// The company's definition over some days; time goes down to slots.
pub fn definition(period: &str, levels: &[Level]) -> Definition {
    let row = |code: &str, parent: Option<&str>| MemberRow {
        code: code.into(),
        name: code.into(),
        parent: parent.map(Into::into),
        ..MemberRow::default()
    };
    let rows = vec![
        row("公司", None),
        row("华东", Some("公司")),
        row("徐汇店", Some("华东")),
        row("浦东店", Some("华东")),
        row("华北", Some("公司")),
        row("朝阳店", Some("华北")),
    ];
    let levels_of = ["region".to_owned(), "store".to_owned()];
    Definition {
        name: "门店".into(),
        period: DateRange::parse(period).unwrap(),
        calendar: SalesCalendar::brief(),
        time_levels: levels.to_vec(),
        measures: vec![Measure::sales("sales", "销售额")],
        dimensions: vec![Dimension {
            code: "org".into(),
            name: "组织".into(),
            tree: Tree::build("org", &levels_of, rows).unwrap(),
            composition: false,
        }],
        member_calendars: Vec::new(),
        references: Vec::new(),
        duties: Vec::new(),
        today: None,
    }
}

/// A total shared over the stores by weights 2, 1, 1, and over time by the calendar.
pub fn operations(total: &str) -> Vec<Operation> {
    vec![
        Operation::Total {
            measure: String::new(),
            amount: TotalAmount::Amount(total.into()),
        },
        decompose(
            "org.region",
            Basis::Weights(weights(&[("华东", "3"), ("华北", "1")])),
        ),
        decompose(
            "org.store",
            Basis::Weights(weights(&[
                ("徐汇店", "2"),
                ("浦东店", "1"),
                ("朝阳店", "1"),
            ])),
        ),
        decompose("time.slot", Basis::Calendar(CalendarBasis::Coefficients)),
    ]
}

fn weights(list: &[(&str, &str)]) -> Vec<(String, Decimal)> {
    let weight = |(name, text): &(&str, &str)| ((*name).into(), Decimal::parse(text).unwrap());
    list.iter().map(weight).collect()
}

pub fn decompose(axis: &str, basis: Basis) -> Operation {
    Operation::Decompose(Decompose {
        measure: String::new(),
        axis: axis.into(),
        level: String::new(),
        within: Address::default(),
        basis,
        policy: Policy::LargestRemainder,
        step: None,
        zero_basis: ZeroBasis::Equal,
        hold_back: None,
    })
}

/// The brief's week: 2026-03-06 (Friday) to 2026-03-12, 85,000.00 for everybody.
pub fn week() -> Plan {
    let levels = [Level::Week, Level::Day, Level::Slot];
    let definition = definition("2026-03-06..2026-03-12", &levels);
    Plan::replay(definition, &operations("85000.00")).unwrap()
}

/// March 2026 in its pieces.
pub fn march(total: &str) -> Plan {
    let levels = [Level::Month, Level::Piece, Level::Day, Level::Slot];
    Plan::replay(definition("2026-03", &levels), &operations(total)).unwrap()
}

/// The node of a member, or UNASSIGNED for `?`.
pub fn member(plan: &Plan, name: &str) -> u32 {
    match name {
        "?" => UNASSIGNED,
        name => plan.model().axes()[0].tree.find(name).unwrap(),
    }
}

/// The node of a period.
pub fn period(plan: &Plan, address: &str) -> u32 {
    plan.place(address).unwrap().0[1]
}

/// The days of a plan that are asked for, in order.
pub fn days(plan: &Plan) -> Vec<u32> {
    let time = &plan.model().axes()[1];
    let is_day = |node: &u32| time.time_level_of(*node) == Some(Level::Day);
    (0..time.tree.len() as u32).filter(is_day).collect()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// Sales by day from lines `徐汇店: 100 200 300`, in yuan from the plan's first day on.
pub fn sales(plan: &Plan, lines: &str) -> Actuals {
    let days = days(plan);
    let mut rows: Vec<(u32, Vec<i64>)> = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, amounts) = line.split_once(':').unwrap();
        let mut values: Vec<i64> = amounts
            .split_whitespace()
            .map(|amount| plan.step(0).parse_amount(amount).unwrap())
            .collect();
        values.resize(days.len(), 0);
        rows.push((member(plan, name), values));
    }
    rows.sort();
    Actuals {
        measures: vec![0],
        periods: days,
        members: vec![rows.iter().map(|row| row.0).collect()],
        values: vec![rows.into_iter().flat_map(|row| row.1).collect()],
        ..Actuals::default()
    }
}

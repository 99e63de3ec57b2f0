//! How long the boards of all sixteen groupings of four dimensions take: 200,000 finest lines, with and
//! without days in the plan. Prints seconds.

use std::time::Instant;

use fenjie_calendar::{Date, DateRange, Level};
use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    Address, Basis, CalendarBasis, Decompose, Definition, Dimension, Operation, Plan, TotalAmount,
    Tree, example,
};
use fenjie_track::{Actuals, Board, BoardRequest};

const SIZES: [(&str, usize); 4] = [
    ("store", 200),
    ("product", 50),
    ("channel", 5),
    ("source", 4),
];
const AS_OF: Date = Date::constant(2026, 9, 30);

fn main() {
    for has_days in [false, true] {
        let plan = plan(has_days);
        let actuals = actuals();
        let request = BoardRequest::new(0, vec![1; 4], vec![0], AS_OF);
        let start = Instant::now();
        let boards = Board::groupings(&plan, &actuals, &request).expect("boards");
        let lines: usize = boards.iter().map(|board| board.standings.len()).sum();
        let seconds = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let finest = Board::new(&plan, &actuals, &request).expect("a board");
        println!(
            "days {has_days}: {} boards, {lines} lines in {seconds:.3} s; the finest, {} lines, in {:.3} s",
            boards.len(),
            finest.standings.len(),
            start.elapsed().as_secs_f64(),
        );
    }
}

fn plan(has_days: bool) -> Plan {
    let dimension = |(code, members): (&str, usize)| {
        let codes: Vec<String> = (0..members).map(|at| format!("{code}{at:06}")).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        Dimension {
            code: code.into(),
            name: code.into(),
            tree: Tree::flat(code, "all", &codes).expect("codes differ"),
            composition: false,
        }
    };
    let definition = Definition {
        period: DateRange::parse("2026").expect("a year"),
        time_levels: vec![Level::Year, Level::Month, Level::Day],
        dimensions: SIZES.map(dimension).to_vec(),
        ..example::definition()
    };
    let mut operations = vec![Operation::Total {
        measure: String::new(),
        amount: TotalAmount::Amount("9876543210.12".into()),
    }];
    let mut share = |axis: &str, basis: Basis| {
        operations.push(Operation::Decompose(Decompose {
            measure: String::new(),
            axis: axis.into(),
            level: String::new(),
            within: Address::default(),
            basis,
            policy: Policy::LargestRemainder,
            step: None,
            zero_basis: ZeroBasis::Equal,
            hold_back: None,
        }));
    };
    SIZES.iter().for_each(|(axis, _)| share(axis, Basis::Equal));
    if has_days {
        share("time.day", Basis::Calendar(CalendarBasis::Coefficients));
    }
    Plan::replay(definition, &operations).expect("a plan")
}

/// A result for every finest line.
fn actuals() -> Actuals {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); SIZES.len()];
    let count: usize = SIZES.iter().map(|(_, size)| size).product();
    for line in 0..count {
        let mut rest = line;
        for (axis, (_, size)) in SIZES.iter().enumerate().rev() {
            members[axis].push((rest % size) as u32 + 1);
            rest /= size;
        }
    }
    Actuals {
        measures: vec![0],
        periods: vec![0],
        members,
        values: vec![
            (0..count as i64)
                .map(|line| 3_000_000 + line % 997 * 1000)
                .collect(),
        ],
        ..Actuals::default()
    }
}

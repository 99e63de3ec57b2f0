//! A year of people's targets down to day and slot, for comparison with other programs
//! (`benches/peers/calendar.py`).
//!
//! `prepare DIR` reads `people.bin` (a year's total per person, i64, little-endian), shares each over
//! the months by the calendar and writes `months.bin` (twelve amounts a person) and `calendar.txt`
//! (for each month its week pieces, for each piece the weights of its days). `run DIR` reads every
//! cell of the same plan and prints CPU seconds and a checksum over the cells.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;

use fenjie_calendar::{DateRange, Level, SalesCalendar};
use fenjie_plan::{
    Address, Arena, Basis, CalendarBasis, Decompose, Definition, Dimension, Measure, MemberColumns,
    Operation, Plan, TotalAmount, Tree,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["prepare", folder] => prepare(Path::new(folder)),
        ["run", folder] => run(Path::new(folder)),
        _ => Err("usage: calendar_bench prepare|run DIR".into()),
    }
}

fn plan(folder: &Path) -> Outcome<Plan> {
    let bytes = fs::read(folder.join("people.bin"))?;
    let totals: Vec<i64> = bytes
        .as_chunks::<8>()
        .0
        .iter()
        .map(|word| i64::from_le_bytes(*word))
        .collect();
    let mut codes = Arena::default();
    codes.push("all");
    (0..totals.len()).for_each(|at| codes.push(&format!("P{at:07}")));
    let mut parents = vec![0; totals.len() + 1];
    parents[0] = u32::MAX;
    let sum: i64 = totals.iter().sum();
    let weights: Vec<i64> = std::iter::once(sum).chain(totals).collect();
    let columns = MemberColumns {
        codes,
        parent_codes: vec!["all".into()],
        parents,
        attributes: vec![("target".into(), weights)],
        ..MemberColumns::default()
    };
    let definition = Definition {
        name: "calendar".into(),
        period: DateRange::parse("2026")?,
        calendar: SalesCalendar::brief(),
        time_levels: vec![
            Level::Year,
            Level::Month,
            Level::Piece,
            Level::Day,
            Level::Slot,
        ],
        measures: vec![Measure::sales("sales", "销售额")],
        dimensions: vec![Dimension {
            code: "person".into(),
            name: "人员".into(),
            tree: Tree::from_columns("person", &["person".into()], columns)?,
            composition: false,
        }],
        member_calendars: Vec::new(),
        references: Vec::new(),
        duties: Vec::new(),
        today: None,
    };
    let decompose = |axis: &str, basis: Basis| {
        Operation::Decompose(Decompose {
            measure: String::new(),
            axis: axis.into(),
            level: String::new(),
            within: Address::default(),
            basis,
            policy: fenjie_money::Policy::LargestRemainder,
            step: None,
            zero_basis: fenjie_money::ZeroBasis::Equal,
            hold_back: None,
        })
    };
    let by_calendar = Basis::Calendar(CalendarBasis::Coefficients);
    let total = Operation::Total {
        measure: String::new(),
        amount: TotalAmount::Amount(format!("{}.{:02}", sum / 100, sum % 100)),
    };
    let operations = [
        total,
        decompose("person", Basis::Attribute("target".into())),
        decompose("time.month", by_calendar.clone()),
        decompose("time.slot", by_calendar),
    ];
    Ok(Plan::replay(definition, &operations).map_err(|refusal| format!("{refusal:?}"))?)
}

fn prepare(folder: &Path) -> Outcome<()> {
    let plan = plan(folder)?;
    let grain = plan.grain(0, "stored")?;
    let mut months: Vec<u8> = Vec::new();
    plan.base(0).each_row(&grain, |_, _, values| {
        months.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    });
    fs::write(folder.join("months.bin"), months)?;
    let model = plan.model();
    let time = &model.axes()[1];
    let mut text = String::new();
    for month in time.tree.children(0) {
        for piece in time.tree.children(month) {
            let days = time.days_of(piece).ok_or("a piece has days")?;
            for date in days.dates() {
                let calendar = &model.definition().calendar;
                let weight = calendar.day_weights.millionths(date, &calendar.holidays);
                write!(text, "{weight} ")?;
            }
            text.push('|');
        }
        text.push('\n');
    }
    fs::write(folder.join("calendar.txt"), text)?;
    Ok(())
}

fn run(folder: &Path) -> Outcome<()> {
    const MODULUS: i128 = (1 << 61) - 1;
    let plan = plan(folder)?;
    let view = plan.base(0);
    let grain = plan.grain(0, "finest")?;
    // The scheduler tells time in ticks, so the cells are read several times.
    const PASSES: u32 = 10;
    let mut sums = 0i64;
    let (before, start) = (cpu_seconds()?, Instant::now());
    for _ in 0..PASSES {
        view.each_row(&grain, |_, _, values| {
            sums += values.iter().sum::<i64>();
        });
    }
    let (seconds, wall) = (cpu_seconds()? - before, start.elapsed().as_secs_f64());
    let (seconds, wall) = (seconds / f64::from(PASSES), wall / f64::from(PASSES));
    let sum = sums / i64::from(PASSES);
    let (mut cells, mut again, mut checksum) = (0i128, 0i64, 0i128);
    view.each_row(&grain, |_, _, values| {
        let (mut row, mut weighted) = (0i64, 0i64);
        for (at, value) in (1..).zip(values) {
            row += value;
            weighted += at * value;
        }
        again += row;
        checksum += cells * i128::from(row) + i128::from(weighted);
        cells += values.len() as i128;
    });
    assert_eq!(sum, again, "two passes read the same cells");
    let checksum = checksum.rem_euclid(MODULUS);
    println!(
        "{{\"answer\":\"{cells} cells, sum {sum}, checksum {checksum}\",\
         \"cpu_s\":{seconds:.6},\"wall_s\":{wall:.6}}}"
    );
    Ok(())
}

/// User and system time of this thread so far, from the scheduler's own nanoseconds.
fn cpu_seconds() -> Outcome<f64> {
    let line = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: u64 = line
        .split_whitespace()
        .next()
        .ok_or("no schedstat")?
        .parse()?;
    Ok(nanoseconds as f64 * 1e-9)
}

//! Edits of single cells, teams and large nodes on a plan of organisation by month, for comparison
//! with other programs (`benches/peers/edit.py`).
//!
//! The organisation has so many people, a hundred to a team, ten teams to a district, ten districts
//! to a region. `prepare DIR PEOPLE` writes `values.bin`, the value of every node in every period
//! (year, quarter, its months, …), i64, little-endian, depth-first. `run DIR PEOPLE EDITS` reads the
//! file of edits, one `code period amount` a line, carries them out and prints CPU seconds and a
//! checksum over every cell and total.

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use fenjie_calendar::{DateRange, Level, SalesCalendar};
use fenjie_plan::{
    Address, Arena, Basis, ChangeBy, Decompose, Definition, Dimension, Keep, Measure,
    MemberColumns, Operation, Plan, TotalAmount, Tree,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["prepare", folder, people] => prepare(Path::new(folder), people.parse()?),
        ["run", folder, people, edits] => run(Path::new(folder), people.parse()?, edits),
        _ => Err("usage: edit_bench prepare DIR PEOPLE | run DIR PEOPLE EDITS".into()),
    }
}

/// Codes, depth-first: `all`, `R0`, `D0`, `T0`, `P0`, `P1`, …
fn organisation(people: usize) -> Outcome<Tree> {
    let (mut codes, mut parents, mut people_below) = (Arena::default(), Vec::new(), Vec::new());
    let mut parent_codes = vec![String::from("all")];
    let mut add = |code: &str, parent: usize, count: usize| {
        codes.push(code);
        parents.push(parent as u32);
        people_below.push(count as i64);
    };
    add("all", u32::MAX as usize, people);
    let (mut region, mut district, mut team) = (0, 0, 0);
    for person in 0..people {
        let left = |size: usize| (people - person).min(size);
        if person % 10_000 == 0 {
            let code = format!("R{}", person / 10_000);
            add(&code, 0, left(10_000));
            parent_codes.push(code);
            region = parent_codes.len() - 1;
        }
        if person % 1_000 == 0 {
            let code = format!("D{}", person / 1_000);
            add(&code, region, left(1_000));
            parent_codes.push(code);
            district = parent_codes.len() - 1;
        }
        if person % 100 == 0 {
            let code = format!("T{}", person / 100);
            add(&code, district, left(100));
            parent_codes.push(code);
            team = parent_codes.len() - 1;
        }
        add(&format!("P{person}"), team, 1);
    }
    let columns = MemberColumns {
        codes,
        parent_codes,
        parents,
        attributes: vec![("people".into(), people_below)],
        ..MemberColumns::default()
    };
    let levels = ["region", "district", "team", "person"].map(String::from);
    Ok(Tree::from_columns("org", &levels, columns)?)
}

fn plan(people: usize) -> Outcome<Plan> {
    let definition = Definition {
        name: "edits".into(),
        period: DateRange::parse("2026")?,
        calendar: SalesCalendar::brief(),
        time_levels: vec![Level::Year, Level::Quarter, Level::Month],
        measures: vec![Measure::sales("sales", "销售额")],
        dimensions: vec![Dimension {
            code: "org".into(),
            name: "组织".into(),
            tree: organisation(people)?,
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
    let total = Operation::Total {
        measure: String::new(),
        amount: TotalAmount::Amount(format!("{people}00000.77")),
    };
    let operations = [
        total,
        decompose("org.person", Basis::Attribute("people".into())),
        decompose("time.month", Basis::Equal),
    ];
    Ok(Plan::replay(definition, &operations).map_err(|refusal| format!("{refusal:?}"))?)
}

/// Every value of the plan, node by node, period by period.
fn each_value(plan: &Plan, mut visit: impl FnMut(i64)) -> Outcome<()> {
    let axes = plan.model().axes();
    let periods: Vec<u32> = (0..axes[1].tree.len() as u32).collect();
    let base = plan.base(0);
    let mut rows = base.rows(&periods).ok_or("the plan has months")?;
    for node in 0..axes[0].tree.len() as u32 {
        let row = rows.row(&[node]).ok_or("the plan has people")?;
        row.iter().for_each(|value| visit(*value));
    }
    Ok(())
}

fn prepare(folder: &Path, people: usize) -> Outcome<()> {
    let plan = plan(people)?;
    let mut out = BufWriter::new(fs::File::create(folder.join("values.bin"))?);
    let mut failed = None;
    each_value(&plan, |value| {
        failed = out.write_all(&value.to_le_bytes()).err().or(failed.take());
    })?;
    failed.map_or(Ok(()), Err)?;
    Ok(out.flush()?)
}

fn run(folder: &Path, people: usize, edits: &str) -> Outcome<()> {
    const MODULUS: i128 = (1 << 61) - 1;
    let mut plan = plan(people)?;
    let text = fs::read_to_string(folder.join(edits))?;
    let operations: Vec<Operation> = text.lines().map(operation).collect::<Outcome<_>>()?;
    let count = operations.len();
    // The first look-up makes the index of codes.
    plan.place("org=P0, month=2026-01")?;
    let (before, start) = (cpu_seconds()?, Instant::now());
    let mut cells_changed = 0;
    for operation in operations {
        let change = plan.apply(operation);
        cells_changed += change
            .map_err(|refusal| format!("{refusal:?}"))?
            .cells_changed;
    }
    let (seconds, wall) = (cpu_seconds()? - before, start.elapsed().as_secs_f64());
    let (mut at, mut sum, mut checksum) = (0i128, 0i128, 0i128);
    each_value(&plan, |value| {
        at += 1;
        sum += i128::from(value);
        checksum = (checksum + at * i128::from(value)) % MODULUS;
    })?;
    let answer = format!("{count} edits, sum {sum}, checksum {checksum}");
    println!(
        "{{\"answer\":\"{answer}\",\"cpu_s\":{seconds:.6},\"wall_s\":{wall:.6},\
         \"cells_changed\":{cells_changed}}}"
    );
    Ok(())
}

fn operation(line: &str) -> Outcome<Operation> {
    let mut words = line.split(' ').map(String::from);
    let mut word = || words.next().ok_or("an edit is a code, a period, an amount");
    let (code, period, amount) = (word()?, word()?, word()?);
    let mut at = vec![("org".into(), code)];
    if period != "2026" {
        at.push(("month".into(), period));
    }
    Ok(Operation::Set {
        measure: String::new(),
        at: Address(at),
        change: ChangeBy::To(amount),
        keep: Keep::Nothing,
    })
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

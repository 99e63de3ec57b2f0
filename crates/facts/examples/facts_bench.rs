//! Sums of ten million sales lines, beside their peers: `make` writes a plan's facts and the targets for
//! the others, `groupings` answers all sixteen groupings of four dimensions, `store` one store's year,
//! `today` one store's slots from what is kept beside the log.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use fenjie_calendar::{Date, DateRange, Level};
use fenjie_exchange::log::Stamp;
use fenjie_facts::today_index::{DayKey, DayTargets};
use fenjie_facts::{AmountColumn, ImportMeta, SalesLines, Store, TextColumn};
use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    Address, Basis, CalendarBasis, Decompose, Definition, Dimension, Operation, Plan, TotalAmount,
    Tree, example,
};
use fenjie_track::{ActualRequest, Actuals};

const MODULUS: u128 = (1 << 61) - 1;
/// The day looked from, and the part of the year that is over by then, in millionths.
const UNTIL: Date = Date::constant(2026, 9, 30);
const ELAPSED: i128 = 747_945;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["make", directory, stores, lines] => {
            make(Path::new(directory), number(stores), number(lines));
        }
        ["groupings", directory, stores] => groupings(Path::new(directory), number(stores)),
        ["store", directory, stores, code] => one_store(Path::new(directory), number(stores), code),
        ["today", directory, code] => today(Path::new(directory), code),
        _ => println!("facts_bench make|groupings|store|today DIRECTORY [STORES] [LINES|CODE]"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn definition(stores: usize) -> Definition {
    let dimension = |code: &str, members: usize| {
        let codes: Vec<String> = (0..members).map(|at| format!("{code}{at:06}")).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        Dimension {
            code: code.into(),
            name: code.into(),
            tree: Tree::flat(code, "all", &codes).expect("codes differ"),
            composition: false,
        }
    };
    Definition {
        period: DateRange::parse("2026").expect("a year"),
        time_levels: vec![Level::Year, Level::Month, Level::Day, Level::Slot],
        dimensions: vec![
            dimension("store", stores),
            dimension("product", 50),
            dimension("channel", 5),
            dimension("source", 4),
        ],
        ..example::definition()
    }
}

/// With more stores than this the plan is by store and day only.
const FINE: usize = 1000;
/// The minute looked from.
const NOW: u16 = 15 * 60 + 20;

/// The plan: one total, shared over all four dimensions, or over many stores.
fn plan(stores: usize) -> Plan {
    let definition = definition(stores);
    let axes: Vec<String> = definition
        .dimensions
        .iter()
        .map(|axis| axis.code.clone())
        .collect();
    let mut plan = Plan::new(definition).expect("a plan");
    let mut operations = vec![Operation::Total {
        measure: String::new(),
        amount: TotalAmount::Amount("9876543210.12".into()),
    }];
    let levels = if stores > FINE { 1 } else { axes.len() };
    for axis in axes.into_iter().take(levels) {
        operations.push(Operation::Decompose(Decompose {
            measure: String::new(),
            axis,
            level: String::new(),
            within: Address::default(),
            basis: Basis::Equal,
            policy: Policy::LargestRemainder,
            step: None,
            zero_basis: ZeroBasis::Equal,
            hold_back: None,
        }));
    }
    if stores > FINE {
        operations.push(Operation::Decompose(Decompose {
            measure: String::new(),
            axis: "time.slot".into(),
            level: String::new(),
            within: Address::default(),
            basis: Basis::Calendar(CalendarBasis::Coefficients),
            policy: Policy::LargestRemainder,
            step: None,
            zero_basis: ZeroBasis::Equal,
            hold_back: None,
        }));
    }
    for operation in operations {
        plan.apply(operation).expect("the plan is in order");
    }
    plan
}

fn make(directory: &Path, stores: usize, lines: usize) {
    let plan = plan(stores);
    let mut state = 20_260_301u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut columns = SalesLines::default();
    for axis in &plan.model().axes()[..4] {
        let tree = &axis.tree;
        columns.members.push(TextColumn {
            dictionary: (1..tree.len() as u32)
                .map(|node| tree.code(node).to_owned())
                .collect(),
            codes: Vec::with_capacity(lines),
        });
    }
    columns.amounts = vec![AmountColumn {
        measure: "sales".into(),
        ..AmountColumn::default()
    }];
    for line in 0..lines {
        columns.dates.push(20_454 + (line * 365 / lines) as i32);
        for (column, below) in columns.members.iter_mut().zip([stores, 50, 5, 4]) {
            column.codes.push(random(below) as u32);
        }
        columns.amounts[0]
            .values
            .push(random(100_000) as i64 - 2_000);
        columns.minutes.push(8 * 60 + random(14 * 60) as i16);
        columns.source_rows.push(line as u32 + 2);
    }
    fs::create_dir_all(directory).expect("a folder");
    let mut store = Store::open(directory).expect("a store");
    let stamp = Stamp {
        at: "2026-10-01T08:00:00Z",
        who: None,
        why: None,
    };
    let start = Instant::now();
    let definition = plan.model().definition();
    store
        .add(columns, definition, &ImportMeta::default(), &stamp)
        .expect("an import");
    println!(
        "{lines} lines stored in {:.2} s",
        start.elapsed().as_secs_f64()
    );
    if stores > FINE {
        keep_day(&plan, directory);
    } else {
        write_targets(&plan, &directory.join("targets.csv"));
    }
}

/// Keeps the day's targets, and writes them for the others.
fn keep_day(plan: &Plan, directory: &Path) {
    fs::write(directory.join("log.jsonl"), "stands for the log\n").expect("room");
    let key = DayKey::of(directory, "sales", UNTIL).expect("a log");
    let start = Instant::now();
    DayTargets::build(directory, &key, plan, 0, UNTIL).expect("a day");
    println!("day kept in {:.2} s", start.elapsed().as_secs_f64());
    let mut kept = DayTargets::open(directory, &key).expect("it was kept just now");
    let mut out =
        std::io::BufWriter::new(fs::File::create(directory.join("day.csv")).expect("a file"));
    writeln!(out, "store,t0,t1,t2,t3").expect("room");
    let tree = &plan.model().axes()[0].tree;
    for node in 1..tree.len() as u32 {
        let store = kept.find(tree.code(node)).expect("every store is there");
        let targets: Vec<String> = store.targets.iter().map(i64::to_string).collect();
        writeln!(out, "{},{}", store.code, targets.join(",")).expect("room");
    }
}

/// Target and done of each slot, now.
fn today(directory: &Path, code: &str) {
    let key = DayKey::of(directory, "sales", UNTIL).expect("a log");
    let mut kept = DayTargets::open(directory, &key).expect("a kept day");
    let store = kept.find(code).expect("a store");
    let facts = Store::open(directory).expect("facts");
    let lines = facts
        .day_lines("store", &store.code, "sales", (UNTIL, UNTIL))
        .expect("lines");
    let mut done = vec![0i64; kept.slots().len()];
    for line in &lines {
        let minute = line.minute.unwrap_or(0);
        let slot = kept.slots().iter().position(|slot| minute < slot.to);
        if minute <= NOW {
            done[slot.unwrap_or(0)] += line.amount;
        }
    }
    let figures = store.targets.iter().zip(done);
    let figures: Vec<String> = figures
        .map(|(target, done)| format!("{target}/{done}"))
        .collect();
    println!("{}", figures.join(" "));
}

fn write_targets(plan: &Plan, path: &Path) {
    let mut out = std::io::BufWriter::new(fs::File::create(path).expect("a file"));
    writeln!(out, "store,product,channel,source,target").expect("room");
    let axes = plan.model().axes();
    let grain = plan
        .grain(0, "store, product, channel, source, year")
        .expect("a grain");
    plan.base(0).each_row(&grain, |members, _, values| {
        for (axis, node) in members.iter().enumerate() {
            write!(out, "{},", axes[axis].tree.code(*node)).expect("room");
        }
        writeln!(out, "{}", values[0]).expect("room");
    });
}

fn request(plan: &Plan, depths: Vec<usize>) -> ActualRequest {
    ActualRequest {
        measures: vec![0],
        depths,
        periods: vec![plan.place("year=2026").expect("the year").0[4]],
        until: UNTIL,
        within: vec![0; 4],
    }
}

fn groupings(directory: &Path, stores: usize) {
    let plan = plan(stores);
    // What a peer has loaded beforehand: codes by member, targets of the finest rows.
    for axis in plan.model().axes() {
        axis.tree.with_code("");
    }
    let model = plan.model();
    let year = request(&plan, vec![1; 4]).periods;
    let targets = targets(&plan, &year);
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let store = Store::open(directory).expect("a store");
    let actuals = store
        .actuals(&plan, &request(&plan, vec![1; 4]))
        .expect("sums");
    let (scan_cpu, scanned) = (cpu_seconds() - cpu, start.elapsed().as_secs_f64());
    let (mut rows, mut sum) = (0u64, 0u128);
    for set in 0..16usize {
        let depths: Vec<usize> = (0..4).map(|axis| set >> axis & 1).collect();
        let actuals = actuals.rolled_up(model, &depths, &year);
        let targets = targets.rolled_up(model, &depths, &year);
        compare(&actuals, &targets, |figures| {
            rows += 1;
            for (weight, figure) in (1..).zip(figures) {
                sum += figure.rem_euclid(MODULUS as i128) as u128 * weight;
            }
        });
    }
    let (cpu, wall) = (cpu_seconds() - cpu, start.elapsed().as_secs_f64());
    eprintln!(
        "scan {scan_cpu:.2} CPU s, {scanned:.3} s, of {cpu:.2} and {wall:.3} s; {} lines",
        actuals.lines
    );
    println!(
        "{{\"answer\": \"{rows} rows, checksum {}\", \"cpu_s\": {cpu:.4}, \"wall_s\": {wall:.4}}}",
        sum % MODULUS
    );
}

/// The plan's finest rows in the shape of results.
fn targets(plan: &Plan, year: &[u32]) -> Actuals {
    let grain = plan
        .grain(0, "store, product, channel, source, year")
        .expect("a grain");
    let mut targets = Actuals {
        measures: vec![0],
        periods: year.to_vec(),
        members: vec![Vec::new(); 4],
        values: vec![Vec::new()],
        ..Actuals::default()
    };
    plan.base(0).each_row(&grain, |members, _, values| {
        for (nodes, node) in targets.members.iter_mut().zip(members) {
            nodes.push(*node);
        }
        targets.values[0].push(values[0]);
    });
    targets
}

/// Target, actual, gap, attainment and pace of every row of either; the last two in millionths,
/// rounded down.
fn compare(actuals: &Actuals, targets: &Actuals, mut visit: impl FnMut([i128; 5])) {
    let key = |of: &Actuals, row: usize| [0, 1, 2, 3].map(|axis| of.members[axis][row]);
    let (mut own, mut other) = (0, 0);
    while own < actuals.row_count() || other < targets.row_count() {
        let sold = (own < actuals.row_count()).then(|| key(actuals, own));
        let asked = (other < targets.row_count()).then(|| key(targets, other));
        let next = [sold, asked]
            .into_iter()
            .flatten()
            .min()
            .expect("one is left");
        let take = |at: &mut usize, of: &Actuals, key: Option<[u32; 4]>| {
            if key != Some(next) {
                return 0;
            }
            *at += 1;
            i128::from(of.values[0][*at - 1])
        };
        let actual = take(&mut own, actuals, sold);
        let target = take(&mut other, targets, asked);
        let attainment = match target {
            0 => 0,
            target => (actual * 1_000_000).div_euclid(target),
        };
        let pace = attainment - ELAPSED;
        visit([target, actual, target - actual, attainment, pace]);
    }
}

fn one_store(directory: &Path, stores: usize, code: &str) {
    let plan = Plan::new(definition(stores)).expect("a plan");
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let mut request = request(&plan, vec![1, 0, 0, 0]);
    request.within[0] = plan.model().axes()[0]
        .tree
        .with_code(code)
        .expect("a store");
    let store = Store::open(directory).expect("a store");
    let actuals = store.actuals(&plan, &request).expect("sums");
    let (cpu, wall) = (cpu_seconds() - cpu, start.elapsed().as_secs_f64());
    println!(
        "{{\"answer\": \"{} lines, {}\", \"cpu_s\": {cpu:.4}, \"wall_s\": {wall:.4}}}",
        actuals.lines, actuals.values[0][0]
    );
}

/// User and system time of all threads so far, in hundredths of a second.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit_once(')')
        .map_or("", |(_, rest)| rest)
        .split_whitespace();
    let ticks = fields.skip(11).take(2);
    ticks
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

//! A plan of many people by months and week pieces that runs: pieces are closed, what fell short is
//! carried, targets are read and typed. `closing_bench PEOPLE CLOSED` prints CPU seconds of each part.

use std::error::Error;
use std::fs;

use fenjie_calendar::{DateRange, Level, SalesCalendar};
use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    Address, Basis, CalendarBasis, CarryRule, CarryShare, ChangeBy, Close, Decompose, Definition,
    Dimension, Keep, Measure, Operation, Plan, TotalAmount, Tree, Waiver,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [people, closed] = args.as_slice() else {
        return Err("usage: closing_bench PEOPLE CLOSED".into());
    };
    let (people, closed): (usize, usize) = (people.parse()?, closed.parse()?);
    let mut timer = Timer::new()?;
    let mut plan = plan(people)?;
    timer.lap("plan")?;
    let time = plan.model().axes().len() - 1;
    let tree = plan.model().axes()[time].tree.clone();
    let pieces = (0..tree.len() as u32).filter(|node| tree.depth(*node) == 2);
    let codes: Vec<String> = pieces.map(|node| tree.code(node).to_owned()).collect();
    for (at, code) in codes.iter().take(closed).enumerate() {
        apply(&mut plan, close(people, at, code))?;
    }
    timer.lap("closes")?;
    apply(&mut plan, Operation::Carry(rule()))?;
    apply(&mut plan, Operation::Waive(everyone()))?;
    apply(&mut plan, Operation::Carry(rule()))?;
    timer.lap("carry acts")?;
    let carried = plan.carried(0)?.ok_or("something is carried")?;
    timer.lap("carried")?;
    println!(
        "rows open {}, total {}",
        carried.rows.len(),
        carried.view.total()
    );
    println!("working {}", plan.working(0)?.total());
    timer.lap("working")?;
    println!("streaks {}", plan.streaks(0).len());
    timer.lap("streaks")?;
    let set = |at: Address, amount: &str| Operation::Set {
        measure: String::new(),
        at,
        change: ChangeBy::parse(amount).expect("a change"),
        keep: Keep::Nothing,
    };
    apply(&mut plan, set(Address::parse("org=P7")?, "+10%"))?;
    timer.lap("one person typed")?;
    apply(&mut plan, set(Address::default(), "+1%"))?;
    timer.lap("the total typed")?;
    println!("{}", plan.content_hash());
    timer.lap("hash")
}

struct Timer(f64);

impl Timer {
    fn new() -> Outcome<Timer> {
        Ok(Timer(cpu_seconds()?))
    }

    fn lap(&mut self, name: &str) -> Outcome<()> {
        let now = cpu_seconds()?;
        println!("{name}: {:.4} s", now - self.0);
        self.0 = now;
        Ok(())
    }
}

fn apply(plan: &mut Plan, operation: Operation) -> Outcome<()> {
    plan.apply(operation)?;
    Ok(())
}

fn rule() -> CarryRule {
    CarryRule {
        measure: String::new(),
        of: String::new(),
        level: "piece".into(),
        horizon: "month".into(),
        share: CarryShare::Weights,
        cap: None,
    }
}

fn everyone() -> Waiver {
    Waiver {
        measure: String::new(),
        at: Address::default(),
        reason: "benchmark".into(),
    }
}

fn close(people: usize, at: usize, code: &str) -> Operation {
    let sold = |person: usize| {
        let cents = 12_000_000 + (person * 7919 + at * 104_729) % 9_000_000;
        let member = Address(vec![("org".into(), format!("P{person}"))]);
        (member, format!("{}.{:02}", cents / 100, cents % 100))
    };
    Operation::Close(Close {
        measure: String::new(),
        period: Address(vec![("piece".into(), code.to_owned())]),
        of: String::new(),
        actuals: (0..people).map(sold).collect(),
        unassigned: None,
        reason: String::new(),
    })
}

fn plan(people: usize) -> Outcome<Plan> {
    let names: Vec<String> = (0..people).map(|person| format!("P{person}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let definition = Definition {
        name: "carrying".into(),
        period: DateRange::parse("2026")?,
        calendar: SalesCalendar::brief(),
        time_levels: vec![Level::Year, Level::Month, Level::Piece],
        measures: vec![Measure::sales("sales", "销售额")],
        dimensions: vec![Dimension {
            code: "org".into(),
            name: "组织".into(),
            tree: Tree::flat("org", "all", &names)?,
            composition: false,
        }],
        member_calendars: Vec::new(),
        references: Vec::new(),
        duties: Vec::new(),
        today: None,
    };
    let decompose = |axis: &str, basis: Basis, step: Option<&str>| {
        Operation::Decompose(Decompose {
            measure: String::new(),
            axis: axis.into(),
            level: String::new(),
            within: Address::default(),
            basis,
            policy: Policy::LargestRemainder,
            step: step.map(str::to_owned),
            zero_basis: ZeroBasis::Equal,
            hold_back: None,
        })
    };
    let amount = TotalAmount::Amount(format!("{people}0000000.77"));
    let operations = [
        Operation::Total {
            measure: String::new(),
            amount,
        },
        decompose("org", Basis::Equal, None),
        decompose("time.month", Basis::Equal, None),
        decompose(
            "time.piece",
            Basis::Calendar(CalendarBasis::Coefficients),
            Some("0.01"),
        ),
    ];
    Ok(Plan::replay(definition, &operations)?)
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

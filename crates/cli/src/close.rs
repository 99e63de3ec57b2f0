//! `fenjie close`: closes a period with the results it ended with, and carries what is missing if asked
//! to: a preview first, written with `--yes` in one go. Knows no arithmetic.

mod print;
mod refusal;
mod table;

use clap::Args;
use fenjie_facts::closing;
use fenjie_message::Lang;
use fenjie_plan::{CarryRule, Close, Operation, Plan};
use serde_json::json;

use self::refusal::Unfit;
use crate::actual::{ActualArgs, Sales};
use crate::carry::{self, rule::RuleArgs};
use crate::cli::PlanArgs;
use crate::edit::{Signed, commit};
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::terminal::Terminal;

/// Arguments of `fenjie close`.
#[derive(Args, Debug)]
pub struct CloseArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// The period: 2026-W11, 2026-03-06, 2026-03 (every period of it), last, 上周
    #[arg(value_name = "PERIOD")]
    period: String,
    /// Whose results are kept: 'region', 'org.store' [default: as `fenjie carry` does]
    #[arg(long, value_name = "GRAIN")]
    of: Option<String>,
    /// Which level is closed: piece, month [default: the level that is carried]
    #[arg(long, value_name = "LEVEL")]
    level: Option<String>,
    /// Carry what is missing in the same step
    #[arg(long)]
    carry: bool,
    /// Close a period that has not ended yet; needs `--why`
    #[arg(long)]
    early: bool,
    #[command(flatten)]
    actuals: ActualArgs,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    #[command(flatten)]
    signed: Signed,
}

/// Close a period with the results it ended with.
///
/// # Errors
/// Those of the plan and of the sales; a period that has not ended; a second close without a reason.
pub fn run(args: &CloseArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&args.plan, terminal)?;
    let before = opened.plan(terminal)?;
    let index = measure(&before, args.measure.as_deref())?;
    let asked = RuleArgs {
        of: args.of.clone(),
        level: args.level.clone(),
        ..RuleArgs::default()
    };
    let rule = carry::rule::rule(&asked, &opened, &before, index)?;
    let today = before.model().definition().today;
    let as_of = today.expect("opening a plan sets the day it is looked at from");
    let periods = closing::periods(&args.period, &rule.level, &before, as_of)?;
    refuse_open(args, &before, &periods, as_of, terminal.lang)?;
    let sales = Sales::open(&args.actuals, &opened, terminal)?;
    let (operations, after) = closed(args, &before, &sales, index, &rule, &periods, as_of)?;
    let table = table::table(&before, &after, index, &rule.of, &periods)?;
    let (operations, after, carried) = with_carry(args, operations, after, index, &rule)?;
    let again = table.iter().any(|period| period.closed_before.is_some());
    if again && args.signed.yes && args.reason().is_empty() {
        return Err(Failure::new(Unfit::AgainWithoutReason, Exit::Usage));
    }
    let written = match args.signed.yes {
        true => Some(commit::write(
            &mut opened,
            &operations,
            &args.signed,
            &after,
        )?),
        false => None,
    };
    let shown = print::Shown {
        plan: &after,
        measure: index,
        periods: &table,
    };
    let carried = carried.as_ref().map(|table| carry::print::Shown {
        plan: &after,
        measure: index,
        rule: &rule,
        table,
    });
    if terminal.json {
        terminal.print_json(&json!({
            "written": written,
            "periods": shown.json(terminal.lang),
            "carry": carried.map(|carried| carried.json(terminal.lang)),
        }))?;
        return Ok(Exit::Done);
    }
    shown.print(terminal)?;
    if let Some(carried) = carried {
        carried.print(&args.plan.plan, terminal)?;
    }
    if again && args.reason().is_empty() {
        terminal.print(terminal.lang.pick(
            "再次关账要写明原因：`--why '…'`",
            "closing again needs a reason: `--why '…'`",
        ))?;
    }
    carry::say_written(written.as_deref(), terminal)?;
    Ok(Exit::Done)
}

impl CloseArgs {
    fn reason(&self) -> &str {
        self.signed.why.as_deref().unwrap_or("").trim()
    }
}

/// Refuses periods that have not ended, unless that is wanted and said why (rule J4).
fn refuse_open(
    args: &CloseArgs,
    plan: &Plan,
    periods: &[u32],
    as_of: fenjie_calendar::Date,
    lang: Lang,
) -> Result<(), Failure> {
    let time = carry::rule::time(plan);
    let open = periods.iter().find(|period| {
        let days = time.days_of(**period);
        days.is_some_and(|days| days.end > as_of)
    });
    match open {
        Some(period) if !args.early => {
            let days = time.days_of(*period).expect("a period has days");
            let label = time.label(*period, lang).to_owned();
            let last = days.last();
            Err(Failure::new(
                Unfit::NotEnded { label, last, as_of },
                Exit::Refused,
            ))
        }
        Some(_) if args.reason().is_empty() => {
            Err(Failure::new(Unfit::EarlyWithoutReason, Exit::Usage))
        }
        _ => Ok(()),
    }
}

/// The closes, and the plan after them.
fn closed(
    args: &CloseArgs,
    before: &Plan,
    sales: &Sales,
    measure: usize,
    rule: &CarryRule,
    periods: &[u32],
    as_of: fenjie_calendar::Date,
) -> Result<(Vec<Operation>, Plan), Failure> {
    let wanted = closing::Wanted {
        measure,
        of: &rule.of,
        periods,
        as_of,
    };
    let closes = closing::closes(before, |request| sales.add_up(before, request), &wanted)?;
    let known = before.closes(measure);
    let mut after = before.clone();
    let mut operations = Vec::new();
    for (period, close) in periods.iter().zip(closes) {
        let again = known.iter().any(|known| known.period == *period);
        let reason = match (again || args.early, args.reason()) {
            (false, _) => "",
            // A preview may be looked at before the reason is written down.
            (true, "") => "…",
            (true, why) => why,
        };
        let operation = Operation::Close(Close {
            reason: reason.to_owned(),
            ..close
        });
        after
            .apply(operation.clone())
            .map_err(|refusal| Failure::from(refusal.error))?;
        operations.push(operation);
    }
    Ok((operations, after))
}

/// The same with an act of carrying behind, where it is asked for.
fn with_carry(
    args: &CloseArgs,
    mut operations: Vec<Operation>,
    after: Plan,
    measure: usize,
    rule: &CarryRule,
) -> Result<(Vec<Operation>, Plan, Option<carry::table::Table>), Failure> {
    if !args.carry {
        return Ok((operations, after, None));
    }
    let operation = Operation::Carry(rule.clone());
    let mut carried = after.clone();
    carried
        .apply(operation.clone())
        .map_err(|refusal| Failure::from(refusal.error))?;
    operations.push(operation);
    let table = carry::table::table(&after, &carried, measure, rule)?;
    Ok((operations, carried, Some(table)))
}

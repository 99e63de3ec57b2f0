//! `fenjie today`: a store's slots for now: target, done, left; or every store's day in short. Decides
//! no figure.

mod list;
pub mod moment;
mod quick;
mod store;
mod week;

use std::path::PathBuf;

use clap::Args;
use fenjie_money::DisplayUnit;
use fenjie_plan::Plan;

use crate::actual::{ActualArgs, Sales};
use crate::cli::PlanArgs;
use crate::decompose::Unit;
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::terminal::Terminal;
use crate::track::Figures;

/// Arguments of `fenjie today`.
#[derive(Args, Debug)]
pub struct TodayArgs {
    /// A plan file or a plan directory
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Which store, by code or name [default: a list of all]
    #[arg(value_name = "STORE")]
    store: Option<String>,
    /// When: '2026-03-07 15:20' [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The business time zone that says what now is: Asia/Shanghai [default: this machine's]
    #[arg(long, value_name = "ZONE", conflicts_with = "at")]
    zone: Option<String>,
    #[command(flatten)]
    actuals: ActualArgs,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    /// Unit of amounts: 元, 万, 亿 (one, wan, yi) [default: 元]
    #[arg(long, value_name = "UNIT")]
    unit: Option<Unit>,
}

/// A store's slots for now, or every store's day in short.
///
/// # Errors
/// Those of the plan and of the facts, stores the plan does not have, days outside it.
pub fn run(args: &TodayArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let moment = moment::of(args.at.as_deref(), args.zone.as_deref())?;
    let asked = args.measure.as_deref();
    if let (Some(name), true) = (&args.store, args.actuals.actuals.is_empty())
        && let Some(quick) = quick::open(&args.plan, name, asked, moment)
    {
        let today = store::Today::of_lines(&quick.plan, quick.lines, 0, vec![1], moment)?;
        let today = today.weighing(quick.weight).in_week(quick.week);
        return show(args, &quick.plan, 0, &today, terminal);
    }
    let plan_args = PlanArgs {
        plan: args.plan.clone(),
        as_of: Some(moment.day.to_string()),
    };
    let opened = Opened::read(&plan_args, terminal)?;
    moment.check(opened.loaded.definition.period)?;
    let plan = opened.plan(terminal)?;
    let measure = measure(&plan, args.measure.as_deref())?;
    let sales = Sales::open(&args.actuals, &opened, terminal)?;
    match &args.store {
        Some(name) => {
            let members = store::find(&plan, name)?;
            if opened.log.is_some() {
                quick::keep(&args.plan, &plan, measure, asked, moment.day);
            }
            let today = store::Today::of(&plan, &sales, measure, members, moment)?;
            show(args, &plan, measure, &today, terminal)
        }
        None => {
            let stores = list::Stores::of(&plan, &sales, measure, moment)?;
            let shown = figures(args, &plan, measure, terminal);
            match terminal.json {
                true => terminal.print_json(&stores.json())?,
                false => stores.print(&shown, terminal)?,
            }
            Ok(Exit::Done)
        }
    }
}

fn figures<'p>(
    args: &TodayArgs,
    plan: &'p Plan,
    measure: usize,
    terminal: &Terminal,
) -> Figures<'p> {
    let unit = args.unit.map_or(DisplayUnit::One, Unit::display);
    Figures::of(plan, measure, Some(unit), terminal.lang)
}

fn show(
    args: &TodayArgs,
    plan: &Plan,
    measure: usize,
    today: &store::Today<'_>,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let shown = figures(args, plan, measure, terminal);
    match terminal.json {
        true => terminal.print_json(&today.json())?,
        false => today.print(&shown, terminal)?,
    }
    Ok(Exit::Done)
}

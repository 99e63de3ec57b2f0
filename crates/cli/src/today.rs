//! `fenjie today`: a store's slots for now: target, done, left; or every store's day in short. Decides
//! no figure.

mod list;
pub mod moment;
mod store;

use std::path::PathBuf;

use clap::Args;
use fenjie_money::DisplayUnit;

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
    let plan_args = PlanArgs {
        plan: args.plan.clone(),
        as_of: Some(moment.day.to_string()),
    };
    let opened = Opened::read(&plan_args, terminal)?;
    moment.check(opened.loaded.definition.period)?;
    let plan = opened.plan(terminal)?;
    let measure = measure(&plan, args.measure.as_deref())?;
    let sales = Sales::open(&args.actuals, &opened, terminal)?;
    let unit = args.unit.map_or(DisplayUnit::One, Unit::display);
    let shown = Figures::of(&plan, measure, Some(unit), terminal.lang);
    match &args.store {
        Some(name) => {
            let members = store::find(&plan, name)?;
            let today = store::Today::of(&plan, &sales, measure, members, moment)?;
            match terminal.json {
                true => terminal.print_json(&today.json())?,
                false => today.print(&shown, terminal)?,
            }
        }
        None => {
            let stores = list::Stores::of(&plan, &sales, measure, moment)?;
            match terminal.json {
                true => terminal.print_json(&stores.json())?,
                false => stores.print(&shown, terminal)?,
            }
        }
    }
    Ok(Exit::Done)
}

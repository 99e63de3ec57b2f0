//! `fenjie today`: a store's slots for now: target, done, left.

use std::path::PathBuf;

use clap::Args;

use crate::actual::ActualArgs;
use crate::cli::PlanArgs;
use crate::decompose::Unit;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie today`.
#[derive(Args, Debug)]
pub struct TodayArgs {
    /// A plan file or a plan directory
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Which store, by code or name [default: a list of all]
    #[arg(value_name = "STORE")]
    store: Option<String>,
    /// When: '2026-03-07 15:20' [default: now, in the plan's time zone]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    actuals: ActualArgs,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    /// Unit of amounts: 元, 万, 亿 (one, wan, yi) [default: 元]
    #[arg(long, value_name = "UNIT")]
    unit: Option<Unit>,
}

/// A store's slots for now: target, done, left.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &TodayArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let plan = PlanArgs {
        plan: args.plan.clone(),
        as_of: None,
    };
    Opened::read(&plan, terminal)?;
    Ok(Exit::Done)
}

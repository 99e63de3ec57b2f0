//! `fenjie today`: a store's slots for now: target, done, left.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie today`.
#[derive(Args, Debug)]
pub struct TodayArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// A store's slots for now: target, done, left.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &TodayArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

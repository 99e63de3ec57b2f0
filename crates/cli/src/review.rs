//! `fenjie review`: write the pack of a weekly meeting.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie review`.
#[derive(Args, Debug)]
pub struct ReviewArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Write the pack of a weekly meeting.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &ReviewArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

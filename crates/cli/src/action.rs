//! `fenjie action`: action plans: which are due, write one, note its effect.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie action`.
#[derive(Args, Debug)]
pub struct ActionArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Action plans: which are due, write one, note its effect.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &ActionArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

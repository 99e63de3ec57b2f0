//! `fenjie imports`: list imports, undo one, compact, prove them.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie imports`.
#[derive(Args, Debug)]
pub struct ImportsArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// List imports, undo one, compact, prove them.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &ImportsArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

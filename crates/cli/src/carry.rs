//! `fenjie carry`: carry what closed periods fell short of to later ones.

use clap::Args;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie carry`.
#[derive(Args, Debug)]
pub struct CarryArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Carry what closed periods fell short of to later ones.
///
/// # Errors
/// Those of the plan.
pub fn run(args: &CarryArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    Opened::read(&args.plan, terminal)?;
    Ok(Exit::Done)
}

//! `fenjie revise`: another target while the plan runs (rule J6): proposed with its effect, approved or
//! rejected by somebody, counted. Knows no arithmetic.

mod listing;
mod proposal;

use clap::Args;

use crate::cli::PlanArgs;
use crate::edit::Signed;
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// Arguments of `fenjie revise`.
#[derive(Args, Debug)]
pub struct ReviseArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// The target to change: 'region=华东, month=2026-07' [default: list the revisions]
    #[arg(value_name = "ADDRESS", conflicts_with_all = ["list", "approve", "reject"])]
    address: Option<String>,
    /// To how much: 28万, +10%, '*1.1'
    #[arg(
        long,
        value_name = "CHANGE",
        requires = "address",
        conflicts_with = "by",
        allow_hyphen_values = true
    )]
    to: Option<String>,
    /// By how much: -5万, +10%
    #[arg(
        long,
        value_name = "CHANGE",
        requires = "address",
        allow_hyphen_values = true
    )]
    by: Option<String>,
    /// What keeps its value: nothing, total, ancestors, parent:AXIS [default: nothing]
    #[arg(long, value_name = "KEEP", default_value = "nothing")]
    keep: String,
    /// List the revisions and how often each target was revised
    #[arg(long, conflicts_with_all = ["approve", "reject"])]
    list: bool,
    /// Approve the revision of this number; needs `--why`
    #[arg(long, value_name = "N", conflicts_with = "reject")]
    approve: Option<u64>,
    /// Reject the revision of this number; needs `--why`
    #[arg(long, value_name = "N")]
    reject: Option<u64>,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    #[command(flatten)]
    signed: Signed,
}

/// Propose, approve or reject another target.
///
/// # Errors
/// Those of the plan; a change without a reason.
pub fn run(args: &ReviseArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    match (&args.address, args.approve, args.reject) {
        (Some(address), _, _) => proposal::propose(args, address, terminal),
        (_, Some(number), _) => proposal::decide(args, number, true, terminal),
        (_, _, Some(number)) => proposal::decide(args, number, false, terminal),
        _ => listing::list(args, terminal),
    }
}

//! `fenjie action`: action plans after two missed periods in a row (rule J5): which are due, running,
//! overdue, checked; write one, note its effect, or let adjustments go on without. Knows no arithmetic.

mod filing;
mod listing;

use clap::{Args, ValueEnum};
use fenjie_plan::Effect;

use crate::cli::PlanArgs;
use crate::edit::Signed;
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

pub use self::listing::percent;

/// Arguments of `fenjie action`.
#[derive(Args, Debug)]
pub struct ActionArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Whose action plan to write: 'store=S1' [default: list them all]
    #[arg(value_name = "ADDRESS", conflicts_with_all = ["check", "waive", "template"])]
    address: Option<String>,
    /// Why the target was missed: market='road works'; market, target, strategy, execution,
    /// customers; may be repeated
    #[arg(long, value_name = "CAUSE=TEXT", requires = "address")]
    cause: Vec<String>,
    /// What will be done; may be repeated
    #[arg(long = "do", value_name = "TEXT", requires = "address")]
    steps: Vec<String>,
    /// Who answers for it
    #[arg(long, value_name = "NAME", requires = "address")]
    owner: Option<String>,
    /// By when
    #[arg(long, value_name = "DATE", requires = "address")]
    due: Option<String>,
    /// Note what became of the action plan of this number in `fenjie log`
    #[arg(long, value_name = "N", requires = "effect", conflicts_with_all = ["waive", "template"])]
    check: Option<u64>,
    /// Whether it worked: effective, partly, ineffective
    #[arg(long, value_name = "EFFECT", requires = "check")]
    effect: Option<Worked>,
    /// What was seen
    #[arg(long, value_name = "TEXT", requires = "check")]
    note: Option<String>,
    /// Adjust this member without an action plan; needs `--why`
    #[arg(long, value_name = "ADDRESS", conflicts_with = "template")]
    waive: Option<String>,
    /// Print a form to fill in
    #[arg(long)]
    template: bool,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    #[command(flatten)]
    signed: Signed,
}

/// Whether an action plan worked, as the command line says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Worked {
    #[value(alias = "有效")]
    Effective,
    #[value(alias = "部分有效")]
    Partly,
    #[value(alias = "无效")]
    Ineffective,
}

impl From<Worked> for Effect {
    fn from(worked: Worked) -> Effect {
        match worked {
            Worked::Effective => Effect::Effective,
            Worked::Partly => Effect::Partly,
            Worked::Ineffective => Effect::Ineffective,
        }
    }
}

/// Action plans: which are due, write one, note its effect.
///
/// # Errors
/// Those of the plan; a plan without cause, measure, owner or date.
pub fn run(args: &ActionArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    if args.template {
        return filing::template(args, terminal);
    }
    match (&args.address, args.check, &args.waive) {
        (Some(address), _, _) => filing::file(args, address, terminal),
        (_, Some(number), _) => filing::check(args, number, terminal),
        (_, _, Some(address)) => filing::waive(args, address, terminal),
        _ => listing::list(args, terminal),
    }
}
